/**
 * Role Firewall: exactly the flows of the deployment, and nothing else, between the Internet, the operators, the load
 * balancer and the nodes.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Flow } from "../openvidu/flows";
import type { PlacementArgs } from "./placement";

export const firewallToken = "openvidu:index:Firewall";

export interface FirewallArgs extends PlacementArgs {
  /** Required. Network in which the rules apply. */
  readonly networkId: pulumi.Input<string>;
  /** Required. The flows of the deployment. */
  readonly flows: readonly Flow[];
  /** Required. Ranges for flows from `operator`; none means that such flows yield no rule. */
  readonly operatorCidrs: readonly string[];
  /** Required. Ranges that nodes may reach outside the cluster; `["0.0.0.0/0"]` leaves the way out open. */
  readonly egressCidrs: readonly string[];
}

/** What a machine of one tier has to be given so that the tier's rules apply to it. */
export interface FirewallTier {
  /** The rules: a security group on AWS, a network security group on Azure. */
  readonly rulesId: pulumi.Output<string>;
  /** Membership, by which other tiers' rules name this one: the same group on AWS, an application security group on Azure. */
  readonly memberOfId: pulumi.Output<string>;
}

export interface Firewall extends pulumi.ComponentResource {
  readonly masters: FirewallTier;
  readonly media: FirewallTier;
  /** Empty id where the cloud's load balancer has no rules of its own (Azure). */
  readonly loadBalancerRulesId: pulumi.Output<string>;
  /** AWS: the same for TURN's own load balancer. Present exactly when a flow leads to one. */
  readonly turnLoadBalancerRulesId?: pulumi.Output<string>;
  /** AWS, where flows lead to it: the rules of Enterprise v2's Redis service. */
  readonly sessionStoreRulesId?: pulumi.Output<string>;
  /** What a person has to put somewhere himself, by file name. Absent where the cloud takes it all. */
  readonly handover?: pulumi.Output<Record<string, string>>;
}
