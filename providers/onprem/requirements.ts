/**
 * What a machine has to have before it can be a node.
 * Sources: reference/onprem-v2-reference.md A.2 (CPU, memory, disk, way out) and A.4 (ports).
 */
import type { NodeRole } from "../../openvidu/editions";
import type { Host } from "../../components/on-premises";
import { formatPorts, type PortRange, ports } from "../../openvidu/ports";

/** Ports that services of a node listen on, in any version and with any module. */
const listening: Readonly<Record<NodeRole, Readonly<Record<"tcp" | "udp", readonly PortRange[]>>>> = {
  master: {
    tcp: [
      ports.http,
      ports.https,
      ports.rtmps,
      ports.rtmpBalanced,
      ports.turnTls,
      ports.livekitApi,
      ports.redis,
      ports.minioApi,
      ports.minioConsole,
      ports.mongo,
      ports.dashboard,
      ports.grafana,
      ports.loki,
      ports.mimir,
      ports.observabilityGossip,
      ports.observabilityGrpc,
      ports.v2compatibility,
      ports.meet,
    ],
    udp: [],
  },
  media: {
    tcp: [ports.livekitApi, ports.webrtcTcp, ports.whipHttp, ports.rtmpIngress, ports.turnTls, ports.ingressHealth],
    udp: [ports.turnUdp, ports.whipUdp],
  },
};

/** A little less than the 4 GiB that are asked for, since the kernel keeps some for itself. */
const leastMemoryMib = 3600;
const leastCpus = 4;
/** Masters keep recordings in MinIO; 100 GB are recommended, of which a file system shows a little less. */
const leastDiskGib: Readonly<Record<NodeRole, number>> = { master: 90, media: 20 };

/** Where images, packages, scripts and the licence come from. */
const wayOut: readonly string[] = [
  "accounts.openvidu.io",
  "raw.githubusercontent.com",
  "github.com",
  "download.docker.com",
  "registry-1.docker.io",
].map((name) => `${name}:${ports.https.first}`);

/** What the check of one machine is told. */
export function checkSettings({ name, role, privateAddress }: Host, cluster: string): Record<string, string> {
  const list = (protocol: "tcp" | "udp"): string => listening[role][protocol].map(formatPorts).join(" ");
  return {
    HOST: name,
    ROLE: role,
    CLUSTER: cluster,
    PRIVATE_ADDRESS: privateAddress,
    TCP_PORTS: list("tcp"),
    UDP_PORTS: list("udp"),
    REACH: wayOut.join(" "),
    MIN_CPUS: String(leastCpus),
    MIN_MEMORY_MIB: String(leastMemoryMib),
    MIN_DISK_GIB: String(leastDiskGib[role]),
  };
}
