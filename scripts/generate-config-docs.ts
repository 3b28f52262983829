/**
 * Writes docs/config.md, the reference of everything that a stack file may hold, from the schema and the profiles.
 * `--check` writes nothing and fails when the page is stale.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { CloudName } from "../components/cloud";
import { configSchema, type JsonSchema } from "../stacks/json-schema";
import { machineClouds, type Profile, profileNames, profiles } from "../stacks/profiles";
import { secretDescriptions } from "../stacks/schema";
import type { Kind } from "../stacks/schemas";
import { longestStackName } from "../stacks/rules";
import { secretKeys } from "../stacks/settings";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

interface Row {
  readonly key: string;
  readonly value: string;
  readonly description: string;
}

/** One line for each key and each key below it, in the schema's order. */
export function rowsOf(schema: JsonSchema, prefix = ""): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const key = prefix + name;
    const own = { key, value: valueText(part), description: part.description ?? "" };
    return [own, ...rowsOf(part, `${key}.`), ...(part.oneOf ?? []).flatMap((option) => optionRows(option, key))];
  });
}

/** The keys of one form of a group that has several, marked with the `kind` that chooses it. */
function optionRows(option: JsonSchema, key: string): Row[] {
  const { kind, ...others } = option.properties ?? {};
  const form = `${key}.kind = ${kind?.const ?? ""}`;
  return [
    { key: form, value: "", description: kind?.description ?? "" },
    ...rowsOf({ properties: others }, `${key}.`).map((row) => ({ ...row, key: `${row.key} (${kind?.const ?? ""})` })),
  ];
}

function valueText(schema: JsonSchema): string {
  if (schema.oneOf) return "group, by `kind`";
  if (schema.anyOf) return schema.anyOf.map(valueText).join(" or ");
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.type === "integer") return `${String(schema.minimum)} to ${String(schema.maximum)}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "array") {
    const { minItems = 0, maxItems } = schema;
    return `list of ${minItems === maxItems ? "" : `${minItems} to `}${String(maxItems)}`;
  }
  if (schema.type === "object") return schema.properties ? "group" : "names and texts";
  return "text";
}

const code = (text: string): string => `\`${text}\``;

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

function keyTable(rows: readonly Row[]): string {
  return table(
    ["Key", "Value", "Description"],
    rows.map(({ key, value, description }) => [code(key), value, description]),
  );
}

/** What each part of a profile is called in a stack file. */
const profileKeys: Readonly<Record<keyof Profile, string>> = {
  masterInstanceType: "masters.instanceType",
  mediaInstanceType: "media.instanceType",
  rootDiskGiB: "masters.rootDiskGiB",
  dataDiskGiB: "masters.dataDiskGiB",
  mediaDiskGiB: "media.diskGiB",
  mediaMin: "media.min",
  mediaMax: "media.max",
  nat: "network.nat",
  keepDeletedDays: "storage.keepDeletedDays",
  secretRecoveryDays: "secretRecoveryDays",
};

function profileTable(): string {
  const text = (value: Profile[keyof Profile]): string =>
    typeof value === "object" ? machineClouds.map((cloud) => `${cloud}: ${value[cloud]}`).join(", ") : String(value);
  const keys = Object.keys(profileKeys) as (keyof Profile)[];
  return table(
    ["Key", ...profileNames],
    keys.map((key) => [code(profileKeys[key]), ...profileNames.map((name) => text(profiles[name][key]))]),
  );
}

function cloudSection(cloud: CloudName, title: string, shared: readonly Row[]): string {
  const isShared = (row: Row): boolean => shared.some((other) => same(row, other));
  const own = rowsOf(configSchema({ cloud, edition: "ha" })).filter((row) => !isShared(row));
  return `## ${title} only\n\n${keyTable(own)}`;
}

/** What another edition has in place of the keys of High Availability, and which of those it has not. */
function editionSection(kind: Kind, title: string): string {
  const base = rowsOf(configSchema({ ...kind, edition: "ha" }));
  const own = rowsOf(configSchema(kind));
  const missing = base.filter(({ key }) => !own.some((row) => row.key === key)).map(({ key }) => code(key));
  const other = own.filter((row) => !base.some((known) => same(row, known)));
  return `### ${title}\n\nWithout ${missing.join(", ")}. Other than above:\n\n${keyTable(other)}`;
}

const same = (one: Row, other: Row): boolean =>
  one.key === other.key && one.value === other.value && one.description === other.description;

function shortest(folder: string): string {
  const text = readFileSync(path.join(folder, "stacks/Pulumi.aws-ha.yaml"), "utf8");
  return text.slice(text.indexOf("config:")).trimEnd();
}

/** The page, by its path in the project. */
export function configDocs(folder = path.resolve(__dirname, "..")): GeneratedFiles {
  const [aws, azure, onprem] = [
    rowsOf(configSchema({ cloud: "aws", edition: "ha" })),
    rowsOf(configSchema({ cloud: "azure", edition: "ha" })),
    rowsOf(configSchema({ cloud: "onprem", edition: "ha" })),
  ];
  const shared = aws.filter((row) => azure.some((other) => same(row, other)));
  const everywhere = shared.filter((row) => onprem.some((other) => same(row, other)));
  const parts = [
    "# Config reference",
    "_Generated from `stacks/schema*.ts` and `stacks/profiles.ts` by `npm run docs`. Do not edit._",
    "A deployment is one file, `stacks/Pulumi.<stack>.yaml`. Every key below stands under `config:` with the prefix\n" +
      "`openvidu:`. The shortest useful file, to which the secret `license` is added:",
    `\`\`\`yaml\n${shortest(folder)}\n\`\`\``,
    "Keys with a dot are written as groups, or set one at a time:\n`pulumi config set --path media.max 8`. Unknown keys are refused. All problems are reported at once, before\n" +
      "anything is created.",
    `The stack's name becomes part of names in the cloud: at most ${longestStackName} letters, digits and hyphens, beginning with a letter\nand not ending in a hyphen.`,
    "Editors with a YAML language server complete and check a file that begins with the line\n`# yaml-language-server: $schema=./config.schema.json`.",
    "## Secrets",
    "Encrypted in the stack file; plain text is refused. Set with `pulumi config set --secret <key>`.",
    table(
      ["Key", "Description"],
      secretKeys.map((key) => [code(key), secretDescriptions[key]]),
    ),
    "## Profiles",
    "What a profile decides. A key that is given wins.",
    profileTable(),
    "## Everywhere",
    keyTable(everywhere),
    "## Both clouds",
    keyTable(shared.filter((row) => !everywhere.includes(row))),
    cloudSection("aws", "AWS", shared),
    cloudSection("azure", "Azure", shared),
    cloudSection("onprem", "Machines of your own", everywhere),
    "## Elastic",
    "One master at a fixed public address. Every key above is there as well, but for these.",
    editionSection({ cloud: "aws", edition: "elastic" }, "AWS"),
    editionSection({ cloud: "azure", edition: "elastic" }, "Azure"),
    editionSection({ cloud: "onprem", edition: "elastic" }, "Machines of your own"),
    "## Enterprise v2",
    "On AWS alone; [enterprise-v2.md](enterprise-v2.md) says what it is. These are all of its keys.",
    keyTable(rowsOf(configSchema({ cloud: "aws", edition: "enterprise-v2" }))),
  ];
  return { "docs/config.md": `${parts.join("\n\n")}\n` };
}

if (require.main === module) {
  const root = path.resolve(__dirname, "..");
  process.exitCode = writeOrCheck(configDocs(root), root, process.argv.slice(2));
}
