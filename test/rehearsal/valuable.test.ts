/**
 * What must not be lost without being asked for, against what the program itself protects and keeps.
 */
import assert from "node:assert/strict";
import type { Step } from "../../rehearsal/engine/plan";
import { deniedSteps, deniedTypes, isDenied, valuableOf } from "../../rehearsal/report/valuable";
import { availableStacks } from "../../rehearsal/stack-file";
import { exampleGraph } from "../support/graphs";
import { planOf, replacement, step } from "./handmade-plan";

const disk = "aws:ebs/volume:Volume";
const settings = "aws:s3/bucketPolicy:BucketPolicy";

const operations = (steps: readonly Step[]): string[] => steps.map(({ operation, name }) => `${operation} ${name}`);

describe("valuable things", () => {
  for (const stack of availableStacks()) {
    it(`${stack}: whatever is protected or kept is in the table`, async () => {
      const { resources } = await exampleGraph(stack);
      const guarded = resources.filter(({ options }) => options.protect || options.retainOnDelete);
      const missing = guarded.filter(({ type, inputs }) => valuableOf(type, inputs) === undefined);
      assert.ok(guarded.length > 0);
      assert.deepEqual(
        missing.map(({ urn }) => urn),
        [],
      );
    });
  }

  it("are data, addresses, secrets, keys and networks of both clouds", () => {
    for (const type of [
      disk,
      "aws:s3/bucket:Bucket",
      "aws:ec2/networkInterface:NetworkInterface",
      "aws:ec2/eip:Eip",
      "aws:secretsmanager/secret:Secret",
      "aws:ec2/vpc:Vpc",
      "aws:route53/zone:Zone",
      "aws:kms/key:Key",
      "azure-native:compute:Disk",
      "azure-native:storage:StorageAccount",
      "azure-native:keyvault:Vault",
      "azure-native:network:NetworkInterface",
      "azure-native:network:PublicIPAddress",
      "azure-native:network:VirtualNetwork",
      "azure-native:dns:Zone",
    ]) {
      assert.ok(deniedTypes.includes(type), type);
      assert.notEqual(valuableOf(type)?.reason ?? "", "");
    }
  });

  it("know what Azure's generic resource stands for", () => {
    const type = "azure-native:resources:Resource";
    assert.equal(isDenied(type, { resourceType: "publicIPAddresses" }), true);
    assert.equal(isDenied(type, { resourceType: "natGateways" }), false);
  });

  it("are not settings that go with them", () => {
    assert.equal(valuableOf(settings)?.worth, "settings");
    assert.equal(isDenied(settings), false);
  });
});

describe("denied steps", () => {
  it("are replacements and deletions, one for each resource", () => {
    const plan = planOf([...replacement(disk, "a"), step("delete", disk, "b"), step("update", disk, "c")]);
    assert.deepEqual(operations(deniedSteps(plan)), ["replace a", "delete b"]);
  });

  it("are not what Pulumi forgets and the cloud keeps, but a replacement is denied even then", () => {
    const kept = { retainOnDelete: true };
    const plan = planOf([step("delete", disk, "a", kept), ...replacement(disk, "b", kept)]);
    assert.deepEqual(operations(deniedSteps(plan)), ["replace b"]);
  });

  it("include the old half of an unfinished replacement", () => {
    assert.deepEqual(operations(deniedSteps(planOf([step("delete-replaced", disk, "a")]))), ["delete-replaced a"]);
  });

  it("look at the inputs of the generic resource", () => {
    const address = step("delete", "azure-native:resources:Resource", "a", {
      oldInputs: { resourceType: "publicIPAddresses" },
    });
    assert.deepEqual(operations(deniedSteps(planOf([address]))), ["delete a"]);
  });

  it("are none for machines, creations and things that stay the same", () => {
    const machine = "aws:ec2/instance:Instance";
    const plan = planOf([
      ...replacement(machine, "m"),
      step("create", disk, "a"),
      step("same", disk, "b"),
      step("delete", settings, "s"),
    ]);
    assert.deepEqual(deniedSteps(plan), []);
  });
});
