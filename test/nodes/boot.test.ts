import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import {
  bundleOf,
  fileStore,
  Machine,
  masterAddresses,
  needsScripts,
  type NodeKind,
  nodeKinds,
  specOf,
  StandIn,
} from "./machine";

/** Stands in for the vendor's bootstrap: shows its arguments and lays out what the real one lays out. */
const vendor = `#!/bin/sh
echo "installer $*" >>"$STUB_LOG"
echo "finished; password is $(echo "$*" | sed 's/.*--redis-password=\\([^ ]*\\).*/\\1/')"
prefix="$OPENVIDU_NODE_ROOT/opt/openvidu"
mkdir -p "$prefix/config/cluster/master_node" "$prefix/config/node" "$OPENVIDU_NODE_ROOT/etc/systemd/system" "$OPENVIDU_NODE_ROOT/etc/sysctl.d"
touch "$prefix/config/cluster/openvidu.env" "$prefix/config/cluster/master_node/meet.env"
touch "$prefix/config/node/master_node.env" "$prefix/config/node/media_node.env"
echo unit >"$OPENVIDU_NODE_ROOT/etc/systemd/system/openvidu.service"
`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const library = "/usr/local/lib/openvidu-node";
const status = (machine: Machine) => machine.read("/var/lib/openvidu-node/status");

/** Stands in for the data disk's program: a finished move leaves the mark of the installation. */
const dataDisk = `#!/bin/sh
echo "data-disk $*" >>"$STUB_LOG"
kept="$OPENVIDU_NODE_ROOT/opt/openvidu/.openvidu-node"
if [ "$1" = adopt ]; then
  [ ! -e "$kept/installed" ] || echo "data-disk already installed" >>"$STUB_LOG"
  echo 3.8.0 >"$kept/installed"
fi
`;

/** A server that is the vendor's download and OpenVidu itself. */
async function openWorld(health = 200, application = 200, script = vendor): Promise<StandIn> {
  return StandIn.open(({ path }) => {
    if (path === "/installer.sh") return { status: 200, body: script };
    return { status: path === "/dashboard/" ? application : health };
  });
}

/** A machine on which everything around the jobs succeeds; tests spoil one thing each. */
function prepare(world: StandIn, { cloud, role, edition = "ha" }: NodeKind): Machine {
  const settings = {
    INSTALLER_URL: `${world.url}/installer.sh`,
    INSTALLER_SHA256: sha256(vendor),
    HEALTH_URL: `${world.url}/health`,
    ...(role === "master" ? { APP_HEALTH_URL: `${world.url}/dashboard/` } : {}),
  };
  const spec = specOf(cloud, role, settings, { edition });
  const machine = new Machine(spec);
  Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
  machine.write("/dev/console", "");
  machine.write(`${library}/cloud.py`, fakeCloud(JSON.stringify(bundleOf(cloud, role, edition))));
  if (role === "master" && cloud !== "onprem") machine.write(`${library}/data-disk.sh`, dataDisk, 0o755);
  machine.stub("docker", 'case "$1" in --version) echo "Docker version 29.5.3, build x";; esac');
  machine.stub("docker-compose", 'echo "Docker Compose version v5.1.4"');
  machine.stub("sysctl", "true");
  return machine;
}

/** The cloud adapter's program, recording what it is told. */
const fakeCloud = (bundle: string, fails = "") => `
import os, sys
${fileStore}
def fetch_bundle():
    return ${JSON.stringify(bundle)}, "version-2"
def bundle_version():
    return "version-2"
def instance(path):
    return "media-1"
if __name__ == "__main__":
    with open(os.environ["STUB_LOG"], "a") as log:
        log.write("cloud " + " ".join(sys.argv[1:]) + "\\n")
    if sys.argv[1] in ("metadata", "instance"):
        print("10.0.0.4")
    sys.exit(1 if sys.argv[1] in ${JSON.stringify(fails.split(" "))} else 0)
`;

/** The installer's arguments as the flag table says they are. */
function flagsOf({ cloud, role, edition = "ha" }: NodeKind): string[] {
  const bundle = bundleOf(cloud, role, edition);
  const facts = { masterIps: masterAddresses(edition).join(), privateIp: "10.0.0.4" };
  return specOf(cloud, role, {}, { edition }).installerFlags.map(({ flag, value }) => {
    if (value.kind === "switch") return flag;
    if (value.kind === "constant") return `${flag}=${value.value}`;
    return `${flag}=${value.kind === "bundle" ? bundle[value.key] : facts[value.fact]}`;
  });
}

