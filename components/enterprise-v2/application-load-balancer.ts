/**
 * Role ApplicationLoadBalancer: the public entry of Enterprise v2. It ends TLS and balances HTTP and WebSocket over the
 * masters that are well.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { EntryAddress } from "../domain-name";
import type { PlacementArgs } from "../placement";

export const applicationLoadBalancerToken = "openvidu:index:ApplicationLoadBalancer";

export interface ApplicationLoadBalancerArgs extends PlacementArgs {
  readonly networkId: pulumi.Input<string>;
  /** Required. Subnets in at least two zones, one per zone. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Required. Firewall.loadBalancerRulesId. */
  readonly rulesId: pulumi.Input<string>;
  /** Required. ARN of a valid certificate in the cluster's region. */
  readonly certificateId: pulumi.Input<string>;
}

export interface ApplicationLoadBalancer extends pulumi.ComponentResource {
  readonly address: EntryAddress;
  /** What the masters' group joins to receive traffic. */
  readonly backendId: pulumi.Output<string>;
}
