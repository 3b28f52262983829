import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { Cluster } from "./cluster";
import { type Machine, needsScripts } from "./machine";

describe("the lock of the cluster", function () {
  needsScripts(this);
  let cluster: Cluster;
  let first: Machine;
  let second: Machine;
  beforeEach(async () => {
    cluster = await Cluster.open(2);
    for (const machine of cluster.masters) machine.receivePrograms();
    [first, second] = cluster.masters as [Machine, Machine];
  });
  afterEach(() => cluster.close());
  const acquire = (machine: Machine, seconds = "600", why = "why") =>
    machine.python("lock", "acquire", "masters", seconds, why);
  const release = (machine: Machine) => machine.python("lock", "release", "masters");

  it("has one holder, which others are told with what it does", async () => {
    assert.equal((await acquire(first, "600", "new settings: DOMAIN_NAME")).code, 0);
    const { code, log } = await acquire(second);
    assert.equal(code, 3);
    assert.equal(log, "master-1 has the lock: new settings: DOMAIN_NAME\n");
    assert.equal(cluster.holder(), "master-1");
  });

  it("is given back by its holder only", async () => {
    await acquire(first);
    await release(second);
    assert.equal(cluster.holder(), "master-1");
    await release(first);
    assert.equal((await acquire(second)).code, 0);
  });

  it("comes to its own holder again, with a new end", async () => {
    await acquire(first, "600");
    cluster.age("locks/masters", 500);
    assert.equal((await acquire(first, "600")).code, 0);
    cluster.age("locks/masters", 500);
    assert.equal((await acquire(second)).code, 3);
  });

  it("ends by the store's clock, whatever the machines believe", async () => {
    await acquire(first, "600");
    cluster.age("locks/masters", 590);
    assert.equal((await acquire(second)).code, 3);
    cluster.age("locks/masters", 610);
    assert.equal((await acquire(second)).code, 0);
    await release(first);
    assert.equal(cluster.holder(), "master-2");
  });

  it("goes to exactly one of those who ask at the same time", async () => {
    for (let round = 0; round < 3; round++) {
      const codes = (await Promise.all([acquire(first), acquire(second)])).map(({ code }) => code);
      assert.deepEqual(codes.sort(), [0, 3]);
      const winner = cluster.holder() === "master-1" ? first : second;
      await release(winner);
    }
  });

  it("goes to one only also if both have seen it free", async () => {
    // Whoever looks first lets the other one overtake it before it writes.
    const overtaken = first
      .read("/usr/local/lib/openvidu-node/lock.py")
      .replace(
        "    try:\n        put(name, etag, me()",
        '    import subprocess\n    subprocess.run(os.environ["OVERTAKE"], shell=True)\n    try:\n        put(name, etag, me()',
      );
    first.write("/usr/local/lib/openvidu-node/lock.py", overtaken);
    const object = first.path("/store/locks/masters");
    first.environment["OVERTAKE"] =
      `mkdir -p "$(dirname ${object})"; echo '{"holder": "master-2", "seconds": 600, "why": "x"}' >${object}`;
    const { code, log } = await acquire(first);
    assert.equal(code, 3);
    assert.equal(log, "another master was faster\n");
    assert.equal(cluster.holder(), "master-2");
  });

  for (const garbage of ["", "{", "[]", '{"holder":5}', '{"holder":"master-2","why":"x","seconds":"soon"}']) {
    it(`is nobody's if it reads ${JSON.stringify(garbage)}`, async () => {
      first.write("/store/locks/masters", garbage);
      assert.equal((await release(second)).code, 0);
      assert.equal((await acquire(first)).code, 0);
      assert.equal(cluster.holder(), "master-1");
    });
  }

  it("is not taken when the store does not say what there is", async () => {
    const adapter = "/usr/local/lib/openvidu-node/cloud.py";
    for (const answer of ['503, {}, b""', '200, {}, b"{}"']) {
      first.write(adapter, `def store_request(*_):\n    return ${answer}\n`);
      const { code, log } = await acquire(first);
      assert.equal(code, 1);
      assert.doesNotMatch(log, /Traceback/);
    }
  });

  describe("for joining", () => {
    const join = (machine: Machine) => machine.python("lock", "join", "masters", "600", "joins");

    it("is not needed before the cluster has been ready once", async () => {
      assert.equal((await join(first)).code, 0);
      assert.equal((await join(second)).code, 0);
      assert.ok(!cluster.has("locks/masters"));
    });

    it("is needed from then on, and that is noted once", async () => {
      assert.equal((await first.python("lock", "mark", "initialised")).code, 0);
      utimesSync(first.path("/store/marks/initialised"), 1000, 1000);
      assert.equal((await second.python("lock", "mark", "initialised")).code, 0);
      assert.equal((await join(first)).code, 0);
      assert.equal((await join(second)).code, 3);
    });
  });
});
