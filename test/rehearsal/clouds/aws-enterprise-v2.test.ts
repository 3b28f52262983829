/**
 * What the simulated AWS refuses of the services that Enterprise v2 alone uses, one rule a test.
 */
import type { Properties } from "../../../rehearsal/model";
import { idOf, outputOf, type Rule, Stage, testRules } from "./stage";

const zones = ["eu-west-1a", "eu-west-1b"];

function stage(): Stage {
  const on = new Stage({ region: "eu-west-1" });
  const vpc = on.add("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  zones.forEach((availabilityZone, i) =>
    on.add("aws:ec2/subnet:Subnet", `subnet-${i}`, { vpcId: vpc.id, availabilityZone, cidrBlock: `10.0.${i}.0/24` }),
  );
  on.add("aws:elasticache/subnetGroup:SubnetGroup", "one-zone", { name: "one", subnetIds: [idOf(on, "subnet-0")] });
  on.add("aws:elasticache/subnetGroup:SubnetGroup", "two-zones", {
    name: "two",
    subnetIds: [idOf(on, "subnet-0"), idOf(on, "subnet-1")],
  });
  on.add("aws:sqs/queue:Queue", "plain", { name: "plain" });
  on.add("aws:sqs/queue:Queue", "fifo", { name: "first.fifo", fifoQueue: true });
  on.add("aws:cloudwatch/eventRule:EventRule", "rule", { name: "rule", scheduleExpression: "rate(1 minute)" });
  const balancer = on.add("aws:lb/loadBalancer:LoadBalancer", "alb", {
    name: "alb",
    subnets: [idOf(on, "subnet-0"), idOf(on, "subnet-1")],
  });
  const group = on.add("aws:lb/targetGroup:TargetGroup", "http", {
    name: "http",
    port: 4443,
    protocol: "HTTP",
    vpcId: vpc.id,
  });
  on.add("aws:lb/targetGroup:TargetGroup", "tcp", { name: "tcp", port: 4443, protocol: "TCP", vpcId: vpc.id });
  const listener = on.add("aws:lb/listener:Listener", "listener", {
    loadBalancerArn: balancer.id,
    port: 80,
    protocol: "HTTP",
    defaultActions: [{ type: "forward", targetGroupArn: group.id }],
  });
  on.add("aws:lb/listenerRule:ListenerRule", "first", rule(listener.id, group.id, 1));
  return on;
}

function rule(listenerArn: string, targetGroupArn: string, priority: number): Properties {
  const conditions = [{ pathPattern: { values: ["/a*"] } }];
  return { listenerArn, priority, conditions, actions: [{ type: "forward", targetGroupArn }] };
}

const redis = (): Properties => ({
  description: "sessions",
  replicationGroupId: "sessions",
  engineVersion: "6.2",
  nodeType: "cache.t3.medium",
  numCacheClusters: 2,
  automaticFailoverEnabled: true,
  multiAzEnabled: true,
  subnetGroupName: "two",
});
const queue = (): Properties => ({ name: "second.fifo", fifoQueue: true, contentBasedDeduplication: true });
const target = (on: Stage): Properties => ({
  rule: "rule",
  arn: outputOf(on, "fifo", "arn"),
  sqsTarget: { messageGroupId: "group" },
  inputTransformer: { inputPaths: { time: "$.time" }, inputTemplate: '{"time": <time>}' },
});
const alarm = (): Properties => ({
  name: "alarm",
  period: 60,
  evaluationPeriods: 3,
  comparisonOperator: "LessThanThreshold",
});
const second = (on: Stage): Properties => rule(idOf(on, "listener"), idOf(on, "http"), 2);
const entry = (on: Stage): Properties => ({ name: "entry", subnets: [idOf(on, "subnet-0"), idOf(on, "subnet-1")] });
const copy = (): Properties => ({
  name: "copy",
  sourceAmiId: "ami-0123456789abcdef0",
  sourceAmiRegion: "eu-west-1",
  encrypted: true,
});

type Row = readonly [
  title: string,
  type: string,
  accepted: (on: Stage) => Properties,
  change: Properties | ((on: Stage) => Properties),
  says: string,
];

