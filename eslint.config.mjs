/**
 * What the linter demands. Formatting is prettier's business alone; rules here are about behaviour and structure.
 */
import pulumi from "@pulumi/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { importBorders } from "./scripts/lint/import-borders.mjs";
import { noPortLiterals } from "./scripts/lint/no-port-literals.mjs";

const product = [
  "index.ts",
  "components/**/*.ts",
  "providers/**/*.ts",
  "nodes/**/*.ts",
  "stacks/**/*.ts",
  "automation/**/*.ts",
];
const classes = ["components/**/*.ts", "providers/**/*.ts"];

/** Hidden members of a component are published as its outputs by Pulumi's packaging. */
const hiddenMembers = [
  {
    selector: ":matches(PropertyDefinition, MethodDefinition, TSParameterProperty)[accessibility='private']",
    message: "No private members: use a local function or constant.",
  },
  {
    selector: ":matches(PropertyDefinition, MethodDefinition) > PrivateIdentifier.key",
    message: "No # members: use a local function or constant.",
  },
];

/** With a class in between, Pulumi's packaging refuses the whole package, and shows no output of it. */
const baseClasses = {
  selector:
    ":matches(ClassDeclaration, ClassExpression)[superClass]:not([superClass.property.name='ComponentResource'])",
  message: "Extend pulumi.ComponentResource directly: shared behaviour is a function.",
};

/** What is created inside `apply` is missing from previews. */
const resourcesInApply = {
  selector:
    "CallExpression[callee.property.name='apply'] NewExpression:not([callee.name=/Error$|^(Set|Map|URL|Date|RegExp)$/])",
  message: "No resource inside apply: a preview cannot show it.",
};

export default defineConfig(
  globalIgnores(["node_modules/", "coverage/", ".rehearsal/", "docs/", "test/emulators/venv/"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: {
      "@pulumi": pulumi,
      house: { rules: { "import-borders": importBorders, "no-port-literals": noPortLiterals } },
    },
    rules: {
      eqeqeq: "error",
      "house/import-borders": "error",
      // The plugin's second rule, for OutputInstance, looks for a type alias, which the SDK has made an interface: it
      // never fires. typescript-eslint's restrict-template-expressions, part of the preset above, takes its place.
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Package roots cost seconds of type checking and hundreds of megabytes.
      "no-restricted-imports": [
        "error",
        {
          paths: ["@pulumi/aws", "@pulumi/azure-native"].map((name) => ({
            name,
            message: `Import a submodule, such as ${name}/${name === "@pulumi/aws" ? "ec2" : "compute"}.`,
          })),
        },
      ],
    },
  },
  { files: product, rules: { "house/no-port-literals": "error" } },
  { files: classes, rules: { "no-restricted-syntax": ["error", ...hiddenMembers, baseClasses, resourcesInApply] } },
  {
    // Tests take apart recorded graphs and rendered documents, whose values nobody has typed.
    files: ["test/**/*.ts"],
    rules: Object.fromEntries(
      [
        "no-explicit-any",
        "no-unsafe-argument",
        "no-unsafe-assignment",
        "no-unsafe-call",
        "no-unsafe-member-access",
        "no-unsafe-return",
      ].map((rule) => [`@typescript-eslint/${rule}`, "off"]),
    ),
  },
);
