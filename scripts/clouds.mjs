/**
 * `npm run clouds [-- <stack> | options]`: runs the simulated clouds for a real Pulumi. On a fresh clone it first
 * installs the locked packages.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { ensureInstalled, projectRoot } from "./ensure-installed.mjs";

ensureInstalled();
const cli = path.join(projectRoot, "rehearsal/clouds-cli.ts");
const child = spawn(process.execPath, ["--import", "tsx", cli, ...process.argv.slice(2)], { stdio: "inherit" });
// Ctrl-C reaches both; the clouds end by themselves, and this waits for them.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
