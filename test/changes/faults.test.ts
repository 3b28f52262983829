/**
 * Calls that fail, answers that get lost and an engine that dies, at every step of an update, of the replacement of a
 * master and of a destroy: running again always comes to the same end, with nothing twice and nothing that no state
 * knows.
 */
import assert from "node:assert/strict";
import type { Call, Fault } from "../../rehearsal/account";
import type { Plan } from "../../rehearsal/engine/plan";
import type { State, StateStore } from "../../rehearsal/engine/state";
import { typeOf } from "../../rehearsal/urn";
import { toPlain } from "../../rehearsal/values";
import { inAdvance } from "../contract/examples";
import { assertOk, deployed, type Edit, failuresOf, knownThings, Stack, thingsOf } from "./stacks";

const stacks = ["aws-ha", "azure-ha"] as const;
/** Every other system; what these resources share with the ones above is not tried in every way again. */
const otherStacks = ["aws-elastic", "azure-elastic", "aws-enterprise-v2", "onprem-ha-dns", "onprem-elastic"] as const;
type Name = (typeof stacks)[number] | (typeof otherStacks)[number];
const unprotected: Edit = { deletionProtection: false };
const oneMaster: Edit = { "masters.generations": [2, 1, 1, 1] };

/** Ids and names that were drawn at random, without what was drawn, and without the boot scripts that hold them. */
function shape(text: string): string {
  return text
    .replaceAll(/[A-Za-z0-9+/=]{400,}/g, "@")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "#")
    .replaceAll(/[0-9a-f]{7,}/g, "#");
}

/** JSON whose members stand in the order of their names. */
function stable(value: unknown): string {
  const isObject = (part: unknown): part is object => typeof part === "object" && part !== null && !Array.isArray(part);
  const sorted = (_: string, part: unknown): unknown =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part;
  return JSON.stringify(value, sorted);
}

/** Secrets that the stack has drawn, which are others after a second draw. */
function drawnSecrets({ resources }: State): string[] {
  return resources
    .filter(({ urn }) => typeOf(urn).startsWith("random:"))
    .map(({ outputs }) => (toPlain(outputs) as { readonly result?: unknown }).result)
    .filter((value) => typeof value === "string");
}

/** Where a stack ends up: what the state says of each resource, and how often each thing exists. */
function endOf({ account, state: store }: Stack): string[] {
  const state = store.read();
  const secrets = drawnSecrets(state);
  const resources = state.resources.map(({ urn, id, inputs, options, initErrors, delete: old, pendingReplacement }) => {
    const more = [initErrors && "unhealthy", old && "old", pendingReplacement && "gone"].filter(Boolean).join();
    const text = `${urn} ${id} ${stable(toPlain(inputs))} ${String(options.protect)} ${more}`;
    return shape(secrets.reduce((rest, secret) => rest.replaceAll(secret, "%"), text));
  });
  const things = account.resources.map(({ urn }) => `exists: ${urn}`);
  return [...resources, ...things].sort();
}

/** Nothing exists that the state does not know, and the other way round. */
function assertNoOrphans(stack: Stack, also: readonly string[] = []): void {
  assert.deepEqual(thingsOf(stack), [...knownThings(stack.state.read()), ...also].sort());
}

/** Runs an operation again until it goes well. Every round has to make at least one more call succeed. */
async function untilOk(run: () => Promise<Plan>, most = 40): Promise<number> {
  for (let round = 1; round <= most; round += 1) {
    const plan = await run();
    if (plan.ok) return round;
    assert.ok(failuresOf(plan).length > 0, "it failed without a word");
  }
  throw new Error(`still failing after ${most} rounds`);
}

/** Where it ends when nothing fails. */
const ends = new Map<string, Promise<string[]>>();
function undisturbed(name: Name, edit: Edit): Promise<string[]> {
  const key = `${name} ${JSON.stringify(edit)}`;
  const known = ends.get(key) ?? calmly(name, edit);
  ends.set(key, known);
  return known;
}

