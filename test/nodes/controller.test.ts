import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { needs } from "../counterparts";
import { type Blobs, openAzuriteBlobs, openBlobs } from "./blobs";
import { Azurite, azuriteMissing, azuriteName } from "./emulators";
import { AzureMetadata } from "./imds";
import { interpreter, Machine, needsScripts, settingsOf, specOf } from "./machine";
import { type Orders, ResourceManager } from "./resource-manager";
import { type Call, type Handler, Service } from "./services";

interface Beat {
  readonly state: "booting" | "serving" | "draining" | "drained";
  readonly sessions: number | null;
  readonly traffic: number;
  readonly cpu: number;
  readonly template: string;
  readonly age: number;
}

interface Node {
  readonly name: string;
  readonly running: boolean;
  readonly age: number;
  readonly beat: Beat | null;
}

interface Named {
  readonly name: string;
  readonly reason: string;
}

interface State {
  readonly drains: Readonly<Record<string, { readonly since: number; readonly reason: string }>>;
  readonly changed: number;
  readonly deleting?: { readonly name: string; readonly since: number } | null;
}

interface Plan {
  readonly drain: readonly Named[];
  readonly delete: readonly Named[];
  readonly minimum: number;
  readonly notes: readonly string[];
  readonly state: State;
}

const client = settingsOf("azure", "master")["IDENTITY_CLIENT_ID"]!;
const now = 1_800_000_000;
const orders: Orders = { min: 2, max: 6, cpu: 50, drains: 1, cooldown: 600, drain: 86400, boot: 1200, template: "new" };
const idle: State = { drains: {}, changed: 0 };

const node = (name: string, beat: Partial<Beat> | null = {}, rest: Partial<Node> = {}): Node => ({
  name,
  running: true,
  age: 7200,
  beat: beat && { state: "serving", sessions: 3, traffic: 100, cpu: 10, template: "new", age: 20, ...beat },
  ...rest,
});
const asked = (...names: string[]): State => ({
  drains: Object.fromEntries(names.map((name) => [name, { since: now - 60, reason: "little load" }])),
  changed: now - 60,
});

const program =
  "import json, sys; sys.path.insert(0, sys.argv[1]); from controller import decide; " +
  "print(json.dumps(decide(*json.load(sys.stdin))))";

