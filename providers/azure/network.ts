/**
 * Network on Azure: a resource group, and a virtual network with one subnet for masters and one for media nodes.
 * Guarantees: nobody reaches a machine through the subnets alone; masters leave through a NAT gateway, media nodes, and
 * masters that have them, through their own public addresses, for a NAT gateway on their subnet would take over the traffic
 * of those too (reference/cloud-facts-azure.md 3.8). The resource group is kept on destroy, because deleting it would delete the
 * vault, the disks and the storage accounts that are kept.
 * Differs from AWS: subnets span zones, so zones belong to the slots; the load balancer needs no subnet.
 * IPv4 only.
 */
import * as pulumi from "@pulumi/pulumi";
import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import { subnetOf } from "../../components/cidr";
import { type Problem, throwIfAny } from "../../components/errors";
import {
  type AdoptedNetwork,
  type Network,
  type NetworkArgs,
  networkToken,
  type Slot,
  validateNetwork,
} from "../../components/network";
import { spreadMasters } from "../../openvidu/placement";
import { hasZoneRedundantNat, zonesOf } from "./regions";

export class AzureNetwork extends pulumi.ComponentResource implements Network {
  public readonly scope: pulumi.Output<string>;
  public readonly networkId: pulumi.Output<string>;
  public readonly masterSlots: readonly Slot[];
  public readonly mediaSubnetIds: readonly pulumi.Output<string>[];
  public readonly loadBalancerSubnetIds: readonly pulumi.Output<string>[];
  public readonly masterSubnetIds: readonly pulumi.Output<string>[] = [];
  public readonly masterEgress: readonly pulumi.Resource[];
  public readonly mediaEgress: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(networkToken, name, {}, opts);
    throwIfAny(`network "${name}"`, [...validateNetwork(args), ...validateAzureNetwork(args)]);

    const self = { parent: this };
    const scope = args.existingScope === undefined ? createScope(name, args, self) : pulumi.output(args.existingScope);
    const places = args.adopt ? adopted(args.adopt) : createPlaces(name, scope, args, self);
    const zones =
      args.zones.length > 0
        ? spreadMasters(args.zones, args.masterCount)
        : Array.from({ length: args.masterCount }, () => "");

    this.scope = scope;
    this.networkId = places.networkId;
    this.masterSlots = zones.map((zone, slot) => ({ ...places.masterPlace(slot), zone: pulumi.output(zone) }));
    this.mediaSubnetIds = places.mediaSubnetIds;
    this.loadBalancerSubnetIds = [];
    this.masterEgress = places.masterEgress;
    this.mediaEgress = places.mediaEgress;
    this.registerOutputs({
      scope: this.scope,
      networkId: this.networkId,
      mediaSubnetIds: this.mediaSubnetIds,
      loadBalancerSubnetIds: this.loadBalancerSubnetIds,
    });
  }
}

/** What Azure cannot do with these arguments. */
export function validateAzureNetwork({ region, zones, nat, adopt, masterExposure }: NetworkArgs): Problem[] {
  const problems: Problem[] = [];
  const missing = zones.filter((zone) => !zonesOf(region).includes(zone));
  if (missing.length > 0) {
    const all = zonesOf(region).join(", ");
    problems.push({ path: "network.zones", reason: `${region} has ${all ? `the zones ${all} only` : "no zones"}` });
  }
  const makesNat = !adopt && masterExposure === "private";
  if (makesNat && nat === "perZone" && zonesOf(region).length > 0 && !hasZoneRedundantNat(region)) {
    problems.push({
      path: "network.nat",
      reason: `${region} has no NAT gateway that survives the loss of a zone; choose "single"`,
    });
  }
  if (adopt && adopt.mediaSubnetIds.length > 1) {
    problems.push({ path: "network.adopt.mediaSubnetIds", reason: "a scale set lies in one subnet; give exactly one" });
  }
  return problems;
}

interface Places {
  readonly networkId: pulumi.Output<string>;
  masterPlace(slot: number): Omit<Slot, "zone">;
  readonly mediaSubnetIds: readonly pulumi.Output<string>[];
  readonly masterEgress: readonly pulumi.Resource[];
  readonly mediaEgress: readonly pulumi.Resource[];
}

function createScope(name: string, args: NetworkArgs, self: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { region: location, tags } = args;
  const kept = { ...self, protect: args.deletionProtection, retainOnDelete: true };
  return new resources.ResourceGroup(`${name}-group`, { location, tags }, kept).name;
}

function adopted({ networkId, masterSubnetIds, mediaSubnetIds }: AdoptedNetwork): Places {
  const ids = masterSubnetIds.map((id) => pulumi.output(id));
  return {
    networkId: pulumi.output(networkId),
    masterPlace: (slot) => ({ subnetId: ids[slot % ids.length]! }),
    mediaSubnetIds: mediaSubnetIds.map((id) => pulumi.output(id)),
    masterEgress: [],
    mediaEgress: [],
  };
}

