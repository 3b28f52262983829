/**
 * `npm run check`: everything that can be said about the sources without running them. Every check runs, also after
 * one has failed, so that one run shows all there is to mend.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { ensureInstalled, projectRoot } from "./ensure-installed.mjs";

const tool = (file) => path.join(projectRoot, "node_modules", file);

const checks = [
  { name: "types", script: tool("typescript/bin/tsc"), args: ["--noEmit", "--project", "."] },
  { name: "lint", script: tool("eslint/bin/eslint.js"), args: [".", "--max-warnings", "0"] },
  { name: "format", script: tool("prettier/bin/prettier.cjs"), args: [".", "--check", "--log-level", "warn"] },
  { name: "generated files", script: path.join(projectRoot, "scripts/generate.mjs"), args: ["--check"] },
];

ensureInstalled();
const failed = checks.filter(({ name, script, args }) => {
  const started = Date.now();
  const { status } = existsSync(script)
    ? spawnSync(process.execPath, [script, ...args], { cwd: projectRoot, stdio: ["ignore", "inherit", "inherit"] })
    : { status: `no ${script}` };
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  return status !== 0;
});
process.exitCode = failed.length > 0 ? 1 : 0;
