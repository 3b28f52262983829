/**
 * What every edition of OpenVidu 3 is made of: an entry, masters, a scaling pool of media nodes, storage and secrets.
 * Composed of roles alone, so that it is the same tree on every cloud. An edition brings its entry, and the number of its
 * masters and where they stand.
 */
import * as pulumi from "@pulumi/pulumi";
import { type FlowContext, flowsFor } from "../openvidu/flows";
import { type CertificateType, installerFlags } from "../openvidu/installer";
import { enabledModules } from "../openvidu/modules";
import { nameOfAddress, type Service, serviceUrl, servicesFor } from "../openvidu/services";
import { editionTitles, masterCounts, type NodeRole } from "../openvidu/editions";
import { upgradeTable } from "../openvidu/upgrades";
import { carriedPrograms } from "../nodes/render";
import type { Cloud } from "./cloud";
import { ClusterSecrets } from "./cluster-secrets";
import type { ClusterSettings } from "./cluster-settings";
import { type DnsRecord, type EntryAddress, liesInZone } from "./domain-name";
import { type Problem, throwIfAny } from "./errors";
import type { Firewall } from "./firewall";
import type { MasterPool } from "./master-pool";
import type { Network, NetworkArgs } from "./network";
import type { NodeBoot } from "./node-boot";
import type { PlacementArgs } from "./placement";
import type { ScalingMediaPool } from "./scaling-media-pool";
import type { SecretStore } from "./secret-store";
import type { OnPremises } from "./on-premises";
import { clusterTags } from "./tags";

/** Secret config values of a cluster. */
export interface ClusterSecretInputs {
  readonly license: pulumi.Input<string>;
  readonly meetAdminPassword?: pulumi.Input<string>;
  readonly meetApiKey?: pulumi.Input<string>;
  /** Conditional. Base64 of the PEM key; required with an own certificate. */
  readonly certificatePrivateKey?: pulumi.Input<string>;
  /** Conditional. The same for the certificate of TURN's own domain; required with `settings.turn.chain`. */
  readonly turnCertificatePrivateKey?: pulumi.Input<string>;
  /** On-premises: SSH key of the deployer, and credentials of storage and database that the customer runs. */
  readonly sshPrivateKey?: pulumi.Input<string>;
  readonly s3SecretKey?: pulumi.Input<string>;
  readonly mongoUri?: pulumi.Input<string>;
}

export interface ClusterArgs {
  /** Required. The cloud that runs the machines. */
  readonly cloud: Cloud;
  /** Conditional. The cloud that holds the DNS zone; required when `settings.dns` names a zone. */
  readonly dnsCloud?: Cloud;
  /** Conditional. The domain of that zone; required with a domain of TURN's own, which may lie elsewhere. */
  readonly dnsZoneName?: string;
  readonly settings: ClusterSettings;
  readonly secrets: ClusterSecretInputs;
}

/** What an edition is told when it makes its entry. */
export interface EntryParts {
  readonly name: string;
  readonly cloud: Cloud;
  readonly settings: ClusterSettings;
  readonly context: FlowContext;
  readonly placement: PlacementArgs;
  readonly network: Network;
  readonly firewall: Firewall;
  /** Whether records of TURN's own domain belong into the zone of the deployment. */
  readonly turnIsInZone: boolean;
  readonly self: { readonly parent: pulumi.Resource };
}

/** Where clients come in. */
export interface Entry {
  readonly address: EntryAddress;
  /** Where TURN's own domain leads. @default address */
  readonly turnAddress?: EntryAddress;
  /** What the pools join to receive traffic; empty where clients reach the masters themselves. */
  readonly backendIds: Readonly<Record<NodeRole, readonly pulumi.Output<string>[]>>;
  /** PublicAddress.attachmentId of each master; none where masters have no address of their own. */
  readonly masterAddressIds: readonly pulumi.Output<string>[];
  /** Records that a person still has to make besides the cluster's own. */
  readonly manualRecords: pulumi.Output<DnsRecord[]>;
  /** What a person has to put somewhere himself, by file name. */
  readonly handover?: pulumi.Output<Record<string, string>>;
}

