/**
 * The flow table as rules of each machine: who may open connections to it. Pure.
 */
import type { Host, OnPremises } from "../../components/on-premises";
import type { Flow } from "../../openvidu/flows";
import { formatPorts, type PortRange, ports } from "../../openvidu/ports";

/** A permission to connect. */
export interface HostRule {
  /** Id of the flow that it comes from. */
  readonly flow: string;
  /** Ranges; none stands for anybody. */
  readonly from: readonly string[];
  readonly protocol: "tcp" | "udp";
  readonly ports: PortRange;
  readonly purpose: string;
}

export interface Outsiders {
  readonly operatorCidrs: readonly string[];
}

/** What one machine lets in, in table order. What it opens itself is not narrowed. */
export function rulesOf(host: Host, flows: readonly Flow[], onPremises: OnPremises, outsiders: Outsiders): HostRule[] {
  return flows
    .filter(({ to }) => to === host.role)
    .flatMap((flow) => {
      const from = sourcesOf(flow, host, onPremises, outsiders);
      if (!from || flow.protocol === "all") return [];
      return [{ flow: flow.id, from, protocol: flow.protocol, ports: portsOf(flow, host), purpose: flow.purpose }];
    });
}

/** The ranges of a flow's source; nothing where there is nobody to let in. */
function sourcesOf(
  { from }: Flow,
  host: Host,
  { hosts, balancerCidrs }: OnPremises,
  { operatorCidrs }: Outsiders,
): readonly string[] | undefined {
  const some = (cidrs: readonly string[]): readonly string[] | undefined => (cidrs.length > 0 ? cidrs : undefined);
  switch (from) {
    case "internet":
      return [];
    case "operator":
      return some(operatorCidrs);
    case "loadBalancer":
      return some(balancerCidrs);
    case "master":
    case "media":
      // A machine's talk with itself goes by its loopback.
      return some(
        hosts.filter((each) => each.role === from && each !== host).map((each) => `${each.privateAddress}/32`),
      );
    case "turnLoadBalancer":
      // The customer's load balancer tells both domains apart itself.
      return undefined;
    default: {
      const exhaustive: never = from;
      throw new Error(`unknown end of a flow ${String(exhaustive)}`);
    }
  }
}

/** SSH listens where the customer lets it. */
function portsOf(flow: Flow, host: Host): PortRange {
  return flow.from === "operator" && flow.ports.first === ports.ssh.first
    ? { first: host.port, last: host.port }
    : flow.ports;
}

/** A table for a person. */
export function asText(host: Host, rules: readonly HostRule[]): string {
  const rows = [
    ["Protocol", "Ports", "From", "Purpose"],
    ...rules.map((rule) => [
      rule.protocol,
      formatPorts(rule.ports),
      rule.from.length === 0 ? "anybody" : rule.from.map((cidr) => cidr.replace(/\/32$/, "")).join(" "),
      rule.purpose,
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `Let in on ${host.name} (${host.role}, ${host.privateAddress}), and nothing else:\n${lines.join("\n")}\n`;
}

/** One ufw command a rule and source, each with a comment by which it is found again. */
export function asUfw(rules: readonly HostRule[]): string {
  const lines = rules.flatMap((rule) => {
    const range = formatPorts(rule.ports).replace("-", ":");
    const sources = rule.from.length === 0 ? ["0.0.0.0/0"] : rule.from;
    return sources.map(
      (from) => `ufw allow proto ${rule.protocol} from ${from} to any port ${range} comment 'openvidu ${rule.flow}'`,
    );
  });
  return `${lines.join("\n")}\n`;
}

/**
 * A table of its own for nftables: loading it replaces what it was before, at once, and touches no other table. Answers to
 * what the machine asked, its loopback, what IP itself needs to work (errors, path MTU, neighbours, DHCP) and ping pass.
 * IPv6 has no rules, as everywhere in this project: nobody new gets in by it.
 */
export function asNftables(rules: readonly HostRule[]): string {
  const lines = rules.map((rule) => {
    const from = rule.from.length === 0 ? "ip saddr 0.0.0.0/0" : `ip saddr { ${rule.from.join(", ")} }`;
    return `    ${from} ${rule.protocol} dport ${formatPorts(rule.ports)} accept comment "${rule.flow}"`;
  });
  return `table inet openvidu
delete table inet openvidu
table inet openvidu {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iif lo accept
    ip protocol icmp icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept
    meta l4proto ipv6-icmp accept
    udp sport 67 udp dport 68 accept
${lines.join("\n")}
  }
}
`;
}
