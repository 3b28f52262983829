/**
 * What a change of a resource does to a running cluster, as data: by type, kind of change and changed input. What is
 * not in the table is said to be unknown, never to be harmless.
 */
import { mediaGroupToken } from "../../components/enterprise-v2/media-group";
import { turnBalancerSuffix } from "../../components/load-balancer";
import { tierWithin } from "../../components/tiers";
import { durations, type Range, seconds } from "../durations";
import { nameOf, packageOf, qualifiedType, typeOf } from "../urn";

/** Label of a scale set that holds the controller's orders (providers/azure/scaling-media-pool.ts). */
const orderTag = "openvidu-media";

export type Change = "create" | "update" | "replace" | "delete";

export type Impact =
  /** Nothing is interrupted; `says` tells what else there is to know. */
  | { readonly kind: "none"; readonly says?: string }
  /** Part of something else that happens to its machine. */
  | { readonly kind: "follows" }
  /** Masters take up new settings, one after the other. */
  | { readonly kind: "settings" }
  /** Clients find the new answer once the old one has run out. */
  | { readonly kind: "dns" }
  /** Something is away for a time, in seconds where it is known. */
  | { readonly kind: "away"; readonly what: string; readonly seconds?: Range }
  /** Nodes of a new template come, and old ones drain and leave. */
  | { readonly kind: "roll" }
  /** Masters of a new template come, and old ones leave. */
  | { readonly kind: "rollMasters" }
  /** All media nodes drain and leave. */
  | { readonly kind: "mediaAway" }
  /** All masters leave. */
  | { readonly kind: "mastersAway" }
  /** A machine stops and starts. */
  | { readonly kind: "restart" }
  /** A master is deleted and made anew. */
  | { readonly kind: "rebuild" }
  | { readonly kind: "unknown" };

export type ImpactKind = Impact["kind"];

/** Machines of a group, by what a changed template of it does to those that run. */
export type Members =
  /** Media nodes that roll. */
  | "media"
  /** Media nodes of Enterprise v2: their masters alone end them, so a changed template is for new nodes. */
  | "keptMedia"
  /** Masters of Enterprise v2, which roll; those of OpenVidu 3 are machines by themselves. */
  | "masters";

/** Whose group a template or group belongs to, by the components that it stands in. */
export function membersOf(urn: string): Members {
  const components = qualifiedType(urn).split("$");
  if (components.includes(mediaGroupToken)) return "keptMedia";
  return tierWithin(components) === "master" ? "masters" : "media";
}

interface Row {
  /** Types, or a package with all of its types. */
  readonly types: readonly string[];
  readonly changes: readonly Change[];
  /** Changed inputs, by how their paths begin; any when absent. */
  readonly inputs?: readonly string[];
  /** How the logical name ends; any when absent. */
  readonly nameEnds?: string;
  /** Members of the group that the resource belongs to; any when absent. */
  readonly members?: Members;
  readonly impact: Impact;
  /** Where it is written. */
  readonly source: string;
}

const none: Impact = { kind: "none" };
const anything: readonly Change[] = ["create", "update", "replace", "delete"];
const renewed: readonly Change[] = ["update", "replace"];

/** A thing that is deleted before its successor is made. */
const twoCalls: Range = [2 * seconds.other[0], 2 * seconds.other[1]];
/** A successor is made, and counts as healthy. */
const untilHealthy: Range = [twoCalls[0] + seconds.healthCheck[0], twoCalls[1] + seconds.healthCheck[1]];

const diskGrows: Impact = {
  kind: "none",
  says: "the disk grows; its file system follows at the next boot of that master",
};
const pastRules: Impact = { kind: "none", says: "connections that stay allowed go on" };
const forNewNodes: Impact = { kind: "none", says: "media nodes that run stay as they are; new ones get it" };
const mediaSettings: Impact = { kind: "none", says: "media nodes write the values down and restart nothing" };
const versionOfSecret = "aws:secretsmanager/secretVersion:SecretVersion";
const bundles = [versionOfSecret, "azure-native:keyvault:Secret"];
const wayOut = (span: Range): Impact => ({ kind: "away", what: "the masters' way out", seconds: span });

const user = "docs/operations.md";

