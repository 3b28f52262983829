/**
 * What a check of a config has to know about a cloud, in one form for all clouds. Facts only; no provider is loaded.
 */
import type { CloudName } from "../components/cloud";
import type { Architecture, MachineImage } from "../components/machine-image";
import * as awsImages from "./aws/images";
import * as awsTypes from "./aws/instance-types";
import * as awsRegions from "./aws/regions";
import * as awsRolls from "./aws/rolls";
import * as azureImages from "./azure/images";
import * as azureTypes from "./azure/instance-types";
import * as azureRegions from "./azure/regions";

export interface CloudFacts {
  /** Zones of a region; none for a region without zones, and for one that is not known. */
  zonesOf(region: string): readonly string[];
  /** Whether the region is in the program's own table. */
  isKnownRegion(region: string): boolean;
  isInstanceType(text: string): boolean;
  architectureOf(instanceType: string): Architecture;
  isGpu(instanceType: string): boolean;
  /** The image version that a stack gets which names none. */
  imageVersion(release: MachineImage["release"], architecture: Architecture): string;
  /** Addresses for media nodes in a new network with this prefix length over so many zones. */
  mediaAddresses(prefix: number, zones: number): number;
  /** Nodes that a roll of the media group adds before it takes old ones away. */
  rollSurge(nodes: number): number;
  /** Longest time that a roll may take, in all and with these numbers; nothing where the cloud sets no limit. */
  rollLimit(nodes: number, bootTimeoutSeconds: number, drainTimeoutSeconds: number): RollLimit | undefined;
  /** Whether the way out of one zone's machines can be made independent of the other zones. */
  hasNatPerZone(region: string): boolean;
}

export interface RollLimit {
  /** What the roll may take. */
  readonly seconds: number;
  /** When the cloud ends it. */
  readonly longestSeconds: number;
  /** Batches that boot and drain one after the other. */
  readonly batches: number;
}

const facts: Readonly<Record<CloudName, CloudFacts>> = {
  aws: {
    zonesOf: awsRegions.zonesOf,
    isKnownRegion: (region) => awsRegions.regionNames.includes(region),
    isInstanceType: awsTypes.isInstanceType,
    architectureOf: awsTypes.architectureOf,
    isGpu: awsTypes.isGpu,
    imageVersion: (release) => awsImages.defaultImageVersions[release],
    // A subnet per zone (providers/aws/network.ts: zoneRanges), of which the load balancer takes 8 and a NAT gateway one.
    mediaAddresses: (prefix, zones) => zones * (usable(prefix + 3) - 9),
    rollSurge: awsRolls.rollBatchOf,
    rollLimit: (nodes, bootTimeoutSeconds, drainTimeoutSeconds) => ({
      seconds: awsRolls.rollSeconds(nodes, bootTimeoutSeconds, drainTimeoutSeconds),
      longestSeconds: awsRolls.longestRollSeconds,
      batches: Math.ceil(nodes / awsRolls.rollBatchOf(nodes)),
    }),
    hasNatPerZone: () => true,
  },
  azure: {
    zonesOf: azureRegions.zonesOf,
    isKnownRegion: (region) => azureRegions.regionNames.includes(region),
    isInstanceType: azureTypes.isInstanceType,
    architectureOf: azureTypes.architectureOf,
    isGpu: azureTypes.isGpu,
    imageVersion: (release, architecture) => azureImages.defaultImageVersions[release][architecture],
    // A single subnet for all media nodes (providers/azure/network.ts: layOut).
    mediaAddresses: (prefix) => usable(prefix + 1),
    // A node is drained before its successor comes, so that the group stays within its bounds (cloud-facts-azure.md 1.11).
    rollSurge: () => 0,
    rollLimit: () => undefined,
    hasNatPerZone: (region) => azureRegions.zonesOf(region).length === 0 || azureRegions.hasZoneRedundantNat(region),
  },
  // Machines are what the customer says that they are; nothing is chosen from a list.
  onprem: {
    zonesOf: () => [],
    isKnownRegion: () => true,
    isInstanceType: () => true,
    architectureOf: () => "amd64",
    isGpu: () => false,
    imageVersion: () => "",
    mediaAddresses: () => Infinity,
    rollSurge: () => 0,
    rollLimit: () => undefined,
    hasNatPerZone: () => true,
  },
};

/** Addresses of a subnet that machines can have; both clouds keep five for themselves. */
function usable(prefix: number): number {
  return 2 ** (32 - prefix) - 5;
}

/** The facts of one cloud. */
export function factsOf(cloud: CloudName): CloudFacts {
  return facts[cloud];
}
