/**
 * Services of the clouds that no emulator offers, or that tests need where no emulator is installed: strict about what
 * the documents demand, and simple behind it.
 */
import { createHash } from "node:crypto";
import type { Call, Handler, Reply } from "./services";

const oneValue = (body: Buffer) => Object.fromEntries(new URLSearchParams(body.toString()));
const refusal = (code: string, message: string): Reply => ({
  status: 400,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const fields: Readonly<Record<string, readonly string[]>> = {
  CompleteLifecycleAction: ["AutoScalingGroupName", "InstanceId", "LifecycleActionResult", "LifecycleHookName"],
  RecordLifecycleActionHeartbeat: ["AutoScalingGroupName", "InstanceId", "LifecycleHookName"],
  SetInstanceHealth: ["HealthStatus", "InstanceId", "ShouldRespectGracePeriod"],
};

/** The lifecycle actions of one Auto Scaling group: each can be completed once, and only while its hook waits. */
export class LifecycleActions {
  /** Hooks that wait, by instance. */
  public readonly waiting = new Map<string, string>();
  public readonly completed: { readonly instance: string; readonly hook: string; readonly result: string }[] = [];
  public readonly unhealthy: string[] = [];
  public heartbeats = 0;

  constructor(
    private readonly group: string,
    /** What the cloud does next; an emulator behind this does it. */
    private readonly next: (instance: string, hook: string, result: string) => Promise<void> = () => Promise.resolve(),
  ) {}

  public readonly handle: Handler = async (call) => {
    const { Action = "", Version, ...given } = oneValue(call.body);
    const wanted = fields[Action];
    if (!wanted || Version !== "2011-01-01") return refusal("InvalidAction", `no ${Action} of ${Version}`);
    if (Object.keys(given).sort().join() !== wanted.join()) return refusal("ValidationError", "fields");
    const instance = given["InstanceId"]!;
    if (!/^i-[0-9a-f]{17}$/.test(instance)) return refusal("ValidationError", "InstanceId is malformed");
    if (Action === "SetInstanceHealth") {
      this.unhealthy.push(instance);
      return { status: 200 };
    }
    const hook = given["LifecycleHookName"]!;
    if (given["AutoScalingGroupName"] !== this.group || this.waiting.get(instance) !== hook)
      return refusal("ValidationError", `No active Lifecycle Action found with instance ID ${instance}`);
    if (Action === "RecordLifecycleActionHeartbeat") {
      this.heartbeats++;
      return { status: 200 };
    }
    const result = given["LifecycleActionResult"]!;
    if (result !== "CONTINUE" && result !== "ABANDON") return refusal("ValidationError", "LifecycleActionResult");
    this.waiting.delete(instance);
    this.completed.push({ instance, hook, result });
    await this.next(instance, hook, result);
    return { status: 200 };
  };
}

/** Secrets Manager with one secret, whose version is named by its content. */
export function secretsManager(id: string, value: () => string): Handler {
  return ({ method, path, headers, body }) => {
    const refuse = (type: string): Reply => ({ status: 400, body: JSON.stringify({ __type: type }) });
    if (method !== "POST" || path !== "/" || headers["content-type"] !== "application/x-amz-json-1.1")
      return refuse("SerializationException");
    if ((JSON.parse(body.toString()) as { SecretId?: string }).SecretId !== id)
      return refuse("ResourceNotFoundException");
    const version = createHash("sha256").update(value()).digest("hex").slice(0, 32);
    const answers: Record<string, unknown> = {
      GetSecretValue: { SecretString: value(), VersionId: version },
      DescribeSecret: { VersionIdsToStages: { older: ["AWSPREVIOUS"], [version]: ["AWSCURRENT"] } },
    };
    const answer = answers[String(headers["x-amz-target"]).replace(/^secretsmanager\./, "")];
    return answer ? { status: 200, body: JSON.stringify(answer) } : refuse("InvalidActionException");
  };
}

/** Objects with etags and conditional writes, as S3 and blob storage have them, below one path. */
export class ObjectStore {
  public readonly objects = new Map<string, { readonly body: Buffer; readonly changed: Date }>();

  constructor(private readonly folder: string) {}

  public readonly handle: Handler = (call) => {
    const name = call.path.startsWith(this.folder) ? call.path.slice(this.folder.length) : undefined;
    return name === undefined ? undefined : this.answer(name, call);
  };

  private answer(name: string, { method, headers, body }: Call): Reply {
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(name)) return { status: 400 };
    const old = this.objects.get(name);
    const tag = (data: Buffer) => `"${createHash("md5").update(data).digest("hex")}"`;
    if (method === "GET") {
      if (!old) return { status: 404 };
      return {
        status: 200,
        body: old.body,
        headers: { etag: tag(old.body), "last-modified": old.changed.toUTCString() },
      };
    }
    const match = headers["if-match"];
    if (headers["if-none-match"] === "*" && old) return { status: 412 };
    if (match !== undefined && (!old || match !== tag(old.body))) return { status: old ? 412 : 404 };
    if (method === "DELETE") this.objects.delete(name);
    else this.objects.set(name, { body, changed: new Date() });
    return { status: method === "DELETE" ? 204 : 201, headers: { etag: tag(body) } };
  }
}
