/**
 * What changed between two sets of inputs, by path, and paths in the tables of the clouds.
 */
import { isDeepStrictEqual } from "node:util";
import { Secret, unknown, type Value, type ValueMap } from "./values";

export type Change = "add" | "delete" | "update";

/** Changed paths (`tags.Name`, `disks[0].size`) from old to new inputs. An unknown value counts as a change. */
export function changes(olds: ValueMap, news: ValueMap): Map<string, Change> {
  const found = new Map<string, Change>();
  compareMembers(olds, news, "", found);
  return found;
}

function compare(old: Value | undefined, now: Value | undefined, path: string, found: Map<string, Change>): void {
  const before = open(old);
  const after = open(now);
  if (before === undefined && after === undefined) return;
  if (before === undefined || before === null) {
    if (after !== undefined && after !== null) found.set(path, "add");
  } else if (after === undefined || after === null) {
    found.set(path, "delete");
  } else if (after === unknown || before === unknown) {
    found.set(path, "update");
  } else if (isList(before) && isList(after)) {
    const longest = Math.max(before.length, after.length);
    for (let index = 0; index < longest; index += 1) {
      compare(before[index], after[index], `${path}[${index}]`, found);
    }
  } else if (isMembers(before) && isMembers(after)) {
    compareMembers(before, after, path, found);
  } else if (!isDeepStrictEqual(before, after)) {
    found.set(path, "update");
  }
}

function compareMembers(olds: ValueMap, news: ValueMap, path: string, found: Map<string, Change>): void {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(olds[key], news[key], joined(path, key), found);
  }
}

/** A member's path, in Pulumi's way of writing keys that are no plain names. */
function joined(path: string, key: string): string {
  if (/[.[\]"]/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function open(value: Value | undefined): Value | undefined {
  return value instanceof Secret ? open(value.value) : value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value has named members. */
export function isMembers(value: Value | undefined): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** The steps of a path: names and positions. */
export function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d*)\]|([^.[\]]+)/g)].map(([, quoted, position, name]) =>
    quoted !== undefined ? (JSON.parse(`"${quoted}"`) as string) : (name ?? position)!,
  );
}

/** The top-level input that a path belongs to. */
export function topOf(path: string): string {
  return stepsOf(path)[0]!;
}

/** The value at a path; secrets on the way are opened. */
export function valueAt(value: Value | undefined, path: string): Value | undefined {
  return stepsOf(path).reduce<Value | undefined>((current, step) => {
    const opened = open(current);
    return typeof opened === "object" && opened !== null ? (opened as ValueMap)[step] : undefined;
  }, value);
}

/** Whether a table's path (`disks[].name`) covers a changed one: it names it, something above it, or a part of it. */
export function covers(pattern: string, path: string, values: readonly (ValueMap | undefined)[]): boolean {
  const [wanted, given] = [stepsOf(pattern), stepsOf(path)];
  const common = Math.min(wanted.length, given.length);
  for (let at = 0; at < common; at += 1) {
    const any = wanted[at] === "" && /^\d+$/.test(given[at]!);
    if (!any && wanted[at] !== given[at]) return false;
  }
  // A whole object came or went: it counts when it has the part that the table names.
  return wanted.length <= given.length || values.some((value) => has(valueAt(value, path), wanted.slice(common)));
}

function has(value: Value | undefined, [step, ...rest]: readonly string[]): boolean {
  const opened = open(value);
  if (opened === undefined || opened === null) return false;
  if (step === undefined) return true;
  if (Array.isArray(opened)) return (opened as readonly Value[]).some((entry) => has(entry, rest));
  return isMembers(opened) && has(opened[step], rest);
}
