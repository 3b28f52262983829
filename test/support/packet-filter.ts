/**
 * What the clouds' packet filters do with a new connection, written from the clouds' documentation and without a look
 * at how the product makes its rules.
 *
 * AWS security groups: only allow rules, stateful, the union of all groups of an interface. Both ends must allow.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 *
 * Azure network security groups: per direction, the rule with the lowest priority number that matches decides; the
 * platform's own rules come last (65000, 65001, 65500). A rule that names an application security group matches the
 * interfaces in that group. Both ends must allow.
 * https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
 */

export type Protocol = "tcp" | "udp";

/** One end of a connection, as the filters see it. */
export interface Party {
  /** IPv4 address. */
  readonly address: string;
  /** Security groups (AWS) or application security groups (Azure) of its interface. */
  readonly groups: readonly string[];
  /** Whether it is inside the virtual network. */
  readonly inNetwork: boolean;
  /** Whether it is the platform's prober (Azure, 168.63.129.16). */
  readonly isPlatformProbe?: boolean;
  /** Service tag of a service of the cloud outside the network, for example `Storage`. */
  readonly service?: string;
}

/** Who talks to whom; the ports are tried one by one. */
export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: Protocol;
}

/** A rule of a security group, in the terms of the EC2 API. */
export interface GroupRule {
  readonly direction: "ingress" | "egress";
  /** `tcp`, `udp`, `-1` for everything, or a number. */
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrIpv4?: string;
  readonly referencedSecurityGroupId?: string;
}

/** A rule of a network security group, in the terms of the Azure API. */
export interface NsgRule {
  readonly name?: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  /** `Tcp`, `Udp`, `*`, … */
  readonly protocol: string;
  readonly sourcePortRanges: readonly string[];
  readonly destinationPortRanges: readonly string[];
  readonly sourcePrefixes: readonly string[];
  readonly destinationPrefixes: readonly string[];
  readonly sourceGroups: readonly string[];
  readonly destinationGroups: readonly string[];
}

function toNumber(address: string): number {
  const octets = address.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) {
    throw new RangeError(`not an IPv4 address: ${address}`);
  }
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** Whether an address lies in a range in CIDR notation. */
export function contains(cidr: string, address: string): boolean {
  const [base = "", bits = "32"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(base) / size) === Math.floor(toNumber(address) / size);
}

const protocolNumbers: Readonly<Record<Protocol, string>> = { tcp: "6", udp: "17" };

/** Whether a security-group rule is about a connection, whatever its port. */
function groupRuleConcerns(rule: GroupRule, { from, to, protocol }: Connection): boolean {
  const remote = rule.direction === "ingress" ? from : to;
  if (!isEverything(rule) && rule.ipProtocol !== protocol && rule.ipProtocol !== protocolNumbers[protocol])
    return false;
  if (rule.cidrIpv4 !== undefined) return contains(rule.cidrIpv4, remote.address);
  return rule.referencedSecurityGroupId !== undefined && remote.groups.includes(rule.referencedSecurityGroupId);
}

const isEverything = ({ ipProtocol }: GroupRule): boolean => ipProtocol === "-1" || ipProtocol === "all";

/** Which ports the groups of one end let through for connections like this one. */
export function groupsAllow(
  direction: GroupRule["direction"],
  rules: readonly GroupRule[],
  connection: Connection,
): (port: number) => boolean {
  const own = rules.filter((rule) => rule.direction === direction && groupRuleConcerns(rule, connection));
  return (port) =>
    own.some(
      (rule) =>
        isEverything(rule) ||
        (rule.fromPort !== undefined && rule.toPort !== undefined && port >= rule.fromPort && port <= rule.toPort),
    );
}

type Range = readonly [first: number, last: number];

function rangesOf(texts: readonly string[]): Range[] {
  return texts.map((text) => {
    if (text === "*") return [0, 65535];
    const [first = NaN, last = first] = text.split("-").map(Number);
    return [first, last];
  });
}

const isIn = (ranges: readonly Range[], port: number): boolean =>
  ranges.some(([first, last]) => port >= first && port <= last);

/**
 * Whether an address prefix or service tag of a rule means a party. `VirtualNetwork` also covers the host's own
 * address, from which probes come (cloud-facts-azure 4.3): the cautious reading, under which a deny needs an allow.
 */
