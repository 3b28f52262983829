/**
 * The edit matrix: what each config key does to a running stack when it alone is edited, in words. Which resources
 * change, and by which of their inputs, stands in test/golden/edits-<stack>.txt.
 */
import { readStackFile } from "../../rehearsal/stack-file";
import { acmCertificate, hostKey, kmsKey, sshKey, subnet, turnChain } from "../stacks/configs";
import { enterpriseV2Rows } from "./edits-enterprise-v2";
import type { Edit } from "./stacks";

export const effects = [
  /** Nothing is touched. */
  "nothing",
  /** Resources change in place. */
  "inPlace",
  /** Media nodes get a new template: each drains, and a new one takes its place. */
  "rollsMedia",
  /** A group of masters gets a new template: new ones come before old ones go. */
  "rollsMasters",
  /** One master's machine is made anew on its address and its disk. */
  "replacesOneMaster",
  /** Other resources come, go or are made anew. */
  "createsOrDeletes",
  /** The program or the cloud says no. */
  "refused",
] as const;
export type Effect = (typeof effects)[number];

/** What an edit changes about a stack, in the order of `effects`; one word, or several. */
export type Effects = Effect | readonly Effect[];

export interface Row {
  /** The key that is edited, as in docs/config.md; of keys that mean nothing alone, the one that the row is about. */
  readonly key: string;
  /** What is special about this edit of the key, if there are several. */
  readonly about?: string;
  readonly stacks: readonly string[];
  readonly edit: Edit;
  /** Config of the stack before, where it is not the example's. */
  readonly from?: Edit;
  readonly does: Effects;
  /** A part of what the refusal says. */
  readonly says?: string;
  /** Valuable things that go, because the edit asks for exactly that: `type::name`. */
  readonly loses?: readonly string[];
}

const both = ["aws-ha", "azure-ha"];
const aws = ["aws-ha"];
const azure = ["azure-ha"];
const elastic = ["aws-elastic", "azure-elastic"];
const awsElastic = ["aws-elastic"];
const azureElastic = ["azure-elastic"];
const awsProduction = ["aws-ha-production"];
const awsTurn = ["aws-ha-turn"];
const azureProduction = ["azure-ha-production"];
const onprem = ["onprem-ha-dns"];
const onpremBalancer = ["onprem-ha-nlb"];
const onpremElastic = ["onprem-elastic"];

/** Resource ids of other things in the subscription of an example stack. */
const idsIn = (subscription: string) => {
  const others = `/subscriptions/${subscription}/resourceGroups/others/providers`;
  const network = `${others}/Microsoft.Network/virtualNetworks/others`;
  return {
    zone: `${others}/Microsoft.Network/dnszones/example.com`,
    address: `${others}/Microsoft.Network/publicIPAddresses/others`,
    diskKeys: `${others}/Microsoft.Compute/diskEncryptionSets/others`,
    image: `${others}/Microsoft.Compute/galleries/ours/images/node/versions/1.2.3`,
    adopt: {
      "network.adopt.networkId": network,
      "network.adopt.masterSubnetIds": [`${network}/subnets/masters`],
      "network.adopt.mediaSubnetIds": [`${network}/subnets/media`],
    },
  };
};
const ids = idsIn("00000000-0000-0000-0000-000000000001");
const productionIds = idsIn("11111111-2222-3333-4444-555555555555");
const otherKey = kmsKey.replace("0a1b2c3d", "1a1b2c3d");
const operatorKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRhrcoXiOT1Fr3XyUKz5faDf8HIxNef7sN315+A4pqJ";
const otherOperatorKey = operatorKey.replace("4pqJ", "4pqK");
const otherPrivateKey = "rehearsal-placeholder-for-another-private-key";

/** What the domain of TURN's own leads to on AWS; it goes with the domain. */
const turnBalancer = ["aws:lb/loadBalancer:LoadBalancer::openvidu-turn"];
const upToOld = "since OpenVidu 3.6.0 TURN over TLS uses the main domain";
const someone = "ops@example.com";

const isFixed = "has to stay while the cluster stands";

/** Shorter than an object for the many rows that set one key to one value. */
function row(
  key: string,
  value: unknown,
  stacks: readonly string[],
  does: Effects,
  more: Partial<Pick<Row, "about" | "from" | "says" | "loses" | "edit">> = {},
): Row {
  const { edit, ...rest } = more;
  return { key, stacks, edit: { [key]: value, ...edit }, does, ...rest };
}

