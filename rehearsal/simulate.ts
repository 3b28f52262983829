/**
 * What a provider and its cloud do with one resource, by the tables in rehearsal/clouds/: refuse it or complete its
 * inputs, and answer with id and outputs. Pure: the same resource in the same world always gets the same answer.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { CloudModel, LiveResource, Properties, ResourceModel, World } from "./model";
import {
  asSecret,
  fromPlain,
  hasSecret,
  hasUnknown,
  Secret,
  toPlain,
  unknown,
  type Value,
  type ValueMap,
} from "./values";

/** The resource that a program asks for. */
export interface Wanted {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: ValueMap;
  /** Inputs of the same resource in the last update, from which a made-up name is kept. */
  readonly olds?: ValueMap;
  /** The resource as an update finds it. */
  readonly before?: Pick<LiveResource, "inputs" | "outputs">;
}

/** Inputs as the provider completed them, or what is wrong with them. */
export interface Checked {
  readonly inputs: ValueMap;
  readonly failures: readonly string[];
}

/** A resource that exists. */
export interface Created {
  readonly id: string;
  readonly outputs: ValueMap;
}

const hexDigits = "0123456789abcdef";

/**
 * Completes and checks inputs: required properties, physical name, defaults, then the model's own checks. What depends
 * on a value that is still unknown is not checked, as in a preview of the real provider.
 */
export function check(
  model: ResourceModel,
  wanted: Wanted,
  world: World,
  isTaken: (name: string) => boolean = () => false,
): Checked {
  const missing = model.required
    .filter((property) => wanted.inputs[property] === undefined)
    .map((property) => `missing required property '${property}'`);

  const named = withPhysicalName(model, wanted, world, isTaken);
  const defaults = fromPlain(model.defaults ?? {}) as ValueMap;
  const inputs: ValueMap = { ...defaults, ...named };

  const failures = [...missing, ...nameProblems(model, inputs)];
  if (failures.length === 0 && !hasUnknown(inputs)) {
    const plain = plainProperties(inputs);
    failures.push(...(model.check?.(plain, world) ?? []));
    if (wanted.olds === undefined) failures.push(...(model.checkNew?.(plain, world) ?? []));
  }
  return { inputs, failures };
}

/**
 * Makes a resource whose inputs have been checked and are all known.
 * @param seed from which everything about it that looks random is drawn
 */
export function create(model: ResourceModel, wanted: Wanted, world: World, seed: string): Created {
  const plain = plainProperties(wanted.inputs);
  const { name, before } = wanted;
  const answer = model.create(plain, world, { urn: seed, name, ...(before && { before }) });
  if (answer.id === "") throw new Error(`the model of ${wanted.type} answered with an empty id`);
  const outputs = fromPlain({ ...plain, ...answer.outputs }) as ValueMap;
  const marked = Object.entries(outputs).map(([key, value]) => [key, likeInput(value, wanted.inputs[key])] as const);
  return { id: answer.id, outputs: markSecret(Object.fromEntries(marked), model.secretOutputs ?? []) };
}

/** What a preview knows of a resource that is to be created: its inputs. Every other output is unknown. */
export function previewOutputs(model: ResourceModel, inputs: ValueMap): ValueMap {
  const secretOutputs = model.secretOutputs ?? [];
  const unknowns: ValueMap = Object.fromEntries(secretOutputs.map((key) => [key, unknown as Value]));
  return markSecret({ ...unknowns, ...inputs }, secretOutputs);
}

/** The outputs after an update: the new inputs, what is computed anew, and all else as it was. */
export function updatedOutputs(
  model: ResourceModel,
  old: { readonly inputs: ValueMap; readonly outputs: ValueMap },
  news: ValueMap,
  fresh: ValueMap,
): ValueMap {
  const anew = new Set([...Object.keys(news), ...Object.keys(old.inputs), ...(model.recomputed ?? [])]);
  const kept = Object.entries(old.outputs).filter(([key]) => !anew.has(key));
  return { ...fresh, ...Object.fromEntries(kept) };
}

/** What a preview knows of a resource that is to be updated. */
export function previewUpdate(
  model: ResourceModel,
  keptInPreview: CloudModel["keptInPreview"],
  { oldInputs, oldOutputs, news }: { oldInputs: ValueMap; oldOutputs: ValueMap; news: ValueMap },
): ValueMap {
  const stays = (key: string): boolean =>
    keptInPreview === "all"
      ? !(model.recomputed ?? []).includes(key) && !(key in oldInputs && !(key in news))
      : keptInPreview.includes(key);
  const outputs = Object.entries(oldOutputs).map(([key, value]) => [key, stays(key) ? value : unknown] as const);
  return markSecret({ ...Object.fromEntries(outputs), ...news }, model.secretOutputs ?? []);
}

