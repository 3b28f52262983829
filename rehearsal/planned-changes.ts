/**
 * What a config edit would do to a stack whose last update was rehearsed and kept.
 */
import { up } from "./engine/engine";
import type { Plan } from "./engine/plan";
import type { Graph } from "./graph";
import type { KeptStack } from "./kept";
import { explain, type Explanation, type MediaFacts } from "./report/explain";
import { attribute, configChanges, type ConfigChange } from "./report/reasons";
import type { StackConfig } from "./stack-file";

/** An edit, and what follows from it. */
export interface PlannedChanges {
  readonly plan: Plan;
  readonly graph: Graph;
  readonly edited: readonly ConfigChange[];
  readonly explanation: Explanation;
}

/** Does what `pulumi preview` does, and finds out which config key is the reason for what. Nothing remains of it. */
export async function plannedChanges(
  stack: StackConfig,
  kept: KeptStack,
  media: MediaFacts | undefined,
): Promise<PlannedChanges> {
  const { state } = kept.copy();
  const { config: before, secretKeys } = state.read();
  const planned = await previewOf(stack, kept);
  const facts = { project: stack.project, secretKeys: [...new Set([...stack.secretKeys, ...secretKeys])] };
  const edited = configChanges(before, stack.config, facts);
  const planFor = async (config: StackConfig["config"]): Promise<Plan> =>
    (await previewOf({ ...stack, config, secretKeys: facts.secretKeys.filter((key) => key in config) }, kept)).plan;
  const request = { ...facts, before, after: stack.config, plan: planned.plan };
  const reasons = edited.length === 0 ? undefined : await attribute(edited, planFor, request);
  const explanation = explain(planned.plan, { ...(media && { media }), ...(reasons && { reasons }) });
  return { ...planned, edited, explanation };
}

async function previewOf(
  { project, stack, config, secretKeys }: StackConfig,
  kept: KeptStack,
): Promise<{ readonly plan: Plan; readonly graph: Graph }> {
  return up({ evaluation: { project, stack, config, secretKeys }, ...kept.copy(), preview: true });
}
