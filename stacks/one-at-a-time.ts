/**
 * Keeps one update from rebuilding two masters.
 */
import type { Problem } from "../components/errors";

/** Name of the stack output that the next update reads. */
export const generationsOutput = "masterGenerations";

/** What is wrong with these generations, after those of the last update. */
export function generationProblems(before: unknown, wanted: readonly number[]): Problem[] {
  const slots = changedSlots(before, wanted);
  if (slots.length <= 1) return [];
  const reason =
    `${JSON.stringify(before)} before, ${JSON.stringify(wanted)} now: masters ${slots.join(" and ")} would be rebuilt in one ` +
    "update. Change one number, run `pulumi up`, wait until `openvidu-status` on that master says state=ready, then change the next";
  return [{ path: "masters.generations", reason }];
}

/** Numbers of the masters, from 1, whose generation is another than before. */
export function changedSlots(before: unknown, wanted: readonly number[]): number[] {
  if (!Array.isArray(before) || before.length !== wanted.length) return [];
  return wanted.flatMap((generation, index) => (generation === before[index] ? [] : [index + 1]));
}
