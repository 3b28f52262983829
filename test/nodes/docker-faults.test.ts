/**
 * Docker fails or hangs: each program that asks it ends with a reason within its time, or does its work all the same. What
 * was good before is the same, and the program does its work once Docker answers.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWorld } from "./cloud-world";
import { master } from "./day2";
import { bundleOf, type Machine, needsScripts, type Run } from "./machine";

/** What Docker does but for telling its version, which it knows by itself. */
const faults = {
  fails: 'echo "Cannot connect to the Docker daemon" >&2; exit 1',
  hangs: "exec /bin/sleep 300",
  "hangs and does not end when it is told to": "trap '' TERM; while :; do /bin/sleep 1; done",
};
const version = '[[ "$1" != --version ]] || { echo "Docker version 29.5.3, build x"; exit; }';

/** Limits of half a minute end after a second, and those of an hour after some more. */
const hurry = `
options=()
while [[ "$1" == --kill-after=* ]]; do options+=(--kill-after=1); shift; done
limit=$(($1 <= 60 ? 1 : 12))
shift
exec /usr/bin/timeout "\${options[@]}" "$limit" "$@"`;

interface Row {
  readonly open: () => Promise<{ readonly machine: Machine; readonly close: () => Promise<void> }>;
  readonly run: (machine: Machine) => Promise<Run>;
  /** What a person reads where the program does not go on without Docker. */
  readonly reason?: RegExp;
  readonly shown?: (machine: Machine) => string;
  readonly keeps?: readonly string[];
  readonly done: (machine: Machine) => void;
}

const config = "/opt/openvidu/config/cluster/openvidu.env";
const bundlePath = "/var/lib/openvidu-node/private/bundle.json";
const statusOf = (name: string) => (machine: Machine) => machine.read(`/var/lib/openvidu-node/status.d/${name}`);

/** A master that serves, with the cluster's own objects in files. */
const serving = (prepare: (machine: Machine) => Promise<void> = () => Promise.resolve()): Row["open"] => {
  return async () => {
    const store = mkdtempSync(join(tmpdir(), "openvidu-store-"));
    const machine = master(1, "3.7.0", store, {
      MASTER_IPS: "10.0.0.4",
      HEALTH_URL: "http://127.0.0.1/health",
    });
    machine.stub("curl", "echo 200");
    await prepare(machine);
    return {
      machine,
      close: () => {
        machine.remove();
        rmSync(store, { recursive: true, force: true });
        return Promise.resolve();
      },
    };
  };
};

/** A media node whose sessions have been told to end, and which may take two seconds for it. */
const leaving: Row["open"] = async () => {
  const world = await CloudWorld.open({ cloud: "aws", role: "media" });
  const machine = world.machine({ DRAIN_TIMEOUT_SECONDS: "2" });
  world.actions.waiting.set("i-0123456789abcdef0", "acme-terminate");
  machine.write("/run/openvidu-node/drain-requested", "");
  machine.write("/containers/openvidu", "");
  return { machine, close: () => world.close() };
};

const fresh: Row["open"] = async () => {
  const world = await CloudWorld.open({ cloud: "aws", role: "media" });
  return { machine: world.machine(), close: () => world.close() };
};

const ok = async (machine: Machine, job: string, ...args: string[]) => {
  const { code, log } = await machine.job(job, ...args);
  assert.equal(code, 0, log);
};
const upgradeTo = (machine: Machine) => {
  const hop = {
    from: "3.7.0",
    to: "3.8.0",
    url: "http://127.0.0.1/",
    sha256: "0",
    docker: "29.5.3",
    dockerCompose: "v5.1.4",
  };
  const hops = { chain: ["3.7.0", "3.8.0"], hops: [hop] };
  const bundle = { ...bundleOf("azure", "master"), OPENVIDU_VERSION: "3.8.0", UPGRADE_HOPS: JSON.stringify(hops) };
  machine.write(bundlePath, JSON.stringify(bundle), 0o600);
  machine.write("/proc/77/net/tcp", "  sl  local_address rem_address   st\n");
};

