/**
 * Simulated virtual machines, scale sets, availability sets and autoscaling.
 */
import { isDeepStrictEqual } from "node:util";
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { override } from "../existing";
import { at, decodedLength, given, number, problems, record, records, repeated, text, texts, uuid } from "../values";
import { armModel, byArmId, propertyChange, refId, refusal, type Unchangeable } from "./arm";
import { attachedIdentities, isIdentityId } from "./identity";
import { diskType } from "./storage";

const machineType = "azure-native:compute:VirtualMachine";
const scaleSetType = "azure-native:compute:VirtualMachineScaleSet";

/** Custom data may have this many bytes when decoded, user data 64 KiB. Source: cloud-facts-azure 2.10. */
const customDataLimit = 65535;
const userDataLimit = 65536;

function customDataProblems(profile: Properties, userData: unknown): string[] {
  const customData = text(profile.customData);
  const length = decodedLength(customData);
  const second = decodedLength(text(userData));
  return problems(
    customData !== "" &&
      length === undefined &&
      refusal(
        "InvalidParameter",
        "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.",
      ),
    length !== undefined &&
      length > customDataLimit &&
      refusal(
        "InvalidParameter",
        "Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.",
      ),
    second !== undefined &&
      second > userDataLimit &&
      refusal(
        "InvalidParameter",
        "The value of parameter userData is invalid. User data must be in Base64 encoding and with a maximum length of 87380 characters.",
      ),
  );
}

/** Names that Azure keeps for itself. Source: learn.microsoft.com/azure/virtual-machines/linux/faq. */
const reservedUsers = [
  "administrator",
  "admin",
  "user",
  "user1",
  "test",
  "user2",
  "test1",
  "user3",
  "admin1",
  "1",
  "123",
  "a",
  "actuser",
  "adm",
  "admin2",
  "aspnet",
  "backup",
  "console",
  "david",
  "guest",
  "john",
  "owner",
  "root",
  "server",
  "sql",
  "support",
  "support_388945a0",
  "sys",
  "test2",
  "test3",
  "user4",
  "user5",
  "video",
];

function loginProblems(profile: Properties): string[] {
  const user = text(profile.adminUsername);
  const linux = record(profile.linuxConfiguration);
  const keys = records(record(linux.ssh).publicKeys);
  const refuse = (says: string): string => refusal("InvalidParameter", says);
  return problems(
    !user && refuse("Required parameter 'adminUsername' is missing (null)."),
    user !== "" &&
      reservedUsers.includes(user.toLowerCase()) &&
      refuse(
        "The Admin Username specified is not allowed. For more information about disallowed usernames, see https://aka.ms/vmosprofile",
      ),
    linux.disablePasswordAuthentication === true &&
      keys.length === 0 &&
      refuse(
        "Authentication using either SSH or by user name and password must be enabled in Linux profile. For more information, see https://aka.ms/vmosprofile",
      ),
    linux.disablePasswordAuthentication !== true &&
      !given(profile.adminPassword) &&
      keys.length === 0 &&
      refuse("Required parameter 'adminPassword' is missing (null)."),
    keys
      .filter((key) => text(key.path) !== `/home/${user}/.ssh/authorized_keys`)
      .map((key) =>
        refuse(
          `Destination path for SSH public keys is currently limited to its default value /home/${user}/.ssh/authorized_keys  due to a known issue in Linux provisioning agent. Got ${text(key.path)}`,
        ),
      ),
    keys
      .filter((key) => !/^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]+={0,2}( .*)?\s*$/.test(text(key.keyData)))
      .map(() => refuse("The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.")),
  );
}

/** Sizes with a `p` among their feature letters have an Arm processor (`Standard_D4ps_v5`). */
function sizeArchitecture(size: string): "Arm64" | "x64" {
  return /^Standard_[A-Z]+\d+(-\d+)?[a-z]*p[a-z]*_v\d+$/.test(size) ? "Arm64" : "x64";
}

