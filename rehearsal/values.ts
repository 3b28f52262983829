/**
 * Property values between a program and the engine: how they look on the wire, inside the rehearsal, and in a recorded
 * graph. Source: sdk/nodejs/runtime/rpc.ts and sdk/go/common/resource/plugin/rpc.go of Pulumi 3.248.
 */
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { unknownValue } from "./graph";

/** Stands for a value that is not known during a preview. */
export const unknown = Symbol("unknown");

/** A value that must not be shown. */
export class Secret {
  constructor(readonly value: Value) {}
}

export type Value = null | boolean | number | string | readonly Value[] | Secret | typeof unknown | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
} as const;

/** How an unknown value travels: a string that no program would write. */
export const wireUnknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Wire = unknown;
/** Properties as they travel, still with every mark of Pulumi's. */
export type WireProperties = Record<string, JavaScriptValue>;
type WireObject = Readonly<Record<string, Wire>>;

const isObject = (value: unknown): value is WireObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a value that a program sent. Output values become plain ones; secrets and unknowns stay marked. */
export function fromWire(wire: Wire): Value {
  if (wire === wireUnknown) return unknown;
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (!isObject(wire)) return wire as null | boolean | number | string;
  switch (wire[signatureKey]) {
    case undefined:
      return mapValues(wire, fromWire);
    case signatures.secret:
      return asSecret(fromWire(wire["value"]));
    case signatures.output: {
      const value = "value" in wire ? fromWire(wire["value"]) : unknown;
      return wire["secret"] ? asSecret(value) : value;
    }
    case signatures.resource:
      // A provider that does not ask for references is handed the id of a custom resource and the URN of a component.
      return fromWire(wire["id"] === undefined || wire["id"] === "" ? wire["urn"] : wire["id"]);
    case signatures.asset:
    case signatures.archive: {
      const { [signatureKey]: _signature, hash: _hash, ...content } = wire;
      return mapValues(content, fromWire);
    }
    default:
      throw new Error(`the program sent a value of an unknown kind (signature ${String(wire[signatureKey])})`);
  }
}

/** The value as an output value that carries `urns` besides what it depends on already. */
export function addDependencies(wire: JavaScriptValue, urns: readonly string[]): JavaScriptValue {
  const own = dependenciesOf(wire);
  if (urns.every((urn) => own.includes(urn))) return wire;
  const output: WireObject =
    isObject(wire) && wire[signatureKey] === signatures.output
      ? wire
      : wire === wireUnknown
        ? { [signatureKey]: signatures.output }
        : { [signatureKey]: signatures.output, value: wire };
  return { ...output, dependencies: [...new Set([...own, ...urns])] };
}

/** URNs that the value says it depends on. */
export function dependenciesOf(wire: Wire): string[] {
  if (Array.isArray(wire)) return [...new Set(wire.flatMap(dependenciesOf))];
  if (!isObject(wire)) return [];
  const own = wire[signatureKey] === signatures.output ? ((wire["dependencies"] as string[] | undefined) ?? []) : [];
  const inner = Object.entries(wire).filter(([key]) => key !== "dependencies" || wire[signatureKey] === undefined);
  return [...new Set([...own, ...inner.flatMap(([, part]) => dependenciesOf(part))])];
}

/** Reads the properties of a request. `null` means the same as leaving a property out. */
export function propertiesFromWire(wire: unknown): ValueMap {
  const properties = fromWire(wire ?? {}) as ValueMap;
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Writes a value as a program understands it. */
export function toWire(value: Value): JavaScriptValue {
  if (value === unknown) return wireUnknown;
  if (value instanceof Secret) return { [signatureKey]: signatures.secret, value: toWire(value.value) };
  if (isList(value)) return value.map(toWire);
  if (isMap(value)) return mapValues(value, toWire);
  return value;
}

/** Writes properties as a program understands them. */
export function propertiesToWire(properties: ValueMap): WireProperties {
  return mapValues(properties, toWire);
}

/** Writes a value as it appears in a recorded graph. */
export function toRecord(value: Value): unknown {
  if (value === unknown) return unknownValue;
  if (value instanceof Secret) return { secret: toRecord(value.value) };
  if (isList(value)) return value.map(toRecord);
  if (isMap(value)) return mapValues(value, toRecord);
  return value;
}

/** The value with secrets unwrapped, as providers work with it. Unknowns become the string `unknownValue`. */
export function toPlain(value: Value): unknown {
  if (value === unknown) return unknownValue;
  if (value instanceof Secret) return toPlain(value.value);
  if (isList(value)) return value.map(toPlain);
  if (isMap(value)) return mapValues(value, toPlain);
  return value;
}

/** A provider's plain answer as a value; `undefined` members vanish, as they do in JSON. */
export function fromPlain(plain: unknown): Value {
  if (plain === undefined || plain === null) return null;
  if (plain === unknownValue) return unknown;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (!isObject(plain)) return plain as boolean | number | string;
  return Object.fromEntries(
    Object.entries(plain)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, fromPlain(member)]),
  );
}

/** Whether the value, or any part of it, is unknown. */
export function hasUnknown(value: Value): boolean {
  return some(value, (part) => part === unknown);
}

/** Whether the value, or any part of it, is secret. */
export function hasSecret(value: Value): boolean {
  return some(value, (part) => part instanceof Secret);
}

/** The value marked as secret, once. */
export function asSecret(value: Value): Secret {
  return value instanceof Secret ? value : new Secret(value);
}

function some(value: Value, matches: (part: Value) => boolean): boolean {
  if (matches(value)) return true;
  if (value instanceof Secret) return some(value.value, matches);
  if (isList(value)) return value.some((part) => some(part, matches));
  return isMap(value) && Object.values(value).some((part) => some(part, matches));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isMap(value: Value): value is ValueMap {
  return isObject(value) && !(value instanceof Secret);
}

function mapValues<A, B>(object: Readonly<Record<string, A>>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, convert(value)]));
}
