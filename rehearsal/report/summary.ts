/**
 * A rehearsal as plain data: what the report prints and what `--json` gives out. The form is described in
 * docs/rehearsal.md; a change that breaks readers raises `schemaVersion`.
 */
import { type CostEstimate, estimate } from "../costs/estimate";
import { succeeded } from "../evaluate";
import { type Graph, isSecret, type LogMessage, type RecordedResource, type Refusal } from "../graph";
import { reachFromGraph, type ReachRow } from "../reach";
import type { Placeholder, StackConfig } from "../stack-file";
import { providedPackage, stackType } from "../urn";
import type { Explanation } from "./explain";
import type { ConfigChange } from "./reasons";

/** Version of the form of `--json`. */
export const schemaVersion = 1;

/** What the stack is, as far as its config says so. */
export interface Heading {
  readonly cloud?: string;
  readonly edition?: string;
  readonly version?: string;
  readonly region?: string;
  readonly domain?: string;
}

/** A component, the resources that belong to it directly, and the components in it. */
export interface TreeNode {
  readonly name: string;
  readonly type: string;
  /** Number of resources by type, of this component alone. */
  readonly resources: Readonly<Record<string, number>>;
  /** Number of resources of this component and all components in it. */
  readonly total: number;
  readonly components: readonly TreeNode[];
}

export interface Summary {
  readonly project: string;
  readonly stack: string;
  readonly heading: Heading;
  readonly preview: boolean;
  /** Whether everything would have come into being. */
  readonly ok: boolean;
  readonly exitCode: number;
  /** Time that the rehearsal took. The only field that differs between equal runs. */
  readonly seconds: number;
  readonly counts: {
    readonly resources: number;
    readonly components: number;
    readonly byType: Readonly<Record<string, number>>;
  };
  readonly tree: readonly TreeNode[];
  /** The stack's outputs; secrets are replaced by `[secret]`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What it would cost per month, roughly. */
  readonly costs: CostEstimate;
  /** Empty in a preview, in which the ids that rules are about are unknown. */
  readonly reach: readonly ReachRow[];
  readonly messages: readonly LogMessage[];
  readonly refusals: readonly Refusal[];
  /** URNs that were not tried because they need a refused resource. */
  readonly skipped: readonly string[];
  /** Secrets for which a stand-in was used. */
  readonly placeholders: readonly Placeholder[];
  /** What is different from the update that was kept; absent when none was. */
  readonly changes?: Changes;
  /** Whether this rehearsal was kept, so that the next one shows what has changed since. */
  readonly kept?: true;
}

export interface Changes {
  /** Config keys that differ. */
  readonly edited: readonly ConfigChange[];
  readonly explanation: Explanation;
  /** Whether the rehearsal is refused because something valuable would be replaced or deleted. */
  readonly denied: boolean;
}

/** Summarises one rehearsal. */
export function summarise(graph: Graph, stack: StackConfig, heading: Heading, seconds: number): Summary {
  const { project, preview, exitCode, refusals, skipped = [] } = graph;
  const custom = graph.resources.filter(isOrdinary);
  return {
    project,
    stack: graph.stack,
    heading,
    preview,
    ok: succeeded(graph),
    exitCode,
    seconds,
    counts: {
      resources: custom.length,
      components: graph.resources.filter(isComponent).length,
      byType: countByType(custom),
    },
    tree: treeOf(graph),
    outputs: hideSecrets(graph.outputs) as Summary["outputs"],
    costs: estimate(graph),
    reach: preview ? [] : reachFromGraph(graph),
    messages: withoutRepeats(graph.log),
    refusals,
    skipped,
    placeholders: stack.placeholders,
  };
}

/** An error that several resources run into is said once. Colours of the SDK's own are left out. */
function withoutRepeats(log: readonly LogMessage[]): LogMessage[] {
  const plain = log.map((each) => ({ ...each, message: each.message.replaceAll(/\u001b\[\d+m/g, "").trimEnd() }));
  return [...new Map(plain.map((each) => [JSON.stringify(each), each])).values()];
}

function treeOf(graph: Graph): readonly TreeNode[] {
  const childrenOf = new Map<string, RecordedResource[]>();
  for (const resource of graph.resources) {
    const above = resource.parent ?? "";
    childrenOf.set(above, [...(childrenOf.get(above) ?? []), resource]);
  }
  const within = (urn: string): RecordedResource[] => childrenOf.get(urn) ?? [];

  /** Ordinary resources below a component, also those whose parent is another resource of it. */
  const resourcesOf = (urn: string): RecordedResource[] =>
    within(urn)
      .filter(({ custom }) => custom)
      .flatMap((resource) => [resource, ...resourcesOf(resource.urn)])
      .filter(isOrdinary);

  const node = (component: RecordedResource): TreeNode => {
    const own = resourcesOf(component.urn);
    const components = within(component.urn).filter(isComponent).map(node);
    const total = own.length + components.reduce((sum, each) => sum + each.total, 0);
    return { name: component.name, type: component.type, resources: countByType(own), total, components };
  };

  const root = graph.resources.find(({ type }) => type === stackType);
  if (!root) return [];
  const top = node(root);
  const loose = Object.keys(top.resources).length > 0;
  return loose ? [top] : top.components;
}

/** A resource that would exist in a cloud: neither a component nor a provider nor one that is only read. */
function isOrdinary(resource: RecordedResource): boolean {
  return resource.custom && providedPackage(resource.type) === undefined && !resource.external;
}

function isComponent({ custom, type }: RecordedResource): boolean {
  return !custom && type !== stackType;
}

function countByType(resources: readonly RecordedResource[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}

function hideSecrets(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hideSecrets(part)]));
}
