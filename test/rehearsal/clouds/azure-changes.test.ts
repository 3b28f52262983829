/**
 * What the simulated Azure refuses to change and to delete, one rule a test: an example that is refused and its
 * counterpart that is not. Goes through the provider, so that checks and creation run again as they do in an update.
 */
import assert from "node:assert/strict";
import { Account } from "../../../rehearsal/account";
import { clouds } from "../../../rehearsal/clouds/index";
import { existingThings, withExisting } from "../../../rehearsal/clouds/existing";
import type { LiveResource, Properties } from "../../../rehearsal/model";
import { CloudRefusal, type ProviderInstance, simulatedProvider } from "../../../rehearsal/provider";
import { fromPlain, type ValueMap } from "../../../rehearsal/values";

const location = "westeurope";
const subscription = "00000000-0000-0000-0000-000000000001";
const tenantId = "00000000-0000-0000-0000-000000000002";
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRhrcoXiOT1Fr3XyUKz5faDf8HIxNef7sN315+A4pqJ";

/** A simulated account, to which a test does what an operation of Pulumi's would do to it. */
class Cloud {
  readonly account = new Account();
  private readonly provider: ProviderInstance;

  constructor(overrides: Readonly<Record<string, Properties>> = {}) {
    const azure = withExisting(clouds["azure-native"]!, existingThings({}, overrides));
    const place = { project: "demo", stack: "dev" };
    this.provider = simulatedProvider("azure-native", azure, this.account, place).open({ location });
  }

  async add(type: string, name: string, inputs: Properties): Promise<string> {
    const urn = `urn:pulumi:dev::demo::azure-native:${type}::${name}`;
    const checked = await this.provider.check({
      urn,
      news: fromPlain({ resourceGroupName: "rg", ...inputs }) as ValueMap,
    });
    assert.deepEqual(checked.failures, [], name);
    return (await this.provider.create({ urn, inputs: checked.inputs, preview: false })).id;
  }

  has(name: string): boolean {
    return this.account.resources.some((live) => live.name === name);
  }

  live(name: string): LiveResource {
    const found = this.account.resources.find((live) => live.name === name);
    assert.ok(found, `there is no ${name}`);
    return found;
  }

  id(name: string): string {
    return this.live(name).id;
  }

  /** What the cloud says to an update with these inputs; nothing when it is done. */
  async update(name: string, news: Properties): Promise<string> {
    const { urn, id, inputs, outputs } = this.live(name);
    const [oldInputs, oldOutputs] = [fromPlain(inputs) as ValueMap, fromPlain(outputs) as ValueMap];
    const checked = await this.provider.check({ urn, olds: oldInputs, news: fromPlain(news) as ValueMap });
    if (checked.failures.length > 0) return checked.failures.join("\n");
    return said(this.provider.update({ urn, id, oldInputs, oldOutputs, news: checked.inputs, preview: false }));
  }

  async remove(name: string): Promise<string> {
    const { urn, id, outputs } = this.live(name);
    return said(this.provider.delete({ urn, id, outputs: fromPlain(outputs) as ValueMap }));
  }
}

async function said(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "";
  } catch (error) {
    if (error instanceof CloudRefusal) return error.message;
    throw error;
  }
}

/** The value with something else at a path of names and positions. */
function put(value: unknown, path: string, now: unknown): Properties {
  const [step, ...rest] = path.split(".") as [string, ...string[]];
  const inner = rest.length === 0 ? now : put((value as Properties | undefined)?.[step], rest.join("."), now);
  if (Array.isArray(value)) return value.map((entry: unknown, at) => (String(at) === step ? inner : entry)) as never;
  return { ...(value as Properties | undefined), [step]: inner };
}

const image = { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "24.04.202609010" };
const login = {
  adminUsername: "operator",
  linuxConfiguration: {
    disablePasswordAuthentication: true,
    ssh: { publicKeys: [{ path: "/home/operator/.ssh/authorized_keys", keyData: key }] },
  },
};

function machine(nic: string, more: Properties = {}): Properties {
  return {
    hardwareProfile: { vmSize: "Standard_D4s_v5" },
    networkProfile: { networkInterfaces: [{ id: nic, deleteOption: "Detach" }] },
    osProfile: { ...login, computerName: "master", customData: "Zmlyc3Q=" },
    securityProfile: { securityType: "TrustedLaunch" },
    storageProfile: {
      imageReference: image,
      osDisk: { createOption: "FromImage", diskSizeGB: 30, managedDisk: { storageAccountType: "Premium_LRS" } },
    },
    ...more,
  };
}

