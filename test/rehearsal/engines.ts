/**
 * Runs one sequence of operations on both engines, each with clouds of its own, and compares what they did and what they
 * believe afterwards.
 */
import assert from "node:assert/strict";
import { Account } from "../../rehearsal/account";
import * as small from "../../rehearsal/engine/engine";
import { needsOf } from "../../rehearsal/engine/deployment";
import type { Plan, Step } from "../../rehearsal/engine/plan";
import { type State, stateInMemory, type StateStore } from "../../rehearsal/engine/state";
import type { Evaluation } from "../../rehearsal/evaluate";
import { CliStack, findPulumiCli } from "../../rehearsal/pulumi-cli";
import { shownSecret } from "../../rehearsal/pulumi-events";
import type { ExportedResource } from "../../rehearsal/pulumi-state";
import { providedPackage, typeOf, urnOfReference } from "../../rehearsal/urn";
import { toRecord } from "../../rehearsal/values";

export const pulumiName = "Pulumi CLI";

/** Why there is no CLI here, if there is none. */
export function pulumiMissing(): string | undefined {
  return findPulumiCli().missing;
}

export interface Asked {
  readonly preview?: boolean;
  /** For an update: whether it reads first what exists. */
  readonly refresh?: boolean;
  /** For an update of the CLI: whether it goes on after a failure, as the small engine always does. @default true */
  readonly continueOnError?: boolean;
}

/** What both engines did in one operation. */
export interface Outcome {
  readonly own: Plan;
  readonly real: Plan;
  /** The small engine's state before and after, and the CLI's afterwards. */
  readonly before: State;
  readonly after: State;
  readonly realAfter: readonly ExportedResource[];
  /** What exists in the clouds of the two. */
  readonly things: readonly (readonly { readonly urn: string; readonly id: string }[])[];
}

/** Both engines over one stack. */
export class BothEngines {
  private readonly accounts = [new Account(), new Account()] as const;
  private readonly state: StateStore = stateInMemory();

  private constructor(
    private readonly cli: CliStack,
    private evaluation: Evaluation,
  ) {}

  static async create(evaluation: Evaluation): Promise<BothEngines> {
    const found = findPulumiCli();
    if (found.missing !== undefined) throw new Error(found.missing);
    return new BothEngines(await CliStack.create(found, evaluation), evaluation);
  }

  /** Something happens to both clouds. */
  behindTheirBack(happening: (account: Account) => void): void {
    this.accounts.forEach(happening);
  }

  /** Edits the config of the operations to come. */
  configure(config: Evaluation["config"]): void {
    this.evaluation = { ...this.evaluation, config: { ...this.evaluation.config, ...config } };
  }

  /** Runs an operation on both. */
  async both(
    kind: Plan["kind"],
    { preview = false, refresh = false, continueOnError = true }: Asked = {},
  ): Promise<Outcome> {
    const { evaluation, state } = this;
    const before = state.read();
    const [account, realAccount] = this.accounts;
    const own = (await small[kind]({ evaluation, account, state, preview, refresh })).plan;
    const real = await this.cli[kind]({ evaluation, account: realAccount, preview, refresh, continueOnError });
    const things = this.accounts.map(({ resources }) => resources.map(({ urn, id }) => ({ urn, id })));
    return { own, real, before, after: state.read(), realAfter: await this.cli.resources(), things };
  }

  end(): void {
    this.cli.remove();
  }
}

/** Compares what both engines did with these resources, and what they believe of them afterwards. */
export function compare(outcome: Outcome, isMeant: (urn: string) => boolean = () => true): void {
  const isTold = ({ urn }: { readonly urn: string }): boolean => isMeant(urn) && !isBuiltIn(urn);
  const own = about(outcome.own, isMeant);
  const real = about(outcome.real, isMeant);
  comparePlans(own, real);
  for (const { resources } of [outcome.before, outcome.after])
    compareOrder(
      own,
      real,
      resources.filter(({ urn }) => isMeant(urn)),
    );
  same(
    outcome.after.resources.map(exported).filter(isTold).map(plainResource).map(ordered),
    outcome.realAfter.filter(isTold).map(plainResource).map(ordered),
    "state",
  );
  const [things, realThings] = outcome.things.map((all) => all.filter(({ urn }) => isMeant(urn)).sort(byText));
  assert.deepEqual(things, realThings, "what exists in the clouds (actual: small engine, expected: CLI)");
}

/** The CLI has a provider for the stack references that it answers itself. */
function isBuiltIn(urn: string): boolean {
  return typeOf(urn) === "pulumi:providers:pulumi";
}

/** Equal as sets; what only one of them has is shown alone. */
function same(ours: readonly object[], theirs: readonly object[], what: string): void {
  const [own, real] = [ours, theirs].map((all) => new Set(all.map((each) => JSON.stringify(each)))) as [
    Set<string>,
    Set<string>,
  ];
  const only = (all: readonly object[], others: ReadonlySet<string>): object[] =>
    all.filter((each) => !others.has(JSON.stringify(each))).sort(byText);
  assert.deepEqual(only(ours, real), only(theirs, own), `${what} (actual: small engine, expected: CLI)`);
  assert.equal(ours.length, theirs.length, `number of ${what}`);
}

/** An update of the CLI ends without a step where something protected would be replaced. */
function isToldByBoth({ preview }: Plan, { operation, outcome }: Step): boolean {
  return preview || operation !== "replace" || outcome !== "failed";
}