/* prettier-ignore */
const sharedRows: readonly Row[] = [
  row("cloud", "azure", aws, "refused", { says: "openvidu:region" }),
  row("cloud", "aws", azure, "refused", { says: "openvidu:region" }),
  row("edition", "elastic", both, "refused", { says: isFixed }),
  row("version", "3.8.0", both, ["inPlace", "rollsMedia"], { about: "an upgrade", from: { version: "3.7.0" } }),
  row("version", "3.7.0", both, "refused", { about: "a step back", says: "since the cluster was made" }),
  row("profile", "production", aws, ["inPlace", "rollsMedia", "createsOrDeletes"]),
  row("profile", "production", azure, "refused", { says: isFixed }),
  row("modules.observability", false, aws, ["inPlace", "createsOrDeletes"]),
  row("modules.observability", false, azure, "inPlace"),
  row("modules.v2compatibility", false, aws, ["inPlace", "createsOrDeletes"]),
  row("modules.v2compatibility", false, azure, "inPlace"),
  row("modules.openviduMeet", false, aws, ["inPlace", "createsOrDeletes"]),
  row("modules.openviduMeet", false, azure, "inPlace"),
  row("features.rtmp", false, aws, ["inPlace", "createsOrDeletes"]),
  row("features.rtmp", false, azure, "inPlace"),
  row("features.whip", false, aws, "createsOrDeletes"),
  row("features.whip", false, azure, "inPlace"),
  row("features.webrtcOverTcp", false, aws, "createsOrDeletes"),
  row("features.webrtcOverTcp", false, azure, "inPlace"),
  row("features.customApp", true, aws, "createsOrDeletes"),
  row("features.customApp", true, azure, "inPlace"),
  row("rtcEngine", "mediasoup", aws, ["inPlace", "createsOrDeletes"]),
  row("rtcEngine", "mediasoup", azure, "inPlace"),
  row("installFlags", ["--debug"], both, "nothing"),
  row("deletionProtection", false, both, "nothing"),
  row("tags", { team: "video" }, aws, ["inPlace", "rollsMedia"]),
  row("tags", { team: "video" }, azure, "inPlace"),
  row("domain", "talk.example.com", aws, ["inPlace", "createsOrDeletes"]),
  row("domain", "talk.example.com", azure, "inPlace"),
  row("domain", undefined, azure, "inPlace", { about: "taken away" }),
  row("certificate.kind", "selfsigned", azure, "nothing"),
  row("certificate.kind", "letsencrypt", aws, ["inPlace", "createsOrDeletes"]),
  row("turn.domain", "turn.example.com", both, "refused", { says: upToOld }),
  row("turn.domain", "turn.example.com", aws, ["inPlace", "createsOrDeletes"], { about: "given in 3.5.0", from: { version: "3.5.0" } }),
  row("turn.domain", "turn.example.com", azure, "inPlace", { about: "given in 3.5.0", from: { version: "3.5.0" } }),
  row("turn.domain", "relay.example.com", azure, "inPlace", { about: "another one", from: { version: "3.5.0", "turn.domain": "turn.example.com" } }),
  row("turn.domain", undefined, azure, "inPlace", { about: "taken away", from: { version: "3.5.0", "turn.domain": "turn.example.com" } }),
  row("version", "3.6.0", azure, "refused", { about: "from 3.5.0 with a domain of TURN's own", from: { version: "3.5.0", "turn.domain": "turn.example.com" }, says: upToOld }),
  row("turn.chain", turnChain, azure, "refused", { from: { version: "3.5.0" }, edit: { "turn.domain": "turn.example.com" }, says: "has no use with certificate kind" }),
  row("turnCertificatePrivateKey", otherPrivateKey, both, "refused", { says: "has no use without openvidu:turn.chain" }),
  row("masters.instanceType", "c6a.2xlarge", aws, "nothing"),
  row("masters.instanceType", "Standard_D8s_v5", azure, "nothing"),
  row("masters.rootDiskGiB", 80, both, "nothing"),
  row("masters.dataDiskGiB", 200, both, "inPlace", { about: "more" }),
  row("masters.dataDiskGiB", 60, both, "refused", { about: "less", says: "since the cluster was made" }),
  row("masters.generations", [1, 1, 2, 1], both, "replacesOneMaster", { about: "one number" }),
  row("masters.generations", [1, 2, 2, 1], both, "refused", { about: "two numbers", says: "would be rebuilt in one update" }),
  row("masters.instanceType", "c6a.2xlarge", aws, "replacesOneMaster", { about: "together with one generation", edit: { "masters.generations": [2, 1, 1, 1] } }),
  row("masters.instanceType", "Standard_D8s_v5", azure, "replacesOneMaster", { about: "together with one generation", edit: { "masters.generations": [2, 1, 1, 1] } }),
  row("media.instanceType", "c6a.4xlarge", aws, ["inPlace", "rollsMedia"]),
  row("media.instanceType", "Standard_D8s_v5", azure, ["inPlace", "rollsMedia"]),
  row("media.diskGiB", 120, both, ["inPlace", "rollsMedia"]),
  row("media.min", 2, both, "inPlace"),
  row("media.max", 9, both, "inPlace"),
  row("media.initial", 3, both, "nothing"),
  row("media.targetCpuPercent", 60, both, "inPlace"),
  row("media.bootTimeoutMinutes", 60, both, ["inPlace", "rollsMedia"]),
  row("media.drainTimeoutMinutes", 60, both, ["inPlace", "rollsMedia"]),
  row("media.drainsAtOnce", 2, azure, "inPlace"),
  row("network.cidr", "10.8.0.0/16", both, "refused", { says: isFixed }),
  row("network.zoneCount", 2, both, "refused", { says: isFixed }),
  row("network.zones", ["eu-west-1b", "eu-west-1c"], aws, "refused", { says: isFixed }),
  row("network.zones", ["2", "3"], azure, "refused", { says: isFixed }),
  row("network.nat", "perZone", aws, ["inPlace", "createsOrDeletes"]),
  row("network.nat", "perZone", azure, "refused", { says: isFixed }),
  row("network.acceptSingleZone", true, both, "nothing"),
  row("storage.keepDeletedDays", 14, both, "inPlace"),
  row("access.operatorCidrs", ["203.0.113.0/24"], aws, "createsOrDeletes"),
  row("access.operatorCidrs", ["203.0.113.0/24"], azure, "inPlace"),
  row("access.egressCidrs", ["20.0.0.0/8", "52.0.0.0/8"], aws, "createsOrDeletes"),
  row("access.egressCidrs", ["20.0.0.0/8", "52.0.0.0/8"], azure, "inPlace"),
  row("access.sshPublicKey", operatorKey, aws, ["inPlace", "rollsMedia", "createsOrDeletes"]),
  row("access.sshPublicKey", operatorKey, azure, ["inPlace", "createsOrDeletes"]),
  row("images.release", "22.04", aws, ["inPlace", "rollsMedia"]),
  row("images.release", "22.04", azure, "refused", { says: "since the cluster was made" }),
  row("secretRecoveryDays", 14, aws, "inPlace"),
  row("secretRecoveryDays", 14, azure, "refused", { says: isFixed }),
  row("license", "another-licence", both, "inPlace"),
  row("meetAdminPassword", "another0Password", both, "inPlace"),
  row("meetApiKey", "another0key", both, "inPlace"),
  row("alarms.emails", [someone], both, "createsOrDeletes"),
];