function scaleSet(subnet: string, rules: string, members: string, pool: string): Properties {
  const address = {
    name: "main",
    primary: true,
    subnet: { id: subnet },
    applicationSecurityGroups: [{ id: members }],
    loadBalancerBackendAddressPools: [{ id: pool }],
  };
  const nic = { name: "main", primary: true, networkSecurityGroup: { id: rules }, ipConfigurations: [address] };
  return {
    orchestrationMode: "Flexible",
    platformFaultDomainCount: 1,
    zones: ["1", "2"],
    sku: { name: "Standard_D4s_v5", capacity: 2 },
    virtualMachineProfile: {
      osProfile: { ...login, computerNamePrefix: "media", customData: "Zmlyc3Q=" },
      securityProfile: { securityType: "TrustedLaunch" },
      storageProfile: {
        imageReference: image,
        osDisk: { createOption: "FromImage", managedDisk: { storageAccountType: "Premium_LRS" } },
      },
      networkProfile: { networkApiVersion: "2022-11-01", networkInterfaceConfigurations: [nic] },
    },
  };
}

const standard = { sku: { name: "Standard" }, publicIPAllocationMethod: "Static" };
const natOf = (address: string): Properties => ({ sku: { name: "Standard" }, publicIpAddresses: [{ id: address }] });

/** Networks with what uses them, and beside each used thing a spare one. */
async function buildNetwork(cloud: Cloud): Promise<void> {
  const inNetwork = { virtualNetworkName: "vnet" };
  await cloud.add("resources:ResourceGroup", "rg", { location });
  for (const [name, prefix] of [
    ["vnet", "10.0.0.0/16"],
    ["spare-vnet", "10.1.0.0/16"],
  ] as const)
    await cloud.add("network:VirtualNetwork", name, {
      virtualNetworkName: name,
      addressSpace: { addressPrefixes: [prefix] },
    });
  for (const name of ["balancer-address", "nat-address", "spare-address", "generic-nat-address"])
    await cloud.add("network:PublicIPAddress", name, { ...standard, zones: ["1", "2", "3"] });
  await cloud.add("network:NatGateway", "nat", natOf(cloud.id("nat-address")));
  await cloud.add("network:NatGateway", "spare-nat", { sku: { name: "Standard" }, zones: ["1"] });
  const subnet = { ...inNetwork, natGateway: { id: cloud.id("nat") }, defaultOutboundAccess: false };
  await cloud.add("network:Subnet", "masters", { ...subnet, addressPrefix: "10.0.0.0/24" });
  await cloud.add("network:Subnet", "media", { ...inNetwork, addressPrefix: "10.0.1.0/24" });
  await cloud.add("network:Subnet", "spare-subnet", { ...inNetwork, addressPrefix: "10.0.2.0/24" });
  const elsewhere = { virtualNetworkName: "spare-vnet", addressPrefix: "10.1.0.0/24" };
  await cloud.add("network:Subnet", "far-subnet", elsewhere);
  for (const name of ["members", "rule-members", "spare-members"])
    await cloud.add("network:ApplicationSecurityGroup", name, {});
  const rule = {
    name: "in",
    direction: "Inbound",
    access: "Allow",
    priority: 100,
    protocol: "Tcp",
    sourcePortRange: "*",
    destinationPortRange: "443",
    sourceAddressPrefix: "*",
    destinationApplicationSecurityGroups: [{ id: cloud.id("rule-members") }],
  };
  await cloud.add("network:NetworkSecurityGroup", "rules", { securityRules: [rule] });
  await cloud.add("network:NetworkSecurityGroup", "spare-rules", {});
  for (const name of ["balancer", "spare-balancer"])
    await cloud.add("network:LoadBalancer", name, {
      loadBalancerName: name,
      sku: { name: "Standard" },
      backendAddressPools: [{ name: "pool" }, { name: "other-pool" }],
      ...(name === "balancer" && {
        frontendIPConfigurations: [{ name: "front", publicIPAddress: { id: cloud.id("balancer-address") } }],
      }),
    });
}

async function buildMachines(cloud: Cloud): Promise<void> {
  const nic = { ipConfigurations: [{ name: "first", subnet: { id: cloud.id("masters") } }] };
  for (const name of ["nic", "set-nic", "spare-nic", "gone-nic"])
    await cloud.add("network:NetworkInterface", name, {
      ...nic,
      ...(name === "nic" && { networkSecurityGroup: { id: cloud.id("rules") } }),
    });
  const empty = { creationData: { createOption: "Empty" }, sku: { name: "Premium_LRS" }, diskSizeGB: 64 };
  for (const name of ["disk", "spare-disk"]) await cloud.add("compute:Disk", name, { ...empty, zones: ["1"] });
  // One that could follow its machine into another zone.
  await cloud.add("compute:Disk", "gone-disk", { ...empty, sku: { name: "Premium_ZRS" } });
  for (const name of ["set", "spare-set"])
    await cloud.add("compute:AvailabilitySet", name, {
      sku: { name: "Aligned" },
      platformFaultDomainCount: 2,
      platformUpdateDomainCount: 4,
    });
  const holding = (disk: string, deleteOption: string): Properties => ({
    zones: ["1"],
    storageProfile: {
      ...(machine("").storageProfile as Properties),
      dataDisks: [{ lun: 0, createOption: "Attach", deleteOption, managedDisk: { id: cloud.id(disk) } }],
    },
  });
  await cloud.add("compute:VirtualMachine", "machine", machine(cloud.id("nic"), holding("disk", "Detach")));
  const inSet = { availabilitySet: { id: cloud.id("set") } };
  await cloud.add("compute:VirtualMachine", "set-machine", machine(cloud.id("set-nic"), inSet));
  const going = machine(cloud.id("gone-nic"), holding("gone-disk", "Delete"));
  await cloud.add(
    "compute:VirtualMachine",
    "whole-machine",
    put(going, "networkProfile.networkInterfaces.0.deleteOption", "Delete"),
  );
  const pool = `${cloud.id("balancer")}/backendAddressPools/pool`;
  const nodes = scaleSet(cloud.id("media"), cloud.id("rules"), cloud.id("members"), pool);
  await cloud.add("compute:VirtualMachineScaleSet", "nodes", { ...nodes, vmScaleSetName: "nodes" });
}

