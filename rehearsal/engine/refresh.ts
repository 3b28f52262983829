/**
 * Brings a state up to what the clouds really hold. Source: pkg/resource/deploy, RefreshStep of Pulumi 3.248.
 */
import { changes, valueAt } from "../differences";
import type { Providers } from "../providers";
import { markSecret } from "../simulate";
import { providedPackage, urnOfReference } from "../urn";
import { toRecord, type ValueMap } from "../values";
import type { Step } from "./plan";
import type { State, StateResource } from "./state";

/** The state as the clouds have it, and what has changed behind Pulumi's back. */
export async function refreshed(
  state: State,
  providers: Providers,
  preview: boolean,
): Promise<{ readonly state: State; readonly steps: readonly Step[] }> {
  const inputsOf = new Map(state.resources.map(({ urn, inputs }) => [urn, inputs]));
  const steps: Step[] = [];
  const resources: StateResource[] = [];
  for (const resource of state.resources) {
    if (!isManaged(resource)) {
      resources.push(resource);
      continue;
    }
    const provider = providers.open(
      urnOfReference(resource.provider),
      inputsOf.get(urnOfReference(resource.provider)) ?? {},
    );
    const { urn, id, inputs, outputs } = resource;
    const found = await provider.read({ urn, id, inputs, outputs });
    steps.push(stepOf(resource, found, preview));
    if (found) resources.push(renewed(resource, found));
  }
  return { state: { ...state, resources }, steps };
}

function isManaged({ custom, external, type, pendingReplacement }: StateResource): boolean {
  return custom && !external && !pendingReplacement && providedPackage(type) === undefined;
}

/** The resource as it was read; what was wrong with it when it was made is not known to be wrong any more. */
function renewed(resource: StateResource, found: { inputs: ValueMap; outputs: ValueMap }): StateResource {
  const { initErrors: _initErrors, ...rest } = resource;
  const outputs = markSecret(found.outputs, resource.options.additionalSecretOutputs);
  return { ...rest, inputs: found.inputs, outputs };
}

function stepOf(resource: StateResource, found: { inputs: ValueMap } | undefined, preview: boolean): Step {
  const { urn, type, name, custom, id, inputs, options } = resource;
  const differences = found
    ? [...changes(inputs, found.inputs)].map(([path, kind]) => {
        const old = valueAt(inputs, path);
        const now = valueAt(found.inputs, path);
        return {
          path,
          kind,
          ...(old === undefined ? {} : { old: toRecord(old) }),
          ...(now === undefined ? {} : { new: toRecord(now) }),
        };
      })
    : [];
  return {
    operation: found ? (differences.length > 0 ? "refresh" : "same") : "delete",
    urn,
    type,
    name,
    custom,
    differences,
    replaces: [],
    protect: options.protect,
    retainOnDelete: options.retainOnDelete,
    oldInputs: toRecord(inputs) as Record<string, unknown>,
    ...(found && { newInputs: toRecord(found.inputs) as Record<string, unknown> }),
    id,
    outcome: preview ? "planned" : "done",
  };
}
