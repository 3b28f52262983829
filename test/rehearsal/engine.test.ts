/**
 * The small engine, resource by resource: what it does for a registration, given what the last operation left. What it
 * does is Pulumi's own way (pkg/resource/deploy of 3.248); parity.test.ts compares the two where there is a CLI.
 */
import assert from "node:assert/strict";
import { Account, type Fault } from "../../rehearsal/account";
import { Deployment, type Goal, type Settled } from "../../rehearsal/engine/deployment";
import type { Step } from "../../rehearsal/engine/plan";
import { refreshed } from "../../rehearsal/engine/refresh";
import { emptyState, type State } from "../../rehearsal/engine/state";
import type { RecordedOptions } from "../../rehearsal/graph";
import type { CloudModel } from "../../rehearsal/model";
import { Providers } from "../../rehearsal/providers";
import { Secret, unknown, type Value, type ValueMap } from "../../rehearsal/values";
import { fakeClouds } from "./fake-cloud";
import { noOptions } from "./handmade-graph";

const place = { project: "programs", stack: "dev" };
const root = "urn:pulumi:dev::programs";
const thing = "fake:index:Thing";
const urnOf = (name: string, type = thing): string => `${root}::${type}::${name}`;

const fake = fakeClouds["fake"]!;
const model = { ...fake.resources[thing]!, forcesReplacement: ["zone", "anchor", "region"] };
const clouds: Readonly<Record<string, CloudModel>> = {
  fake: { ...fake, resources: { [thing]: model, "fake:index:Fixed": { ...model, deleteBeforeReplace: true } } },
};

/** A part of another resource's outputs. */
class From {
  constructor(
    readonly name: string,
    readonly output: string,
  ) {}
}

interface Wanted {
  readonly name: string;
  readonly type?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<RecordedOptions>;
  readonly dependsOn?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

interface Outcome {
  /** `operation name`, without what stays the same. */
  readonly did: string[];
  readonly steps: readonly Step[];
  readonly failures: readonly string[];
  readonly kept: readonly string[];
}

/** A stack without a program. */
class Bench {
  readonly account = new Account();
  state: State = emptyState;
  region = "north";

  async run(wanted: readonly Wanted[], { preview = false } = {}): Promise<Outcome> {
    const { open } = new Providers(clouds, this.account, place);
    const save = (state: State): void => {
      this.state = state;
    };
    const deployment = new Deployment({ preview, prior: this.state, open, save });
    const provider = deployment.settleOwn(this.provider());
    const failures: string[] = [];
    const known = new Map<string, ValueMap>();
    for (const each of wanted) {
      const settled: Settled = await deployment.settle(this.goal(each, `${provider.urn}::${provider.id}`, known));
      if ("failures" in settled) failures.push(...settled.failures);
      else known.set(each.name, settled.resource.outputs);
    }
    if (!deployment.stopped) failures.push(...(await deployment.deleteRest()).values());
    if (!preview) this.state = deployment.state;
    const { steps, kept } = deployment;
    const did = steps.flatMap(({ operation, name }) =>
      operation === "same" || name === "cloud" ? [] : [`${operation} ${name}`],
    );
    return { did, steps, failures, kept };
  }

  private provider(): Goal {
    const urn = urnOf("cloud", "pulumi:providers:fake");
    const inputs = { region: this.region };
    return this.bare({ urn, type: "pulumi:providers:fake", name: "cloud", id: "p", inputs, outputs: inputs });
  }

  private goal(
    { name, type = thing, inputs = {}, ...more }: Wanted,
    provider: string,
    known: ReadonlyMap<string, ValueMap>,
  ): Goal {
    const resolved = Object.entries<unknown>({ size: 1, ...inputs }).map(([key, value]): [string, Value] => [
      key,
      value instanceof From ? (known.get(value.name)?.[value.output] ?? unknown) : (value as Value),
    ]);
    const needs = Object.entries(inputs).flatMap(([key, value]) =>
      value instanceof From ? [[key, [urnOf(value.name)]] as const] : [],
    );
    return this.bare({
      ...{ urn: urnOf(name, type), type, name, provider },
      inputs: Object.fromEntries(resolved),
      dependencies: [...(more.dependsOn ?? []).map((each) => urnOf(each)), ...needs.flatMap(([, urns]) => urns)],
      propertyDependencies: Object.fromEntries(needs),
      options: { ...noOptions, ...more.options },
      deleteBeforeReplace: more.deleteBeforeReplace,
    });
  }

