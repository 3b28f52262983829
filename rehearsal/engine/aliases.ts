/**
 * The earlier URN of a resource whose parent was renamed or moved. Source: step_generator.go of Pulumi 3.248,
 * inheritedChildAlias.
 */
import { nameOf, qualifiedType } from "../urn";
import type { StateResource } from "./state";

/**
 * The URNs that a resource may have had, given the earlier URN of what is above it.
 * @param renamed earlier URN by today's
 */
export function inheritedAliases(
  { urn, type, name, parent }: Pick<StateResource, "urn" | "type" | "name" | "parent">,
  renamed: ReadonlyMap<string, string>,
): string[] {
  const before = renamed.get(parent);
  if (before === undefined) return [];
  // A child that is named after its parent was named after the parent's earlier name.
  const parentName = nameOf(parent);
  const oldName = name.startsWith(parentName) ? `${nameOf(before)}${name.slice(parentName.length)}` : name;
  const [head, project] = urn.split("::");
  return [`${head}::${project}::${qualifiedType(before)}$${type}::${oldName}`];
}
