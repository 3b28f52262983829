/**
 * Every call that a program makes fails in every way: each program ends with a one-line reason within its time or does
 * its work all the same, what was good before is the same to the last byte, and it does its work once the fault is over.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { carriedPrograms } from "../../nodes/render";
import { CloudWorld, dockerStub } from "./cloud-world";
import { furnish } from "./day2";
import { dockersKey, packageCommands } from "./packages";
import { bundleOf, Machine, needsScripts, type NodeKind, type Run } from "./machine";
import { type Call, closedAddress, type Reply, type Service, type Silence } from "./services";

const faults: Record<string, Reply | Silence | "nobody"> = {
  "with error 500": { status: 500, body: "hush" },
  "with 429 and Retry-After": { status: 429, body: "hush", headers: { "retry-after": "1" } },
  "with 403": { status: 403, body: "hush" },
  "with garbage": { status: 200, body: Buffer.from("\u0000\u00ff<html>hush</html>\n{") },
  "with nothing": { status: 200, body: "" },
  never: "hang",
  "with half an answer": "cut",
  "with a closed door": "nobody",
};
type FaultName = keyof typeof faults;

const bundlePath = "/var/lib/openvidu-node/private/bundle.json";
const mediaEnv = "/opt/openvidu/config/node/media_node.env";
const programs = carriedPrograms({ cloud: "aws", role: "master" })!;

/** A call of a program, by the service that takes it. */
interface Target {
  readonly service: (world: CloudWorld) => Service;
  readonly is: (call: Call) => boolean;
  /** These faults are answers that the program has no reason to doubt. */
  readonly believes?: readonly FaultName[];
}

interface Scenario {
  readonly kind: NodeKind;
  readonly run: (machine: Machine) => Promise<Run>;
  readonly prepare?: (machine: Machine, world: CloudWorld) => void | Promise<void>;
  readonly settings?: (world: CloudWorld) => Record<string, string>;
  readonly targets: readonly string[];
  /** @default all */
  readonly faults?: readonly FaultName[];
  /** What must be the same after a failure. */
  readonly keeps?: readonly string[];
  /** Programs that report what failed elsewhere and let the node go on. */
  readonly reason?: (machine: Machine, run: Run) => string;
  readonly mayGoOn?: true;
  readonly done: (machine: Machine, world: CloudWorld) => void;
}

const metadata = (is: RegExp): Target => ({ service: (world) => world.metadata, is: ({ path }) => is.test(path) });
const cloud = (is: (call: Call) => boolean, believes: readonly FaultName[] = []): Target => ({
  service: (world) => world.cloud,
  is,
  believes,
});
const accepted: readonly FaultName[] = ["with garbage", "with nothing"];

const targets: Record<string, Target> = {
  "the metadata token": metadata(/^\/latest\/api\/token$/),
  "the role": metadata(/security-credentials\/$/),
  "the credentials": metadata(/security-credentials\/node-role$/),
  "the instance's id": metadata(/instance-id$/),
  "the identity's token": metadata(/oauth2\/token/),
  "the machine's name": metadata(/compute\/name/),
  "the secret store": cloud(({ path, headers }) => "x-amz-target" in headers || path.startsWith("/secrets/")),
  "reading an object": cloud(({ method, path }) => method === "GET" && !path.startsWith("/secrets/")),
  "writing an object": cloud(({ method }) => method === "PUT"),
  "a part of a backup": cloud(({ path }) => /\/(installation\.tar\.gz|database\.gz)\.0$/.test(path)),
  "the dump of the database": cloud(({ path }) => path.endsWith("/database.gz.0")),
  "a backup's manifest": cloud(({ path }) => path.endsWith("/manifest.json")),
  "the group": cloud(({ body }) => /Action=/.test(String(body)), accepted),
  "the vendor's address": {
    service: (world) => world.local,
    is: ({ method, path }) => method === "HEAD" && path === "/installer.sh",
    believes: accepted,
  },
  "the vendor's download": {
    service: (world) => world.local,
    is: ({ method, path }) => method === "GET" && path === "/installer.sh",
  },
  "the script of a release": { service: (world) => world.local, is: ({ path }) => path === "/update.sh" },
  "the key of Docker's packages": { service: (world) => world.local, is: ({ path }) => path === "/ubuntu/gpg" },
  "the health address": {
    service: (world) => world.local,
    is: ({ path }) => path === "/health",
    believes: [...accepted, "with half an answer"],
  },
};

