/**
 * A machine for tests: the files that the rendered user data would put on it, below a directory of its own, with the
 * system's commands replaced by small recorders. The programs run in the real bash and python3.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { type CarriedPrograms, carriedPrograms, type NodeSpec, renderUserData } from "../../nodes/render";
import { installerFlags, type InstallerContext } from "../../openvidu/installer";
import { clusterEditions, masterCounts } from "../../openvidu/editions";
import { fixedAccounts, generatedSecrets } from "../../openvidu/secrets";
import { noteCounterpart } from "../counterparts";

export interface CloudConfig {
  readonly write_files: readonly {
    readonly path: string;
    readonly owner: string;
    readonly permissions: string;
    readonly content: string;
  }[];
  readonly runcmd: readonly (readonly string[])[];
}

export interface NodeKind extends Pick<NodeSpec, "cloud" | "role"> {
  /** @default ha */
  readonly edition?: Edition;
}
type Cloud = NodeSpec["cloud"];
type Role = NodeSpec["role"];
type Edition = NodeSpec["edition"];

/** Every kind of node that there is. */
export const nodeKinds: readonly Required<NodeKind>[] = clusterEditions.flatMap((edition) =>
  (["aws", "azure", "onprem"] as const).flatMap((cloud) =>
    (["master", "media"] as const).map((role) => ({ cloud, role, edition })),
  ),
);

/** Addresses of the masters, in slot order. */
export function masterAddresses(edition: Edition): string[] {
  return ["10.0.0.4", "10.0.1.4", "10.0.2.4", "10.0.0.5"].slice(0, masterCounts[edition]);
}

/** Settings that a complete topology gives to a node. */
export function settingsOf(cloud: Cloud, role: Role, edition: Edition = "ha"): Record<string, string> {
  // An only master of the customer's own has files in place of a store.
  const coordination =
    cloud === "onprem" && edition === "elastic"
      ? "file:///var/lib/openvidu-node/store/"
      : "https://own.example/coordination/";
  return {
    CLUSTER: "openvidu-acme-prod",
    REGION: "eu-west-1",
    BUNDLE_ID: {
      aws: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openvidu-acme-prod-masters-1a2b3c4-AbCdEf",
      azure: "https://openvidu-acme-1a2b3c4.vault.azure.net/secrets/masters",
      onprem: "/etc/openvidu-node/bundle.json",
    }[cloud],
    MASTER_IPS: masterAddresses(edition).join(),
    ...{
      aws: { DNS_SUFFIX: "amazonaws.com" },
      azure: { IDENTITY_CLIENT_ID: "7a1c0c5e-0f5b-4a55-9d0a-3a3f6f3c2b11" },
      onprem: { PRIVATE_ADDRESS: "10.0.0.4" },
    }[cloud],
    ...(role === "master"
      ? {
          SLOT: "1",
          ...{ aws: { DATA_DISK: "vol-0123456789abcdef0" }, azure: { DATA_DISK: "lun0" }, onprem: {} }[cloud],
        }
      : { GROUP_NAME: "openvidu-acme-prod-media", BOOT_TIMEOUT_SECONDS: "1200", DRAIN_TIMEOUT_SECONDS: "86400" }),
    ...(role === "master" ? { COORDINATION_URL: coordination } : {}),
    ...(cloud === "azure" ? { REQUESTS_URL: "https://own.example/requests/" } : {}),
    ...(cloud === "azure" ? { HEARTBEATS_URL: "https://own.example/heartbeats/" } : {}),
    ...(cloud === "azure" && role === "media" ? { TEMPLATE: "0123456789abcdef" } : {}),
    ...(cloud === "aws" && role === "media" ? { LAUNCH_HOOK: "acme-launch", TERMINATE_HOOK: "acme-terminate" } : {}),
  };
}