/** Architecture of an image as far as its SKU or a test tells. */
function imageArchitecture(image: Properties, world: World): string | undefined {
  const said = text(override(world, text(image.id)).architecture);
  if (said || given(image.id)) return said || undefined;
  return /arm64/.test(text(image.sku)) ? "Arm64" : "x64";
}

function imageProblems(size: string, image: Properties, world: World): string[] {
  const [ofSize, ofImage] = [sizeArchitecture(size), imageArchitecture(image, world)];
  const version = text(image.version);
  return problems(
    !given(image.id) &&
      ["publisher", "offer", "sku", "version"].some((field) => !given(image[field])) &&
      refusal("InvalidParameter", "Required parameter 'imageReference' is missing (null)."),
    ofImage !== undefined &&
      ofImage !== ofSize &&
      refusal(
        "BadRequest",
        `Cannot create a VM of size '${size}' because this VM size only supports a CPU Architecture of '${ofSize}', but an image or disk with CPU Architecture '${ofImage}' was given. Please check that the CPU Architecture of the image or disk is compatible with that of the VM size.`,
      ),
    version !== "" &&
      version !== "latest" &&
      !/^\d+\.\d+\.\d+$/.test(version) &&
      refusal(
        "InvalidParameter",
        "The value of parameter imageReference.version is invalid. Version must be 'latest' or of the form Major.Minor.Build.",
      ),
  );
}

function sizeProblem(size: string): string | undefined {
  return /^(Standard|Basic)_[A-Z]+\d+(-\d+)?[a-z]*(_[A-Z0-9]+)?(_v\d+)?$/.test(size)
    ? undefined
    : refusal("InvalidParameter", `The value ${size} provided for the VM size is not valid.`);
}

function identityProblems(inputs: Properties, world: World): string[] {
  const type = text(record(inputs.identity).type);
  const attached = attachedIdentities(inputs);
  return problems(
    type.includes("UserAssigned") &&
      attached.length === 0 &&
      refusal("InvalidIdentityValues", "The identity ids must not be null or empty for 'UserAssigned' identity type."),
    attached
      .filter((id) => !isIdentityId(id))
      .map((id) =>
        refusal("LinkedInvalidPropertyId", `Property id '${id}' at path 'identity.userAssignedIdentities' is invalid.`),
      ),
    attached
      .filter((id) => isIdentityId(id) && byArmId(world, id) && !given(byArmId(world, id)?.outputs.principalId))
      .map((id) =>
        refusal(
          "FailedIdentityOperation",
          `Identity operation for resource failed with error 'Bad Request'. Identity ${id} has no principal.`,
        ),
      ),
  );
}

function machineDisks(inputs: Properties, world: World): string[] {
  const [zone] = texts(inputs.zones);
  const disks = records(record(inputs.storageProfile).dataDisks);
  const attachedElsewhere = new Set(
    world
      .ofType(machineType)
      .flatMap((other) =>
        records(record(other.inputs.storageProfile).dataDisks).map((one) => refId(one.managedDisk).toLowerCase()),
      ),
  );
  return problems(
    repeated(disks.map((one) => number(one.lun))).map((lun) =>
      refusal("InvalidParameter", `A disk with LUN '${lun}' is already attached.`),
    ),
    disks.flatMap((one) => {
      const id = refId(one.managedDisk);
      const made = byArmId(world, id);
      const [home] = texts(made?.inputs.zones);
      const zrs = text(record(made?.inputs.sku).name).endsWith("ZRS");
      const name = id.split("/").at(-1);
      return problems(
        one.createOption === "Attach" &&
          !id &&
          refusal("InvalidParameter", "Required parameter 'dataDisk.managedDisk.id' is missing (null)."),
        one.createOption === "Attach" &&
          given(one.diskSizeGB) &&
          refusal("PropertyChangeNotAllowed", "Changing property 'dataDisk.diskSizeGB' is not allowed."),
        made?.type === diskType &&
          !zrs &&
          zone !== home &&
          refusal(
            "BadRequest",
            `Disk ${id} cannot be attached to the VM because it is not in the same zone as the VM. VM zone: '${zone ?? ""}'. Disk zone: '${home ?? ""}'.`,
          ),
        id !== "" &&
          attachedElsewhere.has(id.toLowerCase()) &&
          refusal(
            "AttachDiskWhileBeingDetached",
            `Disk '${name}' cannot be attached as the disk is already owned by another VM.`,
          ),
      );
    }),
  );
}

