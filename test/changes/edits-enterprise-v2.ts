/**
 * The edit matrix of Enterprise v2. What masters read from the settings object in the bucket cannot be taken from a stack
 * file any more, and says so.
 */
import { kmsKey, subnet } from "../stacks/configs";
import type { Row } from "./edits";

const stack = "aws-enterprise-v2";
const isFixed = "it has to stay while the cluster stands";
const noMedia = "rollsMasters";

const row = (key: string, value: unknown, does: Row["does"], more: Partial<Row> = {}): Row => ({
  key,
  stacks: [stack],
  edit: { [key]: value, ...more.edit },
  does,
  ...(more.about !== undefined && { about: more.about }),
  ...(more.says !== undefined && { says: more.says }),
  ...(more.from !== undefined && { from: more.from }),
});

const fixed = (key: string, value: unknown, more: Partial<Row> = {}): Row =>
  row(key, value, "refused", { says: isFixed, ...more });

const adopt = {
  "network.adopt.networkId": "vpc-0123456789abcdef0",
  "network.adopt.masterSubnetIds": [subnet(1), subnet(2)],
  "network.adopt.mediaSubnetIds": [subnet(3)],
  "network.adopt.loadBalancerSubnetIds": [subnet(4), subnet(5)],
};

/* prettier-ignore */
export const enterpriseV2Rows: readonly Row[] = [
  row("cloud", "azure", "refused", { says: 'runs on aws only' }),
  row("edition", "ha", "refused", { says: "clusterId" }),
  row("version", "2.31.0", "refused", { says: 'must be "2.32.1"' }),
  fixed("region", "eu-west-1"),
  fixed("domain", "talk.example.com"),
  row("certificate.kind", "letsencrypt", "refused", { says: "the load balancer does" }),
  row("certificate.arn", "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", ["inPlace", "createsOrDeletes"], { edit: { "certificate.kind": "acm" } }),
  row("dns.kind", "none", "createsOrDeletes", { edit: { "dns.zoneId": undefined } }),
  row("dns.zoneId", "Z9876543210ABCDEFGHIJ", "createsOrDeletes"),
  fixed("clusterId", "other"),
  fixed("mediaServer", "kurento"),
  fixed("recording", false),
  fixed("coturnInMediaNodes", true),
  row("webrtcOverTcp", true, "createsOrDeletes"),
  fixed("elasticsearch.enabled", false, { edit: { "elasticsearch.url": undefined, "elasticsearch.kibanaUrl": undefined, "elasticsearch.user": undefined, elasticsearchPassword: undefined } }),
  fixed("elasticsearch.url", "https://other.example.com:443"),
  fixed("elasticsearch.kibanaUrl", "https://other.example.com:443"),
  fixed("elasticsearch.user", "writer"),
  row("masters.instanceType", "c5.2xlarge", ["inPlace", noMedia]),
  row("masters.diskGiB", 120, ["inPlace", noMedia]),
  row("masters.min", 3, "inPlace", { edit: { "masters.desired": 3 } }),
  row("masters.desired", 3, "inPlace"),
  row("masters.max", 6, "inPlace"),
  row("masters.acceptSingleMaster", true, "inPlace", { edit: { "masters.min": 1, "masters.desired": 1 } }),
  row("media.instanceType", "c5.2xlarge", "inPlace"),
  row("media.diskGiB", 80, "inPlace"),
  row("media.min", 1, "inPlace"),
  row("media.desired", 3, "nothing", { about: "which the autoscaler decides now" }),
  row("media.max", 8, "inPlace"),
  row("media.scaleUpCpuPercent", 60, "inPlace"),
  row("media.scaleDownCpuPercent", 20, "inPlace"),
  row("media.drainTimeoutMinutes", 60, "inPlace"),
  row("sessionStore.nodeType", "cache.t3.small", "inPlace"),
  row("sessionStore.nodes", 3, "inPlace"),
  fixed("sessionStore.transitEncryption", true),
  row("sessionStore.snapshotDays", 3, "inPlace"),
  fixed("network.cidr", "10.1.0.0/16"),
  fixed("network.zoneCount", 2),
  fixed("network.zones", ["eu-central-1a", "eu-central-1b"]),
  row("network.nat", "perZone", "nothing", { about: "which nothing leaves by" }),
  fixed("network.adopt.networkId", adopt["network.adopt.networkId"], { edit: adopt }),
  fixed("storage.bucket", "example-settings"),
  fixed("storage.autoRestart", false),
  row("storage.keepDeletedDays", 60, "inPlace"),
  row("access.operatorCidrs", ["198.51.100.0/24"], "createsOrDeletes"),
  row("access.egressCidrs", ["151.101.0.0/16"], "createsOrDeletes"),
  row("access.operatorShell", false, "createsOrDeletes"),
  row("access.credentialReaders", ["arn:aws:iam::123456789012:user/*"], "inPlace"),
  row("access.keyName", "operators", ["inPlace", noMedia]),
  row("access.sshPublicKey", `ssh-ed25519 ${"A".repeat(68)}`, ["inPlace", noMedia, "createsOrDeletes"]),
  fixed("encryption.keyArn", kmsKey.replace("eu-west-1", "eu-central-1")),
  row("images.masterId", "ami-0123456789abcdefa", ["inPlace", noMedia, "createsOrDeletes"]),
  row("images.mediaId", "ami-0123456789abcdefb", ["inPlace", "createsOrDeletes"]),
  row("images.copyFrom", undefined, ["inPlace", noMedia, "createsOrDeletes"]),
  row("alarms.emails", ["ops@example.com"], ["inPlace", "createsOrDeletes"]),
  row("deletionProtection", false, "nothing"),
  row("tags", { team: "video" }, ["inPlace", noMedia]),
  row("license", "rehearsal-placeholder-other", ["inPlace", noMedia], { about: "which masters that serve have from the bucket" }),
  row("openviduSecret", "rehearsal-placeholder-secret", ["inPlace", noMedia], { about: "which masters that serve have from the bucket" }),
  row("elasticsearchPassword", "rehearsal-placeholder-password", ["inPlace", noMedia], { about: "which masters that serve have from the bucket" }),
];
