/**
 * The small engine: `up`, `refresh` and `destroy` of a stack on the simulated clouds, over a state that is kept between
 * them. Does what Pulumi's own engine does, as far as this program needs it, where no CLI is installed.
 */
import type { Account } from "../account";
import { type Evaluation, productClouds, runOn } from "../evaluate";
import type { Graph, LogMessage, Refusal } from "../graph";
import { Providers } from "../providers";
import { stackType } from "../urn";
import { toRecord } from "../values";
import { Deployment } from "./deployment";
import type { Plan, Step } from "./plan";
import { refreshed } from "./refresh";
import type { State, StateResource, StateStore } from "./state";

export interface Operation {
  readonly evaluation: Evaluation;
  readonly account: Account;
  readonly state: StateStore;
  /** Whether only to look. @default false */
  readonly preview?: boolean;
  /** Whether to look first at what the clouds hold, as the project file asks Pulumi to. @default true */
  readonly refresh?: boolean;
}

/** What `pulumi up` does: runs the program and makes the clouds look as it says. */
export async function up(operation: Operation): Promise<{ readonly plan: Plan; readonly graph: Graph }> {
  const { evaluation, account, state: store } = operation;
  const preview = operation.preview ?? false;
  const before = await start(operation);
  const { config, secretKeys } = evaluation;
  const prior = { ...before.state, config, secretKeys };
  const { graph, deployment } = await runOn(
    { ...evaluation, preview, stackOutputs: { ...ownOutputs(evaluation, before.state), ...evaluation.stackOutputs } },
    { account, prior, save: (state) => store.write(state) },
  );
  const refusals = [...graph.refusals];
  // A program that failed may not have come to register everything that it wants.
  const isComplete = graph.exitCode === 0 && !deployment.stopped;
  if (isComplete) refusals.push(...(await deleteRest(deployment)));
  if (!preview) store.write(deployment.state);
  const log = [...before.log, ...graph.log, ...(deployment.stopped && !preview ? [goneOn] : [])];
  return {
    plan: planOf(operation, "up", deployment, { steps: before.steps, refusals, log, exitCode: graph.exitCode }),
    graph,
  };
}

/** What `pulumi refresh` does: brings the state up to what the clouds hold, without running the program. */
export async function refresh(operation: Operation): Promise<{ readonly plan: Plan }> {
  const { steps, log } = await start({ ...operation, refresh: true });
  const { project, stack } = operation.evaluation;
  return {
    plan: {
      project,
      stack,
      kind: "refresh",
      preview: operation.preview ?? false,
      steps,
      refusals: [],
      log,
      kept: [],
      ok: true,
    },
  };
}

/** What `pulumi destroy` does: deletes everything in the state that may be deleted, without running the program. */
export async function destroy(operation: Operation): Promise<{ readonly plan: Plan }> {
  const { account, state: store, evaluation } = operation;
  const preview = operation.preview ?? false;
  const before = await start(operation);
  const providers = await providersOf(evaluation, account);
  const save = (state: State): void => store.write(state);
  const deployment = new Deployment({ preview, prior: before.state, open: providers.open, save });
  const refusals = await deleteRest(deployment);
  if (!preview) store.write(deployment.state);
  return {
    plan: planOf(operation, "destroy", deployment, { steps: before.steps, refusals, log: before.log, exitCode: 0 }),
  };
}

/** The state at the beginning: as it was left, or as the clouds have it. */
async function start(
  operation: Operation,
): Promise<{ readonly state: State; readonly steps: readonly Step[]; readonly log: readonly LogMessage[] }> {
  const { evaluation, account, state: store, preview } = operation;
  const state = store.read();
  const log = state.pending.length > 0 ? [interrupted(state)] : [];
  if (operation.refresh === false) return { state, steps: [], log };
  const result = await refreshed(state, await providersOf(evaluation, account), preview ?? false);
  if (!preview) store.write(result.state);
  return { ...result, log };
}

async function providersOf(evaluation: Evaluation, account: Account): Promise<Providers> {
  const { project, stack, config } = evaluation;
  return new Providers(evaluation.clouds ?? (await productClouds(config)), account, { project, stack });
}

async function deleteRest(deployment: Deployment): Promise<Refusal[]> {
  return [...(await deployment.deleteRest())].map(([urn, message]) => ({ urn, message }));
}

/** Said where an update went further than one of Pulumi would. Source: generateSteps of pkg/resource/deploy, 3.248. */
const goneOn: LogMessage = {
  severity: "info",
  message:
    "Pulumi itself ends an update where inputs are refused, something protected would be replaced, or what has to go " +
    "before its successor comes cannot be deleted. The rehearsal has tried the other resources as well, and deleted " +
    "nothing that they do not replace.",
};

/** Pulumi's warning about calls whose outcome nobody knows. Source: pkg/resource/deploy/snapshot.go and pkg/engine of 3.248. */
function interrupted({ pending }: State): LogMessage {
  const lines = pending.map(({ urn, operation }) => `  * ${urn}, interrupted while ${operation}`);
  const message =
    `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n` +
    `${lines.join("\n")}\nThese resources are in an unknown state because the Pulumi CLI was interrupted while ` +
    "waiting for changes to these resources to complete. You should confirm whether or not the operations listed " +
    "completed successfully by checking the state of the appropriate provider.";
  return { severity: "warning", message };
}

/** What the program's reference to its own stack finds. */
function ownOutputs({ project, stack }: Evaluation, { resources }: State): NonNullable<Evaluation["stackOutputs"]> {
  const own = resources.find(({ type }: StateResource) => type === stackType);
  if (!own) return {};
  return { [`organization/${project}/${stack}`]: toRecord(own.outputs) as Record<string, unknown> };
}

function planOf(
  { evaluation: { project, stack }, preview = false }: Operation,
  kind: Plan["kind"],
  deployment: Deployment,
  found: { steps: readonly Step[]; refusals: readonly Refusal[]; log: readonly LogMessage[]; exitCode: number },
): Plan {
  const { refusals, log, exitCode } = found;
  const steps = [...found.steps.filter(({ operation }) => operation !== "same"), ...deployment.steps];
  return {
    project,
    stack,
    kind,
    preview,
    steps,
    refusals,
    log,
    kept: deployment.kept,
    ok: exitCode === 0 && refusals.length === 0,
  };
}
