/**
 * Reads what Pulumi's own engine did from the events that it emits.
 * Source: sdk/go/common/apitype/events.go and pkg/engine/events.go of Pulumi 3.248.
 */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { Difference, Operation, Plan, Step } from "./engine/plan";
import { type LogMessage, type Refusal, unknownValue } from "./graph";
import { stepsOf as partsOf } from "./differences";
import { nameOf, providedPackage, stackType, typeOf } from "./urn";
import { wireUnknown } from "./values";

/** How events show what is secret. */
export const shownSecret = "[secret]";

/** The operation that the events belong to. */
export type Operated = Pick<Plan, "project" | "stack" | "kind" | "preview"> & { readonly failed: boolean };

/** A plan as the small engine would give it. Values of secrets are not in it: each is `{ secret: "[secret]" }`. */
export function planOf({ failed, ...operated }: Operated, events: readonly EngineEvent[]): Plan {
  const messages = events.map(messageOf).filter((message) => message !== undefined);
  const refusals = messages.filter(isRefusal);
  const steps = stepsOf(operated, events, new Set(refusals.map(({ urn }) => urn)));
  return {
    ...operated,
    steps,
    refusals: refusals.map(({ urn, message }) => ({ urn, message })),
    log: messages.filter((message) => !isRefusal(message)),
    kept: steps.filter(isForgotten).map(({ urn }) => urn),
    ok: !failed,
  };
}

/** Steps in the order in which they began. Those of several resources overlap, those of one do not. */
function stepsOf(
  { kind, preview }: Pick<Plan, "kind" | "preview">,
  events: readonly EngineEvent[],
  refused: ReadonlySet<string>,
): Step[] {
  const steps: { begun: StepEventMetadata["op"]; step: Step }[] = [];
  const latest = new Map<string, number>();
  for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } of events) {
    const about = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (!about) continue;
    // A component's outputs come a second time, when it is done.
    const at = resourcePreEvent ? steps.length : (latest.get(about.urn) ?? steps.length);
    latest.set(about.urn, at);
    const planned = refused.has(about.urn) ? "failed" : "planned";
    const step = stepOf(about, preview ? planned : resOutputsEvent ? "done" : "failed");
    const begun = steps[at]?.begun ?? about.op;
    // A refresh ends as what it found: no difference, one, or nothing at all.
    steps[at] = {
      begun,
      step: begun === "refresh" && step.operation === "update" ? { ...step, operation: begun } : step,
    };
  }
  // A look before an update that found nothing new is no step of it, under whichever name it ended.
  const isLookingBefore = ({ begun, step: { operation, differences } }: (typeof steps)[number]): boolean =>
    kind !== "refresh" && begun === "refresh" && operation !== "delete" && differences.length === 0;
  return steps.filter((each) => !isLookingBefore(each)).map(({ step }) => step);
}

/** Whether Pulumi forgets a thing that stays. */
function isForgotten({ operation, custom, retainOnDelete, outcome, type }: Step): boolean {
  const deletes = operation === "delete" || operation === "delete-replaced";
  return deletes && custom && retainOnDelete && outcome !== "failed" && providedPackage(type) === undefined;
}

function stepOf(about: StepEventMetadata, outcome: Step["outcome"]): Step {
  const { urn, op, old, new: now } = about;
  const state = now ?? old;
  const id = old?.id ?? "";
  return {
    operation: op as Operation,
    urn,
    type: typeOf(urn),
    name: nameOf(urn),
    custom: state?.custom ?? false,
    differences: differencesOf(about),
    replaces: about.keys ?? [],
    protect: state?.protect ?? false,
    retainOnDelete: state?.retainOnDelete ?? false,
    ...(old ? { oldInputs: recorded(old.inputs ?? {}) as Step["oldInputs"] } : {}),
    ...(now ? { newInputs: recorded(now.inputs ?? {}) as Step["newInputs"] } : {}),
    ...(id === "" ? {} : { id }),
    outcome,
  };
}

function differencesOf({ detailedDiff, old, new: now }: StepEventMetadata): Difference[] {
  return Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => {
    const [before, after] = [at(old?.inputs, path), at(now?.inputs, path)];
    return {
      path,
      kind: diffKind,
      ...(before === undefined ? {} : { old: recorded(before) }),
      ...(after === undefined ? {} : { new: recorded(after) }),
    };
  });
}

function at(value: unknown, path: string): unknown {
  return partsOf(path).reduce<unknown>(
    (current, step) =>
      typeof current === "object" && current !== null ? (current as Record<string, unknown>)[step] : undefined,
    value,
  );
}

/** A value of an event in the form of a recorded graph. */
function recorded(value: unknown): unknown {
  if (isShownSecret(value)) return { secret: shownSecret };
  if (value === wireUnknown) return unknownValue;
  if (Array.isArray(value)) return value.map(recorded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, recorded(part)]));
}

/** The value alone in changes of outputs, and as in a state without its text elsewhere. */
function isShownSecret(value: unknown): boolean {
  if (value === shownSecret) return true;
  return typeof value === "object" && value !== null && (value as { ciphertext?: unknown }).ciphertext === shownSecret;
}

/** What a person would be told; debug lines, which the SDK's declarations do not know, are its own chatter. */
function messageOf({ diagnosticEvent }: EngineEvent): LogMessage | undefined {
  if (!diagnosticEvent || diagnosticEvent.ephemeral) return undefined;
  const { urn, severity } = diagnosticEvent as typeof diagnosticEvent & { severity: "debug" };
  const message = plainText(diagnosticEvent.message);
  if (severity === "debug" || message === "") return undefined;
  return { severity: severity === "info#err" ? "info" : severity, message, ...(urn ? { urn } : {}) };
}

/** The text without Pulumi's marks for colours. */
function plainText(text: string): string {
  return text.replaceAll(/<\{%[^%]*%\}>/g, "").trimEnd();
}

/** An error about a resource; one about the stack is the program's or the engine's. */
function isRefusal(message: LogMessage): message is LogMessage & Refusal {
  return message.severity === "error" && message.urn !== undefined && typeOf(message.urn) !== stackType;
}
