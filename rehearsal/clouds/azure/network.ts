/**
 * Simulated Azure resource groups and networking: virtual networks, subnets, addresses, NAT, interfaces.
 */
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { adoptedSubnetCidr, override } from "../existing";
import { contains, freeAddress, overlaps, range, type Range } from "../ipv4";
import { given, hashBelow, hexDigits, list, number, problems, record, records, text, texts, uuid } from "../values";
import {
  armModel,
  below,
  byArmId,
  groupId,
  groupType,
  holders,
  isWithin,
  locationOf,
  refId,
  refusal,
  skuChange,
  usersOf,
  zoneChange,
} from "./arm";

const replacement = "replacement: pulumi/pulumi-azure-native provider/pkg/gen/replacement.go (cloud-facts-azure 10.1)";
export const subnetType = "azure-native:network:Subnet";
export const networkType = "azure-native:network:VirtualNetwork";
export const interfaceType = "azure-native:network:NetworkInterface";
export const addressType = "azure-native:network:PublicIPAddress";
const natType = "azure-native:network:NatGateway";
const genericType = "azure-native:resources:Resource";
const balancerType = "azure-native:network:LoadBalancer";
const scaleSetType = "azure-native:compute:VirtualMachineScaleSet";

/** Most network resources: up to 80 characters, ending in a letter, a digit or an underscore. Source: ARM naming rules. */
export const networkName = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;

/** A public address of the documentation ranges. */
export function publicAddress(seed: string): string {
  return `${["192.0.2", "198.51.100", "203.0.113"][hashBelow(seed, 3)]!}.${1 + hashBelow(`${seed}#host`, 254)}`;
}

const resourceGroup: ResourceModel = {
  required: [],
  source: `ARM naming rules (1 to 90 characters, no full stop at the end); ${replacement}`,
  naming: { input: "resourceGroupName", auto: "suffix8", minLength: 1, maxLength: 90, pattern: /^[-\w._()]*[-\w_()]$/ },
  forcesReplacement: ["resourceGroupName", "location"],
  takesAlong: below,
  check(inputs, world) {
    const name = text(inputs.resourceGroupName).toLowerCase();
    const twin = world
      .ofType(groupType)
      .some((other) => name !== "" && text(other.outputs.name).toLowerCase() === name);
    const noPlace = !given(inputs.location) && !given(world.provider.location);
    return problems(
      twin && `cannot create already existing resource '${groupId(world, text(inputs.resourceGroupName))}'`,
      noPlace && refusal("LocationRequired", "The location property is required for this definition."),
    );
  },
  create(inputs, world) {
    const name = text(inputs.resourceGroupName);
    const outputs = {
      name,
      location: locationOf(inputs, world),
      type: "Microsoft.Resources/resourceGroups",
      azureApiVersion: "2024-03-01",
    };
    return { id: groupId(world, name), outputs: { ...outputs, properties: { provisioningState: "Succeeded" } } };
  },
};

/**
 * An address that is allocated. Source: the messages in github.com/ernestio/ernest issue 514 and
 * github.com/hashicorp/terraform-provider-azurerm issue 688.
 */
const addressUse = {
  by: [interfaceType, balancerType, natType, genericType],
  says: (address: LiveResource, users: readonly LiveResource[]): string =>
    refusal(
      "PublicIPAddressCannotBeDeleted",
      `Public IP address ${address.id} can not be deleted since it is still allocated to resource ${holders(address.id, users).join(", ")}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`,
    ),
};

/** Source of the code: github.com/stackshy/cloudemu pull request 967; the words are those of a security group. */
const natUse = {
  by: [subnetType],
  says: (gateway: LiveResource, users: readonly LiveResource[]): string =>
    refusal(
      "InUseNatGatewayCannotBeDeleted",
      `Nat gateway ${gateway.id} cannot be deleted because it is in use by the following resources: ${holders(gateway.id, users).join(", ")}. In order to delete the Nat gateway, remove the association with the resource(s).`,
    ),
};

/** The same rules for the same Azure types when the generic resource makes them. */
const genericUse: Readonly<Record<string, NonNullable<ResourceModel["inUse"]>>> = {
  "Microsoft.Network/publicIPAddresses": addressUse,
  "Microsoft.Network/natGateways": natUse,
};

