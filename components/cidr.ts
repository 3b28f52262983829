/**
 * Arithmetic on IPv4 ranges in CIDR notation. Pure.
 */

export interface CidrLimits {
  /** Smallest allowed prefix length (the largest network). */
  readonly shortestPrefix: number;
  /** Largest allowed prefix length (the smallest network). */
  readonly longestPrefix: number;
}

interface Block {
  /** First address as an unsigned 32-bit number. */
  readonly base: number;
  readonly prefix: number;
}

const notation = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

function parse(cidr: string): Block | undefined {
  const match = notation.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  return { base: ((a << 24) | (b << 16) | (c << 8) | d) >>> 0, prefix };
}

const sizeOf = (prefix: number): number => 2 ** (32 - prefix);

function format({ base, prefix }: Block): string {
  return `${[24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join(".")}/${prefix}`;
}

/** What is wrong with a CIDR range, or nothing. */
export function cidrProblem(cidr: string, { shortestPrefix, longestPrefix }: CidrLimits): string | undefined {
  const block = parse(cidr);
  if (!block) return `"${cidr}" is not an IPv4 range; write it like 10.0.0.0/16`;
  if (block.prefix < shortestPrefix || block.prefix > longestPrefix) {
    return `"${cidr}" must have a prefix between /${shortestPrefix} and /${longestPrefix}`;
  }
  if (block.base % sizeOf(block.prefix) !== 0) {
    const aligned = format({ ...block, base: block.base - (block.base % sizeOf(block.prefix)) });
    return `"${cidr}" has host bits set; did you mean ${aligned}`;
  }
  return undefined;
}

/** Whether two valid ranges share an address. */
export function cidrsOverlap(one: string, other: string): boolean {
  const a = parse(one);
  const b = parse(other);
  if (!a || !b) throw new RangeError(`not CIDR ranges: ${one}, ${other}`);
  return a.base < b.base + sizeOf(b.prefix) && b.base < a.base + sizeOf(a.prefix);
}

/** Addresses that lead to nobody from outside (RFC 6890), and those of providers' own networks (RFC 6598). */
/* prettier-ignore */
const insideOnly: readonly string[] = [
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",
];

/** Whether a valid IPv4 address leads to nobody from outside. */
export function isInsideOnly(address: string): boolean {
  return insideOnly.some((cidr) => cidrsOverlap(cidr, `${address}/32`));
}

/**
 * The `index`-th range of length `prefix` inside `cidr`.
 * @throws RangeError when `cidr` is not a range or has no such part
 */
export function subnetOf(cidr: string, prefix: number, index: number): string {
  const block = parse(cidr);
  if (!block || prefix < block.prefix || prefix > 32 || index < 0 || index >= 2 ** (prefix - block.prefix)) {
    throw new RangeError(`${cidr} has no part number ${index} of length /${prefix}`);
  }
  return format({ base: block.base + index * sizeOf(prefix), prefix });
}