  private bare(part: Partial<Goal> & Pick<Goal, "urn" | "type" | "name">): Goal {
    return {
      ...{ custom: true, external: false, parent: "", provider: "", id: "", inputs: {}, outputs: {} },
      ...{ dependencies: [], propertyDependencies: {}, options: noOptions, deleteBeforeReplace: undefined },
      ...part,
    };
  }
}

const base: Wanted = { name: "base", inputs: { zone: "a" } };
const moved: Wanted = { name: "base", inputs: { zone: "b" } };
const having = (wanted: Wanted, more: Partial<Wanted>): Wanted => ({ ...wanted, ...more });
const serial = new From("base", "serial");

/** What an operation does after another one. */
async function after(
  first: readonly Wanted[],
  second: readonly Wanted[],
): Promise<Outcome & { readonly bench: Bench }> {
  const bench = new Bench();
  assert.deepEqual((await bench.run(first)).failures, []);
  return { ...(await bench.run(second)), bench };
}

describe("the small engine", () => {
  it("creates what is new, and does nothing the next time", async () => {
    const bench = new Bench();
    assert.deepEqual((await bench.run([base])).did, ["create base"]);
    assert.deepEqual((await bench.run([base])).did, []);
    assert.equal(bench.account.resources.length, 1);
  });

  it("updates in place and tells which inputs changed", async () => {
    const { did, steps, bench } = await after([base], [having(base, { inputs: { zone: "a", size: 2 } })]);
    assert.deepEqual(did, ["update base"]);
    const { differences } = steps.find(({ operation }) => operation === "update")!;
    assert.deepEqual(differences, [{ path: "size", kind: "update", old: 1, new: 2 }]);
    assert.equal(bench.account.resources[0]!.inputs["size"], 2);
  });

  it("creates the successor before it deletes, unless told otherwise", async () => {
    const first = await after([base], [moved]);
    assert.deepEqual(first.did, ["create-replacement base", "replace base", "delete-replaced base"]);
    const second = await after([base], [having(moved, { deleteBeforeReplace: true })]);
    assert.deepEqual(second.did, ["delete-replaced base", "replace base", "create-replacement base"]);
    for (const { bench } of [first, second]) assert.equal(bench.account.resources.length, 1);
  });

  it("gives a successor a name of its own", async () => {
    const bench = new Bench();
    await bench.run([base]);
    const before = bench.account.resources[0]!.inputs["label"];
    await bench.run([moved]);
    assert.notEqual(bench.account.resources[0]!.inputs["label"], before);
  });

  it("deletes first what cannot live on without the resource, and makes it again", async () => {
    const fixed = (wanted: Wanted): Wanted => having(wanted, { deleteBeforeReplace: true });
    const bound: Wanted = { name: "bound", inputs: { anchor: serial } };
    const waiting: Wanted = { name: "waiting", dependsOn: ["base"] };
    const { did } = await after([fixed(base), bound, waiting], [fixed(moved), bound, waiting]);
    assert.deepEqual(did, [
      ...["delete-replaced bound", "delete-replaced base", "replace base", "create-replacement base"],
      ...["replace bound", "create-replacement bound"],
    ]);
  });

  it("neither deletes nor replaces what is protected, nor what would take it along", async () => {
    const protect = (wanted: Wanted): Wanted => having(wanted, { options: { protect: true } });
    const gone = await after([protect(base)], []);
    assert.match(gone.failures.join(), /cannot be deleted\nbecause it is protected/);
    const replaced = await after([protect(base)], [protect(moved)]);
    assert.match(replaced.failures.join(), /unable to replace resource .*\nas it is currently marked for protection/);
    const bound = protect({ name: "bound", inputs: { anchor: serial } });
    const fixed = (wanted: Wanted): Wanted => having(wanted, { deleteBeforeReplace: true });
    const along = await after([fixed(base), bound], [fixed(moved), bound]);
    assert.match(along.failures.join(), /as part of replacing/);
    for (const { bench } of [gone, replaced]) assert.equal(bench.account.resources[0]!.inputs["zone"], "a");
    assert.equal(along.bench.account.resources.length, 2);
  });

  it("replaces what it may unprotect in the same run", async () => {
    const { failures } = await after([having(base, { options: { protect: true } })], [moved]);
    assert.deepEqual(failures, []);
  });

  it("forgets what is to be kept and leaves it alone", async () => {
    const { kept, did, bench } = await after([having(base, { options: { retainOnDelete: true } })], []);
    assert.deepEqual([kept, did], [[urnOf("base")], ["delete base"]]);
    assert.equal(bench.account.resources.length, 1);
    assert.ok(bench.state.resources.every(({ name }) => name !== "base"));
  });

  it("makes no call to delete what goes with another thing", async () => {
    const along: Wanted = { name: "along", dependsOn: ["base"], options: { deletedWith: urnOf("base") } };
    const together = await after([base, along], []);
    assert.deepEqual(together.did, ["delete along", "delete base"]);
    assert.deepEqual(
      together.bench.account.journal.filter(({ call }) => call === "delete").map(({ urn }) => urn),
      [urnOf("base")],
    );
    const alone = await after([base, along], [base]);
    assert.deepEqual(
      alone.bench.account.journal.filter(({ call }) => call === "delete").map(({ urn }) => urn),
      [urnOf("along")],
    );
  });

  it("knows a resource again by its earlier name", async () => {
    const renamed = having(base, { name: "other", options: { aliases: [urnOf("base")] } });
    const { did, bench } = await after([base], [renamed]);
    assert.deepEqual(did, []);
    assert.ok(bench.state.resources.some(({ urn }) => urn === urnOf("other")));
    assert.equal(bench.account.resources.length, 1);
    const { steps } = await refreshed(bench.state, new Providers(clouds, bench.account, place), true);
    assert.deepEqual(
      steps.map(({ operation, urn }) => [operation, urn]),
      [["same", urnOf("other")]],
    );
  });

  it("ignores changes of whole inputs and of parts of them", async () => {
    const wanted = (inputs: Wanted["inputs"], ...ignoreChanges: string[]): Wanted => ({
      name: "base",
      inputs: inputs!,
      options: { ignoreChanges },
    });
    const whole = await after([wanted({ zone: "a" })], [wanted({ zone: "b" }, "zone")]);
    assert.deepEqual(whole.did, []);
    const part = await after(
      [wanted({ shape: { x: 1, y: 1 } })],
      [wanted({ shape: { x: 2, y: 2, z: 2 } }, "shape.x", "shape.z")],
    );
    assert.deepEqual(part.did, ["update base"]);
    assert.deepEqual(part.bench.account.resources[0]!.inputs["shape"], { x: 1, y: 2 });
  });

  it("gives a successor the program's whole inputs, ignored or not, and keeps what is ignored below them", async () => {
    const wanted = (size: number, zone: string): Wanted => ({
      name: "base",
      inputs: { size, zone, shape: { x: size } },
      options: { ignoreChanges: ["size", "shape.x"] },
    });
    const { bench } = await after([wanted(1, "a")], [wanted(2, "b")]);
    const { inputs } = bench.account.resources[0]!;
    assert.deepEqual([inputs["size"], inputs["shape"]], [2, { x: 1 }]);
  });

  it("replaces on a trigger that changes, and not on one that comes", async () => {
    const triggered = (replacementTrigger: unknown): Wanted => having(base, { options: { replacementTrigger } });
    assert.deepEqual((await after([base], [triggered(1)])).did, []);
    const { did, steps } = await after([triggered(1)], [triggered(2)]);
    assert.equal(did.length, 3);
    assert.deepEqual(steps.find(({ operation }) => operation === "replace")!.replaces, ["replacementTrigger"]);
  });

  it("replaces on changes that the program names", async () => {
    const sized = (size: number): Wanted => ({
      name: "base",
      inputs: { size },
      options: { replaceOnChanges: ["size"] },
    });
    const { steps } = await after([sized(1)], [sized(2)]);
    const { differences, replaces } = steps.find(({ operation }) => operation === "replace")!;
    assert.deepEqual([differences.map(({ kind }) => kind), replaces], [["update-replace"], ["size"]]);
  });

  it("replaces everything of a provider that moves to another region", async () => {
    const bench = new Bench();
    await bench.run([base]);
    bench.region = "south";
    assert.deepEqual((await bench.run([base])).did, [
      "create-replacement base",
      "replace base",
      "delete-replaced base",
    ]);
    assert.equal(bench.account.resources[0]!.outputs["region"], "south");
  });

  it("deletes dependents first, and spares what a failed deletion still needs", async () => {
    const user: Wanted = { name: "user", inputs: { near: new From("base", "label") } };
    const bench = new Bench();
    await bench.run([base, user]);
    bench.account.faults = [{ kind: "refuse", call: "delete", urn: "user" }];
    const first = await bench.run([]);
    assert.deepEqual([first.did, first.failures.length], [["delete user"], 1]);
    assert.deepEqual((await bench.run([])).did, ["delete user", "delete base"]);
    assert.equal(bench.account.resources.length, 0);
  });

  it("knows in a preview what is planned only as unknown, and changes nothing", async () => {
    const bench = new Bench();
    await bench.run([base]);
    const before = bench.state;
    const user: Wanted = { name: "user", inputs: { anchor: new From("next", "serial") } };
    const { did, steps } = await bench.run([moved, { name: "next" }, user], { preview: true });
    assert.deepEqual(did, [
      "create-replacement base",
      "replace base",
      "create next",
      "create user",
      "delete-replaced base",
    ]);
    assert.ok(steps.every(({ outcome }) => outcome === "planned"));
    assert.equal(steps.find(({ name }) => name === "user")!.newInputs!["anchor"], "<unknown>");
    assert.equal(bench.state, before);
    assert.deepEqual(
      bench.account.resources.map(({ inputs }) => inputs["zone"]),
      ["a"],
    );
  });

  it("keeps outputs secret that the program calls secret", async () => {
    const { bench } = await after([base], [having(base, { options: { additionalSecretOutputs: ["serial"] } })]);
    const { outputs } = bench.state.resources.find(({ name }) => name === "base")!;
    assert.ok(outputs["serial"] instanceof Secret);
  });
});

describe("the small engine, when something fails", () => {
  async function failing(
    fault: Fault,
    first: readonly Wanted[],
    second = first,
  ): Promise<{ bench: Bench; failed: Outcome }> {
    const bench = new Bench();
    if (first !== second) await bench.run(first);
    bench.account.faults = [fault];
    return { bench, failed: await bench.run(second) };
  }
  const stateOf = (bench: Bench, name: string): State["resources"] =>
    bench.state.resources.filter((each) => each.name === name);

  it("has nothing after a creation that was refused, and creates the next time", async () => {
    const { bench, failed } = await failing({ kind: "refuse", call: "create" }, [base]);
    assert.deepEqual([failed.failures.length, stateOf(bench, "base"), bench.state.pending], [1, [], []]);
    assert.deepEqual((await bench.run([base])).did, ["create base"]);
  });

  it("keeps what was created but is not well, and updates it the next time", async () => {
    const { bench, failed } = await failing({ kind: "afterwards", call: "create" }, [base]);
    assert.equal(failed.failures.length, 1);
    assert.deepEqual(
      stateOf(bench, "base").map(({ initErrors }) => initErrors?.length),
      [1],
    );
    assert.deepEqual((await bench.run([base])).did, ["update base"]);
    assert.equal(stateOf(bench, "base")[0]!.initErrors, undefined);
    assert.equal(bench.account.resources.length, 1);
  });

  it("remembers a creation whose answer got lost until the operator has looked", async () => {
    const { bench } = await failing({ kind: "loseAnswer", call: "create" }, [base]);
    const pending = [{ urn: urnOf("base"), operation: "creating" }];
    assert.deepEqual([stateOf(bench, "base"), bench.state.pending], [[], pending]);
    await bench.run([base]);
    assert.deepEqual(bench.state.pending, pending);
    assert.equal(bench.account.resources.length, 2);
  });

  it("goes on where a replacement that deletes first was cut short", async () => {
    const fixed = (wanted: Wanted): Wanted => having(wanted, { deleteBeforeReplace: true });
    const { bench, failed } = await failing({ kind: "refuse", call: "create" }, [fixed(base)], [fixed(moved)]);
    assert.equal(failed.failures.length, 1);
    assert.deepEqual([stateOf(bench, "base")[0]!.pendingReplacement, bench.account.resources], [true, []]);
    assert.deepEqual((await bench.run([fixed(moved)])).did, ["replace base", "create-replacement base"]);
    assert.deepEqual(
      stateOf(bench, "base").map(({ pendingReplacement }) => pendingReplacement),
      [undefined],
    );
  });

  it("compares again what an earlier run deleted, and says why it is made anew", async () => {
    const fixed = (wanted: Wanted): Wanted => having(wanted, { deleteBeforeReplace: true });
    const { bench } = await failing({ kind: "refuse", call: "create" }, [fixed(base)], [fixed(moved)]);
    const { steps } = await bench.run([fixed(moved)]);
    assert.deepEqual(steps.find(({ operation }) => operation === "replace")!.replaces, ["zone"]);
  });

  it("keeps the earlier inputs after an update that was not ready in time, and sends the new ones again", async () => {
    const larger = having(base, { inputs: { zone: "a", size: 2 } });
    const { bench } = await failing({ kind: "afterwards", call: "update" }, [base], [larger]);
    const [kept] = stateOf(bench, "base");
    assert.deepEqual([kept!.inputs["size"], kept!.outputs["size"], kept!.initErrors?.length], [1, 2, 1]);
    const { did, steps } = await bench.run([larger]);
    assert.deepEqual([did, steps.at(-1)!.differences.length], [["update base"], 1]);
    assert.deepEqual((await bench.run([larger])).did, []);
  });

  it("deletes the predecessor of a successor that is not ready in time", async () => {
    const { bench, failed } = await failing({ kind: "afterwards", call: "create" }, [base], [moved]);
    assert.deepEqual(failed.did, ["create-replacement base", "delete-replaced base"]);
    assert.deepEqual([bench.account.resources.length, stateOf(bench, "base").length], [1, 1]);
  });

  it("drops what nobody wants although something failed, but neither that nor what it needs", async () => {
    const user: Wanted = { name: "user", inputs: { near: new From("base", "label") } };
    const larger: Wanted = having(user, { inputs: { size: 2 } });
    const fault: Fault = { kind: "refuse", call: "update", urn: "user" };
    const { bench, failed } = await failing(fault, [base, user, { name: "other" }], [larger]);
    assert.deepEqual(failed.did, ["update user", "delete other"]);
    assert.deepEqual((await bench.run([larger])).did, ["update user", "delete base"]);
  });

  it("deletes nothing where Pulumi would have ended", async () => {
    const refused: Wanted = having(base, { inputs: { zone: "a", size: 2000 } });
    const { bench, failed } = await failing({ kind: "slow" }, [base, { name: "other" }], [refused]);
    assert.deepEqual([failed.failures.length, failed.did], [1, []]);
    assert.equal(bench.account.resources.length, 2);
  });

  it("forgets a resource that was to be made anew and is not wanted any more", async () => {
    const fixed = (wanted: Wanted): Wanted => having(wanted, { deleteBeforeReplace: true });
    const { bench } = await failing({ kind: "refuse", call: "create" }, [fixed(base)], [fixed(moved)]);
    assert.deepEqual((await bench.run([])).did, ["remove-pending-replace base"]);
    assert.deepEqual(stateOf(bench, "base"), []);
  });

  it("deletes the old half of a replacement the next time, if it could not before", async () => {
    const { bench } = await failing({ kind: "refuse", call: "delete" }, [base], [moved]);
    assert.deepEqual(
      stateOf(bench, "base").map((each) => each.delete),
      [undefined, true],
    );
    assert.equal(bench.account.resources.length, 2);
    assert.deepEqual((await bench.run([moved])).did, ["delete-replaced base"]);
    assert.equal(bench.account.resources.length, 1);
  });

  it("deletes what is gone already without a word", async () => {
    const bench = new Bench();
    await bench.run([base]);
    bench.account.lose(urnOf("base"));
    assert.deepEqual((await bench.run([])).failures, []);
  });
});
