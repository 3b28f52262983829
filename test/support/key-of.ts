/**
 * Keys of things that are made once for all tests.
 */

/** A value as text; a member that is `undefined`, which takes something away, is told from one that is not there. */
export function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part === undefined ? null : part));
}
