/**
 * Edition Elastic: one master that clients reach at a fixed public address of its own, where Caddy ends TLS.
 */
import * as pulumi from "@pulumi/pulumi";
import {
  buildCluster,
  certificateType,
  type Cluster,
  type ClusterArgs,
  type ClusterOutputs,
  type EditionParts,
  type Entry,
  type EntryParts,
} from "./cluster";
import type { DnsRecord } from "./domain-name";
import type { Problem } from "./errors";

export const elasticToken = "openvidu:index:Elastic";

const edition: EditionParts = {
  masterExposure: "public",
  // The only master keeps all that is its own; there is no setting for a bucket of it (reference/onprem-v2-reference.md C.3).
  sharesClusterData: false,
  entryMode: "dns",
  createEntry: createDirectEntry,
  validate: validateElastic,
  watchesMasters: true,
};

export class Elastic extends pulumi.ComponentResource implements Cluster {
  public readonly urls: ClusterOutputs["urls"];
  public readonly entryAddress: ClusterOutputs["entryAddress"];
  public readonly dnsRecords: ClusterOutputs["dnsRecords"];
  public readonly credentials: ClusterOutputs["credentials"];
  public readonly masterAddresses: ClusterOutputs["masterAddresses"];
  public readonly mediaGroup: ClusterOutputs["mediaGroup"];
  public readonly storage: ClusterOutputs["storage"];
  public readonly handover?: ClusterOutputs["handover"];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(elasticToken, name, {}, opts);
    const outputs = buildCluster(this, edition, name, args);
    this.urls = outputs.urls;
    this.entryAddress = outputs.entryAddress;
    this.dnsRecords = outputs.dnsRecords;
    this.credentials = outputs.credentials;
    this.masterAddresses = outputs.masterAddresses;
    this.mediaGroup = outputs.mediaGroup;
    this.storage = outputs.storage;
    this.handover = outputs.handover;
    this.registerOutputs({ ...outputs });
  }
}

/** What is wrong with a combination of cloud and settings, before anything is registered. */
function validateElastic({ cloud, settings }: ClusterArgs): Problem[] {
  const { certificate, dns, domain } = settings;
  const problems: Problem[] = [];
  const type = certificateType(settings);
  if (type === "none" || !cloud.capabilities.nodeCertificates.includes(type)) {
    const reason = `"${certificate.kind}" is not possible with Elastic, whose master ends TLS itself`;
    problems.push({ path: "certificate.kind", reason });
  }
  if (!domain && (certificate.kind === "owncert" || dns.kind !== "none")) {
    problems.push({ path: "domain", reason: "required with this certificate and DNS" });
  }
  return problems;
}

function createDirectEntry({ name, cloud, settings, placement, self }: EntryParts): Entry {
  const { address, attachmentId, handover } = new cloud.PublicAddress(
    `${name}-entry`,
    {
      ...placement,
      ...settings.entry,
      zones: settings.network.zones,
      wantsHostName: settings.domain === undefined,
    },
    self,
  );
  return {
    address,
    backendIds: { master: [], media: [] },
    masterAddressIds: [attachmentId],
    manualRecords: pulumi.output<DnsRecord[]>([]),
    handover,
  };
}