function createPlaces(
  name: string,
  scope: pulumi.Output<string>,
  args: NetworkArgs,
  self: pulumi.CustomResourceOptions,
): Places {
  const ranges = layOut(args.cidr);
  const where = { resourceGroupName: scope, location: args.region, tags: args.tags };
  const virtualNetwork = new network.VirtualNetwork(
    `${name}-vnet`,
    { ...where, addressSpace: { addressPrefixes: [args.cidr] } },
    self,
  );
  const nat = args.masterExposure === "private" ? createNat(name, scope, args, self) : undefined;
  const masters = createSubnet("masters", ranges.masters, nat?.id, self);
  // Subnets of one network are made one after the other: in parallel Azure may answer 409 (cloud-facts-azure.md 4.9).
  const media = createSubnet("media", ranges.media, undefined, { ...self, dependsOn: [masters] });
  return {
    networkId: virtualNetwork.id,
    masterPlace: (slot) => ({ subnetId: masters.id, address: pulumi.output(masterAddress(ranges.masters, slot)) }),
    mediaSubnetIds: [media.id],
    masterEgress: [...(nat ? [nat] : []), masters],
    mediaEgress: [media],
  };

  function createSubnet(
    role: string,
    addressPrefix: string,
    natId: pulumi.Output<string> | undefined,
    opts: pulumi.CustomResourceOptions,
  ): network.Subnet {
    return new network.Subnet(
      `${name}-${role}-subnet`,
      {
        resourceGroupName: scope,
        virtualNetworkName: virtualNetwork.name,
        addressPrefix,
        // Can be set at creation only (cloud-facts-azure.md 3.10).
        defaultOutboundAccess: false,
        natGateway: natId && { id: natId },
        serviceEndpoints: ["Microsoft.KeyVault", "Microsoft.Storage"].map((service) => ({ service })),
      },
      opts,
    );
  }
}

/**
 * Where the subnets lie in the network's range: media nodes get the first half, masters the third quarter; the last
 * quarter stays free for what an operator may add.
 */
export function layOut(cidr: string): { readonly media: string; readonly masters: string } {
  const prefix = Number(cidr.slice(cidr.indexOf("/") + 1));
  return { media: subnetOf(cidr, prefix + 1, 0), masters: subnetOf(cidr, prefix + 2, 2) };
}

/** The fixed address of a master. Azure itself takes the first four addresses of a subnet. */
export function masterAddress(subnet: string, slot: number): string {
  const reserved = 4;
  return subnetOf(subnet, 32, reserved + slot).replace("/32", "");
}

/**
 * The masters' way out. With `perZone` in a region with zones it is one gateway of SKU StandardV2, which spans all
 * zones by itself at the price of a Standard one, so that one gateway keeps the promise of several. The SDK's own types
 * are older than that SKU (cloud-facts-azure.md 3.6 and 3.7), hence the generic resource, which can name no zones; that
 * Azure then spreads both over all of them has not been seen on an account yet. `single` is a Standard gateway without a
 * zone of its choice.
 */
function createNat(
  name: string,
  scope: pulumi.Output<string>,
  args: NetworkArgs,
  self: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { region: location, tags } = args;
  const kept = { ...self, protect: args.deletionProtection };
  return args.nat === "perZone" && hasZoneRedundantNat(location) ? zoneRedundant() : standard();

  function standard(): pulumi.CustomResource {
    const where = { resourceGroupName: scope, location, tags };
    const address = new network.PublicIPAddress(
      `${name}-nat-address`,
      {
        ...where,
        sku: { name: "Standard", tier: "Regional" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
        zones: zonesOf(location).length > 0 ? [...zonesOf(location)] : undefined,
      },
      // Filled in by Azure when the gateway takes the address; a refresh would bring it back as an edit of ours.
      { ...kept, ignoreChanges: ["natGateway"] },
    );
    const publicIpAddresses = [{ id: address.id }];
    return new network.NatGateway(`${name}-nat`, { ...where, sku: { name: "Standard" }, publicIpAddresses }, self);
  }

  function zoneRedundant(): pulumi.CustomResource {
    const sku = { name: "StandardV2", tier: "Regional" };
    const properties = { publicIPAllocationMethod: "Static", publicIPAddressVersion: "IPv4" };
    const address = generic("publicIPAddresses", `${name}-nat-address`, sku, properties, {
      ...kept,
      ignoreChanges: ["properties.natGateway", "properties.ipConfiguration"],
    });
    const publicIpAddresses = [{ id: address.id }];
    return generic(
      "natGateways",
      `${name}-nat`,
      { name: "StandardV2" },
      { publicIpAddresses },
      {
        ...self,
        ignoreChanges: ["properties.subnets"],
      },
    );
  }

  function generic(
    resourceType: string,
    itsName: string,
    sku: { name: string; tier?: string },
    properties: object,
    itsOptions: pulumi.CustomResourceOptions,
  ): resources.Resource {
    return new resources.Resource(
      itsName,
      {
        resourceGroupName: scope,
        resourceProviderNamespace: "Microsoft.Network",
        parentResourcePath: "",
        resourceType,
        apiVersion: "2025-01-01",
        location,
        tags,
        sku,
        properties,
      },
      itsOptions,
    );
  }
}
