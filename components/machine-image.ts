/**
 * A pinned operating-system image. The program never resolves "latest".
 */

export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

export interface MachineImage {
  /** Required. Ubuntu release. */
  readonly release: "22.04" | "24.04";
  readonly architecture: Architecture;
  /** Conditional. Canonical's dated serial (AWS) or image version (Azure); required unless `id` is given. */
  readonly version?: string;
  /** Conditional. AMI id (AWS) or resource id of an image (Azure); takes the place of release and version. */
  readonly id?: string;
}
