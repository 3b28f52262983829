/**
 * Virtual machine sizes: which exist, for which architecture, and what they can do.
 * The table lists what can carry a node: sizes that boot Gen2 images (so no A, Dv2 or Dv3 series). A size that is not
 * in it is refused, because Azure would refuse it only after half of the cluster exists (AZ-D1: `Standard_B4s`, the
 * default of the official templates, is not a size).
 * Sources: learn.microsoft.com/azure/virtual-machines/sizes, reference/azure-reference.md 2.4 (names of Arm sizes),
 * reference/cloud-facts-azure.md 2.5 to 2.7 (Trusted Launch); the `Bps_v2` series reports TrustedLaunchDisabled.
 */
import type { Architecture } from "../../components/machine-image";

/** Sizes that differ in the number of vCPUs only: `Standard_` + family + vCPUs + features + `_` + version. */
interface Series {
  readonly family: string;
  /** Lower-case letters after the number: a AMD, d local disk, i isolated, l and t less memory, m more, p Arm, s Premium. */
  readonly features: readonly string[];
  /** Empty for the first version, which has no suffix; may name an accelerator (`T4_v3`). */
  readonly version: string;
  readonly vcpus: readonly number[];
  /** Whether machines of the series can start with Trusted Launch. */
  readonly trustedLaunch: boolean;
}

const to64 = [2, 4, 8, 16, 32, 48, 64];
const to96 = [...to64, 96];
const to128 = [...to96, 128];
const memoryTo64 = [2, 4, 8, 16, 20, 32, 48, 64];
const memoryTo96 = [...memoryTo64, 96];

/* prettier-ignore */
const series: readonly Series[] = [
  // Burstable.
  { family: "B", features: ["ls", "s", "ms"], version: "", vcpus: [1], trustedLaunch: true },
  { family: "B", features: ["s", "ms"], version: "", vcpus: [2], trustedLaunch: true },
  { family: "B", features: ["ms"], version: "", vcpus: [4, 8, 12, 16, 20], trustedLaunch: true },
  { family: "B", features: ["ts", "ats"], version: "v2", vcpus: [2], trustedLaunch: true },
  { family: "B", features: ["ls", "s", "als", "as"], version: "v2", vcpus: [2, 4, 8, 16, 32], trustedLaunch: true },
  { family: "B", features: ["pts"], version: "v2", vcpus: [2], trustedLaunch: false },
  { family: "B", features: ["pls", "ps"], version: "v2", vcpus: [2, 4, 8, 16], trustedLaunch: false },
  // General purpose.
  { family: "D", features: ["s"], version: "v3", vcpus: to64, trustedLaunch: true },
  { family: "D", features: ["", "s", "d", "ds"], version: "v4", vcpus: to64, trustedLaunch: true },
  { family: "D", features: ["a", "as"], version: "v4", vcpus: to96, trustedLaunch: true },
  { family: "D", features: ["", "s", "d", "ds", "as", "ads", "ls", "lds"], version: "v5", vcpus: to96, trustedLaunch: true },
  { family: "D", features: ["ps", "pds", "pls", "plds"], version: "v5", vcpus: to64, trustedLaunch: false },
  { family: "D", features: ["s", "ds", "ls", "lds"], version: "v6", vcpus: to128, trustedLaunch: true },
  { family: "D", features: ["as", "ads", "als", "alds"], version: "v6", vcpus: to96, trustedLaunch: true },
  { family: "D", features: ["ps", "pds", "pls", "plds"], version: "v6", vcpus: to96, trustedLaunch: true },
  { family: "D", features: ["as", "ads", "als", "alds"], version: "v7", vcpus: to96, trustedLaunch: true },
  // Memory optimised.
  { family: "E", features: ["s"], version: "v3", vcpus: memoryTo64, trustedLaunch: true },
  { family: "E", features: ["", "s", "d", "ds"], version: "v4", vcpus: memoryTo64, trustedLaunch: true },
  { family: "E", features: ["a", "as"], version: "v4", vcpus: memoryTo96, trustedLaunch: true },
  { family: "E", features: ["", "s", "d", "ds", "as", "ads"], version: "v5", vcpus: memoryTo96, trustedLaunch: true },
  { family: "E", features: ["ps", "pds"], version: "v5", vcpus: [2, 4, 8, 16, 20, 32], trustedLaunch: false },
  { family: "E", features: ["s", "ds"], version: "v6", vcpus: [...memoryTo96, 128], trustedLaunch: true },
  { family: "E", features: ["as", "ads"], version: "v6", vcpus: memoryTo96, trustedLaunch: true },
  { family: "E", features: ["ps", "pds"], version: "v6", vcpus: to96, trustedLaunch: true },
  // Compute optimised.
  { family: "F", features: ["s"], version: "v2", vcpus: [2, 4, 8, 16, 32, 48, 64, 72], trustedLaunch: true },
  { family: "F", features: ["as", "als", "ams"], version: "v6", vcpus: to64, trustedLaunch: true },
  // With GPU.
  { family: "NC", features: ["as"], version: "T4_v3", vcpus: [4, 8, 16, 64], trustedLaunch: true },
  { family: "NC", features: ["ads"], version: "A100_v4", vcpus: [24, 48, 96], trustedLaunch: true },
  { family: "NC", features: ["ads"], version: "H100_v5", vcpus: [40], trustedLaunch: true },
  { family: "NC", features: ["adis"], version: "H100_v5", vcpus: [80], trustedLaunch: true },
  { family: "NV", features: ["s"], version: "v3", vcpus: [12, 24, 48], trustedLaunch: true },
  { family: "NV", features: ["as"], version: "v4", vcpus: [4, 8, 16, 32], trustedLaunch: true },
  { family: "NV", features: ["ads"], version: "A10_v5", vcpus: [6, 12, 18, 36, 72], trustedLaunch: true },
  { family: "NV", features: ["adms"], version: "A10_v5", vcpus: [36], trustedLaunch: true },
];

