/**
 * Simulated load balancers: balancer, listeners and their rules, target groups, targets.
 */
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { isMissing } from "../existing";
import { given, hashBelow, hexDigits, number, problems, record, records, repeated, text, texts } from "../values";
import {
  arn,
  common,
  isKnown,
  missingRefs,
  ownById,
  parseArn,
  partitionOf,
  parts,
  refusal,
  regionOf,
  tagged,
  vpcOf,
} from "./account";
import { certificateType } from "./dns";
import { subnetFacts } from "./network";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service/elbv2";
export const balancerType = "aws:lb/loadBalancer:LoadBalancer";
export const targetGroupType = "aws:lb/targetGroup:TargetGroup";
const listenerType = "aws:lb/listener:Listener";
const ruleType = "aws:lb/listenerRule:ListenerRule";
const attachmentType = "aws:lb/targetGroupAttachment:TargetGroupAttachment";
const service = "Elastic Load Balancing v2";
/** Up to 32 letters, digits and hyphens, none of the hyphens at an end. Source: ELBv2 CreateLoadBalancer. */
const elbName = /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;

/** Hosted zones of network load balancers, for alias records. Source: AWS General Reference, "ELB endpoints". */
const nlbZones: Readonly<Record<string, string>> = {
  "us-east-1": "Z26RNL4JYFTOTI",
  "us-east-2": "ZLMOA37VPKANP",
  "us-west-1": "Z24FKFUX50B4VW",
  "us-west-2": "Z18D5FSROUN65G",
  "eu-central-1": "Z3F0SRJ5LGBH90",
  "eu-west-1": "Z2IFOLAFXWLO4F",
  "eu-west-2": "ZD4D7Y8KGAS4G",
  "eu-west-3": "Z1CMS0P5QUZ6D5",
};

/** Those of application load balancers. Same source. */
const albZones: Readonly<Record<string, string>> = {
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-2": "Z1H1FL5HABSF5",
  "eu-central-1": "Z215JYRZR1TBD5",
  "eu-west-1": "Z32O12XQLNTSW2",
};

function subnetsOf(inputs: Properties): readonly string[] {
  return [...texts(inputs.subnets), ...records(inputs.subnetMappings).map((mapping) => text(mapping.subnetId))];
}

function placementProblems(inputs: Properties, world: World): string[] {
  const subnets = subnetsOf(inputs);
  const facts = subnets.map((id) => subnetFacts(id, regionOf(inputs, world), world));
  const vpcs = new Set(subnets.flatMap((id) => vpcOf(id, world) ?? []));
  const foreign = texts(inputs.securityGroups).filter(
    (id) => vpcs.size > 0 && !vpcs.has(vpcOf(id, world) ?? [...vpcs][0]!),
  );
  const refuse = (code: string, says: string): string => refusal(service, "CreateLoadBalancer", code, says);
  return problems(
    subnets.length === 0 && refuse("ValidationError", "At least one subnet must be specified"),
    text(inputs.loadBalancerType) !== "network" &&
      subnets.length === 1 &&
      refuse("ValidationError", "At least two subnets in two different Availability Zones must be specified"),
    repeated(facts.map(({ zone }) => zone)).length > 0 &&
      refuse(
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
      ),
    vpcs.size > 1 && refuse("InvalidConfigurationRequest", `The subnets must belong to the same VPC`),
    foreign.length > 0 && refuse("InvalidConfigurationRequest", `One or more security groups are invalid`),
  );
}

/**
 * What a network load balancer cannot change: subnets only come, and it has security groups from birth or never.
 * Source: customizeDiffLoadBalancerNLB in load_balancer.go, which leaves unknown values alone.
 */
