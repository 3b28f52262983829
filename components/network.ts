/**
 * Role Network: private address space with places for the load balancer, the masters and the media nodes; created or
 * adopted.
 */
import type * as pulumi from "@pulumi/pulumi";
import { cidrProblem } from "./cidr";
import type { Problem } from "./errors";
import type { OnPremises } from "./on-premises";
import type { Tags } from "./tags";

export const networkToken = "openvidu:index:Network";

/** Ids of a network that somebody else manages. Nothing in it is created, changed or deleted. */
export interface AdoptedNetwork {
  /** VPC id on AWS, resource id of the virtual network on Azure. */
  readonly networkId: string;
  /** One subnet, or more up to the number of masters; masters are dealt out over them in turn. They need a way out to the Internet. */
  readonly masterSubnetIds: readonly string[];
  /** Subnets whose machines may have public addresses. */
  readonly mediaSubnetIds: readonly string[];
  /** AWS only: public subnets of the load balancer, each in a zone of its own. Empty on Azure. */
  readonly loadBalancerSubnetIds: readonly string[];
}

export interface NetworkArgs {
  /** Required. Region of the cloud. */
  readonly region: string;
  /** Required. Zones to use, for example `eu-west-1a` or `1`; empty in an Azure region without zones. */
  readonly zones: readonly string[];
  /** Conditional. Address space in CIDR notation; ignored when `adopt` is given. */
  readonly cidr: string;
  /** Required. One way out for all private subnets, or one per zone so that no zone depends on another. */
  readonly nat: "single" | "perZone";
  /** Required. Number of masters. */
  readonly masterCount: number;
  /** Required. Whether masters leave through NAT, or have public addresses of their own and no NAT is made. */
  readonly masterExposure: "private" | "public";
  /** Optional. An existing network. */
  readonly adopt?: AdoptedNetwork;
  /** Optional. Azure: an existing resource group. @default a group of the cluster's own */
  readonly existingScope?: string;
  /**
   * Optional. Whether the network of masters, and the addresses that they leave by, refuse deletion and replacement
   * (PlacementArgs.deletionProtection). @default false
   */
  readonly deletionProtection?: boolean;
  /** Optional. AWS: in how many zones masters and load balancer of an adopted network have to stand. @default 1 */
  readonly leastZones?: number;
  /** Conditional. PlacementArgs.onPremises. */
  readonly onPremises?: OnPremises;
  readonly tags: Tags;
}

/** Where one machine of a fixed group goes. */
export interface Slot {
  readonly subnetId: pulumi.Output<string>;
  /** Zone of the subnet's machine; an empty string where the region has no zones. */
  readonly zone: pulumi.Output<string>;
  /** Private address to give to the machine (Azure, created networks). Absent: the cloud chooses one and keeps it. */
  readonly address?: pulumi.Output<string>;
}

export interface Network extends pulumi.ComponentResource {
  readonly scope: pulumi.Output<string>;
  readonly networkId: pulumi.Output<string>;
  /** A place for each master, in slot order. */
  readonly masterSlots: readonly Slot[];
  readonly mediaSubnetIds: readonly pulumi.Output<string>[];
  /** AWS: the load balancer's subnets, at most one per zone. Azure: empty. */
  readonly loadBalancerSubnetIds: readonly pulumi.Output<string>[];
  /** AWS: the subnets of the places, each once. Empty elsewhere. */
  readonly masterSubnetIds: readonly pulumi.Output<string>[];
  /** What a master needs before it can reach the Internet, and must not lose before it is gone. */
  readonly masterEgress: readonly pulumi.Resource[];
  /** The same for media nodes. */
  readonly mediaEgress: readonly pulumi.Resource[];
}

/** What is wrong with the arguments, whichever cloud they are for. */
export function validateNetwork(args: NetworkArgs): Problem[] {
  const problems: Problem[] = [];
  if (!args.adopt) {
    const reason = cidrProblem(args.cidr, { shortestPrefix: 16, longestPrefix: 22 });
    if (reason) problems.push({ path: "network.cidr", reason });
  }
  const { masterSubnetIds } = args.adopt ?? { masterSubnetIds: ["created"] };
  if (masterSubnetIds.length < 1 || masterSubnetIds.length > args.masterCount) {
    problems.push({ path: "network.adopt.masterSubnetIds", reason: `give 1 to ${args.masterCount} subnets` });
  }
  if (args.adopt && args.adopt.mediaSubnetIds.length === 0) {
    problems.push({ path: "network.adopt.mediaSubnetIds", reason: "give at least one subnet" });
  }
  return problems;
}
