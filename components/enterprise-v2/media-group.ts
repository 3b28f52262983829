/**
 * Role MediaGroup: the media nodes of Enterprise v2. CPU decides how many are wanted; which one leaves, and when, the
 * masters decide: every node is protected until they have emptied it.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../errors";
import { type GroupArgs, sizeProblems } from "./server-group";

export const mediaGroupToken = "openvidu:index:MediaGroup";

export interface MediaGroupArgs extends GroupArgs {
  /** Required. Average CPU, in percent, above which one node more is wanted. */
  readonly scaleUpCpuPercent: number;
  /** Required. Average CPU, in percent, below which one node less is wanted. */
  readonly scaleDownCpuPercent: number;
  /** Required. How long a node that is ended by others than the masters is held back; at most two hours. */
  readonly drainTimeoutSeconds: number;
}

export interface MediaGroup extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
}

/** Longest time for which a node can be held back. Source: reference/cloud-facts-aws.md 2 (a hook's own limit). */
export const longestHoldSeconds = 7200;

/** What is wrong with the arguments. */
export function validateMediaGroup(
  args: Pick<MediaGroupArgs, "min" | "desired" | "max" | "scaleUpCpuPercent" | "scaleDownCpuPercent">,
): Problem[] {
  const problems = sizeProblems("media", args);
  if (args.scaleDownCpuPercent >= args.scaleUpCpuPercent) {
    const reason = `${args.scaleDownCpuPercent} must be below media.scaleUpCpuPercent (${args.scaleUpCpuPercent}), or nodes come and go all the time`;
    problems.push({ path: "media.scaleDownCpuPercent", reason });
  }
  return problems;
}
