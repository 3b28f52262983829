/**
 * IPv4 arithmetic of the simulated clouds. It is deliberately not the one in components/: what judges the program must
 * not share its mistakes.
 */

export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** First and last address of a range in CIDR notation; nothing when it is malformed or has host bits set. */
export function range(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** The address number `value` in dotted notation. */
export function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/**
 * A free address of a subnet. Both clouds keep the first four and the last for themselves.
 * @param start any number; where the search for a free address begins
 */
export function freeAddress(cidr: string, taken: ReadonlySet<string>, start: number): string | undefined {
  const subnet = range(cidr);
  if (!subnet) return undefined;
  const usable = subnet.last - subnet.first + 1 - 5;
  for (let step = 0; step < usable; step += 1) {
    const candidate = address(subnet.first + 4 + ((start + step) % usable));
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}
