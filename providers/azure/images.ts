/**
 * Canonical's Ubuntu images in Azure's marketplace, always of one exact version.
 * Sources: canonical/ubuntu-cloud-docs (azure-how-to/instances/find-ubuntu-images.rst) for offers and SKUs, all Gen2;
 * reference/cloud-facts-azure.md 2.13.
 */
import type { Architecture, MachineImage } from "../../components/machine-image";

type Release = MachineImage["release"];

/** What a virtual machine is made from, as Azure wants it. */
export interface ImageReference {
  readonly id?: string;
  readonly publisher?: string;
  readonly offer?: string;
  readonly sku?: string;
  readonly version?: string;
}

const offers: Readonly<
  Record<Release, { readonly offer: string; readonly sku: Readonly<Record<Architecture, string>> }>
> = {
  "22.04": {
    offer: "0001-com-ubuntu-server-jammy",
    sku: { amd64: "22_04-lts-gen2", arm64: "22_04-lts-arm64" },
  },
  "24.04": { offer: "ubuntu-24_04-lts", sku: { amd64: "server", arm64: "server-arm64" } },
};

/**
 * Image versions that a stack gets which names none. Each was seen in use in public deployments in September 2026:
 * `Canonical:ubuntu-24_04-lts:server:24.04.202609040` and `…:server-arm64:24.04.202609040` (East US, Central US,
 * South East Asia), `…jammy:22_04-lts-gen2:22.04.202608060` and `22_04-lts-arm64` of the same version (UK South).
 * Canonical keeps a bounded number of old versions; find newer ones with
 * `az vm image list --publisher Canonical --offer ubuntu-24_04-lts --sku server --all`.
 */
export const defaultImageVersions: Readonly<Record<Release, Readonly<Record<Architecture, string>>>> = {
  "22.04": { amd64: "22.04.202608060", arm64: "22.04.202608060" },
  "24.04": { amd64: "24.04.202609040", arm64: "24.04.202609040" },
};

/**
 * The image in Azure's terms.
 * @throws RangeError when the image has neither an id nor a version
 */
export function imageReference(image: MachineImage): ImageReference {
  if (image.id !== undefined) return { id: image.id };
  if (image.version === undefined) throw new RangeError("an image needs a version or an id");
  const { offer, sku } = offers[image.release];
  return { publisher: "Canonical", offer, sku: sku[image.architecture], version: image.version };
}
