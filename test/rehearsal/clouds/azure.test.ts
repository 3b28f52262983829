/**
 * What the simulated Azure refuses, one rule a test, and what it answers.
 */
import assert from "node:assert/strict";
import type { Properties } from "../../../rehearsal/model";
import { cloudsFor, clouds } from "../../../rehearsal/clouds/index";
import { existingThings } from "../../../rehearsal/clouds/existing";
import { idOf, outputOf, type Rule, Stage, testRules } from "./stage";

const resourceGroup = "azure-native:resources:ResourceGroup";
const generic = "azure-native:resources:Resource";
const network = "azure-native:network:VirtualNetwork";
const subnet = "azure-native:network:Subnet";
const address = "azure-native:network:PublicIPAddress";
const nat = "azure-native:network:NatGateway";
const rules = "azure-native:network:NetworkSecurityGroup";
const nic = "azure-native:network:NetworkInterface";
const balancer = "azure-native:network:LoadBalancer";
const vault = "azure-native:keyvault:Vault";
const secret = "azure-native:keyvault:Secret";
const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const assignment = "azure-native:authorization:RoleAssignment";
const definition = "azure-native:authorization:RoleDefinition";
const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const blobService = "azure-native:storage:BlobServiceProperties";
const policy = "azure-native:storage:ManagementPolicy";
const disk = "azure-native:compute:Disk";
const machineType = "azure-native:compute:VirtualMachine";
const scaleSet = "azure-native:compute:VirtualMachineScaleSet";
const autoscale = "azure-native:monitor:AutoscaleSetting";
const alert = "azure-native:monitor:MetricAlert";
const actionGroup = "azure-native:monitor:ActionGroup";
const recordSet = "azure-native:dns:RecordSet";

