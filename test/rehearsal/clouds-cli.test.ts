import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const script = path.join(__dirname, "../../scripts/clouds.mjs");

interface Clouds {
  readonly child: ChildProcess;
  readonly said: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Starts the clouds and waits until they say how to reach them. */
function start(...args: string[]): Promise<Clouds> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, complaint] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("close", () => reject(new Error(`the clouds ended: ${complaint}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const line = /^export PULUMI_DEBUG_PROVIDERS=(\S+)$/m.exec(said)?.[1];
      if (line === undefined || !said.includes("Ctrl-C")) return;
      const ports = line.split(",").map((entry) => entry.split(":") as [string, string]);
      resolve({ child, said, ports: Object.fromEntries(ports.map(([name, port]) => [name, Number(port)])) });
    });
  });
}

/** Ends the clouds as Ctrl-C does, and answers with their exit code. */
function end({ child }: Clouds): Promise<number | null> {
  return new Promise((resolve) => {
    child.removeAllListeners("close");
    child.on("close", resolve);
    child.kill("SIGINT");
  });
}

/** Makes a bucket, as Pulumi would. */
async function makeBucket(port: number): Promise<string> {
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const urn = "urn:pulumi:dev::openvidu::aws:s3/bucket:Bucket::mine";
  const args = Struct.fromJavaScript({ region: "eu-west-1" });
  const properties = Struct.fromJavaScript({ bucket: "mine-0123456" });
  try {
    await new Promise((resolve, reject) => {
      client.configure(new proto.ConfigureRequest().setArgs(args), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
    return await new Promise((resolve, reject) => {
      client.create(new proto.CreateRequest().setUrn(urn).setProperties(properties), (error, answer) =>
        error ? reject(error) : resolve(answer.getId()),
      );
    });
  } finally {
    client.close();
  }
}

describe("rehearsal: clouds on their own", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "clouds-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("serve every package, keep what is made, and end at Ctrl-C", async () => {
    const state = path.join(folder, "kept.json");
    const first = await start("aws-ha", "--state", state);
    try {
      assert.deepEqual(
        ["aws", "azure-native", "random", "tls"].filter((name) => !first.ports[name]),
        [],
      );
      assert.match(first.said, /\(now: 0\)/);
      assert.equal(await makeBucket(first.ports["aws"]!), "mine-0123456");
    } finally {
      assert.equal(await end(first), 0);
    }
    const second = await start("--state", state);
    assert.equal(await end(second), 0);
    assert.match(second.said, /\(now: 1\)/);
  });

  it("say what is wrong with how they were called", () => {
    const call = (...args: string[]): { status: number | null; stderr: string } =>
      spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    for (const [args, complaint] of [
      [["nowhere"], /^there is no stack "nowhere"/],
      [["aws-ha", "azure-ha"], /^the clouds of one stack at a time/],
      [["--stat"], /Usage: npm run clouds/],
    ] as const) {
      const { status, stderr } = call(...args);
      assert.equal(status, 1);
      assert.match(stderr, complaint);
      assert.doesNotMatch(stderr, /\n +at /);
    }
  });
});
