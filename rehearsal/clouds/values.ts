/**
 * Reading loosely typed resource inputs. Simulated clouds are handed whatever the program sent, so nothing here throws:
 * a value of another type reads as empty, and the rule that looks at it has its say.
 */
import type { Json, Properties, World } from "../model";

export const hexDigits = "0123456789abcdef";
export const upperAlphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** The value if it is a string or a number, as text; otherwise an empty string. */
export function text(value: Json): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** The value if it is a number or a text that holds one; otherwise nothing. */
export function number(value: Json): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** The value if it is a list; otherwise an empty one. */
export function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list. */
export function texts(value: Json): readonly string[] {
  return list(value).map(text).filter(Boolean);
}

/** The value if it is an object; otherwise an empty one. Objects that arrive as JSON text are parsed. */
export function record(value: Json): Properties {
  if (typeof value === "string" && value.startsWith("{")) {
    try {
      return record(JSON.parse(value));
    } catch {
      return {};
    }
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
}

/** The objects of a list. */
export function records(value: Json): readonly Properties[] {
  return list(value).map(record);
}

/** The value at a path of property names. */
export function at(value: Json, ...path: readonly string[]): Json {
  return path.reduce<Json>((current, key) => record(current)[key], value);
}

/** Whether a value was given at all. */
export function given(value: Json): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** Problems of a rule set: every entry is a sentence, a list of sentences, or nothing. */
export function problems(...found: readonly (string | readonly string[] | false | undefined)[]): string[] {
  return found.flatMap((entry) => (entry ? entry : [])).filter((entry) => entry !== "");
}

/** Every text inside a value, with the path that leads to it. */
export function everyText(value: Json, path = ""): readonly { readonly path: string; readonly value: string }[] {
  if (typeof value === "string") return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((entry, index) => everyText(entry, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => everyText(entry, path ? `${path}.${key}` : key));
}

/** Entries that occur a second time, once each. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** A number below `limit` that follows from the text alone; the same in every run. */
export function hashBelow(seed: string, limit: number): number {
  let hash = 2166136261;
  for (const character of seed) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619) >>> 0;
  return hash % limit;
}

/** A UUID drawn for this seed. */
export function uuid(world: World, seed: string): string {
  const digits = world.random(seed, 32, hexDigits);
  const variant = "89ab"[hashBelow(digits, 4)]!;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join("-");
}

/** Length in bytes of what a base64 text stands for; nothing when it is not base64. */
export function decodedLength(base64: string): number | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined;
  return Buffer.from(base64, "base64").length;
}
