/** What the cluster's own store and the lock in it promise, on whatever cloud: run against each real counterpart. */
import assert from "node:assert/strict";
import { carriedPrograms } from "../../nodes/render";
import { type Machine, type NodeKind } from "./machine";

export const library = "/usr/local/lib/openvidu-node";

/** Runs functions of store.py and of the cloud's adapter, one after the other, and prints what came of each. */
const probe = `
import json, sys
import store
for name, *arguments in json.loads(sys.argv[1]):
    arguments = [each.encode() if name == "write" and place == 1 else each for place, each in enumerate(arguments)]
    try:
        result = getattr(store, name)(*arguments)
    except store.Trouble as trouble:
        result = type(trouble).__name__
    if name == "store_request":
        result = [result[0], dict(result[1]), result[2].decode(errors="replace")]
    elif isinstance(result, store.Entry):
        result = [result.body.decode(), result.etag, result.age]
    print(json.dumps(result))
`;

/** Results of calls by a machine; a refusal is the name of its exception. */
export async function ask(machine: Machine, ...calls: unknown[][]): Promise<any[]> {
  machine.write(`${library}/probe.py`, probe);
  const { code, log } = await machine.python("probe", JSON.stringify(calls));
  assert.equal(code, 0, log);
  return log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

export interface StoreUnderTest {
  /** A master of this slot. Tests use names of their own below it. */
  machine(slot: string): Machine;
  put(name: string, body: Buffer): Promise<void>;
  readonly kind: NodeKind;
}

/** What the store holds of a master of the cloud where user data has no room for the programs of day 2. */
const packed = carriedPrograms({ cloud: "aws", role: "master" })!;

export function storeContract(under: () => StoreUnderTest): void {
  it("keeps what was written, and knows its state and age", async () => {
    const machine = under().machine("1");
    const [none, etag, entry] = await ask(machine, ["read", "a/one"], ["write", "a/one", "first"], ["read", "a/one"]);
    assert.equal(none, null);
    assert.deepEqual(entry.slice(0, 2), ["first", etag]);
    assert.ok(entry[2] >= 0 && entry[2] < 30, `${entry[2]} s old`);
  });

  it("lets nobody overwrite a state that he does not know", async () => {
    const machine = under().machine("1");
    const [first] = await ask(machine, ["write", "a/two", "first"]);
    const [again, second, old, now] = await ask(
      machine,
      ["write", "a/two", "unseen"],
      ["write", "a/two", "second", first],
      ["write", "a/two", "late", first],
      ["read", "a/two"],
    );
    assert.equal(again, "Conflict");
    assert.equal(old, "Conflict");
    assert.deepEqual(now.slice(0, 2), ["second", second]);
  });

  it("takes the replacement of something that was removed for a conflict, and removes twice without a word", async () => {
    const machine = under().machine("1");
    const [etag] = await ask(machine, ["write", "a/three", "first"]);
    const results = await ask(
      machine,
      ["remove", "a/three"],
      ["write", "a/three", "late", etag],
      ["remove", "a/three"],
      ["read", "a/three"],
      ["write", "a/three", "anew", "*"],
    );
    assert.deepEqual(results.slice(0, 4), [null, "Conflict", null, null]);
    assert.match(results[4], /^"?\w/);
  });

  it("gives one of many that write at the same time the word", async () => {
    const machines = ["1", "2", "3", "4"].map((slot) => under().machine(slot));
    const results = await Promise.all(
      machines.map((machine, index) => ask(machine, ["write", "a/race", `by ${index}`])),
    );
    const won = results.findIndex(([result]) => result !== "Conflict");
    assert.equal(results.filter(([result]) => result === "Conflict").length, 3);
    const [entry] = await ask(machines[0]!, ["read", "a/race"]);
    assert.equal(entry[0], `by ${won}`);
  });

  /** Programs of day 2 are on the machine where user data carries them. */
  async function withLock(slot: string): Promise<Machine> {
    const machine = under().machine(slot);
    if (!machine.has(`${library}/lock.py`)) {
      await under().put(packed.name, Buffer.from(packed.base64, "base64"));
      const { code, log } = await machine.python("store", packed.name, packed.sha256, "10");
      assert.equal(code, 0, log);
    }
    return machine;
  }

  it("holds a lock for one master at a time, until it is given back", async () => {
    const [one, two] = [await withLock("1"), await withLock("2")];
    assert.equal((await one.python("lock", "acquire", "turn", "600", "restart")).code, 0);
    const refused = await two.python("lock", "acquire", "turn", "600", "restart");
    assert.equal(refused.code, 3, refused.log);
    assert.match(refused.log, /^master-1 has the lock.*: restart\n$/);
    assert.equal((await one.python("lock", "acquire", "turn", "600", "again")).code, 0, "its own, after a crash");
    assert.equal((await two.python("lock", "release", "turn")).code, 0);
    assert.equal((await two.python("lock", "acquire", "turn", "600", "restart")).code, 3, "another's release is none");
    assert.equal((await one.python("lock", "release", "turn")).code, 0);
    assert.equal((await two.python("lock", "acquire", "turn", "600", "restart")).code, 0);
  });

  it("gives a lock whose time is over to the next master", async () => {
    const [one, two] = [await withLock("1"), await withLock("2")];
    assert.equal((await one.python("lock", "acquire", "late", "0", "restart")).code, 0);
    const { code, log } = await two.python("lock", "acquire", "late", "600", "restart");
    assert.equal(code, 0, log);
    assert.equal((await one.python("lock", "acquire", "late", "600", "restart")).code, 3);
  });
}
