/**
 * What a plan does to a stack, in the words of the edit matrix.
 */
import type { Plan, Step } from "../../rehearsal/engine/plan";
import { type Members, membersOf } from "../../rehearsal/report/impacts";
import { isDenied } from "../../rehearsal/report/valuable";
import { type Effect, effects } from "./edits";
import { changesOf, failuresOf, label } from "./stacks";

const machines = ["aws:ec2/instance:Instance", "azure-native:compute:VirtualMachine"];
/** What is made anew with a machine, because it says which machine it means. */
const attachments = ["aws:ec2/volumeAttachment:VolumeAttachment", "aws:lb/targetGroupAttachment:TargetGroupAttachment"];

/** A new version of something that stays: the provider makes one by a replacement. */
const versions = ["aws:secretsmanager/secretVersion:SecretVersion"];

/** By the type of a group of media nodes: where its template shows. */
const templates: Readonly<Record<string, RegExp>> = {
  "aws:autoscaling/group:Group": /^launchTemplate/,
  "azure-native:compute:VirtualMachineScaleSet": /^virtualMachineProfile\.osProfile\.customData/,
};

const isReplacement = ({ operation }: Step): boolean =>
  operation === "replace" || operation === "create-replacement" || operation === "delete-replaced";

/** In the order of `effects`. A machine counts by itself: two that are replaced are told twice. */
export function effectsOf(plan: Plan): Effect[] {
  if (!plan.ok) return ["refused"];
  const changes = changesOf(plan);
  const replaced = new Set(changes.filter((step) => machines.includes(step.type) && isReplacement(step)).map(urnOf));
  const isUpdate = (step: Step): boolean =>
    step.operation === "update" || (versions.includes(step.type) && isReplacement(step));
  const updates = changes.filter(isUpdate);
  const others = changes.filter((step) => {
    const goesWithMachine = replaced.size > 0 && [...machines, ...attachments].includes(step.type);
    return !isUpdate(step) && !(goesWithMachine && isReplacement(step));
  });
  const found = new Set<Effect>([
    ...(updates.length > 0 ? ["inPlace" as const] : []),
    ...updates.flatMap((step) => rollOf(step) ?? []),
    ...(others.length > 0 ? ["createsOrDeletes" as const] : []),
  ]);
  const words = effects.filter((effect) => found.has(effect));
  const rebuilt = [...replaced].map(() => "replacesOneMaster" as const);
  const place = words.indexOf("createsOrDeletes");
  const all = place < 0 ? [...words, ...rebuilt] : [...words.slice(0, place), ...rebuilt, ...words.slice(place)];
  return all.length > 0 ? all : ["nothing"];
}

/** What a changed template does to the machines of a group. */
const rolls: Readonly<Record<Members, Effect | undefined>> = {
  media: "rollsMedia",
  masters: "rollsMasters",
  keptMedia: undefined,
};

function rollOf({ type, urn, differences }: Step): Effect | undefined {
  return differences.some(({ path }) => templates[type]?.test(path)) ? rolls[membersOf(urn)] : undefined;
}

/** What the plan says, one line for each resource that changes, and for a refusal its beginning. */
export function linesOf(plan: Plan): string[] {
  const refusals = failuresOf(plan).map((text) => `refused ${text.split("\n").slice(0, 2).join(" ").slice(0, 400)}`);
  const byUrn = new Map<string, Step[]>();
  for (const step of changesOf(plan)) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const changes = [...byUrn.values()].map((steps) => {
    const paths = [...new Set(steps.flatMap(({ differences }) => differences.map(({ path }) => path)))];
    const replaces = [...new Set(steps.flatMap(({ replaces: each }) => each))];
    const why = replaces.length > 0 && paths.length === 0 ? ` because of ${replaces.join(", ")}` : "";
    return `${operationOf(steps)} ${label(steps[0]!.urn)}${paths.length > 0 ? `: ${paths.sort().join(", ")}` : why}`;
  });
  return [...refusals.sort(), ...changes.sort()];
}

function operationOf(steps: readonly Step[]): string {
  const [first] = steps;
  if (steps.some(({ outcome }) => outcome === "failed"))
    return `not ${isReplacement(first!) ? "replace" : first!.operation}`;
  const operations = steps.map(({ operation }) => operation);
  if (!steps.some(isReplacement)) return [...new Set(operations)].join(" and ");
  return operations.indexOf("delete-replaced") < operations.indexOf("create-replacement")
    ? "replace (delete, create)"
    : "replace (create, delete)";
}

/** Valuable or protected things that a plan would take away or make anew: `type::name`. */
export function lossesOf(plan: Plan): string[] {
  const lost = changesOf(plan).filter(
    (step) =>
      step.outcome !== "failed" &&
      (isReplacement(step) || step.operation === "delete") &&
      (isDenied(step.type, step.oldInputs ?? step.newInputs) || (step.protect && step.operation === "delete")),
  );
  return [...new Set(lost.map(({ urn }) => label(urn)))].sort();
}

function urnOf({ urn }: Step): string {
  return urn;
}
