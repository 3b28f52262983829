/**
 * What a person is told about a plan.
 */
import assert from "node:assert/strict";
import { nodeSeconds, seconds, sumOf } from "../../rehearsal/durations";
import type { Plan, Step } from "../../rehearsal/engine/plan";
import { explain, type ExplainOptions, type Explanation } from "../../rehearsal/report/explain";
import { headline, renderExplanation, spanText } from "../../rehearsal/report/explain-text";
import { impactOf } from "../../rehearsal/report/impacts";
import { isDenied } from "../../rehearsal/report/valuable";
import { exampleGraph } from "../support/graphs";
import { planOf, replacement, step } from "./handmade-plan";

const types = {
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  group: "aws:autoscaling/group:Group",
  instance: "aws:ec2/instance:Instance",
  attachment: "aws:ec2/volumeAttachment:VolumeAttachment",
  rule: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  listener: "aws:lb/listener:Listener",
  target: "aws:lb/targetGroup:TargetGroup",
  record: "aws:route53/record:Record",
  bundle: "aws:secretsmanager/secretVersion:SecretVersion",
  volume: "aws:ebs/volume:Volume",
  set: "azure-native:compute:VirtualMachineScaleSet",
  machine: "azure-native:compute:VirtualMachine",
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
} as const;

const media = { max: 5, bootTimeoutSeconds: 3000, drainTimeoutSeconds: 43200 };
const hour = 3600;

const explained = (steps: readonly Step[], options: ExplainOptions = {}, plan: Partial<Plan> = {}): Explanation =>
  explain(planOf(steps, plan), options);
const update = (type: string, name: string, ...paths: string[]): Step =>
  step("update", type, name, { paths: Object.fromEntries(paths.map((path) => [path, 1])) });
const groupsOf = ({ groups }: Explanation): Record<string, string[]> =>
  Object.fromEntries(groups.map(({ kind, resources }) => [kind, resources.map(({ name }) => name)]));
const whats = ({ interruptions }: Explanation): string[] => interruptions.map(({ what }) => what);
const text = (explanation: Explanation, width = 200): string =>
  renderExplanation(explanation, { coloured: false, width });

describe("explain: groups", () => {
  it("sorts resources by what happens to them", () => {
    const result = explained([
      step("same", types.rule, "still"),
      step("create", types.rule, "new"),
      update(types.rule, "rule", "cidrIpv4"),
      ...replacement(types.instance, "openvidu-masters-2", { replaces: ["replacementTrigger"] }),
      ...replacement(types.attachment, "openvidu-masters-2-data"),
      update(types.template, "media", "userData"),
      update(types.group, "media", "launchTemplate.version"),
      ...replacement(types.target, "target"),
      step("delete", types.rule, "old"),
      step("delete", types.volume, "disk", { retainOnDelete: true }),
      step("delete-replaced", types.rule, "half"),
    ]);
    assert.deepEqual(groupsOf(result), {
      rebuild: ["openvidu-masters-2", "openvidu-masters-2-data"],
      roll: ["media", "media"],
      replaced: ["target"],
      deleted: ["old"],
      kept: ["disk"],
      inPlace: ["rule"],
      created: ["new"],
      leftOver: ["half"],
    });
    assert.deepEqual(result.counts, { create: 1, update: 3, replace: 3, delete: 2, forget: 1 });
    assert.equal(headline(result), "What would change: 1 created, 3 updated, 3 replaced, 2 deleted, 1 kept behind");
  });

  it("takes what the plan says is kept as kept", () => {
    const gone = step("delete", types.rule, "rule");
    assert.deepEqual(groupsOf(explained([gone], {}, { kept: [gone.urn] })), { kept: ["rule"] });
  });

  it("leaves out components and providers", () => {
    const result = explained([
      step("create", "a:b:C", "c", { custom: false }),
      step("create", "pulumi:providers:aws", "p"),
    ]);
    assert.deepEqual(result.groups, []);
    assert.match(text(result), /^Nothing would change\n$/);
  });

  it("names the inputs, and of a replacement those that force it", () => {
    const [replaced, changed] = explained([
      ...replacement(types.target, "target", { replaces: ["port"], paths: { port: 1, tags: 2 } }),
      update(types.rule, "rule", "cidrIpv4", "description"),
    ]).groups.flatMap(({ resources }) => resources);
    assert.deepEqual(replaced?.inputs, ["port"]);
    assert.deepEqual(changed?.inputs, ["cidrIpv4", "description"]);
  });

  it("never tells a value", () => {
    const secret = step("update", types.bundle, "bundle", { paths: { secretString: { secret: "hide me" } } });
    const result = explained([{ ...secret, newInputs: { secretString: "hide me" } }]);
    assert.doesNotMatch(JSON.stringify(result) + text(result), /hide me/);
  });
});