interface Size {
  readonly family: string;
  readonly features: string;
  readonly version: string;
  readonly trustedLaunch: boolean;
}

const sizes: ReadonlyMap<string, Size> = new Map(
  series.flatMap(({ family, features, version, vcpus, trustedLaunch }) =>
    features.flatMap((letters) =>
      vcpus.map((count): [string, Size] => [
        `Standard_${family}${count}${letters}${version && `_${version}`}`,
        { family, features: letters, version, trustedLaunch },
      ]),
    ),
  ),
);

function facts(size: string): Size {
  const known = sizes.get(size);
  if (!known) throw new RangeError(`"${size}" is not a known virtual machine size`);
  return known;
}

/** Every size the program knows. */
export const instanceTypes: readonly string[] = [...sizes.keys()];

/** Whether the text is a size the program knows, in Azure's own spelling (`Standard_D4s_v5`). */
export function isInstanceType(text: string): boolean {
  return sizes.has(text);
}

/** Architecture of a known size. @throws RangeError for a size that is not known */
export function architectureOf(size: string): Architecture {
  return facts(size).features.includes("p") ? "arm64" : "amd64";
}

/** Whether a known size has a GPU. @throws RangeError for a size that is not known */
export function isGpu(size: string): boolean {
  return facts(size).family.startsWith("N");
}

/** Whether a known size can start with Trusted Launch. @throws RangeError for a size that is not known */
export function supportsTrustedLaunch(size: string): boolean {
  return facts(size).trustedLaunch;
}

/** Whether a known size takes Premium SSDs. @throws RangeError for a size that is not known */
export function supportsPremiumStorage(size: string): boolean {
  return facts(size).features.includes("s");
}

/**
 * Whether the network of a machine of a known size can go past the host. Every D, E and F size from the fifth version
 * on does; others are left without, because Azure refuses it where it does not fit.
 * @throws RangeError for a size that is not known
 */
export function supportsAcceleratedNetworking(size: string): boolean {
  const { family, version } = facts(size);
  return ["D", "E", "F"].includes(family) && ["v5", "v6", "v7"].includes(version);
}
