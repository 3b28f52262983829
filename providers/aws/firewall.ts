/**
 * Firewall on AWS: one security group per tier, and one standalone rule per flow and source.
 * Guarantees: a flow that the table does not have is not allowed; rules between tiers name groups, never ranges; what
 * stands behind a group keeps its rules until it is gone, so that a drain on destroy still has its sessions and its way out.
 * Differs from Azure: the load balancer has a group of its own, whose way out must allow traffic and health checks.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import { type Firewall, type FirewallArgs, type FirewallTier, firewallToken } from "../../components/firewall";
import { type Flow, isTier, sessionStore, type Tier, tiers } from "../../openvidu/flows";
import { formatPorts } from "../../openvidu/ports";
import { after, named } from "./support";

/** One rule as data: who is on the other side of one tier's group. */
export interface SecurityGroupRule {
  /**
   * Part of the logical name, made of everything that AWS compares: two flows of which one takes the other's place stay
   * one resource. Under two names the second would be refused as a duplicate, because deletions come last.
   */
  readonly id: string;
  readonly direction: "ingress" | "egress";
  readonly tier: Tier;
  readonly protocol: Flow["protocol"];
  /** Absent for all protocols, which have no ports. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: { readonly tier: Tier } | { readonly cidr: string };
  readonly description: string;
}

/** Ranges behind the ends of flows that are not tiers. */
export interface FlowCidrs {
  readonly operatorCidrs: readonly string[];
  readonly egressCidrs: readonly string[];
}

const anywhere = "0.0.0.0/0";

/** Rules per group and direction that AWS allows unless asked for more. */
export const ruleQuota = 60;

/** What AWS takes as a rule's description. */
const longestDescription = 255;

export class AwsFirewall extends pulumi.ComponentResource implements Firewall {
  public readonly masters: FirewallTier;
  public readonly media: FirewallTier;
  public readonly loadBalancerRulesId: pulumi.Output<string>;
  public readonly sessionStoreRulesId?: pulumi.Output<string>;
  public readonly turnLoadBalancerRulesId?: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super(firewallToken, name, {}, opts);
    const self = { parent: this };
    const groups = new Map(tiersIn(args.flows).map((tier) => [tier, createGroup(tier)]));
    const rules = securityGroupRules(args.flows, args);
    const made = rules.map((rule) => ({ tier: rule.tier, resource: createRule(rule) }));
    for (const [group, count] of Object.entries(countRules(rules))) {
      if (count > ruleQuota) {
        const message = `${count} rules for ${group}: the quota "Inbound or outbound rules per security group" is ${ruleQuota} unless raised`;
        void pulumi.log.warn(message, this);
      }
    }

    this.masters = tierOf("master");
    this.media = tierOf("media");
    // Where clients reach the masters themselves there is no load balancer to be in a group.
    this.loadBalancerRulesId = groups.has("loadBalancer") ? withRules("loadBalancer") : pulumi.output("");
    if (groups.has("turnLoadBalancer")) this.turnLoadBalancerRulesId = withRules("turnLoadBalancer");
    if (groups.has(sessionStore)) this.sessionStoreRulesId = withRules(sessionStore);
    this.registerOutputs({
      masters: this.masters,
      media: this.media,
      loadBalancerRulesId: this.loadBalancerRulesId,
      ...(this.turnLoadBalancerRulesId && { turnLoadBalancerRulesId: this.turnLoadBalancerRulesId }),
      ...(this.sessionStoreRulesId && { sessionStoreRulesId: this.sessionStoreRulesId }),
    });

    function groupId(tier: Tier): pulumi.Output<string> {
      const group = groups.get(tier);
      if (!group) throw new Error(`a rule names ${tier}, which no flow leads to`);
      return group.id;
    }

    function tierOf(tier: Tier): FirewallTier {
      return { rulesId: withRules(tier), memberOfId: groupId(tier) };
    }

    /** A group's id for those who need its rules too, from their first packet to their last. */
    function withRules(tier: Tier): pulumi.Output<string> {
      const own = made.filter((each) => each.tier === tier).map(({ resource }) => resource);
      return after(groupId(tier), own);
    }

    function createGroup(tier: Tier): ec2.SecurityGroup {
      const { suffix, description } = groupFacts[tier];
      const part = `${name}-${suffix}`;
      return new ec2.SecurityGroup(part, { vpcId: args.networkId, description, tags: named(args.tags, part) }, self);
    }

    function createRule(rule: SecurityGroupRule): vpc.SecurityGroupIngressRule | vpc.SecurityGroupEgressRule {
      const part = `${name}-${rule.id}`;
      const common = {
        securityGroupId: groupId(rule.tier),
        ipProtocol: rule.protocol === "all" ? "-1" : rule.protocol,
        fromPort: rule.fromPort,
        toPort: rule.toPort,
        description: rule.description,
        tags: named(args.tags, part),
        ...("tier" in rule.peer
          ? { referencedSecurityGroupId: groupId(rule.peer.tier) }
          : { cidrIpv4: rule.peer.cidr }),
      };
      return rule.direction === "ingress"
        ? new vpc.SecurityGroupIngressRule(part, common, self)
        : new vpc.SecurityGroupEgressRule(part, common, self);
    }
  }
}

