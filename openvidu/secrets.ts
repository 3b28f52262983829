/**
 * The credentials and settings that nodes read at boot: names, formats, who may read them, and where they are written.
 * Sources: reference/aws-reference.md 8, reference/azure-reference.md 7.6 and 7.8, reference/onprem-v2-reference.md A.9.
 */
import type { NodeRole } from "./editions";

/** A value that the program generates: alphanumeric, so that no shell, URL, YAML or `sed` can misread it. */
export interface GeneratedSecret {
  readonly key: string;
  /** Number of random characters after the prefix. */
  readonly length: number;
  readonly prefix?: string;
  readonly readers: readonly NodeRole[];
}

/** Credentials that exist before any machine does. A configured Meet password takes the place of the generated one. */
export const generatedSecrets = [
  { key: "REDIS_PASSWORD", length: 44, readers: ["master", "media"] },
  { key: "MONGO_ADMIN_PASSWORD", length: 44, readers: ["master"] },
  { key: "MONGO_REPLICA_SET_KEY", length: 44, readers: ["master"] },
  { key: "MINIO_SECRET_KEY", length: 44, readers: ["master"] },
  { key: "DASHBOARD_ADMIN_PASSWORD", length: 44, readers: ["master"] },
  { key: "GRAFANA_ADMIN_PASSWORD", length: 44, readers: ["master"] },
  { key: "LIVEKIT_API_KEY", length: 12, prefix: "API", readers: ["master"] },
  { key: "LIVEKIT_API_SECRET", length: 44, readers: ["master"] },
  { key: "MEET_INITIAL_ADMIN_PASSWORD", length: 44, readers: ["master"] },
] as const satisfies readonly GeneratedSecret[];

export type GeneratedSecretKey = (typeof generatedSecrets)[number]["key"];

/** User names that the official deployments fix. */
export const fixedAccounts = {
  MONGO_ADMIN_USERNAME: "mongoadmin",
  MINIO_ACCESS_KEY: "minioadmin",
  DASHBOARD_ADMIN_USERNAME: "dashboardadmin",
  GRAFANA_ADMIN_USERNAME: "grafanaadmin",
  MEET_INITIAL_ADMIN_USER: "admin",
} as const;

/**
 * Settings that the databases took over at their first start. A running cluster whose files say something else locks
 * itself out, so nodes refuse a bundle that would change them.
 */
export const fixedOnceInstalled = [
  "REDIS_PASSWORD",
  "MONGO_ADMIN_USERNAME",
  "MONGO_ADMIN_PASSWORD",
  "MONGO_REPLICA_SET_KEY",
  "MINIO_ACCESS_KEY",
  "MINIO_SECRET_KEY",
] as const;

/** The files below /opt/openvidu/config that a node keeps in step with its bundle. */
export const configFiles = {
  cluster: "cluster/openvidu.env",
  meet: "cluster/master_node/meet.env",
  masterNode: "node/master_node.env",
  mediaNode: "node/media_node.env",
} as const;
export type ConfigFile = keyof typeof configFiles;

/** Keys that only machines of the customer's own get: on a cloud the identity of the machine takes their place. */
export const onPremisesKeys: readonly string[] = [
  "EXTERNAL_S3_ACCESS_KEY",
  "EXTERNAL_S3_SECRET_KEY",
  "EXTERNAL_MONGO_URI",
  "MONGO_ENABLED",
];

/**
 * Every bundle key that is also a line of a config file, with that file, per node role. A key that is absent from the
 * bundle leaves its line alone. `MEET_INITIAL_API_KEY` is written only if the customer set one; an empty
 * `LIVEKIT_TURN_DOMAIN_NAME` takes an earlier one back.
 */
export const settingsByRole: Readonly<Record<NodeRole, Readonly<Record<string, ConfigFile>>>> = {
  master: {
    DOMAIN_NAME: "cluster",
    OPENVIDU_RTC_ENGINE: "cluster",
    OPENVIDU_PRO_LICENSE: "cluster",
    ENABLED_MODULES: "cluster",
    MONGO_ADMIN_USERNAME: "cluster",
    MONGO_ADMIN_PASSWORD: "cluster",
    MONGO_REPLICA_SET_KEY: "cluster",
    MINIO_ACCESS_KEY: "cluster",
    MINIO_SECRET_KEY: "cluster",
    DASHBOARD_ADMIN_USERNAME: "cluster",
    DASHBOARD_ADMIN_PASSWORD: "cluster",
    GRAFANA_ADMIN_USERNAME: "cluster",
    GRAFANA_ADMIN_PASSWORD: "cluster",
    LIVEKIT_API_KEY: "cluster",
    LIVEKIT_API_SECRET: "cluster",
    EXTERNAL_S3_ENDPOINT: "cluster",
    EXTERNAL_S3_REGION: "cluster",
    EXTERNAL_S3_ACCESS_KEY: "cluster",
    EXTERNAL_S3_SECRET_KEY: "cluster",
    EXTERNAL_S3_PATH_STYLE_ACCESS: "cluster",
    EXTERNAL_S3_BUCKET_APP_DATA: "cluster",
    EXTERNAL_S3_BUCKET_CLUSTER_DATA: "cluster",
    MONGO_ENABLED: "cluster",
    EXTERNAL_MONGO_URI: "cluster",
    AZURE_ACCOUNT_NAME: "cluster",
    AZURE_ACCOUNT_KEY: "cluster",
    AZURE_CONTAINER_NAME: "cluster",
    LIVEKIT_TURN_DOMAIN_NAME: "cluster",
    MEET_INITIAL_ADMIN_USER: "meet",
    MEET_INITIAL_ADMIN_PASSWORD: "meet",
    MEET_INITIAL_API_KEY: "meet",
    REDIS_PASSWORD: "masterNode",
  },
  media: { REDIS_PASSWORD: "mediaNode" },
};
