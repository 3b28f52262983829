/**
 * The ports that OpenVidu's services listen on: the one place in the project where a port number is written.
 * Source: reference/onprem-v2-reference.md A.4 and C.1, reference/aws-reference.md 4.
 */

/** An inclusive range of ports; a single port has `first` equal to `last`. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const one = (port: number): PortRange => ({ first: port, last: port });
const range = (first: number, last: number): PortRange => ({ first, last });

export const ports = {
  ssh: one(22),
  http: one(80),
  https: one(443),
  /** STUN and TURN over UDP on media nodes. */
  turnUdp: one(443),
  /** TURN behind TLS that somebody else (Caddy or a load balancer) has ended. */
  turnTls: one(5349),
  /** RTMPS as clients know it. */
  rtmps: one(1935),
  /** The ingress service's RTMP listener on a media node, for traffic that comes from a master's Caddy. */
  rtmpIngress: one(1935),
  /** RTMP behind a load balancer: Caddy on a master, or the media node's own listener on AWS. */
  rtmpBalanced: one(1945),
  ingressHealth: one(9092),
  /** Caddy's cluster port on masters, LiveKit's own API on media nodes; also the health check. */
  livekitApi: one(7880),
  /**
   * LiveKit's numbers for Prometheus, asked on the node itself alone. LiveKit's usual port
   * (https://docs.livekit.io/transport/self-hosting/deployment/); that OpenVidu keeps it has not been seen.
   */
  livekitMetrics: one(6789),
  webrtcTcp: one(7881),
  whipUdp: one(7885),
  whipHttp: one(8080),
  webrtc: range(50000, 60000),
  redis: range(7000, 7001),
  /** Redis of a single master, which has no Sentinel. */
  redisSingle: one(7000),
  minioApi: one(9100),
  minioConsole: one(9101),
  mongo: one(20000),
  dashboard: one(5000),
  grafana: one(3000),
  loki: one(3100),
  mimir: one(9009),
  /** Mimir 7946 and Loki 7947. */
  observabilityGossip: range(7946, 7947),
  /** Mimir 9095 and Loki 9096. */
  observabilityGrpc: range(9095, 9096),
  v2compatibility: one(4443),
  meet: one(9080),
  /** Meet up to 3.5, a customer's own application later. */
  customApp: one(6080),
  /** Enterprise v2, STUN and TURN on masters. Source of these and the next: reference/onprem-v2-reference.md B.2. */
  coturn: one(3478),
  /** Enterprise v2: STUN and TURN where media nodes relay. */
  coturnOnMedia: one(443),
  /** Enterprise v2: WebRTC on media nodes, and what coturn relays. */
  webrtcV2: range(40000, 65535),
  /** Enterprise v2: the balanced port of masters, which passes requests on to the right one. */
  replicationManager: one(4443),
  /** Enterprise v2: openvidu-server itself. */
  openviduServer: one(5443),
  mediaNodeController: one(3000),
  mediasoupController: one(4000),
  kurento: one(8888),
  redisService: one(6379),
  all: range(0, 65535),
} as const satisfies Record<string, PortRange>;

/** "443" or "50000-60000": how a range is written in tables, rules and messages. */
export function formatPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
