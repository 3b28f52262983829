/**
 * Role SessionStore: the Redis service in which the masters share what they know of sessions.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { PlacementArgs } from "../placement";
import type { SessionStoreSettings } from "./settings";

export const sessionStoreToken = "openvidu:index:SessionStore";

export interface SessionStoreArgs extends PlacementArgs, SessionStoreSettings {
  /** Required. Subnets in at least two zones. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Required. Firewall.sessionStoreRulesId. */
  readonly rulesId: pulumi.Input<string>;
  /** Optional. KMS key ARN. @default the service's own key */
  readonly kmsKeyId?: string;
  /** Required. Password that clients have to give where `transitEncryption` is on; 16 to 128 letters, digits and hyphens. */
  readonly password: pulumi.Input<string>;
}

export interface SessionStore extends pulumi.ComponentResource {
  /** Host name that follows the node that takes writes. */
  readonly address: pulumi.Output<string>;
  readonly port: pulumi.Output<string>;
}
