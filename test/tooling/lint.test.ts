/**
 * The linter catches what it is configured to catch: snippets are linted as if they stood in a file of each folder.
 * Every refused snippet has a neighbour that is accepted, so that a rule that always fires is noticed as well.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const root = path.resolve(__dirname, "../..");

/** One file per layer; only its place counts. */
const fileOf = {
  openvidu: "openvidu/ports.ts",
  nodes: "nodes/render.ts",
  components: "components/errors.ts",
  "providers/aws": "providers/aws/network.ts",
  "providers/azure": "providers/azure/network.ts",
  providers: "providers/registry.ts",
  stacks: "stacks/settings.ts",
  index: "index.ts",
  automation: "automation/index.ts",
  rehearsal: "rehearsal/graph.ts",
  test: "test/tooling/lint.test.ts",
} as const;
type Layer = keyof typeof fileOf;

/** Where the type-aware rules are tried: a project of one file, so that nothing but its imports has to be understood. */
const alone = "test/tooling/lint/snippet.ts";
const withTypes = new ESLint({
  cwd: root,
  overrideConfig: {
    files: [alone],
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: path.join(root, alone, "../tsconfig.json"),
        // With CI=true the parser would read each file once, from disk, and never look at our text.
        disallowAutomaticSingleRunInference: true,
      },
    },
  },
});

/** Without type information: borders need none, and cloud SDKs take long to be understood. */
const withoutTypes = new ESLint({
  cwd: root,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    {
      files: ["**/*.ts"],
      rules: {
        "@pulumi/no-output-in-template-literal": "off",
      },
    },
  ],
});

async function rulesFired(eslint: ESLint, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  assert.ok(result);
  return result.messages.map(({ ruleId, message }) => ruleId ?? message);
}

const useless = "@typescript-eslint/no-unused-vars";
const importOf = (from: string): string => `import { x } from "${from}";\nexport const y = x;\n`;

/* prettier-ignore */
const borders: readonly { readonly in: Layer; readonly import: string; readonly allowed: boolean }[] = [
  { in: "openvidu", import: "./modules", allowed: true },
  { in: "openvidu", import: "../components/errors", allowed: false },
  { in: "openvidu", import: "../nodes/render", allowed: false },
  { in: "openvidu", import: "@pulumi/pulumi", allowed: false },
  { in: "nodes", import: "../openvidu/ports", allowed: true },
  { in: "nodes", import: "node:zlib", allowed: true },
  { in: "nodes", import: "../components/errors", allowed: false },
  { in: "nodes", import: "@pulumi/pulumi", allowed: false },
  { in: "components", import: "../openvidu/ports", allowed: true },
  { in: "components", import: "../nodes/render", allowed: true },
  { in: "components", import: "@pulumi/random", allowed: true },
  { in: "components", import: "../providers/registry", allowed: false },
  { in: "components", import: "../providers/aws/network", allowed: false },
  { in: "components", import: "../stacks/settings", allowed: false },
  { in: "components", import: "../rehearsal/graph", allowed: false },
  { in: "components", import: "@pulumi/aws/ec2", allowed: false },
  { in: "components", import: "@pulumi/azure-native/network", allowed: false },
  { in: "components", import: "zod", allowed: false },
  { in: "providers/aws", import: "@pulumi/aws/ec2", allowed: true },
  { in: "providers/aws", import: "../../components/errors", allowed: true },
  { in: "providers/aws", import: "./firewall", allowed: true },
  { in: "providers/aws", import: "../azure/network", allowed: false },
  { in: "providers/aws", import: "@pulumi/azure-native/network", allowed: false },
  { in: "providers/aws", import: "../../stacks/settings", allowed: false },
  { in: "providers/azure", import: "@pulumi/azure-native/network", allowed: true },
  { in: "providers/azure", import: "../aws/network", allowed: false },
  { in: "providers/azure", import: "@pulumi/aws/ec2", allowed: false },
  { in: "providers", import: "./aws", allowed: true },
  { in: "providers", import: "./azure/index", allowed: true },
  { in: "providers", import: "../stacks/settings", allowed: false },
  { in: "stacks", import: "../components/cloud", allowed: true },
  { in: "stacks", import: "../providers/registry", allowed: true },
  { in: "stacks", import: "../providers/aws/regions", allowed: true },
  { in: "stacks", import: "../rehearsal/graph", allowed: false },
  { in: "stacks", import: "../automation/index", allowed: false },
  { in: "stacks", import: "@pulumi/aws/ec2", allowed: false },
  { in: "index", import: "./stacks/settings", allowed: true },
  { in: "index", import: "./rehearsal/graph", allowed: false },
  { in: "index", import: "./test/tooling/lint.test", allowed: false },
  { in: "automation", import: "../stacks/settings", allowed: true },
  { in: "automation", import: "../rehearsal/graph", allowed: false },
  { in: "rehearsal", import: "../stacks/settings", allowed: true },
  { in: "rehearsal", import: "../index", allowed: true },
  { in: "rehearsal", import: "../test/tooling/lint.test", allowed: false },
  { in: "test", import: "../../rehearsal/graph", allowed: true },
];

/** Other ways to write an import, each crossing a border. */
/* prettier-ignore */
const crossings: readonly { readonly in: Layer; readonly code: string }[] = [
  { in: "components", code: `export * from "../providers/registry";\n` },
  { in: "components", code: `export { clouds } from "../providers/registry";\n` },
  { in: "components", code: `import type { A } from "../providers/registry";\nexport type B = A;\n` },
  { in: "components", code: `export type B = import("../providers/registry").A;\n` },
  { in: "components", code: `export const later = import("../providers/registry");\n` },
  { in: "components", code: `import old = require("../providers/registry");\nexport const b: unknown = old;\n` },
  { in: "components", code: `export const old: unknown = require("../providers/registry");\n` },
];

