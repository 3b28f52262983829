/**
 * Who may talk to whom: the single source of truth for every firewall rule, listener, health check and port table.
 * Sources: reference/aws-reference.md 4.1 and 5, reference/azure-reference.md 4 and 13 (nsgIntended),
 * reference/onprem-v2-reference.md A.4, A.5 and B.2.
 */
import { clusterEditions, type Edition, type NodeRole } from "./editions";
import type { MediaServer } from "./enterprise-v2";
import type { FeatureName, ModuleName, RtcEngine } from "./modules";
import { type PortRange, ports } from "./ports";
import { isAtLeast, type OpenViduVersion } from "./versions";

/** The Redis service of Enterprise v2, which answers and never calls. */
export const sessionStore = "sessionStore";

/**
 * Ends of a flow that belong to the deployment, from the outside in. `turnLoadBalancer` is a second load balancer, for a
 * TURN domain whose TLS the cloud ends; where Caddy ends it both domains share the first.
 */
export const tiers = ["loadBalancer", "turnLoadBalancer", "master", "media", sessionStore] as const;
export type Tier = (typeof tiers)[number];

export function isTier(end: string): end is Tier {
  return (tiers as readonly string[]).includes(end);
}

/** Ends of a flow. `operator` is the customer's own address ranges, empty unless configured. */
export const endpoints = ["internet", "operator", ...tiers] as const;
export type Endpoint = (typeof endpoints)[number];

/** Who ends TLS for the main domain: the cloud's load balancer, or Caddy on the masters (passthrough). */
export type TlsMode = "loadBalancer" | "node";

/**
 * What stands at the public entry. `balanced`: a load balancer that the program makes, or one that passes TLS through as
 * such a one would. `external`: a load balancer of the customer's own that ends TLS. `dns`: nothing; the name leads to the
 * masters themselves.
 */
export const entryModes = ["balanced", "external", "dns"] as const;
export type EntryMode = (typeof entryModes)[number];

/** The facts of a deployment that decide which flows exist. */
export interface FlowContext {
  readonly edition: Edition;
  readonly version: OpenViduVersion;
  readonly modules: ReadonlySet<ModuleName>;
  readonly features: ReadonlySet<FeatureName>;
  readonly rtcEngine: RtcEngine;
  readonly tls: TlsMode;
  /** Whether MinIO runs on the masters; it does not where all of OpenVidu's data lies in external buckets. */
  readonly minio: boolean;
  /** @default balanced */
  readonly entry?: EntryMode;
  /** Whether TURN over TLS has a domain of its own. @default false */
  readonly turnDomain?: boolean;
}

/** The same of Enterprise v2, whose services are others. */
export interface EnterpriseV2FlowContext {
  readonly edition: "enterprise-v2";
  readonly mediaServer: MediaServer;
  /** Which nodes run coturn, and so relay media. */
  readonly turnOn: NodeRole;
  readonly features: ReadonlySet<FeatureName>;
}

/** When a row applies; every given field has to match. */
export interface FlowCondition {
  /** Editions with the row, any of them. */
  readonly edition?: readonly Edition[];
  readonly module?: ModuleName;
  readonly feature?: FeatureName;
  readonly rtcEngine?: RtcEngine;
  readonly tls?: TlsMode;
  readonly minio?: true;
  /** Entries with the row, any of them. */
  readonly entry?: readonly EntryMode[];
  readonly turnDomain?: true;
  readonly mediaServer?: MediaServer;
  readonly turnOn?: NodeRole;
  /** First release with the row. */
  readonly since?: OpenViduVersion;
  /** First release without the row. */
  readonly before?: OpenViduVersion;
}

export interface Flow {
  /** Stable id; part of the names of rules, so it never changes. */
  readonly id: string;
  readonly from: Exclude<Endpoint, typeof sessionStore>;
  readonly to: Endpoint;
  readonly protocol: "tcp" | "udp" | "all";
  readonly ports: PortRange;
  readonly purpose: string;
  /** Health checks come from the load balancer itself, also where it is transparent to clients' addresses. */
  readonly kind: "traffic" | "healthCheck";
  readonly when: FlowCondition;
}

type Row = Omit<Flow, "kind" | "when" | "protocol"> & Partial<Pick<Flow, "kind" | "when" | "protocol">>;

