/**
 * A whole cluster boots: its masters and three media nodes at the same time, with the real programs and the real cloud
 * adapters, in random order and with random delays. Masters are healthy only once most of them run, media nodes only
 * once a master is, so that whoever waits for another in the wrong place never ends. The numbers of a round come from
 * its seed, which is part of its name. Then the only master of Elastic is rebooted.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { carriedPrograms, type NodeSpec } from "../../nodes/render";
import { bundleOf, Machine, masterAddresses, needsScripts, settingsOf, specOf } from "./machine";
import { type Call, type Reply, Service } from "./services";

/** How many masters have to run before one is healthy. */
const quorums: Readonly<Record<NodeSpec["edition"], number>> = { ha: 3, elastic: 1 };

const openviduEnv = "/opt/openvidu/config/cluster/openvidu.env";

/** Stands in for the vendor's bootstrap. */
const vendor = `#!/bin/sh
prefix="$OPENVIDU_NODE_ROOT/opt/openvidu"
mkdir -p "$prefix/config/cluster/master_node" "$prefix/config/node" "$OPENVIDU_NODE_ROOT/etc/systemd/system"
touch "$prefix/config/cluster/openvidu.env" "$prefix/config/cluster/master_node/meet.env"
touch "$prefix/config/node/master_node.env" "$prefix/config/node/media_node.env"
echo unit >"$OPENVIDU_NODE_ROOT/etc/systemd/system/openvidu.service"
`;

/** Stands in for the data disk's program: a finished move leaves the mark of the installation. */
const dataDisk = `#!/bin/sh
if [ "$1" = adopt ]; then echo 3.8.0 >"$OPENVIDU_NODE_ROOT/opt/openvidu/.openvidu-node/installed"; fi
`;

/** OpenVidu runs once it has been started. */
const systemctl = `
case "$1 \${*: -1}" in
  "is-active openvidu") [[ -e "$OPENVIDU_NODE_ROOT/started" ]] && echo active || echo inactive ;;
  "start openvidu" | "restart openvidu") touch "$OPENVIDU_NODE_ROOT/started" ;;
esac
`;

