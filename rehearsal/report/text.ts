/**
 * The report for a person: what would exist, how it is reached, what is left to do, and what is wrong.
 */
import { editionTitle } from "../../openvidu/editions";
import { fixedOutput } from "../../stacks/fixed-settings";
import { generationsOutput } from "../../stacks/one-at-a-time";
import { isOld, type Range } from "../costs/prices";
import type { ReachRow } from "../reach";
import { nameOf } from "../urn";
import { renderExplanation } from "./explain-text";
import { createStyle, type Style, table, wrap } from "./style";
import type { Changes, Summary, TreeNode } from "./summary";

export interface TextOptions {
  readonly coloured: boolean;
  /** Characters per line. */
  readonly width: number;
  /** Day by which the age of prices is judged. @default today */
  readonly today?: Date;
}

const cloudTitles: Readonly<Record<string, string>> = {
  aws: "AWS",
  azure: "Azure",
  onprem: "machines of one's own",
};
const partyTitles: Readonly<Record<string, string>> = {
  internet: "Internet",
  loadBalancer: "load balancer",
  turnLoadBalancer: "TURN load balancer",
  master: "masters",
  media: "media nodes",
  sessionStore: "session store",
};

/** The report as text, ending in a newline. */
export function renderText(summary: Summary, { coloured, width, today = new Date() }: TextOptions): string {
  const style = createStyle(coloured);
  const sections = summary.changes
    ? [
        heading(summary, style, width),
        ...changeSections(summary.changes, { coloured, width }, style),
        ...costSection(summary, style, width, today),
        ...problemSection(summary, style, width),
      ]
    : summary.ok
      ? [
          heading(summary, style, width),
          ...treeSection(summary, style, width),
          ...kindSection(summary, style, width),
          ...costSection(summary, style, width, today),
          ...outputSections(summary, style, width),
          ...reachSection(summary, style, width),
          ...problemSection(summary, style, width),
        ]
      : [heading(summary, style, width), ...problemSection(summary, style, width)];
  return `${[...sections, verdict(summary, style)].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading({ stack, heading: facts, preview }: Summary, style: Style, width: number): string[] {
  const edition = facts.edition === undefined ? "" : ` ${editionTitle(facts.edition)}`;
  const cloud = facts.cloud === undefined ? "" : ` on ${cloudTitles[facts.cloud] ?? facts.cloud}`;
  const details = [
    facts.version === undefined ? "" : `version ${facts.version}`,
    facts.region === undefined ? "" : `region ${facts.region}`,
    facts.domain === undefined ? "no domain of its own" : `domain ${facts.domain}`,
  ].filter((each) => each !== "");
  const kind = preview ? "preview" : "deployment";
  return [
    style.bold(`OpenVidu${edition}${cloud}: stack ${stack}`),
    ...wrap(`${details.join(", ")}; a rehearsed ${kind}, nothing was created`, width).map(style.dim),
  ];
}

function changeSections({ edited, explanation }: Changes, options: TextOptions, style: Style): string[][] {
  const value = (each: unknown): string => (typeof each === "string" ? each : JSON.stringify(each));
  const rows = edited.map(({ path, before, after, kind }) => [
    path,
    kind,
    [before, after]
      .filter((each) => each !== undefined)
      .map(value)
      .join(" → "),
  ]);
  return [
    ...(rows.length > 0 ? [[style.bold("Edited since the update that was kept"), ...table(rows, options.width)]] : []),
    [renderExplanation(explanation, options).trimEnd()],
  ];
}

function treeSection({ tree, counts }: Summary, style: Style, width: number): string[][] {
  const rows: string[][] = [];
  const walk = (nodes: readonly TreeNode[], lead: string): void =>
    nodes.forEach((node, index) => {
      const last = index === nodes.length - 1;
      const branch = lead === "" && nodes === tree ? "" : last ? "└─ " : "├─ ";
      rows.push([
        `${lead}${branch}${shortType(node.type)} ${node.name}`,
        String(node.total),
        countsLine(node.resources),
      ]);
      walk(node.components, branch === "" ? " " : `${lead}${last ? "   " : "│  "}`);
    });
  walk(tree, "");
  const title = `What would exist: ${counts.resources} resources in ${counts.components} components`;
  return [[style.bold(title), ...table(rows, width)]];
}

function kindSection({ counts }: Summary, style: Style, width: number): string[][] {
  const kinds = new Map<string, string[]>();
  for (const [type, count] of Object.entries(counts.byType)) {
    const service = serviceOf(type);
    kinds.set(service, [...(kinds.get(service) ?? []), times(count, shortType(type))]);
  }
  const rows = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([service, each]) => [service, each.join(", ")]);
  return rows.length === 0 ? [] : [[style.bold("By service"), ...table(rows, width)]];
}

/** Lines of the cost estimate that are shown; the others are told in one. */
const shownCosts = 5;

function costSection({ costs }: Summary, style: Style, width: number, today: Date): string[][] {
  const { lines, total, unpriced, notIncluded, date, currency } = costs;
  if (date === undefined && unpriced.length === 0) return [];
  const without =
    unpriced.length === 0 ? "" : `, without ${unpriced.map(({ what, count }) => times(count.max, what)).join(", ")}`;
  const title =
    date === undefined
      ? "What it would cost: no prices are known"
      : `What it would cost: roughly ${money(total)} ${currency} a month at list prices of ${date}${without}`;
  const rows = lines
    .slice(0, shownCosts)
    .map(({ what, count, monthly }) => [money(monthly), `${between(count)} × ${what}`]);
  const rest = lines.slice(shownCosts);
  const others: Range = {
    min: rest.reduce((sum, { monthly }) => sum + monthly.min, 0),
    max: rest.reduce((sum, { monthly }) => sum + monthly.max, 0),
  };
  const old = date !== undefined && isOld(date, today);
  return [
    [
      ...wrap(title, width).map(style.bold),
      ...table([...rows, ...(rest.length > 0 ? [[money(others), `${rest.length} others`]] : [])], width),
      ...unpriced.flatMap(({ what, count, why }) =>
        note(`not counted: ${times(count.max, what)}: ${why}`, width, style.yellow),
      ),
      ...(old ? note("some of these prices are older than a year; look at today's", width, style.yellow) : []),
      ...note(`not included: ${notIncluded.join(", ")}`, width, style.dim),
    ],
  ];
}

function note(text: string, width: number, paint: (text: string) => string): string[] {
  return wrap(text, width - 2).map((line) => paint(`  ${line}`));
}

function outputSections({ outputs, preview }: Summary, style: Style, width: number): string[][] {
  const sections: string[][] = [];
  const add = (title: string, rows: string[][]): void => {
    if (rows.length > 0) sections.push([style.bold(title), ...table(rows, width)]);
  };
  const records = (outputs["dnsRecords"] ?? []) as { name: string; type: string; value: string }[];
  add("Addresses", [...entriesOf(outputs["urls"]), ...one("entry", outputs["entryAddress"])]);
  add(
    "DNS records that you still have to make",
    Array.isArray(records) ? records.map(({ name, type, value }) => [name, type, value]) : [],
  );
  add("Where things are", [
    ...one("credentials", outputs["credentials"]),
    ...one("masters", listed(outputs["masterAddresses"])),
    ...one("master group", outputs["masterGroup"]),
    ...one("media group", outputs["mediaGroup"]),
    ...one("queue", outputs["queue"]),
    ...entriesOf(outputs["storage"]),
  ]);
  add("What you have to put somewhere yourself (output handover)", linesOf(outputs["handover"]));
  const shown = [
    ...["urls", "entryAddress", "dnsRecords", "credentials", "masterAddresses", "mediaGroup", "storage"],
    ...["masterGroup", "queue", "handover"],
  ];
  // What the next update reads is of no use to a person.
  const remembered: readonly string[] = [generationsOutput, fixedOutput];
  const others = Object.entries(outputs).filter(([key]) => !shown.includes(key) && !remembered.includes(key));
  add(
    "Other outputs",
    others.flatMap(([key, value]) => one(key, typeof value === "string" ? value : JSON.stringify(value))),
  );
  if (preview && sections.length > 0) sections.at(-1)?.push(style.dim("  <unknown> becomes known with the deployment"));
  return sections;
}

/** Whole files, by name and length. */
function linesOf(files: unknown): string[][] {
  return entriesOf(files).map(([name = "", text = ""]) => [name, `${text.trimEnd().split("\n").length} lines`]);
}

function reachSection({ reach, preview }: Summary, style: Style, width: number): string[][] {
  const title = style.bold("Who can reach whom");
  if (preview)
    return [
      [title, style.dim("  shown for a deployment, not for a preview: the rules name ids that are still unknown")],
    ];
  if (reach.length === 0) return [];
  const header = ["from", "to", "protocol", "ports", "purpose"];
  const rows = reach.map((row) => [party(row.from), party(row.to), row.protocol, portsText(row), row.purpose]);
  const [head = "", ...body] = table([header, ...withoutRepeats(rows)], width);
  return [[title, style.dim(head), ...body]];
}

/** The first two columns are written once for rows that share them. */
function withoutRepeats(rows: readonly string[][]): string[][] {
  return rows.map((row, index) => {
    const above = rows[index - 1];
    return above && above[0] === row[0] && above[1] === row[1] ? ["", "", ...row.slice(2)] : row;
  });
}

function problemSection(summary: Summary, style: Style, width: number): string[][] {
  const { messages, refusals, skipped, placeholders } = summary;
  const bullets = (texts: readonly string[], paint: (text: string) => string): string[] =>
    texts.flatMap((text) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          wrap(line, width - 4).map((part, at) => paint(`${index === 0 && at === 0 ? "  - " : "    "}${part}`)),
        ),
    );
  const of = (severity: string): string[] =>
    messages
      .filter((message) => message.severity === severity)
      .map(({ message, urn }) => (urn ? `${nameOf(urn)}: ${message}` : message));
  const standIns = placeholders.map(({ key, reason }) => `${key}: ${reason}; the rehearsal used a stand-in`);
  const sections: string[][] = [];
  const add = (title: string, lines: string[]): void => {
    if (lines.length > 0) sections.push([title, ...lines]);
  };
  add(
    style.bold("The program says"),
    bullets(of("info"), (text) => text),
  );
  add(style.bold("Warnings"), bullets([...of("warning"), ...standIns], style.yellow));
  add(style.bold("Problems"), bullets(of("error"), style.red));
  add(
    style.bold("Refused"),
    bullets(
      refusals.map(({ urn, message }) => (urn === "" ? message : `${nameOf(urn)}: ${message}`)),
      style.red,
    ),
  );
  if (skipped.length > 0) {
    add(
      style.bold("Not tried, because they need what was refused"),
      bullets([skipped.map(nameOf).join(", ")], style.dim),
    );
  }
  return sections;
}

function verdict({ ok, stack, seconds, changes, kept }: Summary, style: Style): string[] {
  const time = `(${seconds.toFixed(1)} s)`;
  if (changes?.denied) return [style.red(`${stack}: denied, because something valuable would be lost ${time}`)];
  if (!ok) return [style.red(`${stack}: cannot be deployed like this ${time}`)];
  return [
    style.green(`${stack}: ready to deploy ${time}`),
    ...(kept ? [style.dim("kept: the next rehearsal of this stack shows what has changed since")] : []),
  ];
}

// Words.

function party(name: string): string {
  return partyTitles[name] ?? name;
}

function portsText({ ports: { first, last } }: ReachRow): string {
  if (first === 0 && last === 65535) return "all";
  return first === last ? String(first) : `${first}-${last}`;
}

/** `740 to 1,260`, or `740` */
function money({ min, max }: Range): string {
  return between({ min: Math.round(min), max: Math.round(max) });
}

function between({ min, max }: Range): string {
  const [least, most] = [min, max].map((each) => each.toLocaleString("en-US"));
  return least === most ? `${most}` : `${least} to ${most}`;
}

function countsLine(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([type, count]) => times(count, shortType(type)))
    .join(", ");
}

function times(count: number, what: string): string {
  return count === 1 ? what : `${count} ${what}`;
}

/** `aws:ec2/vpc:Vpc` as `Vpc`. */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** `aws:ec2/vpc:Vpc` as `aws ec2`. */
function serviceOf(type: string): string {
  const [packageName = "", module = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  return service === "" || service === "index" ? packageName : `${packageName} ${service}`;
}

function one(title: string, value: unknown): string[][] {
  return typeof value === "string" && value !== "" ? [[title, value]] : [];
}

function entriesOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, text]) => one(key, text));
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : "";
}
