/**
 * Firewall on Azure: per kind of node one network security group for its network interfaces, and one application
 * security group by which the rules of the other kind name it.
 * Guarantees: what the flows do not allow is denied explicitly, before Azure's own rule that opens the whole virtual
 * network (AZ-N4); no rule names a source port (AZ-N3).
 * Differs from AWS: the load balancer is transparent to addresses, so what it balances arrives from the Internet at the
 * port of the back end (AZ-N2); it has no rules of its own.
 * Sources: reference/cloud-facts-azure.md 3.12 and 4.
 */
import * as pulumi from "@pulumi/pulumi";
import * as network from "@pulumi/azure-native/network";
import { type Firewall, type FirewallArgs, firewallToken, type FirewallTier } from "../../components/firewall";
import { type NodeRole, nodeRoles } from "../../openvidu/editions";
import { allFlows, type Flow } from "../../openvidu/flows";
import { formatPorts, ports } from "../../openvidu/ports";

export class AzureFirewall extends pulumi.ComponentResource implements Firewall {
  public readonly masters: FirewallTier;
  public readonly media: FirewallTier;
  public readonly loadBalancerRulesId: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super(firewallToken, name, {}, opts);

    const self = { parent: this };
    const where = { resourceGroupName: args.scope, location: args.region, tags: args.tags };
    const rules = networkSecurityRules(args.flows, { operator: args.operatorCidrs, egress: args.egressCidrs });
    const members = { master: createMembers("master"), media: createMembers("media") };

    this.masters = createTier("master");
    this.media = createTier("media");
    this.loadBalancerRulesId = pulumi.output("");
    this.registerOutputs({ masters: this.masters, media: this.media, loadBalancerRulesId: this.loadBalancerRulesId });

    function createMembers(role: NodeRole): network.ApplicationSecurityGroup {
      return new network.ApplicationSecurityGroup(`${name}-${role}-members`, where, self);
    }

    function createTier(role: NodeRole): FirewallTier {
      const memberIds = { master: members.master.id, media: members.media.id };
      const securityRules = rules[role].map((rule) => inAzureTerms(rule, memberIds));
      const group = new network.NetworkSecurityGroup(`${name}-${role}-rules`, { ...where, securityRules }, self);
      return { rulesId: group.id, memberOfId: members[role].id };
    }
  }
}

/**
 * Services that nodes need whatever else they may reach: their bundle, the cluster's own objects and recordings, and for
 * masters the resource manager, by which the controller sees and ends media nodes.
 */
export const platformServices = {
  master: ["AzureKeyVault", "Storage", "AzureResourceManager"],
  media: ["AzureKeyVault", "Storage"],
} as const satisfies Readonly<Record<NodeRole, readonly string[]>>;
export type PlatformService = (typeof platformServices)[NodeRole][number];

/** One end of a rule. */
export type RuleEnd =
  | { readonly kind: "any" }
  | { readonly kind: "tag"; readonly tag: "Internet" | "AzureLoadBalancer" | PlatformService }
  | { readonly kind: "tier"; readonly tier: NodeRole }
  | { readonly kind: "ranges"; readonly cidrs: readonly string[] };

/** A rule of a network security group, with tiers still named by their role. */
export interface NetworkSecurityRule {
  readonly name: string;
  readonly description: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  readonly protocol: "Tcp" | "Udp" | "*";
  readonly source: RuleEnd;
  readonly destination: RuleEnd;
  /** `"443"`, `"50000-60000"` or `"*"`. */
  readonly ports: string;
}

/** Address ranges that stand for ends of flows. */
export interface RuleRanges {
  readonly operator: readonly string[];
  readonly egress: readonly string[];
}

const anyone: RuleEnd = { kind: "any" };
const everywhere = "0.0.0.0/0";

/** Priorities run from 100 to 4096, the smallest first; each flow keeps its own, whichever other flows apply. */
const firstPriority = 100;
const priorityStep = 10;
const platformPriority = 4000;
const lastPriority = 4096;

/** The rules of each role's security group: exactly the flows, then the denial of everything else. */
export function networkSecurityRules(
  flows: readonly Flow[],
  ranges: RuleRanges,
): Readonly<Record<NodeRole, readonly NetworkSecurityRule[]>> {
  return { master: rulesOf("master", flows, ranges), media: rulesOf("media", flows, ranges) };
}

function rulesOf(role: NodeRole, flows: readonly Flow[], ranges: RuleRanges): NetworkSecurityRule[] {
  const inbound = flows.filter((flow) => flow.to === role).flatMap((flow) => inboundRule(flow, role, ranges));
  return [...inbound, denial("Inbound"), ...outboundRules(role, flows, ranges)];
}

function inboundRule(flow: Flow, role: NodeRole, ranges: RuleRanges): NetworkSecurityRule[] {
  const source = sourceOf(flow, ranges);
  return source ? [allowance(flow, "Inbound", source, { kind: "tier", tier: role })] : [];
}

