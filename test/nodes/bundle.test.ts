import assert from "node:assert/strict";
import { type Answer, bundleOf, Machine, needsScripts, type Seen, settingsOf, specOf, StandIn } from "./machine";
import { signatureProblem } from "./sigv4";

const bundlePath = "/var/lib/openvidu-node/private/bundle.json";
/** What Secrets Manager says about a secret without giving it away. */
const description = JSON.stringify({
  VersionIdsToStages: { "version-1": ["AWSPREVIOUS"], "version-2": ["AWSCURRENT"], "version-3": ["AWSPENDING"] },
});
const keys = { AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "secret/+key=", Token: "session/+token==" };

const isSigned = (request: Seen, service: string) => signatureProblem(request, service, keys) === undefined;

/** Instance metadata of EC2, version 2 only. */
function ec2Metadata({ method, path, headers }: Seen): Answer {
  if (path === "/latest/api/token") {
    return method === "PUT" && headers["x-aws-ec2-metadata-token-ttl-seconds"]
      ? { status: 200, body: "imds-token" }
      : { status: 400 };
  }
  if (headers["x-aws-ec2-metadata-token"] !== "imds-token") return { status: 401 };
  const values: Record<string, string> = {
    "iam/security-credentials/": "media-role",
    "iam/security-credentials/media-role": JSON.stringify(keys),
    "instance-id": "i-0123456789abcdef0",
  };
  const value = values[path.replace("/latest/meta-data/", "")];
  return value === undefined ? { status: 404 } : { status: 200, body: value };
}

/** Instance metadata of Azure: a token for the right audience and identity only. */
function azureMetadata({ path, headers }: Seen): Answer {
  const url = new URL(path, "http://imds");
  const query = Object.fromEntries(url.searchParams);
  const right =
    headers["metadata"] === "true" &&
    url.pathname === "/metadata/identity/oauth2/token" &&
    query["resource"] === "https://vault.azure.net" &&
    query["client_id"] === settingsOf("azure", "master")["IDENTITY_CLIENT_ID"];
  return right ? { status: 200, body: JSON.stringify({ access_token: "azure-token" }) } : { status: 400 };
}