const good = '{"good":"one"}';
const keepBundle = (machine: Machine) => {
  machine.write(bundlePath, good, 0o600);
};
const isWhole = (machine: Machine, { kind }: CloudWorld) =>
  assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf(kind.cloud, kind.role));
const media: NodeKind = { cloud: "aws", role: "media" };
const master: NodeKind = { cloud: "aws", role: "master" };
const azureMaster: NodeKind = { cloud: "azure", role: "master" };
const why = (_: Machine, { log }: Run) => /outcome=failed why="(.*)"/.exec(log)?.[1] ?? "";

const lock = {
  prepare: (machine: Machine) => void machine.receivePrograms(),
  run: (machine: Machine) => machine.python("lock", "acquire", "masters", "600", "restart"),
  done: (_: Machine, world: CloudWorld) =>
    assert.match(String(world.coordination.objects.get("locks/masters")?.body), /"master-1"/),
};

const config = "/opt/openvidu/config/cluster/openvidu.env";
const settle = (machine: Machine) => {
  furnish(machine.receivePrograms(), "3.7.0");
  machine.environment["OPENVIDU_NODE_PAUSE"] = "0";
};
const backups = (world: CloudWorld) =>
  JSON.parse(String(world.coordination.objects.get("backups/index.json")?.body)) as {
    readonly id: string;
    readonly complete: boolean;
  }[];

/** The first backup is good, and a later one fails. */
const backup: Omit<Scenario, "targets"> = {
  kind: azureMaster,
  run: (machine) => machine.job("backup", "before something"),
  prepare: async (machine) => {
    settle(machine);
    const { code, log } = await machine.job("backup", "good");
    assert.equal(code, 0, log);
  },
  keeps: [config],
  reason: (machine) =>
    /^backup=failed at \S+: (.*)/.exec(machine.read("/var/lib/openvidu-node/status.d/backup"))?.[1] ?? "",
  done: (machine, world) => {
    const { objects } = world.coordination;
    const index = backups(world);
    assert.ok(index.length === 2 && index.every(({ complete }) => complete));
    // What the failed run had stored is gone.
    const stored = new Set([...objects.keys()].filter((name) => name.endsWith(".0")).map((name) => name.split("/")[1]));
    assert.deepEqual([...stored].sort(), index.map(({ id }) => id).sort());
    assert.equal((JSON.parse(String(objects.get("locks/backup")?.body)) as { holder: string }).holder, "");
    assert.match(machine.read("/var/lib/openvidu-node/status.d/backup"), /^backup=ok /);
  },
};

const restore: Omit<Scenario, "targets"> = {
  kind: azureMaster,
  run: (machine) => machine.job("restore", machine.read("/wanted"), "--yes"),
  prepare: async (machine, world) => {
    await backup.prepare!(machine, world);
    machine.write("/wanted", backups(world)[0]!.id);
    machine.write(config, "newer\n");
    machine.write("/database", "newer\n");
  },
  // The last is there as long as OpenVidu runs.
  keeps: [config, "/database", "/runs"],
  reason: why,
  done: (machine) => {
    assert.match(machine.read(config), /^MONGO/);
    assert.equal(machine.read("/database"), "rooms of master\n");
    assert.ok(machine.has("/runs"));
  },
};

const script = `#!/bin/sh
echo 'version: "3.8.0"' >"$INSTALL_PREFIX/deployment-info.yaml"
`;
const stopped = (machine: Machine) =>
  /^upgrade=stopped: (.*)$/m.exec(machine.read("/var/lib/openvidu-node/status.d/upgrade"))?.[1];
