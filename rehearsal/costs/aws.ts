/**
 * What the program's resources cost on AWS, by type.
 */
import type { RecordedResource } from "../graph";
import { at, listAt, textAt } from "../json";
import { machinePrice, piecePrice, volumePrice } from "./aws-prices";
import { type ChargesOf, type ChargeTable, diskName, roleOf } from "./charge-table";
import { type Charge, chargeOf, exactly, type Range } from "./prices";

function machine(resource: RecordedResource, instanceType: string, count: Range, region: string): Charge {
  return chargeOf(`${roleOf(resource)} (${instanceType})`, count, machinePrice(instanceType, region), region);
}

function volume(type: string, gib: number, count: Range, region: string): Charge {
  return chargeOf(diskName(type, gib), count, volumePrice(type, gib, region), region);
}

function monitoring(enabled: unknown, count: Range, region: string): Charge[] {
  if (enabled !== true) return [];
  return [chargeOf("detailed monitoring of a machine", count, piecePrice("detailedMonitoring", region), region)];
}

function publicAddress(count: Range, region: string): Charge {
  return chargeOf("public IPv4 address", count, piecePrice("publicAddress", region), region);
}

const instance: ChargesOf = (resource, { region }) => {
  const { inputs } = resource;
  const disk = at(inputs, "rootBlockDevice");
  return [
    machine(resource, textAt(inputs, "instanceType"), exactly(1), region),
    volume(textAt(disk, "volumeType"), Number(at(disk, "volumeSize")), exactly(1), region),
    ...monitoring(inputs["monitoring"], exactly(1), region),
  ];
};

/** A group costs what its machines cost, which its template describes. */
const group: ChargesOf = (resource, { region, uses }) => {
  const count = { min: Number(resource.inputs["minSize"]), max: Number(resource.inputs["maxSize"]) };
  const [template] = uses("aws:ec2/launchTemplate:LaunchTemplate");
  if (!template) return [{ what: roleOf(resource), count, why: "no launch template of this stack describes it" }];
  const { inputs } = template;
  const disks = listAt(inputs, "blockDeviceMappings").map(({ ebs }) => ebs);
  const isPublic = listAt(inputs, "networkInterfaces").some(
    ({ associatePublicIpAddress }) => associatePublicIpAddress === "true",
  );
  return [
    machine(resource, textAt(inputs, "instanceType"), count, region),
    ...disks.map((disk) => volume(textAt(disk, "volumeType"), Number(at(disk, "volumeSize")), count, region)),
    ...monitoring(at(inputs, "monitoring", "enabled"), count, region),
    ...(isPublic ? [publicAddress(count, region)] : []),
  ];
};

/** A load balancer towards the Internet has an address in each of its subnets. */
const loadBalancer: ChargesOf = ({ inputs }, { region }) => {
  const kind = textAt(inputs, "loadBalancerType") || "application";
  if (kind !== "network" && kind !== "application") {
    return [{ what: "load balancer", count: exactly(1), why: `no price for the type ${kind}` }];
  }
  const price = piecePrice(kind === "network" ? "networkLoadBalancer" : "applicationLoadBalancer", region);
  const balancer = chargeOf(`${kind} load balancer`, exactly(1), price, region);
  if (inputs["internal"] === true) return [balancer];
  const addresses = Array.isArray(inputs["subnets"])
    ? publicAddress(exactly(listAt(inputs, "subnets").length), region)
    : { what: "public IPv4 addresses of the load balancer", count: exactly(1), why: "its subnets are not known yet" };
  return [balancer, addresses];
};

const piece =
  (what: string, name: Parameters<typeof piecePrice>[0], count = 1): ChargesOf =>
  (_, { region }) => [chargeOf(what, exactly(count), piecePrice(name, region), region)];

export const aws: ChargeTable = {
  charges: {
    "aws:autoscaling/group:Group": group,
    // Target tracking makes two alarms of its own.
    "aws:autoscaling/policy:Policy": (resource, around) =>
      resource.inputs["policyType"] === "TargetTrackingScaling"
        ? piece("alarm of the autoscaler", "alarm", 2)(resource, around)
        : [],
    "aws:cloudwatch/metricAlarm:MetricAlarm": piece("alarm", "alarm"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs }) => [
      {
        what: `Redis node (${textAt(inputs, "nodeType")})`,
        count: exactly(Number(inputs["numCacheClusters"])),
        why: "no price of ElastiCache's nodes is written down",
      },
    ],
    "aws:ebs/volume:Volume": ({ inputs }, { region }) => [
      volume(textAt(inputs, "type"), Number(inputs["size"]), exactly(1), region),
    ],
    "aws:ec2/eip:Eip": (_, { region }) => [publicAddress(exactly(1), region)],
    "aws:ec2/instance:Instance": instance,
    "aws:ec2/natGateway:NatGateway": piece("NAT gateway", "natGateway"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
      inputs["vpcEndpointType"] === "Gateway"
        ? []
        : [
            {
              what: "VPC endpoint",
              count: exactly(1),
              why: `no price for the type ${textAt(inputs, "vpcEndpointType")}`,
            },
          ],
    "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
    "aws:secretsmanager/secret:Secret": piece("secret in Secrets Manager", "secret"),
  },
  byUse: {
    "aws:ec2/amiCopy:AmiCopy": "snapshots of copied images",
    "aws:route53/record:Record": "DNS queries",
    "aws:s3/bucket:Bucket": "stored objects and requests",
    "aws:sqs/queue:Queue": "messages",
    "aws:sns/topic:Topic": "mails about alarms",
  },
  free: [
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:autoscaling/lifecycleHook:LifecycleHook",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/eipAssociation:EipAssociation",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/keyPair:KeyPair",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/route:Route",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/volumeAttachment:VolumeAttachment",
    "aws:ec2/vpc:Vpc",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/grant:Grant",
    "aws:lb/listener:Listener",
    "aws:lb/listenerRule:ListenerRule",
    "aws:lb/targetGroup:TargetGroup",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ],
};
