/**
 * What the hand-written documents say can be found: files and headings that they link to, npm scripts, config keys, sizes.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { configSchema, type JsonSchema } from "../../stacks/json-schema";
import { kinds } from "../../stacks/schemas";
import { machineClouds, profileNames, profiles } from "../../stacks/profiles";
import { secretKeys } from "../../stacks/settings";

const root = path.resolve(__dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

const documents = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...readdirSync(path.join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** Without code, in which brackets and hashes mean other things. */
const prose = (text: string): string => text.replaceAll(/^ *```[^]*?^ *```$/gm, "").replaceAll(/`[^`\n]*`/g, "code");

/** Anchors that renderers give to headings: lower case, no punctuation, hyphens for blanks. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replaceAll(/^ *```[^]*?^ *```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(
    ([, heading]) => heading ?? "",
  );
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Relative links and images of a document, as paths from the root, with their anchors. */
function linksOf(document: string): { file: string; anchor?: string }[] {
  const targets = [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", anchor] = target.split("#");
      return { file: file === "" ? document : path.join(path.dirname(document), file), anchor };
    });
}

/** Every key of the config, such as `media.max`. */
function keysOf(schema: JsonSchema, prefix = ""): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => [
    `${prefix}${name}`,
    ...keysOf(part, `${prefix}${name}.`),
  ]);
  return [...own, ...(schema.oneOf ?? []).flatMap((option) => keysOf(option, prefix))];
}

describe("documents", () => {
  for (const document of documents) {
    it(`${document} links only to what exists`, () => {
      for (const { file, anchor } of linksOf(document)) {
        assert.ok(existsSync(path.join(root, file)), `${document} links to ${file}`);
        if (anchor !== undefined)
          assert.ok(anchorsOf(read(file)).has(anchor), `${document} links to ${file}#${anchor}`);
      }
    });
  }

  it("name only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) =>
      [...read(document).matchAll(/npm (?:run ([a-z-]+)|(start|test)\b)/g)].map(
        ([, script, short]) => script ?? short ?? "",
      ),
    );
    assert.ok(named.includes("start") && named.includes("check"));
    assert.deepEqual(
      [...new Set(named)].filter((script) => !(script in scripts)),
      [],
    );
  });

  it("name only config keys that exist", () => {
    const keys = new Set([...kinds.flatMap((kind) => keysOf(configSchema(kind))), ...secretKeys]);
    assert.ok(keys.has("media.max") && keys.has("dns.zoneId"));
    for (const document of documents) {
      for (const [, key] of read(document).matchAll(/openvidu:([a-z][A-Za-z0-9]*(?:\.[a-zA-Z0-9]+)*)/g)) {
        assert.ok(keys.has(key ?? "") || key === "index", `${document} names openvidu:${key}`);
      }
    }
  });

  for (const profile of profileNames) {
    for (const cloud of machineClouds) {
      it(`the README counts what ${profile} on ${cloud} has`, () => {
        const lines = read("README.md").split("## What it costs")[1]?.split("\n") ?? [];
        const cells = (start: string): string[] => {
          const line = lines.find((text) => text.startsWith(`| ${start} `));
          assert.ok(line, `no row ${start}`);
          return line.split("|").map((cell) => cell.trim());
        };
        const column = cells("Item").findIndex((cell) => cell.toLowerCase() === `${cloud} \`${profile}\``);
        const facts = profiles[profile];
        const expected: Record<string, string> = {
          Masters: `4 × ${facts.masterInstanceType[cloud]}`,
          "Media nodes": `${facts.mediaMin} to ${facts.mediaMax} × ${facts.mediaInstanceType[cloud]}`,
          "System disks of masters": `4 × ${facts.rootDiskGiB} GiB`,
          "Data disks of masters": `4 × ${facts.dataDiskGiB} GiB`,
          "Disk of each media node": `${facts.mediaDiskGiB} GiB`,
        };
        for (const [row, start] of Object.entries(expected)) {
          assert.ok(
            cells(row)[column]?.startsWith(start),
            `${row}: "${cells(row)[column]}" does not begin with "${start}"`,
          );
        }
      });
    }
  }
});
