/**
 * No secret lies where it can be read. Config secrets get values that occur nowhere else, the generated ones are known
 * from the graph, and the whole graph is searched for all of them: inputs, outputs, names, labels, user data, stack
 * outputs and messages, in the clear, in base64 at every alignment, in hexadecimal, inside gzip inside base64.
 */
import assert from "node:assert/strict";
import type { CloudName } from "../../components/cloud";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { bundleContent, bundlesOf, type Leaf, leavesOf, ofType, unwrap } from "../support/graph-queries";
import { found, type Needle, needle } from "../support/hidden-text";
import { examples, graphOf, inAdvance, settingsOf, variantOf } from "./examples";

/** Values that nothing else in the world contains. */
const markers = {
  license: "marked-licence-QzX7vKp2LmW9",
  meetAdminPassword: "marked-password-Rt5yNb8GhJk3",
  meetApiKey: "marked-apikey-Wd4sFc6VuXe1",
} as const;

/** More of them, which only machines of the customer's own have a use for. */
const ownMachines: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "onprem-ha-dns": {
    sshPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nmarkedsshkeyHy6bTg9RfCv3\n-----END OPENSSH PRIVATE KEY-----\n",
    mongoUri: "mongodb://marked-mongo-Lp8kMj7NhBg2.example.com/",
  },
  "onprem-ha-nlb": {
    sshPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nmarkedsshkeyHy6bTg9RfCv3\n-----END OPENSSH PRIVATE KEY-----\n",
    s3SecretKey: "marked-s3key-Zx4cVb6NmQw8",
  },
};

/** Where a secret may be, and then only wrapped as one. */
/* prettier-ignore */
const mayHold: Readonly<Record<CloudName, readonly { type: RegExp; name?: RegExp; path: RegExp; why: string }[]>> = {
  aws: [
    { type: /^random:/, path: /^outputs\.(result|bcryptHash)$/, why: "generated there" },
    { type: /^aws:secretsmanager\/secretVersion:/, path: /^(inputs|outputs)\.secretString$/, why: "the bundle itself" },
    { type: /^openvidu:index:ClusterSecrets$/, path: /^outputs\.credentials\./, why: "handed to the store" },
  ],
  azure: [
    { type: /^random:/, path: /^outputs\.(result|bcryptHash)$/, why: "generated there" },
    { type: /^azure-native:keyvault:Secret$/, path: /^(inputs|outputs)\.properties\.value$/, why: "the bundle itself" },
    { type: /^openvidu:index:ClusterSecrets$/, path: /^outputs\.credentials\./, why: "handed to the store" },
    { type: /^openvidu:index:ObjectStore$/, path: /^outputs\.settings\.AZURE_ACCOUNT_KEY$/, why: "OpenVidu's Azure mode knows account keys only" },
    { type: /^tls:index\/privateKey:/, path: /^outputs\.privateKey(Pem|Openssh|PemPkcs8)$/, why: "generated there, given to nobody" },
  ],
  onprem: [
    { type: /^random:/, path: /^outputs\.(result|bcryptHash)$/, why: "generated there" },
    { type: /^command:remote:Command$/, name: /^openvidu-secrets-/, path: /^(inputs|outputs)\.stdin$/, why: "the bundle on its way to a node" },
    { type: /^command:remote:Command$/, path: /^(inputs|outputs)\.connection\.privateKey$/, why: "what opens the connection" },
    { type: /^openvidu:index:ClusterSecrets$/, path: /^outputs\.credentials\./, why: "handed to the store" },
    { type: /^openvidu:index:ObjectStore$/, path: /^outputs\.settings\.(EXTERNAL_S3_SECRET_KEY|EXTERNAL_MONGO_URI)$/, why: "OpenVidu knows keys and addresses only" },
  ],
};

interface Sighting {
  readonly type: string;
  readonly name: string;
  readonly path: string;
  readonly secret: boolean;
  readonly names: string[];
}