/* prettier-ignore */
const rules: readonly { readonly rule: string; readonly in: Layer; readonly refused: string; readonly accepted: string; readonly types?: true }[] = [
  { rule: "no-restricted-imports", in: "providers/aws", refused: importOf("@pulumi/aws"), accepted: importOf("@pulumi/aws/s3") },
  { rule: "no-restricted-imports", in: "test", refused: importOf("@pulumi/azure-native"), accepted: importOf("@pulumi/azure-native/compute") },
  { rule: "no-restricted-syntax", in: "components", refused: "export class A { private readonly a = 1; }\n", accepted: "export class A { public readonly a = 1; }\n" },
  { rule: "no-restricted-syntax", in: "components", refused: "export class A { private b() {} }\n", accepted: "export class A { b() {} }\n" },
  { rule: "no-restricted-syntax", in: "providers/aws", refused: "export class A { constructor(private readonly a: number) {} }\n", accepted: "export class A { constructor(public readonly a: number) {} }\n" },
  { rule: "no-restricted-syntax", in: "providers/azure", refused: "export class A { #a = 1; }\n", accepted: "export class A { a = 1; }\n" },
  { rule: "no-restricted-syntax", in: "components", refused: "declare class A {}\nexport class B extends A {}\n", accepted: 'import * as pulumi from "@pulumi/pulumi";\nexport class B extends pulumi.ComponentResource {}\n' },
  { rule: "no-restricted-syntax", in: "providers/aws", refused: "declare const o: any; declare const Bucket: any;\nexport const b = o.apply((n: string) => new Bucket(n));\n", accepted: "declare const o: any;\nexport const b = o.apply((n: string) => { throw new RangeError(n); });\n" },
  { rule: "house/no-port-literals", in: "providers/aws", refused: "export const a = { fromPort: 443 };\n", accepted: "export const a = (port: number) => ({ fromPort: port });\n" },
  { rule: "house/no-port-literals", in: "providers/azure", refused: `export const a = { destinationPortRanges: ["443", "80"] };\n`, accepted: `export const a = { destinationPortRanges: ["*"] };\n` },
  { rule: "house/no-port-literals", in: "components", refused: "export const listen = 7880;\n", accepted: "export const percent = 80;\n" },
  { rule: "house/no-port-literals", in: "stacks", refused: `export const range = "1935-1945";\n`, accepted: `export const year = "2026";\n` },
  { rule: "eqeqeq", in: "openvidu", refused: "export const a = (b: string) => b == `1`;\n", accepted: "export const a = (b: string) => b === `1`;\n" },
  { rule: "@typescript-eslint/no-floating-promises", in: "rehearsal", types: true, refused: "Promise.resolve(1);\nexport {};\n", accepted: "void Promise.resolve(1);\nexport {};\n" },
  { rule: "@typescript-eslint/switch-exhaustiveness-check", in: "openvidu", types: true,
    refused: `export function f(a: "x" | "y"): number { switch (a) { case "x": return 1; } return 2; }\n`,
    accepted: `export function f(a: "x" | "y"): number { switch (a) { case "x": return 1; case "y": return 2; } }\n` },
  { rule: "@pulumi/no-output-in-template-literal", in: "components", types: true,
    refused: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.Output<string>) => \`\${o}\`;\n`,
    accepted: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.Output<string>) => pulumi.interpolate\`\${o}\`;\n` },
  { rule: "@typescript-eslint/restrict-template-expressions", in: "components", types: true,
    refused: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.OutputInstance<string>) => \`\${o}\`;\n`,
    accepted: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.OutputInstance<string>) => pulumi.interpolate\`\${o}\`;\n` },
  { rule: "@typescript-eslint/restrict-plus-operands", in: "components", types: true,
    refused: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.Output<string>) => "a" + o;\n`,
    accepted: `import * as pulumi from "@pulumi/pulumi";\nexport const f = (o: pulumi.Output<string>) => pulumi.interpolate\`a\${o}\`;\n` },
];

describe("lint: import borders", () => {
  for (const { in: layer, import: specifier, allowed } of borders) {
    it(`${layer} ${allowed ? "may" : "must not"} import ${specifier}`, async () => {
      const fired = await rulesFired(withoutTypes, fileOf[layer], importOf(specifier));
      assert.deepEqual(fired, allowed ? [] : ["house/import-borders"]);
    });
  }

  for (const { in: layer, code } of crossings) {
    it(`a border is seen in: ${code.split("\n")[0]}`, async () => {
      const fired = await rulesFired(withoutTypes, fileOf[layer], code);
      assert.ok(fired.includes("house/import-borders"), fired.join());
    });
  }
});

describe("lint: rules", () => {
  for (const { rule, in: layer, refused, accepted, types } of rules) {
    it(`${rule} refuses in ${layer}: ${refused.replaceAll("\n", " ").slice(0, 90)}`, async () => {
      const [eslint, file] = types ? ([withTypes, alone] as const) : ([withoutTypes, fileOf[layer]] as const);
      const fired = await rulesFired(eslint, file, refused);
      assert.ok(fired.includes(rule), `fired: ${fired.join() || "nothing"}`);
      const neighbour = await rulesFired(eslint, file, accepted);
      assert.ok(!neighbour.includes(rule) && !neighbour.includes(useless), `fired: ${neighbour.join()}`);
    });
  }
});