function balancerReplaces(olds: Properties, news: Properties): readonly string[] {
  const fewer = number(news.secondaryIpsAutoAssignedPerSubnet) ?? 0;
  const mappings = [olds, news].map((inputs) => records(inputs.subnetMappings).map((entry) => JSON.stringify(entry)));
  const lost = mappings[0]!.some((entry) => !mappings[1]!.includes(entry));
  const [before, after] = [olds, news].map((inputs) => texts(inputs.securityGroups).length);
  if (text(news.loadBalancerType) !== "network") return lost && isKnown(news.subnetMappings) ? ["subnetMappings"] : [];
  return problems(
    texts(news.subnets).length <= texts(olds.subnets).length && isKnown(news.subnets) && "subnets",
    lost && isKnown(news.subnetMappings) && "subnetMappings",
    (before === 0) !== (after === 0) && isKnown(news.securityGroups) && "securityGroups",
    fewer < (number(olds.secondaryIpsAutoAssignedPerSubnet) ?? 0) && "secondaryIpsAutoAssignedPerSubnet",
  );
}

function balancerProtection({ id, inputs }: LiveResource): string[] {
  const says = `Load balancer '${id}' cannot be deleted because deletion protection is enabled`;
  return inputs.enableDeletionProtection === true
    ? [refusal(service, "DeleteLoadBalancer", "OperationNotPermitted", says)]
    : [];
}

const loadBalancer: ResourceModel = {
  required: [],
  source: `${tf}/load_balancer.go; ELBv2 CreateLoadBalancer, DeleteLoadBalancer API references; cloud-facts-aws 4`,
  naming: { input: "name", auto: "suffix7", maxLength: 32, pattern: elbName },
  defaults: { loadBalancerType: "application", enableCrossZoneLoadBalancing: false, internal: false },
  forcesReplacement: ["name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool", "region"],
  replaces: balancerReplaces,
  recomputed: tagged,
  checkDelete: balancerProtection,
  takesAlong: parts({ [listenerType]: "loadBalancerArn" }),
  check(inputs, world) {
    const name = text(inputs.name);
    const twin = world.ofType(balancerType).some((other) => name !== "" && other.inputs.name === name);
    const says = `A load balancer with the same name '${name}' exists, but with different settings`;
    return problems(
      missingRefs("CreateLoadBalancer", inputs, world, { subnets: "subnet", securityGroups: "sg" }),
      records(inputs.subnetMappings).flatMap((mapping) =>
        missingRefs("CreateLoadBalancer", mapping, world, { subnetId: "subnet", allocationId: "eipalloc" }),
      ),
      given(inputs.subnets) && given(inputs.subnetMappings) && '"subnets": conflicts with subnet_mapping',
      placementProblems(inputs, world),
      twin && refusal(service, "CreateLoadBalancer", "DuplicateLoadBalancerName", says),
    );
  },
  create(inputs, world, { urn }) {
    const name = text(inputs.name);
    const region = regionOf(inputs, world);
    const kind = text(inputs.loadBalancerType) === "network" ? "net" : "app";
    const zones = kind === "net" ? nlbZones : albZones;
    const suffix = `${kind}/${name}/${world.random(urn, 16, hexDigits)}`;
    const own = arn("elasticloadbalancing", region, `loadbalancer/${suffix}`);
    return {
      id: own,
      outputs: {
        ...common(inputs, world),
        name,
        arn: own,
        arnSuffix: suffix,
        dnsName: `${name}-${suffix.split("/")[2]}.elb.${region}.${partitionOf(region).dnsSuffix}`,
        zoneId: zones[region] ?? `Z${hashBelow(`${kind} ${region}`, 1e9)}ELB`,
        vpcId: subnetsOf(inputs).map((id) => subnetFacts(id, region, world).vpcId)[0],
      },
    };
  },
};

/** Health-check ranges. Source: ELBv2 CreateTargetGroup. */
const healthRanges = {
  interval: [5, 300],
  timeout: [2, 120],
  healthyThreshold: [2, 10],
  unhealthyThreshold: [2, 10],
} as const;
/* prettier-ignore */
const snake = { interval: "interval", timeout: "timeout", healthyThreshold: "healthy_threshold", unhealthyThreshold: "unhealthy_threshold" } as const;