/** A phase that failed stops the upgrade, and a person tries it again. */
const upgrade: Omit<Scenario, "targets"> = {
  kind: azureMaster,
  settings: () => ({ MASTER_IPS: "127.0.0.1" }),
  prepare: async (machine, world) => {
    settle(machine);
    const sha256 = createHash("sha256").update(script).digest("hex");
    const hop = { from: "3.7.0", to: "3.8.0", docker: "29.5.3", dockerCompose: "v5.1.4", sha256 };
    const hops = { chain: ["3.7.0", "3.8.0"], hops: [{ ...hop, url: `${world.local.url}/update.sh` }] };
    const bundle = { ...bundleOf("azure", "master"), OPENVIDU_VERSION: "3.8.0", UPGRADE_HOPS: JSON.stringify(hops) };
    machine.write(bundlePath, JSON.stringify(bundle), 0o600);
    machine.write("/primary", "127.0.0.1");
    world.downloads.set("/update.sh", script);
    const { code, log } = await machine.job("upgrade", "begin", "--media-is-gone");
    assert.equal(code, 0, log);
    machine.write("/var/lib/openvidu-node/status.d/upgrade", "");
  },
  run: async (machine) => {
    const again = stopped(machine) === undefined ? undefined : await machine.job("upgrade", "retry");
    const { code, log } = await machine.job("upgrade", "step");
    return { code: code || (stopped(machine) === undefined ? 0 : 1), log: (again?.log ?? "") + log };
  },
  keeps: [config, "/opt/openvidu/deployment-info.yaml", "/runs"],
  reason: (machine, run) => stopped(machine) ?? why(machine, run),
  done: (machine) => {
    assert.equal(machine.read("/opt/openvidu/.openvidu-node/installed"), "3.8.0\n");
    assert.match(machine.read("/var/lib/openvidu-node/status.d/upgrade"), /^upgrade=finished: OpenVidu 3\.8\.0$/m);
    assert.ok(machine.has("/runs"));
  },
};

