/**
 * What all simulated AWS services share: the account, regions, ARNs, ids, tags, references and the form of errors.
 */
import { unknownValue } from "../../graph";
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { isMissing, override } from "../existing";
import { everyText, given, hexDigits, number, record, text, texts } from "../values";

/** The account in which every rehearsal takes place. */
export const accountId = "123456789012";

/** Region of a resource: its own input (v7 of the provider), else its provider's. */
export function regionOf(inputs: Properties, world: World): string {
  return text(inputs.region) || text(world.provider.region) || "us-east-1";
}

export function partitionOf(region: string): { readonly partition: string; readonly dnsSuffix: string } {
  if (region.startsWith("cn-")) return { partition: "aws-cn", dnsSuffix: "amazonaws.com.cn" };
  return { partition: region.startsWith("us-gov-") ? "aws-us-gov" : "aws", dnsSuffix: "amazonaws.com" };
}

/** Zone letters of regions that differ from a, b, c. Source: the zone lists of the regions' console pages. */
const zoneLetters: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ca-central-1": "abd",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
};

export function zonesOf(region: string): readonly string[] {
  return [...(zoneLetters[region] ?? "abc")].map((letter) => `${region}${letter}`);
}

/** An ARN with region and account; IAM and S3 leave them out themselves. */
export function arn(service: string, region: string, resource: string): string {
  return `arn:${partitionOf(region).partition}:${service}:${region}:${accountId}:${resource}`;
}

/** An id as EC2 deals them out: prefix and 17 hexadecimal digits. */
export function ec2Id(prefix: string, world: World, urn: string): string {
  return `${prefix}-0${world.random(urn, 16, hexDigits)}`;
}

/** Tags of the resource with the provider's default tags below them. */
export function tagsAll(inputs: Properties, world: World): Properties {
  return { ...record(record(world.provider.defaultTags).tags), ...record(inputs.tags) };
}

/** Outputs that nearly every resource has. */
export function common(inputs: Properties, world: World): Properties {
  return { region: regionOf(inputs, world), tagsAll: tagsAll(inputs, world) };
}

/** An API refusal as the provider passes it on, without the request id. Source: AWS SDK for Go v2, `OperationError`. */
export function refusal(service: string, operation: string, code: string, message: string): string {
  return `operation error ${service}: ${operation}, api error ${code}: ${message}`;
}

/** What an update computes anew of every resource with tags. Source: terraform-provider-aws internal/verify, SetTagsDiff. */
export const tagged = ["tagsAll"];

/** How EC2 answers the deletion of something that others still hang on. Source: EC2 API error codes. */
export function dependency(
  operation: string,
  says: (id: string) => string,
): NonNullable<ResourceModel["inUse"]>["says"] {
  return ({ id }) => refusal("EC2", operation, "DependencyViolation", says(id));
}

/** What vanishes with a resource: those of these types whose input (the value) holds its id. */
export function parts(types: Readonly<Record<string, string>>): NonNullable<ResourceModel["takesAlong"]> {
  return ({ id }, world) =>
    Object.entries(types).flatMap(([type, input]) => world.ofType(type).filter((other) => other.inputs[input] === id));
}

/** Whether nothing in a value is still unknown, as ids are in a preview. */
export function isKnown(value: Json): boolean {
  return everyText(value).every((entry) => entry.value !== unknownValue);
}

/** A resource of the stack by type and id. In a preview ids are still empty, and no id is nobody's. */
export function ownById(world: World, type: string, id: string): LiveResource | undefined {
  return id === "" ? undefined : world.byId(type, id);
}

