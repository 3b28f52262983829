/**
 * What a deployment costs per month, roughly: list prices times what the program registers. Of media nodes there are as
 * many as the autoscaler decides, hence a range. What has no price is named, and never counted as nothing.
 */
import type { Graph, RecordedResource } from "../graph";
import { textAt } from "../json";
import { packageOf, providedPackage, urnOfReference } from "../urn";
import { aws } from "./aws";
import { azure } from "./azure";
import type { ChargeTable, Surroundings } from "./charge-table";
import { type Charge, currency, exactly, perMonth, type Range } from "./prices";

export interface CostLine {
  readonly what: string;
  readonly count: Range;
  readonly monthly: Range;
  readonly source: string;
  /** Month in which the price was read, `2026-01`. */
  readonly read: string;
}

/** Something that costs money and is not in the total. */
export interface Unpriced {
  readonly what: string;
  readonly count: Range;
  readonly why: string;
}

export interface CostEstimate {
  readonly currency: string;
  /** The most expensive first. */
  readonly lines: readonly CostLine[];
  readonly total: Range;
  readonly unpriced: readonly Unpriced[];
  /** What no total could know. */
  readonly notIncluded: readonly string[];
  /** Month of the oldest price in the total; absent without any. */
  readonly date?: string;
}

const tables: Readonly<Record<string, ChargeTable>> = { aws, "azure-native": azure };

/** Packages whose resources exist in Pulumi's state alone. */
const stateOnly = ["pulumi", "random", "tls"];

/** What no list price covers, whatever is deployed. */
const always = ["the OpenVidu licence", "traffic", "taxes", "discounts"];

/** The costs of everything in a graph. */
export function estimate(graph: Graph): CostEstimate {
  const paid = graph.resources.filter(isPaidFor);
  const charges = merge(paid.flatMap((resource) => chargesOf(resource, graph)));
  const lines = charges.flatMap(lineOf).sort((a, b) => b.monthly.max - a.monthly.max || (a.what < b.what ? -1 : 1));
  const uses = paid.flatMap(({ type }) => tableOf(type)?.byUse[type] ?? []);
  const [date] = lines.map(({ read }) => read).sort();
  return {
    currency,
    lines,
    total: { min: sum(lines.map(({ monthly }) => monthly.min)), max: sum(lines.map(({ monthly }) => monthly.max)) },
    unpriced: charges.flatMap(({ what, count, why }) => (why === undefined ? [] : [{ what, count, why }])),
    notIncluded: [...always, ...new Set(uses)],
    ...(date === undefined ? {} : { date }),
  };
}

function isPaidFor({ custom, type, external }: RecordedResource): boolean {
  return custom && !external && providedPackage(type) === undefined && !stateOnly.includes(packageOf(type));
}

function tableOf(type: string): ChargeTable | undefined {
  return tables[packageOf(type)];
}

function chargesOf(resource: RecordedResource, graph: Graph): readonly Charge[] {
  const { type } = resource;
  const table = tableOf(type);
  const charges = table?.charges[type];
  if (charges) return charges(resource, surroundings(resource, graph));
  if (table && (table.free.includes(type) || table.byUse[type] !== undefined)) return [];
  return [{ what: type, count: exactly(1), why: "nobody has written down what this type costs" }];
}

function surroundings(resource: RecordedResource, { resources }: Graph): Surroundings {
  const reaches = ({ dependencies, propertyDependencies }: RecordedResource): ReadonlySet<string> =>
    new Set([...dependencies, ...Object.values(propertyDependencies).flat()]);
  const targets = reaches(resource);
  const provider = resources.find(({ urn }) => urn === urnOfReference(resource.provider ?? ""));
  return {
    region:
      textAt(provider?.inputs, "region") || textAt(resource.inputs, "location") || textAt(provider?.inputs, "location"),
    uses: (type) => resources.filter((each) => each.type === type && targets.has(each.urn)),
    usedBy: (type) => resources.filter((each) => each.type === type && reaches(each).has(resource.urn)),
  };
}

/** Charges for the same thing at the same price are one. */
function merge(charges: readonly Charge[]): Charge[] {
  const merged = new Map<string, Charge>();
  for (const charge of charges) {
    const key = JSON.stringify([charge.what, charge.price, charge.why]);
    const { count } = merged.get(key) ?? { count: exactly(0) };
    merged.set(key, {
      ...charge,
      count: { min: count.min + charge.count.min, max: count.max + charge.count.max },
    });
  }
  return [...merged.values()];
}

function lineOf({ what, count, price }: Charge): CostLine[] {
  if (!price) return [];
  const monthly = { min: cents(count.min * perMonth(price)), max: cents(count.max * perMonth(price)) };
  return [{ what, count, monthly, source: price.source, read: price.read }];
}

function sum(amounts: readonly number[]): number {
  return cents(amounts.reduce((total, each) => total + each, 0));
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
