/**
 * The data disk's program with the real tools on a loop device, in a mount namespace of its own, so that no mount
 * outlives it. Needs root and loop devices. Only two answers are not the system's: a loop device calls itself a disk,
 * and `mount <directory>` reads the machine's own fstab.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { needs, noteCounterpart } from "../counterparts";
import { Machine, needsScripts, specOf } from "./machine";

const run = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: "utf8" });

/** Runs a command as root would; throws what it says. */
function must(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = run(program, ...args);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout.trim();
}

/** Why real disks cannot be had here, or nothing. Tries the whole way once. */
function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const directory = mkdtempSync(join(tmpdir(), "openvidu-loop-"));
  const image = join(directory, "image");
  writeFileSync(image, "");
  truncateSync(image, 8 << 20);
  let device: string | undefined;
  try {
    device = must("losetup", "--find", "--show", image);
    must("mkfs.ext4", "-q", device);
    const script = 'mount "$0" "$1" && mountpoint -q "$1"';
    must("unshare", "--mount", "--propagation", "private", "bash", "-c", script, device, directory);
    for (const program of ["blkid", "wipefs", "lsblk", "resize2fs"]) must("sh", "-c", `command -v ${program}`);
    return undefined;
  } catch (error) {
    return /losetup/.test(String(error)) ? "needs loop devices" : String(error).split("\n")[0]!.slice(0, 100);
  } finally {
    if (device) run("losetup", "--detach", device);
    rmSync(directory, { recursive: true, force: true });
  }
}