describe("the first boot", function () {
  needsScripts(this);
  let world: StandIn;
  let machine: Machine;
  const open = async (kind: NodeKind, ...answers: Parameters<typeof openWorld>) => {
    world = await openWorld(...answers);
    machine = prepare(world, kind);
  };
  afterEach(async () => {
    machine.remove();
    await world.close();
  });

  for (const kind of nodeKinds) {
    const edition = kind.edition === "ha" ? "" : ` (${kind.edition})`;
    it(`brings a ${kind.role} node on ${kind.cloud}${edition} to ready, says so once, and shows secrets to the installer only`, async () => {
      await open(kind);
      const { code, log } = await machine.job("boot");
      assert.equal(code, 0, log);
      assert.match(status(machine), /^state=ready\n/);
      const told = machine.calls("cloud").filter((call) => call.includes("complete"));
      assert.deepEqual(
        told,
        kind.cloud === "aws" && kind.role === "media" ? ["cloud complete acme-launch CONTINUE"] : [],
      );
      assert.deepEqual(
        machine.calls("systemctl").filter((call) => / openvidu$/.test(call) && !/is-active/.test(call)),
        ["systemctl enable openvidu", "systemctl start openvidu"],
      );
      assert.equal(machine.read("/opt/openvidu/.openvidu-node/installed"), "3.8.0\n");
      assert.ok(machine.has("/opt/openvidu/.openvidu-node/initialised"));
      assert.equal(machine.read("/opt/openvidu/.openvidu-node/etc/systemd/system/openvidu.service"), "unit\n");
      const disk = machine.calls("data-disk");
      const hasDisk = kind.role === "master" && kind.cloud !== "onprem";
      assert.deepEqual(disk, hasDisk ? ["data-disk prepare", "data-disk adopt"] : []);
      assert.deepEqual(machine.calls("installer"), [`installer ${flagsOf(kind).join(" ")}`]);
      const others = machine
        .read("/calls")
        .split("\n")
        .filter((line) => !line.startsWith("installer "));
      assert.doesNotMatch(others.join("\n"), /hush/);
      assert.doesNotMatch(log, /hush/);
      assert.match(log, /finished; password is \*\*\*/);
    });
  }

  it("runs its steps in order", async () => {
    await open({ cloud: "aws", role: "master" });
    const { log } = await machine.job("boot");
    const steps = [...log.matchAll(/step=(\S+) outcome=begin/g)].map(([, step]) => step);
    const wanted = [
      "network",
      "data-disk",
      "docker",
      "fetch-bundle",
      "programs",
      "install",
      "apply-settings",
      "join",
      "start",
      "wait-ready",
      "ready",
    ];
    assert.deepEqual(steps, wanted);
  });

  it("writes the object store's settings before OpenVidu starts for the first time", async () => {
    await open({ cloud: "aws", role: "master" });
    const env = machine.path("/opt/openvidu/config/cluster/openvidu.env");
    machine.stub(
      "systemctl",
      `[[ "$1" == is-active ]] && exit 3; [[ "$1" == start ]] && cat "${env}" >"${machine.path("/at-start")}"; true`,
    );
    await machine.job("boot");
    assert.match(machine.read("/at-start"), /^EXTERNAL_S3_BUCKET_APP_DATA=acme-app$/m);
  });

  it("gives the installer a stand-in for a value that it would split, and the file the true one", async () => {
    await open({ cloud: "aws", role: "master" });
    const bundle = { ...bundleOf("aws", "master"), MEET_INITIAL_ADMIN_PASSWORD: "two words *" };
    machine.write(`${library}/cloud.py`, fakeCloud(JSON.stringify(bundle)));
    const { code, log } = await machine.job("boot");
    assert.equal(code, 0, log);
    assert.match(machine.calls("installer")[0]!, / --meet-initial-admin-password=set-after-install /);
    assert.match(
      machine.read("/opt/openvidu/config/cluster/master_node/meet.env"),
      /^MEET_INITIAL_ADMIN_PASSWORD=two words \*$/m,
    );
  });

  it("keeps runs of refresh away while it lasts", async () => {
    await open({ cloud: "aws", role: "media" });
    const lock = machine.path("/run/openvidu-node/refresh.lock");
    machine.stub("systemctl", `[[ "$1" != start ]] || ! flock -n "${lock}" true || touch "${machine.path("/free")}"`);
    await machine.job("boot");
    assert.match(status(machine), /^state=ready/);
    assert.ok(!machine.has("/free"));
  });

  it("moves what an interrupted installation left out of the installer's way", async () => {
    await open({ cloud: "azure", role: "media" });
    machine.write("/opt/openvidu/config/half", "x");
    await machine.job("boot");
    assert.ok(!machine.has("/opt/openvidu/config/half"));
    assert.match(status(machine), /^state=ready/);
  });

  it("gives the installer a second try, on a clean directory, when its downloads fail", async () => {
    await open({ cloud: "aws", role: "media" });
    const half = machine.path("/opt/openvidu/half");
    const tried = machine.path("/tried");
    machine.stub("sh", `[[ -e "${tried}" ]] && exec /bin/sh "$@"; mkdir -p "${half}"; touch "${tried}"; exit 3`);
    await machine.job("boot");
    assert.match(status(machine), /^state=ready/);
    assert.equal(machine.calls("installer").length, 1);
    assert.ok(!machine.has("/opt/openvidu/half"));
  });

  it("does nothing twice when it runs again", async () => {
    await open({ cloud: "aws", role: "media" });
    await machine.job("boot");
    const { code } = await machine.job("boot");
    assert.equal(code, 0);
    assert.equal(machine.calls("installer").length, 1);
    assert.equal(machine.calls("cloud").filter((call) => call.includes("complete")).length, 1);
  });

  it("leaves a node that drains alone", async () => {
    await open({ cloud: "aws", role: "media" });
    machine.write("/var/lib/openvidu-node/drain", "1\n");
    const { code } = await machine.job("boot");
    assert.equal(code, 0);
    assert.deepEqual(machine.calls("systemctl"), []);
    assert.deepEqual(machine.calls("cloud"), []);
  });

  it("gives a machine that takes over a data disk the unit of the installation on it, and keeps its version", async () => {
    await open({ cloud: "aws", role: "master" });
    machine.write("/opt/openvidu/.openvidu-node/installed", "3.7.0\n");
    machine.write("/opt/openvidu/.openvidu-node/etc/systemd/system/openvidu.service", "unit\n");
    for (const file of ["cluster/openvidu.env", "cluster/master_node/meet.env", "node/master_node.env"])
      machine.write(`/opt/openvidu/config/${file}`, "");
    const { code, log } = await machine.job("boot");
    assert.equal(code, 0, log);
    assert.equal(machine.read("/etc/systemd/system/openvidu.service"), "unit\n");
    assert.deepEqual(machine.calls("installer"), []);
    assert.match(log, /version 3\.7\.0 is installed, not 3\.8\.0/);
    assert.match(machine.read("/opt/openvidu/config/node/master_node.env"), /^REDIS_PASSWORD=hush/m);
  });
});

