import assert from "node:assert/strict";
import type { LoadBalancerArgs } from "../../../components/load-balancer";
import type { MasterPoolArgs } from "../../../components/master-pool";
import type { ObjectStoreArgs } from "../../../components/object-store";
import type { ScalingMediaPoolArgs } from "../../../components/scaling-media-pool";
import type { SecretStoreArgs } from "../../../components/secret-store";
import { entryListeners } from "../../../openvidu/entry";
import { validateAwsCertificate } from "../../../providers/aws/certificate";
import { recordContent, zoneProblem } from "../../../providers/aws/domain-name";
import { validateAwsLoadBalancer } from "../../../providers/aws/load-balancer";
import { validateAwsMasterPool } from "../../../providers/aws/master-pool";
import { validateAwsObjectStore } from "../../../providers/aws/object-store";
import { longestRollSeconds, rollBatchOf, rollSeconds } from "../../../providers/aws/rolls";
import { validateAwsScalingMediaPool } from "../../../providers/aws/scaling-media-pool";
import { validateAwsSecretStore } from "../../../providers/aws/secret-store";
import { keyProblems } from "../../../providers/aws/support";
import { plainContext } from "../../support/contexts";

const placement = { region: "eu-west-1", scope: "", tags: {}, deletionProtection: true };
const image = { release: "24.04", architecture: "amd64", version: "20261004" } as const;
const farKey = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d";
const hour = 3600;

// The validators read plain values only; what they do not read is left out.
const masters = {
  ...placement,
  slots: [1, 2, 3, 4],
  generations: [1, 1, 1, 1],
  publicAddressIds: [] as readonly string[],
  instanceType: "c6a.xlarge",
  image,
  rootDiskGiB: 100,
  dataDiskGiB: 100,
} as unknown as MasterPoolArgs;
const media = {
  ...placement,
  subnetIds: ["subnet-1"] as readonly string[],
  instanceType: "c6a.xlarge",
  image,
  diskGiB: 100,
  min: 1,
  max: 5,
  initial: 2,
  bootTimeoutSeconds: 1200,
  drainTimeoutSeconds: 12 * hour,
} as ScalingMediaPoolArgs;
const balancer = {
  ...placement,
  subnetIds: ["subnet-1"] as readonly string[],
  listeners: entryListeners(plainContext()),
} as unknown as LoadBalancerArgs;

const pathsOf = (problems: readonly { path: string }[]): string[] => problems.map(({ path }) => path);