/** The first row that fits counts. */
const rows: readonly Row[] = [
  // Whatever the cloud.
  { types: ["random", "tls", "pulumi"], changes: anything, impact: none, source: "exist in Pulumi's state alone" },
  { types: ["aws", "azure-native"], changes: ["create"], impact: none, source: "nothing uses it yet" },

  {
    types: ["azure-native:compute:VirtualMachineScaleSet"],
    changes: ["update"],
    inputs: [`tags.${orderTag}`, `tags["${orderTag}"]`],
    impact: { kind: "none", says: "the controller keeps to the new limits; nodes above a lower maximum drain first" },
    source: user,
  },
  {
    types: ["aws", "azure-native"],
    changes: ["update"],
    inputs: ["tags", "tagsAll", "labels"],
    impact: none,
    source: "labels do not reach the service",
  },

  // AWS: groups of machines.
  {
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    changes: ["update"],
    inputs: ["updateDefaultVersion"],
    impact: none,
    source: "EC2 API, ModifyLaunchTemplate: no new version",
  },
  {
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    changes: renewed,
    members: "keptMedia",
    impact: forNewNodes,
    source: "providers/aws/enterprise-v2/media-group.ts: no instance refresh",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    inputs: ["launchTemplate"],
    members: "keptMedia",
    impact: forNewNodes,
    source: "providers/aws/enterprise-v2/media-group.ts: no instance refresh",
  },
  {
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    changes: renewed,
    members: "masters",
    impact: { kind: "rollMasters" },
    source: "reference/cloud-facts-aws.md 2: a new version starts an instance refresh",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    inputs: ["launchTemplate"],
    members: "masters",
    impact: { kind: "rollMasters" },
    source: "providers/aws/enterprise-v2/server-group.ts: an instance refresh",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    inputs: ["minSize", "maxSize", "desiredCapacity"],
    members: "masters",
    impact: { kind: "none", says: "masters above a lower number leave, and their users connect anew" },
    source: "EC2 Auto Scaling API, UpdateAutoScalingGroup; docs/enterprise-v2.md: sessions are not rebuilt",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["replace", "delete"],
    members: "masters",
    impact: { kind: "mastersAway" },
    source: "the name is the program's own, so that the old group goes first",
  },
  {
    types: ["aws:ec2/launchTemplate:LaunchTemplate"],
    changes: renewed,
    impact: { kind: "roll" },
    source: "reference/cloud-facts-aws.md 2: a new version starts an instance refresh",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    inputs: ["launchTemplate"],
    impact: { kind: "roll" },
    source: "pulumi-aws, autoscaling.Group instanceRefresh: a change of launchTemplate starts one",
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    inputs: ["minSize", "maxSize"],
    impact: { kind: "none", says: "nodes above a lower maximum drain first, then leave" },
    source: user,
  },
  {
    types: ["aws:autoscaling/group:Group"],
    changes: ["update"],
    impact: none,
    source: "EC2 Auto Scaling API, UpdateAutoScalingGroup",
  },
  {
    types: ["aws:autoscaling/group:Group", "azure-native:compute:VirtualMachineScaleSet"],
    changes: ["replace", "delete"],
    impact: { kind: "mediaAway" },
    source: "the name is the program's own, so that the old group goes first",
  },
  {
    types: ["aws:autoscaling/policy:Policy", "aws:autoscaling/lifecycleHook:LifecycleHook"],
    changes: renewed,
    impact: none,
    source: "EC2 Auto Scaling API, PutScalingPolicy, PutLifecycleHook",
  },

  // Azure: media nodes.
  {
    types: ["azure-native:compute:VirtualMachineScaleSet"],
    changes: ["update"],
    inputs: ["virtualMachineProfile", "sku.name"],
    impact: { kind: "roll" },
    source: "providers/azure/scaling-media-pool.ts: the controller replaces nodes of an old template",
  },
  {
    types: ["azure-native:monitor:AutoscaleSetting"],
    changes: anything,
    impact: { kind: "none", says: "the number of running nodes stays" },
    source: "reference/cloud-facts-azure.md 1.11",
  },

  // Masters.
  {
    types: ["aws:ec2/instance:Instance", "azure-native:compute:VirtualMachine"],
    changes: ["replace"],
    impact: { kind: "rebuild" },
    source: user,
  },
  {
    types: ["aws:ec2/instance:Instance", "azure-native:compute:VirtualMachine"],
    changes: ["delete"],
    impact: { kind: "away", what: "a master, for good" },
    source: "there is no successor",
  },
  {
    types: ["aws:ec2/instance:Instance"],
    changes: ["update"],
    inputs: ["instanceType", "userData", "userDataBase64"],
    impact: { kind: "restart" },
    source: "pulumi-aws, ec2.Instance: updates stop and start the instance",
  },
  {
    types: ["azure-native:compute:VirtualMachine"],
    changes: ["update"],
    inputs: ["hardwareProfile"],
    impact: { kind: "restart" },
    source: "learn.microsoft.com/azure/virtual-machines/sizes/resize-vm: a running machine restarts",
  },
  {
    types: ["aws:ec2/volumeAttachment:VolumeAttachment", "aws:lb/targetGroupAttachment:TargetGroupAttachment"],
    changes: ["replace", "delete"],
    impact: { kind: "follows" },
    source: "providers/aws/master-pool.ts",
  },
  { types: ["aws:ebs/volume:Volume"], changes: ["update"], inputs: ["size"], impact: diskGrows, source: user },
  {
    types: ["azure-native:compute:Disk"],
    changes: ["update"],
    inputs: ["diskSizeGB"],
    impact: diskGrows,
    source: user,
  },

  // The entry.
  {
    types: ["aws:lb/listener:Listener"],
    changes: ["update"],
    inputs: ["certificateArn", "sslPolicy", "alpnPolicy"],
    impact: { kind: "none", says: "new connections use it, open ones stay" },
    source: "ELB API, ModifyListener",
  },
  {
    types: ["aws:lb/listener:Listener"],
    changes: renewed,
    impact: { kind: "away", what: "new connections to that port", seconds: twoCalls },
    source: "an estimate",
  },
  {
    types: ["aws:lb/listener:Listener", "aws:lb/targetGroup:TargetGroup"],
    changes: ["delete"],
    impact: { kind: "away", what: "that port, for good" },
    source: "ELB API, DeleteListener, DeleteTargetGroup",
  },
  {
    types: ["aws:lb/targetGroup:TargetGroup"],
    changes: ["update"],
    impact: none,
    source: "ELB API, ModifyTargetGroup",
  },
  {
    types: ["aws:lb/targetGroup:TargetGroup"],
    changes: ["replace"],
    impact: { kind: "away", what: "new connections to that port", seconds: untilHealthy },
    source: "an estimate",
  },
  {
    types: ["azure-native:network:LoadBalancer"],
    changes: ["update"],
    inputs: ["loadBalancingRules", "probes"],
    impact: { kind: "away", what: "new connections to the changed ports", seconds: seconds.healthCheck },
    source: "an estimate",
  },
  {
    types: ["aws:lb/loadBalancer:LoadBalancer"],
    changes: ["delete"],
    nameEnds: turnBalancerSuffix,
    impact: { kind: "away", what: "TURN over TLS under its own domain" },
    source: user,
  },
  {
    types: ["aws:lb/loadBalancer:LoadBalancer", "azure-native:network:LoadBalancer"],
    changes: ["replace", "delete"],
    impact: { kind: "away", what: "the entry", seconds: durations["aws:lb/loadBalancer:LoadBalancer"] },
    source: "the successor has another name; an estimate",
  },
  {
    types: ["aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"],
    changes: renewed,
    impact: { kind: "none", says: "the entry takes the new certificate once it is proven" },
    source: "providers/aws/certificate.ts",
  },
  {
    types: ["aws:acm/certificate:Certificate", "aws:acm/certificateValidation:CertificateValidation"],
    changes: ["delete"],
    impact: none,
    source: "ACM API, DeleteCertificate: refused while a listener uses it",
  },
  {
    types: ["aws:route53/record:Record", "azure-native:dns:RecordSet"],
    changes: renewed,
    impact: { kind: "dns" },
    source: "RFC 1035, 3.2.1: TTL",
  },

  // The network.
  {
    types: ["aws:ec2/eip:Eip", "azure-native:network:PublicIPAddress"],
    changes: ["replace", "delete"],
    impact: { kind: "away", what: "whoever knows the old address by a record or a list" },
    source: "a new address is a different one",
  },
  {
    types: ["aws:ec2/eipAssociation:EipAssociation"],
    changes: ["replace", "delete"],
    impact: { kind: "away", what: "the master at its public address" },
    source: "EC2 API, DisassociateAddress: connections by the address end",
  },
  {
    types: [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    ],
    changes: anything,
    impact: pastRules,
    source: "EC2 user guide, security group connection tracking",
  },
  {
    types: ["aws:ec2/networkInterface:NetworkInterface", "aws:lb/loadBalancer:LoadBalancer"],
    changes: ["update"],
    inputs: ["securityGroups"],
    impact: pastRules,
    source: "EC2 user guide, security group connection tracking",
  },
  {
    types: ["azure-native:network:NetworkSecurityGroup"],
    changes: ["update"],
    impact: pastRules,
    source: "learn.microsoft.com/azure/virtual-network/network-security-groups-overview: flow records",
  },
  {
    types: ["aws:ec2/natGateway:NatGateway", "azure-native:network:NatGateway"],
    changes: ["replace"],
    impact: wayOut(seconds.natGateway),
    source: "an estimate",
  },
  {
    types: ["aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"],
    changes: renewed,
    impact: { kind: "away", what: "the way out of a subnet", seconds: twoCalls },
    source: "an estimate",
  },

  {
    types: ["aws:ec2/routeTable:RouteTable"],
    changes: ["delete"],
    impact: none,
    source: "EC2 API, DeleteRouteTable: refused while a subnet uses it",
  },
  {
    types: ["aws:ec2/vpcEndpoint:VpcEndpoint"],
    changes: ["update"],
    inputs: ["routeTableIds"],
    impact: { kind: "away", what: "open connections to S3 from the changed subnets" },
    source: "AWS PrivateLink guide, gateway endpoints for Amazon S3, considerations",
  },

  // Alarms.
  {
    types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
    changes: [...renewed, "delete"],
    members: "keptMedia",
    impact: { kind: "none", says: "until it is done, the number of media nodes stays" },
    source: "providers/aws/enterprise-v2/media-group.ts: the autoscaler's alarms",
  },
  {
    types: [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:sns/topic:Topic",
      "aws:sns/topicSubscription:TopicSubscription",
      "azure-native:monitor:MetricAlert",
      "azure-native:monitor:ActionGroup",
    ],
    changes: [...renewed, "delete"],
    impact: { kind: "none", says: "the cluster goes on; until it is done, a failure may go unnoticed" },
    source: "CloudWatch, SNS and Azure Monitor watch from outside",
  },

  // Settings, secrets, stores and rights.
  { types: bundles, changes: ["update"], nameEnds: "-media", impact: mediaSettings, source: user },
  { types: bundles, changes: ["update"], impact: { kind: "settings" }, source: user },
  // A version of a secret is no more than its value; the secret itself stays.
  { types: [versionOfSecret], changes: ["replace"], nameEnds: "-media", impact: mediaSettings, source: user },
  { types: [versionOfSecret], changes: ["replace"], impact: { kind: "settings" }, source: user },
  {
    types: ["aws:s3/bucketObjectv2:BucketObjectv2"],
    changes: [...renewed, "delete"],
    impact: { kind: "none", says: "nodes take the programs of their next boot from it" },
    source: "providers/aws/object-store.ts",
  },
  {
    types: [
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws:secretsmanager/secret:Secret",
      "aws:secretsmanager/secretPolicy:SecretPolicy",
      "azure-native:authorization:RoleDefinition",
      "azure-native:keyvault:Vault",
      "azure-native:storage:BlobContainer",
      "azure-native:storage:BlobServiceProperties",
      "azure-native:storage:ManagementPolicy",
      "azure-native:storage:StorageAccount",
    ],
    changes: ["update"],
    impact: none,
    source: "each service's API changes it in place, and requests go on",
  },
];

