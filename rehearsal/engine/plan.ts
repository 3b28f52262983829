/**
 * What an operation of the engine does or would do, step by step. Reports, tests and the parity with Pulumi's own CLI
 * read this. Names of operations and kinds of differences are Pulumi's (sdk/go/common/apitype/events.go of 3.248).
 */
import type { LogMessage, Refusal } from "../graph";
import { toRecord } from "../values";
import type { StateResource } from "./state";

/** Names as `pulumi up --json` gives them. */
export type Operation =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "delete"
  | "read"
  | "refresh"
  | "discard"
  | "remove-pending-replace";

export type DifferenceKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** One changed input. */
export interface Difference {
  /** Path of the input (`tags.Name`, `disks[0].size`). */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** Values in the form of a recorded graph: secrets are `{ secret: value }`, unknown ones `<unknown>`. */
  readonly old?: unknown;
  readonly new?: unknown;
}

export interface Step {
  readonly operation: Operation;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Why it is not `same`; empty for created and deleted resources. */
  readonly differences: readonly Difference[];
  /** Inputs for which it is replaced; a trigger shows as `replacementTrigger`. */
  readonly replaces: readonly string[];
  /** Whether the resource is protected from deletion. */
  readonly protect: boolean;
  /** Whether the thing itself stays when Pulumi forgets it. */
  readonly retainOnDelete: boolean;
  /** Inputs before and after, in the form of a recorded graph; absent where there are none. */
  readonly oldInputs?: Readonly<Record<string, unknown>>;
  readonly newInputs?: Readonly<Record<string, unknown>>;
  /** Physical id before the step, if there is one. */
  readonly id?: string;
  readonly outcome: "planned" | "done" | "failed";
}

/** What a step says beyond the resource itself. */
export interface StepDetails {
  /** The resource before the step, if there was one. */
  readonly old?: Pick<StateResource, "inputs" | "id"> | undefined;
  readonly differences?: readonly Difference[];
  readonly replaces?: readonly string[];
  readonly outcome: Step["outcome"];
}

/** A step that takes or took a resource to this state; one that ends it has no new inputs. */
export function stepOf(
  operation: Operation,
  resource: Pick<StateResource, "urn" | "type" | "name" | "custom" | "inputs" | "options">,
  { old, differences = [], replaces = [], outcome }: StepDetails,
): Step {
  const { urn, type, name, custom, inputs, options } = resource;
  const ends = operation.startsWith("delete") || operation === "discard";
  return {
    ...{ operation, urn, type, name, custom, differences, replaces },
    protect: options.protect,
    retainOnDelete: options.retainOnDelete,
    ...(old && { oldInputs: recorded(old.inputs), id: old.id }),
    ...(ends ? {} : { newInputs: recorded(inputs) }),
    outcome,
  };
}

function recorded(inputs: StateResource["inputs"]): NonNullable<Step["newInputs"]> {
  return toRecord(inputs) as NonNullable<Step["newInputs"]>;
}

/** An operation as a whole. */
export interface Plan {
  readonly project: string;
  readonly stack: string;
  readonly kind: "up" | "refresh" | "destroy";
  readonly preview: boolean;
  /** Everything that was or would be done, in that order. Of a replacement, all its steps. */
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly log: readonly LogMessage[];
  /** Resources that Pulumi forgets and the cloud keeps. */
  readonly kept: readonly string[];
  readonly ok: boolean;
}
