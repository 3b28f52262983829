/**
 * Compares what a firewall lets through with what the flow table says, point by point: who, to whom, protocol, port.
 * The table is read here as sentences about parties; how rules are made from it is none of this file's business.
 */
import type { CloudName } from "../../components/cloud";
import type { Flow } from "../../openvidu/flows";
import { contains, type Party, type Protocol } from "./packet-filter";

/** Somebody whose connections are tried. */
export interface Place {
  readonly name: string;
  readonly kind:
    "internet" | "operator" | "loadBalancer" | "turnLoadBalancer" | "master" | "media" | "neighbour" | "service";
  readonly party: Party;
}

/** Whether a firewall lets connections through from one place to another, port by port. */
export type Admits = (from: Place, to: Place, protocol: Protocol) => (port: number, sourcePort: number) => boolean;

export interface Expectation {
  readonly cloud: CloudName;
  readonly flows: readonly Flow[];
  readonly operatorCidrs: readonly string[];
  readonly egressCidrs: readonly string[];
}

/** Ports that have a meaning, their neighbours, and some that have none; written down apart from the product's table. */
/* prettier-ignore */
export const samplePorts: readonly number[] = [
  1, 21, 22, 23, 53, 79, 80, 81, 123, 135, 389, 442, 443, 444, 445, 1433, 1883, 1934, 1935, 1936, 1944, 1945, 1946,
  2375, 2379, 2380, 2999, 3000, 3001, 3099, 3100, 3101, 3306, 3389, 3478, 4442, 4443, 4444, 4999, 5000, 5001, 5348,
  5349, 5350, 5432, 6079, 6080, 6081, 6379, 6443, 6999, 7000, 7001, 7002, 7879, 7880, 7881, 7882, 7884, 7885, 7886,
  7945, 7946, 7947, 7948, 8079, 8080, 8081, 8443, 9000, 9008, 9009, 9010, 9079, 9080, 9081, 9091, 9092, 9093, 9094,
  9095, 9096, 9097, 9099, 9100, 9101, 9102, 9200, 10250, 19999, 20000, 20001, 26379, 27017, 32768, 49999, 50000, 50001,
  55000, 59999, 60000, 60001, 65535,
];

const sourcePorts = [443, 1024, 40000, 65535];
const protocols: readonly Protocol[] = ["tcp", "udp"];

/** Which ports the flow table lets through from one place to another. */
export function expected(
  { cloud, flows, operatorCidrs, egressCidrs }: Expectation,
  from: Place,
  to: Place,
  protocol: Protocol,
): (port: number) => boolean {
  const carried = flows.filter((flow) => flow.protocol === "all" || flow.protocol === protocol);
  const between = (source: string, kind?: Flow["kind"]): Flow[] =>
    carried.filter((flow) => flow.from === source && flow.to === to.kind && (kind === undefined || flow.kind === kind));
  const leaving = egressCidrs.some((cidr) => contains(cidr, to.party.address))
    ? carried.filter((flow) => flow.from === from.kind && flow.to === "internet")
    : [];
  const isOperator = operatorCidrs.some((cidr) => contains(cidr, from.party.address));
  const covers = (some: readonly Flow[], port: number): boolean =>
    some.some(({ ports }) => port >= ports.first && port <= ports.last);

  if (to.kind === "internet") return (port) => covers(leaving, port);
  // A node whose way out is narrowed still reaches what it boots from, a master also what it sees the media group by.
  if (to.kind === "service") {
    const isOpen = protocol === "tcp" && (from.kind === "master" || to.name !== "AzureResourceManager");
    return (port) => covers(leaving, port) || (isOpen && port === 443);
  }
  const own = [...ordinary(), ...(isOperator ? between("operator") : [])];
  // On AWS "everybody" is a range of addresses, which a node's own address lies in too.
  const everybodys = cloud === "aws" && (from.kind === "master" || from.kind === "media") ? between("internet") : [];
  return (port) => covers(own, port) || (covers(everybodys, port) && covers(leaving, port));

  function ordinary(): Flow[] {
    switch (from.kind) {
      case "internet":
      case "operator":
        // Azure's load balancer keeps clients' addresses: what it balances arrives from the Internet.
        return [...between("internet"), ...(cloud === "azure" ? between("loadBalancer", "traffic") : [])];
      case "loadBalancer":
        return between("loadBalancer", cloud === "azure" ? "healthCheck" : undefined);
      case "master":
      case "media":
      case "turnLoadBalancer":
        return between(from.kind);
      case "neighbour":
        return cloud === "aws" ? between("internet") : [];
      case "service":
        throw new Error("services make no connections");
      default: {
        const exhaustive: never = from.kind;
        throw new Error(`unknown place ${String(exhaustive)}`);
      }
    }
  }
}

