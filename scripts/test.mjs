/**
 * `npm test`: runs the tests, or those files and options that follow `--`. It says which real counterparts (emulators,
 * system programs) they met and which were not here and why, and closes with one line of its own,
 * `N passed, N failed[, N skipped]`. A run in which a file cannot be loaded, that breaks off or in which nothing ran
 * has failed, and its closing line says so.
 *
 * All tests run in two processes at a time, of which each shows its report as a whole when it ends. Then the ledger of
 * weaknesses is compared with what the others did: their results lie in the file that OPENVIDU_TEST_RESULTS names.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureEmulators, ensureInstalled, projectRoot } from "./ensure-installed.mjs";

const everything = "test/**/*.test.ts";
// Packages of emulators bring tests of their own.
const foreign = "test/emulators/**";
const ledger = "test/ledger.test.ts";
const atOnce = 2;

/** What mocha's reporter has left; a process that broke off has left nothing. */
function readCounts(file) {
  try {
    return { ...JSON.parse(readFileSync(file, "utf8")), whole: true };
  } catch {
    return { passes: 0, failures: 0, pending: 0, counterparts: [], tests: [], failed: [], whole: false };
  }
}

/** Runs mocha, which reads .mocharc.json itself, and returns how it ended, with its counts. */
async function runMocha(scratch, options, { output = "inherit", environment = {} } = {}) {
  const countsFile = path.join(mkdtempSync(path.join(scratch, "run-")), "counts.json");
  const reporter = path.join(projectRoot, "scripts/mocha-reporter.cjs");
  const mocha = path.join(projectRoot, "node_modules/mocha/bin/mocha.js");
  const child = spawn(process.execPath, [mocha, "--reporter", reporter, "--ignore", foreign, ...options], {
    cwd: projectRoot,
    stdio: ["ignore", output, output],
    env: { ...process.env, ...environment, MOCHA_COUNTS_FILE: countsFile },
  });
  const end = await new Promise((resolve) => child.on("close", (status, signal) => resolve(signal ?? status)));
  return { end, ...readCounts(countsFile) };
}

/** The same, with a report that is shown as a whole. */
async function runAside(scratch, options, environment) {
  const file = path.join(mkdtempSync(path.join(scratch, "report-")), "report");
  const output = openSync(file, "w");
  const color = process.stdout.isTTY ? ["--color"] : [];
  const result = await runMocha(scratch, [...color, ...options], { output, environment });
  closeSync(output);
  process.stdout.write(readFileSync(file));
  return result;
}

/**
 * What one process runs. Tests of the nodes' programs are for most of their time not at work in this process and load
 * little, so each file has its own, big ones first. Those of changing stacks share programs that they keep warm, the others
 * what they have evaluated.
 */
function shares() {
  const files = readdirSync(path.join(projectRoot, "test"), { recursive: true })
    .map((file) => `test/${file.split(path.sep).join("/")}`)
    .filter((file) => file.endsWith(".test.ts") && !file.startsWith("test/emulators/") && file !== ledger);
  const size = (file) => statSync(path.join(projectRoot, file)).size;
  const nodes = files.filter((file) => file.startsWith("test/nodes/")).sort((one, other) => size(other) - size(one));
  const changes = files.filter((file) => file.startsWith("test/changes/")).sort();
  const others = files.filter((file) => !nodes.includes(file) && !changes.includes(file)).sort();
  return [others, changes, ...nodes.map((file) => [file])].filter((share) => share.length > 0);
}

/** Runs all tests; the results are in the order of the shares, the ledger's last. */
async function runAll(scratch) {
  const waiting = [...shares().entries()];
  const results = [];
  console.log(`Running all tests, ${atOnce} processes at a time; each shows its report when it ends.`);
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [number, files] = next;
      const name = files.length === 1 ? files[0] : "the other tests";
      results[number] = { name, ...(await runAside(scratch, files)) };
      note(results[number]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const OPENVIDU_TEST_RESULTS = path.join(scratch, "results.json");
  writeFileSync(OPENVIDU_TEST_RESULTS, JSON.stringify(results.flatMap(({ tests }) => tests)));
  results.push({ name: ledger, ...(await runAside(scratch, [ledger], { OPENVIDU_TEST_RESULTS })) });
  note(results.at(-1));
  return results;
}

/** Says of a process that went wrong without a failing test how it ended. */
function note({ name, end, failures, whole }) {
  if (failures === 0 && !(whole && end === 0)) console.error(`Mocha ended with ${end} (${name}).`);
}

/** Failures of a process; one that went wrong without a failing test still counts one. */
function failuresOf({ end, failures, whole }) {
  return failures || (whole && end === 0 ? 0 : 1);
}

/** One line on what the tests ran against, from pairs of a name and the reason why it was not there. */
function summary(counterparts) {
  const met = counterparts.filter(([, why]) => !why).map(([name]) => name);
  const absent = counterparts.filter(([, why]) => why).map(([name, why]) => `${name} (${why})`);
  return `real counterparts: ${met.join(", ") || "none"}${absent.length ? `; not here: ${absent.join(", ")}` : ""}`;
}

/** The last lines, and whether all is well. */
function close(results) {
  const sum = (count) => results.reduce((total, result) => total + count(result), 0);
  const [passed, skipped] = [sum(({ passes }) => passes), sum(({ pending }) => pending)];
  const nothingRan = passed + sum(({ failures }) => failures) === 0;
  if (nothingRan) console.error("No test ran.");
  const failed = sum(failuresOf) || (nothingRan ? 1 : 0);
  if (results.length > 1 && failed > 0) {
    console.log("failed, with the reasons above:");
    for (const result of results.filter((each) => failuresOf(each) > 0)) {
      const titles = result.failed.map(({ file, title }) => `${path.relative(projectRoot, file)}: ${title}`);
      console.log(`  ${titles.join("\n  ") || `${result.name}: ended with ${result.end}`}`);
    }
  }
  const counterparts = new Map(results.flatMap((result) => result.counterparts));
  if (counterparts.size > 0) console.log(summary([...counterparts]));
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed === 0;
}

ensureInstalled();
// A test that runs this script has what its own run has.
if (!process.env.MOCHA_COUNTS_FILE) ensureEmulators();
const chosen = process.argv.slice(2);
const scratch = mkdtempSync(path.join(tmpdir(), "openvidu-test-"));
try {
  let results;
  if (chosen.length === 0) results = await runAll(scratch);
  else {
    const files = chosen.some((option) => /\.test\.ts$/.test(option)) ? [] : [everything];
    results = [{ name: "the tests", ...(await runMocha(scratch, [...chosen, ...files])) }];
    note(results[0]);
  }
  process.exitCode = close(results) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
