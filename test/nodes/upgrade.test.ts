import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { upgradeHops } from "../../openvidu/upgrades";
import { filesOf, killAt, master, objects, onlyMaster } from "./day2";
import { bundleOf, type Machine, needsScripts, StandIn } from "./machine";

const library = "/usr/local/lib/openvidu-node";
const mark = "/var/lib/openvidu-node/upgrade";
const hold = "/var/lib/openvidu-node/hold";

/** Stands in for the vendor's script of one release: stops OpenVidu, changes files, the version among the first. */
const vendor = (from: string, to: string): string => `#!/bin/sh
set -eu
export STUB_LOG="$OPENVIDU_NODE_ROOT/calls"
if [ -e "$OPENVIDU_NODE_ROOT/hook" ]; then export STUB_HOOK="$OPENVIDU_NODE_ROOT/hook"; fi
echo "update to ${to} $* \${OPENVIDU_VERSION:-}\${DOCKER_VERSION:-}" >>"$STUB_LOG"
current="$(grep version "$INSTALL_PREFIX/deployment-info.yaml" | cut -d: -f2 | tr -d ' "')"
[ "$current" = ${from} ] || { echo "cannot go on from $current"; exit 1; }
systemctl stop openvidu
echo 'version: "${to}"' >"$INSTALL_PREFIX/deployment-info.yaml"
systemctl note half
echo "password is hushREDISPASSWORD"
if [ -e "$OPENVIDU_NODE_ROOT/broken" ]; then exit 1; fi
echo "image: openvidu:${to}" >"$INSTALL_PREFIX/docker-compose.yml"
echo "unit of ${to}" >"$OPENVIDU_NODE_ROOT/etc/systemd/system/openvidu.service"
`;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("an upgrade of the cluster", function () {
  needsScripts(this);
  this.timeout(120000);
  let store: string;
  let world: StandIn;
  let machines: Machine[];
  let sick: string;
  beforeEach(async () => {
    store = mkdtempSync(join(tmpdir(), "openvidu-store-"));
    machines = [];
    sick = "none";
    world = await StandIn.open(({ path }) => {
      const hop = upgradeHops.find(({ to }) => path === `/${to}/update.sh`);
      if (hop) return { status: 200, body: vendor(hop.from, hop.to) };
      return { status: path.endsWith(sick) ? 503 : 200 };
    });
  });
  afterEach(async () => {
    for (const machine of machines) machine.remove();
    rmSync(store, { recursive: true, force: true });
    await world.close();
  });

  type Make = (slot: number, from: string, settings: Record<string, string>) => Machine;
  const ofEdition =
    (edition: "ha" | "elastic"): Make =>
    (slot, from, settings) =>
      master(slot, from, store, settings, edition);

  /** Masters of release `from` whose settings ask for release `to`. */
  function open(count: number, from: string, to: string, make = ofEdition("ha")): Machine[] {
    const hops = upgradeHops.map((hop) => ({
      ...hop,
      url: `${world.url}/${hop.to}/update.sh`,
      sha256: sha256(vendor(hop.from, hop.to)),
    }));
    const table = { chain: ["3.4.0", "3.4.1", ...upgradeHops.map((hop) => hop.to)], hops };
    machines = Array.from({ length: count }, (_, index) => {
      const machine = make(index + 1, from, {
        MASTER_IPS: Array.from({ length: count }, () => "127.0.0.1").join(),
        HEALTH_URL: `${world.url}/health/${index + 1}`,
        APP_HEALTH_URL: `${world.url}/dashboard/`,
      });
      machine.write("/primary", "127.0.0.1");
      const bundle = { ...bundleOf("azure", "master"), OPENVIDU_VERSION: to, UPGRADE_HOPS: JSON.stringify(table) };
      machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(bundle), 0o600);
      machine.write(`${library}/docker.sh`, '#!/bin/sh\necho "docker.sh $*" >>"$STUB_LOG"\n', 0o755);
      connections(machine);
      return machine;
    });
    return machines;
  }

  /** What the kernel shows of connections to Redis: addresses of the machines at their other end. */
  function connections(machine: Machine, ...addresses: string[]): void {
    const hex = (address: string) =>
      address
        .split(".")
        .reverse()
        .map((byte) => Number(byte).toString(16).padStart(2, "0").toUpperCase())
        .join("");
    const row = (local: string, remote: string, state: string) =>
      `   0: ${local} ${remote} ${state} 00000000:00000000\n`;
    machine.write(
      "/proc/77/net/tcp",
      "  sl  local_address rem_address   st\n" +
        row("00000000:1B58", "00000000:0000", "0A") +
        row("0100007F:1B58", "0100007F:A000", "01") +
        row("0400000A:4E20", `${hex("10.0.9.9")}:A000`, "01") +
        addresses.map((address) => row("0400000A:1B58", `${hex(address)}:A001`, "01")).join(""),
    );
  }

  const ok = async (machine: Machine, ...args: string[]): Promise<string> => {
    const { code, log } = await machine.job("upgrade", ...args);
    assert.equal(code, 0, log);
    return log;
  };
  const refused = async (machine: Machine, ...args: string[]): Promise<string> => {
    const { code, log } = await machine.job("upgrade", ...args);
    assert.equal(code, 1, log);
    return log;
  };
  const stepAll = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) for (const machine of machines) await ok(machine, "step");
  };
  const version = (machine: Machine) => /version: "(.*)"/.exec(machine.read("/opt/openvidu/deployment-info.yaml"))?.[1];
  const updates = (machine: Machine) => machine.calls("update");
  const shown = (machine: Machine) => machine.read("/var/lib/openvidu-node/status.d/upgrade");
  /** When each master did what, in one line: the order of all calls is not known, that of phases is. */
  const assertFinished = (to: string) => {
    for (const machine of machines) {
      assert.equal(version(machine), to);
      assert.equal(machine.read("/opt/openvidu/.openvidu-node/installed"), `${to}\n`);
      assert.equal(machine.read("/opt/openvidu/.openvidu-node/etc/systemd/system/openvidu.service"), `unit of ${to}\n`);
      assert.ok(machine.has("/runs") && !machine.has(mark) && !machine.has(hold));
      assert.match(shown(machine), new RegExp(`^upgrade=finished: OpenVidu ${to}$`, "m"));
    }
  };

  const makers: Record<string, Make> = {
    "one master": ofEdition("ha"),
    "the only master of Elastic on a machine of the customer's own": (_, from, settings) => onlyMaster(from, settings),
  };
  for (const [who, make] of Object.entries(makers)) {
    it(`takes ${who} through every release in between, each with a backup, a start and a look at its health`, async () => {
      const [machine] = open(1, "3.6.1", "3.8.0", make) as [Machine];
      assert.match(await ok(machine, "plan"), /^3\.6\.1 to 3\.7\.0, with Docker 29\.4\.2 .*\n3\.7\.0 to 3\.8\.0, /);
      await ok(machine, "begin");
      const { code, log } = await machine.job("upgrade", "step");
      assert.equal(code, 0, log);
      assertFinished("3.8.0");
      assert.deepEqual(updates(machine), ["update to 3.7.0 --no-tty ", "update to 3.8.0 --no-tty "]);
      assert.deepEqual(machine.calls("docker.sh"), ["docker.sh 29.4.2 v5.1.3", "docker.sh 29.5.3 v5.1.4"]);
      assert.equal(machine.calls("mongodump").length, 2);
      assert.deepEqual(machine.calls("systemctl").filter((call) => call === "systemctl start openvidu").length, 2);
      assert.doesNotMatch(log, /hush/);
      assert.match(log, /password is \*\*\*/);
      assert.match(await ok(machine, "status"), /^from 3\.6\.1 to 3\.8\.0: done$/m);
      assert.match((await machine.job("restore")).log, /OpenVidu 3\.6\.1 .*before the upgrade.*\n.*OpenVidu 3\.7\.0 /);
    });
  }

  it("of the only master on a machine of the customer's own can be given up, and its backup put back", async () => {
    const [machine] = open(
      1,
      "3.7.0",
      "3.8.0",
      makers["the only master of Elastic on a machine of the customer's own"],
    ) as [Machine];
    const before = filesOf(machine);
    machine.write("/broken", "");
    await ok(machine, "begin");
    await ok(machine, "step");
    assert.match(await ok(machine, "status"), /master 1: stopped; failed at updated: /);
    assert.ok(!machine.has("/runs") && machine.has(hold));
    await ok(machine, "abort");
    await ok(machine, "step");
    assert.deepEqual(filesOf(machine), before);
    assert.ok(machine.has("/runs") && !machine.has(hold));
    assert.match(shown(machine), /aborted; OpenVidu 3\.7\.0 runs again/);
  });

  it("is refused where the masters keep its state in a MinIO that would stop with OpenVidu", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0", (slot, from, settings) =>
      master(slot, from, store, { ...settings, COORDINATION_URL: "http://masters:9100/openvidu-node/" }),
    ) as [Machine];
    assert.match(await refused(machine, "begin"), /in MinIO, which stops with OpenVidu: upgrade by hand/);
    assert.deepEqual(objects(store, "upgrade"), []);
  });

  it("keeps masters in step: none goes on before all have come as far", async () => {
    const [one, two] = open(2, "3.7.0", "3.8.0") as [Machine, Machine];
    await ok(one, "begin");
    await ok(one, "step");
    assert.match(shown(one), /^upgrade=wait for master 2$/m);
    assert.ok(one.has("/runs") && one.has(mark));
    await ok(two, "step");
    await ok(one, "step");
    assert.ok(!one.has("/runs") && one.has(hold), "stopped");
    assert.ok(two.has("/runs"), "still runs");
    assert.deepEqual(updates(one), []);
    await ok(two, "step");
    assert.equal(updates(two).length, 1);
    assert.ok(!two.has("/runs"), "not started before the other has been updated");
    await stepAll(4);
    assertFinished("3.8.0");
    assert.equal(one.calls("mongodump").length + two.calls("mongodump").length, 1);
  });

  it("of four masters ends well however often they are killed, in any order", async function () {
    this.timeout(600000);
    const all = open(4, "3.7.0", "3.8.0");
    for (const machine of all) machine.record("mv", "tar", "curl");
    await ok(all[2]!, "begin");
    let seed = 20261121;
    const random = (limit: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * limit);
    };
    let kills = 0;
    for (let turn = 0; turn < 300 && all.some((machine) => machine.has(mark) || turn < 4); turn++) {
      const machine = all[random(4)]!;
      if (random(3) > 0) await ok(machine, "step");
      else if (!(await killAt(machine, 1 + random(12), "upgrade", "step"))) kills++;
      const started = all.filter((it) => it.has("/runs"));
      if (started.length > 0 && all.some((it) => !it.has("/runs")))
        assert.equal(new Set(started.map(version)).size, 1, "two releases run at the same time");
    }
    assert.ok(kills > 5, `${kills} kills`);
    assertFinished("3.8.0");
  });

  describe("that fails on one master", () => {
    let broken: Machine;
    let other: Machine;
    beforeEach(async () => {
      [broken, other] = open(2, "3.7.0", "3.8.0") as [Machine, Machine];
      broken.write("/broken", "");
      await ok(other, "begin");
      await stepAll(4);
    });

    it("stops all others where they are, and says which step, phase and master, and why", async () => {
      const reason = "master 1: updated: upgrade: the script of 3\\.8\\.0 ended with an error";
      for (const machine of [broken, other]) {
        assert.match(shown(machine), new RegExp(`^upgrade=stopped: ${reason}`, "m"));
        assert.ok(!machine.has("/runs") && machine.has(hold));
      }
      const log = await ok(other, "status");
      assert.match(
        log,
        /^step 1 of 1, from 3\.7\.0 to 3\.8\.0\nmaster 1: stopped; failed at updated: .*\nmaster 2: updated$/m,
      );
      assert.match(log, /openvidu-upgrade retry, or openvidu-upgrade abort/);
    });

    it("tries again only when a person says so, from the files as they were before", async () => {
      await stepAll(1);
      assert.equal(updates(broken).length, 1);
      rmSync(broken.path("/broken"));
      await ok(other, "retry");
      await stepAll(4);
      assertFinished("3.8.0");
      assert.equal(updates(broken).length, 2);
      assert.equal(updates(other).length, 1);
      assert.match(await refused(other, "retry"), /no upgrade is under way/);
    });

    it("is not given up once another master has the new release, before that master has been restored", async () => {
      assert.match(
        await refused(broken, "abort"),
        /updated by now to 3\.8\.0: master 2; .*openvidu-restore .* --change-v/,
      );
      const backup = objects(store, "backups/")
        .find((path) => path.endsWith("master-2/manifest.json"))!
        .split("/")[1]!;
      const restored = await other.job("restore", backup, "--config-only", "--change-version", "--yes");
      assert.equal(restored.code, 0, restored.log);
      assert.equal(version(other), "3.7.0");
      await ok(broken, "abort");
      await stepAll(1);
      for (const machine of [broken, other]) {
        assert.equal(version(machine), "3.7.0");
        assert.ok(machine.has("/runs") && !machine.has(mark) && !machine.has(hold));
        assert.equal(machine.read("/etc/systemd/system/openvidu.service"), "unit of 3.7.0\n");
      }
    });
  });

  it("that is given up before any master has the new release starts the old one again, its files as they were", async () => {
    const [one, two] = open(2, "3.7.0", "3.8.0") as [Machine, Machine];
    const before = filesOf(one);
    one.write("/broken", "");
    two.write("/broken", "");
    await ok(one, "begin");
    await stepAll(3);
    await ok(two, "abort");
    await stepAll(1);
    assert.deepEqual(filesOf(one), before);
    for (const machine of [one, two]) {
      assert.ok(machine.has("/runs") && !machine.has(mark) && !machine.has(hold));
      assert.match(shown(machine), /aborted; OpenVidu 3\.7\.0 runs again/);
    }
    await ok(one, "begin");
  });

  const spoilt: Record<string, { readonly reason: RegExp; readonly spoil: (machine: Machine) => void }> = {
    "whose release is another": {
      reason: /OpenVidu 3\.6\.1 is installed on this master, and the step leads from 3\.7\.0 to 3\.8\.0/,
      spoil: (it) => it.write("/opt/openvidu/deployment-info.yaml", 'version: "3.6.1"\n'),
    },
    "whose disk is full": {
      reason: /less than 8192 MiB are free for images/,
      spoil: (it) => it.stub("df", 'printf "x\\nx 1 1 5000 1%% /\\n"'),
    },
    "that is not healthy": { reason: /OpenVidu on this master is not healthy/, spoil: () => (sick = "/health/1") },
    "whose Docker is away": {
      reason: /Docker does not answer/,
      spoil: (it) => it.stub("docker", '[[ "$1" == inspect ]] && echo 77'),
    },
    "to which a media node is connected": {
      reason: /media nodes are connected: 10\.0\.9\.7$/m,
      spoil: (it) => connections(it, "10.0.9.7"),
    },
    "whose script was altered on the way": {
      reason: /the script of 3\.8\.0 does not have its SHA-256/,
      spoil: (it) =>
        it.stub("curl", 'echo 200; for word; do [[ "$word" != */update-* ]] || echo altered >"$word"; done'),
    },
    "whose backup fails": {
      reason: /backed-up: .*installation\.tar\.gz: tar is broken/,
      spoil: (it) => it.stub("tar", "echo tar is broken >&2; exit 2"),
    },
  };
  for (const [which, { reason, spoil }] of Object.entries(spoilt)) {
    it(`stops before anything is stopped at a master ${which}`, async () => {
      const [machine] = open(1, "3.7.0", "3.8.0") as [Machine];
      await ok(machine, "begin");
      spoil(machine);
      await ok(machine, "step");
      assert.match(await ok(machine, "status"), reason);
      assert.ok(machine.has("/runs") && machine.has(mark));
      assert.ok(!machine.calls("systemctl").includes("systemctl stop openvidu"));
      await ok(machine, "abort");
      await ok(machine, "step");
      assert.ok(!machine.has(mark));
    });
  }

  const wrong: Record<string, readonly [string, string, RegExp]> = {
    "to what is installed": ["3.8.0", "3.8.0", /3\.8\.0 is what is installed/],
    "to an older release": ["3.8.0", "3.7.0", /3\.7\.0 is older than 3\.8\.0; .*openvidu-restore/],
    "to a release that nobody knows": ["3.7.0", "9.9.9", /no upgrade is known that begins or ends at 9\.9\.9/],
    "that leaves releases out": ["3.4.0", "3.6.0", /go by hand through 3\.4\.0, 3\.4\.1, 3\.5\.0, 3\.6\.0, and start/],
  };
  for (const [what, [from, to, reason]] of Object.entries(wrong)) {
    it(`${what} is refused, with what to do instead`, async () => {
      const [machine] = open(1, from, to) as [Machine];
      assert.match(await refused(machine, "begin"), reason);
      assert.match(await refused(machine, "plan"), reason);
      assert.deepEqual(objects(store, "upgrade"), []);
      assert.ok(!machine.has(mark));
    });
  }

  it("of Elastic does not begin while media nodes are connected to its only Redis", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0", ofEdition("elastic")) as [Machine];
    connections(machine, "10.0.9.7");
    assert.match(await refused(machine, "begin"), /media nodes are connected: 10\.0\.9\.7"/);
    machine.stub("docker", "exit 1");
    assert.match(await refused(machine, "begin"), /Redis does not run here/);
  });

  it("does not begin while media nodes are connected, other masters are not well, or another one runs", async () => {
    const [one] = open(2, "3.7.0", "3.8.0") as [Machine, Machine];
    connections(one, "10.0.9.7", "127.0.0.1");
    assert.match(await refused(one, "begin"), /media nodes are connected: 10\.0\.9\.7"/);
    one.stub("docker", "exit 1");
    assert.match(await refused(one, "begin"), /--media-is-gone says that there are none/);
    sick = "/health/1";
    assert.match(await refused(one, "begin", "--media-is-gone"), /the master at 127\.0\.0\.1 is not healthy/);
    sick = "none";
    await ok(one, "begin", "--media-is-gone");
    assert.match(await refused(one, "begin", "--media-is-gone"), /an upgrade from 3\.7\.0 to 3\.8\.0 is under way/);
  });

  it("runs only scripts that the master itself knows, whatever the request says", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0") as [Machine];
    await ok(machine, "begin");
    const bundle = { ...bundleOf("azure", "master"), UPGRADE_HOPS: JSON.stringify({ chain: [], hops: [] }) };
    machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(bundle), 0o600);
    await ok(machine, "step");
    assert.match(
      await ok(machine, "status"),
      /master 1: at the beginning; failed at this master does not know this step/,
    );
    assert.doesNotMatch(machine.read("/store/upgrade/request"), /http/);
  });

  it("ends its waiting for a master that does not come", async () => {
    const [one] = open(2, "3.7.0", "3.8.0") as [Machine, Machine];
    await ok(one, "begin");
    await ok(one, "step");
    one.environment["OPENVIDU_NODE_PATIENCE"] = "-1";
    await ok(one, "step");
    assert.match(shown(one), /^upgrade=stopped: waited too long for master 2$/m);
    assert.match(await ok(one, "status"), /master 1: ready; failed at waited too long for master 2/);
  });

  it("stops at a phase that takes too long, and says so", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0") as [Machine];
    await ok(machine, "begin");
    machine.stub("timeout", '[[ "$*" != *" act "* ]] && exec /usr/bin/env timeout "$@"; exit 124');
    await ok(machine, "step");
    assert.match(shown(machine), /stopped: master 1: ready: not finished within 900 s/);
  });

  it("keeps a restore out while it runs", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0") as [Machine];
    await machine.job("backup");
    const backup = objects(store, "backups/")
      .find((path) => path.endsWith("manifest.json"))!
      .split("/")[1]!;
    await ok(machine, "begin");
    const { code, log } = await machine.job("restore", backup, "--yes");
    assert.equal(code, 1);
    assert.match(log, /an upgrade is under way/);
  });

  it("is what openvidu-status shows, beside the last backup", async () => {
    const [machine] = open(1, "3.7.0", "3.8.0") as [Machine];
    machine.write("/broken", "");
    await ok(machine, "begin");
    await ok(machine, "step");
    const { log } = await machine.script("/usr/local/bin/openvidu-status").ended;
    assert.match(log, /^backup=ok at .*\n(.*\n)*upgrade=stopped: master 1: updated: /m);
  });
});

