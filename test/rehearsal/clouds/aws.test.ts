/**
 * What the simulated AWS refuses, one rule a test, and what it answers.
 */
import assert from "node:assert/strict";
import type { Properties } from "../../../rehearsal/model";
import { clouds, cloudsFor } from "../../../rehearsal/clouds/index";
import { existingThings } from "../../../rehearsal/clouds/existing";
import { idOf, outputOf, type Rule, Stage, testRules } from "./stage";

const region = "eu-west-1";
const vpc = "aws:ec2/vpc:Vpc";
const subnet = "aws:ec2/subnet:Subnet";
const group = "aws:ec2/securityGroup:SecurityGroup";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const nic = "aws:ec2/networkInterface:NetworkInterface";
const instance = "aws:ec2/instance:Instance";
const volume = "aws:ebs/volume:Volume";
const attachment = "aws:ec2/volumeAttachment:VolumeAttachment";
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const targetGroup = "aws:lb/targetGroup:TargetGroup";
const listener = "aws:lb/listener:Listener";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const scalingGroup = "aws:autoscaling/group:Group";
const hook = "aws:autoscaling/lifecycleHook:LifecycleHook";
const policy = "aws:autoscaling/policy:Policy";
const certificate = "aws:acm/certificate:Certificate";
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const topic = "aws:sns/topic:Topic";
const subscription = "aws:sns/topicSubscription:TopicSubscription";
const eip = "aws:ec2/eip:Eip";
const eipAssociation = "aws:ec2/eipAssociation:EipAssociation";

const trust = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});
const allow = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] });
const armImage = "ami-0a64a64a600000000";
const intelImage = "ami-0d64d64d600000000";
const kmsKey = (where: string): string => `arn:aws:kms:${where}:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9`;
const base64Of = (bytes: number): string => Buffer.alloc(bytes, "x").toString("base64");

/** A network with two zones and what machines need. */
function stage(): Stage {
  const built = new Stage({ region });
  const vpcId = built.add(vpc, "vpc", { cidrBlock: "10.0.0.0/16" }).id;
  const otherVpc = built.add(vpc, "other-vpc", { cidrBlock: "10.9.0.0/16" }).id;
  const a = built.add(subnet, "a", { vpcId, cidrBlock: "10.0.0.0/24", availabilityZone: "eu-west-1a" }).id;
  built.add(subnet, "b", { vpcId, cidrBlock: "10.0.1.0/24", availabilityZone: "eu-west-1b" });
  built.add(subnet, "a2", { vpcId, cidrBlock: "10.0.2.0/24", availabilityZone: "eu-west-1a" });
  built.add(group, "group", { vpcId });
  built.add(group, "other-group", { vpcId: otherVpc });
  built.add("aws:iam/role:Role", "role", { name: "role", assumeRolePolicy: trust });
  built.add("aws:iam/instanceProfile:InstanceProfile", "profile", { name: "profile", role: "role" });
  built.add("aws:secretsmanager/secret:Secret", "secret", { name: "secret" });
  built.add("aws:s3/bucket:Bucket", "bucket", { bucket: "example-bucket" });
  built.add(nic, "nic", { subnetId: a });
  built.add(nic, "used-nic", { subnetId: a });
  const machine = { ami: intelImage, instanceType: "c6i.large" };
  const used = { primaryNetworkInterface: { networkInterfaceId: idOf(built, "used-nic") } };
  built.add(instance, "machine", { ...machine, ...used });
  built.add(volume, "disk", { availabilityZone: "eu-west-1a", size: 10, type: "gp3" });
  built.add(volume, "far-disk", { availabilityZone: "eu-west-1b", size: 10, type: "gp3" });
  built.add(certificate, "certificate", { domainName: "video.example.com", validationMethod: "DNS" });
  const network = { loadBalancerType: "network", subnets: [a], securityGroups: [idOf(built, "group")] };
  built.add(balancer, "nlb", { ...network, name: "nlb" });
  built.add(targetGroup, "targets", { name: "targets", port: 443, protocol: "TCP", vpcId });
  built.add(template, "template", { name: "template", imageId: intelImage, instanceType: "c6i.large" });
  const size = { minSize: 1, maxSize: 2, vpcZoneIdentifiers: [a] };
  built.add(scalingGroup, "media", { name: "media", ...size, launchTemplate: { id: idOf(built, "template") } });
  return built;
}

const network: Omit<Rule, "stage">[] = [
  {
    title: "a VPC is between /16 and /28",
    type: vpc,
    accepted: () => ({ cidrBlock: "10.2.0.0/16" }),
    change: { cidrBlock: "10.0.0.0/8" },
    says: "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
  },
  {
    title: "a subnet's VPC exists",
    type: subnet,
    accepted: (on) => ({ vpcId: idOf(on, "vpc"), cidrBlock: "10.0.3.0/24" }),
    change: { vpcId: "vpc-nonsense", cidrBlock: "172.31.3.0/24" },
    says: "InvalidVpcID.NotFound: The vpc ID 'vpc-nonsense' does not exist",
  },
  {
    title: "a subnet lies inside its VPC",
    type: subnet,
    accepted: (on) => ({ vpcId: idOf(on, "vpc"), cidrBlock: "10.0.3.0/24" }),
    change: { cidrBlock: "10.1.3.0/24" },
    says: "InvalidSubnet.Range: The CIDR '10.1.3.0/24' is invalid.",
  },
  {
    title: "a subnet overlaps no other",
    type: subnet,
    accepted: (on) => ({ vpcId: idOf(on, "vpc"), cidrBlock: "10.0.3.0/24" }),
    change: { cidrBlock: "10.0.0.128/25" },
    says: "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet",
  },
  {
    title: "a subnet's zone is one of the region",
    type: subnet,
    accepted: (on) => ({ vpcId: idOf(on, "vpc"), cidrBlock: "10.0.3.0/24", availabilityZone: "eu-west-1c" }),
    change: { availabilityZone: "eu-west-1d" },
    says: "Value (eu-west-1d) for parameter availabilityZone is invalid.",
  },
  {
    title: "a route names exactly one target",
    type: "aws:ec2/route:Route",
    accepted: () => ({
      routeTableId: "rtb-0a1b2c3d4e5f60718",
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: "igw-0a1b2c3d",
    }),
    change: { natGatewayId: "nat-0a1b2c3d4e5f60718" },
    says: "one of these must be specified",
  },
  {
    title: "a route's gateway exists",
    type: "aws:ec2/route:Route",
    accepted: () => ({
      routeTableId: "rtb-0a1b2c3d4e5f60718",
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: "igw-0a1b2c3d",
    }),
    change: { gatewayId: "igw-gone" },
    says: "InvalidGatewayID.NotFound: The gateway ID 'igw-gone' does not exist",
  },
  {
    title: "a public NAT gateway has an address",
    type: "aws:ec2/natGateway:NatGateway",
    accepted: (on) => ({ subnetId: idOf(on, "a"), allocationId: "eipalloc-0a1b2c3d4e5f60718" }),
    change: { allocationId: undefined },
    says: "`allocation_id` is required when `connectivity_type` is `public`",
  },
  {
    title: "a gateway end point is for a service of the region",
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    accepted: (on) => ({ vpcId: idOf(on, "vpc"), serviceName: "com.amazonaws.eu-west-1.s3" }),
    change: { serviceName: "com.amazonaws.us-east-1.s3" },
    says: "The Vpc Endpoint Service 'com.amazonaws.us-east-1.s3' does not exist",
  },
  {
    title: "an interface's groups are of its own VPC",
    type: nic,
    accepted: (on) => ({ subnetId: idOf(on, "a"), securityGroups: [idOf(on, "group")] }),
    change: (on) => ({ securityGroups: [idOf(on, "other-group")] }),
    says: "belong to different networks",
  },
  {
    title: "an interface's subnet exists",
    type: nic,
    accepted: (on) => ({ subnetId: idOf(on, "a") }),
    change: (on) => ({ subnetId: idOf(on, "vpc") }),
    says: "InvalidSubnetID.NotFound: The subnet ID 'vpc-",
  },
];