const all: FlowCondition = { edition: clusterEditions };
/** Rows between load balancer and masters, and among masters, of which Elastic has one and no load balancer. */
const ha: FlowCondition = { edition: ["ha"] };
const elastic: FlowCondition = { edition: ["elastic"] };
const observability: FlowCondition = { ...all, module: "observability" };
const meet: FlowCondition = { ...all, module: "openviduMeet" };
const meetOnOldPort: FlowCondition = { ...meet, before: "3.6.0" };
const customApp: FlowCondition = { ...all, feature: "customApp", since: "3.6.1" };
const rtmp: FlowCondition = { ...all, feature: "rtmp" };
/** TURN's own domain behind a cloud's load balancer that ends TLS (reference/aws-reference.md 5.4 a). */
const balancedTurn: FlowCondition = {
  ...ha,
  entry: ["balanced"],
  tls: "loadBalancer",
  turnDomain: true,
  before: "3.6.0",
};
/** Entries with a load balancer, whoever runs it. */
const anyBalancer: FlowCondition = { entry: ["balanced", "external"] };
const balancer: FlowCondition = { entry: ["balanced"] };
const external: FlowCondition = { entry: ["external"] };
const direct: FlowCondition = { entry: ["dns"] };
const v2: FlowCondition = { edition: ["enterprise-v2"] };
const v2OverTcp: FlowCondition = { ...v2, feature: "webrtcOverTcp" };