/** Whether the provider made this physical name up. */
export function isAutoNamed({ naming }: ResourceModel, logicalName: string, name: unknown): boolean {
  if (naming?.auto !== "suffix7" && naming?.auto !== "suffix8") return false;
  return typeof name === "string" && name.replace(suffixes[naming.auto], "") === logicalName && name !== logicalName;
}

/** How a made-up name ends. */
const suffixes = { suffix7: /-[0-9a-f]{7}$/, suffix8: /[0-9a-f]{8}$/ } as const;

/** Everything that exists, as a model may look at it. */
export function createWorld(place: {
  project: string;
  stack: string;
  preview?: boolean;
  resources: readonly LiveResource[];
  recoverable?: readonly LiveResource[];
  provider: Properties;
}): World {
  const ofType = (type: string): readonly LiveResource[] => place.resources.filter((each) => each.type === type);
  return {
    ...place,
    ofType,
    byId: (type, id) => ofType(type).find((each) => each.id === id),
    random: stableRandom,
  };
}

/** `length` characters of `alphabet` that look random and depend on nothing but `seed`. */
export function stableRandom(seed: string, length: number, alphabet: string): string {
  const characters: string[] = [];
  for (let block = 0; characters.length < length; block++) {
    const digest = createHash("sha256").update(`${seed}\n${block}`).digest();
    for (let at = 0; at + 4 <= digest.length && characters.length < length; at += 4) {
      characters.push(alphabet.charAt(digest.readUInt32BE(at) % alphabet.length));
    }
  }
  return characters.join("");
}

function withPhysicalName(
  model: ResourceModel,
  wanted: Wanted,
  world: World,
  isTaken: (name: string) => boolean,
): ValueMap {
  const { naming } = model;
  if (!naming || naming.auto === "none" || wanted.inputs[naming.input] !== undefined) return wanted.inputs;
  const before = wanted.olds?.[naming.input];
  // A resource that was renamed in the program keeps the name that was made up for it under its earlier one.
  const kept = before !== undefined && (naming.auto === "copy" || suffixes[naming.auto].test(String(toPlain(before))));
  return { ...wanted.inputs, [naming.input]: kept ? before : madeUpName(naming.auto, wanted, world, isTaken) };
}

/** A name with a suffix that none of the resource's predecessors bears. */
function madeUpName(
  auto: "suffix7" | "suffix8" | "copy",
  { urn, name }: Wanted,
  world: World,
  isTaken: (name: string) => boolean,
): string {
  if (auto === "copy") return name;
  for (let turn = 1; ; turn += 1) {
    const seed = turn === 1 ? urn : `${urn}#${turn}`;
    const suffix = auto === "suffix7" ? `-${world.random(seed, 7, hexDigits)}` : world.random(seed, 8, hexDigits);
    if (!isTaken(`${name}${suffix}`)) return `${name}${suffix}`;
  }
}

function nameProblems(model: ResourceModel, inputs: ValueMap): string[] {
  const { naming } = model;
  const name = naming && inputs[naming.input];
  if (!naming || name === undefined || hasUnknown(name)) return [];
  const text = String(toPlain(name));
  const problems: string[] = [];
  if (naming.minLength !== undefined && text.length < naming.minLength) {
    problems.push(`'${naming.input}' is too short (${text.length}): at least ${naming.minLength} characters required`);
  }
  if (naming.maxLength !== undefined && text.length > naming.maxLength) {
    problems.push(`'${naming.input}' is too long (${text.length}): at most ${naming.maxLength} characters allowed`);
  }
  if (naming.pattern && !naming.pattern.test(text)) {
    problems.push(`'${naming.input}' does not match expression '${naming.pattern.source}': ${text}`);
  }
  return problems;
}

/** An output that repeats a secret input stays as secret as the input is. */
function likeInput(output: Value, input: Value | undefined): Value {
  if (input === undefined || !hasSecret(input)) return output;
  return isDeepStrictEqual(toPlain(output), toPlain(input)) ? input : new Secret(output);
}

/** The outputs with these marked as secret; an id cannot be. */
export function markSecret(outputs: ValueMap, names: readonly string[]): ValueMap {
  const secret = new Set(names.filter((key) => key !== "id"));
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, secret.has(key) ? asSecret(value) : value]),
  );
}

function plainProperties(properties: ValueMap): Properties {
  return toPlain(properties) as Properties;
}
