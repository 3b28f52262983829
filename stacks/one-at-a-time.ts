/**
 * Keeps one update from rebuilding two masters.
 */
import type { Problem } from "../components/errors";

/** Name of the stack output that the next update reads. */
export const generationsOutput = "masterGenerations";

/**
 * What is wrong with these generations, after those of the last update.
 * @param ownMachines whether the machines are the customer's, where a generation follows from the host key
 */
export function generationProblems(before: unknown, wanted: readonly number[], ownMachines = false): Problem[] {
  const slots = changedSlots(before, wanted);
  if (slots.length <= 1) return [];
  if (ownMachines) return [{ path: "hosts", reason: manyNewMachines(slots) }];
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

/** On the customer's machines a generation follows from the host key, and says nothing to a person. */
function manyNewMachines(slots: readonly number[]): string {
  return (
    `the machines of masters ${slots.join(" and ")} are others than before, which would be installed in one update. Put back ` +
    "all but one, run `pulumi up`, wait until `openvidu-status` on that master says state=ready, then change the next"
  );
}

/**
 * What to say when another machine of the customer's takes the place of an only master: nothing copies the data there.
 * On a cloud the data disk goes over to the new machine.
 */
export function onlyMasterWarning(before: unknown, wanted: readonly number[]): string | undefined {
  if (wanted.length !== 1 || changedSlots(before, wanted).length === 0) return undefined;
  return (
    "the only master is another machine than before: it starts without the data of the former one, which stays on that " +
    "one's disk; restore a backup on it (docs/on-premises.md)"
  );
}
