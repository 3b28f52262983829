/**
 * What the program's resources cost on Azure, by type.
 */
import type { RecordedResource } from "../graph";
import { at, listAt, textAt } from "../json";
import { diskPrice, machinePrice, piecePrice, rulesIncluded } from "./azure-prices";
import { type ChargesOf, type ChargeTable, diskName, roleOf } from "./charge-table";
import { type Charge, chargeOf, exactly, type Range } from "./prices";

function machine(resource: RecordedResource, size: string, count: Range, region: string): Charge {
  return chargeOf(`${roleOf(resource)} (${size})`, count, machinePrice(size, region), region);
}

function disk(kind: string, gib: number, count: Range, region: string): Charge {
  return chargeOf(diskName(kind, gib), count, diskPrice(kind, gib, region), region);
}

function systemDisk(storageProfile: unknown, count: Range, region: string): Charge {
  const kind = textAt(storageProfile, "osDisk", "managedDisk", "storageAccountType");
  return disk(kind, Number(at(storageProfile, "osDisk", "diskSizeGB")), count, region);
}

const piece =
  (what: string, name: Parameters<typeof piecePrice>[0], count: Range = exactly(1)): ChargesOf =>
  (_, { region }) => [chargeOf(what, count, piecePrice(name, region), region)];

const publicAddress = piece("public IPv4 address", "publicAddress");
const natGateway = piece("NAT gateway", "natGateway");

/** A scale set has as many machines as its autoscaler allows. */
const scaleSet: ChargesOf = (resource, around) => {
  const { inputs } = resource;
  const { region } = around;
  const [autoscaler] = around.usedBy("azure-native:monitor:AutoscaleSetting");
  const capacity = at(autoscaler?.inputs, "profiles", 0, "capacity");
  const count = autoscaler
    ? { min: Number(at(capacity, "minimum")), max: Number(at(capacity, "maximum")) }
    : exactly(Number(at(inputs, "sku", "capacity")));
  const profile = at(inputs, "virtualMachineProfile");
  const interfaces = listAt(profile, "networkProfile", "networkInterfaceConfigurations");
  const addresses = interfaces
    .flatMap((each) => listAt(each, "ipConfigurations"))
    .filter(({ publicIPAddressConfiguration }) => publicIPAddressConfiguration !== undefined);
  return [
    machine(resource, textAt(inputs, "sku", "name"), count, region),
    systemDisk(at(profile, "storageProfile"), count, region),
    ...addresses.flatMap(() => piece("public IPv4 address", "publicAddress", count)(resource, around)),
  ];
};

const loadBalancer: ChargesOf = (resource, around) => {
  const { inputs } = resource;
  const rules = listAt(inputs, "loadBalancingRules").length + listAt(inputs, "outboundRules").length;
  const beyond = Math.max(0, rules - rulesIncluded);
  return [
    ...piece("load balancer", "loadBalancer")(resource, around),
    ...(beyond > 0
      ? piece("further rule of the load balancer", "loadBalancerRule", exactly(beyond))(resource, around)
      : []),
  ];
};

/** Kinds that the program makes through the generic resource, by the name that Azure's API has for them. */
const generic: Readonly<Record<string, ChargesOf>> = { natGateways: natGateway, publicIPAddresses: publicAddress };

export const azure: ChargeTable = {
  charges: {
    "azure-native:compute:Disk": ({ inputs }, { region }) => [
      disk(textAt(inputs, "sku", "name"), Number(inputs["diskSizeGB"]), exactly(1), region),
    ],
    "azure-native:compute:VirtualMachine": (resource, { region }) => [
      machine(resource, textAt(resource.inputs, "hardwareProfile", "vmSize"), exactly(1), region),
      systemDisk(resource.inputs["storageProfile"], exactly(1), region),
    ],
    "azure-native:compute:VirtualMachineScaleSet": scaleSet,
    "azure-native:monitor:MetricAlert": piece("alarm of a master", "alarm"),
    "azure-native:network:LoadBalancer": loadBalancer,
    "azure-native:network:NatGateway": natGateway,
    "azure-native:network:PublicIPAddress": publicAddress,
    "azure-native:resources:Resource": (resource, around) => {
      const kind = textAt(resource.inputs, "resourceType");
      return generic[kind]?.(resource, around) ?? [{ what: kind, count: exactly(1), why: "no price for this kind" }];
    },
  },
  byUse: {
    "azure-native:dns:RecordSet": "DNS queries",
    "azure-native:keyvault:Vault": "operations on secrets",
    "azure-native:monitor:ActionGroup": "mails about alarms",
    "azure-native:storage:StorageAccount": "stored objects and requests",
  },
  free: [
    "azure-native:authorization:RoleAssignment",
    "azure-native:authorization:RoleDefinition",
    "azure-native:compute:AvailabilitySet",
    "azure-native:keyvault:Secret",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:monitor:AutoscaleSetting",
    "azure-native:network:ApplicationSecurityGroup",
    "azure-native:network:NetworkInterface",
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:Subnet",
    "azure-native:network:VirtualNetwork",
    "azure-native:resources:ResourceGroup",
    "azure-native:storage:BlobContainer",
    "azure-native:storage:BlobServiceProperties",
    "azure-native:storage:ManagementPolicy",
  ],
};
