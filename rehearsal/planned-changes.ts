/**
 * What a config edit would do to a stack whose last update was rehearsed and kept.
 */
import { up } from "./engine/engine";
import type { Plan } from "./engine/plan";
import type { Graph } from "./graph";
import type { Kept, KeptStack } from "./kept";
import { type ClusterFacts, explain, type Explanation } from "./report/explain";
import { attribute, configChanges, type ConfigChange } from "./report/reasons";
import type { StackConfig } from "./stack-file";

/** An edit, and what follows from it. */
export interface PlannedChanges {
  readonly plan: Plan;
  readonly graph: Graph;
  readonly edited: readonly ConfigChange[];
  readonly explanation: Explanation;
}

/**
 * Carries the edit out on a copy, of which nothing remains, and finds out which config key is the reason for what. A
 * preview would overstate: to azure-native every output of a changed resource is unknown.
 * @param preview whether to do what `pulumi preview` does all the same
 */
export async function plannedChanges(
  stack: StackConfig,
  kept: KeptStack,
  { cluster, preview }: { readonly cluster: ClusterFacts; readonly preview: boolean },
): Promise<PlannedChanges> {
  const { state } = kept.copy();
  const { config: before, secretKeys } = state.read();
  const planned = await planOn(kept.copy(), stack, preview);
  const facts = { project: stack.project, secretKeys: [...new Set([...stack.secretKeys, ...secretKeys])] };
  const edited = configChanges(before, stack.config, facts);
  const planFor = async (config: StackConfig["config"]): Promise<Plan> =>
    (
      await planOn(
        kept.copy(),
        { ...stack, config, secretKeys: facts.secretKeys.filter((key) => key in config) },
        preview,
      )
    ).plan;
  const request = { ...facts, before, after: stack.config, plan: planned.plan };
  const reasons = edited.length === 0 ? undefined : await attribute(edited, planFor, request);
  const explanation = explain(planned.plan, { ...cluster, ...(reasons && { reasons }) });
  return { ...planned, edited, explanation };
}

function planOn(
  copy: Kept,
  { project, stack, config, secretKeys }: StackConfig,
  preview: boolean,
): Promise<{ readonly plan: Plan; readonly graph: Graph }> {
  return up({ evaluation: { project, stack, config, secretKeys }, ...copy, preview });
}
