/**
 * Instance metadata of both clouds as the documents describe it, strict about what is asked and how: stand-ins for what
 * no emulator offers (reference/cloud-facts-aws.md 2 and 6, cloud-facts-azure.md 5.8, 6 and 12).
 */
import { randomBytes } from "node:crypto";
import type { Call, Handler, Reply } from "./services";
import type { Credentials } from "./sigv4";

const text = (body: string): Reply => ({ status: 200, body, headers: { "content-type": "text/plain" } });
const json = (body: unknown): Reply => ({
  status: 200,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

/** Instance metadata of EC2, version 2 only. */
export class Ec2Metadata {
  public readonly values = new Map([
    ["instance-id", "i-0123456789abcdef0"],
    ["local-ipv4", "10.0.0.4"],
  ]);
  /** What the group wants of the instance; 404 until there is something. */
  public targetState: string | undefined;
  public credentials: Credentials = Ec2Metadata.newCredentials();
  private readonly tokens = new Map<string, number>();

  private static newCredentials(): Credentials {
    return {
      AccessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      SecretAccessKey: `hush/${randomBytes(12).toString("hex")}+`,
      Token: `hush/${randomBytes(24).toString("base64")}`,
    };
  }

  /** New credentials; the cloud takes the old ones no more. */
  public rotate(): void {
    this.credentials = Ec2Metadata.newCredentials();
  }

  /** As if the time of every token that was given out were over. */
  public expireTokens(): void {
    for (const token of this.tokens.keys()) this.tokens.set(token, 0);
  }

  public readonly handle: Handler = (call) => {
    // A request that came through a proxy.
    if (call.headers["x-forwarded-for"] !== undefined) return { status: 403 };
    if (call.path === "/latest/api/token") return this.giveToken(call);
    if (call.method !== "GET") return { status: 405 };
    const token = this.tokens.get(String(call.headers["x-aws-ec2-metadata-token"]));
    if (token === undefined || token <= Date.now()) return { status: 401 };
    return this.value(call.path.replace(/^\/latest\/meta-data\//, ""));
  };

  private giveToken({ method, headers }: Call): Reply {
    if (method !== "PUT") return { status: 405 };
    const seconds = String(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (!/^\d+$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > 21600) return { status: 400 };
    const token = `hush${randomBytes(20).toString("hex")}`;
    this.tokens.set(token, Date.now() + Number(seconds) * 1000);
    return text(token);
  }

  private value(path: string): Reply {
    if (path === "autoscaling/target-lifecycle-state" && this.targetState !== undefined) return text(this.targetState);
    if (path === "iam/security-credentials/") return text("node-role");
    if (path === "iam/security-credentials/node-role") {
      const times = { LastUpdated: isoTime(0), Expiration: isoTime(6 * 3600) };
      return json({ Code: "Success", Type: "AWS-HMAC", ...times, ...this.credentials });
    }
    const value = this.values.get(path);
    return value === undefined ? { status: 404 } : text(value);
  }
}

const isoTime = (seconds: number) => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;

export interface ScheduledEvent {
  readonly EventId: string;
  readonly EventType: string;
  readonly Resources: readonly string[];
}

/** Instance metadata of Azure: facts, tokens of one managed identity, and scheduled events. */
export class AzureMetadata {
  public readonly facts = new Map([
    ["compute/name", "media-000001"],
    ["compute/vmId", "02aab8a4-74ef-476e-8182-f6d2ba4166a6"],
    ["network/interface/0/ipv4/ipAddress/0/privateIpAddress", "10.0.0.4"],
  ]);
  public readonly events: ScheduledEvent[] = [];
  public readonly approved: string[] = [];
  private readonly given = new Map<string, { audience: string; until: number }>();

  constructor(
    private readonly clientId: string,
    private readonly audiences: readonly string[] = ["https://vault.azure.net", "https://storage.azure.com/"],
  ) {}

  /** Whether a request carries a token of this identity for that audience, still valid. */
  public admits({ headers }: Pick<Call, "headers">, audience: string): boolean {
    const known = this.given.get(/^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "");
    return known !== undefined && known.audience === audience && known.until > Date.now();
  }

  public readonly handle: Handler = (call) => {
    const { method, path, headers, body } = call;
    if (headers["metadata"] !== "true" || headers["x-forwarded-for"] !== undefined) return { status: 400 };
    const url = new URL(path, "http://imds");
    const version = url.searchParams.get("api-version");
    const place = url.pathname.replace(/^\/metadata\//, "");
    if (place === "identity/oauth2/token" && version === "2018-02-01" && method === "GET")
      return this.token(url.searchParams);
    if (place === "scheduledevents" && version === "2020-07-01") return this.scheduled(method, body.toString());
    if (place.startsWith("instance/") && version === "2021-02-01" && method === "GET") {
      const fact = this.facts.get(place.slice("instance/".length));
      if (url.searchParams.get("format") !== "text") return { status: 400 };
      return fact === undefined ? { status: 404 } : text(fact);
    }
    return { status: 400 };
  };

  private token(query: URLSearchParams): Reply {
    const audience = query.get("resource") ?? "";
    if (query.get("client_id") !== this.clientId || !this.audiences.includes(audience)) return { status: 400 };
    const now = Math.floor(Date.now() / 1000);
    const token = jwt({
      aud: audience,
      iss: "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
      iat: now,
      nbf: now - 5,
      exp: now + 3600,
      appid: this.clientId,
    });
    this.given.set(token, { audience, until: (now + 3600) * 1000 });
    return json({ access_token: token, expires_on: String(now + 3600), resource: audience, token_type: "Bearer" });
  }

  private scheduled(method: string, body: string): Reply {
    if (method === "GET") return json({ DocumentIncarnation: 1, Events: this.events });
    if (method !== "POST") return { status: 405 };
    const { StartRequests: starts } = JSON.parse(body) as { StartRequests?: { EventId: string }[] };
    if (!starts?.every(({ EventId }) => this.events.some((event) => event.EventId === EventId))) return { status: 400 };
    this.approved.push(...starts.map(({ EventId }) => EventId));
    return { status: 200 };
  }
}

/** A token whose claims are right; nobody here checks signatures. */
function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.hush${randomBytes(16).toString("hex")}`;
}

/** A vault with one secret, for holders of a token of that identity. Its rights may take a while to act. */
export class KeyVault {
  /** How many more requests are refused because the role assignment has not spread yet. */
  public refusals = 0;

  constructor(
    private readonly identity: AzureMetadata,
    private readonly secret: string,
    public value: string,
  ) {}

  public readonly handle: Handler = (call) => {
    const url = new URL(call.path, "http://vault");
    if (!this.identity.admits(call, "https://vault.azure.net"))
      return { status: 401, headers: { "www-authenticate": 'Bearer resource="https://vault.azure.net"' } };
    if (url.searchParams.get("api-version") !== "7.4") return { status: 400 };
    if (this.refusals > 0) {
      this.refusals--;
      return { status: 403, body: '{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}' };
    }
    if (url.pathname !== `/secrets/${this.secret}`) return { status: 404 };
    if (call.method !== "GET") return { status: 405 };
    return json({ value: this.value, id: `https://vault/secrets/${this.secret}/1`, attributes: { enabled: true } });
  };
}
