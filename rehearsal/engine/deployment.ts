/**
 * One operation of the engine over a stack's state: decides for each registration what is to be done (check, diff,
 * create, update, replace), does it, and keeps the state up to date after every step. Mirrors
 * pkg/resource/deploy/step_generator.go and step.go of Pulumi 3.248, run with --continue-on-error.
 */
import { isDeepStrictEqual } from "node:util";
import { changes, covers, isMembers, topOf } from "../differences";
import { type RecordedOptions, unknownValue } from "../graph";
import { CloudRefusal, type Compared, LostAnswer, type Made, PartialFailure, type ProviderInstance } from "../provider";
import { unwrapSecrets } from "../json";
import { inheritedAliases } from "./aliases";
import { cascade } from "./cascade";
import { described } from "./described";
import { type DifferenceKind, type Operation, type Step, type StepDetails, stepOf } from "./plan";
import { withSecrets } from "./secrets";
import type { PendingOperation, State, StateResource } from "./state";
import * as urns from "../urn";
import { Secret, type Value, type ValueMap } from "../values";

/** What the program wants of a resource. */
export type Goal = Omit<StateResource, "delete" | "pendingReplacement" | "initErrors"> & {
  /** Whether a replacement deletes first, if the program says so. */
  readonly deleteBeforeReplace: boolean | undefined;
};

/** What tells which resource of the last operation is meant. */
type Known = Pick<Goal, "urn" | "type" | "name" | "parent" | "options">;

/** What became of it: the resource, or why there is none. */
export type Settled = { readonly resource: StateResource } | { readonly failures: readonly string[] };

export interface DeploymentOptions {
  readonly preview: boolean;
  readonly prior: State;
  /** The provider of a resource, by the URN of the provider and its inputs; the same one whenever it is asked for. */
  readonly open: (providerUrn: string, inputs: ValueMap) => ProviderInstance;
  /** Called after every step that changed something. */
  readonly save: (state: State) => void;
}

export class Deployment {
  readonly steps: Step[] = [];
  /** Whether Pulumi itself would have ended the update at a failure, even with --continue-on-error. */
  stopped = false;
  /** Resources that Pulumi forgets and the cloud keeps. */
  readonly kept: string[] = [];
  /** Everything registered so far, in that order. */
  readonly next = new Map<string, StateResource>();
  /** Resources of the last operation that have not been registered, or not yet. */
  private waiting: StateResource[];
  private readonly priorByUrn: ReadonlyMap<string, StateResource>;
  /** Earlier URN by today's. */
  private readonly renamed = new Map<string, string>();
  private pending: readonly PendingOperation[] = [];
  /** Creations of earlier operations of which nobody knows; only the operator can say what became of them. */
  private readonly unresolved: readonly PendingOperation[];
  /** Resources that are to be deleted. */
  private readonly leaving = new Set<string>();
  /** Resources of the last operation, by URN, that the program asked for and did not get; they stay as they are. */
  private readonly spared = new Set<string>();
  /** What those that failed need by the last operation, which stays for their sake. */
  private readonly needed = new Set<string>();
  /** Inputs that force resources which were deleted for the sake of another one to be replaced, by URN. */
  private readonly forced = new Map<string, readonly string[]>();

  constructor(private readonly options: DeploymentOptions) {
    this.waiting = [...options.prior.resources];
    this.priorByUrn = new Map(this.waiting.filter((each) => !each.delete).map((each) => [each.urn, each]));
    this.unresolved = options.prior.pending.filter(({ operation }) => operation === "creating");
  }

  /** The state as it is now. */
  get state(): State {
    return {
      resources: [...this.next.values(), ...this.waiting],
      pending: [...this.unresolved, ...this.pending],
      config: this.options.prior.config,
      secretKeys: this.options.prior.secretKeys,
    };
  }

