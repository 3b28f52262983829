/**
 * Role ScalingMediaPool: min ≤ n ≤ max media nodes that scale out by CPU, scale in without cutting sessions, and roll
 * to a new template without cutting sessions.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "./errors";
import type { FirewallTier } from "./firewall";
import type { MachineImage } from "./machine-image";
import type { NodeBoot } from "./node-boot";
import type { PlacementArgs } from "./placement";

export const scalingMediaPoolToken = "openvidu:index:ScalingMediaPool";

export interface ScalingMediaPoolArgs extends PlacementArgs {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly zones: readonly string[];
  readonly firewall: FirewallTier;
  /** Required. LoadBalancer.backendIds.media; empty where masters take all traffic. */
  readonly backendIds: readonly pulumi.Input<string>[];
  /** Required. NodeIdentity.principal, .attachment and .clientId. */
  readonly identity: {
    readonly principal: pulumi.Input<string>;
    readonly attachment: pulumi.Input<string>;
    readonly clientId: pulumi.Input<string>;
  };
  readonly instanceType: string;
  readonly image: MachineImage;
  readonly diskGiB: number;
  /** Optional. KMS key ARN (AWS) or disk encryption set id (Azure). @default the cloud's own key */
  readonly diskKeyId?: string;
  readonly encryptionAtHost: boolean;
  readonly sshPublicKey?: string;
  readonly adminUsername: string;
  readonly min: number;
  readonly max: number;
  /** Required. Number of nodes at creation; afterwards the autoscaler alone decides. */
  readonly initial: number;
  /** Required. Average CPU of the group, in percent, that scaling aims for. */
  readonly targetCpuPercent: number;
  /** Required. Azure: how many nodes may drain at the same time. On AWS the group itself decides. */
  readonly drainsAtOnce: number;
  /** Required. How long a boot may take until the node counts as failed. */
  readonly bootTimeoutSeconds: number;
  /** Required. How long a node may wait for its sessions to end before it is ended; at most 47 hours. */
  readonly drainTimeoutSeconds: number;
  /**
   * Required. Azure: NodeIdentity.principal of the masters, whose controller takes nodes out of the group and rolls it.
   * On AWS the group does that itself.
   */
  readonly controller: pulumi.Input<string>;
  readonly boot: NodeBoot;
  /** Required. Grants and routes that must exist before a machine boots, and outlive the group. */
  readonly bootAfter: readonly pulumi.Resource[];
}

export interface ScalingMediaPool extends pulumi.ComponentResource {
  /** Name of the Auto Scaling group or scale set. */
  readonly groupName: pulumi.Output<string>;
}

/**
 * After a node has come or gone, how long until the next change of the group's size: longer than a node's boot of 5 to 8
 * minutes (reference/azure-reference.md 10.3), so that the load has settled. Where the cloud's group has a pause of its
 * own, that one counts.
 */
export const cooldownSeconds = 600;

/** Longest drain that the clouds' own limits leave room for (cloud-facts-aws 2: 48 h in all). */
export const longestDrainSeconds = 47 * 3600;

/** What is wrong with the arguments, whichever cloud they are for. */
export function validateScalingMediaPool(args: ScalingMediaPoolArgs): Problem[] {
  const problems: Problem[] = [];
  if (args.min > args.max) {
    problems.push({ path: "media.min", reason: `must not be above media.max (${args.max})` });
  }
  if (args.initial < args.min || args.initial > args.max) {
    problems.push({
      path: "media.initial",
      reason: `must lie between media.min (${args.min}) and media.max (${args.max})`,
    });
  }
  if (args.drainTimeoutSeconds > longestDrainSeconds) {
    problems.push({ path: "media.drainTimeoutSeconds", reason: `must be at most ${longestDrainSeconds} (47 hours)` });
  }
  return problems;
}
