/**
 * `npm start -- [<stack> …] [--preview] [--json] [--diagram <folder>]`: rehearses stacks on simulated clouds and says
 * what would exist, who could reach whom, and what is wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkConfig } from "../stacks/check";
import { splitConfig } from "../stacks/load";
import { evaluate, succeeded } from "./evaluate";
import { UnsupportedTypesError } from "./provider";
import type { Graph } from "./graph";
import { renderMermaid } from "./report/mermaid";
import { wantsColour } from "./report/style";
import { type Heading, schemaVersion, type Summary, summarise } from "./report/summary";
import { renderSvg } from "./report/svg";
import { renderText } from "./report/text";
import { topologyFromGraph } from "./report/topology";
import { availableStacks, readStackFile, type StackConfig, StackFileError } from "./stack-file";

const defaultStacks = ["aws-ha", "azure-ha"];
const narrowest = 80;
const widest = 140;

const usage = `Usage: npm start -- [<stack> ...] [options]

Rehearses stacks on simulated clouds: no account, nothing is created. Without a name: ${defaultStacks.join(", ")}.

  --preview           do what "pulumi preview" does instead of "pulumi up"
  --json              give the result as JSON, see docs/rehearsal.md
  --diagram <folder>  write each topology as Mermaid and SVG
  --help              this text
`;

interface Request {
  readonly stacks: readonly string[];
  readonly preview: boolean;
  readonly json: boolean;
  readonly diagram: string | undefined;
}

/** A mistake on the command line, in a sentence. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request === "help") {
    process.stdout.write(usage);
    return 0;
  }
  // Config is read for all stacks before the first is rehearsed, so that a mistyped name shows at once.
  const stacks = request.stacks.map((stack) => readStackFile(stack));
  const summaries: Summary[] = [];
  for (const stack of stacks) {
    const summary = await rehearse(stack, request);
    summaries.push(summary);
    if (!request.json) process.stdout.write(`${summaries.length > 1 ? "\n" : ""}${text(summary)}`);
  }
  if (request.json) process.stdout.write(`${JSON.stringify({ schemaVersion, stacks: summaries }, null, 2)}\n`);
  return summaries.every(({ ok }) => ok) ? 0 : 1;
}

function readRequest(args: readonly string[]): Request | "help" {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        preview: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        diagram: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    const known = availableStacks();
    const stacks = positionals.length > 0 ? positionals : defaultStacks.filter((stack) => known.includes(stack));
    return { stacks, preview: values.preview, json: values.json, diagram: values.diagram };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

async function rehearse(stack: StackConfig, { preview, diagram }: Request): Promise<Summary> {
  const started = process.hrtime.bigint();
  const graph = await evaluate({ ...stack, preview });
  const seconds = Math.round(Number(process.hrtime.bigint() - started) / 1e8) / 10;
  const heading = headingOf(stack);
  if (diagram !== undefined && succeeded(graph)) writeDiagrams(graph, heading, diagram);
  return summarise(graph, stack, heading, seconds);
}

function writeDiagrams(graph: Graph, heading: Heading, folder: string): void {
  const topology = topologyFromGraph(graph, heading);
  mkdirSync(folder, { recursive: true });
  for (const [ending, content] of [
    ["mmd", renderMermaid(topology)],
    ["svg", renderSvg(topology)],
  ] as const) {
    const file = join(folder, `${graph.stack}.${ending}`);
    writeFileSync(file, content);
    process.stderr.write(`wrote ${file}\n`);
  }
}

/** What the config says with its defaults filled in, or as it stands when it is refused. */
function headingOf({ project, stack, config, secretKeys }: StackConfig): Heading {
  const { raw, secrets } = splitConfig(config, (key) => secretKeys.includes(key));
  const { settings } = checkConfig(raw, secrets, stack);
  const plain = (key: string): string | undefined => config[`${project}:${key}`];
  const given = Object.fromEntries(
    (["cloud", "edition", "version", "region", "domain"] as const)
      .map((key) => [key, settings?.[key] ?? plain(key)] as const)
      .filter(([, value]) => value !== undefined),
  );
  return given;
}

function text(summary: Summary): string {
  const width = Math.min(widest, Math.max(narrowest, process.stdout.columns || 120));
  return renderText(summary, { coloured: wantsColour(process.stdout, process.env), width });
}

/** What a person can mend is said in a sentence; everything else is a defect and keeps its stack. */
function explain(error: unknown): string {
  const plain =
    error instanceof StackFileError || error instanceof UsageError || error instanceof UnsupportedTypesError;
  if (plain) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  });
