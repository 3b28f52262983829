/**
 * Which config key is the reason for a change.
 */
import assert from "node:assert/strict";
import type { Plan } from "../../rehearsal/engine/plan";
import {
  attribute,
  type Config,
  type ConfigChange,
  configChanges,
  type Reason,
  withChange,
} from "../../rehearsal/report/reasons";
import { planOf, replacement, step } from "./handmade-plan";

const facts = { project: "openvidu", secretKeys: ["openvidu:license"] };
const changesOf = (before: Config, after: Config): ConfigChange[] => configChanges(before, after, facts);
const paths = (before: Config, after: Config): string[] =>
  changesOf(before, after).map(({ kind, path }) => `${kind} ${path}`);

describe("config changes", () => {
  it("are keys that come, go or have another value", () => {
    assert.deepEqual(
      changesOf(
        { "openvidu:region": "eu-west-1", "openvidu:domain": "a" },
        { "openvidu:domain": "b", "openvidu:cloud": "aws" },
      ),
      [
        { key: "openvidu:cloud", path: "cloud", kind: "added", after: "aws" },
        { key: "openvidu:domain", path: "domain", kind: "changed", before: "a", after: "b" },
        { key: "openvidu:region", path: "region", kind: "removed", before: "eu-west-1" },
      ],
    );
    assert.deepEqual(paths({ "openvidu:domain": "a" }, { "openvidu:domain": "a" }), []);
  });

  it("of structured values are named by their inner paths", () => {
    const [before, after] = [`{"max":5,"min":1}`, `{"max":8,"min":1,"deep":{"er":true}}`];
    assert.deepEqual(paths({ "openvidu:media": before }, { "openvidu:media": after }), [
      "added media.deep.er",
      "changed media.max",
    ]);
    assert.deepEqual(paths({}, { "openvidu:media": before }), ["added media.max", "added media.min"]);
    assert.deepEqual(paths({ "openvidu:media": before }, {}), ["removed media.max", "removed media.min"]);
  });

  it("of lists concern the whole list, and the order of an object's members none", () => {
    assert.deepEqual(
      paths({ "openvidu:access": `{"operatorCidrs":["a"]}` }, { "openvidu:access": `{"operatorCidrs":["a","b"]}` }),
      ["changed access.operatorCidrs"],
    );
    assert.deepEqual(paths({ "openvidu:media": `{"a":1,"b":2}` }, { "openvidu:media": `{"b":2,"a":1}` }), []);
  });

  it("keep the namespace of other keys, and text that only looks structured", () => {
    assert.deepEqual(paths({ "aws:profile": "a" }, { "aws:profile": "{b" }), ["changed aws:profile"]);
  });

  it("never tell a secret", () => {
    const [change, ...others] = changesOf(
      { "openvidu:license": `{"token":"1"}` },
      { "openvidu:license": `{"token":"2"}` },
    );
    assert.deepEqual(change, { key: "openvidu:license", path: "license", kind: "changed" });
    assert.deepEqual(others, []);
    assert.deepEqual(changesOf({ "openvidu:license": "1" }, { "openvidu:license": "1" }), []);
  });
});

describe("a config with one change", () => {
  const one = (before: Config, after: Config, path: string): Config => {
    const change = changesOf(before, after).find((each) => each.path === path);
    assert.ok(change, path);
    return withChange(before, after, change, facts);
  };

  it("has that change and no other", () => {
    const before = { "openvidu:media": `{"max":5,"min":1}`, "openvidu:domain": "a", "openvidu:license": "1" };
    const after = { "openvidu:media": `{"max":8,"min":2}`, "openvidu:region": "b", "openvidu:license": "2" };
    assert.deepEqual(one(before, after, "media.max"), { ...before, "openvidu:media": `{"max":8,"min":1}` });
    assert.deepEqual(one(before, after, "region"), { ...before, "openvidu:region": "b" });
    assert.deepEqual(one(before, after, "license"), { ...before, "openvidu:license": "2" });
    const { "openvidu:domain": _, ...rest } = before;
    assert.deepEqual(one(before, after, "domain"), rest);
  });

  it("makes and removes structured values, members in alphabetical order", () => {
    const full = { "openvidu:media": `{"max":8,"min":2}` };
    assert.deepEqual(one({}, full, "media.max"), { "openvidu:media": `{"max":8}` });
    assert.deepEqual(one({ "openvidu:media": `{"min":2}` }, full, "media.max"), full);
    assert.deepEqual(one(full, {}, "media.max"), { "openvidu:media": `{"min":2}` });
    assert.deepEqual(one({ "openvidu:media": `{"max":8}` }, {}, "media.max"), {});
  });
});

