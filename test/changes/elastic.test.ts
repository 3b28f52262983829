/**
 * The only master of an Elastic cluster is rebuilt: everything that it is known by and everything that it knows stays.
 */
import assert from "node:assert/strict";
import type { Plan } from "../../rehearsal/engine/plan";
import type { LiveResource, Properties } from "../../rehearsal/model";
import { effectsOf, lossesOf } from "./effects";
import { assertOk, deployed, type Stack } from "./stacks";

const kept: Readonly<Record<string, readonly string[]>> = {
  "aws-elastic": [
    "aws:ec2/eip:Eip",
    "aws:ec2/eipAssociation:EipAssociation",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ebs/volume:Volume",
    "aws:iam/role:Role",
    "aws:secretsmanager/secret:Secret",
    "aws:s3/bucket:Bucket",
  ],
  "azure-elastic": [
    "azure-native:network:PublicIPAddress",
    "azure-native:network:NetworkInterface",
    "azure-native:compute:Disk",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:keyvault:Vault",
    "azure-native:storage:StorageAccount",
  ],
};

const ofType = ({ account }: Stack, type: string): readonly LiveResource[] =>
  account.resources.filter((each) => each.type === type);

function only(stack: Stack, type: string): LiveResource {
  const [found, ...more] = ofType(stack, type);
  assert.ok(found && more.length === 0, type);
  return found;
}

const ids = (stack: Stack, type: string): string[] => ofType(stack, type).map(({ id }) => id);

async function rebuilt(name: string): Promise<{ before: Stack; after: Stack; plan: Plan }> {
  const before = await deployed(name);
  const after = before.copy().edited({ "masters.generations": [2] });
  const plan = await after.up();
  assertOk(plan);
  assert.deepEqual(lossesOf(plan), []);
  return { before, after, plan };
}

describe("the only master, rebuilt", function () {
  this.timeout(600_000);

  for (const [name, types] of Object.entries(kept)) {
    it(`of ${name} keeps address, disk, identity and credentials, and is another machine`, async () => {
      const { before, after, plan } = await rebuilt(name);
      for (const type of types) {
        assert.ok(ids(before, type).length > 0, type);
        assert.deepEqual(ids(after, type), ids(before, type), type);
      }
      assert.ok(effectsOf(plan).includes("replacesOneMaster"), effectsOf(plan).join());
      // On Azure the id of a machine is its name.
      const machine = "aws:ec2/instance:Instance";
      if (name === "aws-elastic") assert.notEqual(only(after, machine).id, only(before, machine).id);
    });
  }

  it("of aws-elastic has the interface and the volume of its predecessor, and is watched in its place", async () => {
    const { after } = await rebuilt("aws-elastic");
    const machine = only(after, "aws:ec2/instance:Instance");
    const nic = only(after, "aws:ec2/networkInterface:NetworkInterface").id;
    assert.deepEqual(machine.inputs.primaryNetworkInterface, { networkInterfaceId: nic });
    assert.equal(only(after, "aws:ec2/eipAssociation:EipAssociation").inputs.networkInterfaceId, nic);
    const { instanceId, volumeId } = only(after, "aws:ec2/volumeAttachment:VolumeAttachment").inputs;
    assert.deepEqual([instanceId, volumeId], [machine.id, only(after, "aws:ebs/volume:Volume").id]);
    for (const { inputs } of ofType(after, "aws:cloudwatch/metricAlarm:MetricAlarm"))
      assert.deepEqual(inputs.dimensions, { InstanceId: machine.id });
  });

  it("of azure-elastic has the interface and the disk of its predecessor, and is watched in its place", async () => {
    const { after } = await rebuilt("azure-elastic");
    const machine = only(after, "azure-native:compute:VirtualMachine");
    const { networkInterfaces } = machine.inputs.networkProfile as { networkInterfaces: Properties[] };
    assert.deepEqual(
      networkInterfaces.map(({ id }) => id),
      ids(after, "azure-native:network:NetworkInterface"),
    );
    const { dataDisks } = machine.inputs.storageProfile as { dataDisks: { managedDisk: Properties }[] };
    assert.deepEqual(
      dataDisks.map(({ managedDisk }) => managedDisk.id),
      ids(after, "azure-native:compute:Disk"),
    );
    assert.deepEqual(only(after, "azure-native:monitor:MetricAlert").inputs.scopes, [machine.id]);
  });

  it("of aws-elastic at an existing address stays there, and the address is taken from nobody", async () => {
    const before = await deployed("aws-elastic", { "entry.address": "203.0.113.7" });
    const after = before.copy().edited({ "masters.generations": [2] });
    assertOk(await after.up());
    assertOk(await after.refresh());
    const association = "aws:ec2/eipAssociation:EipAssociation";
    assert.deepEqual(ids(after, association), ids(before, association));
    assert.equal(only(after, association).outputs.publicIp, "203.0.113.7");
  });
});
