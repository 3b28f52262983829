/**
 * MediaGroup on AWS: an Auto Scaling group whose machines are protected from scale-in.
 * Guarantees: the autoscaler only says how many nodes are wanted, and the masters empty and release the one that goes; two
 * alarms with the thresholds of config, of which the lower one is patient; a destroy needs no help from outside: the
 * provider takes the protection away before it empties the group.
 * Source: reference/onprem-v2-reference.md B.3, B.6; weaknesses V2-2, V2-9, V2-10.
 */
import * as pulumi from "@pulumi/pulumi";
import * as autoscaling from "@pulumi/aws/autoscaling";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import {
  longestHoldSeconds,
  type MediaGroup,
  type MediaGroupArgs,
  mediaGroupToken,
  validateMediaGroup,
} from "../../../components/enterprise-v2/media-group";
import { type Problem, throwIfAny } from "../../../components/errors";
import { memberTags } from "../../../openvidu/enterprise-v2";
import { allowDiskKey, groupRules, groupTags, heartbeat, keepHooks, lifecycleHooks, minutes } from "../group";
import { named } from "../support";
import { createTemplate, machineProblems } from "./machines";

/** As in the vendor's template. Source: reference B.3. */
const launchSeconds = 30;

/** How the number of nodes changes in one direction. */
interface Scaling {
  /** Minutes of evidence. */
  readonly periods: number;
  readonly comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  readonly policy: Omit<autoscaling.PolicyArgs, "autoscalingGroupName" | "adjustmentType">;
}

/**
 * Up by steps: such a policy acts while the group is still at work on something else, and counts nodes that are warming up
 * as there. A simple one would wait for a node in its terminate hook, up to two hours, while the load rises.
 * Down by a simple policy: protected nodes stay in service until the masters release them, and a step policy would lower
 * the wish again every minute until then.
 */
const scaling: Readonly<Record<"up" | "down", Scaling>> = {
  up: {
    periods: 3,
    comparisonOperator: "GreaterThanThreshold",
    policy: {
      policyType: "StepScaling",
      metricAggregationType: "Average",
      stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
      estimatedInstanceWarmup: 300,
    },
  },
  down: {
    periods: 15,
    comparisonOperator: "LessThanThreshold",
    policy: { policyType: "SimpleScaling", scalingAdjustment: -1, cooldown: 600 },
  },
};

const deleteMarginSeconds = 900;

export class AwsMediaGroup extends pulumi.ComponentResource implements MediaGroup {
  public readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: MediaGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super(mediaGroupToken, name, {}, opts);
    throwIfAny(`media group "${name}"`, validateAwsMediaGroup(args));

    const self = { parent: this };
    const hooks = hooksFor(args.drainTimeoutSeconds);
    const grants = allowDiskKey(name, args.diskKeyId, this);
    const template = createTemplate(name, args, { parent: this, publicAddress: true });
    const group = createGroup();
    keepHooks(name, hooks, group, this);
    scale("up", args.scaleUpCpuPercent);
    scale("down", args.scaleDownCpuPercent);

    this.groupName = group.name;
    this.registerOutputs({ groupName: this.groupName });

    function createGroup(): autoscaling.Group {
      return new autoscaling.Group(
        name,
        {
          name: args.groupName,
          minSize: args.min,
          desiredCapacity: args.desired,
          maxSize: args.max,
          vpcZoneIdentifiers: [...args.subnetIds],
          // A changed template is for new nodes: only the masters may end those that have sessions.
          launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
          // A hook that is made after the group would come too late for the events of its first nodes.
          initialLifecycleHooks: [hooks.launch, hooks.terminate],
          healthCheckType: "EC2",
          healthCheckGracePeriod: 0,
          protectFromScaleIn: true,
          ...groupRules(),
          capacityRebalance: false,
          // The provider would wait for exactly as many nodes as there should be. More are in service as long as the masters
          // have not released one, and "in service" says nothing about OpenVidu on it.
          waitForCapacityTimeout: "0",
          tags: groupTags({ ...named(args.tags, name), ...memberTags.media }),
        },
        {
          ...self,
          dependsOn: [...grants, ...args.bootAfter],
          // The alarms and the masters decide; edits of a hook reach the group by keepHooks.
          ignoreChanges: ["desiredCapacity", "initialLifecycleHooks"],
          customTimeouts: { delete: minutes(args.drainTimeoutSeconds + deleteMarginSeconds) },
        },
      );
    }

    function scale(which: keyof typeof scaling, threshold: number): void {
      const part = `${name}-${which}`;
      const { periods, comparisonOperator, policy: how } = scaling[which];
      const policy = new autoscaling.Policy(
        part,
        { autoscalingGroupName: group.name, adjustmentType: "ChangeInCapacity", ...how },
        self,
      );
      new cloudwatch.MetricAlarm(
        part,
        {
          alarmDescription: `Average CPU of the media nodes ${which === "up" ? "above" : "below"} ${threshold} % for ${periods} minutes`,
          namespace: "AWS/EC2",
          metricName: "CPUUtilization",
          dimensions: { AutoScalingGroupName: group.name },
          statistic: "Average",
          period: 60,
          evaluationPeriods: periods,
          comparisonOperator,
          threshold,
          alarmActions: [policy.arn],
          tags: named(args.tags, part),
        },
        self,
      );
    }
  }
}

/**
 * Nobody completes either hook. The first is there for its event alone; the second runs its time, although the masters'
 * role could end it (reference B.3).
 */
function hooksFor(drainTimeoutSeconds: number) {
  return lifecycleHooks({
    launch: { heartbeatTimeout: launchSeconds, defaultResult: "CONTINUE" },
    terminate: { heartbeatTimeout: drainTimeoutSeconds, defaultResult: "CONTINUE" },
  });
}

/** What is wrong with the arguments on AWS. */
export function validateAwsMediaGroup(args: MediaGroupArgs): Problem[] {
  const problems = [...validateMediaGroup(args), ...machineProblems("media", args)];
  const { drainTimeoutSeconds } = args;
  if (drainTimeoutSeconds < heartbeat.least || drainTimeoutSeconds > longestHoldSeconds) {
    const reason = `must lie between ${heartbeat.least} and ${longestHoldSeconds} seconds`;
    problems.push({ path: "media.drainTimeoutSeconds", reason });
  }
  return problems;
}