/* prettier-ignore */
const rows: readonly Row[] = [
  // The public entry.
  { id: "entry-http", from: "internet", to: "loadBalancer", ports: ports.http, when: { ...ha, ...anyBalancer }, purpose: "redirect to HTTPS, ACME HTTP challenge" },
  { id: "entry-https", from: "internet", to: "loadBalancer", ports: ports.https, when: { ...ha, ...anyBalancer }, purpose: "HTTPS, WSS and TURN over TLS" },
  { id: "entry-rtmps", from: "internet", to: "loadBalancer", ports: ports.rtmps, when: { ...rtmp, ...anyBalancer }, purpose: "RTMPS ingest" },
  { id: "direct-http", from: "internet", to: "master", ports: ports.http, when: { ...all, ...direct }, purpose: "redirect to HTTPS, ACME HTTP challenge" },
  { id: "direct-https", from: "internet", to: "master", ports: ports.https, when: { ...all, ...direct }, purpose: "HTTPS, WSS and TURN over TLS" },
  { id: "direct-rtmps", from: "internet", to: "master", ports: ports.rtmps, when: { ...rtmp, ...direct }, purpose: "RTMPS ingest" },

  // Load balancer to nodes.
  { id: "balanced-http", from: "loadBalancer", to: "master", ports: ports.http, when: { ...ha, ...balancer }, purpose: "HTTP from the load balancer" },
  { id: "balanced-https", from: "loadBalancer", to: "master", ports: ports.https, when: { ...ha, ...balancer, tls: "node" }, purpose: "HTTPS passed through to Caddy" },
  { id: "balanced-web", from: "loadBalancer", to: "master", ports: ports.https, when: { ...ha, ...balancer, tls: "loadBalancer", since: "3.6.0" }, purpose: "decrypted HTTPS and TURN from the load balancer to Caddy" },
  { id: "balanced-api", from: "loadBalancer", to: "master", ports: ports.livekitApi, when: { ...ha, ...balancer, tls: "loadBalancer", before: "3.6.0" }, purpose: "decrypted HTTPS from the load balancer to Caddy" },
  { id: "balanced-rtmp-master", from: "loadBalancer", to: "master", ports: ports.rtmpBalanced, when: { ...rtmp, ...balancer, tls: "node" }, purpose: "RTMPS passed through to Caddy" },
  { id: "balanced-rtmp-media", from: "loadBalancer", to: "media", ports: ports.rtmpBalanced, when: { ...rtmp, ...balancer, tls: "loadBalancer" }, purpose: "decrypted RTMP from the load balancer to the ingress service" },
  { id: "external-api", from: "loadBalancer", to: "master", ports: ports.livekitApi, when: { ...ha, ...external }, purpose: "decrypted HTTPS from the load balancer to Caddy" },
  { id: "external-rtmp", from: "loadBalancer", to: "master", ports: ports.rtmpBalanced, when: { ...rtmp, ...external }, purpose: "decrypted RTMP from the load balancer to Caddy" },
  { id: "external-turn", from: "loadBalancer", to: "master", ports: ports.turnTls, when: { ...ha, ...external, turnDomain: true }, purpose: "decrypted TURN from the load balancer to Caddy" },
  { id: "health-master", from: "loadBalancer", to: "master", ports: ports.livekitApi, kind: "healthCheck", when: { ...ha, ...anyBalancer }, purpose: "health check of Caddy" },
  { id: "health-ingress", from: "loadBalancer", to: "media", ports: ports.ingressHealth, kind: "healthCheck", when: { ...rtmp, ...balancer, tls: "loadBalancer" }, purpose: "health check of the ingress service" },

  // Clients to media nodes.
  { id: "turn-udp", from: "internet", to: "media", protocol: "udp", ports: ports.turnUdp, when: all, purpose: "STUN and TURN over UDP" },
  { id: "webrtc-udp", from: "internet", to: "media", protocol: "udp", ports: ports.webrtc, when: all, purpose: "WebRTC media" },
  { id: "webrtc-tcp-pion", from: "internet", to: "media", ports: ports.webrtcTcp, when: { ...all, feature: "webrtcOverTcp", rtcEngine: "pion" }, purpose: "WebRTC over TCP (Pion)" },
  { id: "webrtc-tcp-mediasoup", from: "internet", to: "media", ports: ports.webrtc, when: { ...all, feature: "webrtcOverTcp", rtcEngine: "mediasoup" }, purpose: "WebRTC over TCP (mediasoup)" },
  { id: "whip-media", from: "internet", to: "media", protocol: "udp", ports: ports.whipUdp, when: { ...all, feature: "whip" }, purpose: "WHIP media ingest" },

  // Masters to media nodes.
  { id: "api-media", from: "master", to: "media", ports: ports.livekitApi, when: all, purpose: "LiveKit API of the media node" },
  { id: "turn-tls-media", from: "master", to: "media", ports: ports.turnTls, when: { ...all, since: "3.6.0" }, purpose: "TURN after Caddy has ended TLS" },
  { id: "turn-tls-media-old", from: "master", to: "media", ports: ports.turnTls, when: { ...all, turnDomain: true, tls: "node", before: "3.6.0" }, purpose: "TURN after Caddy has ended TLS of its own domain" },
  { id: "whip-http", from: "master", to: "media", ports: ports.whipHttp, when: { ...all, feature: "whip" }, purpose: "WHIP signalling" },
  { id: "rtmp-media", from: "master", to: "media", ports: ports.rtmpIngress, when: { ...rtmp, tls: "node" }, purpose: "RTMP after Caddy has ended TLS" },
  { id: "rtmp-media-external", from: "master", to: "media", ports: ports.rtmpIngress, when: { ...rtmp, ...external }, purpose: "RTMP after the load balancer has ended TLS" },

  // Media nodes to masters.
  { id: "api-master", from: "media", to: "master", ports: ports.livekitApi, when: all, purpose: "balanced LiveKit API for ingress, egress and agents" },
  { id: "redis-media", from: "media", to: "master", ports: ports.redis, when: ha, purpose: "Redis and Sentinel" },
  { id: "mongo-media", from: "media", to: "master", ports: ports.mongo, when: all, purpose: "MongoDB" },
  { id: "minio-media", from: "media", to: "master", ports: ports.minioApi, when: { ...all, minio: true }, purpose: "MinIO S3 API" },
  { id: "loki-media", from: "media", to: "master", ports: ports.loki, when: observability, purpose: "log push to Loki" },
  { id: "mimir-media", from: "media", to: "master", ports: ports.mimir, when: observability, purpose: "metrics push to Mimir" },
  { id: "v2compatibility-media", from: "media", to: "master", ports: ports.v2compatibility, when: { ...all, module: "v2compatibility" }, purpose: "webhooks to the v2 compatibility service" },
  { id: "meet-media", from: "media", to: "master", ports: ports.meet, when: { ...meet, since: "3.6.0" }, purpose: "webhooks to OpenVidu Meet" },
  { id: "meet-old-media", from: "media", to: "master", ports: ports.customApp, when: meetOnOldPort, purpose: "webhooks to OpenVidu Meet" },
  { id: "custom-app-media", from: "media", to: "master", ports: ports.customApp, when: customApp, purpose: "webhooks to the custom application" },

  // Masters to masters.
  { id: "health-peer", from: "master", to: "master", ports: ports.livekitApi, when: ha, purpose: "whether the other masters are well, asked before one of them restarts" },
  { id: "redis-master", from: "master", to: "master", ports: ports.redis, when: ha, purpose: "Redis and Sentinel" },
  { id: "mongo-master", from: "master", to: "master", ports: ports.mongo, when: ha, purpose: "MongoDB replica set" },
  { id: "minio-master", from: "master", to: "master", ports: ports.minioApi, when: { ...ha, minio: true }, purpose: "MinIO S3 API" },
  { id: "minio-console-master", from: "master", to: "master", ports: ports.minioConsole, when: { ...ha, minio: true }, purpose: "balanced MinIO console" },
  { id: "dashboard-master", from: "master", to: "master", ports: ports.dashboard, when: ha, purpose: "balanced OpenVidu Dashboard" },
  { id: "grafana-master", from: "master", to: "master", ports: ports.grafana, when: { ...observability, ...ha }, purpose: "balanced Grafana" },
  { id: "gossip-master", from: "master", to: "master", ports: ports.observabilityGossip, when: { ...observability, ...ha }, purpose: "gossip of Mimir and Loki" },
  { id: "grpc-master", from: "master", to: "master", ports: ports.observabilityGrpc, when: { ...observability, ...ha }, purpose: "gRPC of Mimir and Loki" },
  { id: "v2compatibility-master", from: "master", to: "master", ports: ports.v2compatibility, when: { ...ha, module: "v2compatibility" }, purpose: "balanced v2 compatibility service" },
  { id: "meet-master", from: "master", to: "master", ports: ports.meet, when: { ...meet, ...ha, since: "3.6.0" }, purpose: "balanced OpenVidu Meet" },
  { id: "meet-old-master", from: "master", to: "master", ports: ports.customApp, when: { ...meetOnOldPort, ...ha }, purpose: "balanced OpenVidu Meet" },
  { id: "custom-app-master", from: "master", to: "master", ports: ports.customApp, when: { ...customApp, ...ha }, purpose: "balanced custom application" },

  // Operators; without configured ranges these rows yield no rule.
  { id: "ssh-master", from: "operator", to: "master", ports: ports.ssh, when: all, purpose: "SSH of operators" },
  { id: "ssh-media", from: "operator", to: "media", ports: ports.ssh, when: all, purpose: "SSH of operators" },

  // Out of the cluster: images, licence server, STUN, webhooks, streaming targets, and media to clients at any port.
  { id: "outbound-master", from: "master", to: "internet", protocol: "all", ports: ports.all, when: all, purpose: "images, licence server, storage, webhooks" },
  { id: "outbound-media", from: "media", to: "internet", protocol: "all", ports: ports.all, when: all, purpose: "media to clients, images, storage, streaming targets" },

  // Rows that came later stand from here on, whatever they are about: Azure's priorities are the places of earlier rows.
  // The Redis of an only master, which has no Sentinel.
  { id: "redis-media-single", from: "media", to: "master", ports: ports.redisSingle, when: elastic, purpose: "Redis" },

  // A domain of TURN's own, up to 3.5.
  { id: "turn-tls-media-external", from: "master", to: "media", ports: ports.turnTls, when: { ...ha, ...external, turnDomain: true, before: "3.6.0" }, purpose: "TURN after the load balancer has ended TLS of its own domain" },
  { id: "entry-turns", from: "internet", to: "turnLoadBalancer", ports: ports.https, when: balancedTurn, purpose: "TURN over TLS under its own domain" },
  { id: "balanced-turn", from: "turnLoadBalancer", to: "media", ports: ports.turnTls, when: balancedTurn, purpose: "decrypted TURN from its own load balancer" },
  { id: "health-turn", from: "turnLoadBalancer", to: "media", ports: ports.livekitApi, kind: "healthCheck", when: balancedTurn, purpose: "health check of LiveKit" },

  // Enterprise v2.
  { id: "v2-entry-http", from: "internet", to: "loadBalancer", ports: ports.http, when: v2, purpose: "redirect to HTTPS" },
  { id: "v2-entry-https", from: "internet", to: "loadBalancer", ports: ports.https, when: v2, purpose: "HTTPS and WSS" },
  { id: "v2-balanced", from: "loadBalancer", to: "master", ports: ports.replicationManager, when: v2, purpose: "decrypted HTTPS to the replication manager" },
  { id: "v2-health", from: "loadBalancer", to: "master", ports: ports.replicationManager, kind: "healthCheck", when: v2, purpose: "health check of the replication manager" },
  { id: "v2-turn-master-tcp", from: "internet", to: "master", ports: ports.coturn, when: { ...v2, turnOn: "master" }, purpose: "STUN and TURN over TCP" },
  { id: "v2-turn-master-udp", from: "internet", to: "master", protocol: "udp", ports: ports.coturn, when: { ...v2, turnOn: "master" }, purpose: "STUN and TURN over UDP" },
  { id: "v2-relay-udp", from: "internet", to: "master", protocol: "udp", ports: ports.webrtcV2, when: { ...v2, turnOn: "master" }, purpose: "media that TURN relays" },
  { id: "v2-relay-tcp", from: "internet", to: "master", ports: ports.webrtcV2, when: { ...v2OverTcp, turnOn: "master" }, purpose: "media that TURN relays over TCP" },
  { id: "v2-turn-media-tcp", from: "internet", to: "media", ports: ports.coturnOnMedia, when: { ...v2, turnOn: "media" }, purpose: "STUN and TURN over TCP" },
  { id: "v2-turn-media-udp", from: "internet", to: "media", protocol: "udp", ports: ports.coturnOnMedia, when: { ...v2, turnOn: "media" }, purpose: "STUN and TURN over UDP" },
  { id: "v2-webrtc-udp", from: "internet", to: "media", protocol: "udp", ports: ports.webrtcV2, when: v2, purpose: "WebRTC media" },
  { id: "v2-webrtc-tcp", from: "internet", to: "media", ports: ports.webrtcV2, when: v2OverTcp, purpose: "WebRTC over TCP" },
  { id: "v2-controller", from: "master", to: "media", ports: ports.mediaNodeController, when: v2, purpose: "media node controller" },
  { id: "v2-mediasoup", from: "master", to: "media", ports: ports.mediasoupController, when: { ...v2, mediaServer: "mediasoup" }, purpose: "mediasoup controller" },
  { id: "v2-kurento", from: "master", to: "media", ports: ports.kurento, when: { ...v2, mediaServer: "kurento" }, purpose: "Kurento's WebSocket" },
  { id: "v2-replication", from: "master", to: "master", ports: ports.replicationManager, when: v2, purpose: "replication manager of another master" },
  { id: "v2-server", from: "master", to: "master", ports: ports.openviduServer, when: v2, purpose: "openvidu-server of another master" },
  { id: "v2-redis", from: "master", to: sessionStore, ports: ports.redisService, when: v2, purpose: "shared state of the masters" },
  { id: "v2-ssh-master", from: "operator", to: "master", ports: ports.ssh, when: v2, purpose: "SSH of operators" },
  { id: "v2-ssh-media", from: "operator", to: "media", ports: ports.ssh, when: v2, purpose: "SSH of operators" },
  { id: "v2-outbound-master", from: "master", to: "internet", protocol: "all", ports: ports.all, when: v2, purpose: "licence server, AWS, Elasticsearch, webhooks, relayed media" },
  { id: "v2-outbound-media", from: "media", to: "internet", protocol: "all", ports: ports.all, when: v2, purpose: "media to clients, Elasticsearch" },
];

