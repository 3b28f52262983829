/**
 * The commands of the on-premises roles, given to real SSH servers as the command provider gives them: the same command
 * line, the same standard input, the same pinned host key. Each machine is a directory with a server of its own; its
 * system's commands are small stand-ins, everything else is the real program.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { exampleGraph } from "../support/graphs";
import { bundleContent, inputsOf } from "../support/graph-queries";
import { needs } from "../counterparts";
import { interpreter, StandIn } from "../nodes/machine";

const stack = "onprem-ha-dns";

function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  for (const program of ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-keygen"])
    if (!existsSync(program)) return "not installed";
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The vendor's bootstrap: lays out what the real one lays out, and shows its arguments. */
const vendor = `#!/bin/sh
echo "installer $*" >>"$STUB_LOG"
prefix="$OPENVIDU_NODE_ROOT/opt/openvidu"
mkdir -p "$prefix/config/cluster/master_node" "$prefix/config/node"
touch "$prefix/config/cluster/openvidu.env" "$prefix/config/cluster/master_node/meet.env"
touch "$prefix/config/node/master_node.env" "$prefix/config/node/media_node.env"
`;

/** Units that the programs start really run; of the rest only the state is kept. */
const systemctl = `
state="$OPENVIDU_NODE_ROOT/run/boot-state"
run() { setsid bash -c "$1" </dev/null >>"$OPENVIDU_NODE_ROOT/units.log" 2>&1 & }
library="$OPENVIDU_NODE_ROOT/usr/local/lib/openvidu-node"
case "$*" in
  "start --no-block"*openvidu-boot.service*)
    if [[ "$(cat "$state" 2>/dev/null)" == active ]]; then exit 0; fi
    echo active >"$state"
    run "'$library/boot.sh' || echo failed >'$state'" ;;
  "start openvidu-drain.service") run "'$library/drain.sh'" ;;
  "disable --now openvidu-boot.service") rm -f "$state" ;;
  "is-active openvidu-boot.service") cat "$state" 2>/dev/null || { echo inactive; exit 3; } ;;
  is-active*) exit 3 ;;
esac`;

const stubs: Readonly<Record<string, string>> = {
  systemctl,
  nproc: "echo 8",
  df: 'printf "Filesystem 1024-blocks\\nx 209715200\\n"',
  timedatectl: "echo yes",
  ss: "true",
  docker: `case "$1 $2" in --version*) echo "Docker version 29.5.3, build x" ;; "ps --format") ls "$OPENVIDU_NODE_ROOT/containers" 2>/dev/null ;; esac`,
  "docker-compose": 'echo "Docker Compose version v5.1.4"',
  sysctl: "true",
};

/** A machine with an SSH server. */
class Server {
  public readonly root = mkdtempSync(join(tmpdir(), "openvidu-onprem-"));
  private daemon: ChildProcess | undefined;
  private readonly clients = new Set<ChildProcess>();
  private port = 0;
  private readonly key = join(this.root, "etc/ssh/key");

  public constructor(
    public readonly host: string,
    private readonly address: string,
  ) {
    for (const [name, text] of Object.entries(stubs)) this.stub(name, text);
    this.stub("ip", `echo "2: eth0 inet ${this.address}/24 scope global eth0"`);
    this.write("etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n');
    this.write("proc/meminfo", "MemTotal:       16384000 kB\n");
    this.write("etc/hosts", "127.0.0.1 localhost\n");
    this.write("etc/fstab", "");
    this.write("dev/console", "");
    mkdirSync(join(this.root, "opt"));
    mkdirSync(join(this.root, "run"));
    spawnSync("ln", ["-s", interpreter(), join(this.root, "stubs/python3")]);
  }

  public stub(name: string, text: string): void {
    this.write(`stubs/${name}`, `#!/usr/bin/env bash\necho "${name} $*" >>"$STUB_LOG"\n${text}\n`, 0o755);
  }

  public write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
    chmodSync(join(this.root, path), mode);
  }

