/**
 * The files that are made from the schema: up to date, and true.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { configDocs, rowsOf } from "../../scripts/generate-config-docs";
import { schemaFiles } from "../../scripts/generate-schema";
import { staleFiles } from "../../scripts/generated-files";
import { configSchema, type JsonSchema, stackFileSchema } from "../../stacks/json-schema";
import { kinds } from "../../stacks/schemas";
import { secretKeysOf } from "../../stacks/settings";

const root = path.resolve(__dirname, "../..");

interface StackFile {
  readonly properties: {
    readonly config: { readonly allOf: readonly { readonly if: unknown; readonly then: JsonSchema }[] };
  };
}

describe("generated files", () => {
  it("config.schema.json is what the schema says", () => {
    assert.deepEqual(staleFiles(schemaFiles(), root), []);
  });

  it("docs/config.md is what the schema and the profiles say", () => {
    assert.deepEqual(staleFiles(configDocs(root), root), []);
  });

  it("the JSON Schema has every key of each cloud, and no other key of the program's", () => {
    const { allOf } = (stackFileSchema() as StackFile).properties.config;
    for (const [i, kind] of kinds.entries()) {
      const keys = [...Object.keys(configSchema(kind).properties ?? {}), ...secretKeysOf(kind)].map(
        (key) => `openvidu:${key}`,
      );
      assert.deepEqual(Object.keys(allOf[i]?.then.properties ?? {}).sort(), keys.sort());
      assert.equal(allOf[i]?.then.additionalProperties, false);
    }
  });

  it("every key says whether it has to be given", () => {
    for (const kind of kinds) {
      const silent = rowsOf(configSchema(kind)).filter(
        (row) => !/^(Required|Optional|Conditional)\. ./.test(row.description),
      );
      assert.deepEqual(silent, []);
    }
  });

  it("every key that must be given is described as such", () => {
    for (const kind of kinds) {
      const { properties = {}, required = [] } = configSchema(kind);
      const described = Object.keys(properties).filter((key) => properties[key]?.description?.startsWith("Required."));
      assert.deepEqual(described.sort(), [...required].sort());
    }
  });

  it("the page names every key of every cloud and edition", () => {
    const page = configDocs(root)["docs/config.md"] ?? "";
    for (const { key } of kinds.flatMap((kind) => rowsOf(configSchema(kind))))
      assert.ok(page.includes(`| \`${key}\` |`), key);
  });
});
