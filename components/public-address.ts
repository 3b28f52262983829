/**
 * Role PublicAddress: one fixed public address for a machine that clients reach without a load balancer. It is there
 * before the machine, so that names and certificates can be made for it, and outlives every machine that bears it.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { EntryAddress } from "./domain-name";
import type { PlacementArgs } from "./placement";

export const publicAddressToken = "openvidu:index:PublicAddress";

export interface PublicAddressArgs extends PlacementArgs {
  /** Required. Zones over which the address is spread (Azure). */
  readonly zones: readonly string[];
  /**
   * Optional. An existing address: an Elastic IP by its IPv4 address on AWS, a static Standard public IP by its resource id
   * on Azure. @default an address of the cluster's own
   */
  readonly adoptAddressId?: string;
  /** Required. Azure: whether a DNS label is wanted, because the cluster has no domain of its own. */
  readonly wantsHostName: boolean;
}

export interface PublicAddress extends pulumi.ComponentResource {
  readonly address: EntryAddress;
  /** What a machine's network interface is given: an allocation id on AWS, a resource id on Azure. Empty elsewhere. */
  readonly attachmentId: pulumi.Output<string>;
  /** What a person has to put somewhere himself, by file name. Absent where the cloud takes it all. */
  readonly handover?: pulumi.Output<Record<string, string>>;
}
