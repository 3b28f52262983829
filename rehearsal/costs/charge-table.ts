/**
 * What the tables of both clouds say about a resource type: what it charges for, or why nothing is charged.
 */
import { tierWithin } from "../../components/tiers";
import type { RecordedResource } from "../graph";
import { qualifiedType } from "../urn";
import type { Charge } from "./prices";

/** What a charge may depend on besides the resource itself. */
export interface Surroundings {
  /** Region of the provider that manages the resource; empty when it is not known. */
  readonly region: string;
  /** Resources of a type that the resource refers to. */
  readonly uses: (type: string) => readonly RecordedResource[];
  /** Resources of a type that refer to the resource. */
  readonly usedBy: (type: string) => readonly RecordedResource[];
}

export type ChargesOf = (resource: RecordedResource, around: Surroundings) => readonly Charge[];

export interface ChargeTable {
  /** What is charged, by type. */
  readonly charges: Readonly<Record<string, ChargesOf>>;
  /** Types that are paid for by use alone, with what is counted. */
  readonly byUse: Readonly<Record<string, string>>;
  /** Types that cost nothing of their own. */
  readonly free: readonly string[];
}

/** What a machine is to its cluster. */
export function roleOf({ urn }: RecordedResource): string {
  const tier = tierWithin(qualifiedType(urn).split("$"));
  return tier === "master" ? "master" : tier === "media" ? "media node" : "machine";
}

/** A disk of a kind; without its size where that is not known. */
export function diskName(kind: string, gib: number): string {
  return Number.isFinite(gib) ? `${kind} disk of ${gib} GB` : `${kind} disk`;
}
