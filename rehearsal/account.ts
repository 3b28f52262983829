/**
 * What exists in the simulated clouds, apart from what Pulumi believes. Survives between operations in one file, written
 * atomically; can drift behind Pulumi's back and fail on purpose.
 */
import { existsSync } from "node:fs";
import { readJson, writeJson } from "./json-file";
import type { LiveResource, Properties } from "./model";
import { nameOf, typeOf } from "./urn";
import * as values from "./values";

export type Call = "create" | "update" | "read" | "delete";

/** A failure on purpose. */
export interface Fault {
  /** Calls that it meets; all of them when absent. */
  readonly call?: Call;
  /** Resources that it meets, by a part of their URN; all of them when absent. */
  readonly urn?: string;
  /** It meets the nth such call (from 1), once. @default 1 */
  readonly nth?: number;
  /** It meets the first such call for every resource, instead of one call alone. */
  readonly everyResource?: boolean;
  /**
   * `refuse`: an error, nothing has changed. `afterwards`: the call does its work and then reports a partial failure.
   * `loseAnswer`: the call does its work and the answer is lost. `throttle`: as `refuse`, in the cloud's words for too
   * many requests. `slow`: works after `milliseconds`.
   */
  readonly kind: "refuse" | "afterwards" | "loseAnswer" | "throttle" | "slow";
  readonly milliseconds?: number;
}

/** A call that changed something or tried to. */
export interface JournalEntry {
  readonly call: Call;
  readonly urn: string;
  readonly id: string;
  readonly outcome: "done" | "refused" | "failed afterwards" | "answer lost";
}

/** A thing that exists, with secrets still marked. */
export interface Thing {
  readonly urn: string;
  readonly id: string;
  readonly inputs: values.ValueMap;
  readonly outputs: values.ValueMap;
  /** From which everything about it that looks random was drawn. */
  readonly seed: string;
}

/** The account's file. */
interface AccountFile {
  readonly schemaVersion: 1;
  readonly things: readonly {
    readonly urn: string;
    readonly id: string;
    readonly seed: string;
    readonly inputs: unknown;
    readonly outputs: unknown;
  }[];
  readonly made: Readonly<Record<string, number>>;
  /** What was deleted and can be recovered; absent in files of earlier versions. */
  readonly recoverable?: readonly LiveResource[];
}

export class Account {
  readonly journal: JournalEntry[] = [];
  private things: { readonly thing: Thing; readonly live: LiveResource }[] = [];
  /** How many times a resource has been made, so that no two of a kind look alike. */
  private made: Record<string, number> = {};
  private deleted: readonly LiveResource[] = [];
  private rules: { readonly fault: Fault; met: number; readonly urns: Set<string> }[] = [];

  private readonly file: string | undefined;

  /**
   * An account in memory, or in a file that is read now if it exists and written after every change.
   * @param readOnly to leave the file as it is
   */
  constructor(file?: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.file = readOnly ? undefined : file;
    if (file === undefined || !existsSync(file)) return;
    const stored = readJson(file) as AccountFile;
    this.made = { ...stored.made };
    this.deleted = stored.recoverable ?? [];
    this.things = stored.things.map(({ urn, id, seed, inputs, outputs }) =>
      entry({
        urn,
        id,
        seed,
        inputs: values.propertiesFromWire(inputs),
        outputs: values.propertiesFromWire(outputs),
      }),
    );
  }

  /** Another account in memory, which holds the same and goes its own way from now on. */
  copy(): Account {
    const other = new Account();
    other.things = [...this.things];
    other.made = { ...this.made };
    other.deleted = this.deleted;
    return other;
  }

  /** Everything that exists, in order of creation. */
  get resources(): readonly LiveResource[] {
    return this.things.map(({ live }) => live);
  }

  /** What was deleted and can still be recovered. */
  get recoverable(): readonly LiveResource[] {
    return this.deleted;
  }

  /** The days are over in which deleted things can be recovered; there is no clock here. */
  expire(): void {
    this.deleted = [];
    this.save();
  }

  /** Failures to come; counted from when they are set. */
  set faults(faults: readonly Fault[]) {
    this.rules = faults.map((fault) => ({ fault, met: 0, urns: new Set() }));
  }

  get faults(): readonly Fault[] {
    return this.rules.map(({ fault }) => fault);
  }

