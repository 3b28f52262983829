/**
 * Edition High Availability: four masters over the zones behind one load balancer.
 */
import * as pulumi from "@pulumi/pulumi";
import { entryListeners } from "../openvidu/entry";
import { judgeZones } from "../openvidu/placement";
import type { Certificate } from "./certificate";
import { certificateType, Cluster, type ClusterArgs, type Entry, type EntryParts } from "./cluster";
import type { ClusterSettings } from "./cluster-settings";
import type { DnsRecord } from "./domain-name";
import type { Problem } from "./errors";
import type { LoadBalancer } from "./load-balancer";

export const highAvailabilityToken = "openvidu:index:HighAvailability";

export class HighAvailability extends Cluster {
  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const edition = {
      token: highAvailabilityToken,
      masterExposure: "private",
      createEntry: createBalancedEntry,
      validate: validateHighAvailability,
      warn: warnAboutZones,
      watchesMasters: false,
    } as const;
    super(edition, name, args, opts);
  }
}

/** What is wrong with a combination of cloud and settings, before anything is registered. */
function validateHighAvailability({ cloud, settings }: ClusterArgs): Problem[] {
  const { certificate, dns, domain } = settings;
  const { tlsAtLoadBalancer, nodeCertificates, entryHasIpAddress } = cloud.capabilities;
  const problems: Problem[] = [];
  const isPossible =
    certificate.kind === "acm" ? tlsAtLoadBalancer : nodeCertificates.includes(certificateType(settings));
  if (!isPossible) {
    problems.push({ path: "certificate.kind", reason: `"${certificate.kind}" is not possible on ${cloud.name}` });
  }
  if (!domain && (!entryHasIpAddress || certificate.kind === "acm" || dns.kind !== "none")) {
    problems.push({ path: "domain", reason: `required on ${cloud.name} with this certificate and DNS` });
  }
  return problems;
}

function warnAboutZones(settings: ClusterSettings, resource: pulumi.Resource): void {
  const { zones, adopt } = settings.network;
  // Adopted subnets say only in the cloud which zones they lie in, so there the network warns; a region without zones
  // has nothing to choose.
  const warning = adopt || zones.length === 0 ? undefined : judgeZones(zones).warning;
  if (warning) void pulumi.log.warn(warning, resource);
}

function createBalancedEntry(parts: EntryParts): Entry {
  const certificate = createCertificate(parts);
  const loadBalancer = createLoadBalancer(parts, certificate);
  return {
    address: loadBalancer.address,
    backendIds: loadBalancer.backendIds,
    masterAddressIds: [],
    manualRecords: certificate?.manualRecords ?? pulumi.output<DnsRecord[]>([]),
    handover: loadBalancer.handover,
  };
}

function createCertificate({ name, cloud, settings, placement, self }: EntryParts): Certificate | undefined {
  const { certificate: wanted, dns: zone, domain } = settings;
  if (wanted.kind !== "acm" || wanted.arn !== undefined) return undefined;
  if (!cloud.Certificate || !domain) throw new Error("validate() lets no such settings through");
  const zoneId = zone.kind === "route53" ? zone.zoneId : undefined;
  return new cloud.Certificate(`${name}-certificate`, { domain, zoneId, tags: placement.tags }, self);
}

function createLoadBalancer(parts: EntryParts, certificate: Certificate | undefined): LoadBalancer {
  const { name, cloud, settings, context, placement, network, firewall, self } = parts;
  const given = settings.certificate.kind === "acm" ? settings.certificate.arn : undefined;
  return new cloud.LoadBalancer(
    `${name}-entry`,
    {
      ...placement,
      ...settings.entry,
      networkId: network.networkId,
      subnetIds: network.loadBalancerSubnetIds,
      rulesId: firewall.loadBalancerRulesId,
      zones: settings.network.zones,
      listeners: entryListeners(context),
      certificateId: certificate?.certificateId ?? given,
      wantsHostName: settings.domain === undefined,
    },
    self,
  );
}
