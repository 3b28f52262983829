/**
 * Where the pinned images come from, as data, and what a machine's image and type must agree on.
 * Sources: reference/cloud-facts-aws.md 1 (path of Canonical's parameters; dated serials in place of `current`),
 * reference/aws-reference.md 2.1.
 */
import type { Problem } from "../../components/errors";
import type { MachineImage } from "../../components/machine-image";
import { architectureOf, isGpu } from "./instance-types";

type Release = MachineImage["release"];

/** Volume type under which Canonical publishes a release's images. */
const volumeTypes: Readonly<Record<Release, string>> = { "22.04": "ebs-gp2", "24.04": "ebs-gp3" };

/**
 * Canonical's serials that a stack gets which names none. Seen in public code as images of owner 099720109477:
 * `ubuntu-noble-24.04-{amd64,arm64}-server-20261004` (newest on 2026-10-07, describe-images) and
 * `ubuntu-jammy-22.04-{amd64,arm64}-server-20261001`. A serial is raised with a release of this project, never on its own.
 */
export const defaultImageVersions: Readonly<Record<Release, string>> = { "22.04": "20261001", "24.04": "20261004" };

/** A dated serial, with a counter where Canonical published twice on one day. */
const serial = /^20[0-9]{6}(\.[0-9]+)?$/;
const amiId = /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/;

/** Device under which Ubuntu's images have their root disk. */
export const rootDeviceName = "/dev/sda1";

/** Name of the public parameter that holds the id of an image in the region at hand. */
export function imageParameter({ release, architecture, version }: MachineImage & { version: string }): string {
  return `/aws/service/canonical/ubuntu/server/${release}/stable/${version}/${architecture}/hvm/${volumeTypes[release]}/ami-id`;
}

/** What is wrong with an AMI's id; `path` is where it is given. */
export function amiIdProblems(id: string, path: string): Problem[] {
  return amiId.test(id) ? [] : [{ path, reason: `"${id}" is not an AMI id; write it like ami-0123456789abcdef0` }];
}

/** What is wrong with an image for machines of a type; `path` is the config path of the machines. */
export function imageProblems(image: MachineImage, instanceType: string, path: string): Problem[] {
  if (image.id !== undefined) return amiIdProblems(image.id, `${path}.image.id`);
  if (isGpu(instanceType)) {
    const reason =
      `required for ${instanceType}: AWS publishes its GPU images without dated names, so the program cannot pin one; ` +
      `read the id once from /aws/service/deeplearning/ami/${architectureOf(instanceType) === "arm64" ? "arm64" : "x86_64"}` +
      "/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id and write it here";
    return [{ path: `${path}.image.id`, reason }];
  }
  const problems: Problem[] = [];
  if (image.version === undefined || !serial.test(image.version)) {
    const reason = `"${image.version ?? ""}" is not a dated serial; write it like ${defaultImageVersions[image.release]}`;
    problems.push({ path: `${path}.image.version`, reason });
  }
  if (image.architecture !== architectureOf(instanceType)) {
    const reason = `${instanceType} needs an ${architectureOf(instanceType)} image, not ${image.architecture}`;
    problems.push({ path: `${path}.image.architecture`, reason });
  }
  return problems;
}
