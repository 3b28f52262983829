import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Summary } from "../../rehearsal/report/summary";

const root = path.join(__dirname, "../..");

function start(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [path.join(root, "scripts/start.mjs"), ...args], {
    cwd: root,
    encoding: "utf8",
    env,
  });
}

describe("rehearsal: command line", function () {
  this.timeout(180_000);

  it("rehearses a stack, gives JSON alone on stdout, and draws it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "diagram-"));
    try {
      const { status, stdout, stderr } = start("azure-ha", "--json", "--diagram", folder);
      assert.equal(status, 0, stderr);
      const { schemaVersion, stacks } = JSON.parse(stdout) as { schemaVersion: number; stacks: Summary[] };
      assert.equal(schemaVersion, 1);
      assert.deepEqual(
        stacks.map(({ stack, ok, heading }) => [stack, ok, heading.cloud]),
        [["azure-ha", true, "azure"]],
      );
      assert.ok(stacks[0]!.reach.length > 10);
      assert.match(readFileSync(path.join(folder, "azure-ha.svg"), "utf8"), /^<svg .*<\/svg>\n$/s);
      assert.match(readFileSync(path.join(folder, "azure-ha.mmd"), "utf8"), /^flowchart TB$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names the stacks that there are when asked for another, and leaves with 1", () => {
    const { status, stdout, stderr } = start("nowhere");
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^there is no stack "nowhere" .*; the stacks are aws-ha, .*azure-ha/);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  it("explains itself, and mistakes in its options", () => {
    assert.match(start("--help").stdout, /^Usage: npm start/);
    const { status, stderr } = start("--jsno");
    assert.equal(status, 1);
    assert.match(stderr, /--jsno/);
    assert.match(stderr, /Usage: npm start/);
  });
});