const scenarios: Record<string, Scenario> = {
  "fetching the bundle on AWS": {
    kind: media,
    run: (machine) => machine.python("bundle", "1"),
    prepare: keepBundle,
    targets: ["the metadata token", "the role", "the credentials", "the secret store"],
    keeps: [bundlePath],
    done: isWhole,
  },
  "fetching the bundle on Azure": {
    kind: azureMaster,
    run: (machine) => machine.python("bundle", "1"),
    prepare: keepBundle,
    targets: ["the identity's token", "the secret store"],
    keeps: [bundlePath],
    done: isWhole,
  },
  "a refresh at boot": {
    kind: media,
    run: (machine) => machine.job("refresh", "boot"),
    prepare: (machine) => {
      machine.write(bundlePath, JSON.stringify({ ...bundleOf("aws", "media"), REDIS_PASSWORD: "good" }), 0o600);
      machine.write("/opt/openvidu/.openvidu-node/installed", "3.8.0\n");
      machine.write(mediaEnv, "REDIS_PASSWORD=good\n", 0o600);
    },
    targets: ["the secret store"],
    keeps: [bundlePath, mediaEnv],
    mayGoOn: true,
    done: (machine) => assert.match(machine.read(mediaEnv), /^REDIS_PASSWORD=hush/),
  },
  "fetching the programs of day 2": {
    kind: master,
    run: (machine) => machine.python("store", programs.name, programs.sha256, "1"),
    targets: ["reading an object"],
    done: (machine) => assert.ok(machine.has("/usr/local/lib/openvidu-node/lock.py")),
  },
  "taking the lock on AWS": { ...lock, kind: master, targets: ["reading an object", "writing an object"] },
  "taking the lock on Azure": { ...lock, kind: azureMaster, targets: ["reading an object", "writing an object"] },
  "a heartbeat": {
    kind: { cloud: "azure", role: "media" },
    run: (machine) => machine.job("heartbeat"),
    targets: ["the machine's name", "writing an object"],
    done: (_, world) => assert.ok(world.cloud.seen.some(({ path }) => path.startsWith("/heartbeats/"))),
  },
  "completing a launch": {
    kind: media,
    run: (machine) => machine.python("cloud", "complete", "acme-launch", "CONTINUE"),
    targets: ["the instance's id", "the group"],
    done: (_, world) => assert.equal(world.actions.completed.length, 1),
  },
  "the end of a drain": {
    kind: media,
    run: (machine) => machine.job("drain"),
    prepare: (machine, world) => {
      world.actions.waiting.set("i-0123456789abcdef0", "acme-terminate");
      machine.write("/run/openvidu-node/drain-requested", "");
      machine.write("/containers/caddy", "");
    },
    targets: ["the group"],
    reason: why,
    done: (machine, world) => {
      assert.equal(world.actions.completed.length, 1);
      assert.ok(machine.has("/var/lib/openvidu-node/drain-completed"));
    },
  },
  "the installation": {
    kind: media,
    run: (machine) => machine.job("install"),
    prepare: (machine) => {
      machine.write(bundlePath, JSON.stringify(bundleOf("aws", "media")), 0o600);
      machine.environment["PRIVATE_IP"] = "10.0.0.4";
    },
    targets: ["the vendor's download"],
    keeps: [bundlePath],
    reason: why,
    done: (machine) => assert.equal(machine.read("/opt/openvidu/.openvidu-node/installed"), "3.8.0\n"),
  },
  "the wait for OpenVidu": {
    kind: media,
    run: (machine) => {
      machine.environment["BOOT_DEADLINE"] = String(Math.floor(Date.now() / 1000) + 34);
      return machine.job("wait-ready");
    },
    targets: ["the health address"],
    reason: why,
    done: () => undefined,
  },
  "a boot": {
    kind: media,
    run: (machine) => machine.job("boot"),
    targets: ["the vendor's address", "the secret store"],
    faults: ["with error 500", "never"],
    reason: (machine) =>
      /^state=failed\n[^]*^detail=(.*)$/m.exec(machine.read("/var/lib/openvidu-node/status"))?.[1] ?? "",
    done: (machine) => assert.match(machine.read("/var/lib/openvidu-node/status"), /^state=ready\n/),
  },
  "the installation of Docker": {
    kind: media,
    run: (machine) => machine.job("docker"),
    prepare: (machine, world) => {
      packageCommands(machine);
      world.downloads.set("/ubuntu/gpg", "armoured key\n");
      // The real one prints nothing for what is no key.
      machine.stub(
        "gpg",
        `[[ "$(cat "\${@: -1}")" != "armoured key" ]] || printf 'pub:\\nfpr:::::::::${dockersKey}:\\n'`,
      );
      machine.environment["OPENVIDU_NODE_DOCKER_REPOSITORY"] = world.local.url;
    },
    targets: ["the key of Docker's packages"],
    reason: why,
    done: (machine) => assert.ok(machine.calls("apt-get").some((call) => call.includes("docker-ce="))),
  },
  "a backup": {
    ...backup,
    targets: ["reading an object", "writing an object"],
    faults: ["with 403", "with garbage", "never", "with half an answer"],
  },
  "a backup that is under way": {
    ...backup,
    targets: ["a part of a backup", "the dump of the database", "a backup's manifest"],
    faults: ["with error 500", "never"],
  },
  "a restore": {
    ...restore,
    targets: ["reading an object", "a part of a backup"],
    faults: ["with garbage", "with nothing", "never"],
  },
  "an upgrade": {
    ...upgrade,
    targets: ["reading an object", "writing an object", "the health address"],
    faults: ["with error 500", "never"],
  },
  "the download of an upgrade": {
    ...upgrade,
    targets: ["the script of a release"],
    faults: ["with garbage", "never", "with half an answer"],
  },
  "the backup of an upgrade": { ...upgrade, targets: ["a part of a backup"], faults: ["with error 500"] },
};