describe("explain: interruptions", () => {
  it("one master is away while its machine is made and boots, and the others serve on", () => {
    const steps = replacement(types.instance, "openvidu-masters-2");
    const [first, ...others] = explained(steps, { masters: 4 }).interruptions;
    const [least, most] = nodeSeconds(types.instance) ?? [];
    assert.equal(first?.what, "master 2 is away; the other 3 serve on");
    assert.deepEqual(first?.seconds, { least, most });
    assert.deepEqual([least, most], [320, 610]);
    assert.deepEqual(others, []);
  });

  it("nothing is said of other masters where it is not known how many there are", () => {
    assert.deepEqual(whats(explained(replacement(types.instance, "openvidu-masters-2"))), ["master 2 is away"]);
  });

  const onlyMaster: readonly { what: string; steps: Step[]; says: RegExp; seconds?: readonly [number, number] }[] = [
    {
      what: "is rebuilt on AWS",
      steps: replacement(types.instance, "openvidu-masters-1"),
      says: /^the cluster is away until its only master has booted$/,
      seconds: nodeSeconds(types.instance)!,
    },
    {
      what: "is rebuilt on Azure",
      steps: replacement(types.machine, "openvidu-masters-1"),
      says: /^the cluster is away until its only master has booted$/,
      seconds: nodeSeconds(types.machine)!,
    },
    {
      what: "restarts on AWS",
      steps: [update(types.instance, "openvidu-masters-1", "instanceType")],
      says: /^the cluster is away until its only master has started again$/,
    },
    {
      what: "restarts on Azure",
      steps: [update(types.machine, "openvidu-masters-1", "hardwareProfile.vmSize")],
      says: /^the cluster is away until its only master has started again$/,
    },
    {
      what: "takes up settings",
      steps: [update(types.bundle, "openvidu-secrets-master", "secretString")],
      says: /^the cluster is interrupted while OpenVidu starts again with the new settings$/,
    },
  ];
  for (const { what, steps, says, seconds: span } of onlyMaster) {
    it(`Elastic: the only master ${what}, and nobody serves on`, () => {
      const result = explained(steps, { masters: 1, media });
      assert.equal(result.interruptions.length, 1);
      assert.match(whats(result)[0] ?? "", says);
      assert.deepEqual(result.interruptions[0]?.seconds, span && { least: span[0], most: span[1] });
    });
  }

  it("more than one master at once is a warning", () => {
    const result = explained([
      ...replacement(types.machine, "openvidu-masters-2"),
      ...replacement(types.machine, "openvidu-masters-3"),
    ]);
    assert.match(whats(result)[0] ?? "", /^2 masters are away in one update/);
  });

  it("media nodes roll in batches on AWS, with the deadlines of the config", () => {
    const steps = [update(types.template, "media", "imageId"), update(types.group, "media", "launchTemplate.version")];
    const [roll, ...others] = explained(steps, { media }).interruptions;
    assert.match(roll?.what ?? "", /media nodes roll.*\(5 nodes at most, one at a time\)/);
    assert.deepEqual(roll?.seconds, { most: 5 * (3000 + 43200) });
    assert.equal(roll?.urns.length, 2);
    assert.deepEqual(others, []);
    const large = explained(steps, { media: { ...media, max: 20 } }).interruptions[0];
    assert.match(large?.what ?? "", /20 nodes at most, 5 at a time/);
    assert.deepEqual(large?.seconds, { most: 4 * (3000 + 43200) });
  });

  it("media nodes roll one at a time on Azure", () => {
    const changed = [update(types.set, "media", "virtualMachineProfile.osProfile.customData")];
    const [roll] = explained(changed, { media: { ...media, max: 20 } }).interruptions;
    assert.deepEqual(roll?.seconds, { most: 20 * (3000 + 43200) });
    assert.match(roll?.what ?? "", /20 nodes at most, one at a time/);
  });

  it("a roll has no times where the config says none", () => {
    const [roll] = explained([update(types.template, "media", "imageId")]).interruptions;
    assert.equal(roll?.seconds, undefined);
    assert.doesNotMatch(roll?.what ?? "", /nodes at most/);
  });

  it("all media nodes are away when their group is replaced", () => {
    const [away] = explained(replacement(types.group, "media"), { media }).interruptions;
    assert.match(away?.what ?? "", /there are no media nodes/);
    assert.deepEqual(away?.seconds, { most: 3000 + 43200 });
  });

  it("a DNS answer lasts as long as the old record said", () => {
    const changed = {
      ...update(types.record, "domain", "records[0]"),
      oldInputs: { ttl: 60 },
      newInputs: { ttl: 300 },
    };
    assert.deepEqual(explained([changed]).interruptions[0]?.seconds, { most: 60 });
    assert.equal(explained([update(types.record, "domain", "aliases")]).interruptions[0]?.seconds, undefined);
  });

  it("masters take up a bundle one at a time, media nodes restart nothing", () => {
    assert.match(
      whats(explained([update(types.bundle, "openvidu-secrets-master", "secretString")]))[0] ?? "",
      /one at a time/,
    );
    const result = explained([update(types.bundle, "openvidu-secrets-media", "secretString")]);
    assert.deepEqual(whats(result), []);
    assert.match(text(result), /media nodes write the values down and restart nothing/);
  });

  it("labels, rules, limits and creations interrupt nothing", () => {
    const result = explained(
      [
        update(types.instance, "openvidu-masters-1", "tags.team", "tagsAll.team"),
        update(types.template, "media", "tags.team"),
        update(types.group, "media", "maxSize"),
        update(types.set, "media", "tags.openvidu-media"),
        step("create", types.rule, "new"),
        step("delete", types.rule, "old"),
        step("create", types.listener, "rtmp"),
      ],
      { media },
    );
    assert.deepEqual(result.interruptions, []);
    assert.match(text(result), /What is interrupted\n  nothing\n/);
    assert.match(text(result), /nodes above a lower maximum drain first/);
  });

  it("come with the worst first", () => {
    const result = explained([
      update(types.record, "domain", "records[0]"),
      ...replacement(types.instance, "openvidu-masters-2"),
      update(types.template, "media", "imageId"),
    ]);
    assert.deepEqual(
      result.interruptions.map(({ urns }) => urns[0]?.split("::").at(-1)),
      ["openvidu-masters-2", "media", "domain"],
    );
  });

  it("the worst of several changed inputs counts", () => {
    const [resource] = explained([update(types.instance, "openvidu-masters-1", "tags.a", "instanceType")]).groups[0]!
      .resources;
    assert.equal(resource?.impact, "restart");
  });

  it("what the table does not know is said to be unknown, not harmless", () => {
    const changed = [update("aws:ec2/vpc:Vpc", "net", "cidrBlock"), step("delete", "aws:sqs/queue:Queue", "queue")];
    const result = explained([...changed, step("update", types.machine, "openvidu-masters-1")]);
    assert.deepEqual(whats(result), ["it is not known whether this interrupts anything, and for how long"]);
    assert.equal(result.interruptions[0]?.urns.length, 3);
  });

  it("an input is known by its name and what is below it, not by how it begins", () => {
    const { urn } = step("update", types.set, "media");
    const kindOf = (path: string): string => impactOf(urn, "update", path).kind;
    assert.deepEqual(
      ["sku.name", "virtualMachineProfile.osProfile", "virtualMachineProfile[0]", "sku.names"].map(kindOf),
      ["roll", "roll", "roll", "unknown"],
    );
  });

  it("a destroy ends the cluster, whatever the single steps do", () => {
    const result = explained([step("delete", types.instance, "openvidu-masters-1")], {}, { kind: "destroy" });
    assert.deepEqual(whats(result), ["the cluster ends; what is kept is listed above"]);
  });

  const single: readonly { what: string; steps: Step[]; expected: RegExp; seconds?: readonly [number, number] }[] = [
    {
      what: "a listener's port",
      steps: [update(types.listener, "https", "port")],
      expected: /new connections to that port/,
      seconds: sumOf([seconds.other, seconds.other]),
    },
    {
      what: "a replaced target group",
      steps: replacement(types.target, "https"),
      expected: /new connections to that port/,
      seconds: sumOf([seconds.other, seconds.other, seconds.healthCheck]),
    },
    {
      what: "a replaced NAT gateway",
      steps: replacement("azure-native:network:NatGateway", "nat"),
      expected: /the masters' way out/,
      seconds: seconds.natGateway,
    },
    {
      what: "a resized machine on Azure",
      steps: [update(types.machine, "openvidu-masters-3", "hardwareProfile.vmSize")],
      expected: /^master 3 stops and starts; the other 3 serve on$/,
    },
    {
      what: "a deleted master",
      steps: [step("delete", types.instance, "openvidu-masters-4")],
      expected: /a master, for good/,
    },
    {
      what: "a replaced address",
      steps: replacement("aws:ec2/eip:Eip", "nat"),
      expected: /whoever knows the old address/,
    },
  ];
  for (const { what, steps, expected, seconds: span } of single) {
    it(`${what}`, () => {
      const [found] = explained(steps, { masters: 4 }).interruptions;
      assert.match(found?.what ?? "", expected);
      assert.deepEqual(found?.seconds, span && { least: span[0], most: span[1] });
    });
  }

  it("a certificate is taken up by new connections alone", () => {
    assert.deepEqual(explained([update(types.listener, "https", "certificateArn")]).interruptions, []);
  });
});

