/**
 * What a check of a config has to know about a cloud, in one form for all clouds. Facts only; no provider is loaded.
 */
import type { CloudName } from "../components/cloud";
import type { Architecture, MachineImage } from "../components/machine-image";
import * as awsImages from "./aws/images";
import * as awsTypes from "./aws/instance-types";
import * as awsRegions from "./aws/regions";
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
  /** Whether the way out of one zone's machines can be made independent of the other zones. */
  hasNatPerZone(region: string): boolean;
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
    hasNatPerZone: (region) => azureRegions.zonesOf(region).length === 0 || azureRegions.hasZoneRedundantNat(region),
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
