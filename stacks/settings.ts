/**
 * What the program needs from config: the cluster's settings, and the secrets beside them.
 */
import type { ClusterSettings } from "../components/cluster-settings";
import type { EnterpriseV2Settings } from "../components/enterprise-v2/settings";
import type { Edition } from "../openvidu/editions";

export type * from "../components/cluster-settings";
export type { EnterpriseV2Settings } from "../components/enterprise-v2/settings";

/** The settings of any stack, told apart by their edition. */
export type Settings = ClusterSettings | EnterpriseV2Settings;

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
  "openviduSecret",
  "elasticsearchPassword",
] as const;
export type SecretKey = (typeof secretKeys)[number];

/** Secrets that are PEM in base64, whose line breaks mean nothing. */
export const base64Keys: ReadonlySet<SecretKey> = new Set(["certificatePrivateKey", "turnCertificatePrivateKey"]);

/** Secrets that only some stacks have a use for, and which. */
const onlyOnPremises: readonly SecretKey[] = ["sshPrivateKey", "s3SecretKey", "mongoUri"];
const ofEnterpriseV2: readonly SecretKey[] = ["license", "openviduSecret", "elasticsearchPassword"];

/** The secrets that a stack of this kind may have. */
export function secretKeysOf({ cloud, edition }: { cloud: Settings["cloud"]; edition: Edition }): readonly SecretKey[] {
  if (edition === "enterprise-v2") return ofEnterpriseV2;
  const others = secretKeys.filter((key) => key === "license" || !ofEnterpriseV2.includes(key));
  return cloud === "onprem" ? others : others.filter((key) => !onlyOnPremises.includes(key));
}