/** Where Elastic differs from High Availability: one master, at an address of its own. */
/* prettier-ignore */
const elasticRows: readonly Row[] = [
  row("edition", "ha", elastic, "refused", { says: isFixed }),
  row("version", "3.8.0", elastic, ["inPlace", "rollsMedia"], { about: "an upgrade without a domain, which gives the cluster another name", from: { version: "3.7.0", domain: undefined } }),
  row("profile", "production", awsElastic, ["inPlace", "rollsMedia"]),
  row("features.rtmp", false, awsElastic, "createsOrDeletes"),
  row("features.rtmp", false, azureElastic, "inPlace"),
  row("deletionProtection", false, elastic, "nothing"),
  row("domain", "talk.example.com", elastic, "inPlace"),
  row("domain", undefined, elastic, "inPlace", { about: "taken away" }),
  row("domain", "video.example.com", elastic, "inPlace", { about: "given to a cluster without one", from: { domain: undefined } }),
  row("dns.kind", "route53", awsElastic, "createsOrDeletes", { edit: { "dns.zoneId": "Z0123456789ABCDEFGHIJ" } }),
  row("certificate.kind", "selfsigned", elastic, "nothing"),
  row("certificate.kind", "acm", awsElastic, "refused", { says: "certificate.kind" }),
  row("masters.instanceType", "c6a.2xlarge", awsElastic, "nothing"),
  row("masters.instanceType", "Standard_D8s_v5", azureElastic, "nothing"),
  row("masters.instanceType", "c6a.2xlarge", awsElastic, ["inPlace", "replacesOneMaster"], { about: "together with the generation", edit: { "masters.generations": [2] } }),
  row("masters.generations", [2], elastic, ["inPlace", "replacesOneMaster"]),
  row("masters.generations", [1, 1], elastic, "refused", { about: "two numbers", says: "masters.generations" }),
  row("masters.dataDiskGiB", 200, elastic, "inPlace", { about: "more" }),
  row("media.min", 0, elastic, "inPlace", { edit: { "media.acceptEmpty": true } }),
  row("network.adopt.networkId", "vpc-0123456789abcdef0", awsElastic, "refused", { says: isFixed, edit: {
    "network.adopt.masterSubnetIds": [subnet(1)], "network.adopt.mediaSubnetIds": [subnet(3)] } }),
  row("network.adopt.networkId", ids.adopt["network.adopt.networkId"], azureElastic, "refused", { edit: ids.adopt, says: isFixed }),
  row("storage.appDataBucket", "ours.example", awsElastic, "refused", { says: isFixed }),
  row("storage.appDataContainer", "calls", azureElastic, "refused", { says: isFixed }),
  row("entry.address", "203.0.113.7", awsElastic, "refused", { says: isFixed }),
  row("entry.address", "203.0.113.8", awsElastic, "refused", { about: "another one", from: { "entry.address": "203.0.113.7" }, says: isFixed }),
  row("entry.address", undefined, awsElastic, "refused", { about: "taken away", from: { "entry.address": "203.0.113.7" }, says: isFixed }),
  row("entry.addressId", ids.address, azureElastic, "refused", { says: isFixed }),
  row("entry.addressId", `${ids.address}-too`, azureElastic, "refused", { about: "another one", from: { "entry.addressId": ids.address }, says: isFixed }),
  row("alarms.emails", [someone], elastic, ["inPlace", "createsOrDeletes"]),
  row("alarms.emails", [someone, "on-call@example.org"], awsElastic, "createsOrDeletes", { about: "one more", from: { "alarms.emails": [someone] } }),
  row("alarms.emails", [someone, "on-call@example.org"], azureElastic, "inPlace", { about: "one more", from: { "alarms.emails": [someone] } }),
  row("alarms.emails", undefined, elastic, ["inPlace", "createsOrDeletes"], { about: "taken away", from: { "alarms.emails": [someone] } }),
];

