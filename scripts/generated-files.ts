/**
 * What every scripts/generate-*.ts does with the text it has made: write it, or with `--check` compare it with the file.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Content by path, relative to the folder that it is written to. */
export type GeneratedFiles = Readonly<Record<string, string>>;

/** Paths of the files that are missing or differ from what would be written. */
export function staleFiles(files: GeneratedFiles, folder: string): string[] {
  return Object.keys(files).filter((file) => {
    const target = path.join(folder, file);
    return !existsSync(target) || readFileSync(target, "utf8") !== files[file];
  });
}

/** Writes the files, or with `--check` in `argv` only says which ones are stale. Returns the exit code. */
export function writeOrCheck(files: GeneratedFiles, folder: string, argv: readonly string[]): number {
  const stale = staleFiles(files, folder);
  if (argv.includes("--check")) {
    for (const file of stale) console.error(`${file} is not up to date; run: npm run docs`);
    return stale.length > 0 ? 1 : 0;
  }
  for (const file of stale) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, files[file] ?? "");
    console.log(`wrote ${file}`);
  }
  return 0;
}