  /** The failure that meets this call, if any; each call asks once. */
  faultFor(call: Call, urn: string): Fault | undefined {
    let meets: Fault | undefined;
    for (const rule of this.rules) {
      const { fault } = rule;
      if (fault.call !== undefined && fault.call !== call) continue;
      if (fault.urn !== undefined && !urn.includes(fault.urn)) continue;
      rule.met += 1;
      const due = fault.everyResource ? !rule.urns.has(`${call} ${urn}`) : rule.met === (fault.nth ?? 1);
      rule.urns.add(`${call} ${urn}`);
      if (due) meets ??= fault;
    }
    return meets;
  }

  /** The thing that a resource of Pulumi's stands for; also when its URN was another one when it was made. */
  find(urn: string, id: string): Thing | undefined {
    const type = typeOf(urn);
    const same = this.things.filter(({ thing, live }) => thing.id === id && live.type === type);
    return (same.find(({ thing }) => thing.urn === urn) ?? same[0])?.thing;
  }

  /** A seed that no earlier thing of this URN was drawn from. */
  nextSeed(urn: string): string {
    const count = (this.made[urn] ?? 0) + 1;
    return count === 1 ? urn : `${urn}#${count}`;
  }

  add(thing: Thing): void {
    this.made[thing.urn] = (this.made[thing.urn] ?? 0) + 1;
    const now = entry(thing);
    // What bears the same id is the same thing, which the call has overwritten (the versioning of a bucket).
    const twin = (each: LiveResource): boolean => each.type === now.live.type && each.id === now.live.id;
    this.things = [...this.things.filter(({ live }) => !twin(live)), now];
    this.deleted = this.deleted.filter((each) => !twin(each));
    this.save();
  }

  change(old: Thing, now: Thing): void {
    this.things = this.things.map((each) => (each.thing === old ? entry(now) : each));
    this.save();
  }

  /** Deletes; some things can be recovered for a while. */
  remove(
    ids: readonly { readonly urn: string; readonly id: string }[],
    isRecoverable: (live: LiveResource) => boolean = () => false,
  ): void {
    const goes = ({ thing }: (typeof this.things)[number]): boolean =>
      ids.some(({ urn, id }) => thing.urn === urn && thing.id === id);
    const gone = this.things.filter(goes).map(({ live }) => live);
    this.deleted = [...this.deleted, ...gone.filter(isRecoverable)];
    this.things = this.things.filter((each) => !goes(each));
    this.save();
  }

  /** Counts a resource that exists in Pulumi's state only, so that its next one differs. */
  count(urn: string): void {
    this.made[urn] = (this.made[urn] ?? 0) + 1;
    this.save();
  }

  /** Something changes behind Pulumi's back, inputs and outputs alike (an autoscaler, a person in the console). */
  drift(urn: string, changes: Properties): void {
    const old = this.byUrn(urn);
    const changed = values.fromPlain(changes) as values.ValueMap;
    this.change(old, { ...old, inputs: { ...old.inputs, ...changed }, outputs: { ...old.outputs, ...changed } });
  }

  /** Something vanishes behind Pulumi's back. */
  lose(urn: string): void {
    this.remove([this.byUrn(urn)]);
  }

  private byUrn(urn: string): Thing {
    const found = this.things.find(({ thing }) => thing.urn === urn);
    if (!found) throw new Error(`there is no ${urn} in the simulated cloud`);
    return found.thing;
  }

  private save(): void {
    if (this.file === undefined) return;
    const things = this.things.map(({ thing }) => ({
      urn: thing.urn,
      id: thing.id,
      seed: thing.seed,
      inputs: values.propertiesToWire(thing.inputs),
      outputs: values.propertiesToWire(thing.outputs),
    }));
    const content: AccountFile = { schemaVersion: 1, things, made: this.made, recoverable: this.deleted };
    writeJson(this.file, content);
  }
}

function entry(thing: Thing): { readonly thing: Thing; readonly live: LiveResource } {
  const { urn, id, inputs, outputs } = thing;
  const plain = (properties: values.ValueMap): Properties => values.toPlain(properties) as Properties;
  return {
    thing,
    live: { urn, type: typeOf(urn), name: nameOf(urn), id, inputs: plain(inputs), outputs: plain(outputs) },
  };
}