export interface Difference {
  readonly connection: string;
  readonly table: boolean;
  readonly firewall: boolean;
}

/** Every sampled connection about which firewall and table disagree; the number of connections tried is added to `count`. */
export function differences(
  admits: Admits,
  expectation: Expectation,
  sources: readonly Place[],
  targets: readonly Place[],
  tried: { count: number } = { count: 0 },
  ports: readonly number[] = samplePorts,
): Difference[] {
  const found: Difference[] = [];
  for (const from of sources) {
    for (const to of targets) {
      if (from === to || !isTried(from, to)) continue;
      for (const protocol of protocols) {
        const inTable = expected(expectation, from, to, protocol);
        const inFirewall = admits(from, to, protocol);
        for (const [index, port] of ports.entries()) {
          const table = inTable(port);
          const firewall = inFirewall(port, sourcePorts[index % sourcePorts.length]!);
          tried.count++;
          if (table !== firewall) {
            found.push({ connection: `${from.name} -> ${to.name} ${protocol} ${port}`, table, firewall });
          }
        }
      }
    }
  }
  return found;
}

/** Who is outside of both ends' filters has nothing to say: only connections that touch a tier are tried. */
function isTried(from: Place, to: Place): boolean {
  const tiers = ["loadBalancer", "turnLoadBalancer", "master", "media"];
  if (to.kind === "internet" || to.kind === "service") return from.kind === "master" || from.kind === "media";
  return tiers.includes(to.kind);
}

/** Groups by tier; only some clusters have a load balancer for TURN. */
export interface TierGroups {
  readonly loadBalancer: readonly string[];
  readonly master: readonly string[];
  readonly media: readonly string[];
  readonly turnLoadBalancer?: readonly string[];
}

/** The places of a cluster whose members are in these groups (by role), with two members of each tier. */
export function placesOf(
  cloud: CloudName,
  groups: TierGroups,
  operatorCidrs: readonly string[],
): { sources: Place[]; targets: Place[] } {
  const node = (kind: "master" | "media", address: string): Place => ({
    name: `${kind} ${address}`,
    kind,
    party: { address, groups: groups[kind], inNetwork: true },
  });
  const outside = (address: string): Place => ({
    name: `internet ${address}`,
    kind: "internet",
    party: { address, groups: [], inNetwork: false },
  });
  const loadBalancer: Place = {
    name: "loadBalancer",
    kind: "loadBalancer",
    party:
      cloud === "aws"
        ? { address: "10.0.0.200", groups: groups.loadBalancer, inNetwork: true }
        : { address: "168.63.129.16", groups: [], inNetwork: false, isPlatformProbe: true },
  };
  const turnLoadBalancer = (own: readonly string[]): Place => ({
    name: "turnLoadBalancer",
    kind: "turnLoadBalancer",
    party: { address: "10.0.0.201", groups: own, inNetwork: true },
  });
  const turn = cloud === "aws" && groups.turnLoadBalancer ? [turnLoadBalancer(groups.turnLoadBalancer)] : [];
  const neighbour: Place = {
    name: "neighbour",
    kind: "neighbour",
    party: { address: "10.0.9.9", groups: ["somebody-else"], inNetwork: true },
  };
  const service = (tag: string): Place => ({
    name: tag,
    kind: "service",
    party: { address: "20.60.1.1", groups: [], inNetwork: false, service: tag },
  });
  const operators = operatorCidrs.map((cidr): Place => {
    const address = cidr.split("/")[0]!;
    return { name: `operator ${address}`, kind: "operator", party: { address, groups: [], inNetwork: false } };
  });
  const nodes = [
    node("master", "10.0.1.4"),
    node("master", "10.0.2.4"),
    node("media", "10.0.3.4"),
    node("media", "10.0.4.4"),
  ];
  const strangers = [outside("1.1.1.1"), outside("151.101.1.69")];
  return {
    sources: [...strangers, ...operators, loadBalancer, ...turn, neighbour, ...nodes],
    targets: [
      ...nodes,
      ...strangers,
      ...(cloud === "azure"
        ? ["AzureKeyVault", "Storage", "AzureResourceManager"].map(service)
        : [loadBalancer, ...turn]),
    ],
  };
}