/* prettier-ignore */
const awsRows: readonly Row[] = [
  row("region", "eu-central-1", aws, "refused", { says: isFixed }),
  row("dns.kind", "route53", aws, "createsOrDeletes", { edit: { "dns.zoneId": "Z0123456789ABCDEFGHIJ" } }),
  row("dns.zoneId", "Z9876543210ABCDEFGHIJ", awsProduction, "createsOrDeletes"),
  row("certificate.arn", acmCertificate, aws, ["inPlace", "createsOrDeletes"], { edit: { "certificate.kind": "acm" } }),
  row("certificate.chain", "AAAA", aws, "refused", { says: "certificate.kind" }),
  row("certificatePrivateKey", otherPrivateKey, aws, "refused", { says: "has no use with certificate kind" }),
  row("turn.domain", "relay.example.com", awsTurn, ["inPlace", "createsOrDeletes"], { about: "another one" }),
  row("turn.domain", undefined, awsTurn, ["inPlace", "createsOrDeletes"], { about: "taken away", loses: turnBalancer }),
  row("turn.certificateArn", acmCertificate, awsTurn, ["inPlace", "createsOrDeletes"]),
  row("turn.chain", turnChain, awsTurn, "refused", { says: "has no use with certificate kind" }),
  row("certificate.kind", "letsencrypt", awsTurn, ["inPlace", "createsOrDeletes"], { loses: turnBalancer }),
  row("version", "3.6.0", awsTurn, "refused", { about: "with a domain of TURN's own", says: upToOld }),
  row("version", "3.6.0", awsTurn, ["inPlace", "rollsMedia", "createsOrDeletes"], { about: "an upgrade that gives up the domain of TURN's own", edit: { "turn.domain": undefined }, loses: turnBalancer }),
  row("network.adopt.networkId", "vpc-0123456789abcdef0", aws, "refused", { says: isFixed, edit: {
    "network.adopt.masterSubnetIds": [subnet(1), subnet(2)], "network.adopt.mediaSubnetIds": [subnet(3)], "network.adopt.loadBalancerSubnetIds": [subnet(4), subnet(5)] } }),
  row("network.adopt.networkId", "vpc-0123456789abcdef0", awsProduction, "refused", { says: isFixed }),
  row("network.adopt.masterSubnetIds", [subnet(1), subnet(2)], awsProduction, "refused", { says: isFixed }),
  row("network.adopt.mediaSubnetIds", [subnet(1), subnet(2)], awsProduction, "refused", { says: isFixed }),
  row("network.adopt.loadBalancerSubnetIds", [subnet(1), subnet(2)], awsProduction, "refused", { says: isFixed }),
  row("storage.appDataBucket", "ours.example", aws, "refused", { says: isFixed }),
  row("storage.clusterDataBucket", "ours.example", aws, "refused", { says: isFixed }),
  row("access.operatorShell", false, aws, "createsOrDeletes"),
  row("access.credentialReaders", ["arn:aws:iam::123456789012:user/*"], aws, "createsOrDeletes"),
  row("entry.preserveClientAddress", true, aws, "inPlace"),
  row("encryption.keyArn", kmsKey, aws, "refused", { says: isFixed }),
  row("encryption.keyArn", otherKey, awsProduction, "refused", { about: "another one", says: isFixed }),
  row("images.version", "20260101.1", aws, ["inPlace", "rollsMedia"]),
  row("images.masterId", "ami-0123456789abcdef0", aws, "nothing"),
  row("images.mediaId", "ami-0123456789abcdef0", aws, ["inPlace", "rollsMedia"]),
  row("access.operatorCidrs", ["198.51.100.0/24"], awsProduction, "createsOrDeletes", { about: "one of two taken away" }),
  row("access.sshPublicKey", otherOperatorKey, awsProduction, ["inPlace", "rollsMedia", "createsOrDeletes"], { about: "another one" }),
  row("tags", { environment: "production" }, awsProduction, ["inPlace", "rollsMedia"], { about: "one of two taken away" }),
];

