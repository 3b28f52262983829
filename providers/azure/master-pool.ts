/**
 * MasterPool on Azure: per slot a network interface, a data disk and a virtual machine.
 * Guarantees: interface, address and data disk outlive the machine; a machine is replaced only when its slot's
 * generation is raised, and then deleted first, because interface and disk serve one machine at a time; no master waits
 * for another; no public address, unless one is given.
 * Differs from AWS: in a network of the cluster's own the addresses are fixed in advance. In an adopted network Azure
 * chooses each once, when the interface is made, and keeps it as long as the interface exists. A region without zones
 * gets an availability set (AZ-N6).
 * Sources: reference/cloud-facts-azure.md 2, 3.3 and 10.1 to 10.3.
 */
import * as pulumi from "@pulumi/pulumi";
import * as compute from "@pulumi/azure-native/compute";
import * as network from "@pulumi/azure-native/network";
import { quietError, throwIfAny } from "../../components/errors";
import {
  type MasterPool,
  type MasterPoolArgs,
  masterPoolToken,
  validateMasterPool,
} from "../../components/master-pool";
import type { Slot } from "../../components/network";
import { renderBoot } from "../../components/node-boot";
import { imageReference } from "./images";
import { bootDiagnostics, diskKind, linuxConfiguration, securityProfile, systemDisk, validateMachine } from "./machine";
import { zonesOf } from "./regions";

const dataDiskLun = 0;

export class AzureMasterPool extends pulumi.ComponentResource implements MasterPool {
  public readonly privateIps: readonly pulumi.Output<string>[];
  public readonly machineIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: MasterPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(masterPoolToken, name, {}, opts);
    throwIfAny(`master pool "${name}"`, [...validateMasterPool(args), ...validateMachine(args, "masters")]);

    const self = { parent: this };
    const where = { resourceGroupName: args.scope, location: args.region, tags: args.tags };
    const linux = linuxConfiguration(name, args, self);
    const availabilitySet = zonesOf(args.region).length > 0 ? undefined : createAvailabilitySet();
    const interfaces = args.slots.map((slot, index) => createInterface(slot, index + 1));
    const disks = args.slots.map((slot, index) => createDisk(slot, index + 1));
    const privateIps = args.slots.map(({ address }, index) => address ?? addressOf(interfaces[index]!));
    const masterIps = pulumi.all(privateIps).apply((ips) => ips.join(","));
    const machines = args.slots.map((_, index) => createMachine(index + 1));

    this.privateIps = privateIps;
    this.machineIds = machines.map(({ id }) => id);
    this.registerOutputs({ privateIps: this.privateIps, machineIds: this.machineIds });

    function createAvailabilitySet(): compute.AvailabilitySet {
      return new compute.AvailabilitySet(
        `${name}-set`,
        // Two fault domains is what every region has; `Aligned` is the kind for managed disks.
        {
          ...where,
          sku: { name: "Aligned" },
          platformFaultDomainCount: 2,
          platformUpdateDomainCount: args.slots.length,
        },
        self,
      );
    }

    function createInterface({ subnetId, address }: Slot, number: number): network.NetworkInterface {
      const allocation = address
        ? { privateIPAllocationMethod: "Static", privateIPAddress: address }
        : { privateIPAllocationMethod: "Dynamic" };
      return new network.NetworkInterface(
        `${name}-${number}-nic`,
        {
          ...where,
          networkSecurityGroup: { id: args.firewall.rulesId },
          ipConfigurations: [
            {
              name: "primary",
              primary: true,
              subnet: { id: subnetId },
              ...allocation,
              publicIPAddress: publicAddressOf(number),
              applicationSecurityGroups: [{ id: args.firewall.memberOfId }],
              loadBalancerBackendAddressPools: args.backendIds.map((id) => ({ id })),
            },
          ],
        },
        { ...self, protect: args.deletionProtection },
      );
    }

    function publicAddressOf(number: number) {
      const id = args.publicAddressIds[number - 1];
      return id === undefined ? undefined : { id };
    }

