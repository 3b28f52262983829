/**
 * Enterprise v2 on AWS: what the vendor's template makes (reference/onprem-v2-reference.md B), with its weaknesses taken
 * away where a deployment can (B.10). Everything is read from graphs of the whole program.
 */
import assert from "node:assert/strict";
import { settingsObject } from "../../openvidu/enterprise-v2";
import { flowsFor } from "../../openvidu/flows";
import { securityGroupRules } from "../../providers/aws/firewall";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { reachFromGraph } from "../../rehearsal/reach";
import { configSchema, type JsonSchema } from "../../stacks/json-schema";
import { secretKeys } from "../../stacks/settings";
import { allDependencies, inputsOf, leavesOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { found, needle } from "../support/hidden-text";
import { type ConfigChanges, evaluateVariant, graphOf } from "./examples";

const stack = "aws-enterprise-v2";
const types = {
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  bucketPolicy: "aws:s3/bucketPolicy:BucketPolicy",
  copy: "aws:ec2/amiCopy:AmiCopy",
  group: "aws:autoscaling/group:Group",
  hook: "aws:autoscaling/lifecycleHook:LifecycleHook",
  listener: "aws:lb/listener:Listener",
  policy: "aws:iam/rolePolicy:RolePolicy",
  queue: "aws:sqs/queue:Queue",
  redis: "aws:elasticache/replicationGroup:ReplicationGroup",
  rule: "aws:lb/listenerRule:ListenerRule",
  target: "aws:cloudwatch/eventTarget:EventTarget",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
} as const;

/** Everything set that can be set; the masters relay no media here. */
const everything: ConfigChanges = {
  region: "eu-west-1",
  domain: "meet.example.com",
  dns: { kind: "none" },
  certificate: {
    kind: "acm",
    arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
  },
  clusterId: "other-cluster",
  mediaServer: "kurento",
  recording: false,
  coturnInMediaNodes: true,
  webrtcOverTcp: true,
  elasticsearch: {
    url: "https://es.example.com:9200",
    kibanaUrl: "https://kb.example.com:5601",
    user: "writer",
  },
  masters: { instanceType: "m5.large", diskGiB: 120, min: 2, desired: 3, max: 5 },
  media: {
    instanceType: "c6a.2xlarge",
    diskGiB: 60,
    min: 3,
    desired: 4,
    max: 9,
    scaleUpCpuPercent: 61,
    scaleDownCpuPercent: 22,
    drainTimeoutMinutes: 45,
  },
  sessionStore: { nodeType: "cache.t3.small", nodes: 3, transitEncryption: true, snapshotDays: 2 },
  storage: { bucket: "example-settings", autoRestart: false },
  access: { keyName: "operators", operatorCidrs: ["198.51.100.0/24"] },
  network: {
    adopt: {
      networkId: "vpc-0a1b2c3d4e5f60718",
      masterSubnetIds: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
      mediaSubnetIds: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
      loadBalancerSubnetIds: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
    },
  },
  images: { masterId: "ami-0aaaaaaaaaaaaaaaa", mediaId: "ami-0bbbbbbbbbbbbbbbb" },
};
const markers = {
  license: "marked-licence-QzX7vKp2LmW9",
  openviduSecret: "marked-secret-Rt5yNb8GhJk3",
  elasticsearchPassword: "marked-password-Wd4sFc6VuXe1",
};

let whole: Promise<Graph> | undefined;
const allSet = (): Promise<Graph> => (whole ??= evaluateVariant(stack, { config: everything, secrets: markers }));

function named(graph: Graph, type: string, name: string): RecordedResource {
  const [resource] = ofType(graph, type).filter((each) => each.name === name);
  assert.ok(resource, `${graph.stack} has no ${type} ${name}`);
  return resource;
}

const masterGroup = (graph: Graph) => inputsOf(named(graph, types.group, "openvidu-masters"));
const mediaGroup = (graph: Graph) => inputsOf(named(graph, types.group, "openvidu-media"));
const template = (graph: Graph, of: "masters" | "media") => inputsOf(named(graph, types.template, `openvidu-${of}`));

/** The settings in the masters' user data. */
function userData(graph: Graph): Record<string, string> {
  const text = Buffer.from(String(template(graph, "masters").userData), "base64").toString();
  const items = text.trimEnd().split(" | \\\n");
  return Object.fromEntries(items.map((item) => [item.split("=")[0]!, item.split("=").slice(1).join("=")]));
}

const statements = (policy: RecordedResource): Record<string, any>[] =>
  (JSON.parse(String(inputsOf(policy).policy)) as { Statement: Record<string, any>[] }).Statement;

/** Each parameter of the vendor's template (B.1), the config key that takes its place, and where it arrives. */
/* prettier-ignore */
const parameters: readonly { parameter: string; key: string; look: (graph: Graph) => unknown; is: unknown }[] = [
  { parameter: "DomainName", key: "domain", look: (graph) => userData(graph)["DOMAIN_OR_PUBLIC_IP"], is: "meet.example.com" },
  { parameter: "KeyName", key: "access.keyName", look: (graph) => [template(graph, "masters").keyName, template(graph, "media").keyName], is: ["operators", "operators"] },
  { parameter: "OpenViduLicense", key: "license", look: (graph) => userData(graph)["OPENVIDU_PRO_LICENSE"], is: markers.license },
  { parameter: "OpenViduSecret", key: "openviduSecret", look: (graph) => userData(graph)["OPENVIDU_SECRET"], is: markers.openviduSecret },
  { parameter: "MediaServer", key: "mediaServer", look: (graph) => userData(graph)["OPENVIDU_ENTERPRISE_MEDIA_SERVER"], is: "kurento" },
  { parameter: "OpenViduProClusterId", key: "clusterId", look: (graph) => userData(graph)["OPENVIDU_PRO_CLUSTER_ID"], is: "other-cluster" },
  { parameter: "OpenViduS3BucketName", key: "storage.bucket", look: (graph) => userData(graph)["OPENVIDU_PRO_CONFIG_S3_BUCKET"], is: "example-settings" },
  { parameter: "OpenViduS3ConfigAutoRestart", key: "storage.autoRestart", look: (graph) => userData(graph)["OPENVIDU_ENTERPRISE_S3_CONFIG_AUTORESTART"], is: "false" },
  { parameter: "OpenViduRecording", key: "recording", look: (graph) => userData(graph)["OPENVIDU_RECORDING"], is: "false" },
  { parameter: "CoturnInMediaNodes", key: "coturnInMediaNodes", look: (graph) => userData(graph)["OPENVIDU_PRO_COTURN_IN_MEDIA_NODES"], is: "true" },
  { parameter: "ElasticsearchEnabled", key: "elasticsearch.enabled", look: (graph) => userData(graph)["OPENVIDU_PRO_ELASTICSEARCH"], is: "true" },
  { parameter: "ElasticsearchUser", key: "elasticsearch.user", look: (graph) => userData(graph)["ELASTICSEARCH_USERNAME"], is: "writer" },
  { parameter: "ElasticsearchPassword", key: "elasticsearchPassword", look: (graph) => userData(graph)["ELASTICSEARCH_PASSWORD"], is: markers.elasticsearchPassword },
  { parameter: "ElasticsearchUrl", key: "elasticsearch.url", look: (graph) => userData(graph)["OPENVIDU_PRO_ELASTICSEARCH_HOST"], is: "https://es.example.com:9200" },
  { parameter: "KibanaUrl", key: "elasticsearch.kibanaUrl", look: (graph) => userData(graph)["OPENVIDU_PRO_KIBANA_HOST"], is: "https://kb.example.com:5601" },
  { parameter: "LoadBalancerCertificateARN", key: "certificate.arn", look: (graph) => inputsOf(named(graph, types.listener, "openvidu-entry-https")).certificateArn, is: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" },
  { parameter: "AwsInstanceTypeOV", key: "masters.instanceType", look: (graph) => template(graph, "masters").instanceType, is: "m5.large" },
  { parameter: "AwsInstanceTypeKMS", key: "media.instanceType", look: (graph) => template(graph, "media").instanceType, is: "c6a.2xlarge" },
  { parameter: "MinMasterNodes", key: "masters.min", look: (graph) => masterGroup(graph).minSize, is: 2 },
  { parameter: "MaxMasterNodes", key: "masters.max", look: (graph) => masterGroup(graph).maxSize, is: 5 },
  { parameter: "DesiredMasterNodes", key: "masters.desired", look: (graph) => masterGroup(graph).desiredCapacity, is: 3 },
  { parameter: "MinMediaNodes", key: "media.min", look: (graph) => mediaGroup(graph).minSize, is: 3 },
  { parameter: "MaxMediaNodes", key: "media.max", look: (graph) => mediaGroup(graph).maxSize, is: 9 },
  { parameter: "DesiredMediaNodes", key: "media.desired", look: (graph) => mediaGroup(graph).desiredCapacity, is: 4 },
  { parameter: "ScaleUpMediaNodesAvgCpu", key: "media.scaleUpCpuPercent", look: (graph) => inputsOf(named(graph, types.alarm, "openvidu-media-up")).threshold, is: 61 },
  { parameter: "ScaleDownMediaNodesAvgCpu", key: "media.scaleDownCpuPercent", look: (graph) => inputsOf(named(graph, types.alarm, "openvidu-media-down")).threshold, is: 22 },
  { parameter: "OpenViduVPC", key: "network.adopt.networkId", look: (graph) => inputsOf(onlyOne(graph, "aws:lb/targetGroup:TargetGroup")).vpcId, is: "vpc-0a1b2c3d4e5f60718" },
  { parameter: "OpenViduSubnets", key: "network.adopt.masterSubnetIds", look: (graph) => masterGroup(graph).vpcZoneIdentifiers, is: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"] },
];

function keysOf({ properties = {}, oneOf = [] }: JsonSchema, at = ""): string[] {
  const members = [properties, ...oneOf.map((branch) => branch.properties ?? {})].flatMap(Object.entries);
  return members.flatMap(([key, schema]) => {
    const path = at === "" ? key : `${at}.${key}`;
    return [path, ...keysOf(schema as JsonSchema, path)];
  });
}

describe("parameters of the vendor's template of Enterprise v2", () => {
  const known = [...keysOf(configSchema({ cloud: "aws", edition: "enterprise-v2" })), ...secretKeys];

  it("are all in this table", () => assert.equal(new Set(parameters.map(({ parameter }) => parameter)).size, 28));

  for (const { parameter, key, look, is } of parameters) {
    it(`${parameter} is openvidu:${key}`, async () => {
      assert.ok(known.includes(key), key);
      assert.deepEqual(look(await allSet()), is);
    });
  }
});

describe("the entry of Enterprise v2", () => {
  it("leads HTTP to HTTPS, and HTTPS to the masters with the certificate", async () => {
    const graph = await graphOf(stack);
    const [http, https] = ["http", "https"].map((part) =>
      inputsOf(named(graph, types.listener, `openvidu-entry-${part}`)),
    );
    assert.deepEqual([http!.port, http!.protocol, https!.port, https!.protocol], [80, "HTTP", 443, "HTTPS"]);
    assert.deepEqual(http!.defaultActions, [
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ]);
    assert.equal(https!.defaultActions[0].type, "forward");
    assert.match(https!.certificateArn, /^arn:aws:acm:eu-central-1:/);
    assert.match(https!.sslPolicy, /TLS13-1-2/);
  });

  it("has the vendor's three rules in their order", async () => {
    const rules = ofType(await graphOf(stack), types.rule)
      .map(inputsOf)
      .sort((a, b) => a.priority - b.priority);
    assert.deepEqual(
      rules.map(({ priority, conditions, actions }) => [
        priority,
        conditions[0].pathPattern.values,
        actions[0].type,
        actions[0].fixedResponse?.statusCode ?? actions[0].redirect?.path ?? "",
      ]),
      [
        [1, ["/"], "fixed-response", "401"],
        [2, ["/inspector"], "redirect", "/inspector/"],
        [3, ["/openvidu*"], "forward", ""],
      ],
    );
  });

  it("asks masters on their own port whether they are well", async () => {
    const group = inputsOf(onlyOne(await graphOf(stack), "aws:lb/targetGroup:TargetGroup"));
    assert.deepEqual([group.port, group.protocol], [4443, "HTTP"]);
    const { port, path, matcher, interval, timeout, healthyThreshold, unhealthyThreshold } = group.healthCheck;
    assert.deepEqual(
      [port, path, matcher, interval, timeout, healthyThreshold, unhealthyThreshold],
      ["4443", "/", "401-403", 10, 5, 3, 4],
    );
  });
});

describe("the groups of Enterprise v2", () => {
  it("replace a master that the load balancer finds unwell, over at least two zones", async () => {
    const graph = await graphOf(stack);
    const group = masterGroup(graph);
    assert.deepEqual([group.healthCheckType, group.healthCheckGracePeriod], ["ELB", 180]);
    assert.deepEqual([group.minSize, group.desiredCapacity], [2, 2]);
    assert.ok(new Set(group.vpcZoneIdentifiers).size >= 2);
    assert.equal(group.targetGroupArns.length, 1);
  });

  it("protect media nodes, and label both kinds as the masters expect", async () => {
    const graph = await graphOf(stack);
    assert.equal(mediaGroup(graph).protectFromScaleIn, true);
    const tags = (group: Record<string, any>) =>
      Object.fromEntries(
        (group.tags as { key: string; value: string }[])
          .filter(({ key }) => key.startsWith("ov-"))
          .map(({ key, value }) => [key, value]),
      );
    assert.deepEqual(tags(mediaGroup(graph)), { "ov-cluster-member": "kms", "ov-medianode-status": "running" });
    assert.deepEqual(tags(masterGroup(graph)), { "ov-cluster-member": "server" });
    for (const group of [mediaGroup(graph), masterGroup(graph)]) {
      assert.ok(group.tags.every(({ propagateAtLaunch }: { propagateAtLaunch: boolean }) => propagateAtLaunch));
    }
  });

  it("renew masters one at a time, the new one first, however many there are", async () => {
    for (const graph of [await graphOf(stack), await allSet()]) {
      const { strategy, preferences } = masterGroup(graph).instanceRefresh;
      assert.equal(strategy, "Rolling");
      // With room above, a share of the group would be replaced at once (cloud-facts-aws.md 2).
      assert.deepEqual([preferences.minHealthyPercentage, preferences.maxHealthyPercentage], [100, 100]);
    }
  });

  it("wait for no number of media nodes, since the masters may keep more", async () => {
    assert.equal(mediaGroup(await graphOf(stack)).waitForCapacityTimeout, "0");
    assert.equal(mediaGroup(await graphOf(stack)).instanceRefresh, undefined);
  });

  it("go by the names that the masters are told", async () => {
    const graph = await graphOf(stack);
    const told = userData(graph);
    assert.equal(told["RM_MEDIA_NODES_AUTOSCALING_GROUP_NAME"], mediaGroup(graph).name);
    assert.equal(told["RM_MASTER_NODES_AUTOSCALING_GROUP_NAME"], masterGroup(graph).name);
    assert.equal(told["RM_SQS_QUEUE"], inputsOf(named(graph, types.queue, "openvidu-events")).name);
    assert.equal(told["RM_REDIS_IP"], unwrap(onlyOne(graph, types.redis).outputs.primaryEndpointAddress));
    assert.equal(told["RM_REDIS_PORT"], "6379");
    assert.match(
      told["RM_CLOUDFORMATION_ARN"]!,
      /^arn:aws:cloudformation:eu-central-1:123456789012:stack\/.+\/[0-9a-f-]{36}$/,
    );
  });

  it("tell media nodes nothing, as their image wants it", async () => {
    assert.equal(template(await graphOf(stack), "media").userData, undefined);
  });

  it("have machines with encrypted disks and identities by token only", async () => {
    for (const graph of [await graphOf(stack), await allSet()]) {
      for (const one of ofType(graph, types.template).map(inputsOf)) {
        assert.deepEqual(
          [one.metadataOptions.httpTokens, one.metadataOptions.httpPutResponseHopLimit],
          ["required", 1],
        );
        assert.ok(one.blockDeviceMappings.every(({ ebs }: { ebs: { encrypted: string } }) => ebs.encrypted === "true"));
      }
    }
  });

  it("stand where clients reach them directly, without a NAT gateway, where masters relay", async () => {
    const graph = await graphOf(stack);
    const open = ofType(graph, "aws:ec2/subnet:Subnet").filter((each) => inputsOf(each).mapPublicIpOnLaunch === true);
    const ids = open.map(({ id }) => id);
    assert.ok((masterGroup(graph).vpcZoneIdentifiers as string[]).every((id) => ids.includes(id)));
    assert.deepEqual(ofType(graph, "aws:ec2/natGateway:NatGateway"), []);
  });

  it("keep masters off the Internet where media nodes relay", async () => {
    const isPublic = (graph: Graph, of: "masters" | "media") =>
      template(graph, of).networkInterfaces[0].associatePublicIpAddress;
    assert.equal(isPublic(await graphOf(stack), "masters"), "true");
    assert.equal(isPublic(await allSet(), "masters"), "false");
    assert.equal(isPublic(await allSet(), "media"), "true");
  });

  it("take all nodes of a group away without help, media nodes first", async () => {
    const graph = await graphOf(stack);
    assert.deepEqual(
      graph.resources.filter(({ type }) => type.startsWith("aws:lambda/")).map(({ urn }) => urn),
      [],
    );
    const media = named(graph, types.group, "openvidu-media");
    // The provider takes the protection away, and empties the group, before it deletes it: autoscaling/group.go.
    assert.equal(inputsOf(media).forceDelete, false);
    assert.ok(allDependencies(graph, media).has(named(graph, types.group, "openvidu-masters").urn));
  });
});

describe("the events of Enterprise v2", () => {
  it("have the vendor's form", async () => {
    const graph = await graphOf(stack);
    const message = (part: string): unknown => {
      const { inputTransformer } = inputsOf(named(graph, types.target, `openvidu-events-${part}`));
      const text = String(inputTransformer.inputTemplate).replace(/<([a-z]+)>/g, (_, name: string) =>
        JSON.stringify(inputTransformer.inputPaths[name]),
      );
      return JSON.parse(text);
    };
    assert.deepEqual(message("lifecycle"), {
      source: "$.source",
      detail: {
        LifecycleTransition: "$.detail.LifecycleTransition",
        AutoScalingGroupName: "$.detail.AutoScalingGroupName",
        EC2InstanceId: "$.detail.EC2InstanceId",
      },
      role: "MediaNode",
    });
    assert.deepEqual(message("schedule"), { source: "custom.autoscaling_schedule", detail: { time: "$.time" } });
  });

  it("come from media nodes that come and go, and every minute, in one ordered group", async () => {
    const graph = await graphOf(stack);
    const rule = (part: string) =>
      inputsOf(named(graph, "aws:cloudwatch/eventRule:EventRule", `openvidu-events-${part}`));
    assert.deepEqual(JSON.parse(String(rule("lifecycle").eventPattern)), {
      source: ["aws.autoscaling"],
      detail: {
        LifecycleTransition: ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"],
        AutoScalingGroupName: [mediaGroup(graph).name],
      },
    });
    assert.equal(rule("schedule").scheduleExpression, "rate(1 minute)");
    for (const target of ofType(graph, types.target).map(inputsOf)) {
      assert.equal(target.sqsTarget.messageGroupId, "sqs-notification");
    }
  });

  it("can be sent before the first media node comes", async () => {
    const graph = await graphOf(stack);
    const before = allDependencies(graph, named(graph, types.group, "openvidu-media"));
    for (const target of ofType(graph, types.target)) assert.ok(before.has(target.urn), target.name);
    const hooks = mediaGroup(graph).initialLifecycleHooks as { lifecycleTransition: string }[];
    assert.equal(hooks.length, 2);
  });

  it("wait for masters that are being replaced, encrypted, and are put aside with an alarm when nobody can use them", async () => {
    const graph = await graphOf(stack);
    const queue = inputsOf(named(graph, types.queue, "openvidu-events"));
    assert.deepEqual(
      [queue.fifoQueue, queue.contentBasedDeduplication, queue.sqsManagedSseEnabled],
      [true, true, true],
    );
    // Notice (40 s), grace (180 s), launch and start of a master: within a quarter of an hour.
    assert.ok(queue.messageRetentionSeconds >= 900);
    assert.equal(queue.visibilityTimeoutSeconds, 50);
    const aside = named(graph, types.queue, "openvidu-events-set-aside");
    assert.equal(JSON.parse(String(queue.redrivePolicy)).deadLetterTargetArn, unwrap(aside.outputs.arn));
    const alarm = inputsOf(named(graph, types.alarm, "openvidu-events-set-aside"));
    assert.deepEqual(
      [alarm.namespace, alarm.dimensions.QueueName, alarm.threshold],
      ["AWS/SQS", inputsOf(aside).name, 0],
    );
  });

  it("that no master takes are reported long before they are lost, to whom alarms are sent", async () => {
    const graph = await evaluateVariant(stack, { config: { alarms: { emails: ["ops@example.com"] } } });
    const queue = inputsOf(named(graph, types.queue, "openvidu-events"));
    const alarm = inputsOf(named(graph, types.alarm, "openvidu-events-waiting"));
    assert.deepEqual(
      [alarm.namespace, alarm.metricName, alarm.dimensions.QueueName, alarm.statistic, alarm.comparisonOperator],
      ["AWS/SQS", "ApproximateAgeOfOldestMessage", queue.name, "Maximum", "GreaterThanThreshold"],
    );
    // Later than a message is put aside that no master can use, and with most of its time left.
    const { maxReceiveCount } = JSON.parse(String(queue.redrivePolicy));
    assert.ok(alarm.threshold > maxReceiveCount * queue.visibilityTimeoutSeconds);
    assert.ok(alarm.threshold + alarm.period * alarm.evaluationPeriods <= queue.messageRetentionSeconds / 2);
    const topic = unwrap(onlyOne(graph, "aws:sns/topic:Topic").outputs.arn);
    for (const which of ["waiting", "set-aside"]) {
      const { alarmActions, treatMissingData } = inputsOf(named(graph, types.alarm, `openvidu-events-${which}`));
      assert.deepEqual([alarmActions, treatMissingData], [[topic], "notBreaching"], which);
    }
  });

  it("are taken from the stack's own rules alone, and over TLS", async () => {
    const graph = await graphOf(stack);
    const [events, tls] = statements(onlyOne(graph, "aws:sqs/queuePolicy:QueuePolicy"));
    const rules = ofType(graph, "aws:cloudwatch/eventRule:EventRule").map(({ outputs }) => unwrap(outputs.arn));
    assert.deepEqual([...events!.Condition.ArnEquals["aws:SourceArn"]].sort(), [...rules].sort());
    assert.equal(events!.Action, "sqs:SendMessage");
    assert.equal(tls!.Effect, "Deny");
  });
});

describe("scaling of Enterprise v2", () => {
  it("adds soon and removes late, with pauses, so that it does not flap", async () => {
    const graph = await graphOf(stack);
    const alarm = (which: string) => inputsOf(named(graph, types.alarm, `openvidu-media-${which}`));
    const policy = (which: string) =>
      inputsOf(named(graph, "aws:autoscaling/policy:Policy", `openvidu-media-${which}`));
    assert.deepEqual([alarm("up").comparisonOperator, alarm("up").threshold], ["GreaterThanThreshold", 70]);
    assert.deepEqual([alarm("down").comparisonOperator, alarm("down").threshold], ["LessThanThreshold", 30]);
    assert.ok(alarm("up").evaluationPeriods >= 3 && alarm("down").evaluationPeriods >= 10);
    assert.deepEqual(policy("up").stepAdjustments, [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }]);
    assert.equal(policy("down").scalingAdjustment, -1);
    for (const which of ["up", "down"]) assert.equal(policy(which).adjustmentType, "ChangeInCapacity");
    assert.ok(policy("up").estimatedInstanceWarmup >= 300 && policy("down").cooldown >= 300);
    for (const which of ["up", "down"]) {
      assert.equal(alarm(which).dimensions.AutoScalingGroupName, mediaGroup(graph).name);
      assert.equal(alarm(which).alarmActions.length, 1);
      assert.equal(alarm(which).period, 60);
    }
  });

  it("adds a node also while another one is held, and takes one wish back at a time", async () => {
    const graph = await graphOf(stack);
    const typeOf = (which: string) =>
      inputsOf(named(graph, "aws:autoscaling/policy:Policy", `openvidu-media-${which}`)).policyType;
    // A simple policy waits until the group has nothing else to do, a node in its terminate hook included.
    assert.equal(typeOf("up"), "StepScaling");
    // A step policy would go on lowering the wish while protected nodes stay in service.
    assert.equal(typeOf("down"), "SimpleScaling");
  });

  it("holds a node that others end for the configured time, and lets the masters end the hold", async () => {
    const graph = await allSet();
    const hook = inputsOf(named(graph, types.hook, "openvidu-media-terminate"));
    assert.equal(hook.heartbeatTimeout, 45 * 60);
    const rights = ofType(graph, types.policy).flatMap(statements);
    const letGo = rights.find(({ Action }) => [Action].flat().includes("autoscaling:CompleteLifecycleAction"));
    assert.match(String(letGo?.Resource), new RegExp(`autoScalingGroupName/${mediaGroup(graph).name}$`));
  });
});

describe("the session store of Enterprise v2", () => {
  it("survives a node and a zone, and is encrypted at rest", async () => {
    const store = inputsOf(onlyOne(await graphOf(stack), types.redis));
    assert.deepEqual(
      [store.numCacheClusters, store.automaticFailoverEnabled, store.multiAzEnabled, store.atRestEncryptionEnabled],
      [2, true, true, true],
    );
    assert.deepEqual([store.engine, store.engineVersion, store.nodeType], ["redis", "6.2", "cache.t3.medium"]);
    assert.deepEqual([store.transitEncryptionEnabled, store.authToken], [false, undefined]);
  });

  it("takes TLS and the OpenVidu secret as password when told to", async () => {
    const store = onlyOne(await allSet(), types.redis);
    assert.deepEqual(store.inputs.authToken, { secret: markers.openviduSecret });
    assert.equal(inputsOf(store).transitEncryptionEnabled, true);
    assert.equal(inputsOf(store).numCacheClusters, 3);
  });
});

describe("the settings of Enterprise v2", () => {
  it("lie in a private, versioned bucket with KMS encryption that takes TLS alone and stays on destroy", async () => {
    const graph = await graphOf(stack);
    const encryption = inputsOf(
      onlyOne(graph, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
    );
    assert.equal(encryption.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
    const versioning = inputsOf(onlyOne(graph, "aws:s3/bucketVersioning:BucketVersioning"));
    assert.equal(versioning.versioningConfiguration.status, "Enabled");
    const block = inputsOf(onlyOne(graph, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"));
    assert.ok(
      block.blockPublicAcls && block.blockPublicPolicy && block.ignorePublicAcls && block.restrictPublicBuckets,
    );
    const [tls] = statements(onlyOne(graph, types.bucketPolicy));
    assert.deepEqual([tls!.Effect, tls!.Condition.Bool["aws:SecureTransport"]], ["Deny", "false"]);
    assert.equal(onlyOne(graph, "aws:s3/bucket:Bucket").options.retainOnDelete, true);
  });

  it("and recordings are two statements of the masters' rights, and nothing of the bucket is anybody else's", async () => {
    const graph = await graphOf(stack);
    const rights = statements(named(graph, types.policy, "openvidu-config"));
    const arn = String(unwrap(onlyOne(graph, "aws:s3/bucket:Bucket").outputs.arn));
    assert.deepEqual(
      rights.map(({ Resource }) => Resource),
      [arn, `${arn}/${settingsObject}`, `${arn}/recordings/*`],
    );
    const others = ofType(graph, types.policy).filter(({ name }) => name !== "openvidu-config");
    assert.ok(others.flatMap(statements).every(({ Action }) => ![Action].flat().some((each) => /^s3:/.test(each))));
  });

  it("are read by named readers and the masters alone, where readers are named", async () => {
    const readers = ["arn:aws:iam::123456789012:user/*"];
    const graph = await evaluateVariant(stack, { config: { access: { credentialReaders: readers } } });
    const deny = statements(onlyOne(graph, types.bucketPolicy)).find(({ Action }) => Action === "s3:GetObject*");
    assert.match(String(deny?.Resource), /\/\.env$/);
    const allowed = deny?.Condition.ArnNotEquals["aws:PrincipalArn"] as string[];
    const role = String(inputsOf(named(graph, "aws:iam/role:Role", "openvidu-master-identity")).name);
    assert.deepEqual(allowed, [`arn:aws:iam::123456789012:role/${role}`, "arn:aws:iam::123456789012:root", ...readers]);
  });
});

describe("images of Enterprise v2", () => {
  it("that are copied belong to the stack, and are what the machines start from", async () => {
    const graph = await graphOf(stack);
    for (const [of, source] of [
      ["masters", "ami-0123456789abcdef0"],
      ["media", "ami-0123456789abcdef1"],
    ] as const) {
      const copy = named(graph, types.copy, `openvidu-${of}-image`);
      const { sourceAmiId, sourceAmiRegion, encrypted } = inputsOf(copy);
      assert.deepEqual([sourceAmiId, sourceAmiRegion, encrypted], [source, "eu-west-1", true]);
      assert.equal(template(graph, of).imageId, copy.id);
      assert.notEqual(copy.options.retainOnDelete, true);
    }
  });

  it("of the stack's own region are used as they are", async () => {
    const graph = await allSet();
    assert.deepEqual(ofType(graph, types.copy), []);
    assert.equal(template(graph, "masters").imageId, everything["images"] && "ami-0aaaaaaaaaaaaaaaa");
  });
});

describe("rights of Enterprise v2", () => {
  it("name what they are for: only reading is for everything", async () => {
    for (const graph of [await graphOf(stack), await allSet()]) {
      for (const { Effect, Action, Resource } of ofType(graph, types.policy).flatMap(statements)) {
        assert.equal(Effect, "Allow");
        for (const action of [Action].flat() as string[]) {
          if (action.includes("*")) assert.match(action, /^ec2:Describe\*$/);
          if (Resource === "*") assert.match(action, /^(ec2|autoscaling):Describe/);
        }
      }
    }
  });

  it("let the masters label machines of their own cluster alone", async () => {
    const graph = await graphOf(stack);
    const label = ofType(graph, types.policy)
      .flatMap(statements)
      .find(({ Action }) => Action === "ec2:CreateTags");
    assert.deepEqual(label?.Condition, {
      StringEquals: { "aws:ResourceTag/openvidu-cluster": "openvidu-aws-enterprise-v2" },
    });
    assert.match(String(label?.Resource), /^arn:aws:ec2:eu-central-1:123456789012:instance\/\*$/);
  });

  it("give both kinds of machines Session Manager, and no port for SSH unless operators have ranges", async () => {
    const graph = await graphOf(stack);
    const shells = ofType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(inputsOf);
    assert.equal(shells.length, 2);
    for (const { policyArn } of shells) assert.match(String(policyArn), /AmazonSSMManagedInstanceCore$/);
    for (const of of ["masters", "media"] as const) assert.ok(template(graph, of).iamInstanceProfile.arn);
    const ssh = (rows: ReturnType<typeof reachFromGraph>) => rows.filter(({ ports }) => ports.first === 22);
    assert.deepEqual(ssh(reachFromGraph(graph)), []);
    assert.deepEqual(
      ssh(reachFromGraph(await allSet())).map(({ from, to }) => [from, to]),
      [
        ["198.51.100.0/24", "master"],
        ["198.51.100.0/24", "media"],
      ],
    );
  });
});

/** Reference B.2 as it is where masters relay, less what has no use there. */
const whereMastersRelay = `
  internet>loadBalancer tcp 80
  internet>loadBalancer tcp 443
  internet>master tcp 3478
  internet>master udp 3478
  internet>master udp 40000-65535
  internet>media udp 40000-65535
  loadBalancer>master tcp 4443
  master>internet all 0-65535
  master>master tcp 4443
  master>master tcp 5443
  master>media tcp 3000
  master>media tcp 4000
  master>sessionStore tcp 6379
  media>internet all 0-65535`;

/** The same where media nodes relay, with Kurento, media over TCP and operators of one range. */
const whereMediaNodesRelay = `
  198.51.100.0/24>master tcp 22
  198.51.100.0/24>media tcp 22
  internet>loadBalancer tcp 80
  internet>loadBalancer tcp 443
  internet>media tcp 443
  internet>media tcp 40000-65535
  internet>media udp 443
  internet>media udp 40000-65535
  loadBalancer>master tcp 4443
  master>internet all 0-65535
  master>master tcp 4443
  master>master tcp 5443
  master>media tcp 3000
  master>media tcp 8888
  master>sessionStore tcp 6379
  media>internet all 0-65535`;

const rowsOf = (text: string): string[] =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .sort();

function reachable(graph: Graph): string[] {
  const rows = reachFromGraph(graph).map(
    ({ from, to, protocol, ports: { first, last } }) =>
      `${from}>${to} ${protocol} ${first === last ? first : `${first}-${last}`}`,
  );
  return [...new Set(rows)].sort();
}

describe("reachability of Enterprise v2", () => {
  it("is the vendor's where masters relay, without what nothing uses", async () => {
    const graph = await graphOf(stack);
    assert.deepEqual(reachable(graph), rowsOf(whereMastersRelay));
    for (const { purpose } of reachFromGraph(graph)) assert.ok(!purpose.includes("nothing listens"), purpose);
  });

  it("opens nothing on masters where media nodes relay", async () => {
    assert.deepEqual(reachable(await allSet()), rowsOf(whereMediaNodesRelay));
  });

  it("has the relay range where the TURN server runs, and its TCP half where config asks for it", () => {
    for (const turnOn of ["master", "media"] as const) {
      for (const overTcp of [false, true]) {
        for (const mediaServer of ["mediasoup", "kurento"] as const) {
          const features = new Set(overTcp ? (["webrtcOverTcp"] as const) : []);
          const flows = flowsFor({ edition: "enterprise-v2", mediaServer, turnOn, features });
          const rules = securityGroupRules(flows, { operatorCidrs: [], egressCidrs: ["0.0.0.0/0"] });
          const open = rules
            .filter(({ direction, peer }) => direction === "ingress" && "cidr" in peer)
            .map(({ tier, protocol, fromPort }) => `${tier} ${protocol} ${fromPort}`);
          const relay =
            turnOn === "master"
              ? ["master tcp 3478", "master udp 3478", "master udp 40000"]
              : ["media tcp 443", "media udp 443"];
          const tcp = overTcp ? ["media tcp 40000", ...(turnOn === "master" ? ["master tcp 40000"] : [])] : [];
          const always = ["loadBalancer tcp 80", "loadBalancer tcp 443", "media udp 40000"];
          assert.deepEqual(open.sort(), [...always, ...relay, ...tcp].sort());
          const controlled = rules.filter(
            ({ tier, peer }) => tier === "media" && "tier" in peer && peer.tier === "master",
          );
          assert.deepEqual(
            controlled.map(({ fromPort }) => fromPort),
            [3000, mediaServer === "mediasoup" ? 4000 : 8888],
          );
        }
      }
    }
  });
});

describe("secrets of Enterprise v2", () => {
  /** Where a secret may be, and then only wrapped as one. */
  const mayHold = [
    { type: /^random:/, path: /^outputs\.(result|bcryptHash)$/ },
    { type: /^aws:ec2\/launchTemplate:/, path: /^(inputs|outputs)\.userData$/ },
    { type: /^aws:elasticache\/replicationGroup:/, path: /^(inputs|outputs)\.authToken$/ },
  ];

  it("lie nowhere but in the masters' user data, and there wrapped", async () => {
    const graph = await allSet();
    const generated = String(unwrap(onlyOne(graph, "random:index/randomPassword:RandomPassword").outputs.result));
    const needles = Object.entries({ ...markers, generated }).map(([name, value]) => needle(name, value));
    const seen = new Set<string>();
    for (const { type, urn, name, id, inputs, outputs } of graph.resources) {
      for (const text of [urn, name, id]) assert.deepEqual(found(needles, text), [], text);
      for (const [part, value] of Object.entries({ inputs, outputs })) {
        for (const leaf of leavesOf(value, part)) {
          const names = typeof leaf.value === "string" && leaf.value.length >= 8 ? found(needles, leaf.value) : [];
          if (names.length === 0) continue;
          const where = `${name} ${leaf.path}: ${names.join()}`;
          assert.ok(leaf.secret, `${where} is not secret`);
          assert.ok(
            mayHold.some((place) => place.type.test(type) && place.path.test(leaf.path)),
            where,
          );
          names.forEach((each) => seen.add(each));
        }
      }
    }
    // The search does find what is there.
    assert.deepEqual([...seen].sort(), ["elasticsearchPassword", "generated", "license", "openviduSecret"]);
    for (const { message } of graph.log) assert.deepEqual(found(needles, message), []);
    assert.deepEqual(found(needles, JSON.stringify(unwrap(graph.outputs))), []);
  });

  it("are generated where none is given", async () => {
    const graph = await graphOf(stack);
    const generated = unwrap(onlyOne(graph, "random:index/randomPassword:RandomPassword").outputs.result);
    assert.match(String(generated), /^[A-Za-z0-9]{44}$/);
    assert.equal(userData(graph)["OPENVIDU_SECRET"], generated);
  });

  it("show in no preview", async () => {
    const graph = await evaluateVariant(stack, { secrets: markers, preview: true });
    const needles = Object.entries(markers).map(([name, value]) => needle(name, value));
    for (const { name, inputs, outputs } of graph.resources) {
      for (const leaf of leavesOf({ inputs, outputs })) {
        const names = typeof leaf.value === "string" && leaf.value.length >= 8 ? found(needles, leaf.value) : [];
        assert.ok(names.length === 0 || leaf.secret, `${name} ${leaf.path}: ${names.join()}`);
      }
    }
  });
});

describe("outputs of Enterprise v2", () => {
  it("say where things are", async () => {
    const { outputs } = await graphOf(stack);
    const {
      urls,
      entryAddress,
      dnsRecords,
      masterGroup: masters,
      mediaGroup: media,
      queue,
    } = outputs as Record<string, any>;
    assert.equal(urls.inspector, "https://video.example.com/inspector/");
    assert.equal(urls.api, "https://video.example.com/openvidu/api");
    assert.equal(urls.loadBalancer, `https://${entryAddress}`);
    assert.deepEqual(dnsRecords, []);
    assert.equal(masters, "openvidu-aws-enterprise-v2-openvidu-masters");
    assert.equal(media, "openvidu-aws-enterprise-v2-openvidu-media");
    assert.match(queue, /\.fifo$/);
  });

  it("name the record that a person has to make", async () => {
    const { dnsRecords, entryAddress } = (await allSet()).outputs as Record<string, any>;
    assert.deepEqual(dnsRecords, [{ name: "meet.example.com", type: "CNAME", value: entryAddress }]);
  });
});

describe("an adopted network of Enterprise v2", () => {
  it("is refused where its masters stand in one zone", async () => {
    const zones = { "subnet-0a1b2c3d4e5f60711": "eu-west-1a", "subnet-0a1b2c3d4e5f60712": "eu-west-1a" };
    assert.equal(Object.keys(zones).length, 2);
    const { fewZones } = await import("../../providers/aws/network");
    const masters = Object.entries(zones).map(([id, zone]) => ({ id, zone, vpcId: "vpc-1" }));
    const loadBalancer = [
      { id: "a", zone: "eu-west-1a", vpcId: "vpc-1" },
      { id: "b", zone: "eu-west-1b", vpcId: "vpc-1" },
    ];
    assert.deepEqual(fewZones({ masters, media: [], loadBalancer }, 2), [
      "masterSubnetIds lies in eu-west-1a; give subnets in at least 2 zones",
    ]);
    assert.deepEqual(fewZones({ masters: loadBalancer, media: [], loadBalancer }, 2), []);
  });
});