/** Kinds of EC2 things that others refer to by id, with the API's words for one that is not there. */
/* prettier-ignore */
const ec2Kinds = {
  vpc:      { types: ["aws:ec2/vpc:Vpc"],                           code: "InvalidVpcID.NotFound",               says: (id: string) => `The vpc ID '${id}' does not exist` },
  subnet:   { types: ["aws:ec2/subnet:Subnet"],                     code: "InvalidSubnetID.NotFound",            says: (id: string) => `The subnet ID '${id}' does not exist` },
  sg:       { types: ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
                                                                    code: "InvalidGroup.NotFound",               says: (id: string) => `The security group '${id}' does not exist` },
  igw:      { types: ["aws:ec2/internetGateway:InternetGateway"],   code: "InvalidGatewayID.NotFound",           says: (id: string) => `The gateway ID '${id}' does not exist` },
  nat:      { types: ["aws:ec2/natGateway:NatGateway"],             code: "NatGatewayNotFound",                  says: (id: string) => `The Nat Gateway ${id} was not found` },
  rtb:      { types: ["aws:ec2/routeTable:RouteTable"],             code: "InvalidRouteTableID.NotFound",        says: (id: string) => `The routeTable ID '${id}' does not exist` },
  eipalloc: { types: ["aws:ec2/eip:Eip"],                           code: "InvalidAllocationID.NotFound",        says: (id: string) => `The allocation ID '${id}' does not exist` },
  eni:      { types: ["aws:ec2/networkInterface:NetworkInterface"], code: "InvalidNetworkInterfaceID.NotFound",  says: (id: string) => `The networkInterface ID '${id}' does not exist` },
  i:        { types: ["aws:ec2/instance:Instance"],                 code: "InvalidInstanceID.NotFound",          says: (id: string) => `The instance ID '${id}' does not exist` },
  vol:      { types: ["aws:ebs/volume:Volume"],                     code: "InvalidVolume.NotFound",              says: (id: string) => `The volume '${id}' does not exist.` },
  lt:       { types: ["aws:ec2/launchTemplate:LaunchTemplate"],     code: "InvalidLaunchTemplateId.NotFound",    says: (id: string) => `The specified launch template, with template ID ${id}, does not exist.` },
  ami:      { types: [],                                            code: "InvalidAMIID.NotFound",               says: (id: string) => `The image id '[${id}]' does not exist` },
} as const satisfies Record<string, { types: readonly string[]; code: string; says: (id: string) => string }>;

export type Ec2Kind = keyof typeof ec2Kinds;

/** Whether an id names something: made by the stack, or well formed and not said to be missing. */
export function ec2Exists(kind: Ec2Kind, id: string, world: World): boolean {
  if (ec2Kinds[kind].types.some((type) => ownById(world, type, id))) return true;
  return new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id) && !isMissing(world, id);
}

/** Refusals for ids among some inputs that name nothing. Inputs that are not given are not looked at. */
export function missingRefs(
  operation: string,
  inputs: Properties,
  world: World,
  kinds: Readonly<Record<string, Ec2Kind>>,
): string[] {
  return Object.entries(kinds).flatMap(([property, kind]) => {
    const value: Json = inputs[property];
    const ids = Array.isArray(value) ? texts(value) : given(value) ? [text(value)] : [];
    return ids
      .filter((id) => !ec2Exists(kind, id, world))
      .map((id) => refusal("EC2", operation, ec2Kinds[kind].code, ec2Kinds[kind].says(id)));
  });
}

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

export function parseArn(value: string): Arn | undefined {
  const match = /^arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)$/.exec(value);
  if (!match) return undefined;
  const [partition, service, region, account, resource] = match.slice(1) as [string, string, string, string, string];
  return { partition, service, region, account, resource };
}

/** VPC in which a subnet, security group or interface lies, as far as it is known. */
export function vpcOf(id: string, world: World): string | undefined {
  const made = world.resources.find((resource) => resource.id === id);
  if (!made) return text(override(world, id).vpcId) || undefined;
  if (given(made.inputs.vpcId)) return text(made.inputs.vpcId);
  return given(made.inputs.subnetId) ? vpcOf(text(made.inputs.subnetId), world) : undefined;
}

/** Auto Scaling groups that are not empty: their machines are not the stack's own, but stand in its network. */
export function scalingGroupsWithMachines(world: World): readonly LiveResource[] {
  return world
    .ofType("aws:autoscaling/group:Group")
    .filter(({ outputs }) => (number(outputs.desiredCapacity) ?? 0) > 0);
}

/** Whether a customer-managed KMS key, if it is given as an ARN, can be used in a region. */
export function kmsProblem(key: Json, region: string): string | undefined {
  if (!given(key)) return undefined;
  const parts = parseArn(text(key));
  if (!parts) return undefined;
  if (parts.service !== "kms") return `Invalid keyId '${text(key)}'`;
  return parts.region === region ? undefined : `Invalid arn ${parts.region}`;
}
