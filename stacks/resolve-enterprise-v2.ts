/**
 * Turns a checked config of Enterprise v2 into the settings that the program works with: defaults, units. Pure.
 */
import type { VendorImage } from "../components/enterprise-v2/settings";
import { enterpriseV2Versions, redis } from "../openvidu/enterprise-v2";
import type { CloudFacts } from "../providers/facts";
import { defaults } from "./profiles";
import type { EnterpriseV2Config } from "./schemas";
import type { EnterpriseV2Settings } from "./settings";

/** A config whose values all have the right shape, though a required one may be missing. */
export type CheckedEnterpriseV2Config = Partial<EnterpriseV2Config> & Pick<EnterpriseV2Config, "cloud" | "edition">;

/** Defaults of the vendor's template (reference B.1), but for two masters in place of one (V2-17). */
const v2Defaults = {
  instanceType: "c5.xlarge",
  masters: { diskGiB: 100, min: 2, max: 4 },
  media: { diskGiB: 50, min: 1, max: 4, scaleUpCpuPercent: 70, scaleDownCpuPercent: 30, drainTimeoutMinutes: 15 },
  elasticsearchUser: "elasticadmin",
  sessionStoreNodes: 2,
  keepDeletedDays: 30,
} as const;

/** The settings of a config. Complete also for a config with problems, so that all of them can be looked for at once. */
export function resolveEnterpriseV2(config: CheckedEnterpriseV2Config, facts: CloudFacts): EnterpriseV2Settings {
  const elasticsearch = resolveElasticsearch(config);
  const {
    egressCidrs = ["0.0.0.0/0"],
    operatorCidrs = [],
    operatorShell = true,
    credentialReaders = [],
  } = config.access ?? {};
  const { keyName, sshPublicKey } = config.access ?? {};
  const { keyArn } = config.encryption ?? {};
  return {
    cloud: "aws",
    edition: "enterprise-v2",
    version: config.version ?? enterpriseV2Versions[0],
    region: config.region ?? "",
    domain: config.domain ?? "",
    certificate: config.certificate ?? { kind: "acm" },
    dns: config.dns ?? { kind: "none" },
    clusterId: config.clusterId ?? "",
    mediaServer: config.mediaServer ?? "mediasoup",
    recording: config.recording ?? true,
    coturnInMediaNodes: config.coturnInMediaNodes ?? false,
    webrtcOverTcp: config.webrtcOverTcp ?? false,
    ...(elasticsearch && { elasticsearch }),
    masters: {
      ...sizes(config.masters, v2Defaults.masters),
      image: imageOf(config, "masterId"),
    },
    media: {
      ...sizes(config.media, v2Defaults.media),
      image: imageOf(config, "mediaId"),
      scaleUpCpuPercent: config.media?.scaleUpCpuPercent ?? v2Defaults.media.scaleUpCpuPercent,
      scaleDownCpuPercent: config.media?.scaleDownCpuPercent ?? v2Defaults.media.scaleDownCpuPercent,
      drainTimeoutSeconds: (config.media?.drainTimeoutMinutes ?? v2Defaults.media.drainTimeoutMinutes) * 60,
    },
    sessionStore: {
      nodeType: config.sessionStore?.nodeType ?? redis.nodeType,
      nodes: config.sessionStore?.nodes ?? v2Defaults.sessionStoreNodes,
      transitEncryption: config.sessionStore?.transitEncryption ?? false,
      snapshotDays: config.sessionStore?.snapshotDays ?? 0,
    },
    network: resolveNetwork(config, facts),
    storage: {
      ...(config.storage?.bucket !== undefined && { bucket: config.storage.bucket }),
      autoRestart: config.storage?.autoRestart ?? true,
      keepDeletedDays: config.storage?.keepDeletedDays ?? v2Defaults.keepDeletedDays,
    },
    access: {
      ...{ operatorCidrs, egressCidrs, operatorShell, credentialReaders },
      ...(keyName !== undefined && { keyName }),
      ...(sshPublicKey !== undefined && { sshPublicKey }),
    },
    encryption: keyArn === undefined ? {} : { keyId: keyArn },
    alarms: { emails: config.alarms?.emails ?? [] },
    deletionProtection: config.deletionProtection ?? true,
    tags: config.tags ?? {},
  };
}

/** Nothing where no Elastic Stack is used; the user's default belongs to a stack that uses one (V2-14). */
function resolveElasticsearch({ elasticsearch }: CheckedEnterpriseV2Config): EnterpriseV2Settings["elasticsearch"] {
  if (elasticsearch === undefined || elasticsearch.enabled === false) return undefined;
  const { url = "", kibanaUrl = "", user = v2Defaults.elasticsearchUser } = elasticsearch;
  return { url, kibanaUrl, user };
}

interface Counts {
  readonly instanceType?: string | undefined;
  readonly diskGiB?: number | undefined;
  readonly min?: number | undefined;
  readonly desired?: number | undefined;
  readonly max?: number | undefined;
}

/** A bound that is not given makes room for the one that is. */
function sizes(
  given: Counts | undefined,
  standard: { readonly diskGiB: number; readonly min: number; readonly max: number },
) {
  const min = given?.min ?? Math.min(standard.min, given?.max ?? standard.min);
  const max = given?.max ?? Math.max(standard.max, min);
  return {
    instanceType: given?.instanceType ?? v2Defaults.instanceType,
    diskGiB: given?.diskGiB ?? standard.diskGiB,
    min,
    desired: given?.desired ?? min,
    max,
  };
}

function imageOf({ images }: CheckedEnterpriseV2Config, key: "masterId" | "mediaId"): VendorImage {
  const id = images?.[key] ?? "";
  return images?.copyFrom === undefined ? { id } : { id, copyFrom: images.copyFrom };
}

function resolveNetwork(config: CheckedEnterpriseV2Config, facts: CloudFacts): EnterpriseV2Settings["network"] {
  const { cidr = defaults.cidr, nat = "single", zones, zoneCount = defaults.mostZones, adopt } = config.network ?? {};
  if (adopt) return { cidr, nat, zones: [], adopt };
  return { cidr, nat, zones: zones ?? facts.zonesOf(config.region ?? "").slice(0, zoneCount) };
}
