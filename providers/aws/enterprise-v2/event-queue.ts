/**
 * EventQueue on AWS: rules of EventBridge that send to a FIFO queue of SQS.
 * Guarantees: messages wait for a master as long as replacing one takes, and stay in order; that none takes them is reported;
 * what cannot be worked on is put aside and reported; encrypted; only the stack's own rules send.
 * Source: reference/onprem-v2-reference.md B.3, B.6; weakness V2-8.
 */
import * as pulumi from "@pulumi/pulumi";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as sqs from "@pulumi/aws/sqs";
import { type EventQueue, type EventQueueArgs, eventQueueToken } from "../../../components/enterprise-v2/event-queue";
import { type Problem, throwIfAny } from "../../../components/errors";
import { lifecycleMessage, messageGroup, scheduleMessage } from "../../../openvidu/enterprise-v2";
import { policyDocument, queueReader, queueSenders } from "../policies";
import { named } from "../support";

/** An hour: longer than it takes until a master that fails is noticed, ended, launched anew and has started. */
const retentionSeconds = 3600;

/** As in the vendor's template: the masters' work on a message is made for it. */
const visibilitySeconds = 50;

/**
 * Tries before a message is put aside, so that one that no master understands does not hold up those behind it: about
 * eight minutes of failing, in which a master that is starting has long been followed by another.
 */
const mostReceives = 10;

/**
 * A message that is older waits for masters of whom none works: one that fails is put aside sooner, after `mostReceives` times
 * `visibilitySeconds`. The alarm comes long before messages are lost, at `retentionSeconds`.
 */
const patienceSeconds = 900;

/** A message that was put aside waits this long for a person: the longest that SQS keeps one. */
const setAsideSeconds = 14 * 24 * 3600;

/** What a person is told of. */
interface Watch {
  readonly queue: sqs.Queue;
  readonly alarmDescription: string;
  readonly metricName: string;
  readonly threshold: number;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
}

/** SQS's limit for names, the ending included. */
const longestQueueName = 80;

export class AwsEventQueue extends pulumi.ComponentResource implements EventQueue {
  public readonly queueName: pulumi.Output<string>;
  public readonly queueArn: pulumi.Output<string>;
  public readonly grants: readonly pulumi.Resource[];
  public readonly senders: readonly pulumi.Resource[];

  constructor(name: string, args: EventQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super(eventQueueToken, name, {}, opts);
    const setAsideName = args.queueName.replace(/\.fifo$/, "-set-aside.fifo");
    throwIfAny(`event queue "${name}"`, validateAwsEventQueue(setAsideName));

    const self = { parent: this };
    const setAside = createQueue(`${name}-set-aside`, { name: setAsideName, messageRetentionSeconds: setAsideSeconds });
    const queue = createQueue(name, {
      name: args.queueName,
      messageRetentionSeconds: retentionSeconds,
      visibilityTimeoutSeconds: visibilitySeconds,
      // EventBridge sends no id by which doubles are known.
      contentBasedDeduplication: true,
      redrivePolicy: setAside.arn.apply((deadLetterTargetArn) =>
        JSON.stringify({ deadLetterTargetArn, maxReceiveCount: mostReceives }),
      ),
    });
    const lifecycle = createRule("lifecycle", "media nodes that come and go", {
      eventPattern: JSON.stringify({
        source: ["aws.autoscaling"],
        detail: {
          LifecycleTransition: lifecycleMessage.transitions,
          AutoScalingGroupName: [args.mediaGroupName],
        },
      }),
    });
    const schedule = createRule("schedule", "every minute, to compare the media group with the cluster", {
      scheduleExpression: scheduleMessage.schedule,
    });
    const policy = new sqs.QueuePolicy(
      name,
      {
        queueUrl: queue.url,
        policy: pulumi
          .all([queue.arn, lifecycle.arn, schedule.arn])
          .apply(([arn, ...rules]) => policyDocument(queueSenders(arn, rules))),
      },
      self,
    );
    const targets = [send("lifecycle", lifecycle, lifecycleMessage), send("schedule", schedule, scheduleMessage)];
    report("set-aside", {
      queue: setAside,
      alarmDescription: "A message about media nodes could not be worked on by any master",
      metricName: "ApproximateNumberOfMessagesVisible",
      threshold: 0,
      period: 300,
      evaluationPeriods: 1,
    });
    report("waiting", {
      queue,
      alarmDescription: `Messages about media nodes have been waiting for a master for ${patienceSeconds / 60} minutes`,
      metricName: "ApproximateAgeOfOldestMessage",
      threshold: patienceSeconds,
      period: 60,
      evaluationPeriods: 5,
    });

    this.queueName = queue.name;
    this.queueArn = queue.arn;
    this.grants = [
      new iam.RolePolicy(
        name,
        { role: args.reader, policy: queue.arn.apply((arn) => policyDocument(queueReader(arn))) },
        self,
      ),
    ];
    this.senders = [policy, ...targets];
    this.registerOutputs({ queueName: this.queueName, queueArn: this.queueArn });

    function createQueue(part: string, how: sqs.QueueArgs): sqs.Queue {
      return new sqs.Queue(
        part,
        { ...how, fifoQueue: true, sqsManagedSseEnabled: true, tags: named(args.tags, part) },
        self,
      );
    }

    function createRule(
      part: string,
      description: string,
      when: Pick<cloudwatch.EventRuleArgs, "eventPattern" | "scheduleExpression">,
    ): cloudwatch.EventRule {
      const full = `${name}-${part}`;
      return new cloudwatch.EventRule(full, { description, ...when, tags: named(args.tags, full) }, self);
    }

    function send(
      part: string,
      rule: cloudwatch.EventRule,
      { paths, template }: { readonly paths: Readonly<Record<string, string>>; readonly template: string },
    ): cloudwatch.EventTarget {
      return new cloudwatch.EventTarget(
        `${name}-${part}`,
        {
          rule: rule.name,
          arn: queue.arn,
          sqsTarget: { messageGroupId: messageGroup },
          inputTransformer: { inputPaths: { ...paths }, inputTemplate: template },
        },
        // A message that the queue does not take yet would be lost.
        { ...self, dependsOn: [policy] },
      );
    }

    function report(what: string, { queue: watched, ...when }: Watch): void {
      const part = `${name}-${what}`;
      new cloudwatch.MetricAlarm(
        part,
        {
          ...when,
          namespace: "AWS/SQS",
          dimensions: { QueueName: watched.name },
          statistic: "Maximum",
          comparisonOperator: "GreaterThanThreshold",
          treatMissingData: "notBreaching",
          alarmActions: args.alarmChannel === undefined ? [] : [args.alarmChannel],
          tags: named(args.tags, part),
        },
        self,
      );
    }
  }
}

/** What is wrong with the longest of the queues' names. */
export function validateAwsEventQueue(queueName: string): Problem[] {
  if (queueName.length <= longestQueueName && /^[A-Za-z0-9_-]+\.fifo$/.test(queueName)) return [];
  const reason = `makes the queue's name "${queueName}"; SQS takes at most ${longestQueueName} letters, digits, hyphens and underscores`;
  return [{ path: "stack", reason }];
}
