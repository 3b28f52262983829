import assert from "node:assert/strict";
import fc from "fast-check";
import { intersect, type PortSpan, subtract } from "../../rehearsal/port-set";
import type { RecordedResource } from "../../rehearsal/graph";
import { reachFromGraph } from "../../rehearsal/reach";
import { graphOf, resource } from "./handmade-graph";

/** Rows as lines: `from -> to protocol ports purpose`. */
function lines(...resources: RecordedResource[]): string[] {
  return reachFromGraph(graphOf(resources)).map(
    ({ from, to, protocol, ports, purpose }) => `${from} -> ${to} ${protocol} ${ports.first}-${ports.last} ${purpose}`,
  );
}

const ingress = (name: string, inputs: Record<string, unknown>): RecordedResource =>
  resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, inputs);
const egress = (name: string, inputs: Record<string, unknown>): RecordedResource =>
  resource("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", name, inputs);
const rule = (securityGroupId: string, port: number, peer: object, description = "why"): Record<string, unknown> => ({
  securityGroupId,
  ipProtocol: "tcp",
  fromPort: port,
  toPort: port,
  description,
  ...peer,
});

describe("rehearsal: who reaches whom on AWS", () => {
  const master = resource(
    "aws:ec2/networkInterface:NetworkInterface",
    "eni",
    { securityGroups: ["sg-m"] },
    { role: "master" },
  );
  const media = resource(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "template",
    { networkInterfaces: [{ securityGroups: ["sg-n"] }] },
    { role: "media" },
  );
  const entry = resource(
    "aws:lb/loadBalancer:LoadBalancer",
    "nlb",
    { securityGroups: ["sg-l"] },
    { role: "loadBalancer" },
  );
  const listener = resource("aws:lb/listener:Listener", "https", { port: 443 }, { role: "loadBalancer" });
  const target = resource(
    "aws:lb/targetGroup:TargetGroup",
    "web",
    { port: 80, healthCheck: { port: "7880" } },
    { role: "loadBalancer" },
  );
  const anywhere = { cidrIpv4: "0.0.0.0/0" };
  const openWay = (group: string): RecordedResource =>
    egress(`out-${group}`, { securityGroupId: group, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "out" });

  it("names tiers by the machines that are in a group, and ranges as they are", () => {
    assert.deepEqual(
      lines(
        master,
        media,
        ingress("a", rule("sg-n", 7881, anywhere)),
        ingress("b", rule("sg-m", 22, { cidrIpv4: "198.51.100.0/24" })),
      ),
      ["internet -> media tcp 7881-7881 why", "198.51.100.0/24 -> master tcp 22-22 why"],
    );
  });

  it("says where a rule lets the Internet in to machines that it cannot reach", () => {
    const open = ingress("a", rule("sg-m", 443, anywhere));
    const link = (inputs: Record<string, unknown>): RecordedResource =>
      resource("aws:ec2/eipAssociation:EipAssociation", "link", inputs, { role: "master" });
    const closed = ["internet -> master tcp 443-443 why (no public address)"];
    assert.deepEqual(lines(master, open), closed);
    const hidden = { networkInterfaces: [{ securityGroups: ["sg-n"], associatePublicIpAddress: "false" }] };
    assert.deepEqual(
      lines(
        resource("aws:ec2/launchTemplate:LaunchTemplate", "template", hidden, { role: "media" }),
        ingress("b", rule("sg-n", 7881, anywhere)),
      ),
      ["internet -> media tcp 7881-7881 why (no public address)"],
    );
    assert.deepEqual(lines(master, open, link({ networkInterfaceId: "another" })), closed);
    for (const address of [
      link({ networkInterfaceId: master.id }),
      resource("aws:ec2/eip:Eip", "address", { networkInterface: master.id }),
    ])
      assert.deepEqual(lines(master, open, address), ["internet -> master tcp 443-443 why"]);
  });

  it("needs a way out of one tier and a way into the other", () => {
    const into = ingress("in", rule("sg-m", 7000, { referencedSecurityGroupId: "sg-n" }));
    assert.deepEqual(lines(master, media, into), []);
    const out = egress("out", rule("sg-n", 7000, { referencedSecurityGroupId: "sg-m" }));
    assert.deepEqual(lines(master, media, into, out), ["media -> master tcp 7000-7000 why"]);
    assert.deepEqual(lines(master, media, into, openWay("sg-n")), [
      "media -> internet all 0-65535 out",
      "media -> master tcp 7000-7000 why",
    ]);
  });

  it("says where a rule of the load balancer leads nowhere", () => {
    const rules = [
      ingress("one", rule("sg-l", 443, anywhere)),
      ingress("two", rule("sg-l", 8443, anywhere)),
      ingress("three", rule("sg-m", 80, { referencedSecurityGroupId: "sg-l" })),
      ingress("four", rule("sg-m", 7880, { referencedSecurityGroupId: "sg-l" })),
      ingress("five", rule("sg-m", 9999, { referencedSecurityGroupId: "sg-l" })),
    ];
    assert.deepEqual(lines(master, entry, listener, target, openWay("sg-l"), ...rules).slice(0, -1), [
      "internet -> loadBalancer tcp 443-443 why",
      "internet -> loadBalancer tcp 8443-8443 why (nothing listens)",
      "loadBalancer -> internet all 0-65535 out",
      "loadBalancer -> master tcp 80-80 why",
      "loadBalancer -> master tcp 7880-7880 why",
    ]);
    const last = lines(master, entry, listener, target, openWay("sg-l"), ...rules).at(-1);
    assert.equal(last, "loadBalancer -> master tcp 9999-9999 why (nothing listens)");
  });

  it("tells TURN's own load balancer from the entry, and their listeners from each other", () => {
    const ofTurn = {
      role: "loadBalancer",
      parent: "urn:pulumi:s::p::openvidu:index:LoadBalancer::openvidu-turn",
    } as const;
    const second = resource("aws:lb/loadBalancer:LoadBalancer", "turn", { securityGroups: ["sg-t"] }, ofTurn);
    const turns = resource("aws:lb/listener:Listener", "turns", { port: 8443 }, ofTurn);
    const rules = [
      ingress("one", rule("sg-l", 8443, anywhere)),
      ingress("two", rule("sg-t", 8443, anywhere)),
      ingress("three", rule("sg-t", 443, anywhere)),
    ];
    assert.deepEqual(lines(entry, listener, second, turns, ...rules), [
      "internet -> loadBalancer tcp 8443-8443 why (nothing listens)",
      "internet -> turnLoadBalancer tcp 443-443 why (nothing listens)",
      "internet -> turnLoadBalancer tcp 8443-8443 why",
    ]);
  });
});