describe("fetching the bundle", function () {
  needsScripts(this);
  const opened: { close?(): Promise<void>; remove?(): void }[] = [];
  afterEach(async () => {
    for (const thing of opened.splice(0)) {
      thing.remove?.();
      await thing.close?.();
    }
  });

  /** A machine whose store gives these answers in turn, the last one again and again. */
  async function prepare(cloud: "aws" | "azure", role: "master" | "media", answers: readonly (string | Answer)[]) {
    let next = 0;
    const wrap = (text: string) =>
      JSON.stringify(
        cloud === "aws"
          ? { SecretString: text, VersionId: "version-2" }
          : { value: text, id: "https://openvidu-acme-1a2b3c4.vault.azure.net/secrets/masters/version-2" },
      );
    const store = await StandIn.open((request) => {
      const signed =
        cloud === "aws" ? isSigned(request, "secretsmanager") : request.headers.authorization === "Bearer azure-token";
      if (!signed) return { status: 403, body: '{"__type":"IncompleteSignature"}' };
      if (String(request.headers["x-amz-target"]).endsWith("DescribeSecret")) return { status: 200, body: description };
      const answer = answers[Math.min(next++, answers.length - 1)]!;
      return typeof answer === "string" ? { status: 200, body: wrap(answer) } : answer;
    });
    const metadata = await StandIn.open(cloud === "aws" ? ec2Metadata : azureMetadata);
    const machine = new Machine(specOf(cloud, role));
    machine.environment["OPENVIDU_NODE_IMDS"] = metadata.url;
    machine.environment["OPENVIDU_NODE_ENDPOINT"] = cloud === "aws" ? `${store.url}/` : store.url;
    opened.push(machine, store, metadata);
    return { machine, store };
  }
  const whole = (cloud: "aws" | "azure", role: "master" | "media") => JSON.stringify(bundleOf(cloud, role));

  it("asks Secrets Manager with a signature over every header", async () => {
    const { machine, store } = await prepare("aws", "master", [whole("aws", "master")]);
    const { code, log } = await machine.python("bundle", "5");
    assert.equal(code, 0, log);
    assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf("aws", "master"));
    assert.equal(store.seen.length, 1);
    assert.equal(store.seen[0]!.headers["x-amz-target"], "secretsmanager.GetSecretValue");
    assert.deepEqual(JSON.parse(store.seen[0]!.body), { SecretId: settingsOf("aws", "master")["BUNDLE_ID"] });
  });

  it("asks Key Vault by the machine's identity and waits until its rights act", async () => {
    const { machine, store } = await prepare("azure", "master", [
      { status: 403 },
      { status: 403 },
      whole("azure", "master"),
    ]);
    const { code, log } = await machine.python("bundle", "20");
    assert.equal(code, 0, log);
    assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf("azure", "master"));
    assert.deepEqual(
      store.seen.map(({ path }) => path),
      Array(3).fill("/secrets/masters?api-version=7.4"),
    );
    assert.match(log, /outcome=retry why="secret store: 403"/);
  });

  it("waits until the bundle is complete", async () => {
    const { REDIS_PASSWORD: _, ...half } = bundleOf("aws", "media");
    const { machine } = await prepare("aws", "media", [
      JSON.stringify(half),
      JSON.stringify({ ...half, REDIS_PASSWORD: "" }),
      whole("aws", "media"),
    ]);
    const { code, log } = await machine.python("bundle", "20");
    assert.equal(code, 0, log);
    assert.equal([...log.matchAll(/missing or empty: REDIS_PASSWORD/g)].length, 2);
    assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf("aws", "media"));
  });

  const bad: Record<string, string | Answer> = {
    "refuses access": {
      status: 400,
      body: '{"__type":"com.amazonaws.secretsmanager#AccessDeniedException","Message":"hushInMessage"}',
    },
    "is broken": { status: 500, body: "hushInMessage" },
    redirects: { status: 302, headers: { location: "http://127.0.0.1:9/" } },
    "answers empty": "",
    "answers a list": JSON.stringify(["hushInList"]),
    "answers something else": { status: 200, body: "[]" },
    "answers without a key": JSON.stringify({ OPENVIDU_VERSION: "3.8.0" }),
    "answers a number": JSON.stringify({ ...bundleOf("aws", "media"), REDIS_PASSWORD: 5 }),
    "answers two lines in one value": JSON.stringify({ ...bundleOf("aws", "media"), REDIS_PASSWORD: "hushA\nhushB" }),
  };
  for (const [what, answer] of Object.entries(bad)) {
    it(`ends in its time and keeps the last good bundle when the store ${what}`, async () => {
      const { machine } = await prepare("aws", "media", [answer]);
      machine.write(bundlePath, '{"good":"one"}', 0o600);
      const { code, log } = await machine.python("bundle", "0");
      assert.equal(code, 1);
      assert.equal(machine.read(bundlePath), '{"good":"one"}');
      assert.match(log, /secret store|bundle:|unexpected answer/);
      assert.doesNotMatch(log, /hush|Traceback/);
    });
  }

  for (const status of [200, 503]) {
    it(`asks again when an answer with ${status} breaks off`, async () => {
      const cut: Answer = { status, body: "{", headers: { "content-length": "500", connection: "close" } };
      const { machine, store } = await prepare("aws", "media", [cut, whole("aws", "media")]);
      const { code, log } = await machine.python("bundle", "10");
      assert.equal(code, 0, log);
      assert.equal(store.seen.length, 2);
      assert.match(log, /no answer from \S+ \(IncompleteRead\)/);
    });
  }

  it("stops trying when its time is over", async () => {
    const { machine, store } = await prepare("aws", "media", [{ status: 500 }]);
    machine.environment["OPENVIDU_NODE_PAUSE"] = "1";
    const started = Date.now();
    const { code } = await machine.python("bundle", "1.5");
    assert.equal(code, 1);
    assert.ok(Date.now() - started < 6000);
    assert.equal(store.seen.length, 2);
  });

  for (const cloud of ["aws", "azure"] as const) {
    describe(`only if it has changed, on ${cloud}`, () => {
      const known = '{"good":"one"}';
      const kept = async (version: string) => {
        const { machine, store } = await prepare(cloud, "master", [whole(cloud, "master")]);
        machine.write(bundlePath, known, 0o600);
        machine.write(`${bundlePath}.version`, `${version}\n`);
        const { code, log } = await machine.python("bundle", "5", "changed");
        assert.equal(code, 0, log);
        const values = store.seen.filter(({ headers }) => !String(headers["x-amz-target"]).endsWith("DescribeSecret"));
        return { machine, values: values.length };
      };

      it("leaves a bundle of the current version alone", async () => {
        const { machine, values } = await kept("version-2");
        assert.equal(machine.read(bundlePath), known);
        assert.equal(values, cloud === "aws" ? 0 : 1);
      });

      it("replaces a bundle of another version, and remembers the new one", async () => {
        const { machine } = await kept("version-1");
        assert.deepEqual(JSON.parse(machine.read(bundlePath)), bundleOf(cloud, "master"));
        assert.equal(machine.read(`${bundlePath}.version`), "version-2\n");
      });

      it("keeps bundle and version when the new one is not whole", async () => {
        const { machine } = await prepare(cloud, "master", ["{}"]);
        machine.write(bundlePath, known, 0o600);
        machine.write(`${bundlePath}.version`, "version-1\n");
        assert.equal((await machine.python("bundle", "0", "changed")).code, 1);
        assert.equal(machine.read(bundlePath), known);
        assert.equal(machine.read(`${bundlePath}.version`), "version-1\n");
      });
    });
  }

  it("fetches again when it was stopped between the bundle and its version", async () => {
    const { machine, store } = await prepare("aws", "master", [whole("aws", "master")]);
    machine.write(bundlePath, whole("aws", "master"), 0o600);
    assert.equal((await machine.python("bundle", "5", "changed")).code, 0);
    assert.equal(store.seen.length, 2);
    assert.equal(machine.read(`${bundlePath}.version`), "version-2\n");
  });

  it("keeps the bundle for root", async () => {
    const { machine } = await prepare("aws", "media", [whole("aws", "media")]);
    machine.write(bundlePath, "{}", 0o644);
    await machine.python("bundle", "5");
    assert.equal(machine.mode(bundlePath), 0o600);
  });

  it("says how far the clock is off when a signature is refused", async () => {
    const date = new Date(Date.now() - 3600_000).toUTCString();
    const { machine } = await prepare("aws", "media", [{ status: 403, headers: { Date: date } }]);
    const { log } = await machine.python("bundle", "0");
    assert.match(log, /clock is (3599|360\d) s off/);
  });

  it("never puts a credential into its own arguments or log", async () => {
    const { machine } = await prepare("aws", "master", [{ status: 403 }, whole("aws", "master")]);
    const { log } = await machine.python("bundle", "10");
    for (const secret of [...Object.values(keys), "hush", "imds-token"]) assert.ok(!log.includes(secret), log);
  });
});

