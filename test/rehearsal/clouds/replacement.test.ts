/**
 * Holds what the simulated AWS replaces against what CloudFormation says of the same resources, and the paths in its
 * tables against the SDK. Terraform's provider, which Pulumi's bridges, has the last word; wherever the two differ, the
 * table here says why.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { Property, PropertyType } from "@aws-cdk/service-spec-types";
import { aws } from "../../../rehearsal/clouds/aws/index";
import type { Properties } from "../../../rehearsal/model";
import { Stage } from "./stage";

const database = loadAwsServiceSpecSync();

/** Why Terraform's provider and CloudFormation differ in many places. */
const reasons = {
  prefix: "CloudFormation has no name prefixes; ForceNew in the provider",
  unknown: "the provider has no such input",
  update: "the provider changes it in place",
  forceNew: "ForceNew in the provider; CloudFormation has no such property",
  members: "the provider looks at the members, which are listed",
  nlb: "the provider replaces network load balancers only: customizeDiffLoadBalancerNLB in elbv2/load_balancer.go",
  volume: "CloudFormation refuses such a change instead of replacing the volume; ForceNew in ec2/ebs_volume.go",
  rule: "the provider calls ModifySecurityGroupRules, CloudFormation revokes and authorizes",
} as const;

interface Counterpart {
  readonly type: string;
  /** Inputs of the SDK by CloudFormation's path, where they are not called alike. */
  readonly names?: Readonly<Record<string, string>>;
  /** Every path on which the two differ, with the reason. */
  readonly differs?: Readonly<Record<string, string>>;
}

const each = (paths: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, reason]));

const ruleNames = {
  CidrIp: "cidrIpv4",
  GroupId: "securityGroupId",
  DestinationPrefixListId: "prefixListId",
  DestinationSecurityGroupId: "referencedSecurityGroupId",
  SourcePrefixListId: "prefixListId",
  SourceSecurityGroupId: "referencedSecurityGroupId",
};
const rulePorts = each(["fromPort", "ipProtocol", "toPort"], reasons.rule);

const nodeGroup = "nodeGroupConfiguration";
const nodeGroups = [
  nodeGroup,
  ...["nodeGroupId", "primaryAvailabilityZone", "replicaAvailabilityZones", "replicaCount", "slots"].map(
    (key) => `${nodeGroup}[].${key}`,
  ),
];