/** How the group of each tier is called and described. */
const groupFacts: Readonly<Record<Tier, { readonly suffix: string; readonly description: string }>> = {
  loadBalancer: { suffix: "load-balancer", description: "OpenVidu load balancer" },
  master: { suffix: "masters", description: "OpenVidu master nodes" },
  media: { suffix: "media", description: "OpenVidu media nodes" },
  turnLoadBalancer: { suffix: "turn-load-balancer", description: "OpenVidu load balancer for TURN" },
  sessionStore: { suffix: "session-store", description: "OpenVidu session store" },
};

/** Tiers that only some deployments have. */
const rareTiers: readonly Tier[] = ["loadBalancer", "turnLoadBalancer", sessionStore];

/** Tiers that have a group. */
function tiersIn(flows: readonly Flow[]): Tier[] {
  return tiers.filter((tier) => !rareTiers.includes(tier) || flows.some(({ to }) => to === tier));
}

/**
 * The rules that allow exactly these flows. The way out of nodes towards other tiers is written down only where their
 * way to the Internet does not cover it already. Flows that come to the same rule share one, since AWS refuses a second.
 */
export function securityGroupRules(
  flows: readonly Flow[],
  { operatorCidrs, egressCidrs }: FlowCidrs,
): SecurityGroupRule[] {
  const open = new Set(flows.filter((flow) => leavesOpenly(flow, egressCidrs)).map(({ from }) => from));
  const rules = flows.flatMap((flow) => [
    ...ingressRules(flow, operatorCidrs),
    ...(flow.to !== "internet" && open.has(flow.from) ? [] : egressRules(flow, egressCidrs)),
  ]);
  return mergeEqual(rules);
}

/** Number of rules by group and direction, for example `master ingress`. */
export function countRules(rules: readonly SecurityGroupRule[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { tier, direction } of rules) {
    const group = `${tier} ${direction}`;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

function leavesOpenly(flow: Flow, egressCidrs: readonly string[]): boolean {
  return flow.to === "internet" && flow.protocol === "all" && egressCidrs.includes(anywhere);
}

function ingressRules(flow: Flow, operatorCidrs: readonly string[]): SecurityGroupRule[] {
  const { from, to } = flow;
  if (!isTier(to)) return [];
  if (isTier(from)) return [ruleOf(flow, "ingress", to, { tier: from })];
  return rangeRules(flow, "ingress", to, from === "internet" ? [anywhere] : operatorCidrs);
}

function egressRules(flow: Flow, egressCidrs: readonly string[]): SecurityGroupRule[] {
  const { from, to } = flow;
  if (!isTier(from)) return [];
  if (isTier(to)) return [ruleOf(flow, "egress", from, { tier: to })];
  return rangeRules(flow, "egress", from, to === "internet" ? egressCidrs : []);
}

/** One rule per range. */
function rangeRules(
  flow: Flow,
  direction: SecurityGroupRule["direction"],
  tier: Tier,
  cidrs: readonly string[],
): SecurityGroupRule[] {
  return cidrs.map((cidr) => ruleOf(flow, direction, tier, { cidr }));
}

function ruleOf(
  flow: Flow,
  direction: SecurityGroupRule["direction"],
  tier: Tier,
  peer: SecurityGroupRule["peer"],
): SecurityGroupRule {
  const { protocol, ports, purpose } = flow;
  const portRange = protocol === "all" ? {} : { fromPort: ports.first, toPort: ports.last };
  const what = protocol === "all" ? "all" : `${protocol}-${formatPorts(ports)}`;
  const id = `${tierNames[tier]}-${direction}-${what}-${peerName(peer)}`;
  return { id, direction, tier, protocol, ...portRange, peer, description: purpose };
}

const tierNames: Readonly<Record<Tier, string>> = {
  loadBalancer: "load-balancer",
  master: "master",
  media: "media",
  turnLoadBalancer: "turn-load-balancer",
  sessionStore: "session-store",
};

function peerName(peer: SecurityGroupRule["peer"]): string {
  if ("tier" in peer) return tierNames[peer.tier];
  return peer.cidr === anywhere ? "anywhere" : peer.cidr.replace(/[./]/g, "-");
}

function mergeEqual(rules: readonly SecurityGroupRule[]): SecurityGroupRule[] {
  const merged = new Map<string, SecurityGroupRule>();
  for (const rule of rules) {
    const first = merged.get(rule.id);
    const description = first
      ? `${first.description}; ${rule.description}`.slice(0, longestDescription)
      : rule.description;
    merged.set(rule.id, { ...rule, description });
  }
  return [...merged.values()];
}