function decide(nodes: readonly Node[], more: Partial<Orders> = {}, state: unknown = idle): Plan {
  const library = join(__dirname, "../../nodes/lib");
  const input = JSON.stringify([now, { ...orders, ...more }, nodes, state]);
  const { stdout, stderr } = spawnSync(interpreter(), ["-ISB", "-c", program, library], { input, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout) as Plan;
}

const names = (list: readonly Named[]) => list.map(({ name }) => name);
const three = (beat: Partial<Beat> = {}) => ["a", "b", "c"].map((name) => node(name, beat));

describe("the controller's decision", function () {
  needsScripts(this);

  describe("with little load", () => {
    it("asks the node with the fewest sessions to leave, and remembers since when", () => {
      const nodes = [node("a", { sessions: 4 }), node("b", { sessions: 1 }), node("c", { sessions: 2 })];
      const plan = decide(nodes);
      assert.deepEqual(plan.drain, [{ name: "b", reason: "little load" }]);
      assert.deepEqual(plan.state.drains, { b: { since: now, reason: "little load" } });
      assert.equal(plan.state.changed, now);
      assert.equal(plan.minimum, 2);
    });

    it("goes by traffic as soon as one node does not know its sessions", () => {
      const nodes = [
        node("a", { sessions: 0, traffic: 900 }),
        node("b", { sessions: null, traffic: 500 }),
        node("c", { sessions: 9, traffic: 10 }),
      ];
      assert.deepEqual(names(decide(nodes).drain), ["c"]);
    });

    it("goes by name where all else is the same", () => {
      assert.deepEqual(names(decide(three().reverse()).drain), ["a"]);
    });

    for (const [what, nodes, more, state] of [
      ["the others would then be near the CPU that calls for one more", three({ cpu: 23.4 }), {}, idle],
      ["the minimum serves", three(), { min: 3 }, idle],
      ["a node boots", [...three(), node("d", { state: "booting" }, { age: 60 })], {}, idle],
      ["a node has not said anything yet", [...three(), node("d", null, { age: 60 })], {}, idle],
      ["the cooldown is not over", three(), {}, { ...idle, changed: now - 599 }],
      ["a node drains", [...three(), node("d", { state: "draining" })], { min: 1 }, asked("d")],
      ["a node has been asked and has not noticed yet", [...three(), node("d")], { min: 1 }, asked("d")],
      [
        "the node above the minimum has been asked",
        [...three(), node("d")],
        { min: 3, drains: 2 },
        { ...asked("d"), changed: 0 },
      ],
      [
        "the node above the minimum has not been heard for long",
        [...three(), node("d", { age: 181 })],
        { min: 3 },
        idle,
      ],
    ] as const) {
      it(`asks nobody while ${what}`, () => {
        assert.deepEqual(decide(nodes, more, state).drain, []);
      });
    }

    it("does not wait for the boot of a machine that has stopped", () => {
      const state = { ...idle, deleting: { name: "d", since: now - 60 } };
      assert.equal(decide([...three(), node("d", null, { running: false, age: 60 })], {}, state).drain.length, 1);
    });

    it("does not count the CPU of nodes that drain", () => {
      const nodes = [...three({ cpu: 23 }), node("d", { state: "draining", cpu: 100 })];
      assert.equal(decide(nodes, { drains: 2 }, { ...asked("d"), changed: 0 }).drain.length, 1);
    });

    it("keeps the last node, because without any load no first one would ever come", () => {
      assert.deepEqual(decide([node("a", { cpu: 0 })], { min: 0 }).drain, []);
    });

    it("knows a heartbeat of 180 s as a sign of life", () => {
      assert.equal(decide([...three(), node("d", { age: 180 })], { min: 3 }).drain.length, 1);
    });
  });

  describe("with limits that have changed", () => {
    it("brings the group down to its maximum whatever the load, as many at once as are allowed", () => {
      const nodes = [...three({ cpu: 90 }), node("d", { cpu: 90 }), node("e", { cpu: 90, sessions: 0 })];
      assert.deepEqual(names(decide(nodes, { max: 2, drains: 2 }, { ...idle, changed: now }).drain), ["e", "a"]);
      assert.deepEqual(names(decide(nodes, { max: 4, drains: 2 }, { ...idle, changed: now }).drain), ["e"]);
    });

    it("reaches nothing at all when nothing is wanted", () => {
      const none = { min: 0, max: 0, drains: 9 };
      const nodes = [...three({ cpu: 90 }), node("d", { state: "booting" }, { age: 60 }), node("e", null)];
      const plan = decide(nodes, none);
      assert.deepEqual(names(plan.drain), ["a", "b", "c", "d", "e"]);
      assert.equal(plan.minimum, 0);
      const last = decide([node("a", { state: "drained" })], none, plan.state);
      assert.deepEqual(names(last.delete), ["a"]);
      assert.deepEqual(decide([], none, last.state).state.drains, {});
    });
  });

  describe("with a new template", () => {
    const old = { template: "old" };

    it("asks for one machine more while only the minimum serves", () => {
      const plan = decide([node("a", old), node("b", old)]);
      assert.deepEqual([plan.drain, plan.minimum, plan.notes], [[], 3, []]);
    });

    it("replaces an old node as soon as one more than the minimum serves, also under load and during the cooldown", () => {
      const busy = { cpu: 90 };
      const nodes = [node("a", { ...old, ...busy }), node("b", { ...old, ...busy, sessions: 1 }), node("c", busy)];
      const plan = decide(nodes, {}, { ...idle, changed: now });
      assert.deepEqual([names(plan.drain), plan.minimum], [["b"], 2]);
      assert.equal(plan.drain[0]!.reason, "old template");
    });

    it("never takes a new node while there is an old one", () => {
      assert.deepEqual(names(decide([node("a", { sessions: 0 }), node("b", { sessions: 0 }), node("c", old)]).drain), [
        "c",
      ]);
    });

    it("does not wait for a node that boots while enough serve", () => {
      const nodes = [node("a", old), node("b"), node("c"), node("d", null, { age: 60 })];
      assert.deepEqual(names(decide(nodes).drain), ["a"]);
    });

    it("waits for the successor that boots, and asks for it until it serves", () => {
      const plan = decide([node("a", old), node("b", old), node("c", null, { age: 60 })]);
      assert.deepEqual([plan.drain, plan.minimum], [[], 3]);
    });

    it("comes on top of machines that do not help", () => {
      const nodes = [node("a", old), node("b", old), node("gone", { age: 900 }), node("d", { state: "draining" })];
      assert.equal(decide(nodes, { drains: 2 }, asked("d")).minimum, 5);
      const last = { ...asked("d"), deleting: { name: "d", since: now } };
      assert.equal(decide(nodes, { drains: 2 }, last).minimum, 4);
    });

    it("needs no machine more while as many drain as may", () => {
      assert.equal(
        decide([node("a", old), node("b", old), node("d", { state: "draining" })], {}, asked("d")).minimum,
        2,
      );
    });

    it("stays within the maximum, and says that there is no room", () => {
      const plan = decide([node("a", old), node("b", old)], { max: 2 });
      assert.deepEqual([plan.drain, plan.minimum], [[], 2]);
      assert.match(plan.notes.join(), /the maximum leaves no room for one more node/);
    });

    it("replaces a group whose minimum is nothing without ever being without a node", () => {
      const plan = decide([node("a", old)], { min: 0 });
      assert.deepEqual([plan.drain, plan.minimum], [[], 2]);
    });
  });

  describe("about machines that go", () => {
    const deleted = (one: Node, state: unknown = idle) => decide([node("x"), node("y"), one], {}, state).delete;
    const overdue = (seconds: number) => ({ drains: { a: { since: now - 86400 - seconds, reason: "" } }, changed: 0 });

    for (const [what, one, state, reason] of [
      ["one that has drained", node("a", { state: "drained" }), asked("a"), "drained"],
      ["one that drained by hand", node("a", { state: "drained" }), idle, "drained"],
      [
        "one that was asked and has stopped",
        node("a", { state: "draining" }, { running: false }),
        asked("a"),
        "stopped while it drained",
      ],
      ["one whose boot gave up", node("a", { state: "booting", age: 500 }, { running: false }), idle, "stopped"],
      ["one that stopped before it said anything", node("a", null, { running: false, age: 60 }), idle, "stopped"],
      ["one that still drains long after its time", node("a", { state: "draining" }), overdue(1801), "drain overdue"],
      ["one that went silent while it drained, after its time", node("a", null), overdue(1801), "drain overdue"],
    ] as const) {
      it(`deletes ${what}`, () => assert.deepEqual(deleted(one, state), [{ name: "a", reason }]));
    }

    for (const [what, one, state] of [
      ["one that drains for longer than 90 minutes", node("a", { state: "draining" }), overdue(-86400 + 6000)],
      ["one that is a little late", node("a", { state: "draining" }), overdue(1700)],
      ["one that serves", node("a"), idle],
      ["one that says nothing", node("a", { age: 99999 }), idle],
      ["one that never said anything", node("a", null, { age: 99999 }), idle],
      ["one that was asked and says nothing", node("a", null), asked("a")],
      ["one that had drained and says nothing any more", node("a", { state: "drained", age: 181 }), asked("a")],
    ] as const) {
      it(`leaves ${what}`, () => assert.deepEqual(deleted(one, state), []));
    }

    it("names those that say nothing, asked or not", () => {
      const { notes } = decide([node("x"), node("y"), node("a", null), node("b", null)], {}, asked("b"));
      assert.deepEqual(notes, ["a runs but does not serve", "b was asked to drain and says nothing"]);
    });

    it("deletes one at a time, the same again until it is gone, and then the next", () => {
      const [a, b] = [node("a", { state: "drained" }), node("b", { state: "drained" })];
      const first = decide([a, b, node("x")]);
      assert.deepEqual(names(first.delete), ["a"]);
      assert.deepEqual(first.state.deleting, { name: "a", since: now });
      assert.deepEqual(Object.keys(first.state.drains), ["a", "b"]);
      assert.deepEqual(names(decide([a, b, node("x")], {}, first.state).delete), ["a"]);
      const gone = { ...first.state, deleting: { name: "0", since: now } };
      assert.deepEqual(names(decide([b, node("x")], {}, gone).delete), ["b"]);
    });

    it("does not wait for a deletion for ever", () => {
      const state = { ...asked("a", "b"), deleting: { name: "a", since: now - 900 } };
      const nodes = [node("a", { age: 999 }), node("b", { state: "drained" }), node("x")];
      assert.deepEqual(names(decide(nodes, {}, state).delete), ["b"]);
      const waiting = { ...state, deleting: { name: "a", since: now - 899 } };
      assert.deepEqual(names(decide(nodes, {}, waiting).delete), []);
      const both = [node("a", { state: "drained" }), node("b", { state: "drained" }), node("x")];
      assert.deepEqual(names(decide(both, {}, state).delete), ["b"]);
    });

    it("forgets requests of machines that are no more", () => {
      assert.deepEqual(Object.keys(decide([node("x"), node("y")], {}, asked("x", "gone")).state.drains), ["x"]);
    });
  });

  describe("without a state that can be read", () => {
    for (const state of [
      null,
      [],
      "x",
      { drains: 1, changed: "x", deleting: 7 },
      { drains: { d: 1 }, changed: null },
    ]) {
      it(`takes ${JSON.stringify(state)} for a change just now and still knows who drains`, () => {
        const plan = decide([...three(), node("d", { state: "draining" }), node("e")], {}, state);
        assert.deepEqual(plan.drain, []);
        assert.equal(plan.state.drains["d"]?.since, now);
        assert.deepEqual(decide(three(), {}, state).drain, []);
      });
    }
  });
});

/** An Azure with a group of media nodes, and masters that govern it. */
class World {
  public readonly masters: Machine[] = [];
  private constructor(
    private readonly imdsService: Service,
    public readonly blobs: Blobs,
    public readonly manager: ResourceManager,
  ) {}

  /** `imds` gives the tokens for storage. */
  public static async open(imds: AzureMetadata, blobs: Blobs, more: Partial<Orders>): Promise<World> {
    const rights = new AzureMetadata(client, ["https://management.azure.com/"]);
    const imdsService = await Service.open([
      (call) => (call.path.includes("management.azure.com") ? rights.handle(call) : undefined),
      imds.handle,
    ]);
    const manager = await ResourceManager.open(rights, { ...orders, ...more });
    const { facts } = imds;
    facts.set("compute/azEnvironment", "AzurePublicCloud");
    facts.set("compute/subscriptionId", manager.subscription);
    facts.set("compute/resourceGroupName", manager.resourceGroup);
    return new World(imdsService, blobs, manager);
  }

  public master(slot = "1"): Machine {
    const [REQUESTS_URL, HEARTBEATS_URL] = [this.blobs.url("requests"), this.blobs.url("heartbeats")];
    const machine = new Machine(specOf("azure", "master", { SLOT: slot, REQUESTS_URL, HEARTBEATS_URL }));
    machine.environment["OPENVIDU_NODE_IMDS"] = this.imdsService.url;
    machine.environment["OPENVIDU_NODE_ENDPOINT"] = this.manager.service.url;
    this.masters.push(machine);
    return machine;
  }

  /** A machine of the group, made two hours ago, and what it says now. */
  public async add(name: string, beat: Partial<Beat> | null = {}, power = "running"): Promise<void> {
    if (!this.manager.machines.has(name)) {
      const created = this.blobs.now() - 7200;
      this.manager.machines.set(name, { vmId: `id-${name}`, created, power, provisioningState: "Succeeded" });
    }
    if (beat) await this.say(name, beat);
  }

  public say(name: string, beat: Partial<Beat>, vmId = `ID-${name}`): Promise<void> {
    const usual = { state: "serving", sessions: 3, traffic: 100, cpu: 10, template: "new" };
    return this.blobs.put("heartbeats", name, JSON.stringify({ ...usual, ...beat, vmId }));
  }

  public async state(): Promise<State> {
    return JSON.parse((await this.blobs.get("requests", "controller")) ?? "{}") as State;
  }

  public remember(state: State): Promise<void> {
    return this.blobs.put("requests", "controller", JSON.stringify(state));
  }

  /** One in front of every call to storage and to the resource manager. */
  public set fault(fault: Handler | undefined) {
    this.blobs.service.fault = fault;
    this.manager.service.fault = fault;
  }

  public get calls(): number {
    return this.blobs.service.seen.length + this.manager.service.seen.length;
  }

  public async close(): Promise<void> {
    this.masters.forEach((machine) => machine.remove());
    await Promise.all([this.imdsService.close(), this.blobs.close(), this.manager.service.close()]);
  }
}

/** Storage with its clock, and the identity that gives tokens for it. */
type Storage = () => Promise<{ readonly imds: AzureMetadata; readonly blobs: Blobs }>;

const ownStorage: Storage = async () => {
  const imds = new AzureMetadata(client);
  return { imds, blobs: await openBlobs(imds) };
};

describe("the controller on the masters", function () {
  needsScripts(this);
  governs(ownStorage);
});

describe("the controller in a minute in which everything has to be done", function () {
  needsScripts(this);
  this.timeout(180000);
  survives(ownStorage);
});

describe("the controller on real blob storage", function () {
  needsScripts(this);
  needs(this, azuriteName, azuriteMissing());
  this.timeout(60000);
  let azurite: Azurite;
  let count = 0;
  before(async () => {
    azurite = await Azurite.open();
  });
  after(() => azurite?.close());
  governs(async () => ({ imds: azurite.imds, blobs: await openAzuriteBlobs(azurite, String(count++)) }));
});

function governs(storage: Storage): void {
  let world: World;
  let master: Machine;
  const open = async (more: Partial<Orders> = {}) => {
    const { imds, blobs } = await storage();
    world = await World.open(imds, blobs, more);
    master = world.master();
  };
  const run = async (machine = master) => {
    const { code, log } = await machine.job("controller");
    assert.equal(code, 0, log);
    return log;
  };
  afterEach(() => world.close());

  it("asks the emptiest node to leave, in the blob that media nodes read, and says why", async () => {
    await open();
    for (const [name, sessions] of Object.entries({ "m-1": 5, "m-2": 0, "m-3": 2 }))
      await world.add(name, { sessions });
    await world.remember(idle);
    const log = await run();
    assert.match(log, /step=controller outcome=drain why="m-2: little load"/);
    assert.deepEqual(Object.keys((await world.state()).drains), ["m-2"]);
    assert.deepEqual(world.manager.writes, []);
    assert.ok(!(await world.blobs.isLeased("controller")));
  });

  it("begins a group's life with a state of its own making, and asks nobody at once", async () => {
    await open();
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name);
    await run();
    assert.deepEqual((await world.state()).drains, {});
    assert.ok(Math.abs((await world.state()).changed - world.blobs.now()) < 10);
  });

  it("sees a node through: hours of draining, the deletion by name, and nothing left behind", async () => {
    await open({ cooldown: 60 });
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name);
    await world.remember(idle);
    await run();
    for (let minutes = 0; minutes < 180; minutes += 45) {
      await world.blobs.pass(45 * 60);
      for (const name of ["m-2", "m-3"]) await world.say(name, {});
      await world.say("m-1", { state: "draining" });
      await run();
      assert.deepEqual(world.manager.writes, []);
      assert.deepEqual(Object.keys((await world.state()).drains), ["m-1"]);
    }
    await world.say("m-1", { state: "drained" });
    await run();
    assert.deepEqual(world.manager.deletions, ["m-1"]);
    await run();
    assert.deepEqual((await world.state()).drains, {});
    assert.deepEqual(await world.blobs.names("heartbeats"), ["m-2", "m-3"]);
    assert.deepEqual(Object.keys(world.manager.tags), ["team", "openvidu-cluster", "openvidu-media"]);
    assert.equal(world.manager.tags["team"], "conferencing");
    // The way is free for the next one.
    world.manager.order({ ...orders, min: 1, cooldown: 60 });
    await world.blobs.pass(61);
    for (const name of ["m-2", "m-3"]) await world.say(name, {});
    await run();
    assert.deepEqual(Object.keys((await world.state()).drains), ["m-2"]);
  });

  it("deletes what is overdue, although it says that it still drains", async () => {
    await open({ drain: 3600 });
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name, name === "m-1" ? { state: "draining" } : {});
    await world.remember({ drains: { "m-1": { since: world.blobs.now() - 5500, reason: "" } }, changed: 0 });
    await run();
    assert.deepEqual(world.manager.deletions, ["m-1"]);
    assert.match(master.read("/var/lib/openvidu-node/controller"), /^note=m-1 is deleted: drain overdue$/m);
  });

  it("deletes a machine whose boot gave up, and leaves one that runs and says nothing", async () => {
    await open();
    await world.add("m-1");
    await world.add("m-2");
    await world.add("m-3", null, "running");
    await world.add("m-4", null, "stopped");
    await run();
    assert.deepEqual(world.manager.deletions, ["m-4"]);
    assert.match(master.read("/var/lib/openvidu-node/controller"), /^note=m-3 runs but does not serve$/m);
    assert.match(master.read("/var/lib/openvidu-node/controller"), /^media=2 serving, 2 silent, 0 asked to drain$/m);
  });

  it("does not take the heartbeat of an earlier machine, or one that cannot be read, for a sign of life", async () => {
    await open({ min: 1 });
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name);
    await world.remember(idle);
    await world.say("m-1", { state: "drained" }, "ID-of-another");
    await world.blobs.put("heartbeats", "m-2", '{"state":"drained"');
    await run();
    assert.deepEqual([world.manager.deletions, (await world.state()).drains], [[], {}]);
  });

  it("asks again for a deletion that was never begun, and not for one that goes on", async () => {
    await open();
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name, name === "m-1" ? { state: "drained" } : {});
    await world.remember({ ...idle, deleting: { name: "m-1", since: world.blobs.now() - 60 } });
    world.manager.slow = true;
    await run();
    const log = await run();
    assert.match(log, /outcome=waiting why="m-1 is being deleted"/);
    assert.deepEqual(world.manager.deletions, ["m-1"]);
  });

  it("rolls to a new template through the smallest number of autoscale alone, and takes it back", async () => {
    await open();
    await world.add("m-1", { template: "old" });
    await world.add("m-2", { template: "old" });
    assert.match(await run(), /outcome=limits why="3 to 6 machines, one more above \d+ % CPU"/);
    assert.deepEqual(world.manager.capacity, { minimum: "3", maximum: "6", default: "3" });
    await run();
    assert.equal(world.manager.writes.length, 1);
    await world.add("m-3");
    await run();
    assert.deepEqual(Object.keys((await world.state()).drains), ["m-1"]);
    assert.deepEqual(world.manager.capacity, { minimum: "2", maximum: "6", default: "2" });
  });

  it("lowers autoscale's maximum only as far as machines have gone, since those above it would be cut", async () => {
    await open({ max: 3 });
    world.manager.capacity.maximum = "6";
    for (const name of ["m-1", "m-2", "m-3", "m-4", "m-5"]) await world.add(name);
    await run();
    assert.equal(world.manager.capacity.maximum, "5");
    assert.equal(Object.keys((await world.state()).drains).length, 1);
    world.manager.machines.delete("m-5");
    world.manager.machines.delete("m-4");
    await world.blobs.pass(60);
    await run();
    assert.equal(world.manager.capacity.maximum, "3");
  });

  it("raises it again when autoscale has added a machine meanwhile", async () => {
    await open({ max: 2 });
    world.manager.capacity.maximum = "6";
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name);
    world.manager.onScale = () => world.manager.machines.set("m-4", world.manager.machines.get("m-3")!);
    await run();
    assert.equal(world.manager.capacity.maximum, "4");
  });

  it("brings a changed threshold to autoscale", async () => {
    await open();
    await world.add("m-1");
    await world.add("m-2");
    world.manager.trigger.threshold = 35;
    await run();
    assert.notEqual(world.manager.trigger.threshold, 35);
  });

  it("reaches nothing when minimum and maximum are 0", async () => {
    await open({ min: 0, max: 0 });
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name);
    await world.add("m-4", null);
    for (let minute = 0; minute < 12 && world.manager.machines.size > 0; minute++) {
      await run();
      for (const name of Object.keys((await world.state()).drains)) await world.say(name, { state: "drained" });
    }
    assert.deepEqual([...world.manager.machines.keys()], []);
    assert.deepEqual(world.manager.capacity, { minimum: "0", maximum: "1", default: "0" });
  });

  it("is led by one master at a time: the other looks on", async () => {
    await open();
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name, name === "m-1" ? { state: "drained" } : {});
    await world.remember(idle);
    let second: Promise<string> | undefined;
    world.manager.service.fault = async () => {
      second ??= run(world.master("2"));
      await second;
      return undefined;
    };
    await run();
    assert.equal(await second, "");
    assert.deepEqual(world.manager.deletions, ["m-1"]);
    const lists = world.manager.service.seen.filter(({ path }) => /virtualMachineScaleSets\?/.test(path));
    assert.equal(lists.length, 1);
  });

  it("does not look again at what another master has just looked at, and shows what that one saw", async () => {
    await open();
    await world.add("m-1", null);
    await run();
    const before = world.manager.service.seen.length;
    const other = world.master("2");
    other.environment["OPENVIDU_NODE_PAUSE"] = "50";
    await run(other);
    assert.equal(world.manager.service.seen.length, before);
    assert.match(other.read("/var/lib/openvidu-node/controller"), /^note=m-1 runs but does not serve$/m);
    const status = spawnSync("bash", [other.path("/usr/local/bin/openvidu-status")], {
      env: { ...process.env, ...other.environment },
      encoding: "utf8",
    });
    assert.match(status.stdout, /^note=m-1 runs but does not serve$/m);
    await world.blobs.pass(51);
    await run(other);
    assert.ok(world.manager.service.seen.length > before);
  });

  it("changes nothing when its lease has run out meanwhile", async () => {
    await open();
    for (const name of ["m-1", "m-2", "m-3"]) await world.add(name, name === "m-1" ? { state: "drained" } : {});
    await world.remember(idle);
    world.manager.service.fault = async ({ path }) => {
      if (path.includes("/virtualMachines?")) await world.blobs.takeOver("controller");
      return undefined;
    };
    const { code, log } = await master.job("controller");
    assert.equal(code, 1);
    assert.match(log, /outcome=failed why="state: 412"/);
    assert.deepEqual(world.manager.writes, []);
    assert.deepEqual(await world.state(), idle);
  });

  it("gives its lease back after trouble, and one that it could not give back has an end", async () => {
    await open();
    await world.remember(idle);
    world.manager.service.fault = () => ({ status: 500 });
    assert.equal((await master.job("controller")).code, 1);
    assert.ok(!(await world.blobs.isLeased("controller")));
    const { process: child, ended } = master.start("controller");
    world.manager.service.fault = () => {
      process.kill(-child.pid!, "SIGKILL");
      return "hang";
    };
    await ended;
    assert.ok(await world.blobs.isLeased("controller"));
    await world.blobs.pass(61);
    world.manager.service.fault = undefined;
    await world.add("m-1", { state: "drained" });
    await run();
    assert.deepEqual(world.manager.deletions, ["m-1"]);
  });

  it("does nothing for orders that contradict each other, or without the one group of its cluster", async () => {
    await open({ min: 3, max: 2 });
    await world.add("m-1", { state: "drained" });
    assert.match((await master.job("controller")).log, /why="the orders on the scale set contradict each other"/);
    world.manager.tags["openvidu-cluster"] = "somebody-else";
    assert.match((await master.job("controller")).log, /why="0 scale sets have the tags of openvidu-acme-prod"/);
    assert.deepEqual(world.manager.writes, []);
  });
}

