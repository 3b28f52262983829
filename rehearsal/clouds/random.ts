/**
 * The random provider, with values that follow from the resource's URN so that two rehearsals agree.
 */
import type { CloudModel, Properties, ResourceModel, World } from "../model";
import { given, hexDigits, number, problems, text, uuid } from "./values";

const source =
  "github.com/hashicorp/terraform-provider-random, resources string, password, id, bytes, uuid: every argument has the plan modifier RequiresReplace";
const classes = {
  upper: { minimum: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
  lower: { minimum: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
  numeric: { minimum: "minNumeric", characters: "0123456789" },
  special: { minimum: "minSpecial", characters: "!@#$%&*()-_=+[]{}<>:?" },
} as const;

/** Character classes that a text is drawn from, each with how many at least. */
function wanted(inputs: Properties): { characters: string; minimum: number }[] {
  return Object.entries(classes)
    .filter(([name]) => inputs[name] !== false && !(name === "numeric" && inputs.number === false))
    .map(([name, { minimum, characters }]) => ({
      characters: name === "special" ? text(inputs.overrideSpecial) || characters : characters,
      minimum: number(inputs[minimum]) ?? 0,
    }));
}

function textProblems(inputs: Properties): string[] {
  const length = number(inputs.length);
  const least = wanted(inputs).reduce((sum, { minimum }) => sum + minimum, 0);
  return problems(
    (length === undefined || length < 1) && `Attribute length value must be at least 1, got: ${length ?? ""}`,
    length !== undefined &&
      length < least &&
      `Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: ${length}`,
    wanted(inputs).length === 0 &&
      "At least one attribute out of [special,upper,lower,numeric] must be specified as true",
  );
}

/** A text of the wanted classes; the required ones come first and are then mixed in by position. */
function drawText(inputs: Properties, world: World, urn: string): string {
  const sets = wanted(inputs);
  const required = sets
    .map(({ characters, minimum }, index) => world.random(`${urn}#${index}`, minimum, characters))
    .join("");
  const all = sets.map(({ characters }) => characters).join("");
  const rest = world.random(urn, Math.max(0, (number(inputs.length) ?? 0) - required.length), all);
  const order = world.random(`${urn}#order`, required.length + rest.length, hexDigits.repeat(4));
  return [...required, ...rest]
    .map((character, index) => ({ character, key: `${order[index]}${String(index).padStart(6, "0")}` }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ character }) => character)
    .join("");
}

const textInputs = [
  "length",
  "upper",
  "lower",
  "numeric",
  "number",
  "special",
  "minUpper",
  "minLower",
  "minNumeric",
  "minSpecial",
  "keepers",
];
/** Source: stringplanmodifiers.RequiresReplaceUnlessEmptyStringToNull of the same provider. */
function otherSpecials(olds: Properties, news: Properties): readonly string[] {
  return olds.overrideSpecial === "" && !given(news.overrideSpecial) ? [] : ["overrideSpecial"];
}

const flags = { upper: true, lower: true, numeric: true, special: true };
const minimums = { minUpper: 0, minLower: 0, minNumeric: 0, minSpecial: 0 };

const password: ResourceModel = {
  required: ["length"],
  source,
  defaults: { ...flags, ...minimums },
  secretOutputs: ["bcryptHash", "result"],
  forcesReplacement: textInputs,
  replaces: otherSpecials,
  check: textProblems,
  create: (inputs, world, { urn }) => ({
    id: "none",
    outputs: {
      result: drawText(inputs, world, urn),
      bcryptHash: `$2a$10$${world.random(`${urn}#bcrypt`, 53, "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")}`,
    },
  }),
};

const string: ResourceModel = {
  required: ["length"],
  source,
  defaults: { ...flags, ...minimums },
  forcesReplacement: textInputs,
  replaces: otherSpecials,
  check: textProblems,
  create(inputs, world, { urn }) {
    const result = drawText(inputs, world, urn);
    return { id: result, outputs: { result } };
  },
};

function lengthProblem(field: string, inputs: Properties): string[] {
  const length = number(inputs[field]);
  return length !== undefined && length >= 1
    ? []
    : [`Attribute ${field} value must be at least 1, got: ${length ?? ""}`];
}

const bytes: ResourceModel = {
  required: ["length"],
  source,
  secretOutputs: ["base64", "hex"],
  forcesReplacement: ["length", "keepers"],
  check: (inputs) => lengthProblem("length", inputs),
  create(inputs, world, { urn }) {
    const hex = world.random(urn, 2 * (number(inputs.length) ?? 0), hexDigits);
    return { id: "none", outputs: { hex, base64: Buffer.from(hex, "hex").toString("base64") } };
  },
};

const id: ResourceModel = {
  required: ["byteLength"],
  source,
  forcesReplacement: ["byteLength", "keepers", "prefix"],
  check: (inputs) => lengthProblem("byteLength", inputs),
  create(inputs, world, { urn }) {
    const hex = world.random(urn, 2 * (number(inputs.byteLength) ?? 0), hexDigits);
    const raw = Buffer.from(hex, "hex");
    const prefix = text(inputs.prefix);
    const outputs = {
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex || "0"}`).toString(),
      b64Std: prefix + raw.toString("base64"),
      b64Url: prefix + raw.toString("base64url"),
    };
    return { id: raw.toString("base64url"), outputs };
  },
};

const uuidModel: ResourceModel = {
  required: [],
  source,
  forcesReplacement: ["keepers"],
  create(_inputs, world, { urn }) {
    const result = uuid(world, urn);
    return { id: result, outputs: { result } };
  },
};

export const random: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  stateOnly: true,
  resources: {
    "random:index/randomPassword:RandomPassword": password,
    "random:index/randomString:RandomString": string,
    "random:index/randomBytes:RandomBytes": bytes,
    "random:index/randomId:RandomId": id,
    "random:index/randomUuid:RandomUuid": uuidModel,
  },
  invokes: {},
};
