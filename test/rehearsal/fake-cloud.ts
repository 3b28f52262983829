/**
 * The simulated cloud behind test/fixtures/programs.
 */
import type { CloudModel } from "../../rehearsal/model";

export const fakeClouds: Readonly<Record<string, CloudModel>> = {
  fake: {
    replacement: "givenName",
    keptInPreview: "all",
    resources: {
      "fake:index:Thing": {
        required: ["size"],
        source: "imagined for tests",
        naming: { input: "label", auto: "suffix7", pattern: /^[a-z][a-z0-9:-]*$/, minLength: 2, maxLength: 24 },
        defaults: { colour: "grey" },
        secretOutputs: ["token"],
        check: ({ size, near }, world) => [
          ...(Number(size) > 100 ? [`size ${String(size)} is too large`] : []),
          ...(near === undefined || world.ofType("fake:index:Thing").some(({ inputs }) => inputs["label"] === near)
            ? []
            : [`there is no ${near as string}`]),
        ],
        create: (inputs, world, { urn }) => ({
          id: `id-${world.random(urn, 6, "abcdef")}`,
          outputs: {
            serial: `serial of ${String(inputs["label"])}`,
            token: "given out",
            region: world.provider["region"],
          },
        }),
      },
    },
    invokes: {
      "fake:index:describe": {
        source: "imagined for tests",
        call: ({ subject }, world) =>
          subject === "region"
            ? { result: { text: String(world.provider["region"]) } }
            : { failure: `nothing is known of ${String(subject)}` },
      },
    },
  },
};
