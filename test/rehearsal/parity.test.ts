import path from "node:path";
import type { Fault } from "../../rehearsal/account";
import type { CloudModel, ResourceModel } from "../../rehearsal/model";
import { nameOf } from "../../rehearsal/urn";
import { needs } from "../counterparts";
import type { Described } from "../fixtures/programs/described-resources";
import { BothEngines, compare, type Outcome, pulumiMissing, pulumiName } from "./engines";

const thing: ResourceModel = {
  required: ["size"],
  source: "imagined for tests",
  naming: { input: "label", auto: "suffix7", pattern: /^[a-z][a-z0-9-]*$/, maxLength: 24 },
  defaults: { colour: "grey" },
  secretOutputs: ["token"],
  forcesReplacement: ["zone", "anchor"],
  recomputed: ["version"],
  notCompared: ["writeOnly"],
  check: ({ size }) => (Number(size) > 100 ? [`size ${String(size)} is too large`] : []),
  create: (inputs, world, { urn }) => ({
    id: `id-${world.random(urn, 6, "abcdef")}`,
    outputs: {
      serial: world.random(`${urn}#serial`, 8, "0123456789"),
      token: "given out",
      version: `v${JSON.stringify([inputs.size, inputs.tags])}`,
    },
  }),
};
const clouds: Readonly<Record<string, CloudModel>> = {
  fake: {
    replacement: "givenName",
    keptInPreview: "all",
    resources: { "fake:index:Thing": thing, "fake:index:Fixed": { ...thing, deleteBeforeReplace: true } },
    invokes: {},
  },
};

/** A program before and after an edit. */
interface Edit {
  readonly does: string;
  readonly before: readonly Described[];
  readonly after: readonly Described[];
}

const base: Described = { name: "base", inputs: { size: 1, zone: "a" } };
const moved: Described = { ...base, inputs: { size: 1, zone: "b" } };
const serial = { from: "base", output: "serial" };
const user: Described = { name: "user", inputs: { size: 2, near: serial } };
const bound: Described = { name: "user", inputs: { size: 2, anchor: serial } };
const group: Described = { name: "group", type: "group" };
const fixed = (described: Described): Described => ({ ...described, type: "Fixed" });
const having = (described: Described, options: Described["options"]): Described => ({ ...described, options });
const within = (described: Described, parent: string): Described => ({ ...described, parent });
const named = (described: Described, label: string): Described => ({
  ...described,
  inputs: { ...described.inputs, label },
});