/** What is an edition's own. */
export interface EditionParts {
  /** Where masters stand; `private` ones leave through NAT, `public` ones by an address of their own. */
  readonly masterExposure: NetworkArgs["masterExposure"];
  /** Whether masters share their data, so that it lies in storage outside them where the cloud has some. */
  readonly sharesClusterData: boolean;
  /** How clients reach the masters, where the edition leaves no choice. @default what the settings of own machines say */
  readonly entryMode?: FlowContext["entry"];
  readonly createEntry: (parts: EntryParts) => Entry;
  /** What is wrong with a combination of cloud and settings, beyond what holds for every edition. */
  readonly validate: (args: ClusterArgs) => Problem[];
  /** Something to say about the settings that is no fault. @default nothing */
  readonly warn?: (settings: ClusterSettings, resource: pulumi.Resource) => void;
  /**
   * Whether there are alarms for masters also where nobody is to be told: without a second master nothing takes over, and
   * the cloud is asked to bring the only one back.
   */
  readonly watchesMasters: boolean;
}

/** What a cluster tells of itself, whatever its edition. */
export interface ClusterOutputs {
  /** Address of every service, by service name. */
  readonly urls: pulumi.Output<Record<string, string>>;
  /** IP address or host name of the public entry. */
  readonly entryAddress: pulumi.Output<string>;
  /** DNS records that a person still has to make. */
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;
  /** Where a person reads the credentials; never a value. */
  readonly credentials: pulumi.Output<string>;
  readonly masterAddresses: pulumi.Output<string[]>;
  /** Name of the group that scales the media nodes. */
  readonly mediaGroup: pulumi.Output<string>;
  /** Buckets or containers that hold the cluster's data. */
  readonly storage: pulumi.Output<Record<string, string>>;
  /** What a person has to put somewhere himself, by file name; absent where the cloud takes it all. */
  readonly handover?: pulumi.Output<Record<string, string>>;
}

/** A cluster of any edition. */
export interface Cluster extends pulumi.ComponentResource, ClusterOutputs {}

/**
 * Registers all parts of a cluster as children of `parent`.
 * @throws InvalidArguments with every problem of the arguments, before anything is registered
 */