async function buildRest(cloud: Cloud): Promise<void> {
  const properties = { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true };
  const networkAcls = { defaultAction: "Deny", bypass: "None", ipRules: [{ value: "203.0.113.7" }] };
  await cloud.add("keyvault:Vault", "vault", {
    vaultName: "open-vault",
    properties: { ...properties, softDeleteRetentionInDays: 30, enablePurgeProtection: true, networkAcls },
  });
  await cloud.add("keyvault:Vault", "closed-vault", {
    vaultName: "closed-vault",
    properties: { ...properties, networkAcls: { ...networkAcls, ipRules: [] } },
  });
  for (const [name, vaultName] of [
    ["secret", "open-vault"],
    ["closed-secret", "closed-vault"],
  ] as const)
    await cloud.add("keyvault:Secret", name, { vaultName, properties: { value: "first" } });
  await cloud.add("storage:StorageAccount", "account", {
    accountName: "exampleaccount",
    kind: "Storage",
    sku: { name: "Standard_LRS" },
  });
  await cloud.add("storage:BlobContainer", "container", { accountName: "exampleaccount" });
  await cloud.add("managedidentity:UserAssignedIdentity", "identity", {});
  const scope = cloud.id("rg");
  const role = {
    scope,
    assignableScopes: [scope],
    permissions: [{ actions: ["Microsoft.Compute/virtualMachines/read"] }],
  };
  for (const name of ["role", "spare-role"])
    await cloud.add("authorization:RoleDefinition", name, { ...role, roleName: name, roleType: "CustomRole" });
  const principal = { principalId: cloud.live("identity").outputs.principalId, principalType: "ServicePrincipal" };
  await cloud.add("authorization:RoleAssignment", "assignment", {
    ...principal,
    scope: cloud.id("container"),
    roleDefinitionId: cloud.id("role"),
  });
}

async function buildGeneric(cloud: Cloud): Promise<void> {
  const generic = { apiVersion: "2025-01-01", parentResourcePath: "", resourceProviderNamespace: "Microsoft.Network" };
  const made = async (name: string, resourceType: string, properties: Properties): Promise<string> =>
    cloud.add("resources:Resource", name, { ...generic, resourceType, sku: { name: "StandardV2" }, properties });
  const address = { publicIPAllocationMethod: "Static" };
  await made("v2-address", "publicIPAddresses", address);
  await made("spare-v2-address", "publicIPAddresses", address);
  const publicIpAddresses = [{ id: cloud.id("v2-address") }];
  await made("v2-nat", "natGateways", { publicIpAddresses });
  await made("spare-v2-nat", "natGateways", {});
  const natGateway = { id: cloud.id("v2-nat") };
  const inNetwork = { virtualNetworkName: "vnet", addressPrefix: "10.0.3.0/24" };
  await cloud.add("network:Subnet", "v2-subnet", { ...inNetwork, natGateway });
}

async function build(overrides?: Readonly<Record<string, Properties>>): Promise<Cloud> {
  const cloud = new Cloud(overrides);
  await buildNetwork(cloud);
  await buildMachines(cloud);
  await buildRest(cloud);
  await buildGeneric(cloud);
  return cloud;
}

interface UpdateRule {
  readonly title: string;
  readonly of: string;
  /** What the refused change puts where. */
  readonly refused: readonly [path: string, value: unknown];
  readonly says: string | ((cloud: Cloud) => string);
  /** A neighbouring change that is accepted. */
  readonly accepted: readonly [path: string, value: unknown];
}

const fixed = (property: string): string =>
  `Code="PropertyChangeNotAllowed" Message="Changing property '${property}' is not allowed."`;
const tags: UpdateRule["accepted"] = ["tags", { owner: "somebody else" }];
const os = "virtualMachineProfile.osProfile";
const disks = "virtualMachineProfile.storageProfile";