  /** A component, a provider or the stack: nothing but Pulumi knows it. */
  settleOwn(goal: Goal): StateResource {
    const { deleteBeforeReplace: _, ...resource } = goal;
    const prior = this.takeOver(goal);
    const differences = prior
      ? described(Object.fromEntries(changes(prior.inputs, resource.inputs)), prior.inputs, resource.inputs)
      : [];
    const operation = prior === undefined ? "create" : differences.length > 0 ? "update" : "same";
    this.next.set(goal.urn, resource);
    this.note(operation, resource, { old: prior, differences });
    return resource;
  }

  /** Something that the program reads and does not manage. */
  settleRead(resource: StateResource): void {
    const prior = this.takeOver(resource);
    this.next.set(resource.urn, resource);
    this.note("read", resource, { old: prior });
  }

  /** Outputs of a component or the stack. */
  setOutputs(urn: string, outputs: ValueMap): void {
    const resource = this.next.get(urn);
    if (!resource) return;
    this.next.set(urn, { ...resource, outputs });
    this.save();
  }

  /** A resource of a cloud. */
  async settle(goal: Goal): Promise<Settled> {
    const prior = this.priorOf(goal);
    const settled = await this.bringAbout(goal);
    if ("failures" in settled && prior) {
      this.skip(goal);
      this.spareNeedsOf(prior);
    }
    return settled;
  }

  /** A resource that is not tried, because it needs one that failed. */
  skip(goal: Known): void {
    const prior = this.priorOf(goal);
    if (prior) this.spared.add(prior.urn);
  }

  private spareNeedsOf(resource: StateResource): void {
    for (const urn of needsOf(resource)) {
      if (this.needed.has(urn)) continue;
      this.needed.add(urn);
      const needed = this.priorByUrn.get(urn);
      if (needed) this.spareNeedsOf(needed);
    }
  }

  private async bringAbout(goal: Goal): Promise<Settled> {
    const provider = this.providerOf(goal.provider);
    const prior = this.priorOf(goal);
    const olds = prior && !prior.external && !this.isGoneNow(prior) ? prior : undefined;
    const wanted = prior && !prior.external ? withIgnored(goal, prior, { replaced: olds === undefined }) : goal.inputs;
    const checked = await provider.check({ urn: goal.urn, ...(olds && { olds: olds.inputs }), news: wanted });
    if (checked.failures.length > 0) return this.stop(checked.failures);
    if (!prior || prior.external) return this.create(goal, checked.inputs, { operation: "create" });
    if (!olds) {
      this.note(
        "replace",
        { ...prior, urn: goal.urn, name: goal.name, inputs: checked.inputs, options: goal.options },
        { old: prior },
      );
      const replaces = this.forced.get(prior.urn) ?? [];
      return this.create(goal, checked.inputs, { operation: "create-replacement", old: prior, replaces });
    }
    return this.compareAndApply(goal, checked.inputs, olds, provider);
  }

  private async compareAndApply(
    goal: Goal,
    inputs: ValueMap,
    prior: StateResource,
    provider: ProviderInstance,
  ): Promise<Settled> {
    const { urn, options } = goal;
    const triggered = isTriggered(options.replacementTrigger, prior.options.replacementTrigger);
    const compared = triggered
      ? { differences: {}, replaces: ["replacementTrigger"], deleteBeforeReplace: false }
      : replacingOn(
          options.replaceOnChanges,
          await provider.diff({ urn, id: prior.id, oldInputs: prior.inputs, oldOutputs: prior.outputs, news: inputs }),
          [prior.inputs, inputs],
        );
    // While the difference was worked out, the resource may have been deleted for the sake of another one.
    if (this.isGoneNow(this.priorOf(goal)!)) return this.bringAbout(goal);
    if (compared.replaces.length > 0 || prior.pendingReplacement) return this.replace(goal, prior, compared);
    if (Object.keys(compared.differences).length === 0 && !prior.initErrors)
      return { resource: this.keep(goal, inputs, prior) };
    return this.update(goal, inputs, prior, compared);
  }

