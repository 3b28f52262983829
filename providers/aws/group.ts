/**
 * What every Auto Scaling group of the project has in common: its machines' template, how it behaves, its hooks.
 * Source of limits and choices: reference/cloud-facts-aws.md 2.
 */
import * as pulumi from "@pulumi/pulumi";
import * as autoscaling from "@pulumi/aws/autoscaling";
import * as ec2 from "@pulumi/aws/ec2";
import * as kms from "@pulumi/aws/kms";
import type { input as inputs } from "@pulumi/aws/types";
import type { Problem } from "../../components/errors";
import type { Tags } from "../../components/tags";
import { encryptedRootDisk, largestDiskGiB, metadataOptions } from "./machine";
import { callerOf, named, partitionOf } from "./support";

const longestGroupName = 255;

/** What the machines of a group are made from. */
export interface TemplateArgs {
  readonly imageId: pulumi.Input<string>;
  readonly instanceType: string;
  readonly keyName: pulumi.Input<string> | undefined;
  /** Base64. @default none */
  readonly userData?: pulumi.Input<string>;
  /** ARN of an instance profile. */
  readonly profileArn: pulumi.Input<string>;
  readonly rulesId: pulumi.Input<string>;
  readonly publicAddress: boolean;
  readonly diskGiB: number;
  readonly diskKeyId: string | undefined;
  readonly tags: Tags;
}

export function groupTemplate(name: string, args: TemplateArgs, parent: pulumi.Resource): ec2.LaunchTemplate {
  const tags = named(args.tags, name);
  return new ec2.LaunchTemplate(
    name,
    {
      // Only for machines that somebody launches by hand: the group names its version (AWS-W-20).
      updateDefaultVersion: true,
      imageId: args.imageId,
      instanceType: args.instanceType,
      keyName: args.keyName,
      iamInstanceProfile: { arn: args.profileArn },
      metadataOptions,
      // Alarms and autoscalers look at single minutes.
      monitoring: { enabled: true },
      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: String(args.publicAddress),
          deleteOnTermination: "true",
          securityGroups: [args.rulesId],
        },
      ],
      blockDeviceMappings: [encryptedRootDisk(args.diskGiB, args.diskKeyId)],
      ...(args.userData !== undefined && { userData: args.userData }),
      // The group labels the machines; their volumes and interfaces it does not.
      tagSpecifications: ["volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      tags,
    },
    { parent },
  );
}

/** What a group keeps to, whatever its machines do. */
export function groupRules(): Pick<
  autoscaling.GroupArgs,
  "suspendedProcesses" | "forceDelete" | "ignoreFailedScalingActivities" | "enabledMetrics" | "metricsGranularity"
> {
  return {
    // Evening out zones would end machines that clients are connected to.
    suspendedProcesses: ["AZRebalance"],
    forceDelete: false,
    // A launch can fail while the instance profile is still unknown to EC2; the group repeats it by itself.
    ignoreFailedScalingActivities: true,
    // Alarms and dashboards need them; they cost nothing.
    enabledMetrics: [
      "GroupDesiredCapacity",
      "GroupInServiceInstances",
      "GroupMaxSize",
      "GroupMinSize",
      "GroupPendingInstances",
      "GroupTerminatingInstances",
    ],
    metricsGranularity: "1Minute",
  };
}

/** How a changed template reaches the machines of a group: new ones first, and never fewer than there should be. */
export function rollingRefresh(mostPercent: number, warmupSeconds: number): inputs.autoscaling.GroupInstanceRefresh {
  return {
    strategy: "Rolling",
    preferences: {
      minHealthyPercentage: 100,
      maxHealthyPercentage: mostPercent,
      instanceWarmup: String(warmupSeconds),
      skipMatching: true,
      // With a rollback in the making, a further update of the template would be refused.
      autoRollback: false,
      // An operator who protects a machine, or puts it aside, has a reason.
      scaleInProtectedInstances: "Ignore",
      standbyInstances: "Ignore",
    },
  };
}

/** What is wrong with a group's name or its machines' disks; `path` is the machines' config path. */
export function groupProblems(path: "masters" | "media", groupName: string, diskGiB: number): Problem[] {
  const problems: Problem[] = [];
  if (diskGiB > largestDiskGiB) {
    problems.push({ path: `${path}.diskGiB`, reason: `EBS has at most ${largestDiskGiB} GiB` });
  }
  if (groupName.length > longestGroupName) {
    const reason = `makes the group's name "${groupName}" longer than ${longestGroupName} characters`;
    problems.push({ path: "stack", reason });
  }
  return problems;
}

/** The two moments at which a machine is held back. */
export type HookKind = "launch" | "terminate";

/** Names of the hooks; unique within their group. */
export const hookNames: Readonly<Record<HookKind, string>> = {
  launch: "openvidu-launch",
  terminate: "openvidu-terminate",
};

/** For how long a hook waits without a sign of life, in seconds. */
export const heartbeat = { least: 30, most: 7200 };

/** A lifecycle hook, alike inside a group and as a resource of its own. */
export interface LifecycleHook {
  readonly name: string;
  readonly lifecycleTransition: string;
  /** Seconds. */
  readonly heartbeatTimeout: number;
  /** What happens to the machine when nobody has answered by then. */
  readonly defaultResult: "ABANDON" | "CONTINUE";
}

type Hooks = Readonly<Record<HookKind, LifecycleHook>>;

/** Both hooks of a group, from what is its own. */
export function lifecycleHooks(
  waits: Readonly<Record<HookKind, Pick<LifecycleHook, "heartbeatTimeout" | "defaultResult">>>,
): Hooks {
  return {
    launch: {
      name: hookNames.launch,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      ...waits.launch,
    },
    terminate: {
      name: hookNames.terminate,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      ...waits.terminate,
    },
  };
}

/**
 * Edits of hooks reach their group by these resources, since changed initial hooks would replace it. They go with their
 * group: a destroy would remove them before it, and with them what its machines are given time for (AWS-W-23).
 */
export function keepHooks(name: string, hooks: Hooks, group: autoscaling.Group, parent: pulumi.Resource): void {
  for (const [kind, hook] of Object.entries(hooks)) {
    new autoscaling.LifecycleHook(
      `${name}-${kind}`,
      { ...hook, autoscalingGroupName: group.name },
      { parent, deletedWith: group },
    );
  }
}

/** A time span as provider options take it, in whole minutes. */
export function minutes(seconds: number): string {
  return `${Math.ceil(seconds / 60)}m`;
}

/** Labels of a group that its machines get too. */
export function groupTags(tags: Readonly<Record<string, string>>): inputs.autoscaling.GroupTag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
}

/** What EC2 does with a customer's key on behalf of a group. Source: Auto Scaling user guide, key-policy-requirements-EBS-encryption. */
const diskKeyOperations = [
  "Encrypt",
  "Decrypt",
  "ReEncryptFrom",
  "ReEncryptTo",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "DescribeKey",
  "CreateGrant",
];

/** A group launches machines as a service role of the account, which a customer's key does not know by itself. */
export function allowDiskKey(name: string, keyId: string | undefined, parent: pulumi.Resource): kms.Grant[] {
  if (keyId === undefined) return [];
  const { partition } = partitionOf(parent);
  const { accountId } = callerOf(parent);
  const granteePrincipal = pulumi.interpolate`arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  return [new kms.Grant(`${name}-disks`, { keyId, granteePrincipal, operations: diskKeyOperations }, { parent })];
}
