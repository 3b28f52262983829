/**
 * What the simulated AWS refuses to delete and to change in place, what goes along with a deletion, and what an update
 * computes anew. Asked through the simulated provider, as the engine asks.
 */
import assert from "node:assert/strict";
import { Account } from "../../../rehearsal/account";
import { aws } from "../../../rehearsal/clouds/aws/index";
import type { Properties } from "../../../rehearsal/model";
import { CloudRefusal, type Made, type ProviderInstance, simulatedProvider } from "../../../rehearsal/provider";
import { createUrn } from "../../../rehearsal/urn";
import { fromPlain, toPlain, type ValueMap } from "../../../rehearsal/values";

const place = { project: "demo", stack: "dev" };
const region = "eu-west-1";

interface Known extends Made {
  readonly urn: string;
  readonly inputs: ValueMap;
}

/** Inputs that may name what was made before, by its name. */
type Inputs = Properties | ((idOf: (name: string) => string) => Properties);
type Thing = readonly [type: string, name: string, inputs: Inputs];

/** An account in which tests make, change and delete things by name. */
class Cloud {
  readonly account = new Account();
  private readonly provider: ProviderInstance = simulatedProvider("aws", aws, this.account, place).open({ region });
  private readonly known = new Map<string, Known>();

  async make(things: readonly Thing[]): Promise<this> {
    for (const [type, name, inputs] of things) {
      const urn = createUrn(place, "", type, name);
      const checked = await this.provider.check({ urn, news: this.resolved(inputs) });
      assert.deepEqual(checked.failures, [], `${type} ${name}`);
      const made = await this.provider.create({ urn, inputs: checked.inputs, preview: false });
      this.known.set(name, { urn, inputs: checked.inputs, ...made });
    }
    return this;
  }

  async update(name: string, inputs: Inputs): Promise<Properties> {
    const { urn, id, inputs: oldInputs, outputs: oldOutputs } = this.of(name);
    const { inputs: news } = await this.provider.check({ urn, olds: oldInputs, news: this.resolved(inputs) });
    const made = await this.provider.update({ urn, id, oldInputs, oldOutputs, news, preview: false });
    this.known.set(name, { urn, inputs: news, ...made });
    return this.outputs(name);
  }

  async delete(name: string): Promise<void> {
    await this.provider.delete(this.of(name));
  }

  outputs(name: string): Properties {
    return toPlain(this.of(name).outputs) as Properties;
  }

  idOf(name: string): string {
    return this.of(name).id;
  }

  /** Names of what is left. */
  get left(): string[] {
    return this.account.resources.map(({ name }) => name);
  }

  private of(name: string): Known {
    const found = this.known.get(name);
    if (!found) throw new Error(`nothing here is called ${name}`);
    return found;
  }

  private resolved(inputs: Inputs): ValueMap {
    const idOf = (name: string): string => this.idOf(name);
    return fromPlain(typeof inputs === "function" ? inputs(idOf) : inputs) as ValueMap;
  }
}

async function refused(action: Promise<unknown>, says: string): Promise<void> {
  await assert.rejects(action, (error: unknown) => {
    assert.ok(error instanceof CloudRefusal);
    assert.ok(error.message.includes(says), `${error.message}\ndoes not say\n${says}`);
    return true;
  });
}

const types = {
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  bucket: "aws:s3/bucket:Bucket",
  certificate: "aws:acm/certificate:Certificate",
  defaultGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  eip: "aws:ec2/eip:Eip",
  eipAssociation: "aws:ec2/eipAssociation:EipAssociation",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  group: "aws:ec2/securityGroup:SecurityGroup",
  hook: "aws:autoscaling/lifecycleHook:LifecycleHook",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  inline: "aws:iam/rolePolicy:RolePolicy",
  instance: "aws:ec2/instance:Instance",
  listener: "aws:lb/listener:Listener",
  nat: "aws:ec2/natGateway:NatGateway",
  nic: "aws:ec2/networkInterface:NetworkInterface",
  object: "aws:s3/bucketObjectv2:BucketObjectv2",
  policy: "aws:iam/policy:Policy",
  policyAttachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  profile: "aws:iam/instanceProfile:InstanceProfile",
  role: "aws:iam/role:Role",
  route: "aws:ec2/route:Route",
  routeTable: "aws:ec2/routeTable:RouteTable",
  scaling: "aws:autoscaling/group:Group",
  scalingPolicy: "aws:autoscaling/policy:Policy",
  secret: "aws:secretsmanager/secret:Secret",
  secretPolicy: "aws:secretsmanager/secretPolicy:SecretPolicy",
  secretVersion: "aws:secretsmanager/secretVersion:SecretVersion",
  subnet: "aws:ec2/subnet:Subnet",
  subscription: "aws:sns/topicSubscription:TopicSubscription",
  target: "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  targets: "aws:lb/targetGroup:TargetGroup",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  topic: "aws:sns/topic:Topic",
  versioning: "aws:s3/bucketVersioning:BucketVersioning",
  volume: "aws:ebs/volume:Volume",
  vpc: "aws:ec2/vpc:Vpc",
} as const;