/* prettier-ignore */
const azureRows: readonly Row[] = [
  row("region", "northeurope", azure, "refused", { says: isFixed }),
  row("resourceGroup", "others", azure, "refused", { says: isFixed }),
  row("dns.kind", "azure-dns", azure, "createsOrDeletes", { edit: { "dns.zoneId": ids.zone } }),
  row("dns.zoneId", productionIds.zone, azureProduction, "createsOrDeletes"),
  row("certificatePrivateKey", otherPrivateKey, azureProduction, "inPlace"),
  row("network.adopt.networkId", ids.adopt["network.adopt.networkId"], azure, "refused", { edit: ids.adopt, says: isFixed }),
  row("network.adopt.networkId", productionIds.adopt["network.adopt.networkId"], azureProduction, "refused", { edit: productionIds.adopt, says: isFixed }),
  row("certificate.chain", "AAAA", azureProduction, "refused", { says: "certificate.chain" }),
  row("storage.account", "ourrecordings", azure, "refused", { says: "lies in a resource group" }),
  row("storage.account", "ourrecordings", azureProduction, "refused", { says: isFixed }),
  row("storage.appDataContainer", "calls", azure, "refused", { says: isFixed }),
  row("storage.zoneRedundant", false, azure, "refused", { says: isFixed }),
  row("access.deployerCidrs", ["198.51.100.8/32"], azure, "inPlace"),
  row("access.adminUsername", "ovadmin", azure, "refused", { says: isFixed }),
  row("entry.addressId", ids.address, azure, "refused", { says: isFixed }),
  row("encryption.diskEncryptionSetId", ids.diskKeys, azure, "refused", { says: isFixed }),
  row("encryption.encryptionAtHost", true, azure, ["inPlace", "rollsMedia"]),
  row("images.version", "24.04.202601010", azure, ["inPlace", "rollsMedia"]),
  row("images.masterId", ids.image, azure, "nothing"),
  row("images.mediaId", ids.image, azure, ["inPlace", "rollsMedia"]),
  row("access.operatorCidrs", ["198.51.100.0/24"], azureProduction, "inPlace", { about: "one of two taken away" }),
  row("tags", { environment: "production" }, azureProduction, "inPlace", { about: "one of two taken away" }),
];

