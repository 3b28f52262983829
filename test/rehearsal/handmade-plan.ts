/**
 * Plans made by hand, for code that reads plans.
 */
import type { Difference, Plan, Step } from "../../rehearsal/engine/plan";
import { tokens } from "./handmade-graph";

/** One step; `paths` are the inputs that change, with their new values. */
export function step(
  operation: Step["operation"],
  type: string,
  name: string,
  {
    role,
    paths = {},
    ...more
  }: Partial<Step> & { role?: keyof typeof tokens; paths?: Readonly<Record<string, unknown>> } = {},
): Step {
  const types = role === undefined ? type : `${tokens[role]}$${type}`;
  return {
    operation,
    urn: `urn:pulumi:dev::made::${types}::${name}`,
    type,
    name,
    custom: true,
    differences: Object.entries(paths).map(([path, value]): Difference => ({ path, kind: "update", new: value })),
    replaces: [],
    protect: false,
    retainOnDelete: false,
    outcome: "planned",
    ...more,
  };
}

/** All steps of a replacement in which the old thing goes first. */
export function replacement(type: string, name: string, more: Parameters<typeof step>[3] = {}): Step[] {
  return (["delete-replaced", "replace", "create-replacement"] as const).map((operation) =>
    step(operation, type, name, more),
  );
}

export function planOf(steps: readonly Step[], changes: Partial<Plan> = {}): Plan {
  return {
    project: "made",
    stack: "dev",
    kind: "up",
    preview: true,
    steps,
    refusals: [],
    log: [],
    kept: [],
    ok: true,
    ...changes,
  };
}
