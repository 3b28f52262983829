/**
 * Runs a Pulumi program against the simulated clouds and records the resource graph that it asks for. Needs neither an
 * account nor the Pulumi CLI.
 */
import type { Graph, LogMessage, RecordedResource } from "./graph";
import { Account } from "./account";
import { Deployment } from "./engine/deployment";
import { emptyState, type State } from "./engine/state";
import type { CloudModel, Properties } from "./model";
import { Monitor } from "./monitor";
import { productDir, readProjectFile } from "./project-file";
import { UnsupportedTypesError } from "./provider";
import { Providers } from "./providers";
import { type ProgramEnd, runProgram } from "./program";
import { EngineError, type Registered, Registry } from "./registry";
import { startServer } from "./server";
import { TransformRunner } from "./transforms";
import { stackType } from "./urn";
import { toRecord, wireUnknown } from "./values";
import { unknownValue } from "./graph";

export interface Evaluation {
  /** Folder with the program's Pulumi.yaml and package.json. @default this repository */
  readonly programDir?: string;
  /** File to run, relative to `programDir`; `.` leaves it to package.json. @default `main` of Pulumi.yaml, else `.` */
  readonly entry?: string;
  readonly project: string;
  readonly stack: string;
  /** Config by full key (`openvidu:cloud`); structured values as JSON. */
  readonly config: Readonly<Record<string, string>>;
  /** Full keys of `config` that are secret. */
  readonly secretKeys: readonly string[];
  /** Outputs of stacks that references find, by `organization/project/stack`. @default none: every stack is new */
  readonly stackOutputs?: Readonly<Record<string, Properties>>;
  /** Whether to do what `pulumi preview` does, instead of `pulumi up`. @default false */
  readonly preview?: boolean;
  /** Arguments for Node. @default `nodeargs` of Pulumi.yaml, and no stack traces (see `withoutStackTraces`) */
  readonly nodeArgs?: readonly string[];
  /** Tables of the simulated clouds by package. @default those of rehearsal/clouds/ */
  readonly clouds?: Readonly<Record<string, CloudModel>>;
  /** Time after which a program that does not end is stopped. @default 300 */
  readonly timeoutSeconds?: number;
  /** Runs the program. @default a process of its own for each run, as Pulumi's language host makes it */
  readonly launcher?: typeof runProgram;
}

/**
 * Evaluates the program once, on empty clouds. A program that fails, or resources that are refused, make an ordinary
 * graph that says so.
 * @throws UnsupportedTypesError when the program uses a type or function without a table
 */
export async function evaluate(evaluation: Evaluation): Promise<Graph> {
  const { graph } = await runOn(evaluation, { account: new Account(), prior: emptyState, save: () => undefined });
  return graph;
}

/** What a program runs on. */
export interface Ground {
  readonly account: Account;
  readonly prior: State;
  readonly save: (state: State) => void;
}

/** Runs the program on clouds and a state that may hold things already. Nothing is deleted yet. */
export async function runOn(
  evaluation: Evaluation,
  { account, prior, save }: Ground,
): Promise<{ readonly graph: Graph; readonly deployment: Deployment }> {
  const registry = new Registry();
  const transforms = new TransformRunner();
  const preview = evaluation.preview ?? false;
  const { project, stack, config } = evaluation;
  const providers = new Providers(evaluation.clouds ?? (await productClouds(config)), account, { project, stack });
  const deployment = new Deployment({ preview, prior, open: providers.open, save });
  const { isKnown, isModelled, open } = providers;
  const stackOutputs = evaluation.stackOutputs ?? {};
  const context = { project, stack, preview, config, stackOutputs, isKnown, isModelled, open };
  const server = await startServer(new Monitor(context, registry, transforms, deployment), registry);
  try {
    const run = evaluation.launcher ?? runProgram;
    const end = await run({ ...launch(evaluation), preview, address: server.address });
    return { graph: conclude({ project, stack, preview }, registry, end), deployment };
  } finally {
    transforms.close();
    server.stop();
  }
}

/** Whether everything in the graph would have come into being. */
export function succeeded(graph: Graph): boolean {
  return graph.exitCode === 0 && graph.refusals.length === 0;
}

/** The tables of the simulated clouds for a stack with this config. */
export async function productClouds(config: Evaluation["config"]): Promise<Readonly<Record<string, CloudModel>>> {
  return (await import("./clouds/index")).cloudsFor(config);
}