async function calmly(name: Name, edit: Edit): Promise<string[]> {
  if (Object.keys(edit).length === 0) return endOf(await deployed(name));
  const stack = (await deployed(name)).copy().edited(edit);
  assertOk(await stack.up());
  return endOf(stack);
}

/** Calls that fail on purpose and have met a resource. */
function met(stack: Stack, call: Call): number {
  const hit = stack.account.journal.filter((entry) => entry.call === call && entry.outcome !== "done");
  return new Set(hit.map(({ urn }) => urn)).size;
}

const everywhere = (kind: Fault["kind"], call?: Call): Fault[] => [
  { kind, everyResource: true, ...(call && { call }) },
];

interface Case {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Every creation of a first update fails once. */
async function brokenUp(name: Name, kind: Fault["kind"]): Promise<void> {
  const stack = new Stack(name);
  stack.account.faults = everywhere(kind, "create");
  const rounds = await untilOk(() => stack.up());
  assert.ok(rounds > 3, "the creations did not fail");
  const calm = (await deployed(name)).account.journal.filter(({ call }) => call === "create").length;
  assert.equal(met(stack, "create"), calm, "some creations never failed");
  assert.deepEqual(endOf(stack), await undisturbed(name, {}));
  assertNoOrphans(stack);
}

/** Every call of an update of a running stack fails once. */
async function brokenEdit(name: Name, edit: Edit, kind: Fault["kind"]): Promise<void> {
  const stack = (await deployed(name)).copy().edited(edit);
  stack.account.faults = everywhere(kind);
  const rounds = await untilOk(() => stack.up());
  assert.ok(rounds > 1, "nothing failed");
  assert.deepEqual(endOf(stack), await undisturbed(name, edit));
  assertNoOrphans(stack);
}

/** Things that have been deleted. */
function deletions({ account }: Stack): number {
  return account.journal.filter(({ call, outcome }) => call === "delete" && outcome === "done").length;
}

/** Every deletion fails once. */
async function brokenDestroy(name: Name, kind: Fault["kind"]): Promise<void> {
  const calm = (await deployed(name, unprotected)).copy();
  assertOk(await calm.destroy());
  const stack = (await deployed(name, unprotected)).copy();
  stack.account.faults = everywhere(kind, "delete");
  await untilOk(() => stack.destroy());
  assert.ok(deletions(calm) > 0);
  assert.equal(met(stack, "delete"), deletions(calm), "some deletions never failed");
  assert.deepEqual(stack.state.read().resources, []);
  assert.deepEqual(thingsOf(stack), thingsOf(calm));
}

/* prettier-ignore */
const failing: readonly Case[] = [
  ...(["refuse", "afterwards"] as const).map((kind) => ({ title: `every creation of a first update of aws-ha: ${kind}`, run: () => brokenUp("aws-ha", kind) })),
  ...(["throttle", "afterwards"] as const).map((kind) => ({ title: `every creation of a first update of azure-ha: ${kind}`, run: () => brokenUp("azure-ha", kind) })),
  ...(["refuse", "afterwards"] as const).map((kind) => ({ title: `every call that replaces a master of aws-ha: ${kind}`, run: () => brokenEdit("aws-ha", oneMaster, kind) })),
  ...(["throttle", "afterwards", "loseAnswer"] as const).filter((kind) => kind !== "loseAnswer").map((kind) => ({ title: `every call that replaces a master of azure-ha: ${kind}`, run: () => brokenEdit("azure-ha", oneMaster, kind) })),
  ...stacks.flatMap((name) => (["refuse", "afterwards", "loseAnswer"] as const).map((kind) => ({ title: `every change of labels of ${name}: ${kind}`, run: () => brokenEdit(name, { tags: { team: "video" } }, kind) }))),
  ...stacks.flatMap((name) => (["refuse", "throttle", "afterwards", "loseAnswer"] as const).map((kind) => ({ title: `every deletion of a destroy of ${name}: ${kind}`, run: () => brokenDestroy(name, kind) }))),
  ...otherStacks.map((name) => ({ title: `every creation of a first update of ${name}: refuse`, run: () => brokenUp(name, "refuse") })),
  { title: "every call that replaces the only master of aws-elastic: afterwards", run: () => brokenEdit("aws-elastic", { "masters.generations": [2] }, "afterwards") },
  ...otherStacks.map((name) => ({ title: `every call for a shorter drain of ${name}: loseAnswer`, run: () => brokenEdit(name, { "media.drainTimeoutMinutes": 60 }, "loseAnswer") })),
  ...(["aws-elastic", "azure-elastic", "aws-enterprise-v2"] as const).map((name) => ({ title: `every deletion of a destroy of ${name}: afterwards`, run: () => brokenDestroy(name, "afterwards") })),
];

/** A creation whose answer got lost: there is a thing, and nobody knows which. */
async function lostCreation(name: Name, urn: string): Promise<void> {
  const stack = new Stack(name);
  stack.account.faults = [{ kind: "loseAnswer", call: "create", urn }];
  const first = await stack.up();
  assert.equal(first.ok, false);
  const lost = stack.account.journal.find(({ outcome }) => outcome === "answer lost")!;
  assert.deepEqual(stack.state.read().pending, [{ urn: lost.urn, operation: "creating" }]);
  assertNoOrphans(stack, [`${lost.urn} ${lost.id}`]);

  const second = await stack.up();
  const warnings = second.log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  assert.ok(
    warnings.some((text) => text.includes(`${lost.urn}, interrupted while creating`)),
    warnings.join("\n"),
  );
  assert.deepEqual(stack.state.read().pending, [{ urn: lost.urn, operation: "creating" }], "it is forgotten");

  // The operator looks it up, deletes it by hand and clears the pending creation: docs/operations.md.
  const made = stack.state.read().resources.find(({ urn: each }) => each === lost.urn);
  assert.notEqual(made?.id, lost.id, "it was taken over unasked");
  stack.account.remove([lost]);
  stack.state.write({ ...stack.state.read(), pending: [] });
  await untilOk(() => stack.up(), 2);
  assert.deepEqual(endOf(stack), await undisturbed(name, {}));
  assertNoOrphans(stack);
}

const losing: readonly Case[] = (
  [
    ["aws-ha", "aws:ebs/volume:Volume::openvidu-masters-2-data"],
    ["aws-ha", "aws:autoscaling/group:Group"],
    ["azure-ha", "azure-native:compute:Disk::openvidu-masters-2-data"],
    ["azure-ha", "azure-native:keyvault:Vault"],
  ] as const
).map(([name, urn]) => ({ title: `the creation of ${urn} in ${name}`, run: () => lostCreation(name, urn) }));

/** A store that its engine reaches n times; then the engine is dead. */
class DyingStore implements StateStore {
  writes = 0;

