import assert from "node:assert/strict";
import { chmodSync, unlinkSync } from "node:fs";
import { configFiles, fixedOnceInstalled, onPremisesKeys, settingsByRole } from "../../openvidu/secrets";
import { bundleOf, Machine, needsScripts, specOf } from "./machine";

const cluster = `/opt/openvidu/config/${configFiles.cluster}`;
const masterNode = `/opt/openvidu/config/${configFiles.masterNode}`;
const meet = `/opt/openvidu/config/${configFiles.meet}`;

const before = [
  "# DOMAIN_NAME=in-a-comment",
  "LIVEKIT_TURN_DOMAIN_NAME=turn.acme.example",
  "DOMAIN_NAME=old.example",
  "DOMAIN_NAME_OLD=keep",
  "LIVEKIT_API_SECRET=old",
  "UNRELATED=a=b&c",
  "",
].join("\n");

describe("applying settings", function () {
  needsScripts(this);
  let machine: Machine;
  const make = (spec = specOf("aws", "master", {}, { tls: "node" })) => {
    machine = new Machine(spec);
    machine.environment["PRIVATE_IP"] = "10.0.0.4";
    machine.write(cluster, before);
    machine.write(masterNode, "REDIS_PASSWORD=old\n");
    machine.write(meet, "MEET_INITIAL_API_KEY=from-installer\n");
  };
  const put = (bundle: Record<string, string>) =>
    machine.write("/var/lib/openvidu-node/private/bundle.json", JSON.stringify(bundle), 0o600);
  const lines = (path: string) => machine.read(path).split("\n");
  beforeEach(() => make());
  afterEach(() => machine.remove());

  const nasty = [
    "a/b&c|d\\e\\1",
    "a&b",
    "a|b",
    "a\\b\\1",
    "a=b==",
    `a'b"c`,
    "$HOME $(id) `id`",
    "  blanks  ",
    "#x",
    "\\n",
    "ü€",
    "%s",
    "*",
  ];
  it("stores any characters literally and touches no other line", async () => {
    const keys = Object.keys(settingsByRole.master).filter((key) => settingsByRole.master[key] === "cluster");
    const values = Object.fromEntries(nasty.map((value, index) => [keys[index]!, value]));
    assert.equal(Object.keys(values)[0], "DOMAIN_NAME");
    put(values);
    const { code, log } = await machine.python("apply");
    assert.equal(code, 0, log);
    const kept = before.split("\n").filter((line) => !/^(DOMAIN_NAME|LIVEKIT_API_SECRET)=/.test(line));
    const added = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    assert.deepEqual(lines(cluster).sort(), [...kept, ...added, "LIVEKIT_API_SECRET=old"].sort());
    assert.equal(lines(cluster)[2], "DOMAIN_NAME=a/b&c|d\\e\\1");
  });

  it("writes every setting of a master to its file", async () => {
    const bundle: Record<string, string> = {
      ...bundleOf("azure", "master"),
      ...bundleOf("aws", "master"),
      MEET_INITIAL_API_KEY: "key",
      LIVEKIT_TURN_DOMAIN_NAME: "relay.acme.example",
    };
    put(bundle);
    const { log } = await machine.python("apply");
    const known = Object.entries(settingsByRole.master).filter(([key]) => !onPremisesKeys.includes(key));
    for (const [key, file] of known) {
      assert.ok(lines(`/opt/openvidu/config/${configFiles[file]}`).includes(`${key}=${bundle[key]}`), key);
    }
    assert.deepEqual(log.trim().split("\n").sort(), [...known.map(([key]) => key), "hosts"].sort());
  });

  it("reports nothing and writes nothing when all is in place", async () => {
    put(bundleOf("aws", "master"));
    await machine.python("apply");
    const after = machine.read(cluster);
    const { log } = await machine.python("apply");
    assert.equal(log.trim(), "");
    assert.equal(machine.read(cluster), after);
  });

  it("adds a line that is missing and keeps the end of the file", async () => {
    put({ AZURE_ACCOUNT_NAME: "acme" });
    await machine.python("apply");
    assert.equal(machine.read(cluster), `${before}AZURE_ACCOUNT_NAME=acme\n`);
  });

  it("changes each of two equal keys, because readers differ in which one counts", async () => {
    machine.write(cluster, "DOMAIN_NAME=a\nX=1\nDOMAIN_NAME=b");
    put({ DOMAIN_NAME: "c" });
    await machine.python("apply");
    assert.equal(machine.read(cluster), "DOMAIN_NAME=c\nX=1\nDOMAIN_NAME=c");
  });

  it("leaves the initial API key of Meet alone unless there is one", async () => {
    put(bundleOf("aws", "master"));
    await machine.python("apply");
    assert.ok(lines(meet).includes("MEET_INITIAL_API_KEY=from-installer"));
    put({ ...bundleOf("aws", "master"), MEET_INITIAL_API_KEY: "mine" });
    await machine.python("apply");
    assert.ok(lines(meet).includes("MEET_INITIAL_API_KEY=mine"));
  });

  it("can switch the last module off", async () => {
    machine.write(cluster, "ENABLED_MODULES=observability\n");
    put({ ...bundleOf("aws", "master"), ENABLED_MODULES: "" });
    await machine.python("apply");
    assert.ok(lines(cluster).includes("ENABLED_MODULES="));
  });

  it("takes a domain of TURN's own back, and adds no line for it where there is none", async () => {
    put({ ...bundleOf("aws", "master"), LIVEKIT_TURN_DOMAIN_NAME: "" });
    const { log } = await machine.python("apply");
    assert.ok(lines(cluster).includes("LIVEKIT_TURN_DOMAIN_NAME="));
    assert.ok(log.split("\n").includes("LIVEKIT_TURN_DOMAIN_NAME"));
    machine.write(cluster, before.replace(/^LIVEKIT_TURN.*\n/m, ""));
    await machine.python("apply");
    assert.doesNotMatch(machine.read(cluster), /LIVEKIT_TURN/);
  });

  it("leaves files with credentials to root alone, whether or not they changed", async () => {
    put(bundleOf("aws", "master"));
    await machine.python("apply");
    assert.deepEqual(
      [cluster, masterNode, meet].map((path) => machine.mode(path)),
      [0o600, 0o600, 0o600],
    );
    chmodSync(machine.path(cluster), 0o644);
    await machine.python("apply");
    assert.equal(machine.mode(cluster), 0o600);
  });

  it("fails with the file's name when OpenVidu's files are not there", async () => {
    machine = (machine.remove(), new Machine(specOf("aws", "master")));
    put(bundleOf("aws", "master"));
    const { code, log } = await machine.python("apply");
    assert.equal(code, 1);
    assert.match(log, /cannot write .*openvidu\.env \(No such file/);
  });

  it("lets a master that ends TLS find itself under its own domain, also after the domain changed", async () => {
    for (const domain of ["meet.acme.example", "new.acme.example"]) {
      put({ ...bundleOf("aws", "master"), DOMAIN_NAME: domain });
      await machine.python("apply");
      assert.equal(machine.read("/etc/hosts"), `127.0.0.1 localhost\n10.0.0.4 ${domain} # openvidu-node\n`);
    }
    assert.equal(machine.mode("/etc/hosts"), 0o644);
  });

  it("leaves the hosts file alone where the load balancer ends TLS or the domain is an address", async () => {
    put({ ...bundleOf("aws", "master"), DOMAIN_NAME: "192.0.2.7" });
    await machine.python("apply");
    assert.equal(machine.read("/etc/hosts"), "127.0.0.1 localhost\n");
    machine.remove();
    make(specOf("aws", "master", {}, { tls: "loadBalancer" }));
    put(bundleOf("aws", "master"));
    await machine.python("apply");
    assert.equal(machine.read("/etc/hosts"), "127.0.0.1 localhost\n");
  });

  describe("by the job", () => {
    beforeEach(() => put(bundleOf("aws", "master")));

    const restarts = () => machine.calls("systemctl").filter((call) => call.includes("restart"));

    for (const state of ["active", "activating"])
      it(`restarts an OpenVidu that is ${state} once if it has old values, and does not wait for itself`, async () => {
        machine.stub("systemctl", `[[ "$1" != is-active ]] || echo ${state}`);
        const first = await machine.job("apply");
        assert.equal(first.code, 0, first.log);
        assert.deepEqual(machine.calls("systemctl").slice(-1), ["systemctl restart --no-block openvidu"]);
        const second = await machine.job("apply");
        assert.match(second.log, /outcome=unchanged/);
        assert.equal(restarts().length, 1);
      });

    it("takes up a run that was stopped between writing and restarting", async () => {
      machine.stub("systemctl", "[[ $1 != is-active ]] || echo active; [[ $1 != restart ]]");
      assert.equal((await machine.job("apply")).code, 1);
      machine.stub("systemctl", "[[ $1 != is-active ]] || echo active");
      assert.equal((await machine.job("apply")).code, 0);
      await machine.job("apply");
      assert.equal(restarts().length, 2);
    });

    it("tells what would change without writing it", async () => {
      const { code, log } = await machine.job("apply", "check");
      assert.equal(code, 0, log);
      assert.match(log, /^DOMAIN_NAME .* REDIS_PASSWORD hosts\s*$/);
      assert.equal(machine.read(cluster), before);
      assert.equal(machine.read("/etc/hosts"), "127.0.0.1 localhost\n");
      await machine.job("apply");
      assert.equal((await machine.job("apply", "check")).log, "");
    });

    it("starts nothing that does not run yet", async () => {
      const { log } = await machine.job("apply");
      assert.match(log, /outcome=changed why="DOMAIN_NAME /);
      assert.deepEqual(
        machine.calls("systemctl").filter((call) => /start/.test(call)),
        [],
      );
    });

    it("writes no value into the log", async () => {
      assert.doesNotMatch((await machine.job("apply")).log, /hush|acme\.example/);
    });

    it("leaves the restart to a caller who says so", async () => {
      machine.stub("systemctl", "[[ $1 != is-active ]] || echo active");
      const { code, log } = await machine.job("apply", "later");
      assert.equal(code, 0, log);
      assert.ok(lines(cluster).includes("DOMAIN_NAME=meet.acme.example"));
      assert.deepEqual(restarts(), []);
      assert.equal(machine.read("/run/openvidu-node/restart"), "restart\n");
    });
  });

  describe("that databases hold too", () => {
    const initialised = "/opt/openvidu/.openvidu-node/initialised";
    const values = bundleOf("aws", "master");
    beforeEach(async () => {
      put(values);
      await machine.python("apply");
      machine.write(initialised, "");
    });

    for (const key of fixedOnceInstalled) {
      it(`refuses another ${key} on an installation that has been ready, and with it all other changes`, async () => {
        put({ ...values, [key]: "hushNEW", DOMAIN_NAME: "new.example" });
        const files = [cluster, masterNode].map((path) => machine.read(path));
        const { code, log } = await machine.python("apply");
        assert.equal(code, 4);
        assert.equal(log, `nothing applied: the databases keep their ${key}; put the old value back into the store\n`);
        assert.deepEqual(
          [cluster, masterNode].map((path) => machine.read(path)),
          files,
        );
        assert.equal((await machine.python("apply", "check")).code, 4);
      });
    }

    it("applies them as long as no database has run with them", async () => {
      unlinkSync(machine.path(initialised));
      put({ ...values, REDIS_PASSWORD: "other" });
      assert.equal((await machine.python("apply")).code, 0);
      assert.equal(machine.read(masterNode), "REDIS_PASSWORD=other\n");
    });

    it("applies what databases do not hold", async () => {
      put({ ...values, LIVEKIT_API_SECRET: "other" });
      assert.equal((await machine.python("apply")).log, "LIVEKIT_API_SECRET\n");
    });

    it("adds one that a file does not have yet", async () => {
      machine.write(masterNode, "");
      assert.equal((await machine.python("apply")).log, "REDIS_PASSWORD\n");
    });
  });
});
