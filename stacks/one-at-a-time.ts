/**
 * Keeps one update from rebuilding two masters. The program itself has no memory; what the last update did stands in the
 * stack's own outputs.
 */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./errors";

/** Name of the stack output that the next update reads. */
export const generationsOutput = "masterGenerations";

/**
 * Reads what the last update of this stack was given. Without one, or in a program that exports other outputs, every
 * generation may be new.
 * @throws ConfigError when more than one master would be rebuilt
 */
export async function checkOneAtATime(wanted: readonly number[], ownMachines = false): Promise<void> {
  const stack = pulumi.getStack();
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const last = new pulumi.StackReference("last-update", { name });
  const before: unknown = (await last.getOutputDetails(generationsOutput)).value;
  const slots = changedSlots(before, wanted);
  if (slots.length <= 1) return;
  if (ownMachines) throw new ConfigError(stack, [{ path: "hosts", reason: manyNewMachines(slots) }]);
  const reason =
    `${JSON.stringify(before)} before, ${JSON.stringify(wanted)} now: masters ${slots.join(" and ")} would be rebuilt in one ` +
    "update. Change one number, run `pulumi up`, wait until `openvidu-status` on that master says state=ready, then change the next";
  throw new ConfigError(stack, [{ path: "masters.generations", reason }]);
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