  /** A failure at which Pulumi ends the update; the rehearsal goes on, to show the others, and deletes nothing. */
  private stop(failures: readonly string[]): Settled {
    this.stopped = true;
    return { failures };
  }

  private keep(goal: Goal, inputs: ValueMap, prior: StateResource): StateResource {
    const { deleteBeforeReplace: _, ...rest } = goal;
    const outputs = withSecrets(prior.outputs, { inputs, options: goal.options });
    const resource = { ...rest, inputs, id: prior.id, outputs };
    this.take(prior);
    this.next.set(goal.urn, resource);
    this.note("same", resource, { old: prior });
    return resource;
  }

  private async create(
    goal: Goal,
    inputs: ValueMap,
    { operation, ...about }: { operation: Operation } & About,
  ): Promise<Settled> {
    const { deleteBeforeReplace: _, ...rest } = goal;
    const { preview } = this.options;
    return this.attempt(goal.urn, "creating", { ...rest, inputs }, { operation, ...about }, async () =>
      this.providerOf(goal.provider).create({ urn: goal.urn, inputs, preview }),
    );
  }

  private async update(goal: Goal, inputs: ValueMap, prior: StateResource, compared: Compared): Promise<Settled> {
    const { deleteBeforeReplace: _, ...rest } = goal;
    const { preview } = this.options;
    const about = { old: prior, differences: described(compared.differences, prior.inputs, inputs) };
    return this.attempt(goal.urn, "updating", { ...rest, inputs }, { operation: "update", ...about }, async () =>
      this.providerOf(goal.provider).update({
        urn: goal.urn,
        id: prior.id,
        oldInputs: prior.inputs,
        oldOutputs: prior.outputs,
        news: inputs,
        preview,
      }),
    );
  }

