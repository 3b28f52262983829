/**
 * Role LoadBalancer: one stable public entry with health-checked back ends in every zone.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../openvidu/editions";
import type { Listener } from "../openvidu/entry";
import type { EntryAddress } from "./domain-name";
import type { Problem } from "./errors";
import type { PlacementArgs } from "./placement";

export const loadBalancerToken = "openvidu:index:LoadBalancer";

/** How the name of TURN's own load balancer ends: it is of the same role as the entry, and its name alone tells them apart. */
export const turnBalancerSuffix = "-turn";

export interface LoadBalancerArgs extends PlacementArgs {
  readonly networkId: pulumi.Input<string>;
  /** Required. AWS: subnets, at most one per zone. Azure: empty. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Required. Firewall.loadBalancerRulesId. */
  readonly rulesId: pulumi.Input<string>;
  /** Required. Zones over which the entry's own address is spread (Azure). */
  readonly zones: readonly string[];
  readonly listeners: readonly Listener[];
  /** Conditional. Certificate.certificateId; required when a listener ends TLS. */
  readonly certificateId?: pulumi.Input<string>;
  /** Required. Whether masters see clients' own addresses. On AWS a master then cannot reach itself through the entry. */
  readonly preserveClientAddress: boolean;
  /** Optional. Azure: an existing static Standard public IP, by resource id. @default an address of the cluster's own */
  readonly adoptAddressId?: string;
  /** Required. Azure: whether a DNS label is wanted, because the cluster has no domain of its own. */
  readonly wantsHostName: boolean;
}

export interface LoadBalancer extends pulumi.ComponentResource {
  readonly address: EntryAddress;
  /** What a pool joins to receive traffic: target group ARNs on AWS, back-end pool ids on Azure; by role. */
  readonly backendIds: Readonly<Record<NodeRole, readonly pulumi.Output<string>[]>>;
  /** What a person has to put somewhere himself, by file name. Absent where the cloud takes it all. */
  readonly handover?: pulumi.Output<Record<string, string>>;
}

/** What is wrong with the arguments, whichever cloud they are for. */
export function validateLoadBalancer(args: LoadBalancerArgs): Problem[] {
  return args.listeners.some((listener) => listener.endsTls) && args.certificateId === undefined
    ? [{ path: "certificate", reason: "a listener that ends TLS needs a certificate" }]
    : [];
}
