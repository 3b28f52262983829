/**
 * Example stacks that have been deployed on simulated clouds, and edits of their config: what the tests of change over
 * time start from.
 */
import assert from "node:assert/strict";
import { Account } from "../../rehearsal/account";
import * as engine from "../../rehearsal/engine/engine";
import type { Plan, Step } from "../../rehearsal/engine/plan";
import { type State, stateInMemory, type StateStore } from "../../rehearsal/engine/state";
import type { Evaluation } from "../../rehearsal/evaluate";
import { readStackFile } from "../../rehearsal/stack-file";
import { providedPackage } from "../../rehearsal/urn";
import { secretKeys as allSecretKeys } from "../../stacks/settings";
import { keyOf } from "../support/key-of";
import { runWarm } from "../support/warm-programs";

/** New values by path (`media.max`); `undefined` takes one away. Secrets stand at the top. */
export type Edit = Readonly<Record<string, unknown>>;

const secretNames: ReadonlySet<string> = new Set(allSecretKeys);

/** An example stack with some of its config changed. */
export function evaluationOf(stack: string, edit: Edit = {}): Evaluation {
  const { project, config: given, secretKeys: secrets } = readStackFile(stack, { environment: {} });
  const config: Record<string, string> = { ...given };
  const secretKeys = new Set(secrets);
  for (const [path, value] of Object.entries(edit)) {
    const [topic, ...rest] = path.split(".") as [string, ...string[]];
    const key = `${project}:${topic}`;
    const now = put(parsed(config[key]), rest, value);
    if (now === undefined) delete config[key];
    else config[key] = typeof now === "string" ? now : JSON.stringify(now);
    if (secretNames.has(topic)) secretKeys.add(key);
  }
  return {
    ...{ project, stack, config, launcher: runWarm },
    secretKeys: [...secretKeys].filter((key) => key in config),
  };
}

function parsed(text: string | undefined): unknown {
  return text !== undefined && /^[[{]/.test(text) ? JSON.parse(text) : text;
}

function put(target: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const { [first]: old, ...others } = (target ?? {}) as Record<string, unknown>;
  const now = put(old, rest, value);
  const members = Object.entries(now === undefined ? others : { ...others, [first]: now });
  if (members.length === 0) return undefined;
  // Pulumi writes the members of an object in alphabetical order.
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A stack as it stands in the clouds and in Pulumi's state. */
export class Stack {
  constructor(
    readonly name: string,
    readonly account = new Account(),
    readonly state: StateStore = stateInMemory(),
    private readonly edit: Edit = {},
  ) {}

  /** The same with its config edited further. */
  edited(edit: Edit): Stack {
    return new Stack(this.name, this.account, this.state, { ...this.edit, ...edit });
  }

  /** The same over another store of the same state. */
  storedIn(state: StateStore): Stack {
    return new Stack(this.name, this.account, state, this.edit);
  }

  /** A copy that goes its own way. */
  copy(): Stack {
    return new Stack(this.name, this.account.copy(), stateInMemory(this.state.read()), this.edit);
  }

  async up(): Promise<Plan> {
    return (await engine.up(this.operation())).plan;
  }

  /** What an update would do. It reads clouds and state, and changes neither. */
  async preview(): Promise<Plan> {
    return (await engine.up({ ...this.operation(), preview: true })).plan;
  }

  async refresh(): Promise<Plan> {
    return (await engine.refresh(this.operation())).plan;
  }

  async destroy(): Promise<Plan> {
    return (await engine.destroy(this.operation())).plan;
  }

  private operation(): engine.Operation {
    const { name, account, state, edit } = this;
    return { evaluation: evaluationOf(name, edit), account, state };
  }
}

const deployments = new Map<string, Promise<Stack>>();

/** An example stack after its first update, which is made once for all tests. Work on copies. */
export function deployed(name: string, edit: Edit = {}): Promise<Stack> {
  const key = `${name} ${keyOf(edit)}`;
  const known = deployments.get(key) ?? deploy(new Stack(name).edited(edit));
  deployments.set(key, known);
  return known;
}

async function deploy(stack: Stack): Promise<Stack> {
  assertOk(await stack.up());
  return stack;
}

export function assertOk(plan: Plan): void {
  assert.deepEqual(failuresOf(plan), []);
  assert.ok(plan.ok, `${plan.kind} of ${plan.stack} failed`);
}

/** Everything that says why an operation did not go well. */
export function failuresOf({ refusals, log }: Plan): string[] {
  const errors = log.filter(({ severity }) => severity === "error").map(({ message }) => message);
  return [...refusals.map(({ urn, message }) => `${label(urn)}: ${message}`), ...errors];
}

/** Steps that do something. */
export function changesOf({ steps }: Plan): Step[] {
  return steps.filter(({ operation }) => operation !== "same" && operation !== "read");
}

/** `type::name`, which is enough to tell resources of one stack apart. */
export function label(urn: string): string {
  const [type, name] = urn.split("::").slice(2) as [string, string];
  return `${type.split("$").at(-1)}::${name}`;
}

/** What exists in the clouds: one line for each thing. */
export function thingsOf({ account }: Stack): string[] {
  return account.resources.map(({ urn, id }) => `${urn} ${id}`).sort();
}

/** What a state says of a cloud's things; random values and keys exist in the state alone. */
export function knownThings(state: State): string[] {
  return state.resources
    .filter(({ custom, external, type, pendingReplacement }) => {
      const isOwn = providedPackage(type) !== undefined || /^(random|tls|command):/.test(type);
      return custom && !external && !isOwn && !pendingReplacement;
    })
    .map(({ urn, id }) => `${urn} ${id}`)
    .sort();
}