function machineInterfaces(inputs: Properties, world: World, id: string): string[] {
  const interfaces = records(record(inputs.networkProfile).networkInterfaces);
  const used = world.ofType(machineType).flatMap((other) =>
    records(record(other.inputs.networkProfile).networkInterfaces).map((one) => ({
      nic: refId(one).toLowerCase(),
      by: other.id,
    })),
  );
  return problems(
    interfaces.length === 0 &&
      refusal("InvalidParameter", "Required parameter 'networkProfile.networkInterfaces' is missing (null)."),
    interfaces.flatMap((one) => {
      const holder = used.find(({ nic }) => nic === refId(one).toLowerCase());
      const says = `Network Interface ${refId(one)} is used by existing resource ${holder?.by}. In order to delete or use the network interface, it must be dissociated from the resource ${id}.`;
      return holder ? [refusal("NicInUse", says)] : [];
    }),
    interfaces.length > 1 &&
      interfaces.filter((one) => one.primary === true).length !== 1 &&
      refusal(
        "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
        `Virtual machine ${id} must have one network interface set as the primary.`,
      ),
  );
}

/**
 * A machine in a zone and the zonal address of its interface stand in the same zone.
 * Source: the message in github.com/Azure/azurehpc issue 317; its code in github.com/fortinet/azure-templates issue 43.
 */
function addressZones(inputs: Properties, world: World, id: string): string[] {
  const [zone] = texts(inputs.zones);
  const nics = records(record(inputs.networkProfile).networkInterfaces).map((one) => byArmId(world, refId(one)));
  const addresses = nics
    .flatMap((nic) => records(nic?.inputs.ipConfigurations).map((one) => refId(one.publicIPAddress)))
    .filter((address) => address !== "");
  return addresses.flatMap((address) => {
    const bound = texts(byArmId(world, address)?.inputs.zones ?? override(world, address).zones);
    if (zone === undefined || bound.length === 0 || bound.includes(zone)) return [];
    const says = `Compute resource ${id} has a zone constraint ${zone} but the PublicIPAddress ${address} used by the compute resource via NetworkInterface or LoadBalancer has a different zone constraint ${bound.join(", ")}.`;
    return [refusal("ComputeResourceZoneConstraintDoesNotMatchPublicIPAddressZoneConstraint", says)];
  });
}

/**
 * What a machine keeps for life.
 * Source: cloud-facts-azure 2.10, 10.1; the SDK's declarations; the messages in github.com/Azure/azure-sdk-for-java issue 1912 (customData),
 * github.com/hashicorp/terraform-provider-azurerm issue 3277 (zones), github.com/Azure/azure-powershell issues 1177
 * (parts of the profile are named without it) and 7621 (osDisk.createOption).
 */
const machineUnchangeable: readonly Unchangeable[] = [
  { path: "zones" },
  { path: "availabilitySet.id" },
  { path: "virtualMachineScaleSet.id" },
  { path: "platformFaultDomain" },
  { path: "placement" },
  ...["computerName", "adminUsername", "customData"].map((named) => ({ path: `osProfile.${named}`, named })),
  ...["disablePasswordAuthentication", "ssh.publicKeys"].map((part) => ({
    path: `osProfile.linuxConfiguration.${part}`,
    named: `linuxConfiguration.${part}`,
  })),
  ...["imageReference", "osDisk.createOption", "osDisk.name"].map((named) => ({
    path: `storageProfile.${named}`,
    named,
  })),
  { path: "securityProfile.securityType" },
].map((property) => ({ mayBeLeftOut: /^(osProfile|storageProfile)/.test(property.path), ...property }));

/** Whether a path holds something else; what a request leaves out it leaves alone. */
function differs(olds: Properties, news: Properties, ...path: readonly string[]): boolean {
  const after = at(news, ...path);
  return given(after) && !isDeepStrictEqual(at(olds, ...path), after);
}

