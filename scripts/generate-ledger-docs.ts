/**
 * Makes docs/weaknesses.md from the ledger that the tests are held to. `--check` writes nothing and fails when the page
 * is stale.
 */
import path from "node:path";
import { ledger, type LedgerRow, type Status } from "../test/ledger";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

const titles: Readonly<Record<Status, string>> = {
  resolved: "Resolved",
  partly: "Partly resolved",
  planned: "Planned",
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

function tableOf(rows: readonly LedgerRow[]): string {
  const headings = ["id", "official deployment", "here"];
  const body = rows.map(({ id, problem, how, open }) => line([id, problem, open ? `${how} _${open}._` : how]));
  return [line(headings), line(headings.map(() => "---")), ...body].join("\n");
}

function evidence({ id, shownBy }: LedgerRow): string {
  return [`- ${id}`, ...shownBy.map((title) => `  - \`${title}\``)].join("\n");
}

/** The page, as one text. */
export function ledgerPage(rows: readonly LedgerRow[]): GeneratedFiles {
  const sections = (Object.keys(titles) as Status[]).map((status) => {
    const own = rows.filter((row) => row.status === status);
    return `## ${titles[status]} (${own.length})\n\n${tableOf(own)}`;
  });
  const parts = [
    "# Known weaknesses of the official deployments, and what became of them",
    "_Generated from test/ledger.ts by `npm run docs`. Do not edit._",
    "The rows are what is known to be wrong with the official deployments on AWS (CloudFormation) and " +
      "Azure (Bicep), with the documented ways to install it on machines of one's own, and with the template of Enterprise v2. A full test run fails when a test that is named at the end is missing or fails.",
    ...sections,
    `## Tests that show it\n\n${rows
      .filter(({ shownBy }) => shownBy.length > 0)
      .map(evidence)
      .join("\n")}`,
  ];
  return { "docs/weaknesses.md": `${parts.join("\n\n")}\n` };
}

if (require.main === module) {
  process.exitCode = writeOrCheck(ledgerPage(ledger), path.resolve(__dirname, ".."), process.argv.slice(2));
}