describe("attribution", () => {
  const before = { "openvidu:a": "1", "openvidu:b": "1" };
  const after = { "openvidu:a": "2", "openvidu:b": "2" };
  const update = (name: string, inputs: Readonly<Record<string, unknown>>): ReturnType<typeof step> =>
    step("update", "t:m:T", name, { paths: inputs });

  /** Asks with a program whose plan follows from the config. */
  async function reasons(
    planFor: (config: Config) => Plan,
    from: Config = before,
    to: Config = after,
  ): Promise<{ asked: Config[]; of: (name: string) => Reason | undefined }> {
    const asked: Config[] = [];
    const found = await attribute(
      changesOf(from, to),
      (config) => {
        asked.push(config);
        return Promise.resolve(planFor(config));
      },
      { ...facts, before: from, after: to, plan: planFor(to) },
    );
    return { asked, of: (name) => [...found].find(([urn]) => urn.endsWith(`::${name}`))?.[1] };
  }

  const has = (config: Config, key: "a" | "b"): boolean => config[`openvidu:${key}`] === "2";

  it("gives each resource the keys that change it alone", async () => {
    const { asked, of } = await reasons((config) =>
      planOf([
        ...(has(config, "a") ? [update("first", { x: 1 }), update("both", { x: 1 })] : []),
        ...(has(config, "b") ? [...replacement("t:m:T", "second"), update("other", { y: 1 })] : []),
      ]),
    );
    assert.deepEqual(of("first"), { keys: ["a"], elsewhere: false });
    assert.deepEqual(of("second"), { keys: ["b"], elsewhere: false });
    assert.deepEqual(of("other"), { keys: ["b"], elsewhere: false });
    assert.deepEqual(asked, [before, { ...before, "openvidu:a": "2" }, { ...before, "openvidu:b": "2" }]);
  });

  it("gives a resource every key that changes one of its inputs", async () => {
    const { of } = await reasons((config) =>
      planOf(
        [update("one", { ...(has(config, "a") ? { x: 1 } : {}), ...(has(config, "b") ? { y: 1 } : {}) })].filter(
          ({ differences }) => differences.length > 0,
        ),
      ),
    );
    assert.deepEqual(of("one")?.keys, ["a", "b"]);
  });

  it("gives all keys to what changes only with several together", async () => {
    const { of } = await reasons((config) =>
      planOf(has(config, "a") && has(config, "b") ? [update("together", { x: 1 })] : []),
    );
    assert.deepEqual(of("together"), { keys: ["a", "b"], elsewhere: false });
  });

  it("tells what changes without an edit of the config", async () => {
    const { of } = await reasons((config) =>
      planOf([update("newer", { x: 1 }), ...(has(config, "a") ? [update("a", { x: 1 })] : [])]),
    );
    assert.deepEqual(of("newer"), { keys: [], elsewhere: true });
    assert.deepEqual(of("a"), { keys: ["a"], elsewhere: false });
  });

  it("tells a key apart from a newer program that changes the same input", async () => {
    const { of } = await reasons((config) => planOf([update("one", { x: has(config, "a") ? "new and a" : "new" })]));
    assert.deepEqual(of("one"), { keys: ["a"], elsewhere: true });
  });

  it("needs one more plan for one key, and none without a key", async () => {
    const single = await reasons((config) => planOf(has(config, "a") ? [update("one", { x: 1 })] : []), before, {
      ...before,
      "openvidu:a": "2",
    });
    assert.deepEqual(single.of("one"), { keys: ["a"], elsewhere: false });
    assert.deepEqual(single.asked, [before]);
    const same = await reasons(() => planOf([update("one", { x: 1 })]), before, before);
    assert.deepEqual(same.of("one"), { keys: [], elsewhere: true });
    assert.deepEqual(same.asked, []);
  });

  it("goes on where a config with one change alone cannot be planned", async () => {
    const { of } = await reasons((config) => {
      if (has(config, "b") && !has(config, "a")) throw new Error("b needs a");
      return planOf([
        ...(has(config, "a") ? [update("first", { x: 1 })] : []),
        ...(has(config, "b") ? [update("second", { x: 1 })] : []),
      ]);
    });
    assert.deepEqual(of("first")?.keys, ["a"]);
    assert.deepEqual(of("second")?.keys, ["a", "b"]);
  });

  it("leaves out what stays the same", async () => {
    const { of } = await reasons(() => planOf([step("same", "t:m:T", "still")]));
    assert.equal(of("still"), undefined);
  });
});
