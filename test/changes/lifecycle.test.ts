/**
 * The life of each example stack on the simulated clouds: a second update and a refresh change nothing, a destroy is
 * refused while things are protected, and without protection it leaves what is meant to be kept and says so.
 */
import assert from "node:assert/strict";
import type { Plan } from "../../rehearsal/engine/plan";
import { typeOf } from "../../rehearsal/urn";
import { allExamples as examples, inAdvance } from "../contract/examples";
import { assertOk, changesOf, deployed, failuresOf, knownThings, label, type Stack, thingsOf } from "./stacks";

/** What docs/operations.md says is kept, with the settings of it. */
const meantToBeKept: readonly string[] = [
  "aws:ebs/volume:Volume",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "azure-native:compute:Disk",
  "azure-native:keyvault:Secret",
  "azure-native:keyvault:Vault",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:BlobContainer",
  "azure-native:storage:BlobServiceProperties",
  "azure-native:storage:ManagementPolicy",
  "azure-native:storage:StorageAccount",
];

interface Life {
  readonly second: Plan;
  readonly refresh: Plan;
  /** A destroy of the protected stack, and what then existed. */
  readonly refused: Plan;
  readonly afterRefusal: readonly string[];
  /** The update that takes the protection away, and makes anew what the destroy has taken. */
  readonly unprotected: Plan;
  readonly whole: Stack;
  readonly destroyed: Plan;
  readonly ruins: Stack;
  readonly again: Plan;
  readonly rebuilt: Stack;
}

const lives = new Map<string, Promise<Life>>();

function lifeOf(name: string): Promise<Life> {
  const known = lives.get(name) ?? live(name);
  lives.set(name, known);
  return known;
}

async function live(name: string): Promise<Life> {
  const stack = (await deployed(name)).copy();
  const [second, refresh] = [await stack.up(), await stack.refresh()];
  const refused = await stack.destroy();
  const afterRefusal = thingsOf(stack);
  const open = stack.edited({ deletionProtection: false });
  const unprotected = await open.up();
  const whole = open.copy();
  const destroyed = await open.destroy();
  const ruins = open.copy();
  const again = await open.up();
  return { second, refresh, refused, afterRefusal, unprotected, whole, destroyed, ruins, again, rebuilt: open };
}

const urns = (stack: Stack): string[] => stack.account.resources.map(({ urn }) => urn).sort();

describe("the life of a stack", function () {
  this.timeout(600_000);
  before(() =>
    inAdvance(
      examples.map(
        ({ stack }) =>
          () =>
            lifeOf(stack),
      ),
    ),
  );

  for (const { stack: name } of examples) {
    describe(name, () => {
      it("is changed by neither a second update nor a refresh", async () => {
        const { second, refresh } = await lifeOf(name);
        for (const plan of [second, refresh]) {
          assertOk(plan);
          assert.deepEqual(
            changesOf(plan).map(({ operation, urn }) => `${operation} ${label(urn)}`),
            [],
          );
        }
      });

      it("loses nothing that is protected by a destroy, and names it", async () => {
        const before = await deployed(name);
        const { refused, afterRefusal } = await lifeOf(name);
        const isProtected = before.state.read().resources.filter(({ options }) => options.protect);
        assert.ok(isProtected.length > 0);
        assert.equal(refused.ok, false);
        // What others need that stay is not even tried.
        const names = new Set(isProtected.map(({ urn }) => urn));
        assert.ok(refused.refusals.length > 0);
        for (const { urn } of refused.refusals) assert.ok(names.has(urn), urn);
        for (const text of failuresOf(refused)) assert.match(text, /because it is protected/);
        const things = new Set(
          thingsOf(before).filter((line) => isProtected.some(({ urn }) => line.startsWith(`${urn} `))),
        );
        for (const thing of things) assert.ok(afterRefusal.includes(thing), thing);
      });

      it("is whole again after the next update", async () => {
        const { unprotected, whole } = await lifeOf(name);
        assertOk(unprotected);
        assert.deepEqual(urns(whole), urns(await deployed(name)));
        assert.deepEqual(thingsOf(whole), knownThings(whole.state.read()));
      });

      it("leaves on destroy what is meant to be kept, and says so", async () => {
        const { destroyed, ruins } = await lifeOf(name);
        assertOk(destroyed);
        assert.deepEqual(ruins.state.read().resources, []);
        assert.deepEqual(urns(ruins), [...destroyed.kept].sort());
        for (const urn of destroyed.kept) assert.ok(meantToBeKept.includes(typeOf(urn)), `${urn} is kept`);
      });

      it("can be made again beside what was kept, without a clash of names", async () => {
        const { again, ruins, rebuilt } = await lifeOf(name);
        assertOk(again);
        const known = knownThings(rebuilt.state.read());
        const kept = thingsOf(ruins);
        assert.deepEqual(thingsOf(rebuilt), [...new Set([...kept, ...known])].sort());
        // In a bucket that is not the stack's own, the programs find themselves: their name tells their content.
        const takenOver = kept.filter((thing) => known.includes(thing) && !thing.includes("bucketObjectv2"));
        assert.deepEqual(takenOver, []);
      });
    });
  }

  it("knows every type that is kept", async () => {
    const kept = await Promise.all(examples.map(async ({ stack }) => (await lifeOf(stack)).destroyed.kept));
    assert.deepEqual([...new Set(kept.flat().map(typeOf))].sort(), [...meantToBeKept].sort());
  });
});
