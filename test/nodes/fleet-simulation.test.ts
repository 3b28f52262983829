/**
 * Runs fleet-simulation.py: a thousand days of an Azure media fleet under the real `decide`, and broken variants of it,
 * which show that the simulation can fail. A failed run names its seed; FLEET_SEED=<seed> tells that run step by step.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { needsScripts } from "./machine";

interface Results {
  readonly runs: number;
  readonly failures: readonly { readonly seed: number; readonly promise: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly caught: Readonly<Record<string, { readonly runs: number; readonly promise: string } | null>>;
}

describe("a fleet of media nodes on Azure, simulated", function () {
  needsScripts(this);
  this.timeout(600_000);
  let results: Results;
  before(async () => {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FLEET_")));
    const run = promisify(execFile)("python3", [join(__dirname, "fleet-simulation.py"), "1000"], { env: environment });
    const { stdout, stderr } = await run;
    results = JSON.parse(stdout) as Results;
    console.log(`      ${stderr.trim()}`);
  });

  it("keeps every promise in a thousand days", () => {
    assert.equal(results.runs, 1000);
    assert.deepEqual(results.failures, []);
  });

  it("has seen all that can happen", () => {
    const rare = {
      crashes: 500,
      "controller crashes": 500,
      stalls: 500,
      "refused writes": 500,
      "cut at the deadline": 50,
    };
    const common = { sessions: 50_000, drains: 1000, deleted: 1000, grown: 500 };
    for (const [what, least] of Object.entries({ ...rare, ...common }))
      assert.ok((results.counts[what] ?? 0) >= least, `${what}: ${results.counts[what] ?? 0}`);
  });

  /** The promise that a broken variant is caught by. */
  const broken: Readonly<Record<string, RegExp>> = {
    "ignores the minimum": /nodes serve, \d+ is the minimum/,
    "drains one more than allowed": /drains at once/,
    "deletes a machine that runs but is silent": /are cut before its deadline|is deleted although/,
    "picks the fullest": /is emptier/,
    "deletes long before the deadline": /are cut before its deadline/,
    "forgets what it asked for": /drains at once|is the minimum|asked twice/,
    "never replaces an old template": /old templates/,
    "leaves autoscale's minimum raised": /not converged/,
    "writes state without the lease": /drains at once|is the minimum|asked twice/,
    "lowers autoscale's maximum below the machines there are": /autoscale chooses a victim/,
  };

  for (const [variant, promise] of Object.entries(broken)) {
    it(`catches a controller that ${variant}`, () => assert.match(results.caught[variant]?.promise ?? "", promise));
  }

  it("knows no other variants", () => assert.deepEqual(Object.keys(results.caught), Object.keys(broken)));
});
