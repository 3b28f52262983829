/**
 * Stacks of released versions: today's program, previewed on the state that a release has left, replaces and deletes
 * nothing valuable. `UPDATE_STATES=1` writes the states of the present version; those of earlier ones are never touched.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Plan } from "../../rehearsal/engine/plan";
import { parseState, serialiseState, type State, stateInMemory } from "../../rehearsal/engine/state";
import { Account } from "../../rehearsal/account";
import packageFile from "../../package.json";
import { allExamples as examples, inAdvance } from "../contract/examples";
import { effectsOf, lossesOf } from "./effects";
import { deployed, knownThings, Stack } from "./stacks";

const folder = path.join(__dirname, "..", "fixtures", "states");
const versions = readdirSync(folder).sort();

const fileOf = (version: string, stack: string): string => path.join(folder, version, `${stack}.json.gz`);

function read(version: string, stack: string): State {
  return parseState(JSON.parse(gunzipSync(readFileSync(fileOf(version, stack))).toString("utf8")));
}

async function write(version: string, stack: string): Promise<void> {
  const state = (await deployed(stack)).state.read();
  mkdirSync(path.join(folder, version), { recursive: true });
  writeFileSync(fileOf(version, stack), gzipSync(JSON.stringify(serialiseState(state)), { level: 9 }));
  console.log(`        WRITTEN: ${path.relative(process.cwd(), fileOf(version, stack))}`);
}

/** A stack as a release left it, on clouds that hold what its state says. */
function released(stack: string, state: State): Stack {
  const account = new Account();
  const known = new Set(knownThings(state));
  for (const { urn, id, inputs, outputs } of state.resources)
    if (known.has(`${urn} ${id}`)) account.add({ urn, id, inputs, outputs, seed: urn });
  return new Stack(stack, account, stateInMemory(state));
}

const previews = new Map<string, Promise<Plan>>();
function previewOf(version: string, stack: string): Promise<Plan> {
  const key = `${version} ${stack}`;
  const known = previews.get(key) ?? released(stack, read(version, stack)).preview();
  previews.set(key, known);
  return known;
}

describe("stacks of released versions", function () {
  this.timeout(600_000);
  const cases = versions.flatMap((version) => examples.map(({ stack }) => ({ version, stack })));

  before(async () => {
    if (process.env.UPDATE_STATES === "1") for (const { stack } of examples) await write(packageFile.version, stack);
    inAdvance(
      cases.map(
        ({ version, stack }) =>
          () =>
            previewOf(version, stack),
      ),
    );
  });

  it("are recorded for the present version too", () => {
    assert.ok(versions.includes(packageFile.version), `there is no ${packageFile.version} in ${versions.join()}`);
  });

  for (const { version, stack } of cases) {
    it(`lose nothing valuable and no master by an update from ${version}: ${stack}`, async () => {
      const plan = await previewOf(version, stack);
      assert.ok(plan.ok, plan.refusals.map(({ message }) => message).join("\n"));
      assert.deepEqual(lossesOf(plan), []);
      assert.ok(!effectsOf(plan).includes("replacesOneMaster"), effectsOf(plan).join());
    });
  }

  it("would show a data disk that changes its name", async () => {
    const state = read(packageFile.version, "azure-ha");
    const renamed = (urn: string): string => urn.replace("masters-1-data", "masters-one-data");
    const resources = state.resources.map((each) => ({ ...each, urn: renamed(each.urn), name: renamed(each.name) }));
    const plan = await released("azure-ha", { ...state, resources }).preview();
    assert.equal(plan.ok, false);
    assert.match(plan.refusals.map(({ message }) => message).join("\n"), /masters-one-data" cannot be deleted/);
  });
});
