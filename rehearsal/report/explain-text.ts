/**
 * The explanation of a plan for a person.
 */
import { nameOf } from "../urn";
import type { Denied, ExplainedResource, Explanation, GroupKind, Interruption } from "./explain";
import { createStyle, type Style, table, wrap } from "./style";
import type { TextOptions } from "./text";

const titles: Readonly<Record<GroupKind, string>> = {
  rebuild: "A master is rebuilt, with what belongs to its machine",
  rollMasters: "Masters are renewed one after the other, each new one first",
  roll: "Media nodes roll, each draining first",
  replaced: "Replaced",
  deleted: "Deleted",
  kept: "Forgotten by Pulumi; the thing itself stays and has to be deleted by hand",
  inPlace: "Changed in place",
  created: "Created",
  leftOver: "Left over from an unfinished update, deleted now",
};

/** Groups of which a reader wants every resource. Of the others the harmless ones are shown up to a number. */
const listedWhole: readonly GroupKind[] = ["rebuild", "rollMasters", "roll", "kept"];
const shownHarmless = 8;

/** Inputs and names in one line. */
const shownInputs = 4;
const shownNames = 3;

/** The explanation as text, ending in a newline. */
export function renderExplanation(explanation: Explanation, { coloured, width }: TextOptions): string {
  const style = createStyle(coloured);
  const sections = [
    [style.bold(headline(explanation))],
    ...explanation.groups.map(({ kind, resources }) => groupSection(kind, resources, style, width)),
    ...interruptionSection(explanation, style, width),
    ...deniedSection(explanation.denied, style, width),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** `What would change: 2 updated, 1 replaced`; or that nothing would. */
export function headline({ counts }: Explanation): string {
  const words = { create: "created", update: "updated", replace: "replaced", delete: "deleted", forget: "kept behind" };
  const parts = Object.entries(words).flatMap(([change, word]) => {
    const count = counts[change as keyof typeof words];
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return parts.length === 0 ? "Nothing would change" : `What would change: ${parts.join(", ")}`;
}

function groupSection(kind: GroupKind, resources: readonly ExplainedResource[], style: Style, width: number): string[] {
  const harmless = resources.filter(({ impact }) => impact === "none");
  const omitted = listedWhole.includes(kind) ? [] : harmless.slice(shownHarmless);
  const shown = resources.filter((each) => !omitted.includes(each));
  const rows = shown.map((each) => [each.name, shortType(each.type), detail(each)]);
  const more = resources.length - shown.length;
  return [style.bold(titles[kind]), ...table(rows, width), ...(more > 0 ? [style.dim(`  and ${more} more`)] : [])];
}

/** What changes, why, and what else there is to know. */
function detail({ change, inputs, because, elsewhere, note }: ExplainedResource): string {
  const replaced = change === "replace" ? "for " : "";
  const what = inputs.length === 0 ? [] : [`${replaced}${someOf(inputs, shownInputs)}`];
  const keys = because && because.length > 0 ? [`because of ${someOf(because, shownInputs)}`] : [];
  const others = elsewhere ? ["also without an edit of the config"] : [];
  return [...what, ...keys, ...others, ...(note === undefined ? [] : [note])].join("; ");
}

function interruptionSection({ interruptions, groups }: Explanation, style: Style, width: number): string[][] {
  if (groups.length === 0) return [];
  const title = style.bold("What is interrupted");
  if (interruptions.length === 0) return [[title, "  nothing"]];
  return [[title, ...interruptions.flatMap((each) => bullet(interruptionText(each), width, style.yellow))]];
}

function interruptionText({ what, seconds, urns }: Interruption): string {
  const names = urns.length === 0 ? "" : ` (${someOf([...new Set(urns.map(nameOf))], shownNames)})`;
  return `${what}${seconds ? `: ${spanText(seconds)}` : ""}${names}`;
}

function deniedSection(denied: readonly Denied[], style: Style, width: number): string[][] {
  if (denied.length === 0) return [];
  const lines = denied.flatMap(({ urn, change, reason }) =>
    bullet(`${nameOf(urn)} (${shortType(urn.split("::")[2] ?? "")}) would be ${change}d: ${reason}`, width, style.red),
  );
  return [[style.bold("What must not be lost without being asked for"), ...lines]];
}

function bullet(text: string, width: number, paint: (text: string) => string): string[] {
  return wrap(text, width - 4).map((line, index) => paint(`${index === 0 ? "  - " : "    "}${line}`));
}

/** `about 5 to 10 min`, `at most 64 h`. */
export function spanText({ least, most }: NonNullable<Interruption["seconds"]>): string {
  const [unit, size] = most < 120 ? ["s", 1] : most < 2 * 3600 ? ["min", 60] : ["h", 3600];
  const [from, to] = [Math.floor((least ?? 0) / size), Math.ceil(most / size)];
  if (least === undefined) return `at most ${to} ${unit}`;
  return from === to ? `about ${to} ${unit}` : `about ${from} to ${to} ${unit}`;
}

/** `a, b and 3 more` */
function someOf(items: readonly string[], count: number): string {
  const more = items.length - count;
  return more > 0 ? `${items.slice(0, count).join(", ")} and ${more} more` : items.join(", ");
}

/** `aws:ec2/vpc:Vpc` as `Vpc`. */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
