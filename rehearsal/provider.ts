/**
 * A resource provider over a simulated cloud: what Pulumi's provider protocol asks for (sdk/proto/provider.proto),
 * answered from the tables in rehearsal/clouds/. The small engine calls it directly; a real Pulumi CLI reaches it over
 * gRPC (serve.ts). Both therefore meet the same cloud.
 */
import type { Account, Call, Fault, Thing } from "./account";
import { everyText } from "./clouds/values";
import { type Change, changes, covers, topOf } from "./differences";
import type { DifferenceKind } from "./engine/plan";
import { unknownValue } from "./graph";
import type { CloudModel, LiveResource, Properties, ResourceModel, World } from "./model";
import { check, create, createWorld, isAutoNamed, previewOutputs, previewUpdate, updatedOutputs } from "./simulate";
import { nameOf, typeOf } from "./urn";
import { fromPlain, toPlain, type ValueMap } from "./values";

/** What a provider's Check answers. */
export interface Checked {
  readonly inputs: ValueMap;
  readonly failures: readonly string[];
}

/** What a provider's Diff answers: kinds of change by path; a kind that ends in `-replace` asks for a replacement. */
export interface Compared {
  readonly differences: Readonly<Record<string, DifferenceKind>>;
  /** Top-level inputs for which the resource is replaced. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** A resource that exists. The id is empty in a preview. */
export interface Made {
  readonly id: string;
  readonly outputs: ValueMap;
}

/** The cloud says no; nothing has changed. The message is what the real provider would print. */
export class CloudRefusal extends Error {}

/** The thing exists, but not as it should (gRPC detail ErrorResourceInitFailed): state is kept and the next run retries. */
export class PartialFailure extends Error {
  constructor(
    readonly made: Made,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}

/** One configured provider during one operation. */
export interface ProviderInstance {
  check(request: { readonly urn: string; readonly olds?: ValueMap; readonly news: ValueMap }): Promise<Checked>;
  diff(request: {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: ValueMap;
    readonly oldOutputs: ValueMap;
    readonly news: ValueMap;
  }): Promise<Compared>;
  /** @throws CloudRefusal, PartialFailure */
  create(request: { readonly urn: string; readonly inputs: ValueMap; readonly preview: boolean }): Promise<Made>;
  /** @throws CloudRefusal, PartialFailure */
  update(request: {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: ValueMap;
    readonly oldOutputs: ValueMap;
    readonly news: ValueMap;
    readonly preview: boolean;
  }): Promise<Made>;
  /** Nothing when there is no such thing. Without inputs (import, `.get()`) they are derived from what exists. */
  read(request: {
    readonly urn: string;
    readonly id: string;
    readonly inputs?: ValueMap;
    readonly outputs?: ValueMap;
  }): Promise<{ readonly inputs: ValueMap; readonly outputs: ValueMap } | undefined>;
  /** Deletes; what is not there is deleted already. @throws CloudRefusal */
  delete(request: { readonly urn: string; readonly id: string; readonly outputs: ValueMap }): Promise<void>;
  invoke(request: {
    readonly token: string;
    readonly args: Properties;
  }): Promise<{ readonly result: Properties } | { readonly failure: string }>;
}

/** A provider of one package for one simulated account. */
export interface SimulatedProvider {
  readonly packageName: string;
  /**
   * The provider with this configuration (region, subscription, …), ready for one operation.
   * @param planned what a preview has planned so far; to be shared where an operation has several such providers
   */
  open(configuration: Properties, planned?: LiveResource[]): ProviderInstance;
}

/** The provider asked for types or functions that no table describes: whatever followed would be a guess. */
export class UnsupportedTypesError extends Error {
  constructor(readonly tokens: readonly string[]) {
    super(`the rehearsal has no model of: ${tokens.join(", ")}; add them to rehearsal/clouds/`);
  }
}

export function simulatedProvider(
  packageName: string,
  cloud: CloudModel,
  account: Account,
  place: { readonly project: string; readonly stack: string },
): SimulatedProvider {
  return {
    packageName,
    open: (configuration, planned = []) => new Simulation(cloud, account, { ...place, configuration }, planned),
  };
}

interface Place {
  readonly project: string;
  readonly stack: string;
  readonly configuration: Properties;
}

class Simulation implements ProviderInstance {
  constructor(
    private readonly cloud: CloudModel,
    private readonly account: Account,
    private readonly place: Place,
    private readonly planned: LiveResource[],
  ) {}