/**
 * What can be changed on a machine that is switched off only; machines here always run.
 * Source: the messages in github.com/hashicorp/terraform-provider-azurerm issue 921 (kind of disk) and
 * github.com/Azure/azure-powershell issue 4565 (number of interfaces); learn.microsoft.com/azure/virtual-machines/linux/
 * disks-enable-host-based-encryption-cli and expand-disks (a system disk), /azure/virtual-network/
 * virtual-network-network-interface-vm (the interface of a running machine).
 */
function machineChanges(olds: Properties, news: Properties, _world: World, id: string): string[] {
  const disk = record(record(news.storageProfile).osDisk);
  const diskId = `${id.split("/virtualMachines/")[0]!}/disks/${text(disk.name) || `${text(news.vmName)}_OsDisk_1`}`;
  const interfaces = [olds, news].map((inputs) =>
    records(record(inputs.networkProfile).networkInterfaces).map((one) => refId(one).toLowerCase()),
  ) as [string[], string[]];
  const [before, after] = interfaces;
  const swapped = !isDeepStrictEqual([...before].sort(), [...after].sort());
  const grown = (before.length === 1) !== (after.length === 1);
  const notWhileRunning = "AddingOrDeletingNetworkInterfacesOnARunningVirtualMachineNotSupported";
  return problems(
    differs(olds, news, "storageProfile", "osDisk", "diskSizeGB") &&
      refusal("ResizeDiskError", "Disk resizing is allowed only when creating a VM or when the VM is deallocated."),
    differs(olds, news, "storageProfile", "osDisk", "managedDisk", "storageAccountType") &&
      refusal(
        "OperationNotAllowed",
        `Managed disk storage account type change through Virtual Machine '${text(news.vmName)}' is not allowed. Please update disk resource at ${diskId}.`,
      ),
    at(olds, "securityProfile", "encryptionAtHost") !== at(news, "securityProfile", "encryptionAtHost") &&
      refusal(
        "OperationNotAllowed",
        "'securityProfile.encryptionAtHost' can be updated only when VM is in deallocated state.",
      ),
    swapped &&
      refusal(
        notWhileRunning,
        grown
          ? `Virtual machine ${id} with a single network interface must be stop-deallocated before it can be updated to have multiple network interfaces and vice-versa.`
          : `Network interfaces cannot be added to or deleted from the running virtual machine ${id}.`,
      ),
  );
}

/** Interfaces and disks that are to go with their machine. Source: cloud-facts-azure 2.1. */
function goneWithMachine({ inputs }: LiveResource, world: World): readonly LiveResource[] {
  const attached = [
    ...records(record(inputs.networkProfile).networkInterfaces).map((one) => ({ id: refId(one), one })),
    ...records(record(inputs.storageProfile).dataDisks).map((one) => ({ id: refId(one.managedDisk), one })),
  ];
  return attached.flatMap(({ id, one }) => (one.deleteOption === "Delete" ? (byArmId(world, id) ?? []) : []));
}