describe("the data disk, with the real tools", function () {
  needsScripts(this);
  needs(this, "mkfs.ext4 and mount on a loop device", process.platform === "linux" ? missing() : "needs Linux");
  this.timeout(60000);
  const prefix = "/opt/openvidu";
  const marked = `${prefix}/.openvidu-node/installed`;
  let machine: Machine;
  let directory: string;
  let image: string;
  let device: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "openvidu-disk-"));
    image = join(directory, "image");
    writeFileSync(image, "");
    truncateSync(image, 64 << 20);
    device = must("losetup", "--find", "--show", "--partscan", image);
    machine = new Machine(specOf("aws", "master"));
    Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
    machine.write("/etc/fstab", "UUID=root / ext4 defaults 0 1\n");
    const link = machine.path("/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0");
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(device, link);
    machine.record("mkfs.ext4", "resize2fs");
    const real = (name: string) => must("sh", "-c", `command -v ${name}`);
    machine.stub(
      "lsblk",
      `if [[ "$1" == -dno ]]; then "${real("lsblk")}" "$@" | sed s/loop/disk/; else "${real("lsblk")}" "$@"; fi`,
    );
    machine.stub(
      "mount",
      `[[ $# == 1 ]] || exec ${real("mount")} "$@"
source="$(awk -v at="\${1#"$OPENVIDU_NODE_ROOT"}" '$2 == at { print $1 }' "$OPENVIDU_NODE_ROOT/etc/fstab")"
exec ${real("mount")} "$(blkid -c /dev/null -U "\${source#UUID=}")" "$1"`,
    );
  });
  afterEach(() => {
    machine.remove();
    run("losetup", "--detach", device);
    rmSync(directory, { recursive: true, force: true });
  });

  /** One power-on: commands below the machine, in a mount namespace that ends with it. */
  function boot(script: string) {
    const jobs = `disk() { bash "$OPENVIDU_NODE_ROOT/usr/local/lib/openvidu-node/data-disk.sh" "$@"; }`;
    const tool = [
      "--mount",
      "--propagation",
      "private",
      "bash",
      "-c",
      `set -e\n${jobs}\ncd "$OPENVIDU_NODE_ROOT"\n${script}`,
    ];
    return spawnSync("unshare", tool, { encoding: "utf8", env: machine.environment });
  }
  const succeed = (script: string) => {
    const { status, stdout, stderr } = boot(script);
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  };
  const install = `disk prepare
mkdir -p opt/openvidu/config opt/openvidu/data
echo A=1 >opt/openvidu/config/openvidu.env
disk adopt
mountpoint -q opt/openvidu`;
  const uuid = () => must("blkid", "-p", "-s", "UUID", "-o", "value", device);

  it("is formatted once when blank, and from the second boot on mounted by its UUID", () => {
    succeed(install);
    const first = uuid();
    assert.equal(machine.calls("mkfs.ext4").length, 1);
    assert.match(machine.read("/etc/fstab"), new RegExp(`^UUID=${first} /opt/openvidu ext4 defaults,nofail,`, "m"));
    assert.ok(!machine.has(marked), "what was mounted is on the disk only");
    // Rebuilt: another system disk, the same data disk.
    machine.write("/etc/fstab", "UUID=root / ext4 defaults 0 1\n");
    const out = succeed(`disk prepare
mountpoint -q opt/openvidu
cat opt/openvidu/config/openvidu.env opt/openvidu/.openvidu-node/installed
disk prepare`);
    assert.match(out, /^A=1\n3\.8\.0\n/m);
    assert.equal(uuid(), first);
    assert.equal(machine.calls("mkfs.ext4").length, 1);
    assert.match(machine.read("/etc/fstab"), new RegExp(`^UUID=${first} `, "m"));
    // What systemd does at a reboot, by the fstab that was left.
    succeed(`mount "$OPENVIDU_NODE_ROOT/opt/openvidu" && disk prepare && test -s opt/openvidu/config/openvidu.env`);
  });

  it("is taken up again after an installation that was interrupted while it moved there", () => {
    machine.stub("sync", "exit 1");
    assert.notEqual(boot(install).status, 0);
    rmSync(machine.path("/stubs/sync"));
    rmSync(machine.path(prefix), { recursive: true });
    succeed(install);
    assert.equal(machine.calls("mkfs.ext4").length, 1);
    assert.match(succeed("disk prepare; cat opt/openvidu/config/openvidu.env"), /^A=1$/m);
  });

  it("grows with its volume, without losing anything", function () {
    if (!mayGrow()) {
      noteCounterpart("growing a mounted file system", "needs CAP_SYS_RESOURCE");
      console.warn("      skipped: no CAP_SYS_RESOURCE here");
      return this.skip();
    }
    const size = () => Number(succeed("disk prepare >&2; df --output=size -k opt/openvidu | tail -n 1"));
    succeed(install);
    const before = size();
    truncateSync(image, 128 << 20);
    must("losetup", "--set-capacity", device);
    const after = size();
    assert.ok(before < 64 << 10 && after > before * 1.8, `${before} to ${after} KiB`);
    assert.match(succeed("disk prepare; cat opt/openvidu/config/openvidu.env"), /^A=1$/m);
    assert.equal(must("e2fsck", "-f", "-n", device).includes("errors"), false);
  });

  const someones: Record<string, [RegExp, () => void]> = {
    "files of somebody": [
      /holds files but no finished installation/,
      () => {
        must("mkfs.ext4", "-q", device);
        succeed(`mkdir -p mnt/x; mount "${device}" mnt/x; echo precious >mnt/x/file`);
      },
    ],
    "another file system": [/holds \S+ and is left alone/, () => must("mkswap", device)],
    "a partition table": [/is left alone|has partitions/, () => writePartitionTable(image)],
  };
  for (const [what, [reason, spoil]] of Object.entries(someones)) {
    it(`keeps ${what} to the last byte`, () => {
      spoil();
      const digest = () => must("sha256sum", image).split(" ")[0];
      const content = () => (what === "files of somebody" ? must("debugfs", "-R", "cat /file", device) : digest());
      const before = content();
      const { status, stdout, stderr } = boot("disk prepare");
      assert.equal(status, 1);
      assert.match(stdout + stderr, reason);
      assert.deepEqual(machine.calls("mkfs.ext4"), []);
      assert.equal(content(), before);
    });
  }
});

/** Growing a mounted file system takes a right that root of a container may lack. */
function mayGrow(): boolean {
  const rights = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${rights}`) >> 24n) % 2n === 1n;
}

/** A master boot record with one partition. */
function writePartitionTable(image: string): void {
  const record = Buffer.alloc(512);
  record.set([0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0x80, 0, 0], 446);
  record.set([0x55, 0xaa], 510);
  must(
    "sh",
    "-c",
    `printf %s "$0" | base64 -d | dd of="$1" conv=notrunc status=none`,
    record.toString("base64"),
    image,
  );
}