  private async replace(goal: Goal, prior: StateResource, compared: Compared): Promise<Settled> {
    if (goal.options.protect && prior.options.protect) {
      const message =
        `unable to replace resource "${goal.urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
      this.noteReplacement(goal, goal.inputs, prior, { compared, outcome: "failed" });
      return this.stop([message]);
    }
    // A successor is named anew, so its inputs are completed without those of its predecessor.
    const again = await this.providerOf(goal.provider).check({
      urn: goal.urn,
      news: withIgnored(goal, prior, { replaced: true }),
    });
    if (again.failures.length > 0) return this.stop(again.failures);
    const about = {
      replaces: compared.replaces,
      differences: described(compared.differences, prior.inputs, again.inputs),
    };
    if (!(goal.deleteBeforeReplace ?? compared.deleteBeforeReplace)) {
      const made = await this.create(goal, again.inputs, { operation: "create-replacement", old: prior, ...about });
      if ("resource" in made) {
        const outcome = this.options.preview ? "planned" : "done";
        this.noteReplacement(goal, again.inputs, prior, { compared, outcome });
      }
      // There is a successor, even if it is not ready.
      if (this.next.has(goal.urn)) {
        this.waiting.push({ ...prior, urn: goal.urn, name: goal.name, delete: true });
        this.save();
      }
      return made;
    }
    const refused = await this.deleteForReplacement(prior);
    if (refused !== undefined) return this.stop([refused]);
    this.note(
      "replace",
      { ...prior, urn: goal.urn, name: goal.name, inputs: again.inputs, options: goal.options },
      { old: prior, ...about },
    );
    return this.create(goal, again.inputs, { operation: "create-replacement", old: prior, ...about });
  }

  /** Deletes a resource before its successor exists, and first whatever cannot live on without it. */
  private async deleteForReplacement(prior: StateResource): Promise<string | undefined> {
    const dependents = await cascade(prior, this.waiting, (resource) => this.providerOf(resource.provider));
    const isProtected = dependents.find(({ resource }) => resource.options.protect)?.resource;
    if (isProtected) {
      return (
        `unable to replace resource "${isProtected.urn}" as part of replacing "${prior.urn}" as it is currently marked ` +
        "for protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program " +
        `and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${isProtected.urn}'\``
      );
    }
    for (const { resource, replaces } of dependents) this.forced.set(resource.urn, replaces);
    for (const condemned of [prior, ...dependents.map(({ resource }) => resource)].reverse()) {
      // A dependent that an earlier operation deleted is deleted once more, to no effect.
      if (condemned === prior ? this.isGone(prior) : this.isGoneNow(condemned)) continue;
      this.leaving.add(condemned.urn);
      const failure = await this.remove(condemned, "delete-replaced");
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  /**
   * Deletes everything that the program no longer asks for, and the old halves of replacements.
   * @returns what went wrong, by URN
   */
  async deleteRest(): Promise<Map<string, string>> {
    const failures = new Map<string, string>();
    const { needed } = this;
    const unwanted = this.waiting.filter((each) => each.delete || !this.spared.has(each.urn));
    for (const { urn, delete: isOldHalf } of unwanted) if (!isOldHalf) this.leaving.add(urn);
    for (const resource of dependentsFirst(unwanted)) {
      const failure = needed.has(resource.urn)
        ? undefined
        : await this.remove(resource, resource.delete ? "delete-replaced" : "delete");
      if (failure !== undefined) failures.set(resource.urn, failure);
      if (failure !== undefined || needed.has(resource.urn)) for (const urn of needsOf(resource)) needed.add(urn);
    }
    return failures;
  }

  /** Takes a resource out of the cloud and the state; says why not. */
  private async remove(resource: StateResource, operation: "delete" | "delete-replaced"): Promise<string | undefined> {
    const { urn, options } = resource;
    if (operation === "delete" && resource.pendingReplacement) {
      this.note("remove-pending-replace", resource, { old: resource });
      this.take(resource);
      this.save();
      return undefined;
    }
    if (operation === "delete" && options.protect) {
      this.note("delete", resource, { old: resource, outcome: "failed" });
      return (
        `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
        "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
        `\`pulumi state unprotect '${urn}'\``
      );
    }
    const failure = await this.deleteThing(resource);
    this.note(resource.external ? "discard" : operation, resource, {
      old: resource,
      outcome: failure === undefined ? undefined : "failed",
    });
    if (failure !== undefined) return failure;
    if (operation === "delete-replaced" && !resource.delete) {
      const index = this.waiting.indexOf(resource);
      this.waiting[index] = { ...resource, pendingReplacement: true };
    } else {
      this.take(resource);
    }
    this.save();
    return undefined;
  }

  private async deleteThing(resource: StateResource): Promise<string | undefined> {
    const { urn, id, outputs, options, custom, external, type } = resource;
    if (!custom || external || urns.providedPackage(type) !== undefined) return undefined;
    if (options.retainOnDelete) {
      this.kept.push(urn);
      return undefined;
    }
    if (options.deletedWith !== undefined && this.isDeleted(options.deletedWith)) return undefined;
    if (this.options.preview) return undefined;
    this.begin(urn, "deleting");
    try {
      await this.providerOf(resource.provider).delete({ urn, id, outputs });
    } catch (error) {
      if (!(error instanceof CloudRefusal || error instanceof LostAnswer)) throw error;
      this.end(urn);
      return error.message;
    }
    this.end(urn);
    return undefined;
  }

  /** Does a call, and puts what it made into the state. */
  private async attempt(
    urn: string,
    operation: PendingOperation["operation"],
    resource: Omit<StateResource, "delete">,
    about: { operation: Operation } & About,
    call: () => Promise<Made>,
  ): Promise<Settled> {
    const put = ({ id, outputs }: Made, initErrors?: readonly string[]): StateResource => {
      const made = {
        ...resource,
        id: id === "" ? resource.id : id,
        outputs: withSecrets(outputs, resource),
        // Inputs with which an update did not succeed are not those of the thing (OnResourceStepPost, engine/update.go).
        ...(initErrors && { initErrors, inputs: operation === "updating" ? about.old!.inputs : resource.inputs }),
      };
      if (about.old) this.take(about.old);
      this.next.set(urn, made);
      return made;
    };
    this.begin(urn, operation);
    try {
      const made = put(await call());
      this.note(about.operation, made, about);
      this.end(urn);
      return { resource: made };
    } catch (error) {
      if (error instanceof PartialFailure) put(error.made, error.reasons);
      else if (!(error instanceof CloudRefusal || error instanceof LostAnswer)) throw error;
      // A lost answer to a creation stays a pending operation: there may be a thing that no state knows.
      if (!(error instanceof LostAnswer && operation === "creating")) this.end(urn);
      this.note(about.operation, resource, { ...about, outcome: "failed" });
      return { failures: [error.message] };
    }
  }

  private begin(urn: string, operation: PendingOperation["operation"]): void {
    if (this.options.preview) return;
    this.pending = [...this.pending, { urn, operation }];
    this.save();
  }

  private end(urn: string): void {
    this.pending = this.pending.filter((each) => each.urn !== urn);
    this.save();
  }

  private save(): void {
    if (!this.options.preview) this.options.save(this.state);
  }

  private providerOf(reference: string): ProviderInstance {
    const urn = urns.urnOfReference(reference);
    const resource = this.next.get(urn) ?? this.priorByUrn.get(urn);
    if (!resource) throw new Error(`the provider ${reference} is not registered`);
    return this.options.open(urn, resource.inputs);
  }

  // Earlier resources.

  private priorOf(goal: Known): StateResource | undefined {
    const candidates = [goal.urn, ...goal.options.aliases, ...inheritedAliases(goal, this.renamed)];
    const found = candidates.map((each) => this.waiting.find((old) => old.urn === each && !old.delete));
    const prior = found.find((each) => each !== undefined);
    if (prior && prior.urn !== goal.urn) this.renamed.set(goal.urn, prior.urn);
    return prior;
  }

  private takeOver(goal: Known): StateResource | undefined {
    const prior = this.priorOf(goal);
    if (prior) this.take(prior);
    return prior;
  }

  private take(prior: StateResource): void {
    this.waiting = this.waiting.filter(
      (each) => each !== prior && !(each.urn === prior.urn && !each.delete && !prior.delete),
    );
  }

  private isGone(resource: StateResource): boolean {
    return this.waiting.some(({ urn, pendingReplacement }) => urn === resource.urn && pendingReplacement === true);
  }

  /** Whether it was this operation that deleted it, for the sake of a successor. */
  private isGoneNow(resource: StateResource): boolean {
    return this.leaving.has(resource.urn) && this.isGone(resource);
  }

  private isDeleted(urn: string): boolean {
    return !this.next.has(urn) && this.leaving.has(urn);
  }

  // Steps.

  private noteReplacement(
    goal: Goal,
    inputs: ValueMap,
    prior: StateResource,
    { compared, outcome }: { readonly compared: Compared; readonly outcome: Step["outcome"] },
  ): void {
    const differences = described(compared.differences, prior.inputs, inputs);
    this.note(
      "replace",
      { ...prior, urn: goal.urn, name: goal.name, inputs, options: goal.options },
      { old: prior, replaces: compared.replaces, differences, outcome },
    );
  }

  private note(
    operation: Operation,
    resource: StateResource,
    {
      outcome = this.options.preview ? "planned" : "done",
      ...about
    }: About & { outcome?: Step["outcome"] | undefined },
  ): void {
    this.steps.push(stepOf(operation, resource, { ...about, outcome }));
  }
}

interface About extends Omit<StepDetails, "outcome"> {
  readonly old?: StateResource | undefined;
}

/**
 * The program's inputs with those of the last update where the program wants changes ignored. A successor gets whole
 * inputs from the program all the same; what lies deeper stays as it was, because Pulumi has by then overwritten it in
 * the program's own values (`processIgnoreChanges`, which copies the outermost level only).
 */
function withIgnored({ inputs, options }: Goal, prior: StateResource, about: { readonly replaced: boolean }): ValueMap {
  return options.ignoreChanges.reduce<ValueMap>((wanted, path) => {
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(path))
      throw new Error(`the rehearsal ignores changes of named inputs only, not of ${path}`);
    const steps = path.split(".");
    return about.replaced && steps.length === 1 ? wanted : (reset(wanted, prior.inputs, steps) as ValueMap);
  }, inputs);
}

