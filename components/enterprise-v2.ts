/**
 * Topology Enterprise v2: an application load balancer, a group of masters, a group of media nodes, and between them a
 * Redis service, a bucket of settings and a queue of events. Composed of roles alone.
 * Source: reference/onprem-v2-reference.md B.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { renderMasterUserData } from "../nodes/enterprise-v2";
import type { NodeRole } from "../openvidu/editions";
import { addressesOf } from "../openvidu/enterprise-v2";
import { type EnterpriseV2FlowContext, flowsFor } from "../openvidu/flows";
import type { Alarms } from "./alarms";
import type { Certificate } from "./certificate";
import type { Cloud } from "./cloud";
import type { DnsRecord } from "./domain-name";
import type { ApplicationLoadBalancer } from "./enterprise-v2/application-load-balancer";
import type { ConfigStore } from "./enterprise-v2/config-store";
import type { EventQueue } from "./enterprise-v2/event-queue";
import type { MediaGroup } from "./enterprise-v2/media-group";
import type { EnterpriseV2Roles } from "./enterprise-v2/roles";
import type { GroupArgs, ServerGroup } from "./enterprise-v2/server-group";
import type { SessionStore } from "./enterprise-v2/session-store";
import type { EnterpriseV2Settings } from "./enterprise-v2/settings";
import { throwIfAny } from "./errors";
import type { PlacementArgs } from "./placement";
import { clusterTags } from "./tags";

const enterpriseV2Token = "openvidu:index:EnterpriseV2";

/** As long as the other generated secrets; fits the password of a Redis service too (16 to 128). */
const openviduSecretLength = 44;

/** Secret config values of a cluster. */
export interface EnterpriseV2SecretInputs {
  readonly license: pulumi.Input<string>;
  /** Optional. @default generated */
  readonly openviduSecret?: pulumi.Input<string>;
  /** Conditional. Required when settings have Elasticsearch. */
  readonly elasticsearchPassword?: pulumi.Input<string>;
}

export interface EnterpriseV2Args {
  readonly cloud: Cloud;
  /** Conditional. The cloud that holds the DNS zone; required when `settings.dns` names a zone. */
  readonly dnsCloud?: Cloud;
  readonly settings: EnterpriseV2Settings;
  readonly secrets: EnterpriseV2SecretInputs;
}

