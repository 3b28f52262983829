/**
 * The files that are made from the schema: up to date, and true.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { configDocs, rowsOf } from "../../scripts/generate-config-docs";
import { schemaFiles } from "../../scripts/generate-schema";
import { staleFiles } from "../../scripts/generated-files";
import { configSchema, type JsonSchema, stackFileSchema } from "../../stacks/json-schema";
import { secretKeysOf } from "../../stacks/settings";

const root = path.resolve(__dirname, "../..");
const clouds = ["aws", "azure", "onprem"] as const;

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
    for (const [i, cloud] of clouds.entries()) {
      const keys = [...Object.keys(configSchema(cloud).properties ?? {}), ...secretKeysOf(cloud)].map(
        (key) => `openvidu:${key}`,
      );
      assert.deepEqual(Object.keys(allOf[i]?.then.properties ?? {}).sort(), keys.sort());
      assert.equal(allOf[i]?.then.additionalProperties, false);
    }
  });

  it("every key says whether it has to be given", () => {
    for (const cloud of clouds) {
      const silent = rowsOf(configSchema(cloud)).filter(
        (row) => !/^(Required|Optional|Conditional)\. ./.test(row.description),
      );
      assert.deepEqual(silent, []);
    }
  });

  it("every key that must be given is described as such", () => {
    for (const cloud of clouds) {
      const { properties = {}, required = [] } = configSchema(cloud);
      const described = Object.keys(properties).filter((key) => properties[key]?.description?.startsWith("Required."));
      assert.deepEqual(described.sort(), [...required].sort());
    }
  });

  it("the page names every key of both clouds", () => {
    const page = configDocs(root)["docs/config.md"] ?? "";
    for (const { key } of clouds.flatMap((cloud) => rowsOf(configSchema(cloud))))
      assert.ok(page.includes(`| \`${key}\` |`), key);
  });
});
