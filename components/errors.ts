/**
 * How components refuse bad input: all problems at once, each with its path and its remedy.
 * Sources: house-style 2.6; the behaviour of RunError and of errors inside `apply` was checked at Pulumi 3.248.
 */
import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong, where, and what to do about it. */
export interface Problem {
  /** Path of the offending argument or config key, for example `media.max`. */
  readonly path: string;
  /** A sentence without a full stop: what is wrong and what is allowed. */
  readonly reason: string;
}

/** Throws one error that names every problem; does nothing when there is none. */
export function throwIfAny(what: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new pulumi.InputPropertiesError({
    message: `${what}: ${problems.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}`,
    errors: problems.map(({ path, reason }) => ({ propertyPath: path, reason })),
  });
}

/**
 * An error for use inside `apply`, where nobody can catch. Pulumi prints the stack of such an error, so the stack is
 * made equal to the message.
 */
export function quietError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