describe("a boot that fails", function () {
  needsScripts(this);
  let world: StandIn;
  let machine: Machine;
  afterEach(async () => {
    machine.remove();
    await world.close();
  });

  const media: NodeKind = { cloud: "aws", role: "media" };
  const master: NodeKind = { cloud: "aws", role: "master" };
  interface Case {
    readonly kind?: NodeKind;
    readonly reason: RegExp;
    readonly health?: number;
    readonly application?: number;
    readonly script?: string;
    readonly spoil?: (machine: Machine) => void;
  }
  const cases: Record<string, Case> = {
    "at Docker": {
      reason: /^docker: Docker does not answer/,
      spoil: (it) => it.stub("docker", '[[ "$1" == --version ]] && echo 29.5.3'),
    },
    "at the bundle": {
      reason: /^fetch-bundle: bundle: missing or empty: REDIS_PASSWORD/,
      spoil: (it) => it.write(`${library}/cloud.py`, fakeCloud('{"OPENVIDU_VERSION":"3.8.0"}')),
    },
    "at an altered installer": {
      reason: /^install: the installer does not have the SHA-256/,
      script: `${vendor}# altered\n`,
    },
    "at an installer that ends with an error": {
      reason: /^install: the installer ended with an error/,
      spoil: (it) => it.stub("sh", "exit 3"),
    },
    "at the settings": {
      reason: /^apply-settings: cannot write .*media_node\.env/,
      spoil: (it) =>
        it.stub("sysctl", "true") ??
        it.stub("systemctl", `rm -f "${it.path("/opt/openvidu/config/node/media_node.env")}"; true`),
    },
    "at the start": {
      reason: /^start: line \d+: "systemctl start openvidu" ended with 1/,
      spoil: (it) => it.stub("systemctl", '[[ "$1" != is-active && "$1 $2" != "start openvidu" ]]'),
    },
    "at a health check that never answers 200": {
      reason: /^wait-ready: .*\/health did not answer 200 within 10[2-5]\d s/,
      health: 503,
    },
    "at Caddy without an application behind it": {
      kind: master,
      reason: /^wait-ready: .*\/dashboard\/ does not answer although Caddy does/,
      application: 502,
    },
    "at a data disk that does not come": {
      kind: master,
      reason: /^data-disk: line \d+: .* ended with 1/,
      spoil: (it) => it.write(`${library}/data-disk.sh`, "#!/bin/sh\nexit 1\n", 0o755),
    },
    "at a private address that nobody gives": {
      reason: /^network: no private address from instance metadata/,
      spoil: (it) => it.write(`${library}/cloud.py`, fakeCloud("{}").replace('print("10.0.0.4")', "pass")),
    },
    "in a step that never ends": {
      reason: /^not ready within 1 s; last step: docker/,
      spoil: (it) => {
        it.stub("docker", '[[ "$1" == --version ]] && echo 29.5.3 || exec /bin/sleep 60');
        it.write(
          "/etc/openvidu-node/node.env",
          it.read("/etc/openvidu-node/node.env").replace(/BOOT_TIMEOUT_SECONDS='\d+'/, "BOOT_TIMEOUT_SECONDS='2'"),
        );
      },
    },
  };

  for (const [where, { kind = media, reason, health, application, script, spoil }] of Object.entries(cases)) {
    it(`${where} reports once, starts nothing more and ends as it should`, async () => {
      world = await openWorld(health, application, script);
      machine = prepare(world, kind);
      spoil?.(machine);
      const { code, log } = await machine.job("boot");
      assert.equal(code, 1, log);
      const detail = /^state=failed\n[^]*^detail=(.*)$/m.exec(status(machine))?.[1] ?? "";
      assert.match(detail, reason);
      assert.equal(machine.read("/dev/console"), `openvidu-node: boot of ${kind.role} failed: ${detail}\n`);
      assert.equal([...log.matchAll(/step=boot outcome=failed/g)].length, 1);
      const told = machine.calls("cloud").filter((call) => /complete|unhealthy/.test(call));
      assert.deepEqual(told, kind.role === "media" ? ["cloud complete acme-launch ABANDON"] : []);
      const started = machine.calls("systemctl").includes("systemctl start openvidu");
      assert.equal(started, /^(start|wait-ready)/.test(detail));
      if (script) assert.deepEqual(machine.calls("installer"), []);
      assert.ok(!machine.has("/run/openvidu-node/ready"));
      assert.doesNotMatch(log, /hush/);
      assert.ok(!machine.calls("systemctl").includes("systemctl poweroff"));
    });
  }

  it("after the launch tells the group that the node is unhealthy", async () => {
    world = await openWorld(503);
    machine = prepare(world, media);
    machine.write(`${library}/cloud.py`, fakeCloud(JSON.stringify(bundleOf("aws", "media")), "complete"));
    await machine.job("boot");
    assert.deepEqual(machine.calls("cloud").slice(-2), ["cloud complete acme-launch ABANDON", "cloud unhealthy"]);
  });

  it("stops the machine when it cannot tell the cloud, and always so on Azure", async () => {
    for (const kind of [media, { cloud: "azure", role: "media" } as const]) {
      world = await openWorld(503);
      machine = prepare(world, kind);
      machine.write(
        `${library}/cloud.py`,
        fakeCloud(JSON.stringify(bundleOf(kind.cloud, "media")), "complete unhealthy"),
      );
      await machine.job("boot");
      assert.equal(machine.calls("systemctl").at(-1), "systemctl poweroff");
      if (kind === media) {
        machine.remove();
        await world.close();
      }
    }
  });

  it("never stops a master", async () => {
    world = await openWorld(503);
    machine = prepare(world, { cloud: "azure", role: "master" });
    await machine.job("boot");
    assert.match(status(machine), /^state=failed/);
    assert.ok(!machine.calls("systemctl").includes("systemctl poweroff"));
  });

  it("ends as it should also when nothing can be written to the disk any more", async () => {
    world = await openWorld(503);
    machine = prepare(world, media);
    machine.stub("mktemp", '[[ "$*" != */status.* ]] && exec /usr/bin/env -i PATH=/usr/bin:/bin mktemp "$@"');
    const { code, log } = await machine.job("boot");
    assert.equal(code, 1, log);
    assert.match(machine.read("/dev/console"), /boot of media failed: wait-ready: /);
    assert.equal(machine.calls("cloud").at(-1), "cloud complete acme-launch ABANDON");
  });

  it("forgets the reason of an earlier boot", async () => {
    world = await openWorld(503);
    machine = prepare(world, master);
    machine.write("/run/openvidu-node/boot.sh.failure", "an old reason\n");
    await machine.job("boot");
    assert.match(status(machine), /^detail=wait-ready: /m);
  });
});

