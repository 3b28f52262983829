/**
 * Explains a plan to a person: what happens to each resource and why, what is interrupted and for how long, and what
 * would be lost. Pure; `explain-text.ts` prints it, `--json` gives it out as it is.
 */
import { rollBatchOf, rollSeconds } from "../../providers/aws/rolls";
import { nodeSeconds, type Range } from "../durations";
import type { Plan, Step } from "../engine/plan";
import { nameOf, packageOf, providedPackage } from "../urn";
import { type Change, type Impact, impactOf, type ImpactKind, severity, worst } from "./impacts";
import type { Reason } from "./reasons";
import { deniedSteps, valuableOf, type Worth } from "./valuable";

/** What the config says about media nodes, as far as a roll depends on it. */
export interface MediaFacts {
  readonly max: number;
  readonly bootTimeoutSeconds: number;
  readonly drainTimeoutSeconds: number;
}

/** What today's config says about the cluster. */
export interface ClusterFacts {
  /** How many masters there are; without it nothing is said about the others of one that is away. */
  readonly masters?: number;
  /** Without it a roll has no times. */
  readonly media?: MediaFacts;
}

export interface ExplainOptions extends ClusterFacts {
  /** Config keys by URN, from `attribute` in reasons.ts. */
  readonly reasons?: ReadonlyMap<string, Reason>;
}

/** What happens to a resource, as a heading over all to which the same happens. */
export type GroupKind = (typeof groupOrder)[number];

export interface ExplainedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly change: Change | "forget";
  /** Paths of the inputs that change; of a replacement those that force it. Values are not told. */
  readonly inputs: readonly string[];
  readonly impact: ImpactKind;
  /** What else there is to know. */
  readonly note?: string;
  /** Config keys that are the reason; absent when nobody asked. */
  readonly because?: readonly string[];
  /** Whether it changes with the old config as well; absent when nobody asked. */
  readonly elsewhere?: boolean;
}

export interface Interruption {
  /** A clause: `master 2 is away; the other 3 serve on`. */
  readonly what: string;
  /** Least and most seconds, as far as they are known. */
  readonly seconds?: { readonly least?: number; readonly most: number };
  /** Resources that cause it. */
  readonly urns: readonly string[];
}

export interface Denied {
  readonly urn: string;
  readonly change: "replace" | "delete";
  readonly worth: Worth;
  readonly reason: string;
}

export interface Explanation {
  readonly counts: Readonly<Record<Change | "forget", number>>;
  readonly groups: readonly { readonly kind: GroupKind; readonly resources: readonly ExplainedResource[] }[];
  readonly interruptions: readonly Interruption[];
  /** What must not be lost without being asked for. */
  readonly denied: readonly Denied[];
}

/** Order of the groups: what matters most comes first. */
/* prettier-ignore */
const groupOrder = ["rebuild", "rollMasters", "roll", "replaced", "deleted", "kept", "inPlace", "created", "leftOver"] as const;

/** Explains what a plan does or would do. */
export function explain(plan: Plan, options: ExplainOptions = {}): Explanation {
  const changed = changesOf(plan).map((each) => ({ ...each, impact: impactOn(each) }));
  const resources = changed.map((each) => ({ ...each, shown: describe(each, options) }));
  const groups = groupOrder.map((kind) => ({
    kind,
    resources: resources.filter((each) => groupOf(each) === kind).map(({ shown }) => shown),
  }));
  return {
    counts: countsOf(changed),
    groups: groups.filter((group) => group.resources.length > 0),
    interruptions: plan.kind === "destroy" ? [theEnd] : interruptionsOf(changed, options),
    denied: deniedSteps(plan).map(denial),
  };
}

/** A resource with all that a plan does to it. */
interface Changed {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly change: Change | "forget";
  readonly leftOver: boolean;
  readonly step: Step;
}

type Judged = Changed & { readonly impact: Impact };

function changesOf({ steps, kept }: Plan): Changed[] {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps.filter(({ custom, type }) => custom && providedPackage(type) === undefined)) {
    byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  }
  return [...byUrn].flatMap(([urn, all]) => {
    const found = changeOf(all, kept.includes(urn));
    return found ? [{ urn, type: found.step.type, name: nameOf(urn), ...found }] : [];
  });
}

function changeOf(steps: readonly Step[], kept: boolean): Pick<Changed, "change" | "step" | "leftOver"> | undefined {
  const first = (...operations: Step["operation"][]): Step | undefined =>
    operations
      .map((operation) => steps.find((step) => step.operation === operation))
      .find((step) => step !== undefined);
  const replaced = first("replace", "create-replacement");
  if (replaced) return { change: "replace", step: replaced, leftOver: false };
  const removed = first("delete");
  if (removed) return { change: kept || removed.retainOnDelete ? "forget" : "delete", step: removed, leftOver: false };
  const updated = first("update");
  if (updated) return { change: "update", step: updated, leftOver: false };
  const created = first("create");
  if (created) return { change: "create", step: created, leftOver: false };
  // The old half of a replacement that an earlier update did not finish.
  const left = first("delete-replaced");
  return left && { change: "delete", step: left, leftOver: true };
}

function impactOn({ urn, change, step, leftOver }: Changed): Impact {
  if (change === "forget" || leftOver) return { kind: "none" };
  if (change !== "update" || step.differences.length === 0) return impactOf(urn, change);
  return worst(step.differences.map(({ path }) => impactOf(urn, change, path)));
}

function groupOf({ change, impact, leftOver }: Judged): GroupKind {
  if (leftOver) return "leftOver";
  if (impact.kind === "rebuild" || impact.kind === "follows") return "rebuild";
  if (impact.kind === "roll" || impact.kind === "rollMasters") return impact.kind;
  const plain = {
    create: "created",
    update: "inPlace",
    replace: "replaced",
    delete: "deleted",
    forget: "kept",
  } as const;
  return plain[change];
}

