/**
 * The kinds of values that a stack config is made of. Each kind has one message, "must be …", for everything that can
 * be wrong with it; `check.ts` puts the received value in front of it.
 */
import { z } from "zod";

/** Text that matches `pattern` as a whole; `what` completes "must be …". */
export function text(pattern: RegExp, what: string): z.ZodString {
  const error = `must be ${what}`;
  return z.string({ error }).regex(pattern, { error });
}

/** A whole number between two bounds, both allowed. */
export function wholeNumber(min: number, max: number): z.ZodNumber {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A switch. */
export function flag(): z.ZodBoolean {
  return z.boolean({ error: "must be true or false" });
}

/** One word of a closed set; `refusals` are words that deserve an answer of their own. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  refusals: Readonly<Record<string, string>> = {},
) {
  const allowed = `must be ${listed(values)}`;
  return z.enum(values, {
    error: ({ input }) => (typeof input === "string" && Object.hasOwn(refusals, input) ? refusals[input]! : allowed),
  });
}

/** A list with bounds on its length; `what` names its items in the plural. */
export function list<T extends z.ZodType>(item: T, what: string, min: number, max: number): z.ZodArray<T> {
  const count = min === max ? String(min) : min === 0 ? `at most ${max}` : `${min} to ${max}`;
  const error = `must be a list of ${count} ${what}`;
  return z.array(item, { error }).min(min, { error }).max(max, { error });
}

/** A group of settings of which every key is known. */
export function group<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, { error: `must be a group of settings: ${Object.keys(shape).join(", ")}` });
}

/** A group like another one, less some keys, with others added or in place of them. */
export function regroup<S extends z.core.$ZodLooseShape, K extends keyof S, E extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<S>,
  without: readonly K[],
  also: E,
) {
  const rest = Object.fromEntries(
    Object.entries(schema.shape).filter(([key]) => !(without as readonly string[]).includes(key)),
  );
  return group({ ...rest, ...also } as Omit<S, K | keyof E> & E);
}

/** The message of groups that come in several forms, of which their `kind` names one. */
export function oneOfKinds(kinds: readonly string[], refusals: Readonly<Record<string, string>> = {}) {
  return ({ input }: { readonly input?: unknown }): string => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      return `must be a group of settings whose kind is ${listed(kinds)}`;
    }
    const { kind } = input as { readonly kind?: unknown };
    return typeof kind === "string" && Object.hasOwn(refusals, kind) ? refusals[kind]! : `must be ${listed(kinds)}`;
  };
}

/** `"a", "b" or "c"`. */
export function listed(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
