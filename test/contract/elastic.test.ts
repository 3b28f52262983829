/**
 * What is so with Elastic alone: one master at a fixed public address of its own, which may be an existing one and may
 * take the place of a domain; and who is told when a master fails.
 */
import assert from "node:assert/strict";
import type { Graph } from "../../rehearsal/graph";
import { reachFromGraph } from "../../rehearsal/reach";
import { bundleContent, bundlesOf, inputsOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { runWarm } from "../support/warm-programs";
import { type ConfigChanges, graphOf, inAdvance, type MachineCloud, saidBy, type Variant, variantOf } from "./examples";

type Json = Record<string, any>;

const stacks: Readonly<Record<MachineCloud, string>> = { aws: "aws-elastic", azure: "azure-elastic" };
const clouds = ["aws", "azure"] as const;

const evaluated = (stack: string, variant: Variant): Promise<Graph> =>
  variantOf(stack, { ...variant, launcher: runWarm });

async function accepted(stack: string, variant: Variant): Promise<Graph> {
  const graph = await evaluated(stack, variant);
  assert.deepEqual([graph.exitCode, graph.refusals], [0, []], saidBy(graph));
  return graph;
}

async function refused(stack: string, variant: Variant, says: RegExp): Promise<Graph> {
  const graph = await evaluated(stack, variant);
  assert.notEqual(graph.exitCode, 0);
  assert.match(saidBy(graph), says);
  return graph;
}

const masterBundle = (graph: Graph): Record<string, string> =>
  bundleContent(bundlesOf(graph).find(({ name }) => name.endsWith("-master"))!);

const outputsOf = (graph: Graph): Json => inputsOf({ ...graph.resources[0]!, inputs: graph.outputs });

const noDomain = (version?: string): Variant => ({
  config: { domain: undefined, ...(version && { version }) } satisfies ConfigChanges,
});

describe("Elastic without a domain", () => {
  before(() =>
    inAdvance(
      clouds.flatMap((cloud) =>
        ["3.7.0", undefined].map((version) => () => evaluated(stacks[cloud], noDomain(version))),
      ),
    ),
  );

  for (const cloud of clouds) {
    for (const [version, nameOf] of [
      [undefined, (ip: string) => ip],
      ["3.7.0", (ip: string) => `openvidu-${ip.replaceAll(".", "-")}.sslip.io`],
    ] as const) {
      it(`is reached on ${cloud} by ${version ? "a public name for its address" : "its address"}, in ${version ?? "the default release"}`, async () => {
        const graph = await accepted(stacks[cloud], noDomain(version));
        const address = { aws: "aws:ec2/eip:Eip", azure: "azure-native:network:PublicIPAddress" }[cloud];
        const { publicIp, ipAddress } = onlyOne(graph, address).outputs;
        const ip = unwrap(publicIp ?? ipAddress) as string;
        const name = nameOf(ip);
        const { urls, entryAddress, dnsRecords } = outputsOf(graph);
        assert.equal(entryAddress, ip);
        assert.deepEqual(dnsRecords, [], "nobody has to make a record for an address");
        const services = urls as Record<string, string>;
        assert.ok(Object.keys(services).length >= 7);
        for (const [service, url] of Object.entries(services)) assert.equal(new URL(url).hostname, name, service);
        const bundle = masterBundle(graph);
        assert.equal(bundle.DOMAIN_NAME, name);
        // AWS-W-1: what nodes publish names the same place.
        const published = Object.keys(bundle).filter((key) => key.endsWith("_URL"));
        // MinIO does not run where recordings lie in S3.
        assert.equal(published.length, cloud === "aws" ? 4 : 5);
        for (const key of published) assert.equal(new URL(bundle[key]!).hostname, name, key);
      });
    }
  }

  it("needs one for an own certificate and for records in a zone", async () => {
    const zone = { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" };
    const graph = await refused("aws-elastic", { config: { domain: undefined, dns: zone } }, /domain/);
    assert.deepEqual(
      graph.resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:")),
      [],
    );
  });
});

describe("Elastic with a domain", () => {
  for (const cloud of clouds) {
    it(`on ${cloud} has it in the master's bundle, in every address and in the record to be made`, async () => {
      const graph = await graphOf(stacks[cloud]);
      const { urls, dnsRecords, entryAddress } = outputsOf(graph);
      assert.deepEqual(dnsRecords, [{ name: "video.example.com", type: "A", value: entryAddress }]);
      for (const url of Object.values(urls as Record<string, string>))
        assert.equal(new URL(url).hostname, "video.example.com");
      assert.equal(masterBundle(graph).DOMAIN_NAME, "video.example.com");
    });
  }

  it("gets its record in a zone of the same cloud or of the other one", async () => {
    const zone = { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" };
    for (const cloud of clouds) {
      const graph = await accepted(stacks[cloud], { config: { dns: zone } });
      const { type, records, aliases } = inputsOf(onlyOne(graph, "aws:route53/record:Record"));
      assert.deepEqual([type, records, aliases], ["A", [outputsOf(graph).entryAddress], undefined], cloud);
      assert.deepEqual(outputsOf(graph).dnsRecords, []);
    }
  });
});

describe("Elastic as the rehearsal sees it", () => {
  for (const cloud of clouds) {
    it(`on ${cloud} lets the Internet reach the master at its address by three ports, and by no load balancer`, async () => {
      const rows = reachFromGraph(await graphOf(stacks[cloud]));
      assert.deepEqual(
        rows.filter(({ from, to }) => from === "internet" && to === "master").map(({ ports }) => ports.first),
        [80, 443, 1935],
      );
      assert.deepEqual(
        rows.filter(
          ({ from, to, purpose }) => from === "loadBalancer" || to === "loadBalancer" || /\(no/.test(purpose),
        ),
        [],
      );
    });
  }
});

const elasticIp = "203.0.113.77";
const adoptElasticIp: ConfigChanges = { entry: { address: elasticIp } };
const subscription = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers";
const addressId = `${subscription}/Microsoft.Network/publicIPAddresses/entry`;
const adoptAddress: ConfigChanges = { entry: { addressId } };

describe("Elastic at an existing address", () => {
  it("on AWS takes an Elastic IP by its address, and makes none", async () => {
    for (const preview of [true, false]) {
      const graph = await accepted("aws-elastic", { config: adoptElasticIp, preview });
      assert.deepEqual(ofType(graph, "aws:ec2/eip:Eip"), []);
      assert.equal(outputsOf(graph).entryAddress, elasticIp);
      const link = onlyOne(graph, "aws:ec2/eipAssociation:EipAssociation");
      assert.match(inputsOf(link).allocationId as string, /^eipalloc-/);
      if (!preview) assert.equal(unwrap(link.outputs.publicIp), elasticIp);
    }
  });

  it("on AWS is the name where there is no domain", async () => {
    const graph = await accepted("aws-elastic", { config: { ...adoptElasticIp, domain: undefined } });
    assert.equal(masterBundle(graph).DOMAIN_NAME, elasticIp);
  });

  it("on AWS says no to one that the account does not have, in the preview as well", async () => {
    for (const preview of [true, false]) {
      const existing = { [elasticIp]: { missing: true } };
      const graph = await refused("aws-elastic", { config: adoptElasticIp, existing, preview }, /no matching EC2 EIP/);
      assert.deepEqual(ofType(graph, "aws:ec2/eipAssociation:EipAssociation"), []);
      assert.deepEqual(ofType(graph, "aws:ec2/instance:Instance"), []);
    }
  });

  it("on AWS takes none away from something else, but keeps its own", async () => {
    const networkInterfaceId = "eni-0a1b2c3d4e5f60718";
    const held = (tags: Json): Variant["existing"] => ({
      [elasticIp]: { networkInterfaceId },
      [networkInterfaceId]: { tags },
    });
    const foreign = held({ "openvidu-cluster": "openvidu-another" });
    const graph = await refused(
      "aws-elastic",
      { config: adoptElasticIp, existing: foreign },
      /entry\.address: 203\.0\.113\.77 is in use by .*eni-0a1b2c3d4e5f60718/,
    );
    assert.deepEqual(ofType(graph, "aws:ec2/eipAssociation:EipAssociation"), []);
    await refused("aws-elastic", { config: adoptElasticIp, existing: held({}) }, /is in use/);
    await accepted("aws-elastic", {
      config: adoptElasticIp,
      existing: held({ "openvidu-cluster": "openvidu-aws-elastic" }),
    });
  });

  it("on Azure takes a static Standard address by its id, and makes none", async () => {
    const graph = await accepted("azure-elastic", { config: adoptAddress });
    assert.deepEqual(ofType(graph, "azure-native:network:PublicIPAddress"), []);
    const [configuration] = inputsOf(onlyOne(graph, "azure-native:network:NetworkInterface"))
      .ipConfigurations as Json[];
    assert.deepEqual(configuration?.publicIPAddress, { id: addressId });
    assert.match(outputsOf(graph).entryAddress as string, /^\d+\.\d+\.\d+\.\d+$/);
  });

  it("on Azure says no to one that is not there, is not static, or is bound to another zone", async () => {
    const says: [Json, RegExp][] = [
      [{ missing: true }, /ResourceNotFound/],
      [{ publicIPAllocationMethod: "Dynamic" }, /must be static and of SKU Standard/],
      [{ sku: { name: "Basic" } }, /must be static and of SKU Standard/],
      [{ zones: ["2"] }, /entry\.addressId: the address is bound to zone 2, but the master stands in zone 1; name/],
    ];
    for (const [properties, pattern] of says) {
      const existing = { [addressId]: properties };
      const graph = await refused("azure-elastic", { config: adoptAddress, existing }, pattern);
      assert.deepEqual(ofType(graph, "azure-native:compute:VirtualMachine"), []);
    }
    const network = { zones: ["2", "3"] };
    await accepted("azure-elastic", {
      config: { ...adoptAddress, network },
      existing: { [addressId]: { zones: ["2"] } },
    });
  });
});

describe("Elastic in an existing network", () => {
  const aws = {
    networkId: "vpc-0123456789abcdef0",
    masterSubnetIds: ["subnet-0a1b2c3d4e5f60711"],
    mediaSubnetIds: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
  };

  it("on AWS puts the master into the one subnet, at an address of its own", async () => {
    const graph = await accepted("aws-elastic", { config: { network: { adopt: aws } } });
    assert.equal(
      inputsOf(onlyOne(graph, "aws:ec2/networkInterface:NetworkInterface")).subnetId,
      aws.masterSubnetIds[0],
    );
    assert.equal(ofType(graph, "aws:ec2/eipAssociation:EipAssociation").length, 1);
    assert.deepEqual(
      graph.resources.filter(({ type }) => /:(Vpc|Subnet|RouteTable|InternetGateway|NatGateway)$/.test(type)),
      [],
    );
  });

  it("takes no second subnet for masters and none for a load balancer", async () => {
    const adopt = { ...aws, masterSubnetIds: aws.mediaSubnetIds, loadBalancerSubnetIds: aws.mediaSubnetIds };
    const graph = await refused("aws-elastic", { config: { network: { adopt } } }, /network\.adopt\.masterSubnetIds/);
    assert.match(saidBy(graph), /network\.adopt\.loadBalancerSubnetIds/);
  });
});

const emails = ["ops@example.com", "on-call@example.org"];
const withMails: Variant = { config: { alarms: { emails } } };

describe("alarms", () => {
  const alarmsOf = (graph: Graph): Json[] => ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(inputsOf);
  const alertsOf = (graph: Graph): Json[] => ofType(graph, "azure-native:monitor:MetricAlert").map(inputsOf);

  before(() =>
    inAdvance(["aws-elastic", "azure-elastic", "aws-ha", "azure-ha"].map((stack) => () => evaluated(stack, withMails))),
  );

  it("on AWS have EC2 recover the master's host and reboot the master, in this order, whether somebody is told or not", async () => {
    const told = await accepted("aws-elastic", withMails);
    for (const graph of [await graphOf("aws-elastic"), told]) {
      const machine = onlyOne(graph, "aws:ec2/instance:Instance").id;
      const [host, own] = alarmsOf(graph);
      assert.equal(alarmsOf(graph).length, 2);
      for (const alarm of [host!, own!]) {
        assert.deepEqual(alarm.dimensions, { InstanceId: machine });
        assert.deepEqual([alarm.namespace, alarm.period, alarm.statistic], ["AWS/EC2", 60, "Maximum"]);
        assert.deepEqual([alarm.comparisonOperator, alarm.threshold], ["GreaterThanOrEqualToThreshold", 1]);
        assert.equal(alarm.treatMissingData, "missing", "a machine that was stopped on purpose is left alone");
      }
      assert.equal(host?.metricName, "StatusCheckFailed_System");
      assert.equal(own?.metricName, "StatusCheckFailed_Instance");
      assert.equal(host?.alarmActions[0], "arn:aws:automate:eu-west-1:ec2:recover");
      assert.equal(own?.alarmActions[0], "arn:aws:automate:eu-west-1:ec2:reboot");
      assert.ok(own.evaluationPeriods > host.evaluationPeriods, "a machine that is moved would be rebooted as well");
    }
  });

  it("on AWS tell each mail address by one topic, and nobody without one", async () => {
    const silent = await graphOf("aws-elastic");
    assert.deepEqual(ofType(silent, "aws:sns/topic:Topic"), []);
    for (const { alarmActions, okActions } of alarmsOf(silent))
      assert.deepEqual([(alarmActions as string[]).length, okActions], [1, []]);
    const graph = await accepted("aws-elastic", withMails);
    const { arn } = onlyOne(graph, "aws:sns/topic:Topic").outputs;
    const subscriptions = ofType(graph, "aws:sns/topicSubscription:TopicSubscription").map(inputsOf);
    assert.deepEqual(
      subscriptions.map(({ topic, protocol, endpoint }) => [topic as unknown, protocol as string, endpoint as string]),
      emails.map((email) => [arn, "email", email]),
    );
    for (const { alarmActions, okActions } of alarmsOf(graph))
      assert.deepEqual([(alarmActions as string[])[1], okActions], [arn, [arn]]);
  });

  it("tell addresses apart that differ in punctuation alone, each by a name that stays whoever else is told", async () => {
    const alike = ["ops.eu@example.com", "ops-eu@example.com", "ops_eu@example.com"];
    const to = (...addresses: string[]): Variant => ({ config: { alarms: { emails: addresses } } });
    const nameOf = (graph: Graph, address: string): string | undefined =>
      ofType(graph, "aws:sns/topicSubscription:TopicSubscription").find((it) => inputsOf(it).endpoint === address)
        ?.name;
    const graph = await accepted("aws-elastic", to(...alike));
    const names = alike.map((address) => nameOf(graph, address));
    assert.equal(new Set(names).size, alike.length);
    for (const each of names) assert.match(each ?? "", /^openvidu-alarms-ops-eu-example-com-[0-9a-f]{8}$/);
    assert.equal(nameOf(await accepted("aws-elastic", to(alike[1]!)), alike[1]!), names[1]);
    const group = onlyOne(await accepted("azure-elastic", to(...alike)), "azure-native:monitor:ActionGroup");
    const receivers = (inputsOf(group).emailReceivers as Json[]).map(({ name }) => name as string);
    assert.equal(new Set(receivers).size, alike.length);
  });

  it("on AWS name the partition of the region", async () => {
    for (const [region, partition] of [
      ["cn-northwest-1", "aws-cn"],
      ["us-gov-west-1", "aws-us-gov"],
    ] as const) {
      const images = { masterId: "ami-0d64d64d600000000", mediaId: "ami-0d64d64d600000000" };
      const sizes = { masters: { instanceType: "c5.xlarge" }, media: { instanceType: "c5.xlarge" } };
      const graph = await accepted("aws-elastic", { config: { region, images, ...sizes, ...withMails.config } });
      for (const { alarmActions } of alarmsOf(graph)) {
        for (const action of alarmActions as string[])
          assert.match(action, new RegExp(`^arn:${partition}:\\w+:${region}:`));
      }
    }
  });

  it("on Azure fire when the machine is not available, everywhere and for everybody on the list", async () => {
    const graph = await accepted("azure-elastic", withMails);
    const group = onlyOne(graph, "azure-native:monitor:ActionGroup");
    const { location, groupShortName, emailReceivers, enabled } = inputsOf(group);
    assert.deepEqual([location, enabled], ["global", true]);
    assert.ok((groupShortName as string).length <= 12);
    assert.deepEqual(
      (emailReceivers as Json[]).map(({ emailAddress }) => emailAddress as string),
      emails,
    );
    for (const [each, actions] of [
      [graph, [{ actionGroupId: group.id }]],
      [await graphOf("azure-elastic"), []],
    ] as const) {
      const [alert, ...others] = alertsOf(each);
      assert.deepEqual(others, []);
      assert.deepEqual(alert?.scopes, [onlyOne(each, "azure-native:compute:VirtualMachine").id]);
      assert.deepEqual([alert.location, alert.enabled, alert.autoMitigate], ["global", true, true]);
      const [criterion] = alert.criteria.allOf as Json[];
      assert.deepEqual(
        [criterion?.metricName, criterion?.operator, criterion?.threshold],
        ["VmAvailabilityMetric", "LessThan", 1],
      );
      // Anything but the largest value would tell of every reboot: one zero among five is enough for the average.
      assert.deepEqual([criterion?.timeAggregation, alert.windowSize], ["Maximum", "PT5M"]);
      assert.deepEqual(alert.actions, actions);
    }
    assert.deepEqual(ofType(await graphOf("azure-elastic"), "azure-native:monitor:ActionGroup"), []);
  });

  it("of High Availability are there when somebody is to be told, for each master", async () => {
    for (const stack of ["aws-ha", "azure-ha"]) {
      const silent = await graphOf(stack);
      assert.deepEqual([...alarmsOf(silent), ...alertsOf(silent)], []);
      const graph = await accepted(stack, withMails);
      const machines = [
        ...ofType(graph, "aws:ec2/instance:Instance"),
        ...ofType(graph, "azure-native:compute:VirtualMachine"),
      ];
      const watched = [
        ...alarmsOf(graph).map(({ dimensions }) => dimensions.InstanceId as string),
        ...alertsOf(graph).flatMap(({ scopes }) => scopes as string[]),
      ];
      assert.deepEqual(
        [...new Set(watched)],
        machines.map(({ id }) => id),
      );
    }
  });
});
