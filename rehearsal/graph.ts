/**
 * What an evaluation of the program leaves behind: every resource that Pulumi would have been asked for, with all its
 * options, in registration order. Tests, reports and benchmarks read this and nothing else.
 */

/** How secrets look inside recorded inputs and outputs: the value, wrapped. */
export interface SecretValue {
  readonly secret: unknown;
}

/** Resource options as they reach the engine. */
export interface RecordedOptions {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly replacementTrigger?: unknown;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly string[];
  readonly deletedWith?: string;
  readonly customTimeouts: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  /** URN of the parent; absent for the stack itself. */
  readonly parent?: string;
  /** `<urn>::<id>` of the provider instance; absent for components and providers. */
  readonly provider?: string;
  readonly id: string;
  /** Plain JSON values. Secrets are `{ secret: value }`; values unknown in a preview are the symbol-like string `unknown` below. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** URNs named by dependsOn or reached through inputs. */
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: RecordedOptions;
  /** Present and true for a resource that the program only reads (`.get()`). */
  readonly external?: true;
}

/** Stands for a value that is not known during a preview. */
export const unknownValue = "<unknown>";

/** A refusal by a simulated cloud, in the wording of the real one. */
export interface Refusal {
  readonly urn: string;
  readonly message: string;
}

export interface LogMessage {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  readonly urn?: string;
}

export interface Graph {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  readonly resources: readonly RecordedResource[];
  /** The stack's outputs; secrets wrapped as above. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly log: readonly LogMessage[];
  readonly refusals: readonly Refusal[];
  /** URNs of resources that were not tried because they need a refused one; absent when there are none. */
  readonly skipped?: readonly string[];
  /** Exit code of the program: 0, or 32 when it failed and has said why. */
  readonly exitCode: number;
}

/** Whether a recorded value is a wrapped secret. */
export function isSecret(value: unknown): value is SecretValue {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).join() === "secret";
}
