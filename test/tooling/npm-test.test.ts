/**
 * The closing line and the exit status of `npm test` are honest in every way in which a run can end. Each case runs the
 * real script on a throw-away test file.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ledger } from "../ledger";

const root = path.resolve(__dirname, "../..");

/** Runs all tests of a project that has these and nothing else; `files` are named from its folder of tests. */
function runAll(files: Record<string, string>) {
  const folder = mkdtempSync(path.join(tmpdir(), "openvidu-all-tests-"));
  try {
    for (const name of ["scripts", ".mocharc.json", "package.json", "package-lock.json"])
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
    for (const [name, code] of Object.entries(files)) {
      const file = path.join(folder, "test", name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
    const run = spawnSync(process.execPath, [path.join(folder, "scripts/test.mjs")], {
      encoding: "utf8",
      env: { ...process.env, MOCHA_COUNTS_FILE: path.join(folder, "nobody-reads-this") },
    });
    return { ...run, lines: run.stdout.trimEnd().split("\n") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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

const passing = (title: string) => `it(${JSON.stringify(title)}, () => {});`;
/** Stands in for the ledger: prints what it is told of the others. */
const teller = `import { readFileSync } from "node:fs";
it("the ledger", () => {
  const tests = JSON.parse(readFileSync(process.env.OPENVIDU_TEST_RESULTS!, "utf8"));
  console.log("told:", tests.map(({ title, state }: any) => title + " " + state).sort().join(", "));
});`;
const project = { "one.test.ts": passing("a"), "nodes/two.test.ts": passing("b"), "ledger.test.ts": teller };

describe("npm test of everything", function () {
  this.timeout(120_000);

  it("adds up what several processes did, shows each report in one piece, and asks the ledger last", () => {
    const slow = `describe("S", () => { for (const name of ["c", "d"])
      it(name, (done) => { setTimeout(done, 100); }); it.skip("e", () => {}); });`;
    const run = runAll({ ...project, "nodes/slow.test.ts": slow, "emulators/foreign.test.ts": "throw new Error();" });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.equal(run.lines.at(-1), "5 passed, 0 failed, 1 skipped");
    const text = run.stdout.replaceAll(/ \(\d+ms\)/g, "");
    assert.match(text, /\n {2}S\n\s+\S+ c\n\s+\S+ d\n\s+- e\n/);
    assert.match(text, /told: S c passed, S d passed, S e skipped, a passed, b passed\n[^]*1 passing/);
  });

  it("names the real counterparts once", () => {
    const meet = (name: string, why = "") =>
      `(globalThis as any)[Symbol.for("openvidu.counterparts")] = new Map([["bash", ""], ["${name}", "${why}"]]);`;
    const run = runAll({
      "one.test.ts": meet("mkfs", "needs root") + passing("a"),
      "nodes/two.test.ts": meet("moto") + passing("b"),
      "ledger.test.ts": teller,
    });
    assert.deepEqual(
      run.lines.filter((line) => line.startsWith("real counterparts")),
      ["real counterparts: bash, moto; not here: mkfs (needs root)"],
    );
  });

  const wrong = [
    {
      what: "a hook fails",
      code: 'describe("S", () => { before(() => { throw new Error("because"); }); it("x", () => {}); });',
      line: 'S "before all" hook for "x"',
      reason: /Error: because/,
    },
    { what: "a file does not load", code: "import './missing';", line: "ended with 1", reason: /Cannot find module/ },
    {
      what: "a process ends as if all were well",
      code: 'it("x", () => { process.exit(0); });',
      line: "ended with 0",
      reason: /Mocha ended with 0 \(/,
    },
    {
      what: "a process is killed",
      code: 'it("x", () => { process.kill(process.pid, "SIGKILL"); });',
      line: "ended with SIGKILL",
      reason: /Mocha ended with SIGKILL \(/,
    },
  ];
  // Each of them at both places.
  for (const [index, one] of wrong.entries()) {
    const other = wrong[(index + 1) % wrong.length]!;
    it(`fails when ${one.what} in one process and ${other.what} in another`, () => {
      const run = runAll({ ...project, "one.test.ts": one.code, "nodes/two.test.ts": other.code });
      assert.equal(run.status, 1);
      assert.deepEqual(run.lines.slice(-4), [
        "failed, with the reasons above:",
        `  test/one.test.ts: ${one.line}`,
        `  test/nodes/two.test.ts: ${other.line}`,
        "1 passed, 2 failed",
      ]);
      for (const { reason } of [one, other]) assert.match(run.stdout + run.stderr, reason);
    });
  }
});

describe("the ledger in a run of everything", () => {
  const files = readdirSync(path.join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !file.startsWith("emulators"))
    .map((file) => path.join(root, "test", file))
    .sort();
  const named = [...new Set(ledger.flatMap(({ shownBy }) => shownBy))];

  function runLedger(states: Record<string, string | undefined>, loaded = files) {
    const folder = mkdtempSync(path.join(tmpdir(), "openvidu-ledger-"));
    try {
      const results = [
        ...loaded.map((file) => ({ file, title: `some test of ${file}`, state: "passed" })),
        ...named.map((title) => ({ file: files[0], title, state: title in states ? states[title] : "passed" })),
      ];
      const OPENVIDU_TEST_RESULTS = path.join(folder, "results.json");
      writeFileSync(OPENVIDU_TEST_RESULTS, JSON.stringify(results));
      return spawnSync(process.execPath, [path.join(root, "scripts/test.mjs"), "test/ledger.test.ts"], {
        encoding: "utf8",
        env: { ...process.env, OPENVIDU_TEST_RESULTS },
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it("agrees when every test that it names has passed", () => {
    const run = runLedger({});
    assert.match(run.stdout, /\n3 passed, 0 failed\n$/, run.stdout);
  });

  it("names the row and the test that has failed or does not exist", () => {
    const [failed, gone] = [named[0]!, named[1]!];
    const { status, stdout } = runLedger({ [failed]: "failed", [gone]: "failed" });
    assert.equal(status, 1);
    assert.match(stdout, /2 passed, 1 failed\n$/);
    for (const title of [failed, gone]) assert.ok(stdout.includes(title), stdout);
  });

  it("says which rows a run does not show because their test skipped itself", () => {
    const run = runLedger({ [named[0]!]: "skipped" });
    assert.match(run.stdout, /not shown in this run, because its test skipped itself: /);
    assert.match(run.stdout, /\n3 passed, 0 failed\n$/);
  });

  it("cannot tell, and says so, when a file was not loaded or a test came to no end", () => {
    assert.match(runLedger({}, files.slice(0, -1)).stdout, /SKIPPED: .* full run \(1 test files were not loaded\)/);
    assert.match(
      runLedger({ [named[0]!]: undefined }).stdout,
      /SKIPPED: .*\(1 tests were left out or came to no end\)/,
    );
  });
});
