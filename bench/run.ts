/**
 * `npm run bench [-- <stack> …] [--rounds n] [--engines]`: what evaluating each example stack costs, side by side with the flat
 * program that registers the same resources and with an empty program; and how long a cluster takes until it is ready,
 * ours against the official flow; with --engines also what whole operations and many stacks cost. Prints Markdown; with
 * --write also puts it between the markers in README.md.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { evaluate, succeeded } from "../rehearsal/evaluate";
import { cloudsFor } from "../rehearsal/clouds/index";
import type { Graph } from "../rehearsal/graph";
import type { CloudModel, ResourceModel } from "../rehearsal/model";
import { productDir, readProjectFile } from "../rehearsal/project-file";
import { readStackFile } from "../rehearsal/stack-file";
import {
  type Chance,
  graphReady,
  graphSteps,
  isOfficialSystem,
  longestNode,
  midpoint,
  officialReady,
} from "./critical-path";
import { measureEngines, renderEngines } from "./engines";
import { flatProgram } from "./flat-program";

const exampleStacks = [
  ...["aws-ha", "aws-ha-letsencrypt", "aws-ha-production", "aws-ha-turn", "aws-elastic", "aws-enterprise-v2"],
  ...["azure-ha", "azure-ha-production", "azure-elastic"],
  ...["onprem-ha-dns", "onprem-ha-nlb", "onprem-elastic"],
];

/** Deployments whose steps each take a time of their own, for the spread of the time to ready. */
const draws = 2000;

interface Sample {
  readonly milliseconds: number;
  readonly mebibytes: number;
}

interface Candidate {
  readonly name: string;
  /** File to run, relative to the repository; absent for the product itself. */
  readonly entry?: string;
  readonly nodeArgs: readonly string[];
}

const workDir = join(productDir, ".rehearsal", "bench");
const preload = ["--require", join(__dirname, "measure.cjs")];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      engines: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const stacks = positionals.length > 0 ? positionals : exampleStacks;
  mkdirSync(workDir, { recursive: true });
  const costs: string[] = [];
  const ready: string[] = [];
  for (const stack of stacks) {
    const graph = await run(stack, { name: "recording", nodeArgs: readProjectFile(productDir).nodeArgs });
    costs.push(await costRow(stack, graph, Number(values.rounds)));
    ready.push(...readyRow(stack, graph));
    process.stderr.write(`${costs.at(-1)}\n`);
  }
  const engines = values.engines ? renderEngines(await measureEngines(stacks, workDir)) : [];
  const report = [render(costs, ready, Number(values.rounds)), ...engines].join("\n");
  process.stdout.write(report);
  if (values.write) writeIntoReadme(report);
  rmSync(workDir, { recursive: true });
}

async function run(stack: string, candidate: Candidate): Promise<Graph> {
  const { project, config, secretKeys } = readStackFile(stack, { environment: {} });
  const { entry, nodeArgs } = candidate;
  const flat = entry ? { entry, clouds: withoutRules(cloudsFor(config)) } : {};
  const graph = await evaluate({ project, stack, config, secretKeys, nodeArgs, ...flat });
  if (!succeeded(graph)) {
    const reasons = [...graph.refusals, ...graph.log.filter(({ severity }) => severity === "error")];
    throw new Error(`${candidate.name} of ${stack} failed: ${reasons.map(({ message }) => message).join("; ")}`);
  }
  return graph;
}

/** A flat program says nothing about order, so nothing may be refused because it is not there yet. */
function withoutRules(clouds: Readonly<Record<string, CloudModel>>): Record<string, CloudModel> {
  const strip = (model: ResourceModel): ResourceModel => ({ ...model, check: () => [] });
  return Object.fromEntries(
    Object.entries(clouds).map(([name, cloud]) => [
      name,
      {
        ...cloud,
        resources: Object.fromEntries(Object.entries(cloud.resources).map(([type, model]) => [type, strip(model)])),
      },
    ]),
  );
}

