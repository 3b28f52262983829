/**
 * The ledger of weaknesses is true: its rows are complete, and the tests that it names exist and have passed in this very
 * run. `npm test` runs this file last, with the results of the others in the file that OPENVIDU_TEST_RESULTS names.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ledger } from "./ledger";

/** How many weaknesses of the official deployments are known: 60 on AWS and 54 on Azure, of them 8 and 3 of Elastic alone; 17 on own machines; 18 of Enterprise v2. */
const known = { AWS: 60, AZ: 54, OP: 17, V2: 18 };

/** A test as scripts/mocha-reporter.cjs tells of it; it has no state if it was left out or came to no end. */
interface Result {
  readonly file: string;
  readonly title: string;
  readonly state?: "passed" | "failed" | "skipped";
}

/** Files of tests that exist, as mocha names them. */
function testFiles(): string[] {
  return readdirSync(__dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !file.startsWith("emulators"))
    .map((file) => path.join(__dirname, file));
}

/** What the other tests of this run did; nothing is known of them unless all run. */
function resultsOfOthers(): readonly Result[] {
  const file = process.env["OPENVIDU_TEST_RESULTS"];
  return file === undefined ? [] : (JSON.parse(readFileSync(file, "utf8")) as Result[]);
}

/** Why this run cannot say whether the named tests pass, or nothing. */
function partial(others: readonly Result[]): string | undefined {
  const loaded = new Set(others.map(({ file }) => file));
  const missing = testFiles().filter((file) => !loaded.has(file) && file !== __filename);
  if (missing.length > 0) return `${missing.length} test files were not loaded`;
  const silent = others.filter(({ state }) => state === undefined);
  return silent.length > 0 ? `${silent.length} tests were left out or came to no end` : undefined;
}

describe("ledger of weaknesses", () => {
  it("has each known weakness once", () => {
    const ids = ledger.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^(AWS-[WSA]-\d+|AZ-[NDBXSO]\d+|OP-\d+|V2-\d+)$/);
    assert.equal(ids.filter((id) => id.startsWith("AWS-")).length, known.AWS);
    assert.equal(ids.filter((id) => id.startsWith("AZ-")).length, known.AZ);
    assert.equal(ids.filter((id) => id.startsWith("OP-")).length, known.OP);
    assert.equal(ids.filter((id) => id.startsWith("V2-")).length, known.V2);
  });

  it("says of each row what is done, what shows it, and what is still open", () => {
    for (const { id, status, how, problem, shownBy, open } of ledger) {
      assert.match(problem, /^[A-Z].*\.$/, id);
      assert.match(how, /^[A-Z].*\.$/, id);
      assert.equal(shownBy.length === 0, status === "planned", `${id}: tests`);
      assert.equal(open === undefined, status === "resolved", `${id}: open`);
      if (open !== undefined) assert.match(open, /^(planned|vendor): /, id);
      assert.equal(new Set(shownBy).size, shownBy.length, `${id} names a test twice`);
    }
  });

  it("names tests that exist and passed in this run", function () {
    const others = resultsOfOthers();
    const reason = partial(others);
    if (reason !== undefined) {
      console.log(
        `        SKIPPED: whether the tests that the ledger names have passed can only be said of a full run (${reason})`,
      );
      return this.skip();
    }
    const states = new Map(others.map(({ title, state }) => [title, state]));
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
