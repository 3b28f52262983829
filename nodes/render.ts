/**
 * Renders what a machine runs at its first boot: plain data in, cloud-init user data out. Pure, and knows no Pulumi.
 */
import type { Edition, NodeRole } from "../openvidu/editions";
import type { InstallerFlag } from "../openvidu/installer";
import type { OpenViduVersion } from "../openvidu/versions";

/** Everything that decides a node's user data. Holds names and addresses, never a secret. */
export interface NodeSpec {
  readonly cloud: "aws" | "azure";
  readonly edition: Extract<Edition, "ha" | "elastic">;
  readonly role: NodeRole;
  readonly version: OpenViduVersion;
  /** Installer flags with the sources of their values (openvidu/installer.ts). */
  readonly installerFlags: readonly InstallerFlag[];
  /** Lines of the node's settings file; keys are listed in nodes/README.md. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface UserData {
  /** Base64 of the gzip-compressed cloud-init document; what both clouds take. */
  readonly base64: string;
  /** Size after compression and before base64: what AWS limits to 16 KiB. */
  readonly bytes: number;
}

/** The user data of one node. The same spec always yields the same bytes. */
export function renderUserData(spec: NodeSpec): UserData {
  throw new Error(`not rendered yet: ${spec.role}`);
}
