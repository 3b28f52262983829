/**
 * The cost estimate: what is counted, what has no price, and how both are told.
 */
import assert from "node:assert/strict";
import { machinePrice as awsMachine, piecePrice as awsPiece, volumePrice } from "../../rehearsal/costs/aws-prices";
import { diskPrice, machinePrice as azureMachine, piecePrice as azurePiece } from "../../rehearsal/costs/azure-prices";
import { type CostEstimate, type CostLine, estimate } from "../../rehearsal/costs/estimate";
import { isOld, perMonth } from "../../rehearsal/costs/prices";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { explain } from "../../rehearsal/report/explain";
import { summarise } from "../../rehearsal/report/summary";
import { renderText } from "../../rehearsal/report/text";
import { profiles } from "../../stacks/profiles";
import { exampleGraph } from "../support/graphs";
import { graphOf, resource, type tokens } from "./handmade-graph";
import { planOf } from "./handmade-plan";

const stacks = ["aws-ha", "aws-ha-production", "azure-ha", "azure-ha-production"];

const providerUrn = "urn:pulumi:dev::made::pulumi:providers:aws::aws";

/** A graph of resources that one provider of a region manages. */
function inRegion(region: string, resources: readonly RecordedResource[]): Graph {
  const named = resources.some(({ type }) => type.startsWith("azure-native:")) ? "location" : "region";
  const provider = { ...resource("pulumi:providers:aws", "aws", { [named]: region }), urn: providerUrn };
  return graphOf([provider, ...resources.map((each) => ({ ...each, provider: `${providerUrn}::id` }))]);
}

const master = (inputs: Record<string, unknown>, role: keyof typeof tokens = "master"): RecordedResource =>
  resource("aws:ec2/instance:Instance", "one", inputs, { role });
const root = (volumeSize: unknown, volumeType = "gp3"): Record<string, unknown> => ({
  rootBlockDevice: { volumeType, volumeSize },
});

function line(costs: CostEstimate, what: string): CostLine {
  const found = costs.lines.find((each) => each.what === what);
  assert.ok(found, `${what} is not among ${costs.lines.map((each) => each.what).join(", ")}`);
  return found;
}

const textOf = (graph: Graph, today: string): string =>
  renderText(
    summarise(graph, { project: "made", stack: "dev", file: "", config: {}, secretKeys: [], placeholders: [] }, {}, 1),
    { coloured: false, width: 300, today: new Date(today) },
  );

describe("costs: example stacks", function () {
  for (const stack of stacks) {
    it(`${stack}: everything has a price, or is known to have none`, async () => {
      const costs = estimate(await exampleGraph(stack));
      assert.deepEqual(costs.unpriced, []);
      assert.ok(costs.total.min > 0 && costs.total.max > costs.total.min);
    });
  }

  for (const stack of ["aws-ha", "azure-ha"]) {
    it(`${stack}: a preview costs the same`, async () => {
      assert.deepEqual(estimate(await exampleGraph(stack, { preview: true })), estimate(await exampleGraph(stack)));
    });
  }

  it("counts four masters and the media nodes that the autoscaler may run", async () => {
    const costs = estimate(await exampleGraph("aws-ha"));
    assert.deepEqual(line(costs, "master (c6a.xlarge)").count, { min: 4, max: 4 });
    assert.deepEqual(line(costs, "media node (c6a.xlarge)").count, { min: 1, max: 5 });
    assert.deepEqual(line(costs, "gp3 disk of 50 GB").count, { min: 5, max: 9 });
    // One of the NAT gateway, three of the load balancer, one of each media node.
    assert.deepEqual(line(costs, "public IPv4 address").count, { min: 5, max: 9 });
    assert.deepEqual(line(costs, "detailed monitoring of a machine").count, { min: 5, max: 9 });
  });

  it("counts on Azure what the autoscaler and the scale set's addresses say", async () => {
    const costs = estimate(await exampleGraph("azure-ha-production"));
    assert.deepEqual(line(costs, "media node (Standard_D8ps_v6)").count, { min: 2, max: 20 });
    assert.deepEqual(line(costs, "public IPv4 address").count, { min: 2, max: 20 });
    assert.deepEqual(line(costs, "Premium_LRS disk of 300 GB").count, { min: 4, max: 4 });
  });

  it("names what no list price covers", async () => {
    const { notIncluded } = estimate(await exampleGraph("azure-ha"));
    for (const each of ["traffic", "the OpenVidu licence", "stored objects and requests", "operations on secrets"]) {
      assert.ok(notIncluded.includes(each), each);
    }
  });
});

