/**
 * Reads network security groups and load balancers back. Rules are tried by priority, Azure's own last; the load
 * balancer is transparent, so what it balances has to be allowed from the Internet, and its probes from its own tag.
 * Source: reference/cloud-facts-azure.md 3.12 and 4.
 */
import { at, type Json, listAt, textAt } from "./json";
import { everyPort, intersect, type PortSpan, subtract } from "./port-set";
import type { Tier } from "../openvidu/flows";
import type { PlainResource, ReachRow } from "./reach";

type Direction = "Inbound" | "Outbound";
type Transport = "tcp" | "udp";
const transports: readonly Transport[] = ["tcp", "udp"];

/** Azure's name for the load balancer's probes. */
const probeTag = "AzureLoadBalancer";

/** One tier as it is attached. */
interface Attachment {
  readonly tier: Tier;
  readonly rules: readonly Json[];
  /** Application security groups that its interfaces belong to. */
  readonly groups: readonly string[];
  readonly pools: readonly string[];
  readonly isPublic: boolean;
}

/** Ports that one rule lets through. */
interface Grant {
  readonly transport: Transport;
  readonly ports: PortSpan;
  readonly purpose: string;
}

/** Azure's own rules, which come after all others. */
const platformRules: Readonly<Record<Direction, readonly Json[]>> = {
  Inbound: [
    platformRule("AllowVnetInBound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    platformRule("AllowAzureLoadBalancerInBound", 65001, "Allow", probeTag, "*"),
    platformRule("DenyAllInBound", 65500, "Deny", "*", "*"),
  ],
  Outbound: [
    platformRule("AllowVnetOutBound", 65000, "Allow", "VirtualNetwork", "VirtualNetwork"),
    platformRule("AllowInternetOutBound", 65001, "Allow", "*", "Internet"),
    platformRule("DenyAllOutBound", 65500, "Deny", "*", "*"),
  ],
};

export function reachOnAzure(resources: readonly PlainResource[]): ReachRow[] {
  const attached = attachments(resources);
  const balancers = resources.filter(({ type }) => type === "azure-native:network:LoadBalancer");
  return [
    ...balancers.flatMap(entryRows),
    ...attached.flatMap((to) => [
      ...balancers.flatMap((balancer) => balancedRows(balancer, to, attached)),
      ...outsideRows(to, balancers, attached),
      ...attached.flatMap((from) => tierRows(from, to, attached)),
      ...outwardRows(to, attached),
    ]),
  ];
}

// How machines are attached.

function attachments(resources: readonly PlainResource[]): Attachment[] {
  const interfaces = resources.flatMap(({ type, tier, inputs }): { tier: Tier; nic: Json }[] => {
    if (tier === undefined) return [];
    if (type === "azure-native:network:NetworkInterface") return [{ tier, nic: inputs }];
    const nics = listAt(inputs, "virtualMachineProfile", "networkProfile", "networkInterfaceConfigurations");
    return nics.map((nic) => ({ tier, nic }));
  });
  const all = interfaces.map(({ tier, nic }) => attachment(tier, nic, resources));
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}

/** The group of the interface counts, else that of its subnet. (With both, both would have to allow.) */
function attachment(tier: Tier, nic: Json, resources: readonly PlainResource[]): Attachment {
  const ip = listAt(nic, "ipConfigurations")[0] ?? {};
  const subnet = resources.find(({ id }) => id === at(ip, "subnet", "id"));
  const groupId = at(nic, "networkSecurityGroup", "id") ?? at(subnet?.inputs, "networkSecurityGroup", "id");
  const group = resources.find(({ id }) => id === groupId);
  const idsOf = (key: string): string[] => listAt(ip, key).map((each) => textAt(each, "id"));
  return {
    tier,
    rules: listAt(group?.inputs, "securityRules"),
    groups: idsOf("applicationSecurityGroups"),
    pools: idsOf("loadBalancerBackendAddressPools"),
    isPublic: ip["publicIPAddressConfiguration"] !== undefined || ip["publicIPAddress"] !== undefined,
  };
}

// Rows.

/** What the load balancer's front end takes. */
function entryRows({ inputs }: PlainResource): ReachRow[] {
  return balancingRules(inputs).map(({ transport, frontendPort, name }) => ({
    from: "internet",
    to: "loadBalancer",
    protocol: transport,
    ports: { first: frontendPort, last: frontendPort },
    purpose: name,
  }));
}

/** What the load balancer passes on to a tier, and its probes. */
function balancedRows({ inputs }: PlainResource, to: Attachment, all: readonly Attachment[]): ReachRow[] {
  const rules = balancingRules(inputs).filter(({ pool }) => to.pools.includes(pool));
  const probes = listAt(inputs, "probes").filter((each) =>
    rules.some(({ probe }) => probe.endsWith(`/probes/${textAt(each, "name")}`)),
  );
  const traffic = only(
    grants(to, "Inbound", "internet", all),
    rules.map(({ transport, backendPort }) => ({ transport, port: backendPort })),
  );
  const health = only(
    grants(to, "Inbound", probeTag, all),
    probes.map(({ port }) => ({ transport: "tcp", port: Number(port) })),
  );
  return [...traffic, ...health].map((grant) => rowOf("loadBalancer", to.tier, grant));
}

/**
 * What the Internet and named ranges can reach directly. Ports that are open to the Internet and not balanced are
 * listed even where machines have no public address: such a rule is a mistake that ought to show.
 */
function outsideRows(to: Attachment, balancers: readonly PlainResource[], all: readonly Attachment[]): ReachRow[] {
  const balanced = balancers
    .flatMap(({ inputs }) => balancingRules(inputs))
    .filter(({ pool }) => !to.isPublic && to.pools.includes(pool));
  const open = grants(to, "Inbound", "internet", all).flatMap((grant) => {
    const taken = balanced
      .filter(({ transport }) => transport === grant.transport)
      .map(({ backendPort: port }) => ({ first: port, last: port }));
    return subtract([grant.ports], taken).map((ports) => ({ ...grant, ports }));
  });
  const ranges = rangesNamed(to, "Inbound").flatMap((range) => {
    const own = grants(to, "Inbound", range, all).filter((grant) => !open.some((each) => sameGrant(each, grant)));
    return merged(own).map((each) => ({ ...each, from: range, to: to.tier }));
  });
  const note = to.isPublic ? "" : " (no public address)";
  return [
    ...merged(open).map((each) => ({ ...each, purpose: `${each.purpose}${note}`, from: "internet", to: to.tier })),
    ...ranges,
  ];
}

function tierRows(from: Attachment, to: Attachment, all: readonly Attachment[]): ReachRow[] {
  const out = grants(from, "Outbound", to.tier, all);
  const both = grants(to, "Inbound", from.tier, all).flatMap((grant) =>
    intersect(
      [grant.ports],
      out.filter(({ transport }) => transport === grant.transport).map(({ ports }) => ports),
    ).map((ports) => ({ ...grant, ports })),
  );
  return merged(both).map((each) => ({ ...each, from: from.tier, to: to.tier }));
}

function outwardRows(from: Attachment, all: readonly Attachment[]): ReachRow[] {
  return ["internet", ...rangesNamed(from, "Outbound")].flatMap((peer) =>
    merged(grants(from, "Outbound", peer, all)).map((each) => ({ ...each, from: from.tier, to: peer })),
  );
}

// Rules.

/** What a tier's security group lets through from or to a party. */
function grants(own: Attachment, direction: Direction, peer: string, all: readonly Attachment[]): Grant[] {
  const ordered = own.rules
    .filter((rule) => rule["direction"] === direction)
    .sort((a, b) => Number(a["priority"]) - Number(b["priority"]));
  const rules = [...ordered, ...platformRules[direction]];
  const [near, far] =
    direction === "Inbound" ? (["destination", "source"] as const) : (["source", "destination"] as const);
  return transports.flatMap((transport) => {
    let undecided: PortSpan[] = [everyPort];
    return rules
      .filter(
        (rule) => coversTransport(rule, transport) && covers(rule, near, own.tier, all) && covers(rule, far, peer, all),
      )
      .flatMap((rule) => {
        const decided = intersect(undecided, portsOf(rule));
        undecided = subtract(undecided, decided);
        const purpose = textAt(rule, "description") || textAt(rule, "name");
        return rule["access"] === "Allow" ? decided.map((ports) => ({ transport, ports, purpose })) : [];
      });
  });
}

function coversTransport(rule: Json, transport: Transport): boolean {
  const protocol = textAt(rule, "protocol").toLowerCase();
  return protocol === "*" || protocol === transport;
}

/** Whether one end of a rule means a party. */
function covers(rule: Json, end: "source" | "destination", party: string, all: readonly Attachment[]): boolean {
  const members = listAt(rule, `${end}ApplicationSecurityGroups`).map((each) => textAt(each, "id"));
  if (members.length > 0)
    return all.some(({ tier, groups }) => tier === party && groups.some((id) => members.includes(id)));
  return prefixesOf(rule, end).some((prefix) => {
    if (prefix === "*" || prefix === "0.0.0.0/0") return true;
    if (prefix === "VirtualNetwork") return party === "master" || party === "media";
    if (prefix === "Internet") return party === "internet" || isRange(party);
    return prefix === party;
  });
}

function isRange(party: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(party);
}

function prefixesOf(rule: Json, end: "source" | "destination"): string[] {
  const one = textAt(rule, `${end}AddressPrefix`);
  return [...(one === "" ? [] : [one]), ...listAt<string>(rule, `${end}AddressPrefixes`)];
}

function portsOf(rule: Json): PortSpan[] {
  const one = textAt(rule, "destinationPortRange");
  const texts = [...(one === "" ? [] : [one]), ...listAt<string>(rule, "destinationPortRanges")];
  return texts.map((text) => {
    if (text === "*") return everyPort;
    const [first, last = first] = text.split("-").map(Number);
    return { first: first ?? 0, last: last ?? 0 };
  });
}

/** Parties that only this tier's rules know: address ranges and the platform's tags. */
function rangesNamed({ rules }: Attachment, direction: Direction): string[] {
  const end = direction === "Inbound" ? "source" : "destination";
  const general = ["*", "0.0.0.0/0", "Internet", "VirtualNetwork", probeTag];
  const named = rules
    .filter((rule) => rule["direction"] === direction && rule["access"] === "Allow")
    .flatMap((rule) => prefixesOf(rule, end));
  return [...new Set(named)].filter((prefix) => !general.includes(prefix)).sort();
}

function platformRule(name: string, priority: number, access: string, source: string, destination: string): Json {
  const ends = { sourceAddressPrefix: source, destinationAddressPrefix: destination, destinationPortRange: "*" };
  return { name: `Azure's own rule ${name}`, priority, access, protocol: "*", ...ends };
}

interface BalancingRule {
  readonly name: string;
  readonly transport: Transport;
  readonly frontendPort: number;
  readonly backendPort: number;
  readonly pool: string;
  readonly probe: string;
}

function balancingRules(balancer: Json): BalancingRule[] {
  return listAt(balancer, "loadBalancingRules").map((rule) => ({
    name: textAt(rule, "name"),
    transport: textAt(rule, "protocol").toLowerCase() as Transport,
    frontendPort: Number(rule["frontendPort"]),
    backendPort: Number(rule["backendPort"]),
    pool: textAt(rule, "backendAddressPool", "id"),
    probe: textAt(rule, "probe", "id"),
  }));
}

// Grants.

function only(all: readonly Grant[], wanted: readonly { transport: string; port: number }[]): Grant[] {
  return wanted.flatMap(({ transport, port }) =>
    all
      .filter((grant) => grant.transport === transport && grant.ports.first <= port && port <= grant.ports.last)
      .map((grant) => ({ ...grant, ports: { first: port, last: port } })),
  );
}

function sameGrant(one: Grant, other: Grant): boolean {
  return (
    one.transport === other.transport && one.ports.first === other.ports.first && one.ports.last === other.ports.last
  );
}

type Way = Pick<ReachRow, "protocol" | "ports" | "purpose">;

/** What holds for TCP and UDP alike is said once. */
function merged(all: readonly Grant[]): Way[] {
  const key = ({ ports, purpose }: Grant): string => JSON.stringify([ports, purpose]);
  const udp = new Set(all.filter(({ transport }) => transport === "udp").map(key));
  const tcp = new Set(all.filter(({ transport }) => transport === "tcp").map(key));
  return all
    .filter((grant) => grant.transport === "tcp" || !tcp.has(key(grant)))
    .map((grant) => ({
      protocol: grant.transport === "tcp" && udp.has(key(grant)) ? "all" : grant.transport,
      ports: grant.ports,
      purpose: grant.purpose,
    }));
}

function rowOf(from: string, to: string, { transport, ports, purpose }: Grant): ReachRow {
  return { from, to, protocol: transport, ports, purpose };
}
