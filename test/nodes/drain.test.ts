import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Blobs, openBlobs } from "./blobs";
import { AzureMetadata } from "./imds";
import { Machine, needsScripts, settingsOf, specOf } from "./machine";
import { Service } from "./services";

const library = "/usr/local/lib/openvidu-node";
const started = "/var/lib/openvidu-node/drain";
const finished = "/var/lib/openvidu-node/drain-completed";

/** The cloud adapter's program: `/target` is what the cloud says about this node, `/refuse` makes completion fail. */
const fakeCloud = `
import os, sys
root, command = os.environ["OPENVIDU_NODE_ROOT"], sys.argv[1]
if command != "metadata":
    with open(os.environ["STUB_LOG"], "a") as log:
        log.write("cloud " + " ".join(sys.argv[1:]) + "\\n")
if command == "metadata":
    if not os.path.exists(root + "/target"):
        sys.exit("404")
    print(open(root + "/target").read().strip())
if command in ("complete", "heartbeat") and os.path.exists(root + "/refuse"):
    os.unlink(root + "/refuse")
    sys.exit(3)
`;

/** Docker with one file per running container; SIGQUIT is noted, and what runs ends when the test removes its file. */
const fakeDocker = `
cd "$OPENVIDU_NODE_ROOT/containers" || exit 1
case "$1 $2" in
  "ps -q") grep -l agent * 2>/dev/null; true ;;
  "ps --format") for name in *; do [[ "$name" == "*" ]] || echo "$name $(sed -n 's/agent/true/p' "$name")"; done ;;
  "container kill") [[ -e "$4" && "$4" != stuck ]] ;;
esac`;

