import assert from "node:assert/strict";
import fc from "fast-check";
import { cidrsOverlap, subnetOf } from "../../../components/cidr";
import type { NetworkArgs } from "../../../components/network";
import {
  type AdoptedFacts,
  adoptedProblems,
  type SubnetFacts,
  validateAwsNetwork,
  zoneRanges,
} from "../../../providers/aws/network";
import { exampleGraph } from "../../support/graphs";

const args: NetworkArgs = {
  region: "eu-west-1",
  zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  cidr: "10.0.0.0/16",
  nat: "single",
  masterCount: 4,
  masterExposure: "private",
  tags: {},
};

const rangesOf = (cidr: string): string[] =>
  [0, 1, 2, 3].flatMap((index) => {
    const { publicCidr, privateCidr } = zoneRanges(cidr, index);
    return [publicCidr, privateCidr];
  });

describe("subnets of a created AWS network", () => {
  it("lie where they have always lain", () => {
    assert.deepEqual(zoneRanges("10.0.0.0/16", 0), { publicCidr: "10.0.0.0/19", privateCidr: "10.0.128.0/20" });
    assert.deepEqual(zoneRanges("10.0.0.0/16", 3), { publicCidr: "10.0.96.0/19", privateCidr: "10.0.176.0/20" });
    assert.deepEqual(zoneRanges("10.9.4.0/22", 1), { publicCidr: "10.9.4.128/25", privateCidr: "10.9.6.64/26" });
  });

  it("never overlap, stay in the network, leave its last quarter free, and have room for a load balancer", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 22 }), fc.nat({ max: 255 }), (prefix, part) => {
        const cidr = subnetOf("10.0.0.0/8", prefix, part);
        const ranges = rangesOf(cidr);
        ranges.forEach((one, i) =>
          ranges.forEach((other, j) => assert.equal(cidrsOverlap(one, other), i === j, `${one} ${other}`)),
        );
        for (const range of ranges) {
          assert.ok(cidrsOverlap(range, cidr));
          assert.equal(cidrsOverlap(range, subnetOf(cidr, prefix + 2, 3)), false, range);
          assert.ok(Number(range.split("/")[1]) <= 27);
        }
      }),
    );
  });
});

describe("arguments of an AWS network", () => {
  const paths = (changes: Partial<NetworkArgs>): string[] =>
    validateAwsNetwork({ ...args, ...changes }).map(({ path }) => path);

  it("may be right", () => {
    assert.deepEqual(paths({}), []);
  });

  it("name one to four different zones of the region", () => {
    assert.deepEqual(paths({ zones: [] }), ["network.zones"]);
    assert.deepEqual(paths({ zones: ["eu-west-1a", "eu-west-1a"] }), ["network.zones"]);
    assert.deepEqual(paths({ zones: [..."abcde"].map((letter) => `eu-west-1${letter}`) }), ["network.zones"]);
    assert.deepEqual(paths({ zones: ["eu-west-1a", "eu-west-2a"] }), ["network.zones"]);
  });

  it("want subnets for the load balancer of an adopted network", () => {
    const adopt = {
      networkId: "vpc-1",
      masterSubnetIds: ["subnet-1"],
      mediaSubnetIds: ["subnet-2"],
      loadBalancerSubnetIds: [],
    };
    assert.deepEqual(paths({ adopt, zones: [] }), ["network.adopt.loadBalancerSubnetIds"]);
    assert.deepEqual(paths({ adopt: { ...adopt, loadBalancerSubnetIds: ["subnet-3"] }, zones: [] }), []);
  });
});

describe("an adopted AWS network", () => {
  const subnet = (id: string, letter: string, vpcId = "vpc-1"): SubnetFacts => ({
    id,
    vpcId,
    zone: `eu-west-1${letter}`,
  });
  const good: AdoptedFacts = {
    masters: [subnet("subnet-1", "a"), subnet("subnet-2", "b")],
    media: [subnet("subnet-3", "c")],
    loadBalancer: [subnet("subnet-4", "a"), subnet("subnet-5", "b")],
  };

  it("may be right; media nodes may stand anywhere in it", () => {
    assert.deepEqual(adoptedProblems("vpc-1", good, "private"), []);
  });

  it("has all subnets in the VPC", () => {
    const media = [subnet("subnet-3", "c", "vpc-2")];
    assert.deepEqual(adoptedProblems("vpc-1", { ...good, media }, "private"), [
      "subnet subnet-3 does not belong to vpc-1",
    ]);
  });

  it("has one load balancer subnet per zone (AWS-A-11)", () => {
    const loadBalancer = [...good.loadBalancer, subnet("subnet-6", "a")];
    assert.deepEqual(adoptedProblems("vpc-1", { ...good, loadBalancer }, "private"), [
      "loadBalancerSubnetIds has more than one subnet in zone eu-west-1a; a load balancer takes one per zone",
    ]);
  });

  it("has no master in a zone that the load balancer does not cover", () => {
    const masters = [subnet("subnet-1", "c"), subnet("subnet-2", "c")];
    assert.deepEqual(adoptedProblems("vpc-1", { ...good, masters }, "private"), [
      "masterSubnetIds lies in zone eu-west-1c, where loadBalancerSubnetIds has no subnet",
    ]);
  });

  it("is told what its zones mean for the masters, which only AWS knows (AWS-A-2)", async () => {
    const { log } = await exampleGraph("aws-ha-production");
    const warnings = log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    assert.equal(warnings.filter((message) => /^two masters share zone eu-west-1[a-c]: /.test(message)).length, 1);
  });
});
