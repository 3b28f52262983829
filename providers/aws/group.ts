/**
 * What every Auto Scaling group of the project has in common.
 */
import * as pulumi from "@pulumi/pulumi";
import * as kms from "@pulumi/aws/kms";
import type { input as inputs } from "@pulumi/aws/types";
import { callerOf, partitionOf } from "./support";

/** Group metrics that alarms and dashboards need; they cost nothing. */
export const groupMetrics = [
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupMaxSize",
  "GroupMinSize",
  "GroupPendingInstances",
  "GroupTerminatingInstances",
] as const;

/** A lifecycle hook, alike inside a group and as a resource of its own. */
export interface LifecycleHook {
  readonly name: string;
  readonly lifecycleTransition: string;
  /** Seconds. */
  readonly heartbeatTimeout: number;
  readonly defaultResult: "ABANDON" | "CONTINUE";
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
