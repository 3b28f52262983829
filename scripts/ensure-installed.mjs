/**
 * Makes `npm start`, `npm test` and `npm run check` work on a fresh clone: installs the packages of package-lock.json
 * if they are missing or are not the locked ones, and for the tests those of test/emulators. Uses nothing but Node, since nothing else may be there yet.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const oldestNode = [20, 19];

/** Ends the process with one sentence when this Node is too old to run anything here. */
function demandNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Node ${oldestNode.join(".")} or later is needed; this is ${process.versions.node}.`);
  process.exit(1);
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * The first package that is not installed as locked, or nothing. npm records what it has installed in
 * node_modules/.package-lock.json; optional packages may be absent, because many are for other platforms only.
 */
export function firstMissing(folder = projectRoot) {
  const locked = packagesOf(path.join(folder, "package-lock.json"));
  const installed = packagesOf(path.join(folder, "node_modules/.package-lock.json"));
  if (!locked) throw new Error("package-lock.json is missing or damaged; restore it from the repository");
  return Object.entries(locked).find(
    ([name, entry]) =>
      name !== "" &&
      !(entry.optional || entry.devOptional || entry.peer) &&
      installed?.[name]?.version !== entry.version,
  )?.[0];
}

function install(folder, ...options) {
  return spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", ...options], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    // The Windows launcher of npm is a batch file, which only a shell can run.
    shell: process.platform === "win32",
  });
}

/** Installs the locked packages, development tools included, unless they are there already. */
export function ensureInstalled() {
  demandNode();
  const missing = firstMissing();
  if (missing === undefined) return;
  console.error(`Installing packages (${missing} is not as locked) ...`);
  const { status, error } = install(projectRoot);
  if (status === 0) return;
  console.error(`The installation failed${error ? `: ${error.message}` : ""}; see npm's messages above.`);
  process.exit(1);
}

/** Installs the emulators that tests run against where they can. Without them those tests skip themselves and say so. */
export function ensureEmulators() {
  const folder = path.join(projectRoot, "test/emulators");
  if (firstMissing(folder) === undefined) return;
  console.error("Installing emulators for the tests ...");
  // None of them is compiled, and none needs what its packages would do after their installation.
  const { status } = install(folder, "--ignore-scripts", "--loglevel=error", "--fetch-retries=1");
  if (status !== 0)
    console.error("SKIPPED: the emulators could not be installed; the tests that need them will be skipped.");
}
