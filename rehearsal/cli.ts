/**
 * `npm start -- [<stack> …] [--preview] [--json] [--diagram <folder>]`: rehearses stacks on simulated clouds and says
 * what would exist, who could reach whom, and what is wrong.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { masterCounts } from "../openvidu/editions";
import { checkConfig } from "../stacks/check";
import { splitConfig } from "../stacks/load";
import type { Settings } from "../stacks/settings";
import { destroy, up } from "./engine/engine";
import { evaluate, succeeded } from "./evaluate";
import { UnsupportedTypesError } from "./provider";
import type { Graph } from "./graph";
import { JsonFileError } from "./json-file";
import { KeptStack } from "./kept";
import { plannedChanges } from "./planned-changes";
import { type ClusterFacts, explain } from "./report/explain";
import { renderMermaid } from "./report/mermaid";
import { wantsColour } from "./report/style";
import { type Heading, schemaVersion, type Summary, summarise } from "./report/summary";
import { renderSvg } from "./report/svg";
import { renderText } from "./report/text";
import { topologyFromGraph } from "./report/topology";
import {
  availableStacks,
  readStackFile,
  type StackConfig,
  StackFileError,
  withEdits,
  withoutSecrets,
} from "./stack-file";

const defaultStacks = ["aws-ha", "azure-ha"];
const narrowest = 80;
const widest = 140;

const usage = `Usage: npm start -- [<stack> ...] [options]

Rehearses stacks on simulated clouds: no account, nothing is created. Without a name: ${defaultStacks.join(", ")}.

  --up                keep the result, so that the next rehearsal shows what a config edit would change
  --deny-replace      leave with 1, and keep nothing, when something valuable would be replaced or deleted
  --destroy           rehearse the end of a stack that was kept, and what remains of it
  --forget            forget what was kept
  --keep <folder>     where to keep it, instead of .rehearsal
  --config <edit>     with an edit of the config: media.max=8, or media.max= to take it away; may be repeated
  --preview           do what "pulumi preview" does instead of "pulumi up"
  --json              give the result as JSON, see docs/rehearsal.md
  --diagram <folder>  write each topology as Mermaid and SVG
  --help              this text
`;

interface Request {
  readonly stacks: readonly string[];
  readonly up: boolean;
  readonly denyReplace: boolean;
  readonly destroy: boolean;
  readonly forget: boolean;
  readonly keep: string | undefined;
  readonly config: readonly string[];
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
  const stacks = request.stacks.map((stack) => withEdits(readStackFile(stack), request.config));
  if (request.forget) for (const { stack } of stacks) new KeptStack(stack, request.keep).forget();
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
        up: { type: "boolean", default: false },
        "deny-replace": { type: "boolean", default: false },
        destroy: { type: "boolean", default: false },
        forget: { type: "boolean", default: false },
        keep: { type: "string" },
        config: { type: "string", multiple: true, default: [] },
        preview: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        diagram: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return "help";
    const known = availableStacks();
    const stacks = positionals.length > 0 ? positionals : defaultStacks.filter((stack) => known.includes(stack));
    if (values.up && (values.preview || values.destroy))
      throw new Error("--up goes with neither --preview nor --destroy");
    const { "deny-replace": denyReplace, help: _help, keep, diagram, ...rest } = values;
    return { stacks, denyReplace, keep, diagram, ...rest };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

async function rehearse(stack: StackConfig, request: Request): Promise<Summary> {
  const started = process.hrtime.bigint();
  const seconds = (): number => Math.round(Number(process.hrtime.bigint() - started) / 1e8) / 10;
  const kept = new KeptStack(stack.stack, request.keep);
  if (request.destroy) return endOf(withoutSecrets(stack), kept, seconds);
  if (kept.exists) return changeOf(withoutSecrets(stack), kept, request, seconds);
  if (request.denyReplace && !request.up) throw new UsageError(`nothing was kept of ${stack.stack}: --up comes first`);
  const graph = request.up
    ? (await up({ evaluation: withoutSecrets(stack), ...kept.open() })).graph
    : await evaluate({ ...stack, preview: request.preview });
  const heading = headingOf(stack);
  if (request.diagram !== undefined && succeeded(graph)) writeDiagrams(graph, heading, request.diagram);
  return { ...summarise(graph, stack, heading, seconds()), ...(request.up && { kept: true }) };
}

/** What has changed since the update that was kept, and, with `--up`, the update that makes it so. */
async function changeOf(
  stack: StackConfig,
  kept: KeptStack,
  request: Request,
  seconds: () => number,
): Promise<Summary> {
  const { graph, edited, explanation, plan } = await plannedChanges(stack, kept, {
    cluster: factsOf(checked(stack)),
    preview: request.preview,
  });
  const heading = headingOf(stack);
  const denied = request.denyReplace && explanation.denied.length > 0;
  const changes = { edited, explanation, denied };
  if (!request.up || denied || !plan.ok) {
    const summary = summarise(graph, stack, heading, seconds());
    return { ...summary, ok: plan.ok && !denied, refusals: plan.refusals, changes };
  }
  const done = await up({ evaluation: stack, ...kept.open() });
  if (request.diagram !== undefined && done.plan.ok) writeDiagrams(done.graph, heading, request.diagram);
  const summary = summarise(done.graph, stack, heading, seconds());
  return { ...summary, ok: done.plan.ok, refusals: done.plan.refusals, changes, kept: true };
}

/** The end of a stack that was kept. */
async function endOf(stack: StackConfig, kept: KeptStack, seconds: () => number): Promise<Summary> {
  if (!kept.exists) throw new UsageError(`nothing was kept of ${stack.stack}: --up comes first`);
  const { project } = stack;
  const { plan } = await destroy({ evaluation: stack, ...kept.open() });
  const graph: Graph = { ...emptyGraph, project, stack: stack.stack, log: plan.log, refusals: plan.refusals };
  const changes = { edited: [], explanation: explain(plan), denied: false };
  if (plan.ok) kept.forget();
  return { ...summarise(graph, stack, headingOf(stack), seconds()), ok: plan.ok, changes };
}

const emptyGraph = { preview: false, resources: [], outputs: {}, exitCode: 0 };

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

/** What the explanation of a change has to know; little where the config is refused. Media nodes of Enterprise v2 do not roll. */
function factsOf(settings: Settings | undefined): ClusterFacts {
  if (!settings) return {};
  if (settings.edition === "enterprise-v2") return { masters: settings.masters.desired };
  return { masters: masterCounts[settings.edition], media: settings.media };
}

/** The config with its defaults filled in; nothing when it is refused. */
function checked({ stack, config, secretKeys }: StackConfig): Settings | undefined {
  const { raw, secrets } = splitConfig(config, (key) => secretKeys.includes(key));
  return checkConfig(raw, secrets, stack).settings;
}

/** What the config says with its defaults filled in, or as it stands when it is refused. */
function headingOf(stack: StackConfig): Heading {
  const { project, config } = stack;
  const settings = checked(stack);
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
function said(error: unknown): string {
  const plain = [StackFileError, UsageError, UnsupportedTypesError, JsonFileError].some(
    (kind) => error instanceof kind,
  );
  if (plain) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${said(error)}\n`);
    process.exitCode = 1;
  });