const rows: Record<string, Row> = {
  "the step of a boot that makes Docker ready": {
    open: fresh,
    run: (machine) => machine.job("docker"),
    reason: /^Docker does not answer within 60 s$/,
    done: () => undefined,
  },
  "the drain of a node": {
    open: leaving,
    run: (machine) => machine.job("drain"),
    done: (machine) => assert.ok(machine.has("/var/lib/openvidu-node/drain-completed")),
  },
  "a backup": {
    open: serving(),
    run: (machine) => machine.job("backup", "by hand"),
    reason: /^backup: database\.gz: (Cannot connect to the Docker daemon|took too long)$/,
    shown: statusOf("backup"),
    keeps: [config, "/database"],
    done: (machine) => {
      const index = JSON.parse(machine.read("/store/backups/index.json")) as { complete: boolean; holds: string[] }[];
      assert.deepEqual(
        index.map(({ complete, holds }) => `${complete} ${holds.join()}`),
        ["true database,installation"],
      );
      assert.match(machine.read("/store/locks/backup"), /"holder": ""/);
    },
  },
  "a restore of the database": {
    open: serving(async (machine) => {
      await ok(machine, "backup", "good");
      machine.write("/database", "newer\n");
    }),
    run: (machine) => {
      const [{ id }] = JSON.parse(machine.read("/store/backups/index.json")) as [{ id: string }];
      return machine.job("restore", id, "--database-only", "--yes");
    },
    reason: /^backup: (no master took the database: Cannot connect|the database was not restored: took too long)/,
    shown: statusOf("restore"),
    keeps: [config, "/database", "/runs"],
    done: (machine) => assert.equal(machine.read("/database"), "rooms of master\n"),
  },
  "the beginning of an upgrade": {
    open: serving((machine) => Promise.resolve(upgradeTo(machine))),
    run: (machine) => machine.job("upgrade", "begin"),
    reason: /^Redis does not run here, so media nodes cannot be seen; --media-is-gone says that there are none$/,
    keeps: [config, "/runs"],
    done: (machine) => assert.match(machine.read("/store/upgrade/request"), /"state": "running"/),
  },
  "the first phase of an upgrade": {
    open: serving(async (machine) => {
      upgradeTo(machine);
      await ok(machine, "upgrade", "begin");
    }),
    // The vendor's script cannot be fetched here, which is what fails next.
    run: async (machine) => {
      await machine.job("upgrade", "retry");
      const { code, log } = await machine.job("upgrade", "step");
      const passed = statusOf("upgrade")(machine).includes("does not have its SHA-256");
      return { code: code || (passed ? 0 : 1), log };
    },
    reason: /^ready: upgrade: Docker does not answer$/,
    shown: statusOf("upgrade"),
    keeps: [config, "/runs"],
    done: () => undefined,
  },
};

describe("when Docker", function () {
  needsScripts(this);
  this.timeout(120_000);

  for (const [title, row] of Object.entries(rows)) {
    it(`fails or hangs, ${title} ends in time, keeps what is good, and works once Docker answers`, () =>
      Promise.all(Object.entries(faults).map(([fault, body]) => meet(row, fault, body))));
  }

  async function meet(row: Row, fault: string, body: string): Promise<void> {
    const { machine, close } = await row.open();
    try {
      Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "1", OPENVIDU_NODE_PAUSE: "1" });
      machine.stub("timeout", hurry);
      const before = (row.keeps ?? []).map((path) => machine.read(path));
      const works = readFileSync(machine.path("/stubs/docker"));
      machine.stub("docker", `${version}\n${body}`);
      const started = Date.now();
      const run = await row.run(machine);
      const what = `Docker ${fault}: code ${run.code} after ${(Date.now() - started) / 1000} s\n${run.log}`;
      assert.ok(Date.now() - started < 45_000, what);
      assert.doesNotMatch(run.log + (row.reason && row.shown ? row.shown(machine) : ""), /hush|Traceback/, what);
      if (row.reason) {
        assert.notEqual(run.code, 0, what);
        const reason = [...run.log.matchAll(/outcome=failed why="(.*)"/g)].at(-1)?.[1] ?? "";
        assert.match(reason, row.reason, what);
        if (row.shown) assert.ok(row.shown(machine).includes(reason), row.shown(machine));
      } else {
        assert.equal(run.code, 0, what);
      }
      (row.keeps ?? []).forEach((path, index) => assert.equal(machine.read(path), before[index], what));
      machine.write("/stubs/docker", works, 0o755);
      const again = await row.run(machine);
      assert.equal(again.code, 0, `${what}\nthen\n${again.log}`);
      row.done(machine);
    } finally {
      await close();
    }
  }
});
