/**
 * Turns a checked config into the settings that the program works with: profile, defaults, units. Pure.
 */
import type { MachineImage } from "../components/machine-image";
import { masterCounts } from "../openvidu/editions";
import { featureNames, moduleNames } from "../openvidu/modules";
import { defaultVersion } from "../openvidu/versions";
import type { CloudFacts } from "../providers/facts";
import { defaults, type Profile, profiles } from "./profiles";
import { resolveOnPremises } from "./resolve-onprem";
import type { AwsConfig, AzureConfig, OnpremConfig } from "./schemas";
import type {
  AccessSettings,
  CertificateSettings,
  MasterSettings,
  MediaSettings,
  NetworkSettings,
  ClusterSettings,
  StorageSettings,
  TurnSettings,
} from "./settings";

/** A config whose values all have the right shape, though a required one may be missing. */
export type CheckedConfig = CloudConfig | CheckedOnpremConfig;
/** The same on a cloud, and on machines of the customer's own. */
export type CloudConfig = Checked<AwsConfig> | Checked<AzureConfig>;
export type CheckedOnpremConfig = Checked<OnpremConfig>;
type Checked<C extends { cloud: string }> = Partial<C> & Pick<C, "cloud">;

/** The settings of a config. Complete also for a config with problems, so that all of them can be looked for at once. */
export function resolve(config: CheckedConfig, facts: CloudFacts): ClusterSettings {
  return config.cloud === "onprem" ? resolveOnPremises(config) : resolveCloud(config, facts);
}

function resolveCloud(config: CloudConfig, facts: CloudFacts): ClusterSettings {
  const profile = profiles[config.profile ?? "affordable"];
  return {
    cloud: config.cloud,
    edition: config.edition ?? "ha",
    version: config.version ?? defaultVersion,
    region: config.region ?? "",
    ...(config.cloud === "azure" && config.resourceGroup !== undefined ? { resourceGroup: config.resourceGroup } : {}),
    ...(config.domain !== undefined ? { domain: config.domain } : {}),
    certificate: resolveCertificate(config),
    ...resolveTurn(config.turn),
    dns: config.dns ?? { kind: "none" },
    masters: resolveMasters(config, profile, facts),
    media: resolveMedia(config, profile, facts),
    network: resolveNetwork(config, profile, facts),
    storage: resolveStorage(config, profile, facts),
    access: resolveAccess(config),
    entry: resolveEntry(config),
    encryption: resolveEncryption(config),
    secretRecoveryDays: config.secretRecoveryDays ?? profile.secretRecoveryDays,
    deletionProtection: config.deletionProtection ?? true,
    modules: new Set(moduleNames.filter((name) => config.modules?.[name] ?? true)),
    features: new Set(featureNames.filter((name) => config.features?.[name] ?? name !== "customApp")),
    rtcEngine: config.rtcEngine ?? "pion",
    alarms: { emails: config.alarms?.emails ?? [] },
    installFlags: splitFlags(config.installFlags ?? []),
    tags: config.tags ?? {},
  };
}

/** Installer flags from either of their forms. */
export function splitFlags(flags: readonly string[] | string): readonly string[] {
  if (typeof flags !== "string") return flags;
  return flags
    .split(",")
    .map((flag) => flag.trim())
    .filter((flag) => flag !== "");
}

function resolveCertificate(config: CloudConfig): CertificateSettings {
  const { certificate } = config;
  if (certificate === undefined) {
    return { kind: config.cloud === "aws" && config.edition !== "elastic" ? "acm" : "letsencrypt" };
  }
  // Line breaks of a wrapped base64 text would end the line of the settings file it is written to.
  return certificate.kind === "owncert"
    ? { kind: "owncert", chain: certificate.chain.replace(/\s/g, "") }
    : certificate;
}

/** TURN's own domain, where a config has one; the same on every cloud. */
export function resolveTurn(turn: Partial<TurnSettings> | undefined): { readonly turn?: TurnSettings } {
  if (turn?.domain === undefined) return {};
  const { domain, certificateArn, chain } = turn;
  return {
    turn: {
      domain,
      ...(certificateArn !== undefined ? { certificateArn } : {}),
      ...(chain !== undefined ? { chain: chain.replace(/\s/g, "") } : {}),
    },
  };
}

function resolveMasters(config: CloudConfig, profile: Profile, facts: CloudFacts): MasterSettings {
  const instanceType = config.masters?.instanceType ?? profile.masterInstanceType[config.cloud];
  return {
    instanceType,
    image: resolveImage(config, instanceType, config.images?.masterId, facts),
    rootDiskGiB: config.masters?.rootDiskGiB ?? atLeastGpuDisk(profile.rootDiskGiB, instanceType, facts),
    dataDiskGiB: config.masters?.dataDiskGiB ?? profile.dataDiskGiB,
    generations: config.masters?.generations ?? firstGenerations(masterCounts[config.edition ?? "ha"]),
  };
}

function firstGenerations(masters: number): number[] {
  return Array.from({ length: masters }, () => 1);
}

