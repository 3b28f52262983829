/**
 * What operations cost from start to end, program and engine together, on the small engine and on Pulumi's own where it is
 * installed; and whether many stacks cost many times one.
 */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { Account } from "../rehearsal/account";
import { up } from "../rehearsal/engine/engine";
import type { Plan } from "../rehearsal/engine/plan";
import { stateInMemory } from "../rehearsal/engine/state";
import type { Evaluation } from "../rehearsal/evaluate";
import { readProjectFile, productDir } from "../rehearsal/project-file";
import { CliStack, findPulumiCli } from "../rehearsal/pulumi-cli";
import { readStackFile } from "../rehearsal/stack-file";

/** Numbers of stacks after which a fleet that is deployed one after another is looked at. */
const fleets = [1, 10, 100];
/** Stack of which there are many: a small one, because what grows with their number is not the stack. */
const fleetStack = "onprem-elastic";
/** Everything that is measured of one stack; each but the first goes on where the last one ended. */
const operations = ["preview", "up", "unchanged", "edited"] as const;
type OperationName = (typeof operations)[number];

/** One stack on one engine. */
interface Engine {
  run(evaluation: Evaluation, preview: boolean): Promise<Plan>;
  close(): Promise<void>;
}

const engines: Readonly<Record<string, ((evaluation: Evaluation) => Promise<Engine>) | undefined>> = {
  "this project's": smallEngine,
  "Pulumi's": pulumiEngine(),
};

// eslint-disable-next-line @typescript-eslint/require-await -- the other engine is asynchronous
async function smallEngine(): Promise<Engine> {
  const account = new Account();
  const state = stateInMemory();
  return {
    run: async (evaluation, preview) => (await up({ evaluation, account, state, preview })).plan,
    close: () => Promise.resolve(),
  };
}

function pulumiEngine(): ((evaluation: Evaluation) => Promise<Engine>) | undefined {
  const found = findPulumiCli();
  if (found.missing !== undefined) return undefined;
  return async (evaluation) => {
    const cli = await CliStack.create(found, evaluation);
    const account = new Account();
    return {
      run: (each, preview) => cli.up({ evaluation: each, account, preview, refresh: true }),
      close: () => Promise.resolve(cli.remove()),
    };
  };
}

/** Rows of the two tables. */
export interface EngineReport {
  readonly operations: readonly string[];
  readonly fleets: readonly string[];
}

export async function measureEngines(stacks: readonly string[], workDir: string): Promise<EngineReport> {
  const report = { operations: [] as string[], fleets: [] as string[] };
  for (const [name, create] of Object.entries(engines)) {
    if (!create) {
      process.stderr.write(`SKIPPED: ${name} engine, because the Pulumi CLI is not installed\n`);
      continue;
    }
    for (const stack of stacks) {
      report.operations.push(await operationRow(name, create, stack, workDir));
      process.stderr.write(`${report.operations.at(-1)!}\n`);
    }
    report.fleets.push(await fleetRow(name, create));
    process.stderr.write(`${report.fleets.at(-1)!}\n`);
  }
  return report;
}

async function operationRow(
  engine: string,
  create: NonNullable<(typeof engines)[string]>,
  stack: string,
  workDir: string,
): Promise<string> {
  const evaluation = readStackFile(stack, { environment: {} });
  const opened = await create(evaluation);
  const times: Partial<Record<OperationName, number>> = {};
  try {
    for (const name of operations) {
      const seconds = stopwatch();
      await demand(opened.run(name === "edited" ? edited(evaluation) : evaluation, /preview|edited/.test(name)), stack);
      times[name] = seconds();
    }
  } finally {
    await opened.close();
  }
  const program = engine === "this project's" ? await programOf(evaluation, workDir) : "";
  return `| ${stack} | ${engine} | ${operations.map((name) => `${times[name]!.toFixed(1)} s`).join(" | ")} | ${program} |`;
}

/** Life time and peak memory of the program alone in an update; the rest is the engine's. */
async function programOf(evaluation: Evaluation, workDir: string): Promise<string> {
  const result = join(workDir, "engine.json");
  const nodeArgs = ["--require", join(__dirname, "measure.cjs"), ...readProjectFile(productDir).nodeArgs];
  process.env.OPENVIDU_BENCH_RESULT = result;
  const before = process.cpuUsage();
  try {
    const operation = { evaluation: { ...evaluation, nodeArgs }, account: new Account(), state: stateInMemory() };
    await demand(
      up(operation).then(({ plan }) => plan),
      evaluation.stack,
    );
  } finally {
    delete process.env.OPENVIDU_BENCH_RESULT;
  }
  const { user, system } = process.cpuUsage(before);
  const { milliseconds, mebibytes } = JSON.parse(readFileSync(result, "utf8")) as Record<string, number>;
  const engine = (user + system) / 1e6;
  return `${(milliseconds! / 1000).toFixed(1)} s, ${mebibytes!.toFixed(0)} MiB; engine ${engine.toFixed(1)} s of CPU`;
}

async function fleetRow(engine: string, create: NonNullable<(typeof engines)[string]>): Promise<string> {
  const base = readStackFile(fleetStack, { environment: {} });
  const cells: string[] = [];
  const seconds = stopwatch();
  for (let number = 1; number <= Math.max(...fleets); number += 1) {
    const evaluation = { ...base, stack: `fleet-${number}` };
    const opened = await create(evaluation);
    try {
      await demand(opened.run(evaluation, false), evaluation.stack);
    } finally {
      await opened.close();
    }
    if (!fleets.includes(number)) continue;
    const mebibytes = process.memoryUsage.rss() / 2 ** 20;
    cells.push(`${(seconds() / number).toFixed(2)} s each, ${mebibytes.toFixed(0)} MiB`);
  }
  return `| ${engine} | ${cells.join(" | ")} |`;
}

async function demand(plan: Promise<Plan>, stack: string): Promise<void> {
  const { ok, refusals, log } = await plan;
  const errors = [...refusals, ...log.filter(({ severity }) => severity === "error")];
  if (!ok) throw new Error(`${stack} failed: ${errors.map(({ message }) => message).join("; ")}`);
}

/** With another deadline for drains, which every edition has on every cloud. */
function edited(evaluation: Evaluation): Evaluation {
  const key = `${evaluation.project}:media`;
  const media = JSON.parse(evaluation.config[key] ?? "{}") as object;
  const config = { ...evaluation.config, [key]: JSON.stringify({ ...media, drainTimeoutMinutes: 60 }) };
  return { ...evaluation, config };
}

function stopwatch(): () => number {
  const started = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - started) / 1e9;
}

export function renderEngines({ operations: rows, fleets: fleetRows }: EngineReport): string[] {
  return [
    "Operations from start to end, one after another on the simulated clouds: a preview of a new stack, its update, an update",
    "without a change, and the preview of an edit (`media.drainTimeoutMinutes`). The last three look first at what exists. Most of the time is",
    "the program's, and most of the program's is Pulumi's SDK (the floor above); the engine's own part stands behind it.",
    "",
    "| stack | engine | preview | up | unchanged | edit | program in `up` |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
    `Many stacks (\`${fleetStack}\` under other names), each deployed anew, one after another: time of each, and memory of the`,
    "process that deploys them.",
    "",
    `| engine | ${fleets.map((size) => (size === 1 ? "1 stack" : `${size} stacks`)).join(" | ")} |`,
    `|---|${fleets.map(() => "---|").join("")}`,
    ...fleetRows,
    "",
  ];
}
