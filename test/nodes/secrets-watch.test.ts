/**
 * No secret is ever to be seen by others: while boot, refresh and drain run, a watcher reads the arguments and the
 * environment of every process that they start, and afterwards all logs, status files and files that others may read.
 * Every secret of the harness has the word "hush" in it. The one exception is the vendor's installer, which takes its
 * credentials in no other way than as arguments (nodes/lib/installer.py).
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWorld } from "./cloud-world";
import { bundleOf, interpreter, type Machine, needsScripts, type NodeKind, type Run } from "./machine";

/** Looks at all processes of a session until it has ended; prints what it found and how much it has looked at. */
const watcher = `
import json, os, sys, time
session, word, found, processes, looks = int(sys.argv[1]), b"hush", set(), set(), 0
print("ready", flush=True)
while os.path.exists("/proc/%d" % session):
    looks += 1
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as file:
                if int(file.read().rsplit(") ", 1)[1].split()[3]) != session:
                    continue
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                command = file.read()
            with open("/proc/%s/environ" % pid, "rb") as file:
                environment = file.read()
        except (OSError, IndexError):
            continue
        processes.add(pid)
        words = command.decode(errors="replace").split("\\0")
        if word in command:
            found.add(("arguments", words[0], words[1] if len(words) > 1 else ""))
        if word in environment:
            found.add(("environment", words[0], words[1] if len(words) > 1 else ""))
    time.sleep(0.002)
print(json.dumps({"found": sorted(found), "processes": len(processes), "looks": looks}))
`;

interface Watched {
  readonly found: readonly (readonly [string, string, string])[];
  readonly processes: number;
  readonly looks: number;
}

async function watch({ process: child, ended }: ReturnType<Machine["start"]>): Promise<Run & Watched> {
  const watching = spawn(interpreter(), ["-c", watcher, String(child.pid)], { stdio: ["ignore", "pipe", "inherit"] });
  // The program waits until it is watched.
  process.kill(-child.pid!, "SIGSTOP");
  let text = "";
  watching.stdout.on("data", (data) => {
    if (text === "") process.kill(-child.pid!, "SIGCONT");
    text += String(data);
  });
  const closed = new Promise((resolve) => watching.on("close", resolve));
  const run = await ended;
  await closed;
  return { ...run, ...(JSON.parse(text.slice("ready".length)) as Watched) };
}

/** Files that others than root may read and that hold a secret, but for those of the harness itself. */
function openSecrets(machine: Machine): string[] {
  const visit = (path: string): string[] => {
    const full = machine.path(path);
    const entry = lstatSync(full);
    if (entry.isDirectory()) return readdirSync(full).flatMap((name) => visit(join(path, name)));
    const open = entry.isFile() && (entry.mode & 0o077) !== 0;
    return open && readFileSync(full, "latin1").includes("hush") ? [path] : [];
  };
  const own = ["calls", "stubs", "environments", "store"];
  return readdirSync(machine.root)
    .filter((name) => !own.includes(name))
    .flatMap((name) => visit(`/${name}`));
}

const commands = ["mv", "cp", "rm", "mkdir", "touch", "chmod", "cat", "curl", "find", "timeout", "flock", "tr", "awk"];

describe("secrets on a node", function () {
  needsScripts(this);
  this.timeout(120000);
  if (process.platform !== "linux")
    this.beforeAll(function () {
      console.warn("    skipped: no /proc here");
      this.skip();
    });
  let world: CloudWorld;
  afterEach(() => world.close());

  const prepare = async (kind: NodeKind) => {
    world = await CloudWorld.open(kind);
    const machine = world.machine();
    machine.record(...commands);
    machine.write("/environments", "");
    machine.write("/hook", 'env >>"$OPENVIDU_NODE_ROOT/environments"\n');
    machine.environment["STUB_HOOK"] = machine.path("/hook");
    return machine;
  };

  /** What nobody may have seen of a run; `loud` are the words of the watcher's findings that are allowed. */
  function assertQuiet(machine: Machine, what: string, { log, found, looks }: Run & Watched): void {
    const others = found.filter(
      ([where, program, script]) => !(where === "arguments" && program === "sh" && script.endsWith("/installer.sh")),
    );
    assert.deepEqual(others, [], what);
    assert.ok(looks > 5, `${looks} looks`);
    assert.doesNotMatch(log, /hush/, what);
    assert.doesNotMatch(machine.read("/environments"), /hush/, what);
    const calls = machine.read("/calls").split("\n");
    assert.deepEqual(
      calls.filter((call) => call.includes("hush") && !call.startsWith("installer ")),
      [],
      what,
    );
    assert.deepEqual(openSecrets(machine), [], what);
    assert.doesNotMatch(machine.read("/dev/console"), /hush/, what);
  }

  for (const kind of (["aws", "azure"] as const).flatMap((cloud) =>
    (["master", "media"] as const).map((role) => ({ cloud, role })),
  )) {
    it(`are seen by nobody while a ${kind.role} node on ${kind.cloud} boots, refreshes${kind.role === "media" ? " and drains" : ""}`, async () => {
      const machine = await prepare(kind);
      const boot = await watch(machine.start("boot"));
      assert.equal(boot.code, 0, boot.log);
      assertQuiet(machine, "boot", boot);
      assert.ok(machine.calls("installer")[0]!.includes("hush"), "the exception is one");

      world.bundle = JSON.stringify({ ...bundleOf(kind.cloud, kind.role), REDIS_PASSWORD: "hushCHANGED" });
      const refresh = await watch(machine.start("refresh", "boot"));
      assert.equal(refresh.code, 0, refresh.log);
      assert.match(machine.read("/var/lib/openvidu-node/private/bundle.json"), /hushCHANGED/);
      assertQuiet(machine, "refresh", refresh);

      if (kind.role !== "media") return;
      world.actions.waiting.set("i-0123456789abcdef0", "acme-terminate");
      world.azure.events.push({ EventId: "own", EventType: "Terminate", Resources: ["media-000001"] });
      machine.write("/containers/caddy", "");
      machine.write("/run/openvidu-node/drain-requested", "");
      const drain = await watch(machine.start("drain"));
      assert.equal(drain.code, 0, drain.log);
      assertQuiet(machine, "drain", drain);
    });
  }

  it("would be seen: the watcher finds one in an argument, in an environment, in a log and in an open file", async () => {
    const machine = await prepare({ cloud: "aws", role: "media" });
    const leak = `bash -c 'sleep 0.2; true' - hushArgument
A=hushEnvironment bash -c 'sleep 0.2; true' quiet
mkdir -p "$OPENVIDU_NODE_ROOT/var"
echo hush >"$OPENVIDU_NODE_ROOT/var/open"
A=hushEnvironment cat /dev/null hushArgument
echo hush`;
    machine.write("/usr/local/lib/openvidu-node/leak.sh", leak.replaceAll("sleep", "/bin/sleep"), 0o600);
    const run = await watch(machine.start("leak"));
    assert.deepEqual(
      new Set(run.found.filter(([, program]) => program === "bash").map(([where]) => where)),
      new Set(["arguments", "environment"]),
    );
    assert.match(run.log, /hush/);
    assert.match(machine.read("/environments"), /hush/);
    assert.match(machine.read("/calls"), /^cat .*hush/m);
    assert.deepEqual(openSecrets(machine), ["/var/open"]);
  });
});