export function buildCluster(
  parent: pulumi.ComponentResource,
  edition: EditionParts,
  name: string,
  args: ClusterArgs,
): ClusterOutputs {
  throwIfAny(editionTitles[args.settings.edition], [...validate(args), ...edition.validate(args)]);

  const { cloud, settings } = args;
  const self = { parent };
  const tags = clusterTags({ project: pulumi.getProject(), stack: pulumi.getStack(), custom: settings.tags });
  const context = flowContext(edition, cloud, settings);
  edition.warn?.(settings, parent);

  const onPremises = onPremisesOf(args);
  const network = createNetwork();
  const placement: PlacementArgs = {
    region: settings.region,
    scope: network.scope,
    tags,
    deletionProtection: settings.deletionProtection,
    onPremises,
  };
  const firewall = createFirewall();
  const identities = { master: createIdentity("master"), media: createIdentity("media") };
  const storage = createStorage();
  const { turn } = settings;
  const turnIsInZone = turn !== undefined && liesInZone(turn.domain, args.dnsZoneName ?? "");
  const parts = { name, cloud, settings, context, placement, network, firewall, turnIsInZone, self };
  const entry = edition.createEntry(parts);
  const domain = domainOf(settings, entry.address);
  const services = servicesFor(context);
  const secretStore = createSecretStore();
  const masters = createMasters();
  const media = createMedia();
  if (settings.dns.kind !== "none") createDomainNames(settings.dns.zoneId);
  if (edition.watchesMasters || settings.alarms.emails.length > 0) createAlarms();

  const handover = handoverOf(firewall, entry);
  return {
    urls: domain.apply((fqdn) => urlsOf(services, fqdn)),
    entryAddress: entryOf(entry.address),
    dnsRecords: manualRecords(settings, entry, turnIsInZone),
    credentials: secretStore.consoleUrl,
    masterAddresses: pulumi.all([...masters.privateIps]),
    mediaGroup: media.groupName,
    storage: pulumi.all({ appData: storage.appDataName, clusterData: storage.clusterDataName }),
    ...(handover && { handover }),
  };

  function createNetwork(): InstanceType<Cloud["Network"]> {
    const { region, resourceGroup: existingScope, deletionProtection } = settings;
    return new cloud.Network(
      `${name}-network`,
      {
        ...settings.network,
        masterCount: masterCounts[settings.edition],
        masterExposure: edition.masterExposure,
        ...{ region, existingScope, deletionProtection, onPremises, tags },
      },
      self,
    );
  }

  function createFirewall(): InstanceType<Cloud["Firewall"]> {
    const { operatorCidrs, egressCidrs } = settings.access;
    const flows = flowsFor(context);
    const { networkId } = network;
    return new cloud.Firewall(`${name}-firewall`, { ...placement, networkId, flows, operatorCidrs, egressCidrs }, self);
  }

  function createIdentity(role: NodeRole): InstanceType<Cloud["NodeIdentity"]> {
    const { operatorShell } = settings.access;
    return new cloud.NodeIdentity(`${name}-${role}-identity`, { ...placement, role, operatorShell }, self);
  }

  function createStorage(): InstanceType<Cloud["ObjectStore"]> {
    const writers = { master: identities.master.principal, media: identities.media.principal };
    const { keyId: kmsKeyId } = settings.encryption;
    const keepsClusterData = edition.sharesClusterData && cloud.capabilities.externalClusterData;
    const programs = carriedPrograms({ cloud: cloud.name, role: "master" });
    return new cloud.ObjectStore(
      `${name}-storage`,
      { ...placement, ...settings.storage, writers, keepsClusterData, kmsKeyId, programs },
      self,
    );
  }

  function createSecretStore(): SecretStore {
    const { deletionProtection } = settings;
    const credentials = new ClusterSecrets(`${name}-credentials`, { ...args.secrets, deletionProtection }, self)
      .credentials;
    const common = { OPENVIDU_VERSION: settings.version, ENABLED_MODULES: enabledModules(settings.modules) };
    const master = pulumi
      .all([credentials.master, storage.settings, domain, ownCertificates(args)])
      .apply(([values, store, fqdn, certificateValues]) => ({
        ...common,
        ...values,
        ...store,
        ...certificateValues,
        ...publishedUrls(services, fqdn),
        // Machines keep the programs that they were made with; steps to later releases reach them this way.
        UPGRADE_HOPS: JSON.stringify(upgradeTable()),
        DOMAIN_NAME: fqdn,
        // Empty, it takes an earlier one back.
        LIVEKIT_TURN_DOMAIN_NAME: turn?.domain ?? "",
        OPENVIDU_RTC_ENGINE: settings.rtcEngine,
      }));
    const media = credentials.media.apply((values) => ({ ...common, ...values }));
    return new cloud.SecretStore(
      `${name}-secrets`,
      {
        ...placement,
        bundles: { master: pulumi.secret(master), media: pulumi.secret(media) },
        readers: { master: identities.master.principal, media: identities.media.principal },
        kmsKeyId: settings.encryption.keyId,
        recoveryDays: settings.secretRecoveryDays,
        readerSubnetIds: [...network.masterSlots.map(({ subnetId }) => subnetId), ...network.mediaSubnetIds],
        deployerCidrs: settings.access.deployerCidrs,
        readerArns: settings.access.credentialReaders,
      },
      self,
    );
  }

  function bootOf(role: NodeRole, more: Record<string, pulumi.Input<string>> = {}): NodeBoot {
    return {
      spec: {
        cloud: cloud.name,
        edition: settings.edition,
        role,
        version: settings.version,
        installerFlags: installerFlags({
          cloud: cloud.name,
          edition: settings.edition,
          role,
          tls: context.tls,
          certificate: certificateType(settings),
          entry: context.entry,
          turnDomain: context.turnDomain,
          additionalFlags: settings.installFlags,
        }),
      },
      settings: {
        CLUSTER: `${pulumi.getProject()}-${pulumi.getStack()}`,
        REGION: settings.region,
        BUNDLE_ID: secretStore.bundleIds[role],
        ...coordinationOf(role),
        ...more,
      },
    };
  }

  /** Masters keep the cluster's own objects; media nodes take part only where no group of the cloud speaks to them. */
  function coordinationOf(role: NodeRole): Record<string, pulumi.Input<string>> {
    const own: Record<string, pulumi.Input<string>> = role === "master"
      ? { COORDINATION_URL: storage.coordinationUrl }
      : {};
    if (cloud.capabilities.groupDrainsNodes) return own;
    return { ...own, REQUESTS_URL: storage.requestsUrl, HEARTBEATS_URL: storage.heartbeatsUrl };
  }

  /** Only what is the role's own: a master waits for nothing that belongs to media nodes, and the other way round. */
  function bootAfter(role: NodeRole, egress: readonly pulumi.Resource[]): pulumi.Resource[] {
    return [...secretStore.grants[role], ...storage.grants[role], ...identities[role].grants, ...egress];
  }

  function createMasters(): MasterPool {
    return new cloud.MasterPool(
      `${name}-masters`,
      {
        ...placement,
        ...settings.masters,
        ...machineAccess(settings),
        slots: network.masterSlots,
        firewall: firewall.masters,
        backendIds: entry.backendIds.master,
        publicAddressIds: entry.masterAddressIds,
        identity: identities.master,
        boot: bootOf("master"),
        bootAfter: bootAfter("master", network.masterEgress),
      },
      self,
    );
  }

  function createMedia(): ScalingMediaPool {
    return new cloud.ScalingMediaPool(
      `${name}-media`,
      {
        ...placement,
        ...settings.media,
        ...machineAccess(settings),
        subnetIds: network.mediaSubnetIds,
        zones: settings.network.zones,
        firewall: firewall.media,
        backendIds: entry.backendIds.media,
        identity: identities.media,
        controller: identities.master.principal,
        boot: bootOf("media", { MASTER_IPS: pulumi.all([...masters.privateIps]).apply((ips) => ips.join(",")) }),
        bootAfter: bootAfter("media", network.mediaEgress),
      },
      self,
    );
  }

  function createAlarms(): void {
    if (!cloud.Alarms) return;
    const { machineIds } = masters;
    new cloud.Alarms(`${name}-alarms`, { ...placement, ...settings.alarms, machineIds }, self);
  }

  function createDomainNames(zoneId: string): void {
    const { dnsCloud } = args;
    if (!dnsCloud || !settings.domain) throw new Error("validate() lets no such settings through");
    new dnsCloud.DomainName(`${name}-domain`, { domain: settings.domain, zoneId, target: entry.address }, self);
    if (!turn || !turnIsInZone) return;
    const target = entry.turnAddress ?? entry.address;
    new dnsCloud.DomainName(`${name}-turn-domain`, { domain: turn.domain, zoneId, target }, self);
  }
}

