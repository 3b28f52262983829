/**
 * What a provider and its cloud do with one resource, by the tables in rehearsal/clouds/: refuse it or complete its
 * inputs, and answer with id and outputs. Pure: the same resource in the same world always gets the same answer.
 */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { LiveResource, Properties, ResourceModel, World } from "./model";
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
export function check(model: ResourceModel, wanted: Wanted, world: World): Checked {
  const missing = model.required
    .filter((property) => wanted.inputs[property] === undefined)
    .map((property) => `missing required property '${property}'`);

  const named = withPhysicalName(model, wanted, world);
  const defaults = fromPlain(model.defaults ?? {}) as ValueMap;
  const inputs: ValueMap = { ...defaults, ...named };

  const failures = [...missing, ...nameProblems(model, inputs)];
  if (failures.length === 0 && !hasUnknown(inputs) && model.check) {
    failures.push(...model.check(plainProperties(inputs), world));
  }
  return { inputs, failures };
}

/** Makes a resource whose inputs have been checked and are all known. */
export function create(
  model: ResourceModel,
  wanted: Wanted,
  world: World,
  additionalSecretOutputs: readonly string[],
): Created {
  const plain = plainProperties(wanted.inputs);
  const answer = model.create(plain, world, { urn: wanted.urn, name: wanted.name });
  if (answer.id === "") throw new Error(`the model of ${wanted.type} answered with an empty id`);
  const outputs = fromPlain({ ...plain, ...answer.outputs }) as ValueMap;
  const marked = Object.entries(outputs).map(([key, value]) => [key, likeInput(value, wanted.inputs[key])] as const);
  return { id: answer.id, outputs: markSecret(Object.fromEntries(marked), model, additionalSecretOutputs) };
}

/** What a preview knows of a resource that is to be created: its inputs. Every other output is unknown. */
export function previewOutputs(
  model: ResourceModel,
  inputs: ValueMap,
  additionalSecretOutputs: readonly string[],
): ValueMap {
  const secretOutputs = [...(model.secretOutputs ?? []), ...additionalSecretOutputs];
  const unknowns: ValueMap = Object.fromEntries(secretOutputs.map((key) => [key, unknown as Value]));
  return markSecret({ ...unknowns, ...inputs }, model, additionalSecretOutputs);
}

/** Everything that exists, as a model may look at it. */
export function createWorld(place: {
  project: string;
  stack: string;
  preview?: boolean;
  resources: readonly LiveResource[];
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

function withPhysicalName(model: ResourceModel, wanted: Wanted, world: World): ValueMap {
  const { naming } = model;
  if (!naming || naming.auto === "none" || wanted.inputs[naming.input] !== undefined) return wanted.inputs;
  const suffixes = {
    suffix7: () => `-${world.random(wanted.urn, 7, hexDigits)}`,
    suffix8: () => world.random(wanted.urn, 8, hexDigits),
    copy: () => "",
  };
  return { ...wanted.inputs, [naming.input]: `${wanted.name}${suffixes[naming.auto]()}` };
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

function markSecret(outputs: ValueMap, model: ResourceModel, additional: readonly string[]): ValueMap {
  const secret = new Set([...(model.secretOutputs ?? []), ...additional.filter((key) => key !== "id")]);
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, secret.has(key) ? asSecret(value) : value]),
  );
}

function plainProperties(properties: ValueMap): Properties {
  return toPlain(properties) as Properties;
}