describe("costs: the sum", () => {
  it("is number times price, and the lines add up", () => {
    const costs = estimate(inRegion("us-east-1", [master({ instanceType: "c6a.2xlarge", ...root(100) })]));
    assert.deepEqual(line(costs, "master (c6a.2xlarge)").monthly, { min: 223.38, max: 223.38 });
    assert.deepEqual(line(costs, "gp3 disk of 100 GB").monthly, { min: 8, max: 8 });
    assert.deepEqual(costs.total, { min: 231.38, max: 231.38 });
    assert.equal(costs.currency, "USD");
  });

  it("is dated by its oldest price", () => {
    const old = { ...master({ instanceType: "c6a.xlarge", ...root(10) }) };
    const costs = estimate(inRegion("us-east-1", [old]));
    assert.equal(costs.date, costs.lines.map(({ read }) => read).sort()[0]);
    assert.equal(estimate(graphOf([])).date, undefined);
  });

  it("puts the most expensive line first", async () => {
    const most = estimate(await exampleGraph("aws-ha-production")).lines.map(({ monthly }) => monthly.max);
    assert.deepEqual(
      most,
      [...most].sort((a, b) => b - a),
    );
  });

  it("does not count what is only read, nor providers and passwords", () => {
    const read = { ...master({ instanceType: "c6a.xlarge", ...root(10) }), external: true as const };
    const costs = estimate(
      inRegion("us-east-1", [read, resource("random:index/randomPassword:RandomPassword", "p", {})]),
    );
    assert.deepEqual([costs.lines, costs.unpriced], [[], []]);
  });

  it("charges rules of an Azure load balancer beyond the fifth", () => {
    const balancer = (rules: number): RecordedResource =>
      resource("azure-native:network:LoadBalancer", "lb", {
        loadBalancingRules: Array.from({ length: rules }, () => ({})),
      });
    assert.deepEqual(estimate(inRegion("westeurope", [balancer(5)])).total, { min: 18.25, max: 18.25 });
    assert.deepEqual(estimate(inRegion("westeurope", [balancer(7)])).total, { min: 32.85, max: 32.85 });
  });

  it("knows what Azure's generic resource stands for", () => {
    const generic = (resourceType: string): RecordedResource =>
      resource("azure-native:resources:Resource", resourceType, { resourceType });
    const costs = estimate(inRegion("westeurope", ["natGateways", "publicIPAddresses", "bastions"].map(generic)));
    assert.deepEqual(costs.lines.map(({ what }) => what).sort(), ["NAT gateway", "public IPv4 address"]);
    assert.deepEqual(
      costs.unpriced.map(({ what }) => what),
      ["bastions"],
    );
  });

  it("takes a scale set without autoscaler at its capacity", () => {
    const set = resource("azure-native:compute:VirtualMachineScaleSet", "media", {
      sku: { name: "Standard_D4s_v5", capacity: 3 },
      virtualMachineProfile: {
        storageProfile: { osDisk: { diskSizeGB: 64, managedDisk: { storageAccountType: "Premium_LRS" } } },
      },
    });
    assert.deepEqual(line(estimate(inRegion("westeurope", [set])), "machine (Standard_D4s_v5)").count, {
      min: 3,
      max: 3,
    });
  });

  it("charges a load balancer inside of a network no addresses", () => {
    const balancer = (internal: boolean): RecordedResource =>
      resource("aws:lb/loadBalancer:LoadBalancer", "lb", {
        loadBalancerType: "network",
        internal,
        subnets: ["a", "b"],
      });
    const whats = (internal: boolean): string[] =>
      estimate(inRegion("eu-west-1", [balancer(internal)])).lines.map(({ what }) => what);
    assert.deepEqual(whats(true), ["network load balancer"]);
    assert.deepEqual(whats(false), ["network load balancer", "public IPv4 address"]);
  });
});