export class EnterpriseV2 extends pulumi.ComponentResource {
  /** Addresses by name, that of the load balancer among them. */
  public readonly urls: pulumi.Output<Record<string, string>>;
  /** Host name of the load balancer. */
  public readonly entryAddress: pulumi.Output<string>;
  /** DNS records that a person still has to make. */
  public readonly dnsRecords: pulumi.Output<DnsRecord[]>;
  /** Where a person reads the OpenVidu secret; never a value. */
  public readonly credentials: pulumi.Output<string>;
  public readonly masterGroup: pulumi.Output<string>;
  public readonly mediaGroup: pulumi.Output<string>;
  public readonly queue: pulumi.Output<string>;
  public readonly storage: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: EnterpriseV2Args, opts?: pulumi.ComponentResourceOptions) {
    super(enterpriseV2Token, name, {}, opts);
    const { cloud, settings } = args;
    const roles = rolesOf(args);

    const self = { parent: this };
    const tags = clusterTags({ project: pulumi.getProject(), stack: pulumi.getStack(), custom: settings.tags });
    const context = flowContextOf(settings);
    const names = physicalNames(name);

    const network = createNetwork();
    const placement: PlacementArgs = {
      region: settings.region,
      scope: network.scope,
      tags,
      deletionProtection: settings.deletionProtection,
    };
    const firewall = createFirewall();
    const identities = { master: createIdentity("master"), media: createIdentity("media") };
    const openviduSecret = createOpenviduSecret();
    const configStore = createConfigStore();
    const sessionStore = createSessionStore();
    const certificate = createCertificate();
    const loadBalancer = createLoadBalancer();
    const eventQueue = createEventQueue();
    const servers = createServers();
    const media = createMedia();
    if (settings.dns.kind !== "none") createDomainName(settings.dns.zoneId);

    const { hostName } = loadBalancer.address;
    this.urls = hostName.apply((host): Record<string, string> => ({
      ...addressesOf(settings.domain),
      loadBalancer: `https://${host}`,
    }));
    this.entryAddress = hostName;
    this.dnsRecords = manualRecords(settings, certificate, hostName);
    this.credentials = configStore.consoleUrl;
    this.masterGroup = servers.groupName;
    this.mediaGroup = media.groupName;
    this.queue = eventQueue.queueName;
    this.storage = configStore.bucketName.apply((config): Record<string, string> => ({ config }));
    this.registerOutputs({
      urls: this.urls,
      entryAddress: this.entryAddress,
      dnsRecords: this.dnsRecords,
      credentials: this.credentials,
      masterGroup: this.masterGroup,
      mediaGroup: this.mediaGroup,
      queue: this.queue,
      storage: this.storage,
    });

    function createNetwork(): InstanceType<Cloud["Network"]> {
      const { region, deletionProtection, coturnInMediaNodes, network: wanted } = settings;
      const masterCount = wanted.adopt?.masterSubnetIds.length ?? wanted.zones.length;
      const masterExposure = coturnInMediaNodes ? "private" : "public";
      // The load balancer and the Redis service want two zones, and so does whoever wants the loss of one to do no harm.
      return new cloud.Network(
        `${name}-network`,
        { ...wanted, region, masterCount, masterExposure, leastZones: 2, deletionProtection, tags },
        self,
      );
    }

    function createFirewall(): InstanceType<Cloud["Firewall"]> {
      const { operatorCidrs, egressCidrs } = settings.access;
      const { networkId } = network;
      const flows = flowsFor(context);
      return new cloud.Firewall(
        `${name}-firewall`,
        { ...placement, networkId, flows, operatorCidrs, egressCidrs },
        self,
      );
    }

    function createIdentity(role: NodeRole): InstanceType<Cloud["NodeIdentity"]> {
      const { operatorShell } = settings.access;
      return new cloud.NodeIdentity(`${name}-${role}-identity`, { ...placement, role, operatorShell }, self);
    }

    /** Made even where one is given: it is protected, and a secret that is given later would have it deleted. */
    function createOpenviduSecret(): pulumi.Output<string> {
      const generated = new RandomPassword(
        `${name}-openvidu-secret`,
        { length: openviduSecretLength, special: false },
        { ...self, protect: settings.deletionProtection },
      );
      return pulumi.secret(args.secrets.openviduSecret ?? generated.result);
    }

    function createConfigStore(): ConfigStore {
      const { bucket: adoptBucket, keepDeletedDays } = settings.storage;
      return new roles.ConfigStore(
        `${name}-config`,
        {
          ...placement,
          writer: identities.master.principal,
          adoptBucket,
          keepDeletedDays,
          kmsKeyId: settings.encryption.keyId,
          readerArns: settings.access.credentialReaders,
        },
        self,
      );
    }

    function createSessionStore(): SessionStore {
      if (!firewall.sessionStoreRulesId) throw new Error("the flow table leads to the session store");
      return new roles.SessionStore(
        `${name}-session-store`,
        {
          ...placement,
          ...settings.sessionStore,
          subnetIds: network.masterSubnetIds,
          rulesId: firewall.sessionStoreRulesId,
          kmsKeyId: settings.encryption.keyId,
          // The masters give their own secret as the password (reference B.5).
          password: openviduSecret,
        },
        self,
      );
    }

    function createCertificate(): Certificate | undefined {
      if (settings.certificate.arn !== undefined) return undefined;
      if (!cloud.Certificate) throw new Error(`${cloud.name} offers the edition without its certificates`);
      const { dns, domain } = settings;
      const zoneId = dns.kind === "route53" ? dns.zoneId : undefined;
      return new cloud.Certificate(`${name}-certificate`, { domain, zoneId, tags }, self);
    }

    function createLoadBalancer(): ApplicationLoadBalancer {
      return new roles.ApplicationLoadBalancer(
        `${name}-entry`,
        {
          ...placement,
          networkId: network.networkId,
          subnetIds: network.loadBalancerSubnetIds,
          rulesId: firewall.loadBalancerRulesId,
          certificateId: certificate?.certificateId ?? settings.certificate.arn ?? "",
        },
        self,
      );
    }

    function createEventQueue(): EventQueue {
      return new roles.EventQueue(
        `${name}-events`,
        {
          ...placement,
          queueName: names.queue,
          mediaGroupName: names.media,
          reader: identities.master.principal,
          alarmChannel: createAlarms()?.channelId,
        },
        self,
      );
    }

    /** Masters are watched by their group; here somebody is told what only a person can see to. */
    function createAlarms(): Alarms | undefined {
      const { emails } = settings.alarms;
      if (emails.length === 0 || !cloud.Alarms) return undefined;
      return new cloud.Alarms(`${name}-alarms`, { ...placement, emails, machineIds: [] }, self);
    }

    function groupOf(role: NodeRole): Omit<GroupArgs, "subnetIds" | "bootAfter"> {
      const { keyName, sshPublicKey } = settings.access;
      const { instanceType, image, diskGiB, min, desired, max } = role === "master" ? settings.masters : settings.media;
      return {
        ...placement,
        ...{ instanceType, image, diskGiB, min, desired, max, keyName, sshPublicKey },
        groupName: names[role],
        rulesId: role === "master" ? firewall.masters.rulesId : firewall.media.rulesId,
        identity: identities[role],
        diskKeyId: settings.encryption.keyId,
      };
    }

    function createServers(): ServerGroup {
      return new roles.ServerGroup(
        `${name}-masters`,
        {
          ...groupOf("master"),
          subnetIds: network.masterSubnetIds,
          backendId: loadBalancer.backendId,
          mediaGroupName: names.media,
          publicAddress: !settings.coturnInMediaNodes,
          userData: createUserData(),
          bootAfter: [
            ...network.masterEgress,
            ...identities.master.grants,
            ...configStore.grants,
            ...eventQueue.grants,
          ],
        },
        self,
      );
    }

    function createUserData(): pulumi.Output<string> {
      const { secrets } = args;
      const password = secrets.elasticsearchPassword ?? "";
      // The vendor's image reads nothing but user data, so the three secrets have to stand in it (V2-3).
      const values = pulumi.all([secrets.license, openviduSecret, password, configStore.bucketName]);
      const places = pulumi.all([sessionStore.address, sessionStore.port, eventQueue.queueName, eventQueue.queueArn]);
      const text = pulumi
        .all([values, places])
        .apply(([[license, ownSecret, elasticsearchPassword, bucketName], [address, port, queueName, queueArn]]) =>
          renderMasterUserData({
            domain: settings.domain,
            mediaServer: settings.mediaServer,
            license,
            openviduSecret: ownSecret,
            clusterId: settings.clusterId,
            elasticsearch: settings.elasticsearch && { ...settings.elasticsearch, password: elasticsearchPassword },
            redis: { address, port },
            queueName,
            deploymentId: deploymentId(queueArn, pulumi.getProject(), pulumi.getStack()),
            bucketName,
            mediaGroupName: names.media,
            masterGroupName: names.master,
            recording: settings.recording,
            coturnInMediaNodes: settings.coturnInMediaNodes,
            configAutoRestart: settings.storage.autoRestart,
          }),
        );
      return pulumi.secret(text);
    }

    function createMedia(): MediaGroup {
      const { scaleUpCpuPercent, scaleDownCpuPercent, drainTimeoutSeconds } = settings.media;
      return new roles.MediaGroup(
        `${name}-media`,
        {
          ...groupOf("media"),
          ...{ scaleUpCpuPercent, scaleDownCpuPercent, drainTimeoutSeconds },
          subnetIds: network.mediaSubnetIds,
          // A node whose event goes nowhere is never used; one that is left alone by the masters cannot be emptied.
          bootAfter: [...network.mediaEgress, ...identities.media.grants, ...eventQueue.senders, ...servers.members],
        },
        self,
      );
    }

    function createDomainName(zoneId: string): void {
      if (!args.dnsCloud) throw new Error("rolesOf() lets no such arguments through");
      const { domain } = settings;
      new args.dnsCloud.DomainName(`${name}-domain`, { domain, zoneId, target: loadBalancer.address }, self);
    }
  }
}

