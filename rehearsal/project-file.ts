/**
 * What Pulumi.yaml says about running the program.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

/** The repository that this rehearsal belongs to. */
export const productDir = join(__dirname, "..");

export interface ProjectFile {
  /** Project name. */
  readonly name: string;
  /** File to run, or `.` when package.json names it. */
  readonly entry: string;
  /** Arguments for Node itself. */
  readonly nodeArgs: readonly string[];
  /** Folder of the stack files, relative to the project. */
  readonly stackDir: string;
  /** Config that holds for every stack, by full key. */
  readonly config: Readonly<Record<string, unknown>>;
}

interface RawProject {
  readonly name?: string;
  readonly main?: string;
  readonly runtime?: string | { readonly options?: { readonly nodeargs?: string } };
  readonly stackConfigDir?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Reads the project file of a program. */
export function readProjectFile(programDir: string): ProjectFile {
  const path = join(programDir, "Pulumi.yaml");
  const raw = (parse(readFileSync(path, "utf8")) ?? {}) as RawProject;
  if (!raw.name) throw new Error(`${path} gives the project no name`);
  const options = typeof raw.runtime === "object" ? raw.runtime.options : undefined;
  return {
    name: raw.name,
    entry: raw.main ?? ".",
    nodeArgs: splitArguments(options?.nodeargs ?? ""),
    stackDir: raw.stackConfigDir ?? ".",
    config: projectConfig(raw.name, raw.config ?? {}),
  };
}

/** Splits a line as a shell would: at spaces outside quotes. */
export function splitArguments(line: string): string[] {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/** Values that Pulumi.yaml gives to every stack. Typed entries count with their `default` or `value`. */
function projectConfig(project: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(config).map(([key, entry]): [string, unknown] => {
    const typed = typeof entry === "object" && entry !== null && !Array.isArray(entry);
    const { value, default: fallback } = (typed ? entry : { value: entry }) as { value?: unknown; default?: unknown };
    return [key.includes(":") ? key : `${project}:${key}`, value ?? fallback];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Folder that holds `entry`, and the name of the entry in it, as the engine hands them to the language host. */
export function locateEntry(programDir: string, entry: string): { dir: string; file: string } {
  return entry === "."
    ? { dir: programDir, file: "." }
    : { dir: join(programDir, dirname(entry)), file: basenameOf(entry) };
}

function basenameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
