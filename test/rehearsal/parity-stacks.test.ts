import { readStackFile, withEdits } from "../../rehearsal/stack-file";
import { needs } from "../counterparts";
import { BothEngines, compare, type Outcome, pulumiMissing, pulumiName } from "./engines";

/** Edits of a running stack, one after another. */
const edits: Readonly<Record<string, readonly string[]>> = {
  "more media nodes": ["media.max=7"],
  "another tag": ["tags.owner=me"],
  "an operator's range": ['access.operatorCidrs=["203.0.113.0/24"]'],
  "the first master anew": ["masters.generations=[2,1,1,1]"],
};

const drifts: Readonly<Record<string, { readonly type: string; readonly changes: Readonly<Record<string, unknown>> }>> =
  {
    "aws-ha": { type: "aws:autoscaling/group:Group", changes: { desiredCapacity: 3 } },
    "azure-ha": { type: "azure-native:compute:VirtualMachineScaleSet", changes: { tags: { by: "hand" } } },
  };

for (const name of ["aws-ha", "azure-ha"]) {
  describe(`rehearsal: both engines do the same with ${name}`, function () {
    this.timeout(1_800_000);
    needs(this, pulumiName, pulumiMissing());
    const initial = readStackFile(name);
    let engines: BothEngines;
    before(async () => {
      engines = await BothEngines.create(initial);
    });
    after(() => engines?.end());

    it("that is previewed and made", async () => {
      compare(await engines.both("up", { preview: true }));
      compare(await engines.both("up"));
    });

    it("that is there already", async () => compare(await engines.both("up")));

    it("that is edited bit by bit", async () => {
      for (const [what, edit] of Object.entries(edits)) {
        engines.configure(withEdits(initial, edit).config);
        labelled(what, await engines.both("up", { preview: true }));
      }
      engines.configure(withEdits(initial, Object.values(edits).flat()).config);
      compare(await engines.both("up"));
    });

    it("that somebody else changes", async () => {
      const { type, changes } = drifts[name]!;
      engines.behindTheirBack((account) => {
        account.drift(account.resources.find((each) => each.type === type)!.urn, changes);
      });
      compare(await engines.both("refresh"));
      compare(await engines.both("up", { refresh: true }));
    });

    it("that is destroyed", async () => compare(await engines.both("destroy")));
  });
}

function labelled(what: string, outcome: Outcome): void {
  try {
    compare(outcome);
  } catch (error) {
    (error as Error).message = `${what}: ${(error as Error).message}`;
    throw error;
  }
}
