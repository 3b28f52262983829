/**
 * Programs are killed, with everything that they have started, at one outside call after the other (a request, a command
 * of the system, a change of a file) and run again: the end is always the same as that of a run that nobody disturbed.
 */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CloudWorld } from "./cloud-world";
import { killSession } from "./day2";
import { bundleOf, type Machine, needsScripts, type NodeKind, type Run } from "./machine";

/** Commands that change something, besides those that are stand-ins anyway. */
const changing = ["mv", "cp", "rm", "mkdir", "touch", "chmod", "ln", "sync", "cat", "curl", "find"];

/**
 * Run by every command before it does anything: counts it, and from the given one on waits to be killed. Commands that
 * only look count as well; what a shell asks itself a varying number of times does not.
 */
const hook = `
case "\${0##*/} \${1:-}" in "docker ps" | "sleep "* | "date "*) ;; *)
  printf x >>"$OPENVIDU_NODE_ROOT/counted"
  if (($(stat -c %s "$OPENVIDU_NODE_ROOT/counted") >= \${KILL_AT:-1000000})); then
    : >"$OPENVIDU_NODE_ROOT/kill-now"
    exec /bin/sleep 60
  fi ;;
esac
`;

/** What differs between any two runs, or is what a killed program leaves in a place where nothing reads it. */
const passing = [
  /^\/(calls|counted|kill-now|stubs|store|tmp|proc|run|dev|containers|kind)(\/|$)/,
  /^\/opt\/openvidu\.(unfinished|replaced)-\d+(\/|$)/,
  /^\/var\/lib\/openvidu-node\/(drain|drain-completed)$/,
  /\/tmp[a-z0-9_]{8}$/,
  /\.[A-Za-z0-9]{6}$/,
  /\/__pycache__(\/|$)/,
];

/** Without what the harness chooses anew for each machine. */
function plain(text: string, machine: Machine): string {
  return text.replaceAll(machine.root, "").replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:0");
}

/** Names of files that are not the same. */
function differing(one: Record<string, string>, other: Record<string, string>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((path) => one[path] !== other[path]);
}

/** Every file of a machine with its mode and content, and what was left behind on the way. */
function stateOf(machine: Machine): { files: Record<string, string>; leftovers: string[] } {
  const files: Record<string, string> = {};
  const leftovers: string[] = [];
  const visit = (path: string) => {
    const full = machine.path(path);
    const entry = lstatSync(full);
    if (passing.some((pattern) => pattern.test(path))) return void leftovers.push(path);
    if (entry.isSymbolicLink()) files[path] = `-> ${readlinkSync(full)}`.replace(machine.root, "");
    else if (entry.isDirectory()) for (const name of readdirSync(full)) visit(join(path, name));
    else files[path] = `${(entry.mode & 0o777).toString(8)} ${plain(readFileSync(full, "latin1"), machine)}`;
  };
  for (const name of readdirSync(machine.root)) visit(`/${name}`);
  const status = "/var/lib/openvidu-node/status";
  if (files[status]) files[status] = files[status].replace(/^since=.*$/m, "");
  return { files, leftovers };
}

interface Plan {
  readonly kind: NodeKind;
  readonly prepare?: (machine: Machine, world: CloudWorld) => void;
  readonly run: (machine: Machine) => ReturnType<Machine["start"]>;
  /** Ends that are right although the second run reports a failure. */
  readonly accepts?: (run: Run, world: CloudWorld) => boolean;
  /** What must have happened exactly once in both runs together. */
  readonly once: (machine: Machine, world: CloudWorld) => void;
}

interface Outcome extends ReturnType<typeof stateOf> {
  readonly calls: number;
  readonly log: string;
}

/** Runs the plan on a fresh machine, killed at a call if one is given, and then to its end. */
async function carryOut(plan: Plan, killAt?: number): Promise<Outcome> {
  const world = await CloudWorld.open(plan.kind);
  try {
    const machine = world.machine();
    machine.record(...changing);
    machine.write("/hook", hook);
    machine.environment["STUB_HOOK"] = machine.path("/hook");
    plan.prepare?.(machine, world);
    const counted = machine.path("/counted");
    machine.write("/counted", "");
    const count = () => statSync(counted).size;
    let log = "";
    if (killAt !== undefined) {
      machine.environment["KILL_AT"] = String(killAt);
      for (const service of world.all)
        service.fault = () => {
          appendFileSync(counted, "x");
          if (count() < killAt) return undefined;
          machine.write("/kill-now", "");
          return "hang";
        };
      log += (await killed(machine, plan.run(machine))).log;
      delete machine.environment["KILL_AT"];
    }
    for (const service of world.all) service.fault = () => void appendFileSync(counted, "x");
    machine.write("/counted", "");
    const second = await plan.run(machine).ended;
    log += `--- again ---\n${second.log}`;
    if (!plan.accepts?.(second, world)) assert.equal(second.code, 0, `killed at call ${killAt}:\n${log}`);
    plan.once(machine, world);
    noLooseSecrets(machine);
    return { ...stateOf(machine), calls: count(), log };
  } finally {
    await world.close();
  }
}

