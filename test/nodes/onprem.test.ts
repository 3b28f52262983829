/**
 * The adapter of machines of the customer's own: bundles that are put there, the cluster's own objects in MinIO on the
 * masters or in the customer's S3, drains that are asked for on the machine, and boots that switch nothing off.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { needs } from "../counterparts";
import { ObjectStore } from "./cloud-services";
import { Moto, motoMissing, motoName } from "./emulators";
import { bundleOf, Machine, needsScripts, specOf } from "./machine";
import { closedAddress, type Handler, Service } from "./services";
import { serviceOf, signatureProblem } from "./sigv4";
import { ask, storeContract } from "./store-contract";

const given = "/etc/openvidu-node/bundle.json";
const kept = "/var/lib/openvidu-node/private/bundle.json";
const s3 = {
  EXTERNAL_S3_ENDPOINT: "https://s3.example.com",
  EXTERNAL_S3_REGION: "eu-west-1",
  EXTERNAL_S3_ACCESS_KEY: "openvidu",
  EXTERNAL_S3_SECRET_KEY: "hushS3KEY",
};

function open(
  role: "master" | "media",
  settings: Record<string, string> = {},
  more: Record<string, string> = {},
): Machine {
  const machine = new Machine(specOf("onprem", role, settings));
  const text = JSON.stringify({ ...bundleOf("onprem", role), ...more });
  machine.write(given, text, 0o600);
  // Later programs read what the first step of a boot has kept.
  machine.write(kept, text, 0o600);
  return machine;
}

describe("a machine of the customer's own", function () {
  needsScripts(this);
  const machines: Machine[] = [];
  const make = (...args: Parameters<typeof open>): Machine => {
    const machine = open(...args);
    machines.push(machine);
    return machine;
  };
  afterEach(() => machines.splice(0).forEach((machine) => machine.remove()));

  describe("and its bundle", () => {
    it("takes what was put there, and another version only with other content", async () => {
      const machine = make("master");
      assert.equal((await machine.python("bundle", "0")).code, 0);
      assert.deepEqual(JSON.parse(machine.read(kept)), bundleOf("onprem", "master"));
      assert.equal(machine.mode(kept), 0o600);
      const version = machine.read(`${kept}.version`);
      machine.write(
        given,
        JSON.stringify({ ...bundleOf("onprem", "master"), DOMAIN_NAME: "other.example.com" }),
        0o600,
      );
      assert.equal((await machine.python("bundle", "0", "changed")).code, 0);
      assert.notEqual(machine.read(`${kept}.version`), version);
      assert.match(machine.read(kept), /other\.example\.com/);
    });

    it("keeps the last good one where there is none, half of one, or one of the other kind", async () => {
      const machine = make("master");
      await machine.python("bundle", "0");
      const good = machine.read(kept);
      for (const bad of ["{", "", JSON.stringify(bundleOf("onprem", "media"))]) {
        machine.write(given, bad, 0o600);
        const { code, log } = await machine.python("bundle", "0", "changed");
        assert.equal(code, 1, log);
        assert.doesNotMatch(log, /hush/);
        assert.equal(machine.read(kept), good);
      }
      machine.write(
        "/etc/openvidu-node/node.env",
        machine.read("/etc/openvidu-node/node.env").replace("bundle.json", "none.json"),
      );
      const { code, log } = await machine.python("bundle", "0");
      assert.equal(code, 1);
      assert.match(log, /bundle: \/etc\/openvidu-node\/none\.json: No such file or directory/);
    });
  });

  it("gets the customer's storage and database into OpenVidu's settings", async () => {
    const more = { ...s3, MONGO_ENABLED: "true", EXTERNAL_MONGO_URI: "mongodb://u:hush@db.example.com/?a=b&c=d" };
    const machine = make("master", {}, more);
    const file = "/opt/openvidu/config/cluster/openvidu.env";
    machine.write(file, "EXTERNAL_MONGO_URI=\n");
    machine.write("/opt/openvidu/config/node/master_node.env", "");
    machine.environment["PRIVATE_IP"] = "10.0.0.4";
    const { code, log } = await machine.python("apply");
    assert.equal(code, 0, log);
    for (const [key, value] of Object.entries(more)) assert.ok(machine.read(file).includes(`${key}=${value}\n`), key);
    assert.doesNotMatch(log, /hush/);
  });

  describe("and MinIO on the masters", () => {
    const services: Service[] = [];
    afterEach(async () => {
      for (const service of services.splice(0)) await service.close();
    });
    const serve = async (...handlers: Handler[]): Promise<Service> => {
      const service = await Service.open(handlers);
      services.push(service);
      return service;
    };
    /** A master whose cluster has MinIO at one port of the loopback addresses. */
    const master = (url: string, addresses = "127.0.0.2,127.0.0.3,127.0.0.1,127.0.0.4"): Machine =>
      make("master", {
        COORDINATION_URL: `http://masters:${new URL(url).port}/openvidu-node/`,
        MASTER_IPS: addresses,
        PRIVATE_ADDRESS: "127.0.0.2",
      });
    const minio = (): ObjectStore => new ObjectStore("/openvidu-node/");

    it("is asked on whichever master answers, with a signature", async () => {
      const service = await serve(minio().handle);
      const [etag, entry] = await ask(master(service.url), ["write", "marks/a", "text"], ["read", "marks/a"]);
      assert.deepEqual(entry.slice(0, 2), ["text", etag]);
      for (const { headers } of service.seen) {
        assert.match(
          headers.authorization ?? "",
          /^AWS4-HMAC-SHA256 Credential=minioadmin\/\d{8}\/us-east-1\/s3\/aws4_request/,
        );
        assert.doesNotMatch(JSON.stringify(headers), /hush/);
      }
    });

    it("gets the bucket that is missing, once", async () => {
      const store = minio();
      let made = false;
      const service = await serve((call) => {
        if (call.method === "PUT" && call.path === "/openvidu-node") {
          made = true;
          return { status: 200 };
        }
        return made || call.method === "GET" ? store.handle(call) : { status: 404, body: "<Code>NoSuchBucket</Code>" };
      });
      await ask(master(service.url), ["write", "a", "1"], ["write", "b", "2"]);
      assert.equal(service.seen.filter(({ path }) => path === "/openvidu-node").length, 1);
      assert.deepEqual([...store.objects.keys()], ["a", "b"]);
    });

    it("is not there before there is a cluster: nothing is found, and nothing can be written", async () => {
      const machine = master(await closedAddress());
      assert.deepEqual(await ask(machine, ["read", "marks/initialised"], ["write", "marks/x", "x"]), [null, "Trouble"]);
      const { code, log } = await machine.python("lock", "join", "masters", "60", "master-1 joins");
      assert.equal(code, 0, log);
    });

    it("without its quorum is no store either", async () => {
      const service = await serve(() => ({ status: 503, body: "<Code>XMinioServerNotInitialized</Code>" }));
      assert.deepEqual(await ask(master(service.url), ["read", "a"], ["write", "a", "x"]), [null, "Trouble"]);
    });

    it("that is silent may be serving others: whoever would join waits", async () => {
      const service = await serve(() => "hang");
      const machine = master(service.url);
      machine.environment["OPENVIDU_NODE_HTTP_SECONDS"] = "0.3";
      assert.deepEqual(await ask(machine, ["read", "marks/initialised"]), ["Trouble"]);
      const { code, log } = await machine.python("lock", "join", "masters", "60", "master-1 joins");
      assert.equal(code, 1, log);
    });

    it("of a running cluster lets masters join one at a time", async () => {
      const service = await serve(minio().handle);
      const [one, other] = [master(service.url), master(service.url)];
      other.write(
        "/etc/openvidu-node/node.env",
        other.read("/etc/openvidu-node/node.env").replace("SLOT='1'", "SLOT='2'"),
      );
      assert.equal((await one.python("lock", "mark", "initialised")).code, 0);
      assert.equal((await one.python("lock", "join", "masters", "60", "master-1 joins")).code, 0);
      const { code, log } = await other.python("lock", "join", "masters", "60", "master-2 joins");
      assert.equal(code, 3);
      assert.match(log, /master-1 has the lock: master-1 joins/);
    });
  });

  describe("that is the only master, and its folder", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "openvidu-folder-"))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const place = "/var/lib/openvidu-node/store";
    const only = (settings: Record<string, string> = {}): Machine => {
      const machine = new Machine(specOf("onprem", "master", settings, { edition: "elastic" }));
      machines.push(machine);
      return machine;
    };

    storeContract(() => ({
      kind: { cloud: "onprem", role: "master" },
      machine(slot) {
        const machine = only({ SLOT: slot });
        mkdirSync(machine.path("/var/lib/openvidu-node"), { recursive: true });
        symlinkSync(folder, machine.path(place));
        return machine;
      },
      put: (name, body) => Promise.resolve(writeFileSync(join(folder, name), body)),
    }));

    it("is there while nothing runs, and keeps no empty folders", async () => {
      const machine = only();
      const results = await ask(machine, ["read", "a/b"], ["write", "a/b", "1"], ["remove", "a/b"], ["read", "a/b"]);
      assert.deepEqual([results[0], results[3]], [null, null]);
      assert.equal(machine.mode(place), 0o700);
      assert.deepEqual(readdirSync(machine.path(place)), [".lock"]);
    });

    it("that cannot be written is an error with its reason, and what was there stays", async () => {
      const machine = only();
      const [etag] = await ask(machine, ["write", "a/b", "1"]);
      machine.write(`${place}/c`, "in the way");
      const { code, log } = await machine.python("lock", "mark", "../c/d");
      assert.equal(code, 1);
      assert.match(log, /^store marks\/\.\.\/c\/d: (Not a directory|File exists)$/m);
      assert.deepEqual((await ask(machine, ["read", "a/b"]))[0].slice(0, 2), ["1", etag]);
    });
  });

  describe("and S3 of the customer's own", () => {
    it("is asked with his key, signed for his region", async () => {
      const store = new ObjectStore("/app/openvidu-node/");
      const service = await Service.open([store.handle]);
      try {
        const machine = make("master", { COORDINATION_URL: `${service.url}/app/openvidu-node/` }, s3);
        await ask(machine, ["write", "a", "1"], ["read", "a"], ["remove", "a"]);
        assert.equal(service.seen.length, 3);
        const keys = { AccessKeyId: "openvidu", SecretAccessKey: "hushS3KEY" } as Parameters<
          typeof signatureProblem
        >[2];
        for (const call of service.seen) {
          assert.equal(serviceOf(call.headers), "s3");
          assert.equal(signatureProblem(call, "s3", keys), undefined);
        }
      } finally {
        await service.close();
      }
    });

    it("that is down is not taken for a cluster that does not exist", async () => {
      const machine = make("master", { COORDINATION_URL: `${await closedAddress()}/app/openvidu-node/` }, s3);
      assert.deepEqual(await ask(machine, ["read", "marks/initialised"]), ["Trouble"]);
    });
  });

  describe("and its drain", () => {
    const fakeDocker = `
cd "$OPENVIDU_NODE_ROOT/containers" || exit 1
case "$1 $2" in
  "ps --format") for name in *; do [[ "$name" == "*" ]] || echo "$name"; done ;;
esac`;
    const media = (timeout = "3600"): Machine => {
      const machine = make("media", { DRAIN_TIMEOUT_SECONDS: timeout });
      machine.stub("docker", fakeDocker);
      machine.write("/containers/openvidu", "");
      return machine;
    };
    const until = async (condition: () => boolean): Promise<void> => {
      for (let tries = 0; tries < 200 && !condition(); tries++) await pause(50);
      assert.ok(condition());
    };
    const command = "/usr/local/bin/openvidu-drain";

    it("is asked for by openvidu-drain, which waits until the sessions have ended", async () => {
      const machine = media();
      const drain = machine.start("drain");
      const asked = machine.script(command);
      await until(() => machine.calls("docker").some((call) => call.includes("SIGQUIT openvidu")));
      assert.ok(!machine.has("/var/lib/openvidu-node/drain-completed"));
      machine.stub("docker", 'case "$1 $2" in "ps --format") true ;; esac');
      assert.equal((await drain.ended).code, 0);
      const { code, log } = await asked.ended;
      assert.equal(code, 0, log);
      assert.match(log, /sessions may still run/);
      assert.match(machine.read("/var/lib/openvidu-node/status"), /^state=drained/);
      assert.equal((await machine.script(command).ended).code, 0, "the same command again has nothing to wait for");
    });

    it("ends at its deadline, with sessions that never end", async () => {
      const machine = media("0");
      const asked = machine.script(command);
      const { code, log } = await machine.job("drain");
      assert.equal(code, 0, log);
      assert.match(log, /sessions still run after 0 s and will be cut/);
      assert.equal((await asked.ended).code, 0);
    });

    it("that does not end is an error in time, and only asking is no waiting", async () => {
      const machine = media("0");
      machine.environment["OPENVIDU_NODE_WAIT"] = "0";
      const { code, log } = await machine.script(command).ended;
      assert.equal(code, 1);
      assert.match(log, /the drain did not end/);
      assert.equal((await machine.script(command, "--no-wait").ended).code, 0);
      assert.equal((await machine.script(command, "now").ended).code, 2);
    });
  });

  it("is not switched off when its boot fails, and says why", async () => {
    const machine = make("media", { INSTALLER_URL: `${await closedAddress()}/installer.sh` });
    Object.assign(machine.environment, { OPENVIDU_NODE_WAIT: "0", OPENVIDU_NODE_PAUSE: "1" });
    machine.write("/dev/console", "");
    const { code } = await machine.job("boot");
    assert.equal(code, 1);
    assert.match(machine.read("/var/lib/openvidu-node/status"), /^state=failed\n[^]*detail=network: no way out/);
    assert.deepEqual(
      machine.calls("systemctl").filter((call) => call.includes("poweroff")),
      [],
    );
  });
});