  public read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  public has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  public async open(clientKey: string): Promise<void> {
    this.port = await freePort();
    mkdirSync("/run/sshd", { recursive: true });
    mkdirSync(dirname(this.key), { recursive: true });
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", this.key]);
    this.write("etc/ssh/authorized", readFileSync(`${clientKey}.pub`, "utf8"), 0o600);
    const environment = {
      OPENVIDU_NODE_ROOT: this.root,
      PATH: `${this.root}/stubs:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
      STUB_LOG: `${this.root}/calls`,
      OPENVIDU_NODE_PROTOCOLS: "=http",
      OPENVIDU_NODE_PAUSE: "0.1",
      OPENVIDU_NODE_WAIT: "5",
      DRAIN_POLL_SECONDS: "0.1",
    };
    const lines = [
      `Port ${this.port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${this.key}`,
      `AuthorizedKeysFile ${this.root}/etc/ssh/authorized`,
      "UsePAM no",
      "StrictModes no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      `PidFile ${this.root}/run/sshd.pid`,
      `SetEnv ${Object.entries(environment)
        .map(([key, value]) => `"${key}=${value}"`)
        .join(" ")}`,
    ];
    this.write("etc/ssh/config", `${lines.join("\n")}\n`);
    this.daemon = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(this.root, "etc/ssh/config")], { stdio: "ignore" });
    for (let tries = 0; tries < 100; tries++) {
      const { stdout } = spawnSync("ssh-keyscan", ["-T", "1", "-p", String(this.port), "127.0.0.1"], {
        encoding: "utf8",
      });
      if (stdout.includes("ssh-ed25519")) return;
      await pause(50);
    }
    throw new Error("sshd did not start");
  }

  public hostKey(): string {
    return readFileSync(`${this.key}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  }

  /** Runs what a Command of the graph runs at one occasion, with a host key pinned as the provider pins it. */
  public async run(
    occasion: "create" | "update" | "delete",
    inputs: Record<string, any>,
    clientKey: string,
    pinned = this.hostKey(),
  ): Promise<{ code: number | null; output: string }> {
    this.write("etc/ssh/known", `[127.0.0.1]:${this.port} ${pinned}\n`);
    const options = {
      UserKnownHostsFile: join(this.root, "etc/ssh/known"),
      StrictHostKeyChecking: "yes",
      IdentitiesOnly: "yes",
      BatchMode: "yes",
      GlobalKnownHostsFile: "/dev/null",
    };
    const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    const child = spawn("ssh", [
      "-F",
      "none",
      ...flags,
      "-i",
      clientKey,
      "-p",
      String(this.port),
      "root@127.0.0.1",
      "--",
      inputs[occasion] as string,
    ]);
    this.clients.add(child);
    let output = "";
    child.stdout.on("data", (data) => (output += String(data)));
    child.stderr.on("data", (data) => (output += String(data)));
    child.stdin.on("error", () => undefined);
    child.stdin.end(inputs.stdin as string);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output };
  }

  public close(): void {
    // What runs on the machine would wait on without it.
    this.write("var/lib/openvidu-node/drain-completed", "");
    this.clients.forEach((child) => child.kill());
    this.daemon?.kill();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20 });
  }
}

