/**
 * How long it takes to bring a changed template to every media node. Pure, and knows no SDK.
 * Source: reference/cloud-facts-aws.md 2.
 */

/** A roll launches new nodes first, at most this much of the group's size at a time, and then drains as many old ones. */
export const rollPercent = 25;

/** A roll that takes longer is ended by AWS. */
export const longestRollSeconds = 14 * 24 * 3600;

/** Nodes of a group that are replaced at the same time. */
export function rollBatchOf(nodes: number): number {
  return Math.max(1, Math.floor((nodes * rollPercent) / 100));
}

/** The longest that a roll may take: every batch boots until its deadline, and then drains until its deadline. */
export function rollSeconds(nodes: number, bootTimeoutSeconds: number, drainTimeoutSeconds: number): number {
  return Math.ceil(nodes / rollBatchOf(nodes)) * (bootTimeoutSeconds + drainTimeoutSeconds);
}
