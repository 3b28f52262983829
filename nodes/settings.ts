/**
 * The keys of a node's settings file: who gives each, on which machines, and what it means. The renderer refuses keys
 * that are not in this table and specs that lack one, so a machine never starts with half of its settings.
 */
import { type NodeRole, nodeRoles } from "../openvidu/editions";

export type NodeCloud = "aws" | "azure" | "onprem";

export interface NodeSetting {
  readonly key: string;
  readonly meaning: string;
  /** Who gives the value: the topology and the pools through `NodeSpec.settings`, or the renderer itself. */
  readonly from: "topology" | "pool" | "renderer" | "operator";
  /** @default both */
  readonly roles?: readonly NodeRole[];
  /** @default every cloud */
  readonly clouds?: readonly NodeCloud[];
  readonly optional?: true;
  readonly mayBeEmpty?: true;
}

const master: readonly NodeRole[] = ["master"];
const media: readonly NodeRole[] = ["media"];
const aws: readonly NodeCloud[] = ["aws"];
const azure: readonly NodeCloud[] = ["azure"];
const machinesOfClouds: readonly NodeCloud[] = ["aws", "azure"];
const onprem: readonly NodeCloud[] = ["onprem"];

/* prettier-ignore */
export const nodeSettings: readonly NodeSetting[] = [
  { key: "CLUSTER", from: "topology", meaning: "name of the cluster, such as openvidu-acme-prod" },
  { key: "REGION", from: "topology", meaning: "region of the cloud; onprem on machines of the customer's own" },
  { key: "BUNDLE_ID", from: "topology", meaning: "what the node asks the secret store for: secret ARN (AWS), versionless secret URL (Azure), path of a file (on-premises)" },
  { key: "COORDINATION_URL", from: "topology", roles: master, meaning: "where the cluster keeps its own small objects: locks, marks, backups, programs; ends with a slash; on-premises the host masters stands for MinIO on any of them, and file: for a folder of an only master" },
  { key: "REQUESTS_URL", from: "topology", clouds: azure, meaning: "where the controller asks media nodes to drain; they only read there; ends with a slash" },
  { key: "HEARTBEATS_URL", from: "topology", clouds: azure, meaning: "where media nodes say how they are; ends with a slash" },
  { key: "MASTER_IPS", from: "pool", meaning: "addresses of the masters, comma-separated, in slot order" },
  { key: "SLOT", from: "pool", roles: master, meaning: "number of the master, from 1" },
  { key: "DATA_DISK", from: "pool", roles: master, clouds: machinesOfClouds, meaning: "identity of the data disk: volume id (AWS), lun0 (Azure)" },
  { key: "GROUP_NAME", from: "pool", roles: media, meaning: "Auto Scaling group or scale set of the node; on-premises a name for all media nodes" },
  { key: "DRAIN_TIMEOUT_SECONDS", from: "pool", roles: media, meaning: "how long sessions may take to end" },
  { key: "TEMPLATE", from: "pool", roles: media, clouds: azure, meaning: "fingerprint of the template that the node was made from" },
  { key: "LAUNCH_HOOK", from: "pool", roles: media, clouds: aws, meaning: "lifecycle hook that a finished boot completes" },
  { key: "TERMINATE_HOOK", from: "pool", roles: media, clouds: aws, meaning: "lifecycle hook that a finished drain completes" },
  { key: "DNS_SUFFIX", from: "pool", clouds: aws, meaning: "end of the cloud's host names, such as amazonaws.com" },
  { key: "IDENTITY_CLIENT_ID", from: "pool", clouds: azure, meaning: "managed identity with which the node asks for tokens" },
  { key: "PRIVATE_ADDRESS", from: "pool", clouds: onprem, meaning: "address at which the other nodes find this one" },
  { key: "BOOT_TIMEOUT_SECONDS", from: "pool", optional: true, meaning: "how long a boot may take; masters get a fixed time" },
  { key: "TLS_MODE", from: "renderer", roles: master, meaning: "who ends TLS: loadBalancer, or node (Caddy on the masters)" },
  { key: "HTTP_PROXY", from: "operator", optional: true, meaning: "proxy for plain HTTP" },
  { key: "HTTPS_PROXY", from: "operator", optional: true, meaning: "proxy for HTTPS; Docker gets it too" },
  { key: "NO_PROXY", from: "operator", optional: true, meaning: "hosts that are reached without the proxy" },
  { key: "CLOUD", from: "renderer", meaning: "aws, azure or onprem" },
  { key: "EDITION", from: "renderer", meaning: "ha or elastic" },
  { key: "ROLE", from: "renderer", meaning: "master or media" },
  { key: "OPENVIDU_VERSION", from: "renderer", meaning: "release that a fresh machine installs" },
  { key: "DOCKER_VERSION", from: "renderer", meaning: "oldest Docker Engine that the release accepts" },
  { key: "DOCKER_COMPOSE_VERSION", from: "renderer", meaning: "oldest Docker Compose that the release accepts" },
  { key: "INSTALLER_URL", from: "renderer", meaning: "the vendor's bootstrap at the release tag" },
  { key: "INSTALLER_SHA256", from: "renderer", meaning: "the SHA-256 that it must have" },
  { key: "METRICS_URL", from: "renderer", roles: media, clouds: azure, meaning: "address on the node at which LiveKit counts its participants" },
  { key: "PROGRAMS", from: "renderer", roles: master, clouds: aws, meaning: "object with the programs that user data has no room for" },
  { key: "PROGRAMS_SHA256", from: "renderer", roles: master, clouds: aws, meaning: "the SHA-256 that it must have" },
  { key: "HEALTH_URL", from: "renderer", meaning: "address on the node that answers 200 when OpenVidu serves" },
  { key: "APP_HEALTH_URL", from: "renderer", roles: master, meaning: "address of an application behind Caddy, asked as well before the node is ready" },
];

/** The keys that apply to a kind of machine. */
export function settingsFor(cloud: NodeCloud, role: NodeRole): NodeSetting[] {
  return nodeSettings
    .filter((setting) => (setting.roles ?? nodeRoles).includes(role))
    .filter((setting) => setting.clouds?.includes(cloud) ?? true);
}

/** What is wrong with the values of a settings file, one sentence each; values are never quoted. */
export function checkSettings(values: Readonly<Record<string, string>>, cloud: NodeCloud, role: NodeRole): string[] {
  const known = settingsFor(cloud, role);
  const problems: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const name = JSON.stringify(key);
    if (!known.some((setting) => setting.key === key))
      problems.push(`${name} is not a setting of a ${role} node on ${cloud}`);
    if (typeof value !== "string") problems.push(`${name} is not text`);
    else if (/[\p{Cc}\u2028\u2029]/u.test(value)) problems.push(`${name} has a control character`);
  }
  for (const { key, optional, mayBeEmpty } of known) {
    if (values[key] === undefined ? !optional : values[key] === "" && !mayBeEmpty) problems.push(`"${key}" is missing`);
  }
  return problems;
}