/** Random numbers in [0, 1) that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Node {
  readonly name: string;
  readonly role: NodeSpec["role"];
  readonly machine: Machine;
}

class Cluster {
  public readonly nodes: Node[] = [];
  /** Who has taken the lock of the masters before the cluster was ready for the first time. */
  public readonly earlyLocks: string[] = [];
  private readonly store = new Map<string, { readonly body: Buffer; readonly etag: string; readonly at: Date }>();
  private writes = 0;
  private service!: Service;
  private secretsFrom: number;
  private found: Readonly<Record<string, string>> | undefined;
  private readonly addresses: readonly string[];

  private constructor(
    private readonly cloud: NodeSpec["cloud"],
    private readonly edition: NodeSpec["edition"],
    private readonly random: () => number,
    /** Changes to the masters' bundle. */
    private readonly changes: Readonly<Record<string, string>>,
  ) {
    this.secretsFrom = Date.now() + random() * 2500;
    this.addresses = masterAddresses(edition);
  }

  public static async open(
    cloud: NodeSpec["cloud"],
    edition: NodeSpec["edition"],
    random: () => number,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<Cluster> {
    const cluster = new Cluster(cloud, edition, random, changes);
    cluster.service = await Service.open([(call) => cluster.answer(call)]);
    cluster.addresses.forEach((_, index) => cluster.add("master", index + 1));
    for (const number of [1, 2, 3]) cluster.add("media", number);
    return cluster;
  }

  private add(role: NodeSpec["role"], number: number): void {
    const name = `${role}-${number}`;
    const { url } = this.service;
    const given = settingsOf(this.cloud, role, this.edition);
    const own = {
      ...pick(given, ["SLOT"], () => String(number)),
      ...pick(given, ["PRIVATE_ADDRESS"], () => this.addressOf(name)),
      // Files of an only master of the customer's own are where they are.
      ...pick(given, ["COORDINATION_URL"], (old) => (old.startsWith("file:") ? old : `${url}/store/`)),
      ...pick(given, ["REQUESTS_URL"], () => `${url}/requests/`),
      ...pick(given, ["HEARTBEATS_URL"], () => `${url}/heartbeats/`),
      INSTALLER_URL: `${url}/installer.sh`,
      INSTALLER_SHA256: createHash("sha256").update(vendor).digest("hex"),
      HEALTH_URL: `${url}/health/${name}`,
      ...(role === "master" ? { APP_HEALTH_URL: `${url}/health/${name}` } : {}),
    };
    const spec = specOf(this.cloud, role, own, { edition: this.edition });
    const programs = carriedPrograms(spec);
    if (programs) this.put(`store/${programs.name}`, Buffer.from(programs.base64, "base64"));
    const machine = new Machine(spec);
    Object.assign(machine.environment, {
      OPENVIDU_NODE_WAIT: "120",
      OPENVIDU_NODE_PAUSE: "1",
      OPENVIDU_NODE_IMDS: `${url}/imds/${name}`,
      OPENVIDU_NODE_ENDPOINT: `${url}/api/${name}`,
    });
    machine.stub("sleep", "exec /bin/sleep 0.7");
    machine.stub("systemctl", systemctl);
    machine.stub("docker", `[[ "$1" == --version ]] && echo "Docker version 29.5.3, build x"; true`);
    machine.stub("docker-compose", 'echo "Docker Compose version v5.1.4"');
    machine.stub("sysctl", "true");
    machine.write("/dev/console", "");
    if (this.cloud === "onprem") this.deliver(machine, JSON.stringify(this.bundle(role)));
    else if (role === "master") machine.write("/usr/local/lib/openvidu-node/data-disk.sh", dataDisk, 0o755);
    this.nodes.push({ name, role, machine });
  }

  /** What the deployer does on machines of the customer's own. */
  private deliver(machine: Machine, text: string): void {
    machine.write("/etc/openvidu-node/bundle.json", text, 0o600);
  }

  private bundle(role: NodeSpec["role"]): Record<string, string> {
    return { ...bundleOf(this.cloud, role, this.edition), ...(role === "master" ? this.changes : {}) };
  }

  private addressOf(name: string): string {
    return name.startsWith("master") ? (this.addresses[Number(name.split("-")[1]) - 1] ?? "") : "10.0.3.7";
  }

  /** From now on the secret store refuses everybody, and what the deployer brings arrives in half. */
  public loseSecrets(): void {
    this.secretsFrom = Infinity;
    if (this.cloud === "onprem") for (const { machine } of this.nodes) this.deliver(machine, '{"DOMAIN_NAME":"none"');
  }

  /** The secret store answers again, with this in the masters' bundle. */
  public findSecrets(changes: Readonly<Record<string, string>>): void {
    this.secretsFrom = 0;
    this.found = changes;
    const text = JSON.stringify({ ...this.bundle("master"), ...changes });
    if (this.cloud === "onprem") for (const { machine } of this.nodes) this.deliver(machine, text);
  }

  private running(role: NodeSpec["role"]): number {
    return this.nodes.filter((node) => node.role === role && node.machine.has("/started")).length;
  }

  private isHealthy(name: string): boolean {
    const node = this.nodes.find((each) => each.name === name);
    return node?.machine.has("/started") === true && this.running("master") >= quorums[this.edition];
  }

  private answer(call: Call): Reply {
    const [, service = "", name = "", ...rest] = call.path.split(/[/?]/);
    switch (service) {
      case "installer.sh":
        return { status: 200, body: vendor };
      case "health":
        return { status: this.isHealthy(name) ? 200 : 503 };
      case "imds":
        return { status: 200, body: this.metadata(name, rest.join("/")) };
      case "api":
        return this.api(name.startsWith("master") ? "master" : "media", call);
      default:
        // Now and then the store is busy.
        return this.random() < 0.15 ? { status: 503 } : this.object(call);
    }
  }

  private metadata(name: string, path: string): string {
    if (/ipv4/i.test(path)) return this.addressOf(name);
    if (path.includes("oauth2/token")) return JSON.stringify({ access_token: "token" });
    if (path.endsWith("security-credentials/")) return "role";
    if (path.includes("security-credentials"))
      return JSON.stringify({ AccessKeyId: "A", SecretAccessKey: "s", Token: "t" });
    if (path.startsWith("metadata/instance/compute/api-version")) return JSON.stringify({ name, vmId: name });
    return name;
  }

  /** The secret store, which does not know the new identities at once, and on AWS the group's hooks. */
  private api(role: NodeSpec["role"], call: Call): Reply {
    if (call.body.includes("CompleteLifecycleAction")) return { status: 200 };
    if (Date.now() < this.secretsFrom) return { status: 403, body: "{}" };
    const bundle = JSON.stringify({ ...this.bundle(role), ...(role === "master" ? this.found : {}) });
    const version = this.found ? "v2" : "v1";
    const answer = {
      SecretString: bundle,
      VersionId: version,
      value: bundle,
      id: `https://vault/secrets/x/${version}`,
    };
    return { status: 200, body: JSON.stringify({ ...answer, VersionIdsToStages: { [version]: ["AWSCURRENT"] } }) };
  }

  private put(path: string, body: Buffer): string {
    const etag = `"${++this.writes}"`;
    this.store.set(path, { body, etag, at: new Date() });
    return etag;
  }

  /** The cluster's own objects, with conditional writes. */
  private object({ method, path, headers, body }: Call): Reply {
    const key = path.slice(1);
    const old = this.store.get(key);
    if (method === "GET") {
      if (!old) return { status: 404 };
      return { status: 200, body: old.body, headers: { etag: old.etag, "last-modified": old.at.toUTCString() } };
    }
    if (headers["if-none-match"] === "*" && old) return { status: 412 };
    if (headers["if-match"] !== undefined && headers["if-match"] !== old?.etag) return { status: 412 };
    if (method === "DELETE") {
      this.store.delete(key);
      return { status: 202 };
    }
    const holder = /"holder": "([^"]+)"/.exec(body.toString())?.[1];
    if (key === "store/locks/masters" && holder && !this.store.has("store/marks/initialised"))
      this.earlyLocks.push(holder);
    return { status: 201, headers: { etag: this.put(key, body) } };
  }

  public hasMark(): boolean {
    return this.store.has("store/marks/initialised");
  }

  public async close(): Promise<void> {
    for (const { machine } of this.nodes) machine.remove();
    await this.service.close();
  }
}