const resourceGroupName = "rg";
const location = "westeurope";
const subscription = "00000000-0000-0000-0000-000000000001";
const tenantId = "00000000-0000-0000-0000-000000000002";
const secretsUser = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`;
const inGroup = (rest: string): string => `/subscriptions/${subscription}/resourceGroups/rg/providers/${rest}`;
const base64Of = (bytes: number): string => Buffer.alloc(bytes, "x").toString("base64");
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRhrcoXiOT1Fr3XyUKz5faDf8HIxNef7sN315+A4pqJ";

function stage(): Stage {
  const built = new Stage({ location });
  const here = { resourceGroupName };
  built.add(resourceGroup, "rg", { ...here, location });
  built.add(network, "vnet", {
    ...here,
    virtualNetworkName: "vnet",
    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
  });
  const inside = { ...here, virtualNetworkName: "vnet" };
  const serviceEndpoints = [{ service: "Microsoft.KeyVault" }];
  built.add(subnet, "masters", { ...inside, addressPrefix: "10.0.0.0/24", serviceEndpoints });
  built.add(subnet, "media", { ...inside, addressPrefix: "10.0.1.0/24" });
  built.add(address, "address", { ...here, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" });
  built.add(nic, "nic", { ...here, ipConfigurations: [{ name: "main", subnet: { id: idOf(built, "masters") } }] });
  built.add(nic, "used-nic", { ...here, ipConfigurations: [{ name: "main", subnet: { id: idOf(built, "masters") } }] });
  built.add(identityType, "identity", here);
  built.add(vault, "vault", { ...vaultInputs(), vaultName: "example-vault" });
  built.add(account, "account", {
    ...here,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    accountName: "exampleaccount",
  });
  const empty = { ...here, creationData: { createOption: "Empty" }, diskSizeGB: 10 };
  built.add(disk, "disk", { ...empty, zones: ["1"] });
  built.add(disk, "far-disk", { ...empty, zones: ["2"] });
  built.add(disk, "used-disk", { ...empty, zones: ["1"] });
  built.add(machineType, "machine", machine(built, { ...withNic(built, "used-nic"), ...withDisk(built, "used-disk") }));
  built.add(scaleSet, "media-nodes", flexible(built, { vmScaleSetName: "media-nodes" }));
  return built;
}

function vaultInputs(more: Properties = {}): Properties {
  const properties = { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true, ...more };
  return { resourceGroupName, properties };
}

function withNic(on: Stage, name: string): Properties {
  return { networkProfile: { networkInterfaces: [{ id: idOf(on, name) }] } };
}

const image = (sku = "server"): Properties => ({
  imageReference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku, version: "24.04.202609010" },
});

function withDisk(on: Stage, name: string, sku?: string): Properties {
  const attached = { lun: 0, createOption: "Attach", managedDisk: { id: idOf(on, name) } };
  return { storageProfile: { ...image(sku), dataDisks: [attached] } };
}

function osProfile(more: Properties = {}): Properties {
  const publicKeys = [{ path: "/home/operator/.ssh/authorized_keys", keyData: key }];
  const linuxConfiguration = { disablePasswordAuthentication: true, ssh: { publicKeys } };
  return { adminUsername: "operator", linuxConfiguration, ...more };
}

function machine(on: Stage, more: Properties = {}): Properties {
  return {
    resourceGroupName,
    zones: ["1"],
    hardwareProfile: { vmSize: "Standard_D4s_v5" },
    osProfile: osProfile({ computerName: "master-1" }),
    ...withNic(on, "nic"),
    ...withDisk(on, "disk"),
    ...more,
  };
}

function nodes(
  on: Stage,
  more: { os?: Properties; network?: Properties; ip?: Properties; rest?: Properties } = {},
): Properties {
  const configuration = { name: "main", primary: true, subnet: { id: idOf(on, "media") }, ...more.ip };
  const networkInterfaceConfigurations = [{ name: "main", primary: true, ipConfigurations: [configuration] }];
  return {
    storageProfile: image(),
    osProfile: osProfile({ computerNamePrefix: "media", ...more.os }),
    networkProfile: { networkApiVersion: "2022-11-01", networkInterfaceConfigurations, ...more.network },
    ...more.rest,
  };
}

function flexible(on: Stage, more: Properties = {}): Properties {
  return {
    resourceGroupName,
    orchestrationMode: "Flexible",
    platformFaultDomainCount: 1,
    singlePlacementGroup: false,
    zones: ["1", "2", "3"],
    sku: { name: "Standard_D4s_v5", capacity: 2 },
    identity: { type: "UserAssigned", userAssignedIdentities: [idOf(on, "identity")] },
    virtualMachineProfile: nodes(on),
    ...more,
  };
}

function allow(name: string, priority: number, more: Properties = {}): Properties {
  return {
    name,
    priority,
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    sourceAddressPrefix: "Internet",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: "443",
    ...more,
  };
}

const balancerId = inGroup("Microsoft.Network/loadBalancers/lb");
const part = (segment: string, name: string): Properties => ({ id: `${balancerId}/${segment}/${name}` });

function rule(name: string, port: number, more: Properties = {}): Properties {
  return {
    name,
    protocol: "Tcp",
    frontendPort: port,
    backendPort: port,
    frontendIPConfiguration: part("frontendIPConfigurations", "front"),
    backendAddressPool: part("backendAddressPools", "masters"),
    probe: part("probes", "http"),
    ...more,
  };
}

function balancerInputs(on: Stage, more: Properties = {}): Properties {
  return {
    resourceGroupName,
    loadBalancerName: "lb",
    sku: { name: "Standard" },
    frontendIPConfigurations: [{ name: "front", publicIPAddress: { id: idOf(on, "address") } }],
    backendAddressPools: [{ name: "masters" }],
    probes: [{ name: "http", protocol: "Http", port: 7880, requestPath: "/health/caddy" }],
    loadBalancingRules: [rule("https", 443)],
    ...more,
  };
}

const networks: Omit<Rule, "stage">[] = [
  {
    title: "a resource group's name is taken once",
    type: resourceGroup,
    accepted: () => ({ resourceGroupName: "another", location }),
    change: { resourceGroupName: "RG" },
    says: "cannot create already existing resource",
  },
  {
    title: "a network has an address space",
    type: network,
    accepted: () => ({ resourceGroupName, addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }),
    change: { addressSpace: { addressPrefixes: ["10.1.0.1/16"] } },
    says: 'Code="InvalidCIDRNotation"',
  },
  {
    title: "a network's name is taken once",
    type: network,
    accepted: () => ({ resourceGroupName, addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }),
    change: { virtualNetworkName: "vnet" },
    says: "cannot create already existing resource '/subscriptions/",
  },
  {
    title: "a subnet's network exists",
    type: subnet,
    accepted: () => ({ resourceGroupName, virtualNetworkName: "vnet", addressPrefix: "10.0.2.0/24" }),
    change: { virtualNetworkName: "elsewhere" },
    says: 'Code="ParentResourceNotFound"',
  },
  {
    title: "a subnet lies inside its network",
    type: subnet,
    accepted: () => ({ resourceGroupName, virtualNetworkName: "vnet", addressPrefix: "10.0.2.0/24" }),
    change: { addressPrefix: "10.1.2.0/24" },
    says: "Code=\"NetcfgInvalidSubnet\" Message=\"Subnet 'candidate' is not valid in virtual network 'vnet'.\"",
  },
  {
    title: "a subnet overlaps no other",
    type: subnet,
    accepted: () => ({ resourceGroupName, virtualNetworkName: "vnet", addressPrefix: "10.0.2.0/24" }),
    change: { addressPrefix: "10.0.1.128/25" },
    says: 'Code="NetcfgSubnetRangesOverlap"',
  },
  {
    title: "a subnet's security group exists",
    type: subnet,
    accepted: (on) => {
      const id = on.add(rules, "nsg", { resourceGroupName }).id;
      return {
        resourceGroupName,
        virtualNetworkName: "vnet",
        addressPrefix: "10.0.2.0/24",
        networkSecurityGroup: { id },
      };
    },
    change: { networkSecurityGroup: { id: inGroup("Microsoft.Network/networkSecurityGroups/gone") } },
    says: "networkSecurityGroups/gone referenced by resource",
  },
  {
    title: "a Standard address is static",
    type: address,
    accepted: () => ({ resourceGroupName, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" }),
    change: { publicIPAllocationMethod: "Dynamic" },
    says: "must use Static allocation method",
  },
  {
    title: "an address is not Basic",
    type: address,
    accepted: () => ({ resourceGroupName, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" }),
    change: { sku: { name: "Basic" } },
    says: "Basic SKU public IP addresses",
  },
  {
    title: "StandardV2 needs another API version",
    type: address,
    accepted: () => ({ resourceGroupName, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" }),
    change: { sku: { name: "StandardV2" } },
    says: "SKU StandardV2 is not supported in API version 2024-05-01.",
  },
  {
    title: "zones are those of the region",
    type: address,
    accepted: () => ({
      resourceGroupName,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      zones: ["1", "2", "3"],
    }),
    change: { location: "westus" },
    says: "The supported zones for location 'westus' are ''",
  },
  {
    title: "a NAT gateway has one zone at most",
    type: nat,
    accepted: () => ({ resourceGroupName, sku: { name: "Standard" }, zones: ["1"] }),
    change: { zones: ["1", "2"] },
    says: "one availability zone at most",
  },
  {
    title: "a StandardV2 gateway takes StandardV2 addresses",
    type: generic,
    accepted: (on) => {
      const v2 = { name: "StandardV2" };
      const common = {
        resourceGroupName,
        apiVersion: "2025-01-01",
        resourceProviderNamespace: "Microsoft.Network",
        parentResourcePath: "",
        sku: v2,
      };
      const { id } = on.add(generic, "v2-address", { ...common, resourceType: "publicIPAddresses", properties: {} });
      return { ...common, resourceType: "natGateways", properties: { publicIpAddresses: [{ id }] } };
    },
    change: (on) => ({ properties: { publicIpAddresses: [{ id: idOf(on, "address") }] } }),
    says: "with SKU Standard cannot be used by NAT gateway with SKU StandardV2",
  },
  {
    title: "an interface's subnet exists",
    type: nic,
    accepted: (on) => ({
      resourceGroupName,
      ipConfigurations: [{ name: "main", subnet: { id: idOf(on, "masters") } }],
    }),
    change: {
      ipConfigurations: [
        { name: "main", subnet: { id: inGroup("Microsoft.Network/virtualNetworks/vnet/subnets/gone") } },
      ],
    },
    says: 'Code="InvalidResourceReference"',
  },
  {
    title: "an interface's pool is one of a balancer",
    type: nic,
    accepted: (on) => {
      on.add(balancer, "lb", balancerInputs(on));
      return poolMember(on, "masters");
    },
    change: (on) => poolMember(on, "nobody"),
    says: "backendAddressPools/nobody referenced by resource",
  },
  {
    title: "an interface's fixed address lies in its subnet",
    type: nic,
    accepted: (on) => fixedAddress(on, "10.0.0.9"),
    change: (on) => fixedAddress(on, "10.0.1.9"),
    says: "10.0.1.9 does not belong to the range of subnet prefix 10.0.0.0/24",
  },
];

function poolMember(on: Stage, pool: string): Properties {
  const loadBalancerBackendAddressPools = [part("backendAddressPools", pool)];
  const configuration = { name: "main", subnet: { id: idOf(on, "masters") }, loadBalancerBackendAddressPools };
  return { resourceGroupName, ipConfigurations: [configuration] };
}

function fixedAddress(on: Stage, privateIPAddress: string): Properties {
  const configuration = { name: "main", subnet: { id: idOf(on, "masters") }, privateIPAddress };
  return { resourceGroupName, ipConfigurations: [{ ...configuration, privateIPAllocationMethod: "Static" }] };
}

const security: Omit<Rule, "stage">[] = (
  [
    [
      "priorities differ within a direction",
      [allow("a", 100), allow("b", 100, { direction: "Outbound" })],
      [allow("a", 100), allow("b", 100)],
      "Security rule a conflicts with rule b. Rules cannot have the same Priority and Direction.",
    ],
    ["a priority is 100 at least", [allow("a", 100)], [allow("a", 99)], "Value provided: 99 Allowed range 100-4096."],
    [
      "a priority is 4096 at most",
      [allow("a", 4096)],
      [allow("a", 4097)],
      "Value provided: 4097 Allowed range 100-4096.",
    ],
    [
      "a rule has a source",
      [allow("a", 100)],
      [allow("a", 100, { sourceAddressPrefix: undefined })],
      "must specify SourceAddressPrefixes",
    ],
    [
      "a rule has ports",
      [allow("a", 100)],
      [allow("a", 100, { destinationPortRange: undefined })],
      "must specify DestinationPortRanges",
    ],
    [
      "a rule's ports are in order",
      [allow("a", 100, { destinationPortRange: "1-2" })],
      [allow("a", 100, { destinationPortRange: "2-1" })],
      "Value provided: 2-1.",
    ],
    [
      "a rule's prefix has no host bits",
      [allow("a", 100, { sourceAddressPrefix: "10.0.0.0/8" })],
      [allow("a", 100, { sourceAddressPrefix: "10.0.0.1/8" })],
      "invalid Address prefix. Value provided: 10.0.0.1/8",
    ],
    [
      "a rule's protocol is spelled right",
      [allow("a", 100)],
      [allow("a", 100, { protocol: "TCP" })],
      "invalid Protocol. Value provided: TCP",
    ],
    [
      "a rule's description has 140 characters at most",
      [allow("a", 100, { description: "d".repeat(140) })],
      [allow("a", 100, { description: "d".repeat(141) })],
      "longer than 140 characters",
    ],
    [
      "a rule names groups that exist",
      [allow("a", 100)],
      [
        allow("a", 100, {
          sourceAddressPrefix: undefined,
          sourceApplicationSecurityGroups: [{ id: inGroup("Microsoft.Network/applicationSecurityGroups/gone") }],
        }),
      ],
      "applicationSecurityGroups/gone referenced by resource",
    ],
  ] as [string, Properties[], Properties[], string][]
).map(([title, good, bad, says]) => ({
  title,
  type: rules,
  accepted: () => ({ resourceGroupName, securityRules: good }),
  change: { securityRules: bad },
  says,
}));

const balancing: Omit<Rule, "stage">[] = (
  [
    [
      "a rule's probe is the balancer's",
      { loadBalancingRules: [rule("https", 443, { probe: part("probes", "gone") })] },
      "probes/gone referenced by resource",
    ],
    [
      "a rule's pool is the balancer's",
      { loadBalancingRules: [rule("https", 443, { backendAddressPool: part("backendAddressPools", "gone") })] },
      "backendAddressPools/gone referenced by resource",
    ],
    [
      "a rule's front end is the balancer's",
      {
        loadBalancingRules: [rule("https", 443, { frontendIPConfiguration: part("frontendIPConfigurations", "gone") })],
      },
      "frontendIPConfigurations/gone referenced by resource",
    ],
    [
      "a rule's probe is not another balancer's",
      {
        loadBalancingRules: [
          rule("https", 443, { probe: { id: part("probes", "http").id?.toString().replace("/lb/", "/other/") } }),
        ],
      },
      "loadBalancers/other/probes/http referenced by",
    ],
    [
      "an HTTP probe has a path",
      { probes: [{ name: "http", protocol: "Http", port: 7880 }] },
      "Request path is required for probe http",
    ],
    [
      "a TCP probe has no path",
      { probes: [{ name: "http", protocol: "Tcp", port: 7880, requestPath: "/" }] },
      "Request path is not allowed for probe http",
    ],
    [
      "an idle timeout is 4 minutes at least",
      { loadBalancingRules: [rule("https", 443, { idleTimeoutInMinutes: 3 })] },
      "Idle timeout 3 of rule https",
    ],
    [
      "a front-end port is taken once",
      { loadBalancingRules: [rule("a", 443), rule("b", 443, { backendPort: 8443 })] },
      "RulesUseSameFrontendPortProtocolAndIPConfig",
    ],
    [
      "a back-end port is served once",
      { loadBalancingRules: [rule("a", 443), rule("b", 8443, { backendPort: 443 })] },
      "with floating IP disabled use the same protocol Tcp and backend port 443",
    ],
  ] as [string, Properties, string][]
).map(([title, change, says]) => ({ title, type: balancer, accepted: balancerInputs, change, says }));

const identities: Omit<Rule, "stage">[] = [
  {
    title: "an assignment's scope exists",
    type: assignment,
    accepted: (on) => grant(on),
    change: { scope: inGroup("Microsoft.KeyVault/vaults/gone") },
    says: "The Resource 'Microsoft.KeyVault/vaults/gone' under resource group 'rg' was not found.",
  },
  {
    title: "an assignment's role is named in full",
    type: assignment,
    accepted: (on) => grant(on),
    change: { roleDefinitionId: "4633458b-17de-408a-b874-0445c86b69e6" },
    says: "The role definition ID '4633458b-17de-408a-b874-0445c86b69e6' is not valid.",
  },
  {
    title: "an identity is a service principal",
    type: assignment,
    accepted: (on) => grant(on),
    change: { principalType: "User" },
    says: "has type 'ServicePrincipal' , which is different from specified PrinciaplType 'User'.",
  },
  {
    title: "an assignment is made once",
    type: assignment,
    accepted: (on) => {
      on.add(assignment, "first", grant(on));
      return { ...grant(on), scope: inGroup("Microsoft.Storage/storageAccounts/exampleaccount") };
    },
    change: (on) => ({ scope: idOf(on, "vault") }),
    says: "The role assignment already exists.",
  },
  {
    title: "a role's actions are actions",
    type: definition,
    accepted: (on) => customRole(on, drainAction),
    change: (on) => customRole(on, "delete everything"),
    says: "'delete everything' does not match any of the actions",
  },
  {
    title: "a role's scope exists",
    type: definition,
    accepted: (on) => customRole(on, drainAction),
    change: { scope: `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/gone` },
    says: 'Code="ResourceGroupNotFound"',
  },
  {
    title: "a role has a name",
    type: definition,
    accepted: (on) => customRole(on, drainAction),
    change: { roleName: "" },
    says: "Role definition name is required.",
  },
  {
    title: "a role's name has 512 characters at most",
    type: definition,
    accepted: (on) => ({ ...customRole(on, drainAction), roleName: "a".repeat(512) }),
    change: { roleName: "a".repeat(513) },
    says: "at most 512 characters",
  },
  {
    title: "a role's name is taken once",
    type: definition,
    accepted: (on) => {
      on.add(definition, "first", customRole(on, drainAction));
      return { ...customRole(on, drainAction), roleName: "another" };
    },
    change: { roleName: "drainer" },
    says: 'Code="RoleDefinitionWithSameNameExists"',
  },
  {
    title: "a role's id is a GUID",
    type: definition,
    accepted: (on) => ({
      ...customRole(on, drainAction),
      roleDefinitionId: "11111111-2222-3333-4444-555555555555",
    }),
    change: { roleDefinitionId: "drainer" },
    says: "'roleDefinitionId' does not match expression",
  },
  {
    title: "a role can be assigned somewhere",
    type: definition,
    accepted: (on) => customRole(on, drainAction),
    change: { assignableScopes: [] },
    says: "must have at least one assignable scope",
  },
  {
    title: "a role's assignable scopes are no pattern",
    type: definition,
    accepted: (on) => customRole(on, drainAction),
    change: { assignableScopes: ["/subscriptions/*"] },
    says: "The assignable scope '/subscriptions/*' is not valid.",
  },
  {
    title: "a role of one's own is assigned within its scopes",
    type: assignment,
    accepted: (on) => {
      on.add(definition, "role", customRole(on, drainAction));
      const guid = idOf(on, "role").split("/").at(-1)!;
      return { ...grant(on), roleDefinitionId: secretsUser.replace(/[^/]+$/, guid) };
    },
    change: { scope: `/subscriptions/${subscription}` },
    says: 'Code="RoleAssignmentScopeNotAssignableToRoleDefinition"',
  },
  {
    title: "a vault's name has 24 characters at most",
    type: vault,
    accepted: () => ({ ...vaultInputs(), vaultName: `v${"a".repeat(23)}` }),
    change: { vaultName: `v${"a".repeat(24)}` },
    says: "'vaultName' is too long (25): at most 24 characters allowed",
  },
  {
    title: "a vault's name begins with a letter",
    type: vault,
    accepted: () => ({ ...vaultInputs(), vaultName: "v-1" }),
    change: { vaultName: "1-v" },
    says: "'vaultName' does not match expression",
  },
  {
    title: "a vault's secrets are recoverable for 7 to 90 days",
    type: vault,
    accepted: () => vaultInputs({ softDeleteRetentionInDays: 90 }),
    change: () => vaultInputs({ softDeleteRetentionInDays: 91 }),
    says: "'softDeleteRetentionInDays' has an invalid value",
  },
  {
    title: "a vault's subnet has the service end point",
    type: vault,
    accepted: (on) => vaultInputs({ networkAcls: { virtualNetworkRules: [{ id: idOf(on, "masters") }] } }),
    change: (on) => vaultInputs({ networkAcls: { virtualNetworkRules: [{ id: idOf(on, "media") }] } }),
    says: "do not have ServiceEndpoints for Microsoft.KeyVault resources configured",
  },
  {
    title: "a secret has 25 KB at most",
    type: secret,
    accepted: () => ({ resourceGroupName, vaultName: "example-vault", properties: { value: "x".repeat(25600) } }),
    change: { properties: { value: "x".repeat(25601) } },
    says: "The maximum size is 25k bytes.",
  },
  {
    title: "a secret's vault exists",
    type: secret,
    accepted: () => ({ resourceGroupName, vaultName: "example-vault", properties: { value: "x" } }),
    change: { vaultName: "gone" },
    says: 'Code="ParentResourceNotFound"',
  },
];

function grant(on: Stage): Properties {
  const principalId = outputOf(on, "identity", "principalId");
  return { scope: idOf(on, "vault"), principalId, roleDefinitionId: secretsUser, principalType: "ServicePrincipal" };
}

const drainAction = "Microsoft.Compute/virtualMachineScaleSets/delete/action";

function customRole(on: Stage, action: string): Properties {
  const scope = idOf(on, "rg");
  return { scope, roleName: "drainer", assignableScopes: [scope], permissions: [{ actions: [action] }] };
}

const storage: Omit<Rule, "stage">[] = [
  {
    title: "an account's name is lower-case letters and digits",
    type: account,
    accepted: () => ({ resourceGroupName, kind: "StorageV2", sku: { name: "Standard_LRS" }, accountName: "another1" }),
    change: { accountName: "another-1" },
    says: "'accountName' does not match expression",
  },
  {
    title: "an account's name has 24 characters at most",
    type: account,
    accepted: () => ({
      resourceGroupName,
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      accountName: "a".repeat(24),
    }),
    change: { accountName: "a".repeat(25) },
    says: "'accountName' is too long (25): at most 24 characters allowed",
  },
  {
    title: "an account's name is taken once in the world",
    type: account,
    accepted: () => ({
      resourceGroupName: "another-group",
      kind: "StorageV2",
      sku: { name: "Standard_LRS" },
      accountName: "another",
    }),
    change: { accountName: "exampleaccount" },
    says: "The storage account named exampleaccount is already taken.",
  },
  {
    title: "zone redundancy needs zones",
    type: account,
    accepted: () => ({ resourceGroupName, kind: "StorageV2", sku: { name: "Standard_ZRS" }, location }),
    change: { location: "westus" },
    says: "Redundancy configuration Standard_ZRS is not available in region westus.",
  },
  {
    title: "a container's account exists",
    type: container,
    accepted: () => ({ resourceGroupName, accountName: "exampleaccount", containerName: "data" }),
    change: { accountName: "gone" },
    says: "Parent resource 'gone' not found.",
  },
  {
    title: "a container's name has no capitals",
    type: container,
    accepted: () => ({ resourceGroupName, accountName: "exampleaccount", containerName: "data" }),
    change: { containerName: "Data" },
    says: "'containerName' does not match expression",
  },
  {
    title: "deleted blobs are kept for 365 days at most",
    type: blobService,
    accepted: () => ({
      resourceGroupName,
      accountName: "exampleaccount",
      deleteRetentionPolicy: { enabled: true, days: 365 },
    }),
    change: { deleteRetentionPolicy: { enabled: true, days: 366 } },
    says: "deleteRetentionPolicy.days",
  },
  {
    title: "a management policy has rules",
    type: policy,
    accepted: () => ({
      resourceGroupName,
      accountName: "exampleaccount",
      policy: { rules: [{ name: "old", type: "Lifecycle", definition: { actions: { version: {} } } }] },
    }),
    change: { policy: { rules: [] } },
    says: "policy.rules",
  },
  {
    title: "an empty disk has a size",
    type: disk,
    accepted: () => ({ resourceGroupName, creationData: { createOption: "Empty" }, diskSizeGB: 1 }),
    change: { diskSizeGB: undefined },
    says: "Required parameter 'disk.diskSizeGB' is missing (null).",
  },
];

const compute: Omit<Rule, "stage">[] = [
  {
    title: "custom data has 65535 bytes at most, decoded",
    type: machineType,
    accepted: (on) => machine(on, { osProfile: osProfile({ customData: base64Of(65535) }) }),
    change: { osProfile: osProfile({ customData: base64Of(65536) }) },
    says: "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.",
  },
  {
    title: "a scale set's custom data has 65535 bytes at most, decoded",
    type: scaleSet,
    accepted: (on) => flexible(on, { virtualMachineProfile: nodes(on, { os: { customData: base64Of(65535) } }) }),
    change: (on) => ({ virtualMachineProfile: nodes(on, { os: { customData: base64Of(65536) } }) }),
    says: "Custom data in OSProfile",
  },
  {
    title: "a disk is in its machine's zone",
    type: machineType,
    accepted: (on) => machine(on),
    change: (on) => withDisk(on, "far-disk"),
    says: "it is not in the same zone as the VM. VM zone: '1'. Disk zone: '2'.",
  },
  {
    title: "a disk is attached once",
    type: machineType,
    accepted: (on) => machine(on),
    change: (on) => withDisk(on, "used-disk"),
    says: "the disk is already owned by another VM",
  },
  {
    title: "an interface carries one machine",
    type: machineType,
    accepted: (on) => machine(on),
    change: (on) => withNic(on, "used-nic"),
    says: 'Code="NicInUse"',
  },
  {
    title: "a machine has one zone",
    type: machineType,
    accepted: (on) => machine(on),
    change: { zones: ["1", "2"] },
    says: "one availability zone only",
  },
  {
    title: "an image fits the machine's processor",
    type: machineType,
    accepted: (on) =>
      machine(on, { hardwareProfile: { vmSize: "Standard_D4ps_v6" }, ...withDisk(on, "disk", "server-arm64") }),
    change: { hardwareProfile: { vmSize: "Standard_D4s_v5" } },
    says: "this VM size only supports a CPU Architecture of 'x64', but an image or disk with CPU Architecture 'Arm64' was given",
  },
  {
    title: "an image's version has three parts",
    type: machineType,
    accepted: (on) => machine(on),
    change: (on) => {
      const { storageProfile } = withDisk(on, "disk") as { storageProfile: Properties };
      const imageReference = { ...(storageProfile.imageReference as Properties), version: "20260901" };
      return { storageProfile: { ...storageProfile, imageReference } };
    },
    says: "imageReference.version is invalid",
  },
  {
    title: "an administrator's name is not a reserved one",
    type: machineType,
    accepted: (on) => machine(on),
    change: { osProfile: { adminUsername: "admin", adminPassword: "x" } },
    says: "The Admin Username specified is not allowed.",
  },
  {
    title: "a key's path is that of the administrator",
    type: machineType,
    accepted: (on) => machine(on),
    change: { osProfile: osProfile({ adminUsername: "another" }) },
    says: "/home/another/.ssh/authorized_keys",
  },
  ...(
    [
      [
        "zones leave one fault domain",
        { platformFaultDomainCount: 2 },
        "Specifying Availability Zones is not allowed when Virtual Machine Scale Set has platformFaultDomainCount higher than 1",
      ],
      [
        "fault domains are counted",
        { platformFaultDomainCount: undefined },
        "Required parameter 'platformFaultDomainCount' is missing (null).",
      ],
      ["there is no single placement group", { singlePlacementGroup: true }, "'singlePlacementGroup' is not allowed"],
      [
        "there is no identity of the system",
        { identity: { type: "SystemAssigned" } },
        "System assigned identity is not supported",
      ],
      ["there is no overprovisioning", { overprovision: true }, "Overprovisioning is not supported"],
      [
        "a capacity is 1000 at most",
        { sku: { name: "Standard_D4s_v5", capacity: 1001 } },
        "The value '1001' of parameter 'sku.capacity' is out of range.",
      ],
      ["an upgrade mode exists", { upgradePolicy: { mode: "Slow" } }, "Allowed values are: Manual,Automatic,Rolling."],
    ] as [string, Properties, string][]
  ).map(([title, change, says]) => ({ title: `Flexible: ${title}`, type: scaleSet, accepted: flexible, change, says })),
  ...(
    [
      [
        "the network's API version is given",
        { network: { networkApiVersion: undefined } },
        "Required parameter 'networkProfile.networkApiVersion' is missing (null).",
      ],
      [
        "there is no probe",
        { network: { healthProbe: { id: "", name: "x" } } },
        "Load balancer health probes are not supported",
      ],
      [
        "one IP configuration is primary",
        { ip: { primary: false } },
        "must have one IP configuration set as the primary",
      ],
      [
        "a public address is Standard",
        { ip: { publicIPAddressConfiguration: { name: "public", sku: { name: "Basic" } } } },
        "must have the Standard SKU",
      ],
      [
        "a subnet exists",
        { ip: { subnet: { id: inGroup("Microsoft.Network/virtualNetworks/vnet/subnets/gone") } } },
        "subnets/gone referenced by resource",
      ],
      [
        "a notice is 15 minutes at most",
        {
          rest: {
            scheduledEventsProfile: { terminateNotificationProfile: { enable: true, notBeforeTimeout: "PT16M" } },
          },
        },
        "between 5 and 15 minutes",
      ],
    ] as [string, Parameters<typeof nodes>[1], string][]
  ).map(([title, change, says]) => ({
    title: `Flexible: ${title}`,
    type: scaleSet,
    accepted: flexible,
    change: (on: Stage) => ({ virtualMachineProfile: nodes(on, change) }),
    says,
  })),
  {
    title: "autoscale numbers are texts",
    type: autoscale,
    accepted: (on) => scaling(on, { minimum: "1", maximum: "3", default: "1" }),
    change: (on) => scaling(on, { minimum: 1, maximum: "3", default: "1" }),
    says: "Error converting value of property 'capacity.minimum'",
  },
  {
    title: "autoscale's default is between minimum and maximum",
    type: autoscale,
    accepted: (on) => scaling(on, { minimum: "1", maximum: "3", default: "3" }),
    change: (on) => scaling(on, { minimum: "1", maximum: "3", default: "4" }),
    says: "has a default capacity (4) that is not between its minimum (1) and maximum (3)",
  },
  {
    title: "autoscale's target exists",
    type: autoscale,
    accepted: (on) => scaling(on, { minimum: "1", maximum: "3", default: "3" }),
    change: { targetResourceUri: inGroup("Microsoft.Compute/virtualMachineScaleSets/gone") },
    says: "virtualMachineScaleSets/gone referenced by resource",
  },
];

function scaling(on: Stage, capacity: Properties): Properties {
  const profiles = [{ name: "cpu", capacity, rules: [] }];
  return { resourceGroupName, enabled: true, targetResourceUri: idOf(on, "media-nodes"), profiles };
}

const dns: Omit<Rule, "stage">[] = [
  {
    title: "a record has values or a target",
    type: recordSet,
    accepted: () => record(),
    change: { aRecords: undefined },
    says: "must have at least one record",
  },
  {
    title: "a record's zone exists",
    type: recordSet,
    accepted: () => record(),
    change: { resourceGroupName },
    says: "Parent resource 'example.com' not found.",
  },
  {
    title: "a record's target exists",
    type: recordSet,
    accepted: (on) => ({ ...record(), aRecords: undefined, targetResource: { id: idOf(on, "address") } }),
    change: { targetResource: { id: inGroup("Microsoft.Network/publicIPAddresses/gone") } },
    says: "publicIPAddresses/gone' was not found.",
  },
];

function record(): Properties {
  const where = { resourceGroupName: "dns-group", zoneName: "example.com", relativeRecordSetName: "video" };
  return { ...where, recordType: "A", ttl: 300, aRecords: [{ ipv4Address: "192.0.2.1" }] };
}

/** Title, type, an accepted example, what to change, what the refusal says. */
type Row = [string, string, (on: Stage) => Properties, Properties | ((on: Stage) => Properties), string];

const subnetInputs = (): Properties => ({
  resourceGroupName,
  virtualNetworkName: "vnet",
  addressPrefix: "10.0.2.0/24",
});
const addressInputs = (): Properties => ({
  resourceGroupName,
  sku: { name: "Standard" },
  publicIPAllocationMethod: "Static",
});
/** An alert about a machine of its own. */
const watching = (on: Stage, more: Properties = {}): Properties => {
  const machineId =
    on.resources.find(({ name }) => name === "watched")?.id ?? on.add(machineType, "watched", machine(on)).id;
  return {
    resourceGroupName,
    location: "global",
    enabled: true,
    severity: 1,
    scopes: [machineId],
    evaluationFrequency: "PT1M",
    windowSize: "PT5M",
    criteria: {
      odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
      allOf: [
        { name: "available", metricName: "VmAvailabilityMetric", metricNamespace: "Microsoft.Compute/virtualMachines" },
      ],
    },
    ...more,
  };
};
const receiver = (name: string): Properties => ({ name, emailAddress: "ops@example.com" });
const mails = (more: Properties = {}): Properties => ({
  resourceGroupName,
  location: "global",
  enabled: true,
  groupShortName: "openvidu",
  emailReceivers: [receiver("ops")],
  ...more,
});
/** An interface at one of two public addresses, of which one leads to another interface. */
const publicNic = (on: Stage, name: string): Properties => {
  const at = (addressName: string): Properties => {
    const found = on.resources.find((each) => each.name === addressName);
    const { id } = found ?? on.add(address, addressName, addressInputs());
    const [configuration] = nicInputs(on).ipConfigurations as Properties[];
    return { ...nicInputs(on), ipConfigurations: [{ ...configuration, publicIPAddress: { id } }] };
  };
  if (!on.resources.some((each) => each.name === "holder")) on.add(nic, "holder", at("used-address"));
  return at(name);
};
/** A machine in zone 1 at an address of these zones. */
const machineAt = (on: Stage, zones: readonly string[]): Properties => {
  const zone = zones.join("-");
  const { id } = on.add(address, `address-${zone}`, { ...addressInputs(), zones });
  const [configuration] = nicInputs(on).ipConfigurations as Properties[];
  const inputs = { ...nicInputs(on), ipConfigurations: [{ ...configuration, publicIPAddress: { id } }] };
  const nicId = on.add(nic, `nic-${zone}`, inputs).id;
  return machine(on, { zones: ["1"], networkProfile: { networkInterfaces: [{ id: nicId, deleteOption: "Detach" }] } });
};
const natInputs = (): Properties => ({ resourceGroupName, sku: { name: "Standard" } });
const nicInputs = (on: Stage): Properties => ({
  resourceGroupName,
  ipConfigurations: [{ name: "main", subnet: { id: idOf(on, "masters") } }],
});
const oneRule = (more: Properties): Properties => ({ resourceGroupName, securityRules: [allow("a", 100, more)] });
const lbRule = (more: Properties): Properties => ({ loadBalancingRules: [rule("https", 443, more)] });
const probe = (more: Properties): Properties => ({
  probes: [{ name: "http", protocol: "Http", port: 7880, requestPath: "/", ...more }],
});
const accountInputs = (): Properties => ({ resourceGroupName, kind: "StorageV2", sku: { name: "Standard_LRS" } });
const diskInputs = (): Properties => ({ resourceGroupName, creationData: { createOption: "Empty" }, diskSizeGB: 1 });
const os = (more: Properties): Properties => ({ osProfile: osProfile(more) });
const dataDisks = (...disks: Properties[]): Properties => ({ storageProfile: { ...image(), dataDisks: disks } });
const lifecycle = (...names: string[]): Properties => ({
  policy: { rules: names.map((name) => ({ name, type: "Lifecycle", definition: { actions: { version: {} } } })) },
});
const policyInputs = (): Properties => ({ resourceGroupName, accountName: "exampleaccount", ...lifecycle("old") });
const genericInputs = (): Properties => ({
  resourceGroupName,
  apiVersion: "2025-01-01",
  resourceProviderNamespace: "Microsoft.Network",
  resourceType: "natGateways",
  parentResourcePath: "",
  sku: { name: "StandardV2" },
});
const secretInputs = (): Properties => ({ resourceGroupName, vaultName: "example-vault", properties: { value: "x" } });
const trigger = {
  metricName: "Percentage CPU",
  operator: "GreaterThan",
  statistic: "Average",
  threshold: 60,
  timeAggregation: "Average",
  timeGrain: "PT1M",
  timeWindow: "PT5M",
};
const scalingRule = (on: Stage, more: Properties): Properties => {
  const metricTrigger = { ...trigger, metricResourceUri: idOf(on, "media-nodes"), ...more };
  const capacity = { minimum: "1", maximum: "3", default: "1" };
  return { ...scaling(on, capacity), profiles: [{ name: "cpu", capacity, rules: [{ metricTrigger }] }] };
};

/* prettier-ignore */
const details: Row[] = [
  ["a group exists", identityType, () => ({ resourceGroupName }), { resourceGroupName: "" }, "Resource group '' could not be found."],
  ["a network has a prefix", network, () => ({ resourceGroupName, addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }), { addressSpace: {} }, "At least one address prefix must be specified"],
  ["a subnet has a prefix", subnet, subnetInputs, { addressPrefix: undefined }, "Address prefix is not specified for subnet"],
  ["a subnet's prefix has no host bits", subnet, subnetInputs, { addressPrefix: "10.0.2.1/24" }, "has an invalid CIDR notation"],
  ["a subnet's rules are in its network's region", subnet, (on) => ({ ...subnetInputs(), networkSecurityGroup: { id: on.add(rules, "near", { resourceGroupName }).id } }), (on) => ({ networkSecurityGroup: { id: on.add(rules, "far", { resourceGroupName, location: "northeurope" }).id } }), "both resources are in the same region"],
  ["a NAT gateway's SKU is one of its API version", nat, natInputs, { sku: { name: "StandardV2" } }, "is not supported in API version 2024-05-01"],
  ["a NAT gateway is idle for 120 minutes at most", nat, () => ({ ...natInputs(), idleTimeoutInMinutes: 120 }), { idleTimeoutInMinutes: 121 }, "not in the range of 4 to 120 minutes"],
  ["an API version is a date", generic, genericInputs, { apiVersion: "newest" }, "The api-version 'newest' is invalid."],
  ["an address's label begins with a letter", address, () => ({ ...addressInputs(), dnsSettings: { domainNameLabel: "a-label" } }), { dnsSettings: { domainNameLabel: "1-label" } }, "InvalidDomainNameLabel"],
  ["an address is idle for 30 minutes at most", address, () => ({ ...addressInputs(), idleTimeoutInMinutes: 30 }), { idleTimeoutInMinutes: 31 }, "not in the range of 4 to 30 minutes"],
  ["an interface has a configuration", nic, nicInputs, { ipConfigurations: [] }, "must have at least one IP configuration"],
  ["a configuration has a subnet", nic, nicInputs, { ipConfigurations: [{ name: "main" }] }, "Subnet reference is required for ipconfiguration"],
  ["a static configuration has an address", nic, nicInputs, (on) => ({ ipConfigurations: [{ name: "main", subnet: { id: idOf(on, "masters") }, privateIPAllocationMethod: "Static" }] }), "IP address is missing for ipconfiguration"],
  ["a rule has prefixes or groups", rules, () => oneRule({}), (on) => oneRule({ sourceApplicationSecurityGroups: [{ id: on.add("azure-native:network:ApplicationSecurityGroup", "asg", { resourceGroupName }).id }] }), "cannot specify both Source address prefixes"],
  ["a rule has a direction", rules, () => oneRule({}), oneRule({ direction: "In" }), "invalid Direction 'In'"],
  ["a rule allows or denies", rules, () => oneRule({}), oneRule({ access: "Permit" }), "invalid Access 'Permit'"],
  ["a rule's name is a name", rules, () => oneRule({}), oneRule({ name: "a rule" }), "Resource name a rule is invalid."],
  ["rules differ in name", rules, () => ({ resourceGroupName, securityRules: [allow("a", 100), allow("b", 101)] }), { securityRules: [allow("a", 100), allow("A", 101)] }, "used more than once"],
  ["a group has 1000 rules at most", rules, () => ({ resourceGroupName, securityRules: Array.from({ length: 1000 }, (_, index) => allow(`r${index}`, 100 + index)) }), { securityRules: Array.from({ length: 1001 }, (_, index) => allow(`r${index}`, 100 + index)) }, "more than 1000 security rules"],
  ["a rule has a front end", balancer, balancerInputs, lbRule({ frontendIPConfiguration: undefined }), "has no frontendIPConfiguration"],
  ["a rule's protocol is spelled right", balancer, balancerInputs, lbRule({ protocol: "TCP" }), "invalid protocol 'TCP'"],
  ["a front-end port is a port", balancer, balancerInputs, lbRule({ frontendPort: 65535 }), "Frontend port 65535 of rule https"],
  ["a back-end port is a port", balancer, balancerInputs, lbRule({ backendPort: 65536 }), "Backend port 65536 of rule https"],
  ["UDP is not reset", balancer, (on) => balancerInputs(on, lbRule({ protocol: "Udp" })), lbRule({ protocol: "Udp", enableTcpReset: true }), "TCP reset cannot be enabled on rule https"],
  ["a probe speaks a known protocol", balancer, balancerInputs, { probes: [{ name: "http", protocol: "Udp", port: 1 }] }, "Probe http has invalid protocol 'Udp'"],
  ["a probe's port is a port", balancer, balancerInputs, probe({ port: 0 }), "Port 0 of probe http"],
  ["a probe rests for five seconds", balancer, (on) => balancerInputs(on, probe({ intervalInSeconds: 5 })), probe({ intervalInSeconds: 4 }), "Interval 4 of probe http is less than 5 seconds"],
  ["a balancer is not Basic", balancer, () => ({ resourceGroupName, sku: { name: "Standard" } }), { sku: { name: "Basic" } }, "BasicSkuLoadBalancerRetired"],
  ["a balancer is of its address's SKU", balancer, (on) => balancerInputs(on), { sku: { name: "Gateway" } }, "DifferentSkuLoadBalancersAndPublicIPAddressNotAllowed"],
  ["a principal is a GUID", assignment, (on) => grant(on), { principalId: "me" }, "A valid principal ID must be provided"],
  ["a role's name is taken once", definition, (on) => { on.add(definition, "first", customRole(on, "*")); return { ...customRole(on, "*"), roleName: "another" }; }, { roleName: "drainer" }, "A custom role with the same name already exists"],
  ["a role has a scope", definition, (on) => customRole(on, "*"), { assignableScopes: [] }, "must have at least one assignable scope"],
  ["a role's scopes exist", definition, (on) => customRole(on, "*"), { assignableScopes: [inGroup("Microsoft.Compute/virtualMachineScaleSets/gone")] }, "is not valid"],
  ["a vault's name is taken once in the world", vault, () => ({ ...vaultInputs(), resourceGroupName: "elsewhere", vaultName: "another" }), { vaultName: "Example-Vault" }, "is already in use"],
  ["a vault has a SKU", vault, () => vaultInputs(), () => vaultInputs({ sku: { name: "basic" } }), "The parameter sku has an invalid value."],
  ["a vault has a tenant", vault, () => vaultInputs(), () => vaultInputs({ tenantId: "me" }), "The parameter tenantId has an invalid value."],
  ["purge protection is not switched off", vault, () => vaultInputs({ enablePurgeProtection: true }), () => vaultInputs({ enablePurgeProtection: false }), "cannot be set to false"],
  ["a vault without roles has policies", vault, () => vaultInputs({ enableRbacAuthorization: false, accessPolicies: [] }), () => vaultInputs({ enableRbacAuthorization: false }), "The parameter accessPolicies is not specified."],
  ["a vault's IP rules are ranges", vault, () => vaultInputs({ networkAcls: { ipRules: [{ value: "192.0.2.0/24" }] } }), () => vaultInputs({ networkAcls: { ipRules: [{ value: "office" }] } }), "The value 'office' of the IP rule is invalid."],
  ["a secret's content type is short", secret, secretInputs, { properties: { value: "x", contentType: "t".repeat(256) } }, "The maximum is 255 characters."],
  ["an account's SKU exists", account, accountInputs, { sku: { name: "Cheap" } }, "sku.name"],
  ["an account's kind exists", account, accountInputs, { kind: "Storage3" }, "kind"],
  ["an account's subnet has the service end point", account, accountInputs, (on) => ({ networkRuleSet: { virtualNetworkRules: [{ virtualNetworkResourceId: idOf(on, "masters") }] } }), "do not have ServiceEndpoints for Microsoft.Storage"],
  ["a public container needs a public account", container, () => ({ resourceGroupName, accountName: "exampleaccount", publicAccess: "None" }), { publicAccess: "Blob" }, "Public access is not permitted on this storage account."],
  ["a policy's rule does something", policy, policyInputs, { policy: { rules: [{ name: "old", type: "Lifecycle", definition: {} }] } }, "policy.rules[*].old"],
  ["a policy's rules differ in name", policy, policyInputs, lifecycle("old", "old"), "Rule name old is used more than once."],
  ["a disk has 65536 GiB at most", disk, diskInputs, { diskSizeGB: 65537 }, "must be between '1' and '65536' inclusive"],
  ["a disk's SKU exists", disk, diskInputs, { sku: { name: "Fast" } }, "The value 'Fast' of parameter 'sku.name' is not valid."],
  ["a disk is in one zone", disk, () => ({ ...diskInputs(), zones: ["1"] }), { zones: ["1", "2"] }, "one availability zone only"],
  ["a ZRS disk is in no zone", disk, () => ({ ...diskInputs(), sku: { name: "Premium_ZRS" } }), { zones: ["1"] }, "cannot be specified for a ZRS disk"],
  ["custom data is base64", machineType, (on) => machine(on, os({ customData: base64Of(9) })), os({ customData: "#!/bin/sh" }), "must be in Base64 encoding"],
  ["user data has 64 KiB at most", machineType, (on) => machine(on, { userData: base64Of(65536) }), { userData: base64Of(65537) }, "The value of parameter userData is invalid."],
  ["someone can log in", machineType, (on) => machine(on), os({ linuxConfiguration: { disablePasswordAuthentication: true } }), "Authentication using either SSH or by user name and password must be enabled"],
  ["a machine with passwords has one", machineType, (on) => machine(on, { osProfile: { adminUsername: "operator", adminPassword: "x" } }), { osProfile: { adminUsername: "operator" } }, "Required parameter 'adminPassword' is missing (null)."],
  ["a login has a name", machineType, (on) => machine(on, { osProfile: { adminUsername: "operator", adminPassword: "x" } }), { osProfile: { adminPassword: "x" } }, "Required parameter 'adminUsername' is missing (null)."],
  ["a login's key is in OpenSSH's form", machineType, (on) => machine(on), os({ linuxConfiguration: { ssh: { publicKeys: [{ path: "/home/operator/.ssh/authorized_keys", keyData: "key" }] } } }), "publicKeys.keyData is invalid"],
  ["an image is named in full", machineType, (on) => machine(on), { storageProfile: { imageReference: { publisher: "Canonical" } } }, "Required parameter 'imageReference' is missing (null)."],
  ["a size is written like one", machineType, (on) => machine(on), { hardwareProfile: { vmSize: "large" } }, "The value large provided for the VM size is not valid."],
  ["an attached identity is named", machineType, (on) => machine(on, { identity: { type: "UserAssigned", userAssignedIdentities: [idOf(on, "identity")] } }), { identity: { type: "UserAssigned", userAssignedIdentities: [] } }, "must not be null or empty"],
  ["an attached identity is an identity", machineType, (on) => machine(on, { identity: { type: "UserAssigned", userAssignedIdentities: [idOf(on, "identity")] } }), (on) => ({ identity: { type: "UserAssigned", userAssignedIdentities: [idOf(on, "nic")] } }), "LinkedInvalidPropertyId"],
  ["disks have numbers of their own", machineType, (on) => machine(on, dataDisks({ lun: 0, createOption: "Empty", diskSizeGB: 1 }, { lun: 1, createOption: "Empty", diskSizeGB: 1 })), dataDisks({ lun: 0, createOption: "Empty", diskSizeGB: 1 }, { lun: 0, createOption: "Empty", diskSizeGB: 1 }), "A disk with LUN '0' is already attached."],
  ["an attached disk is named", machineType, (on) => machine(on), dataDisks({ lun: 0, createOption: "Attach" }), "Required parameter 'dataDisk.managedDisk.id' is missing"],
  ["an attached disk keeps its size", machineType, (on) => machine(on), (on) => dataDisks({ lun: 0, createOption: "Attach", managedDisk: { id: idOf(on, "disk") }, diskSizeGB: 5 }), "Changing property 'dataDisk.diskSizeGB' is not allowed."],
  ["a machine has an interface", machineType, (on) => machine(on), { networkProfile: {} }, "Required parameter 'networkProfile.networkInterfaces' is missing"],
  ["one of two interfaces is primary", machineType, (on) => machine(on), (on) => ({ networkProfile: { networkInterfaces: [{ id: idOf(on, "nic") }, { id: on.add(nic, "second", nicInputs(on)).id }] } }), "must have one network interface set as the primary"],
  ["a machine has a zone or an availability set", machineType, (on) => machine(on), (on) => ({ availabilitySet: { id: on.add("azure-native:compute:AvailabilitySet", "set", { resourceGroupName }).id } }), "both Availability Zone and Availability Set were specified"],
  ["a host name has 64 characters at most", machineType, (on) => machine(on, os({ computerName: "h".repeat(64) })), os({ computerName: "h".repeat(65) }), "Linux host name cannot exceed 64 characters"],
  ["a host name has no odd characters", machineType, (on) => machine(on), os({ computerName: "master_1" }), "Linux host name cannot exceed 64 characters"],
  ["a regional scale set has three fault domains at most", scaleSet, (on) => flexible(on, { zones: undefined, platformFaultDomainCount: 3 }), { platformFaultDomainCount: 4 }, "must fall in the range 1 to 3"],
  ["an availability set has three fault domains at most", "azure-native:compute:AvailabilitySet", () => ({ resourceGroupName, platformFaultDomainCount: 3 }), { platformFaultDomainCount: 4 }, "must fall in the range 1 to 3"],
  ["a scale set has a size", scaleSet, (on) => flexible(on), { sku: undefined }, "Required parameter 'sku' is missing (null)."],
  ["a scale set's machines have a name", scaleSet, (on) => flexible(on), (on) => ({ virtualMachineProfile: nodes(on, { os: { computerNamePrefix: undefined } }) }), "Required parameter 'computerNamePrefix' is missing"],
  ["a scale set's prefix has 58 characters at most", scaleSet, (on) => flexible(on), (on) => ({ virtualMachineProfile: nodes(on, { os: { computerNamePrefix: "m".repeat(59) } }) }), "cannot exceed 58 characters"],
  ["a scale set has an interface", scaleSet, (on) => flexible(on), (on) => ({ virtualMachineProfile: nodes(on, { network: { networkInterfaceConfigurations: [] } }) }), "networkInterfaceConfigurations' is missing"],
  ["a scale set's configuration has a subnet", scaleSet, (on) => flexible(on), (on) => ({ virtualMachineProfile: nodes(on, { ip: { subnet: undefined } }) }), "Subnet reference is required"],
  ["autoscale's minimum is not above its maximum", autoscale, (on) => scaling(on, { minimum: "3", maximum: "3", default: "3" }), (on) => ({ profiles: (scaling(on, { minimum: "4", maximum: "3", default: "4" }) as { profiles: Properties[] }).profiles.map((profile) => ({ ...profile, rules: [] })) }), "minimum capacity (4) that is greater than its maximum capacity (3)"],
  ["an autoscale rule is complete", autoscale, (on) => scalingRule(on, {}), (on) => scalingRule(on, { threshold: undefined }), "A metric trigger of profile 'cpu' is incomplete."],
  ["an autoscale rule watches a scale set", autoscale, (on) => scalingRule(on, {}), (on) => scalingRule(on, { metricResourceUri: idOf(on, "identity") }), "cannot be used for autoscale"],
  ["a target has one autoscale setting", autoscale, (on) => { on.add(autoscale, "first", scaling(on, { minimum: "1", maximum: "3", default: "1" })); return { ...scaling(on, { minimum: "1", maximum: "3", default: "1" }), targetResourceUri: "" }; }, (on) => ({ targetResourceUri: idOf(on, "media-nodes") }), "already has an autoscale setting"],
  ["an alert lives where alerts can", alert, (on) => watching(on), { location: "westeurope" }, "LocationNotAvailableForResourceType"],
  ["an alert's severity is 0 to 4", alert, (on) => watching(on, { severity: 4 }), { severity: 5 }, "it must be between 0 and 4"],
  ["an alert is looked at as often as Azure can", alert, (on) => watching(on), { evaluationFrequency: "PT2M" }, "Invalid value for properties.evaluationFrequency"],
  ["an alert looks back as far as Azure can", alert, (on) => watching(on), { windowSize: "PT7M" }, "Invalid value for properties.windowSize"],
  ["an alert looks back as far as it is looked at", alert, (on) => watching(on), { evaluationFrequency: "PT15M" }, "must be greater than or equal to properties.evaluationFrequency"],
  ["an alert is about something", alert, (on) => watching(on), { scopes: [] }, "Scopes property is missing or empty"],
  ["an alert with single criteria is about one thing", alert, (on) => watching(on), (on) => ({ scopes: [idOf(on, "watched"), idOf(on, "watched")] }), "cannot have more than one scope"],
  ["an alert's criteria are of a known kind", alert, (on) => watching(on), { criteria: { odataType: "Many" } }, "Invalid value for properties.criteria.odata.type"],
  ["an alert has a condition", alert, (on) => watching(on), { criteria: { odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", allOf: [] } }, "must have at least one condition"],
  ["an alert's metric is one of the thing's kind", alert, (on) => watching(on), (on) => ({ scopes: [idOf(on, "nic")] }), "for query parameter: 'metricnamespace'"],
  ["an alert's thing exists", alert, (on) => watching(on), { scopes: [`/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/none`] }, "InvalidResourceReference"],
  ["an action group lives where groups can", actionGroup, () => mails(), { location: "westeurope" }, "LocationNotAvailableForResourceType"],
  ["an action group's short name has 12 characters at most", actionGroup, () => mails({ groupShortName: "abcdefghijkl" }), { groupShortName: "abcdefghijklm" }, "GroupShortNameIsTooLong"],
  ["an action group tells each receiver apart", actionGroup, () => mails(), { emailReceivers: [receiver("ops"), receiver("OPS")] }, "DuplicateReceiverName"],
  ["an action group mails to mail addresses", actionGroup, () => mails(), { emailReceivers: [{ name: "ops", emailAddress: "ops" }] }, "InvalidEmailAddress"],
  ["a public address leads to one place", nic, (on) => publicNic(on, "free-address"), (on) => publicNic(on, "used-address"), "that is already allocated to resource"],
  ["a machine stands in the zone of its address", machineType, (on) => machineAt(on, ["1"]), (on) => machineAt(on, ["2"]), "has a zone constraint 1 but the PublicIPAddress"],
  ["a record has a time to live", recordSet, () => record(), { ttl: undefined }, "The time-to-live of the record set is required."],
  ["a zone's own name has no CNAME", recordSet, () => ({ ...record(), recordType: "CNAME", cnameRecord: { cname: "x" }, aRecords: undefined }), { relativeRecordSetName: "@" }, "cannot be created at the zone apex"],
  ["a record's address is one", recordSet, () => record(), { aRecords: [{ ipv4Address: "here" }] }, "The value 'here' is not a valid IPv4 address."],
  ["a record's type is known", recordSet, () => record(), { recordType: "B", targetResource: { id: "" } }, "The record type 'B' is not supported."],
];

describe("simulated Azure refuses what Azure refuses", () => {
  const all = [networks, security, balancing, identities, storage, compute, dns].flat();
  testRules(all.map((one) => ({ ...one, stage })));
  testRules(details.map(([title, type, accepted, change, says]) => ({ title, type, stage, accepted, change, says })));

  it("a generated name that is too long for a vault is refused, not cut", () => {
    const on = stage();
    assert.throws(() => on.add(vault, "a-name-of-17-char", vaultInputs()), /'vaultName' is too long \(25\)/);
    on.add(vault, "a-name-of-16-cha", vaultInputs());
  });
});

describe("simulated Azure answers", () => {
  it("names get eight digits at the top and are copied below", () => {
    const on = stage();
    assert.match(idOf(on, "nic"), /\/networkInterfaces\/nic[0-9a-f]{8}$/);
    assert.match(idOf(on, "masters"), /\/virtualNetworks\/vnet\/subnets\/masters$/);
    assert.match(
      on.add(assignment, "grant", grant(on)).id,
      /roleAssignments\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  it("a container's id has the account's blob service in it", () => {
    const on = stage();
    const made = on.add(container, "data", { resourceGroupName, accountName: "exampleaccount" });
    assert.equal(
      made.id,
      inGroup("Microsoft.Storage/storageAccounts/exampleaccount/blobServices/default/containers/data"),
    );
  });

  it("interfaces get different addresses of their subnet", () => {
    const on = stage();
    const ipConfigurations = [{ name: "main", subnet: { id: idOf(on, "masters") } }];
    const ips = Array.from({ length: 40 }, (_, index) => {
      const { outputs } = on.add(nic, `nic-${index}`, { resourceGroupName, ipConfigurations });
      return (outputs.ipConfigurations as { privateIPAddress: string }[])[0]!.privateIPAddress;
    });
    assert.equal(new Set(ips).size, 40);
    for (const ip of ips) assert.match(ip, /^10\.0\.0\.(?!0$|1$|2$|3$|255$)\d+$/);
  });

  it("a vault has its URL, and a secret does not show its value", () => {
    const on = stage();
    const { outputs } = on.add(secret, "bundle", {
      resourceGroupName,
      vaultName: "example-vault",
      properties: { value: "hidden" },
    });
    const shown = outputs.properties as Properties;
    assert.equal(shown.secretUri, "https://example-vault.vault.azure.net/secrets/bundle");
    assert.equal("value" in shown, false);
  });

  it("a resource lies where its group does unless it or the provider says otherwise", () => {
    const on = new Stage({});
    on.add(resourceGroup, "rg", { resourceGroupName, location: "North Europe" });
    assert.equal(on.add(identityType, "one", { resourceGroupName }).outputs.location, "northeurope");
    assert.equal(on.add(identityType, "two", { resourceGroupName, location: "westus" }).outputs.location, "westus");
  });

  it("an address with a label and a scope has a hashed name", () => {
    const on = stage();
    const standard = { resourceGroupName, sku: { name: "Standard" }, publicIPAllocationMethod: "Static" };
    const fqdnOf = (name: string, dnsSettings: Properties): string =>
      (on.add(address, name, { ...standard, dnsSettings }).outputs.dnsSettings as { fqdn: string }).fqdn;
    assert.equal(fqdnOf("plain", { domainNameLabel: "video" }), "video.westeurope.cloudapp.azure.com");
    const hashed = fqdnOf("scoped", { domainNameLabel: "video", domainNameLabelScope: "TenantReuse" });
    assert.match(hashed, /^video\.[0-9a-f]{14}\.westeurope\.cloudapp\.azure\.com$/);
  });
});

describe("simulated Azure look-ups", () => {
  const call = (token: string, args: Properties, on: Stage): Properties => {
    const answer = clouds["azure-native"]!.invokes[token]!.call(args, on.world);
    return "failure" in answer ? { failure: answer.failure } : answer.result;
  };

  it("the subscription is the provider's, else the one that the config's ids name", () => {
    const token = "azure-native:authorization:getClientConfig";
    const named = "11111111-2222-3333-4444-555555555555";
    const config = { "openvidu:dns": `{"zoneId":"/subscriptions/${named}/resourceGroups/x/providers/a/b/c"}` };
    const on = new Stage({ location }, existingThings(config));
    assert.equal(call(token, {}, on).subscriptionId, named);
    assert.equal(call(token, {}, new Stage({ location })).subscriptionId, subscription);
    const explicit = cloudsFor(config)["azure-native"]!.invokes[token]!;
    const answer = explicit.call({}, new Stage({ subscriptionId: "other" }).world);
    assert.equal("result" in answer && answer.result.subscriptionId, "other");
  });

  it("an account's keys differ between accounts and stay the same", () => {
    const token = "azure-native:storage:listStorageAccountKeys";
    const keysOf = (accountName: string): unknown =>
      call(token, { resourceGroupName: "adopted", accountName }, stage()).keys;
    assert.deepEqual(keysOf("one"), keysOf("one"));
    assert.notDeepEqual(keysOf("one"), keysOf("two"));
    const [first] = keysOf("one") as { value: string }[];
    assert.equal(Buffer.from(first!.value, "base64").length, 64);
  });

  it("in a group of the stack only what the stack made is found; elsewhere what is asked for", () => {
    const on = stage();
    const token = "azure-native:network:getPublicIPAddress";
    const made = on.resources.find(({ name }) => name === "address")!.outputs;
    const found = call(token, { resourceGroupName, publicIpAddressName: made.name }, on);
    assert.equal(found.ipAddress, made.ipAddress);
    assert.match(
      String(call(token, { resourceGroupName, publicIpAddressName: "gone" }, on).failure),
      /ResourceNotFound/,
    );
    const adopted = call(token, { resourceGroupName: "adopted", publicIpAddressName: "gone" }, on);
    assert.equal(adopted.publicIPAllocationMethod, "Static");
  });

  it("adopted networks, groups and containers are found", () => {
    const on = stage();
    const named = { resourceGroupName: "adopted", virtualNetworkName: "net" };
    const subnetId = call("azure-native:network:getSubnet", { ...named, subnetName: "s" }, on).id;
    assert.equal(subnetId, inGroup("Microsoft.Network/virtualNetworks/net/subnets/s").replace("/rg/", "/adopted/"));
    assert.ok(call("azure-native:network:getVirtualNetwork", named, on).addressSpace);
    const data = { ...named, accountName: "adopted", containerName: "data" };
    assert.equal(call("azure-native:storage:getBlobContainer", data, on).name, "data");
    assert.equal(call("azure-native:resources:getResourceGroup", named, on).name, "adopted");
    assert.equal(call("azure-native:resources:getResourceGroup", { resourceGroupName }, on).id, idOf(on, "rg"));
    const gone = new Stage({ location }, existingThings({}, { adopted: { missing: true } }));
    assert.match(String(call("azure-native:resources:getResourceGroup", named, gone).failure), /ResourceGroupNotFound/);
    assert.match(gone.refusals(identityType, { resourceGroupName: "adopted" })[0]!, /ResourceGroupNotFound/);
  });

  it("a scale set is not there before it is made", () => {
    const token = "azure-native:compute:getVirtualMachineScaleSet";
    const on = stage();
    const where = { resourceGroupName, vmScaleSetName: "media-nodes" };
    assert.deepEqual(call(token, where, on).sku, { name: "Standard_D4s_v5", capacity: 2 });
    assert.match(String(call(token, { ...where, vmScaleSetName: "none" }, on).failure), /ResourceNotFound/);
  });
});