  constructor(
    private readonly inner: StateStore,
    private readonly last = Infinity,
  ) {}

  read(): State {
    return this.inner.read();
  }

  write(state: State): void {
    this.writes += 1;
    if (this.writes > this.last) throw new Error("the engine is dead");
    this.inner.write(state);
  }
}

async function dies(stack: Stack, last: number, run: (stack: Stack) => Promise<Plan>): Promise<void> {
  await assert.rejects(run(stack.storedIn(new DyingStore(stack.state, last))), /the engine is dead/);
}

/** Things that no state knows are of creations that the state calls pending, one for each at most. */
function assertNamedByPending(stack: Stack): string[] {
  const state = stack.state.read();
  const known = new Set(knownThings(state));
  const unknown = thingsOf(stack).filter((thing) => !known.has(thing));
  const pending = state.pending.filter(({ operation }) => operation === "creating").map(({ urn }) => urn);
  const nameless = unknown.filter((thing) => !pending.includes(thing.split(" ")[0]!));
  assert.deepEqual(nameless, [], "nobody would find these");
  assert.ok(unknown.length <= pending.length);
  return unknown;
}

/** Things that a destroy has taken from the state, apart from those that stay or go with something it still holds. */
function forgotten(stack: Stack, whole: Stack): string[] {
  const state = stack.state.read();
  const held = new Set(state.resources.map(({ urn }) => urn));
  const known = new Set(knownThings(state));
  const before = new Map(whole.state.read().resources.map((each) => [`${each.urn} ${each.id}`, each.options]));
  return thingsOf(stack).filter((thing) => {
    const { retainOnDelete, deletedWith } = before.get(thing)!;
    return !known.has(thing) && !retainOnDelete && !(deletedWith !== undefined && held.has(deletedWith));
  });
}

/** The engine dies after so many parts of all its writes. */
async function crashedUp(name: Name, part: number): Promise<void> {
  const count = await writesOfUp(name);
  const stack = new Stack(name);
  await dies(stack, Math.floor(count * part), (each) => each.up());
  for (const orphan of assertNamedByPending(stack)) {
    const [urn, id] = orphan.split(" ") as [string, string];
    stack.account.remove([{ urn, id }]);
  }
  stack.state.write({ ...stack.state.read(), pending: [] });
  assertOk(await stack.up());
  assert.deepEqual(endOf(stack), await undisturbed(name, {}));
  assertNoOrphans(stack);
}

const counted = new Map<string, Promise<number>>();
function writesOfUp(name: Name): Promise<number> {
  const count = async (): Promise<number> => {
    const stack = new Stack(name);
    const store = new DyingStore(stack.state);
    assertOk(await stack.storedIn(store).up());
    return store.writes;
  };
  const known = counted.get(name) ?? count();
  counted.set(name, known);
  return known;
}

const dying: readonly Case[] = [
  ...stacks.flatMap((name) => [0.05, 0.3, 0.6, 0.95].map((part) => ({ name, part }))),
  ...otherStacks.map((name) => ({ name, part: 0.5 })),
].map(({ name, part }) => ({
  title: `after ${part * 100} % of an update of ${name}`,
  run: () => crashedUp(name, part),
}));

/** Works in advance, two at a time; a test waits for its own. */
function inTurn(cases: readonly Case[]): void {
  const started = new Map<string, Promise<void>>();
  const start = ({ title, run }: Case): Promise<void> => {
    const known = started.get(title) ?? run();
    started.set(title, known);
    return known;
  };
  before(() => inAdvance(cases.map((each) => () => start(each))));
  for (const each of cases) it(each.title, () => start(each));
}

describe("a call that fails once, and running again", function () {
  this.timeout(600_000);
  inTurn(failing);
});

describe("an answer that gets lost, and the operator's way out", function () {
  this.timeout(600_000);
  inTurn(losing);
});

describe("an engine that dies, and the next one", function () {
  this.timeout(600_000);
  inTurn(dying);

  for (const name of [...stacks, ...otherStacks]) {
    it(`at every write of a destroy of ${name}`, async () => {
      const whole = await deployed(name, unprotected);
      const calm = whole.copy();
      const store = new DyingStore(calm.state);
      assertOk(await calm.storedIn(store).destroy());
      for (let last = 1; last < store.writes; last += 1) {
        const stack = whole.copy();
        await dies(stack, last, (each) => each.destroy());
        assert.deepEqual(forgotten(stack, whole), [], `after ${last} writes`);
        assertOk(await stack.destroy());
        assert.deepEqual(stack.state.read().resources, []);
        assert.deepEqual(thingsOf(stack), thingsOf(calm), `after ${last} writes`);
      }
    });
  }
});