const edits: readonly Edit[] = [
  { does: "changes nothing", before: [base, user], after: [base, user] },
  {
    does: "changes, adds and drops inputs, in lists and objects too",
    before: [{ name: "a", inputs: { size: 1, tags: { one: "1", two: "2" }, list: [{ x: 1 }, { x: 2 }], gone: true } }],
    after: [
      { name: "a", inputs: { size: 2, tags: { one: "x", "th.ree": "3" }, list: [{ x: 1, y: 2 }], colour: "red" } },
    ],
  },
  { does: "adds a resource", before: [base], after: [base, user] },
  { does: "drops a resource and what needs it", before: [base, user], after: [] },
  { does: "drops a component with its child", before: [group, within(base, "group")], after: [] },
  { does: "replaces a resource that others use", before: [base, user], after: [moved, user] },
  { does: "replaces a resource and those that cannot live on", before: [base, bound], after: [moved, bound] },
  {
    does: "deletes before it replaces, as the provider says",
    before: [fixed(base), user],
    after: [fixed(moved), user],
  },
  {
    does: "deletes before it replaces, and first what cannot live on",
    before: [fixed(base), bound, { name: "third", inputs: { size: 3, anchor: { from: "user", output: "serial" } } }],
    after: [fixed(moved), bound, { name: "third", inputs: { size: 3, anchor: { from: "user", output: "serial" } } }],
  },
  {
    does: "deletes before it replaces and leaves those alone that only wait for it",
    before: [fixed(base), having({ name: "user", inputs: { size: 2 } }, { dependsOn: ["base"] })],
    after: [fixed(moved), having({ name: "user", inputs: { size: 2 } }, { dependsOn: ["base"] })],
  },
  {
    does: "deletes before it replaces, because the program says so",
    before: [having(base, { deleteBeforeReplace: true }), user],
    after: [having(moved, { deleteBeforeReplace: true }), user],
  },
  {
    does: "creates before it deletes, because the program says so",
    before: [having(fixed(base), { deleteBeforeReplace: false })],
    after: [having(fixed(moved), { deleteBeforeReplace: false })],
  },
  {
    does: "replaces a resource whose name is given",
    before: [named(base, "my-base"), user],
    after: [named(moved, "my-base"), user],
  },
  {
    does: "takes protection away and replaces",
    before: [having(base, { protect: true })],
    after: [having(moved, { protect: false })],
  },
  { does: "protects, and changes nothing else", before: [base], after: [having(base, { protect: true })] },
  { does: "drops a resource that is to stay", before: [having(base, { retainOnDelete: true })], after: [] },
  {
    does: "replaces a resource that is to stay",
    before: [having(base, { retainOnDelete: true })],
    after: [having(moved, { retainOnDelete: true })],
  },
  {
    does: "changes what is to be ignored",
    before: [having(base, { ignoreChanges: ["zone"] })],
    after: [having({ ...moved, inputs: { size: 2, zone: "b" } }, { ignoreChanges: ["zone"] })],
  },
  {
    does: "changes what replaces because the program says so",
    before: [having(base, { replaceOnChanges: ["size"] })],
    after: [having({ ...base, inputs: { size: 5, zone: "a" } }, { replaceOnChanges: ["size"] })],
  },
  {
    does: "changes a trigger",
    before: [having(base, { replacementTrigger: 1 }), user],
    after: [having(base, { replacementTrigger: 2 }), user],
  },
  { does: "adds a trigger", before: [base], after: [having(base, { replacementTrigger: 2 })] },
  {
    does: "has a trigger that follows from another resource",
    before: [base, having({ name: "user", inputs: { size: 1 } }, { replacementTrigger: serial })],
    after: [moved, having({ name: "user", inputs: { size: 1 } }, { replacementTrigger: serial })],
  },
  {
    does: "renames a resource",
    before: [base, user],
    after: [
      having({ ...base, name: "renamed" }, { aliases: [{ name: "base" }] }),
      { name: "user", inputs: { size: 2, near: { from: "renamed", output: "serial" } } },
    ],
  },
  {
    does: "renames a component, and its child with it",
    before: [group, within({ ...base, name: "group-base" }, "group")],
    after: [
      having({ ...group, name: "other" }, { aliases: [{ name: "group" }] }),
      within({ ...base, name: "other-base" }, "other"),
    ],
  },
  {
    does: "renames and replaces in one go",
    before: [base],
    after: [having({ ...moved, name: "renamed" }, { aliases: [{ name: "base" }] })],
  },
  {
    does: "renames, and deletes before it replaces",
    before: [fixed(base), user],
    after: [
      having({ ...fixed(moved), name: "renamed" }, { aliases: [{ name: "base" }] }),
      { name: "user", inputs: { size: 2, near: { from: "renamed", output: "serial" } } },
    ],
  },
  {
    does: "makes another output secret",
    before: [base, user],
    after: [having(base, { additionalSecretOutputs: ["serial"] }), user],
  },
  {
    does: "makes an input secret",
    before: [base],
    after: [{ name: "base", inputs: { size: 1, zone: "a", note: { secret: "s" } } }],
  },
  {
    does: "makes an input secret whose value stays",
    before: [{ name: "base", inputs: { size: 1, note: "s" } }],
    after: [{ name: "base", inputs: { size: 1, note: { secret: "s" } } }],
  },
  {
    does: "changes a secret",
    before: [{ name: "base", inputs: { size: 1, note: { secret: "s" }, deep: { list: [{ secret: "x" }] } } }],
    after: [{ name: "base", inputs: { size: 1, note: { secret: "t" }, deep: { list: [{ secret: "y" }] } } }],
  },
  {
    does: "changes an input that the provider does not compare",
    before: [{ name: "base", inputs: { size: 1, writeOnly: "a" } }],
    after: [{ name: "base", inputs: { size: 1, writeOnly: "b" } }],
  },
  {
    does: "drops a resource together with the one that takes it along",
    before: [base, having({ name: "user", inputs: { size: 2 } }, { deletedWith: "base" })],
    after: [],
  },
  {
    does: "changes only what a resource waits for",
    before: [base, { name: "user", inputs: { size: 2 } }],
    after: [base, having({ name: "user", inputs: { size: 2 } }, { dependsOn: ["base"] })],
  },
  {
    does: "updates a resource, and others with what is computed anew",
    before: [base, { name: "user", inputs: { size: 2, near: { from: "base", output: "version" } } }],
    after: [
      { ...base, inputs: { size: 7, zone: "a" } },
      { name: "user", inputs: { size: 2, near: { from: "base", output: "version" } } },
    ],
  },
  {
    does: "updates a resource, and what others use of it stays",
    before: [base, user],
    after: [{ ...base, inputs: { size: 7, zone: "a" } }, user],
  },
];