function launch(evaluation: Evaluation): Omit<Parameters<typeof runProgram>[0], "preview" | "address"> {
  const programDir = evaluation.programDir ?? productDir;
  const { entry, nodeArgs } = evaluation;
  const file = entry !== undefined && nodeArgs !== undefined ? undefined : readProjectFile(programDir);
  const { project, stack, config, secretKeys } = evaluation;
  return {
    programDir,
    entry: entry ?? file?.entry ?? ".",
    project,
    stack,
    config,
    secretKeys,
    nodeArgs: nodeArgs ?? withoutStackTraces(file?.nodeArgs ?? []),
    timeoutSeconds: evaluation.timeoutSeconds ?? 300,
  };
}

/**
 * The SDK renders the stack of an error that escapes from a program of this size for minutes, busy all the while (seen
 * at 3.248 on Node 20 with more than one frame). A rehearsal has to answer, and is faster without stacks by a third.
 */
function withoutStackTraces(nodeArgs: readonly string[]): string[] {
  return nodeArgs.some((arg) => arg.startsWith("--stack-trace-limit"))
    ? [...nodeArgs]
    : [...nodeArgs, "--stack-trace-limit=0"];
}

function conclude(head: Pick<Graph, "project" | "stack" | "preview">, registry: Registry, end: ProgramEnd): Graph {
  const { failure } = registry;
  if (failure instanceof EngineError) registry.refusals.push({ urn: failure.urn, message: failure.message });
  else if (failure !== undefined) throw failure;
  if (registry.unsupported.size > 0) throw new UnsupportedTypesError([...registry.unsupported].sort());

  const resources = inProgramOrder(registry);
  const rank = new Map(resources.map(({ urn }, index) => [urn, index]));
  const byRank = (a: { urn: string }, b: { urn: string }): number =>
    (rank.get(a.urn) ?? Infinity) - (rank.get(b.urn) ?? Infinity) || compare(a.urn, b.urn);
  return {
    ...head,
    resources: resources.map(record),
    outputs: toRecord(resources.find(({ type }) => type === stackType)?.outputs ?? {}) as Graph["outputs"],
    log: [...registry.log, ...printed(end)],
    refusals: registry.refusals.sort(byRank),
    ...(registry.skipped.length > 0 ? { skipped: registry.skipped.sort() } : {}),
    exitCode: end.exitCode,
  };
}

/**
 * Requests overtake each other on their way here, differently each time. The SDK announces resources in the order in
 * which the program constructs them, so that order is restored; it puts nothing before what it needs.
 */
function inProgramOrder({ resources, announcements }: Registry): Registered[] {
  const turns = new Map<string, number[]>();
  announcements.forEach(({ type, name }, turn) => {
    const key = `${type} ${name}`;
    turns.set(key, [...(turns.get(key) ?? []), turn]);
  });
  const sorted = [...resources.values()].sort((a, b) => compare(a.urn, b.urn));
  const ranked = sorted.map((resource) => {
    // The stack comes first, then the default providers, which are the engine's own and not announced.
    const announced = turns.get(`${resource.type} ${resource.name}`)?.shift() ?? -1;
    const turn = resource.type === stackType ? -2 : announced;
    return { resource, turn };
  });
  return ranked
    .sort((a, b) => a.turn - b.turn || compare(a.resource.urn, b.resource.urn))
    .map(({ resource }) => resource);
}

function record(resource: Registered): RecordedResource {
  const { urn, type, name, custom, dependencies, options } = resource;
  const hasUnknownId = custom && resource.id === "";
  return {
    urn,
    type,
    name,
    custom,
    ...(resource.parent === "" ? {} : { parent: resource.parent }),
    ...(resource.provider === "" ? {} : { provider: resource.provider.replace(wireUnknown, unknownValue) }),
    id: hasUnknownId ? unknownValue : resource.id.replace(wireUnknown, unknownValue),
    inputs: toRecord(resource.inputs) as RecordedResource["inputs"],
    outputs: toRecord(resource.outputs) as RecordedResource["outputs"],
    dependencies,
    propertyDependencies: resource.propertyDependencies,
    options,
    ...(resource.external ? { external: true } : {}),
  };
}

/** What the program printed, as messages of the stack; Node's warnings carry a process id, which is left out. */
function printed({ exitCode, stdout, stderr }: ProgramEnd): LogMessage[] {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
  const messages = [...lines(stdout), ...lines(stderr.replaceAll(/\(node:\d+\)/g, "(node)"))];
  const unreported = exitCode !== 0 && exitCode !== 32;
  return [
    ...messages.map((message) => ({ severity: "info" as const, message })),
    ...(unreported
      ? [{ severity: "error" as const, message: `Program exited with non-zero exit code: ${exitCode}` }]
      : []),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