describe("Docker for a step of an upgrade", function () {
  needsScripts(this);

  it("is that of the release to which the step leads, not the machine's own", async () => {
    const store = mkdtempSync(join(tmpdir(), "openvidu-store-"));
    const machine = master(1, "3.8.0", store, { DOCKER_VERSION: "99.0.0" });
    machine.environment["OPENVIDU_NODE_DOCKER_REPOSITORY"] = "http://127.0.0.1:1";
    for (const name of ["dpkg", "apt-get", "gpg"]) machine.stub(name, "exit 1");
    const own = await machine.job("docker");
    const given = await machine.job("docker", "29.4.2", "v5.1.3");
    machine.remove();
    rmSync(store, { recursive: true });
    assert.equal(own.code, 1);
    assert.equal(given.code, 0, given.log);
  });
});

describe("the units of day 2 on masters", () => {
  it("come each minute and each night, and keep a stopped OpenVidu stopped over a reboot", () => {
    const store = mkdtempSync(join(tmpdir(), "openvidu-store-"));
    const machine = master(1, "3.8.0", store);
    const unit = (name: string) => machine.read(`/etc/systemd/system/${name}`);
    assert.match(
      unit("openvidu.service.d/openvidu-hold.conf"),
      /^ConditionPathExists=!\/var\/lib\/openvidu-node\/hold$/m,
    );
    assert.match(unit("openvidu-backup.timer"), /^RandomizedDelaySec=3h$/m);
    assert.match(unit("openvidu-backup.service"), /backup\.sh daily$/m);
    assert.match(unit("openvidu-upgrade.timer"), /^OnUnitInactiveSec=60$/m);
    assert.match(unit("openvidu-upgrade.service"), /upgrade\.sh step$/m);
    machine.remove();
    rmSync(store, { recursive: true });
  });
});
