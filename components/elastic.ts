/**
 * Edition Elastic: one master that clients reach at a fixed public address of its own, where Caddy ends TLS.
 */
import * as pulumi from "@pulumi/pulumi";
import { certificateType, Cluster, type ClusterArgs, type Entry, type EntryParts } from "./cluster";
import type { DnsRecord } from "./domain-name";
import type { Problem } from "./errors";

export const elasticToken = "openvidu:index:Elastic";

export class Elastic extends Cluster {
  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const edition = {
      token: elasticToken,
      masterExposure: "public",
      createEntry: createDirectEntry,
      validate: validateElastic,
      watchesMasters: true,
    } as const;
    super(edition, name, args, opts);
  }
}

/** What is wrong with a combination of cloud and settings, before anything is registered. */
function validateElastic({ cloud, settings }: ClusterArgs): Problem[] {
  const { certificate, dns, domain } = settings;
  const problems: Problem[] = [];
  if (certificate.kind === "acm" || !cloud.capabilities.nodeCertificates.includes(certificateType(settings))) {
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