/** Any Azure type by name; used where the SDK's pinned API version lacks a feature (cloud-facts-azure 3.7). */
const genericResource: ResourceModel = (() => {
  const armType = (inputs: Properties): string =>
    [text(inputs.resourceProviderNamespace), text(inputs.resourceType)].join("/").replace(/\/+$/, "");
  const rowFor = (inputs: Properties): ResourceModel =>
    armModel({
      arm: armType(inputs),
      showsState: false,
      checkUpdate: (olds, news, _world, id) =>
        problems(/^Microsoft\.Network\//i.test(armType(news)) && skuChange(olds, news, id)),
      apiVersion: text(inputs.apiVersion),
      nameInput: "resourceName",
      required: [],
      source: "",
      outputs: (given_, world, { urn }) => genericOutputs(armType(inputs), given_, world, urn),
    });
  return {
    required: ["apiVersion", "parentResourcePath", "resourceGroupName", "resourceProviderNamespace", "resourceType"],
    source: "declaration of azure-native:resources:Resource; cloud-facts-azure 3.7",
    naming: { input: "resourceName", auto: "suffix8", maxLength: 260 },
    forcesReplacement: [
      "resourceName",
      "resourceGroupName",
      "resourceProviderNamespace",
      "resourceType",
      "parentResourcePath",
    ],
    check: (inputs, world) =>
      problems(
        rowFor(inputs).check!(inputs, world),
        !/^20\d\d-\d\d-\d\d(-preview)?$/.test(text(inputs.apiVersion)) &&
          refusal("InvalidApiVersionParameter", `The api-version '${text(inputs.apiVersion)}' is invalid.`),
        natProblems(armType(inputs), inputs, world),
      ),
    checkUpdate: (olds, news, world) => rowFor(news).checkUpdate!(olds, news, world),
    checkDelete(resource, world) {
      const rule = genericUse[armType(resource.inputs)];
      const users = rule ? usersOf(resource.id, rule.by, world) : [];
      return rule && users.length > 0 ? [rule.says(resource, users)] : [];
    },
    takesAlong: below,
    recomputed: ["azureApiVersion"],
    create: (inputs, world, resource) => rowFor(inputs).create(inputs, world, resource),
  };
})();

function genericOutputs(type: string, inputs: Properties, world: World, urn: string): Properties {
  const sent = record(inputs.properties);
  if (type !== "Microsoft.Network/publicIPAddresses")
    return { properties: { ...sent, provisioningState: "Succeeded" } };
  const label = text(record(sent.dnsSettings).domainNameLabel);
  const dnsSettings = label
    ? { dnsSettings: { ...record(sent.dnsSettings), fqdn: `${label}.${locationOf(inputs, world)}.cloudapp.azure.com` } }
    : {};
  return { properties: { ...sent, ...dnsSettings, ipAddress: publicAddress(urn), provisioningState: "Succeeded" } };
}

/** A StandardV2 gateway takes StandardV2 addresses only, and the other way round. Source: cloud-facts-azure 3.6. */
function natProblems(type: string, inputs: Properties, world: World): string[] {
  if (type !== "Microsoft.Network/natGateways") return [];
  const own = text(record(inputs.sku).name);
  return records(record(inputs.properties).publicIpAddresses ?? inputs.publicIpAddresses).flatMap((entry) => {
    const address = byArmId(world, refId(entry));
    const sku = text(record(address?.inputs.sku).name);
    const says = `Public IP Address ${refId(entry)} with SKU ${sku} cannot be used by NAT gateway with SKU ${own}.`;
    return address && sku !== own ? [refusal("NatGatewaySkuMismatchWithPublicIpAddress", says)] : [];
  });
}

const virtualNetworkRow = armModel({
  arm: "Microsoft.Network/virtualNetworks",
  apiVersion: "2024-05-01",
  nameInput: "virtualNetworkName",
  required: ["resourceGroupName"],
  source: `ARM naming rules (2 to 64 characters); ${replacement}`,
  pattern: networkName,
  minLength: 2,
  maxLength: 64,
  forcesReplacement: ["location"],
  check(inputs) {
    const prefixes = texts(record(inputs.addressSpace).addressPrefixes);
    const bad = prefixes.filter((prefix) => !range(prefix));
    return problems(
      prefixes.length === 0 &&
        refusal(
          "InvalidRequestFormat",
          "Cannot parse the request. At least one address prefix must be specified for the virtual network.",
        ),
      bad.map((prefix) =>
        refusal(
          "InvalidCIDRNotation",
          `The address prefix ${prefix} in resource ${text(inputs.virtualNetworkName)} has an invalid CIDR notation. For the given prefix length, the address prefix is invalid.`,
        ),
      ),
    );
  },
  checkUpdate(_olds, news, world, id) {
    const space = texts(record(news.addressSpace).addressPrefixes).flatMap((prefix) => range(prefix) ?? []);
    const fits = (prefix: string): boolean => space.some((outer) => contains(outer, range(prefix) ?? nowhere));
    return subnetsOf(id, world)
      .filter((made) => !subnetPrefixes(made.inputs).every(fits))
      .map((made) => outsideNetwork(text(made.outputs.name), text(news.virtualNetworkName)));
  },
  checkDelete: (resource, world) => subnetsOf(resource.id, world).flatMap((made) => subnetInUse(made, world)),
  outputs: (inputs, world, { urn, id }) => ({
    resourceGuid: uuid(world, urn),
    subnets: records(inputs.subnets).map((subnet) => ({ ...subnet, id: `${id}/subnets/${text(subnet.name)}` })),
  }),
});

function subnetPrefixes(inputs: Properties): readonly string[] {
  return [...texts([inputs.addressPrefix]), ...texts(inputs.addressPrefixes)];
}

function subnetsOf(networkId: string, world: World): readonly LiveResource[] {
  return world.ofType(subnetType).filter((made) => isWithin(made.id, networkId));
}

function outsideNetwork(name: string, home: string): string {
  return refusal("NetcfgInvalidSubnet", `Subnet '${name}' is not valid in virtual network '${home}'.`);
}

/** What takes addresses of a subnet. */
const subnetUsers = [interfaceType, scaleSetType, balancerType];

/** Source: the messages in github.com/kubernetes-sigs/cluster-api-provider-azure issue 172 and microsoft/nav-arm-templates issue 161. */
const subnetUse = {
  by: subnetUsers,
  says: (made: LiveResource, users: readonly LiveResource[]): string =>
    refusal(
      "InUseSubnetCannotBeDeleted",
      `Subnet ${text(made.outputs.name)} is in use by ${holders(made.id, users).join(", ")} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
    ),
};

function subnetInUse(made: LiveResource, world: World): string[] {
  const users = usersOf(made.id, subnetUse.by, world);
  return users.length > 0 ? [subnetUse.says(made, users)] : [];
}

/** Source: the message in github.com/hashicorp/terraform-provider-azurerm issue 11211. */
function prefixInUse(olds: Properties, news: Properties, world: World, id: string): string[] {
  const gone = subnetPrefixes(olds).filter((prefix) => !subnetPrefixes(news).includes(prefix));
  return usersOf(id, subnetUsers, world).length === 0
    ? []
    : gone.map((prefix) =>
        refusal(
          "InUsePrefixCannotBeDeleted",
          `IpPrefix ${prefix} on Subnet ${text(news.subnetName)} has active allocations and cannot be deleted.`,
        ),
      );
}

function subnetSpace(inputs: Properties, world: World): string[] {
  const network = world
    .ofType(networkType)
    .find(
      (made) =>
        made.outputs.name === inputs.virtualNetworkName && made.inputs.resourceGroupName === inputs.resourceGroupName,
    );
  const name = text(inputs.subnetName);
  const space = texts(record(network?.inputs.addressSpace).addressPrefixes).flatMap((prefix) => range(prefix) ?? []);
  const beside = world
    .ofType(subnetType)
    .filter(
      (other) =>
        other.inputs.virtualNetworkName === inputs.virtualNetworkName &&
        other.inputs.resourceGroupName === inputs.resourceGroupName,
    );
  return subnetPrefixes(inputs).flatMap((prefix) => {
    const block = range(prefix);
    if (!block)
      return [
        refusal(
          "InvalidCIDRNotation",
          `The address prefix ${prefix} in resource ${name} has an invalid CIDR notation. For the given prefix length, the address prefix is invalid.`,
        ),
      ];
    const clash = beside.find((other) =>
      subnetPrefixes(other.inputs).some((other_) => overlaps(block, range(other_) ?? nowhere)),
    );
    return problems(
      network &&
        !space.some((outer) => contains(outer, block)) &&
        outsideNetwork(name, text(inputs.virtualNetworkName)),
      clash &&
        refusal(
          "NetcfgSubnetRangesOverlap",
          `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${text(inputs.virtualNetworkName)}'.`,
        ),
    );
  });
}