/** The same resources under other names, so that many edits go into one program. */
function prefixed(described: Described, prefix: string): Described {
  const rename = (name: string): string => `${prefix}${name}`;
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(([key, part]): [string, unknown] => [
      key,
      key === "from" ? rename(part as string) : inside(part),
    ]);
    return Object.fromEntries(members);
  };
  const { name, parent, options, inputs, ...rest } = described;
  const { dependsOn, deletedWith, aliases, replacementTrigger, ...others } = options ?? {};
  return {
    ...rest,
    name: rename(name),
    ...(inputs && { inputs: inside(inputs) as Described["inputs"] }),
    ...(parent !== undefined && { parent: rename(parent) }),
    options: {
      ...others,
      ...(dependsOn && { dependsOn: dependsOn.map(rename) }),
      ...(deletedWith !== undefined && { deletedWith: rename(deletedWith) }),
      ...(aliases && { aliases: aliases.map(({ name: old }) => ({ name: rename(old!) })) }),
      ...(replacementTrigger !== undefined && { replacementTrigger: inside(replacementTrigger) }),
    },
  };
}

const prefixOf = (index: number): string => `n${index}-`;

function program(
  which: "before" | "after" | "mended",
  of: readonly (Edit & Partial<Trouble>)[] = edits,
): Record<string, string> {
  const resources = of.flatMap((edit, index) =>
    (edit[which] ?? edit.after).map((each) => prefixed(each, prefixOf(index))),
  );
  return { "programs:resources": JSON.stringify(resources) };
}

function open(config: Record<string, string>): Promise<BothEngines> {
  const programDir = path.join(__dirname, "../fixtures/programs");
  const what = { programDir, entry: "described.ts", project: "programs", stack: "dev", clouds };
  return BothEngines.create({ ...what, config, secretKeys: [] });
}

/** The operations of a sequence, each run once for all the tests that look at it. */
function runs(suite: Mocha.Suite, run: () => Promise<Record<string, Outcome>>): (operation: string) => Outcome {
  let outcomes: Record<string, Outcome> = {};
  suite.beforeAll(async () => {
    outcomes = await run();
  });
  return (operation) => outcomes[operation]!;
}

describe("rehearsal: both engines do the same when an edit of the program", function () {
  this.timeout(1_200_000);
  needs(this, pulumiName, pulumiMissing());
  const outcomeOf = runs(this, async () => {
    const engines = await open(program("before"));
    try {
      const first = await engines.both("up");
      engines.configure(program("after"));
      const preview = await engines.both("up", { preview: true });
      const second = await engines.both("up");
      const refresh = await engines.both("refresh");
      const goingToDestroy = await engines.both("destroy", { preview: true });
      return { first, preview, second, refresh, goingToDestroy };
    } finally {
      engines.end();
    }
  });

  edits.forEach(({ does }, index) => {
    const isMeant = (urn: string): boolean => nameOf(urn).startsWith(prefixOf(index));
    it(does, () => {
      compare(outcomeOf("first"), isMeant);
      compare(outcomeOf("preview"), isMeant);
      compare(outcomeOf("second"), isMeant);
      compare(outcomeOf("refresh"), isMeant);
    });
  });
  const isEngines = (urn: string): boolean => !/^n\d+-/.test(nameOf(urn));
  it("keeps the stack and its provider", () => {
    for (const operation of ["first", "preview", "second", "refresh"]) compare(outcomeOf(operation), isEngines);
  });
  it("is followed by the destruction of everything", () => compare(outcomeOf("goingToDestroy")));
});

/** An edit that does not go well, at first at least. */
interface Trouble extends Edit {
  /** What goes wrong on purpose, and with which resource. */
  readonly fault?: readonly [kind: Fault["kind"], call: NonNullable<Fault["call"]>, name: string];
  /** What the program says the second time. @default the same */
  readonly mended?: readonly Described[];
}

/** Troubles that leave the other resources of a run alone. */
interface Troubles {
  readonly those: readonly Trouble[];
  /** Runs the CLI as `pulumi up` does without `--continue-on-error`. */
  readonly stops?: true;
}

const three: readonly Described[] = [
  base,
  user,
  { name: "third", inputs: { size: 3, near: { from: "user", output: "serial" } } },
];
const threeMoved: readonly Described[] = [moved, ...three.slice(1)];
const larger: Described = { ...base, inputs: { size: 7, zone: "a" } };
const tooLarge: Described = { ...base, inputs: { size: 700, zone: "a" } };
const follower: Described = { name: "user", inputs: { size: 2, near: { from: "base", output: "version" } } };

const updates = { before: [base, follower], after: [larger, follower] };
const replaces = { before: [base, user], after: [moved, user] };
const deletesFirst = { before: [fixed(base), user], after: [fixed(moved), user] };
const takesAlong = { before: [fixed(base), bound], after: [fixed(moved), bound] };

