/**
 * Careful reading of recorded properties, whose form only their provider knows.
 */
import { isSecret } from "./graph";

export type Json = Readonly<Record<string, unknown>>;

/** The value at a path, or `undefined` where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, step) => (typeof found === "object" && found !== null ? (found as Json)[step] : undefined),
    value,
  );
}

/** The text at a path; empty where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The list at a path; empty where there is none. */
export function listAt<T = Json>(value: unknown, ...path: readonly (string | number)[]): readonly T[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as T[]) : [];
}

/** A recorded value without the wrapping of secrets. */
export function unwrapSecrets(value: unknown): unknown {
  if (isSecret(value)) return unwrapSecrets(value.secret);
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unwrapSecrets(part)]));
}
