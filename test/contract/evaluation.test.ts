/** A preview shows what an update will do, and the same config always asks for the same resources. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Graph } from "../../rehearsal/graph";
import { leavesOf } from "../support/graph-queries";
import { evaluateVariant, examples, graphOf, settingsOf } from "./examples";

const urns = ({ resources }: Graph): string[] => resources.map(({ urn }) => urn);

describe("preview", () => {
  for (const { stack } of examples) {
    it(`of ${stack} registers the resources of the update, with the same options`, async () => {
      const [preview, up] = await Promise.all([graphOf(stack, "preview"), graphOf(stack)]);
      assert.deepEqual(urns(preview), urns(up));
      for (const [index, { options, name }] of preview.resources.entries()) {
        assert.deepEqual(options, up.resources[index]?.options, name);
      }
    });

    it(`of ${stack} knows as many inputs as the update has`, async () => {
      const [preview, up] = await Promise.all([graphOf(stack, "preview"), graphOf(stack)]);
      for (const [index, { inputs, urn, type }] of preview.resources.entries()) {
        if (type === "pulumi:pulumi:Stack") continue;
        // What is not known yet may turn out to be nothing.
        const wanted = Object.keys(up.resources[index]?.inputs ?? {});
        const known = Object.keys(inputs).filter((key) => wanted.includes(key) || inputs[key] !== "<unknown>");
        assert.deepEqual(known.sort(), wanted.sort(), urn);
      }
    });

    it(`of ${stack} really has unknown values, so that these tests mean something`, async () => {
      const { resources } = await graphOf(stack, "preview");
      const unknowns = resources.filter(({ inputs }) =>
        [...leavesOf(inputs)].some(({ value }) => value === "<unknown>"),
      );
      // On machines that exist only generated credentials are new.
      const least = settingsOf(stack).onPremises?.hosts.length ?? 21;
      assert.ok(unknowns.length >= least, `${unknowns.length} resources with unknown inputs`);
    });
  }
});

describe("second evaluation", () => {
  for (const stack of ["aws-ha", "azure-ha"]) {
    it(`of ${stack} asks for exactly the same`, async () => {
      const [first, second] = await Promise.all([graphOf(stack), evaluateVariant(stack)]);
      for (const [index, resource] of first.resources.entries()) {
        if (isDeepStrictEqual(resource, second.resources[index])) continue;
        assert.deepEqual(second.resources[index], resource);
      }
      assert.deepEqual(second.outputs, first.outputs);
      assert.equal(second.resources.length, first.resources.length);
    });
  }
});