function about(plan: Plan, isMeant: (urn: string) => boolean): Plan {
  return {
    ...plan,
    steps: plan.steps.filter((step) => isMeant(step.urn) && isToldByBoth(plan, step)),
    refusals: plan.refusals.filter(({ urn }) => isMeant(urn)),
    kept: plan.kept.filter(isMeant),
  };
}

function comparePlans(own: Plan, real: Plan): void {
  const [ours, theirs] = [own, real].map(({ steps }) => steps.filter(isTelling).map(plainStep).map(ordered));
  same(ours!, theirs!, "steps");
  assert.deepEqual([...own.kept].sort(), [...real.kept].sort(), "what is kept");
  const refused = ({ refusals }: Plan): string[] => [...new Set(refusals.map(({ urn }) => urn))].sort();
  assert.deepEqual(refused(own), refused(real), "what is refused");
  assert.equal(own.ok, real.ok, "whether it went well");
}

/** The CLI reports what it left alone in a refresh because it is its own; the small engine does not. */
function isTelling({ operation, custom, type, urn }: Step): boolean {
  if (isBuiltIn(urn)) return false;
  if (type === "pulumi:pulumi:StackReference" && (operation === "same" || operation === "refresh")) return false;
  return operation !== "same" || (custom && providedPackage(type) === undefined);
}

function plainStep(step: Step): object {
  const { operation, urn, differences, replaces, protect, retainOnDelete, outcome, oldInputs, newInputs } = step;
  // The CLI does not say what has changed in a provider.
  const named = providedPackage(step.type) === undefined ? differences : [];
  const paths = named.map(({ path, kind, old, new: now }) => ({ path, kind, ...shown({ old, now }) }));
  return {
    operation,
    urn,
    differences: paths.sort(byText),
    // The CLI says nothing of triggers.
    replaces: replaces.filter((input) => input !== "replacementTrigger").sort(),
    ...{ protect, retainOnDelete, outcome },
    ...shown({ oldInputs: comparable(oldInputs), newInputs: comparable(newInputs) }),
  };
}

/** With members in the order of their names. */
function ordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(ordered) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]): [string, unknown] => [key, ordered(part)]),
  ) as T;
}

function byText(one: object, other: object): number {
  const [a, b] = [one, other].map((value) => JSON.stringify(value)) as [string, string];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Values as the CLI shows them: without what is secret, and without what is undefined. */
function shown(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const hide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value);
    if (members.length === 1 && members[0]![0] === "secret") return shownSecret;
    return Object.fromEntries(members.map(([key, part]) => [key, hide(part)]));
  };
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, hide(value)]));
}

/** Inputs without the engine's own notes, which nobody reads. */
function comparable(inputs: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | undefined {
  if (inputs === undefined) return undefined;
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "__internal"));
}

/** Where a resource needs another one, both engines treat the two in the same order. */
function compareOrder(own: Plan, real: Plan, resources: State["resources"]): void {
  const places = [own, real].map(({ steps }) => {
    const place = new Map<string, number>();
    steps.filter(isTelling).forEach(({ operation, urn }, index) => place.set(`${operation} ${urn}`, index));
    return place;
  }) as [Map<string, number>, Map<string, number>];
  const operationsOn = (urn: string): string[] => [...places[0].keys()].filter((key) => key.endsWith(` ${urn}`));
  for (const resource of resources) {
    for (const needed of new Set(needsOf(resource))) {
      for (const first of operationsOn(resource.urn)) {
        for (const second of operationsOn(needed)) {
          const [ours, theirs] = places.map((place) => place.get(first)! < place.get(second)!);
          assert.equal(ours, theirs, `order of "${first}" and "${second}"`);
        }
      }
    }
  }
}

function exported(resource: State["resources"][number]): ExportedResource {
  const { urn, custom, external, parent, provider, id, dependencies, propertyDependencies, options } = resource;
  return {
    ...{ urn, custom, external, parent, provider, id, dependencies, propertyDependencies },
    inputs: toRecord(resource.inputs) as ExportedResource["inputs"],
    outputs: toRecord(resource.outputs) as ExportedResource["outputs"],
    protect: options.protect,
    retainOnDelete: options.retainOnDelete,
    ignoreChanges: options.ignoreChanges,
    deletedWith: options.deletedWith ?? "",
    delete: resource.delete ?? false,
    pendingReplacement: resource.pendingReplacement ?? false,
    initErrors: resource.initErrors ?? [],
  };
}

/** A resource without what is drawn at random on each side. */
function plainResource(resource: ExportedResource): object {
  const { provider, id, inputs, outputs, dependencies, propertyDependencies } = resource;
  const isProvider = providedPackage(typeOf(resource.urn)) !== undefined;
  const edges = Object.entries(propertyDependencies).filter(([, urns]) => urns.length > 0);
  return {
    ...resource,
    id: isProvider ? "" : id,
    provider: provider === "" || isBuiltIn(urnOfReference(provider)) ? "" : urnOfReference(provider),
    inputs: comparable(inputs),
    outputs: comparable(outputs),
    dependencies: [...dependencies].sort(),
    propertyDependencies: Object.fromEntries(edges.map(([key, urns]) => [key, [...urns].sort()] as const).sort()),
  };
}