function survives(storage: Storage): void {
  let world: World;
  let master: Machine;
  afterEach(() => world.close());

  /** A deletion, a successor, a request and a heartbeat of a machine that is gone. */
  const prepareBusyMinute = async () => {
    const { imds, blobs } = await storage();
    world = await World.open(imds, blobs, { drains: 2 });
    master = world.master();
    for (const name of ["m-1", "m-2"]) await world.add(name, { template: "old" });
    await world.add("m-3", { state: "drained" });
    await world.say("gone", { state: "drained" });
    await world.remember({
      drains: { "m-3": { since: world.blobs.now() - 600, reason: "" }, gone: { since: 1, reason: "" } },
      changed: 0,
    });
  };
  const assertDone = async () => {
    assert.deepEqual(world.manager.deletions, ["m-3"]);
    assert.equal(world.manager.capacity.minimum, "3");
    assert.deepEqual((await world.blobs.names("heartbeats")).sort(), ["m-1", "m-2", "m-3"]);
    assert.deepEqual(Object.keys((await world.state()).drains), ["m-3"]);
    assert.ok(!(await world.blobs.isLeased("controller")));
  };

  it("comes to the same end when it is killed before any of its calls", async () => {
    await prepareBusyMinute();
    world.manager.slow = true;
    assert.equal((await master.job("controller")).code, 0);
    await assertDone();
    const total = world.calls;
    await world.close();
    for (let fatal = 1; fatal <= total; fatal++) {
      await prepareBusyMinute();
      world.manager.slow = true;
      const { process: child, ended } = master.start("controller");
      let seen = 0;
      world.fault = () => {
        if (++seen < fatal) return undefined;
        process.kill(-child.pid!, "SIGKILL");
        return "hang";
      };
      assert.equal((await ended).code, null);
      world.fault = undefined;
      await world.blobs.pass(61);
      for (const name of ["m-1", "m-2"]) await world.say(name, { template: "old" });
      await world.say("m-3", { state: "drained" });
      assert.equal((await master.job("controller")).code, 0);
      await assertDone();
      if (fatal < total) await world.close();
    }
  });

  it("ends with one reason at any answer that it does not know, changes nothing after it, and repeats", async () => {
    await prepareBusyMinute();
    assert.equal((await master.job("controller")).code, 0);
    const total = world.calls;
    await world.close();
    const answers = [
      { status: 500, body: "hush" },
      { status: 429, headers: { "retry-after": "30" }, body: "hush" },
      { status: 200, body: "hush" },
      { status: 403, body: "{}" },
      "cut",
    ] as const;
    for (let wrong = 1; wrong < total; wrong++) {
      await prepareBusyMinute();
      world.manager.slow = true;
      let seen = 0;
      let bad: Call | undefined;
      world.fault = (call) => {
        if (++seen !== wrong) return undefined;
        bad = call;
        return answers[wrong % answers.length];
      };
      const { code, log } = await master.job("controller");
      const what = `${bad?.method} ${bad?.path}: ${log}`;
      assert.equal(code, 1, what);
      assert.equal(log.split("\n").filter((line) => line.includes("outcome=failed")).length, 1, what);
      assert.ok(!log.includes("hush") && !log.includes("Traceback"), what);
      assert.ok(seen <= wrong + 1, `${what}: only the lease is given back`);
      world.fault = undefined;
      await world.blobs.pass(61);
      for (const name of ["m-1", "m-2"]) await world.say(name, { template: "old" });
      await world.say("m-3", { state: "drained" });
      assert.equal((await master.job("controller")).code, 0);
      await assertDone();
      if (wrong + 1 < total) await world.close();
    }
  });
}
