/**
 * `npm run docs`: runs every scripts/generate-*.ts, which writes the files that are made from data. With `--check` they
 * write nothing and fail where a file is not what they would write.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { ensureInstalled, projectRoot } from "./ensure-installed.mjs";

ensureInstalled();
const generators = readdirSync(path.join(projectRoot, "scripts")).filter((file) => /^generate-.+\.ts$/.test(file));
const failed = generators.filter((file) => {
  const script = path.join(projectRoot, "scripts", file);
  return spawnSync(process.execPath, ["--import", "tsx", script, ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: "inherit",
  }).status;
});
if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
