/**
 * The ledger of weaknesses is true: its rows are complete, and the tests that it names exist and have run in this very
 * run without failing. It moves itself to the end of the run, because it asks what the others did.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Suite, Test } from "mocha";
import { ledger } from "./ledger";

const title = "ledger of weaknesses";
/** How many weaknesses of the official HA deployments are known: 52 on AWS, 51 on Azure, 17 on own machines. */
const known = { AWS: 52, AZ: 51, OP: 17 };

function testsOf(suite: Suite): Test[] {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}

function rootOf(suite: Suite): Suite {
  return suite.parent ? rootOf(suite.parent) : suite;
}

/** Files of tests that exist, as mocha names them. */
function testFiles(): string[] {
  return readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !file.startsWith("emulators"))
    .map((file) => path.join(__dirname, file));
}

// A root hook runs before the first suite, while the order can still be changed.
before(function () {
  const { suites } = rootOf(this.test!.parent!);
  suites.sort((a, b) => Number(a.title === title) - Number(b.title === title));
});

/** Why this run cannot say whether the named tests pass, or nothing. */
function partial(others: readonly Test[]): string | undefined {
  const loaded = new Set(others.map(({ file }) => file));
  const missing = testFiles().filter((file) => !loaded.has(file) && file !== __filename);
  if (missing.length > 0) return `${missing.length} test files were not loaded`;
  const silent = others.filter((test) => test.state === undefined && !test.isPending());
  return silent.length > 0 ? `${silent.length} tests were left out or came to no end` : undefined;
}

describe(title, () => {
  it("has each weakness of High Availability once", () => {
    const ids = ledger.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^(AWS-[WSA]-\d+|AZ-[NDBXSO]\d+|OP-\d+)$/);
    assert.equal(ids.filter((id) => id.startsWith("AWS-")).length, known.AWS);
    assert.equal(ids.filter((id) => id.startsWith("AZ-")).length, known.AZ);
    assert.equal(ids.filter((id) => id.startsWith("OP-")).length, known.OP);
  });

  it("says of each row what is done, what shows it, and what is still open", () => {
    for (const { id, status, how, problem, shownBy, open } of ledger) {
      assert.match(problem, /^[A-Z].*\.$/, id);
      assert.match(how, /^[A-Z].*\.$/, id);
      assert.equal(shownBy.length === 0, status === "planned", `${id}: tests`);
      assert.equal(open === undefined, status === "resolved", `${id}: open`);
      if (open !== undefined) assert.match(open, /^planned: /, id);
      assert.equal(new Set(shownBy).size, shownBy.length, `${id} names a test twice`);
    }
  });

  it("names tests that exist and passed in this run", function () {
    const own = this.test!.parent!;
    const others = testsOf(rootOf(own)).filter((test) => test.parent !== own);
    const reason = partial(others);
    if (reason !== undefined) {
      console.log(
        `        SKIPPED: whether the tests that the ledger names have passed can only be said of a full run (${reason})`,
      );
      return this.skip();
    }
    const states = new Map(others.map((test) => [test.fullTitle(), test.isPending() ? "skipped" : test.state]));
    const wrong = ledger.flatMap(({ id, shownBy }) =>
      shownBy
        .map((name) => ({ id, name, state: states.get(name) ?? "does not exist" }))
        .filter(({ state }) => state !== "passed" && state !== "skipped"),
    );
    for (const [name, state] of states) {
      if (state !== "skipped") continue;
      const rows = ledger.filter(({ shownBy }) => shownBy.includes(name)).map(({ id }) => id);
      if (rows.length > 0)
        console.log(`        not shown in this run, because its test skipped itself: ${rows.join()} (${name})`);
    }
    assert.deepEqual(wrong, []);
  });
});