describe("explain: Enterprise v2", () => {
  const masters = { role: "serverGroup" } as const;
  const nodes = { role: "mediaGroup" } as const;
  const edit = (type: string, path: string, where: typeof masters | typeof nodes, name = "openvidu-group"): Step =>
    step("update", type, name, { ...where, paths: { [path]: 1 } });
  const inV2 = (...steps: Step[]): Explanation => explained(steps, { masters: 2 });

  it("a changed template of media nodes is for new ones, and interrupts nothing", () => {
    const result = inV2(edit(types.template, "imageId", nodes), edit(types.group, "launchTemplate.version", nodes));
    assert.deepEqual(result.interruptions, []);
    assert.deepEqual(Object.keys(groupsOf(result)), ["inPlace"]);
    assert.equal(text(result).match(/media nodes that run stay as they are; new ones get it/g)?.length, 2);
  });

  it("a changed template of masters renews them one after the other", () => {
    const result = inV2(edit(types.template, "imageId", masters), edit(types.group, "launchTemplate.version", masters));
    assert.deepEqual(whats(result), [
      "masters are renewed one after the other, each new one first; users of one that leaves connect anew",
    ]);
    assert.equal(result.interruptions[0]?.urns.length, 2);
    assert.deepEqual(groupsOf(result), { rollMasters: ["openvidu-group", "openvidu-group"] });
    assert.match(text(result), /^Masters are renewed one after the other, each new one first$/m);
  });

  it("the cluster is away when the masters' group is replaced, as media nodes are when theirs is", () => {
    const [ofMasters, ofNodes] = [masters, nodes].map((where) =>
      whats(inV2(...replacement(types.group, "group", where))),
    );
    assert.deepEqual(ofMasters, ["the cluster is away from the moment its masters leave until new ones have booted"]);
    assert.match(ofNodes?.[0] ?? "", /^there are no media nodes/);
    const both = inV2(...replacement(types.group, "a", nodes), ...replacement(types.group, "b", masters));
    assert.match(whats(both)[0] ?? "", /^the cluster is away/, "the worst first");
  });

  it("fewer masters are told, and do not drain as media nodes do", () => {
    const result = inV2(edit(types.group, "maxSize", masters), edit(types.group, "desiredCapacity", masters));
    assert.match(text(result), /masters above a lower number leave, and their users connect anew/);
    assert.doesNotMatch(text(result), /drain/);
  });

  it("the autoscaler's alarms decide about nodes, others tell of failures", () => {
    const [scaling, others] = [edit(types.alarm, "threshold", nodes), update(types.alarm, "queue", "threshold")].map(
      (each) => text(inV2(each)),
    );
    assert.match(scaling!, /until it is done, the number of media nodes stays/);
    assert.match(others!, /a failure may go unnoticed/);
  });
});

