/**
 * What has to go when a resource is deleted before its successor exists: everything that would be replaced by a change of
 * what it takes from that resource. Source: step_generator.go of Pulumi 3.248, calculateDependentReplacements.
 */
import type { ProviderInstance } from "../provider";
import { unknown, type ValueMap } from "../values";
import { urnOfReference } from "../urn";
import type { StateResource } from "./state";

/** A resource that has to go, and the inputs that make it. */
export interface Dependent {
  readonly resource: StateResource;
  readonly replaces: readonly string[];
}

/**
 * Dependents that have to be deleted first, in the order of the state (dependencies before dependents).
 * @param others resources of the state that have not been registered in this operation; others cannot depend on it
 */
export async function cascade(
  root: StateResource,
  others: readonly StateResource[],
  providerOf: (resource: StateResource) => ProviderInstance,
): Promise<Dependent[]> {
  const replaced = new Set([root.urn]);
  const found: Dependent[] = [];
  for (const resource of others) {
    if (resource.urn === root.urn || !resource.custom || resource.external || resource.delete) continue;
    const isOrphan = resource.provider !== "" && replaced.has(urnOfReference(resource.provider));
    const replaces = isOrphan ? [] : await replacedFor(replaced, resource, providerOf);
    if (!isOrphan && replaces.length === 0) continue;
    replaced.add(resource.urn);
    found.push({ resource, replaces });
  }
  return found;
}

async function replacedFor(
  replaced: ReadonlySet<string>,
  resource: StateResource,
  providerOf: (resource: StateResource) => ProviderInstance,
): Promise<readonly string[]> {
  const { urn, id, inputs, outputs, propertyDependencies } = resource;
  const touched = Object.keys(inputs).filter((key) => propertyDependencies[key]?.some((each) => replaced.has(each)));
  if (touched.length === 0) return [];
  const news: ValueMap = { ...inputs, ...Object.fromEntries(touched.map((key) => [key, unknown])) };
  const { replaces } = await providerOf(resource).diff({ urn, id, oldInputs: inputs, oldOutputs: outputs, news });
  return replaces;
}