/** What is wrong with a combination of cloud and settings, before anything is registered. */
function validate({ dnsCloud, dnsZoneName, settings, secrets }: ClusterArgs): Problem[] {
  const problems: Problem[] = [];
  const { certificate, dns, turn } = settings;
  if (dns.kind !== "none" && !dnsCloud) {
    problems.push({ path: "dns.kind", reason: "the cloud that holds the zone is missing" });
  }
  if (certificate.kind === "owncert" && secrets.certificatePrivateKey === undefined) {
    problems.push({ path: "certificatePrivateKey", reason: "required with an own certificate" });
  }
  if (turn?.chain !== undefined && secrets.turnCertificatePrivateKey === undefined) {
    problems.push({ path: "turnCertificatePrivateKey", reason: "required with an own certificate of the TURN domain" });
  }
  if (turn && dns.kind !== "none" && dnsZoneName === undefined) {
    problems.push({ path: "dns.zoneId", reason: "the domain of the zone is missing" });
  }
  return problems;
}

function flowContext({ entryMode }: EditionParts, cloud: Cloud, settings: ClusterSettings): FlowContext {
  return {
    edition: settings.edition,
    version: settings.version,
    modules: settings.modules,
    features: settings.features,
    rtcEngine: settings.rtcEngine,
    tls: certificateType(settings) === "none" ? "loadBalancer" : "node",
    minio: !cloud.capabilities.externalClusterData && !settings.onPremises?.s3,
    entry: entryMode ?? settings.onPremises?.entry,
    turnDomain: settings.turn !== undefined,
  };
}

