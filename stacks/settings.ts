/**
 * What the program needs from config: the cluster's settings, and the secrets beside them.
 */
export type * from "../components/cluster-settings";
export type { ClusterSettings as Settings } from "../components/cluster-settings";

/** Secret config values, by their config key. Every one of them is marked secret in the stack file. */
export const secretKeys = ["license", "meetAdminPassword", "meetApiKey", "certificatePrivateKey"] as const;
export type SecretKey = (typeof secretKeys)[number];