function describe({ urn, type, name, change, step, impact }: Judged, { reasons }: ExplainOptions): ExplainedResource {
  const reason = reasons?.get(urn);
  const inputs = step.replaces.length > 0 ? step.replaces : step.differences.map(({ path }) => path);
  const note = impact.kind === "none" ? impact.says : undefined;
  return {
    urn,
    type,
    name,
    change,
    inputs: [...new Set(inputs)],
    impact: impact.kind,
    ...(note === undefined ? {} : { note }),
    ...(reason === undefined ? {} : { because: reason.keys, elsewhere: reason.elsewhere }),
  };
}

function countsOf(changed: readonly Changed[]): Explanation["counts"] {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, forget: 0 };
  for (const { change } of changed) counts[change] += 1;
  return counts;
}

function denial(step: Step): Denied {
  const { worth = "data", reason = "" } = valuableOf(step.type, step.oldInputs ?? step.newInputs) ?? {};
  return { urn: step.urn, change: step.operation === "delete" ? "delete" : "replace", worth, reason };
}

// What is interrupted.

const theEnd: Interruption = { what: "the cluster ends; what is kept is listed above", urns: [] };

/** Interruptions, the worst first; those in the same words are one. */
function interruptionsOf(changed: readonly Judged[], options: ExplainOptions): Interruption[] {
  const byWeight = [...changed].sort((a, b) => severity(b.impact) - severity(a.impact));
  const all = byWeight.flatMap((each) => interruption(each, options));
  const merged = new Map<string, Interruption>();
  for (const each of [...mastersAtOnce(changed), ...all]) {
    const known = merged.get(each.what);
    merged.set(each.what, known ? { ...known, urns: [...known.urns, ...each.urns] } : each);
  }
  return [...merged.values()];
}

function interruption({ urn, type, name, impact, step }: Judged, { masters, media }: ExplainOptions): Interruption[] {
  const say = (what: string, span?: Interruption["seconds"]): Interruption[] => [
    { what, ...(span ? { seconds: span } : {}), urns: [urn] },
  ];
  switch (impact.kind) {
    case "none":
    case "follows":
      return [];
    case "settings":
      return say(
        masters === 1
          ? "the cluster is interrupted while OpenVidu starts again with the new settings"
          : "masters take up the new settings one at a time, each only while all others are healthy",
      );
    case "dns":
      return say("clients may go to the old address until their DNS answer has run out", ttlOf(step));
    case "away":
      return say(impact.what, spanOf(impact.seconds));
    case "roll":
      return say(rollWords(type, media), media && { most: longestRoll(type, media) });
    case "rollMasters":
      return say("masters are renewed one after the other, each new one first; users of one that leaves connect anew");
    case "mastersAway":
      return say("the cluster is away from the moment its masters leave until new ones have booted");
    case "mediaAway":
      return say(
        "there are no media nodes from the moment the old ones have drained until new ones have booted",
        media && { most: media.drainTimeoutSeconds + media.bootTimeoutSeconds },
      );
    case "restart":
      return say(absence(name, masters, { of: "stops and starts", until: "has started again" }));
    case "rebuild":
      return say(absence(name, masters, { of: "is away", until: "has booted" }), spanOf(nodeSeconds(type)));
    case "unknown":
      return say("it is not known whether this interrupts anything, and for how long");
  }
}

/** What it means that one of the masters is away. */
function absence(
  name: string,
  masters: number | undefined,
  { of, until }: { readonly of: string; readonly until: string },
): string {
  if (masters === 1) return `the cluster is away until its only master ${until}`;
  return `${masterName(name)} ${of}${masters === undefined ? "" : `; the other ${masters - 1} serve on`}`;
}

/** A warning, where one update would take more than one master. */
function mastersAtOnce(changed: readonly Judged[]): Interruption[] {
  const masters = changed.filter(({ impact: { kind } }) => kind === "rebuild" || kind === "restart");
  if (masters.length <= 1) return [];
  const what = `${masters.length} masters are away in one update: the cluster may lose its majority`;
  return [{ what, urns: masters.map(({ urn }) => urn) }];
}

/** `openvidu-masters-2` is master 2. */
function masterName(name: string): string {
  const number = /-(\d+)$/.exec(name)?.[1];
  return number === undefined ? name : `master ${number}`;
}

function spanOf(span: Range | undefined): Interruption["seconds"] {
  return span && { least: span[0], most: span[1] };
}

function ttlOf({ newInputs, oldInputs }: Step): Interruption["seconds"] {
  // Clients hold the answer that they got before.
  const ttl = oldInputs?.["ttl"] ?? newInputs?.["ttl"];
  return typeof ttl === "number" ? { most: ttl } : undefined;
}

/** On AWS the group rolls in batches; on Azure a controller replaces one node after the other. */
function batchOf(type: string, media: MediaFacts): number {
  return packageOf(type) === "aws" ? rollBatchOf(media.max) : 1;
}

function longestRoll(type: string, media: MediaFacts): number {
  const { max, bootTimeoutSeconds, drainTimeoutSeconds } = media;
  if (packageOf(type) === "aws") return rollSeconds(max, bootTimeoutSeconds, drainTimeoutSeconds);
  return max * (bootTimeoutSeconds + drainTimeoutSeconds);
}

function rollWords(type: string, media: MediaFacts | undefined): string {
  const roll = "media nodes roll: a new one boots, then an old one drains; sessions go on until its deadline";
  if (!media) return roll;
  const batch = batchOf(type, media);
  return `${roll} (${media.max} nodes at most, ${batch === 1 ? "one" : batch} at a time)`;
}