const security: Omit<Rule, "stage">[] = [
  {
    title: "a rule has one peer",
    type: ingress,
    accepted: (on) => ({
      securityGroupId: idOf(on, "group"),
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
    }),
    change: { cidrIpv4: undefined },
    says: "one (and only one) of",
  },
  {
    title: "a rule's range of ports is in order",
    type: ingress,
    accepted: (on) => ({
      securityGroupId: idOf(on, "group"),
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
    }),
    change: { fromPort: 500 },
    says: "Invalid value '500-443' for portRange.",
  },
  {
    title: "a rule's CIDR has no host bits",
    type: ingress,
    accepted: (on) => ({ securityGroupId: idOf(on, "group"), ipProtocol: "-1", cidrIpv4: "10.0.0.0/16" }),
    change: { cidrIpv4: "10.0.0.1/16" },
    says: "CIDR block 10.0.0.1/16 is malformed",
  },
  {
    title: "a rule refers to a group of the same network",
    type: ingress,
    accepted: (on) => ({
      securityGroupId: idOf(on, "group"),
      ipProtocol: "-1",
      referencedSecurityGroupId: idOf(on, "group"),
    }),
    change: (on) => ({ referencedSecurityGroupId: idOf(on, "other-group") }),
    says: "You have specified two resources that belong to different networks.",
  },
  {
    title: "a group has 60 rules in one direction",
    type: ingress,
    accepted: (on) => {
      const rule = (port: number): Properties => ({
        securityGroupId: idOf(on, "other-group"),
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        cidrIpv4: "0.0.0.0/0",
      });
      for (let port = 1; port < 60; port += 1) on.add(ingress, `rule-${port}`, rule(port));
      return rule(60);
    },
    change: (on, accepted) => {
      on.add(ingress, "rule-60", accepted);
      return { fromPort: 61, toPort: 61 };
    },
    says: "RulesPerSecurityGroupLimitExceeded",
  },
  {
    title: "a rule is there once",
    type: ingress,
    accepted: (on) => {
      const rule = { securityGroupId: idOf(on, "group"), ipProtocol: "tcp", fromPort: 80, toPort: 80 };
      on.add(ingress, "first", { ...rule, cidrIpv4: "10.0.0.0/8" });
      return { ...rule, cidrIpv4: "192.168.0.0/16" };
    },
    change: { cidrIpv4: "10.0.0.0/8" },
    says: "InvalidPermission.Duplicate",
  },
];

const identity: Omit<Rule, "stage">[] = [
  {
    title: "a role's name has 64 characters at most",
    type: "aws:iam/role:Role",
    accepted: () => ({ name: "r".repeat(64), assumeRolePolicy: trust }),
    change: { name: "r".repeat(65) },
    says: "'name' is too long (65): at most 64 characters allowed",
  },
  {
    title: "a role's name is unique whatever its case",
    type: "aws:iam/role:Role",
    accepted: () => ({ name: "another", assumeRolePolicy: trust }),
    change: { name: "ROLE" },
    says: "EntityAlreadyExists: Role with name ROLE already exists.",
  },
  {
    title: "a policy is JSON",
    type: "aws:iam/rolePolicy:RolePolicy",
    accepted: () => ({ role: "role", policy: allow }),
    change: { policy: "{" },
    says: "contains an invalid JSON policy",
  },
  {
    title: "a policy has statements with an effect and actions",
    type: "aws:iam/rolePolicy:RolePolicy",
    accepted: () => ({ role: "role", policy: allow }),
    change: { policy: '{"Statement":[{"Effect":"Allow"}]}' },
    says: "MalformedPolicyDocument: Syntax errors in policy.",
  },
  {
    title: "a role's inline policies have 10240 characters in all",
    type: "aws:iam/rolePolicy:RolePolicy",
    accepted: () => ({ role: "role", policy: allow }),
    change: {
      policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "x".repeat(10240) }] }),
    },
    says: "Maximum policy size of 10240 bytes exceeded for role role",
  },
  {
    title: "a policy's role exists",
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    accepted: () => ({ role: "role", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }),
    change: { role: "nobody" },
    says: "NoSuchEntity: The role with name nobody cannot be found.",
  },
  {
    title: "an attached policy is of the region's partition",
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    accepted: () => ({ role: "role", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }),
    change: { policyArn: "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore" },
    says: "does not exist or is not attachable",
  },
  {
    title: "a profile's role exists",
    type: "aws:iam/instanceProfile:InstanceProfile",
    accepted: () => ({ role: "role" }),
    change: { role: "nobody" },
    says: "The role with name nobody cannot be found.",
  },
  {
    title: "a secret can be recovered for 7 to 30 days",
    type: "aws:secretsmanager/secret:Secret",
    accepted: () => ({ recoveryWindowInDays: 7 }),
    change: { recoveryWindowInDays: 6 },
    says: "expected recovery_window_in_days to be in the range (7 - 30), got 6",
  },
  {
    title: "a secret's key lies in its region",
    type: "aws:secretsmanager/secret:Secret",
    accepted: () => ({ kmsKeyId: kmsKey(region) }),
    change: { kmsKeyId: kmsKey("us-east-1") },
    says: "Invalid arn us-east-1",
  },
  {
    title: "a secret's value has 65536 bytes at most",
    type: "aws:secretsmanager/secretVersion:SecretVersion",
    accepted: (on) => ({ secretId: idOf(on, "secret"), secretString: "x".repeat(65536) }),
    change: { secretString: "x".repeat(65537) },
    says: "Member must have length less than or equal to 65536",
  },
  {
    title: "a version's secret exists",
    type: "aws:secretsmanager/secretVersion:SecretVersion",
    accepted: (on) => ({ secretId: idOf(on, "secret"), secretString: "x" }),
    change: { secretId: "nothing" },
    says: "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  },
  {
    title: "a grant's key lies in its region",
    type: "aws:kms/grant:Grant",
    accepted: () => ({
      keyId: kmsKey(region),
      granteePrincipal: "arn:aws:iam::123456789012:role/x",
      operations: ["Decrypt"],
    }),
    change: { keyId: kmsKey("us-east-1") },
    says: "Invalid arn us-east-1",
  },
];

const storage: Omit<Rule, "stage">[] = [
  {
    title: "a bucket's name has lower-case letters",
    type: "aws:s3/bucket:Bucket",
    accepted: () => ({ bucket: "another-bucket" }),
    change: { bucket: "Another-bucket" },
    says: "'bucket' does not match expression",
  },
  {
    title: "a bucket's name is taken once",
    type: "aws:s3/bucket:Bucket",
    accepted: () => ({ bucket: "another-bucket" }),
    change: { bucket: "example-bucket" },
    says: "BucketAlreadyOwnedByYou",
  },
  {
    title: "a bucket's setting is for a bucket",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    accepted: () => ({ bucket: "example-bucket", policy: allow }),
    change: { bucket: "No bucket" },
    says: "NoSuchBucket: The specified bucket does not exist",
  },
  {
    title: "an object lies in a bucket",
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    accepted: () => ({ bucket: "example-bucket", key: "programs", contentBase64: "aGk=" }),
    change: { bucket: "No bucket" },
    says: "S3: PutObject, api error NoSuchBucket",
  },
  {
    title: "an object's key has a length",
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    accepted: () => ({ bucket: "example-bucket", key: "programs", contentBase64: "aGk=" }),
    change: { key: "k".repeat(1025) },
    says: "KeyTooLongError",
  },
  {
    title: "versioning is on, off or suspended",
    type: "aws:s3/bucketVersioning:BucketVersioning",
    accepted: () => ({ bucket: "example-bucket", versioningConfiguration: { status: "Enabled" } }),
    change: { versioningConfiguration: { status: "On" } },
    says: "got On",
  },
  {
    title: "a bucket's key lies in its region",
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    accepted: () => ({
      bucket: "example-bucket",
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey(region) } }],
    }),
    change: {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey("us-east-1") } }],
    },
    says: "Invalid arn us-east-1",
  },
  {
    title: "a lifecycle rule does something",
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    accepted: () => ({
      bucket: "example-bucket",
      rules: [{ id: "old", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 30 } }],
    }),
    change: { rules: [{ id: "old", status: "Enabled" }] },
    says: "At least one action needs to be specified in a rule",
  },
  {
    title: "gp3 has 3000 IOPS at least",
    type: volume,
    accepted: () => ({ availabilityZone: "eu-west-1a", type: "gp3", size: 100, iops: 3000 }),
    change: { iops: 2999 },
    says: "Volume iops of 2999 is too low; minimum is 3000.",
  },
  {
    title: "gp3 has 2000 MiB/s at most",
    type: volume,
    accepted: () => ({ availabilityZone: "eu-west-1a", type: "gp3", size: 100, throughput: 2000 }),
    change: { throughput: 2001 },
    says: "Throughput (MiBps) of 2001 is too high; maximum is 2000.",
  },
  {
    title: "gp3 has 500 IOPS per GiB at most",
    type: volume,
    accepted: () => ({ availabilityZone: "eu-west-1a", type: "gp3", size: 100, iops: 50000 }),
    change: { iops: 50001 },
    says: "Iops to volume size ratio is too high; maximum is 500",
  },
  {
    title: "a volume's zone is one of the region",
    type: volume,
    accepted: () => ({ availabilityZone: "eu-west-1a", size: 10 }),
    change: { availabilityZone: "us-east-1a" },
    says: "InvalidZone.NotFound: The zone 'us-east-1a' does not exist.",
  },
  {
    title: "a volume's key lies in its region",
    type: volume,
    accepted: () => ({ availabilityZone: "eu-west-1a", size: 10, encrypted: true, kmsKeyId: kmsKey(region) }),
    change: { kmsKeyId: kmsKey("eu-west-2") },
    says: "Invalid arn eu-west-2",
  },
];