describe("the drain of a media node on AWS", function () {
  needsScripts(this);
  let machine: Machine;
  const make = (timeout = "86400") => {
    machine = new Machine(specOf("aws", "media", { DRAIN_TIMEOUT_SECONDS: timeout }));
    machine.write(`${library}/cloud.py`, fakeCloud);
    machine.stub("docker", fakeDocker);
    machine.write("/containers/openvidu", "");
    machine.write("/containers/egress", "");
    machine.write("/containers/helper-1", "agent");
    machine.write("/containers/caddy", "");
  };
  const end = (...containers: string[]) => containers.forEach((name) => rmSync(machine.path(`/containers/${name}`)));
  const told = (what: string) => machine.calls("cloud").filter((call) => call.startsWith(`cloud ${what}`));
  const signalled = () => machine.calls("docker").filter((call) => call.includes("kill"));
  const until = async (condition: () => boolean) => {
    for (let tries = 0; tries < 200 && !condition(); tries++) await pause(50);
    assert.ok(condition(), machine.read("/calls"));
  };
  afterEach(() => machine.remove());

  it("waits for its sessions, tells the group that it lives, and completes once", async () => {
    make();
    machine.write("/target", "Terminated\n");
    const { ended } = machine.start("drain");
    await until(() => told("heartbeat").length > 0);
    assert.deepEqual(
      signalled(),
      ["openvidu", "ingress", "egress", "helper-1"].map((name) => `docker container kill --signal=SIGQUIT ${name}`),
    );
    end("openvidu", "egress");
    await pause(300);
    assert.deepEqual(told("complete"), [], "an agent still runs");
    assert.match(machine.read("/var/lib/openvidu-node/status"), /^state=draining/);
    end("helper-1");
    const { code, log } = await ended;
    assert.equal(code, 0, log);
    assert.deepEqual(told("complete"), ["cloud complete acme-terminate CONTINUE"]);
    assert.deepEqual(told("heartbeat"), ["cloud heartbeat acme-terminate"]);
    assert.ok(machine.calls("systemctl").includes("systemctl stop openvidu"));
    assert.equal((await machine.job("drain")).code, 0);
    assert.equal(told("complete").length, 1);
  });

  for (const [state, drains] of Object.entries({
    Terminated: true,
    "Warmed:Terminated": true,
    InService: false,
    "Warmed:Stopped": false,
    "": false,
  })) {
    it(`${drains ? "begins" : "does not begin"} when the group wants the node to be ${state || "nothing yet"}`, async () => {
      make();
      if (state) machine.write("/target", `${state}\n`);
      machine.start("drain");
      if (drains) await until(() => signalled().length >= 4);
      else await pause(700);
      assert.equal(machine.has(started), drains);
    });
  }

  it("asks everyone to end although one container cannot be reached, and still completes", async () => {
    make();
    machine.write("/containers/stuck", "agent");
    machine.write("/target", "Terminated\n");
    const { ended } = machine.start("drain");
    await until(() => signalled().length === 5);
    end("openvidu", "egress", "helper-1", "stuck");
    const { code, log } = await ended;
    assert.equal(code, 0, log);
    assert.match(log, /why="stuck was not signalled"/);
    assert.equal(told("complete").length, 1);
  });

  it("lets sessions end also on a node whose disk is full", async () => {
    make();
    machine.stub("mktemp", "exit 1");
    machine.write("/target", "Terminated\n");
    const { process: drain } = machine.start("drain");
    await until(() => signalled().length === 4 && told("heartbeat").length === 1);
    await pause(300);
    assert.equal(drain.exitCode, null);
    end("openvidu", "egress", "helper-1");
    await until(() => told("complete").length === 1);
  });

  it("does not take a Docker that says nothing for a node without sessions", async () => {
    make();
    machine.write("/target", "Terminated\n");
    machine.stub("docker", "exit 1");
    const { ended } = machine.start("drain");
    await until(() => told("heartbeat").length > 0);
    await pause(300);
    assert.deepEqual(told("complete"), []);
    machine.stub("docker", fakeDocker);
    end("openvidu", "egress", "helper-1");
    await ended;
    assert.equal(told("complete").length, 1);
  });

  it("cuts what still runs when its time is over", async () => {
    make("1");
    machine.write("/target", "Terminated\n");
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.match(log, /sessions still run after 1 s and will be cut/);
    assert.equal(told("complete").length, 1);
  });

  it("takes up after a crash or a reboot where it was, with the time that was left", async () => {
    make("3600");
    machine.write("/target", "Terminated\n");
    const first = machine.start("drain");
    await until(() => told("heartbeat").length > 0);
    process.kill(-first.process.pid!, "SIGKILL");
    await first.ended;
    machine.write(started, `${Math.floor(Date.now() / 1000) - 3601}\n`);
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.match(log, /sessions still run after 3600 s/);
    assert.equal(told("complete").length, 1);
  });

  it("repeats a completion that came before the group had opened the action", async () => {
    make();
    end("openvidu", "egress", "helper-1");
    machine.write("/refuse", "");
    machine.write("/target", "Terminated\n");
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.equal(told("complete").length, 2);
    assert.ok(machine.has(finished));
  });

  it("completes at once on a node without Docker", async () => {
    make();
    machine.write("/target", "Terminated\n");
    rmSync(machine.path("/stubs/docker"));
    // A Docker of the machine that runs the tests must not be found.
    machine.allowOnly(
      "bash",
      "basename",
      "cat",
      "chmod",
      "date",
      "dirname",
      "env",
      "mkdir",
      "mktemp",
      "mv",
      "readlink",
      "rm",
      "timeout",
    );
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.equal(told("complete").length, 1);
    assert.deepEqual(machine.calls("docker"), []);
  });
});