function healthProblems(inputs: Properties): string[] {
  const check = record(inputs.healthCheck);
  const protocol = text(check.protocol) || "TCP";
  const http = ["HTTP", "HTTPS"].includes(protocol);
  const ranges = Object.entries(healthRanges).map(([field, [low, high]]) => {
    const value = number(check[field]);
    const name = snake[field as keyof typeof snake];
    return (
      value !== undefined &&
      (value < low || value > high) &&
      `expected health_check.0.${name} to be in the range (${low} - ${high}), got ${value}`
    );
  });
  const [interval, timeout] = [number(check.interval) ?? 30, number(check.timeout)];
  return problems(
    ...ranges,
    timeout !== undefined &&
      timeout > interval &&
      refusal(
        service,
        "CreateTargetGroup",
        "ValidationError",
        `Health check timeout '${timeout}' must be smaller than or equal to the interval '${interval}'`,
      ),
    !["TCP", "HTTP", "HTTPS"].includes(protocol) &&
      `expected health_check.0.protocol to be one of ["HTTP" "HTTPS" "TCP"], got ${protocol}`,
    !http &&
      given(check.path) &&
      'Attribute "health_check.path" cannot be specified when "health_check.protocol" is "TCP".',
    !http &&
      given(check.matcher) &&
      'Attribute "health_check.matcher" cannot be specified when "health_check.protocol" is "TCP".',
  );
}

const targetGroup: ResourceModel = {
  required: [],
  // Health checks change in place: github.com/hashicorp/terraform-provider-aws/pull/28018.
  source: `${tf}/target_group.go; ELBv2 CreateTargetGroup, DeleteTargetGroup API references; cloud-facts-aws 4`,
  naming: { input: "name", auto: "suffix7", maxLength: 32, pattern: elbName },
  defaults: { targetType: "instance", deregistrationDelay: 300, proxyProtocolV2: false },
  forcesReplacement: [
    "name",
    "namePrefix",
    "port",
    "protocol",
    "protocolVersion",
    "targetType",
    "vpcId",
    "ipAddressType",
    "region",
  ],
  recomputed: tagged,
  inUse: {
    by: [listenerType, ruleType],
    says: ({ id }) => {
      const says = `Target group '${id}' is currently in use by a listener or a rule`;
      return refusal(service, "DeleteTargetGroup", "ResourceInUse", says);
    },
  },
  takesAlong: parts({ [attachmentType]: "targetGroupArn" }),
  check(inputs, world) {
    const name = text(inputs.name);
    const port = number(inputs.port);
    const delay = number(inputs.deregistrationDelay);
    const twin = world.ofType(targetGroupType).some((other) => name !== "" && other.inputs.name === name);
    const needs = ["port", "protocol", "vpcId"].filter(
      (field) => inputs.targetType !== "lambda" && !given(inputs[field]),
    );
    return problems(
      missingRefs("CreateTargetGroup", inputs, world, { vpcId: "vpc" }),
      needs.map(
        (field) =>
          `Attribute "${field === "vpcId" ? "vpc_id" : field}" must be specified when "target_type" is "${text(inputs.targetType)}".`,
      ),
      port !== undefined && (port < 1 || port > 65535) && `expected port to be in the range (1 - 65535), got ${port}`,
      delay !== undefined &&
        (delay < 0 || delay > 3600) &&
        `expected deregistration_delay to be in the range (0 - 3600), got ${delay}`,
      healthProblems(inputs),
      twin &&
        refusal(
          service,
          "CreateTargetGroup",
          "DuplicateTargetGroupName",
          `A target group with the same name '${name}' exists, but with different settings`,
        ),
    );
  },
  create(inputs, world, { urn }) {
    const name = text(inputs.name);
    const suffix = `targetgroup/${name}/${world.random(urn, 16, hexDigits)}`;
    const own = arn("elasticloadbalancing", regionOf(inputs, world), suffix);
    return { id: own, outputs: { ...common(inputs, world), name, arn: own, arnSuffix: suffix, loadBalancerArns: [] } };
  },
};

