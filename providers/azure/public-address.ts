/**
 * PublicAddress on Azure: a static Standard public IP that spans the region's zones, the cluster's own or an existing one.
 * Guarantees: the address is there before any machine, stays when machines go, and no edit replaces it.
 * Differs from AWS: a cluster without a domain gets a DNS label beside the address.
 * Sources: reference/cloud-facts-azure.md 3.1 and 10.2.
 */
import * as pulumi from "@pulumi/pulumi";
import * as network from "@pulumi/azure-native/network";
import type { EntryAddress } from "../../components/domain-name";
import { type Problem, quietError, throwIfAny } from "../../components/errors";
import { type PublicAddress, type PublicAddressArgs, publicAddressToken } from "../../components/public-address";
import { dnsLabels, physicalName, randomSuffix } from "./names";
import { zonesOf } from "./regions";
import { parseResourceId } from "./resource-ids";

const addressType = "Microsoft.Network/publicIPAddresses";

export class AzurePublicAddress extends pulumi.ComponentResource implements PublicAddress {
  public readonly address: EntryAddress;
  public readonly attachmentId: pulumi.Output<string>;

  constructor(name: string, args: PublicAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super(publicAddressToken, name, {}, opts);
    throwIfAny(`public address "${name}"`, addressProblems(args.adoptAddressId));

    const self = { parent: this };
    const suffix = randomSuffix(`${name}-suffix`, self);
    const { id, ipAddress, hostName, zones } = publicAddress(name, suffix, args, self);

    this.address = { ipAddress, hostName, aliasZoneId: pulumi.output("") };
    this.attachmentId = pulumi.all([id, zones]).apply(([value, bound]) => requireZone(value, bound, args.zones[0]));
    this.registerOutputs({ address: this.address, attachmentId: this.attachmentId });
  }
}

/** What is wrong with the id of an existing address. */
export function addressProblems(adoptAddressId: string | undefined): Problem[] {
  return adoptAddressId === undefined || parseResourceId(adoptAddressId, addressType)
    ? []
    : [{ path: "entry.addressId", reason: "must be the resource id of a public IP address" }];
}

/** The address of an entry, made or found; its label ends in `suffix`. */
export function publicAddress(
  name: string,
  suffix: pulumi.Output<string>,
  args: PublicAddressArgs,
  self: pulumi.CustomResourceOptions,
): Address {
  return args.adoptAddressId === undefined
    ? createAddress(name, suffix, args, self)
    : adoptAddress(args.adoptAddressId, self);
}

/** A static public address, with what others want to know of it. */
export interface Address {
  readonly id: pulumi.Output<string>;
  readonly ipAddress: pulumi.Output<string>;
  readonly hostName: pulumi.Output<string>;
  /** Zones that the address spans; none where it is bound to none. */
  readonly zones: pulumi.Output<readonly string[]>;
}

function createAddress(
  name: string,
  suffix: pulumi.Output<string>,
  args: PublicAddressArgs,
  self: pulumi.CustomResourceOptions,
): Address {
  const zones = args.zones.length > 0 ? [...zonesOf(args.region)] : undefined;
  const label = suffix.apply((letters) => physicalName(pulumi.getStack(), letters, dnsLabels));
  const address = new network.PublicIPAddress(
    `${name}-address`,
    {
      resourceGroupName: args.scope,
      location: args.region,
      tags: args.tags,
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      zones,
      // The scope makes Azure add a hash of subscription and group, so that nobody can take the name over (AZ-D11).
      dnsSettings: args.wantsHostName
        ? { domainNameLabel: label, domainNameLabelScope: "ResourceGroupReuse" }
        : undefined,
    },
    // Azure would refuse other zones half-way; as a replacement it is refused in the preview (cloud-facts-azure.md 10.2).
    { ...self, protect: args.deletionProtection, replaceOnChanges: ["zones"] },
  );
  return {
    id: address.id,
    ipAddress: address.ipAddress.apply((ip) => ip ?? ""),
    hostName: address.dnsSettings.apply((settings) => settings?.fqdn ?? ""),
    zones: pulumi.output(zones ?? []),
  };
}

function adoptAddress(adoptAddressId: string, self: pulumi.CustomResourceOptions): Address {
  const { resourceGroup, name } = parseResourceId(adoptAddressId, addressType)!;
  const where = { resourceGroupName: resourceGroup, publicIpAddressName: name };
  const found = network.getPublicIPAddressOutput(where, { parent: self.parent }).apply(requireStatic);
  return {
    id: found.apply(() => adoptAddressId),
    ipAddress: found.apply(({ ipAddress }) => ipAddress ?? ""),
    hostName: found.apply(({ dnsSettings }) => dnsSettings?.fqdn ?? ""),
    zones: found.apply(({ zones }) => zones ?? []),
  };
}

/** A machine and an address that is bound to one zone stand in the same one; machines here stand in the first of the list. */
function requireZone(id: string, bound: readonly string[], zone: string | undefined): string {
  if (zone === undefined || bound.length === 0 || bound.includes(zone)) return id;
  const says = `the address is bound to zone ${bound.join(", ")}, but the master stands in zone ${zone}`;
  throw quietError(`entry.addressId: ${says}; name the address's zone first in network.zones`);
}

function requireStatic(found: network.GetPublicIPAddressResult): network.GetPublicIPAddressResult {
  const { sku, publicIPAllocationMethod, ipAddress } = found;
  if (sku?.name !== "Standard" || publicIPAllocationMethod !== "Static" || !ipAddress) {
    throw quietError("entry.addressId: the public IP address must be static and of SKU Standard");
  }
  return found;
}
