/**
 * How list prices are written down: as data with a region, a unit, a public source and the month as of which they
 * hold. Prices live in aws-prices.ts and azure-prices.ts; what a resource needs of them in aws.ts and azure.ts.
 */

/** All prices are list prices in this currency: before discounts, commitments and taxes. */
export const currency = "USD";

/** Hours that both clouds' calculators put into a month (a year divided by twelve). */
const hoursPerMonth = 730;

export type Unit = "hour" | "month";

/** Where a price was read, and when. */
export interface PriceSource {
  /** The public page or feed. */
  readonly source: string;
  /** Month as of which the numbers are believed to be those of the list, `2026-01`. */
  readonly read: string;
}

export interface Price extends PriceSource {
  /** Amount for one piece and one unit of time. */
  readonly amount: number;
  readonly unit: Unit;
}

/** Least and most of something. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Something that is paid for, by piece. */
export interface Charge {
  /** What it is, as a reader of a bill knows it, in the singular. */
  readonly what: string;
  readonly count: Range;
  /** Absent where no price is known; `why` says so. */
  readonly price?: Price;
  readonly why?: string;
}

/** The price of one piece for a month. */
export function perMonth({ amount, unit }: Price): number {
  return unit === "hour" ? amount * hoursPerMonth : amount;
}

/** A fixed number of pieces. */
export function exactly(count: number): Range {
  return { min: count, max: count };
}

/** A charge with a price, or one that says what is missing. */
export function chargeOf(what: string, count: Range, price: Price | undefined, region: string): Charge {
  if (!Number.isFinite(count.min + count.max))
    return { what, count: exactly(1), why: "how many there are is not known" };
  if (!price) return { what, count, why: `no price for ${region || "an unknown region"}` };
  return Number.isFinite(price.amount) ? { what, count, price } : { what, count, why: "its size is not known" };
}

/** Whether a price was read so long ago that it may well be wrong: more than a year before `today`. */
export function isOld(read: string, today: Date): boolean {
  const [year = 0, month = 1] = read.split("-").map(Number);
  return today.getTime() >= Date.UTC(year + 1, month, 1);
}
