/**
 * Runs group-simulation.py: days of an Auto Scaling group with the numbers that the product has, so that a wrong one
 * fails here. A failed run names its seed; GROUP_SEED=<seed> tells that run step by step.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { longestDrainSeconds } from "../../components/scaling-media-pool";
import { longestRollSeconds, rollSeconds } from "../../providers/aws/rolls";
import { settingsOf } from "../contract/examples";
import { exampleGraph } from "../support/graphs";
import { inputsOf, ofType, onlyOne } from "../support/graph-queries";
import { needsScripts } from "./machine";

const stack = "aws-ha";

interface Results {
  readonly runs: number;
  readonly failures: readonly { readonly seed: number; readonly promise: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly caught: Readonly<Record<string, { readonly runs: number; readonly promise: string } | null>>;
}

/** Numbers in a program of the nodes; every one of them has to be there, as often as the pattern has groups. */
function numbersIn(file: string, pattern: RegExp): number[] {
  const found = pattern.exec(readFileSync(join(__dirname, "../../nodes", file), "utf8"));
  assert.ok(found, `${file} has no ${pattern.source}`);
  return found.slice(1).map(Number);
}

/** What the drain program, the units and the hooks of a deployment say about time, in seconds. */
async function productNumbers() {
  const graph = await exampleGraph(stack);
  const hooks = ofType(graph, "aws:autoscaling/lifecycleHook:LifecycleHook").map(inputsOf);
  const heartbeatOf = (transition: string): number =>
    hooks.find(({ lifecycleTransition }) => lifecycleTransition === transition)?.heartbeatTimeout;
  const { preferences } = inputsOf(onlyOne(graph, "aws:autoscaling/group:Group")).instanceRefresh;
  const { bootTimeoutSeconds } = settingsOf(stack).media;
  const [part, of] = numbersIn("jobs/boot.sh", /^limit=\$\(\(BOOT_TIMEOUT_SECONDS \* (\d+) \/ (\d+)\)\)$/m);
  const [killAfter] = numbersIn("jobs/boot.sh", /timeout --kill-after=(\d+) "\$limit"/);
  const completion = /^cloud_drain_done\(\) \{\n\s+until_ok (\d+) (\d+) cloud complete "\$TERMINATE_HOOK" CONTINUE$/m;
  const [completeSeconds, completePause] = numbersIn("clouds/aws.sh", completion);
  const accepted = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((nodes) =>
    [3600, 86_400, longestDrainSeconds]
      .map((drain) => ({ nodes, drain, seconds: rollSeconds(nodes, bootTimeoutSeconds, drain) }))
      .filter(({ seconds }) => seconds < longestRollSeconds),
  );
  return {
    beat: numbersIn("jobs/drain.sh", /^BEAT=(\d+)$/m)[0]!,
    beatAgain: numbersIn("jobs/drain.sh", /^ +next_beat=\$\(\(EPOCHSECONDS \+ (\d+)\)\)$/m)[0]!,
    poll: numbersIn("jobs/drain.sh", /DRAIN_POLL_SECONDS:-(\d+)/)[0]!,
    restartSeconds: numbersIn("units/openvidu-drain.service", /^RestartSec=(\d+)$/m)[0]!,
    completeSeconds,
    completePause,
    terminateHeartbeat: heartbeatOf("autoscaling:EC2_INSTANCE_TERMINATING"),
    launchHeartbeat: heartbeatOf("autoscaling:EC2_INSTANCE_LAUNCHING"),
    bootLimit: (bootTimeoutSeconds * part!) / of! + killAfter!,
    warmup: Number(preferences.instanceWarmup),
    minHealthy: Number(preferences.minHealthyPercentage),
    maxHealthy: Number(preferences.maxHealthyPercentage),
    rolls: accepted,
  };
}

describe("a group of media nodes on AWS, simulated", function () {
  needsScripts(this);
  this.timeout(600_000);
  let results: Results;
  before(async () => {
    const run = promisify(execFile)("python3", [join(__dirname, "group-simulation.py"), "1000"]);
    run.child.stdin?.end(JSON.stringify(await productNumbers()));
    const { stdout, stderr } = await run;
    results = JSON.parse(stdout) as Results;
    console.log(`      ${stderr.trim()}`);
  });

  it("keeps every promise in a thousand days", () => {
    assert.equal(results.runs, 1000);
    assert.deepEqual(results.failures, []);
  });

  it("has seen all that can happen", () => {
    const rare = { kills: 500, reboots: 500, refusals: 500, silences: 500, "failed boots": 300, rolls: 500 };
    const common = { sessions: 20_000, terminations: 3000, heartbeats: 10_000, "cut at the deadline": 300 };
    for (const [what, least] of Object.entries({ ...rare, ...common }))
      assert.ok((results.counts[what] ?? 0) >= least, `${what}: ${results.counts[what] ?? 0}`);
    assert.equal(results.counts["completed"], results.counts["terminations"], "each node completes its hook once");
  });

  /** The promise that a wrong number or program is caught by. */
  const broken: Readonly<Record<string, RegExp>> = {
    "beats later than the hook ends": /cut before its deadline: its hook ran out/,
    "leaves no room for a failed heartbeat": /cut before its deadline: its hook ran out/,
    "tries a refused heartbeat again only at the next one": /cut before its deadline: its hook ran out/,
    "has a hook shorter than an outage": /cut before its deadline: its hook ran out/,
    "lets drains last longer than any hook": /cut before its deadline: its hook ran out/,
    "completes although sessions run": /cut before its deadline: it said that it was drained/,
    "forgets when it was told to leave": /was empty for/,
    "gives up completing": /was empty for/,
    "ends old nodes before new ones serve": /is the minimum/,
    "reports a failed boot too late": /the launch hook of .* ran out/,
  };

  for (const [variant, promise] of Object.entries(broken)) {
    it(`catches a node or group that ${variant}`, () => assert.match(results.caught[variant]?.promise ?? "", promise));
  }

  it("knows no other variants", () => assert.deepEqual(Object.keys(results.caught), Object.keys(broken)));
});
