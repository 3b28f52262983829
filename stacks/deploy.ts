/**
 * One cluster from its settings: chooses the clouds, makes their explicit providers, and puts the topology on them.
 * Serves `pulumi up` through index.ts and programs that embed this project.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Cloud, CloudName } from "../components/cloud";
import type { DnsSettings } from "../components/cluster-settings";
import type { Cluster, ClusterSecretInputs } from "../components/cluster";
import { Elastic } from "../components/elastic";
import { EnterpriseV2, type EnterpriseV2SecretInputs } from "../components/enterprise-v2";
import { HighAvailability } from "../components/high-availability";
import type { ClusterEdition } from "../openvidu/editions";
import { clusterTags } from "../components/tags";
import { clouds } from "../providers/registry";
import { checkAgainstLastUpdate, remembered, type Remembered } from "./last-update";
import type { ClusterSettings, Settings } from "./settings";

export interface Deployment {
  readonly settings: Settings;
  /** Those that the edition has a use for; others are not looked at. */
  readonly secrets: ClusterSecretInputs & EnterpriseV2SecretInputs;
}

/** What a stack tells its operator. Holds no secret. */
export type DeploymentOutputs = Pick<
  Cluster,
  "urls" | "entryAddress" | "dnsRecords" | "credentials" | "mediaGroup" | "storage"
> &
  Partial<Pick<Cluster, "masterAddresses" | "handover">> &
  Partial<Pick<EnterpriseV2, "masterGroup" | "queue">> &
  Remembered;

const topologies = { ha: HighAvailability, elastic: Elastic } as const satisfies Record<ClusterEdition, unknown>;

/** Which cloud holds the zone of each kind of DNS. */
const dnsClouds = { none: undefined, route53: "aws", "azure-dns": "azure" } as const satisfies Record<
  DnsSettings["kind"],
  CloudName | undefined
>;

/**
 * Registers the whole cluster.
 * @throws pulumi.InputPropertiesError when the settings ask for something the cloud cannot do
 * @throws ConfigError when the update would rebuild more than one master, or change what has to stay
 */
export async function deploy({ settings, secrets }: Deployment): Promise<DeploymentOutputs> {
  await checkAgainstLastUpdate(settings);
  const cloud = await clouds[settings.cloud]();
  const dnsName = dnsClouds[settings.dns.kind];
  const dnsCloud = dnsName && (await clouds[dnsName]());
  const custom = settings.tags;
  const tags = clusterTags({ project: pulumi.getProject(), stack: pulumi.getStack(), custom });
  const used = [...new Set([cloud, ...(dnsCloud ? [dnsCloud] : [])])];
  const providers = used.map(({ name, createProvider }) =>
    createProvider(name, { region: regionOf(name, settings), tags }),
  );
  const dnsProvider = dnsCloud && providers[used.indexOf(dnsCloud)];
  const where = { cloud, dnsCloud };
  if (settings.edition === "enterprise-v2") {
    const cluster = new EnterpriseV2("openvidu", { ...where, settings, secrets }, { providers });
    return { ...outputsOfV2(cluster), ...remembered(settings) };
  }
  const dnsZoneName = await zoneNameOf(settings, dnsCloud, dnsProvider);
  const args = { ...where, dnsZoneName, settings, secrets };
  const cluster = new topologies[settings.edition]("openvidu", args, { providers });
  return { ...outputsOf(cluster), ...remembered(settings) };
}

function outputsOf(cluster: Cluster): Omit<DeploymentOutputs, keyof Remembered> {
  const { urls, entryAddress, dnsRecords, credentials, masterAddresses, mediaGroup, storage, handover } = cluster;
  return {
    ...{ urls, entryAddress, dnsRecords, credentials, masterAddresses, mediaGroup, storage },
    ...(handover && { handover }),
  };
}

function outputsOfV2(cluster: EnterpriseV2): Omit<DeploymentOutputs, keyof Remembered> {
  const { urls, entryAddress, dnsRecords, credentials, masterGroup, mediaGroup, queue, storage } = cluster;
  return { urls, entryAddress, dnsRecords, credentials, masterGroup, mediaGroup, queue, storage };
}

/** The domain of the zone for DNS; asked only where a second name may or may not lie in it. */
async function zoneNameOf(
  { dns, turn }: ClusterSettings,
  cloud: Cloud | undefined,
  provider: pulumi.ProviderResource | undefined,
): Promise<string | undefined> {
  return turn && cloud && dns.kind !== "none" ? cloud.zoneNameOf?.(dns.zoneId, { provider }) : undefined;
}

/** The machines' region; DNS is global, so a foreign zone's provider gets its cloud's home region. */
function regionOf(name: CloudName, settings: Settings): string {
  const home: Record<CloudName, string> = { aws: "us-east-1", azure: "westeurope", onprem: "onprem" };
  return name === settings.cloud ? settings.region : home[name];
}
