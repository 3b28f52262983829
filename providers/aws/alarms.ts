/**
 * Alarms on AWS: two CloudWatch alarms for each master, one for what fails below the machine and one for the machine itself.
 * Guarantees: EC2 moves a machine whose host fails to another one, with its address, disks and id; it reboots a machine that
 * does not answer any more, once for each failure; mails go out where addresses are given, each after its owner confirmed it.
 * Differs from Azure: there the platform heals hosts by itself, and alarms only tell.
 * The topic has no KMS key: CloudWatch cannot publish under AWS's own key for SNS, whose policy is fixed, and a message names
 * an alarm and a machine, which the mail then carries openly.
 * Sources: reference/cloud-facts-aws.md 5; EC2 user guide, "Add reboot actions to CloudWatch alarms" and "Add recover
 * actions"; repost.aws, "Configure a CloudWatch alarm with an encrypted SNS topic".
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sns from "@pulumi/aws/sns";
import { type Alarms, type AlarmsArgs, alarmsToken } from "../../components/alarms";
import { named, partitionOf } from "./support";

/** What EC2 checks once a minute, and what it does when a check keeps failing. */
interface Watch {
  /** Part of the logical name. */
  readonly id: string;
  readonly metric: "StatusCheckFailed_System" | "StatusCheckFailed_Instance";
  readonly action: "recover" | "reboot";
  /** Failed minutes in a row. */
  readonly minutes: number;
  readonly says: string;
}

/**
 * Rebooting waits longer than recovering: when a host fails both checks fail, and the machine must not be rebooted while it
 * is moved; and a reboot of its own takes less, so that no alarm interrupts one.
 */
export const watches: readonly Watch[] = [
  { id: "host", metric: "StatusCheckFailed_System", action: "recover", minutes: 2, says: "The host of" },
  { id: "machine", metric: "StatusCheckFailed_Instance", action: "reboot", minutes: 5, says: "The system of" },
];

export class AwsAlarms extends pulumi.ComponentResource implements Alarms {
  public readonly channelId: pulumi.Output<string>;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(alarmsToken, name, {}, opts);
    const self = { parent: this };
    const { partition } = partitionOf(this);
    const topic = args.emails.length > 0 ? createTopic() : undefined;
    const told = topic ? [topic.arn] : [];
    args.machineIds.forEach((machineId, index) => watches.forEach((watch) => createAlarm(machineId, index + 1, watch)));

    this.channelId = topic ? topic.arn : pulumi.output("");
    this.registerOutputs({ channelId: this.channelId });

    function createTopic(): sns.Topic {
      const made = new sns.Topic(name, { tags: named(args.tags, name) }, self);
      // The address is part of the logical name, so that taking one off the list leaves the others' confirmations alone.
      for (const endpoint of args.emails) {
        new sns.TopicSubscription(
          subscriptionName(name, endpoint),
          { topic: made.arn, protocol: "email", endpoint },
          self,
        );
      }
      return made;
    }

    function createAlarm(machineId: pulumi.Input<string>, number: number, watch: Watch): void {
      const part = `${name}-${number}-${watch.id}`;
      const act = pulumi.interpolate`arn:${partition}:automate:${args.region}:ec2:${watch.action}`;
      new cloudwatch.MetricAlarm(
        part,
        {
          alarmDescription: `${watch.says} OpenVidu master ${number} has failed for ${watch.minutes} minutes`,
          namespace: "AWS/EC2",
          metricName: watch.metric,
          dimensions: { InstanceId: machineId },
          statistic: "Maximum",
          period: 60,
          evaluationPeriods: watch.minutes,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          threshold: 1,
          // A machine that was stopped on purpose reports nothing, and is left alone.
          treatMissingData: "missing",
          alarmActions: [act, ...told],
          okActions: told,
          tags: named(args.tags, part),
        },
        self,
      );
    }
  }
}

/**
 * `<name>-ops-example-com-HASH` for `ops@example.com`: the words for people, and eight hexadecimal digits of its SHA-256,
 * because addresses that differ in punctuation alone have the same words.
 */
function subscriptionName(name: string, email: string): string {
  const address = email.toLowerCase();
  const words = address.split(/[^a-z0-9]+/).filter(Boolean);
  const digest = createHash("sha256").update(address).digest("hex").slice(0, 8);
  return [name, ...words, digest].join("-");
}
