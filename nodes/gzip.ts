/**
 * gzip whose output depends on its input alone. The zlib inside Node compresses differently on different processors and
 * releases; the hash of user data would then differ between two operators' machines, and each `up` would roll the media
 * nodes. Small texts only: one block, no streaming. Format: RFC 1951 and RFC 1952.
 */

/** First lengths (symbols 257 to 285) and first distances (symbols 0 to 29), each with its number of extra bits. */
const lengthSteps = steps(
  3,
  [8, 4, 4, 4, 4, 4].map((count, extra) => [count, extra] as const),
);
const distanceSteps = steps(
  1,
  Array.from({ length: 14 }, (_, extra) => [extra === 0 ? 4 : 2, extra] as const),
);
lengthSteps[28] = { first: 258, extra: 0 };

const windowSize = 32768;
const longestMatch = 258;
/** How many earlier places are compared; more finds hardly anything in texts of this size. */
const deepestSearch = 48;
const endOfBlock = 256;
/** The order in which the lengths of the code for code lengths are written. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

interface Step {
  readonly first: number;
  readonly extra: number;
}

/** A literal byte, or a repetition of what stood `distance` bytes before. */
type Token = { readonly literal: number } | { readonly length: number; readonly distance: number };

/** Symbols of one block, each with the extra bits that follow it. */
interface Item {
  readonly tree: "main" | "distance";
  readonly symbol: number;
  readonly extra: number;
  readonly bits: number;
}

/** Compresses `data` into one gzip member without name and time. */
export function gzip(data: Uint8Array): Buffer {
  const writer = new BitWriter();
  writeBlock(writer, tokenize(data).flatMap(itemsOf));
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length % 2 ** 32, 4);
  return Buffer.concat([Buffer.from("1f8b08000000000002ff", "hex"), writer.finish(), tail]);
}

function steps(start: number, groups: readonly (readonly [count: number, extra: number])[]): Step[] {
  const result: Step[] = [];
  let first = start;
  for (const [count, extra] of groups) {
    for (let index = 0; index < count; index++) {
      result.push({ first, extra });
      first += 2 ** extra;
    }
  }
  return result;
}

/** Finds repetitions; a match gives way to a longer one that begins one byte later. */
function tokenize(data: Uint8Array): Token[] {
  const tokens: Token[] = [];
  const heads = new Int32Array(65536).fill(-1);
  const earlier = new Int32Array(data.length).fill(-1);
  const hash = (at: number) => ((data[at]! << 8) ^ (data[at + 1]! << 4) ^ (data[at + 2]! * 5)) & 65535;
  const enter = (at: number) => {
    if (at + 2 >= data.length) return;
    earlier[at] = heads[hash(at)]!;
    heads[hash(at)] = at;
  };
  const find = (at: number) => {
    let best = { length: 0, distance: 0 };
    if (at + 2 >= data.length) return best;
    const limit = Math.min(longestMatch, data.length - at);
    let from = heads[hash(at)]!;
    for (let tries = 0; from >= 0 && at - from <= windowSize && tries < deepestSearch; tries++) {
      if (data[from + best.length] === data[at + best.length]) {
        let length = 0;
        while (length < limit && data[from + length] === data[at + length]) length++;
        if (length > best.length) best = { length, distance: at - from };
        if (length === limit) break;
      }
      from = earlier[from]!;
    }
    return best;
  };
  let at = 0;
  let match = find(0);
  while (at < data.length) {
    enter(at);
    const next = find(at + 1);
    // Three bytes from far away cost more than three literals.
    if (match.length < 3 || next.length > match.length || (match.length === 3 && match.distance > 4096)) {
      tokens.push({ literal: data[at]! });
      at += 1;
      match = next;
      continue;
    }
    tokens.push(match);
    for (let inside = at + 1; inside < at + match.length; inside++) enter(inside);
    at += match.length;
    match = find(at);
  }
  return tokens;
}

function itemsOf(token: Token): Item[] {
  if ("literal" in token) return [{ tree: "main", symbol: token.literal, extra: 0, bits: 0 }];
  const length = stepOf(lengthSteps, token.length);
  const distance = stepOf(distanceSteps, token.distance);
  return [
    { tree: "main", symbol: 257 + length.index, extra: length.extra, bits: length.bits },
    { tree: "distance", symbol: distance.index, extra: distance.extra, bits: distance.bits },
  ];
}

function stepOf(table: readonly Step[], value: number): { index: number; extra: number; bits: number } {
  let index = table.length - 1;
  while (table[index]!.first > value) index -= 1;
  return { index, extra: value - table[index]!.first, bits: table[index]!.extra };
}