describe("when a call is answered", function () {
  needsScripts(this);
  this.timeout(120000);

  for (const [title, scenario] of Object.entries(scenarios)) {
    for (const name of scenario.targets) {
      it(`badly, ${name}: ${title} ends in time, keeps what is good, and works once it is over`, async () => {
        // All at a time: most of a fault is waiting.
        await Promise.all((scenario.faults ?? Object.keys(faults)).map((fault) => meet(scenario, name, fault)));
      });
    }
  }

  async function meet(scenario: Scenario, name: string, fault: FaultName): Promise<void> {
    const world = await CloudWorld.open(scenario.kind);
    const target = targets[name]!;
    try {
      const machine = world.machine(scenario.settings?.(world));
      Object.assign(machine.environment, {
        OPENVIDU_NODE_WAIT: "1",
        OPENVIDU_NODE_PAUSE: "1",
        OPENVIDU_NODE_HTTP_SECONDS: "1",
      });
      await scenario.prepare?.(machine, world);
      const before = (scenario.keeps ?? []).map((path) => machine.read(path));
      const heal = await spoil(machine, target, target.service(world), faults[fault]!);
      const started = Date.now();
      const run = await scenario.run(machine);
      const seconds = (Date.now() - started) / 1000;
      const what = `${name} answers ${fault}: code ${run.code} after ${seconds} s\n${run.log}`;
      assert.ok(seconds < 45, what);
      assert.doesNotMatch(run.log + statusOf(machine), /hush|Traceback/, what);
      const believed = target.believes?.includes(fault);
      if (!believed && !scenario.mayGoOn) {
        assert.notEqual(run.code, 0, what);
        const reason = scenario.reason?.(machine, run) ?? run.log.trimEnd().split("\n").at(-1)!;
        assert.match(reason, /\w.*\w/, what);
        assert.doesNotMatch(reason, /hush/, what);
      }
      if (scenario.mayGoOn) assert.equal(run.code, 0, what);
      (scenario.keeps ?? []).forEach((path, index) => assert.equal(machine.read(path), before[index], what));
      heal();
      // From here on only a slow machine could come to a limit.
      Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "20", OPENVIDU_NODE_HTTP_SECONDS: "10" });
      if (believed) return;
      const again = await scenario.run(machine);
      assert.equal(again.code, 0, `${what}\nthen\n${again.log}`);
      scenario.done(machine, world);
    } finally {
      await world.close();
    }
  }

  /** Everything that openvidu-status would show. */
  function statusOf(machine: Machine): string {
    const folder = "/var/lib/openvidu-node";
    const parts = ["backup", "restore", "upgrade"].map((name) => `${folder}/status.d/${name}`);
    return [`${folder}/status`, ...parts]
      .filter((path) => machine.has(path))
      .map((path) => machine.read(path))
      .join("");
  }

  /** Puts a fault in front of a service; returns what takes it away. */
  async function spoil(machine: Machine, { is }: Target, service: Service, fault: Reply | Silence | "nobody") {
    if (fault !== "nobody") {
      service.fault = (call) => (is(call) ? fault : undefined);
      return () => (service.fault = undefined);
    }
    const closed = await closedAddress();
    const place = "/etc/openvidu-node/node.env";
    const [settings, environment] = [machine.read(place), { ...machine.environment }];
    for (const [key, value] of Object.entries(environment))
      machine.environment[key] = value.replace(service.url, closed);
    machine.write(place, settings.replaceAll(service.url, closed), 0o600);
    return () => {
      Object.assign(machine.environment, environment);
      machine.write(place, settings, 0o600);
    };
  }

  for (const [kind, notice] of [
    [media, (world: CloudWorld) => (world.ec2.targetState = "Terminated")],
    [
      { cloud: "azure", role: "media" },
      (world: CloudWorld) =>
        world.azure.events.push({ EventId: "own", EventType: "Terminate", Resources: ["media-000001"] }),
    ],
  ] as const) {
    it(`badly while a node on ${kind.cloud} waits for notice: it goes on waiting, and hears of it when the fault is over`, async () => {
      await Promise.all(
        Object.entries(faults).map(async ([name, fault]) => {
          if (fault === "nobody") return;
          const world = await CloudWorld.open(kind);
          try {
            const machine = world.machine();
            Object.assign(machine.environment, { OPENVIDU_NODE_HTTP_SECONDS: "1", OPENVIDU_NODE_WAIT: "10" });
            machine.stub("docker", dockerStub);
            machine.write("/containers/caddy", "");
            world.metadata.fault = () => fault;
            const { ended } = machine.start("drain");
            for (let tries = 0; tries < 400 && world.metadata.seen.length < 3; tries++) await pause(50);
            assert.ok(!machine.has("/var/lib/openvidu-node/drain"), name);
            world.actions.waiting.set("i-0123456789abcdef0", "acme-terminate");
            notice(world);
            world.metadata.fault = undefined;
            const { code, log } = await ended;
            assert.equal(code, 0, `${name}: ${log}`);
            assert.equal(world.actions.completed.length + world.azure.approved.length, 1, name);
          } finally {
            await world.close();
          }
        }),
      );
    });
  }
});