/** Whether a certificate can serve a listener in this region. */
function certificateProblem(value: Json, region: string, world: World): string | undefined {
  const id = text(value);
  const parts = parseArn(id);
  const own = ownById(world, certificateType, id);
  const usable = parts?.region === region && ["acm", "iam"].includes(parts.service) && !isMissing(world, id);
  if (own || usable) return undefined;
  const says = parts ? `Certificate ARN '${id}' is not valid` : `'${id}' is not a valid certificate ARN`;
  return refusal(service, "CreateListener", parts ? "CertificateNotFound" : "ValidationError", says);
}

function listenerTargets(inputs: Properties): readonly string[] {
  return [...records(inputs.defaultActions), ...records(inputs.actions)].flatMap((action) => [
    ...texts([action.targetGroupArn]),
    ...records(record(action.forward).targetGroups).map((group) => text(group.arn)),
  ]);
}

function listenerProblems(inputs: Properties, world: World): string[] {
  const refuse = (code: string, says: string): string => refusal(service, "CreateListener", code, says);
  const balancer = ownById(world, balancerType, text(inputs.loadBalancerArn));
  const network = text(balancer?.inputs.loadBalancerType) === "network";
  const protocol = text(inputs.protocol);
  const ends = ["TLS", "HTTPS"].includes(protocol);
  const port = number(inputs.port);
  const idle = number(inputs.tcpIdleTimeoutSeconds);
  const twin = world
    .ofType(listenerType)
    .some((other) => other.inputs.loadBalancerArn === inputs.loadBalancerArn && number(other.inputs.port) === port);
  return problems(
    !balancer &&
      !parseArn(text(inputs.loadBalancerArn)) &&
      refuse("ValidationError", `'${text(inputs.loadBalancerArn)}' is not a valid load balancer ARN`),
    balancer &&
      !network &&
      !["HTTP", "HTTPS"].includes(protocol) &&
      refuse("ValidationError", `Protocol '${protocol}' must be one of 'HTTP, HTTPS'`),
    network &&
      !["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"].includes(protocol) &&
      refuse("ValidationError", `Protocol '${protocol}' must be one of 'TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC'`),
    (port === undefined || port < 1 || port > 65535) &&
      `expected port to be in the range (1 - 65535), got ${port ?? "nothing"}`,
    twin &&
      refuse(
        "DuplicateListener",
        `A listener already exists on this port for this load balancer '${text(inputs.loadBalancerArn)}'`,
      ),
    ends &&
      !given(inputs.certificateArn) &&
      refuse("ValidationError", `A certificate must be specified for ${protocol} listeners`),
    ends && given(inputs.certificateArn) && certificateProblem(inputs.certificateArn, regionOf(inputs, world), world),
    !ends &&
      given(inputs.certificateArn) &&
      refuse("ValidationError", `Certificates cannot be specified for ${protocol} listeners`),
    !ends &&
      given(inputs.sslPolicy) &&
      refuse("ValidationError", `SSL policies cannot be specified for ${protocol} listeners`),
    idle !== undefined &&
      (idle < 60 || idle > 6000) &&
      `expected tcp_idle_timeout_seconds to be in the range (60 - 6000), got ${idle}`,
    idle !== undefined &&
      protocol !== "TCP" &&
      refuse(
        "InvalidConfigurationRequest",
        `The listener attribute 'tcp.idle_timeout.seconds' is not supported for listeners with the '${protocol}' protocol`,
      ),
  );
}

function targetProblems(inputs: Properties, world: World): string[] {
  return forwardProblems(inputs, ownById(world, balancerType, text(inputs.loadBalancerArn)), world);
}