describe("a reboot", function () {
  needsScripts(this);
  let world: StandIn;
  let machine: Machine;
  const bundlePath = "/var/lib/openvidu-node/private/bundle.json";
  const mediaEnv = "/opt/openvidu/config/node/media_node.env";
  beforeEach(async () => {
    world = await openWorld();
    machine = prepare(world, { cloud: "aws", role: "media" });
    machine.environment["OPENVIDU_NODE_WAIT"] = "0";
    machine.write("/opt/openvidu/.openvidu-node/installed", "3.8.0\n");
    machine.write(mediaEnv, "REDIS_PASSWORD=good\n");
    machine.write(bundlePath, JSON.stringify({ ...bundleOf("aws", "media"), REDIS_PASSWORD: "good" }), 0o600);
  });
  afterEach(async () => {
    machine.remove();
    await world.close();
  });

  it("fetches and applies before anything is started", async () => {
    const { code, log } = await machine.job("refresh", "boot");
    assert.equal(code, 0, log);
    assert.equal(machine.read(mediaEnv), "REDIS_PASSWORD=hushREDISPASSWORD\n");
    assert.deepEqual([...new Set(machine.calls("systemctl"))], ["systemctl is-active openvidu"]);
  });

  it("ends with OpenVidu running on its last settings when the store answers nothing useful, and tries again", async () => {
    machine.write(`${library}/cloud.py`, fakeCloud("{}"));
    const first = await machine.job("refresh", "boot");
    assert.equal(first.code, 0);
    assert.match(first.log, /outcome=waiting why="bundle: missing or empty/);
    const boot = await machine.job("boot");
    assert.equal(boot.code, 0, boot.log);
    assert.ok(machine.calls("systemctl").includes("systemctl start openvidu"));
    assert.equal(machine.read(mediaEnv), "REDIS_PASSWORD=good\n");
    assert.match(status(machine), /^state=ready/);

    machine.write(`${library}/cloud.py`, fakeCloud(JSON.stringify(bundleOf("aws", "media"))));
    // This media node has been ready now, and its Redis knows one password only.
    rmSync(machine.path("/opt/openvidu/.openvidu-node/initialised"));
    await machine.job("refresh");
    assert.equal(machine.read(mediaEnv), "REDIS_PASSWORD=hushREDISPASSWORD\n");
  });

  it("comes up with its last settings when the new ones must not be applied", async () => {
    machine.write("/opt/openvidu/.openvidu-node/initialised", "");
    const first = await machine.job("refresh", "boot");
    assert.equal(first.code, 0);
    assert.match(first.log, /outcome=kept why="nothing applied: the databases keep their REDIS_PASSWORD/);
    const boot = await machine.job("boot");
    assert.equal(boot.code, 0, boot.log);
    assert.equal(machine.read(mediaEnv), "REDIS_PASSWORD=good\n");
    assert.match(status(machine), /^state=ready/);
  });

  it("leaves the settings of a node that has been ready since to refresh when only the boot's unit is started again", async () => {
    machine.write("/run/openvidu-node/ready", "");
    machine.write(bundlePath, JSON.stringify(bundleOf("aws", "media")), 0o600);
    machine.stub("systemctl", '[[ "$1" != is-active ]] || echo active');
    assert.equal((await machine.job("boot")).code, 0);
    assert.equal(machine.read(mediaEnv), "REDIS_PASSWORD=good\n");
    assert.ok(!machine.calls("systemctl").some((call) => call.includes("restart")));
  });

  it("is ordered so that the refresh comes before OpenVidu, and neither waits for the other for ever", () => {
    const unit = (name: string) => machine.read(`/etc/systemd/system/${name}`);
    assert.match(unit("openvidu-refresh.service"), /^Before=openvidu\.service$/m);
    assert.match(unit("openvidu-refresh.service"), /^TimeoutStartSec=\d+$/m);
    assert.match(unit("openvidu-refresh.service"), /^After=.*opt-openvidu\.mount/m);
    assert.match(unit("openvidu-boot.service"), /^After=.*openvidu-refresh\.service/m);
    assert.doesNotMatch(unit("openvidu-boot.service"), /Before=/);
    assert.match(unit("openvidu-refresh.timer"), /^OnUnitInactiveSec=60$/m);
    // A restart that the timer's own unit waits for must not wait for that unit.
    assert.match(unit("openvidu-refresh.timer"), /^Unit=openvidu-apply\.service$/m);
    assert.doesNotMatch(unit("openvidu-apply.service"), /Before=/);
    assert.match(
      unit("openvidu.service.d/openvidu-node.conf"),
      /^ConditionPathExists=!\/var\/lib\/openvidu-node\/drain$/m,
    );
  });

  it("of a master starts neither OpenVidu nor any of its containers before the data disk is there", () => {
    const master = prepare(world, { cloud: "aws", role: "master" });
    for (const service of ["openvidu", "docker"])
      assert.match(
        master.read(`/etc/systemd/system/${service}.service.d/openvidu-node.conf`),
        /^RequiresMountsFor=\/opt\/openvidu$/m,
      );
    master.remove();
  });
});

describe("waiting for OpenVidu", function () {
  needsScripts(this);
  const waits = async (tls: "node" | "loadBalancer", health: number, application: number) => {
    const world = await openWorld(health, application);
    const machine = new Machine(
      specOf(
        "aws",
        "master",
        { HEALTH_URL: `${world.url}/health`, APP_HEALTH_URL: `${world.url}/dashboard/` },
        { tls },
      ),
    ).receivePrograms();
    Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
    const { code } = await machine.job("wait-ready");
    const restarts = machine.calls("systemctl").length;
    machine.remove();
    await world.close();
    return { ready: code === 0, restarts };
  };

  it("takes an answer of the application, and on a node that ends TLS also that Caddy knows no such page here", async () => {
    assert.deepEqual(await waits("loadBalancer", 200, 200), { ready: true, restarts: 0 });
    assert.deepEqual(await waits("loadBalancer", 200, 404), { ready: false, restarts: 0 });
    assert.deepEqual(await waits("node", 200, 404), { ready: true, restarts: 0 });
    assert.deepEqual(await waits("node", 200, 502), { ready: false, restarts: 0 });
  });

  it("takes all the time that the boot has left, with a moment to say why it was not enough", async () => {
    const world = await openWorld(503);
    const machine = new Machine(specOf("aws", "media", { HEALTH_URL: `${world.url}/health` }));
    const deadline = Math.floor(Date.now() / 1000) + 7200;
    Object.assign(machine.environment, {
      OPENVIDU_NODE_WAIT: "0",
      OPENVIDU_NODE_PAUSE: "1",
      BOOT_DEADLINE: String(deadline),
    });
    const { log } = await machine.job("wait-ready");
    machine.remove();
    await world.close();
    const seconds = Number(/did not answer 200 within (\d+) s/.exec(log)?.[1]);
    assert.ok(seconds > 7100 && seconds < 7180, log);
    assert.match(log, /not healthy after 450 s; restarting/);
  });

  it("restarts OpenVidu once when Caddy does not come up", async () => {
    assert.deepEqual(await waits("node", 503, 200), { ready: false, restarts: 1 });
  });
});
