import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { appliedVersion, Cluster, machineOf, masterEnv, openviduEnv, publish, serves } from "./cluster";
import { killAt } from "./day2";
import { interpreter, type Machine, needsScripts, type Run } from "./machine";

const status = (machine: Machine) => machine.read("/var/lib/openvidu-node/status");
const apply = (machine: Machine, ...args: string[]) => machine.script("/usr/local/bin/openvidu-apply", ...args).ended;
const restarts = (machine: Machine) => machine.calls("systemctl").filter((call) => call.includes("restart"));
const setting = (text: string, key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1];
const running = (machine: Machine, key: string) => setting(machine.read("/running/cluster/openvidu.env"), key);

describe("a change of settings on masters that serve", function () {
  needsScripts(this);
  let cluster: Cluster;
  let first: Machine;
  beforeEach(async () => {
    cluster = await Cluster.open();
    first = cluster.masters[0]!;
    await serves(first, "version-1");
    for (const machine of cluster.masters.slice(1)) await serves(machine, "version-1", first);
  });
  afterEach(() => cluster.close());

  it("costs one question and no line of log as long as there is none", async () => {
    first.stub("python3", `exec ${interpreter()} "$@"`);
    const { code, log } = await first.job("refresh");
    assert.equal(code, 0);
    assert.equal(log, "");
    assert.deepEqual(first.calls("secret"), ["secret version"]);
    assert.equal(first.calls("python3").length, 1);
    assert.ok(!cluster.has("locks/masters"));
  });

  it("is fetched, written and read by OpenVidu under the lock, which is given back", async () => {
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    const { code, log } = await first.job("refresh");
    assert.equal(code, 0, log);
    assert.equal(running(first, "DOMAIN_NAME"), "new.example");
    assert.equal(restarts(first).length, 1);
    assert.equal(first.read(appliedVersion), "version-2\n");
    assert.equal(cluster.holder(), "");
    assert.match(status(first), /^state=ready$/m);
    assert.doesNotMatch(log, /hush|new\.example/);
    assert.equal((await first.job("refresh")).log, "");
    assert.equal(restarts(first).length, 1);
  });

  it("restarts nothing for a version that changes no file", async () => {
    cluster.publish("version-2");
    await first.job("refresh");
    assert.deepEqual(restarts(first), []);
    assert.equal(first.read(appliedVersion), "version-2\n");
  });

  it("waits while another master has the lock, and says so once", async () => {
    const second = cluster.masters[1]!;
    assert.equal((await second.python("lock", "acquire", "masters", "600", "new settings: X")).code, 0);
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    const { log } = await first.job("refresh");
    assert.match(log, /outcome=waiting why="master-2 has the lock: new settings: X"/);
    assert.match(status(first), /^state=waiting$[^]*^detail=master-2 has the lock: new settings: X$/m);
    assert.equal((await first.job("refresh")).log, "");
    assert.equal(setting(first.read(openviduEnv), "DOMAIN_NAME"), "meet.acme.example");
    assert.deepEqual(restarts(first), []);
    await second.python("lock", "release", "masters");
    await first.job("refresh");
    assert.equal(running(first, "DOMAIN_NAME"), "new.example");
    assert.match(status(first), /^state=ready$/m);
  });

  it("waits while another master is not healthy, and lets others have the lock meanwhile", async () => {
    cluster.masters[3]!.write("/sick", "");
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    const { log } = await first.job("refresh");
    assert.match(log, /outcome=waiting why="127\.0\.0\.4 is not healthy"/);
    assert.match(status(first), /^detail=127\.0\.0\.4 is not healthy$/m);
    assert.equal(cluster.holder(), "");
    assert.equal((await first.job("refresh")).log, "");
    assert.equal(setting(first.read(openviduEnv), "DOMAIN_NAME"), "meet.acme.example");
    assert.deepEqual(restarts(first), []);
  });

  it("goes on without them when a person says so, but never without the lock", async () => {
    cluster.masters[3]!.write("/sick", "");
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    await first.job("refresh");
    const { code, log } = await apply(first);
    assert.equal(code, 3);
    assert.match(log, /127\.0\.0\.4 is not healthy/);
    await cluster.masters[1]!.python("lock", "acquire", "masters", "600", "x");
    assert.equal((await apply(first, "--even-if-unhealthy")).code, 3);
    await cluster.masters[1]!.python("lock", "release", "masters");
    assert.equal((await apply(first, "--even-if-unhealthy")).code, 0);
    assert.equal(running(first, "DOMAIN_NAME"), "new.example");
  });

  it("needs no restart of a master to which the cluster has replicated it", async () => {
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    await first.job("refresh");
    const second = cluster.masters[1]!;
    // The copy arrives while the second master already waits for its turn.
    second.stub(
      "curl",
      `cp "${first.path(openviduEnv)}" "${second.path(openviduEnv)}"; PATH="\${PATH#*:}" exec curl "$@"`,
    );
    const { log } = await second.job("refresh");
    assert.deepEqual(restarts(second), [], log);
    assert.equal(second.read(appliedVersion), "version-2\n");
    assert.equal(cluster.holder(), "");
  });

  it("is a failure when OpenVidu does not come up, is not tried for ever, and stops the others", async () => {
    cluster.publish("version-2", { OPENVIDU_PRO_LICENSE: "broken" });
    const { log } = await first.job("refresh");
    assert.match(log, /step=refresh outcome=failed why="wait-ready: .* did not answer 200/);
    assert.match(status(first), /^state=failed$[^]*^detail=wait-ready: /m);
    assert.equal(cluster.holder(), "");
    assert.match((await cluster.masters[1]!.job("refresh")).log, /127\.0\.0\.1 is not healthy/);
    assert.deepEqual(restarts(cluster.masters[1]!), []);

    const before = restarts(first).length;
    await first.job("refresh");
    assert.equal((await first.job("refresh")).log, "");
    assert.equal(restarts(first).length, before);
    assert.match(status(first), /^state=failed$/m);

    cluster.publish("version-3", { OPENVIDU_PRO_LICENSE: "good" });
    const next = await first.job("refresh");
    assert.equal(running(first, "OPENVIDU_PRO_LICENSE"), "good", next.log);
    assert.match(status(first), /^state=ready$/m);
    await cluster.masters[1]!.job("refresh");
    assert.equal(running(cluster.masters[1]!, "OPENVIDU_PRO_LICENSE"), "good");
  });

  it("is done when an OpenVidu that was late comes up after all", async () => {
    cluster.publish("version-2", { OPENVIDU_PRO_LICENSE: "broken" });
    await first.job("refresh");
    const before = restarts(first).length;
    rmSync(first.path("/sick"));
    await first.job("refresh");
    assert.equal(restarts(first).length, before);
    assert.match(status(first), /^state=ready$/m);
    assert.equal(first.read(appliedVersion), "version-2\n");
  });

  it("is a failure when OpenVidu cannot be restarted, although the old one still serves", async () => {
    const systemctl = first.read("/stubs/systemctl");
    first.stub("systemctl", "[[ $1 != is-active ]] || echo active; [[ $1 != restart ]]");
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    const { log } = await first.job("refresh");
    assert.match(log, /outcome=failed why="apply-running: OpenVidu did not come up with the new settings"/);
    assert.match(status(first), /^state=failed$/m);
    await first.job("refresh");
    assert.equal(restarts(first).length, 1);
    assert.equal(cluster.holder(), "");
    first.write("/stubs/systemctl", systemctl, 0o755);
    assert.equal((await apply(first)).code, 0);
    assert.equal(running(first, "DOMAIN_NAME"), "new.example");
    assert.match(status(first), /^state=ready$/m);
  });

  it("is refused as a whole when databases hold one of the values, and the reason names the key", async () => {
    cluster.publish("version-2", { REDIS_PASSWORD: "hushNEW", DOMAIN_NAME: "new.example" });
    const files = first.read(openviduEnv) + first.read(masterEnv);
    const { log } = await first.job("refresh");
    assert.match(log, /outcome=waiting why="nothing applied: the databases keep their REDIS_PASSWORD; put the old/);
    assert.match(status(first), /^detail=nothing applied: .* REDIS_PASSWORD/m);
    assert.equal(first.read(openviduEnv) + first.read(masterEnv), files);
    assert.ok(!cluster.has("locks/masters"));
    assert.equal((await first.job("refresh")).log, "");
    cluster.publish("version-3", { DOMAIN_NAME: "new.example" });
    await first.job("refresh");
    assert.equal(running(first, "DOMAIN_NAME"), "new.example");
  });

  it("keeps what is there while the store does not answer or has half a bundle, and says so once", async () => {
    const files = first.read(openviduEnv);
    rmSync(first.path("/secret/version"));
    const { code, log } = await first.job("refresh");
    assert.equal(code, 0);
    assert.match(log, /outcome=waiting why="secret store: 503"/);
    assert.equal((await first.job("refresh")).log, "");
    first.write("/secret/version", "version-2");
    first.write("/secret/bundle", '{"DOMAIN_NAME":"half.example"}');
    assert.equal((await first.job("refresh")).log, "");
    assert.equal(first.read(openviduEnv), files);
    publish(first, "version-2", {});
    assert.match((await first.job("refresh")).log, /^openvidu-node step=refresh outcome=ok\n$/);
    assert.match(status(first), /^state=ready$/m);
  });

  for (const state of ["activating", "inactive"]) {
    it(`${state === "inactive" ? "needs no lock and no restart" : "restarts"} where OpenVidu is ${state}`, async () => {
      first.write("/unit", `${state}\n`);
      cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
      await first.job("refresh");
      assert.equal(setting(first.read(openviduEnv), "DOMAIN_NAME"), "new.example");
      assert.equal(restarts(first).length, state === "inactive" ? 0 : 1);
      assert.equal(cluster.has("locks/masters"), state !== "inactive");
    });
  }

  it("leaves everything to a boot that runs", async () => {
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    first.environment["LOCKED"] = first.path("/run/openvidu-node/refresh.lock");
    first.write("/boot-runs.sh", 'exec 8>"$LOCKED"; flock 8; touch "$LOCKED.held"; exec /bin/sleep 60\n');
    const boot = first.script("/boot-runs.sh");
    while (!first.has("/run/openvidu-node/refresh.lock.held")) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, log } = await first.job("refresh");
    assert.equal(code, 0);
    assert.equal(log, "");
    assert.deepEqual(first.calls("secret"), []);
    assert.match((await apply(first)).log, /this node boots or applies settings already/);
    boot.process.kill("SIGKILL");
    await boot.ended;
  });

  it("waits for the end of an upgrade or a restore, and then looks at what that has left", async () => {
    first.write("/var/lib/openvidu-node/hold", "");
    cluster.publish("version-1");
    assert.equal((await first.job("refresh")).log, "");
    assert.deepEqual(first.calls("secret"), []);
    first.write(openviduEnv, first.read(openviduEnv).replace("meet.acme.example", "of-the-backup.example"));
    rmSync(first.path("/var/lib/openvidu-node/hold"));
    await first.job("refresh");
    assert.equal(running(first, "DOMAIN_NAME"), "meet.acme.example");
    assert.equal(restarts(first).length, 1);
  });

  it("converges when it is stopped at any of its steps and run again", async function () {
    this.timeout(300_000);
    first.record("touch", "rm", "mv");
    first.stub("python3", `exec ${interpreter()} "$@"`);
    let step = 1;
    for (let applied = false; !applied; step++) {
      const version = `version-${step + 1}`;
      const domain = `meet-${step}.example`;
      publish(first, version, { DOMAIN_NAME: domain });
      const ended: Run | undefined = await killAt(first, step, "refresh");
      // On a busy machine a run may give up waiting by itself, and leave the rest to the next one.
      applied = ended !== undefined && running(first, "DOMAIN_NAME") === domain;
      const { log } = await first.job("refresh");
      const where = `stopped at step ${step}, then: ${log}`;
      assert.equal(setting(first.read(openviduEnv), "DOMAIN_NAME"), domain, where);
      assert.equal(running(first, "DOMAIN_NAME"), domain, where);
      assert.equal(first.read(appliedVersion), `${version}\n`, where);
      assert.equal(cluster.holder(), "", where);
      assert.match(status(first), /^state=ready$/m, where);
      assert.ok(!first.has("/run/openvidu-node/restart"), where);
    }
    assert.ok(step > 15, `${step} steps`);
  });
});

describe("a change of settings elsewhere", function () {
  needsScripts(this);
  let machine: Machine;
  afterEach(() => machine.remove());

  it("is written on a media node that serves, and restarts nothing", async () => {
    machine = machineOf("media", "9");
    await serves(machine, "version-1");
    rmSync(machine.path("/opt/openvidu/.openvidu-node/initialised"));
    publish(machine, "version-2", { REDIS_PASSWORD: "hushNEW" });
    const { code, log } = await machine.job("refresh");
    assert.equal(code, 0, log);
    assert.match(log, /outcome=note why="sessions may run here; the next restart of OpenVidu takes the new values"/);
    assert.match(status(machine), /^state=ready$[^]*^detail=the next restart of OpenVidu takes the new settings$/m);
    assert.equal(machine.read("/opt/openvidu/config/node/media_node.env"), "REDIS_PASSWORD=hushNEW\n");
    assert.deepEqual(restarts(machine), []);
    assert.equal((await machine.job("refresh")).log, "");
  });

  it("waits while a node drains", async () => {
    machine = machineOf("media", "9");
    await serves(machine, "version-1");
    publish(machine, "version-2", { REDIS_PASSWORD: "hushNEW" });
    machine.write("/var/lib/openvidu-node/drain", "1\n");
    assert.equal((await machine.job("refresh")).log, "");
    assert.deepEqual(machine.calls("secret"), []);
  });
});

describe("a change of settings on the only master of Elastic", function () {
  needsScripts(this);
  let cluster: Cluster;
  let master: Machine;
  beforeEach(async () => {
    cluster = await Cluster.open(1, undefined, "elastic");
    master = cluster.masters[0]!;
    await serves(master, "version-1");
  });
  afterEach(() => cluster.close());

  it("interrupts it once, asks nobody and takes no lock", async () => {
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    const { code, log } = await master.job("refresh");
    assert.equal(code, 0, log);
    assert.equal(running(master, "DOMAIN_NAME"), "new.example");
    assert.equal(restarts(master).length, 1);
    assert.equal(master.read(appliedVersion), "version-2\n");
    assert.match(status(master), /^state=ready$/m);
    assert.ok(!cluster.has("locks") && !cluster.has("marks"));
    assert.equal((await master.job("refresh")).log, "");
    assert.equal(restarts(master).length, 1);
  });

  it("that changes no file interrupts nothing", async () => {
    cluster.publish("version-2");
    await master.job("refresh");
    assert.deepEqual(restarts(master), []);
    assert.equal(master.read(appliedVersion), "version-2\n");
  });

  it("with which OpenVidu does not come up is not tried for ever, and the next one is", async () => {
    cluster.publish("version-2", { OPENVIDU_PRO_LICENSE: "broken" });
    const { log } = await master.job("refresh");
    assert.match(log, /step=refresh outcome=failed why="wait-ready: .* did not answer 200/);
    const before = restarts(master).length;
    await master.job("refresh");
    assert.equal(restarts(master).length, before);
    assert.match(status(master), /^state=failed$/m);
    cluster.publish("version-3", { OPENVIDU_PRO_LICENSE: "good" });
    await master.job("refresh");
    assert.equal(running(master, "OPENVIDU_PRO_LICENSE"), "good");
    assert.match(status(master), /^state=ready$/m);
  });

  it("is applied at once by a person, without an option", async () => {
    cluster.publish("version-2", { DOMAIN_NAME: "new.example" });
    assert.equal((await apply(master)).code, 0);
    assert.equal(running(master, "DOMAIN_NAME"), "new.example");
  });
});

describe("openvidu-status", function () {
  needsScripts(this);

  it("shows state, reason, the version of the settings and who has the lock", async () => {
    const cluster = await Cluster.open(2);
    const machine = cluster.masters[0]!;
    await serves(machine, "version-1");
    await cluster.masters[1]!.receivePrograms().python("lock", "acquire", "masters", "600", "master-2 joins");
    publish(machine, "version-2", { DOMAIN_NAME: "new.example" });
    await machine.job("refresh");
    const { log } = await machine.script("/usr/local/bin/openvidu-status").ended;
    assert.match(log, /^state=waiting$/m);
    assert.match(log, /^detail=master-2 has the lock: master-2 joins$/m);
    assert.match(log, /^settings=version-1$/m);
    await cluster.close();
  });
});