const balancing: Omit<Rule, "stage">[] = [
  {
    title: "a balancer's subnets are in different zones",
    type: balancer,
    accepted: (on) => ({ loadBalancerType: "network", subnets: [idOf(on, "a"), idOf(on, "b")] }),
    change: (on) => ({ subnets: [idOf(on, "a"), idOf(on, "a2")] }),
    says: "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
  },
  {
    title: "a balancer has a subnet",
    type: balancer,
    accepted: (on) => ({ loadBalancerType: "network", subnets: [idOf(on, "a")] }),
    change: { subnets: [] },
    says: "At least one subnet must be specified",
  },
  {
    title: "a balancer's groups are of its VPC",
    type: balancer,
    accepted: (on) => ({ loadBalancerType: "network", subnets: [idOf(on, "a")], securityGroups: [idOf(on, "group")] }),
    change: (on) => ({ securityGroups: [idOf(on, "other-group")] }),
    says: "One or more security groups are invalid",
  },
  {
    title: "a target group's name has 32 characters at most",
    type: targetGroup,
    accepted: (on) => ({ name: "t".repeat(32), port: 80, protocol: "TCP", vpcId: idOf(on, "vpc") }),
    change: { name: "t".repeat(33) },
    says: "'name' is too long (33): at most 32 characters allowed",
  },
  ...(
    [
      ["interval", 10, 4, "expected health_check.0.interval to be in the range (5 - 300), got 4"],
      ["timeout", 10, 1, "expected health_check.0.timeout to be in the range (2 - 120), got 1"],
      ["healthyThreshold", 2, 11, "expected health_check.0.healthy_threshold to be in the range (2 - 10), got 11"],
      ["unhealthyThreshold", 2, 1, "expected health_check.0.unhealthy_threshold to be in the range (2 - 10), got 1"],
    ] as const
  ).map(([field, good, bad, says]) => ({
    title: `a health check's ${field} is in range`,
    type: targetGroup,
    accepted: (on: Stage) => ({ port: 80, protocol: "TCP", vpcId: idOf(on, "vpc"), healthCheck: { [field]: good } }),
    change: { healthCheck: { [field]: bad } },
    says,
  })),
  {
    title: "a TCP health check has no path",
    type: targetGroup,
    accepted: (on) => ({
      port: 80,
      protocol: "TCP",
      vpcId: idOf(on, "vpc"),
      healthCheck: { protocol: "HTTP", path: "/" },
    }),
    change: { healthCheck: { protocol: "TCP", path: "/" } },
    says: '"health_check.path" cannot be specified',
  },
  {
    title: "a TLS listener has a certificate",
    type: listener,
    accepted: (on) => tlsListener(on),
    change: { certificateArn: undefined },
    says: "A certificate must be specified for TLS listeners",
  },
  {
    title: "a TLS listener's certificate lies in its region",
    type: listener,
    accepted: (on) => tlsListener(on),
    change: { certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" },
    says: "CertificateNotFound: Certificate ARN 'arn:aws:acm:us-east-1:",
  },
  {
    title: "a TLS listener has no idle timeout of its own",
    type: listener,
    accepted: (on) => tlsListener(on),
    change: { tcpIdleTimeoutSeconds: 1000 },
    says: "is not supported for listeners with the 'TLS' protocol",
  },
  {
    title: "a balancer listens on a port once",
    type: listener,
    accepted: (on) => {
      on.add(listener, "first", tlsListener(on));
      return { ...tlsListener(on), port: 8443 };
    },
    change: { port: 443 },
    says: "DuplicateListener",
  },
  {
    title: "a TCP listener does not forward to a UDP group",
    type: listener,
    accepted: (on) => ({ ...tlsListener(on), protocol: "TCP", certificateArn: undefined }),
    change: (on) => {
      const udp = { port: 443, protocol: "UDP", vpcId: idOf(on, "vpc") };
      return { defaultActions: [{ type: "forward", targetGroupArn: on.add(targetGroup, "udp", udp).id }] };
    },
    says: "Listener protocol 'TCP' must be compatible with target group protocol 'UDP'",
  },
  {
    title: "a listener's target group exists",
    type: listener,
    accepted: (on) => tlsListener(on),
    change: { defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:x" }] },
    says: "TargetGroupNotFound",
  },
  {
    title: "a target is an instance",
    type: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    accepted: (on) => ({ targetGroupArn: idOf(on, "targets"), targetId: idOf(on, "machine") }),
    change: { targetId: "10.0.0.4" },
    says: "InvalidTarget",
  },
];

function tlsListener(on: Stage): Properties {
  return {
    loadBalancerArn: idOf(on, "nlb"),
    port: 443,
    protocol: "TLS",
    certificateArn: idOf(on, "certificate"),
    defaultActions: [{ type: "forward", targetGroupArn: idOf(on, "targets") }],
  };
}

const dns: Omit<Rule, "stage">[] = [
  {
    title: "a certificate's first name has 64 characters at most",
    type: certificate,
    accepted: () => ({ domainName: `${"d".repeat(52)}.example.com`, validationMethod: "DNS" }),
    change: { domainName: `${"d".repeat(53)}.example.com` },
    says: "The first domain name can be no longer than 64 characters.",
  },
  {
    title: "a validation has the record that proves the name",
    type: "aws:acm/certificateValidation:CertificateValidation",
    accepted: (on) => ({ certificateArn: idOf(on, "certificate") }),
    change: { validationRecordFqdns: ["elsewhere.example.com"] },
    says: "missing video.example.com DNS validation record: _",
  },
  {
    title: "a record is an alias or has values",
    type: "aws:route53/record:Record",
    accepted: () => ({ zoneId: "Z123", name: "video.example.com", type: "A", ttl: 60, records: ["192.0.2.1"] }),
    change: { ttl: undefined, records: undefined },
    says: "one of `alias,records` must be specified",
  },
  {
    title: "a record's zone is a zone id",
    type: "aws:route53/record:Record",
    accepted: () => ({ zoneId: "Z123", name: "video.example.com", type: "A", ttl: 60, records: ["192.0.2.1"] }),
    change: { zoneId: "example.com" },
    says: "NoSuchHostedZone: No hosted zone found with ID: example.com",
  },
];

const compute: Omit<Rule, "stage">[] = [
  {
    title: "an instance's user data has 16384 bytes at most, decoded",
    type: instance,
    accepted: (on) => machine(on, { userDataBase64: base64Of(16384) }),
    change: { userDataBase64: base64Of(16385) },
    says: "InvalidParameterValue: User data is limited to 16384 bytes",
  },
  {
    title: "a template's user data has 16384 bytes at most, decoded",
    type: template,
    accepted: () => ({ userData: base64Of(16384) }),
    change: { userData: base64Of(16385) },
    says: "InvalidUserData.Malformed: User data is limited to 16384 bytes",
  },
  {
    title: "a template's user data is base64",
    type: template,
    accepted: () => ({ userData: base64Of(10) }),
    change: { userData: "#!/bin/sh" },
    says: "Invalid BASE64 encoding of user data.",
  },
  {
    title: "an image fits the machine's processor",
    type: instance,
    accepted: (on) => machine(on, { ami: armImage, instanceType: "c7g.large" }),
    change: { instanceType: "c7i.large" },
    says: "The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64'",
  },
  {
    title: "an instance's image exists",
    type: instance,
    accepted: (on) => machine(on),
    change: { ami: "ami-latest" },
    says: "InvalidAMIID.NotFound: The image id '[ami-latest]' does not exist",
  },
  {
    title: "an instance's profile exists",
    type: instance,
    accepted: (on) => machine(on, { iamInstanceProfile: "profile" }),
    change: { iamInstanceProfile: "nobody" },
    says: "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
  },
  {
    title: "an interface carries one instance",
    type: instance,
    accepted: (on) => machine(on),
    change: (on) => ({ primaryNetworkInterface: { networkInterfaceId: idOf(on, "used-nic") } }),
    says: "InvalidNetworkInterface.InUse",
  },
  {
    title: "an instance with an interface has no subnet of its own",
    type: instance,
    accepted: (on) => machine(on),
    change: (on) => ({ subnetId: idOf(on, "a") }),
    says: '"primary_network_interface": conflicts with subnet_id',
  },
  {
    title: "an instance is in its subnet's zone",
    type: instance,
    accepted: (on) => machine(on, { availabilityZone: "eu-west-1a" }),
    change: { availabilityZone: "eu-west-1b" },
    says: "is in the availability zone eu-west-1a, not in eu-west-1b",
  },
  {
    title: "tags in the metadata have keys that suit a URL",
    type: instance,
    accepted: (on) => machine(on, { metadataOptions: { instanceMetadataTags: "enabled" }, tags: { Name: "x y" } }),
    change: { tags: { "two words": "x" } },
    says: "'two words' is not a valid tag key",
  },
  {
    title: "metadata answers travel 1 to 64 hops",
    type: instance,
    accepted: (on) => machine(on, { metadataOptions: { httpPutResponseHopLimit: 1 } }),
    change: { metadataOptions: { httpPutResponseHopLimit: 65 } },
    says: "to be in the range (1 - 64), got 65",
  },
  {
    title: "a volume is in its instance's zone",
    type: attachment,
    accepted: (on) => ({ deviceName: "/dev/sdf", instanceId: idOf(on, "machine"), volumeId: idOf(on, "disk") }),
    change: (on) => ({ volumeId: idOf(on, "far-disk") }),
    says: "is not in the same availability zone as instance",
  },
  {
    title: "a volume is attached once",
    type: attachment,
    accepted: (on) => {
      const attached = { instanceId: idOf(on, "machine"), volumeId: idOf(on, "disk") };
      const spare = on.add(volume, "spare", { availabilityZone: "eu-west-1a", size: 1 }).id;
      on.add(attachment, "first", { ...attached, deviceName: "/dev/sdf" });
      return { ...attached, volumeId: spare, deviceName: "/dev/sdg" };
    },
    change: (on) => ({ volumeId: idOf(on, "disk") }),
    says: "is already attached to an instance",
  },
  {
    title: "a group's template may use its image",
    type: scalingGroup,
    accepted: (on) => media(on),
    change: (on) => {
      const mixed = { imageId: armImage, instanceType: "c6i.large" };
      return { launchTemplate: { id: on.add(template, "mixed", mixed).id } };
    },
    says: "You must use a valid fully-formed launch template. The architecture 'x86_64'",
  },
  {
    title: "a group's template names a profile that exists",
    type: scalingGroup,
    accepted: (on) => media(on),
    change: (on) => {
      const stranger = { imageId: intelImage, instanceType: "c6i.large", iamInstanceProfile: { name: "nobody" } };
      return { launchTemplate: { id: on.add(template, "stranger", stranger).id } };
    },
    says: "Invalid IAM Instance Profile name",
  },
  {
    title: "a group's template has the wanted version",
    type: scalingGroup,
    accepted: (on) => media(on),
    change: (on) => ({ launchTemplate: { id: idOf(on, "template"), version: "2" } }),
    says: "Could not find the specified version 2",
  },
  {
    title: "a group's minimum is not above its maximum",
    type: scalingGroup,
    accepted: (on) => media(on),
    change: { minSize: 3 },
    says: "Max bound, 2, must be greater than or equal to min bound, 3",
  },
  {
    title: "a group's name is taken once",
    type: scalingGroup,
    accepted: (on) => media(on),
    change: { name: "media" },
    says: "AutoScalingGroup by this name already exists",
  },
  {
    title: "an initial hook's heartbeat is 30 to 7200 seconds",
    type: scalingGroup,
    accepted: (on) => media(on, { initialLifecycleHooks: [launching(30)] }),
    change: { initialLifecycleHooks: [launching(29)] },
    says: "expected heartbeat_timeout to be in the range (30 - 7200), got 29",
  },
  {
    title: "a roll's percentages are 100 apart at most",
    type: scalingGroup,
    accepted: (on) => media(on, { instanceRefresh: refresh(100, 200) }),
    change: { instanceRefresh: refresh(90, 200) },
    says: "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.",
  },
  {
    title: "a hook's heartbeat is 30 to 7200 seconds",
    type: hook,
    accepted: () => ({ autoscalingGroupName: "media", ...launching(7200) }),
    change: { heartbeatTimeout: 7201 },
    says: "expected heartbeat_timeout to be in the range (30 - 7200), got 7201",
  },
  {
    title: "a hook's group exists",
    type: hook,
    accepted: () => ({ autoscalingGroupName: "media", ...launching(60) }),
    change: { autoscalingGroupName: "nothing" },
    says: "AutoScalingGroup 'nothing' not found",
  },
  {
    title: "target tracking has a target",
    type: policy,
    accepted: () => tracking,
    change: { targetTrackingConfiguration: undefined },
    says: "target_tracking_configuration is required for policy type TargetTrackingScaling",
  },
];

function machine(on: Stage, more: Properties = {}): Properties {
  const primaryNetworkInterface = { networkInterfaceId: idOf(on, "nic") };
  return { ami: intelImage, instanceType: "c6i.large", primaryNetworkInterface, ...more };
}

function media(on: Stage, more: Properties = {}): Properties {
  const launchTemplate = { id: idOf(on, "template"), version: "1" };
  return { minSize: 1, maxSize: 2, vpcZoneIdentifiers: [idOf(on, "a")], launchTemplate, ...more };
}

function launching(heartbeatTimeout: number): Properties {
  return { name: "ready", lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", heartbeatTimeout };
}

function refresh(minHealthyPercentage: number, maxHealthyPercentage: number): Properties {
  return { strategy: "Rolling", preferences: { minHealthyPercentage, maxHealthyPercentage } };
}

const tracking: Properties = {
  autoscalingGroupName: "media",
  policyType: "TargetTrackingScaling",
  targetTrackingConfiguration: { targetValue: 50 },
};

function simply(scalingAdjustment: number): Properties {
  return {
    autoscalingGroupName: "media",
    policyType: "SimpleScaling",
    adjustmentType: "ChangeInCapacity",
    scalingAdjustment,
  };
}

function bySteps(...bounds: Properties[]): Properties {
  const stepAdjustments = bounds.map((each) => ({ ...each, scalingAdjustment: 1 }));
  return {
    autoscalingGroupName: "media",
    policyType: "StepScaling",
    adjustmentType: "ChangeInCapacity",
    stepAdjustments,
  };
}

/** Title, type, an accepted example, what to change, what the refusal says. */
type Row = [string, string, (on: Stage) => Properties, Properties | ((on: Stage) => Properties), string];

const targets = (on: Stage): Properties => ({ port: 80, protocol: "TCP", vpcId: idOf(on, "vpc") });
const health = (healthCheck: Properties): Properties => ({ healthCheck });
const subnetMappings = (on: Stage): Properties => ({
  loadBalancerType: "network",
  subnetMappings: [{ subnetId: idOf(on, "a"), allocationId: "eipalloc-0a1b2c3d4e5f60718" }],
});
const address = (records: string[]): Properties => ({
  zoneId: "Z1",
  name: "x.example.com",
  type: "A",
  ttl: 1,
  records,
});
const bucketRule = (...rules: Properties[]): Properties => ({ bucket: "example-bucket", rules });
const encryption = (settings: Properties): Properties => bucketRule({ applyServerSideEncryptionByDefault: settings });
const expiry = { status: "Enabled", expiration: { days: 1 } };
const foreignTargets = (on: Stage): string =>
  on.add(targetGroup, "foreign", { port: 443, protocol: "TCP", vpcId: on.resources[1]!.id }).id;

/** An alarm about the stage's machine that does something about it. */
const watching = (on: Stage, more: Properties = {}): Properties => ({
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  metricName: "StatusCheckFailed_System",
  evaluationPeriods: 2,
  period: 60,
  dimensions: { InstanceId: idOf(on, "machine") },
  alarmActions: ["arn:aws:automate:eu-west-1:ec2:recover"],
  ...more,
});
/** An address that leads to the stage's free interface, and another address. */
const linked = (on: Stage): Properties => {
  const allocationId = on.add(eip, "eip", {}).id;
  on.add(eipAssociation, "link", { allocationId, networkInterfaceId: idOf(on, "nic") });
  return { allocationId: on.add(eip, "free-eip", {}).id, networkInterfaceId: idOf(on, "used-nic") };
};
const mailed = (on: Stage): Properties => ({
  topic: on.add(topic, "topic", {}).id,
  protocol: "email",
  endpoint: "ops@example.com",
});

/* prettier-ignore */
const details: Row[] = [
  ["an alarm compares", alarm, (on) => watching(on), { comparisonOperator: undefined }, "ComparisonOperator is required"],
  ["an alarm counts periods", alarm, (on) => watching(on), { evaluationPeriods: undefined }, "Value at 'evaluationPeriods' failed"],
  ["an alarm's period is a whole number of minutes", alarm, (on) => watching(on, { period: 120 }), { period: 90 }, "must be 10, 20, 30 or a multiple of 60: 90"],
  ["an alarm acts on a machine that exists", alarm, (on) => watching(on), { dimensions: { InstanceId: "i-abcd1234x" } }, "Invalid use of EC2 'Recover' action. i-abcd1234x is not a valid EC2 instance."],
  ["an alarm about a host recovers, another one does not", alarm, (on) => watching(on, { alarmActions: ["arn:aws:automate:eu-west-1:ec2:reboot"], metricName: "StatusCheckFailed_Instance" }), { alarmActions: ["arn:aws:automate:eu-west-1:ec2:recover"] }, "It can be used with the metric StatusCheckFailed_System only"],
  ["an alarm's action is one that EC2 has", alarm, (on) => watching(on), { alarmActions: ["arn:aws:automate:eu-west-1:ec2:repair"] }, "Invalid arn syntax"],
  ["an alarm's action is in its region", alarm, (on) => watching(on), { alarmActions: ["arn:aws:automate:us-east-1:ec2:recover"] }, "Invalid region us-east-1 specified. Only eu-west-1 is supported."],
  ["an alarm's action is in its partition", alarm, (on) => watching(on), { alarmActions: ["arn:aws-cn:automate:eu-west-1:ec2:recover"] }, "Invalid arn syntax"],
  ["an alarm has five actions at most", alarm, (on) => watching(on, { okActions: Array.from({ length: 5 }, () => "arn:aws:sns:eu-west-1:1:t") }), { okActions: Array.from({ length: 6 }, () => "arn:aws:sns:eu-west-1:1:t") }, "must not have a size greater than 5"],
  ["a topic's name has no odd characters", topic, () => ({ name: "alarms_1" }), { name: "alarms of mine" }, "name"],
  ["a subscription's topic exists", subscription, mailed, { topic: "arn:aws:sns:eu-west-1:123456789012:none" }, "NotFound: Topic does not exist"],
  ["a subscription's topic is one", subscription, mailed, { topic: "topic" }, "is an invalid ARN"],
  ["a subscription's protocol is known", subscription, mailed, { protocol: "pigeon" }, "expected protocol to be one of"],
  ["a subscription by mail has a mail address", subscription, mailed, { endpoint: "ops" }, "Invalid parameter: Email address"],
  ["an address leads to one place", eipAssociation, linked, (on) => ({ allocationId: idOf(on, "eip") }), "Resource.AlreadyAssociated: resource eipalloc-"],
  ["an interface has one address", eipAssociation, linked, (on) => ({ networkInterfaceId: idOf(on, "nic") }), "Resource.AlreadyAssociated: resource eni-"],
  ["a VPC has a range", vpc, () => ({ cidrBlock: "10.2.0.0/16" }), { cidrBlock: undefined }, "Either 'cidrBlock' or"],
  ["a VPC has one Internet gateway", "aws:ec2/internetGateway:InternetGateway", (on) => { on.add("aws:ec2/internetGateway:InternetGateway", "igw", { vpcId: idOf(on, "vpc") }); return { vpcId: idOf(on, "other-vpc") }; }, (on) => ({ vpcId: idOf(on, "vpc") }), "already has an internet gateway attached"],
  ["an address is associated with something that exists", "aws:ec2/eipAssociation:EipAssociation", () => ({ allocationId: "eipalloc-0a1b2c3d4e5f60718" }), { allocationId: "eip" }, "InvalidAllocationID.NotFound"],
  ["an address serves one NAT gateway", "aws:ec2/natGateway:NatGateway", (on) => { on.add("aws:ec2/natGateway:NatGateway", "nat", { subnetId: idOf(on, "a"), allocationId: "eipalloc-0a1b2c3d4e5f60718" }); return { subnetId: idOf(on, "a"), allocationId: "eipalloc-0a1b2c3d4e5f60719" }; }, { allocationId: "eipalloc-0a1b2c3d4e5f60718" }, "is already associated"],
  ["a subnet has one route table", "aws:ec2/routeTableAssociation:RouteTableAssociation", (on) => { const table = on.add("aws:ec2/routeTable:RouteTable", "table", { vpcId: idOf(on, "vpc") }).id; on.add("aws:ec2/routeTableAssociation:RouteTableAssociation", "first", { routeTableId: table, subnetId: idOf(on, "a") }); return { routeTableId: table, subnetId: idOf(on, "b") }; }, (on) => ({ subnetId: idOf(on, "a") }), "conflicts with an existing association"],
  ["a route table serves subnets of its VPC", "aws:ec2/routeTableAssociation:RouteTableAssociation", (on) => ({ routeTableId: on.add("aws:ec2/routeTable:RouteTable", "table", { vpcId: idOf(on, "vpc") }).id, subnetId: idOf(on, "a") }), (on) => ({ routeTableId: on.add("aws:ec2/routeTable:RouteTable", "far", { vpcId: idOf(on, "other-vpc") }).id }), "belong to different networks"],
  ["an association has a subnet", "aws:ec2/routeTableAssociation:RouteTableAssociation", (on) => ({ routeTableId: "rtb-0a1b2c3d", subnetId: idOf(on, "a") }), { subnetId: undefined }, "one of `gateway_id,subnet_id` must be specified"],
  ["a route's gateway is of its VPC", "aws:ec2/route:Route", (on) => ({ routeTableId: on.add("aws:ec2/routeTable:RouteTable", "table", { vpcId: idOf(on, "vpc") }).id, destinationCidrBlock: "0.0.0.0/0", gatewayId: on.add("aws:ec2/internetGateway:InternetGateway", "igw", { vpcId: idOf(on, "vpc") }).id }), (on) => ({ gatewayId: on.add("aws:ec2/internetGateway:InternetGateway", "far", { vpcId: idOf(on, "other-vpc") }).id }), "belong to different networks"],
  ["a destination has one route", "aws:ec2/route:Route", (on) => { on.add("aws:ec2/route:Route", "first", { routeTableId: "rtb-0a1b2c3d", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-0a1b2c3d" }); return { routeTableId: "rtb-0a1b2c3d", destinationCidrBlock: "10.0.0.0/8", gatewayId: "igw-0a1b2c3d" }; }, { destinationCidrBlock: "0.0.0.0/0" }, "RouteAlreadyExists"],
  ["an interface end point is for a service of the region", "aws:ec2/vpcEndpoint:VpcEndpoint", (on) => ({ vpcId: idOf(on, "vpc"), vpcEndpointType: "Interface", serviceName: "com.amazonaws.eu-west-1.ssm" }), { serviceName: "com.amazonaws.eu-west-2.ssm" }, "does not exist"],
  ["an interface's fixed address lies in its subnet", nic, (on) => ({ subnetId: idOf(on, "a"), privateIps: ["10.0.0.9"] }), { privateIps: ["10.0.1.9"] }, "does not fall within the subnet's address range"],
  ["a group's description is short", group, (on) => ({ vpcId: idOf(on, "vpc"), description: "d".repeat(255) }), { description: "d".repeat(256) }, "Invalid security group description"],
  ["a group's name is taken once in a VPC", group, (on) => { on.add(group, "first", { vpcId: idOf(on, "vpc"), name: "taken" }); return { vpcId: idOf(on, "other-vpc"), name: "taken" }; }, (on) => ({ vpcId: idOf(on, "vpc") }), "InvalidGroup.Duplicate"],
  ["a trust policy has 2048 characters at most", "aws:iam/role:Role", () => ({ assumeRolePolicy: trust }), { assumeRolePolicy: trust.replace("ec2.", `${"e".repeat(2048)}.`) }, "ACLSizePerRole: 2048"],
  ["a managed policy has 6144 characters at most", "aws:iam/policy:Policy", () => ({ policy: allow }), { policy: allow.replace("*", "x".repeat(6144)) }, "PolicySize: 6144"],
  ["a secret's name is taken once", "aws:secretsmanager/secret:Secret", () => ({ name: "another" }), { name: "secret" }, "ResourceExistsException"],
  ["a version has one value", "aws:secretsmanager/secretVersion:SecretVersion", (on) => ({ secretId: idOf(on, "secret"), secretString: "x" }), { secretBinary: "eA==" }, "only one of these may be specified"],
  ["a write-only value has a version", "aws:secretsmanager/secretVersion:SecretVersion", (on) => ({ secretId: idOf(on, "secret"), secretStringWo: "x", secretStringWoVersion: 1 }), { secretStringWoVersion: undefined }, "all of `secret_string_wo,secret_string_wo_version` must be specified"],
  ["a secret's policy is a policy", "aws:secretsmanager/secretPolicy:SecretPolicy", (on) => ({ secretArn: idOf(on, "secret"), policy: allow }), { policy: "{}" }, "MalformedPolicyDocument"],
  ["a policy's secret is of its region", "aws:secretsmanager/secretPolicy:SecretPolicy", () => ({ secretArn: "arn:aws:secretsmanager:eu-west-1:1:secret:x", policy: allow }), { secretArn: "arn:aws:secretsmanager:us-east-1:1:secret:x" }, "ResourceNotFoundException"],
  ["a grant is for operations that exist", "aws:kms/grant:Grant", () => ({ keyId: kmsKey(region), granteePrincipal: "arn:aws:iam::1:role/x", operations: ["Decrypt"] }), { operations: ["Read"] }, "got Read"],
  ["a grant is for a principal", "aws:kms/grant:Grant", () => ({ keyId: kmsKey(region), granteePrincipal: "arn:aws:iam::1:role/x", operations: ["Decrypt"] }), { granteePrincipal: "x" }, "does not refer to a valid principal"],
  ["a bucket's encryption is one that exists", "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", () => encryption({ sseAlgorithm: "AES256" }), encryption({ sseAlgorithm: "DES" }), "got DES"],
  ["a bucket's key goes with KMS", "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", () => encryption({ sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKey(region) }), encryption({ sseAlgorithm: "AES256", kmsMasterKeyId: kmsKey(region) }), "a KMSMasterKeyID is not applicable"],
  ["lifecycle rules differ in id", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", () => bucketRule({ id: "a", ...expiry }, { id: "b", ...expiry }), bucketRule({ id: "a", ...expiry }, { id: "a", ...expiry }), "Rule ID must be unique"],
  ["a lifecycle rule is enabled or disabled", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", () => bucketRule({ id: "a", ...expiry }), bucketRule({ id: "a", ...expiry, status: "On" }), 'got: "On"'],
  ["a volume has a size", volume, () => ({ availabilityZone: "eu-west-1a", size: 1 }), { size: undefined }, "one of `size,snapshot_id` must be specified"],
  ["a volume is not too large", volume, () => ({ availabilityZone: "eu-west-1a", type: "gp3", size: 65536 }), { size: 65537 }, "is too large for volume type gp3"],
  ["a volume with a key is encrypted", volume, () => ({ availabilityZone: "eu-west-1a", size: 1, encrypted: true, kmsKeyId: kmsKey(region) }), { encrypted: false }, "all of `encrypted,kms_key_id` must be specified"],
  ["gp2 takes no IOPS", volume, () => ({ availabilityZone: "eu-west-1a", size: 1, type: "gp2" }), { iops: 3000 }, "iops is not supported for gp2"],
  ["gp2 takes no throughput", volume, () => ({ availabilityZone: "eu-west-1a", size: 1, type: "gp2" }), { throughput: 125 }, "throughput is not supported for gp2"],
  ["a mapping's subnet exists", balancer, subnetMappings, { subnetMappings: [{ subnetId: "subnet-x" }] }, "InvalidSubnetID.NotFound"],
  ["a balancer has subnets or mappings", balancer, subnetMappings, (on) => ({ subnetMappings: [{ subnetId: idOf(on, "a") }], subnets: [idOf(on, "b")] }), "conflicts with subnet_mapping"],
  ["a balancer's name is taken once", balancer, (on) => ({ subnets: [idOf(on, "a")], loadBalancerType: "network", name: "other" }), { name: "nlb" }, "DuplicateLoadBalancerName"],
  ["a balancer's name does not begin with internal-", balancer, (on) => ({ subnets: [idOf(on, "a")], loadBalancerType: "network", name: "external-x" }), { name: "internal-x" }, "'name' does not match expression"],
  ["a health check does not outlast its interval", targetGroup, (on) => ({ ...targets(on), ...health({ interval: 10, timeout: 10 }) }), health({ interval: 10, timeout: 11 }), "must be smaller than or equal to the interval '10'"],
  ["a health check speaks TCP or HTTP", targetGroup, (on) => ({ ...targets(on), ...health({ protocol: "TCP" }) }), health({ protocol: "TLS" }), "got TLS"],
  ["a TCP health check matches no codes", targetGroup, (on) => ({ ...targets(on), ...health({ protocol: "HTTP", matcher: "200" }) }), health({ protocol: "TCP", matcher: "200" }), '"health_check.matcher" cannot be specified'],
  ["a target group has a port", targetGroup, targets, { port: undefined }, 'Attribute "port" must be specified'],
  ["a target group's port is a port", targetGroup, targets, { port: 65536 }, "expected port to be in the range (1 - 65535), got 65536"],
  ["a deregistration takes an hour at most", targetGroup, targets, { deregistrationDelay: 3601 }, "to be in the range (0 - 3600), got 3601"],
  ["a target group's name is taken once", targetGroup, targets, { name: "targets" }, "DuplicateTargetGroupName"],
  ["a listener's balancer exists", listener, (on) => tlsListener(on), { loadBalancerArn: "nlb" }, "is not a valid load balancer ARN"],
  ["a network balancer does not speak HTTP", listener, (on) => ({ ...tlsListener(on), defaultActions: [] , protocol: "TCP", certificateArn: undefined }), { protocol: "HTTP" }, "Protocol 'HTTP' must be one of"],
  ["a listener's port is a port", listener, (on) => tlsListener(on), { port: 0 }, "to be in the range (1 - 65535), got 0"],
  ["a TCP listener has no certificate", listener, (on) => ({ ...tlsListener(on), protocol: "TCP", certificateArn: undefined }), (on) => ({ certificateArn: idOf(on, "certificate") }), "Certificates cannot be specified for TCP listeners"],
  ["a TCP listener has no TLS policy", listener, (on) => ({ ...tlsListener(on), protocol: "TCP", certificateArn: undefined }), { sslPolicy: "ELBSecurityPolicy-2016-08" }, "SSL policies cannot be specified for TCP listeners"],
  ["a TCP listener's idle timeout is 6000 s at most", listener, (on) => ({ ...tlsListener(on), protocol: "TCP", certificateArn: undefined, tcpIdleTimeoutSeconds: 6000 }), { tcpIdleTimeoutSeconds: 6001 }, "(60 - 6000), got 6001"],
  ["a listener's targets are in its VPC", listener, (on) => tlsListener(on), (on) => ({ defaultActions: [{ type: "forward", targetGroupArn: foreignTargets(on) }] }), "in a different VPC"],
  ["a target is in its group's VPC", "aws:lb/targetGroupAttachment:TargetGroupAttachment", (on) => ({ targetGroupArn: idOf(on, "targets"), targetId: idOf(on, "machine") }), (on) => ({ targetGroupArn: foreignTargets(on) }), "are not in the target group VPC"],
  ["an IP target is an address", "aws:lb/targetGroupAttachment:TargetGroupAttachment", (on) => ({ targetGroupArn: on.add(targetGroup, "ips", { ...targets(on), targetType: "ip" }).id, targetId: "10.0.0.9" }), { targetId: "here" }, "is not a valid IPv4 address"],
  ["an attachment's group exists", "aws:lb/targetGroupAttachment:TargetGroupAttachment", (on) => ({ targetGroupArn: idOf(on, "targets"), targetId: idOf(on, "machine") }), { targetGroupArn: "targets" }, "TargetGroupNotFound"],
  ["a certificate's names are names", certificate, () => ({ domainName: "a.example.com" }), { subjectAlternativeNames: ["not a name"] }, "Member must satisfy regular expression pattern"],
  ["a certificate's proof is one that exists", certificate, () => ({ domainName: "a.example.com", validationMethod: "DNS" }), { validationMethod: "PHONE" }, "got PHONE"],
  ["a validation's certificate exists", "aws:acm/certificateValidation:CertificateValidation", (on) => ({ certificateArn: idOf(on, "certificate") }), { certificateArn: "arn:aws:acm:us-east-1:1:certificate/x" }, "Could not find certificate"],
  ["a record is there once", "aws:route53/record:Record", (on) => { on.add("aws:route53/record:Record", "first", address(["192.0.2.1"])); return { ...address(["192.0.2.1"]), name: "y.example.com" }; }, { name: "x.example.com." }, "but it already exists"],
  ["an A record has addresses", "aws:route53/record:Record", () => address(["192.0.2.1"]), address(["elsewhere"]), "Value is not a valid IPv4 address"],
  ["an instance type is written like one", instance, (on) => machine(on), { instanceType: "large" }, "Invalid value 'large' for InstanceType."],
  ["an instance has a type", instance, (on) => machine(on), { instanceType: undefined }, "one of `instance_type,launch_template` must be specified"],
  ["tokens are optional or required", instance, (on) => machine(on), { metadataOptions: { httpTokens: "yes" } }, "got yes"],
  ["an instance's groups are of its VPC", instance, (on) => ({ ami: intelImage, instanceType: "c6i.large", subnetId: idOf(on, "a"), vpcSecurityGroupIds: [idOf(on, "group")] }), (on) => ({ vpcSecurityGroupIds: [idOf(on, "other-group")] }), "does not exist in VPC"],
  ["a root disk keeps to its type's limits", instance, (on) => machine(on, { rootBlockDevice: { volumeType: "gp3", volumeSize: 10 } }), { rootBlockDevice: { volumeType: "gp3", volumeSize: 10, iops: 100 } }, "Volume iops of 100 is too low"],
  ["a device name is used once", attachment, (on) => { const instanceId = idOf(on, "machine"); on.add(attachment, "first", { instanceId, volumeId: on.add(volume, "other", { availabilityZone: "eu-west-1a", size: 1 }).id, deviceName: "/dev/sdf" }); return { instanceId, volumeId: idOf(on, "disk"), deviceName: "/dev/sdg" }; }, { deviceName: "/dev/sdf" }, "is already in use"],
  ["a device name is one of a disk", attachment, (on) => ({ instanceId: idOf(on, "machine"), volumeId: idOf(on, "disk"), deviceName: "/dev/sdf" }), { deviceName: "/dev/nvme1n1" }, "is not a valid EBS device name"],
  ["a template's groups exist", template, () => ({ networkInterfaces: [{ securityGroups: ["sg-0a1b2c3d"] }] }), { networkInterfaces: [{ securityGroups: ["web"] }] }, "InvalidGroup.NotFound"],
  ["a template names groups in one place", template, () => ({ networkInterfaces: [{ securityGroups: ["sg-0a1b2c3d"] }] }), { vpcSecurityGroupIds: ["sg-0a1b2c3d"] }, "InvalidParameterCombination"],
  ["a template's default version is set or follows", template, () => ({ updateDefaultVersion: true }), { defaultVersion: 1 }, "conflicts with update_default_version"],
  ["a template's name is taken once", template, () => ({ name: "another" }), { name: "template" }, "Launch template name already in use."],
  ["a hook is for launches or terminations", hook, () => ({ autoscalingGroupName: "media", ...launching(60) }), { lifecycleTransition: "launch" }, "got launch"],
  ["a hook continues or abandons", hook, () => ({ autoscalingGroupName: "media", ...launching(60) }), { defaultResult: "WAIT" }, "got WAIT"],
  ["a group's wish is not below its minimum", scalingGroup, (on) => media(on, { desiredCapacity: 1 }), { desiredCapacity: 0 }, "Desired capacity:0 must be between"],
  ["a group's wish is not above its maximum", scalingGroup, (on) => media(on, { desiredCapacity: 2 }), { desiredCapacity: 3 }, "Desired capacity:3 must be between"],
  ["a roll is Rolling", scalingGroup, (on) => media(on, { instanceRefresh: refresh(100, 200) }), { instanceRefresh: { ...refresh(100, 200), strategy: "Fast" } }, "got Fast"],
  ["a roll keeps 0 % at least", scalingGroup, (on) => media(on, { instanceRefresh: refresh(0, 100) }), { instanceRefresh: refresh(101, 200) }, "(0 - 100), got 101"],
  ["a roll has 200 % at most", scalingGroup, (on) => media(on, { instanceRefresh: refresh(100, 200) }), { instanceRefresh: refresh(101 - 1, 99) }, "(100 - 200), got 99"],
  ["a machine lives a day at least", scalingGroup, (on) => media(on, { maxInstanceLifetime: 86400 }), { maxInstanceLifetime: 86399 }, "got 86399"],
  ["a group has a template", scalingGroup, (on) => media(on), { launchTemplate: undefined }, "must be specified"],
  ["a group's template exists", scalingGroup, (on) => media(on), { launchTemplate: { id: "template" } }, "with template ID template, does not exist."],
  ["a group's template has a numeric version", scalingGroup, (on) => media(on), (on) => ({ launchTemplate: { id: idOf(on, "template"), version: "newest" } }), "Invalid launch template version"],
  ["initial hooks differ in name", scalingGroup, (on) => media(on, { initialLifecycleHooks: [launching(60)] }), { initialLifecycleHooks: [launching(60), launching(60)] }, "Duplicate lifecycle hook name ready"],
  ["tags of a group differ in key", scalingGroup, (on) => media(on, { tags: [{ key: "a" }] }), { tags: [{ key: "a" }, { key: "a" }] }, "Duplicate tag key a"],
  ["a group has subnets", scalingGroup, (on) => media(on), { vpcZoneIdentifiers: [] }, "At least one Availability Zone or VPC Subnet is required."],
  ["a group's targets exist", scalingGroup, (on) => media(on, { targetGroupArns: [idOf(on, "targets")] }), { targetGroupArns: ["targets"] }, "Provided Target Groups may not be valid."],
  ["a target value is positive", policy, () => tracking, { targetTrackingConfiguration: { targetValue: 0 } }, "Target value must be greater than 0"],
  ["target tracking has no cooldown", policy, () => tracking, { cooldown: 60 }, "cooldown is only supported for policy type SimpleScaling"],
  ["a simple policy has an adjustment", policy, () => simply(1), { scalingAdjustment: undefined }, "scaling_adjustment is required for policy type SimpleScaling"],
  ["a simple policy has no warm-up", policy, () => simply(1), { estimatedInstanceWarmup: 300 }, "estimated_instance_warmup is only supported for policy type StepScaling and TargetTrackingScaling"],
  ["target tracking has no steps", policy, () => tracking, { stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }] }, "step_adjustment is only supported for policy type StepScaling"],
  ["steps have no target", policy, () => bySteps({ metricIntervalLowerBound: "0" }), { targetTrackingConfiguration: { targetValue: 1 } }, "target_tracking_configuration is only supported for policy type TargetTrackingScaling"],
  ["a policy says what its adjustment means", policy, () => simply(1), { adjustmentType: "Add" }, "AdjustmentType has to be one of"],
  ["a policy by steps has some", policy, () => bySteps({ metricIntervalLowerBound: "0" }), { stepAdjustments: [] }, "step_adjustment is required for policy type StepScaling"],
  ["a policy by steps has no cooldown", policy, () => bySteps({ metricIntervalLowerBound: "0" }), { cooldown: 300 }, "cooldown is only supported for policy type SimpleScaling"],
  ["steps take the place of an adjustment", policy, () => bySteps({ metricIntervalLowerBound: "0" }), { scalingAdjustment: 1 }, '"scaling_adjustment": conflicts with step_adjustment'],
  ["steps are of what a metric comes to", policy, () => bySteps({ metricIntervalLowerBound: "0" }), { metricAggregationType: "Sum" }, "MetricAggregationType has to be one of"],
  ["a step has a bound", policy, () => bySteps({ metricIntervalLowerBound: "0" }), bySteps({}), "cannot be left unspecified"],
  ["a step's bounds are numbers", policy, () => bySteps({ metricIntervalLowerBound: "0" }), bySteps({ metricIntervalLowerBound: "none" }), "cannot parse 'none' as float"],
  ["a step's bounds are in order", policy, () => bySteps({ metricIntervalUpperBound: "-5" }, { metricIntervalLowerBound: "-5" }), bySteps({ metricIntervalUpperBound: "5" }, { metricIntervalLowerBound: "5", metricIntervalUpperBound: "5" }, { metricIntervalLowerBound: "5" }), "above the lower bound"],
  ["steps go up without end", policy, () => bySteps({ metricIntervalLowerBound: "0" }), bySteps({ metricIntervalLowerBound: "0", metricIntervalUpperBound: "5" }), "an unspecified upper bound"],
  ["steps go down without end", policy, () => bySteps({ metricIntervalUpperBound: "0" }), bySteps({ metricIntervalLowerBound: "-5", metricIntervalUpperBound: "0" }), "an unspecified lower bound"],
  ["steps have no gap", policy, () => bySteps({ metricIntervalLowerBound: "0", metricIntervalUpperBound: "5" }, { metricIntervalLowerBound: "5" }), bySteps({ metricIntervalLowerBound: "0", metricIntervalUpperBound: "5" }, { metricIntervalLowerBound: "6" }), "neither overlap nor have a gap"],
  ["a key pair's key is in OpenSSH's form", "aws:ec2/keyPair:KeyPair", () => ({ publicKey: "ssh-ed25519 AAAA" }), { publicKey: "-----BEGIN PUBLIC KEY-----" }, "InvalidKey.Format"],
];

describe("simulated AWS refuses what AWS refuses", () => {
  const rules = [network, security, identity, storage, balancing, dns, compute].flat();
  testRules(rules.map((rule) => ({ ...rule, stage })));
  testRules(details.map(([title, type, accepted, change, says]) => ({ title, type, stage, accepted, change, says })));

  it("a name that comes out too long with its suffix is refused", () => {
    const on = stage();
    const tooLong = { port: 80, protocol: "TCP", vpcId: idOf(on, "vpc") };
    assert.throws(() => on.add(targetGroup, "t".repeat(25), tooLong), /'name' is too long \(33\)/);
    on.add(targetGroup, "t".repeat(24), tooLong);
  });
});

describe("simulated AWS answers", () => {
  it("addresses of interfaces lie in their subnet and differ", () => {
    const on = stage();
    const subnetId = idOf(on, "a");
    const ips = Array.from({ length: 40 }, (_, index) => on.add(nic, `nic-${index}`, { subnetId }).outputs.privateIp);
    assert.equal(new Set(ips).size, 40);
    for (const ip of ips) assert.match(String(ip), /^10\.0\.0\.(?!0$|1$|2$|3$|255$)\d+$/);
  });

  it("an instance has the address and the zone of its interface", () => {
    const on = stage();
    assert.equal(outputOf(on, "machine", "privateIp"), outputOf(on, "used-nic", "privateIp"));
    assert.equal(outputOf(on, "machine", "availabilityZone"), "eu-west-1a");
  });

  it("a load balancer has a name in the region's DNS and the region's zone", () => {
    const on = stage();
    assert.match(outputOf(on, "nlb", "dnsName"), /^nlb-[0-9a-f]{16}\.elb\.eu-west-1\.amazonaws\.com$/);
    assert.equal(outputOf(on, "nlb", "zoneId"), "Z2IFOLAFXWLO4F");
    assert.equal(outputOf(on, "nlb", "vpcId"), idOf(on, "vpc"));
  });

  it("tags of the provider come with those of the resource", () => {
    const on = new Stage({ region, defaultTags: { tags: { team: "video", Name: "default" } } });
    const { outputs } = on.add(vpc, "vpc", { cidrBlock: "10.0.0.0/16", tags: { Name: "own" } });
    assert.deepEqual(outputs.tagsAll, { team: "video", Name: "own" });
  });

  it("ARNs name the partition, the region and the account", () => {
    const arnOf = (where: string): unknown =>
      new Stage({ region: where }).add("aws:secretsmanager/secret:Secret", "s", { name: "s" }).id.replace(/-.{6}$/, "");
    assert.equal(arnOf("eu-west-1"), "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s");
    assert.equal(arnOf("cn-north-1"), "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:s");
  });

  it("a certificate asks for one record per name, and a wildcard shares its domain's", () => {
    const on = new Stage({ region });
    const names = { domainName: "example.com", subjectAlternativeNames: ["*.example.com"], validationMethod: "DNS" };
    const { outputs } = on.add(certificate, "c", names);
    const [one, other] = outputs.domainValidationOptions as { resourceRecordName: string }[];
    assert.equal(one!.resourceRecordName, other!.resourceRecordName);
  });
});

describe("simulated AWS look-ups", () => {
  const call = (token: string, args: Properties, on = new Stage({ region })): Properties => {
    const answer = clouds.aws!.invokes[token]!.call(args, on.world);
    return "failure" in answer ? { failure: answer.failure } : answer.result;
  };
  const image = (arch: string, release = "24.04", disk = "gp3"): string =>
    `/aws/service/canonical/ubuntu/server/${release}/stable/20260901/${arch}/hvm/ebs-${disk}/ami-id`;

  it("an image id follows from parameter and region, and tells its architecture", () => {
    const amd64 = call("aws:ssm/getParameter:getParameter", { name: image("amd64") }).insecureValue;
    const arm64 = call("aws:ssm/getParameter:getParameter", { name: image("arm64") }).insecureValue;
    const far = call("aws:ssm/getParameter:getParameter", { name: image("amd64") }, new Stage({ region: "us-east-1" }));
    assert.match(String(amd64), /^ami-[0-9a-f]{17}$/);
    assert.notEqual(amd64, far.insecureValue);
    const on = stage();
    assert.deepEqual(on.refusals(instance, machine(on, { ami: amd64 })), []);
    assert.equal(on.refusals(instance, machine(on, { ami: arm64 })).length, 1);
  });

  it("a parameter that Canonical does not publish is not found", () => {
    for (const name of [image("amd64", "23.10"), image("amd64", "24.04", "gp2"), image("amd64", "22.04", "gp3")]) {
      const { failure } = call("aws:ssm/getParameter:getParameter", { name });
      assert.equal(failure, `reading SSM Parameter (${name}): couldn't find resource`);
    }
    assert.ok(call("aws:ssm/getParameter:getParameter", { name: image("amd64", "22.04", "gp2") }).value);
  });

  it("an adopted subnet takes its zone from its place in the config, unless a test says otherwise", () => {
    const ids = ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa4", "subnet-0aaaaaaaaaaaaaaa7"];
    const adopt = { networkId: "vpc-0bbbbbbbbbbbbbbbb", loadBalancerSubnetIds: ids };
    const config = { "openvidu:network": JSON.stringify({ adopt }) };
    const zones = (existing = existingThings(config)): unknown[] =>
      ids.map((id) => call("aws:ec2/getSubnet:getSubnet", { id }, new Stage({ region }, existing)).availabilityZone);
    assert.deepEqual(zones(), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    const said = existingThings(config, { [ids[2]!]: { availabilityZone: "eu-west-1a" } });
    assert.deepEqual(zones(said), ["eu-west-1a", "eu-west-1b", "eu-west-1a"]);

    const nlb = { loadBalancerType: "network", subnets: ids };
    assert.deepEqual(new Stage({ region }, existingThings(config)).refusals(balancer, nlb), []);
    assert.equal(new Stage({ region }, said).refusals(balancer, nlb).length, 1);
  });

  it("an adopted subnet lies in the VPC that the config names, unless a test says otherwise", () => {
    const id = "subnet-0aaaaaaaaaaaaaaa1";
    const config = { network: { networkId: "vpc-0bbbbbbbbbbbbbbbb", subnetIds: [id] } };
    const vpcOf = (existing: ReturnType<typeof existingThings>): unknown =>
      call("aws:ec2/getSubnet:getSubnet", { id }, new Stage({ region }, existing)).vpcId;
    assert.equal(vpcOf(existingThings(config)), "vpc-0bbbbbbbbbbbbbbbb");
    assert.equal(
      vpcOf(existingThings(config, { [id]: { vpcId: "vpc-0ccccccccccccccccc" } })),
      "vpc-0ccccccccccccccccc",
    );
  });

  it("a thing that a test took away is not found, nor accepted", () => {
    const id = "subnet-0aaaaaaaaaaaaaaa1";
    const on = new Stage({ region }, existingThings({}, { [id]: { missing: true } }));
    assert.equal(call("aws:ec2/getSubnet:getSubnet", { id }, on).failure, "no matching EC2 Subnet found");
    assert.match(on.refusals(nic, { subnetId: id })[0]!, /InvalidSubnetID\.NotFound/);
    assert.deepEqual(new Stage({ region }).refusals(nic, { subnetId: id }), []);
  });

  it("an Elastic IP is found by its address, says who has it, and is the one that an association gives", () => {
    const on = stage();
    const { getElasticIp, getNetworkInterface } = {
      getElasticIp: (publicIp: string) =>
        clouds.aws!.invokes["aws:ec2/getElasticIp:getElasticIp"]!.call({ publicIp }, on.world),
      getNetworkInterface: (id: string) =>
        clouds.aws!.invokes["aws:ec2/getNetworkInterface:getNetworkInterface"]!.call({ id }, on.world),
    };
    const adopted = getElasticIp("203.0.113.7") as { result: Properties };
    assert.equal(adopted.result.networkInterfaceId, "");
    const networkInterfaceId = idOf(on, "nic");
    on.add(eipAssociation, "link", { allocationId: adopted.result.id, networkInterfaceId });
    assert.equal(outputOf(on, "link", "publicIp"), "203.0.113.7");
    assert.equal((getElasticIp("203.0.113.7") as { result: Properties }).result.networkInterfaceId, networkInterfaceId);
    const holder = getNetworkInterface(networkInterfaceId) as { result: Properties };
    assert.deepEqual(
      [holder.result.id, holder.result.privateIp],
      [networkInterfaceId, outputOf(on, "nic", "privateIp")],
    );
    assert.deepEqual(getNetworkInterface("eni-nonsense"), { failure: "no matching EC2 Network Interface found" });
    on.add(eip, "own", {});
    const own = String(outputOf(on, "own", "publicIp"));
    assert.equal((getElasticIp(own) as { result: Properties }).result.id, idOf(on, "own"));
    for (const address of ["10.0.0.7", "video.example.com"])
      assert.deepEqual(getElasticIp(address), { failure: "no matching EC2 EIP found" });
  });

  it("a hosted zone of the config holds the config's domain", () => {
    const zone = cloudsFor({ "openvidu:domain": "video.example.org" }).aws!.invokes["aws:route53/getZone:getZone"]!;
    const answer = zone.call({ zoneId: "Z0123456789" }, new Stage({ region }).world);
    assert.equal("result" in answer && answer.result.name, "example.org");
  });

  it("partition, region, account and zones follow from the provider's region", () => {
    const china = new Stage({ region: "cn-north-1" });
    const partition = call("aws:index/getPartition:getPartition", {}, china);
    assert.deepEqual([partition.partition, partition.dnsSuffix], ["aws-cn", "amazonaws.com.cn"]);
    assert.equal(call("aws:index/getRegion:getRegion", {}, china).region, "cn-north-1");
    const caller = call("aws:index/getCallerIdentity:getCallerIdentity", {}, china);
    assert.deepEqual([caller.accountId, caller.arn], ["123456789012", "arn:aws-cn:iam::123456789012:user/rehearsal"]);
    const { names } = call(
      "aws:index/getAvailabilityZones:getAvailabilityZones",
      {},
      new Stage({ region: "us-west-1" }),
    );
    assert.deepEqual(names, ["us-west-1a", "us-west-1c"]);
  });

  it("an adopted bucket or VPC is found by a name that it can have", () => {
    const bucket = call("aws:s3/getBucket:getBucket", { bucket: "adopted" });
    assert.deepEqual([bucket.arn, bucket.bucketRegion], ["arn:aws:s3:::adopted", region]);
    const far = new Stage({ region }, existingThings({}, { adopted: { bucketRegion: "us-east-1" } }));
    assert.equal(call("aws:s3/getBucket:getBucket", { bucket: "adopted" }, far).bucketRegion, "us-east-1");
    assert.match(
      String(call("aws:s3/getBucket:getBucket", { bucket: "Not A Bucket" }).failure),
      /couldn't find resource/,
    );
    assert.equal(call("aws:ec2/getVpc:getVpc", { id: "vpc-0aaaaaaaaaaaaaaa1" }).cidrBlock, "172.31.0.0/16");
    assert.equal(call("aws:ec2/getVpc:getVpc", { id: "vpc" }).failure, "no matching EC2 VPC found");
    const filters = [{ name: "subnet-id", values: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-x"] }];
    assert.deepEqual(call("aws:ec2/getSubnets:getSubnets", { filters }).ids, ["subnet-0aaaaaaaaaaaaaaa1"]);
    assert.match(String(call("aws:route53/getZone:getZone", { zoneId: "zone" }).failure), /NoSuchHostedZone/);
  });

  it("an image is found by its exact name, and by a pattern only where the newest is wanted", () => {
    const find = (name: string, more: Properties = {}): Properties =>
      call("aws:ec2/getAmi:getAmi", { filters: [{ name: "name", values: [name] }], ...more });
    const name = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20260901";
    assert.equal(find(name).architecture, "arm64");
    assert.match(String(find(name).id), /^ami-0a64a64a6/);
    assert.match(String(find("ubuntu*").failure), /more than one result/);
    assert.match(String(find("ubuntu*", { mostRecent: true }).id), /^ami-/);
  });

  it("a session's issuer is the role behind it", () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/Deployer/me";
    const token = "aws:iam/getSessionContext:getSessionContext";
    assert.equal(call(token, { arn }).issuerArn, "arn:aws:iam::123456789012:role/Deployer");
    assert.equal(call(token, { arn: "arn:aws:iam::1:user/me" }).issuerArn, "arn:aws:iam::1:user/me");
  });

  it("a policy document is written as IAM writes it", () => {
    const statement = {
      actions: ["s3:GetObject"],
      resources: ["*"],
      principals: [{ type: "AWS", identifiers: ["*"] }],
    };
    const { json } = call("aws:iam/getPolicyDocument:getPolicyDocument", { statements: [statement] });
    assert.deepEqual(JSON.parse(String(json)), {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "s3:GetObject", Resource: "*" }],
    });
  });
});
