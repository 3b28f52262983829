/**
 * Reads security groups, listeners and target groups back. A way between tiers needs the way out of one and the way
 * into the other; the load balancer passes on only what a listener takes.
 */
import { at, type Json, listAt, textAt } from "./json";
import { everyPort, intersect, type PortSpan } from "./port-set";
import { isTier, type Tier } from "../openvidu/flows";
import type { PlainResource, ReachRow } from "./reach";

const ingressType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressType = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const anywhere = "0.0.0.0/0";

/** One rule of one tier's group, with the other side as a party. */
interface GroupRule {
  readonly tier: Tier;
  readonly peer: string;
  readonly protocol: ReachRow["protocol"];
  readonly ports: PortSpan;
  readonly purpose: string;
}

export function reachOnAws(resources: readonly PlainResource[]): ReachRow[] {
  const members = groupMembers(resources);
  const into = rulesOf(resources, ingressType, members);
  const outOf = rulesOf(resources, egressType, members);
  const inward = into.flatMap((rule) => waysIn(rule, outOf));
  const outward = outOf.filter(({ peer }) => !isTier(peer)).map((rule) => row(rule.tier, rule.peer, rule, rule.ports));
  return [...inward.map((each) => markUnreachable(markIdle(each, resources), resources)), ...outward];
}

/** Which tiers a security group stands for: those whose machines or load balancer are in it. */
function groupMembers(resources: readonly PlainResource[]): Map<string, Tier[]> {
  const members = new Map<string, Tier[]>();
  for (const { tier, inputs } of resources) {
    if (tier === undefined) continue;
    const groups = [
      ...listAt<string>(inputs, "securityGroups"),
      ...listAt<string>(inputs, "vpcSecurityGroupIds"),
      ...listAt<string>(inputs, "securityGroupIds"),
      ...listAt(inputs, "networkInterfaces").flatMap((each) => listAt<string>(each, "securityGroups")),
    ];
    for (const group of groups) members.set(group, [...new Set([...(members.get(group) ?? []), tier])]);
  }
  return members;
}

function rulesOf(resources: readonly PlainResource[], type: string, members: Map<string, Tier[]>): GroupRule[] {
  return resources
    .filter((each) => each.type === type)
    .flatMap(({ inputs }) => {
      const peers = peersOf(inputs, members);
      const details = {
        protocol: protocolOf(inputs),
        ports: portsOf(inputs),
        purpose: textAt(inputs, "description"),
      };
      const own = members.get(textAt(inputs, "securityGroupId")) ?? [];
      return own.flatMap((tier) => peers.map((peer) => ({ tier, peer, ...details })));
    });
}

function peersOf(inputs: Json, members: Map<string, Tier[]>): string[] {
  const group = textAt(inputs, "referencedSecurityGroupId");
  if (group !== "") return members.get(group) ?? [group];
  const range = textAt(inputs, "cidrIpv4") || textAt(inputs, "cidrIpv6") || textAt(inputs, "prefixListId");
  return [range === anywhere || range === "::/0" ? "internet" : range];
}

function protocolOf({ ipProtocol }: Json): ReachRow["protocol"] {
  return ipProtocol === "tcp" || ipProtocol === "udp" ? ipProtocol : "all";
}

function portsOf({ fromPort, toPort }: Json): PortSpan {
  return typeof fromPort === "number" && typeof toPort === "number" ? { first: fromPort, last: toPort } : everyPort;
}

/** What a rule lets in, as far as the other side may leave towards it. */
function waysIn(rule: GroupRule, outOf: readonly GroupRule[]): ReachRow[] {
  if (!isTier(rule.peer)) return [row(rule.peer, rule.tier, rule, rule.ports)];
  const ways = outOf
    .filter(({ tier, peer }) => tier === rule.peer && (peer === rule.tier || peer === "internet"))
    .filter(({ protocol }) => protocol === "all" || protocol === rule.protocol)
    .flatMap(({ ports }) => intersect([rule.ports], [ports]));
  return ways.map((ports) => row(rule.peer, rule.tier, rule, ports));
}

/** A rule at a load balancer without a listener or target behind it is said to be idle. */
function markIdle(reach: ReachRow, resources: readonly PlainResource[]): ReachRow {
  const of = (tier: string): PlainResource[] => resources.filter((each) => each.tier === tier);
  const used = isBalancer(reach.to)
    ? listenerPorts(of(reach.to))
    : isBalancer(reach.from)
      ? targetPorts(of(reach.from))
      : undefined;
  const isUsed = used === undefined || used.some((port) => port >= reach.ports.first && port <= reach.ports.last);
  return isUsed ? reach : { ...reach, purpose: `${reach.purpose} (nothing listens)` };
}

/** A rule for the Internet at machines that have no public address is a mistake that ought to show. */
function markUnreachable(reach: ReachRow, resources: readonly PlainResource[]): ReachRow {
  const machines = reach.to === "master" || reach.to === "media" ? reach.to : undefined;
  if (reach.from !== "internet" || machines === undefined || isPublic(machines, resources)) return reach;
  return { ...reach, purpose: `${reach.purpose} (no public address)` };
}

/** Unless its machines stand on interfaces without an Elastic IP, or their template says no; else the subnet decides. */
function isPublic(tier: Tier, resources: readonly PlainResource[]): boolean {
  const given = resources.flatMap(({ type, inputs }) => {
    if (type === "aws:ec2/eipAssociation:EipAssociation") return textAt(inputs, "networkInterfaceId");
    return type === "aws:ec2/eip:Eip" ? textAt(inputs, "networkInterface") : [];
  });
  return resources
    .filter((each) => each.tier === tier)
    .some(({ type, id, inputs }) => {
      if (type === "aws:ec2/networkInterface:NetworkInterface") return given.includes(id);
      if (type !== "aws:ec2/launchTemplate:LaunchTemplate") return false;
      return listAt(inputs, "networkInterfaces").every((each) => String(each["associatePublicIpAddress"]) !== "false");
    });
}

function listenerPorts(resources: readonly PlainResource[]): number[] {
  return resources
    .filter(({ type }) => type === "aws:lb/listener:Listener")
    .map(({ inputs }) => Number(inputs["port"]));
}

function targetPorts(resources: readonly PlainResource[]): number[] {
  return resources
    .filter(({ type }) => type === "aws:lb/targetGroup:TargetGroup")
    .flatMap(({ inputs }) => [Number(inputs["port"]), Number(at(inputs, "healthCheck", "port"))]);
}

function isBalancer(party: string): boolean {
  return party === "loadBalancer" || party === "turnLoadBalancer";
}

function row(from: string, to: string, { protocol, purpose }: GroupRule, ports: PortSpan): ReachRow {
  return { from, to, protocol, ports, purpose };
}
