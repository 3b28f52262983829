/**
 * Simulated machines: instances, attachments, launch templates, Auto Scaling groups.
 */
import { isDeepStrictEqual } from "node:util";
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { isDeclared, override } from "../existing";
import { decodedLength, given, hashBelow, number, problems, record, records, repeated, text, texts } from "../values";
import {
  arn,
  common,
  ec2Exists,
  ec2Id,
  isKnown,
  kmsProblem,
  missingRefs,
  ownById,
  parseArn,
  parts,
  refusal,
  regionOf,
  tagged,
  tagsAll,
  vpcOf,
  zonesOf,
} from "./account";
import { targetGroupType } from "./balancing";
import { profileType } from "./identity";
import { interfaceType, publicAddress, subnetFacts } from "./network";
import { shrinking, volumeLimits, volumeType } from "./storage";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
const instanceType = "aws:ec2/instance:Instance";
const templateType = "aws:ec2/launchTemplate:LaunchTemplate";
export const groupType = "aws:autoscaling/group:Group";
const attachmentType = "aws:ec2/volumeAttachment:VolumeAttachment";
const hookType = "aws:autoscaling/lifecycleHook:LifecycleHook";
const policyType = "aws:autoscaling/policy:Policy";

/** User data may have this many bytes before it is encoded. Source: EC2 RunInstances; cloud-facts-aws 10. */
const userDataLimit = 16384;

/** Architectures as EC2 names them. */
export type Ec2Architecture = "x86_64" | "arm64";

/**
 * Marks of image ids that the simulated SSM hands out, so that an id tells its architecture.
 * @see lookups.ts
 */
export const imageMarks: Readonly<Record<Ec2Architecture, string>> = {
  x86_64: "ami-0d64d64d6",
  arm64: "ami-0a64a64a6",
};

/** Architecture of an image as far as it is known. */
function imageArchitecture(id: string, world: World): string | undefined {
  const said = text(override(world, id).architecture);
  if (said) return said;
  return Object.entries(imageMarks).find(([, mark]) => id.startsWith(mark))?.[0];
}

/** Graviton families have a `g` right after the generation (`c7g`, `t4g`, `im4gn`), and `a1`. */
export function typeArchitecture(type: string): Ec2Architecture {
  return /^(a1|[a-z]+-?\d+g[a-z0-9-]*)\./.test(type) ? "arm64" : "x86_64";
}

/** How an operation words a refusal: with its own code, or wrapped in another's. */
type Say = (code: string, message: string) => string;

const sayRunInstances: Say = (code, message) => refusal("EC2", "RunInstances", code, message);

/** A template is looked at only when a group uses it. Source: public error reports of CreateAutoScalingGroup. */
const sayTemplate: Say = (_code, message) =>
  refusal(
    "Auto Scaling",
    "CreateAutoScalingGroup",
    "ValidationError",
    `You must use a valid fully-formed launch template. ${message}`,
  );

function machineProblems(say: Say, type: string, image: string, world: World): string[] {
  const [ofType, ofImage] = [typeArchitecture(type), imageArchitecture(image, world)];
  const mismatch =
    `The architecture '${ofType}' of the specified instance type does not match the architecture '${ofImage}' of the specified AMI. ` +
    "Specify an instance type and an AMI that have matching architectures, and try again. " +
    "You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.";
  return problems(
    image !== "" &&
      !image.startsWith("resolve:ssm:") &&
      !ec2Exists("ami", image, world) &&
      say("InvalidAMIID.NotFound", `The image id '[${image}]' does not exist`),
    type !== "" &&
      !/^[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9-]+$/.test(type) &&
      say("InvalidParameterValue", `Invalid value '${type}' for InstanceType.`),
    type !== "" && ofImage !== undefined && ofImage !== ofType && say("InvalidParameterValue", mismatch),
  );
}

/** An instance profile by name or ARN; those of other stacks are known only to tests that declare them. */
function profileProblem(say: Say, value: Json, world: World): string | undefined {
  const id = text(value);
  if (!id) return undefined;
  const exists =
    world.ofType(profileType).some((made) => made.inputs.name === id || made.outputs.arn === id) ||
    isDeclared(world, id);
  const kind = id.startsWith("arn:") ? "arn" : "name";
  const noun = kind === "arn" ? "ARN" : "name";
  const says = `Value (${id}) for parameter iamInstanceProfile.${kind} is invalid. Invalid IAM Instance Profile ${noun}`;
  return exists ? undefined : say("InvalidParameterValue", says);
}

function metadataProblems(options: Properties): string[] {
  const hops = number(options.httpPutResponseHopLimit);
  return problems(
    hops !== undefined &&
      (hops < 1 || hops > 64) &&
      `expected metadata_options.0.http_put_response_hop_limit to be in the range (1 - 64), got ${hops}`,
    given(options.httpTokens) &&
      !["optional", "required"].includes(text(options.httpTokens)) &&
      `expected metadata_options.0.http_tokens to be one of ["optional" "required"], got ${text(options.httpTokens)}`,
  );
}

