import assert from "node:assert/strict";
import { type Blobs, openBlobs } from "./blobs";
import { AzureMetadata } from "./imds";
import { Machine, needsScripts, settingsOf, specOf } from "./machine";
import { type Reply, Service } from "./services";

const state = "/var/lib/openvidu-node";
const run = "/run/openvidu-node";

describe("the heartbeat of an Azure media node", function () {
  needsScripts(this);
  let imdsService: Service;
  let blobs: Blobs;
  let livekit: Service;
  let machine: Machine;
  let metrics: Reply;
  beforeEach(async () => {
    const imds = new AzureMetadata(settingsOf("azure", "media")["IDENTITY_CLIENT_ID"]!);
    imds.facts.set("compute/name", "media-1");
    imds.facts.set("compute/vmId", "5b1b5a8e");
    imdsService = await Service.open([imds.handle]);
    blobs = await openBlobs(imds);
    metrics = { status: 404 };
    livekit = await Service.open([({ path }) => (path === "/metrics" ? metrics : { status: 404 })]);
    const [REQUESTS_URL, HEARTBEATS_URL] = [blobs.url("requests"), blobs.url("heartbeats")];
    const METRICS_URL = `${livekit.url}/metrics`;
    machine = new Machine(specOf("azure", "media", { REQUESTS_URL, HEARTBEATS_URL, METRICS_URL }));
    machine.environment["OPENVIDU_NODE_IMDS"] = imdsService.url;
  });
  afterEach(async () => {
    machine.remove();
    await Promise.all([imdsService.close(), blobs.close(), livekit.close()]);
  });
  const beat = async () => {
    const { code, log } = await machine.job("heartbeat");
    assert.equal(code, 0, log);
    return JSON.parse((await blobs.get("heartbeats", "media-1"))!) as Record<string, unknown>;
  };

  it("says under the machine's name all that the controller wants to know", async () => {
    const { cpu, traffic, ...rest } = await beat();
    assert.deepEqual(rest, { state: "booting", sessions: null, template: "0123456789abcdef", vmId: "5b1b5a8e" });
    assert.deepEqual([cpu, traffic], [10, 30]);
    assert.deepEqual(await blobs.names("heartbeats"), ["media-1"]);
  });

  for (const [said, files] of [
    ["serving", [`${run}/ready`]],
    ["draining", [`${run}/ready`, `${state}/drain`]],
    ["draining", [`${run}/drain`]],
    ["drained", [`${state}/drain`, `${state}/drained`]],
    ["drained", [`${run}/drain`, `${run}/drained`]],
    ["drained", [`${state}/drain`, `${state}/drain-completed`]],
  ] as const) {
    it(`says ${said} with ${files.join(" and ")}`, async () => {
      files.forEach((file) => machine.write(file, ""));
      assert.equal((await beat())["state"], said);
    });
  }

  it("measures CPU and traffic since the last time, on the way out alone", async () => {
    await beat();
    machine.write("/proc/stat", "cpu  650 100 300 8040 1010 0 0 0 0 0\n");
    machine.write("/proc/uptime", "160.00 90.00\n");
    machine.write("/proc/net/dev", "\n\n  lo: 99999 0 0 0 0 0 0 0 0\neth0: 4000 0 0 0 0 0 0 0 5000\n");
    const { cpu, traffic } = await beat();
    assert.deepEqual([cpu, traffic], [50, 100]);
  });

  for (const text of ["", "{", '{"all":1}', '{"all":99999,"idle":0,"bytes":0,"seconds":0}']) {
    it(`measures since the machine's start if its last numbers are ${text || "empty"}`, async () => {
      machine.write(`${run}/heartbeat.json`, text);
      const { cpu, traffic } = await beat();
      assert.deepEqual([cpu, traffic], [10, 30]);
    });
  }

  it("adds up the participants that LiveKit counts", async () => {
    const body = [
      "# TYPE livekit_participant_total gauge",
      'livekit_participant_total{node_id="ND_1",node_type="SERVER"} 11',
      'livekit_participant_total{node_id="ND_2",node_type="SERVER"} 2',
      'livekit_participant_total_other{node_id="ND_1"} 40',
      "livekit_room_total 3",
    ].join("\n");
    metrics = { status: 200, body };
    assert.equal((await beat())["sessions"], 13);
    metrics = { status: 200, body: "livekit_participant_total 0\n" };
    assert.equal((await beat())["sessions"], 0);
  });

  for (const [what, answer] of [
    ["has no such number", { status: 200, body: "livekit_room_total 3\n" }],
    ["gives something else", { status: 200, body: "livekit_participant_total{x\n" }],
    ["gives no number", { status: 200, body: "livekit_participant_total NaN\n" }],
    ["gives bytes that are no text", { status: 200, body: Buffer.from([0xff, 0xfe, 0x00]) }],
    ["refuses", { status: 500, body: "livekit_participant_total 3\n" }],
  ] as const) {
    it(`knows nothing of sessions if LiveKit ${what}`, async () => {
      metrics = answer;
      assert.equal((await beat())["sessions"], null);
    });
  }

  it("fails with one line if the store does not take it", async () => {
    blobs.service.fault = () => ({ status: 403, body: "hush" });
    const { code, log } = await machine.job("heartbeat");
    assert.equal(code, 1);
    assert.equal(log, 'openvidu-node step=heartbeat outcome=failed why="heartbeat: 403"\n');
  });

  it("comes each minute from the first on", () => {
    const timer = machine.read("/etc/systemd/system/openvidu-heartbeat.timer");
    assert.match(timer, /^OnActiveSec=5$/m);
    assert.match(timer, /^OnUnitInactiveSec=60$/m);
    assert.match(machine.read("/etc/systemd/system/openvidu-heartbeat.service"), /^TimeoutStartSec=50$/m);
  });

  it("is a step of the boot before OpenVidu starts", async () => {
    for (const job of ["docker", "install", "apply", "wait-ready"])
      machine.write(`/usr/local/lib/openvidu-node/${job}.sh`, "#!/bin/sh\n", 0o755);
    machine.write("/opt/openvidu/.openvidu-node/installed", "3.8.0\n");
    machine.write(`${state}/private/bundle.json`, "{}");
    machine.stub("docker", "");
    machine.environment["OPENVIDU_NODE_WAIT"] = "0";
    const starts = () => machine.calls("systemctl").includes("systemctl start openvidu");
    blobs.service.fault = () => ({ status: 403 });
    const refused = await machine.job("boot-steps");
    assert.match(refused.log, /step=announce outcome=failed why="no heartbeat of this node was taken/);
    assert.ok(refused.code === 1 && !starts(), refused.log);
    blobs.service.fault = undefined;
    const { code, log } = await machine.job("boot-steps");
    assert.ok(code === 0 && starts(), log);
  });

  it("must have been taken before a fresh node serves; after a reboot nobody waits for it", async () => {
    const announce = (wait: string) => {
      machine.environment["OPENVIDU_NODE_WAIT"] = wait;
      machine.write("/usr/local/lib/openvidu-node/announce.sh", announceScript);
      return machine.job("announce");
    };
    blobs.service.fault = () => ({ status: 503 });
    assert.equal((await announce("0")).code, 1);
    let refusals = 2;
    blobs.service.fault = () => (refusals-- > 0 ? { status: 403 } : undefined);
    const { code, log } = await announce("60");
    assert.equal(code, 0, log);
    assert.equal((JSON.parse((await blobs.get("heartbeats", "media-1"))!) as { state: string }).state, "booting");
    blobs.service.fault = () => ({ status: 503 });
    assert.equal((await announce("0")).code, 0);
  });
});

const announceScript = `set -Eeuo pipefail
. "$(dirname "$0")/common.sh"
load_settings
. "$NODE_LIB/cloud.sh"
if cloud_announce; then exit 0; fi
exit 1
`;
