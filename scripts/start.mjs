/**
 * `npm start [-- <stack> … | options]`: rehearses deployments on simulated clouds. On a fresh clone it first installs
 * the locked packages.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { ensureInstalled, projectRoot } from "./ensure-installed.mjs";

ensureInstalled();
const cli = path.join(projectRoot, "rehearsal/cli.ts");
const { status, signal } = spawnSync(process.execPath, ["--import", "tsx", cli, ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: "inherit",
});
process.exitCode = signal ? 1 : (status ?? 1);
