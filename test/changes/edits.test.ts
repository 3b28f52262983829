/**
 * The edit matrix on running stacks: each config key edited alone does what edits.ts says, changes exactly the resources
 * of test/golden/edits-<stack>.txt, and takes nothing valuable away. `UPDATE_GOLDEN=1` writes the files anew.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { configSchema, type JsonSchema } from "../../stacks/json-schema";
import { secretKeysOf } from "../../stacks/settings";
import { type Kind, kinds } from "../../stacks/schemas";
import type { Plan } from "../../rehearsal/engine/plan";
import { allExamples, inAdvance } from "../contract/examples";
import { keyOf } from "../support/key-of";
import { type Row, rows } from "./edits";
import { effectsOf, linesOf, lossesOf } from "./effects";
import { deployed, failuresOf } from "./stacks";

interface Case {
  readonly row: Row;
  readonly stack: string;
  readonly title: string;
}

interface Outcome {
  readonly preview: Plan;
  /** The update itself, where the preview had nothing against it and something to do. */
  readonly update?: Plan;
}

const cases: readonly Case[] = rows.flatMap((row) =>
  row.stacks.map((stack) => ({ row, stack, title: row.about === undefined ? row.key : `${row.key}, ${row.about}` })),
);

const outcomes = new Map<Case, Promise<Outcome>>();

function outcomeOf(each: Case): Promise<Outcome> {
  const known = outcomes.get(each) ?? tryOut(each);
  outcomes.set(each, known);
  return known;
}

async function tryOut({ row, stack }: Case): Promise<Outcome> {
  const edited = (await deployed(stack, row.from)).copy().edited(row.edit);
  const preview = await edited.preview();
  if (effectsOf(preview).some((effect) => effect === "refused" || effect === "nothing")) return { preview };
  return { preview, update: await edited.up() };
}

/** What the edit does: the update tells, for a preview has to take some things for changed that are only unknown. */
function planOf({ preview, update }: Outcome): Plan {
  return update ?? preview;
}

/** Lines of the golden file. */
function described({ title, row }: Case, outcome: Outcome): string[] {
  const plan = planOf(outcome);
  const edit = keyOf(row.edit);
  const words = effectsOf(plan).join(", ");
  return [`${title}: ${words}`, `  ${edit}`, ...linesOf(plan).map((line) => `  ${line}`), ""];
}

function compareWithGolden(stack: string, lines: readonly string[]): void {
  const file = path.join(__dirname, "..", "golden", `edits-${stack}.txt`);
  const text = lines.join("\n");
  if (process.env.UPDATE_GOLDEN === "1") {
    const changed = !existsSync(file) || readFileSync(file, "utf8") !== text;
    writeFileSync(file, text);
    console.log(`        ${changed ? "WRITTEN" : "unchanged"}: test/golden/edits-${stack}.txt`);
    return;
  }
  assert.deepEqual(lines, readFileSync(file, "utf8").split("\n"), `differs from test/golden/edits-${stack}.txt`);
}

/** Every key that a stack file of this kind may hold. */
function keysOf(kind: Kind): string[] {
  return [...leaves(configSchema(kind), ""), ...secretKeysOf(kind)];
}

/** Keys without a row among those of some stacks. */
function withoutRow(kind: Kind, stacks: readonly string[]): string[] {
  const edited = rows.filter((row) => row.stacks.some((stack) => stacks.includes(stack)));
  const keys = new Set(edited.flatMap(({ key, edit }) => [key, ...Object.keys(edit)]));
  return keysOf(kind).filter((key) => !keys.has(key));
}

function leaves({ properties = {}, oneOf = [] }: JsonSchema, at: string): string[] {
  const members = [properties, ...oneOf.map((branch) => branch.properties ?? {})].flatMap(Object.entries);
  if (members.length === 0) return [at];
  const found = members.flatMap(([key, schema]) => leaves(schema as JsonSchema, at === "" ? key : `${at}.${key}`));
  return [...new Set(found)];
}

describe("the edit matrix", function () {
  this.timeout(600_000);
  before(() => inAdvance(cases.map((each) => () => outcomeOf(each))));

  for (const kind of kinds) {
    it(`has a row for every key of ${kind.edition} on ${kind.cloud}`, () => {
      // What the editions of OpenVidu 3 share is tried on one of them.
      const isV2 = ({ edition }: Kind): boolean => edition === "enterprise-v2";
      const stacks = allExamples.filter((each) => each.cloud === kind.cloud && isV2(each) === isV2(kind));
      const names = stacks.map(({ stack }) => stack);
      assert.deepEqual(withoutRow(kind, names), []);
    });
  }

  for (const each of cases) {
    const { row, stack, title } = each;
    it(`${stack}: ${title}: ${[row.does].flat().join(", ")}`, async () => {
      const outcome = await outcomeOf(each);
      const said = failuresOf(planOf(outcome)).join("\n");
      assert.deepEqual(effectsOf(planOf(outcome)), [row.does].flat(), said);
      if (row.says !== undefined) assert.ok(said.includes(row.says), said);
      for (const plan of Object.values(outcome) as Plan[]) assert.deepEqual(lossesOf(plan), row.loses ?? []);
    });
  }

  for (const stack of [...new Set(cases.map((each) => each.stack))]) {
    it(`changes exactly the recorded resources: ${stack}`, async () => {
      const own = cases.filter((each) => each.stack === stack);
      const lines = await Promise.all(own.map(async (each) => described(each, await outcomeOf(each))));
      compareWithGolden(stack, lines.flat());
    });
  }
});