/** Those of the keys that the settings have, with new values. */
function pick(
  settings: Record<string, string>,
  keys: string[],
  value: (old: string) => string,
): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (settings[key] === undefined ? [] : [[key, value(settings[key])]])));
}

describe("the first boot of a whole cluster", function () {
  needsScripts(this);
  this.timeout(300_000);
  let cluster: Cluster;
  afterEach(() => cluster.close());

  /** Boots a node; its first boot may be killed, and then it boots again. */
  async function boot({ machine }: Node, after: number, killedAfter?: number): Promise<string> {
    await pause(after);
    const first = machine.start("boot");
    if (killedAfter !== undefined) {
      await Promise.race([first.ended, pause(killedAfter)]);
      if (first.process.exitCode === null) process.kill(-first.process.pid!, "SIGKILL");
      await first.ended;
      return (await machine.job("boot")).log;
    }
    return (await first.ended).log;
  }

  /** Boots all nodes, each after a while; the first boot of one of them is killed. */
  async function bootAll(random: () => number): Promise<string[]> {
    const unlucky = cluster.nodes[Math.floor(random() * cluster.nodes.length)]!;
    return Promise.all(
      cluster.nodes.map((node) => boot(node, random() * 1500, node === unlucky ? 200 + random() * 2500 : undefined)),
    );
  }

  function assertReady(logs: readonly string[]): void {
    cluster.nodes.forEach(({ name, machine }, index) => {
      assert.match(machine.read("/var/lib/openvidu-node/status"), /^state=ready\n/, `${name}: ${logs[index]}`);
      assert.ok(machine.has("/run/openvidu-node/ready"), name);
      assert.doesNotMatch(logs[index]!, /hush/, name);
    });
    assert.deepEqual(cluster.earlyLocks, [], "masters of a new cluster do not wait for each other");
  }

  for (const cloud of ["aws", "azure"] as const) {
    for (const seed of [1, 2]) {
      it(`on ${cloud} ends with all seven nodes ready, whatever comes first (seed ${seed})`, async () => {
        const random = randomOf(seed);
        cluster = await Cluster.open(cloud, "ha", random);
        assertReady(await bootAll(random));
        // What the store did not take at the end of a boot, the minute's refresh repeats.
        const masters = cluster.nodes.filter(({ name }) => name.startsWith("master"));
        for (let minute = 0; minute < 5 && !cluster.hasMark(); minute++) {
          for (const { machine } of masters) await machine.job("refresh");
        }
        assert.ok(cluster.hasMark(), "from now on masters join one at a time");
      });
    }
  }

  const names = { aws: "meet.acme.example", azure: "meet.acme.example", onprem: "198.51.100.14" } as const;
  for (const cloud of ["aws", "azure", "onprem"] as const) {
    it(`of Elastic on ${cloud} ends with its master and media nodes ready, and a reboot keeps its name (AWS-W-1)`, async () => {
      const random = randomOf(3);
      cluster = await Cluster.open(cloud, "elastic", random, { DOMAIN_NAME: names[cloud] });
      assertReady(await bootAll(random));
      assert.ok(!cluster.hasMark(), "nobody asks for locks");
      const { machine } = cluster.nodes[0]!;
      const name = () => /^DOMAIN_NAME=(.*)$/m.exec(machine.read(openviduEnv))?.[1];
      const stops = () => machine.calls("systemctl").filter((call) => /^systemctl (stop|restart) openvidu/.test(call));
      assert.equal(name(), names[cloud]);
      assert.equal(machine.read("/etc/hosts").includes(names[cloud]), cloud !== "onprem", "an address is no name");

      cluster.loseSecrets();
      for (const place of ["/run/openvidu-node", "/started"]) rmSync(machine.path(place), { recursive: true });
      machine.environment["OPENVIDU_NODE_WAIT"] = "1";
      const refresh = await machine.job("refresh", "boot");
      assert.equal(refresh.code, 0, refresh.log);
      assert.match(refresh.log, /outcome=waiting/);
      assert.match((await machine.job("boot")).log, /step=ready outcome=ok/);
      assert.equal(name(), names[cloud]);

      for (const nothing of ["", "none\n"]) {
        cluster.findSecrets({ DOMAIN_NAME: nothing });
        assert.match((await machine.job("refresh")).log, /DOMAIN_NAME|^$/);
        assert.equal(name(), names[cloud]);
      }
      assert.deepEqual(stops(), [], "nothing is stopped before there is something better");

      cluster.findSecrets({ DOMAIN_NAME: "other.example" });
      await machine.job("refresh");
      assert.equal(name(), "other.example");
      assert.equal(stops().length, 1);
    });
  }
});
