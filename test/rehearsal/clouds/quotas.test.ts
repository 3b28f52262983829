/**
 * How many of a kind the simulated clouds give a new account.
 */
import assert from "node:assert/strict";
import { Account } from "../../../rehearsal/account";
import { clouds } from "../../../rehearsal/clouds/index";
import type { Properties } from "../../../rehearsal/model";
import { CloudRefusal, simulatedProvider } from "../../../rehearsal/provider";
import { nameOf } from "../../../rehearsal/urn";
import type { ValueMap } from "../../../rehearsal/values";
import { Stage } from "./stage";

interface Limited {
  readonly type: string;
  readonly provider: Properties;
  readonly most: number;
  readonly inputs: Properties;
  /** What puts one into another place. */
  readonly elsewhere?: Properties;
  readonly says: string;
}

const aws = { region: "eu-west-1" };
const azure = { location: "westeurope" };
const inGroup = { resourceGroupName: "adopted" };
const principalId = "00000000-0000-0000-0000-00000000000a";
const role = `/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions/${principalId}`;

const limited: readonly Limited[] = [
  {
    type: "aws:ec2/eip:Eip",
    provider: aws,
    most: 5,
    inputs: {},
    elsewhere: { region: "us-east-1" },
    says: "AllocateAddress, api error AddressLimitExceeded: The maximum number of addresses has been reached.",
  },
  {
    type: "aws:ec2/vpc:Vpc",
    provider: aws,
    most: 5,
    inputs: { cidrBlock: "10.0.0.0/16" },
    elsewhere: { region: "us-east-1" },
    says: "CreateVpc, api error VpcLimitExceeded: The maximum number of VPCs has been reached.",
  },
  {
    type: "aws:ec2/natGateway:NatGateway",
    provider: aws,
    most: 5,
    inputs: { subnetId: "subnet-0a1b2c3d4e5f60710", connectivityType: "private" },
    elsewhere: { subnetId: "subnet-0a1b2c3d4e5f60711" },
    says: "NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached.",
  },
  {
    type: "azure-native:network:PublicIPAddress",
    provider: azure,
    most: 20,
    inputs: { ...inGroup, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" },
    elsewhere: { location: "northeurope" },
    says: "Cannot create more than 20 public IP addresses for this subscription in this region.",
  },
  {
    type: "azure-native:storage:StorageAccount",
    provider: azure,
    most: 250,
    inputs: { ...inGroup, kind: "StorageV2", sku: { name: "Standard_ZRS" }, accountName: "candidate" },
    elsewhere: { location: "northeurope" },
    says: "already contains 250 storage accounts with Standard Dns endpoints in location westeurope and the maximum allowed is 250.",
  },
  {
    type: "azure-native:authorization:RoleAssignment",
    provider: azure,
    most: 4000,
    inputs: { principalId, roleDefinitionId: role, scope: "/subscriptions/00000000-0000-0000-0000-000000000001" },
    says: 'Code="RoleAssignmentLimitExceeded" Message="No more role assignments can be created."',
  },
];

/** A cloud that holds this many of a kind, which differ in nothing that a rule looks at. */
function holding(count: number, { type, provider, inputs }: Limited): Stage {
  const stage = new Stage(provider);
  for (let index = 0; index < count; index += 1) {
    const name = `other-${index}`;
    const others = { ...inputs, principalId: name, accountName: name };
    stage.resources.push({ urn: name, type, name, id: name, inputs: others, outputs: others });
  }
  return stage;
}

describe("rehearsal: a new account", () => {
  for (const each of limited) {
    const { type, most, inputs, elsewhere, says } = each;
    it(`has room for ${most} (${type.split(":").at(-1)})`, () => {
      assert.deepEqual(holding(most - 1, each).refusals(type, inputs), []);
      const [refusal, ...others] = holding(most, each).refusals(type, inputs);
      assert.deepEqual(others, []);
      assert.ok(refusal?.includes(says), refusal);
      if (elsewhere) assert.deepEqual(holding(most, each).refusals(type, { ...inputs, ...elsewhere }), []);
    });
  }

  it("counts when things are made, however many were checked at once", async () => {
    const account = new Account();
    const place = { project: "demo", stack: "dev" };
    const provider = simulatedProvider("aws", clouds["aws"]!, account, place).open({ region: "eu-west-1" });
    const urns = Array.from({ length: 6 }, (_, index) => `urn:pulumi:dev::demo::aws:ec2/eip:Eip::address-${index}`);
    const checked: ValueMap[] = [];
    for (const urn of urns) checked.push((await provider.check({ urn, news: {} })).inputs);
    const refused: string[] = [];
    for (const [index, urn] of urns.entries()) {
      await provider.create({ urn, inputs: checked[index]!, preview: false }).catch((error: unknown) => {
        assert.ok(error instanceof CloudRefusal);
        refused.push(nameOf(urn));
      });
    }
    assert.deepEqual([refused, account.resources.length], [["address-5"], 5]);
  });
});