/** What one changed input does, or the change as a whole where no input is named. */
export function impactOf(urn: string, change: Change, input?: string): Impact {
  const type = typeOf(urn);
  const name = nameOf(urn);
  const found = rows.find(
    ({ types, changes, inputs, nameEnds, members }) =>
      (types.includes(type) || types.includes(packageOf(type))) &&
      changes.includes(change) &&
      (nameEnds === undefined || name.endsWith(nameEnds)) &&
      (members === undefined || members === membersOf(urn)) &&
      (inputs === undefined || (input !== undefined && inputs.some((each) => begins(input, each)))),
  );
  return found?.impact ?? { kind: "unknown" };
}

/** Whether a path is another one or lies below it. */
function begins(path: string, start: string): boolean {
  return path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`);
}

/** From the least to the most that a reader has to know of. */
const order: readonly ImpactKind[] = [
  ...([
    "none",
    "follows",
    "settings",
    "dns",
    "away",
    "roll",
    "rollMasters",
    "restart",
    "rebuild",
    "mediaAway",
    "mastersAway",
    "unknown",
  ] as const),
];

/** How much an impact matters to a reader. */
export function severity({ kind }: Impact): number {
  return order.indexOf(kind);
}

/** The worst of several impacts. */
export function worst(impacts: readonly Impact[]): Impact {
  return impacts.reduce<Impact>((a, b) => (severity(b) > severity(a) || says(a, b) ? b : a), none);
}

/** Of two that interrupt nothing, the one that has something to say. */
function says(a: Impact, b: Impact): boolean {
  return a.kind === "none" && b.kind === "none" && a.says === undefined && b.says !== undefined;
}