/** One final block with codes made for it. */
function writeBlock(writer: BitWriter, items: readonly Item[]): void {
  const counts = { main: new Array<number>(286).fill(0), distance: new Array<number>(30).fill(0) };
  counts.main[endOfBlock] = 1;
  for (const { tree, symbol } of items) counts[tree][symbol]! += 1;
  const lengths = { main: codeLengths(counts.main, 15), distance: codeLengths(counts.distance, 15) };
  const mainCount = lastUsed(lengths.main, 257);
  const distanceCount = lastUsed(lengths.distance, 1);

  const packed = packLengths([...lengths.main.slice(0, mainCount), ...lengths.distance.slice(0, distanceCount)]);
  const packedCounts = new Array<number>(19).fill(0);
  for (const { symbol } of packed) packedCounts[symbol]! += 1;
  const packedLengths = codeLengths(packedCounts, 7);
  const ordered = lengthOrder.map((symbol) => packedLengths[symbol]!);
  const orderedCount = lastUsed(ordered, 4);

  writer.write(0b101, 3);
  writer.write(mainCount - 257, 5);
  writer.write(distanceCount - 1, 5);
  writer.write(orderedCount - 4, 4);
  for (const length of ordered.slice(0, orderedCount)) writer.write(length, 3);
  const packedCodes = codesOf(packedLengths);
  for (const { symbol, extra, bits } of packed) {
    writer.write(packedCodes[symbol]!, packedLengths[symbol]!);
    writer.write(extra, bits);
  }
  const codes = { main: codesOf(lengths.main), distance: codesOf(lengths.distance) };
  for (const { tree, symbol, extra, bits } of items) {
    writer.write(codes[tree][symbol]!, lengths[tree][symbol]!);
    writer.write(extra, bits);
  }
  writer.write(codes.main[endOfBlock]!, lengths.main[endOfBlock]!);
}

function lastUsed(lengths: readonly number[], least: number): number {
  let count = lengths.length;
  while (count > least && lengths[count - 1] === 0) count -= 1;
  return count;
}

/** Runs of equal code lengths in the form of RFC 1951, 3.2.7. */
function packLengths(lengths: readonly number[]): { symbol: number; extra: number; bits: number }[] {
  const packed: { symbol: number; extra: number; bits: number }[] = [];
  for (let at = 0; at < lengths.length;) {
    const value = lengths[at]!;
    let run = 1;
    while (lengths[at + run] === value) run++;
    if (value === 0 && run >= 3) {
      const taken = Math.min(run, 138);
      packed.push(taken < 11 ? { symbol: 17, extra: taken - 3, bits: 3 } : { symbol: 18, extra: taken - 11, bits: 7 });
      at += taken;
    } else if (packed.length > 0 && lengths[at - 1] === value && run >= 3) {
      const taken = Math.min(run, 6);
      packed.push({ symbol: 16, extra: taken - 3, bits: 2 });
      at += taken;
    } else {
      packed.push({ symbol: value, extra: 0, bits: 0 });
      at += 1;
    }
  }
  return packed;
}

/** Lengths of a Huffman code in which none is above `limit`; counts are flattened until that holds. */
function codeLengths(counts: readonly number[], limit: number): number[] {
  const lengths = new Array<number>(counts.length).fill(0);
  let nodes = counts.flatMap((count, symbol) => (count > 0 ? [{ count, symbols: [symbol] }] : []));
  if (nodes.length === 1) lengths[nodes[0]!.symbols[0]!] = 1;
  while (nodes.length > 1) {
    // Sorting is stable, so equal counts keep one order everywhere.
    nodes.sort((a, b) => a.count - b.count);
    const [a, b, ...rest] = nodes as [(typeof nodes)[0], (typeof nodes)[0], ...typeof nodes];
    const symbols = [...a.symbols, ...b.symbols];
    for (const symbol of symbols) lengths[symbol]! += 1;
    nodes = [...rest, { count: a.count + b.count, symbols }];
  }
  if (lengths.every((length) => length <= limit)) return lengths;
  return codeLengths(
    counts.map((count) => (count > 0 ? (count >> 1) + 1 : 0)),
    limit,
  );
}

/** Canonical codes, with their bits turned round because they are written from the top bit on. */
function codesOf(lengths: readonly number[]): number[] {
  const codes = new Array<number>(lengths.length).fill(0);
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      for (let bit = 0; bit < length; bit++) codes[symbol]! |= ((code >> bit) & 1) << (length - 1 - bit);
      code += 1;
    }
    code <<= 1;
  }
  return codes;
}

class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private count = 0;

  public write(value: number, bits: number): void {
    this.pending |= value << this.count;
    this.count += bits;
    while (this.count >= 8) {
      this.bytes.push(this.pending & 255);
      this.pending >>>= 8;
      this.count -= 8;
    }
  }

  public finish(): Buffer {
    if (this.count > 0) this.bytes.push(this.pending & 255);
    return Buffer.from(this.bytes);
  }
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}
