/**
 * `npm test`: runs the tests, or those files and options that follow `--`. It says which real counterparts (emulators,
 * system programs) they met and which were not here and why, and closes with one line of its own,
 * `N passed, N failed[, N skipped]`. A run in which a file cannot be loaded, that breaks off or in which nothing ran
 * has failed, and its closing line says so.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureEmulators, ensureInstalled, projectRoot } from "./ensure-installed.mjs";

const everything = "test/**/*.test.ts";
// Packages of emulators bring tests of their own.
const foreign = "test/emulators/**";

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passes: 0, failures: 0, pending: 0, counterparts: [] };
  }
}

/** Runs mocha and returns its exit status and counts. Mocha reads .mocharc.json itself. */
function runMocha(options) {
  const files = options.some((option) => /\.test\.ts$/.test(option)) ? [] : [everything];
  const scratch = mkdtempSync(path.join(tmpdir(), "openvidu-test-"));
  const countsFile = path.join(scratch, "counts.json");
  try {
    const { status } = spawnSync(
      process.execPath,
      [
        path.join(projectRoot, "node_modules/mocha/bin/mocha.js"),
        "--reporter",
        path.join(projectRoot, "scripts/mocha-reporter.cjs"),
        "--ignore",
        foreign,
        ...options,
        ...files,
      ],
      {
        cwd: projectRoot,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, MOCHA_COUNTS_FILE: countsFile },
      },
    );
    return { status, ...readCounts(countsFile) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One line on what the tests ran against, from pairs of a name and the reason why it was not there. */
function summary(counterparts) {
  const met = counterparts.filter(([, why]) => !why).map(([name]) => name);
  const absent = counterparts.filter(([, why]) => why).map(([name, why]) => `${name} (${why})`);
  return `real counterparts: ${met.join(", ") || "none"}${absent.length ? `; not here: ${absent.join(", ")}` : ""}`;
}

ensureInstalled();
// A test that runs this script has what its own run has.
if (!process.env.MOCHA_COUNTS_FILE) ensureEmulators();
const { status, passes, failures, pending, counterparts } = runMocha(process.argv.slice(2));
const nothingRan = passes + failures === 0;
if (nothingRan) console.error("No test ran.");
else if (status !== 0 && failures === 0) console.error(`Mocha ended with status ${status}.`);
// A run that went wrong without a failing test still counts one failure.
const failed = failures || (status !== 0 || nothingRan ? 1 : 0);
if (counterparts.length > 0) console.log(summary(counterparts));
console.log(`${passes} passed, ${failed} failed${pending ? `, ${pending} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