/** Tags can be read through the metadata service only if their keys suit a URL. Source: cloud-facts-aws 3. */
function metadataTagProblems(operation: string, options: Properties, tags: Properties): string[] {
  if (text(options.instanceMetadataTags) !== "enabled") return [];
  return Object.keys(tags)
    .filter((key) => !/^[A-Za-z0-9+\-=._,:@]+$/.test(key) || ["_index", ".", ".."].includes(key))
    .map((key) => {
      const says = `'${key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`;
      return refusal("EC2", operation, "InvalidParameterValue", says);
    });
}

function interfaceConflicts(inputs: Properties): string[] {
  if (!given(record(inputs.primaryNetworkInterface).networkInterfaceId)) return [];
  return [
    "subnetId",
    "vpcSecurityGroupIds",
    "securityGroups",
    "privateIp",
    "sourceDestCheck",
    "associatePublicIpAddress",
    "secondaryPrivateIps",
  ]
    .filter((field) => given(inputs[field]))
    .map(
      (field) =>
        `"primary_network_interface": conflicts with ${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    );
}

function instanceUserData(inputs: Properties): string[] {
  const raw = text(inputs.userData);
  const encoded = text(inputs.userDataBase64);
  const length = encoded ? decodedLength(encoded) : Buffer.byteLength(raw);
  return problems(
    raw !== "" && encoded !== "" && '"user_data": conflicts with user_data_base64',
    length === undefined && 'expected "user_data_base64" to be a base64 string',
    length !== undefined &&
      length > userDataLimit &&
      refusal("EC2", "RunInstances", "InvalidParameterValue", `User data is limited to ${userDataLimit} bytes`),
  );
}

/** Where an instance stands: its interface, if it has one, decides. */
function placeOf(inputs: Properties, world: World): { subnetId: string; privateIp: string; interfaceId: string } {
  const interfaceId = text(record(inputs.primaryNetworkInterface).networkInterfaceId);
  const made = ownById(world, interfaceType, interfaceId);
  return {
    interfaceId,
    subnetId: text(made?.inputs.subnetId) || text(inputs.subnetId),
    privateIp: text(made?.outputs.privateIp) || text(inputs.privateIp),
  };
}

function instancePlacement(inputs: Properties, world: World): string[] {
  const { subnetId, interfaceId } = placeOf(inputs, world);
  const zone = text(inputs.availabilityZone);
  const actual = subnetFacts(subnetId || "subnet-0", regionOf(inputs, world), world).zone;
  const inUse = world
    .ofType(instanceType)
    .find((other) => interfaceId !== "" && placeOf(other.inputs, world).interfaceId === interfaceId);
  const home = vpcOf(subnetId, world);
  const foreign = texts(inputs.vpcSecurityGroupIds).filter(
    (id) => home !== undefined && (vpcOf(id, world) ?? home) !== home,
  );
  return problems(
    zone !== "" &&
      subnetId !== "" &&
      zone !== actual &&
      refusal(
        "EC2",
        "RunInstances",
        "InvalidParameterValue",
        `The subnet '${subnetId}' is in the availability zone ${actual}, not in ${zone}`,
      ),
    inUse && refusal("EC2", "RunInstances", "InvalidNetworkInterface.InUse", `Interface: [${interfaceId}] in use.`),
    foreign.map((id) =>
      refusal(
        "EC2",
        "RunInstances",
        "InvalidGroup.NotFound",
        `The security group '${id}' does not exist in VPC '${home}'`,
      ),
    ),
  );
}

/** What the provider looks at twice before it replaces a machine. Source: CustomizeDiff in ec2_instance.go. */
function instanceReplaces(olds: Properties, news: Properties): readonly string[] {
  const types = [text(olds.instanceType), text(news.instanceType)].filter((type) => type !== "" && isKnown(type));
  const architectures = new Set(types.map(typeArchitecture));
  return problems(
    architectures.size > 1 && "instanceType",
    news.userDataReplaceOnChange === true && ["userData", "userDataBase64"],
    // `$Default` and `$Latest` count only once they stand for another version than the machine's.
    /^\d+$/.test(text(record(news.launchTemplate).version)) && "launchTemplate.version",
    olds.enablePrimaryIpv6 === true && news.enablePrimaryIpv6 !== true && "enablePrimaryIpv6",
  );
}

/** Another type or other user data stops the machine, unless it is protected; its root disk only grows. */
function instanceUpdate(olds: Properties, news: Properties): string[] {
  const stops = ["instanceType", "userData", "userDataBase64"].some((input) => olds[input] !== news[input]);
  const guarded = olds.disableApiStop === true && news.disableApiStop === true;
  const says = "This instance may not be stopped. Modify its 'disableApiStop' instance attribute and try again.";
  return problems(
    stops && guarded && refusal("EC2", "StopInstances", "OperationNotPermitted", says),
    shrinking(record(olds.rootBlockDevice).volumeSize, record(news.rootBlockDevice).volumeSize),
  );
}

function terminationProtection({ id, inputs }: LiveResource): string[] {
  const guard = ["disableApiTermination", "disableApiStop"].find((input) => inputs[input] === true);
  if (guard === undefined || inputs.forceDestroy === true) return [];
  const says = `The instance '${id}' may not be terminated. Modify its '${guard}' instance attribute and try again.`;
  return [refusal("EC2", "TerminateInstances", "OperationNotPermitted", says)];
}

/** Parts of a disk that are made with the machine; `ebs_block_device` in ec2_instance.go. */
const diskParts = [
  "deleteOnTermination",
  "deviceName",
  "encrypted",
  "iops",
  "kmsKeyId",
  "snapshotId",
  "throughput",
  "volumeSize",
  "volumeType",
];

const instance: ResourceModel = {
  required: [],
  source: `${tf}/ec2/ec2_instance.go; EC2 RunInstances, TerminateInstances, ModifyVolume API references; cloud-facts-aws 5, 10`,
  defaults: { getPasswordData: false, sourceDestCheck: true, userDataReplaceOnChange: false },
  forcesReplacement: [
    "ami",
    "associatePublicIpAddress",
    "availabilityZone",
    "cpuOptions",
    ...diskParts.map((part) => `ebsBlockDevices[].${part}`),
    "ebsOptimized",
    "enclaveOptions",
    "ephemeralBlockDevices",
    "hibernation",
    "hostId",
    "instanceMarketOptions",
    "ipv6Addresses",
    "keyName",
    "launchTemplate.id",
    "launchTemplate.name",
    "networkInterfaces",
    "placementGroup",
    "placementGroupId",
    "placementPartitionNumber",
    "primaryNetworkInterface",
    "privateDnsNameOptions",
    "privateIp",
    "rootBlockDevice.encrypted",
    "rootBlockDevice.kmsKeyId",
    "secondaryNetworkInterfaces",
    "securityGroups",
    "subnetId",
    "tenancy",
    "region",
  ],
  replaces: instanceReplaces,
  recomputed: tagged,
  checkUpdate: instanceUpdate,
  checkDelete: terminationProtection,
  takesAlong: parts({
    [attachmentType]: "instanceId",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": "targetId",
    "aws:ec2/eipAssociation:EipAssociation": "instanceId",
  }),
  check: (inputs, world) =>
    problems(
      missingRefs("RunInstances", inputs, world, { subnetId: "subnet", vpcSecurityGroupIds: "sg" }),
      missingRefs("RunInstances", record(inputs.primaryNetworkInterface), world, { networkInterfaceId: "eni" }),
      !given(inputs.ami) && !given(inputs.launchTemplate) && '"ami": one of `ami,launch_template` must be specified',
      !given(inputs.instanceType) &&
        !given(inputs.launchTemplate) &&
        '"instance_type": one of `instance_type,launch_template` must be specified',
      machineProblems(sayRunInstances, text(inputs.instanceType), text(inputs.ami), world),
      profileProblem(sayRunInstances, inputs.iamInstanceProfile, world),
      metadataProblems(record(inputs.metadataOptions)),
      metadataTagProblems("RunInstances", record(inputs.metadataOptions), tagsAll(inputs, world)),
      interfaceConflicts({ ...inputs, sourceDestCheck: undefined }),
      instanceUserData(inputs),
      instancePlacement(inputs, world),
      rootDiskProblems(record(inputs.rootBlockDevice), inputs, world),
    ),
  create(inputs, world, { urn }) {
    const id = ec2Id("i", world, urn);
    const region = regionOf(inputs, world);
    const place = placeOf(inputs, world);
    const zone = subnetFacts(place.subnetId || "subnet-0", region, world).zone;
    const privateIp = place.privateIp || `172.31.${hashBelow(urn, 250)}.${4 + hashBelow(id, 250)}`;
    return {
      id,
      outputs: {
        ...common(inputs, world),
        arn: arn("ec2", region, `instance/${id}`),
        availabilityZone: text(inputs.availabilityZone) || zone,
        subnetId: place.subnetId,
        privateIp,
        privateDns: `ip-${privateIp.replace(/\./g, "-")}.${region}.compute.internal`,
        primaryNetworkInterfaceId: place.interfaceId || ec2Id("eni", world, `${urn}#primary`),
        instanceState: "running",
        ...(inputs.associatePublicIpAddress === true ? { publicIp: publicAddress(urn) } : {}),
      },
    };
  },
};

