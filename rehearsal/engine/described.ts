/**
 * Changed inputs with their values, as a step tells of them.
 */
import { valueAt } from "../differences";
import { toRecord, type ValueMap } from "../values";
import type { Difference, DifferenceKind } from "./plan";

/** What changes from old to new inputs, given the kind of change by path. */
export function described(
  kinds: Readonly<Record<string, DifferenceKind>>,
  olds: ValueMap,
  news: ValueMap,
): Difference[] {
  return Object.entries(kinds).map(([path, kind]) => {
    const old = valueAt(olds, path);
    const now = valueAt(news, path);
    return {
      path,
      kind,
      ...(old === undefined ? {} : { old: toRecord(old) }),
      ...(now === undefined ? {} : { new: toRecord(now) }),
    };
  });
}
