/**
 * Finds a text wherever it may hide: as it is, in base64 at any alignment, in hexadecimal, percent-encoded or quoted, and
 * inside base64 and gzip to any reasonable depth.
 */
import { gunzipSync } from "node:zlib";

/** How deep containers are opened: user data is gzip in base64, and files in it are so once more. */
const deepest = 6;

/** Spellings of one text that can be found by looking for a substring. */
export interface Needle {
  readonly name: string;
  readonly spellings: readonly string[];
}

/**
 * Base64 of a text at each of the three positions that it can have in a longer one, without the characters at either
 * end that neighbours also decide.
 */
export function base64Alignments(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const spoiltAtStart = Math.ceil((offset * 8) / 6);
    const spoiltAtEnd = ((offset + bytes.length) * 8) % 6 === 0 ? 0 : 1;
    return encoded.slice(spoiltAtStart, encoded.length - spoiltAtEnd);
  });
}

/** @throws RangeError when the text is so short that finding it would prove nothing */
export function needle(name: string, text: string): Needle {
  if (text.length < 8) throw new RangeError(`${name} is too short to search for`);
  const hex = Buffer.from(text).toString("hex");
  const base64 = base64Alignments(text);
  const urlSafe = base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_"));
  const spellings = [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    [...text].reverse().join(""),
    ...base64,
    ...urlSafe,
    hex,
    hex.toUpperCase(),
  ];
  return { name, spellings: [...new Set(spellings)] };
}

/** The texts that a text contains in encoded form, itself first. */
export function* opened(text: string, depth = 0): Generator<string> {
  yield text;
  if (depth >= deepest) return;
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g))
    yield* openedBytes(Buffer.from(run, "base64"), depth);
}

function* openedBytes(bytes: Buffer, depth: number): Generator<string> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const unpacked = gunzip(bytes);
    if (unpacked) yield* opened(unpacked.toString("latin1"), depth + 1);
    return;
  }
  const text = bytes.toString("latin1");
  // Bytes that are no text hold nothing that is not found in its encoded form.
  if (/^[\t\n\r\x20-\x7e\x80-\xff]+$/.test(text) && /^[\t\n\r\x20-\x7e]{12}/.test(text)) yield* opened(text, depth + 1);
}

function gunzip(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}

/** Names of the needles that a text contains in any form. */
export function found(needles: readonly Needle[], text: string): string[] {
  const names = new Set<string>();
  for (const layer of opened(text)) {
    for (const { name, spellings } of needles) {
      if (spellings.some((spelling) => layer.includes(spelling))) names.add(name);
    }
  }
  return [...names];
}
