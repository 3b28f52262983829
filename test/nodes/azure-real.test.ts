/**
 * The programs against Azurite, which answers as Azure's blob storage does, and against strict stand-ins of what has no
 * emulator: the metadata service and Key Vault.
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { needs } from "../counterparts";
import { dockerStub } from "./cloud-world";
import { Azurite, azuriteMissing, azuriteName } from "./emulators";
import { AzureMetadata, KeyVault } from "./imds";
import { bundleOf, Machine, needsScripts, type NodeKind, settingsOf, specOf } from "./machine";
import { Service } from "./services";
import { ask, library, storeContract } from "./store-contract";

const bundlePath = "/var/lib/openvidu-node/private/bundle.json";

describe("blob storage for real", function () {
  needsScripts(this);
  needs(this, azuriteName, azuriteMissing());
  this.timeout(60000);
  let azurite: Azurite;
  let coordination: string;
  let requests: string;
  let heartbeats: string;
  let count = 0;
  const machines: Machine[] = [];
  before(async () => {
    azurite = await Azurite.open();
  });
  beforeEach(async () => {
    coordination = await azurite.container(`coordination-${count}`);
    requests = await azurite.container(`requests-${count}`);
    heartbeats = await azurite.container(`heartbeats-${count++}`);
  });
  afterEach(() => machines.splice(0).forEach((machine) => machine.remove()));
  after(() => azurite?.close());

  const open = (role: NodeKind["role"], settings: Record<string, string> = {}) => {
    const own = {
      ...(role === "master" ? { COORDINATION_URL: coordination } : {}),
      REQUESTS_URL: requests,
      HEARTBEATS_URL: heartbeats,
    };
    const machine = new Machine(specOf("azure", role, { ...own, ...settings }));
    Object.assign(machine.environment, azurite.environment);
    machines.push(machine);
    return machine;
  };

  describe("as the cluster's own store", () => {
    storeContract(() => ({
      kind: { cloud: "azure", role: "master" },
      machine: (slot) => open("master", { SLOT: slot }),
      put: async (name, body) => {
        const container = coordination.split("/").at(-2)!;
        const { status } = await azurite.blob("PUT", `${container}/${name}`, { "x-ms-blob-type": "BlockBlob" }, body);
        assert.equal(status, 201);
      },
    }));

    it("admits nobody without a token for storage", async () => {
      const { status } = await azurite.blob("GET", "coordination-0/x", { authorization: "Bearer other" });
      assert.equal(status, 401);
    });
  });

  describe("as the place of leases", () => {
    const lease = (action: string, headers: Record<string, string> = {}) => [
      "store_request",
      "PUT",
      "leader?comp=lease",
      { "x-ms-lease-action": action, ...headers },
    ];
    const begin = lease("acquire", { "x-ms-lease-duration": "15" });

    it("lets one hold it, renew it, and write with it, and the next only after it has ended", async () => {
      const machine = open("master");
      const [, first, second] = await ask(machine, ["write", "leader", "{}"], begin, begin);
      assert.equal(first[0], 201);
      assert.equal(second[0], 409);
      assert.match(second[2], /LeaseAlreadyPresent/);
      const id: string = first[1]["x-ms-lease-id"];
      const [renewed, stranger, without, written] = await ask(
        machine,
        lease("renew", { "x-ms-lease-id": id }),
        lease("renew", { "x-ms-lease-id": "11111111-2222-3333-4444-555555555555" }),
        ["write", "leader", "late", "*"],
        ["store_request", "PUT", "leader", { "x-ms-lease-id": id }, null],
      );
      assert.deepEqual([renewed[0], stranger[0], without, written[0]], [200, 409, "Conflict", 201]);
      // Waiting for the end of a lease takes at least 15 s; breaking it has the same outcome.
      const [broken, next, late] = await ask(
        machine,
        lease("break", { "x-ms-lease-break-period": "0" }),
        begin,
        lease("renew", { "x-ms-lease-id": id }),
      );
      assert.deepEqual([broken[0], next[0], late[0]], [202, 201, 409]);
      const [released, again] = await ask(
        machine,
        lease("release", { "x-ms-lease-id": next[1]["x-ms-lease-id"] }),
        begin,
      );
      assert.deepEqual([released[0], again[0]], [200, 201]);
    });
  });

  it("lets a media node leave after its last session, and end then without delay", async () => {
    const machine = open("media");
    machine.stub("docker", dockerStub);
    machine.write("/containers/openvidu", "");
    const { events, approved } = azurite.imds;
    const until = async (condition: () => boolean) => {
      for (let tries = 0; tries < 300 && !condition(); tries++) await pause(50);
      assert.ok(condition(), machine.read("/calls"));
    };
    const { ended } = machine.start("drain");
    const request = (name: string) =>
      azurite.blob(
        "PUT",
        `${requests.split("/").at(-2)!}/controller`,
        { "x-ms-blob-type": "BlockBlob" },
        JSON.stringify({ drains: { [name]: { since: 1, reason: "little load" } }, changed: 1 }),
      );
    await request("media-000002");
    events.push({ EventId: "another", EventType: "Terminate", Resources: ["media-000002"] });
    events.push({ EventId: "reboot", EventType: "Reboot", Resources: ["media-000001"] });
    await pause(300);
    assert.ok(!machine.has("/var/lib/openvidu-node/drain"), "another node was asked");
    await request("media-000001");
    await until(() => machine.calls("docker").some((call) => call.includes("SIGQUIT openvidu")));
    events.push({ EventId: "own", EventType: "Terminate", Resources: ["media-000001"] });
    await pause(300);
    assert.deepEqual(approved, [], "a session runs");
    rmSync(machine.path("/containers/openvidu"));
    const { code, log } = await ended;
    assert.equal(code, 0, log);
    assert.deepEqual(approved, ["own"]);
    const said = await azurite.blob("GET", `${heartbeats.split("/").at(-2)!}/media-000001`);
    assert.equal(said.status, 200);
    assert.match(String(said.body), /drained/);
  });
});

describe("Key Vault, strict", function () {
  needsScripts(this);
  const opened: { close?(): Promise<void>; remove?(): void }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0)) {
      thing.remove?.();
      await thing.close?.();
    }
  });
  const bundle = JSON.stringify(bundleOf("azure", "master"));

  async function prepare() {
    const identity = new AzureMetadata(settingsOf("azure", "master")["IDENTITY_CLIENT_ID"]!);
    const vault = new KeyVault(identity, "masters", bundle);
    const imds = await Service.open([identity.handle]);
    const service = await Service.open([vault.handle]);
    const machine = new Machine(specOf("azure", "master"));
    Object.assign(machine.environment, { OPENVIDU_NODE_IMDS: imds.url, OPENVIDU_NODE_ENDPOINT: service.url });
    opened.push(machine, imds, service);
    return { machine, vault, service };
  }

  /** The fetch with a clock that moves only while it waits; prints at the end how much time that was. */
  const compressed = `
import os, runpy, sys, time
now = [0.0]
def wait(seconds):
    now[0] += seconds
time.sleep, time.monotonic = wait, lambda: now[0]
sys.argv = ["bundle.py", "900"]
try:
    runpy.run_module("bundle", run_name="__main__")
finally:
    print("waited %d s" % now[0])
`;

  for (const [what, refusals, code] of [
    ["gives the bundle after ten minutes of refusals while rights spread", 34, 0],
    ["is given up when rights never come, within the time for it", 1e6, 1],
  ] as const) {
    it(what, async () => {
      const { machine, vault, service } = await prepare();
      vault.refusals = refusals;
      machine.environment["OPENVIDU_NODE_PAUSE"] = "1";
      machine.write(bundlePath, '{"good":"one"}', 0o600);
      machine.write(`${library}/compressed.py`, compressed);
      const run = await machine.python("compressed");
      assert.equal(run.code, code, run.log);
      const waited = Number(/waited (\d+) s/.exec(run.log)?.[1]);
      assert.ok(waited > 600 && waited <= 900, `${waited} s`);
      assert.ok(service.seen.length < 60, `${service.seen.length} requests`);
      assert.match(run.log, /why="secret store: 403"/);
      assert.deepEqual(JSON.parse(machine.read(bundlePath)), code === 0 ? JSON.parse(bundle) : { good: "one" });
    });
  }

  it("admits no token for another audience, no other version, and no other secret", async () => {
    const { machine, service } = await prepare();
    assert.equal((await machine.python("bundle", "5")).code, 0);
    const call = service.seen.at(-1)!;
    const status = async (path: string, authorization = String(call.headers.authorization)) =>
      (await fetch(service.url + path, { headers: { authorization } })).status;
    assert.equal(await status(call.path), 200);
    assert.equal(await status(call.path, "Bearer other"), 401);
    assert.equal(await status("/secrets/masters"), 400);
    assert.equal(await status("/secrets/media?api-version=7.4"), 404);
  });
});
