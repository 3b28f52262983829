/**
 * What the simulated Azure answers to look-ups.
 */
import type { InvokeModel, LiveResource, Properties, World } from "../../model";
import { adoptedSubnetCidr, isMissing, override } from "../existing";
import { text } from "../values";
import { armExists, armId, byArmId, groupId, ownsGroup, refusal, subscriptionOf, tenantId } from "./arm";
import { publicAddress } from "./network";

const dts = "declarations of @pulumi/azure-native 3.28.0";

const getClientConfig: InvokeModel = {
  source: `${dts}, authorization.getClientConfig; cloud-facts-azure 10.7`,
  call: (_args, world) => ({
    result: {
      subscriptionId: subscriptionOf(world),
      tenantId,
      clientId: "00000000-0000-0000-0000-000000000003",
      objectId: "00000000-0000-0000-0000-000000000004",
    },
  }),
};

function absent(id: string): { failure: string } {
  const group = id.split("/")[4] ?? "";
  const says = `The Resource '${id.split("/providers/")[1] ?? id}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return { failure: refusal("ResourceNotFound", says) };
}

/** A look-up of one resource by name: what the stack made, else what is made up for something adopted. */
function lookup(
  source: string,
  idOf: (args: Properties, world: World) => string,
  madeUp: (id: string, args: Properties) => Properties,
): InvokeModel {
  return {
    source,
    call(args, world) {
      const id = idOf(args, world);
      const made: LiveResource | undefined = byArmId(world, id);
      if (made) return { result: { ...made.outputs, id: made.id } };
      if (!armExists(id, world)) return absent(id);
      const name = id.split("/").at(-1)!;
      return { result: { id, name, location: "westeurope", ...madeUp(id, args), ...override(world, id) } };
    },
  };
}

const getPublicIPAddress = lookup(
  `${dts}, network.getPublicIPAddress`,
  (args, world) =>
    armId(world, text(args.resourceGroupName), "Microsoft.Network/publicIPAddresses", text(args.publicIpAddressName)),
  (id) => ({
    ipAddress: publicAddress(id.toLowerCase()),
    publicIPAllocationMethod: "Static",
    sku: { name: "Standard", tier: "Regional" },
  }),
);

const getVirtualNetwork = lookup(
  `${dts}, network.getVirtualNetwork`,
  (args, world) =>
    armId(world, text(args.resourceGroupName), "Microsoft.Network/virtualNetworks", text(args.virtualNetworkName)),
  () => ({ addressSpace: { addressPrefixes: ["172.31.0.0/16"] } }),
);

const getSubnet = lookup(
  `${dts}, network.getSubnet`,
  (args, world) =>
    armId(
      world,
      text(args.resourceGroupName),
      "Microsoft.Network/virtualNetworks",
      text(args.virtualNetworkName),
      "subnets",
      text(args.subnetName),
    ),
  (id) => ({ addressPrefix: adoptedSubnetCidr(id.toLowerCase()) }),
);

const getBlobContainer = lookup(
  `${dts}, storage.getBlobContainer`,
  (args, world) =>
    armId(
      world,
      text(args.resourceGroupName),
      "Microsoft.Storage/storageAccounts",
      text(args.accountName),
      "blobServices/default/containers",
      text(args.containerName),
    ),
  () => ({ publicAccess: "None", deleted: false, leaseState: "Available" }),
);

/** A scale set is the stack's own: before the first deployment there is none. */
const getVirtualMachineScaleSet: InvokeModel = {
  source: `${dts}, compute.getVirtualMachineScaleSet; cloud-facts-azure 1.16`,
  call(args, world) {
    const id = armId(
      world,
      text(args.resourceGroupName),
      "Microsoft.Compute/virtualMachineScaleSets",
      text(args.vmScaleSetName),
    );
    const made = byArmId(world, id);
    const said = override(world, id);
    if (!made && Object.keys(said).length === 0) return absent(id);
    return isMissing(world, id)
      ? absent(id)
      : { result: { ...made?.outputs, id, name: text(args.vmScaleSetName), ...said } };
  },
};

const getResourceGroup: InvokeModel = {
  source: `${dts}, resources.getResourceGroup`,
  call(args, world) {
    const name = text(args.resourceGroupName);
    const id = groupId(world, name);
    const made = byArmId(world, id);
    if (made) return { result: { ...made.outputs, id } };
    if (!name || isMissing(world, name))
      return { failure: refusal("ResourceGroupNotFound", `Resource group '${name}' could not be found.`) };
    return {
      result: {
        id,
        name,
        location: "westeurope",
        properties: { provisioningState: "Succeeded" },
        ...override(world, name),
      },
    };
  },
};

/** Keys look like Azure's: 64 bytes in base64. They are secrets, and the SDK does not mark them (cloud-facts-azure 7.4). */
function accountKey(world: World, account: string, number: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return `${world.random(`${account} key ${number}`, 86, alphabet)}==`;
}

const listStorageAccountKeys: InvokeModel = {
  source: `${dts}, storage.listStorageAccountKeys; cloud-facts-azure 7.4`,
  call(args, world) {
    const account = text(args.accountName);
    const group = text(args.resourceGroupName);
    const id = armId(world, group, "Microsoft.Storage/storageAccounts", account);
    if (!armExists(id, world) || (ownsGroup(world, group) && !byArmId(world, id))) return absent(id);
    const keys = [1, 2].map((number) => ({
      keyName: `key${number}`,
      value: accountKey(world, account, number),
      permissions: "FULL",
      creationTime: "2026-01-01T00:00:00Z",
    }));
    return { result: { keys } };
  },
};

/** Look-ups by token. */
export const lookups: Readonly<Record<string, InvokeModel>> = {
  "azure-native:authorization:getClientConfig": getClientConfig,
  "azure-native:network:getPublicIPAddress": getPublicIPAddress,
  "azure-native:network:getVirtualNetwork": getVirtualNetwork,
  "azure-native:network:getSubnet": getSubnet,
  "azure-native:compute:getVirtualMachineScaleSet": getVirtualMachineScaleSet,
  "azure-native:resources:getResourceGroup": getResourceGroup,
  "azure-native:storage:getBlobContainer": getBlobContainer,
  "azure-native:storage:listStorageAccountKeys": listStorageAccountKeys,
};