/** The machines of a stack, with one changed or left out. */
function hostsWith(
  index: number,
  change: Readonly<Record<string, unknown>> | undefined,
  [stack = ""]: readonly string[] = onprem,
): unknown[] {
  const hosts = JSON.parse(readStackFile(stack, { environment: {} }).config["openvidu:hosts"]!) as object[];
  return hosts.flatMap((host, at) => (at !== index ? [host] : change ? [{ ...host, ...change }] : []));
}

/** The machines of onprem-elastic, and one more. */
function onpremElasticHostsAnd(role: "master" | "media"): unknown[] {
  const more = {
    role,
    name: "another-one",
    address: "198.51.100.31",
    privateAddress: "10.5.0.31",
    hostKey: hostKey(8),
  };
  return [...hostsWith(-1, undefined, onpremElastic), more];
}

/* prettier-ignore */
const onpremRows: readonly Row[] = [
  row("cloud", "aws", onprem, "refused", { says: "openvidu:region" }),
  row("edition", "elastic", onprem, "refused", { says: "has 4 masters; Elastic has exactly 1" }),
  row("version", "3.8.0", onprem, "inPlace", { about: "an upgrade", from: { version: "3.7.0" } }),
  row("version", "3.7.0", onprem, "refused", { about: "a step back", says: isFixed }),
  row("dns.kind", "route53", onprem, "createsOrDeletes", { edit: { "dns.zoneId": "Z0123456789ABCDEFGHIJ" } }),
  row("modules.observability", false, onprem, "inPlace"),
  row("modules.v2compatibility", false, onprem, "inPlace"),
  row("modules.openviduMeet", false, onprem, "inPlace"),
  row("features.rtmp", false, onpremBalancer, "inPlace"),
  row("features.whip", false, onpremBalancer, "inPlace"),
  row("features.webrtcOverTcp", false, onpremBalancer, "inPlace"),
  row("features.customApp", true, onpremBalancer, "inPlace"),
  row("rtcEngine", "mediasoup", onprem, "inPlace"),
  row("installFlags", ["--debug"], onprem, "inPlace"),
  row("deletionProtection", false, onprem, "nothing"),
  row("domain", "talk.example.com", onprem, "inPlace"),
  row("hosts", hostsWith(4, undefined), onprem, "createsOrDeletes", { about: "one media node less" }),
  row("hosts", hostsWith(0, { user: "deploy" }), onprem, "inPlace", { about: "another user on one master" }),
  row("hosts", hostsWith(0, undefined), onprem, "refused", { about: "one master less", says: "hosts" }),
  row("hosts", hostsWith(0, { hostKey: hostKey(7) }), onprem, "inPlace", { about: "another machine for one master" }),
  row("entry.kind", "passthrough", onprem, "inPlace", { edit: { "entry.address": "198.51.100.10", "entry.sourceCidrs": ["198.51.100.0/24"] } }),
  row("entry.address", "198.51.100.11", onpremBalancer, "nothing"),
  row("entry.sourceCidrs", ["10.5.0.5/32"], onpremBalancer, "inPlace"),
  row("certificate.kind", "selfsigned", onprem, "inPlace"),
  row("certificate.chain", "AAAA", onprem, "refused", { says: "certificate" }),
  row("certificatePrivateKey", otherPrivateKey, onprem, "refused", { says: "has no use with certificate kind" }),
  row("turn.domain", "relay.example.com", onpremBalancer, "inPlace"),
  row("turn.chain", turnChain, onpremBalancer, "refused", { says: 'has no use with entry kind "loadBalancer"' }),
  row("turnCertificatePrivateKey", otherPrivateKey, onprem, "refused", { says: "has no use without openvidu:turn.chain" }),
  row("ssh.agent", true, onprem, "refused", { says: "sshPrivateKey" }),
  row("firewall.apply", "print", onpremBalancer, "createsOrDeletes"),
  row("media.bootTimeoutMinutes", 60, onprem, "inPlace"),
  row("media.drainTimeoutMinutes", 60, onprem, "inPlace"),
  row("storage.s3.endpoint", "https://other.example.com", onpremBalancer, "inPlace"),
  row("storage.s3.region", "eu-west-1", onpremBalancer, "inPlace"),
  row("storage.s3.pathStyle", false, onpremBalancer, "inPlace"),
  row("storage.s3.accessKeyId", "other", onpremBalancer, "inPlace"),
  row("storage.s3.appDataBucket", "other-appdata", onpremBalancer, "inPlace"),
  row("storage.s3.clusterDataBucket", "other-clusterdata", onpremBalancer, "inPlace"),
  row("access.operatorCidrs", ["10.9.1.0/24"], onpremBalancer, "inPlace"),
  row("utc", false, onpremBalancer, "inPlace"),
  row("license", "rehearsal-placeholder-other", onprem, "inPlace"),
  row("meetAdminPassword", "rehearsal-placeholder-password", onprem, "inPlace"),
  row("meetApiKey", "rehearsal-placeholder-key", onprem, "inPlace"),
  row("sshPrivateKey", sshKey, onprem, "inPlace"),
  row("s3SecretKey", "rehearsal-placeholder-s3", onpremBalancer, "inPlace"),
  row("mongoUri", "mongodb://rehearsal-placeholder", onprem, "inPlace"),
];