const counterparts: Readonly<Record<string, Counterpart>> = {
  "aws:ec2/vpc:Vpc": { type: "AWS::EC2::VPC", differs: { vpcEncryptionControl: reasons.unknown } },
  "aws:ec2/subnet:Subnet": { type: "AWS::EC2::Subnet" },
  "aws:ec2/internetGateway:InternetGateway": { type: "AWS::EC2::InternetGateway" },
  "aws:ec2/eip:Eip": {
    type: "AWS::EC2::EIP",
    differs: {
      customerOwnedIpv4Pool: reasons.forceNew,
      publicIpv4Pool: "ForceNew in ec2/ec2_eip.go, an update in CloudFormation",
      transferAddress: reasons.unknown,
    },
  },
  "aws:ec2/eipAssociation:EipAssociation": {
    type: "AWS::EC2::EIPAssociation",
    names: { EIP: "publicIp" },
    differs: { allowReassociation: reasons.forceNew },
  },
  "aws:sns/topic:Topic": {
    type: "AWS::SNS::Topic",
    names: { TopicName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:sns/topicSubscription:TopicSubscription": { type: "AWS::SNS::Subscription", names: { TopicArn: "topic" } },
  "aws:ec2/natGateway:NatGateway": { type: "AWS::EC2::NatGateway", names: { PrivateIpAddress: "privateIp" } },
  "aws:ec2/routeTable:RouteTable": { type: "AWS::EC2::RouteTable" },
  "aws:ec2/route:Route": { type: "AWS::EC2::Route" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    type: "AWS::EC2::SubnetRouteTableAssociation",
    differs: {
      gatewayId: "CloudFormation has a type of its own for gateways, which replaces for it",
      routeTableId: "the provider calls ReplaceRouteTableAssociation (ec2/vpc_route_table_association.go)",
    },
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    type: "AWS::EC2::VPCEndpoint",
    differs: each(
      ["dnsOptions.privateDnsPreference", "dnsOptions.privateDnsSpecifiedDomains"],
      "the provider passes dns_options to ModifyVpcEndpoint (ec2/vpc_endpoint.go)",
    ),
  },
  "aws:ec2/networkInterface:NetworkInterface": {
    type: "AWS::EC2::NetworkInterface",
    names: {
      PrivateIpAddress: "privateIps",
      PrivateIpAddresses: "privateIps",
      "PrivateIpAddresses[].PrivateIpAddress": "privateIps",
      "PrivateIpAddresses[].Primary": "privateIpLists",
    },
    differs: { enablePrimaryIpv6: "the SDK's documentation: turning it off replaces; an update in CloudFormation" },
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    type: "AWS::EC2::SecurityGroup",
    names: { GroupDescription: "description", GroupName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    type: "AWS::EC2::SecurityGroupIngress",
    names: ruleNames,
    differs: {
      ...rulePorts,
      ...each(["groupName", "sourceSecurityGroupName", "sourceSecurityGroupOwnerId"], reasons.unknown),
    },
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    type: "AWS::EC2::SecurityGroupEgress",
    names: ruleNames,
    differs: rulePorts,
  },
  "aws:iam/role:Role": {
    type: "AWS::IAM::Role",
    names: { RoleName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    type: "AWS::IAM::RolePolicy",
    names: { RoleName: "role", PolicyName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:iam/policy:Policy": {
    type: "AWS::IAM::ManagedPolicy",
    names: { ManagedPolicyName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    type: "AWS::IAM::InstanceProfile",
    names: { InstanceProfileName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:secretsmanager/secret:Secret": {
    type: "AWS::SecretsManager::Secret",
    differs: {
      namePrefix: reasons.prefix,
      type: "the SDK's documentation: it cannot be changed; an update in CloudFormation",
    },
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    type: "AWS::SecretsManager::ResourcePolicy",
    names: { SecretId: "secretArn" },
  },
  "aws:s3/bucket:Bucket": {
    type: "AWS::S3::Bucket",
    names: { BucketName: "bucket", BucketNamePrefix: "bucketPrefix" },
  },
  "aws:s3/bucketPolicy:BucketPolicy": { type: "AWS::S3::BucketPolicy" },
  "aws:ebs/volume:Volume": {
    type: "AWS::EC2::Volume",
    differs: each(
      ["availabilityZone", "encrypted", "kmsKeyId", "multiAttachEnabled", "outpostArn", "snapshotId"],
      reasons.volume,
    ),
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    names: { Scheme: "internal", Type: "loadBalancerType" },
    differs: {
      customerOwnedIpv4Pool: reasons.forceNew,
      namePrefix: reasons.prefix,
      ...each(["securityGroups", "subnetMappings", "subnets"], reasons.nlb),
      secondaryIpsAutoAssignedPerSubnet: "the SDK's documentation: a smaller number replaces",
    },
  },
  "aws:lb/listener:Listener": { type: "AWS::ElasticLoadBalancingV2::Listener" },
  "aws:lb/targetGroup:TargetGroup": {
    type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    differs: { namePrefix: reasons.prefix },
  },
  "aws:acm/certificate:Certificate": {
    type: "AWS::CertificateManager::Certificate",
    names: { DomainValidationOptions: "validationOptions", CertificateExport: "options.export" },
    differs: { "options.export": "the provider calls UpdateCertificateOptions (acm/certificate.go)" },
  },
  "aws:route53/record:Record": {
    type: "AWS::Route53::RecordSet",
    names: { HostedZoneId: "zoneId" },
    differs: { hostedZoneName: reasons.unknown },
  },
  "aws:lb/listenerRule:ListenerRule": { type: "AWS::ElasticLoadBalancingV2::ListenerRule" },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    type: "AWS::ElastiCache::SubnetGroup",
    names: { CacheSubnetGroupName: "name" },
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    type: "AWS::ElastiCache::ReplicationGroup",
    names: { CacheSubnetGroupName: "subnetGroupName", CacheSecurityGroupNames: "securityGroupNames" },
    differs: {
      authToken:
        "the provider calls ModifyReplicationGroup with the update strategy (elasticache/replication_group.go)",
      engineVersion: "the provider replaces for a step back: customizeDiffEngineVersionForceNewOnDowngrade",
      transitEncryptionEnabled: "the provider replaces below 7.0.5: CustomizeDiff in elasticache/replication_group.go",
      securityGroupNames: "ForceNew in the provider, an update in CloudFormation",
      ...each(["numNodeGroups", "replicasPerNodeGroup"], reasons.update),
      preferredCacheClusterAZs: reasons.update,
      ...each(nodeGroups, "ForceNewIf in the provider, for groups with shards of their own, which no program here has"),
    },
  },
  "aws:sqs/queue:Queue": {
    type: "AWS::SQS::Queue",
    names: { QueueName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    type: "AWS::SQS::QueuePolicy",
    differs: { queueUrl: "CloudFormation has a list of queues, which it updates; ForceNew in sqs/queue_policy.go" },
  },
  "aws:cloudwatch/eventRule:EventRule": { type: "AWS::Events::Rule", differs: { namePrefix: reasons.prefix } },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { type: "AWS::CloudWatch::Alarm", names: { AlarmName: "name" } },
  "aws:ec2/instance:Instance": {
    type: "AWS::EC2::Instance",
    names: {
      BlockDeviceMappings: "ebsBlockDevices",
      "BlockDeviceMappings[].Ebs.KmsKeyId": "ebsBlockDevices[].kmsKeyId",
      HibernationOptions: "hibernation",
      ImageId: "ami",
      PlacementGroupName: "placementGroup",
      PrivateIpAddress: "privateIp",
      SecurityGroupIds: "vpcSecurityGroupIds",
    },
    differs: {
      ...each(
        [
          "additionalInfo",
          "affinity",
          "elasticGpuSpecifications",
          "elasticInferenceAccelerators",
          "kernelId",
          "licenseSpecifications",
          "ramdiskId",
        ],
        reasons.unknown,
      ),
      ...each(["ebsBlockDevices", "launchTemplate"], reasons.members),
      ...each(["hostResourceGroupArn", "ipv6AddressCount", "vpcSecurityGroupIds"], reasons.update),
      ...each(
        [
          "ephemeralBlockDevices",
          "instanceMarketOptions",
          "placementGroupId",
          "placementPartitionNumber",
          "primaryNetworkInterface",
          "secondaryNetworkInterfaces",
        ],
        reasons.forceNew,
      ),
      associatePublicIpAddress: "part of CloudFormation's NetworkInterfaces; ForceNew in ec2/ec2_instance.go",
      enablePrimaryIpv6: "the SDK's documentation: turning it off replaces; CloudFormation has no such property",
      ...each(
        ["rootBlockDevice.encrypted", "rootBlockDevice.kmsKeyId"],
        "part of CloudFormation's BlockDeviceMappings; ForceNew in ec2/ec2_instance.go",
      ),
      userDataBase64: "CloudFormation has user data in one form only",
    },
  },
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    type: "AWS::EC2::VolumeAttachment",
    names: { Device: "deviceName" },
    differs: { ebsCardIndex: reasons.unknown },
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    type: "AWS::EC2::LaunchTemplate",
    names: { LaunchTemplateName: "name" },
    differs: { namePrefix: reasons.prefix },
  },
  "aws:autoscaling/group:Group": {
    type: "AWS::AutoScaling::AutoScalingGroup",
    names: { AutoScalingGroupName: "name" },
    differs: {
      initialLifecycleHooks: "ForceNew in autoscaling/group.go; CloudFormation updates LifecycleHookSpecificationList",
      instanceId: reasons.unknown,
      namePrefix: reasons.prefix,
    },
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    type: "AWS::AutoScaling::LifecycleHook",
    names: { AutoScalingGroupName: "autoscalingGroupName", LifecycleHookName: "name" },
  },
  "aws:autoscaling/policy:Policy": {
    type: "AWS::AutoScaling::ScalingPolicy",
    names: { AutoScalingGroupName: "autoscalingGroupName" },
    differs: { name: "CloudFormation always makes the name of a policy up" },
  },
  "aws:ec2/keyPair:KeyPair": {
    type: "AWS::EC2::KeyPair",
    names: { PublicKeyMaterial: "publicKey" },
    differs: {
      keyNamePrefix: reasons.prefix,
      ...each(["keyFormat", "keyType"], "for keys that EC2 makes; the provider only imports them"),
      tags: "the provider calls CreateTags and DeleteTags",
    },
  },
};

const partOfBucket = "CloudFormation has it as a property of AWS::S3::Bucket";

/** Types that CloudFormation does not have. */
const withoutCounterpart: Readonly<Record<string, string>> = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "an adopted group; Terraform's own idea",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "CloudFormation has it as ManagedPolicyArns of AWS::IAM::Role",
  "aws:secretsmanager/secretVersion:SecretVersion": "CloudFormation has it as SecretString of the secret",
  "aws:kms/grant:Grant": "CloudFormation has no grants; every input is ForceNew in kms/grant.go",
  "aws:s3/bucketVersioning:BucketVersioning": partOfBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": partOfBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": partOfBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": partOfBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": partOfBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": "CloudFormation has no objects",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": "CloudFormation has it as Targets of the target group",
  "aws:ec2/amiCopy:AmiCopy": "CloudFormation has no images",
  "aws:cloudwatch/eventTarget:EventTarget": "CloudFormation has it as Targets of the rule",
  "aws:acm/certificateValidation:CertificateValidation": "Terraform's own idea: it waits for the certificate",
};

/** A change that replaces, and one of the same input that does not. */
interface Conditional {
  readonly type: string;
  readonly path: string;
  readonly olds: Properties;
  readonly replaces: Properties;
  readonly updates: Properties;
  /** What was before `updates`, where it is not `olds`. */
  readonly otherwise?: Properties;
}

const rules = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
];
const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const network = { loadBalancerType: "network", subnets: ["a", "b"], securityGroups: ["g"] };
const nic = "aws:ec2/networkInterface:NetworkInterface";
const machine = "aws:ec2/instance:Instance";
const stopAndStart = { userData: "new", userDataBase64: "bmV3" };

/* prettier-ignore */
const conditionals: readonly Conditional[] = [
  { type: "aws:ec2/vpc:Vpc", path: "instanceTenancy", olds: { instanceTenancy: "dedicated" },
    replaces: { instanceTenancy: "host" }, updates: { instanceTenancy: "default" } },
  { type: nic, path: "privateIps", olds: { privateIps: ["10.0.0.4", "10.0.0.5"] },
    replaces: { privateIps: ["10.0.0.5"] }, updates: { privateIps: ["10.0.0.6", "10.0.0.4"] } },
  { type: nic, path: "privateIps", olds: { privateIps: ["10.0.0.4"] },
    replaces: { privateIps: ["10.0.0.5"] }, updates: { privateIps: ["<unknown>"] } },
  { type: nic, path: "privateIpLists", olds: { privateIpListEnabled: true, privateIpLists: ["10.0.0.4"] },
    replaces: { privateIpListEnabled: true, privateIpLists: ["10.0.0.5", "10.0.0.4"] },
    updates: { privateIpListEnabled: true, privateIpLists: ["10.0.0.4", "10.0.0.5"] } },
  { type: nic, path: "enablePrimaryIpv6", olds: { enablePrimaryIpv6: true },
    replaces: {}, updates: { enablePrimaryIpv6: true } },
  { type: balancer, path: "subnets", olds: network,
    replaces: { ...network, subnets: ["a"] }, updates: { ...network, subnets: ["a", "b", "c"] } },
  { type: balancer, path: "subnets", olds: network,
    replaces: { ...network, subnets: ["a", "c"] }, updates: { ...network, subnets: ["a", "<unknown>"] } },
  { type: balancer, path: "securityGroups", olds: network,
    replaces: { ...network, securityGroups: [] }, updates: { ...network, securityGroups: ["h", "g"] } },
  { type: balancer, path: "securityGroups", olds: { ...network, securityGroups: [] },
    replaces: network, updates: { loadBalancerType: "application", securityGroups: ["g"] } },
  { type: balancer, path: "subnetMappings", olds: { ...network, subnetMappings: [{ subnetId: "a" }] },
    replaces: { ...network, subnetMappings: [{ subnetId: "b" }, { subnetId: "c" }] },
    updates: { ...network, subnetMappings: [{ subnetId: "b" }, { subnetId: "a" }] } },
  { type: balancer, path: "secondaryIpsAutoAssignedPerSubnet", olds: { ...network, secondaryIpsAutoAssignedPerSubnet: 2 },
    replaces: { ...network, secondaryIpsAutoAssignedPerSubnet: 1 },
    updates: { ...network, secondaryIpsAutoAssignedPerSubnet: 3 } },
  { type: machine, path: "instanceType", olds: { instanceType: "c6i.large" },
    replaces: { instanceType: "c7g.large" }, updates: { instanceType: "c7i.2xlarge" } },
  { type: machine, path: "userData", olds: { userData: "old" },
    replaces: { ...stopAndStart, userDataReplaceOnChange: true }, updates: { ...stopAndStart, userDataReplaceOnChange: false } },
  { type: machine, path: "userDataBase64", olds: { userDataBase64: "b2xk" },
    replaces: { ...stopAndStart, userDataReplaceOnChange: true }, updates: stopAndStart },
  { type: machine, path: "launchTemplate.version", olds: { launchTemplate: { id: "lt-1", version: "1" } },
    replaces: { launchTemplate: { id: "lt-1", version: "2" } }, updates: { launchTemplate: { id: "lt-1", version: "$Default" } } },
  { type: machine, path: "enablePrimaryIpv6", olds: { enablePrimaryIpv6: true },
    replaces: { enablePrimaryIpv6: false }, updates: { enablePrimaryIpv6: true } },
  { type: "aws:ec2/subnet:Subnet", path: "ipv6CidrBlock", olds: { assignIpv6AddressOnCreation: true, ipv6CidrBlock: "x" },
    replaces: { assignIpv6AddressOnCreation: true, ipv6CidrBlock: "y" }, otherwise: { ipv6CidrBlock: "x" }, updates: { ipv6CidrBlock: "y" } },
  { type: "aws:ec2/vpc:Vpc", path: "instanceTenancy", olds: { instanceTenancy: "host" },
    replaces: { instanceTenancy: "default" }, otherwise: { instanceTenancy: "dedicated" }, updates: { instanceTenancy: "default" } },
  { type: "aws:elasticache/replicationGroup:ReplicationGroup", path: "transitEncryptionEnabled",
    olds: { engineVersion: "6.2", transitEncryptionEnabled: false },
    replaces: { engineVersion: "6.2", transitEncryptionEnabled: true },
    otherwise: { engineVersion: "7.1", transitEncryptionEnabled: false },
    updates: { engineVersion: "7.1", transitEncryptionEnabled: true } },
  { type: "aws:elasticache/replicationGroup:ReplicationGroup", path: "engineVersion", olds: { engineVersion: "6.2" },
    replaces: { engineVersion: "6.0" }, updates: { engineVersion: "7.1" } },
  { type: "aws:elasticache/replicationGroup:ReplicationGroup", path: "engine", olds: { engine: "valkey" },
    replaces: { engine: "redis" }, otherwise: { engine: "redis" }, updates: { engine: "valkey" } },
  ...rules.flatMap((type) => peers.flatMap((path, index): Conditional[] => {
    const other = peers[(index + 1) % peers.length]!;
    const row = { type, olds: { [path]: "old" }, replaces: { [other]: "new" }, updates: { [path]: "new" } };
    return [{ ...row, path }, { ...row, path: other }];
  })),
];

/** CloudFormation's paths that replace, always or sometimes. */
function replacing(properties: Readonly<Record<string, Property>>, prefix: string, above: readonly string[]): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const own = (property.causesReplacement ?? "no") === "no" ? [] : [path];
    const [type, list] = innermost(property.type);
    if (type.type !== "ref") return own;
    const definition = database.get("typeDefinition", type.reference.$ref);
    if (above.includes(definition.name)) return own;
    return [...own, ...replacing(definition.properties, `${path}${list}.`, [...above, definition.name])];
  });
}

function innermost(type: PropertyType): [PropertyType, "" | "[]"] {
  return type.type === "array" || type.type === "map" ? [innermost(type.element)[0], "[]"] : [type, ""];
}

function theirPaths({ type, names = {} }: Counterpart): string[] {
  const [found] = [...database.lookup("resource", "cloudFormationType", "equals", type)];
  assert.ok(found, type);
  const lowered = (path: string): string =>
    path
      .split(".")
      .map((step) => step.charAt(0).toLowerCase() + step.slice(1))
      .join(".");
  return replacing(found.properties, "", []).map((path) => names[path] ?? lowered(path));
}

function ourPaths(type: string): string[] {
  const sometimes = conditionals.filter((row) => row.type === type).map(({ path }) => path);
  const always = aws.resources[type]!.forcesReplacement ?? [];
  return [...always.filter((path) => path !== "region"), ...sometimes];
}

/** Paths of one list that are neither in the other nor below a path of it. */
function apart(paths: readonly string[], others: readonly string[]): string[] {
  return paths.filter(
    (path) =>
      !others.some((other) => path === other || (/^[.[]/.test(path.slice(other.length)) && path.startsWith(other))),
  );
}

const sdk = dirname(require.resolve("@pulumi/aws/package.json"));
const nested = readFileSync(join(sdk, "types/input.d.ts"), "utf8");

/** Members of an interface with their types, as the SDK declares them. */
function members(source: string, opening: string, indent: string): Map<string, string> {
  const start = source.indexOf(opening);
  assert.notEqual(start, -1, opening);
  const body = source.slice(start, source.indexOf(`\n${indent.slice(4)}}`, start));
  const declared = body.matchAll(new RegExp(`^${indent}(?:readonly )?(\\w+)\\??: ([^\\n]*)`, "gm"));
  return new Map([...declared].map(([, name, type]) => [name!, type!]));
}

function declarations(type: string, opening: (name: string) => string): Map<string, string> {
  const [, file, name] = type.split(":") as [string, string, string];
  return members(readFileSync(join(sdk, `${file}.d.ts`), "utf8"), opening(name), "    ");
}

const inputsOf = (type: string): Map<string, string> => declarations(type, (name) => `export interface ${name}Args {`);
const outputsOf = (type: string): Map<string, string> => declarations(type, (name) => `export declare class ${name} `);

/** Whether the SDK has an input at this path; nested ones are declared in types/input.d.ts. */
function isInput(type: string, path: string): boolean {
  let current = inputsOf(type);
  const steps = path.replaceAll("[]", "").split(".");
  return steps.every((step, index) => {
    const declared = current.get(step);
    if (declared === undefined || index === steps.length - 1) return declared !== undefined;
    const [, space, name] = /inputs\.(\w+)\.(\w+)/.exec(declared) ?? [];
    if (space === undefined) return false;
    const part = nested.slice(nested.indexOf(`export declare namespace ${space} {`));
    current = members(part, `    interface ${name!} {`, "        ");
    return true;
  });
}

const types = Object.entries(aws.resources);

/** How the SDK's documentation of an input says that another value replaces. */
const says =
  /forces? (a )?(resource )?(replacement|recreation)|destroyed and re-?created|cannot be changed after creation|to be replaced/i;

describe("what the simulated AWS replaces", () => {
  it("every type is compared with CloudFormation's, or it says why not", () => {
    const listed = [...Object.keys(counterparts), ...Object.keys(withoutCounterpart)];
    assert.deepEqual(listed.sort(), types.map(([type]) => type).sort());
  });

  for (const [type, counterpart] of Object.entries(counterparts)) {
    it(`${type} is replaced for what replaces ${counterpart.type}, but for the listed differences`, () => {
      const [ours, theirs] = [ourPaths(type), theirPaths(counterpart)];
      const found = [...new Set([...apart(ours, theirs), ...apart(theirs, ours)])];
      assert.deepEqual(found.sort(), Object.keys(counterpart.differs ?? {}).sort());
    });
  }

  for (const row of conditionals) {
    it(`${row.type} is replaced for some changes of ${row.path}: ${JSON.stringify(row.olds)}`, () => {
      const model = aws.resources[row.type]!;
      assert.ok(model.replaces!(row.olds, row.replaces).includes(row.path), JSON.stringify(row.replaces));
      assert.ok(
        !model.replaces!(row.otherwise ?? row.olds, row.updates).includes(row.path),
        JSON.stringify(row.updates),
      );
    });
  }

  for (const [type] of types) {
    it(`${type} is replaced for what the SDK's documentation says`, () => {
      const [, file, name] = type.split(":") as [string, string, string];
      const source = readFileSync(join(sdk, `${file}.d.ts`), "utf8");
      const args = source.slice(source.indexOf(`export interface ${name}Args {`));
      const documented = [...args.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s+(\w+)\??: /g)]
        .filter(([, text]) => says.test(text!.replace(/\s*\*\s*/g, " ")))
        .map(([, , input]) => input!);
      assert.deepEqual(apart(documented, ourPaths(type)), []);
    });
  }

  it("every rule that depends on values has an example", () => {
    const examples = new Set(conditionals.map(({ type }) => type));
    assert.deepEqual(
      types
        .filter(([, model]) => "replaces" in model)
        .map(([type]) => type)
        .sort(),
      [...examples].sort(),
    );
  });
});

/** In-place changes with which the provider gives a resource another id, although Pulumi keeps the one it knows. */
const renamed: Readonly<Record<string, readonly string[]>> = { "aws:route53/record:Record": ["type"] };

describe("ids of the simulated AWS", () => {
  const { world } = new Stage({ region: "eu-west-1" });
  for (const [type, model] of types) {
    it(`${type} keeps its id in an update`, () => {
      const idOf = (inputs: Properties): string => model.create(inputs, world, { urn: "urn", name: "example" }).id;
      const example = Object.fromEntries([...inputsOf(type).keys()].map((name) => [name, `example-${name}`]));
      const changing = Object.keys(example).filter((name) => idOf({ ...example, [name]: "changed" }) !== idOf(example));
      const replacing = model.forcesReplacement ?? [];
      assert.deepEqual(
        changing.filter((name) => !replacing.includes(name)),
        renamed[type] ?? [],
      );
    });
  }
});

describe("paths in the tables of the simulated AWS", () => {
  for (const [type, model] of types) {
    it(`${type} names inputs and outputs of the SDK`, () => {
      const sometimes = conditionals.filter((row) => row.type === type).map(({ path }) => path);
      const inputs = [...(model.forcesReplacement ?? []), ...(model.notCompared ?? []), ...sometimes];
      assert.deepEqual(
        inputs.filter((path) => !isInput(type, path)),
        [],
        "inputs",
      );
      const outputs = outputsOf(type);
      assert.deepEqual(
        (model.recomputed ?? []).filter((name) => !outputs.has(name)),
        [],
        "outputs",
      );
      assert.equal(new Set(inputs.filter((path) => !sometimes.includes(path))).size, inputs.length - sometimes.length);
    });

    it(`${type} is replaced when its region changes, if it has one`, () => {
      const regional = inputsOf(type).has("region");
      assert.equal((model.forcesReplacement ?? []).includes("region"), regional);
    });

    it(`${type} computes its tags anew, if it has any`, () => {
      assert.equal((model.recomputed ?? []).includes("tagsAll"), outputsOf(type).has("tagsAll"));
    });
  }

  it("inputs that are only written are not compared", () => {
    const written = types.flatMap(([type]) =>
      [...inputsOf(type).keys()].filter((name) => name.endsWith("Wo")).map((name) => `${type} ${name}`),
    );
    const listed = types.flatMap(([type, model]) => (model.notCompared ?? []).map((name) => `${type} ${name}`));
    assert.deepEqual(listed.sort(), written.sort());
  });
});