/** Overlaps with nothing. */
const nowhere: Range = { first: 1, last: 0, prefix: 32 };

const subnet = armModel({
  arm: "Microsoft.Network/virtualNetworks/subnets",
  apiVersion: "2024-05-01",
  nameInput: "subnetName",
  parents: ["virtualNetworkName"],
  required: ["resourceGroupName", "virtualNetworkName"],
  source: `ARM naming rules (1 to 80 characters); ARM error codes NetcfgInvalidSubnet, NetcfgSubnetRangesOverlap; ${replacement}`,
  auto: "copy",
  pattern: networkName,
  maxLength: 80,
  located: false,
  defaults: { privateEndpointNetworkPolicies: "Disabled", privateLinkServiceNetworkPolicies: "Enabled" },
  inUse: subnetUse,
  // The SDK's declaration says so and nobody shows the message.
  unchangeable: [{ path: "defaultOutboundAccess", mayBeLeftOut: true }],
  checkUpdate: prefixInUse,
  check: (inputs, world, id) =>
    problems(
      subnetPrefixes(inputs).length === 0 &&
        refusal("InvalidRequestFormat", `Cannot parse the request. Address prefix is not specified for subnet ${id}.`),
      subnetSpace(inputs, world),
      regionProblems(inputs, world, id),
    ),
  outputs: () => ({ provisioningState: "Succeeded" }),
});