export function specOf(
  cloud: Cloud,
  role: Role,
  settings: Record<string, string> = {},
  flags: Partial<InstallerContext> = {},
): NodeSpec {
  const { edition = "ha" } = flags;
  const endsElsewhere = cloud === "aws" && edition === "ha";
  const context: InstallerContext = {
    cloud,
    role,
    edition,
    tls: endsElsewhere ? "loadBalancer" : "node",
    certificate: endsElsewhere ? "none" : "selfsigned",
    additionalFlags: [],
    ...flags,
  };
  return {
    cloud,
    role,
    edition,
    version: "3.8.0",
    installerFlags: installerFlags(context),
    settings: { ...settingsOf(cloud, role, edition), ...settings },
  };
}

interface CarriedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The files that a master fetches from the cluster's own store. */
export function unpacked({ base64 }: CarriedPrograms): readonly CarriedFile[] {
  const text = gunzipSync(Buffer.from(base64, "base64")).toString();
  return (JSON.parse(text) as { readonly files: readonly CarriedFile[] }).files;
}

/** What cloud-init reads from user data. */
export function cloudConfig(spec: NodeSpec): CloudConfig {
  const text = gunzipSync(Buffer.from(renderUserData(spec).base64, "base64")).toString();
  return parse(text) as CloudConfig;
}

/** The document is JSON, which is YAML as well and is read a hundred times faster as what it is. */
function filesOf(spec: NodeSpec): CloudConfig["write_files"] {
  const text = gunzipSync(Buffer.from(renderUserData(spec).base64, "base64")).toString();
  return (JSON.parse(text.slice(text.indexOf("\n"))) as CloudConfig).write_files;
}

/** A complete bundle; every secret in it is recognisable by the word "hush" in its value. */
export function bundleOf(cloud: Cloud, role: Role, edition: Edition = "ha"): Record<string, string> {
  const generated = Object.fromEntries(generatedSecrets.map(({ key }) => [key, `hush${key.replaceAll("_", "")}`]));
  const common = { OPENVIDU_VERSION: "3.8.0", ENABLED_MODULES: "observability,openviduMeet" };
  if (role === "media") return { ...common, REDIS_PASSWORD: generated["REDIS_PASSWORD"]! };
  return {
    ...common,
    ...generated,
    ...fixedAccounts,
    DOMAIN_NAME: "meet.acme.example",
    OPENVIDU_PRO_LICENSE: "hushLICENSE",
    OPENVIDU_RTC_ENGINE: "pion",
    MEET_INITIAL_API_KEY: "",
    ...(cloud === "aws"
      ? {
          EXTERNAL_S3_ENDPOINT: "https://s3.eu-west-1.amazonaws.com",
          EXTERNAL_S3_REGION: "eu-west-1",
          EXTERNAL_S3_PATH_STYLE_ACCESS: "false",
          EXTERNAL_S3_BUCKET_APP_DATA: "acme-app",
          ...(edition === "ha" && { EXTERNAL_S3_BUCKET_CLUSTER_DATA: "acme-cluster" }),
        }
      : {}),
    ...(cloud === "azure"
      ? { AZURE_ACCOUNT_NAME: "acmedata", AZURE_ACCOUNT_KEY: "hushAZUREKEY==", AZURE_CONTAINER_NAME: "openvidu" }
      : {}),
  };
}

/** A store of the cluster's own objects for adapters that tests write: files below the machine's /store. */
export const fileStore = `
import email.utils, fcntl, hashlib, os
def store_request(method, name, headers=None, body=None, container=None):
    headers, base = headers or {}, os.environ["OPENVIDU_NODE_ROOT"] + "/store/"
    path = base + name
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(base + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = open(path, "rb").read() if os.path.exists(path) else None
        tag = lambda data: '"%s"' % hashlib.md5(data).hexdigest()
        if method == "GET":
            if old is None:
                return 404, {}, b""
            dates = {"Date": email.utils.formatdate(usegmt=True), "Last-Modified": email.utils.formatdate(os.path.getmtime(path), usegmt=True)}
            return 200, dict(dates, ETag=tag(old)), old
        if headers.get("if-none-match") == "*" and old is not None:
            return 412, {}, b""
        if "if-match" in headers and (old is None or headers["if-match"] != tag(old)):
            return 412, {}, b""
        if method == "DELETE":
            if old is not None:
                os.unlink(path)
            return 204, {}, b""
        data = body.read() if hasattr(body, "read") else body
        with open(path, "wb") as file:
            file.write(data)
        return 201, {"ETag": tag(data)}, b""
`;

