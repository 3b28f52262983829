/**
 * Who can reach whom, read back from the rules that the clouds would get: not from the flow table that they were made
 * from, so that a wrong rule shows.
 */
import { tierWithin } from "../components/tiers";
import { type Tier, tiers } from "../openvidu/flows";
import type { Graph, RecordedResource } from "./graph";
import { type Json, unwrapSecrets } from "./json";
import { reachOnAws } from "./reach-aws";
import { reachOnAzure } from "./reach-azure";
import { reachOnPremises } from "./reach-onprem";
import { nameOf, qualifiedType } from "./urn";

/** One permitted way, in terms that are the same on every cloud. */
export interface ReachRow {
  /** `internet`, a tier, an address range, or a service tag of the cloud. */
  readonly from: string;
  readonly to: string;
  readonly protocol: "tcp" | "udp" | "all";
  /** Inclusive range. */
  readonly ports: { readonly first: number; readonly last: number };
  /** What the rule itself says it is for. */
  readonly purpose: string;
}

/** A resource with secrets unwrapped, which is what rules are about. */
export interface PlainResource {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** The tier whose component the resource belongs to. */
  readonly tier: Tier | undefined;
  readonly inputs: Json;
}

/** The permitted ways of a graph, in a stable order. Needs the graph of an update: in a preview ids are unknown. */
export function reachFromGraph(graph: Graph): ReachRow[] {
  const resources = graph.resources.filter(({ custom }) => custom).map(plainResource);
  const rows = [...reachOnAws(resources), ...reachOnAzure(resources), ...reachOnPremises(graph)];
  return dropRepeats(rows).sort(
    (a, b) =>
      order(a.from) - order(b.from) ||
      order(a.to) - order(b.to) ||
      compare(a.from, b.from) ||
      compare(a.to, b.to) ||
      a.ports.first - b.ports.first ||
      compare(a.protocol, b.protocol) ||
      compare(a.purpose, b.purpose),
  );
}

function plainResource(resource: RecordedResource): PlainResource {
  const { type, name, id, inputs } = resource;
  return {
    type,
    name,
    id,
    tier: tierWithin(qualifiedType(resource.urn).split("$"), nameOf(resource.parent ?? "")),
    inputs: unwrapSecrets(inputs) as Json,
  };
}

function dropRepeats(rows: readonly ReachRow[]): ReachRow[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/** The Internet first, then ranges and tags, then tiers from the outside in. */
function order(party: string): number {
  if (party === "internet") return 0;
  const tier = (tiers as readonly string[]).indexOf(party);
  return tier < 0 ? 1 : tier + 2;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