/** Every place of a graph at which one of the needles lies in some form. */
function sightings(graph: Graph, needles: readonly Needle[]): Sighting[] {
  const seen: Sighting[] = [];
  const known = new Map<string, string[]>();
  const look = (type: string, name: string, leaf: Leaf): void => {
    if (typeof leaf.value !== "string" || leaf.value.length < 8) return;
    const names = known.get(leaf.value) ?? found(needles, leaf.value);
    known.set(leaf.value, names);
    if (names.length > 0) seen.push({ type, name, path: leaf.path, secret: leaf.secret, names });
  };
  const openly = (path: string, value: string): Leaf => ({ path, value, secret: false });
  for (const resource of graph.resources) {
    const { type, urn, name, id, options } = resource;
    for (const text of [urn, name, id, resource.provider ?? ""]) look(type, name, openly("names", text));
    for (const part of ["inputs", "outputs"] as const) {
      for (const leaf of leavesOf(resource[part], part)) look(type, name, leaf);
    }
    for (const leaf of leavesOf(options, "options")) look(type, name, leaf);
  }
  for (const leaf of leavesOf(graph.outputs, "outputs")) look("stack", graph.stack, leaf);
  for (const { message } of graph.log) look("log", "message", openly("message", message));
  for (const { message } of graph.refusals) look("log", "refusal", openly("message", message));
  return seen;
}

/** Sightings at places that the list does not name, or that no secret wraps. */
function leaks(graph: Graph, cloud: CloudName, needles: readonly Needle[]): string[] {
  const isAllowed = ({ type, name, path, secret }: Sighting): boolean =>
    secret &&
    mayHold[cloud].some((place) => place.type.test(type) && (place.name?.test(name) ?? true) && place.path.test(path));
  return sightings(graph, needles)
    .filter((sighting) => !isAllowed(sighting))
    .map(
      ({ type, name, path, names, secret }) => `${type} ${name} ${path}${secret ? " (wrapped)" : ""}: ${names.join()}`,
    );
}

/** The secrets that a graph itself made or looked up. */
function generated(graph: Graph, cloud: CloudName): Needle[] {
  const passwords = ofType(graph, "random:index/randomPassword:RandomPassword");
  assert.ok(passwords.length >= 7, `${passwords.length} generated passwords`);
  const needles = passwords.map((each) => needle(each.name, unwrap(each.outputs.result) as string));
  for (const each of ofType(graph, "tls:index/privateKey:PrivateKey")) {
    // A line in the middle of the key stands for all of it.
    const lines = (unwrap(each.outputs.privateKeyPem) as string)
      .split("\n")
      .filter((line) => /^[A-Za-z0-9+/]{40,}$/.test(line));
    needles.push(needle(each.name, lines[Math.floor(lines.length / 2)] ?? ""));
  }
  if (cloud === "azure") {
    const bundle = bundlesOf(graph)
      .map(bundleContent)
      .find(({ AZURE_ACCOUNT_KEY }) => AZURE_ACCOUNT_KEY);
    needles.push(needle("storage key", bundle?.AZURE_ACCOUNT_KEY ?? ""));
  }
  return needles;
}

/** The example with marked secrets. */
const marked = (stack: string, preview: boolean): Promise<Graph> =>
  variantOf(stack, { secrets: { ...markers, ...ownMachines[stack] }, preview });

const configured = Object.entries(markers).map(([name, value]) => needle(name, value));

/** The secrets of one example's config, by a part of each that stays together. */
const configuredFor = (stack: string): Needle[] => [
  ...configured,
  ...Object.entries(ownMachines[stack] ?? {}).map(([name, value]) =>
    needle(name, /marked[A-Za-z0-9-]+/.exec(value)![0]),
  ),
];

for (const { stack, cloud } of examples) {
  describe(`secrets: ${stack}`, () => {
    before(() => inAdvance(examples.map((example) => () => marked(example.stack, false))));

    it("from config and generated ones lie nowhere but in the bundles", async () => {
      const graph = await marked(stack, false);
      assert.deepEqual([graph.exitCode, graph.refusals], [0, []]);
      assert.deepEqual(leaks(graph, cloud, [...configuredFor(stack), ...generated(graph, cloud)]), []);
    });

    it("do reach the bundle of the masters, so that the search has something to find", async () => {
      const graph = await marked(stack, false);
      const needles = [...configured, ...generated(graph, cloud)];
      const bundles = bundlesOf(graph);
      const inBundles = new Set(bundles.flatMap((each) => found(needles, JSON.stringify(bundleContent(each)))));
      const missing = needles.map(({ name }) => name).filter((name) => !inBundles.has(name) && !/key$/.test(name));
      // A configured password takes the place of the generated one.
      assert.deepEqual(
        missing.filter((name) => !/meet-initial-admin-password/.test(name)),
        [],
      );
    });

    it("for media nodes are one password", async () => {
      const graph = await marked(stack, false);
      const media = bundlesOf(graph)
        .map(bundleContent)
        .find((bundle) => bundle.DOMAIN_NAME === undefined);
      assert.deepEqual(Object.keys(media ?? {}).sort(), ["ENABLED_MODULES", "OPENVIDU_VERSION", "REDIS_PASSWORD"]);
    });

    it("are marked as secret wherever a bundle is given to the store", async () => {
      for (const { inputs } of bundlesOf(await marked(stack, false))) {
        const leaves = [...leavesOf(inputs)].filter(({ path }) =>
          /(secretString|properties\.value|^stdin)$/.test(path),
        );
        assert.equal(leaves.length, 1);
        assert.ok(leaves[0]?.secret);
      }
    });
  });
}

