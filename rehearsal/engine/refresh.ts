/**
 * Brings a state up to what the clouds really hold. Source: pkg/resource/deploy, RefreshStep of Pulumi 3.248.
 */
import type { ProviderInstance } from "../provider";
import type { Providers } from "../providers";
import { providedPackage, stackReferenceType, stackType, urnOfReference } from "../urn";
import type { ValueMap } from "../values";
import { described } from "./described";
import { type Difference, type DifferenceKind, type Step, stepOf } from "./plan";
import { withSecrets } from "./secrets";
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
      resources.push(resource.type === stackReferenceType ? reread(resource, state) : resource);
      continue;
    }
    const provider = providers.open(
      urnOfReference(resource.provider),
      inputsOf.get(urnOfReference(resource.provider)) ?? {},
    );
    const { urn, id, inputs, outputs } = resource;
    const found = await provider.read({ urn, id, inputs, outputs });
    const differences = found ? await differencesOf(provider, resource, found) : [];
    const operation = found ? (differences.length > 0 ? "refresh" : "same") : "delete";
    const outcome = preview ? "planned" : "done";
    const now = { ...resource, inputs: found?.inputs ?? inputs };
    steps.push(stepOf(operation, now, { old: resource, differences, outcome }));
    if (found) resources.push(renewed(resource, found));
  }
  return { state: { ...state, resources }, steps };
}

/** A reference to the stack itself is read again; other stacks are as they were. */
function reread(reference: StateResource, { resources }: State): StateResource {
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(reference.urn) ?? [];
  const own = resources.find(({ type }) => type === stackType);
  const { name } = reference.inputs;
  const isOwn = typeof name === "string" && name.endsWith(`/${project}/${stack}`);
  return own && isOwn ? { ...reference, outputs: { ...reference.outputs, outputs: own.outputs } } : reference;
}

function isManaged({ custom, external, type, pendingReplacement }: StateResource): boolean {
  return custom && !external && !pendingReplacement && providedPackage(type) === undefined;
}

/** The resource as it was read; what was wrong with it when it was made is not known to be wrong any more. */
function renewed(resource: StateResource, found: { inputs: ValueMap; outputs: ValueMap }): StateResource {
  const { initErrors: _initErrors, ...rest } = resource;
  const { inputs } = found;
  return { ...rest, inputs, outputs: withSecrets(found.outputs, { inputs, options: rest.options }) };
}

/** What happened to the inputs: the opposite of what an update would now do to bring the thing back. */
async function differencesOf(
  provider: ProviderInstance,
  { urn, id, inputs }: StateResource,
  found: { readonly inputs: ValueMap; readonly outputs: ValueMap },
): Promise<Difference[]> {
  const { differences } = await provider.diff({
    urn,
    id,
    oldInputs: found.inputs,
    oldOutputs: found.outputs,
    news: inputs,
  });
  const happened = Object.entries(differences).map(([path, kind]) => [path, opposites[kind]] as const);
  return described(Object.fromEntries(happened), inputs, found.inputs);
}

const opposites: Readonly<Record<DifferenceKind, DifferenceKind>> = {
  add: "delete",
  "add-replace": "delete-replace",
  delete: "add",
  "delete-replace": "add-replace",
  update: "update",
  "update-replace": "update-replace",
};