/** Whether a listener of a balancer, or a rule of such a one, can send what it takes to its target groups. */
function forwardProblems(inputs: Properties, balancer: LiveResource | undefined, world: World): string[] {
  const network = text(balancer?.inputs.loadBalancerType) === "network";
  const protocol = text(inputs.protocol);
  const accepted: Readonly<Record<string, readonly string[]>> = {
    TCP: ["TCP", "TCP_UDP"],
    TLS: ["TCP", "TLS"],
    UDP: ["UDP", "TCP_UDP"],
    TCP_UDP: ["TCP_UDP"],
  };
  return listenerTargets(inputs).flatMap((id) => {
    const group = ownById(world, targetGroupType, id);
    if (!group) {
      return [refusal(service, "CreateListener", "TargetGroupNotFound", `One or more target groups not found`)];
    }
    const fits = !network
      ? !balancer || ["HTTP", "HTTPS"].includes(text(group.inputs.protocol))
      : (accepted[protocol] ?? [protocol]).includes(text(group.inputs.protocol));
    const home = text(balancer?.outputs.vpcId);
    const apart =
      home !== "" &&
      given(group.inputs.vpcId) &&
      group.inputs.vpcId !== home &&
      vpcOf(subnetsOf(balancer!.inputs)[0] ?? "", world) !== undefined;
    return problems(
      !fits &&
        refusal(
          service,
          "CreateListener",
          "InvalidConfigurationRequest",
          `Listener protocol '${protocol}' must be compatible with target group protocol '${text(group.inputs.protocol)}'`,
        ),
      apart &&
        refusal(
          service,
          "CreateListener",
          "InvalidConfigurationRequest",
          "The following target groups cannot be used with load balancers in a different VPC",
        ),
    );
  });
}

const listener: ResourceModel = {
  required: ["defaultActions", "loadBalancerArn"],
  source: `${tf}/listener.go; ELBv2 CreateListener API reference and error codes; cloud-facts-aws 4`,
  forcesReplacement: ["loadBalancerArn", "region"],
  recomputed: tagged,
  takesAlong: parts({ [ruleType]: "listenerArn" }),
  check: (inputs, world) => problems(listenerProblems(inputs, world), targetProblems(inputs, world)),
  create(inputs, world, { urn }) {
    const path = text(inputs.loadBalancerArn).split(":loadbalancer/")[1] ?? "net/adopted/0";
    const own = arn(
      "elasticloadbalancing",
      regionOf(inputs, world),
      `listener/${path}/${world.random(urn, 16, hexDigits)}`,
    );
    return { id: own, outputs: { ...common(inputs, world), arn: own } };
  },
};

/** What a rule does has its own parameters. Source: ELBv2 API reference, Action. */
function actionProblems(action: Properties): string[] {
  const kind = text(action.type);
  const redirect = record(action.redirect);
  const says = (what: string): string => refusal(service, "CreateRule", "ValidationError", what);
  return problems(
    !["forward", "redirect", "fixed-response", "authenticate-cognito", "authenticate-oidc", "jwt-validation"].includes(
      kind,
    ) && `expected action.0.type to be a valid action type, got ${kind}`,
    kind === "forward" &&
      !given(action.targetGroupArn) &&
      !given(action.forward) &&
      says("A target group must be specified for forward actions"),
    kind === "redirect" &&
      !["HTTP_301", "HTTP_302"].includes(text(redirect.statusCode)) &&
      'expected action.0.redirect.0.status_code to be one of ["HTTP_301" "HTTP_302"]',
    kind === "fixed-response" &&
      !given(record(action.fixedResponse).contentType) &&
      'The argument "content_type" is required, but no definition was found.',
  );
}