describe("secrets of previews", () => {
  for (const [stack, cloud] of [
    ["aws-ha", "aws"],
    ["onprem-ha-nlb", "onprem"],
  ] as const) {
    it(`of ${stack} are as well hidden`, async () => {
      const graph = await marked(stack, true);
      assert.equal(graph.exitCode, 0);
      assert.deepEqual(leaks(graph, cloud, configuredFor(stack)), []);
    });
  }
});

describe("secrets of own certificates", () => {
  /** A private key that only this test knows, with a certificate of the example: the check for the pair comes first. */
  it("the private key lies in the masters' bundle and nowhere else", async () => {
    const stack = "azure-ha-production";
    assert.equal(settingsOf(stack).certificate.kind, "owncert");
    const graph = await graphOf(stack);
    const bundle = bundlesOf(graph)
      .map(bundleContent)
      .find(({ OWNCERT_PRIVATE_KEY }) => OWNCERT_PRIVATE_KEY);
    const pem = Buffer.from(bundle?.OWNCERT_PRIVATE_KEY ?? "", "base64").toString();
    const [, line = ""] = /^-----BEGIN PRIVATE KEY-----\n(.+)$/m.exec(pem) ?? [];
    assert.deepEqual(leaks(graph, "azure", [needle("private key", line)]), []);
  });
});

describe("search of a graph for secrets", () => {
  const base = { project: "p", stack: "s", preview: false, outputs: {}, log: [], refusals: [], exitCode: 0 };
  const resource = (changes: Partial<RecordedResource>): RecordedResource => ({
    urn: "urn", type: "aws:ec2/instance:Instance", name: "n", custom: true, id: "id", inputs: {}, outputs: {}, dependencies: [],
    propertyDependencies: {},
    options: { protect: false, retainOnDelete: false, deleteBeforeReplace: false, ignoreChanges: [], replaceOnChanges: [], additionalSecretOutputs: [], aliases: [], customTimeouts: {} },
    ...changes,
  }); /* prettier-ignore */
  const value = markers.license;
  const places: Record<string, Graph> = {
    "an input": { ...base, resources: [resource({ inputs: { tags: { note: `x ${value}` } } })] },
    "a key of an object": { ...base, resources: [resource({ inputs: { tags: { [value]: "x" } } })] },
    "a wrapped input of the wrong type": {
      ...base,
      resources: [resource({ inputs: { userData: { secret: value } } })],
    },
    "an unwrapped input of the right type": {
      ...base,
      resources: [
        resource({ type: "aws:secretsmanager/secretVersion:SecretVersion", inputs: { secretString: value } }),
      ],
    },
    "user data": {
      ...base,
      resources: [resource({ inputs: { userDataBase64: Buffer.from(`#!/bin/sh\n# ${value}\n`).toString("base64") } })],
    },
    "a name": { ...base, resources: [resource({ name: value })] },
    "a stack output": { ...base, resources: [], outputs: { url: { secret: `https://${value}` } } },
    "a message": { ...base, resources: [], log: [{ severity: "info", message: `licence ${value}` }] },
  };
  for (const [place, graph] of Object.entries(places)) {
    it(`finds one in ${place}`, () => assert.equal(leaks(graph, "aws", configured).length, 1));
  }

  it("lets the bundle pass", () => {
    const graph = {
      ...base,
      resources: [
        resource({
          type: "aws:secretsmanager/secretVersion:SecretVersion",
          inputs: { secretString: { secret: value } },
        }),
      ],
    };
    assert.deepEqual(leaks(graph, "aws", configured), []);
    assert.equal(sightings(graph, configured).length, 1);
  });
});
