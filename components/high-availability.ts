/**
 * Edition High Availability: four masters over the zones behind one load balancer.
 */
import * as pulumi from "@pulumi/pulumi";
import { entryListeners, turnListeners } from "../openvidu/entry";
import { judgeZones } from "../openvidu/placement";
import type { Certificate } from "./certificate";
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
import type { ClusterSettings } from "./cluster-settings";
import type { DnsRecord } from "./domain-name";
import type { Problem } from "./errors";
import { type LoadBalancer, turnBalancerSuffix } from "./load-balancer";

export const highAvailabilityToken = "openvidu:index:HighAvailability";

const edition: EditionParts = {
  masterExposure: "private",
  sharesClusterData: true,
  createEntry: createBalancedEntry,
  validate: validateHighAvailability,
  warn: warnAboutZones,
  watchesMasters: false,
};

export class HighAvailability extends pulumi.ComponentResource implements Cluster {
  public readonly urls: ClusterOutputs["urls"];
  public readonly entryAddress: ClusterOutputs["entryAddress"];
  public readonly dnsRecords: ClusterOutputs["dnsRecords"];
  public readonly credentials: ClusterOutputs["credentials"];
  public readonly masterAddresses: ClusterOutputs["masterAddresses"];
  public readonly mediaGroup: ClusterOutputs["mediaGroup"];
  public readonly storage: ClusterOutputs["storage"];
  public readonly handover?: ClusterOutputs["handover"];

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(highAvailabilityToken, name, {}, opts);
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
  const turn = createTurn(parts);
  const proofs = [certificate, turn?.certificate].flatMap((each) => each?.manualRecords ?? []);
  const ofTurn = turn?.balancer.backendIds;
  return {
    address: loadBalancer.address,
    turnAddress: turn?.balancer.address,
    backendIds: {
      master: loadBalancer.backendIds.master,
      media: [...loadBalancer.backendIds.media, ...(ofTurn?.media ?? [])],
    },
    masterAddressIds: [],
    manualRecords: pulumi.all(proofs).apply((records): DnsRecord[] => records.flat()),
    handover: loadBalancer.handover,
  };
}

function createCertificate(parts: EntryParts): Certificate | undefined {
  const { certificate: wanted, dns, domain } = parts.settings;
  if (wanted.kind !== "acm" || wanted.arn !== undefined || domain === undefined) return undefined;
  return newCertificate(parts, "certificate", domain, dns.kind === "route53" ? dns.zoneId : undefined);
}

function newCertificate(
  { name, cloud, placement, self }: EntryParts,
  part: string,
  domain: string,
  zoneId: string | undefined,
): Certificate {
  if (!cloud.Certificate) throw new Error("validate() lets no such settings through");
  return new cloud.Certificate(`${name}-${part}`, { domain, zoneId, tags: placement.tags }, self);
}

function createLoadBalancer(parts: EntryParts, certificate: Certificate | undefined): LoadBalancer {
  const { name, cloud, settings, context, firewall, self } = parts;
  const given = settings.certificate.kind === "acm" ? settings.certificate.arn : undefined;
  return new cloud.LoadBalancer(
    `${name}-entry`,
    {
      ...balancerPlace(parts),
      rulesId: firewall.loadBalancerRulesId,
      listeners: entryListeners(context),
      certificateId: certificate?.certificateId ?? given,
      wantsHostName: settings.domain === undefined,
    },
    self,
  );
}

function balancerPlace({ settings, placement, network }: EntryParts) {
  const { networkId, loadBalancerSubnetIds: subnetIds } = network;
  return { ...placement, ...settings.entry, networkId, subnetIds, zones: settings.network.zones };
}

/** A second load balancer for TURN's own domain, where the cloud ends TLS; elsewhere both domains share the entry. */
function createTurn(parts: EntryParts): { certificate?: Certificate; balancer: LoadBalancer } | undefined {
  const { name, cloud, settings, context, firewall, turnIsInZone, self } = parts;
  const listeners = turnListeners(context);
  if (!settings.turn || listeners.length === 0) return undefined;
  const { turnLoadBalancerRulesId: rulesId } = firewall;
  if (!rulesId) throw new Error(`the firewall of ${cloud.name} has no rules for TURN's own load balancer`);
  const { domain, certificateArn } = settings.turn;
  const zoneId = turnIsInZone && settings.dns.kind === "route53" ? settings.dns.zoneId : undefined;
  const certificate =
    certificateArn === undefined ? newCertificate(parts, "turn-certificate", domain, zoneId) : undefined;
  const balancer = new cloud.LoadBalancer(
    `${name}${turnBalancerSuffix}`,
    {
      ...balancerPlace(parts),
      // Clients know it by a DNS name alone, and the step to 3.6 takes it away.
      deletionProtection: false,
      rulesId,
      listeners,
      certificateId: certificate?.certificateId ?? certificateArn,
      wantsHostName: false,
    },
    self,
  );
  return { certificate, balancer };
}