describe("explain: the table of impacts", () => {
  for (const stack of ["aws-ha", "azure-ha", "aws-elastic", "aws-enterprise-v2"]) {
    it(`${stack}: labels and creations of every resource are known to be harmless`, async () => {
      const { resources } = await exampleGraph(stack);
      const ordinary = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
      const [labels, creations] = [
        ordinary.filter(({ urn }) => impactOf(urn, "update", "tags.x").kind !== "none"),
        ordinary.filter(({ urn }) => impactOf(urn, "create").kind !== "none"),
      ].map((found) => found.map(({ type, name }) => `${type} ${name}`));
      assert.deepEqual([labels, creations], [[], []]);
    });

    it(`${stack}: a replacement of anything but passwords and settings is not taken for harmless`, async () => {
      const { resources } = await exampleGraph(stack);
      const harmless = resources.filter(
        ({ urn, type, inputs }) => isDenied(type, inputs) && impactOf(urn, "replace").kind === "none",
      );
      assert.deepEqual([...new Set(harmless.map(({ type }) => type))], ["random:index/randomPassword:RandomPassword"]);
    });
  }
});

describe("explain: the text", () => {
  const urnOf = (each: Step): string => each.urn;

  it("says which config key is the reason", () => {
    const changed = update(types.rule, "rule", "cidrIpv4");
    const reason = { keys: ["access.operatorCidrs"], elsewhere: false };
    assert.match(
      text(explained([changed], { reasons: new Map([[urnOf(changed), reason]]) })),
      /rule {2}SecurityGroupIngressRule {2}cidrIpv4; because of access\.operatorCidrs;/,
    );
    const newer = { keys: [], elsewhere: true };
    assert.match(
      text(explained([changed], { reasons: new Map([[urnOf(changed), newer]]) })),
      /cidrIpv4; also without an edit of the config/,
    );
    assert.doesNotMatch(text(explained([changed])), /because|edit of the config/);
  });

  it("lists all that matters, and the first of what is harmless", () => {
    const many = (operation: Step["operation"], type: string): Step[] =>
      Array.from({ length: 20 }, (_, index) => step(operation, type, `${operation}-${index}`));
    const whole = text(explained([...many("delete", types.listener), ...many("create", types.rule)]));
    assert.match(whole, /delete-19/);
    assert.match(whole, /create-7 /);
    assert.doesNotMatch(whole, /create-8 /);
    assert.match(whole, /and 12 more/);
  });

  it("warns of what must not be lost, with the reason", () => {
    const result = explained([...replacement(types.volume, "data"), step("delete", "aws:s3/bucket:Bucket", "bucket")]);
    assert.deepEqual(
      result.denied.map(({ change, worth }) => [change, worth]),
      [
        ["replace", "data"],
        ["delete", "data"],
      ],
    );
    assert.match(text(result), /data \(Volume\) would be replaced: a master's databases/);
    assert.match(text(result), /bucket \(Bucket\) would be deleted: recordings/);
  });

  it("keeps to the width and has the same words with colours", () => {
    const result = explained([update(types.template, "media", "imageId"), ...replacement(types.volume, "data")], {
      media,
    });
    assert.ok(
      text(result, 90)
        .split("\n")
        .every((line) => line.length <= 90),
    );
    const coloured = renderExplanation(result, { coloured: true, width: 90 });
    assert.notEqual(coloured, text(result, 90));
    assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ""), text(result, 90));
  });

  it("tells times in the unit that fits", () => {
    assert.equal(spanText({ least: 4, most: 12 }), "about 4 to 12 s");
    assert.equal(spanText({ least: 320, most: 610 }), "about 5 to 11 min");
    assert.equal(spanText({ least: 30, most: 30 }), "about 30 s");
    assert.equal(spanText({ most: 60 }), "at most 60 s");
    assert.equal(spanText({ most: 64 * hour }), "at most 64 h");
  });
});
