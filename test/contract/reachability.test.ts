/**
 * Who reaches whom, read back from the rules that the clouds would get, is exactly what the flow table says: for the
 * rules of every combination of modules, features, engines, TLS modes and releases, and for the machines of every
 * example stack as they are attached to those rules.
 */
import assert from "node:assert/strict";
import { securityGroupRules } from "../../providers/aws/firewall";
import { networkSecurityRules, type NetworkSecurityRule, type RuleEnd } from "../../providers/azure/firewall";
import { entryListeners, type Listener, turnListeners } from "../../openvidu/entry";
import { type FlowContext, flowsFor } from "../../openvidu/flows";
import { versionNames } from "../../openvidu/versions";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { allContexts, plainContext } from "../support/contexts";
import { inputsOf, ofType, onlyOne } from "../support/graph-queries";
import {
  type GroupRule,
  groupsAllow,
  inOrder,
  nsgAllows,
  type NsgRule,
  nsgRuleFrom,
  type Protocol,
} from "../support/packet-filter";
import {
  type Admits,
  differences,
  type Expectation,
  type Place,
  placesOf,
  samplePorts,
  type TierGroups,
} from "../support/reachability";
import { type CloudExample, flowContextOf, forEachCloudGraph, settingsOf } from "./examples";

const tiers = ["loadBalancer", "turnLoadBalancer", "master", "media"] as const;
type Tier = (typeof tiers)[number];
const isTier = ({ kind }: Place): boolean => (tiers as readonly string[]).includes(kind);

/** Security groups: what a tier's groups let out and in. */
function awsFilter(rulesOf: Readonly<Record<Tier, readonly GroupRule[]>>): Admits {
  return (from, to, protocol) => {
    const connection = { from: from.party, to: to.party, protocol };
    const out = isTier(from) ? groupsAllow("egress", rulesOf[from.kind as Tier], connection) : always;
    const into = isTier(to) ? groupsAllow("ingress", rulesOf[to.kind as Tier], connection) : always;
    return (port) => out(port) && into(port);
  };
}

const always = (): boolean => true;

function byTier<T>(of: (tier: Tier) => T): Record<Tier, T> {
  return {
    loadBalancer: of("loadBalancer"),
    turnLoadBalancer: of("turnLoadBalancer"),
    master: of("master"),
    media: of("media"),
  };
}

/** Network security groups: what a tier's group lets out and in. Azure's load balancer has none. */
function azureFilter(rulesOf: Readonly<Record<"master" | "media", readonly NsgRule[]>>): Admits {
  const ordered = {
    master: { in: inOrder("Inbound", rulesOf.master), out: inOrder("Outbound", rulesOf.master) },
    media: { in: inOrder("Inbound", rulesOf.media), out: inOrder("Outbound", rulesOf.media) },
  };
  const has = (place: Place): place is Place & { kind: "master" | "media" } =>
    place.kind === "master" || place.kind === "media";
  return (from, to, protocol) => {
    const connection = { from: from.party, to: to.party, protocol };
    const out = has(from) ? nsgAllows(ordered[from.kind].out, connection) : always;
    const into = has(to) ? nsgAllows(ordered[to.kind].in, connection) : always;
    return (port, sourcePort) => out(port, sourcePort) && into(port, sourcePort);
  };
}

/** The rules that the product's pure functions make, in the clouds' own terms. */
const rendered = {
  aws(flows: Expectation["flows"], { operatorCidrs, egressCidrs }: Expectation): Admits {
    const rules = securityGroupRules(flows, { operatorCidrs, egressCidrs });
    const of = (tier: Tier): GroupRule[] =>
      rules
        .filter((rule) => rule.tier === tier)
        .map(({ direction, protocol, fromPort, toPort, peer }) => ({
          direction,
          ipProtocol: protocol === "all" ? "-1" : protocol,
          fromPort,
          toPort,
          ...("cidr" in peer ? { cidrIpv4: peer.cidr } : { referencedSecurityGroupId: peer.tier }),
        }));
    return awsFilter(byTier(of));
  },
  azure(flows: Expectation["flows"], { operatorCidrs, egressCidrs }: Expectation): Admits {
    const rules = networkSecurityRules(flows, { operator: operatorCidrs, egress: egressCidrs });
    return azureFilter({ master: rules.master.map(plainNsgRule), media: rules.media.map(plainNsgRule) });
  },
} as const;