async function costRow(stack: string, graph: Graph, rounds: number): Promise<string> {
  const flat = join(".rehearsal", "bench", `${stack}.cjs`);
  const empty = join(".rehearsal", "bench", "empty.cjs");
  writeFileSync(join(productDir, flat), flatProgram(graph));
  writeFileSync(join(productDir, empty), 'require("@pulumi/pulumi");\n');
  const product = readProjectFile(productDir).nodeArgs;
  const candidates: Candidate[] = [
    { name: "empty", entry: empty, nodeArgs: ["--stack-trace-limit=10"] },
    { name: "flat", entry: flat, nodeArgs: ["--stack-trace-limit=10"] },
    { name: "ours", nodeArgs: product },
  ];
  const samples = new Map<string, Sample[]>(candidates.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // One after another in each round, so that whatever else the machine does touches all of them alike.
    for (const candidate of candidates) samples.get(candidate.name)!.push(await measure(stack, candidate));
  }
  const [none, floor, ours] = candidates.map(({ name }) => median(samples.get(name)!)) as [Sample, Sample, Sample];
  const custom = graph.resources.filter((resource) => resource.custom).length;
  return (
    `| ${stack} | ${custom} + ${graph.resources.length - custom} | ${format(none)} | ${format(floor)} | ${format(ours)} ` +
    `| ${(ours.milliseconds / floor.milliseconds).toFixed(2)} | ${(ours.mebibytes / floor.mebibytes).toFixed(2)} |`
  );
}

async function measure(stack: string, candidate: Candidate): Promise<Sample> {
  const result = join(workDir, "result.json");
  process.env.OPENVIDU_BENCH_RESULT = result;
  try {
    await run(stack, { ...candidate, nodeArgs: [...preload, ...candidate.nodeArgs] });
  } finally {
    delete process.env.OPENVIDU_BENCH_RESULT;
  }
  return JSON.parse(readFileSync(result, "utf8")) as Sample;
}

function median(samples: readonly Sample[]): Sample {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    milliseconds: middle(samples.map(({ milliseconds }) => milliseconds)),
    mebibytes: middle(samples.map(({ mebibytes }) => mebibytes)),
  };
}

function format({ milliseconds, mebibytes }: Sample): string {
  return `${(milliseconds / 1000).toFixed(2)} s, ${mebibytes.toFixed(0)} MiB`;
}

/** None for machines of one's own, and for systems whose official flow has no published durations. */
function readyRow(stack: string, graph: Graph): string[] {
  const { project, config } = readStackFile(stack);
  const system = `${config[`${project}:cloud`]} ${config[`${project}:edition`]}`;
  if (!isOfficialSystem(system)) return [];
  const steps = graphSteps(graph);
  const ours = graphReady(steps, midpoint);
  const official = officialReady(system, midpoint);
  const spread = (run: (chance: Chance) => { readonly seconds: number }): string => {
    const chance = chanceOf(1);
    const times = Array.from({ length: draws }, () => run(chance).seconds).sort((a, b) => a - b);
    return `${minutes(times[draws / 2]!)}, ${minutes(times[Math.floor(draws * 0.95)]!)}`;
  };
  return [
    `| ${stack} | ${minutes(official.seconds)} | ${minutes(ours.seconds)} | ${(official.seconds / ours.seconds).toFixed(2)} ` +
      `| ${spread((chance) => officialReady(system, chance))} | ${spread((chance) => graphReady(steps, chance))} ` +
      `| ${(ours.seconds / longestNode(graph)).toFixed(2)} | ${ours.path.join(" → ")} |`,
  ];
}

/** The same random numbers in every run (a linear congruential generator of 32 bits). */
function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function minutes(seconds: number): string {
  return `${(seconds / 60).toFixed(1)} min`;
}

function render(costs: readonly string[], ready: readonly string[], rounds: number): string {
  return [
    `Evaluating a stack as \`pulumi up\` does, against simulated clouds: medians of ${rounds} rounds on Node`,
    `${process.versions.node} and ${cpus().length} cores, the three programs of a row measured in turn in one run. The`,
    "flat program registers the same resources with plain values and no components: the floor that Pulumi's SDK sets.",
    "",
    "| stack | resources + components | empty program | flat program | this program | time / floor | memory / floor |",
    "|---|---|---|---|---|---|---|",
    ...costs,
    "",
    "Time until a new cluster can be used: the longest path through the resources that are really registered, with the",
    "durations of `rehearsal/durations.ts` (estimates, the same on both sides), against the official deployment's flow. The",
    "official AWS template wants a network that is there already, as `aws-ha-production` does; other AWS rows make one.",
    `The first columns take the middle of every range; the next two are the median and the 95th percentile of ${draws}`,
    "deployments in which every step of every machine takes a random time within its range.",
    "",
    "| stack | official | this program | times shorter | official, spread | this program, spread | of the slowest node's own boot | what decides |",
    "|---|---|---|---|---|---|---|---|",
    ...ready,
    "",
  ].join("\n");
}

function writeIntoReadme(report: string): void {
  const path = join(productDir, "README.md");
  const readme = readFileSync(path, "utf8");
  const region = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!region.test(readme)) throw new Error("README.md has no region between <!-- bench --> and <!-- /bench -->");
  writeFileSync(
    path,
    readme.replace(region, (_all, start: string, end: string) => `${start}${report}${end}`),
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