describe("rehearsal: who reaches whom on Azure", () => {
  type Json = Record<string, unknown>;
  const tag = (prefix: string): Json => ({ sourceAddressPrefix: prefix, destinationAddressPrefix: "*" });
  const allow = (name: string, priority: number, ports: string, more: Json): Json => ({
    ...{ name, priority, description: name, direction: "Inbound", access: "Allow", protocol: "Tcp" },
    ...{ destinationPortRange: ports, ...more },
  });
  const deny = (priority: number, more: Json = {}): Json => ({
    ...allow("deny", priority, "*", tag("*")),
    ...{ access: "Deny", protocol: "*", ...more },
  });
  const group = (name: string, ...securityRules: Json[]): RecordedResource =>
    resource("azure-native:network:NetworkSecurityGroup", name, { securityRules });
  const members = (name: string): Json => ({ applicationSecurityGroups: [{ id: name }] });

  const nic = (pools: string[] = []): RecordedResource =>
    resource(
      "azure-native:network:NetworkInterface",
      "nic",
      {
        networkSecurityGroup: { id: "rules-m" },
        ipConfigurations: [{ ...members("asg-m"), loadBalancerBackendAddressPools: pools.map((id) => ({ id })) }],
      },
      { role: "master" },
    );
  const scaleSet = resource(
    "azure-native:compute:VirtualMachineScaleSet",
    "vmss",
    {
      virtualMachineProfile: {
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              networkSecurityGroup: { id: "rules-n" },
              ipConfigurations: [{ ...members("asg-n"), publicIPAddressConfiguration: { name: "public" } }],
            },
          ],
        },
      },
    },
    { role: "media" },
  );
  const balancer = resource(
    "azure-native:network:LoadBalancer",
    "lb",
    {
      loadBalancingRules: [
        {
          ...{ name: "https", protocol: "Tcp", frontendPort: 443, backendPort: 8443 },
          ...{ backendAddressPool: { id: "pool" }, probe: { id: "lb/probes/https" } },
        },
      ],
      probes: [
        { name: "https", port: 7880 },
        { name: "unused", port: 1234 },
      ],
    },
    { role: "loadBalancer" },
  );
  const noWayOut = (priority = 4096): Json => deny(priority, { direction: "Outbound" });

  it("tries rules by priority, whatever their order", () => {
    const rules = [
      deny(300),
      allow("late", 400, "9000", tag("Internet")),
      allow("early", 200, "7881", tag("Internet")),
    ];
    assert.deepEqual(lines(scaleSet, group("rules-n", ...rules, noWayOut())), [
      "internet -> media tcp 7881-7881 early",
    ]);
  });

  it("cuts denied ports out of a later allowance", () => {
    const hole = { ...deny(100), ...tag("Internet"), destinationPortRange: "50010-50019" };
    const rules = [hole, allow("media", 200, "50000-50100", tag("Internet")), deny(300), noWayOut()];
    assert.deepEqual(lines(scaleSet, group("rules-n", ...rules)), [
      "internet -> media tcp 50000-50009 media",
      "internet -> media tcp 50020-50100 media",
    ]);
  });

  it("counts Azure's own rules: the whole network reaches a tier that denies nothing", () => {
    const found = lines(nic(), scaleSet, group("rules-m"), group("rules-n", deny(100)));
    assert.ok(found.includes("media -> master all 0-65535 Azure's own rule AllowVnetInBound"), found.join("\n"));
    assert.equal(
      found.some((line) => line.includes("-> media")),
      false,
    );
  });

  it("needs a way out of one tier and a way into the other, by membership of groups", () => {
    const redis = allow("redis", 100, "7000-7001", {
      sourceApplicationSecurityGroups: [{ id: "asg-n" }],
      destinationApplicationSecurityGroups: [{ id: "asg-m" }],
    });
    const closed = [nic(), group("rules-m", redis, deny(200), noWayOut()), scaleSet] as const;
    assert.deepEqual(lines(...closed, group("rules-n", deny(200), noWayOut())), []);
    const out = { ...redis, direction: "Outbound", destinationPortRange: "7001" };
    assert.deepEqual(lines(...closed, group("rules-n", deny(200), out, noWayOut())), [
      "media -> master tcp 7001-7001 redis",
    ]);
  });

  it("shows balanced traffic and probes as coming from the load balancer", () => {
    const rules = [
      allow("passed through", 100, "8443", tag("Internet")),
      allow("probe", 110, "7880", tag("AzureLoadBalancer")),
      deny(200),
      noWayOut(),
    ];
    assert.deepEqual(lines(nic(["pool"]), balancer, group("rules-m", ...rules)), [
      "internet -> loadBalancer tcp 443-443 https",
      "loadBalancer -> master tcp 7880-7880 probe",
      "loadBalancer -> master tcp 8443-8443 passed through",
    ]);
  });

  it("shows what is open to the Internet and not balanced as open to the Internet", () => {
    const rules = [allow("too much", 100, "8442-8444", tag("Internet")), deny(200), noWayOut()];
    assert.deepEqual(
      lines(nic(["pool"]), balancer, group("rules-m", ...rules)).filter((line) =>
        line.startsWith("internet -> master"),
      ),
      [
        "internet -> master tcp 8442-8442 too much (no public address)",
        "internet -> master tcp 8444-8444 too much (no public address)",
      ],
    );
  });

  it("shows named ranges and services of the platform", () => {
    const ssh = allow("ssh", 100, "22", { sourceAddressPrefixes: ["198.51.100.0/24"], destinationAddressPrefix: "*" });
    const vault = {
      ...allow("vault", 100, "443", tag("*")),
      destinationAddressPrefix: "AzureKeyVault",
      direction: "Outbound",
    };
    assert.deepEqual(lines(nic(), group("rules-m", ssh, deny(200), vault, noWayOut())), [
      "198.51.100.0/24 -> master tcp 22-22 ssh",
      "master -> AzureKeyVault tcp 443-443 vault",
    ]);
  });
});

describe("rehearsal: sets of ports", () => {
  const span = fc.tuple(fc.nat(40), fc.nat(10)).map(([first, length]): PortSpan => ({ first, last: first + length }));
  const members = (spans: readonly PortSpan[]): Set<number> =>
    new Set(spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)));

  it("subtract and intersect like sets of numbers", () => {
    fc.assert(
      fc.property(span, fc.array(span), (whole, others) => {
        const [all, taken] = [members([whole]), members(others)];
        const left = [...all].filter((port) => !taken.has(port));
        const both = [...all].filter((port) => taken.has(port));
        assert.deepEqual(members(subtract([whole], others)), new Set(left));
        assert.deepEqual([...members(intersect([whole], others))].sort(), both.sort());
      }),
    );
  });
});