/** A subnet's security group and NAT gateway lie in the region of its network. Source: the InvalidResourceReference text. */
function regionProblems(inputs: Properties, world: World, id: string): string[] {
  const network = byArmId(world, id.split("/").slice(0, -2).join("/"));
  const home = text(network?.outputs.location);
  return [inputs.networkSecurityGroup, inputs.natGateway].flatMap((reference) => {
    const place = text(byArmId(world, refId(reference))?.outputs.location);
    const says = `Resource ${refId(reference)} referenced by resource ${id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
    return home !== "" && place !== "" && home !== place ? [refusal("InvalidResourceReference", says)] : [];
  });
}

const natGateway = armModel({
  arm: "Microsoft.Network/natGateways",
  apiVersion: "2024-05-01",
  nameInput: "natGatewayName",
  required: ["resourceGroupName"],
  source: `cloud-facts-azure 3.6, 3.7, 3.9; ${replacement}`,
  pattern: networkName,
  maxLength: 80,
  inUse: natUse,
  checkUpdate: (olds, news, _world, id) => problems(zoneChange(olds, news, id), skuChange(olds, news, id)),
  check(inputs, world) {
    const sku = text(record(inputs.sku).name);
    const idle = number(inputs.idleTimeoutInMinutes);
    return problems(
      sku !== "Standard" &&
        refusal(
          "InvalidRequestFormat",
          `Cannot parse the request. Required property 'sku' value '${sku}' is not supported in API version 2024-05-01.`,
        ),
      idle !== undefined &&
        (idle < 4 || idle > 120) &&
        refusal("NatGatewayIdleTimeoutOutOfRange", `Idle timeout ${idle} is not in the range of 4 to 120 minutes.`),
      list(inputs.zones).length > 1 &&
        refusal(
          "NatGatewayWithMultipleZonesNotSupported",
          "NAT gateway of SKU Standard can be in one availability zone at most.",
        ),
      natProblems("Microsoft.Network/natGateways", inputs, world),
    );
  },
  outputs: (_inputs, world, { urn }) => ({ resourceGuid: uuid(world, urn) }),
});

const publicAddressRow = armModel({
  arm: "Microsoft.Network/publicIPAddresses",
  apiVersion: "2024-05-01",
  nameInput: "publicIpAddressName",
  required: ["resourceGroupName"],
  source: `cloud-facts-azure 3.1, 3.2, 3.13, 10.1; ${replacement}`,
  pattern: networkName,
  maxLength: 80,
  forcesReplacement: ["location", "publicIPAddressVersion", "publicIPPrefix", "sku"],
  inUse: addressUse,
  checkUpdate: (olds, news, _world, id) => problems(zoneChange(olds, news, id)),
  check(inputs) {
    const sku = text(record(inputs.sku).name) || "Basic";
    const label = text(record(inputs.dnsSettings).domainNameLabel);
    const idle = number(inputs.idleTimeoutInMinutes);
    return problems(
      sku === "Basic" &&
        refusal(
          "IPv4BasicSkuPublicIpCountLimitReached",
          "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
        ),
      !["Basic", "Standard"].includes(sku) &&
        refusal(
          "InvalidRequestFormat",
          `Cannot parse the request. SKU ${sku} is not supported in API version 2024-05-01.`,
        ),
      sku === "Standard" &&
        inputs.publicIPAllocationMethod !== "Static" &&
        refusal(
          "PublicIPAndIPPrefixWithStandardSkuMustUseStaticAllocation",
          `Standard sku publicIp ${text(inputs.publicIpAddressName)} must use Static allocation method.`,
        ),
      label !== "" &&
        !/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label) &&
        refusal(
          "InvalidDomainNameLabel",
          `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`,
        ),
      idle !== undefined &&
        (idle < 4 || idle > 30) &&
        refusal(
          "PublicIpAddressIdleTimeoutIsOutOfRange",
          `Idle timeout ${idle} is not in the range of 4 to 30 minutes.`,
        ),
    );
  },
  outputs(inputs, world, { urn }) {
    const dns = record(inputs.dnsSettings);
    const label = text(dns.domainNameLabel);
    const hashed =
      given(dns.domainNameLabelScope) && dns.domainNameLabelScope !== "NoReuse"
        ? `.${world.random(urn, 14, hexDigits)}`
        : "";
    const fqdn = `${label}${hashed}.${locationOf(inputs, world)}.cloudapp.azure.com`;
    return {
      ipAddress: publicAddress(urn),
      resourceGuid: uuid(world, urn),
      ...(label && { dnsSettings: { ...dns, fqdn } }),
    };
  },
});

/** A subnet's range, whether the stack made it or adopts it. */
function subnetCidr(id: string, world: World): string {
  const made = byArmId(world, id);
  return (
    (made && subnetPrefixes(made.inputs)[0]) ??
    (text(override(world, id).addressPrefix) || adoptedSubnetCidr(id.toLowerCase()))
  );
}

function interfaceAddress(configuration: Properties, urn: string, world: World): string {
  const fixed = text(configuration.privateIPAddress);
  if (fixed) return fixed;
  const taken = new Set(
    world
      .ofType(interfaceType)
      .flatMap((other) => records(other.outputs.ipConfigurations).map((one) => text(one.privateIPAddress))),
  );
  return freeAddress(subnetCidr(refId(configuration.subnet), world), taken, hashBelow(urn, 65536)) ?? "";
}

/** A public address leads to one place. Source: the message in github.com/microsoft/azure-tools-for-java issue 91. */
function addressInUse(configuration: Properties, world: World, id: string): string | undefined {
  const addressId = refId(configuration.publicIPAddress);
  const users = addressId === "" ? [] : usersOf(addressId, addressUse.by, world).filter((user) => user.id !== id);
  const says = `Resource ${id}/ipConfigurations/${text(configuration.name)} is referencing public IP address ${addressId} that is already allocated to resource ${holders(addressId, users).join(", ")}.`;
  return users.length > 0 ? refusal("PublicIPAddressInUse", says) : undefined;
}

function configurationProblems(configuration: Properties, world: World, id: string): string[] {
  const subnetId = refId(configuration.subnet);
  const fixed = text(configuration.privateIPAddress);
  const inside = range(subnetCidr(subnetId, world));
  const made = byArmId(world, subnetId);
  const one = range(`${fixed}/32`);
  const isStatic = configuration.privateIPAllocationMethod === "Static";
  return problems(
    !subnetId &&
      refusal(
        "SubnetIsRequired",
        `Subnet reference is required for ipconfiguration ${id}/ipConfigurations/${text(configuration.name)}.`,
      ),
    fixed !== "" &&
      made &&
      (!one || !inside || !contains(inside, one)) &&
      refusal(
        "PrivateIPAddressNotInSubnet",
        `Private static IP address ${fixed} does not belong to the range of subnet prefix ${subnetCidr(subnetId, world)}.`,
      ),
    isStatic &&
      !fixed &&
      refusal(
        "StaticIPAddressMissing",
        `IP address is missing for ipconfiguration ${id}/ipConfigurations/${text(configuration.name)} with Static allocation method.`,
      ),
    addressInUse(configuration, world, id),
  );
}

/** Source: the message that machines get for the same reason; aka.ms/deletenic. */
const interfaceUse = {
  by: ["azure-native:compute:VirtualMachine"],
  says: (nic: LiveResource, users: readonly LiveResource[]): string =>
    refusal(
      "NicInUse",
      `Network Interface ${nic.id} is used by existing resource ${users.map(({ id }) => id).join(", ")}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`,
    ),
};

/**
 * The first configuration keeps its name and the interface its virtual network, whether a machine uses it or not.
 * Source: the message in github.com/ansible-collections/azure issue 1281; learn.microsoft.com/azure/virtual-network/
 * virtual-network-network-interface ("you can't change the virtual network it's assigned to"), which shows no message.
 */
function interfaceChanges(olds: Properties, news: Properties, _world: World, id: string): string[] {
  const [before, after] = [records(olds.ipConfigurations), records(news.ipConfigurations)];
  const networkOf = (configuration: Properties | undefined): string =>
    refId(configuration?.subnet).split("/subnets/")[0]!.toLowerCase();
  const first = text(before[0]?.name);
  return problems(
    !after.some((configuration) => text(configuration.name) === first) &&
      refusal(
        "IpConfigDeleteNotSupported",
        `IP Configuration ${first} cannot be deleted. Deletion and renaming of primary IP Configuration is not supported`,
      ),
    after.some((configuration) => networkOf(configuration) !== networkOf(before[0])) &&
      refusal("BadRequest", `The virtual network of network interface ${id} cannot be changed.`),
  );
}

const networkInterface = armModel({
  arm: "Microsoft.Network/networkInterfaces",
  apiVersion: "2024-05-01",
  nameInput: "networkInterfaceName",
  required: ["resourceGroupName"],
  source: `cloud-facts-azure 3.3, 4.2; ARM naming rules; ${replacement}`,
  pattern: networkName,
  maxLength: 80,
  inUse: interfaceUse,
  checkUpdate: interfaceChanges,
  check(inputs, world, id) {
    const configurations = records(inputs.ipConfigurations);
    return problems(
      configurations.length === 0 &&
        refusal(
          "InvalidRequestFormat",
          "Cannot parse the request. The network interface must have at least one IP configuration.",
        ),
      configurations.flatMap((configuration) => configurationProblems(configuration, world, id)),
    );
  },
  outputs: (inputs, world, { urn, id }) => ({
    resourceGuid: uuid(world, urn),
    macAddress: world.random(urn, 12, hexDigits).match(/../g)!.join("-").toUpperCase(),
    ipConfigurations: records(inputs.ipConfigurations).map((configuration) => ({
      ...configuration,
      id: `${id}/ipConfigurations/${text(configuration.name)}`,
      privateIPAddress: interfaceAddress(configuration, urn, world),
      privateIPAllocationMethod: text(configuration.privateIPAllocationMethod) || "Dynamic",
    })),
  }),
});

/** Groups and networks. */
export const network: Readonly<Record<string, ResourceModel>> = {
  [groupType]: resourceGroup,
  [genericType]: genericResource,
  [networkType]: virtualNetworkRow,
  [subnetType]: subnet,
  [natType]: natGateway,
  [addressType]: publicAddressRow,
  [interfaceType]: networkInterface,
};