/** What a machine's kernel says: busy for a tenth of its 100 seconds, with 3000 bytes through its only way out. */
const kernelFiles: Readonly<Record<string, string>> = {
  stat: "cpu  600 100 300 8000 1000 0 0 0 0 0\ncpu0 600 100 300 8000 1000 0 0 0 0 0\n",
  uptime: "100.00 90.00\n",
  "net/route": "Iface\tDestination\tGateway\neth0\t00000000\t0100000A\neth0\t0000000A\t00000000\n",
  "net/dev": `Inter-| Receive | Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets
    lo: 9000 1 0 0 0 0 0 0 9000 1 0 0 0 0 0 0
  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
 enP1s1: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
`,
};

export interface Run {
  readonly code: number | null;
  /** Standard output and errors, interleaved. */
  readonly log: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Run>;
}

const library = "/usr/local/lib/openvidu-node";

/** The interpreter itself. */
export function interpreter(): string {
  python ??= spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).stdout.trim();
  return python;
}

let python: string | undefined;

export class Machine {
  public readonly root = mkdtempSync(join(tmpdir(), "openvidu-node-"));
  public readonly environment: Record<string, string>;
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly spec: NodeSpec) {
    for (const file of filesOf(spec)) this.write(file.path, file.content, Number.parseInt(file.permissions, 8));
    for (const directory of ["dev", "etc", "opt", "usr/local/bin", "stubs"])
      mkdirSync(join(this.root, directory), { recursive: true });
    this.write("/etc/hosts", "127.0.0.1 localhost\n");
    for (const [name, text] of Object.entries(kernelFiles)) this.write(`/proc/${name}`, text);
    this.environment = {
      PATH: `${join(this.root, "stubs")}:${process.env["PATH"] ?? ""}`,
      OPENVIDU_NODE_ROOT: this.root,
      OPENVIDU_NODE_PROTOCOLS: "=http",
      OPENVIDU_NODE_PAUSE: "0",
      DRAIN_POLL_SECONDS: "0.1",
      STUB_LOG: join(this.root, "calls"),
    };
    this.write("/calls", "");
    const programs = carriedPrograms(spec);
    if (programs) this.write(`/store/${programs.name}`, Buffer.from(programs.base64, "base64"));
    // Waits of the programs are real but short: their limits are counted by the clock.
    this.stub("sleep", "exec /bin/sleep 0.05");
    this.stub("systemctl", '[[ "$1" != is-active ]]');
    // Version managers put slow wrappers in front of the interpreter.
    symlinkSync(interpreter(), join(this.root, "stubs/python3"));
  }

  /** Puts what comes from the store otherwise in its place, as a boot does. */
  public receivePrograms(): this {
    const carried = carriedPrograms(this.spec);
    for (const { path, mode, content } of carried ? unpacked(carried) : [])
      this.write(path, content, Number.parseInt(mode, 8));
    return this;
  }

  public path(path: string): string {
    return join(this.root, path);
  }

  public write(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
    chmodSync(this.path(path), mode);
  }

  public read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  public has(path: string): boolean {
    return existsSync(this.path(path));
  }

  public mode(path: string): number {
    return statSync(this.path(path)).mode & 0o777;
  }

  /**
   * Puts a command in front of the real one; every call is recorded with its arguments. A script that STUB_HOOK names
   * is run before each.
   */
  public stub(name: string, body: string): void {
    // In the place of a link, not through it.
    rmSync(this.path(`/stubs/${name}`), { force: true });
    const hook = '[[ -z "${STUB_HOOK:-}" ]] || . "$STUB_HOOK"';
    this.write(`/stubs/${name}`, `#!/usr/bin/env bash\necho "${name} $*" >>"$STUB_LOG"\n${hook}\n${body}\n`, 0o755);
  }

  /** Puts a recorder in front of commands that go on to do what they always do. */
  public record(...names: string[]): void {
    for (const name of names) {
      const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      if (found) this.stub(name, `exec ${found} "$@"`);
    }
  }

  /** Leaves the machine with its stubs and these programs. */
  public allowOnly(...programs: string[]): void {
    for (const name of programs) {
      const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      symlinkSync(found, this.path(`/stubs/${name}`));
    }
    this.environment["PATH"] = this.path("/stubs");
  }

  public calls(name: string): string[] {
    return this.read("/calls")
      .split("\n")
      .filter((line) => line === name || line.startsWith(`${name} `));
  }

  public job(name: string, ...args: string[]): Promise<Run> {
    return this.start(name, ...args).ended;
  }

  /** Starts a job of this machine by its name on it. */
  public start(name: string, ...args: string[]): Started {
    return this.launch("bash", [this.path(`${library}/${name}.sh`), ...args], {});
  }

  /** Starts any script of this machine by its path. */
  public script(path: string, ...args: string[]): Started {
    return this.launch("bash", [this.path(path), ...args], {});
  }

  /** Runs one of the programs as the jobs do: with the machine's settings in its environment. */
  public python(name: string, ...args: string[]): Promise<Run> {
    const bundle = "/var/lib/openvidu-node/private/bundle.json";
    mkdirSync(dirname(this.path(bundle)), { recursive: true });
    const paths = { ROOT: this.root, BUNDLE: this.path(bundle), PREFIX: this.path("/opt/openvidu") };
    const script = 'set -a; . "$1"; shift; exec python3 "$@"';
    const settings = this.path("/etc/openvidu-node/node.env");
    return this.launch("bash", ["-c", script, "-", settings, this.path(`${library}/${name}.py`), ...args], paths).ended;
  }

  private launch(program: string, args: string[], environment: Record<string, string>): Started {
    const child = spawn(program, args, {
      env: { ...this.environment, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.running.add(child);
    let log = "";
    child.stdout.on("data", (data) => (log += String(data)));
    child.stderr.on("data", (data) => (log += String(data)));
    const ended = new Promise<Run>((resolve) =>
      child.on("close", (code) => {
        this.running.delete(child);
        resolve({ code, log });
      }),
    );
    return { process: child, ended };
  }

  public remove(): void {
    for (const child of this.running) {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }
    // What a killed program had started may still be writing for a moment.
    for (let tries = 0; ; tries++) {
      try {
        return rmSync(this.root, { recursive: true, force: true });
      } catch (error) {
        if (tries === 60) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
    }
  }
}

/** A request as a stand-in server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A server on the loopback address that stands in for a service of a cloud. */
export class StandIn {
  public readonly seen: Seen[] = [];
  private constructor(
    private readonly server: Server,
    public readonly url: string,
  ) {}

  public static async open(answer: (request: Seen) => Answer, host = "127.0.0.1"): Promise<StandIn> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => (body += String(data)));
      request.on("end", () => {
        const seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
        standIn.seen.push(seen);
        const { status, body: text, headers } = answer(seen);
        response.writeHead(status, headers).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const standIn = new StandIn(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return standIn;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Whether a program can be run here; tests that need one skip aloud without it. */
export function canRun(program: string): boolean {
  const known = runnable.get(program) ?? spawnSync(program, ["--version"]).status === 0;
  if (!runnable.has(program)) noteCounterpart(program, known ? "" : "not installed");
  runnable.set(program, known);
  return known;
}

const runnable = new Map<string, boolean>();

/** Skips the suite, saying why, if the machine of the tests lacks what the scripts run on. */
export function needsScripts(suite: Mocha.Suite): void {
  const missing = ["bash", "python3"].filter((program) => !canRun(program));
  if (missing.length === 0) return;
  console.warn(`    skipped: ${suite.title}: no ${missing.join(", ")} here`);
  suite.beforeAll(function () {
    this.skip();
  });
}