function rootDiskProblems(disk: Properties, inputs: Properties, world: World): string[] {
  const shape = {
    type: text(disk.volumeType) || "gp2",
    size: number(disk.volumeSize),
    iops: number(disk.iops),
    throughput: number(disk.throughput),
  };
  const kms = kmsProblem(disk.kmsKeyId, regionOf(inputs, world));
  const limits = Object.keys(disk).length > 0 ? volumeLimits(shape) : [];
  return [...limits, ...(kms ? [kms] : [])].map((says) =>
    refusal("EC2", "RunInstances", "InvalidParameterValue", says),
  );
}

const volumeAttachment: ResourceModel = {
  required: ["deviceName", "instanceId", "volumeId"],
  source: `${tf}/ec2/ebs_volume_attachment.go; EC2 AttachVolume API reference; cloud-facts-aws 5`,
  forcesReplacement: ["deviceName", "instanceId", "volumeId", "region"],
  check(inputs, world) {
    const [machineId, diskId, device] = [text(inputs.instanceId), text(inputs.volumeId), text(inputs.deviceName)];
    const machine = ownById(world, instanceType, machineId);
    const disk = ownById(world, volumeType, diskId);
    const [machineZone, diskZone] = [text(machine?.outputs.availabilityZone), text(disk?.inputs.availabilityZone)];
    const others = world.ofType(attachmentType);
    const refuse = (code: string, says: string): string => refusal("EC2", "AttachVolume", code, says);
    return problems(
      missingRefs("AttachVolume", inputs, world, { instanceId: "i", volumeId: "vol" }),
      machineZone !== "" &&
        diskZone !== "" &&
        machineZone !== diskZone &&
        refuse(
          "InvalidVolume.ZoneMismatch",
          `The volume '${diskId}' is not in the same availability zone as instance '${machineId}'`,
        ),
      others.some((other) => other.inputs.volumeId === diskId) &&
        refuse("VolumeInUse", `${diskId} is already attached to an instance`),
      others.some((other) => other.inputs.instanceId === machineId && other.inputs.deviceName === device) &&
        refuse(
          "InvalidParameterValue",
          `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
        ),
      !/^(\/dev\/)?(sd[a-z]\d{0,2}|xvd[a-z]{1,2}|hd[a-z])$/.test(device) &&
        refuse(
          "InvalidParameterValue",
          `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`,
        ),
    );
  },
  create: (inputs, world, { urn }) => ({
    id: `vai-${world.random(urn, 10, "0123456789")}`,
    outputs: { region: regionOf(inputs, world) },
  }),
};

function templateUserData(inputs: Properties): string[] {
  const encoded = text(inputs.userData);
  const length = decodedLength(encoded);
  return problems(
    encoded !== "" &&
      length === undefined &&
      refusal("EC2", "CreateLaunchTemplate", "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."),
    length !== undefined &&
      length > userDataLimit &&
      refusal(
        "EC2",
        "CreateLaunchTemplate",
        "InvalidUserData.Malformed",
        `User data is limited to ${userDataLimit} bytes`,
      ),
  );
}

/** Inputs of a template that no version holds. Source: CustomizeDiff in ec2_launch_template.go. */
const besideVersions = ["name", "namePrefix", "defaultVersion", "description", "tags", "updateDefaultVersion"];

/** A resource as an update finds it. */
type Before = Pick<LiveResource, "inputs" | "outputs">;

/** A change of what a version holds makes the next version; the default moves only when told to. */
function templateVersions(inputs: Properties, before: Before | undefined): { latest: number; standard: number } {
  const content = (all: Properties): Properties =>
    Object.fromEntries(Object.entries(all).filter(([input]) => !besideVersions.includes(input)));
  const old = number(before?.outputs.latestVersion) ?? 0;
  const latest = before && isDeepStrictEqual(content(before.inputs), content(inputs)) ? old : old + 1;
  const kept = number(inputs.defaultVersion) ?? number(before?.outputs.defaultVersion) ?? 1;
  return { latest, standard: inputs.updateDefaultVersion === true ? latest : kept };
}

const launchTemplate: ResourceModel = {
  required: [],
  source: `${tf}/ec2/ec2_launch_template.go; EC2 CreateLaunchTemplate, RequestLaunchTemplateData; cloud-facts-aws 2, 10`,
  naming: { input: "name", auto: "suffix7", minLength: 3, maxLength: 128, pattern: /^[a-zA-Z0-9().\-/_]+$/ },
  forcesReplacement: ["name", "namePrefix", "region"],
  recomputed: ["latestVersion", "defaultVersion", ...tagged],
  check(inputs, world) {
    const name = text(inputs.name);
    const interfaces = records(inputs.networkInterfaces);
    const options = record(inputs.metadataOptions);
    const instanceTags = records(inputs.tagSpecifications).find((entry) => entry.resourceType === "instance");
    const twin = world.ofType(templateType).some((other) => name !== "" && other.inputs.name === name);
    return problems(
      missingRefs("CreateLaunchTemplate", inputs, world, { vpcSecurityGroupIds: "sg" }),
      interfaces.flatMap((one) =>
        missingRefs("CreateLaunchTemplate", one, world, {
          subnetId: "subnet",
          securityGroups: "sg",
          networkInterfaceId: "eni",
        }),
      ),
      interfaces.length > 0 &&
        texts(inputs.vpcSecurityGroupIds).length > 0 &&
        refusal(
          "EC2",
          "RunInstances",
          "InvalidParameterCombination",
          "Network interfaces and an instance-level security groups may not be specified on the same request",
        ),
      given(inputs.updateDefaultVersion) &&
        given(inputs.defaultVersion) &&
        '"default_version": conflicts with update_default_version',
      metadataProblems(options),
      metadataTagProblems("CreateLaunchTemplate", options, record(instanceTags?.tags)),
      templateUserData(inputs),
      records(inputs.blockDeviceMappings).flatMap((mapping) => {
        const ebs = record(mapping.ebs);
        return rootDiskProblems(ebs, inputs, world);
      }),
      twin &&
        refusal(
          "EC2",
          "CreateLaunchTemplate",
          "InvalidLaunchTemplateName.AlreadyExistsException",
          "Launch template name already in use.",
        ),
    );
  },
  create(inputs, world, { urn, before }) {
    const id = ec2Id("lt", world, urn);
    const { latest, standard } = templateVersions(inputs, before);
    const outputs = {
      arn: arn("ec2", regionOf(inputs, world), `launch-template/${id}`),
      latestVersion: latest,
      defaultVersion: standard,
    };
    return { id, outputs: { ...common(inputs, world), name: inputs.name, ...outputs } };
  },
};

/** Heartbeats may be 30 to 7200 seconds apart. Source: Auto Scaling PutLifecycleHook; cloud-facts-aws 2. */
function hookProblems(hook: Properties): string[] {
  const heartbeat = number(hook.heartbeatTimeout);
  const transition = text(hook.lifecycleTransition);
  const result = text(hook.defaultResult);
  return problems(
    heartbeat !== undefined &&
      (heartbeat < 30 || heartbeat > 7200) &&
      `expected heartbeat_timeout to be in the range (30 - 7200), got ${heartbeat}`,
    !["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"].includes(transition) &&
      `expected lifecycle_transition to be one of ["autoscaling:EC2_INSTANCE_LAUNCHING" "autoscaling:EC2_INSTANCE_TERMINATING"], got ${transition}`,
    result !== "" &&
      !["CONTINUE", "ABANDON"].includes(result) &&
      `expected default_result to be one of ["CONTINUE" "ABANDON"], got ${result}`,
  );
}

function sizeProblems(inputs: Properties): string[] {
  const [low, high] = [number(inputs.minSize), number(inputs.maxSize)];
  if (low === undefined || high === undefined) return [];
  return problems(low > high && sizeRefusal(`Max bound, ${high}, must be greater than or equal to min bound, ${low}`));
}

/**
 * A new group's wish lies between its bounds. That of an existing one is sent only if it changes; bounds that leave it
 * outside move it (Auto Scaling API reference, UpdateAutoScalingGroup).
 */
function wishProblems(inputs: Properties): string[] {
  const [low, high, wanted] = [number(inputs.minSize), number(inputs.maxSize), number(inputs.desiredCapacity)];
  if (low === undefined || high === undefined || wanted === undefined) return [];
  return problems(
    (wanted < low || wanted > high) &&
      sizeRefusal(`Desired capacity:${wanted} must be between the specified min size:${low} and max size:${high}`),
  );
}

function sizeRefusal(says: string): string {
  return refusal("Auto Scaling", "CreateAutoScalingGroup", "ValidationError", says);
}

function policyPercentages(inputs: Properties): string[] {
  const preferences = record(record(inputs.instanceRefresh).preferences);
  const [low, high] = [number(preferences.minHealthyPercentage) ?? 90, number(preferences.maxHealthyPercentage) ?? 100];
  const strategy = record(inputs.instanceRefresh).strategy;
  const lifetime = number(inputs.maxInstanceLifetime);
  return problems(
    given(inputs.instanceRefresh) &&
      strategy !== "Rolling" &&
      `expected instance_refresh.0.strategy to be one of ["Rolling"], got ${text(strategy)}`,
    (low < 0 || low > 100) &&
      `expected instance_refresh.0.preferences.0.min_healthy_percentage to be in the range (0 - 100), got ${low}`,
    (high < 100 || high > 200) &&
      `expected instance_refresh.0.preferences.0.max_healthy_percentage to be in the range (100 - 200), got ${high}`,
    high - low > 100 &&
      refusal(
        "Auto Scaling",
        "StartInstanceRefresh",
        "ValidationError",
        "The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.",
      ),
    lifetime !== undefined &&
      lifetime !== 0 &&
      (lifetime < 86400 || lifetime > 31536000) &&
      `expected max_instance_lifetime to be in the range (86400 - 31536000), got ${lifetime}`,
  );
}

function templateReference(inputs: Properties, world: World): string[] {
  const used = record(inputs.launchTemplate);
  const made = world
    .ofType(templateType)
    .find((other) => other.id === used.id || (given(used.name) && other.inputs.name === used.name));
  const version = text(used.version);
  const latest = number(made?.outputs.latestVersion) ?? 1;
  const refuse = (says: string): string => sayTemplate("ValidationError", says);
  if (!given(inputs.launchTemplate)) {
    const others = ["launchConfiguration", "mixedInstancesPolicy", "instanceId"].some((field) => given(inputs[field]));
    return others
      ? []
      : [
          '"launch_configuration": one of `launch_configuration,launch_template,mixed_instances_policy` must be specified',
        ];
  }
  return problems(
    !made &&
      !/^lt-[0-9a-f]{17}$/.test(text(used.id)) &&
      refuse(`The specified launch template, with template ID ${text(used.id)}, does not exist.`),
    made &&
      !/^(\$Latest|\$Default|\d+)?$/.test(version) &&
      refuse(`Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.`),
    made &&
      /^\d+$/.test(version) &&
      Number(version) > latest &&
      refuse(`Could not find the specified version ${version} for the launch template with ID ${text(used.id)}.`),
    made && !given(made.inputs.imageId) && refuse("The request must contain the parameter ImageId"),
    made && !given(made.inputs.instanceType) && refuse("The request must contain the parameter InstanceType"),
    made && templateProblems(made.inputs, world),
  );
}

function templateProblems(template: Properties, world: World): string[] {
  const profile = record(template.iamInstanceProfile);
  return problems(
    machineProblems(sayTemplate, text(template.instanceType), text(template.imageId), world),
    profileProblem(sayTemplate, profile.arn ?? profile.name, world),
  );
}

function groupPlacement(inputs: Properties, world: World): string[] {
  const subnets = texts(inputs.vpcZoneIdentifiers);
  const zones = texts(inputs.availabilityZones);
  const refuse = (says: string): string => refusal("Auto Scaling", "CreateAutoScalingGroup", "ValidationError", says);
  return problems(
    missingRefs("DescribeSubnets", inputs, world, { vpcZoneIdentifiers: "subnet" }),
    subnets.length === 0 && zones.length === 0 && refuse("At least one Availability Zone or VPC Subnet is required."),
    zones
      .filter((zone) => !zonesOf(regionOf(inputs, world)).includes(zone))
      .map((zone) => refuse(`Invalid availability zone ${zone}`)),
    texts(inputs.targetGroupArns)
      .filter((id) => !ownById(world, targetGroupType, id) && !parseArn(id))
      .map(() => refuse("Provided Target Groups may not be valid. Please ensure they exist and try again.")),
  );
}

const group: ResourceModel = {
  required: ["maxSize", "minSize"],
  source: `${tf}/autoscaling/group.go; Auto Scaling CreateAutoScalingGroup API reference; cloud-facts-aws 2`,
  naming: { input: "name", auto: "suffix7", maxLength: 255, pattern: /^[^:]+$/ },
  defaults: {
    healthCheckGracePeriod: 300,
    waitForCapacityTimeout: "10m",
    metricsGranularity: "1Minute",
    forceDelete: false,
  },
  forcesReplacement: ["name", "namePrefix", "initialLifecycleHooks", "region"],
  recomputed: ["availabilityZones", "desiredCapacity"],
  // The provider scales a group to nothing before it deletes it, so that its machines do not keep it.
  takesAlong: parts({ [hookType]: "autoscalingGroupName", [policyType]: "autoscalingGroupName" }),
  checkNew: wishProblems,
  check(inputs, world) {
    const name = text(inputs.name);
    const hooks = records(inputs.initialLifecycleHooks);
    const tagKeys = records(inputs.tags).map((tag) => text(tag.key));
    const twin = world.ofType(groupType).some((other) => name !== "" && other.inputs.name === name);
    return problems(
      sizeProblems(inputs),
      policyPercentages(inputs),
      templateReference(inputs, world),
      groupPlacement(inputs, world),
      hooks.flatMap(hookProblems),
      repeated(hooks.map((hook) => text(hook.name))).map((hook) =>
        refusal("Auto Scaling", "CreateAutoScalingGroup", "ValidationError", `Duplicate lifecycle hook name ${hook}`),
      ),
      repeated(tagKeys).map((key) =>
        refusal("Auto Scaling", "CreateAutoScalingGroup", "ValidationError", `Duplicate tag key ${key}`),
      ),
      twin &&
        refusal(
          "Auto Scaling",
          "CreateAutoScalingGroup",
          "AlreadyExists",
          "AutoScalingGroup by this name already exists - A group with the name " + name + " already exists",
        ),
    );
  },
  create(inputs, world, { urn, before }) {
    const name = text(inputs.name);
    const region = regionOf(inputs, world);
    const subnets = texts(inputs.vpcZoneIdentifiers);
    const [low, high] = [number(inputs.minSize) ?? 0, number(inputs.maxSize) ?? 0];
    // Without a wish the group stays as large as it is, within its bounds.
    const wanted = number(inputs.desiredCapacity) ?? number(before?.outputs.desiredCapacity) ?? low;
    const outputs = {
      name,
      arn: arn(
        "autoscaling",
        region,
        `autoScalingGroup:${world.random(urn, 8, "0123456789abcdef")}-0000-4000-8000-000000000000:autoScalingGroupName/${name}`,
      ),
      availabilityZones: [...new Set(subnets.map((id) => subnetFacts(id, region, world).zone))].sort(),
      desiredCapacity: Math.min(Math.max(wanted, low), high),
    };
    return { id: name, outputs: { region, ...outputs } };
  },
};

function groupProblem(operation: string, inputs: Properties, world: World): string | undefined {
  const name = text(inputs.autoscalingGroupName);
  const made = world.ofType(groupType).some((other) => other.inputs.name === name);
  // The group's name is known in a preview, the group itself is only planned then.
  if (made || world.preview || isDeclared(world, name)) return undefined;
  return refusal(
    "Auto Scaling",
    operation,
    "ValidationError",
    `AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`,
  );
}

const lifecycleHook: ResourceModel = {
  required: ["autoscalingGroupName", "lifecycleTransition"],
  source: `${tf}/autoscaling/lifecycle_hook.go; Auto Scaling PutLifecycleHook API reference (creates or updates)`,
  naming: { input: "name", auto: "suffix7", maxLength: 255, pattern: /^[A-Za-z0-9\-_/]+$/ },
  forcesReplacement: ["name", "autoscalingGroupName", "region"],
  check: (inputs, world) => problems(groupProblem("PutLifecycleHook", inputs, world), hookProblems(inputs)),
  create: (inputs, world) => ({
    id: text(inputs.name),
    outputs: { name: inputs.name, region: regionOf(inputs, world) },
  }),
};

/** What each argument of a policy is for. Source: expandPutScalingPolicyInput in autoscaling/policy.go, in its order. */
/* prettier-ignore */
const policyArguments: readonly { input: string; name: string; types: readonly string[]; required?: true }[] = [
  { input: "cooldown", name: "cooldown", types: ["SimpleScaling"] },
  { input: "estimatedInstanceWarmup", name: "estimated_instance_warmup", types: ["StepScaling", "TargetTrackingScaling"] },
  { input: "scalingAdjustment", name: "scaling_adjustment", types: ["SimpleScaling"], required: true },
  { input: "stepAdjustments", name: "step_adjustment", types: ["StepScaling"], required: true },
  { input: "targetTrackingConfiguration", name: "target_tracking_configuration", types: ["TargetTrackingScaling"], required: true },
];

/** The provider stops at the first argument that does not go with the type. */
function policyTypeProblem(inputs: Properties): string | undefined {
  const type = text(inputs.policyType) || "SimpleScaling";
  const isGiven = (value: Json): boolean => (Array.isArray(value) ? value.length > 0 : given(value));
  if (isGiven(inputs.scalingAdjustment) && isGiven(inputs.stepAdjustments)) {
    return '"scaling_adjustment": conflicts with step_adjustment';
  }
  for (const { input, name, types, required } of policyArguments) {
    const value = inputs[input];
    const applies = types.includes(type);
    // A zero means nothing to the types that do not take the argument.
    if (isGiven(value) && value !== 0 && !applies) {
      return `${name} is only supported for policy type ${types.join(" and ")}`;
    }
    if (required && applies && !isGiven(value)) return `${name} is required for policy type ${type}`;
  }
  return undefined;
}

/**
 * What the steps of a policy have to do with one another. Source: Auto Scaling API reference, StepAdjustment; the refusal
 * of an end that is missing is quoted in github.com/hashicorp/terraform-provider-aws issue 9077.
 */
function stepProblems(inputs: Properties): string[] {
  const refuse = (says: string): string => refusal("Auto Scaling", "PutScalingPolicy", "ValidationError", says);
  const all = records(inputs.stepAdjustments);
  const wrong = all
    .flatMap((step) => [step.metricIntervalLowerBound, step.metricIntervalUpperBound])
    .filter((bound) => given(bound) && number(bound) === undefined);
  if (wrong.length > 0) return wrong.map((bound) => `"step_adjustment": cannot parse '${text(bound)}' as float`);
  const steps = all
    .map((step) => ({
      low: number(step.metricIntervalLowerBound) ?? -Infinity,
      high: number(step.metricIntervalUpperBound) ?? Infinity,
    }))
    .sort((a, b) => a.low - b.low);
  const openEnd = (end: string, sign: string): string =>
    refuse(
      `There must be a StepAdjustment with an unspecified ${end} bound (i.e., ${end} bound is null) when one StepAdjustment has a ${sign} ${end} bound`,
    );
  return problems(
    steps.some(({ low, high }) => low === -Infinity && high === Infinity) &&
      refuse("Both lower and upper bounds of a step adjustment cannot be left unspecified"),
    steps.some(({ low, high }) => low >= high) && refuse("An upper bound has to be above the lower bound of its step"),
    steps.some(({ high }) => high > 0 && high < Infinity) &&
      !steps.some(({ high }) => high === Infinity) &&
      openEnd("upper", "positive"),
    steps.some(({ low }) => low < 0 && low > -Infinity) &&
      !steps.some(({ low }) => low === -Infinity) &&
      openEnd("lower", "negative"),
    steps.some(({ low }, index) => index > 0 && low !== steps[index - 1]!.high) &&
      refuse("The ranges of step adjustments can neither overlap nor have a gap"),
  );
}

const scalingPolicy: ResourceModel = {
  required: ["autoscalingGroupName"],
  source: `${tf}/autoscaling/policy.go; Auto Scaling PutScalingPolicy, StepAdjustment API references`,
  naming: { input: "name", auto: "suffix7", maxLength: 255 },
  defaults: { policyType: "SimpleScaling" },
  forcesReplacement: ["name", "autoscalingGroupName", "region"],
  check(inputs, world) {
    const tracking = record(inputs.targetTrackingConfiguration);
    const target = number(tracking.targetValue);
    const adjustments = ["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"];
    const aggregations = ["Minimum", "Maximum", "Average"];
    const refuse = (says: string): string => refusal("Auto Scaling", "PutScalingPolicy", "ValidationError", says);
    return problems(
      groupProblem("PutScalingPolicy", inputs, world),
      policyTypeProblem(inputs),
      stepProblems(inputs),
      ["SimpleScaling", "StepScaling"].includes(text(inputs.policyType)) &&
        !adjustments.includes(text(inputs.adjustmentType)) &&
        refuse(`AdjustmentType has to be one of ${adjustments.join(", ")}`),
      given(inputs.metricAggregationType) &&
        !aggregations.includes(text(inputs.metricAggregationType)) &&
        refuse(`MetricAggregationType has to be one of ${aggregations.join(", ")}`),
      given(inputs.targetTrackingConfiguration) &&
        (target === undefined || target <= 0) &&
        refuse("Target value must be greater than 0"),
    );
  },
  create(inputs, world, { urn }) {
    const name = text(inputs.name);
    const tail = `autoScalingGroupName/${text(inputs.autoscalingGroupName)}:policyName/${name}`;
    const own = arn(
      "autoscaling",
      regionOf(inputs, world),
      `scalingPolicy:${world.random(urn, 12, "0123456789abcdef")}:${tail}`,
    );
    return { id: name, outputs: { name, arn: own, region: regionOf(inputs, world) } };
  },
};

const keyPair: ResourceModel = {
  required: ["publicKey"],
  source: `${tf}/ec2/ec2_key_pair.go; EC2 ImportKeyPair API reference`,
  naming: { input: "keyName", auto: "suffix7", maxLength: 255 },
  forcesReplacement: ["keyName", "keyNamePrefix", "publicKey", "region"],
  recomputed: tagged,
  check: (inputs) =>
    /^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]+={0,2}( .*)?\s*$/.test(text(inputs.publicKey))
      ? []
      : [refusal("EC2", "ImportKeyPair", "InvalidKey.Format", "Key is not in valid OpenSSH public key format")],
  create(inputs, world, { urn }) {
    const id = text(inputs.keyName);
    const outputs = {
      keyPairId: ec2Id("key", world, urn),
      keyType: text(inputs.publicKey).startsWith("ssh-rsa") ? "rsa" : "ed25519",
    };
    return {
      id,
      outputs: { ...common(inputs, world), arn: arn("ec2", regionOf(inputs, world), `key-pair/${id}`), ...outputs },
    };
  },
};

const amiCopy: ResourceModel = {
  required: ["sourceAmiId", "sourceAmiRegion"],
  source: `${tf}/ec2/ec2_ami_copy.go (deregisters and removes its snapshots on delete); EC2 CopyImage API reference`,
  naming: { input: "name", auto: "suffix7", minLength: 3, maxLength: 128 },
  defaults: { encrypted: false },
  forcesReplacement: [
    "name",
    "destinationOutpostArn",
    "encrypted",
    "kmsKeyId",
    "sourceAmiId",
    "sourceAmiRegion",
    "region",
  ],
  recomputed: tagged,
  check(inputs, world) {
    const source = text(inputs.sourceAmiId);
    const kms = kmsProblem(inputs.kmsKeyId, regionOf(inputs, world));
    return problems(
      !ec2Exists("ami", source, world) &&
        refusal("EC2", "CopyImage", "InvalidAMIID.NotFound", `The image id '[${source}]' does not exist`),
      given(inputs.kmsKeyId) &&
        inputs.encrypted !== true &&
        refusal(
          "EC2",
          "CopyImage",
          "InvalidParameterDependency",
          "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ),
      kms && refusal("EC2", "CopyImage", "InvalidParameterValue", kms),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("ami", world, urn);
    const outputs = {
      name: inputs.name,
      arn: arn("ec2", regionOf(inputs, world), `image/${id}`),
      architecture: imageArchitecture(text(inputs.sourceAmiId), world) ?? "x86_64",
      manageEbsSnapshots: true,
      rootDeviceName: "/dev/sda1",
    };
    return { id, outputs: { ...common(inputs, world), ...outputs } };
  },
};

/** Machines and groups of machines. */
export const compute: Readonly<Record<string, ResourceModel>> = {
  [instanceType]: instance,
  [attachmentType]: volumeAttachment,
  [templateType]: launchTemplate,
  [groupType]: group,
  [hookType]: lifecycleHook,
  [policyType]: scalingPolicy,
  "aws:ec2/keyPair:KeyPair": keyPair,
  "aws:ec2/amiCopy:AmiCopy": amiCopy,
};