describe("costs: what has no price", () => {
  const cases: readonly { what: string; region?: string; of: RecordedResource; why: RegExp }[] = [
    {
      what: "NAT gateway",
      region: "eu-west-2",
      of: resource("aws:ec2/natGateway:NatGateway", "nat", {}),
      why: /no price for eu-west-2/,
    },
    {
      what: "machine (x9.large)",
      of: master({ instanceType: "x9.large", ...root(8) }, "loadBalancer"),
      why: /no price/,
    },
    { what: "io2 disk of 8 GB", of: master({ instanceType: "c6a.large", ...root(8, "io2") }), why: /no price/ },
    {
      what: "gp3 disk",
      of: master({ instanceType: "c6a.large", ...root("<unknown>") }),
      why: /size is not known/,
    },
    { what: "aws:new/thing:Thing", of: resource("aws:new/thing:Thing", "new", {}), why: /nobody has written down/ },
    { what: "gcp:new/thing:Thing", of: resource("gcp:new/thing:Thing", "new", {}), why: /nobody has written down/ },
    {
      what: "load balancer",
      of: resource("aws:lb/loadBalancer:LoadBalancer", "lb", { loadBalancerType: "gateway" }),
      why: /no price for the type gateway/,
    },
    {
      what: "public IPv4 addresses of the load balancer",
      of: resource("aws:lb/loadBalancer:LoadBalancer", "lb", { loadBalancerType: "network", subnets: "<unknown>" }),
      why: /not known yet/,
    },
    {
      what: "VPC endpoint",
      of: resource("aws:ec2/vpcEndpoint:VpcEndpoint", "e", { vpcEndpointType: "Interface" }),
      why: /Interface/,
    },
    {
      what: "machine",
      of: resource("aws:autoscaling/group:Group", "g", { minSize: 1, maxSize: 2 }),
      why: /no launch template/,
    },
    {
      what: "secret in Secrets Manager",
      region: "cn-north-1",
      of: resource("aws:secretsmanager/secret:Secret", "s", {}),
      why: /no price for cn-north-1/,
    },
  ];
  for (const { what, region = "us-east-1", of, why } of cases) {
    it(`says so: ${what}`, () => {
      const { unpriced, lines } = estimate(inRegion(region, [of]));
      const found = unpriced.find((each) => each.what === what);
      assert.ok(found, `${what} is not among ${unpriced.map((each) => each.what).join(", ")}`);
      assert.match(found.why, why);
      assert.ok(lines.every((each) => each.monthly.max > 0));
    });
  }

  it("says so where the region is not known", () => {
    const [first] = estimate(graphOf([resource("aws:ec2/natGateway:NatGateway", "nat", {})])).unpriced;
    assert.match(first?.why ?? "", /an unknown region/);
  });

  it("is told next to the total, and by itself", () => {
    const nat = resource("aws:ec2/natGateway:NatGateway", "nat", {});
    const text = textOf(
      inRegion("eu-west-2", [nat, master({ instanceType: "c6a.xlarge", ...root(10) })]),
      "2026-11-21",
    );
    assert.match(text, /roughly 134 USD a month at list prices of 2026-01, without NAT gateway/);
    assert.match(text, /not counted: NAT gateway: no price for eu-west-2/);
    assert.match(textOf(inRegion("eu-west-2", [nat]), "2026-11-21"), /What it would cost: no prices are known/);
  });
});

