/**
 * ESLint rule: who may import whom. One table says which folders may see which others and which packages; everything
 * that is not in it is a border. Catches every form of import: static, type-only, re-export, `import()`, `require`.
 */
import path from "node:path";

/** Folders of the project, most specific first: a file belongs to the first one that contains it. */
const layers = [
  "openvidu",
  "nodes",
  "components",
  "providers/aws",
  "providers/azure",
  "providers/onprem",
  "providers",
  "stacks",
  "automation",
  "rehearsal",
  "bench",
  "scripts",
  "test",
];

/** Files at the top level, `index.ts` above all: they put the program together as `stacks` does. */
const topLevel = "index";

const providers = ["providers", "providers/aws", "providers/azure", "providers/onprem"];
const product = ["openvidu", "nodes", "components", ...providers, "stacks", "index"];

/** What a file of each layer may import, besides its own layer. */
const mayImport = {
  openvidu: [],
  nodes: ["openvidu"],
  components: ["openvidu", "nodes"],
  "providers/aws": ["openvidu", "components"],
  "providers/azure": ["openvidu", "components"],
  "providers/onprem": ["openvidu", "components"],
  providers: ["openvidu", "components", "providers/aws", "providers/azure", "providers/onprem"],
  stacks: ["openvidu", "components", ...providers],
  index: ["openvidu", "components", ...providers, "stacks"],
  automation: product,
  rehearsal: product,
  bench: [...product, "rehearsal", "automation"],
  // The ledger of weaknesses is data of the tests that a page is made from.
  scripts: [...product, "rehearsal", "automation", "bench", "test"],
  test: [...product, "rehearsal", "automation", "bench", "scripts"],
};

const isPackage = (name) => (specifier) => specifier === name || specifier.startsWith(`${name}/`);
const pulumi = (specifier) => specifier.startsWith("@pulumi/");
const aws = isPackage("@pulumi/aws");
const azure = isPackage("@pulumi/azure-native");
const command = isPackage("@pulumi/command");
const zod = isPackage("zod");

/** Packages that a layer must do without. Layers that are not listed may use what package.json has. */
const mayNotUse = {
  openvidu: [pulumi, zod],
  nodes: [pulumi, zod],
  components: [aws, azure, command, zod],
  "providers/aws": [azure, command, zod],
  "providers/azure": [aws, command, zod],
  "providers/onprem": [aws, azure, zod],
  providers: [aws, azure, command, zod],
  stacks: [aws, azure, command],
  index: [aws, azure, command, zod],
  automation: [aws, azure, command],
};

function layerOf(file, root) {
  const relative = path.relative(root, file).split(path.sep).join("/");
  if (relative.startsWith("../") || relative.includes("node_modules/")) return undefined;
  return layers.find((layer) => relative === layer || relative.startsWith(`${layer}/`)) ?? topLevel;
}

/** What is wrong with an import, as the id of a message and its data, or nothing. */
function judge(file, specifier, root) {
  const from = layerOf(file, root);
  if (from === undefined) return undefined;
  if (!specifier.startsWith(".")) {
    const forbidden = mayNotUse[from]?.some((matches) => matches(specifier)) ?? false;
    return forbidden ? { messageId: "package", data: { from, specifier } } : undefined;
  }
  const to = layerOf(path.resolve(path.dirname(file), specifier), root);
  if (to === undefined || to === from || mayImport[from].includes(to)) return undefined;
  return { messageId: "border", data: { from, to, allowed: mayImport[from].join(", ") || "nothing else" } };
}

export const importBorders = {
  meta: {
    type: "problem",
    docs: { description: "keep dependencies pointing one way" },
    schema: [],
    messages: {
      border: "{{from}} must not import {{to}}; it may import: {{allowed}}",
      package: "{{from}} must not import {{specifier}}",
    },
  },
  create(context) {
    const check = (node) => {
      if (node?.type !== "Literal" || typeof node.value !== "string") return;
      const problem = judge(context.filename, node.value, context.cwd);
      if (problem) context.report({ node, ...problem });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0]),
      "CallExpression[callee.object.name='require'][callee.property.name='resolve']": (node) =>
        check(node.arguments[0]),
    };
  },
};