/** The roles of the edition; refuses what no role could carry out. */
function rolesOf({ cloud, dnsCloud, settings, secrets }: EnterpriseV2Args): EnterpriseV2Roles {
  const roles = cloud.EnterpriseV2;
  throwIfAny("enterprise v2", [
    ...(roles ? [] : [{ path: "edition", reason: `"enterprise-v2" is not available on ${cloud.name}` }]),
    ...(settings.dns.kind !== "none" && !dnsCloud
      ? [{ path: "dns.kind", reason: "the cloud that holds the zone is missing" }]
      : []),
    ...(settings.alarms.emails.length > 0 && !cloud.Alarms
      ? [{ path: "alarms.emails", reason: `nobody can be told on ${cloud.name}` }]
      : []),
    ...(settings.elasticsearch && secrets.elasticsearchPassword === undefined
      ? [{ path: "elasticsearchPassword", reason: "required with Elasticsearch" }]
      : []),
  ]);
  if (!roles) throw new Error("refused above");
  return roles;
}

export function flowContextOf(settings: EnterpriseV2Settings): EnterpriseV2FlowContext {
  return {
    edition: settings.edition,
    mediaServer: settings.mediaServer,
    turnOn: settings.coturnInMediaNodes ? "media" : "master",
    features: new Set(settings.webrtcOverTcp ? (["webrtcOverTcp"] as const) : []),
  };
}

