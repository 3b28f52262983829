/**
 * What a cloud cannot do, it says so before anything is made: with the path of the setting, and without a stack trace.
 * The complete tables of wrong configs are in test/stacks/; these are the ones that need the whole program.
 */
import assert from "node:assert/strict";
import type { Graph } from "../../rehearsal/graph";
import { type ConfigChanges, evaluateVariant, inAdvance, saidBy, variantOf } from "./examples";

interface Refused {
  readonly title: string;
  readonly stack: string;
  readonly config: ConfigChanges;
  /** What the message has to say, each part. */
  readonly says: readonly RegExp[];
}

/* prettier-ignore */
const table: readonly Refused[] = [
  { title: "an ACM certificate on Azure", stack: "azure-ha", config: { certificate: { kind: "acm" } }, says: [/certificate/, /acm|letsencrypt/] },
  { title: "a Route 53 zone id that is none, together with min above max", stack: "aws-ha", config: { dns: { kind: "route53", zoneId: "not a zone" }, media: { min: 5, max: 2 } }, says: [/dns\.zoneId/, /media\.m(in|ax)/] },
  { title: "a key of the other cloud", stack: "aws-ha", config: { resourceGroup: "some-group" }, says: [/resourceGroup/, /azure/] },
  { title: "a size that Azure does not have", stack: "azure-ha", config: { masters: { instanceType: "Standard_B4s" } }, says: [/masters\.instanceType/, /Standard_B4s/] },
  { title: "one subnet for two zones' load balancers", stack: "aws-ha-production", config: { network: { adopt: { networkId: "vpc-0a1b2c3d4e5f60718", masterSubnetIds: ["subnet-0a1b2c3d4e5f60711"], mediaSubnetIds: ["subnet-0a1b2c3d4e5f60721"], loadBalancerSubnetIds: [] } } }, says: [/network\.adopt/] },
  { title: "an ACM certificate without a load balancer", stack: "aws-elastic", config: { certificate: { kind: "acm" } }, says: [/certificate/, /acm/] },
  { title: "two masters where the edition has one", stack: "azure-elastic", config: { masters: { generations: [1, 1] } }, says: [/masters\.generations/] },
  { title: "an own certificate for a bare address", stack: "azure-elastic", config: { domain: undefined, certificate: { kind: "owncert", chain: "AAAA" } }, says: [/domain|certificate/] },
  { title: "keys of a load balancer that is not there", stack: "aws-elastic", config: { entry: { preserveClientAddress: true }, network: { nat: "single" } }, says: [/entry\.preserveClientAddress/, /network\.nat/] },
  { title: "a missing domain on AWS", stack: "aws-ha", config: { domain: undefined }, says: [/domain/] },
];

const evaluated = ({ stack, config }: Refused): Promise<Graph> => variantOf(stack, { config });

describe("refused settings", () => {
  before(() => inAdvance(table.map((row) => () => evaluated(row))));

  for (const row of table) {
    const { title, says } = row;
    it(`${title}: named, and nothing is made`, async () => {
      const graph = await evaluated(row);
      assert.equal(graph.exitCode, 32, saidBy(graph));
      const made = graph.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
      assert.deepEqual(
        made.map(({ urn }) => urn),
        [],
      );
      const message = saidBy(graph);
      for (const part of says) assert.match(message, part);
      assert.doesNotMatch(message, /^\s+at .*:\d+:\d+\)?$/m, "a stack trace");
    });
  }

  it("a licence in plain text is refused without being repeated", async () => {
    const license = "plain-licence-that-nobody-may-see";
    const graph = await evaluateVariant("aws-ha", { config: { license }, plain: ["license"] });
    assert.equal(graph.exitCode, 32);
    assert.match(saidBy(graph), /license/);
    assert.ok(!JSON.stringify(graph).includes(license));
  });
});

describe("accepted settings", () => {
  it("two zones are possible, and the operator is warned of what losing one means", async () => {
    const graph = await evaluateVariant("aws-ha", { config: { network: { zones: ["eu-west-1a", "eu-west-1b"] } } });
    assert.equal(graph.exitCode, 0, saidBy(graph));
    const warnings = graph.log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    assert.ok(
      warnings.some((message) => /zone/.test(message)),
      warnings.join(),
    );
  });

  it("without deletion protection everything can be destroyed but data is still kept", async () => {
    const graph = await evaluateVariant("aws-ha", { config: { deletionProtection: false } });
    assert.equal(graph.exitCode, 0, saidBy(graph));
    assert.deepEqual(
      graph.resources.filter(({ options }) => options.protect).map(({ name }) => name),
      [],
    );
    const kept = graph.resources.filter(({ options }) => options.retainOnDelete).map(({ type }) => type);
    for (const type of ["aws:ebs/volume:Volume", "aws:s3/bucket:Bucket"]) assert.ok(kept.includes(type), type);
  });
});
