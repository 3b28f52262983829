import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf, killAt, master, objects, onlyMaster } from "./day2";
import { type Machine, needsScripts } from "./machine";

interface Entry {
  readonly id: string;
  readonly slot: string;
  readonly label: string;
  readonly complete: boolean;
  readonly holds: readonly string[];
}

describe("backup and restore", function () {
  needsScripts(this);
  let store: string;
  let machines: Machine[];
  const open = (slot = 1, version = "3.8.0"): Machine => {
    const machine = master(slot, version, store);
    machines.push(machine);
    return machine;
  };
  const index = () => JSON.parse(readFileSync(join(store, "backups/index.json"), "utf8")) as Entry[];
  /** Names of backups that are newer than any that a test makes. */
  const name = (year: number, number: number) => `${year}-01-01T00-00-${String(number).padStart(2, "0")}Z-master-1`;
  const backUp = async (machine: Machine, ...args: string[]): Promise<string> => {
    const { code, log } = await machine.job("backup", ...args);
    assert.equal(code, 0, log);
    return index().at(-1)!.id;
  };
  const ruin = (machine: Machine) => {
    machine.write("/opt/openvidu/config/cluster/openvidu.env", "ruined\n");
    machine.write("/opt/openvidu/.env", "ruined\n");
    machine.write("/opt/openvidu/config/stray", "new since the backup\n");
    machine.write("/opt/openvidu/owncert/private.key", "ruined\n");
    machine.write("/database", "ruined\n");
  };
  beforeEach(() => {
    store = mkdtempSync(join(tmpdir(), "openvidu-store-"));
    machines = [];
  });
  afterEach(() => {
    for (const machine of machines) machine.remove();
    rmSync(store, { recursive: true, force: true });
  });

  it("bring configuration and database back as they were, and leave OpenVidu's data alone", async () => {
    const machine = open();
    const [before, database] = [filesOf(machine), machine.read("/database")];
    const id = await backUp(machine);
    await restoreFrom(machine, id, before, database);
  });

  /** Ruins everything, restores it and looks at what has come of it. */
  async function restoreFrom(
    machine: Machine,
    id: string,
    before: Record<string, string>,
    database: string,
  ): Promise<void> {
    ruin(machine);
    machine.write("/opt/openvidu/data/mongo/journal", "newer\n");
    machine.write("/calls", "");
    const { code, log } = await machine.job("restore", id, "--yes");
    assert.equal(code, 0, log);
    assert.deepEqual(filesOf(machine), { ...before, "data/mongo/journal": "newer\n" });
    assert.equal(machine.read("/database"), database);
    assert.deepEqual(
      machine.calls("systemctl").filter((call) => / openvidu$/.test(call)),
      ["systemctl stop openvidu", "systemctl start openvidu"],
    );
    assert.ok(machine.has("/runs"));
    const aside = `/opt/openvidu/.openvidu-node/work/before-${id}`;
    assert.equal(machine.read(`${aside}/config/cluster/openvidu.env`), "ruined\n");
    assert.equal(machine.mode("/opt/openvidu/.openvidu-node/work"), 0o700);
    assert.match(machine.read("/var/lib/openvidu-node/status.d/restore"), /^restore=ok at /);
  }

  it("on the only machine of a customer lie in a folder for root alone, and another machine in its place takes them from there", async () => {
    const folder = "/var/lib/openvidu-node/store";
    const [lost, machine] = [onlyMaster("3.8.0"), onlyMaster("3.8.0")];
    machines.push(lost, machine);
    lost.write("/opt/openvidu/owncert/private.key", "hush key of the lost machine\n");
    lost.write("/database", "rooms of the lost machine\n");
    const before = filesOf(lost);
    assert.equal((await lost.job("backup")).code, 0);
    assert.equal(lost.mode(folder), 0o700);
    const [{ id }] = JSON.parse(lost.read(`${folder}/backups/index.json`)) as [Entry];
    assert.equal(lost.mode(`${folder}/backups/${id}/installation.tar.gz.0`), 0o600);
    // What a person has copied away comes to the new machine.
    cpSync(lost.path(folder), machine.path(folder), { recursive: true });
    await restoreFrom(machine, id, before, "rooms of the lost machine\n");
    assert.deepEqual(
      machine.calls("mongorestore").map((call) => /--host=(\S+)/.exec(call)?.[1]),
      ["10.0.0.4"],
    );
  });

  it("leave a MongoDB of the customer's own to him", async () => {
    const machine = open();
    const bundle = "/var/lib/openvidu-node/private/bundle.json";
    const own = { MONGO_ENABLED: "true", EXTERNAL_MONGO_URI: "mongodb://u:hush@db.example.com" };
    machine.write(bundle, JSON.stringify({ ...(JSON.parse(machine.read(bundle)) as object), ...own }), 0o600);
    const id = await backUp(machine);
    assert.deepEqual(index()[0]?.holds, ["installation"]);
    assert.deepEqual(machine.calls("mongodump"), []);
    const { code, log } = await machine.job("restore", id, "--yes");
    assert.equal(code, 0, log);
    assert.deepEqual(machine.calls("mongorestore"), []);
  });

  it("hold everything but data, in parts, with the manifest as the last word", async () => {
    const machine = open();
    const id = await backUp(machine);
    const manifest = JSON.parse(readFileSync(join(store, `backups/${id}/manifest.json`), "utf8")) as {
      version: string;
      files: Record<string, { parts: { size: number }[] }>;
    };
    assert.equal(manifest.version, "3.8.0");
    assert.deepEqual(Object.keys(manifest.files).sort(), ["database", "installation"]);
    const { parts } = manifest.files["installation"]!;
    assert.ok(parts.length > 1 && parts.every(({ size }) => size <= 100));
    const { log } = await machine.job("restore", "list");
    assert.match(log, new RegExp(`^${id}  OpenVidu 3\\.8\\.0  .* MiB  database \\+ installation  \\(by hand `));
    assert.match(machine.read("/var/lib/openvidu-node/status.d/backup"), new RegExp(`^backup=ok at .*: ${id} holds `));
  });

  it("show no secret in any argument, log or status file", async () => {
    const machine = open();
    machine.record("tar", "mv", "timeout");
    const backup = await machine.job("backup");
    ruin(machine);
    const restore = await machine.job("restore", index()[0]!.id, "--yes");
    assert.equal(restore.code, 0, restore.log);
    assert.ok(machine.calls("mongodump").length === 1 && machine.calls("timeout").length >= 2);
    for (const text of [backup.log, restore.log, machine.read("/calls"), JSON.stringify(index())])
      assert.doesNotMatch(text, /hush/);
  });

  it("dump the database once a day in the whole cluster, whoever comes first", async () => {
    const [one, two] = [open(1), open(2)];
    await backUp(one, "daily");
    await backUp(two, "daily");
    await backUp(one, "daily");
    assert.deepEqual(
      index().map(({ slot, holds }) => `${slot} ${holds.join()}`),
      ["1 database,installation", "2 installation"],
    );
    assert.deepEqual(
      [one, two].map((it) => it.calls("mongodump").length),
      [1, 0],
    );
  });

  it("leave the dump of the day to the master that is at it", async () => {
    const machine = open(2);
    const held = JSON.stringify({ holder: "master-1", seconds: 3600, why: "dump" });
    machine.write("/store/locks/backup", held);
    await backUp(machine, "daily");
    assert.deepEqual(index()[0]?.holds, ["installation"]);
    assert.equal(machine.read("/store/locks/backup"), held);
  });

  it("of a person or an upgrade wait for the dump that another master makes", async () => {
    const machine = open(2);
    machine.write("/store/locks/backup", JSON.stringify({ holder: "master-1", seconds: 3600, why: "dump" }));
    const { code, log } = await machine.job("backup", "before something");
    assert.equal(code, 1);
    assert.match(log, /another master holds the lock for the dump/);
  });

  it("keep the newest 14 of a master and remove the rest with all its parts", async () => {
    const machine = open();
    const old = await backUp(machine, "first");
    const entries = Array.from({ length: 14 }, (_, number) => ({ ...index()[0], id: name(2031, number), label: "x" }));
    machine.write("/store/backups/index.json", JSON.stringify([...index(), ...entries, { ...entries[0], slot: "2" }]));
    for (const { id } of entries) machine.write(`/store/backups/${id}/manifest.json`, '{"files":{}}');
    machine.write(`/store/backups/${name(2031, 0)}/database.gz.0`, "left behind");
    const { code, log } = await machine.job("backup", "second");
    assert.equal(code, 0, log);
    const mine = index().filter(({ slot }) => slot === "1");
    assert.equal(mine.length, 14);
    assert.ok(!mine.some(({ id }) => id === old));
    assert.deepEqual(objects(store, `backups/${old}`), []);
    assert.ok(index().some(({ slot }) => slot === "2"));
  });

  const damages: Record<string, (id: string) => void> = {
    "a part that was changed": (id) => writeFileSync(join(store, `backups/${id}/installation.tar.gz.1`), "changed"),
    "a part that is missing": (id) => rmSync(join(store, `backups/${id}/database.gz.0`)),
    "no manifest": (id) => rmSync(join(store, `backups/${id}/manifest.json`)),
    "a manifest that is no manifest": (id) => writeFileSync(join(store, `backups/${id}/manifest.json`), "{}"),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`with ${what} are refused before anything is touched`, async () => {
      const machine = open();
      const id = await backUp(machine);
      ruin(machine);
      const before = filesOf(machine);
      damage(id);
      machine.write("/calls", "");
      const { code, log } = await machine.job("restore", id, "--yes");
      assert.equal(code, 1, log);
      assert.match(log, /is damaged|there is no backup|unexpected content/);
      assert.deepEqual(machine.calls("systemctl"), []);
      assert.deepEqual(machine.calls("mongorestore"), []);
      assert.deepEqual(filesOf(machine), before);
      assert.match(machine.read("/var/lib/openvidu-node/status.d/restore"), /^restore=of .* not finished/);
    });
  }

  it("refuse what would not fit, each with the option that allows it", async () => {
    const machine = open();
    const id = await backUp(machine);
    const refused = async (on: Machine, ...args: string[]) => {
      const { code, log } = await on.job("restore", ...args);
      assert.equal(code, 1, log);
      assert.deepEqual(on.calls("mongorestore"), []);
      return log;
    };
    assert.match(await refused(machine, id), /not confirmed; nothing has been changed/);
    assert.match(await refused(open(2), id, "--yes"), /is of master 1 and this is master 2; --database-only/);
    assert.match(await refused(open(1, "3.7.0"), id, "--yes"), /is of OpenVidu 3\.8\.0, not 3\.7\.0; --change-version/);
    assert.match(await refused(machine, "../x", "--yes"), /is no name of a backup/);
    assert.match(await refused(machine, id, "--hurry"), /--hurry is no option/);
    machine.stub("df", 'printf "x\\nx 1 1 100 1%% /\\n"');
    assert.match(await refused(machine, id, "--yes"), /not enough room/);
    assert.ok(!machine.calls("systemctl").includes("systemctl stop openvidu"));
  });

  it("restore one of the two alone", async () => {
    const machine = open();
    const id = await backUp(machine);
    ruin(machine);
    await machine.job("restore", id, "--config-only", "--yes");
    assert.equal(machine.read("/database"), "ruined\n");
    assert.match(machine.read("/opt/openvidu/config/cluster/openvidu.env"), /^MONGO/);
    ruin(machine);
    const stops = machine.calls("systemctl").length;
    const { code } = await machine.job("restore", id, "--database-only", "--yes");
    assert.equal(code, 0);
    assert.equal(machine.read("/database"), "rooms of master\n");
    assert.equal(machine.read("/opt/openvidu/owncert/private.key"), "ruined\n");
    assert.equal(machine.calls("systemctl").length, stops);
  });

  it("bring another release back with its unit and its mark", async () => {
    const old = open(1, "3.7.0");
    const id = await backUp(old);
    const machine = open(1, "3.8.0");
    const { code, log } = await machine.job("restore", id, "--config-only", "--change-version", "--yes");
    assert.equal(code, 0, log);
    assert.equal(machine.read("/opt/openvidu/.openvidu-node/installed"), "3.7.0\n");
    assert.equal(machine.read("/etc/systemd/system/openvidu.service"), "unit of 3.7.0\n");
    assert.equal(machine.read("/opt/openvidu/.env"), "VERSION=3.7.0\n");
  });

  it("hand the database to the master that takes writes, wherever that is", async () => {
    const machine = open();
    const id = await backUp(machine);
    machine.write("/primary", "10.0.2.4");
    ruin(machine);
    const { code, log } = await machine.job("restore", id, "--database-only", "--yes");
    assert.equal(code, 0, log);
    assert.equal(machine.read("/database"), "rooms of master\n");
    const hosts = machine.calls("mongorestore").map((call) => /--host=(\S+)/.exec(call)?.[1]);
    assert.deepEqual(hosts, ["10.0.0.4", "10.0.1.4", "10.0.2.4"]);
    assert.match(machine.calls("mongorestore")[0]!, /--drop --nsExclude=admin\.\* /);
  });

  it("say so when no master takes the database, after a while", async () => {
    const machine = open();
    const id = await backUp(machine);
    machine.write("/primary", "10.9.9.9");
    const { code, log } = await machine.job("restore", id, "--database-only", "--yes");
    assert.equal(code, 1);
    assert.match(log, /no master took the database: Failed: \(NotWritablePrimary\)/);
  });

  it("that fail are plain to see and leave nothing, and what a run that was cut short has left goes with the next one", async () => {
    const machine = open();
    await backUp(machine, "good");
    const [good] = index() as [Entry];
    const stored = objects(store, "backups/");
    machine.stub("mongodump", "echo half; echo 'no reachable servers for hushMONGOADMINPASSWORD' >&2; exit 1");
    const { code, log } = await machine.job("backup", "daily");
    assert.equal(code, 1);
    assert.match(log, /database.gz: no reachable servers for \*\*\*/);
    assert.match(machine.read("/var/lib/openvidu-node/status.d/backup"), /^backup=failed at .*no reachable servers/);
    assert.deepEqual([index(), objects(store, "backups/")], [[good], stored]);
    const cut = name(2020, 1);
    machine.write("/store/backups/index.json", JSON.stringify([good, { ...good, id: cut, complete: false }]));
    machine.write(`/store/backups/${cut}/database.gz.0`, "half");
    machine.write(`/store/backups/${cut}/installation.tar.gz.0`, "half");
    machine.stub("mongodump", "gzip -c </dev/null");
    await backUp(machine, "daily");
    assert.deepEqual(objects(store, `backups/${cut}`), []);
    assert.equal(index().length, 2);
  });

  describe("on the disk of an only master", () => {
    const folder = "/var/lib/openvidu-node/store";
    const large = 60_000;
    let machine: Machine;
    const stored = () => objects(machine.path(folder), "backups/");
    const status = () => machine.read("/var/lib/openvidu-node/status.d/backup");
    const freeMib = (mib: number) => machine.stub("df", `printf 'x\\nx 100000 1 ${mib} 1%% /\\n'`);
    /** Puts code of Python in front of the machine's programs. */
    const patch = (code: string) => {
      machine.write("/patches/sitecustomize.py", code);
      machine.environment["PYTHONPATH"] = machine.path("/patches");
    };

    beforeEach(() => {
      machine = onlyMaster("3.8.0");
      machines.push(machine);
      machine.environment["OPENVIDU_NODE_PART"] = "100000";
      machine.stub("mongodump", `head -c ${large} /dev/urandom`);
    });

    it("are refused before anything is written when the disk has no room for them", async () => {
      freeMib(1023);
      const { code, log } = await machine.job("backup");
      assert.equal(code, 1, log);
      assert.match(
        log,
        /less than 1024 MiB are free for backups below \/var\/lib\/openvidu-node\/store\/; nothing has been written/,
      );
      assert.match(status(), /^backup=failed at .*less than 1024 MiB are free/);
      assert.deepEqual([stored(), machine.calls("mongodump")], [[], []]);
      freeMib(1024);
      assert.equal((await machine.job("backup")).code, 0);
    });

    it("have to fit beside the largest of those that there are", async () => {
      const [entry, rest] = [
        { id: name(2020, 1), slot: "1", label: "x", holds: [] },
        { complete: true, size: 3 * 2 ** 30 },
      ];
      machine.write(`${folder}/backups/index.json`, JSON.stringify([{ ...entry, ...rest }]));
      freeMib(4095);
      assert.match((await machine.job("backup")).log, /less than 4096 MiB are free/);
      freeMib(4096);
      assert.equal((await machine.job("backup")).code, 0);
    });

    it("leave nothing of themselves when the disk is full before they end", async () => {
      await machine.job("backup", "good");
      const before = stored();
      patch(`
import errno, os
fsync = os.fsync
def full(handle):
    if os.fstat(handle).st_size >= ${large}:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return fsync(handle)
os.fsync = full
`);
      const { code, log } = await machine.job("backup", "next");
      assert.equal(code, 1, log);
      assert.match(status(), /^backup=failed at .*No space left on device/);
      assert.deepEqual(stored(), before);
    });

    it("leave nothing of a run that was killed in the middle of a part, after the next one", async () => {
      patch(`
import os, signal
fsync = os.fsync
def killed(handle):
    if os.fstat(handle).st_size >= ${large}:
        os.kill(os.getpid(), signal.SIGKILL)
    return fsync(handle)
os.fsync = killed
`);
      assert.notEqual((await machine.job("backup", "first")).code, 0);
      assert.ok(stored().length > 2, "the killed run was at it");
      delete machine.environment["PYTHONPATH"];
      assert.equal((await machine.job("backup", "second")).code, 0);
      const [entry, ...others] = JSON.parse(machine.read(`${folder}/backups/index.json`)) as Entry[];
      assert.deepEqual(others, []);
      const expected = ["database.gz.0", "installation.tar.gz.0", "manifest.json"];
      assert.deepEqual(stored(), [...expected.map((file) => `backups/${entry?.id}/${file}`), "backups/index.json"]);
    });
  });

  it("survive being killed at any call of the restore and end the same way when it is run again", async function () {
    this.timeout(600000);
    const machine = open();
    machine.environment["OPENVIDU_NODE_PART"] = "100000";
    const before = filesOf(machine);
    const id = await backUp(machine);
    const aside = `/opt/openvidu/.openvidu-node/work/before-${id}/.env`;
    machine.record("mv", "cp", "sync");
    for (let call = 1; ; call++) {
      machine.write("/calls", "");
      ruin(machine);
      const ended = await killAt(machine, call, "restore", id, "--config-only", "--yes");
      if (ended) {
        assert.equal(ended.code, 0, ended.log);
        assert.ok(call > 12, `${call} calls`);
        break;
      }
      const { code, log } = await machine.job("restore", id, "--config-only", "--yes");
      assert.equal(code, 0, `killed at call ${call}: ${log}`);
      assert.deepEqual(filesOf(machine), before, `killed at call ${call}`);
      assert.ok(machine.has("/runs") && !machine.has("/var/lib/openvidu-node/hold"));
      // A restore that had come as far as the start has nothing left of the old state to find when it is run again.
      const starts = machine.calls("systemctl").filter((it) => it === "systemctl start openvidu");
      if (starts.length < 2) assert.equal(machine.read(aside), "ruined\n", `killed at call ${call}`);
    }
  });
});