const virtualMachine = armModel({
  arm: "Microsoft.Compute/virtualMachines",
  apiVersion: "2024-11-01",
  nameInput: "vmName",
  required: ["resourceGroupName"],
  source:
    "cloud-facts-azure 2.1 to 2.14, 10.1, 11.3; learn.microsoft.com/rest/api/compute/virtual-machines/create-or-update",
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
  minLength: 1,
  maxLength: 64,
  forcesReplacement: ["location"],
  unchangeable: machineUnchangeable,
  checkUpdate: machineChanges,
  takesAlong: goneWithMachine,
  check(inputs, world, id) {
    const size = text(record(inputs.hardwareProfile).vmSize);
    const profile = record(inputs.osProfile);
    const hostName = text(profile.computerName);
    return problems(
      sizeProblem(size),
      imageProblems(size, record(record(inputs.storageProfile).imageReference), world),
      texts(inputs.zones).length > 1 &&
        refusal("InvalidRequestContent", "A virtual machine can be in one availability zone only."),
      texts(inputs.zones).length > 0 &&
        given(inputs.availabilitySet) &&
        refusal(
          "BadRequest",
          "Virtual Machine cannot be created because both Availability Zone and Availability Set were specified. Deploying an Availability Set to an Availability Zone isn't supported.",
        ),
      Object.keys(profile).length > 0 && loginProblems(profile),
      hostName.length > 64 &&
        refusal(
          "InvalidParameter",
          "Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : ' \" , < > / ?.",
        ),
      /[`~!@#$%^&*()=+_[\]{}\\|;:'",<>/?]/.test(hostName) &&
        refusal(
          "InvalidParameter",
          "Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : ' \" , < > / ?.",
        ),
      customDataProblems(profile, inputs.userData),
      identityProblems(inputs, world),
      machineDisks(inputs, world),
      machineInterfaces(inputs, world, id),
      addressZones(inputs, world, id),
    );
  },
  outputs: (_inputs, world, { urn }) => ({ vmId: uuid(world, urn), timeCreated: "2026-01-01T00:00:00Z" }),
});

/** What Flexible orchestration demands. Source: cloud-facts-azure 1.2, 1.3; kubernetes-sigs/cluster-api-provider-azure issue 4451. */
function flexibleProblems(inputs: Properties): string[] {
  const profile = record(inputs.virtualMachineProfile);
  const network = record(profile.networkProfile);
  const refuse = (says: string): string => refusal("BadRequest", says);
  const zonal = texts(inputs.zones).length > 0;
  const domains = number(inputs.platformFaultDomainCount);
  const system = /SystemAssigned/.test(text(record(inputs.identity).type));
  return problems(
    domains === undefined &&
      refusal("InvalidParameter", "Required parameter 'platformFaultDomainCount' is missing (null)."),
    zonal &&
      domains !== undefined &&
      domains !== 1 &&
      refuse(
        "Specifying Availability Zones is not allowed when Virtual Machine Scale Set has platformFaultDomainCount higher than 1 with OrchestrationMode: 'Flexible'.",
      ),
    !zonal &&
      domains !== undefined &&
      (domains < 1 || domains > 3) &&
      refusal("InvalidParameter", `The specified fault domain count ${domains} must fall in the range 1 to 3.`),
    inputs.singlePlacementGroup === true &&
      refusal(
        "InvalidParameter",
        "The value 'True' of parameter 'singlePlacementGroup' is not allowed. Allowed values are: False.",
      ),
    given(inputs.virtualMachineProfile) &&
      !["2020-11-01", "2022-11-01"].includes(text(network.networkApiVersion)) &&
      refusal("InvalidParameter", "Required parameter 'networkProfile.networkApiVersion' is missing (null)."),
    system &&
      refuse(
        "System assigned identity is not supported for Virtual Machine Scale Sets with Flexible orchestration mode.",
      ),
    inputs.overprovision === true &&
      refusal(
        "InvalidParameter",
        "The value of parameter overprovision is invalid. Overprovisioning is not supported for Virtual Machine Scale Sets with Flexible orchestration mode.",
      ),
    given(network.healthProbe) &&
      refuse(
        "Load balancer health probes are not supported for Virtual Machine Scale Sets with Flexible orchestration mode. Use the Application Health extension.",
      ),
  );
}

function scaleSetNetwork(inputs: Properties): string[] {
  const flexible = inputs.orchestrationMode === "Flexible";
  const profile = record(record(inputs.virtualMachineProfile).networkProfile);
  const interfaces = records(profile.networkInterfaceConfigurations);
  const configurations = interfaces.flatMap((one) => records(one.ipConfigurations));
  const primaries = interfaces.filter((one) => one.primary === true).length;
  return problems(
    given(inputs.virtualMachineProfile) &&
      interfaces.length === 0 &&
      refusal(
        "InvalidParameter",
        "Required parameter 'networkProfile.networkInterfaceConfigurations' is missing (null).",
      ),
    interfaces.length > 0 &&
      primaries !== 1 &&
      refusal(
        "VmssMustHaveOneNetworkInterfaceAsPrimary",
        `Virtual machine scale set ${text(inputs.vmScaleSetName)} must have one network interface set as the primary.`,
      ),
    interfaces
      .filter(
        (one) =>
          records(one.ipConfigurations).filter((ip) => ip.primary === true).length !== 1 &&
          (flexible || records(one.ipConfigurations).length > 1),
      )
      .map((one) =>
        refusal(
          "NetworkInterfaceMustHaveOneIpConfigurationAsPrimary",
          `Network interface ${text(one.name)} must have one IP configuration set as the primary.`,
        ),
      ),
    configurations
      .filter((one) => !given(refId(one.subnet)))
      .map((one) => refusal("SubnetIsRequired", `Subnet reference is required for ipconfiguration ${text(one.name)}.`)),
    configurations
      .map((one) => record(one.publicIPAddressConfiguration))
      .filter((one) => Object.keys(one).length > 0 && flexible && text(record(one.sku).name) !== "Standard")
      .map((one) =>
        refusal(
          "BadRequest",
          `Public IP address configuration ${text(one.name)} must have the Standard SKU with Flexible orchestration mode.`,
        ),
      ),
  );
}

function notificationProblems(profile: Properties): string[] {
  const terminate = record(record(profile.scheduledEventsProfile).terminateNotificationProfile);
  const minutes = /^PT(\d+)M$/.exec(text(terminate.notBeforeTimeout))?.[1];
  const wrong =
    terminate.enable === true &&
    given(terminate.notBeforeTimeout) &&
    (minutes === undefined || Number(minutes) < 5 || Number(minutes) > 15);
  const says = `The value '${text(terminate.notBeforeTimeout)}' of parameter 'notBeforeTimeout' is invalid. The timeout must be between 5 and 15 minutes.`;
  return wrong ? [refusal("InvalidParameter", says)] : [];
}

/**
 * What a scale set keeps. Custom data, size and image version change its model (cloud-facts-azure 1.17).
 * Source: learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-upgrade-scale-set, "Properties
 * with restrictions on modification" (image publisher and offer, kind of system disk); cloud-facts-azure 1.1; the message
 * in github.com/MicrosoftDocs/azure-docs issue 108952; resource orchestrated_virtual_machine_scale_set of
 * hashicorp/terraform-provider-azurerm, which makes a new set for the two names of the profile.
 */
const scaleSetUnchangeable: readonly Unchangeable[] = [
  { path: "orchestrationMode" },
  { path: "platformFaultDomainCount" },
  ...[
    ["osProfile", "adminUsername"],
    ["osProfile", "computerNamePrefix"],
    ["storageProfile", "imageReference.publisher"],
    ["storageProfile", "imageReference.offer"],
    ["storageProfile", "osDisk.managedDisk.storageAccountType"],
  ].map(([profile, named]) => ({
    path: `virtualMachineProfile.${profile!}.${named!}`,
    named: named!,
    mayBeLeftOut: true,
  })),
  { path: "virtualMachineProfile.securityProfile.securityType", named: "securityProfile.securityType" },
];

/** The virtual networks that a scale set's machines lie in. */
function networksOf(inputs: Properties): string[] {
  const profile = record(record(inputs.virtualMachineProfile).networkProfile);
  return records(profile.networkInterfaceConfigurations)
    .flatMap((one) => records(one.ipConfigurations))
    .map((one) => refId(one.subnet).split("/subnets/")[0]!.toLowerCase());
}

/**
 * Zones can be added and not taken away; another subnet has to be one of the same network.
 * Source: github.com/hashicorp/terraform-provider-azurerm pull request 27288; the page named above, which shows no
 * message for the subnet.
 */
function scaleSetChanges(olds: Properties, news: Properties, _world: World, id: string): string[] {
  const home = networksOf(olds);
  return problems(
    texts(olds.zones).some((zone) => !texts(news.zones).includes(zone)) && propertyChange("zones"),
    home.length > 0 &&
      networksOf(news).some((network) => !home.includes(network)) &&
      refusal("BadRequest", `The virtual network of virtual machine scale set ${id} cannot be changed.`),
  );
}

const scaleSet = armModel({
  arm: "Microsoft.Compute/virtualMachineScaleSets",
  apiVersion: "2024-11-01",
  nameInput: "vmScaleSetName",
  required: ["resourceGroupName"],
  source:
    "cloud-facts-azure 1.1 to 1.19; learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/create-or-update",
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
  minLength: 1,
  maxLength: 64,
  forcesReplacement: ["location"],
  unchangeable: scaleSetUnchangeable,
  checkUpdate: scaleSetChanges,
  check(inputs, world) {
    const profile = record(inputs.virtualMachineProfile);
    const size = text(record(inputs.sku).name);
    const capacity = number(record(inputs.sku).capacity);
    const os = record(profile.osProfile);
    return problems(
      inputs.orchestrationMode === "Flexible" && flexibleProblems(inputs),
      !given(inputs.sku) && refusal("InvalidParameter", "Required parameter 'sku' is missing (null)."),
      given(inputs.sku) && sizeProblem(size),
      capacity !== undefined &&
        (capacity < 0 || capacity > 1000 || !Number.isInteger(capacity)) &&
        refusal(
          "InvalidParameter",
          `The value '${capacity}' of parameter 'sku.capacity' is out of range. Value must be between '0' and '1000' inclusive.`,
        ),
      given(inputs.virtualMachineProfile) &&
        imageProblems(size, record(record(profile.storageProfile).imageReference), world),
      given(inputs.virtualMachineProfile) && loginProblems({ ...os, adminUsername: os.adminUsername }),
      given(inputs.virtualMachineProfile) &&
        !given(os.computerNamePrefix) &&
        refusal("InvalidParameter", "Required parameter 'computerNamePrefix' is missing (null)."),
      text(os.computerNamePrefix).length > 58 &&
        refusal("InvalidParameter", "Linux computer name prefix cannot exceed 58 characters in length."),
      customDataProblems(os, profile.userData),
      identityProblems(inputs, world),
      scaleSetNetwork(inputs),
      notificationProblems(profile),
      given(inputs.upgradePolicy) &&
        !["Manual", "Automatic", "Rolling"].includes(text(record(inputs.upgradePolicy).mode)) &&
        refusal(
          "InvalidParameter",
          `The value '${text(record(inputs.upgradePolicy).mode)}' of parameter 'upgradePolicy.mode' is not allowed. Allowed values are: Manual,Automatic,Rolling.`,
        ),
    );
  },
  outputs: (_inputs, world, { urn }) => ({ uniqueId: uuid(world, urn), timeCreated: "2026-01-01T00:00:00Z" }),
});

/** Source: learn.microsoft.com/troubleshoot/azure/virtual-machines/error-messages, code OperationNotAllowed. */
function setOfKind(olds: Properties, news: Properties): string[] {
  const [before, after] = [olds, news].map((inputs) => text(record(inputs.sku).name) || "Classic");
  const says = `Changing availability set SKU from '${before}' to '${after}' is not allowed.`;
  return before === "Aligned" && after === "Classic" ? [refusal("OperationNotAllowed", says)] : [];
}

const availabilitySet = armModel({
  arm: "Microsoft.Compute/availabilitySets",
  showsState: false,
  apiVersion: "2024-11-01",
  nameInput: "availabilitySetName",
  required: ["resourceGroupName"],
  source:
    "learn.microsoft.com/rest/api/compute/availability-sets/create-or-update; error-messages of the same site (OperationNotAllowed)",
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
  maxLength: 80,
  forcesReplacement: ["location"],
  unchangeable: [{ path: "platformFaultDomainCount" }, { path: "platformUpdateDomainCount" }],
  checkUpdate: setOfKind,
  inUse: {
    by: [machineType],
    says: ({ outputs }) =>
      refusal(
        "OperationNotAllowed",
        `Availability Set ${text(outputs.name)} cannot be deleted. Before deleting an Availability Set please ensure that it does not contain any VM.`,
      ),
  },
  check(inputs) {
    const domains = number(inputs.platformFaultDomainCount);
    return problems(
      domains !== undefined &&
        (domains < 1 || domains > 3) &&
        refusal("InvalidParameter", `The specified fault domain count ${domains} must fall in the range 1 to 3.`),
    );
  },
});

/** Numbers of an autoscale profile; all three are texts. Source: cloud-facts-azure 1.10. */
function capacityProblems(profile: Properties): string[] {
  const capacity = record(profile.capacity);
  const name = text(profile.name);
  const fields = ["minimum", "maximum", "default"] as const;
  const typed = fields.filter((field) => typeof capacity[field] !== "string" || !/^\d+$/.test(text(capacity[field])));
  const [low, high, fallback] = fields.map((field) => Number(capacity[field])) as [number, number, number];
  if (typed.length > 0) {
    return typed.map((field) =>
      refusal(
        "BadRequest",
        `Error converting value of property 'capacity.${field}' of profile '${name}': a string with a whole number is expected.`,
      ),
    );
  }
  return problems(
    low > high &&
      refusal(
        "BadRequest",
        `The profile '${name}' has a minimum capacity (${low}) that is greater than its maximum capacity (${high}).`,
      ),
    low <= high &&
      (fallback < low || fallback > high) &&
      refusal(
        "BadRequest",
        `The profile '${name}' has a default capacity (${fallback}) that is not between its minimum (${low}) and maximum (${high}).`,
      ),
  );
}

function autoscaleRules(profile: Properties, world: World): string[] {
  const rules = records(profile.rules);
  return problems(
    rules.length > 10 && refusal("BadRequest", `The profile '${text(profile.name)}' has more than 10 rules.`),
    rules.flatMap((rule) => {
      const trigger = record(rule.metricTrigger);
      const target = text(trigger.metricResourceUri);
      const known = byArmId(world, target);
      return problems(
        ![
          "metricName",
          "metricResourceUri",
          "operator",
          "statistic",
          "threshold",
          "timeAggregation",
          "timeGrain",
          "timeWindow",
        ].every((field) => given(trigger[field])) &&
          refusal("BadRequest", `A metric trigger of profile '${text(profile.name)}' is incomplete.`),
        known &&
          known.type !== scaleSetType &&
          refusal("BadRequest", `Metric '${text(trigger.metricName)}' of ${target} cannot be used for autoscale.`),
      );
    }),
  );
}

const autoscaleSetting: ResourceModel = (() => {
  const model = armModel({
    arm: "Microsoft.Insights/autoscaleSettings",
    showsState: false,
    apiVersion: "2021-05-01-preview",
    nameInput: "autoscaleSettingName",
    required: ["profiles", "resourceGroupName"],
    source: "cloud-facts-azure 1.10, 1.11; bicep type autoscalesettings",
    maxLength: 260,
    forcesReplacement: ["location"],
    defaults: { enabled: false },
    check(inputs, world) {
      const profiles = records(inputs.profiles);
      const target = text(inputs.targetResourceUri);
      const twin = world
        .ofType("azure-native:monitor:AutoscaleSetting")
        .some((other) => target !== "" && text(other.inputs.targetResourceUri).toLowerCase() === target.toLowerCase());
      return problems(
        profiles.length === 0 && refusal("BadRequest", "At least one profile is required."),
        profiles.length > 20 && refusal("BadRequest", "An autoscale setting can have 20 profiles at most."),
        profiles.flatMap((profile) => problems(capacityProblems(profile), autoscaleRules(profile, world))),
        twin && refusal("Conflict", `The target resource id '${target}' already has an autoscale setting.`),
      );
    },
  });
  return model;
})();

/** Machines, scale sets, autoscaling. */
export const compute: Readonly<Record<string, ResourceModel>> = {
  [machineType]: virtualMachine,
  [scaleSetType]: scaleSet,
  "azure-native:compute:AvailabilitySet": availabilitySet,
  "azure-native:monitor:AutoscaleSetting": autoscaleSetting,
};