describe("the customer's own S3 for real", function () {
  needsScripts(this);
  needs(this, motoName, motoMissing());
  this.timeout(60000);
  let moto: Moto;
  let bucket: string;
  let count = 0;
  const machines: Machine[] = [];
  before(async () => {
    moto = await Moto.open();
    // Keys of the customer's last, and come without a session.
    Object.assign(moto.imds, { credentials: { ...moto.imds.credentials, Token: undefined } });
  });
  beforeEach(async () => {
    bucket = `own-${count++}`;
    await moto.call("s3", "create_bucket", {
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    });
  });
  afterEach(() => machines.splice(0).forEach((machine) => machine.remove()));
  after(() => moto?.close());

  storeContract(() => ({
    kind: { cloud: "onprem", role: "master" },
    machine(slot) {
      const { AccessKeyId, SecretAccessKey } = moto.imds.credentials;
      const keys = { ...s3, EXTERNAL_S3_ACCESS_KEY: AccessKeyId, EXTERNAL_S3_SECRET_KEY: SecretAccessKey };
      const machine = open(
        "master",
        { COORDINATION_URL: `${moto.gate.url}/${bucket}/openvidu-node/`, SLOT: slot },
        keys,
      );
      machines.push(machine);
      return machine;
    },
    async put(name, body) {
      await moto.call("s3", "put_object", {
        Bucket: bucket,
        Key: `openvidu-node/${name}`,
        Body: body.toString("base64"),
      });
    },
  }));
});