  // eslint-disable-next-line @typescript-eslint/require-await -- the protocol is asynchronous
  async check({ urn, olds, news }: Parameters<ProviderInstance["check"]>[0]): Promise<Checked> {
    const world = this.world((live) => live.urn === urn || (olds !== undefined && isOf(live, urn, olds)));
    return check(this.model(urn), { ...subject(urn), inputs: news, ...(olds && { olds }) }, world, (name) =>
      this.isTaken(urn, name),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the protocol is asynchronous
  async diff(request: Parameters<ProviderInstance["diff"]>[0]): Promise<Compared> {
    const { urn, oldInputs, oldOutputs, news } = request;
    const model = this.model(urn);
    const changed = changes(oldInputs, news);
    for (const path of changed.keys()) if (model.notCompared?.includes(topOf(path))) changed.delete(path);
    if (this.movesAway(model, oldOutputs, news)) changed.set("region", "update");
    const patterns = [
      ...(model.forcesReplacement ?? []),
      ...(changed.size > 0 ? (model.replaces?.(plain(oldInputs), plain(news)) ?? []) : []),
    ];
    const replacing = (path: string): boolean => patterns.some((pattern) => covers(pattern, path, [oldInputs, news]));
    const kinds = [...changed].map(([path, change]) => [path, kindOf(change, replacing(path))] as const);
    const replaces = new Set(kinds.filter(([, kind]) => kind.endsWith("-replace")).map(([path]) => topOf(path)));
    return {
      differences: Object.fromEntries(kinds),
      replaces: [...replaces],
      deleteBeforeReplace: replaces.size > 0 && this.deletesFirst(model, urn, oldInputs, news),
    };
  }

  async create({ urn, inputs, preview }: Parameters<ProviderInstance["create"]>[0]): Promise<Made> {
    const model = this.model(urn);
    if (preview) {
      const outputs = previewOutputs(model, inputs);
      this.planned.push({ ...subject(urn), id: unknownValue, inputs: plain(inputs), outputs: plain(outputs) });
      return { id: "", outputs };
    }
    return this.execute("create", urn, "", () => {
      const world = this.world(() => false);
      // What passed the check may meet its own predecessor, which is still there when it is replaced.
      if (world.resources.some((live) => live.urn === urn)) refuse(model.check?.(plain(inputs), world));
      refuse(model.checkQuota?.(plain(inputs), world));
      const seed = this.account.nextSeed(urn);
      const made = create(model, { ...subject(urn), inputs }, world, seed);
      if (this.cloud.stateOnly) this.account.count(urn);
      else this.account.add({ urn, seed, inputs, ...made });
      return made;
    });
  }

  async update(request: Parameters<ProviderInstance["update"]>[0]): Promise<Made> {
    const { urn, id, oldInputs, oldOutputs, news, preview } = request;
    const model = this.model(urn);
    if (preview) {
      const outputs = previewUpdate(model, this.cloud.keptInPreview, { oldInputs, oldOutputs, news });
      return { id, outputs };
    }
    return this.execute("update", urn, id, () => {
      const old = this.stored({ urn, id, inputs: oldInputs, outputs: oldOutputs });
      const world = this.world((live) => live.urn === old.urn && live.id === id);
      refuse(model.checkUpdate?.(plain(old.inputs), plain(news), world));
      refuse(model.check?.(plain(news), world));
      const before = { inputs: plain(old.inputs), outputs: plain(old.outputs) };
      const fresh = create(model, { ...subject(urn), inputs: news, before }, world, old.seed);
      if (fresh.id !== id)
        throw new Error(`the model of ${typeOf(urn)} changes the id in an update, from ${id} to ${fresh.id}`);
      const outputs = updatedOutputs(model, old, news, fresh.outputs);
      if (!this.cloud.stateOnly) this.account.change(old, { urn, id, seed: old.seed, inputs: news, outputs });
      return { id, outputs };
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the protocol is asynchronous
  async read({
    urn,
    id,
    inputs,
    outputs,
  }: Parameters<ProviderInstance["read"]>[0]): ReturnType<ProviderInstance["read"]> {
    this.model(urn);
    if (this.cloud.stateOnly) return { inputs: inputs ?? {}, outputs: outputs ?? {} };
    return this.account.find(urn, id);
  }

  async delete({ urn, id }: Parameters<ProviderInstance["delete"]>[0]): Promise<void> {
    const model = this.model(urn);
    const thing = this.account.find(urn, id);
    if (!thing) return;
    await this.execute("delete", urn, id, () => {
      const world = this.world((live) => live.urn === thing.urn && live.id === id);
      const live = this.account.resources.find((each) => each.urn === thing.urn && each.id === id)!;
      const gone = [live, ...(model.takesAlong?.(live, world) ?? [])];
      const users = world.resources.filter(
        (other) => model.inUse?.by.includes(other.type) && !gone.includes(other) && mentions(other, live, model),
      );
      refuse([
        ...(users.length > 0 ? [model.inUse!.says(live, users)] : []),
        ...(model.checkDelete?.(live, world) ?? []),
      ]);
      this.account.remove(gone, (each) => this.cloud.resources[each.type]?.isRecoverable?.(each) ?? false);
      return { id, outputs: {} };
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the protocol is asynchronous
  async invoke({ token, args }: Parameters<ProviderInstance["invoke"]>[0]): ReturnType<ProviderInstance["invoke"]> {
    const model = this.cloud.invokes[token];
    if (!model) throw new UnsupportedTypesError([token]);
    return model.call(
      args,
      this.world(() => false),
    );
  }

  /** Does a call's work, unless it is to fail on purpose. */
  private async execute(call: Call, urn: string, id: string, work: () => Made): Promise<Made> {
    const fault = this.account.faultFor(call, urn);
    const note = (outcome: Account["journal"][number]["outcome"], made = id): void => {
      this.account.journal.push({ call, urn, id: made, outcome });
    };
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds ?? 0));
    if (fault?.kind === "refuse" || fault?.kind === "throttle") {
      note("refused");
      throw new CloudRefusal(onPurpose[fault.kind]);
    }
    try {
      const made = work();
      if (fault?.kind === "loseAnswer") {
        note("answer lost", made.id);
        throw new LostAnswer(onPurpose.loseAnswer);
      }
      if (fault?.kind === "afterwards") {
        note("failed afterwards", made.id);
        throw call === "delete"
          ? new CloudRefusal(onPurpose.afterwards)
          : new PartialFailure(made, [onPurpose.afterwards]);
      }
      note("done", made.id);
      return made;
    } catch (error) {
      if (error instanceof CloudRefusal && fault === undefined) note("refused");
      throw error;
    }
  }

  private model(urn: string): ResourceModel {
    const type = typeOf(urn);
    const found = this.cloud.resources[type];
    if (!found) throw new UnsupportedTypesError([type]);
    return found;
  }

  private world(hidden: (live: LiveResource) => boolean): World {
    const { configuration, ...place } = this.place;
    const resources = [...this.account.resources, ...this.planned].filter((live) => !hidden(live));
    const { recoverable } = this.account;
    return createWorld({ ...place, resources, recoverable, provider: configuration });
  }

  /** The thing as it exists; of packages that keep nothing, as Pulumi's state has it. */
  private stored(known: Omit<Thing, "seed">): Thing {
    const found = this.account.find(known.urn, known.id);
    if (found) return found;
    if (this.cloud.stateOnly) return { ...known, seed: known.urn };
    throw new CloudRefusal(`${known.id} was not found`);
  }

  private isTaken(urn: string, name: string): boolean {
    const { naming } = this.model(urn);
    return this.account.resources.some(
      (live) => live.type === typeOf(urn) && naming !== undefined && live.inputs[naming.input] === name,
    );
  }

  /** From version 7 on, a resource of AWS knows its region, and another region of its provider replaces it. */
  private movesAway(model: ResourceModel, oldOutputs: ValueMap, news: ValueMap): boolean {
    const { region } = this.place.configuration;
    return (
      (model.forcesReplacement ?? []).includes("region") &&
      news.region === undefined &&
      typeof region === "string" &&
      oldOutputs.region !== undefined &&
      oldOutputs.region !== region
    );
  }

  private deletesFirst(model: ResourceModel, urn: string, oldInputs: ValueMap, news: ValueMap): boolean {
    if (model.deleteBeforeReplace !== undefined) return model.deleteBeforeReplace;
    const named = model.naming && plain(oldInputs)[model.naming.input];
    const madeUp = isAutoNamed(model, nameOf(urn), named);
    if (this.cloud.replacement === "alwaysButAutoNamed") return !madeUp;
    return named !== undefined && !madeUp && plain(news)[model.naming!.input] === named;
  }
}

/** The call did its work, but its answer never came (over gRPC: UNAVAILABLE). */
export class LostAnswer extends Error {}

const onPurpose: Readonly<Record<Exclude<Fault["kind"], "slow">, string>> = {
  refuse: "InternalError: We encountered an internal error. Please try again.",
  throttle: "Throttling: Rate exceeded",
  afterwards: "the resource was not ready in time",
  loseAnswer: "error reading from server: EOF",
};

function subject(urn: string): { readonly urn: string; readonly type: string; readonly name: string } {
  return { urn, type: typeOf(urn), name: nameOf(urn) };
}

function plain(properties: ValueMap): Properties {
  return toPlain(properties) as Properties;
}

/** Whether a thing is the one that these inputs once made: the same resource, renamed in the program since. */
function isOf(live: LiveResource, urn: string, olds: ValueMap): boolean {
  return live.type === typeOf(urn) && changes(fromPlain(live.inputs) as ValueMap, olds).size === 0;
}

function refuse(reasons: readonly string[] | undefined): void {
  if (reasons && reasons.length > 0) throw new CloudRefusal(reasons.join("\n"));
}

/** Whether a resource's inputs hold another one's id, ARN or physical name, or something below its id. */
function mentions(user: LiveResource, used: LiveResource, { naming }: ResourceModel): boolean {
  const names = [used.id, used.outputs.arn, naming && used.inputs[naming.input]].filter(
    (name): name is string => typeof name === "string" && name !== "",
  );
  return everyText(user.inputs).some(({ value }) =>
    names.some((name) => value === name || value.toLowerCase().startsWith(`${name.toLowerCase()}/`)),
  );
}

function kindOf(change: Change, replaces: boolean): DifferenceKind {
  return replaces ? `${change}-replace` : change;
}