const trust = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});
const allow = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] });
const image = { ami: "ami-0d64d64d600000000", instanceType: "c6i.large" };

const vpc: Thing = [types.vpc, "vpc", { cidrBlock: "10.0.0.0/16" }];
const subnet: Thing = [
  types.subnet,
  "subnet",
  (id) => ({ vpcId: id("vpc"), cidrBlock: "10.0.0.0/24", availabilityZone: "eu-west-1a" }),
];
const publicSubnet: Thing = [
  types.subnet,
  "subnet",
  (id) => ({ vpcId: id("vpc"), cidrBlock: "10.0.0.0/24", mapPublicIpOnLaunch: true }),
];
const gateway: Thing = [types.gateway, "gateway", (id) => ({ vpcId: id("vpc") })];
const routeTable: Thing = [types.routeTable, "routes", (id) => ({ vpcId: id("vpc") })];
const group: Thing = [types.group, "group", (id) => ({ vpcId: id("vpc") })];
const otherGroup: Thing = [types.group, "other-group", (id) => ({ vpcId: id("vpc") })];
const eip: Thing = [types.eip, "eip", { domain: "vpc" }];
const nic: Thing = [types.nic, "nic", (id) => ({ subnetId: id("subnet") })];
const nat: Thing = [types.nat, "nat", (id) => ({ subnetId: id("subnet"), allocationId: id("eip") })];
const eipOfNic: Thing = [
  types.eipAssociation,
  "eip-of-nic",
  (id) => ({ allocationId: id("eip"), networkInterfaceId: id("nic") }),
];
const machine: Thing = [types.instance, "machine", (id) => ({ ...image, subnetId: id("subnet") })];
const machineOnNic: Thing = [
  types.instance,
  "machine",
  (id) => ({ ...image, primaryNetworkInterface: { networkInterfaceId: id("nic") } }),
];
const volume: Thing = [types.volume, "volume", { availabilityZone: "eu-west-1a", size: 10, type: "gp3" }];
const attachment: Thing = [
  types.attachment,
  "attachment",
  (id) => ({ instanceId: id("machine"), volumeId: id("volume"), deviceName: "/dev/sdf" }),
];
const balancer: Thing = [
  types.balancer,
  "balancer",
  (id) => ({ loadBalancerType: "network", subnets: [id("subnet")], name: "balancer" }),
];
const targets: Thing = [types.targets, "targets", (id) => ({ port: 443, protocol: "TCP", vpcId: id("vpc") })];
const listener: Thing = [
  types.listener,
  "listener",
  (id) => ({
    loadBalancerArn: id("balancer"),
    port: 443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: id("targets") }],
  }),
];
const target: Thing = [types.target, "target", (id) => ({ targetGroupArn: id("targets"), targetId: id("machine") })];
const certificate: Thing = [types.certificate, "certificate", { domainName: "a.example.com", validationMethod: "DNS" }];
const role: Thing = [types.role, "role", { name: "role", assumeRolePolicy: trust }];
const inline: Thing = [types.inline, "inline", (id) => ({ role: id("role"), policy: allow })];
const policy: Thing = [types.policy, "policy", { policy: allow }];
const policyAttachment: Thing = [
  types.policyAttachment,
  "policy-attachment",
  (id) => ({ role: id("role"), policyArn: id("policy") }),
];
const bucket: Thing = [types.bucket, "bucket", { bucket: "example-bucket" }];
const object: Thing = [types.object, "object", (id) => ({ bucket: id("bucket"), key: "key", content: "old" })];
const versioning: Thing = [
  types.versioning,
  "versioning",
  (id) => ({ bucket: id("bucket"), versioningConfiguration: { status: "Enabled" } }),
];
const template: Thing = [types.template, "template", { imageId: image.ami, instanceType: image.instanceType }];
const templateInGroup: Thing = [
  types.template,
  "template",
  (id) => ({ imageId: image.ami, instanceType: image.instanceType, vpcSecurityGroupIds: [id("group")] }),
];
const scaling = (minSize: number): Thing => [
  types.scaling,
  "scaling",
  (id) => ({
    name: "scaling",
    minSize,
    maxSize: 4,
    vpcZoneIdentifiers: [id("subnet")],
    launchTemplate: { id: id("template") },
  }),
];
const ruleOf = (type: string, name: string, of: string, peer: string): Thing => [
  type,
  name,
  (id) => ({ securityGroupId: id(of), referencedSecurityGroupId: id(peer), ipProtocol: "-1" }),
];
const hook: Thing = [
  types.hook,
  "hook",
  { autoscalingGroupName: "scaling", lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
];

/** The thing as it is, with some inputs more. */
function having([type, name, inputs]: Thing, more: Inputs): Thing {
  const of = (given: Inputs, id: (name: string) => string): Properties =>
    typeof given === "function" ? given(id) : given;
  return [type, name, (id) => ({ ...of(inputs, id), ...of(more, id) })];
}

interface Deletion {
  readonly title: string;
  readonly delete: string;
  /** All that exists when the deletion is refused, and when it is not. */
  readonly refused: readonly Thing[];
  readonly allowed: readonly Thing[];
  readonly says: string;
}

const vpcSays = "DeleteVpc, api error DependencyViolation: The vpc 'vpc-";
const subnetSays = "DeleteSubnet, api error DependencyViolation: The subnet 'subnet-";
const gatewaySays = "DetachInternetGateway, api error DependencyViolation: Network vpc-";
const groupSays = "DeleteSecurityGroup, api error DependencyViolation: resource sg-";
const network = [vpc, subnet];

/* prettier-ignore */
const deletions: readonly Deletion[] = [
  { title: "a VPC with a subnet", delete: "vpc", refused: [vpc, subnet], allowed: [vpc], says: vpcSays },
  { title: "a VPC with a gateway", delete: "vpc", refused: [vpc, gateway], allowed: [vpc, [types.gateway, "gateway", {}]], says: vpcSays },
  { title: "a VPC with a route table", delete: "vpc", refused: [vpc, routeTable], allowed: [vpc], says: vpcSays },
  { title: "a VPC with a security group", delete: "vpc", refused: [vpc, group],
    allowed: [vpc, [types.defaultGroup, "default", (id) => ({ vpcId: id("vpc") })]], says: vpcSays },
  { title: "a VPC with an end point", delete: "vpc", says: vpcSays, allowed: [vpc],
    refused: [vpc, [types.endpoint, "s3", (id) => ({ vpcId: id("vpc"), serviceName: `com.amazonaws.${region}.s3` })]] },
  { title: "a subnet with an interface", delete: "subnet", refused: [...network, nic],
    allowed: [...network, routeTable, [types.association, "link", (id) => ({ subnetId: id("subnet"), routeTableId: id("routes") })]], says: subnetSays },
  { title: "a subnet with a machine", delete: "subnet", refused: [...network, machine], allowed: network, says: subnetSays },
  { title: "a subnet with a NAT gateway", delete: "subnet", refused: [...network, eip, nat], allowed: [...network, eip], says: subnetSays },
  { title: "a subnet with a load balancer", delete: "subnet", refused: [...network, balancer], allowed: network, says: subnetSays },
  { title: "a subnet with an end point", delete: "subnet", says: subnetSays, allowed: network,
    refused: [...network, [types.endpoint, "ssm", (id) => ({ vpcId: id("vpc"), vpcEndpointType: "Interface", subnetIds: [id("subnet")], serviceName: `com.amazonaws.${region}.ssm` })]] },
  { title: "a subnet with machines of a group", delete: "subnet", refused: [...network, template, scaling(1)],
    allowed: [...network, template, scaling(0)], says: subnetSays },
  { title: "a gateway with a NAT gateway behind it", delete: "gateway", refused: [...network, gateway, eip, nat],
    allowed: [...network, gateway, [types.nat, "nat", (id) => ({ subnetId: id("subnet"), connectivityType: "private" })]], says: gatewaySays },
  { title: "a gateway with a public machine behind it", delete: "gateway", refused: [...network, gateway, having(machine, { associatePublicIpAddress: true })],
    allowed: [...network, gateway, machine], says: gatewaySays },
  { title: "a gateway with a machine in a public subnet", delete: "gateway", refused: [vpc, publicSubnet, gateway, machine],
    allowed: [vpc, publicSubnet, gateway, nic, machineOnNic], says: gatewaySays },
  { title: "a gateway with a public interface behind it", delete: "gateway", refused: [...network, gateway, nic, eip, eipOfNic],
    allowed: [...network, gateway, nic, eip], says: gatewaySays },
  { title: "a gateway with an interface's address behind it", delete: "gateway", says: gatewaySays,
    refused: [...network, gateway, nic, having(eip, (id) => ({ networkInterface: id("nic") }))], allowed: [...network, gateway, nic, eip] },
  { title: "a gateway with a machine's address behind it", delete: "gateway", says: gatewaySays,
    refused: [...network, gateway, machine, having(eip, (id) => ({ instance: id("machine") }))], allowed: [...network, gateway, machine, eip] },
  { title: "a gateway with an associated machine behind it", delete: "gateway", says: gatewaySays,
    refused: [...network, gateway, machine, eip, [types.eipAssociation, "link", (id) => ({ allocationId: id("eip"), instanceId: id("machine") })]],
    allowed: [...network, gateway, machine, eip] },
  { title: "a gateway with a load balancer behind it", delete: "gateway", refused: [...network, gateway, balancer],
    allowed: [...network, gateway, having(balancer, { internal: true })], says: gatewaySays },
  { title: "a gateway with public machines of a group behind it", delete: "gateway", says: gatewaySays,
    refused: [vpc, publicSubnet, gateway, template, scaling(1)], allowed: [...network, gateway, template, scaling(1)] },
  { title: "an address of a NAT gateway", delete: "eip", refused: [...network, eip, nat], allowed: [...network, eip, nic, eipOfNic],
    says: "AuthFailure: You do not have permission to access the specified resource." },
  { title: "an address of a load balancer", delete: "eip", says: "AuthFailure", allowed: [...network, eip, balancer],
    refused: [...network, eip, [types.balancer, "balancer", (id) => ({ loadBalancerType: "network", subnetMappings: [{ subnetId: id("subnet"), allocationId: id("eip") }] })]] },
  { title: "the interface of a machine", delete: "nic", refused: [...network, nic, machineOnNic], allowed: [...network, nic, eip, eipOfNic],
    says: "InvalidParameterValue: Network interface 'eni-" },
  { title: "a security group of an interface", delete: "group", refused: [...network, group, having(nic, (id) => ({ securityGroups: [id("group")] }))],
    allowed: [...network, group, nic], says: groupSays },
  { title: "a security group of a machine", delete: "group", refused: [...network, group, having(machine, (id) => ({ vpcSecurityGroupIds: [id("group")] }))],
    allowed: [...network, group, machine], says: groupSays },
  { title: "a security group of a load balancer", delete: "group", refused: [...network, group, having(balancer, (id) => ({ securityGroups: [id("group")] }))],
    allowed: [...network, group, balancer], says: groupSays },
  { title: "a security group that a rule of another names", delete: "group", refused: [vpc, group, otherGroup, ruleOf(types.ingress, "rule", "other-group", "group")],
    allowed: [vpc, group, otherGroup, ruleOf(types.ingress, "rule", "group", "other-group"), ruleOf(types.egress, "self", "group", "group")], says: groupSays },
  { title: "a security group of a group's machines", delete: "group", refused: [...network, group, templateInGroup, scaling(1)],
    allowed: [...network, group, templateInGroup, scaling(0)], says: groupSays },
  { title: "a security group of the interfaces of a group's machines", delete: "group", says: groupSays,
    refused: [...network, group, having(template, (id) => ({ networkInterfaces: [{ securityGroups: [id("group")] }] })), scaling(1)],
    allowed: [...network, group, having(template, (id) => ({ networkInterfaces: [{ subnetId: id("subnet") }] })), scaling(1)] },
  { title: "a target group with a listener", delete: "targets", refused: [...network, balancer, targets, listener],
    allowed: [...network, balancer, targets, machine, target], says: "ResourceInUse: Target group 'arn:aws:elasticloadbalancing:" },
  { title: "a protected load balancer", delete: "balancer", refused: [...network, having(balancer, { enableDeletionProtection: true })],
    allowed: [...network, having(balancer, { enableDeletionProtection: false }), targets, listener],
    says: "OperationNotPermitted: Load balancer 'arn:aws:elasticloadbalancing:" },
  { title: "a certificate of a listener", delete: "certificate", says: "ResourceInUseException: Certificate arn:aws:acm:",
    refused: [...network, balancer, targets, certificate, having(listener, (id) => ({ protocol: "TLS", certificateArn: id("certificate") }))],
    allowed: [...network, balancer, targets, certificate, listener] },
  { title: "a role with a policy of its own", delete: "role", refused: [role, inline], allowed: [having(role, { forceDetachPolicies: true }), inline],
    says: "DeleteConflict: Cannot delete entity, must delete policies first." },
  { title: "a role with an attached policy", delete: "role", refused: [role, inline, policy, policyAttachment],
    allowed: [role, [types.profile, "profile", { role: "role" }]], says: "DeleteConflict: Cannot delete entity, must detach all policies first." },
  { title: "an attached policy", delete: "policy", refused: [role, policy, policyAttachment], allowed: [role, policy],
    says: "DeleteConflict: Cannot delete a policy attached to entities." },
  { title: "a bucket with an object", delete: "bucket", refused: [bucket, object], allowed: [having(bucket, { forceDestroy: true }), object],
    says: "BucketNotEmpty: The bucket you tried to delete is not empty" },
  { title: "a versioned bucket with an object", delete: "bucket", refused: [bucket, object, versioning], allowed: [bucket, versioning],
    says: "You must delete all versions in the bucket." },
  { title: "an attached volume", delete: "volume", refused: [...network, machine, volume, attachment], allowed: [...network, machine, volume],
    says: "is currently attached to i-" },
  { title: "a machine that is protected from termination", delete: "machine", refused: [...network, having(machine, { disableApiTermination: true })],
    allowed: [...network, having(machine, { disableApiTermination: true, forceDestroy: true })], says: "Modify its 'disableApiTermination' instance attribute" },
  { title: "a machine that is protected from being stopped", delete: "machine", refused: [...network, having(machine, { disableApiStop: true })],
    allowed: [...network, machine], says: "may not be terminated. Modify its 'disableApiStop' instance attribute" },
];

describe("the simulated AWS does not delete", () => {
  for (const row of deletions) {
    it(row.title, async () => {
      const full = await new Cloud().make(row.refused);
      await refused(full.delete(row.delete), row.says);
      assert.ok(full.left.includes(row.delete));
      const free = await new Cloud().make(row.allowed);
      await free.delete(row.delete);
      assert.ok(!free.left.includes(row.delete));
    });
  }
});

interface Company {
  readonly delete: string;
  readonly things: readonly Thing[];
  readonly gone: readonly string[];
}

/* prettier-ignore */
const companies: readonly Company[] = [
  { delete: "vpc", things: [vpc, [types.defaultGroup, "default", (id) => ({ vpcId: id("vpc") })]], gone: ["vpc", "default"] },
  { delete: "subnet", things: [...network, routeTable, [types.association, "link", (id) => ({ subnetId: id("subnet"), routeTableId: id("routes") })]], gone: ["subnet", "link"] },
  { delete: "routes", gone: ["routes", "route", "link"],
    things: [...network, gateway, routeTable, [types.association, "link", (id) => ({ subnetId: id("subnet"), routeTableId: id("routes") })],
      [types.route, "route", (id) => ({ routeTableId: id("routes"), destinationCidrBlock: "0.0.0.0/0", gatewayId: id("gateway") })]] },
  { delete: "eip", things: [...network, nic, eip, eipOfNic], gone: ["eip", "eip-of-nic"] },
  { delete: "nic", things: [...network, nic, eip, eipOfNic], gone: ["nic", "eip-of-nic"] },
  { delete: "machine", things: [...network, nic, machineOnNic, eip, eipOfNic], gone: ["machine"] },
  { delete: "topic", gone: ["topic", "mail"],
    things: [[types.topic, "topic", {}], [types.subscription, "mail", (id) => ({ topic: id("topic"), protocol: "email", endpoint: "ops@example.com" })]] },
  { delete: "group", gone: ["group", "in", "out"],
    things: [vpc, group, otherGroup, ruleOf(types.ingress, "in", "group", "other-group"), ruleOf(types.egress, "out", "group", "other-group")] },
  { delete: "balancer", things: [...network, balancer, targets, listener], gone: ["balancer", "listener"] },
  { delete: "targets", things: [...network, machine, targets, target], gone: ["targets", "target"] },
  { delete: "machine", things: [...network, machine, volume, attachment, targets, target, eip, [types.eipAssociation, "link", (id) => ({ allocationId: id("eip"), instanceId: id("machine") })]],
    gone: ["machine", "attachment", "target", "link"] },
  { delete: "scaling", things: [...network, template, scaling(1), hook, [types.scalingPolicy, "scaler", { autoscalingGroupName: "scaling", adjustmentType: "ChangeInCapacity", scalingAdjustment: 1 }]],
    gone: ["scaling", "hook", "scaler"] },
  { delete: "role", things: [having(role, { forceDetachPolicies: true }), inline, policy, policyAttachment], gone: ["role", "inline", "policy-attachment"] },
  { delete: "bucket", things: [bucket, versioning], gone: ["bucket", "versioning"] },
  { delete: "secret", gone: ["secret", "version", "access"],
    things: [[types.secret, "secret", { name: "secret" }], [types.secretVersion, "version", (id) => ({ secretId: id("secret"), secretString: "x" })],
      [types.secretPolicy, "access", (id) => ({ secretArn: id("secret"), policy: allow })]] },
];

describe("the simulated AWS deletes along", () => {
  for (const { delete: name, things, gone } of companies) {
    it(`with ${name}: ${gone.slice(1).join(", ")}`, async () => {
      const cloud = await new Cloud().make(things);
      const before = cloud.left;
      await cloud.delete(name);
      assert.deepEqual(before.filter((one) => !cloud.left.includes(one)).sort(), [...gone].sort());
    });
  }
});

interface Update {
  readonly title: string;
  readonly things: readonly Thing[];
  readonly update: string;
  readonly refused: Inputs;
  readonly allowed: Inputs;
  readonly says: string;
}

const guarded = { ...image, disableApiStop: true };
const disk = { availabilityZone: "eu-west-1a", type: "gp3" };

/* prettier-ignore */
const updates: readonly Update[] = [
  { title: "a volume does not shrink", things: [volume], update: "volume", refused: { ...disk, size: 9 }, allowed: { ...disk, size: 11 },
    says: "ModifyVolume, api error InvalidParameterValue: New size cannot be smaller than existing size" },
  { title: "a root disk does not shrink", things: [...network, having(machine, { rootBlockDevice: { volumeSize: 30 } })], update: "machine",
    refused: (id) => ({ ...image, subnetId: id("subnet"), rootBlockDevice: { volumeSize: 20 } }),
    allowed: (id) => ({ ...image, subnetId: id("subnet"), rootBlockDevice: { volumeSize: 40 } }), says: "New size cannot be smaller than existing size" },
  { title: "a guarded machine is not stopped for another type", things: [...network, having(machine, guarded)], update: "machine",
    refused: (id) => ({ ...guarded, subnetId: id("subnet"), instanceType: "c6i.xlarge" }),
    allowed: (id) => ({ ...guarded, subnetId: id("subnet"), disableApiStop: false, instanceType: "c6i.xlarge" }),
    says: "StopInstances, api error OperationNotPermitted" },
  { title: "a guarded machine is not stopped for other user data", things: [...network, having(machine, guarded)], update: "machine",
    refused: (id) => ({ ...guarded, subnetId: id("subnet"), userData: "new" }),
    allowed: (id) => ({ ...guarded, subnetId: id("subnet"), tags: { a: "b" } }), says: "Modify its 'disableApiStop' instance attribute" },
  { title: "versioning is not switched off for good", things: [bucket, versioning], update: "versioning",
    refused: (id) => ({ bucket: id("bucket"), versioningConfiguration: { status: "Disabled" } }),
    allowed: (id) => ({ bucket: id("bucket"), versioningConfiguration: { status: "Suspended" } }),
    says: "versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'" },
  { title: "a group's bounds stay in order", things: [...network, template, scaling(1)], update: "scaling",
    refused: (id) => ({ name: "scaling", minSize: 5, maxSize: 4, vpcZoneIdentifiers: [id("subnet")], launchTemplate: { id: id("template") } }),
    allowed: (id) => ({ name: "scaling", minSize: 2, maxSize: 4, vpcZoneIdentifiers: [id("subnet")], launchTemplate: { id: id("template") } }),
    says: "Max bound, 4, must be greater than or equal to min bound, 5" },
];

describe("the simulated AWS does not change", () => {
  for (const row of updates) {
    it(row.title, async () => {
      const cloud = await new Cloud().make(row.things);
      await refused(cloud.update(row.update, row.refused), row.says);
      const before = cloud.idOf(row.update);
      await cloud.update(row.update, row.allowed);
      assert.equal(cloud.idOf(row.update), before);
    });
  }
});

describe("an update in the simulated AWS", () => {
  const content = { imageId: image.ami, instanceType: image.instanceType };
  const versionsOf = ({ latestVersion, defaultVersion }: Properties): unknown[] => [latestVersion, defaultVersion];

  it("of a launch template makes the next version, which becomes the default only when told to", async () => {
    const cloud = await new Cloud().make([template]);
    assert.deepEqual(versionsOf(cloud.outputs("template")), [1, 1]);
    assert.deepEqual(versionsOf(await cloud.update("template", { ...content, ebsOptimized: "true" })), [2, 1]);
    const default3 = { ...content, userData: "bmV3", updateDefaultVersion: true };
    assert.deepEqual(versionsOf(await cloud.update("template", default3)), [3, 3]);
    assert.deepEqual(
      versionsOf(await cloud.update("template", { ...content, userData: "bmV3", defaultVersion: 2 })),
      [3, 2],
    );
  });

  it("of a launch template's own tags makes no version", async () => {
    const cloud = await new Cloud().make([template]);
    const updated = await cloud.update("template", { ...content, tags: { a: "b" } });
    assert.deepEqual(versionsOf(updated), [1, 1]);
    assert.deepEqual(updated.tagsAll, { a: "b" });
  });

  it("of a group leaves it as large as its autoscaler made it, within the new bounds", async () => {
    const cloud = await new Cloud().make([...network, template, scaling(1)]);
    assert.equal(cloud.outputs("scaling").desiredCapacity, 1);
    const [, , inputs] = scaling(1);
    const bounds = (minSize: number, maxSize: number): Inputs => having(["", "", inputs], { minSize, maxSize })[2];
    assert.equal((await cloud.update("scaling", bounds(3, 4))).desiredCapacity, 3);
    assert.equal((await cloud.update("scaling", bounds(1, 4))).desiredCapacity, 3);
    assert.equal((await cloud.update("scaling", bounds(1, 2))).desiredCapacity, 2);
  });

  it("of an object's content makes another version of it, one of its tags does not", async () => {
    const cloud = await new Cloud().make([bucket, object]);
    const first = cloud.outputs("object");
    const key = { bucket: "example-bucket", key: "key" };
    const tagged = await cloud.update("object", { ...key, content: "old", tags: { a: "b" } });
    assert.deepEqual([tagged.versionId, tagged.etag], [first.versionId, first.etag]);
    const changed = await cloud.update("object", { ...key, content: "new" });
    assert.notEqual(changed.versionId, first.versionId);
    assert.notEqual(changed.etag, first.etag);
  });

  it("of a volume says what it now does, and what it does when nothing is said", async () => {
    const cloud = await new Cloud().make([volume]);
    const speedOf = ({ iops, throughput }: Properties): unknown[] => [iops, throughput];
    assert.deepEqual(speedOf(cloud.outputs("volume")), [3000, 125]);
    const fast = { ...disk, size: 10, iops: 4000, throughput: 250 };
    assert.deepEqual(speedOf(await cloud.update("volume", fast)), [4000, 250]);
    assert.deepEqual(speedOf(await cloud.update("volume", { ...disk, size: 10 })), [3000, 125]);
    assert.deepEqual(speedOf(await cloud.update("volume", { ...disk, size: 10, type: "gp2" })), [undefined, undefined]);
  });

  it("of an interface adds addresses to the one that it keeps", async () => {
    const cloud = await new Cloud().make([...network, having(nic, { privateIps: ["10.0.0.9"] })]);
    const [, , inputs] = having(nic, { privateIps: ["10.0.0.9", "10.0.0.10"] });
    const updated = await cloud.update("nic", inputs);
    assert.deepEqual([updated.privateIp, updated.privateIps], ["10.0.0.9", ["10.0.0.9", "10.0.0.10"]]);
  });
});