const updateRules: readonly UpdateRule[] = [
  {
    title: "a resource stays in its region",
    of: "rules",
    refused: ["location", "northeurope"],
    says: "already exists in location 'westeurope' in resource group 'rg'. A resource with the same name cannot be created in location 'northeurope'.",
    accepted: ["location", "West Europe"],
  },
  {
    title: "an address keeps its zones",
    of: "spare-address",
    refused: ["zones", undefined],
    says: "has an existing availability zone constraint 1, 2, 3 and the request has availability zone constraint NoZone",
    accepted: ["idleTimeoutInMinutes", 10],
  },
  {
    title: "a NAT gateway keeps its zone",
    of: "spare-nat",
    refused: ["zones", ["2"]],
    says: 'Code="ResourceAvailabilityZonesCannotBeModified"',
    accepted: ["idleTimeoutInMinutes", 10],
  },
  {
    title: "a NAT gateway of a newer API keeps its SKU",
    of: "spare-v2-nat",
    refused: ["sku", { name: "Standard" }],
    says: "Sku property is set at creation time and cannot be changed from StandardV2 to Standard",
    accepted: tags,
  },
  {
    title: "a NAT gateway of a newer API stays in its region",
    of: "spare-v2-nat",
    refused: ["location", "northeurope"],
    says: 'Code="InvalidResourceLocation"',
    accepted: ["properties", { idleTimeoutInMinutes: 10 }],
  },
  {
    title: "a network keeps the ranges of its subnets",
    of: "vnet",
    refused: ["addressSpace", { addressPrefixes: ["10.0.0.0/23", "10.0.3.0/24"] }],
    says: "Subnet 'spare-subnet' is not valid in virtual network 'vnet'.",
    accepted: ["addressSpace", { addressPrefixes: ["10.0.0.0/16", "10.8.0.0/16"] }],
  },
  {
    title: "a subnet with addresses in use keeps its range",
    of: "masters",
    refused: ["addressPrefix", "10.0.9.0/24"],
    says: "IpPrefix 10.0.0.0/24 on Subnet masters has active allocations and cannot be deleted.",
    accepted: ["serviceEndpoints", [{ service: "Microsoft.Storage" }]],
  },
  {
    title: "a subnet's way out is chosen when it is made",
    of: "masters",
    refused: ["defaultOutboundAccess", true],
    says: fixed("defaultOutboundAccess"),
    accepted: ["natGateway", undefined],
  },
  {
    title: "an interface keeps its first configuration",
    of: "nic",
    refused: ["ipConfigurations.0.name", "other"],
    says: "IP Configuration first cannot be deleted. Deletion and renaming of primary IP Configuration is not supported",
    accepted: ["networkSecurityGroup", undefined],
  },
  {
    title: "an interface keeps its virtual network",
    of: "spare-nic",
    refused: ["ipConfigurations.0.subnet.id", "far-subnet"],
    says: "The virtual network of network interface",
    accepted: ["ipConfigurations.0.subnet.id", "spare-subnet"],
  },
  {
    title: "a load balancer keeps its SKU",
    of: "spare-balancer",
    refused: ["sku", { name: "Gateway" }],
    says: "cannot be changed from Standard to Gateway on resource update",
    accepted: ["backendAddressPools", [{ name: "pool" }]],
  },
  {
    title: "a machine keeps its zone",
    of: "whole-machine",
    refused: ["zones", undefined],
    says: fixed("zones"),
    accepted: tags,
  },
  {
    title: "a machine keeps its availability set",
    of: "set-machine",
    refused: ["availabilitySet.id", "spare-set"],
    says: fixed("availabilitySet.id"),
    accepted: ["hardwareProfile.vmSize", "Standard_D8s_v5"],
  },
  {
    title: "a machine keeps its custom data",
    of: "machine",
    refused: ["osProfile.customData", "c2Vjb25k"],
    says: fixed("customData"),
    accepted: ["osProfile.customData", undefined],
  },
  {
    title: "a machine keeps its name and user",
    of: "machine",
    refused: ["osProfile.computerName", "another"],
    says: fixed("computerName"),
    accepted: ["userData", "c2Vjb25k"],
  },
  {
    title: "a machine keeps its keys",
    of: "machine",
    refused: ["osProfile.linuxConfiguration.ssh.publicKeys.0.keyData", `${key} another`],
    says: fixed("linuxConfiguration.ssh.publicKeys"),
    accepted: tags,
  },
  {
    title: "a machine keeps its image",
    of: "machine",
    refused: ["storageProfile.imageReference.version", "24.04.202610010"],
    says: fixed("imageReference"),
    accepted: ["storageProfile.imageReference.version", image.version],
  },
  {
    title: "a machine keeps its kind of security",
    of: "machine",
    refused: ["securityProfile.securityType", "Standard"],
    says: fixed("securityProfile.securityType"),
    accepted: tags,
  },
  {
    title: "a machine that runs is not encrypted at host",
    of: "machine",
    refused: ["securityProfile.encryptionAtHost", true],
    says: "'securityProfile.encryptionAtHost' can be updated only when VM is in deallocated state.",
    accepted: tags,
  },
  {
    title: "a system disk does not grow while the machine runs",
    of: "machine",
    refused: ["storageProfile.osDisk.diskSizeGB", 60],
    says: 'Code="ResizeDiskError"',
    accepted: ["storageProfile.osDisk.caching", "ReadWrite"],
  },
  {
    title: "a system disk's kind is not the machine's business",
    of: "machine",
    refused: ["storageProfile.osDisk.managedDisk.storageAccountType", "StandardSSD_LRS"],
    says: "Managed disk storage account type change through Virtual Machine",
    accepted: ["storageProfile.osDisk.deleteOption", "Delete"],
  },
  {
    title: "a running machine gets no second interface",
    of: "machine",
    refused: ["networkProfile.networkInterfaces", ["nic", "spare-nic"]],
    says: "with a single network interface must be stop-deallocated before it can be updated to have multiple network interfaces",
    accepted: ["networkProfile.networkInterfaces.0.deleteOption", "Delete"],
  },
  {
    title: "a running machine keeps its interface",
    of: "machine",
    refused: ["networkProfile.networkInterfaces.0.id", "spare-nic"],
    says: 'Code="AddingOrDeletingNetworkInterfacesOnARunningVirtualMachineNotSupported"',
    accepted: ["diagnosticsProfile", { bootDiagnostics: { enabled: true } }],
  },
  {
    title: "a scale set keeps its orchestration mode",
    of: "nodes",
    refused: ["orchestrationMode", "Uniform"],
    says: fixed("orchestrationMode"),
    accepted: ["sku.capacity", 5],
  },
  {
    title: "a scale set gets zones and loses none",
    of: "nodes",
    refused: ["zones", ["2", "3"]],
    says: fixed("zones"),
    accepted: ["zones", ["1", "2", "3"]],
  },
  {
    title: "a scale set keeps its image's publisher, not its version",
    of: "nodes",
    refused: [`${disks}.imageReference.offer`, "ubuntu-26_04-lts"],
    says: fixed("imageReference.offer"),
    accepted: [`${disks}.imageReference.version`, "24.04.202610010"],
  },
  {
    title: "a scale set keeps its kind of system disk",
    of: "nodes",
    refused: [`${disks}.osDisk.managedDisk.storageAccountType`, "StandardSSD_LRS"],
    says: fixed("osDisk.managedDisk.storageAccountType"),
    accepted: [`${disks}.osDisk.diskSizeGB`, 60],
  },
  {
    title: "a scale set keeps its user, not its custom data",
    of: "nodes",
    refused: [`${os}.computerNamePrefix`, "another"],
    says: fixed("computerNamePrefix"),
    accepted: [`${os}.customData`, "c2Vjb25k"],
  },
  {
    title: "a scale set keeps its kind of security, not its size",
    of: "nodes",
    refused: ["virtualMachineProfile.securityProfile", undefined],
    says: fixed("securityProfile.securityType"),
    accepted: ["sku.name", "Standard_D8s_v5"],
  },
  {
    title: "a scale set keeps its virtual network",
    of: "nodes",
    refused: [
      "virtualMachineProfile.networkProfile.networkInterfaceConfigurations.0.ipConfigurations.0.subnet.id",
      "far-subnet",
    ],
    says: "The virtual network of virtual machine scale set",
    accepted: [
      "virtualMachineProfile.networkProfile.networkInterfaceConfigurations.0.ipConfigurations.0.subnet.id",
      "spare-subnet",
    ],
  },
  {
    title: "an availability set keeps its domains",
    of: "set",
    refused: ["platformUpdateDomainCount", 5],
    says: fixed("platformUpdateDomainCount"),
    accepted: tags,
  },
  {
    title: "an availability set stays one for managed disks",
    of: "set",
    refused: ["sku", { name: "Classic" }],
    says: "Changing availability set SKU from 'Aligned' to 'Classic' is not allowed.",
    accepted: ["sku", { name: "Aligned" }],
  },
  {
    title: "a disk does not shrink",
    of: "spare-disk",
    refused: ["diskSizeGB", 32],
    says: "cannot be resized down",
    accepted: ["diskSizeGB", 8192],
  },
  {
    title: "a disk in use grows up to four tebibytes",
    of: "disk",
    refused: ["diskSizeGB", 8192],
    says: "while it is attached to running VM",
    accepted: ["diskSizeGB", 128],
  },
  {
    title: "a disk keeps its zone",
    of: "spare-disk",
    refused: ["zones", ["2"]],
    says: fixed("zones"),
    accepted: ["sku", { name: "StandardSSD_LRS" }],
  },
  {
    title: "a disk keeps its origin",
    of: "spare-disk",
    refused: ["creationData.logicalSectorSize", 512],
    says: fixed("creationData"),
    accepted: ["encryption", { type: "EncryptionAtRestWithPlatformKey" }],
  },
  {
    title: "a disk in use keeps its kind",
    of: "disk",
    refused: ["sku", { name: "StandardSSD_LRS" }],
    says: (cloud) => `while it is attached to running VM ${cloud.id("machine")}`,
    accepted: tags,
  },
  {
    title: "a disk in use keeps its encryption",
    of: "disk",
    refused: ["encryption", { type: "EncryptionAtRestWithPlatformKey" }],
    says: "Cannot change the encryption of disk",
    accepted: tags,
  },
  {
    title: "a vault keeps its days of recovery",
    of: "vault",
    refused: ["properties.softDeleteRetentionInDays", 31],
    says: `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`,
    accepted: ["properties.networkAcls.ipRules", []],
  },
  {
    title: "a vault keeps what it deletes",
    of: "vault",
    refused: ["properties.enableSoftDelete", false],
    says: 'The property "enableSoftDelete" can be set to false only for creating new vault.',
    accepted: ["properties.enableSoftDelete", true],
  },
  {
    title: "a vault's protection from purging cannot be switched off",
    of: "vault",
    refused: ["properties.enablePurgeProtection", false],
    says: 'The property "enablePurgeProtection" cannot be set to false.',
    accepted: ["properties.softDeleteRetentionInDays", 30],
  },
  {
    title: "an account stays in as many zones as it was made for",
    of: "account",
    refused: ["sku", { name: "Standard_ZRS" }],
    says: 'Code="StorageAccountTypeConversionNotAllowed" Message="Storage account type cannot be changed to Standard_ZRS."',
    accepted: ["sku", { name: "Standard_GRS" }],
  },
  {
    title: "an account keeps its kind unless it is an old one",
    of: "account",
    refused: ["kind", "BlockBlobStorage"],
    says: "Values for request parameters are invalid: kind.",
    accepted: ["kind", "StorageV2"],
  },
  {
    title: "a container keeps its kind of immutability",
    of: "container",
    refused: ["immutableStorageWithVersioning", { enabled: true }],
    says: fixed("immutableStorageWithVersioning"),
    accepted: ["metadata", { purpose: "another" }],
  },
  {
    title: "an assignment keeps its role",
    of: "assignment",
    refused: ["roleDefinitionId", "spare-role"],
    says: 'Code="RoleAssignmentUpdateNotPermitted"',
    accepted: ["description", "another"],
  },
];