function plainNsgRule({
  direction,
  access,
  priority,
  protocol,
  source,
  destination,
  ports,
  name,
}: NetworkSecurityRule): NsgRule {
  const prefixes = (end: RuleEnd): string[] =>
    end.kind === "any" ? ["*"] : end.kind === "tag" ? [end.tag] : end.kind === "ranges" ? [...end.cidrs] : [];
  const groups = (end: RuleEnd): string[] => (end.kind === "tier" ? [end.tier] : []);
  return {
    name,
    direction,
    access,
    priority,
    protocol,
    sourcePortRanges: ["*"],
    destinationPortRanges: [ports],
    sourcePrefixes: prefixes(source),
    destinationPrefixes: prefixes(destination),
    sourceGroups: groups(source),
    destinationGroups: groups(destination),
  };
}

/** Address ranges that a stack may configure: closed and open, and a narrowed way out. */
const ranges = [
  { title: "no operators, open way out", operatorCidrs: [], egressCidrs: ["0.0.0.0/0"] },
  {
    title: "two operator ranges, narrowed way out",
    operatorCidrs: ["198.51.100.0/24", "192.0.2.16/28"],
    egressCidrs: ["151.101.0.0/16"],
  },
] as const;

const byTierName = byTier((tier) => [tier]);

function isPossible(cloud: "aws" | "azure", context: FlowContext): boolean {
  return cloud === "aws" || context.tls === "node";
}

for (const cloud of ["aws", "azure"] as const) {
  describe(`reachability of every combination on ${cloud}`, () => {
    for (const version of versionNames) {
      it(`is the flow table, release ${version}`, () => {
        const tried = { count: 0 };
        // Contexts with the same flows are one and the same firewall.
        const different = new Map(
          [...allContexts(version)].map((context) => [
            flowsFor(context)
              .map(({ id }) => id)
              .join(),
            context,
          ]),
        );
        for (const context of different.values()) {
          if (!isPossible(cloud, context)) continue;
          const flows = flowsFor(context);
          const expectation: Expectation = { cloud, flows, ...ranges[0] };
          const { sources, targets } = placesOf(cloud, byTierName, []);
          // One member of a tier stands for all: rules know groups, not addresses.
          const few = (places: Place[]): Place[] => places.filter(({ name }) => !/10\.0\.[24]\.4|151\./.test(name));
          const found = differences(
            rendered[cloud](flows, expectation),
            expectation,
            few(sources),
            few(targets),
            tried,
          );
          assert.deepEqual(found, [], describeContext(context));
        }
        assert.ok(tried.count > 200_000, `only ${tried.count} connections`);
      });
    }

    for (const { title, ...cidrs } of ranges) {
      it(`is the flow table with ${title}`, () => {
        for (const tls of ["loadBalancer", "node"] as const) {
          const context = plainContext({ tls, features: new Set(["rtmp", "whip", "webrtcOverTcp", "customApp"]) });
          if (!isPossible(cloud, context)) continue;
          const flows = flowsFor(context);
          const expectation: Expectation = { cloud, flows, ...cidrs };
          const { sources, targets } = placesOf(cloud, byTierName, cidrs.operatorCidrs);
          const outsideOperators: Place[] = ["198.51.101.0", "192.0.2.15", "192.0.2.32"].map((address) => ({
            name: `not quite operator ${address}`,
            kind: "internet",
            party: { address, groups: [], inNetwork: false },
          }));
          const found = differences(
            rendered[cloud](flows, expectation),
            expectation,
            [...sources, ...outsideOperators],
            targets,
          );
          assert.deepEqual(found, []);
        }
      });
    }
  });
}

function describeContext({ modules, features, rtcEngine, tls, minio }: FlowContext): string {
  return `${[...modules].join("+")} / ${[...features].join("+")} / ${rtcEngine} / ${tls} / ${minio ? "minio" : "no minio"}`;
}

/** The security-group rules of a graph, by group id. */
function awsRules(graph: Graph): Map<string, GroupRule[]> {
  const rules = new Map<string, GroupRule[]>();
  for (const direction of ["ingress", "egress"] as const) {
    const type = direction === "ingress" ? "Ingress" : "Egress";
    for (const each of ofType(graph, `aws:vpc/securityGroup${type}Rule:SecurityGroup${type}Rule`)) {
      const { securityGroupId, ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId } = inputsOf(each);
      const rule = { direction, ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId } as GroupRule;
      rules.set(securityGroupId, [...(rules.get(securityGroupId) ?? []), rule]);
    }
  }
  return rules;
}

