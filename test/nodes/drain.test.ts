import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Machine, needsScripts, specOf } from "./machine";

const library = "/usr/local/lib/openvidu-node";
const started = "/var/lib/openvidu-node/drain";
const finished = "/var/lib/openvidu-node/drain-completed";

/** The cloud adapter's program: `/target` is what the cloud says about this node, `/refuse` makes completion fail. */
const fakeCloud = `
import os, sys
root, command = os.environ["OPENVIDU_NODE_ROOT"], sys.argv[1]
if command not in ("metadata", "own-termination"):
    with open(os.environ["STUB_LOG"], "a") as log:
        log.write("cloud " + " ".join(sys.argv[1:]) + "\\n")
if command in ("metadata", "own-termination"):
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

describe("the drain of a media node", function () {
  needsScripts(this);
  let machine: Machine;
  const make = (cloud: "aws" | "azure", timeout = "86400") => {
    machine = new Machine(specOf(cloud, "media", { DRAIN_TIMEOUT_SECONDS: timeout }));
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
    make("aws");
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
      make("aws");
      if (state) machine.write("/target", `${state}\n`);
      machine.start("drain");
      if (drains) await until(() => signalled().length >= 4);
      else await pause(700);
      assert.equal(machine.has(started), drains);
    });
  }

  it("asks everyone to end although one container cannot be reached, and still completes", async () => {
    make("aws");
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
    make("aws");
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
    make("aws");
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
    make("aws", "1");
    machine.write("/target", "Terminated\n");
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.match(log, /sessions still run after 1 s and will be cut/);
    assert.equal(told("complete").length, 1);
  });

  it("takes up after a crash or a reboot where it was, with the time that was left", async () => {
    make("aws", "3600");
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
    make("aws");
    end("openvidu", "egress", "helper-1");
    machine.write("/refuse", "");
    machine.write("/target", "Terminated\n");
    const { code, log } = await machine.job("drain");
    assert.equal(code, 0, log);
    assert.equal(told("complete").length, 2);
    assert.ok(machine.has(finished));
  });

  it("completes at once on a node without Docker", async () => {
    make("aws");
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

  it("on Azure begins at a request on the machine and approves only then the end of this machine", async () => {
    make("azure");
    const { ended } = machine.start("drain");
    await pause(500);
    assert.ok(!machine.has(started));
    machine.write("/run/openvidu-node/drain-requested", "");
    await until(() => signalled().length === 4);
    machine.write("/target", "event-1\n");
    await pause(300);
    assert.deepEqual(told("approve"), [], "sessions still run");
    end("openvidu", "egress", "helper-1");
    const { code, log } = await ended;
    assert.equal(code, 0, log);
    assert.deepEqual(told("approve"), ["cloud approve event-1"]);
  });

  it("on Azure begins also when someone deletes the machine without a request", async () => {
    make("azure");
    machine.write("/target", "event-2\n");
    const { ended } = machine.start("drain");
    await until(() => signalled().length === 4);
    end("openvidu", "egress", "helper-1");
    await ended;
    assert.deepEqual(told("approve"), ["cloud approve event-2"]);
  });
});
