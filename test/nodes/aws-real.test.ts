/**
 * The programs against moto, which answers as AWS does. In front of it every request is checked for its signature, and
 * the lifecycle actions that moto takes without an effect are held to AWS's rules; their outcome is asserted on the group.
 */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { carriedPrograms } from "../../nodes/render";
import { needs } from "../counterparts";
import { dockerStub } from "./cloud-world";
import { Moto, motoMissing, motoName } from "./emulators";
import { bundleOf, Machine, needsScripts, type NodeKind, specOf } from "./machine";
import { signatureProblem } from "./sigv4";
import { ask, library, storeContract } from "./store-contract";

const bundlePath = "/var/lib/openvidu-node/private/bundle.json";

describe("AWS for real", function () {
  needsScripts(this);
  needs(this, motoName, motoMissing());
  this.timeout(60000);
  let moto: Moto;
  let secret: string;
  let bucket: string;
  let count = 0;
  const machines: Machine[] = [];
  before(async () => {
    moto = await Moto.open();
    const made = await moto.call("secretsmanager", "create_secret", {
      Name: "openvidu-acme-prod-masters",
      SecretString: JSON.stringify(bundleOf("aws", "master")),
    });
    secret = made.ARN;
  });
  beforeEach(async () => {
    bucket = `acme-cluster-${count++}`;
    await moto.call("s3", "create_bucket", {
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    });
  });
  afterEach(() => machines.splice(0).forEach((machine) => machine.remove()));
  after(() => moto?.close());

  const open = (role: NodeKind["role"], settings: Record<string, string> = {}) => {
    const own: Record<string, string> =
      role === "master" ? { COORDINATION_URL: `${moto.gate.url}/${bucket}/openvidu-node/` } : {};
    const machine = new Machine(specOf("aws", role, { BUNDLE_ID: secret, ...own, ...settings }));
    Object.assign(machine.environment, {
      OPENVIDU_NODE_IMDS: moto.imdsService.url,
      OPENVIDU_NODE_ENDPOINT: `${moto.gate.url}/`,
    });
    machines.push(machine);
    return machine;
  };

  it("checks in front of it what it takes on trust itself", async () => {
    await open("master").python("bundle", "5");
    const call = moto.gate.seen.at(-1)!;
    const problem = (change: Partial<typeof call>, service = "secretsmanager") =>
      signatureProblem({ ...call, ...change }, service, moto.imds.credentials);
    assert.equal(problem({}), undefined);
    for (const changed of [
      { body: Buffer.from("{}") },
      { path: "/x" },
      { path: "/?a=b" },
      { method: "PUT" },
      { headers: { ...call.headers, host: "elsewhere" } },
      { headers: { ...call.headers, "x-amz-target": "secretsmanager.DeleteSecret" } },
      { headers: { ...call.headers, "x-amz-more": "1" } },
    ])
      assert.notEqual(problem(changed), undefined, JSON.stringify(Object.keys(changed)));
    assert.notEqual(problem({}, "s3"), undefined);
    const { status } = await fetch(`${moto.gate.url}/${bucket}/openvidu-node/x`);
    assert.equal(status, 403);
  });

  it("gives the bundle of the moment, also after the secret and the node's own credentials have been rotated", async () => {
    const machine = open("master");
    assert.equal((await machine.python("bundle", "5")).code, 0);
    assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf("aws", "master"));
    const rotated = { ...bundleOf("aws", "master"), REDIS_PASSWORD: "hushROTATED" };
    await moto.call("secretsmanager", "put_secret_value", { SecretId: secret, SecretString: JSON.stringify(rotated) });
    moto.imds.rotate();
    moto.imds.expireTokens();
    const { code, log } = await machine.python("bundle", "5");
    assert.equal(code, 0, log);
    assert.deepEqual(JSON.parse(machine.read(bundlePath)), rotated);
  });

  it("says that the store does not give a secret that is not there, and keeps the last good bundle", async () => {
    const machine = open("master", { BUNDLE_ID: secret.replace("masters", "nobody") });
    machine.write(bundlePath, '{"good":"one"}', 0o600);
    const { code, log } = await machine.python("bundle", "0");
    assert.equal(code, 1);
    assert.match(log, /^secret store: 40\d [^\n]*\n$/);
    assert.equal(machine.read(bundlePath), '{"good":"one"}');
  });

  describe("the cluster's own store on S3", () => {
    storeContract(() => ({
      kind: { cloud: "aws", role: "master" },
      machine: (slot) => open("master", { SLOT: slot }),
      put: async (name, body) => {
        const Key = `openvidu-node/${name}`;
        await moto.call("s3", "put_object", { Bucket: bucket, Key, Body: body.toString("base64") });
      },
    }));

    it("keeps its objects below one prefix of the bucket", async () => {
      await ask(open("master"), ["write", "locks/x", "1"]);
      const { Contents: contents } = await moto.call("s3", "list_objects_v2", { Bucket: bucket });
      assert.deepEqual(
        contents.map(({ Key }: { Key: string }) => Key),
        ["openvidu-node/locks/x"],
      );
    });

    it("carries the programs that user data has no room for, and takes no others", async () => {
      const machine = open("master");
      const programs = carriedPrograms({ cloud: "aws", role: "master" })!;
      const put = (body: Buffer) =>
        moto.call("s3", "put_object", {
          Bucket: bucket,
          Key: `openvidu-node/${programs.name}`,
          Body: body.toString("base64"),
        });
      machine.environment["OPENVIDU_NODE_PAUSE"] = "1";
      const missing = await machine.python("store", programs.name, programs.sha256, "0");
      assert.match(missing.log, /: missing\n$/);
      await put(Buffer.from("others"));
      const other = await machine.python("store", programs.name, programs.sha256, "0");
      assert.match(other.log, /: not the known programs\n$/);
      assert.ok(!machine.has(`${library}/lock.py`));
      await put(Buffer.from(programs.base64, "base64"));
      const { code, log } = await machine.python("store", programs.name, programs.sha256, "0");
      assert.equal(code, 0, log);
      assert.equal(machine.mode(`${library}/lock.py`), 0o644);
      const source = readFileSync(join(__dirname, "../../nodes/lib/lock.py"), "utf8");
      for (const line of source.split("\n").filter((each) => each.startsWith("def ")))
        assert.ok(machine.read(`${library}/lock.py`).includes(line), line);
    });
  });

  describe("the group of the media nodes", () => {
    let instance: string;
    before(async () => {
      instance = await moto.makeGroup();
    });
    const present = async () => (await moto.instances()).map(({ InstanceId: id }) => id);
    /** The next test's instance: the group replaces what a launch lost. */
    const useFirst = async () => {
      instance = (await present())[0]!;
      moto.imds.values.set("instance-id", instance);
    };

    it("holds a launch until the node has said that it is ready, once", async () => {
      const machine = open("media");
      const early = await machine.python("cloud", "complete", "acme-launch", "CONTINUE");
      assert.equal(early.code, 3, early.log);
      moto.lifecycle.waiting.set(instance, "acme-launch");
      const { code, log } = await machine.python("cloud", "complete", "acme-launch", "CONTINUE");
      assert.equal(code, 0, log);
      assert.deepEqual(moto.lifecycle.completed, [{ instance, hook: "acme-launch", result: "CONTINUE" }]);
      assert.deepEqual(await present(), [instance]);
      assert.equal((await machine.python("cloud", "complete", "acme-launch", "CONTINUE")).code, 3);
    });

    it("sees a node that reports itself unhealthy as such", async () => {
      const { code, log } = await open("media").python("cloud", "unhealthy");
      assert.equal(code, 0, log);
      assert.deepEqual(
        (await moto.instances()).map(({ HealthStatus: health }) => health),
        ["Unhealthy"],
      );
    });

    it("replaces a node whose launch was abandoned", async () => {
      moto.lifecycle.waiting.set(instance, "acme-launch");
      const { code, log } = await open("media").python("cloud", "complete", "acme-launch", "ABANDON");
      assert.equal(code, 0, log);
      const now = await present();
      assert.equal(now.length, 1);
      assert.notEqual(now[0], instance);
      await useFirst();
    });

    it("loses a node only after its last session: from notice to completion", async () => {
      const machine = open("media");
      machine.stub("docker", dockerStub);
      for (const name of ["openvidu", "egress"]) machine.write(`/containers/${name}`, "");
      const actions = moto.lifecycle;
      actions.heartbeats = 0;
      const until = async (condition: () => boolean) => {
        for (let tries = 0; tries < 300 && !condition(); tries++) await pause(50);
        assert.ok(condition(), machine.read("/calls"));
      };
      const { ended } = machine.start("drain");
      await until(() => moto.imdsService.seen.some(({ path }) => path.endsWith("/target-lifecycle-state")));
      assert.ok(!machine.has("/var/lib/openvidu-node/drain"), "404 is no news");
      actions.waiting.set(instance, "acme-terminate");
      moto.imds.targetState = "Terminated";
      await until(() => actions.heartbeats === 1);
      moto.imds.expireTokens();
      assert.deepEqual(await present(), [instance], "a session runs");
      for (const name of ["openvidu", "egress"]) rmSync(machine.path(`/containers/${name}`));
      const { code, log } = await ended;
      assert.equal(code, 0, log);
      assert.deepEqual(actions.completed.at(-1), { instance, hook: "acme-terminate", result: "CONTINUE" });
      assert.deepEqual(await present(), []);
      const { Reservations: found } = await moto.call("ec2", "describe_instances", { InstanceIds: [instance] });
      assert.equal(found[0].Instances[0].State.Name, "terminated");
    });
  });
});