/** The new value with a part of it as it was; where one of the two has no such part, nothing is made up for it. */
function reset(now: Value, old: Value | undefined, [step, ...rest]: readonly string[]): Value {
  if (now instanceof Secret) return new Secret(reset(now.value, old, [step!, ...rest]));
  const before = old instanceof Secret ? old.value : old;
  if (!isMembers(now)) return now;
  const was = isMembers(before) ? before[step!] : undefined;
  const is = now[step!];
  if (rest.length > 0) return is === undefined ? now : { ...now, [step!]: reset(is, was, rest) };
  const others = Object.entries(now).filter(([key]) => key !== step);
  return { ...Object.fromEntries(others), ...(was === undefined ? {} : { [step!]: was }) };
}

/** Nothing given on either side is no trigger; what is unknown may be anything. */
function isTriggered(now: RecordedOptions["replacementTrigger"], old: RecordedOptions["replacementTrigger"]): boolean {
  const [after, before] = [now, old].map(unwrapSecrets);
  if (JSON.stringify([after, before]).includes(JSON.stringify(unknownValue))) return true;
  if (after === undefined || after === null || before === undefined || before === null) return false;
  return !isDeepStrictEqual(after, before);
}

/** Turns changes of these inputs into replacements. */
function replacingOn(paths: readonly string[], compared: Compared, inputs: readonly ValueMap[]): Compared {
  const hit = (path: string): boolean =>
    paths.some((pattern) => pattern === "*" || covers(pattern.replaceAll("[*]", "[]"), path, inputs));
  const differences = Object.entries(compared.differences).map(([path, kind]): [string, DifferenceKind] => [
    path,
    hit(path) && !kind.endsWith("-replace") ? (`${kind}-replace` as DifferenceKind) : kind,
  ]);
  const replaces = differences.filter(([path]) => hit(path)).map(([path]) => topOf(path));
  return {
    ...compared,
    differences: Object.fromEntries(differences),
    replaces: [...new Set([...compared.replaces, ...replaces])],
  };
}

/** URNs that a resource cannot do without. */
export function needsOf(resource: StateResource): string[] {
  const { parent, provider, dependencies, propertyDependencies, options } = resource;
  return [
    parent,
    provider === "" ? "" : urns.urnOfReference(provider),
    options.deletedWith ?? "",
    ...dependencies,
    ...Object.values(propertyDependencies).flat(),
  ].filter((urn) => urn !== "");
}

/** Resources in an order in which they can be deleted; among equals the youngest first. */
function dependentsFirst(resources: readonly StateResource[]): StateResource[] {
  const byUrn = new Map<string, StateResource[]>();
  for (const each of resources) byUrn.set(each.urn, [...(byUrn.get(each.urn) ?? []), each]);
  const ordered = new Set<StateResource>();
  const visit = (resource: StateResource): void => {
    if (ordered.has(resource)) return;
    for (const urn of needsOf(resource))
      for (const needed of byUrn.get(urn) ?? []) if (needed !== resource) visit(needed);
    ordered.add(resource);
  };
  resources.forEach(visit);
  return [...ordered].reverse();
}