/** Names that masters have to know before the things exist. */
function physicalNames(name: string): Record<NodeRole | "queue", string> {
  const stack = `${pulumi.getProject()}-${pulumi.getStack()}`;
  return {
    master: `${stack}-${name}-masters`,
    media: `${stack}-${name}-media`,
    queue: queueNameOf(pulumi.getProject(), pulumi.getStack()),
  };
}

/** The queue's name; SQS takes 80 letters, digits, hyphens and underscores before the ending that FIFO queues need. */
function queueNameOf(project: string, stack: string): string {
  return `${project}-${stack}-events.fifo`;
}

/**
 * What stands in for the id of the vendor's CloudFormation stack: the same form, and another one for every stack. The
 * masters have no right to ask CloudFormation for it.
 */
function deploymentId(queueArn: string, project: string, stack: string): string {
  const [arn, partition, , region, account] = queueArn.split(":");
  const hash = createHash("sha256").update(`${project}/${stack}`).digest("hex");
  const uuid = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return [arn, partition, "cloudformation", region, account, `stack/${project}-${stack}/${uuid.join("-")}`].join(":");
}

function manualRecords(
  { domain, dns }: EnterpriseV2Settings,
  certificate: Certificate | undefined,
  hostName: pulumi.Output<string>,
): pulumi.Output<DnsRecord[]> {
  const ofCertificate = certificate?.manualRecords ?? pulumi.output<DnsRecord[]>([]);
  if (dns.kind !== "none") return ofCertificate;
  return pulumi
    .all([ofCertificate, hostName])
    .apply(([records, value]): DnsRecord[] => [...records, { name: domain, type: "CNAME", value }]);
}