/** What the machines and the load balancer of a graph are attached to. */
function awsAttachments(graph: Graph): TierGroups {
  const interfaces = ofType(graph, "aws:ec2/networkInterface:NetworkInterface").map(
    (each) => inputsOf(each).securityGroups as string[],
  );
  assert.ok(interfaces.length > 0);
  for (const groups of interfaces) assert.deepEqual(groups, interfaces[0]);
  const template = inputsOf(onlyOne(graph, "aws:ec2/launchTemplate:LaunchTemplate"));
  const [own] = (template.networkInterfaces ?? []) as { securityGroups: string[] }[];
  const balancers = ofType(graph, "aws:lb/loadBalancer:LoadBalancer");
  const groupsOf = ({ inputs }: RecordedResource): string[] => inputs["securityGroups"] as string[];
  const [entry, turn, ...more] = balancers.map(groupsOf);
  assert.equal(more.length, 0);
  return {
    // Elastic has none.
    loadBalancer: entry ?? [],
    ...(turn && { turnLoadBalancer: turn }),
    master: interfaces[0]!,
    media: own?.securityGroups ?? (template.vpcSecurityGroupIds as string[]),
  };
}

function awsGraphFilter(graph: Graph): { admits: Admits; groups: TierGroups } {
  const rules = awsRules(graph);
  const groups = awsAttachments(graph);
  const inline = ofType(graph, "aws:ec2/securityGroup:SecurityGroup").filter(
    (each) => "ingress" in each.inputs || "egress" in each.inputs,
  );
  assert.deepEqual(
    inline.map(({ name }) => name),
    [],
    "inline rules overwrite standalone ones",
  );
  const of = (tier: Tier): GroupRule[] => (groups[tier] ?? []).flatMap((id) => rules.get(id) ?? []);
  return { admits: awsFilter(byTier(of)), groups };
}

interface AzureAttachment {
  readonly rules: NsgRule[];
  readonly groups: string[];
}

/** The one network security group and the application security groups of an interface, as Azure has them. */
function azureAttachment(graph: Graph, json: Record<string, any>, subnetId: string): AzureAttachment {
  const ids = [json.networkSecurityGroup?.id].filter(Boolean) as string[];
  const subnet = ofType(graph, "azure-native:network:Subnet").find(({ id }) => id === subnetId);
  const ofSubnet = subnet && inputsOf(subnet).networkSecurityGroup?.id;
  assert.equal(ofSubnet, undefined, "rules at the subnet and at the interface would both have to allow");
  assert.equal(ids.length, 1, "the interface has no network security group");
  const group = ofType(graph, "azure-native:network:NetworkSecurityGroup").find(({ id }) => id === ids[0]);
  assert.ok(group, `${ids[0]} is not in the graph`);
  const [configuration] = json.ipConfigurations as Record<string, any>[];
  return {
    rules: (inputsOf(group).securityRules as Record<string, any>[]).map(nsgRuleFrom),
    groups: (configuration?.applicationSecurityGroups as { id: string }[]).map(({ id }) => id),
  };
}

function azureGraphFilter(graph: Graph): { admits: Admits; groups: TierGroups } {
  const masters = ofType(graph, "azure-native:network:NetworkInterface").map((each) => {
    const json = inputsOf(each);
    return azureAttachment(graph, json, json.ipConfigurations[0].subnet.id as string);
  });
  assert.ok(masters.length > 0);
  for (const each of masters) assert.deepEqual(each, masters[0]);
  const group = inputsOf(onlyOne(graph, "azure-native:compute:VirtualMachineScaleSet"));
  const [nic] = group.virtualMachineProfile.networkProfile.networkInterfaceConfigurations as Record<string, any>[];
  const media = azureAttachment(graph, nic!, nic!.ipConfigurations[0].subnet.id as string);
  return {
    admits: azureFilter({ master: masters[0]!.rules, media: media.rules }),
    groups: { loadBalancer: [], master: masters[0]!.groups, media: media.groups },
  };
}

function expectationOf({ stack, cloud }: CloudExample): Expectation {
  const { operatorCidrs, egressCidrs } = settingsOf(stack).access;
  return { cloud, flows: flowsFor(flowContextOf(stack)), operatorCidrs, egressCidrs };
}