describe("the lifecycle calls of a media node on AWS", function () {
  needsScripts(this);
  const cases: [string[], Record<string, string>][] = [
    [
      ["complete", "acme-launch", "CONTINUE"],
      { Action: "CompleteLifecycleAction", LifecycleHookName: "acme-launch", LifecycleActionResult: "CONTINUE" },
    ],
    [
      ["heartbeat", "acme-terminate"],
      { Action: "RecordLifecycleActionHeartbeat", LifecycleHookName: "acme-terminate" },
    ],
    [["unhealthy"], { Action: "SetInstanceHealth", HealthStatus: "Unhealthy", ShouldRespectGracePeriod: "false" }],
  ];
  for (const [args, wanted] of cases) {
    it(`${args[0]}: is signed, and names this node and its group`, async () => {
      const service = await StandIn.open((request) => ({ status: isSigned(request, "autoscaling") ? 200 : 403 }));
      const metadata = await StandIn.open(ec2Metadata);
      const machine = new Machine(specOf("aws", "media"));
      Object.assign(machine.environment, {
        OPENVIDU_NODE_IMDS: metadata.url,
        OPENVIDU_NODE_ENDPOINT: `${service.url}/`,
      });
      const { code, log } = await machine.python("cloud", ...args);
      await Promise.all([service.close(), metadata.close()]);
      machine.remove();
      assert.equal(code, 0, log);
      const group = args[0] === "unhealthy" ? {} : { AutoScalingGroupName: "openvidu-acme-prod-media" };
      assert.deepEqual(Object.fromEntries(new URLSearchParams(service.seen[0]!.body)), {
        ...wanted,
        ...group,
        Version: "2011-01-01",
        InstanceId: "i-0123456789abcdef0",
      });
    });
  }

  it("tell apart that no action is open and that the call failed", async () => {
    for (const [body, code] of [
      [
        "<Error><Code>ValidationError</Code><Message>No active Lifecycle Action found with instance ID</Message></Error>",
        3,
      ],
      ["<Error><Code>AccessDenied</Code><Message>no</Message></Error>", 1],
    ] as const) {
      const service = await StandIn.open(() => ({ status: 400, body }));
      const metadata = await StandIn.open(ec2Metadata);
      const machine = new Machine(specOf("aws", "media"));
      Object.assign(machine.environment, {
        OPENVIDU_NODE_IMDS: metadata.url,
        OPENVIDU_NODE_ENDPOINT: `${service.url}/`,
      });
      const run = await machine.python("cloud", "heartbeat", "acme-terminate");
      await Promise.all([service.close(), metadata.close()]);
      machine.remove();
      assert.equal(run.code, code, run.log);
    }
  });
});
