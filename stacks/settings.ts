/**
 * What the program needs from config: the cluster's settings, and the secrets beside them.
 */
import type { ClusterSettings as Settings } from "../components/cluster-settings";

export type * from "../components/cluster-settings";
export type { Settings };

/** Secret config values, by their config key. Every one of them is marked secret in the stack file. */
export const secretKeys = [
  "license",
  "meetAdminPassword",
  "meetApiKey",
  "certificatePrivateKey",
  "turnCertificatePrivateKey",
  "sshPrivateKey",
  "s3SecretKey",
  "mongoUri",
] as const;
export type SecretKey = (typeof secretKeys)[number];

/** Secrets that are PEM in base64, whose line breaks mean nothing. */
export const base64Keys: ReadonlySet<SecretKey> = new Set(["certificatePrivateKey", "turnCertificatePrivateKey"]);

/** Secrets that only a cluster on the customer's own machines has a use for. */
const onlyOnPremises: readonly SecretKey[] = ["sshPrivateKey", "s3SecretKey", "mongoUri"];

/** The secrets that a stack on this cloud may have. */
export function secretKeysOf(cloud: Settings["cloud"]): readonly SecretKey[] {
  return cloud === "onprem" ? secretKeys : secretKeys.filter((key) => !onlyOnPremises.includes(key));
}