describe("arguments of the AWS roles", () => {
  it("may be right", () => {
    assert.deepEqual(validateAwsMasterPool(masters), []);
    assert.deepEqual(validateAwsScalingMediaPool(media, "g"), []);
    assert.deepEqual(validateAwsLoadBalancer("openvidu-entry", balancer), []);
    assert.deepEqual(validateAwsSecretStore({ ...placement, recoveryDays: 7 } as SecretStoreArgs), []);
    assert.deepEqual(validateAwsObjectStore("openvidu-storage", placement as ObjectStoreArgs), []);
    assert.deepEqual(validateAwsCertificate({ domain: "a.example.com", tags: {} }), []);
  });

  it("have a number and, where masters are public, an address for each master of an edition", () => {
    const one = { ...masters, slots: masters.slots.slice(0, 1), generations: [1] };
    assert.deepEqual(validateAwsMasterPool({ ...one, publicAddressIds: ["eipalloc-1"] }), []);
    const two = { ...masters, slots: masters.slots.slice(0, 2), generations: [1], publicAddressIds: ["eipalloc-1"] };
    assert.deepEqual(pathsOf(validateAwsMasterPool(two)), ["slots", "masters.generations", "publicAddressIds"]);
    assert.deepEqual(pathsOf(validateAwsMasterPool({ ...one, generations: [1, 1] })), ["masters.generations"]);
  });

  it("name a key of the cluster's region wherever one is given", () => {
    assert.deepEqual(pathsOf(validateAwsMasterPool({ ...masters, diskKeyId: farKey })), ["encryption.keyId"]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, diskKeyId: farKey }, "g")), ["encryption.keyId"]);
    const stores = { ...placement, kmsKeyId: farKey, recoveryDays: 7 };
    assert.deepEqual(pathsOf(validateAwsSecretStore(stores as unknown as SecretStoreArgs)), ["encryption.keyId"]);
    assert.deepEqual(pathsOf(validateAwsObjectStore("s", stores as unknown as ObjectStoreArgs)), ["encryption.keyId"]);
    assert.equal(keyProblems("alias/mine", "eu-west-1", "p")[0]?.reason, '"alias/mine" is not the ARN of a KMS key');
    assert.equal(
      keyProblems(farKey, "eu-west-1", "p")[0]?.reason,
      "the key lies in us-east-1, but the cluster in eu-west-1",
    );
    assert.deepEqual(keyProblems(farKey, "us-east-1", "p"), []);
  });

  it("name disks that EBS has", () => {
    assert.deepEqual(pathsOf(validateAwsMasterPool({ ...masters, dataDiskGiB: 65537 })), ["masters.dataDiskGiB"]);
    assert.deepEqual(pathsOf(validateAwsMasterPool({ ...masters, rootDiskGiB: 65537 })), ["masters.rootDiskGiB"]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, diskGiB: 65537 }, "g")), ["media.diskGiB"]);
  });

  it("name an image that fits the machines", () => {
    assert.deepEqual(pathsOf(validateAwsMasterPool({ ...masters, instanceType: "m7g.xlarge" })), [
      "masters.image.architecture",
    ]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, instanceType: "g5.xlarge" }, "g")), [
      "media.image.id",
    ]);
  });

  it("keep a boot within what a hook can wait, and a roll within its 14 days", () => {
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, bootTimeoutSeconds: 7201 }, "g")), [
      "media.bootTimeoutSeconds",
    ]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, bootTimeoutSeconds: 29 }, "g")), [
      "media.bootTimeoutSeconds",
    ]);
    const slow = { ...media, max: 7, bootTimeoutSeconds: 2 * hour, drainTimeoutSeconds: 47 * hour };
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool(slow, "g")), ["media.drainTimeoutSeconds"]);
    assert.deepEqual(validateAwsScalingMediaPool({ ...slow, max: 8 }, "g"), []);
  });

  it("keep names within AWS's limits (AWS-A-10)", () => {
    assert.deepEqual(pathsOf(validateAwsLoadBalancer("openvidu-load-balancer", balancer)), ["name"]);
    assert.deepEqual(validateAwsLoadBalancer("a".repeat(18), balancer), []);
    assert.deepEqual(pathsOf(validateAwsLoadBalancer("a".repeat(19), balancer)), ["name"]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool(media, "g".repeat(256))), ["stack"]);
    assert.deepEqual(pathsOf(validateAwsObjectStore("a".repeat(43), placement as ObjectStoreArgs)), ["name"]);
    assert.deepEqual(pathsOf(validateAwsObjectStore("Storage", placement as ObjectStoreArgs)), ["name"]);
    assert.deepEqual(pathsOf(validateAwsCertificate({ domain: `${"a".repeat(60)}.test`, tags: {} })), ["domain"]);
  });

  it("keep a deleted secret for a time that Secrets Manager knows", () => {
    for (const recoveryDays of [0, 6, 31]) {
      assert.deepEqual(pathsOf(validateAwsSecretStore({ ...placement, recoveryDays } as SecretStoreArgs)), [
        "secretRecoveryDays",
      ]);
    }
  });

  it("give the load balancer and the media group a subnet at least", () => {
    assert.deepEqual(pathsOf(validateAwsLoadBalancer("lb", { ...balancer, subnetIds: [] })), ["subnetIds"]);
    assert.deepEqual(pathsOf(validateAwsScalingMediaPool({ ...media, subnetIds: [] }, "g")), ["subnetIds"]);
  });
});

describe("rolls of the media group", () => {
  it("replace a quarter at a time, and one at least", () => {
    assert.deepEqual([1, 3, 4, 7, 8, 20].map(rollBatchOf), [1, 1, 1, 1, 2, 5]);
  });

  it("take as long as their batches", () => {
    assert.equal(rollSeconds(5, 100, 1000), 5500);
    assert.equal(rollSeconds(9, 100, 1000), 5500);
    assert.ok(rollSeconds(1000, 20 * 60, 47 * hour) < longestRollSeconds);
  });
});

describe("records in Route 53", () => {
  const nothing = { ipAddress: "", hostName: "", aliasZoneId: "" };

  it("are aliases for AWS's load balancers, whose health takes no answer away", () => {
    assert.deepEqual(recordContent({ ...nothing, hostName: "lb.example", aliasZoneId: "Z1" }), {
      type: "A",
      aliases: [{ name: "lb.example", zoneId: "Z1", evaluateTargetHealth: false }],
    });
  });

  it("are A records for addresses and CNAMEs for other hosts", () => {
    assert.deepEqual(recordContent({ ...nothing, ipAddress: "192.0.2.1", hostName: "x" }), {
      type: "A",
      records: ["192.0.2.1"],
      ttl: 60,
    });
    assert.deepEqual(recordContent({ ...nothing, hostName: "x.example" }), {
      type: "CNAME",
      records: ["x.example"],
      ttl: 60,
    });
  });

  it("lie in a public zone that the domain belongs to", () => {
    assert.equal(zoneProblem("video.example.com", "example.com.", false), undefined);
    assert.equal(zoneProblem("example.com", "example.com", false), undefined);
    assert.equal(
      zoneProblem("badexample.com", "example.com", false),
      "is for example.com, which badexample.com does not belong to",
    );
    assert.equal(
      zoneProblem("video.example.com", "example.com", true),
      "is private; clients on the Internet need a public one",
    );
  });
});