describe("costs: prices", () => {
  it("are there for the machines that profiles choose, in the main regions", () => {
    for (const { masterInstanceType, mediaInstanceType } of Object.values(profiles)) {
      for (const region of ["us-east-1", "eu-west-1", "eu-central-1"]) {
        for (const type of [masterInstanceType.aws, mediaInstanceType.aws]) assert.ok(awsMachine(type, region), type);
        assert.ok(volumePrice("gp3", 10, region));
        for (const piece of ["networkLoadBalancer", "natGateway", "publicAddress", "secret"] as const) {
          assert.ok(awsPiece(piece, region), `${piece} in ${region}`);
        }
      }
      for (const region of ["eastus", "westeurope", "northeurope", "germanywestcentral"]) {
        for (const type of [masterInstanceType.azure, mediaInstanceType.azure]) assert.ok(azureMachine(type, region));
        for (const piece of ["loadBalancer", "natGateway", "publicAddress"] as const) {
          assert.ok(azurePiece(piece, region), `${piece} in ${region}`);
        }
      }
    }
  });

  it("follow the size of a machine", () => {
    assert.equal(awsMachine("c7g.2xlarge", "eu-west-1")?.amount, 0.3101);
    assert.equal(awsMachine("g5.2xlarge", "eu-west-1")?.amount, 1.353);
    assert.equal(awsMachine("c6a.metal", "us-east-1"), undefined);
    assert.equal(azureMachine("Standard_D8s_v5", "westeurope")?.amount, 0.46);
    assert.equal(azureMachine("Standard_NC4as_T4_v3", "northeurope")?.amount, 0.587);
    assert.equal(azureMachine("Standard_B1ms", "westeurope"), undefined);
    assert.equal(azureMachine("Standard_D8s_v5", "mars"), undefined);
  });

  it("of Azure's disks are those of the tier", () => {
    assert.equal(diskPrice("Premium_LRS", 64, "eastus")?.amount, 10.21);
    assert.equal(diskPrice("Premium_LRS", 65, "eastus")?.amount, 19.71);
    assert.equal(diskPrice("Premium_LRS", 5000, "eastus"), undefined);
    assert.equal(diskPrice("Premium_LRS", 64, "northeurope"), undefined);
  });

  it("of an hour are those of 730 hours a month", () => {
    assert.equal(perMonth({ amount: 0.1, unit: "hour", source: "", read: "2026-01" }), 73);
    assert.equal(perMonth({ amount: 0.1, unit: "month", source: "", read: "2026-01" }), 0.1);
  });

  it("are not those of the sovereign clouds", () => {
    assert.equal(awsPiece("publicAddress", "us-gov-west-1"), undefined);
    assert.equal(azurePiece("publicAddress", "usgovvirginia"), undefined);
  });

  it("are old a year after the month in which they were read", () => {
    assert.equal(isOld("2026-01", new Date("2027-01-31T23:00:00Z")), false);
    assert.equal(isOld("2026-01", new Date("2027-02-01T00:00:00Z")), true);
    const graph = inRegion("us-east-1", [master({ instanceType: "c6a.xlarge", ...root(10) })]);
    assert.doesNotMatch(textOf(graph, "2026-11-21"), /older than a year/);
    assert.match(textOf(graph, "2029-11-21"), /older than a year/);
  });
});

describe("costs: the report", () => {
  it("shows the biggest lines, sums up the others, and says what is missing", async () => {
    const text = textOf(await exampleGraph("aws-ha"), "2026-11-21");
    assert.match(text, /What it would cost: roughly 740 to 1,260 USD a month at list prices of 2026-01\n/);
    assert.match(text, /120 to 599 +1 to 5 × media node \(c6a\.xlarge\)\n/);
    assert.match(text, /48 to 71 +5 others\n/);
    assert.match(text, /not included: the OpenVidu licence, traffic/);
  });

  it("shows them next to an explanation of changes as well", () => {
    const graph = inRegion("us-east-1", [master({ instanceType: "c6a.xlarge", ...root(10) })]);
    const whole = { project: "made", stack: "dev", file: "", config: {}, secretKeys: [], placeholders: [] };
    const changes = { edited: [], explanation: explain(planOf([])), denied: false };
    const summary = { ...summarise(graph, whole, {}, 1), changes };
    assert.match(renderText(summary, { coloured: false, width: 100 }), /Nothing would change\n[^]*What it would cost/);
  });
});