/** Every row of the table, applying or not; for documentation. */
export const allFlows: readonly Flow[] = rows.map((row) => ({ protocol: "tcp", kind: "traffic", when: {}, ...row }));

/** The flows of one deployment, in table order. */
export function flowsFor(context: FlowContext | EnterpriseV2FlowContext): Flow[] {
  return allFlows.filter((flow) => applies(flow.when, context));
}

/** What either kind of context may say. */
type Facts = Pick<FlowContext, "edition" | "features"> &
  Partial<FlowContext> &
  Partial<Omit<EnterpriseV2FlowContext, "edition">>;

function applies(when: FlowCondition, context: Facts): boolean {
  const { version } = context;
  return (
    (when.edition === undefined || when.edition.includes(context.edition)) &&
    (when.module === undefined || context.modules?.has(when.module) === true) &&
    (when.feature === undefined || context.features.has(when.feature)) &&
    (when.rtcEngine === undefined || when.rtcEngine === context.rtcEngine) &&
    (when.tls === undefined || when.tls === context.tls) &&
    (when.minio === undefined || when.minio === context.minio) &&
    (when.entry?.includes(context.entry ?? "balanced") ?? true) &&
    (when.turnDomain === undefined || context.turnDomain === true) &&
    (when.mediaServer === undefined || when.mediaServer === context.mediaServer) &&
    (when.turnOn === undefined || when.turnOn === context.turnOn) &&
    (when.since === undefined || (version !== undefined && isAtLeast(version, when.since))) &&
    (when.before === undefined || (version !== undefined && !isAtLeast(version, when.before)))
  );
}
