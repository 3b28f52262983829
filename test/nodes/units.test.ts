/** The units of every kind of machine, as systemd itself reads them, drop-ins and all. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { needs } from "../counterparts";
import { Machine, type NodeKind, specOf } from "./machine";

const own = "/etc/systemd/system";
const systems = ["/usr/lib/systemd/system", "/lib/systemd/system"].find((path) => existsSync(path));
const kinds: NodeKind[] = (["aws", "azure", "onprem"] as const).flatMap((cloud) =>
  (["master", "media"] as const).map((role) => ({ cloud, role })),
);

function missing(): string | undefined {
  const { status, stdout } = spawnSync("systemd-analyze", ["--version"], { encoding: "utf8" });
  if (status !== 0 || systems === undefined) return "not installed";
  // Older releases cannot look below another directory.
  return Number(/systemd (\d+)/.exec(stdout)?.[1]) >= 250 ? undefined : "older than 250";
}

describe("the units of a node", function () {
  needs(this, "systemd-analyze", missing());
  let machine: Machine;
  afterEach(() => machine.remove());

  /** A machine with the system's own units, and with those that the vendor and Docker bring. */
  const make = ({ cloud, role }: NodeKind) => {
    machine = new Machine(specOf(cloud, role)).receivePrograms();
    cpSync(systems!, machine.path("/usr/lib/systemd/system"), { recursive: true, verbatimSymlinks: true });
    symlinkSync("usr/lib", machine.path("/lib"));
    machine.write("/bin/true", "", 0o755);
    for (const name of ["openvidu", "docker"])
      machine.write(`${own}/${name}.service`, "[Service]\nExecStart=/bin/true\n");
  };
  const units = () => readdirSync(machine.path(own)).filter((name) => /\.(service|timer)$/.test(name));
  const verify = (...names: string[]) => {
    const run = spawnSync("systemd-analyze", ["verify", "--man=no", `--root=${machine.root}`, ...names], {
      encoding: "utf8",
    });
    return { code: run.status, said: run.stdout + run.stderr };
  };

  for (const kind of kinds) {
    it(`of a ${kind.role} on ${kind.cloud} are right in systemd's eyes`, () => {
      make(kind);
      assert.ok(units().length >= 5);
      assert.deepEqual(verify(...units()), { code: 0, said: "" });
    });
  }

  it("would be refused with a key that nobody knows, or a program that is not there", () => {
    make(kinds[0]!);
    const unit = machine.read(`${own}/openvidu-boot.service`);
    machine.write(`${own}/openvidu-boot.service`, unit.replace("[Service]", "[Service]\nRestartsec=5"));
    assert.match(verify("openvidu-boot.service").said, /Unknown key/);
    machine.write(`${own}/openvidu-boot.service`, unit.replace("boot.sh", "nothing.sh"));
    assert.match(verify("openvidu-boot.service").said, /nothing\.sh is not executable/);
  });

  it("are all on some machine", () => {
    const lines = (text: string) =>
      text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .join("\n");
    const placed = new Set<string>();
    for (const { cloud, role } of kinds) {
      machine = new Machine(specOf(cloud, role)).receivePrograms();
      for (const name of readdirSync(machine.path(own), { recursive: true, encoding: "utf8" }))
        if (!name.endsWith(".d")) placed.add(lines(machine.read(join(own, name))));
      machine.remove();
    }
    const folder = join(__dirname, "../../nodes/units");
    for (const name of readdirSync(folder))
      assert.ok(placed.has(lines(readFileSync(join(folder, name), "utf8"))), name);
  });
});
