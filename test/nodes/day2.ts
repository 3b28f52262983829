/**
 * What the tests of backup, restore and upgrade share: a master with an installation and a database, and a way to cut a
 * program short at any of its calls.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bundleOf, fileStore, Machine, type Run, specOf } from "./machine";

const library = "/usr/local/lib/openvidu-node";
const fakeCloud = `
import sys
${fileStore}
if __name__ == "__main__":
    print("10.0.0.4" if sys.argv[1] in ("metadata", "instance") else "")
`;

/** Both tools take the password where the real ones would, and go to the machine's database file. */
const mongoTool = (action: string): string => `
password=""
for word in "$@"; do [[ "$word" != --config=* ]] || password="$(cat "\${word#*=}")"; done
if [[ "$password" != 'password: "hushMONGOADMINPASSWORD"' ]]; then echo "wrong password: $password" >&2; exit 1; fi
${action}`;

/** Docker that runs in a container what is asked for on the machine itself; Redis is one, by its name in the edition. */
const dockerOf = (redis: string): string => `
case "$1" in
  exec) shift 3; exec "$@" ;;
  inspect) [[ "\${*: -1}" == ${redis} ]] && echo 77 ;;
  --version) echo "Docker version 29.5.3, build x" ;;
esac`;

/** Starts nothing while the unit's condition does not hold. */
const systemctl = `
case "$1 $2" in
  "start openvidu") if [[ ! -e "$OPENVIDU_NODE_ROOT/var/lib/openvidu-node/hold" ]]; then touch "$OPENVIDU_NODE_ROOT/runs"; fi ;;
  "stop openvidu") rm -f "$OPENVIDU_NODE_ROOT/runs" ;;
  "restart openvidu") touch "$OPENVIDU_NODE_ROOT/runs" ;;
  "is-active openvidu") if [[ -e "$OPENVIDU_NODE_ROOT/runs" ]]; then echo active; else echo inactive; exit 3; fi ;;
esac`;

/** The container of Redis, as the vendor's pages list it: with Sentinel, and alone. */
const redisNames = { ha: "redis-server", elastic: "redis" } as const;

/** A master of OpenVidu `version` that serves, with its own objects in `store` and a database of one line. */
export function master(
  slot: number,
  version: string,
  store: string,
  settings: Record<string, string> = {},
  edition: keyof typeof redisNames = "ha",
): Machine {
  const spec = specOf("azure", "master", { SLOT: String(slot), ...settings }, { edition });
  const machine = new Machine(spec).receivePrograms();
  machine.write(`${library}/cloud.py`, fakeCloud);
  mkdirSync(store, { recursive: true });
  symlinkSync(store, machine.path("/store"));
  Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PART: "100" });
  return furnish(machine, version, edition);
}

/**
 * The only master of Elastic on a machine of the customer's own, which serves, with the real adapter: its store is a
 * folder on it.
 */
export function onlyMaster(version: string, settings: Record<string, string> = {}): Machine {
  const machine = new Machine(specOf("onprem", "master", settings, { edition: "elastic" }));
  Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PART: "100" });
  return furnish(machine, version, "elastic");
}

/** Gives a machine an OpenVidu that serves, with a database of one line, and the commands that its jobs call. */
export function furnish(machine: Machine, version: string, edition: keyof typeof redisNames = "ha"): Machine {
  install(machine, version);
  machine.stub("docker", dockerOf(redisNames[edition]));
  machine.stub("docker-compose", 'echo "Docker Compose version v5.1.4"');
  machine.stub("systemctl", systemctl);
  machine.stub("mongodump", mongoTool('gzip -c "$OPENVIDU_NODE_ROOT/database"'));
  machine.stub(
    "mongorestore",
    mongoTool(`if [[ "$*" != *--host="$(cat "$OPENVIDU_NODE_ROOT/primary")"* ]]; then
  echo "Failed: (NotWritablePrimary) not primary" >&2; exit 1
fi
gzip -dc >"$OPENVIDU_NODE_ROOT/database.new" && mv "$OPENVIDU_NODE_ROOT/database.new" "$OPENVIDU_NODE_ROOT/database"`),
  );
  machine.stub("df", 'printf "Filesystem 1048576-blocks Used Available\\nx 100000 1 99999 1%% /\\n"');
  return machine;
}

function install(machine: Machine, version: string): void {
  machine.write("/primary", "10.0.0.4");
  machine.write("/database", "rooms of master\n");
  machine.write("/runs", "");
  for (const [path, text] of Object.entries({
    "deployment-info.yaml": `version: "${version}"\nenvironment: "azure"\n`,
    "docker-compose.yml": `image: openvidu:${version}\n`,
    ".env": `VERSION=${version}\n`,
    "config/cluster/openvidu.env": "MONGO_ADMIN_PASSWORD=hushMONGOADMINPASSWORD\n",
    "config/node/master_node.env": "MASTER_NODE_1_PRIVATE_IP=10.0.0.4\n",
    "owncert/private.key": "hush key\n",
    "data/mongo/journal": "not of a backup\n",
    ".openvidu-node/installed": `${version}\n`,
    ".openvidu-node/etc/systemd/system/openvidu.service": `unit of ${version}\n`,
  }))
    machine.write(`/opt/openvidu/${path}`, text);
  machine.write("/etc/systemd/system/openvidu.service", `unit of ${version}\n`);
  machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(bundleOf("azure", "master")), 0o600);
  machine.write("/var/lib/something", "");
}

/** Every file of an installation with its content, but for what our own programs keep for themselves. */
export function filesOf(machine: Machine): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (directory: string): void => {
    for (const name of readdirSync(join(machine.path("/opt/openvidu"), directory))) {
      const path = join(directory, name);
      if (path === ".openvidu-node/work") continue;
      const place = join(machine.path("/opt/openvidu"), path);
      if (statSync(place).isDirectory()) walk(path);
      else found[path] = readFileSync(place, "utf8");
    }
  };
  walk("");
  return found;
}

/** Names of the store's objects below `prefix`. */
export function objects(store: string, prefix: string): string[] {
  return (readdirSync(store, { recursive: true }) as string[])
    .filter((path) => path.startsWith(prefix) && statSync(join(store, path)).isFile())
    .sort();
}

/** Processes of a session, whatever their process groups. */
function membersOf(session: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "-s", String(session)], { encoding: "utf8" });
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** Ends everything that a program has started, and returns when nothing of it is left to hold a lock. */
export async function killSession(session: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const alive = membersOf(session);
    if (alive.length === 0) return;
    for (const pid of alive) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await pause(10);
  }
  throw new Error(`processes of ${session} do not end`);
}

/**
 * Runs a job and kills it, with all that it started, at its nth call of a recorded command. Returns undefined if it was
 * killed, and what the job did if it ended before.
 */
export async function killAt(machine: Machine, call: number, job: string, ...args: string[]): Promise<Run | undefined> {
  machine.write("/counted", "");
  machine.write(
    "/hook",
    `echo x >>"${machine.path("/counted")}"
if (($(wc -l <"${machine.path("/counted")}") >= ${call})); then
  # shellcheck disable=SC2046
  kill -9 $(ps -o pid= -s "$(ps -o sid= -p $$ | tr -d ' ')")
fi
`,
  );
  machine.environment["STUB_HOOK"] = machine.path("/hook");
  const { process: child, ended } = machine.start(job, ...args);
  const run = await ended;
  // What was just being started has escaped the first blow, and can outlive the job's output.
  if (run.code === null) await killSession(child.pid!);
  delete machine.environment["STUB_HOOK"];
  rmSync(machine.path("/hook"));
  return run.code === null ? undefined : run;
}