    function createDisk({ zone }: Slot, number: number): compute.Disk {
      return new compute.Disk(
        `${name}-${number}-data`,
        {
          ...where,
          zones: zoneList(zone),
          sku: { name: diskKind(args.instanceType) },
          creationData: { createOption: "Empty" },
          diskSizeGB: args.dataDiskGiB,
          encryption: encryptionOf(args.diskKeyId),
          networkAccessPolicy: "DenyAll",
          publicNetworkAccess: "Disabled",
        },
        {
          ...self,
          protect: args.deletionProtection,
          retainOnDelete: true,
          // Where a slot was first put, there it stays, and it keeps its kind: Azure can move neither to another zone nor
          // to another kind while a machine runs.
          ignoreChanges: ["sku", "zones"],
        },
      );
    }

    function createMachine(number: number): compute.VirtualMachine {
      const generation = args.generations[number - 1];
      const nic = interfaces[number - 1]!;
      const disk = disks[number - 1]!;
      return new compute.VirtualMachine(
        `${name}-${number}`,
        {
          ...where,
          // A machine can only use a disk of its own zone.
          zones: disk.zones,
          availabilitySet: availabilitySet && { id: availabilitySet.id },
          hardwareProfile: { vmSize: args.instanceType },
          identity: { type: "UserAssigned", userAssignedIdentities: [args.identity.attachment] },
          securityProfile: securityProfile(args),
          diagnosticsProfile: bootDiagnostics,
          networkProfile: { networkInterfaces: [{ id: nic.id, primary: true, deleteOption: "Detach" }] },
          storageProfile: {
            imageReference: imageReference(args.image),
            osDisk: systemDisk(args, args.rootDiskGiB),
            dataDisks: [
              { lun: dataDiskLun, createOption: "Attach", deleteOption: "Detach", managedDisk: { id: disk.id } },
            ],
          },
          osProfile: {
            computerName: `${name}-${number}`,
            adminUsername: args.adminUsername,
            linuxConfiguration: linux,
            customData: renderBoot(args.boot, {
              SLOT: String(number),
              MASTER_IPS: masterIps,
              DATA_DISK: `lun${dataDiskLun}`,
              IDENTITY_CLIENT_ID: args.identity.clientId,
            }),
          },
        },
        {
          ...self,
          // Azure can change none of these on a machine that exists; they take effect with the next generation.
          ignoreChanges: frozen,
          replacementTrigger: generation,
          deleteBeforeReplace: true,
          dependsOn: [...args.bootAfter],
          customTimeouts: { create: "30m", update: "30m", delete: "30m" },
        },
      );
    }
  }
}

/**
 * What a machine keeps from the update that made it. Whole properties only: the engine keeps the old value behind a
 * longer path even when it replaces the machine (`processIgnoreChanges` in pkg/resource/deploy/step_generator.go, 3.248).
 */
const frozen = ["hardwareProfile", "osProfile", "securityProfile", "storageProfile"];

function zoneList(zone: pulumi.Output<string>): pulumi.Output<string[] | undefined> {
  return zone.apply((value) => (value === "" ? undefined : [value]));
}

function encryptionOf(diskEncryptionSetId: string | undefined) {
  return diskEncryptionSetId === undefined
    ? { type: "EncryptionAtRestWithPlatformKey" }
    : { type: "EncryptionAtRestWithCustomerKey", diskEncryptionSetId };
}

/** The address that Azure chose for an interface in an adopted network. */
function addressOf(nic: network.NetworkInterface): pulumi.Output<string> {
  // A preview of an edit takes the wanted configurations for the ones that are there; the state it leaves unknown, and
  // with it the address.
  return pulumi.all([nic.name, nic.ipConfigurations, nic.provisioningState]).apply(([name, configurations]) => {
    const address = configurations?.[0]?.privateIPAddress;
    if (!address) throw quietError(`the network interface ${name} got no private address`);
    return address;
  });
}