/** The cluster's own name, or the one that its release gives to a bare address. */
function domainOf({ domain, version }: ClusterSettings, { ipAddress }: EntryAddress): pulumi.Output<string> {
  return domain ? pulumi.output(domain) : ipAddress.apply((ip) => nameOfAddress(version, ip));
}

/** What Caddy on the masters needs; `none` where a load balancer has the certificate, the cloud's or the customer's. */
export function certificateType({ certificate: { kind } }: ClusterSettings): CertificateType {
  return kind === "acm" || kind === "external" ? "none" : kind;
}

function onPremisesOf({ settings, secrets }: ClusterArgs): OnPremises | undefined {
  const { sshPrivateKey, s3SecretKey, mongoUri } = secrets;
  const turnDomain = settings.turn?.domain;
  return settings.onPremises && { ...settings.onPremises, turnDomain, sshPrivateKey, s3SecretKey, mongoUri };
}

function handoverOf(
  ...roles: readonly { readonly handover?: pulumi.Output<Record<string, string>> }[]
): pulumi.Output<Record<string, string>> | undefined {
  const texts = roles.flatMap(({ handover }) => handover ?? []);
  return texts.length === 0
    ? undefined
    : pulumi.all(texts).apply((parts) => Object.assign({}, ...parts) as Record<string, string>);
}

function machineAccess({ access, encryption }: ClusterSettings): {
  sshPublicKey?: string;
  adminUsername: string;
  diskKeyId?: string;
  encryptionAtHost: boolean;
} {
  const { sshPublicKey, adminUsername } = access;
  return { sshPublicKey, adminUsername, diskKeyId: encryption.keyId, encryptionAtHost: encryption.encryptionAtHost };
}

/** Certificates of the customer's own for Caddy, by bundle key. */
function ownCertificates({ settings, secrets }: ClusterArgs): pulumi.Output<Record<string, string>> {
  const { certificate, turn } = settings;
  if (certificate.kind !== "owncert") return pulumi.output<Record<string, string>>({});
  const keys = [secrets.certificatePrivateKey ?? "", secrets.turnCertificatePrivateKey ?? ""];
  return pulumi.secret(pulumi.all(keys)).apply(([key = "", turnKey = ""]): Record<string, string> => ({
    OWNCERT_PUBLIC_KEY: certificate.chain,
    OWNCERT_PRIVATE_KEY: key,
    ...(turn?.chain !== undefined && { TURN_OWNCERT_PUBLIC_KEY: turn.chain, TURN_OWNCERT_PRIVATE_KEY: turnKey }),
  }));
}

function urlsOf(services: readonly Service[], domain: string): Record<string, string> {
  return Object.fromEntries(services.map((service) => [service.name, serviceUrl(service, domain)]));
}

function publishedUrls(services: readonly Service[], domain: string): Record<string, string> {
  return Object.fromEntries(
    services.flatMap((service) => (service.bundleKey ? [[service.bundleKey, serviceUrl(service, domain)]] : [])),
  );
}

function entryOf({ ipAddress, hostName }: EntryAddress): pulumi.Output<string> {
  return pulumi.all([ipAddress, hostName]).apply(([ip, host]) => ip || host);
}

/** Records that no zone of the deployment holds: those of the entry itself, then names. */
function manualRecords(
  { domain, dns, turn }: ClusterSettings,
  entry: Entry,
  turnIsInZone: boolean,
): pulumi.Output<DnsRecord[]> {
  const names = [
    ...(domain !== undefined && dns.kind === "none" ? [recordsOf(domain, entry.address)] : []),
    ...(turn && !turnIsInZone ? [recordsOf(turn.domain, entry.turnAddress ?? entry.address)] : []),
  ];
  return pulumi.all([entry.manualRecords, ...names]).apply((records) => records.flat());
}

/** The records that lead a name to an address, as a person writes them. */
function recordsOf(name: string, { ipAddress, hostName, ipAddresses }: EntryAddress): pulumi.Output<DnsRecord[]> {
  const all = ipAddresses ?? ipAddress.apply((ip) => (ip ? [ip] : []));
  return pulumi
    .all([all, hostName])
    .apply(([ips, host]): DnsRecord[] =>
      ips.length > 0 ? ips.map((value) => ({ name, type: "A", value })) : [{ name, type: "CNAME", value: host }],
    );
}
