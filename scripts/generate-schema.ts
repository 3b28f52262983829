/**
 * Writes stacks/config.schema.json, by which editors complete and check stack files. `--check` writes nothing and fails
 * when the file is stale.
 */
import path from "node:path";
import { stackFileSchema } from "../stacks/json-schema";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

/** The schema, by its path in the project. */
export function schemaFiles(): GeneratedFiles {
  return { "stacks/config.schema.json": `${JSON.stringify(stackFileSchema(), null, 2)}\n` };
}

if (require.main === module) {
  process.exitCode = writeOrCheck(schemaFiles(), path.resolve(__dirname, ".."), process.argv.slice(2));
}
