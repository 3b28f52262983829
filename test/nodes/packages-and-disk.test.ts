import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Machine, needsScripts, specOf, StandIn } from "./machine";
import { dockersKey, packageCommands } from "./packages";

const library = "/usr/local/lib/openvidu-node";

describe("Docker on a node", function () {
  needsScripts(this);
  let machine: Machine;
  let repository: StandIn;
  let fingerprints: string[];
  beforeEach(async () => {
    fingerprints = [dockersKey];
    repository = await StandIn.open(({ path }) =>
      path === "/ubuntu/gpg" ? { status: 200, body: "armoured key\n" } : { status: 404 },
    );
    machine = new Machine(specOf("aws", "media"));
    Object.assign(machine.environment, {
      OPENVIDU_NODE_DOCKER_REPOSITORY: repository.url,
      OPENVIDU_NODE_WAIT: "0",
      OPENVIDU_NODE_PAUSE: "1",
      PROTOCOLS: "=http",
    });
    packageCommands(machine);
    machine.write("/stubs/gpg", '#!/bin/sh\ncat "$OPENVIDU_NODE_ROOT/fingerprints"\n', 0o755);
  });
  afterEach(async () => {
    machine.remove();
    await repository.close();
  });
  const run = () => {
    const lines = fingerprints.flatMap((print) => [
      "pub:-:4096:1:8D81803C0EBFCD88:::",
      `fpr:::::::::${print}:`,
      "sub:-:::",
      "fpr:::::::::SUBKEY:",
    ]);
    machine.write("/fingerprints", `${lines.join("\n")}\n`);
    return machine.job("docker");
  };
  const installs = () => machine.calls("apt-get").filter((call) => call.includes("install"));

  it("comes at the pinned versions, with the epoch and suffix of the distribution, after the lists have been read", async () => {
    const { code, log } = await run();
    assert.equal(code, 0, log);
    const version = "5:29.5.3-1~ubuntu.24.04~noble";
    assert.ok(
      installs()
        .at(-1)!
        .endsWith(
          `docker-ce=${version} docker-ce-cli=${version} containerd.io docker-compose-plugin=5:5.1.4-1~ubuntu.24.04~noble`,
        ),
    );
    assert.match(machine.calls("apt-get")[0]!, /update/);
    assert.match(machine.read("/etc/apt/apt.conf.d/99openvidu-node"), /^DPkg::Lock::Timeout "600";$/m);
    assert.equal(
      realpathSync(machine.path("/usr/local/bin/docker-compose")),
      realpathSync(machine.path("/usr/libexec/docker/cli-plugins/docker-compose")),
    );
    assert.match(
      machine.read("/etc/apt/sources.list.d/openvidu-docker.list"),
      /^deb \[arch=amd64 signed-by=\S+openvidu-docker\.asc\] \S+\/ubuntu noble stable$/m,
    );
    assert.deepEqual(machine.calls("systemctl").slice(-1), ["systemctl enable --now docker"]);
  });

  it("is not touched, and nothing is downloaded, where the image has it", async () => {
    machine.write("/engine", "Docker version 29.10.0, build x\n");
    machine.write("/usr/libexec/docker/cli-plugins/docker-compose", "#!/bin/sh\necho v5.1.4\n", 0o755);
    const { code, log } = await run();
    assert.equal(code, 0, log);
    assert.deepEqual(machine.calls("apt-get"), []);
    assert.deepEqual(repository.seen, []);
    assert.ok(machine.has("/usr/local/bin/docker-compose"));
  });

  it("is replaced where the image has an older one, also when the image's own list names the repository", async () => {
    machine.write("/engine", "Docker version 28.9.9, build x\n");
    machine.write(
      "/etc/apt/sources.list.d/docker.list",
      "deb [signed-by=/other] https://download.docker.com/linux/ubuntu noble stable\n",
    );
    const { code, log } = await run();
    assert.equal(code, 0, log);
    assert.match(installs().at(-1)!, /docker-ce=5:29\.5\.3-1/);
    assert.deepEqual(readdirSync(machine.path("/etc/apt/sources.list.d")), [
      "docker.list.disabled",
      "openvidu-docker.list",
    ]);
  });

  for (const [what, prints] of Object.entries({
    "another key": ["A".repeat(40)],
    "a second key": [dockersKey, "A".repeat(40)],
    "no key": [],
  })) {
    it(`is not installed when the repository gives ${what}`, async () => {
      fingerprints = prints;
      const { code, log } = await run();
      assert.equal(code, 1);
      assert.match(log, /is not the known one/);
      assert.ok(!machine.has("/etc/apt/keyrings/openvidu-docker.asc"));
      assert.ok(!installs().some((call) => call.includes("docker-ce")));
    });
  }

  it("first finishes what an interrupted boot left half-installed, and keeps what the image has configured", async () => {
    machine.stub("dpkg", '[[ "$1" == --print-architecture ]] && echo amd64; true');
    const { code, log } = await run();
    assert.equal(code, 0, log);
    const calls = machine.read("/calls").split("\n");
    const repair = calls.indexOf("dpkg --force-confold --configure -a");
    assert.ok(repair >= 0 && repair < calls.findIndex((call) => call.startsWith("apt-get install")));
    assert.match(installs().at(-1)!, / -o DPkg::Options::=--force-confold /);
  });

  it("takes a package list that could not be fetched for a failure, and only its own list", async () => {
    machine.stub("apt-get", '[[ "$*" != *Error-Mode=any* ]]');
    const { code, log } = await run();
    assert.equal(code, 1);
    assert.match(log, /Docker's package lists could not be read/);
    const strict = machine.calls("apt-get").find((call) => call.includes("Error-Mode=any"))!;
    assert.match(strict, /Dir::Etc::sourcelist=\S+\/openvidu-docker\.list -o Dir::Etc::sourceparts=-$/);
  });

  it("gets a proxy whose password has a percent sign in the form that systemd reads", async () => {
    machine.remove();
    machine = new Machine(specOf("aws", "media", { HTTPS_PROXY: "http://me:a%40b@proxy:3128" }));
    machine.stub("docker", 'case "$1" in --version) echo 29.5.3 ;; esac');
    machine.stub("docker-compose", "echo v5.1.4");
    const { code, log } = await machine.job("docker");
    assert.equal(code, 0, log);
    assert.match(
      machine.read("/etc/systemd/system/docker.service.d/openvidu-proxy.conf"),
      /"HTTPS_PROXY=http:\/\/me:a%%40b@proxy:3128"/,
    );
  });

  it("says which version the repository does not have", async () => {
    machine.stub("apt-cache", "true");
    const { code, log } = await run();
    assert.equal(code, 1);
    assert.match(log, /has no docker-ce 29\.5\.3/);
  });
});

describe("the data disk of a master", function () {
  needsScripts(this);
  let machine: Machine;
  const prefix = "/opt/openvidu";
  const make = (cloud: "aws" | "azure") => {
    machine = new Machine(specOf(cloud, "master"));
    Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
    machine.write("/etc/fstab", "UUID=root / ext4 defaults 0 1\nUUID=old /opt/openvidu ext4 nofail 0 2\n");
    machine.write("/dev/disk-a", "");
    machine.write("/dev/disk-b", "");
    machine.stub("lsblk", '[[ "$1" == -dno ]] && echo disk || echo disk-a');
    // /kind holds what is on the disk; formatting writes it. A mounted directory is a link to /disk.
    machine.stub(
      "blkid",
      'case "$3" in TYPE) cat "$OPENVIDU_NODE_ROOT/kind" 2>/dev/null || exit 2 ;; UUID) echo 1234-abcd ;; esac',
    );
    machine.stub("wipefs", 'cat "$OPENVIDU_NODE_ROOT/kind" 2>/dev/null; true');
    machine.stub("mkfs.ext4", 'echo ext4 >"$OPENVIDU_NODE_ROOT/kind"');
    machine.stub("mountpoint", '[[ -L "$2" ]]');
    machine.stub("mount", 'target="${@: -1}"; rmdir "$target" && ln -s "$OPENVIDU_NODE_ROOT/disk" "$target"');
    machine.stub("umount", 'rm "$1" && mkdir "$1"');
    machine.stub("resize2fs", "true");
    mkdirSync(machine.path("/disk"));
  };
  const link = (name: string, to = "disk-a") => {
    mkdirSync(join(machine.path(`/dev/disk/${name}`), ".."), { recursive: true });
    symlinkSync(machine.path(`/dev/${to}`), machine.path(`/dev/disk/${name}`));
  };
  const ebs = "by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0";
  afterEach(() => machine.remove());

  for (const [cloud, name] of [
    ["aws", ebs],
    ["azure", "azure/data/by-lun/0"],
    ["azure", "azure/scsi1/lun0"],
  ] as const) {
    it(`is found on ${cloud} as ${name}, formatted when blank, and kept aside until OpenVidu is installed`, async () => {
      make(cloud);
      link(name);
      const { code, log } = await machine.job("data-disk", "prepare");
      assert.equal(code, 0, log);
      assert.deepEqual(machine.calls("mkfs.ext4"), [
        `mkfs.ext4 -q -m 0 -L openvidu-data ${realpathSync(machine.path("/dev/disk-a"))}`,
      ]);
      assert.ok(!existsSync(machine.path(prefix)));
      machine.write(`${prefix}/config/cluster/openvidu.env`, "A=1\n");
      const adopted = await machine.job("data-disk", "adopt");
      assert.equal(adopted.code, 0, adopted.log);
      assert.equal(realpathSync(machine.path(prefix)), realpathSync(machine.path("/disk")));
      assert.equal(machine.read(`${prefix}/config/cluster/openvidu.env`), "A=1\n");
      assert.equal(machine.read(`${prefix}/.openvidu-node/installed`), "3.8.0\n");
      assert.ok(!machine.has(`${prefix}/.openvidu-node/unfinished`));
      assert.equal(
        machine.read("/etc/fstab"),
        "UUID=root / ext4 defaults 0 1\nUUID=1234-abcd /opt/openvidu ext4 defaults,nofail,x-systemd.device-timeout=120s 0 2\n",
      );
    });
  }

  it("is mounted in place, grown and never formatted where an installation lies on it", async () => {
    make("aws");
    link(ebs);
    machine.write("/kind", "ext4\n");
    machine.write("/disk/.openvidu-node/installed", "3.8.0\n");
    machine.write("/disk/data/precious", "x");
    for (let boot = 0; boot < 2; boot++) {
      const { code, log } = await machine.job("data-disk", "prepare");
      assert.equal(code, 0, log);
    }
    assert.equal(machine.read(`${prefix}/data/precious`), "x");
    assert.deepEqual(machine.calls("mkfs.ext4"), []);
    assert.equal(machine.calls("resize2fs").length, 2);
    assert.equal(
      machine
        .read("/etc/fstab")
        .split("\n")
        .filter((line) => line.includes(" /opt/openvidu ")).length,
      1,
    );
  });

  it("is used as it is, and says so, where it cannot be grown", async () => {
    make("aws");
    link(ebs);
    machine.stub("resize2fs", "exit 1");
    const { code, log } = await machine.job("data-disk", "prepare");
    assert.equal(code, 0, log);
    assert.match(log, /why="vol-0123456789abcdef0 was not grown"/);
  });

  it("is used again after an interrupted installation", async () => {
    make("aws");
    link(ebs);
    machine.write("/kind", "ext4\n");
    machine.write("/disk/.openvidu-node/unfinished", "");
    machine.write("/disk/config/half", "x");
    assert.equal((await machine.job("data-disk", "prepare")).code, 0);
    machine.write(`${prefix}/config/whole`, "x");
    assert.equal((await machine.job("data-disk", "adopt")).code, 0);
    assert.ok(!machine.has(`${prefix}/config/half`));
  });

  it("does not keep the mark of a move that was interrupted at its very end", async () => {
    make("aws");
    link(ebs);
    machine.write("/kind", "ext4\n");
    machine.write("/disk/.openvidu-node/installed", "3.8.0\n");
    machine.write("/disk/.openvidu-node/unfinished", "");
    machine.write("/disk/data/precious", "x");
    const { code, log } = await machine.job("data-disk", "prepare");
    assert.equal(code, 0, log);
    assert.equal(machine.read(`${prefix}/data/precious`), "x");
    assert.ok(!machine.has(`${prefix}/.openvidu-node/unfinished`));
  });

  it("is used again after a move that was interrupted at its very beginning", async () => {
    make("aws");
    link(ebs);
    machine.write("/kind", "ext4\n");
    mkdirSync(machine.path("/disk/.openvidu-node"));
    const { code, log } = await machine.job("data-disk", "prepare");
    assert.equal(code, 0, log);
  });

  it("does not count as installed while the installation is being moved onto it", async () => {
    make("aws");
    link(ebs);
    assert.equal((await machine.job("data-disk", "prepare")).code, 0);
    machine.write(`${prefix}/config/whole`, "x");
    machine.stub("cp", "exit 1");
    assert.equal((await machine.job("data-disk", "adopt")).code, 1);
    assert.ok(!machine.has(`${prefix}/.openvidu-node/installed`));
    assert.ok(!machine.has("/disk/.openvidu-node/installed"));
    assert.equal((await machine.job("data-disk", "prepare")).code, 0);
    rmSync(machine.path("/stubs/cp"));
    const { code, log } = await machine.job("data-disk", "adopt");
    assert.equal(code, 0, log);
    assert.equal(machine.read(`${prefix}/config/whole`), "x");
  });

  it("takes its place also when the move was interrupted while the first copy was being removed", async () => {
    make("aws");
    link(ebs);
    assert.equal((await machine.job("data-disk", "prepare")).code, 0);
    machine.write(`${prefix}/config/whole`, "x");
    machine.write(`${prefix}/config/left`, "x");
    machine.stub("find", `[[ "$1" != "${machine.path(prefix)}" ]] || exit 1; exec /usr/bin/find "$@"`);
    assert.equal((await machine.job("data-disk", "adopt")).code, 1);
    const { code, log } = await machine.job("data-disk", "prepare");
    assert.equal(code, 0, log);
    assert.equal(realpathSync(machine.path(prefix)), realpathSync(machine.path("/disk")));
    assert.equal(machine.read(`${prefix}/config/whole`), "x");
    assert.ok(readdirSync(machine.path("/opt")).some((name) => name.startsWith("openvidu.replaced-")));
  });

  const refused: Record<string, [RegExp, () => void]> = {
    "another file system": [/holds xfs and is left alone/, () => machine.write("/kind", "xfs\n")],
    "traces that only wipefs sees": [/holds something and is left alone/, () => machine.stub("wipefs", "echo DOS")],
    "errors that keep it from being examined": [
      /could not be examined and is left alone/,
      () => machine.stub("wipefs", "exit 1"),
    ],
    partitions: [
      /has partitions/,
      () => machine.stub("lsblk", '[[ "$1" == -dno ]] && echo disk || printf "a\\na1\\n"'),
    ],
    "a partition's identity": [/is not a whole disk/, () => machine.stub("lsblk", "echo part")],
    "files that nobody knows": [
      /holds files but no finished installation/,
      () => (machine.write("/kind", "ext4\n"), machine.write("/disk/data/precious", "x")),
    ],
  };
  for (const [what, [reason, spoil]] of Object.entries(refused)) {
    it(`is left alone when it has ${what}`, async () => {
      make("aws");
      link(ebs);
      spoil();
      const { code, log } = await machine.job("data-disk", "prepare");
      assert.equal(code, 1);
      assert.match(log, reason);
      assert.deepEqual(machine.calls("mkfs.ext4"), []);
    });
  }

  it("is never another disk than the one that was named", async () => {
    make("aws");
    link("by-id/nvme-Amazon_Elastic_Block_Store_vol0ffffffffffffffff", "disk-b");
    const { code, log } = await machine.job("data-disk", "prepare");
    assert.equal(code, 1);
    assert.match(log, /vol-0123456789abcdef0 did not appear/);
    assert.deepEqual(machine.calls("mount"), []);
  });
});

describe("openvidu-status", function () {
  needsScripts(this);
  it("shows where the node stands", async () => {
    const machine = new Machine(specOf("aws", "media"));
    machine.write(`${library}/show.sh`, machine.read("/usr/local/bin/openvidu-status"));
    assert.match((await machine.job("show")).log, /^state=new$/m);
    machine.write("/var/lib/openvidu-node/status", "state=failed\ndetail=docker: no way\n");
    const { log } = await machine.job("show");
    machine.remove();
    assert.match(log, /^state=failed\ndetail=docker: no way\nsettings=none\nopenvidu=/);
  });
});
