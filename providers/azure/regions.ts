/**
 * Azure's regions and what the program has to know about each: availability zones, zone-redundant storage, and NAT
 * gateways that survive the loss of a zone.
 * Sources: the provider's own list of locations as cached by github.com/Azure/terraform-azurerm-avm-utl-regions
 * (modules/cached-data/locations.tf.json, 2026-08-21), the regions list of learn.microsoft.com/azure/reliability,
 * reference/cloud-facts-azure.md 3.6, 7.7 and 11.1. Zone numbers belong to a subscription; every region with zones has
 * exactly these three.
 */

const zoneNumbers = ["1", "2", "3"] as const;

/* prettier-ignore */
const regionsWithZones: readonly string[] = [
  "australiaeast", "austriaeast", "belgiumcentral", "brazilsouth", "canadacentral", "centralindia", "centralus",
  "chilecentral", "denmarkeast", "eastasia", "eastus", "eastus2", "francecentral", "germanywestcentral",
  "indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest", "koreacentral", "malaysiawest",
  "mexicocentral", "newzealandnorth", "northeurope", "norwayeast", "polandcentral", "qatarcentral", "southafricanorth",
  "southcentralus", "southeastasia", "spaincentral", "swedencentral", "switzerlandnorth", "uaenorth", "uksouth",
  "westeurope", "westus2", "westus3",
];

/* prettier-ignore */
const regionsWithoutZones: readonly string[] = [
  "australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast", "francesouth",
  "germanynorth", "israelnorthwest", "jioindiacentral", "jioindiawest", "koreasouth", "northcentralus", "norwaywest",
  "southafricawest", "southindia", "swedensouth", "switzerlandwest", "uaecentral", "ukwest", "westcentralus",
  "westindia", "westus",
];

/** Regions that lack NAT gateways of SKU StandardV2, the kind that spans zones (reference/cloud-facts-azure.md 3.6). */
/* prettier-ignore */
const regionsWithoutStandardV2Nat: readonly string[] = [
  "canadaeast", "indonesiacentral", "israelnorthwest", "qatarcentral", "swedensouth", "westindia",
];

/** Every region the program knows, in alphabetical order. */
export const regionNames: readonly string[] = [...regionsWithZones, ...regionsWithoutZones].sort();

/** Whether this is the short form of a region of the public cloud that the program knows. */
export function isRegion(text: string): boolean {
  return regionNames.includes(text);
}

/** The zones of a region; none where the region has no zones or is not known. */
export function zonesOf(region: string): readonly string[] {
  return regionsWithZones.includes(region) ? zoneNumbers : [];
}

/** Whether a storage account in the region can keep its copies in three zones. */
export function hasZoneRedundantStorage(region: string): boolean {
  return zonesOf(region).length > 0;
}

/** Whether one NAT gateway of the region can survive the loss of a zone. */
export function hasZoneRedundantNat(region: string): boolean {
  return zonesOf(region).length > 0 && !regionsWithoutStandardV2Nat.includes(region);
}