/** Names of things on the stage stand for their ids. */
function meant(cloud: Cloud, value: unknown): unknown {
  if (typeof value === "string" && value.includes("-") && cloud.has(value)) return cloud.id(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string" && cloud.has(entry)))
    return value.map((entry: string, at) => ({ id: cloud.id(entry), primary: at === 0 }));
  return value;
}

describe("simulated Azure refuses changes that Azure refuses", () => {
  for (const { title, of, refused, says, accepted } of updateRules) {
    it(title, async () => {
      const cloud = await build();
      const { inputs } = cloud.live(of);
      const answer = await cloud.update(of, put(inputs, refused[0], meant(cloud, refused[1])));
      const wanted = typeof says === "function" ? says(cloud) : says;
      assert.ok(answer.includes(wanted), `${answer || "nothing was refused"}\ndoes not say\n${wanted}`);
      assert.equal(answer.split("\n").length, 1, answer);
      assert.deepEqual(cloud.live(of).inputs, inputs, "a refused change changes nothing");
      assert.equal(await cloud.update(of, put(inputs, accepted[0], meant(cloud, accepted[1]))), "");
    });
  }
});

interface DeleteRule {
  readonly title: string;
  readonly refused: string;
  readonly says: string | ((cloud: Cloud) => string);
  readonly accepted: string;
  /** What has to go first so that the refused one can. */
  readonly users: readonly string[];
}

const deleteRules: readonly DeleteRule[] = [
  {
    title: "an interface that a machine has",
    refused: "nic",
    says: (cloud) =>
      `Code="NicInUse" Message="Network Interface ${cloud.id("nic")} is used by existing resource ${cloud.id("machine")}.`,
    accepted: "spare-nic",
    users: ["machine"],
  },
  {
    title: "a disk that a machine has",
    refused: "disk",
    says: (cloud) =>
      `Code="OperationNotAllowed" Message="Disk ${String(cloud.live("disk").outputs.name)} is attached to VM ${cloud.id("machine")}."`,
    accepted: "spare-disk",
    users: ["machine"],
  },
  {
    title: "an availability set with a machine",
    refused: "set",
    says: "Before deleting an Availability Set please ensure that it does not contain any VM.",
    accepted: "spare-set",
    users: ["set-machine"],
  },
  {
    title: "an address at a load balancer",
    refused: "balancer-address",
    says: (cloud) =>
      `can not be deleted since it is still allocated to resource ${cloud.id("balancer")}/frontendIPConfigurations/front.`,
    accepted: "spare-address",
    users: ["nodes", "balancer"],
  },
  {
    title: "an address at a NAT gateway",
    refused: "nat-address",
    says: (cloud) => `is still allocated to resource ${cloud.id("nat")}.`,
    accepted: "spare-address",
    users: ["machine", "set-machine", "whole-machine", "nic", "set-nic", "spare-nic", "masters", "nat"],
  },
  {
    title: "an address of a newer API at a NAT gateway",
    refused: "v2-address",
    says: 'Code="PublicIPAddressCannotBeDeleted"',
    accepted: "spare-v2-address",
    users: ["v2-subnet", "v2-nat"],
  },
  {
    title: "a NAT gateway of a subnet",
    refused: "nat",
    says: 'Code="InUseNatGatewayCannotBeDeleted"',
    accepted: "spare-nat",
    users: ["machine", "set-machine", "whole-machine", "nic", "set-nic", "spare-nic", "masters"],
  },
  {
    title: "a NAT gateway of a newer API of a subnet",
    refused: "v2-nat",
    says: (cloud) => `in use by the following resources: ${cloud.id("v2-subnet")}.`,
    accepted: "spare-v2-nat",
    users: ["v2-subnet"],
  },
  {
    title: "a subnet with an interface",
    refused: "masters",
    says: (cloud) => `Subnet masters is in use by ${cloud.id("nic")}/ipConfigurations/first`,
    accepted: "spare-subnet",
    users: ["machine", "set-machine", "whole-machine", "nic", "set-nic", "spare-nic"],
  },
  {
    title: "a subnet with a scale set",
    refused: "media",
    says: (cloud) => `Subnet media is in use by ${cloud.id("nodes")} and cannot be deleted.`,
    accepted: "spare-subnet",
    users: ["nodes"],
  },
  {
    title: "a network with a subnet in use",
    refused: "vnet",
    says: 'Code="InUseSubnetCannotBeDeleted"',
    accepted: "spare-vnet",
    users: ["machine", "set-machine", "whole-machine", "nic", "set-nic", "spare-nic", "nodes"],
  },
  {
    title: "a security group in use",
    refused: "rules",
    says: (cloud) =>
      `cannot be deleted because it is in use by the following resources: ${cloud.id("nic")}, ${cloud.id("nodes")}.`,
    accepted: "spare-rules",
    users: ["machine", "nic", "nodes"],
  },
  {
    title: "a group that machines belong to",
    refused: "members",
    says: "Application Security Group",
    accepted: "spare-members",
    users: ["nodes"],
  },
  {
    title: "a group that a rule names",
    refused: "rule-members",
    says: "is referenced by SecurityRule(s) in.",
    accepted: "spare-members",
    users: ["machine", "nic", "nodes", "rules"],
  },
  {
    title: "a load balancer that a scale set is behind",
    refused: "balancer",
    says: (cloud) => `since its child resources pool are in use by virtual machine scale set ${cloud.id("nodes")}.`,
    accepted: "spare-balancer",
    users: ["nodes"],
  },
  {
    title: "a role that somebody has",
    refused: "role",
    says: 'Code="RoleDefinitionHasAssignments" Message="There are existing role assignments referencing role."',
    accepted: "spare-role",
    users: ["assignment"],
  },
  {
    title: "a secret of a vault that lets nobody in",
    refused: "closed-secret",
    says: "Client address is not authorized and caller is not a trusted service.",
    accepted: "secret",
    users: ["closed-vault"],
  },
];

describe("simulated Azure refuses to delete what Azure refuses to delete", () => {
  for (const { title, refused, says, accepted, users } of deleteRules) {
    it(title, async () => {
      const cloud = await build();
      const answer = await cloud.remove(refused);
      const wanted = typeof says === "function" ? says(cloud) : says;
      assert.ok(answer.includes(wanted), `${answer || "nothing was refused"}\ndoes not say\n${wanted}`);
      assert.ok(cloud.has(refused), "what is refused stays");
      assert.equal(await cloud.remove(accepted), "");
      assert.ok(!cloud.has(accepted));
      for (const user of users) assert.equal(await cloud.remove(user), "", user);
      if (cloud.has(refused)) assert.equal(await cloud.remove(refused), "");
    });
  }
});

describe("what goes with a deletion in the simulated Azure", () => {
  const goesWith = async (name: string): Promise<string[]> => {
    const cloud = await build();
    const before = cloud.account.resources.map((live) => live.name);
    assert.equal(await cloud.remove(name), "");
    return before.filter((each) => !cloud.has(each));
  };

  it("everything in a resource group, and roles of the subscription do not", async () => {
    const cloud = await build();
    assert.equal(await cloud.remove("rg"), "");
    assert.deepEqual(
      cloud.account.resources.map((live) => live.name),
      ["role", "spare-role"],
    );
  });

  it("the subnets of a network", async () => {
    assert.deepEqual((await goesWith("spare-vnet")).sort(), ["far-subnet", "spare-vnet"]);
  });

  it("the secrets of a vault", async () => {
    assert.deepEqual((await goesWith("vault")).sort(), ["secret", "vault"]);
  });

  it("the containers of an account and the assignments on them", async () => {
    assert.deepEqual((await goesWith("account")).sort(), ["account", "assignment", "container"]);
  });

  it("interfaces and disks that are to go with their machine, and no others", async () => {
    assert.deepEqual((await goesWith("whole-machine")).sort(), ["gone-disk", "gone-nic", "whole-machine"]);
    assert.deepEqual(await goesWith("machine"), ["machine"]);
  });

  it("an identity in use goes, and its assignments stay", async () => {
    assert.deepEqual(await goesWith("identity"), ["identity"]);
  });
});

describe("a simulated Azure over time", () => {
  it("a scale set without zones keeps its number of fault domains", async () => {
    const cloud = await build();
    const { vmScaleSetName: _name, zones: _zones, ...rest } = cloud.live("nodes").inputs;
    await cloud.add("compute:VirtualMachineScaleSet", "regional", { ...rest, platformFaultDomainCount: 2 });
    const { inputs } = cloud.live("regional");
    const answer = await cloud.update("regional", { ...inputs, platformFaultDomainCount: 3 });
    assert.equal(answer, fixed("platformFaultDomainCount"));
    assert.equal(await cloud.update("regional", put(inputs, "sku.capacity", 3)), "");
  });

  it("a deleted vault keeps its name", async () => {
    const name = "former-vault";
    const cloud = await build({ [name]: { softDeleted: true } });
    const { inputs } = cloud.live("vault");
    await assert.rejects(
      cloud.add("keyvault:Vault", "again", { ...inputs, vaultName: name }),
      /already exists in deleted state/,
    );
    await cloud.add("keyvault:Vault", "new", { ...inputs, vaultName: "new-vault" });
  });

  it("a vault's name is free again when it is recovered, or when its recovery days are over", async () => {
    const cloud = await build();
    const { inputs } = cloud.live("vault");
    const vaultName = "passing-vault";
    const remake = (name: string, more: Properties = {}): Promise<string> =>
      cloud.add("keyvault:Vault", name, {
        ...put(inputs, "properties", { ...(inputs.properties as Properties), ...more }),
        vaultName,
      });
    await remake("first");
    await cloud.remove("first");
    await assert.rejects(remake("second"), /You need to either recover or purge existing key vault/);
    await remake("recovered", { createMode: "recover" });
    await cloud.remove("recovered");
    await assert.rejects(remake("third"), /already exists in deleted state/);
    assert.equal(cloud.account.copy().recoverable.length, 1);
    cloud.account.expire();
    await remake("fourth");
  });

  it("a vault goes with its group and can be recovered all the same", async () => {
    const cloud = await build();
    assert.equal(await cloud.remove("rg"), "");
    assert.ok(cloud.account.recoverable.some(({ name }) => name === "vault"));
  });

  it("a scale set that grew behind the program's back is seen as it is, and an update sends what it is told", async () => {
    const cloud = await build();
    const { urn, inputs } = cloud.live("nodes");
    const grown = put(inputs, "sku.capacity", 4);
    cloud.account.drift(urn, { sku: grown.sku });
    assert.deepEqual(cloud.live("nodes").outputs.sku, { name: "Standard_D4s_v5", capacity: 4 });
    assert.equal(await cloud.update("nodes", put(grown, "sku.name", "Standard_D8s_v5")), "");
    assert.deepEqual(cloud.live("nodes").outputs.sku, { name: "Standard_D8s_v5", capacity: 4 });
  });

  it("an update keeps what Azure gave: addresses, ids and times", async () => {
    const cloud = await build();
    const kept = { nic: "macAddress", "spare-address": "ipAddress", machine: "vmId", identity: "principalId" };
    for (const [name, output] of Object.entries(kept)) {
      const { outputs, inputs } = cloud.live(name);
      assert.equal(await cloud.update(name, { ...inputs, tags: { owner: "somebody else" } }), "");
      assert.equal(cloud.live(name).outputs[output], outputs[output]);
      assert.deepEqual(cloud.live(name).outputs.tags, { owner: "somebody else" });
    }
    const address = (): unknown => (cloud.live("nic").outputs.ipConfigurations as Properties[])[0]!.privateIPAddress;
    const before = address();
    assert.match(String(before), /^10\.0\.0\.\d+$/);
    assert.equal(await cloud.update("nic", put(cloud.live("nic").inputs, "networkSecurityGroup", undefined)), "");
    assert.equal(address(), before);
  });

  it("a secret gets a version with each value, and its name stays", async () => {
    const cloud = await build();
    const shown = (): Properties => cloud.live("secret").outputs.properties as Properties;
    const before = shown();
    assert.equal(await cloud.update("secret", put(cloud.live("secret").inputs, "properties.value", "second")), "");
    assert.equal(shown().secretUri, before.secretUri);
    assert.notEqual(shown().secretUriWithVersion, before.secretUriWithVersion);
  });

  it("a disk that grew says so", async () => {
    const cloud = await build();
    assert.equal(await cloud.update("disk", put(cloud.live("disk").inputs, "diskSizeGB", 128)), "");
    assert.equal(cloud.live("disk").outputs.diskSizeBytes, 128 * 2 ** 30);
  });

  it("every resource can be updated beside all the others", async () => {
    const cloud = await build();
    for (const { name, inputs } of cloud.account.resources)
      assert.equal(await cloud.update(name, { ...inputs, tags: { owner: "somebody else" } }), "", name);
  });

  it("names the subscription in the ids", async () => {
    assert.ok((await build()).id("vnet").startsWith(`/subscriptions/${subscription}/resourceGroups/rg/`));
  });
});
