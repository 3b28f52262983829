/**
 * Servers on the loopback address that stand in for a cloud or stand in front of an emulator of it. A service is a chain
 * of handlers; the first that has an answer gives it, so that a check or a fault is put in front of what is checked.
 */
import { createServer, type IncomingHttpHeaders, request as requestHttp, type Server } from "node:http";
import { createServer as createTlsServer, request as requestTls } from "node:https";
import type { AddressInfo } from "node:net";

export interface Call {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string | string[]>;
}

/** Never answers; or hangs up after the first half of an answer. */
export type Silence = "hang" | "cut";

type Answer = Reply | Silence | undefined;
export type Handler = (call: Call) => Answer | Promise<Answer>;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export class Service {
  public readonly seen: Call[] = [];
  /** Asked before everything else. Tests change it while the service runs. */
  public fault: Handler | undefined;

  private constructor(
    private readonly server: Server,
    public readonly url: string,
  ) {}

  public static async open(handlers: readonly Handler[], tls?: Certificate): Promise<Service> {
    const server = tls ? createTlsServer(tls) : createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const service = new Service(server, `${tls ? "https" : "http"}://127.0.0.1:${port}`);
    server.on("request", (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const call = { method, path: url, headers, body: Buffer.concat(parts) };
        service.seen.push(call);
        void firstAnswer([service.fault, ...handlers], call).then((answer) => {
          if (answer === "hang") return;
          if (answer === "cut") {
            response.writeHead(200, { "content-length": "500" });
            response.write("{", () => response.destroy());
            return;
          }
          response.writeHead(answer.status, answer.headers).end(answer.body);
        });
      });
    });
    return service;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function firstAnswer(handlers: readonly (Handler | undefined)[], call: Call): Promise<Reply | Silence> {
  try {
    for (const handler of handlers) {
      const answer = await handler?.(call);
      if (answer) return answer;
    }
    return { status: 404 };
  } catch (error) {
    return { status: 599, body: String(error) };
  }
}

/** Sends a request as it is, the name of the host included, to another server. */
export function send(base: string, call: Call, ca?: string): Promise<Reply> {
  const url = new URL(base);
  const options = {
    host: url.hostname,
    port: url.port,
    method: call.method,
    path: call.path,
    headers: call.headers,
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? requestTls({ ...options, ca }) : requestHttp(options);
    request.on("error", reject);
    request.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(response.headers).filter(([name]) => !["connection", "transfer-encoding"].includes(name)),
        ) as Record<string, string | string[]>;
        resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(parts) });
      });
    });
    request.end(call.body);
  });
}

/** Hands every request on, one after the other: clouds decide conditional writes one by one, and not every emulator does. */
export function forwardTo(base: string, ca?: string): Handler {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const answer = last.then(() => send(base, call, ca));
    last = answer.catch(() => undefined);
    return answer;
  };
}

/** An address on which nobody listens. */
export async function closedAddress(): Promise<string> {
  const service = await Service.open([]);
  await service.close();
  return service.url;
}