/* prettier-ignore */
const onpremElasticRows: readonly Row[] = [
  row("edition", "ha", onpremElastic, "refused", { says: "it must be a list of 4 to 200 machines" }),
  row("edition", "ha", onpremElastic, "refused", { about: "with the machines for it", says: isFixed, edit: { hosts: hostsWith(-1, undefined) } }),
  row("hosts", hostsWith(0, { hostKey: hostKey(7) }, onpremElastic), onpremElastic, "inPlace", { about: "another machine for the only master" }),
  row("hosts", hostsWith(0, undefined, onpremElastic), onpremElastic, "refused", { about: "no master", says: "has 0 masters; Elastic has exactly 1" }),
  row("hosts", onpremElasticHostsAnd("master"), onpremElastic, "refused", { about: "a second master", says: "has 2 masters; Elastic has exactly 1" }),
  row("hosts", onpremElasticHostsAnd("media"), onpremElastic, "createsOrDeletes", { about: "one media node more" }),
  row("hosts", hostsWith(2, undefined, onpremElastic), onpremElastic, "createsOrDeletes", { about: "one media node less" }),
  row("domain", undefined, onpremElastic, "inPlace", { about: "taken away" }),
  row("version", "3.8.0", onpremElastic, "inPlace", { about: "an upgrade", from: { version: "3.7.0" } }),
  row("version", "3.7.0", onpremElastic, "refused", { about: "a step back", says: isFixed }),
  row("certificate.kind", "selfsigned", onpremElastic, "inPlace"),
  row("dns.kind", "route53", onpremElastic, "createsOrDeletes", { edit: { "dns.zoneId": "Z0123456789ABCDEFGHIJ" } }),
  row("firewall.apply", "nftables", onpremElastic, "createsOrDeletes", { edit: { "access.operatorCidrs": ["203.0.113.0/24"] } }),
  row("storage.s3.appDataBucket", "app", onpremElastic, "inPlace", { edit: { "storage.s3.endpoint": "https://s3.example.com", "storage.s3.accessKeyId": "openvidu", s3SecretKey: "rehearsal-placeholder-s3" } }),
  row("deletionProtection", false, onpremElastic, "nothing"),
];

export const rows: readonly Row[] = [
  ...sharedRows,
  ...elasticRows,
  ...awsRows,
  ...azureRows,
  ...onpremRows,
  ...onpremElasticRows,
  ...enterpriseV2Rows,
];
