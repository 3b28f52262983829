/**
 * An autoscaler works behind the program's back: an update leaves a media group at the size that it has by then.
 */
import assert from "node:assert/strict";
import type { LiveResource } from "../../rehearsal/model";
import { assertOk, changesOf, deployed, label, type Stack } from "./stacks";

const grown = 4;

interface Group {
  readonly stack: string;
  readonly type: string;
  /** What the autoscaler writes. */
  readonly grow: (group: LiveResource) => Readonly<Record<string, unknown>>;
  readonly sizeOf: (group: LiveResource) => unknown;
}

const groups: readonly Group[] = [
  {
    stack: "aws-ha",
    type: "aws:autoscaling/group:Group",
    grow: () => ({ desiredCapacity: grown }),
    sizeOf: ({ inputs }) => inputs["desiredCapacity"],
  },
  {
    stack: "azure-ha",
    type: "azure-native:compute:VirtualMachineScaleSet",
    grow: ({ inputs }) => ({ sku: { ...(inputs["sku"] as object), capacity: grown } }),
    sizeOf: ({ inputs }) => (inputs["sku"] as { capacity: number }).capacity,
  },
];

describe("a media group that its autoscaler has grown", function () {
  this.timeout(600_000);

  for (const { stack: name, type, grow, sizeOf } of groups) {
    const groupOf = ({ account }: Stack): LiveResource => account.resources.find((each) => each.type === type)!;

    it(`keeps its size in updates that roll it and that touch nothing: ${name}`, async () => {
      const stack = (await deployed(name)).copy();
      assert.notEqual(sizeOf(groupOf(stack)), grown);
      stack.account.drift(groupOf(stack).urn, grow(groupOf(stack)));

      const rolling = stack.edited({ "media.diskGiB": 120 });
      const roll = await rolling.up();
      assertOk(roll);
      const updated = changesOf(roll)
        .filter(({ operation }) => operation === "update")
        .map(({ urn }) => label(urn));
      assert.ok(updated.includes(label(groupOf(stack).urn)), updated.join());
      assert.equal(sizeOf(groupOf(stack)), grown);

      const still = await rolling.up();
      assertOk(still);
      assert.deepEqual(changesOf(still), []);
      assert.equal(sizeOf(groupOf(stack)), grown);
    });
  }
});
