/**
 * The closing line and the exit status of `npm test` are honest in every way in which a run can end. Each case runs the
 * real script on a throw-away test file.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

const cases = [
  {
    title: "passing and skipped tests",
    code: "it('a', () => {}); it('b', () => {}); it.skip('c', () => {});",
    closing: "2 passed, 0 failed, 1 skipped",
    status: 0,
  },
  {
    title: "a failing test",
    code: "it('a', () => {}); it('b', () => { throw new Error('no'); });",
    closing: "1 passed, 1 failed",
    status: 1,
  },
  {
    title: "a failing hook",
    code: "before(() => { throw new Error('no'); }); it('a', () => {});",
    closing: "0 passed, 1 failed",
    status: 1,
  },
  {
    title: "a file that does not load",
    code: "import './missing'; it('a', () => {});",
    closing: "0 passed, 1 failed",
    status: 1,
  },
  { title: "no test at all", code: "describe('empty', () => {});", closing: "0 passed, 1 failed", status: 1 },
  { title: "only skipped tests", code: "it.skip('a', () => {});", closing: "0 passed, 1 failed, 1 skipped", status: 1 },
  {
    title: "a process that breaks off",
    code: "it('a', () => { process.exit(0); });",
    closing: "0 passed, 1 failed",
    status: 1,
  },
];

describe("npm test", () => {
  for (const { title, code, closing, status } of cases) {
    it(`closes with "${closing}" after ${title}`, () => {
      const folder = mkdtempSync(path.join(tmpdir(), "openvidu-closing-line-"));
      try {
        const file = path.join(folder, "sample.test.ts");
        writeFileSync(file, code);
        const run = spawnSync(process.execPath, [path.join(root, "scripts/test.mjs"), file], { encoding: "utf8" });
        assert.equal(run.stdout.trimEnd().split("\n").at(-1), closing, run.stdout + run.stderr);
        assert.equal(run.status, status);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  it("says before it which real counterparts the tests met, and which were not here and why", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "openvidu-closing-line-"));
    try {
      const file = path.join(folder, "sample.test.ts");
      const counterparts = JSON.stringify(path.join(root, "test/counterparts"));
      writeFileSync(
        file,
        `import { needs, noteCounterpart } from ${counterparts};
        noteCounterpart("emulator 1.0");
        describe("a", function () { needs(this, "mkfs", "needs root"); it("a", () => {}); });
        it("b", () => {});`,
      );
      const run = spawnSync(process.execPath, [path.join(root, "scripts/test.mjs"), file], { encoding: "utf8" });
      assert.deepEqual(run.stdout.trimEnd().split("\n").slice(-2), [
        "real counterparts: emulator 1.0; not here: mkfs (needs root)",
        "1 passed, 0 failed, 1 skipped",
      ]);
      assert.match(run.stderr, /skipped: a: no mkfs here \(needs root\)/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