describe("own machines over real SSH", function () {
  needs(this, "sshd", missing());
  this.timeout(120000);
  let graph: Graph;
  let world: StandIn;
  let keys: string;
  let clientKey: string;
  let health = 200;
  const servers: Server[] = [];

  before(async () => {
    graph = await exampleGraph(stack);
    world = await StandIn.open(({ path }) =>
      path === "/installer.sh" ? { status: 200, body: vendor } : { status: health },
    );
    keys = mkdtempSync(join(tmpdir(), "openvidu-keys-"));
    clientKey = join(keys, "deployer");
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", clientKey]);
  });
  after(async () => {
    await world?.close();
    if (keys) rmSync(keys, { recursive: true });
  });
  beforeEach(() => void (health = 200));
  afterEach(async () => {
    // What a unit has started may still be about to end.
    await pause(200);
    servers.splice(0).forEach((server) => server.close());
  });

  const open = async (host: string, address: string): Promise<Server> => {
    const server = new Server(host, address);
    servers.push(server);
    await server.open(clientKey);
    return server;
  };
  const command = (name: string, of = graph): RecordedResource => of.resources.find((each) => each.name === name)!;

  /** The inputs of a Command, with the addresses of this test in place of those of the real world. */
  function localised(name: string, settings: Record<string, string> = {}, of = graph): Record<string, any> {
    const inputs = inputsOf(command(name, of));
    const place = new URL(world.url);
    const own: Record<string, string> = {
      INSTALLER_URL: `${world.url}/installer.sh`,
      INSTALLER_SHA256: createHash("sha256").update(vendor).digest("hex"),
      HEALTH_URL: `${world.url}/health`,
      APP_HEALTH_URL: `${world.url}/dashboard/`,
      MASTER_IPS: "127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5",
      COORDINATION_URL: "http://masters:1/openvidu-node/",
      ...settings,
    };
    const stdin = (inputs.stdin as string)
      .replace(/^REACH='.*'$/m, `REACH='${place.hostname}:${place.port}'`)
      .replace(/^WAIT_SECONDS='.*'$/m, "WAIT_SECONDS='60'")
      .replace(/^H4sI\S+$/m, (packed) => {
        const text = gunzipSync(Buffer.from(packed, "base64")).toString();
        const [head, body] = [text.slice(0, text.indexOf("\n") + 1), JSON.parse(text.slice(text.indexOf("\n")))];
        const file = body.write_files.find(({ path }: { path: string }) => path.endsWith("/node.env"));
        for (const [key, value] of Object.entries(own))
          file.content = file.content.replace(new RegExp(`^${key}='.*'$`, "m"), `${key}='${value}'`);
        return gzipSync(head + JSON.stringify(body)).toString("base64");
      });
    return { ...inputs, stdin };
  }

  const files = (server: Server): string[] =>
    (readdirSync(server.root, { recursive: true }) as string[])
      .filter((path) => !/^(calls|etc\/ssh|run)/.test(path))
      .sort();

  it("a machine that is fit passes its check, which leaves it as it was", async () => {
    const server = await open("master-1", "10.5.0.11");
    const before = files(server);
    const { code, output } = await server.run("create", localised("openvidu-network-master-1"), clientKey);
    assert.deepEqual([code, output], [0, "master-1: fit to be a master node\n"]);
    assert.deepEqual(files(server), before);
  });

  it("a machine that is not fit hears everything at once, with its name, and is left as it was", async () => {
    const server = await open("master-1", "10.5.0.99");
    server.stub("nproc", "echo 2");
    server.stub("timedatectl", "echo no");
    server.stub("ss", 'echo "LISTEN 0 128 0.0.0.0:7880 0.0.0.0:*"; echo "LISTEN 0 128 *:80 *:*"');
    server.stub("df", 'printf "Filesystem 1024-blocks\\nx 31457280\\n"');
    server.write("proc/meminfo", "MemTotal: 2048000 kB\n");
    server.write("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');
    const before = files(server);
    const inputs = localised("openvidu-network-master-1");
    const { code, output } = await server.run(
      "create",
      { ...inputs, stdin: inputs.stdin.replace(/REACH='.*'/, "REACH='127.0.0.1:1'") },
      clientKey,
    );
    assert.equal(code, 1);
    assert.deepEqual(output.trim().split("\n"), [
      "master-1: runs Debian 12; Ubuntu 22.04 or 24.04 is needed",
      "master-1: has 2 processors; 4 are needed",
      "master-1: has 2000 MiB of memory; 3600 are needed",
      "master-1: has a disk of 30 GiB below /opt; 90 are needed",
      "master-1: has no interface with the address 10.5.0.11",
      "master-1: does not have its clock synchronised; switch on systemd-timesyncd or chrony",
      "master-1: uses the tcp ports 80 7880 already",
      "master-1: does not reach 127.0.0.1:1",
    ]);
    assert.deepEqual(files(server), before);
  });

  it("foreign containers and a node of another cluster are no place for a node", async () => {
    const server = await open("master-1", "10.5.0.11");
    server.stub("docker", 'echo "their-shop"');
    const check = localised("openvidu-network-master-1");
    assert.match(
      (await server.run("create", check, clientKey)).output,
      /master-1: runs other containers \(their-shop\)/,
    );
    server.write("etc/openvidu-node/node.env", "CLUSTER='openvidu-other'\nROLE='media'\n");
    const { code, output } = await server.run("update", check, clientKey);
    assert.equal(code, 1);
    assert.equal(
      output,
      "master-1: is a node of the cluster openvidu-other\nmaster-1: is a media node of this cluster\n",
    );
  });

  it("another machine in its place is not talked to", async () => {
    const server = await open("master-1", "10.5.0.11");
    const pinned = command("openvidu-network-master-1");
    const { code, output } = await server.run(
      "create",
      localised("openvidu-network-master-1"),
      clientKey,
      inputsOf(pinned).connection.hostKey as string,
    );
    assert.equal(code, 255);
    assert.match(output, /Host key verification failed|HOST IDENTIFICATION HAS CHANGED/);
    assert.ok(!server.has("calls"), "something ran");
  });

  it("a bundle arrives whole, for root alone, and without a word; half of one changes nothing", async () => {
    const server = await open("master-1", "10.5.0.11");
    const name = "openvidu-secrets-master-1";
    const inputs = localised(name);
    const { code, output } = await server.run("create", inputs, clientKey);
    assert.deepEqual([code, output], [0, ""]);
    const path = "etc/openvidu-node/bundle-master.json";
    assert.deepEqual(JSON.parse(server.read(path)), bundleContent(command(name)));
    assert.equal(statSync(join(server.root, path)).mode & 0o777, 0o600);
    const half = { ...inputs, stdin: (inputs.stdin as string).replace(/^(\{".{200}).*$/m, "$1") };
    const failed = await server.run("update", half, clientKey);
    assert.deepEqual(
      [failed.code, failed.output],
      [1, "master-1: the settings did not arrive whole and were left as they were\n"],
    );
    assert.deepEqual(JSON.parse(server.read(path)), bundleContent(command(name)));
    assert.deepEqual(readdirSync(join(server.root, "etc/openvidu-node")), ["bundle-master.json"]);
    assert.equal((await server.run("delete", inputs, clientKey)).code, 0);
    assert.ok(!server.has(path));
  });

  it("two masters are installed at the same time until they are ready, and no secret shows in what they say", async () => {
    const masters = [await open("master-1", "10.5.0.11"), await open("master-2", "10.5.0.12")];
    const results = await Promise.all(
      masters.map(async (server, i) => {
        await server.run("create", localised(`openvidu-secrets-master-${i + 1}`), clientKey);
        return server.run("create", localised(`openvidu-masters-${i + 1}`), clientKey);
      }),
    );
    const secret = bundleContent(command("openvidu-secrets-master-1")).REDIS_PASSWORD!;
    for (const [i, { code, output }] of results.entries()) {
      assert.equal(code, 0, output + masters[i]!.read("units.log"));
      assert.equal(output, `master-${i + 1}: ready\n`);
      assert.match(masters[i]!.read("var/lib/openvidu-node/status"), /^state=ready/);
      assert.match(masters[i]!.read("opt/openvidu/config/cluster/openvidu.env"), /^DOMAIN_NAME=video\.example\.com$/m);
      assert.doesNotMatch(masters[i]!.read("units.log"), new RegExp(secret));
      const others = masters[i]!.read("calls")
        .split("\n")
        .filter((line) => !line.startsWith("installer "));
      assert.doesNotMatch(others.join("\n"), new RegExp(secret));
    }
    // Again, as an update does: nothing is installed or restarted.
    const started = (server: Server): number =>
      server
        .read("calls")
        .split("\n")
        .filter((line) => line === "systemctl start openvidu").length;
    assert.deepEqual(
      [(await masters[0]!.run("update", localised("openvidu-masters-1"), clientKey)).output, started(masters[0]!)],
      ["master-1: ready\n", 1],
    );
    const { code, output } = await masters[0]!.run("delete", localised("openvidu-masters-1"), clientKey);
    assert.deepEqual([code, output], [0, "master-1: stopped; its data is kept below /opt/openvidu\n"]);
    assert.ok(masters[0]!.has("opt/openvidu/config/cluster/openvidu.env"));
  });

  it("the only master of Elastic is installed with its own address, and then a media node with that of the master", async () => {
    const elastic = await exampleGraph("onprem-elastic");
    const own = { COORDINATION_URL: "file:///var/lib/openvidu-node/store/", MASTER_IPS: "10.5.0.11" };
    const nodes = [
      { server: await open("master-1", "10.5.0.11"), secrets: "secrets-master-1", node: "masters-1" },
      { server: await open("media-1", "10.5.0.21"), secrets: "secrets-media-1", node: "media-media-1" },
    ];
    for (const { server, secrets, node } of nodes) {
      await server.run("create", localised(`openvidu-${secrets}`, {}, elastic), clientKey);
      const inputs = localised(`openvidu-${node}`, own, elastic);
      const first = await server.run("create", inputs, clientKey);
      assert.equal(first.output, `${server.host}: ready\n`, server.has("units.log") ? server.read("units.log") : "");
      assert.equal((await server.run("update", inputs, clientKey)).output, `${server.host}: ready\n`);
    }
    const flags = nodes.map(({ server }) => /^installer (.*)$/m.exec(server.read("calls"))?.[1]?.split(" ") ?? []);
    const [master, media] = flags;
    for (const all of flags) assert.ok(all.includes("--deployment-type=elastic") && all.includes("--no-tty"));
    assert.ok(master?.includes("--private-ip=10.5.0.11") && master.includes("--domain-name=video.example.com"));
    assert.ok(media?.includes("--private-ip=10.5.0.21") && media.includes("--master-node-private-ip=10.5.0.11"));
    const { server } = nodes[0]!;
    assert.match(server.read("opt/openvidu/config/cluster/openvidu.env"), /^DOMAIN_NAME=video\.example\.com$/m);
    assert.equal(server.read("calls").match(/^systemctl start openvidu$/gm)?.length, 1);
    assert.equal(server.read("calls").match(/^installer /gm)?.length, 1);
  });

  it("a machine on which it goes wrong ends the update, with its name and the reason", async () => {
    const server = await open("master-1", "10.5.0.11");
    const { code, output } = await server.run(
      "create",
      localised("openvidu-masters-1", { INSTALLER_SHA256: "0".repeat(64) }),
      clientKey,
    );
    assert.equal(code, 1);
    assert.match(output, /^master-1: not ready: fetch-bundle: bundle: \/etc\/openvidu-node\/bundle-master\.json/);
    await server.run("create", localised("openvidu-secrets-master-1"), clientKey);
    const again = await server.run(
      "create",
      localised("openvidu-masters-1", { INSTALLER_SHA256: "0".repeat(64) }),
      clientKey,
    );
    assert.match(
      again.output,
      /^master-1: not ready: install: the installer does not have the SHA-256 of release 3\.8\.0 and was not run/,
    );
    assert.doesNotMatch(server.has("calls") ? server.read("calls") : "", /^installer/m);
    assert.equal((await server.run("create", localised("openvidu-masters-1"), clientKey)).output, "master-1: ready\n");
  });

  it("a firewall that would lock the deployer out is refused; another is in place now and after a reboot, until it goes", async () => {
    const server = await open("master-1", "10.5.0.11");
    server.stub("nft", '[[ "$1" != list ]] || exit 1');
    const firewalled = await exampleGraph("onprem-ha-nlb");
    const inputs = inputsOf(firewalled.resources.find(({ name }) => name === "openvidu-firewall-master-1")!);
    const locked = await server.run("create", inputs, clientKey);
    assert.equal(locked.code, 1);
    assert.match(locked.output, /^master-1: access\.operatorCidrs does not hold 127\.0\.0\.1, from which this comes/);
    assert.ok(!server.has("etc/openvidu-node/firewall.nft"));
    const open_ = {
      ...inputs,
      stdin: (inputs.stdin as string).replaceAll("OPERATORS='10.9.0.0/24'", "OPERATORS='10.9.0.0/24 127.0.0.0/8'"),
    };
    const { code, output } = await server.run("create", open_, clientKey);
    assert.deepEqual([code, output], [0, "master-1: firewall applied by nftables\n"]);
    const { handover } = firewalled.outputs as { handover: Record<string, string> };
    assert.equal(server.read("etc/openvidu-node/firewall.nft"), handover["firewall/master-1.nft"]);
    assert.match(
      server.read("etc/systemd/system/openvidu-firewall.service"),
      /^ExecStart=\/usr\/sbin\/nft -f \/etc\/openvidu-node\/firewall\.nft$/m,
    );
    const calls = server.read("calls").split("\n");
    assert.ok(
      calls.indexOf(`nft -c -f ${server.root}/etc/openvidu-node/firewall.nft.new`) <
        calls.indexOf(`nft -f ${server.root}/etc/openvidu-node/firewall.nft`),
    );
    assert.ok(calls.includes("systemctl enable openvidu-firewall.service"));
    server.stub("nft", '[[ "$1" != -c ]]');
    const bad = await server.run("update", open_, clientKey);
    assert.deepEqual([bad.code, bad.output], [1, "master-1: nft does not take the rules; nothing was changed\n"]);
    assert.equal((await server.run("delete", open_, clientKey)).code, 0);
    assert.ok(
      !server.has("etc/openvidu-node/firewall.nft") && !server.has("etc/systemd/system/openvidu-firewall.service"),
    );
  });

  it("a media node drains before it leaves, gives its credentials back, and may come again", async () => {
    const server = await open("media-1", "10.5.0.21");
    const install = localised("openvidu-media-media-1");
    await server.run("create", localised("openvidu-secrets-media-1"), clientKey);
    assert.equal(
      (await server.run("create", install, clientKey)).output,
      "media-1: ready\n",
      server.has("units.log") ? server.read("units.log") : "",
    );
    server.write("containers/openvidu", "");
    const leaving = server.run("delete", install, clientKey);
    for (let tries = 0; tries < 200 && !server.read("calls").includes("SIGQUIT openvidu"); tries++) await pause(50);
    assert.match(server.read("calls"), /docker container kill --signal=SIGQUIT openvidu/);
    assert.ok(server.has("etc/openvidu-node/node.env") && server.has("opt/openvidu/config"), "it left with sessions");
    rmSync(join(server.root, "containers/openvidu"));
    const { code, output } = await leaving;
    assert.equal(code, 0, output);
    assert.match(output, /media-1: has left\n$/);
    for (const path of ["etc/openvidu-node/node.env", "opt/openvidu/config", "var/lib/openvidu-node/private"])
      assert.ok(!server.has(path), path);
    assert.equal(
      (await server.run("delete", install, clientKey)).output,
      "media-1: has left\n",
      "again, after a break",
    );
    assert.equal((await server.run("create", install, clientKey)).output, "media-1: ready\n");
    assert.match(server.read("var/lib/openvidu-node/status"), /^state=ready/);
  });
});
