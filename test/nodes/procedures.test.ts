/**
 * The procedures of docs/operations.md that run on a machine, as they are written there: every block marked "sh node" is
 * run line by line, so that a command that was renamed or an option that has gone is found here.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster, publish, serves } from "./cluster";
import { master } from "./day2";
import { bundleOf, Machine, needsScripts, specOf, StandIn } from "./machine";

const pages = readFileSync(join(__dirname, "../../docs/operations.md"), "utf8");

/** Lines of the blocks to run, by the heading above them. */
const procedures = new Map<string, string[]>();
let heading = "";
for (const [, title, block] of pages.matchAll(/^#+ (.+)$|^ *```sh node\n([^]*?)^ *```$/gm)) {
  if (title !== undefined) heading = title;
  else procedures.set(heading, [...(procedures.get(heading) ?? []), ...block!.trim().split(/\n\s*/)]);
}

function run(machine: Machine, line: string): string {
  const path = `${machine.path("/stubs")}:${machine.path("/usr/local/bin")}:${process.env["PATH"]}`;
  const command = line.replaceAll(" /run/", ` ${machine.root}/run/`);
  const options = { env: { ...machine.environment, PATH: path }, encoding: "utf8", input: "yes\n" } as const;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], options);
  assert.equal(status, 0, `${line}: ${stdout}${stderr}`);
  return stdout;
}

describe("procedures of docs/operations.md", function () {
  needsScripts(this);
  this.timeout(120_000);
  let store: string;
  const machines: Machine[] = [];
  beforeEach(() => (store = mkdtempSync(join(tmpdir(), "openvidu-store-"))));
  afterEach(() => {
    for (const machine of machines.splice(0)) machine.remove();
    rmSync(store, { recursive: true, force: true });
  });
  const lines = (title: string): string[] => {
    const found = procedures.get(title);
    assert.ok(found, `no block to run under "${title}"`);
    return found;
  };
  const keep = (machine: Machine): Machine => {
    machines.push(machine);
    return machine;
  };

  it("are the ones that are run here", () => {
    assert.deepEqual([...procedures.keys()].sort(), [
      "Backup",
      "Draining a node by hand",
      "How a change reaches running masters",
      "Restore",
      "Upgrading OpenVidu",
    ]);
  });

  it("bring settings to a master although another one is not healthy", async () => {
    const cluster = await Cluster.open(2);
    try {
      const [first, second] = cluster.masters;
      await serves(first!, "version-1");
      second!.write("/sick", "");
      publish(first!, "version-2", { DOMAIN_NAME: "new.example" });
      const [apply, status] = lines("How a change reaches running masters");
      // Masters of this cluster answer from this very process, which a command that waits would stop.
      const { code, log } = await first!.script("/usr/local/bin/openvidu-apply", ...apply!.split(" ").slice(1)).ended;
      assert.equal(code, 0, log);
      assert.match(run(first!, status!), /^settings=version-2$/m);
    } finally {
      await cluster.close();
    }
  });

  it("drain a node", async () => {
    const machine = keep(new Machine(specOf("azure", "media")));
    machine.stub("docker", 'if [[ "$*" == "ps --format"* ]]; then echo "openvidu "; fi');
    machine.write("/usr/local/lib/openvidu-node/cloud.py", "");
    machine.write("/run/openvidu-node/x", "");
    const [ask, status] = lines("Draining a node by hand");
    run(machine, ask!);
    const { process: drain, ended } = machine.start("drain");
    for (let tries = 0; tries < 200 && !machine.has("/var/lib/openvidu-node/status"); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(run(machine, status!), /^state=draining$/m);
    process.kill(-drain.pid!, "SIGKILL");
    await ended;
  });

  it("back up and restore", () => {
    const machine = keep(master(1, "3.8.0", store));
    const [backUp, list, status] = lines("Backup");
    run(machine, backUp!);
    const [id] = /\d\S+-master-1/.exec(run(machine, list!)) ?? assert.fail("no backup is listed");
    assert.match(run(machine, status!), /^backup=ok at /m);
    const before = machine.read("/opt/openvidu/.env");
    machine.write("/opt/openvidu/.env", "ruined\n");
    for (const line of lines("Restore")) run(machine, line.replace("BACKUP", id));
    assert.equal(machine.read("/opt/openvidu/.env"), before);
  });

  it("plan and begin an upgrade", async () => {
    const world = await StandIn.open(() => ({ status: 200 }));
    try {
      const health = `${world.url}/health/caddy`;
      const machine = keep(master(1, "3.6.1", store, { MASTER_IPS: "127.0.0.1", HEALTH_URL: health }));
      machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(bundleOf("azure", "master")), 0o600);
      machine.write("/proc/77/net/tcp", "  sl  local_address rem_address   st\n");
      const said: string[] = [];
      for (const line of lines("Upgrading OpenVidu")) {
        const [program, ...words] = line.split(" ");
        const { code, log } = await machine.script(`/usr/local/bin/${program}`, ...words).ended;
        assert.equal(code, 0, `${line}: ${log}`);
        said.push(log);
      }
      assert.match(said[0]!, /3\.7\.0[^]*3\.8\.0/);
      assert.match(said.at(-1)!, /3\.6\.1[^]*3\.8\.0|3\.7\.0/);
    } finally {
      await world.close();
    }
  });
});