function resolveMedia(config: CloudConfig, profile: Profile, facts: CloudFacts): MediaSettings {
  const media = config.media ?? {};
  const instanceType = media.instanceType ?? profile.mediaInstanceType[config.cloud];
  // A bound that is not given makes room for the one that is.
  const min = media.min ?? Math.min(profile.mediaMin, media.max ?? profile.mediaMin);
  const max = media.max ?? Math.max(profile.mediaMax, min);
  return {
    instanceType,
    image: resolveImage(config, instanceType, config.images?.mediaId, facts),
    diskGiB: media.diskGiB ?? atLeastGpuDisk(profile.mediaDiskGiB, instanceType, facts),
    min,
    max,
    initial: media.initial ?? min,
    targetCpuPercent: media.targetCpuPercent ?? defaults.targetCpuPercent,
    drainsAtOnce: (config.cloud === "azure" ? config.media?.drainsAtOnce : undefined) ?? defaults.drainsAtOnce,
    bootTimeoutSeconds: (media.bootTimeoutMinutes ?? defaults.bootTimeoutMinutes) * 60,
    drainTimeoutSeconds: (media.drainTimeoutMinutes ?? defaults.drainTimeoutMinutes) * 60,
  };
}

function atLeastGpuDisk(gib: number, instanceType: string, facts: CloudFacts): number {
  return facts.isInstanceType(instanceType) && facts.isGpu(instanceType) ? Math.max(gib, defaults.gpuDiskGiB) : gib;
}

function resolveImage(
  config: CloudConfig,
  instanceType: string,
  id: string | undefined,
  facts: CloudFacts,
): MachineImage {
  const release = config.images?.release ?? defaults.ubuntu;
  const architecture = facts.isInstanceType(instanceType) ? facts.architectureOf(instanceType) : "amd64";
  if (id !== undefined) return { release, architecture, id };
  return { release, architecture, version: config.images?.version ?? facts.imageVersion(release, architecture) };
}

function resolveNetwork(config: CloudConfig, profile: Profile, facts: CloudFacts): NetworkSettings {
  const network = config.network ?? {};
  return {
    cidr: network.cidr ?? defaults.cidr,
    zones: resolveZones(config, facts),
    nat: network.nat ?? profile.nat,
    ...(network.adopt ? { adopt: { loadBalancerSubnetIds: [], ...network.adopt } } : {}),
  };
}

/** Zones in use. None where the region has none, and none on AWS with adopted subnets, which have zones of their own. */
function resolveZones(config: CloudConfig, facts: CloudFacts): readonly string[] {
  if (config.cloud === "aws" && config.network?.adopt) return [];
  if (config.network?.zones) return config.network.zones;
  const available = facts.zonesOf(config.region ?? "") ?? [];
  return available.slice(0, config.network?.zoneCount ?? defaults.mostZones);
}

function resolveStorage(config: CloudConfig, profile: Profile, facts: CloudFacts): StorageSettings {
  const keepDeletedDays = config.storage?.keepDeletedDays ?? profile.keepDeletedDays;
  const { appDataContainer } = defaults;
  if (config.cloud === "aws") {
    const { appDataBucket, clusterDataBucket } = config.storage ?? {};
    const adopted = {
      ...(appDataBucket !== undefined ? { appData: appDataBucket } : {}),
      ...(clusterDataBucket !== undefined ? { clusterData: clusterDataBucket } : {}),
    };
    const adoptBuckets = Object.keys(adopted).length > 0 ? { adoptBuckets: adopted } : {};
    return { ...adoptBuckets, appDataContainer, zoneRedundant: true, keepDeletedDays };
  }
  const { account } = config.storage ?? {};
  return {
    ...(account !== undefined ? { adoptAccount: account } : {}),
    appDataContainer: config.storage?.appDataContainer ?? appDataContainer,
    zoneRedundant: config.storage?.zoneRedundant ?? (facts.zonesOf(config.region ?? "") ?? []).length > 0,
    keepDeletedDays,
  };
}

function resolveAccess(config: CloudConfig): AccessSettings {
  const shared = {
    operatorCidrs: config.access?.operatorCidrs ?? [],
    egressCidrs: config.access?.egressCidrs ?? ["0.0.0.0/0"],
    ...(config.access?.sshPublicKey !== undefined ? { sshPublicKey: config.access.sshPublicKey } : {}),
  };
  if (config.cloud === "aws") {
    const { operatorShell = true, credentialReaders = [] } = config.access ?? {};
    return {
      ...shared,
      deployerCidrs: [],
      operatorShell,
      credentialReaders,
      adminUsername: defaults.adminUsername.aws,
    };
  }
  const { deployerCidrs = [], adminUsername = defaults.adminUsername.azure } = config.access ?? {};
  return { ...shared, deployerCidrs, operatorShell: true, credentialReaders: [], adminUsername };
}

function resolveEntry(config: CloudConfig): ClusterSettings["entry"] {
  // A load balancer of Azure always leaves clients' addresses as they are (cloud-facts-azure.md 3.12).
  const preserveClientAddress = config.cloud === "azure" || (config.entry?.preserveClientAddress ?? false);
  const adoptAddressId = config.cloud === "aws" ? config.entry?.address : config.entry?.addressId;
  return { preserveClientAddress, ...(adoptAddressId !== undefined ? { adoptAddressId } : {}) };
}

function resolveEncryption(config: CloudConfig): ClusterSettings["encryption"] {
  const keyId = config.cloud === "aws" ? config.encryption?.keyArn : config.encryption?.diskEncryptionSetId;
  const encryptionAtHost = config.cloud === "azure" && (config.encryption?.encryptionAtHost ?? false);
  return { ...(keyId !== undefined ? { keyId } : {}), encryptionAtHost };
}
