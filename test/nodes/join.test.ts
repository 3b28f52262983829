import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, rmSync } from "node:fs";
import { Cluster, openviduEnv, publish } from "./cluster";
import { type Machine, needsScripts } from "./machine";

/** Stands in for the vendor's bootstrap. */
const vendor = `#!/bin/sh
echo "installer" >>"$STUB_LOG"
prefix="$OPENVIDU_NODE_ROOT/opt/openvidu"
mkdir -p "$prefix/config/cluster/master_node" "$prefix/config/node"
touch "$prefix/config/cluster/openvidu.env" "$prefix/config/cluster/master_node/meet.env" "$prefix/config/node/master_node.env"
`;

/** Stands in for the data disk, which lies at its place already. */
const dataDisk = `#!/bin/sh
if [ "$1" = adopt ]; then echo 3.8.0 >"$OPENVIDU_NODE_ROOT/opt/openvidu/.openvidu-node/installed"; fi
`;
const library = "/usr/local/lib/openvidu-node";
const installed = "/opt/openvidu/.openvidu-node/installed";
const status = (machine: Machine) => machine.read("/var/lib/openvidu-node/status");

describe("a master joins", function () {
  needsScripts(this);
  this.timeout(120_000);
  let cluster: Cluster;
  afterEach(() => cluster.close());

  const open = async (count: number) => {
    cluster = await Cluster.open(count, (path) => (path === "/installer.sh" ? vendor : undefined));
    for (const machine of cluster.masters) equip(machine);
  };
  const equip = (machine: Machine) => {
    const env = machine
      .read("/etc/openvidu-node/node.env")
      .replace(/^INSTALLER_URL=.*$/m, `INSTALLER_URL='${cluster.url.replace("0.0.0.0", "127.0.0.1")}/installer.sh'`)
      .replace(/^INSTALLER_SHA256=.*$/m, `INSTALLER_SHA256='${createHash("sha256").update(vendor).digest("hex")}'`);
    machine.write("/etc/openvidu-node/node.env", env);
    machine.write(`${library}/data-disk.sh`, dataDisk, 0o755);
    machine.write("/dev/console", "");
    machine.stub("docker", 'case "$1" in --version) echo "Docker version 29.5.3, build x";; esac');
    machine.stub("docker-compose", 'echo "Docker Compose version v5.1.4"');
    machine.stub("sysctl", "true");
    publish(machine, "version-1");
  };
  /** A new machine in the place of a master: nothing of its system disk is left. */
  const rebuild = (machine: Machine, disk: "kept" | "blank") => {
    for (const place of ["/var/lib", "/run", "/unit", "/running", ...(disk === "blank" ? ["/opt/openvidu"] : [])])
      rmSync(machine.path(place), { recursive: true, force: true });
    machine.write("/calls", "");
  };
  const boot = async (machine: Machine) => {
    const { code, log } = await machine.job("boot");
    assert.equal(code, 0, log);
    assert.match(status(machine), /^state=ready$/m);
    return log;
  };

  it("without waiting at the first boot of a cluster, in which all start at once", async () => {
    await open(4);
    // Each gets through only when the others are as far: one that waited for another would end in failure.
    const meet = cluster.masters.map((machine) => machine.path("/here"));
    for (const [index, machine] of cluster.masters.entries()) {
      const start = machine.read("/stubs/systemctl").replace(
        "  start | restart)",
        `  start | restart)
    touch "${meet[index]}"
    for try in {1..600}; do [[ ${meet.map((path) => `-e "${path}"`).join(" && ")} ]] && break; /bin/sleep 0.1; done
    ((try < 600)) || exit 1`,
      );
      machine.write("/stubs/systemctl", start, 0o755);
    }
    await Promise.all(cluster.masters.map(boot));
    assert.ok(cluster.has("marks/initialised"));
    assert.equal(cluster.holder(), "");
  });

  describe("in the place of another machine", () => {
    let first: Machine;
    let second: Machine;
    beforeEach(async () => {
      await open(2);
      [first, second] = cluster.masters as [Machine, Machine];
      await boot(first);
      cpSync(first.path("/opt/openvidu"), second.path("/opt/openvidu"), { recursive: true });
      first.write("/calls", "");
    });

    it("with the installation on its data disk, and without touching the others", async () => {
      second.write(openviduEnv, `${second.read(openviduEnv)}OF_THE_DISK=kept\n`);
      const before = first.read(openviduEnv);
      rebuild(second, "kept");
      const log = await boot(second);
      assert.deepEqual(second.calls("installer"), []);
      assert.match(second.read(openviduEnv), /^OF_THE_DISK=kept$/m);
      assert.ok(log.indexOf("step=join outcome=begin") < log.indexOf("step=start outcome=begin"));
      assert.equal(first.read("/calls"), "");
      assert.equal(first.read(openviduEnv), before);
      assert.equal(cluster.holder(), "");
    });

    it("as a new member with a blank disk", async () => {
      rebuild(second, "blank");
      await boot(second);
      assert.deepEqual(second.calls("installer"), ["installer"]);
      assert.ok(second.has(installed));
      assert.equal(first.read("/calls"), "");
      assert.equal(cluster.holder(), "");
    });

    it("under the lock from before OpenVidu starts until it is ready", async () => {
      rebuild(second, "kept");
      const lock = second.path("/store/locks/masters");
      const start = second
        .read("/stubs/systemctl")
        .replace("  start | restart)", `  start | restart)\n    cp "${lock}" "$root/at-start"`);
      second.write("/stubs/systemctl", start, 0o755);
      await boot(second);
      const held = JSON.parse(second.read("/at-start")) as { holder: string; why: string; seconds: number };
      assert.equal(held.holder, "master-2");
      assert.equal(held.why, "master-2 joins");
      // No longer than its boot, and a little.
      assert.ok(held.seconds > 2300 && held.seconds <= 2490, String(held.seconds));
      assert.equal(cluster.holder(), "");
    });

    it("only when the other replaced one is ready", async () => {
      for (const machine of [first, second]) rebuild(machine, "kept");
      second.environment["OPENVIDU_NODE_WAIT"] = "100";
      assert.equal(
        (await first.receivePrograms().python("lock", "acquire", "masters", "900", "master-1 joins")).code,
        0,
      );
      const waiting = second.start("boot");
      while (!/waits to join/.test(second.has("/var/lib/openvidu-node/status") ? status(second) : "")) await pause();
      assert.match(status(second), /^detail=waits to join: master-1 has the lock: master-1 joins$/m);
      await boot(first);
      const { code, log } = await waiting.ended;
      assert.equal(code, 0, log);
      assert.equal([...log.matchAll(/step=join outcome=waiting/g)].length, 1);
      assert.equal(cluster.holder(), "");
    });

    it("again after a crash while it had the lock, and another one after the lock's end", async () => {
      for (const machine of [first, second]) rebuild(machine, "kept");
      second.receivePrograms();
      assert.equal((await second.python("lock", "acquire", "masters", "900", "master-2 joins")).code, 0);
      const kept = await first.job("boot");
      assert.equal(kept.code, 1);
      assert.match(status(first), /^detail=join: could not join: master-2 has the lock: master-2 joins$/m);
      assert.ok(!first.has("/unit"), "nothing has been started");
      await boot(second);
      assert.equal((await second.python("lock", "acquire", "masters", "900", "x")).code, 0);
      cluster.age("locks/masters", 901);
      await boot(first);
    });

    it("without the lock when it only comes back from a reboot", async () => {
      rebuild(second, "kept");
      await boot(second);
      rmSync(second.path("/run"), { recursive: true });
      await first.python("lock", "acquire", "masters", "900", "new settings");
      await boot(second);
      assert.equal(cluster.holder(), "master-1");
    });

    it("not at all while the store does not say whether it may, and starts nothing", async () => {
      rebuild(second, "kept");
      rmSync(second.path("/store"));
      second.write("/store/marks/initialised/in-the-way", "");
      second.receivePrograms();
      second.write(
        "/etc/openvidu-node/node.env",
        second.read("/etc/openvidu-node/node.env").replace(/^PROGRAMS=.*\n/m, ""),
      );
      const { code } = await second.job("boot");
      assert.equal(code, 1);
      assert.match(status(second), /^detail=join: could not join: /m);
      assert.ok(!second.has("/unit"));
    });
  });
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
