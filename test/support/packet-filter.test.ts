/** The packet filters that reachability tests rely on behave as the clouds' documentation says. */
import assert from "node:assert/strict";
import {
  type Connection,
  contains,
  type GroupRule,
  groupsAllow,
  inOrder,
  nsgAllows,
  type NsgRule,
  nsgRuleFrom,
  type Party,
} from "./packet-filter";

const outside: Party = { address: "203.0.113.9", groups: [], inNetwork: false };
const inside: Party = { address: "10.0.1.4", groups: ["masters"], inNetwork: true };
const other: Party = { address: "10.0.2.4", groups: ["media"], inNetwork: true };
const probe: Party = { address: "168.63.129.16", groups: [], inNetwork: false, isPlatformProbe: true };

type Try = Connection & { readonly port: number };

const tcp = (from: Party, to: Party, port: number): Try => ({ from, to, port, protocol: "tcp" });
const sourcePort = 40000;

describe("packet filter of security groups", () => {
  const rules: GroupRule[] = [
    { direction: "ingress", ipProtocol: "tcp", fromPort: 443, toPort: 444, cidrIpv4: "203.0.113.0/24" },
    { direction: "ingress", ipProtocol: "udp", fromPort: 443, toPort: 443, referencedSecurityGroupId: "media" },
    { direction: "egress", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
  ];
  /* prettier-ignore */
  const table: [string, GroupRule["direction"], Try, boolean][] = [
    ["first port of a range", "ingress", tcp(outside, inside, 443), true],
    ["last port of a range", "ingress", tcp(outside, inside, 444), true],
    ["port behind a range", "ingress", tcp(outside, inside, 445), false],
    ["address outside the range", "ingress", tcp({ ...outside, address: "203.0.114.0" }, inside, 443), false],
    ["other protocol", "ingress", { ...tcp(outside, inside, 443), protocol: "udp" }, false],
    ["member of a named group", "ingress", { ...tcp(other, inside, 443), protocol: "udp" }, true],
    ["everything on the way out", "egress", tcp(inside, outside, 1), true],
  ];
  for (const [title, direction, connection, allowed] of table) {
    it(title, () => assert.equal(groupsAllow(direction, rules, connection)(connection.port), allowed));
  }

  it("lets nothing in without a rule", () =>
    assert.equal(groupsAllow("ingress", [], tcp(outside, inside, 443))(443), false));
});

describe("packet filter of network security groups", () => {
  const rule = (changes: Record<string, unknown>): NsgRule =>
    nsgRuleFrom({
      direction: "Inbound",
      access: "Allow",
      priority: 100,
      protocol: "Tcp",
      sourcePortRange: "*",
      sourceAddressPrefix: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "443",
      ...changes,
    });
  const verdict = (rules: NsgRule[], connection: Try): boolean =>
    nsgAllows(inOrder("Inbound", rules), connection)(connection.port, sourcePort);

  it("the platform lets the virtual network and probes in, and nobody else", () => {
    assert.deepEqual(
      [other, probe, outside].map((from) => verdict([], tcp(from, inside, 22))),
      [true, true, false],
    );
  });

  it("the lower priority number wins", () => {
    const rules = [rule({ priority: 200 }), rule({ priority: 100, access: "Deny" })];
    assert.equal(verdict(rules, tcp(outside, inside, 443)), false);
  });

  it("a deny of the virtual network also stops probes that nothing allows first", () => {
    const deny = rule({
      priority: 4096,
      access: "Deny",
      protocol: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: "VirtualNetwork",
    });
    assert.equal(verdict([deny], tcp(probe, inside, 443)), false);
    assert.equal(verdict([deny, rule({ sourceAddressPrefix: "AzureLoadBalancer" })], tcp(probe, inside, 443)), true);
  });

  it("a group means its members only", () => {
    const rules = [
      rule({ sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: "media" }] }),
      rule({ priority: 4096, access: "Deny", destinationPortRange: "*" }),
    ];
    assert.equal(verdict(rules, tcp(other, inside, 443)), true);
    assert.equal(verdict(rules, tcp({ ...other, groups: [] }, inside, 443)), false);
  });

  it("a pinned source port stops other connections", () => {
    assert.equal(verdict([rule({ sourcePortRange: "443" })], tcp(outside, inside, 443)), false);
  });

  it("Internet means addresses outside the network", () => {
    const rules = [rule({ sourceAddressPrefix: "Internet" }), rule({ priority: 4096, access: "Deny" })];
    assert.deepEqual(
      [outside, inside].map((from) => verdict(rules, tcp(from, inside, 443))),
      [true, false],
    );
  });

  it("refuses two rules of one priority", () => {
    assert.throws(() => inOrder("Inbound", [rule({}), rule({ access: "Deny" })]), /priority 100/);
  });
});

describe("ranges of the packet filters", () => {
  it("hold their first and last address and no other", () => {
    const inRange = ["10.0.3.255", "10.0.4.0", "10.0.7.255", "10.0.8.0"].map((address) =>
      contains("10.0.4.0/22", address),
    );
    assert.deepEqual(inRange, [false, true, true, false]);
  });
});
