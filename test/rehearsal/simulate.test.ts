import assert from "node:assert/strict";
import type { LiveResource, ResourceModel } from "../../rehearsal/model";
import {
  check,
  create,
  createWorld,
  markSecret,
  previewOutputs,
  stableRandom,
  type Wanted,
} from "../../rehearsal/simulate";
import {
  fromWire,
  hasUnknown,
  propertiesFromWire,
  Secret,
  toRecord,
  toWire,
  unknown,
  type ValueMap,
} from "../../rehearsal/values";
import { createUrn, nameOf, qualifiedType, typeOf, urnOfReference } from "../../rehearsal/urn";

const place = { project: "made", stack: "dev", resources: [] as LiveResource[], provider: {} };
const wanted = (inputs: ValueMap, name = "thing"): Wanted => ({
  urn: `urn:x::${name}`,
  type: "fake:index:Thing",
  name,
  inputs,
});

const model = (more: Partial<ResourceModel> = {}): ResourceModel => ({
  required: [],
  source: "imagined for tests",
  create: () => ({ id: "id", outputs: {} }),
  ...more,
});

describe("rehearsal: what a provider does with inputs", () => {
  it("names every missing property", () => {
    const { failures } = check(model({ required: ["a", "b", "c"] }), wanted({ b: unknown }), createWorld(place));
    assert.deepEqual(failures, ["missing required property 'a'", "missing required property 'c'"]);
  });

  it("names resources as each provider does", () => {
    const nameBy = (auto: "suffix7" | "suffix8" | "copy" | "none"): unknown =>
      check(model({ naming: { input: "label", auto } }), wanted({}), createWorld(place)).inputs["label"];
    assert.match(String(nameBy("suffix7")), /^thing-[0-9a-f]{7}$/);
    assert.match(String(nameBy("suffix8")), /^thing[0-9a-f]{8}$/);
    assert.equal(nameBy("copy"), "thing");
    assert.equal(nameBy("none"), undefined);
  });

  it("keeps a given name, and judges given and made names alike", () => {
    const naming = { input: "label", auto: "copy", minLength: 3, maxLength: 6, pattern: /^[a-z]+$/ } as const;
    const failuresOf = (inputs: ValueMap, name?: string): readonly string[] =>
      check(model({ naming }), wanted(inputs, name), createWorld(place)).failures;
    assert.deepEqual(failuresOf({ label: "fine" }), []);
    assert.deepEqual(failuresOf({ label: "ab" }), ["'label' is too short (2): at least 3 characters required"]);
    assert.deepEqual(failuresOf({}, "muchtoolong"), ["'label' is too long (11): at most 6 characters allowed"]);
    assert.deepEqual(failuresOf({ label: "n0pe" }), ["'label' does not match expression '^[a-z]+$': n0pe"]);
    assert.deepEqual(failuresOf({ label: unknown }), []);
  });

  it("fills in defaults and never overrides", () => {
    const { inputs } = check(model({ defaults: { a: 1, b: 2 } }), wanted({ b: 3 }), createWorld(place));
    assert.deepEqual(inputs, { a: 1, b: 3 });
  });

  it("asks the model's own checks with plain values, and only when everything is known", () => {
    const seen: unknown[] = [];
    const curious = model({ check: (inputs) => (seen.push(inputs), ["no"]) });
    assert.deepEqual(check(curious, wanted({ a: unknown }), createWorld(place)).failures, []);
    assert.deepEqual(check(curious, wanted({ a: new Secret({ b: 1 }) }), createWorld(place)).failures, ["no"]);
    assert.deepEqual(seen, [{ a: { b: 1 } }]);
  });
});

