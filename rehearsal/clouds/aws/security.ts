/**
 * Simulated EC2 security groups and their rules.
 */
import type { Properties, ResourceModel, World } from "../../model";
import { range } from "../ipv4";
import { given, number, problems, record, records, text, texts } from "../values";
import {
  accountId,
  arn,
  common,
  dependency,
  ec2Id,
  missingRefs,
  ownById,
  parts,
  refusal,
  regionOf,
  scalingGroupsWithMachines,
  tagged,
  vpcOf,
} from "./account";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service/ec2";
export const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const groupIsUsed = dependency("DeleteSecurityGroup", (id) => `resource ${id} has a dependent object`);

/** Whether rules of another group name this one, or an Auto Scaling group's machines are in it. */
function isUsedElsewhere(id: string, world: World): boolean {
  const rules = [...world.ofType(ingressType), ...world.ofType(egressType)];
  const named = rules.some(
    ({ inputs }) =>
      inputs.referencedSecurityGroupId === id && inputs.securityGroupId !== inputs.referencedSecurityGroupId,
  );
  const templates = world
    .ofType("aws:ec2/launchTemplate:LaunchTemplate")
    .filter(({ inputs }) =>
      [
        ...texts(inputs.vpcSecurityGroupIds),
        ...records(inputs.networkInterfaces).flatMap((one) => texts(one.securityGroups)),
      ].includes(id),
    );
  const launched = scalingGroupsWithMachines(world).some(({ inputs }) =>
    templates.some((template) => record(inputs.launchTemplate).id === template.id),
  );
  return named || launched;
}