/** Where a flow comes from as the security group of its target sees it; nothing when nobody is meant. */
function sourceOf(flow: Flow, ranges: RuleRanges): RuleEnd | undefined {
  switch (flow.from) {
    case "internet":
      return { kind: "tag", tag: "Internet" };
    case "loadBalancer":
      return { kind: "tag", tag: flow.kind === "healthCheck" ? "AzureLoadBalancer" : "Internet" };
    case "operator":
      return ranges.operator.length > 0 ? { kind: "ranges", cidrs: ranges.operator } : undefined;
    case "master":
    case "media":
      return { kind: "tier", tier: flow.from };
    case "turnLoadBalancer":
      // Caddy ends TLS of both domains, so there is one load balancer (reference/azure-reference.md 5.5).
      return undefined;
    default: {
      const exhaustive: never = flow.from;
      throw new Error(`unknown source ${String(exhaustive)}`);
    }
  }
}

/** With the way out left open Azure's own rules do; narrowed, everything that may leave is listed. */
function outboundRules(role: NodeRole, flows: readonly Flow[], { egress }: RuleRanges): NetworkSecurityRule[] {
  if (egress.includes(everywhere)) return [];
  const source: RuleEnd = { kind: "tier", tier: role };
  const allowed = flows
    .filter((flow) => flow.from === role)
    .flatMap((flow) => {
      const destination: RuleEnd | undefined = isNodeRole(flow.to)
        ? { kind: "tier", tier: flow.to }
        : egress.length > 0
          ? { kind: "ranges", cidrs: egress }
          : undefined;
      return destination ? [allowance(flow, "Outbound", source, destination)] : [];
    });
  const services = platformServices[role].map((tag, position) => platform(tag, position, source));
  return [...allowed, ...services, denial("Outbound")];
}

function isNodeRole(end: string): end is NodeRole {
  return (nodeRoles as readonly string[]).includes(end);
}

function allowance(
  flow: Flow,
  direction: NetworkSecurityRule["direction"],
  source: RuleEnd,
  destination: RuleEnd,
): NetworkSecurityRule {
  const protocols = { tcp: "Tcp", udp: "Udp", all: "*" } as const;
  return {
    name: `${direction === "Inbound" ? "in" : "out"}-${flow.id}`,
    description: flow.purpose,
    direction,
    access: "Allow",
    priority: priorityOf(flow),
    protocol: protocols[flow.protocol],
    source,
    destination,
    ports: flow.protocol === "all" ? "*" : formatPorts(flow.ports),
  };
}

function priorityOf(flow: Flow): number {
  const position = allFlows.findIndex(({ id }) => id === flow.id);
  if (position < 0) throw new RangeError(`"${flow.id}" is not a row of the flow table`);
  return firstPriority + position * priorityStep;
}

function platform(tag: PlatformService, position: number, source: RuleEnd): NetworkSecurityRule {
  return {
    name: `out-platform-${tag}`,
    description: `${tag}, which nodes need whatever else they may reach`,
    direction: "Outbound",
    access: "Allow",
    priority: platformPriority + position,
    protocol: "Tcp",
    source,
    destination: { kind: "tag", tag },
    ports: formatPorts(ports.https),
  };
}

function denial(direction: NetworkSecurityRule["direction"]): NetworkSecurityRule {
  return {
    name: direction === "Inbound" ? "in-deny-rest" : "out-deny-rest",
    description: "everything that no flow allows, also from and to machines of this network",
    direction,
    access: "Deny",
    priority: lastPriority,
    protocol: "*",
    source: anyone,
    destination: anyone,
    ports: "*",
  };
}

function inAzureTerms(rule: NetworkSecurityRule, memberIds: Readonly<Record<NodeRole, pulumi.Output<string>>>) {
  const { source, destination, ports: destinationPortRange, ...rest } = rule;
  return {
    ...rest,
    sourcePortRange: "*",
    destinationPortRange,
    sourceAddressPrefix: prefixOf(source),
    sourceAddressPrefixes: rangesOf(source),
    sourceApplicationSecurityGroups: membersOf(source),
    destinationAddressPrefix: prefixOf(destination),
    destinationAddressPrefixes: rangesOf(destination),
    destinationApplicationSecurityGroups: membersOf(destination),
  };

  function membersOf(end: RuleEnd): { id: pulumi.Output<string> }[] | undefined {
    return end.kind === "tier" ? [{ id: memberIds[end.tier] }] : undefined;
  }
}

function prefixOf(end: RuleEnd): string | undefined {
  if (end.kind === "any") return "*";
  return end.kind === "tag" ? end.tag : undefined;
}

function rangesOf(end: RuleEnd): string[] | undefined {
  return end.kind === "ranges" ? [...end.cidrs] : undefined;
}