function prefixMeans(prefix: string, party: Party): boolean {
  switch (prefix) {
    case "*":
    case "Any":
    case "0.0.0.0/0":
      return true;
    case "Internet":
      return !party.inNetwork && !party.isPlatformProbe;
    case "VirtualNetwork":
      return party.inNetwork || party.isPlatformProbe === true;
    case "AzureLoadBalancer":
      return party.isPlatformProbe === true;
    case "AzureKeyVault":
    case "AzureResourceManager":
    case "Storage":
      return party.service === prefix;
    default:
      if (!/^\d/.test(prefix)) throw new Error(`the filter does not know the service tag ${prefix}`);
      return contains(prefix, party.address);
  }
}

function endMatches(prefixes: readonly string[], groups: readonly string[], party: Party): boolean {
  return prefixes.some((prefix) => prefixMeans(prefix, party)) || groups.some((group) => party.groups.includes(group));
}

/** Whether a rule of a network security group is about a connection, whatever its ports. */
function nsgRuleConcerns(rule: NsgRule, { from, to, protocol }: Connection): boolean {
  return (
    (rule.protocol === "*" || rule.protocol.toLowerCase() === protocol) &&
    endMatches(rule.sourcePrefixes, rule.sourceGroups, from) &&
    endMatches(rule.destinationPrefixes, rule.destinationGroups, to)
  );
}

const anything = {
  protocol: "*",
  sourcePortRanges: ["*"],
  destinationPortRanges: ["*"],
  sourceGroups: [],
  destinationGroups: [],
} as const;

function platformRule(
  direction: NsgRule["direction"],
  priority: number,
  access: NsgRule["access"],
  source: string,
  destination: string,
): NsgRule {
  return { ...anything, direction, priority, access, sourcePrefixes: [source], destinationPrefixes: [destination] };
}

/** What the platform adds to every network security group. */
export const platformRules: readonly NsgRule[] = [
  platformRule("Inbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
  platformRule("Inbound", 65001, "Allow", "AzureLoadBalancer", "*"),
  platformRule("Inbound", 65500, "Deny", "*", "*"),
  platformRule("Outbound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
  platformRule("Outbound", 65001, "Allow", "*", "Internet"),
  platformRule("Outbound", 65500, "Deny", "*", "*"),
];

/** The rules of one direction as the platform walks through them. Two rules of one priority are refused, as Azure does. */
export function inOrder(direction: NsgRule["direction"], rules: readonly NsgRule[]): NsgRule[] {
  const sorted = [...rules, ...platformRules]
    .filter((rule) => rule.direction === direction)
    .sort((a, b) => a.priority - b.priority);
  const clash = sorted.find((rule, index) => rule.priority === sorted[index + 1]?.priority);
  if (clash) throw new Error(`two ${direction} rules have priority ${clash.priority}`);
  return sorted;
}

/** Which ports a network security group lets through for connections like this one; `ordered` comes from `inOrder`. */
export function nsgAllows(
  ordered: readonly NsgRule[],
  connection: Connection,
): (port: number, sourcePort: number) => boolean {
  const own = ordered
    .filter((rule) => nsgRuleConcerns(rule, connection))
    .map(({ access, sourcePortRanges, destinationPortRanges }) => ({
      allows: access === "Allow",
      from: rangesOf(sourcePortRanges),
      to: rangesOf(destinationPortRanges),
    }));
  return (port, sourcePort) => own.find(({ from, to }) => isIn(to, port) && isIn(from, sourcePort))?.allows ?? false;
}

type Json = Readonly<Record<string, any>>;

/** A rule as it is written in an Azure request: singular and plural properties, groups as `{ id }`. */
export function nsgRuleFrom(json: Json): NsgRule {
  const list = (one: string | undefined, many: unknown): string[] => [
    ...(one === undefined ? [] : [one]),
    ...((many as string[] | undefined) ?? []).map(String),
  ];
  const ids = (groups: unknown): string[] => ((groups as { id: string }[] | undefined) ?? []).map(({ id }) => id);
  return {
    name: json.name as string | undefined,
    direction: json.direction as NsgRule["direction"],
    access: json.access as NsgRule["access"],
    priority: json.priority as number,
    protocol: json.protocol as string,
    sourcePortRanges: list(json.sourcePortRange, json.sourcePortRanges),
    destinationPortRanges: list(json.destinationPortRange, json.destinationPortRanges),
    sourcePrefixes: list(json.sourceAddressPrefix, json.sourceAddressPrefixes),
    destinationPrefixes: list(json.destinationAddressPrefix, json.destinationAddressPrefixes),
    sourceGroups: ids(json.sourceApplicationSecurityGroups),
    destinationGroups: ids(json.destinationApplicationSecurityGroups),
  };
}