const securityGroup: ResourceModel = {
  required: [],
  source: `${tf}/vpc_security_group.go; EC2 CreateSecurityGroup (names, characters), DeleteSecurityGroup API references`,
  // "sg-" in front is refused by the API; 255 characters of letters, digits and a few signs.
  naming: { input: "name", auto: "suffix7", maxLength: 255, pattern: /^(?!sg-)[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/ },
  defaults: { description: "Managed by Pulumi" },
  forcesReplacement: ["description", "name", "namePrefix", "vpcId", "region"],
  recomputed: tagged,
  inUse: {
    by: [
      "aws:ec2/instance:Instance",
      "aws:ec2/networkInterface:NetworkInterface",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:elasticache/replicationGroup:ReplicationGroup",
    ],
    says: groupIsUsed,
  },
  checkDelete: (resource, world) => (isUsedElsewhere(resource.id, world) ? [groupIsUsed(resource, [])] : []),
  takesAlong: parts({ [ingressType]: "securityGroupId", [egressType]: "securityGroupId" }),
  check(inputs, world) {
    const name = text(inputs.name);
    const description = text(inputs.description);
    const twin = world
      .ofType(groupType)
      .some((other) => name !== "" && other.inputs.name === name && other.inputs.vpcId === inputs.vpcId);
    const duplicate = `The security group '${name}' already exists for VPC '${text(inputs.vpcId)}'`;
    return problems(
      missingRefs("CreateSecurityGroup", inputs, world, { vpcId: "vpc" }),
      twin && refusal("EC2", "CreateSecurityGroup", "InvalidGroup.Duplicate", duplicate),
      (description.length > 255 || !/^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/.test(description)) &&
        refusal(
          "EC2",
          "CreateSecurityGroup",
          "InvalidParameterValue",
          "Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        ),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("sg", world, urn);
    const outputs = { arn: arn("ec2", regionOf(inputs, world), `security-group/${id}`), ownerId: accountId };
    return { id, outputs: { ...common(inputs, world), ...outputs } };
  },
};

/** The group that comes with every VPC; Pulumi takes it over and empties it. */
const defaultSecurityGroup: ResourceModel = {
  required: [],
  source: `${tf}/vpc_default_security_group.go`,
  forcesReplacement: ["vpcId", "region"],
  recomputed: tagged,
  check: (inputs, world) => missingRefs("DescribeSecurityGroups", inputs, world, { vpcId: "vpc" }),
  create(inputs, world, { urn }) {
    const vpc = ownById(world, "aws:ec2/vpc:Vpc", text(inputs.vpcId));
    const id = text(vpc?.outputs.defaultSecurityGroupId) || ec2Id("sg", world, urn);
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", regionOf(inputs, world), `security-group/${id}`),
        ownerId: accountId,
        name: "default",
        description: "default VPC security group",
      },
    };
  },
};

const peers = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;
const ruleKey = (inputs: Properties): string =>
  JSON.stringify(["securityGroupId", "ipProtocol", "fromPort", "toPort", ...peers].map((key) => inputs[key] ?? null));

function portProblem(inputs: Properties, operation: string): string | undefined {
  const [from, to] = [number(inputs.fromPort), number(inputs.toPort)];
  const protocol = text(inputs.ipProtocol).toLowerCase();
  if (!["tcp", "udp", "6", "17"].includes(protocol)) return undefined;
  const valid = from !== undefined && to !== undefined && from >= 0 && to <= 65535 && from <= to;
  if (valid) return undefined;
  const says = `Invalid value '${from ?? ""}-${to ?? ""}' for portRange.`;
  return refusal("EC2", operation, "InvalidParameterValue", says);
}

/** Rules of a security group in one direction, unless the account has been granted more. Source: Amazon VPC quotas. */
const rulesPerGroup = 60;

function ruleProblems(inputs: Properties, world: World, type: string, operation: string): string[] {
  const named = peers.filter((peer) => given(inputs[peer]));
  const cidr = text(inputs.cidrIpv4);
  const twin = world.ofType(type).some((other) => ruleKey(other.inputs) === ruleKey(inputs));
  const siblings = world.ofType(type).filter((each) => each.inputs.securityGroupId === inputs.securityGroupId);
  const [own, other] = [text(inputs.securityGroupId), text(inputs.referencedSecurityGroupId)].map((id) =>
    vpcOf(id, world),
  );
  return problems(
    missingRefs(operation, inputs, world, { securityGroupId: "sg", referencedSecurityGroupId: "sg" }),
    named.length !== 1 &&
      "No attribute specified when one (and only one) of [cidr_ipv4.<.cidr_ipv6,cidr_ipv4.<.prefix_list_id,cidr_ipv4.<.referenced_security_group_id] is required",
    cidr !== "" &&
      !range(cidr) &&
      refusal("EC2", operation, "InvalidParameterValue", `CIDR block ${cidr} is malformed`),
    portProblem(inputs, operation),
    siblings.length >= rulesPerGroup &&
      refusal(
        "EC2",
        operation,
        "RulesPerSecurityGroupLimitExceeded",
        "The maximum number of rules per security group has been reached.",
      ),
    own !== undefined &&
      other !== undefined &&
      own !== other &&
      refusal(
        "EC2",
        operation,
        "InvalidGroup.NotFound",
        `You have specified two resources that belong to different networks.`,
      ),
    twin &&
      refusal(
        "EC2",
        operation,
        "InvalidPermission.Duplicate",
        `the specified rule "peer: ${named.map((peer) => text(inputs[peer])).join()}, ${text(inputs.ipProtocol).toUpperCase()}, from port: ${text(inputs.fromPort)}, to port: ${text(inputs.toPort)}, ALLOW" already exists`,
      ),
  );
}

function rule(type: string, operation: string): ResourceModel {
  return {
    required: ["ipProtocol", "securityGroupId"],
    source: `${tf}/vpc_security_group_ingress_rule.go; EC2 ${operation} API reference`,
    forcesReplacement: ["securityGroupId", "region"],
    // A rule keeps the kind of its peer: another range is an update, a group in place of a range is another rule.
    replaces(olds, news) {
      const [old, now] = [olds, news].map((inputs) => peers.find((peer) => given(inputs[peer])));
      return old !== undefined && now !== undefined && old !== now ? [old, now] : [];
    },
    recomputed: tagged,
    check: (inputs, world) => ruleProblems(inputs, world, type, operation),
    create(inputs, world, { urn }) {
      const id = ec2Id("sgr", world, urn);
      const outputs = {
        arn: arn("ec2", regionOf(inputs, world), `security-group-rule/${id}`),
        securityGroupRuleId: id,
      };
      return { id, outputs: { ...common(inputs, world), ...outputs } };
    },
  };
}

/** Security groups and rules. */
export const security: Readonly<Record<string, ResourceModel>> = {
  [groupType]: securityGroup,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
  [ingressType]: rule(ingressType, "AuthorizeSecurityGroupIngress"),
  [egressType]: rule(egressType, "AuthorizeSecurityGroupEgress"),
};
