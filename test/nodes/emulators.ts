/**
 * Emulators of both clouds, with checks in front of them for what they take on trust: every request to AWS must carry a
 * right signature, every request to blob storage a token that this machine's identity was given.
 * `npm test` installs Azurite; `.ci/run` installs moto as well. Without them the tests skip themselves aloud.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { LifecycleActions } from "./cloud-services";
import { AzureMetadata, Ec2Metadata } from "./imds";
import { settingsOf } from "./machine";
import { type Call, type Certificate, forwardTo, type Reply, send, Service } from "./services";
import { demandSignature, serviceOf } from "./sigv4";

const folder = join(__dirname, "../emulators");
const venv = join(folder, "venv/bin/python");
const azurite = join(folder, "node_modules/azurite");

function motoVersion(): string {
  return /^moto\S*==(\S+)$/m.exec(readFileSync(join(folder, "requirements.txt"), "utf8"))?.[1] ?? "";
}

function azuriteVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return dependencies["azurite"] ?? "";
}

export const motoName = `moto ${motoVersion()}`;
export const azuriteName = `Azurite ${azuriteVersion()}`;

/** Why there is no moto here, or nothing. */
export function motoMissing(): string | undefined {
  return existsSync(venv) ? undefined : ".ci/run installs it from PyPI";
}

/** Why there is no Azurite here, or nothing. */
export function azuriteMissing(): string | undefined {
  if (!existsSync(azurite)) return "npm could not install it";
  return spawnSync("openssl", ["version"]).status === 0 ? undefined : "needs openssl for a certificate";
}

const group = settingsOf("aws", "media")["GROUP_NAME"]!;
const hooks = { launch: "acme-launch", terminate: "acme-terminate" };

/** AWS: a group with lifecycle hooks, a secret and a bucket in moto, behind a gate that checks signatures. */
export class Moto {
  public readonly imds = new Ec2Metadata();
  public readonly lifecycle = new LifecycleActions(group, (...done) => this.afterAction(...done));
  private readonly waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] =
    [];
  private gateway: Service | undefined;
  private metadata: Service | undefined;

  private constructor(
    private readonly server: ChildProcess,
    lines: Interface,
  ) {
    lines.on("line", (line) => this.waiting.shift()?.resolve(line));
    server.once("exit", () => this.waiting.forEach(({ reject }) => reject(new Error("moto has ended"))));
  }

  public static async open(): Promise<Moto> {
    const server = spawn(venv, [join(folder, "moto_server.py")], { stdio: ["pipe", "pipe", "ignore"] });
    const moto = new Moto(server, createInterface({ input: server.stdout }));
    const endpoint = JSON.parse(await moto.nextLine()) as string;
    const actions = /Action=(CompleteLifecycleAction|RecordLifecycleActionHeartbeat)/;
    moto.gateway = await Service.open([
      demandSignature(() => moto.imds.credentials),
      // Moto has hooks but does not hold instances for them.
      (call) =>
        isFor("autoscaling", call) && actions.test(String(call.body)) ? moto.lifecycle.handle(call) : undefined,
      forwardTo(endpoint),
    ]);
    moto.metadata = await Service.open([moto.imds.handle]);
    return moto;
  }

  /** What the programs ask. */
  public get gate(): Service {
    return this.gateway!;
  }

  public get imdsService(): Service {
    return this.metadata!;
  }

  /** A call of the AWS SDK for Python, for the test's own part. */
  public async call(service: string, operation: string, parameters: Record<string, unknown> = {}): Promise<any> {
    this.server.stdin!.write(`${JSON.stringify({ service, operation, parameters })}\n`);
    const { result, error } = JSON.parse(await this.nextLine()) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(`${service} ${operation}: ${error}`);
    return result;
  }

  /** A group with one instance behind both hooks; returns the instance's id. */
  public async makeGroup(): Promise<string> {
    const { Subnets: subnets } = await this.call("ec2", "describe_subnets");
    const { Images: images } = await this.call("ec2", "describe_images", { Owners: ["amazon"] });
    await this.call("ec2", "create_launch_template", {
      LaunchTemplateName: group,
      LaunchTemplateData: { ImageId: images[0].ImageId, InstanceType: "c6a.xlarge" },
    });
    await this.call("autoscaling", "create_auto_scaling_group", {
      AutoScalingGroupName: group,
      MinSize: 0,
      MaxSize: 4,
      DesiredCapacity: 1,
      VPCZoneIdentifier: subnets[0].SubnetId,
      LaunchTemplate: { LaunchTemplateName: group, Version: "1" },
    });
    for (const [end, name] of Object.entries(hooks)) {
      const LifecycleTransition = `autoscaling:EC2_INSTANCE_${end === "launch" ? "LAUNCHING" : "TERMINATING"}`;
      const hook = { LifecycleHookName: name, LifecycleTransition, HeartbeatTimeout: 3600 };
      await this.call("autoscaling", "put_lifecycle_hook", { AutoScalingGroupName: group, ...hook });
    }
    const [instance] = await this.instances();
    this.imds.values.set("instance-id", instance!.InstanceId);
    return instance!.InstanceId;
  }

  /** The group's instances as the cloud sees them. */
  public async instances(): Promise<{ InstanceId: string; HealthStatus: string; LifecycleState: string }[]> {
    const { AutoScalingGroups: groups } = await this.call("autoscaling", "describe_auto_scaling_groups", {
      AutoScalingGroupNames: [group],
    });
    return groups[0].Instances;
  }

  private async afterAction(instance: string, hook: string, result: string): Promise<void> {
    if (hook === hooks.launch && result === "CONTINUE") return;
    await this.call("autoscaling", "terminate_instance_in_auto_scaling_group", {
      InstanceId: instance,
      ShouldDecrementDesiredCapacity: hook === hooks.terminate,
    });
  }

  private nextLine(): Promise<string> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  public async close(): Promise<void> {
    this.server.kill("SIGKILL");
    await Promise.all([this.gate.close(), this.imdsService.close()]);
  }
}

