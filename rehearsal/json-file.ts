/**
 * Files that hold what a rehearsal remembers. Written atomically and readable by their owner alone, because a stack's
 * secrets may be in them.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** A file that cannot be used, in a sentence for the person whose it is. */
export class JsonFileError extends Error {}

/** Version of what the rehearsal writes; files of another version are refused. */
const schemaVersion = 1;

export function readJson(file: string): unknown {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new JsonFileError(`${file} cannot be read: ${(error as Error).message}; delete it to start anew`);
  }
  if ((content as { schemaVersion?: unknown } | null)?.schemaVersion === schemaVersion) return content;
  throw new JsonFileError(`${file} was written by another version of the rehearsal; delete it to start anew`);
}

export function writeJson(file: string, content: { readonly schemaVersion: number }): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const scratch = `${file}.${process.pid}`;
  writeFileSync(scratch, JSON.stringify(content), { mode: 0o600 });
  renameSync(scratch, file);
}
