/**
 * Sets of ports as lists of disjoint inclusive ranges.
 */

export interface PortSpan {
  readonly first: number;
  readonly last: number;
}

export const everyPort: PortSpan = { first: 0, last: 65535 };

/** The ports that are in both. */
export function intersect(one: readonly PortSpan[], other: readonly PortSpan[]): PortSpan[] {
  return one
    .flatMap((a) => other.map((b) => ({ first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) })))
    .filter(({ first, last }) => first <= last);
}

/** The ports of `from` that are not in `taken`. */
export function subtract(from: readonly PortSpan[], taken: readonly PortSpan[]): PortSpan[] {
  return taken.reduce<PortSpan[]>(
    (left, { first, last }) =>
      left
        .flatMap((span) => [
          { first: span.first, last: Math.min(span.last, first - 1) },
          { first: Math.max(span.first, last + 1), last: span.last },
        ])
        .filter((span) => span.first <= span.last),
    [...from],
  );
}