function isFor(service: string, call: Call): boolean {
  return serviceOf(call.headers) === service;
}

/** A certificate for the loopback address, for as long as the tests run. */
export function selfSigned(directory: string): Certificate & { readonly file: string } {
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const { status, stderr } = spawnSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8"), file: cert };
}

const blobVersion = "2021-12-02";

/** Azure: blob storage by Azurite behind a gate that checks tokens, and the metadata service that gives them out. */
export class Azurite {
  private constructor(
    private readonly server: ChildProcess,
    private readonly directory: string,
    private readonly certificate: Certificate & { readonly file: string },
    public readonly imds: AzureMetadata,
    public readonly imdsService: Service,
    public readonly gate: Service,
  ) {}

  public static async open(): Promise<Azurite> {
    const directory = mkdtempSync(join(tmpdir(), "openvidu-azurite-"));
    const certificate = selfSigned(directory);
    const server = spawn(
      process.execPath,
      [
        ...[join(azurite, "dist/src/blob/main.js"), "--blobHost", "127.0.0.1", "--blobPort", "0", "--oauth", "basic"],
        ...["--cert", certificate.file, "--key", join(directory, "key.pem")],
        ...["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--inMemoryPersistence"],
      ],
      { cwd: directory, stdio: ["ignore", "pipe", "ignore"] },
    );
    const endpoint = await listening(server);
    const imds = new AzureMetadata(settingsOf("azure", "media")["IDENTITY_CLIENT_ID"]!);
    const gate = await Service.open(
      [
        (call) => {
          if (!imds.admits(call, "https://storage.azure.com/")) return { status: 401 };
          return call.headers["x-ms-version"] === undefined ? { status: 400 } : undefined;
        },
        forwardTo(endpoint, certificate.cert),
      ],
      certificate,
    );
    return new Azurite(server, directory, certificate, imds, await Service.open([imds.handle]), gate);
  }

  /** What programs need in their environment to reach all this. */
  public get environment(): Record<string, string> {
    return { SSL_CERT_FILE: this.certificate.file, OPENVIDU_NODE_IMDS: this.imdsService.url };
  }

  /** The address of a container, which is made if it is not there; ends with a slash. */
  public async container(name: string): Promise<string> {
    const { status } = await this.blob("PUT", `${name}?restype=container`);
    if (status !== 201 && status !== 409) throw new Error(`container ${name}: ${status}`);
    return `${this.gate.url}/devstoreaccount1/${name}/`;
  }

  /** A request of the test's own part, by the identity of the machine. */
  public async blob(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: string | Buffer = "",
  ): Promise<Reply> {
    const query = new URLSearchParams({
      "api-version": "2018-02-01",
      resource: "https://storage.azure.com/",
      client_id: settingsOf("azure", "media")["IDENTITY_CLIENT_ID"]!,
    });
    const asked = `/metadata/identity/oauth2/token?${query.toString()}`;
    const token = await this.imds.handle({
      method: "GET",
      path: asked,
      headers: { metadata: "true" },
      body: Buffer.of(),
    });
    const { access_token: bearer } = JSON.parse(String((token as Reply).body)) as { access_token: string };
    const all = {
      host: "127.0.0.1",
      authorization: `Bearer ${bearer}`,
      "x-ms-version": blobVersion,
      "content-length": String(Buffer.byteLength(body)),
      ...headers,
    };
    const call = { method, path: `/devstoreaccount1/${path}`, headers: all, body: Buffer.from(body) };
    return send(this.gate.url, call, this.certificate.cert);
  }

  public async close(): Promise<void> {
    this.server.kill("SIGKILL");
    await Promise.all([this.gate.close(), this.imdsService.close()]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function listening(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout!.on("data", (data) => {
      said += String(data);
      const address = /listens on (https:\/\/\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    server.once("exit", (code) => reject(new Error(`Azurite ended with ${code}: ${said}`)));
  });
}
