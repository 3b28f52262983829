/**
 * What a profile decides. A key that is given in the stack file always wins.
 * Sizes: the official templates start with 4 vCPU and 8 GiB (`c6a.xlarge`, reference/aws-reference.md 1.1); the size that
 * the Azure templates name does not exist (AZ-D1), so these are real ones that support Trusted Launch
 * (cloud-facts-azure.md 2.7).
 */
import type { CloudName } from "../components/cloud";

/** Clouds on which machines are made, and so have a type; on-premises they are there already. */
export type MachineCloud = Exclude<CloudName, "onprem">;
export const machineClouds = ["aws", "azure"] as const satisfies readonly MachineCloud[];

export const profileNames = ["affordable", "production"] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  readonly masterInstanceType: Readonly<Record<MachineCloud, string>>;
  readonly mediaInstanceType: Readonly<Record<MachineCloud, string>>;
  readonly rootDiskGiB: number;
  readonly dataDiskGiB: number;
  readonly mediaDiskGiB: number;
  readonly mediaMin: number;
  readonly mediaMax: number;
  readonly nat: "single" | "perZone";
  readonly keepDeletedDays: number;
  readonly secretRecoveryDays: number;
}

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  affordable: {
    masterInstanceType: { aws: "c6a.xlarge", azure: "Standard_D4s_v5" },
    mediaInstanceType: { aws: "c6a.xlarge", azure: "Standard_D4s_v5" },
    rootDiskGiB: 50,
    dataDiskGiB: 100,
    mediaDiskGiB: 50,
    mediaMin: 1,
    mediaMax: 5,
    nat: "single",
    keepDeletedDays: 7,
    secretRecoveryDays: 7,
  },
  production: {
    masterInstanceType: { aws: "m6a.xlarge", azure: "Standard_D4s_v5" },
    mediaInstanceType: { aws: "c6a.2xlarge", azure: "Standard_D8s_v5" },
    rootDiskGiB: 100,
    dataDiskGiB: 200,
    mediaDiskGiB: 100,
    mediaMin: 2,
    mediaMax: 10,
    nat: "perZone",
    keepDeletedDays: 30,
    secretRecoveryDays: 30,
  },
};

/** Defaults that no profile changes. */
export const defaults = {
  cidr: "10.0.0.0/16",
  ubuntu: "24.04",
  targetCpuPercent: 50,
  drainsAtOnce: 1,
  // A media node is ready only after the masters, which may take 40 minutes on slow image downloads.
  bootTimeoutMinutes: 50,
  drainTimeoutMinutes: 720,
  appDataContainer: "openvidu-appdata",
  adminUsername: { aws: "ubuntu", azure: "openvidu" },
  sshUser: "ubuntu",
  /** GPU images bring drivers with them (reference/aws-reference.md 2.1: 100 GiB for GPU types). */
  gpuDiskGiB: 100,
  mostZones: 4,
} as const;