const listenerRule: ResourceModel = {
  required: ["actions", "conditions", "listenerArn"],
  source: `${tf}/listener_rule.go; ELBv2 CreateRule API reference (priorities 1 to 50000, path patterns of 128 characters)`,
  forcesReplacement: ["listenerArn", "region"],
  recomputed: tagged,
  check(inputs, world) {
    const listenerArn = text(inputs.listenerArn);
    const made = ownById(world, listenerType, listenerArn);
    const priority = number(inputs.priority);
    const twin = world
      .ofType(ruleType)
      .some((other) => other.inputs.listenerArn === listenerArn && number(other.inputs.priority) === priority);
    const patterns = records(inputs.conditions).flatMap((condition) => texts(record(condition.pathPattern).values));
    const balancer = made && ownById(world, balancerType, text(made.inputs.loadBalancerArn));
    return problems(
      !made &&
        !parseArn(listenerArn) &&
        refusal(service, "CreateRule", "ListenerNotFound", "One or more listeners not found"),
      priority !== undefined &&
        (priority < 1 || priority > 50_000) &&
        `expected priority to be in the range (1 - 50000), got ${priority}`,
      twin &&
        priority !== undefined &&
        refusal(service, "CreateRule", "PriorityInUse", `Priority '${priority}' is currently in use`),
      patterns
        .filter((pattern) => pattern.length > 128)
        .map((pattern) => `expected length of values to be in the range (1 - 128), got ${pattern}`),
      records(inputs.actions).flatMap(actionProblems),
      forwardProblems(inputs, balancer, world),
    );
  },
  create(inputs, world, { urn, before }) {
    const own =
      text(before?.outputs.arn) ||
      `${text(inputs.listenerArn).replace(":listener/", ":listener-rule/")}/${world.random(urn, 16, hexDigits)}`;
    return { id: own, outputs: { ...common(inputs, world), arn: own } };
  },
};

const targetGroupAttachment: ResourceModel = {
  required: ["targetGroupArn", "targetId"],
  source: `${tf}/target_group_attachment.go; ELBv2 RegisterTargets API reference`,
  forcesReplacement: ["targetGroupArn", "targetId", "port", "availabilityZone", "quicServerId", "region"],
  check(inputs, world) {
    const group = ownById(world, targetGroupType, text(inputs.targetGroupArn));
    const target = text(inputs.targetId);
    const refuse = (code: string, says: string): string => refusal(service, "RegisterTargets", code, says);
    const byInstance = text(group?.inputs.targetType) === "instance" || (group && !given(group.inputs.targetType));
    const instance = ownById(world, "aws:ec2/instance:Instance", target);
    const home = instance && vpcOf(text(instance.outputs.subnetId), world);
    return problems(
      !group &&
        !parseArn(text(inputs.targetGroupArn)) &&
        refuse("TargetGroupNotFound", "One or more target groups not found"),
      byInstance &&
        !instance &&
        !/^i-[0-9a-f]{8,17}$/.test(target) &&
        refuse(
          "InvalidTarget",
          `The following targets are not in the running state and cannot be registered: '${target}'`,
        ),
      text(group?.inputs.targetType) === "ip" &&
        !/^\d+\.\d+\.\d+\.\d+$/.test(target) &&
        refuse("ValidationError", `The IP address '${target}' is not a valid IPv4 address`),
      home !== undefined &&
        group &&
        given(group.inputs.vpcId) &&
        group.inputs.vpcId !== home &&
        refuse(
          "InvalidTarget",
          `The following targets are not in the target group VPC '${text(group.inputs.vpcId)}': '${target}'`,
        ),
    );
  },
  create: (inputs, world, { urn }) => ({
    id: `${text(inputs.targetGroupArn)}-${world.random(urn, 26, "0123456789")}`,
    outputs: { region: regionOf(inputs, world) },
  }),
};

/** Load balancers. */
export const balancing: Readonly<Record<string, ResourceModel>> = {
  [balancerType]: loadBalancer,
  [listenerType]: listener,
  [ruleType]: listenerRule,
  [targetGroupType]: targetGroup,
  [attachmentType]: targetGroupAttachment,
};