/** What a killed program leaves half-written is as closed as what it was to become. */
function noLooseSecrets(machine: Machine): void {
  const visit = (path: string) => {
    const entry = lstatSync(path);
    if (entry.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    else if (entry.isFile() && (entry.mode & 0o077) !== 0)
      assert.ok(!readFileSync(path, "latin1").includes("hush"), `${path} can be read by everybody`);
  };
  for (const name of ["etc", "opt", "var", "run", "mnt"]) if (machine.has(`/${name}`)) visit(machine.path(`/${name}`));
}

async function killed(machine: Machine, { process: child, ended }: ReturnType<Machine["start"]>): Promise<Run> {
  let over = false;
  void ended.then(() => (over = true));
  while (!over && !existsSync(machine.path("/kill-now"))) await pause(5);
  if (!over) await killSession(child.pid!);
  return ended;
}

/** The same numbers each time, spread over the whole. */
function sample(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: most }, (_, index) => 1 + Math.floor(((index + 0.5) * count) / most));
}

const installers = (machine: Machine) => machine.calls("installer").length;
const boot = (kind: NodeKind): Plan => ({
  kind,
  run: (machine) => machine.start("boot"),
  once: (machine, { actions }) => {
    assert.ok(installers(machine) >= 1 && installers(machine) <= 2, `${installers(machine)} runs of the installer`);
    const launches = kind.cloud === "aws" && kind.role === "media" ? 1 : 0;
    assert.equal(actions.completed.length, launches);
    assert.ok(actions.completed.every(({ result }) => result === "CONTINUE"));
  },
});

const plans: Record<string, Plan & { readonly most: number }> = {
  "the first boot of a media node on AWS": { ...boot({ cloud: "aws", role: "media" }), most: 8 },
  "the first boot of a master on AWS": { ...boot({ cloud: "aws", role: "master" }), most: 14 },
  "the first boot of a master on Azure": { ...boot({ cloud: "azure", role: "master" }), most: 4 },
  "a refresh": {
    kind: { cloud: "aws", role: "media" },
    most: 6,
    prepare: (machine) => {
      const old = { ...bundleOf("aws", "media"), REDIS_PASSWORD: "old" };
      machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(old), 0o600);
      machine.write("/opt/openvidu/.openvidu-node/installed", "3.8.0\n");
      machine.write("/opt/openvidu/config/node/media_node.env", "REDIS_PASSWORD=old\n", 0o600);
    },
    run: (machine) => machine.start("refresh", "boot"),
    once: () => undefined,
  },
  "a drain": {
    kind: { cloud: "aws", role: "media" },
    most: 6,
    prepare: (machine, world) => {
      world.actions.waiting.set("i-0123456789abcdef0", "acme-terminate");
      world.ec2.targetState = "Terminated";
      machine.write("/containers/caddy", "");
    },
    run: (machine) => machine.start("drain"),
    // Killed between the group's yes and the mark of it: the group is asked again until it ends the machine.
    accepts: ({ log }, { actions }) => /did not take the news/.test(log) && actions.completed.length === 1,
    once: (_, { actions }) =>
      assert.deepEqual(
        actions.completed.map(({ hook: name }) => name),
        ["acme-terminate"],
      ),
  },
};

describe("killed at any outside call and run again", function () {
  needsScripts(this);
  // All calls take up to half an hour a plan: the variable names the first of them. Without it the same sample of them is
  // tried each time.
  const first = process.env["OPENVIDU_TEST_EVERY_KILL"];
  this.timeout(first === undefined ? 300_000 : 3_600_000);

  for (const [title, plan] of Object.entries(plans)) {
    it(`${title} ends as if nothing had happened`, async function () {
      if (process.platform !== "linux") return this.skip();
      const whole = await carryOut(plan);
      assert.ok(whole.calls >= 8, `${whole.calls} calls`);
      const points = sample(whole.calls, first === undefined ? plan.most : Infinity).filter(
        (point) => point >= Number(first ?? 1),
      );
      for (let next = 0; next < points.length; next += 2)
        await Promise.all(
          points.slice(next, next + 2).map(async (point) => {
            const outcome = await carryOut(plan, point);
            const details = differing(outcome.files, whole.files).map(
              (path) => `${path}: ${outcome.files[path] ?? "missing"} instead of ${whole.files[path] ?? "nothing"}`,
            );
            assert.deepEqual(details, [], `killed at call ${point}:\n${outcome.log}`);
          }),
        );
    });
  }
});