describe("rehearsal: what a provider answers", () => {
  it("answers inputs and outputs, with secrets kept", () => {
    const inputs = { plain: 1, password: new Secret("x"), list: ["a", new Secret("b")] };
    const answer = model({
      secretOutputs: ["key"],
      create: () => ({ id: "7", outputs: { key: "k", other: "o", list: ["a", "changed"] } }),
    });
    const { id, outputs } = create(answer, wanted(inputs), createWorld(place), "seed");
    assert.equal(id, "7");
    assert.deepEqual(toRecord(markSecret(outputs, ["other", "id"])), {
      plain: 1,
      password: { secret: "x" },
      list: { secret: ["a", "changed"] },
      key: { secret: "k" },
      other: { secret: "o" },
    });
  });

  it("does not accept a model that makes something without an id", () => {
    const broken = model({ create: () => ({ id: "", outputs: {} }) });
    assert.throws(() => create(broken, wanted({}), createWorld(place), "seed"), /empty id/);
  });

  it("knows only the inputs in a preview", () => {
    const outputs = previewOutputs(model({ secretOutputs: ["key"] }), { size: 1, colour: "red" });
    assert.deepEqual(toRecord(outputs), { key: { secret: "<unknown>" }, size: 1, colour: "red" });
  });

  it("finds resources by type and id", () => {
    const live = (type: string, id: string): LiveResource => ({ urn: id, type, name: id, id, inputs: {}, outputs: {} });
    const world = createWorld({ ...place, resources: [live("a", "1"), live("b", "1"), live("a", "2")] });
    assert.deepEqual(
      world.ofType("a").map(({ id }) => id),
      ["1", "2"],
    );
    assert.equal(world.byId("b", "1")?.type, "b");
    assert.equal(world.byId("b", "2"), undefined);
  });

  it("looks random and never changes", () => {
    assert.equal(stableRandom("seed", 12, "0123456789abcdef"), stableRandom("seed", 12, "0123456789abcdef"));
    assert.notEqual(stableRandom("seed", 12, "01"), stableRandom("other", 12, "01"));
    const long = stableRandom("seed", 4000, "abcd");
    for (const letter of "abcd") assert.ok(long.split(letter).length > 900, `${letter} is rare`);
  });
});

describe("rehearsal: values on the wire", () => {
  const signature = "4dabf18193072939515e22adb298388d";
  const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270", value: "x" };
  const output = (more: object): object => ({ [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...more });

  it("reads what a program may send", () => {
    assert.deepEqual(toRecord(fromWire({ a: [secret, 1, null], b: output({ value: "y", dependencies: ["u"] }) })), {
      a: [{ secret: "x" }, 1, null],
      b: "y",
    });
    assert.deepEqual(toRecord(fromWire(output({ value: "z", secret: true }))), { secret: "z" });
    assert.equal(fromWire(output({})), unknown);
    assert.equal(fromWire("04da6b54-80e4-46f7-96ec-b56ff0331ba9"), unknown);
    const reference = { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn", id: "i-1" };
    assert.equal(fromWire(reference), "i-1");
    assert.equal(fromWire({ ...reference, id: "" }), "urn");
    assert.throws(() => fromWire({ [signature]: "no such kind" }), /unknown kind/);
  });

  it("drops properties without a value and writes back what it read", () => {
    assert.deepEqual(propertiesFromWire({ a: null, b: 1 }), { b: 1 });
    const mixed = { a: [secret], b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", c: { d: true } };
    assert.deepEqual(toWire(fromWire(mixed)), mixed);
  });

  it("finds unknowns at any depth, also inside secrets", () => {
    assert.equal(hasUnknown({ a: [1, { b: new Secret({ c: unknown }) }] }), true);
    assert.equal(hasUnknown({ a: [1, { b: new Secret({ c: 2 }) }] }), false);
  });
});

describe("rehearsal: URNs", () => {
  const at = { project: "p", stack: "s" };
  it("are built and taken apart", () => {
    const root = createUrn(at, "", "pulumi:pulumi:Stack", "p-s");
    const parent = createUrn(at, root, "a:b:C", "one");
    const child = createUrn(at, parent, "d:e:F", "two::three");
    assert.equal(child, "urn:pulumi:s::p::a:b:C$d:e:F::two::three");
    assert.deepEqual([qualifiedType(child), typeOf(child), nameOf(child)], ["a:b:C$d:e:F", "d:e:F", "two::three"]);
    assert.equal(urnOfReference(`${child}::id`), child);
  });
});