const troubles: Readonly<Record<string, Troubles>> = {
  creates: {
    those: [
      { does: "cannot create", before: [], after: three, fault: ["refuse", "create", "base"] },
      { does: "creates and is not ready in time", before: [], after: three, fault: ["afterwards", "create", "base"] },
      { does: "creates and hears no answer", before: [], after: three, fault: ["loseAnswer", "create", "base"] },
    ],
  },
  updates: {
    those: [
      { does: "cannot update", ...updates, fault: ["refuse", "update", "base"] },
      { does: "updates and is not ready in time", ...updates, fault: ["afterwards", "update", "base"] },
      { does: "updates and hears no answer", ...updates, fault: ["loseAnswer", "update", "base"] },
      { does: "meanwhile drops something else", before: [base, user], after: [base] },
    ],
  },
  replaces: {
    those: [
      { does: "cannot create the successor", ...replaces, fault: ["refuse", "create", "base"] },
      { does: "creates a successor that is not ready in time", ...replaces, fault: ["afterwards", "create", "base"] },
      { does: "creates the successor and hears no answer", ...replaces, fault: ["loseAnswer", "create", "base"] },
      { does: "cannot update what uses the successor", ...replaces, fault: ["refuse", "update", "user"] },
    ],
  },
  "deletes before it replaces": {
    those: [
      { does: "cannot create the successor", ...deletesFirst, fault: ["refuse", "create", "base"] },
      { does: "creates a successor that is not ready", ...deletesFirst, fault: ["afterwards", "create", "base"] },
      { does: "creates the successor and hears no answer", ...deletesFirst, fault: ["loseAnswer", "create", "base"] },
      { does: "cannot create it, with others deleted as well", ...takesAlong, fault: ["refuse", "create", "base"] },
      {
        does: "and then wants it as it was",
        ...deletesFirst,
        fault: ["refuse", "create", "base"],
        mended: [fixed(base), user],
      },
    ],
  },
  // With --continue-on-error the CLI itself waits for ever: docs/rehearsal.md, "Two engines".
  "cannot delete before it replaces": {
    those: [{ does: "stops", ...deletesFirst, fault: ["refuse", "delete", "base"] }],
    stops: true,
  },
  "deletes before it replaces and hears no answer": {
    those: [{ does: "stops", ...deletesFirst, fault: ["loseAnswer", "delete", "base"] }],
    stops: true,
  },
  deletes: {
    those: [
      { does: "drops what is protected", before: [having(base, { protect: true }), user], after: [] },
      { does: "cannot delete", before: three, after: [], fault: ["refuse", "delete", "user"] },
      { does: "deletes and hears no answer", before: three, after: [], fault: ["loseAnswer", "delete", "user"] },
      { does: "cannot delete a predecessor", before: three, after: threeMoved, fault: ["refuse", "delete", "base"] },
    ],
  },
  "deletes what is protected": {
    those: [
      {
        does: "for the sake of another is stopped",
        before: [fixed(base), having(bound, { protect: true })],
        after: [fixed(moved), having(bound, { protect: true })],
      },
    ],
  },
  "replaces what is protected": {
    those: [
      {
        does: "is stopped, until it is unprotected",
        before: [having(base, { protect: true }), user],
        after: [having(moved, { protect: true }), user],
        mended: [moved, user],
      },
    ],
  },
  "wants what the provider does not take": {
    those: [{ does: "is stopped", before: [base, follower], after: [tooLarge, follower], mended: [larger, follower] }],
  },
  "wants a new thing that the provider does not take": {
    those: [{ does: "is stopped", before: [], after: [tooLarge, follower], mended: [larger, follower] }],
    stops: true,
  },
};

for (const [what, { those, stops = false }] of Object.entries(troubles)) {
  describe(`rehearsal: both engines do the same when a run that ${what}`, function () {
    this.timeout(1_200_000);
    needs(this, pulumiName, pulumiMissing());
    const outcomeOf = runs(this, async () => {
      const engines = await open(program("before", those));
      try {
        if (those.some(({ before }) => before.length > 0)) await engines.both("up");
        engines.configure(program("after", those));
        engines.behindTheirBack((account) => {
          account.faults = those.flatMap(({ fault }, index): Fault[] =>
            fault ? [{ kind: fault[0], call: fault[1], urn: `::${prefixOf(index)}${fault[2]}` }] : [],
          );
        });
        const first = await engines.both("up", { continueOnError: !stops });
        engines.behindTheirBack((account) => {
          account.faults = [];
        });
        engines.configure(program("mended", those));
        return { first, again: await engines.both("up") };
      } finally {
        engines.end();
      }
    });

    those.forEach(({ does }, index) => {
      const isMeant = (urn: string): boolean => nameOf(urn).startsWith(prefixOf(index));
      it(`${does}, then and when it is repeated`, () => {
        for (const operation of ["first", "again"]) compare(outcomeOf(operation), isMeant);
      });
    });
  });
}
