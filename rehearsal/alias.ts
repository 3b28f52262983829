/**
 * Earlier names of a resource. Source: sdk/go/common/resource/alias.go and pkg/resource/deploy/step_generator.go of
 * Pulumi 3.248.
 */
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { createUrn, type Place } from "./urn";

/** The URN that an alias stands for: what it leaves out is as it is now. */
export function aliasUrn(
  place: Place,
  current: { readonly type: string; readonly name: string; readonly parent: string },
  alias: Alias,
): string {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  const parent = spec.getNoparent() ? "" : spec.getParenturn() || current.parent;
  return createUrn(
    { project: spec.getProject() || place.project, stack: spec.getStack() || place.stack },
    parent,
    spec.getType() || current.type,
    spec.getName() || current.name,
  );
}
