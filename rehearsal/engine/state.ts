/**
 * What Pulumi believes to exist: the state of a stack between operations, in one file.
 */
import { existsSync } from "node:fs";
import type { RecordedOptions } from "../graph";
import { readJson, writeJson } from "../json-file";
import * as values from "../values";

/** A resource as the last operation left it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** True for a resource that was read and not made. */
  readonly external: boolean;
  readonly parent: string;
  /** `<urn>::<id>` of its provider. */
  readonly provider: string;
  readonly id: string;
  readonly inputs: values.ValueMap;
  readonly outputs: values.ValueMap;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: RecordedOptions;
  /** The old half of a replacement, which waits for its deletion. */
  readonly delete?: true;
  /** Deleted already, and its successor does not exist yet. */
  readonly pendingReplacement?: true;
  /** Why it is not as it should be; the next update tries again. */
  readonly initErrors?: readonly string[];
}

/** A call whose outcome nobody knows, because the engine ended before it was told. */
export interface PendingOperation {
  readonly urn: string;
  readonly operation: "creating" | "updating" | "deleting";
}

export interface State {
  readonly resources: readonly StateResource[];
  readonly pending: readonly PendingOperation[];
  /** Config by full key at the last update, by which the next one tells what was edited. */
  readonly config: Readonly<Record<string, string>>;
  /** Full keys of that config that are secret. */
  readonly secretKeys: readonly string[];
}

export const emptyState: State = { resources: [], pending: [], config: {}, secretKeys: [] };

/** Where a state is kept between operations. */
export interface StateStore {
  read(): State;
  write(state: State): void;
}

/** A state that ends with the process. */
export function stateInMemory(initial: State = emptyState): StateStore {
  let current = initial;
  return {
    read: () => current,
    write: (state) => {
      current = state;
    },
  };
}

/** A state in a file, written atomically. */
export function stateInFile(file: string): StateStore {
  return {
    read: () => (existsSync(file) ? parseState(readJson(file)) : emptyState),
    write: (state) => writeJson(file, serialiseState(state)),
  };
}

type Stored = Omit<StateResource, "inputs" | "outputs"> & { readonly inputs: unknown; readonly outputs: unknown };

interface StateFile extends Omit<State, "resources"> {
  readonly schemaVersion: number;
  readonly resources: readonly Stored[];
}

/** A state as JSON. */
export function serialiseState(state: State): StateFile {
  const resources = state.resources.map((resource): Stored => ({
    ...resource,
    inputs: values.propertiesToWire(resource.inputs),
    outputs: values.propertiesToWire(resource.outputs),
  }));
  return { schemaVersion: 1, ...state, resources };
}

export function parseState(json: unknown): State {
  const { resources, pending, config, secretKeys } = json as StateFile;
  return {
    pending,
    config,
    secretKeys,
    resources: resources.map((resource) => ({
      ...resource,
      inputs: values.propertiesFromWire(resource.inputs),
      outputs: values.propertiesFromWire(resource.outputs),
    })),
  };
}
