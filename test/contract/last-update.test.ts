/** One update rebuilds one master, whatever the config says: the program reads what the last update was given. */
import assert from "node:assert/strict";
import type { Graph } from "../../rehearsal/graph";
import { changedSlots, generationsOutput } from "../../stacks/one-at-a-time";
import { evaluateVariant } from "./examples";

function after(before: readonly number[], now: readonly number[]): Promise<Graph> {
  return evaluateVariant("azure-ha", {
    config: { masters: { generations: now } },
    stackOutputs: { "organization/openvidu/azure-ha": { [generationsOutput]: before } },
  });
}

describe("one master at a time", () => {
  const changes: readonly (readonly [string, unknown, readonly number[], readonly number[]])[] = [
    ["the first update", undefined, [1, 1, 1, 1], []],
    ["nothing", [1, 2, 1, 1], [1, 2, 1, 1], []],
    ["one number", [1, 1, 1, 1], [1, 1, 2, 1], [3]],
    ["a lowered number, which rebuilds too", [1, 2, 1, 1], [1, 1, 2, 1], [2, 3]],
    ["the output of another program", "four", [2, 2, 1, 1], []],
  ];
  for (const [title, before, now, slots] of changes) {
    it(`counts ${title}`, () => assert.deepEqual(changedSlots(before, now), slots));
  }

  it("refuses an update that would rebuild two, before anything is made", async () => {
    const graph = await after([1, 1, 1, 1], [2, 1, 2, 1]);
    assert.equal(graph.exitCode, 32);
    const said = graph.log.filter(({ severity }) => severity === "error").map(({ message }) => message);
    assert.equal(said.length, 1);
    assert.match(
      said[0]!,
      /openvidu:masters\.generations: \[1,1,1,1\] before, \[2,1,2,1\] now: masters 1 and 3 would be rebuilt/,
    );
    assert.deepEqual(
      graph.resources.filter(({ type }) => !type.startsWith("pulumi:")).map(({ urn }) => urn),
      [],
    );
  });

  it("lets one be rebuilt, and hands the numbers on to the next update", async () => {
    const graph = await after([1, 1, 1, 1], [1, 1, 2, 1]);
    assert.equal(graph.exitCode, 0);
    const stack = graph.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    assert.deepEqual(stack?.outputs[generationsOutput], [1, 1, 2, 1]);
  });
});