forEachCloudGraph(
  "reachability",
  (graph, example) => {
    const { cloud, stack } = example;

    it("of the machines as they are attached is the flow table, both ways", async () => {
      const expectation = expectationOf(example);
      const { admits, groups } = (cloud === "aws" ? awsGraphFilter : azureGraphFilter)(await graph());
      const { sources, targets } = placesOf(cloud, groups, expectation.operatorCidrs);
      const spread = Array.from({ length: 65 }, (_, index) => 997 * (index + 1));
      const ports = [...samplePorts, ...spread];
      const tried = { count: 0 };
      assert.deepEqual(differences(admits, expectation, sources, targets, tried, ports), []);
      assert.ok(tried.count > 5_000);
    });

    it("SSH and MinIO are closed to the Internet, and media nodes cannot reach the MinIO console", async () => {
      const { admits, groups } = (cloud === "aws" ? awsGraphFilter : azureGraphFilter)(await graph());
      const { sources, targets } = placesOf(cloud, groups, []);
      const of = (places: readonly Place[], kind: Place["kind"]): Place => places.find((place) => place.kind === kind)!;
      const [internet, media, master] = [of(sources, "internet"), of(sources, "media"), of(targets, "master")];
      const tries: [Place, Place, Protocol, number][] = [
        [internet, master, "tcp", 22],
        [internet, of(targets, "media"), "tcp", 22],
        [internet, master, "tcp", 9000],
        [internet, master, "tcp", 20000],
        [internet, master, "tcp", 7000],
        [media, master, "tcp", 9101],
        [media, master, "tcp", 22],
      ];
      const open = tries.filter(([from, to, protocol, port]) => admits(from, to, protocol)(port, 40000));
      assert.deepEqual(
        open.map(([from, to, , port]) => `${from.name} -> ${to.name} ${port}`),
        [],
      );
    });

    it("media ports are one real range", async () => {
      const { admits, groups } = (cloud === "aws" ? awsGraphFilter : azureGraphFilter)(await graph());
      const { sources, targets } = placesOf(cloud, groups, []);
      const internet = sources.find(({ kind }) => kind === "internet")!;
      const media = targets.find(({ kind }) => kind === "media")!;
      const verdicts = [49999, 50000, 55000, 60000, 60001].map((port) => admits(internet, media, "udp")(port, 40000));
      assert.deepEqual(verdicts, [false, true, true, true, false]);
    });

    it("the load balancer listens on exactly the entry's ports and sends each to its back end's port", async () => {
      const recorded = await graph();
      const brief = (listeners: readonly Listener[]) => listeners.map(({ port, targetPort }) => [port, targetPort]);
      const context = flowContextOf(stack);
      const [entry, turn] = ofType(recorded, "aws:lb/loadBalancer:LoadBalancer").map(({ outputs }) => outputs["arn"]);
      const wanted = brief(entryListeners(context));
      assert.deepEqual(cloud === "aws" ? awsListeners(recorded, entry) : azureListeners(recorded), wanted);
      assert.deepEqual(turn === undefined ? [] : awsListeners(recorded, turn), brief(turnListeners(context)));
    });

    it("names no source port and no IPv6 range", async () => {
      const text = JSON.stringify(
        (await graph()).resources.filter(({ type }) => /SecurityGroup/.test(type)).map(inputsOf),
      );
      assert.doesNotMatch(text, /::\/0|cidrIpv6|ipv6CidrBlocks/);
      for (const [range] of text.matchAll(/"sourcePortRanges?":("[^"]*"|\[[^\]]*\])/g))
        assert.equal(range, '"sourcePortRange":"*"');
    });
  },
  { modes: ["up"] },
);

function awsListeners(graph: Graph, balancer: unknown): [number, number][] {
  const groups = ofType(graph, "aws:lb/targetGroup:TargetGroup");
  return ofType(graph, "aws:lb/listener:Listener")
    .map(inputsOf)
    .filter(({ loadBalancerArn }) => loadBalancerArn === balancer)
    .map(({ port, defaultActions }): [number, number] => {
      const [action] = defaultActions as { type: string; targetGroupArn: string }[];
      assert.equal(action?.type, "forward");
      const group = groups.find(
        ({ outputs, id }) => outputs.arn === action?.targetGroupArn || id === action?.targetGroupArn,
      );
      assert.ok(group, "a listener leads nowhere");
      return [port as number, inputsOf(group).port as number];
    })
    .sort(([a], [b]) => a - b);
}

function azureListeners(graph: Graph): [number, number][] {
  return ofType(graph, "azure-native:network:LoadBalancer")
    .flatMap((balancer) => inputsOf(balancer).loadBalancingRules as Record<string, any>[])
    .map(({ frontendPort, backendPort }): [number, number] => [frontendPort as number, backendPort as number])
    .sort(([a], [b]) => a - b);
}
