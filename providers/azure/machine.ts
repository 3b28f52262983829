/**
 * What masters and media nodes have in common as virtual machines.
 */
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Problem } from "../../components/errors";
import type { MachineImage } from "../../components/machine-image";
import { architectureOf, isGpu, isInstanceType, supportsPremiumStorage, supportsTrustedLaunch } from "./instance-types";

/** The parts of both pools' arguments that decide what a machine is like. */
export interface MachineArgs {
  readonly instanceType: string;
  readonly image: MachineImage;
  readonly encryptionAtHost: boolean;
  readonly diskKeyId?: string;
  readonly sshPublicKey?: string;
  readonly adminUsername: string;
}

/** What Azure cannot do with these arguments; `path` is the pool's key in the config. */
export function validateMachine({ instanceType, image }: MachineArgs, path: "masters" | "media"): Problem[] {
  if (!isInstanceType(instanceType)) {
    return [{ path: `${path}.instanceType`, reason: `"${instanceType}" is not a size of virtual machine on Azure` }];
  }
  if (architectureOf(instanceType) !== image.architecture) {
    return [
      { path: `${path}.instanceType`, reason: `"${instanceType}" cannot run an image for ${image.architecture}` },
    ];
  }
  return image.id === undefined && image.version === undefined
    ? [{ path: "images", reason: "give a version or the id of an image" }]
    : [];
}

/**
 * Trusted Launch where the size has it (AZ-X8). Secure boot stays off on machines with a GPU, whose drivers are not
 * signed for it. Encryption at host is left unset unless wanted: the subscription must have registered it.
 */
export function securityProfile({ instanceType, encryptionAtHost }: MachineArgs) {
  const launch = supportsTrustedLaunch(instanceType)
    ? { securityType: "TrustedLaunch", uefiSettings: { secureBootEnabled: !isGpu(instanceType), vTpmEnabled: true } }
    : {};
  return { ...launch, encryptionAtHost: encryptionAtHost || undefined };
}

/** Kind of disk for a machine of this size. */
export function diskKind(instanceType: string): "Premium_LRS" | "StandardSSD_LRS" {
  return supportsPremiumStorage(instanceType) ? "Premium_LRS" : "StandardSSD_LRS";
}

/** The system disk: made from the image, gone with the machine (reference/cloud-facts-azure.md 2.1). */
export function systemDisk({ instanceType, diskKeyId }: MachineArgs, diskSizeGB: number) {
  return {
    createOption: "FromImage",
    caching: "ReadWrite" as const,
    deleteOption: "Delete",
    diskSizeGB,
    managedDisk: {
      storageAccountType: diskKind(instanceType),
      diskEncryptionSet: diskKeyId === undefined ? undefined : { id: diskKeyId },
    },
  };
}

/** Log-in by key only. Azure demands a key; without an operator's the private half of a generated one is given to nobody. */
export function linuxConfiguration(name: string, args: MachineArgs, opts: pulumi.CustomResourceOptions) {
  const { sshPublicKey, adminUsername } = args;
  const keyData = sshPublicKey === undefined ? generatedKey(`${name}-key`, opts) : pulumi.output(sshPublicKey);
  return {
    disablePasswordAuthentication: true,
    provisionVMAgent: true,
    ssh: { publicKeys: [{ path: `/home/${adminUsername}/.ssh/authorized_keys`, keyData }] },
  };
}

function generatedKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new tls.PrivateKey(name, { algorithm: "RSA", rsaBits: 4096 }, opts);
  return key.publicKeyOpenssh.apply((text) => text.trim());
}

/** The machine's console log is kept by Azure, without an account of ours (reference/cloud-facts-azure.md 2.9). */
export const bootDiagnostics = { bootDiagnostics: { enabled: true } };
