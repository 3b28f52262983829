/**
 * Turns a checked config of a cluster on the customer's own machines into settings. Pure. What only clouds choose (types of
 * machines, sizes, zones) has values here that nobody reads.
 */
import { createHash } from "node:crypto";
import type { ExternalS3, Host, OnPremisesSettings } from "../components/on-premises";
import { featureNames, moduleNames } from "../openvidu/modules";
import { ports } from "../openvidu/ports";
import { defaultVersion } from "../openvidu/versions";
import { defaults } from "./profiles";
import { type CheckedOnpremConfig, resolveTurn, splitFlags } from "./resolve";
import type { OnpremConfig } from "./schemas";
import type { CertificateSettings, ClusterSettings, MasterSettings, MediaSettings } from "./settings";

export function resolveOnPremises(config: CheckedOnpremConfig): ClusterSettings {
  const onPremises = resolveMachines(config);
  return {
    cloud: "onprem",
    edition: config.edition ?? "ha",
    version: config.version ?? defaultVersion,
    region: "onprem",
    ...(config.domain !== undefined ? { domain: config.domain } : {}),
    certificate: resolveCertificate(config),
    ...resolveTurn(config.turn),
    dns: config.dns ?? { kind: "none" },
    masters: resolveMasters(onPremises.hosts),
    media: resolveMedia(config, onPremises.hosts),
    network: { cidr: "", zones: [], nat: "single" },
    storage: { appDataContainer: defaults.appDataContainer, zoneRedundant: false, keepDeletedDays: 0 },
    access: {
      operatorCidrs: config.access?.operatorCidrs ?? [],
      egressCidrs: ["0.0.0.0/0"],
      deployerCidrs: [],
      operatorShell: false,
      credentialReaders: [],
      adminUsername: "",
    },
    entry: { preserveClientAddress: true },
    encryption: { encryptionAtHost: false },
    secretRecoveryDays: 0,
    deletionProtection: config.deletionProtection ?? true,
    modules: new Set(moduleNames.filter((name) => config.modules?.[name] ?? true)),
    features: new Set(featureNames.filter((name) => config.features?.[name] ?? name !== "customApp")),
    rtcEngine: config.rtcEngine ?? "pion",
    installFlags: [...ownFlags(onPremises), ...splitFlags(config.installFlags ?? [])],
    alarms: { emails: [] },
    tags: {},
    onPremises,
  };
}

/** Flags of masters that stand for settings of this cloud alone. */
function ownFlags({ utc }: OnPremisesSettings): string[] {
  return utc ? ["--forceUTCTimezone"] : [];
}

const entries = { dns: "dns", loadBalancer: "external", passthrough: "balanced" } as const;

function resolveMachines(config: CheckedOnpremConfig): OnPremisesSettings {
  const { entry = { kind: "dns" }, firewall, storage } = config;
  const hosts = (config.hosts ?? []).map(resolveHost);
  const ofRole = (role: Host["role"]): Host[] => hosts.filter((host) => host.role === role);
  return {
    hosts: [...ofRole("master"), ...ofRole("media")],
    domain: config.domain ?? "",
    entry: entries[entry.kind],
    balancerCidrs: entry.kind === "dns" ? [] : entry.sourceCidrs,
    balancerAddress: entry.kind === "dns" ? "" : entry.address,
    firewall: firewall?.apply ?? "print",
    utc: config.utc ?? false,
    ...(storage?.s3 ? { s3: resolveS3(storage.s3) } : {}),
  };
}

type HostConfig = OnpremConfig["hosts"][number];

function resolveHost(host: HostConfig): Host {
  const { address, role } = host;
  return {
    name: host.name ?? defaultName(address),
    role,
    address,
    port: host.port ?? ports.ssh.first,
    user: host.user ?? defaults.sshUser,
    // A comment says nothing about the machine.
    hostKey: host.hostKey.split(" ", 2).join(" "),
    privateAddress: host.privateAddress ?? address,
    ...(host.publicAddress !== undefined ? { publicAddress: host.publicAddress } : {}),
    failureDomain: host.failureDomain ?? "",
  };
}

function defaultName(address: string): string {
  return address
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .join("-");
}

type S3Config = NonNullable<NonNullable<OnpremConfig["storage"]>["s3"]>;

function resolveS3({
  endpoint,
  region,
  pathStyle,
  accessKeyId,
  appDataBucket,
  clusterDataBucket,
}: S3Config): ExternalS3 {
  return {
    endpoint,
    region: region ?? "us-east-1",
    pathStyle: pathStyle ?? true,
    accessKeyId,
    appDataBucket,
    clusterDataBucket: clusterDataBucket ?? "",
  };
}

function resolveCertificate({ entry, certificate }: CheckedOnpremConfig): CertificateSettings {
  if (entry?.kind === "loadBalancer") return { kind: "external" };
  if (certificate === undefined) return { kind: "letsencrypt" };
  return certificate.kind === "owncert"
    ? { kind: "owncert", chain: certificate.chain.replace(/\s/g, "") }
    : certificate;
}

const noImage = { release: "24.04", architecture: "amd64" } as const;

/**
 * A slot's generation follows from its machine's host key, so that the check which lets one update rebuild one master holds
 * here too.
 */
function resolveMasters(hosts: readonly Host[]): MasterSettings {
  const keys = hosts.filter(({ role }) => role === "master").map(({ hostKey }) => hostKey);
  const generation = (key: string): number =>
    Number.parseInt(createHash("sha256").update(key).digest("hex").slice(0, 8), 16);
  return {
    instanceType: "given",
    image: noImage,
    rootDiskGiB: 0,
    dataDiskGiB: 0,
    generations: keys.map((key) => generation(key)),
  };
}

function resolveMedia({ media }: CheckedOnpremConfig, hosts: readonly Host[]): MediaSettings {
  const count = hosts.filter(({ role }) => role === "media").length;
  return {
    instanceType: "given",
    image: noImage,
    diskGiB: 0,
    min: count,
    max: count,
    initial: count,
    targetCpuPercent: defaults.targetCpuPercent,
    drainsAtOnce: defaults.drainsAtOnce,
    bootTimeoutSeconds: (media?.bootTimeoutMinutes ?? defaults.bootTimeoutMinutes) * 60,
    drainTimeoutSeconds: (media?.drainTimeoutMinutes ?? defaults.drainTimeoutMinutes) * 60,
  };
}