describe("the drain of a media node on Azure", function () {
  needsScripts(this);
  let imds: AzureMetadata;
  let imdsService: Service;
  let blobs: Blobs;
  let machine: Machine;
  beforeEach(async () => {
    imds = new AzureMetadata(settingsOf("azure", "media")["IDENTITY_CLIENT_ID"]!);
    imds.facts.set("compute/name", "media-1");
    imds.facts.set("compute/vmId", "5b1b5a8e");
    imdsService = await Service.open([imds.handle]);
    blobs = await openBlobs(imds);
    const [REQUESTS_URL, HEARTBEATS_URL] = [blobs.url("requests"), blobs.url("heartbeats")];
    machine = new Machine(specOf("azure", "media", { REQUESTS_URL, HEARTBEATS_URL }));
    machine.environment["OPENVIDU_NODE_IMDS"] = imdsService.url;
    machine.stub("docker", fakeDocker);
    machine.write("/containers/openvidu", "");
  });
  afterEach(async () => {
    machine.remove();
    await Promise.all([imdsService.close(), blobs.close()]);
  });
  const ask = (...names: string[]) => {
    const drains = Object.fromEntries(names.map((name) => [name, { since: 1, reason: "little load" }]));
    return blobs.put("requests", "controller", JSON.stringify({ drains, changed: 1 }));
  };
  const end = (name = "media-1", type = "Terminate") =>
    imds.events.push({ EventId: `${type} ${name}`, EventType: type, Resources: [name] });
  const signalled = () => machine.calls("docker").some((call) => call.includes("SIGQUIT openvidu"));
  const lookedAt = (times: number) => {
    const looks = () => imdsService.seen.filter(({ path }) => path.includes("scheduledevents")).length;
    const before = looks();
    return until(() => looks() >= before + times);
  };
  const said = async () => (JSON.parse((await blobs.get("heartbeats", "media-1")) ?? "{}") as { state?: string }).state;
  const until = async (condition: () => boolean | Promise<boolean>) => {
    for (let tries = 0; tries < 400 && !(await condition()); tries++) await pause(50);
    assert.ok(await condition(), machine.read("/calls"));
  };

  it("begins when the controller asks this node, says when it is drained, and approves only then its own end", async () => {
    await ask("media-2");
    const { ended } = machine.start("drain");
    await lookedAt(3);
    assert.ok(!machine.has(started));
    await ask("media-2", "media-1");
    await until(signalled);
    await machine.job("heartbeat");
    assert.equal(await said(), "draining");
    end();
    end("media-2");
    await pause(200);
    assert.deepEqual(imds.approved, [], "a session runs");
    rmSync(machine.path("/containers/openvidu"));
    const { code, log } = await ended;
    assert.equal(code, 0, log);
    assert.equal(await said(), "drained");
    assert.deepEqual(imds.approved, ["Terminate media-1"]);
  });

  it("says that it is drained before anyone deletes it, and goes on saying so", async () => {
    await ask("media-1");
    rmSync(machine.path("/containers/openvidu"));
    machine.start("drain");
    await until(async () => (await said()) === "drained");
    assert.deepEqual(imds.approved, []);
    await blobs.put("heartbeats", "media-1", "{}");
    await machine.job("heartbeat");
    assert.equal(await said(), "drained");
  });

  it("does not depend on the store's taking that news", async () => {
    blobs.service.fault = ({ method }) => (method === "PUT" ? { status: 503 } : undefined);
    await ask("media-1");
    rmSync(machine.path("/containers/openvidu"));
    end();
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.match(log, /the next heartbeat will say that this node is drained/);
    assert.deepEqual(imds.approved, ["Terminate media-1"]);
  });

  it("begins also when someone deletes the machine without a request, and although the store does not answer", async () => {
    blobs.service.fault = () => ({ status: 500 });
    end("media-1", "Reboot");
    machine.start("drain");
    await lookedAt(2);
    assert.ok(!machine.has(started));
    end();
    await until(signalled);
  });

  it("begins at a request although the machine's events cannot be read", async () => {
    imdsService.fault = ({ path }) => (path.includes("scheduledevents") ? { status: 500 } : undefined);
    await ask("media-1");
    machine.start("drain");
    await until(signalled);
  });

  it("begins at a request on the machine itself", async () => {
    machine.write("/run/openvidu-node/drain-requested", "");
    machine.start("drain");
    await until(signalled);
  });

  for (const text of ["", "{", "[]", '{"drains":null}', '{"drains":{}}']) {
    it(`takes ${text || "an empty object"} in the place of requests for no news`, async () => {
      await blobs.put("requests", "controller", text);
      machine.start("drain");
      await lookedAt(2);
      assert.ok(!machine.has(started));
    });
  }

  it("goes on after a reboot, also if the request is no longer there", async () => {
    machine.write(started, `${Math.floor(Date.now() / 1000)}\n`);
    rmSync(machine.path("/containers/openvidu"));
    machine.start("drain");
    await until(async () => (await said()) === "drained");
  });
});