/* prettier-ignore */
const rows: readonly Row[] = [
  ["failover needs a second node", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { numCacheClusters: 1 }, "must be at least 2"],
  ["several zones need failover", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { automaticFailoverEnabled: false }, "automatic_failover_enabled must be true"],
  ["several zones need subnets in them", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { subnetGroupName: "one" }, "at least two Availability Zones"],
  ["a token needs TLS", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { authToken: "0123456789abcdef" }, "only supported when encryption-in-transit is enabled"],
  ["a token has no underscore", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { authToken: "0123456789_abcdef", transitEncryptionEnabled: true }, '"auth_token"'],
  ["a node type is a cache's", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { nodeType: "t3.medium" }, "Invalid cache node type"],
  ["a version exists", "aws:elasticache/replicationGroup:ReplicationGroup", redis, { engineVersion: "6" }, "no version that ElastiCache has"],
  ["a FIFO queue's name says so", "aws:sqs/queue:Queue", queue, { name: "second" }, "ends in .fifo"],
  ["a message stays a minute at least", "aws:sqs/queue:Queue", queue, { messageRetentionSeconds: 59 }, "message_retention_seconds"],
  ["messages are set aside in a queue of the same kind", "aws:sqs/queue:Queue", queue, (on) => ({ redrivePolicy: JSON.stringify({ deadLetterTargetArn: outputOf(on, "plain", "arn"), maxReceiveCount: 3 }) }), "Dead letter target"],
  ["a queue is there for its policy", "aws:sqs/queuePolicy:QueuePolicy", (on) => ({ queueUrl: idOf(on, "fifo"), policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sqs:SendMessage" }] }) }), { queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/none" }, "does not exist"],
  ["a rule has a pattern or a schedule", "aws:cloudwatch/eventRule:EventRule", () => ({ name: "other", scheduleExpression: "rate(1 minute)" }), { scheduleExpression: "" }, "one of `event_pattern,schedule_expression`"],
  ["a schedule of one minute is said in the singular", "aws:cloudwatch/eventRule:EventRule", () => ({ name: "other", scheduleExpression: "rate(1 minute)" }), { scheduleExpression: "rate(1 minutes)" }, "ScheduleExpression is not valid"],
  ["a FIFO queue wants a group", "aws:cloudwatch/eventTarget:EventTarget", target, { sqsTarget: {} }, "MessageGroupId must be specified"],
  ["a message names only what is taken out of the event", "aws:cloudwatch/eventTarget:EventTarget", target, { inputTransformer: { inputPaths: {}, inputTemplate: '{"time": <time>}' } }, "undefined variables: time"],
  ["a rule is there for its target", "aws:cloudwatch/eventTarget:EventTarget", target, { rule: "none" }, "does not exist on EventBus"],
  ["an alarm looks at whole minutes", "aws:cloudwatch/metricAlarm:MetricAlarm", alarm, { period: 45 }, "multiple of 60"],
  ["an alarm looks back a week at most", "aws:cloudwatch/metricAlarm:MetricAlarm", alarm, { period: 86400, evaluationPeriods: 8 }, "more than 7 days"],
  ["an alarm compares in AWS's words", "aws:cloudwatch/metricAlarm:MetricAlarm", alarm, { comparisonOperator: "Below" }, "Invalid comparison operator"],
  ["a priority is used once", "aws:lb/listenerRule:ListenerRule", second, { priority: 1 }, "Priority '1' is currently in use"],
  ["a priority has bounds", "aws:lb/listenerRule:ListenerRule", second, { priority: 50001 }, "(1 - 50000)"],
  ["a fixed answer has a type of content", "aws:lb/listenerRule:ListenerRule", second, { actions: [{ type: "fixed-response", fixedResponse: { statusCode: "401" } }] }, '"content_type" is required'],
  ["a redirection is moved or found", "aws:lb/listenerRule:ListenerRule", second, { actions: [{ type: "redirect", redirect: { statusCode: "HTTP_307" } }] }, "status_code"],
  ["an application load balancer forwards to HTTP alone", "aws:lb/listenerRule:ListenerRule", second, (on) => ({ actions: [{ type: "forward", targetGroupArn: idOf(on, "tcp") }] }), "must be compatible"],
  ["an application load balancer stands in two zones", "aws:lb/loadBalancer:LoadBalancer", entry, (on) => ({ subnets: [idOf(on, "subnet-0")] }), "At least two subnets"],
  ["an application load balancer speaks HTTP", "aws:lb/listener:Listener", (on) => ({ loadBalancerArn: idOf(on, "alb"), port: 81, protocol: "HTTP", defaultActions: [{ type: "forward", targetGroupArn: idOf(on, "http") }] }), { protocol: "TCP" }, "must be one of 'HTTP, HTTPS'"],
  ["an image is there to be copied", "aws:ec2/amiCopy:AmiCopy", copy, { sourceAmiId: "ami-none" }, "does not exist"],
  ["a key is for an encrypted copy", "aws:ec2/amiCopy:AmiCopy", copy, { encrypted: false, kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9" }, "requires the parameter Encrypted"],
];

describe("simulated AWS refuses what AWS refuses of Enterprise v2", () => {
  testRules(
    rows.map(([title, type, accepted, change, says]): Rule => ({
      title,
      type,
      stage,
      accepted,
      change: typeof change === "function" ? (on) => change(on) : change,
      says,
    })),
  );
});
