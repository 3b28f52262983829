/**
 * Configs of Enterprise v2: what is refused, in which words, and what is made of the rest.
 */
import assert from "node:assert/strict";
import { checkConfig, type CheckResult } from "../../stacks/check";
import type { EnterpriseV2Settings, SecretKey } from "../../stacks/settings";
import { acmCertificate, awsAdopt, check as checkHa, kmsKey, lines, stackName, subnet } from "./configs";

type Changes = Readonly<Record<string, unknown>>;
type Given = Readonly<Partial<Record<SecretKey, string | undefined>>>;

const ami = (digit: number): string => `ami-0123456789abcdef${digit}`;

const base: Changes = {
  cloud: "aws",
  edition: "enterprise-v2",
  region: "eu-west-1",
  domain: "video.example.com",
  clusterId: "acme",
  images: { masterId: ami(0), mediaId: ami(1) },
};

const elastic = { url: "https://elastic.example.com:443", kibanaUrl: "https://kibana.example.com:443" };

function check(changes: Changes = {}, given: Given = {}, stack = stackName): CheckResult {
  const raw = Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined));
  const secrets = Object.entries({ license: "licence-1", ...given }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, { value, encrypted: true }] as const],
  );
  return checkConfig(raw, Object.fromEntries(secrets), stack);
}

function settingsOf(changes: Changes = {}, given: Given = {}): EnterpriseV2Settings {
  const result = check(changes, given);
  assert.deepEqual(lines(result), []);
  assert.ok(result.settings?.edition === "enterprise-v2");
  return result.settings;
}

interface Refusal {
  readonly name: string;
  readonly changes: Changes;
  readonly given?: Given;
  readonly says: readonly string[];
}

const underscore =
  "must be 1 to 40 lower-case letters, digits and hyphens; an underscore, which the vendor's own form takes, breaks names of buckets";

/* prettier-ignore */
const refusals: readonly Refusal[] = [
  { name: "a cluster id with an underscore", changes: { clusterId: "my_cluster" }, says: [`clusterId: "my_cluster" ${underscore}`] },
  { name: "no cluster id", changes: { clusterId: undefined }, says: [`clusterId: is missing; it ${underscore}`] },
  { name: "another release", changes: { version: "2.31.0" }, says: ['version: "2.31.0" must be "2.32.1"'] },
  { name: "the latest release", changes: { version: "latest" }, says: ['version: "latest" is refused, because a stack names its release; use "2.32.1"'] },
  { name: "a release of OpenVidu 3", changes: { version: "3.8.0" }, says: ['version: "3.8.0" must be "2.32.1"'] },
  { name: "another media server", changes: { mediaServer: "pion" }, says: ['mediaServer: "pion" must be "mediasoup" or "kurento"'] },
  { name: "a certificate on masters", changes: { certificate: { kind: "letsencrypt" } }, says: ['certificate.kind: "letsencrypt" is for masters that end TLS; with enterprise-v2 the load balancer does: use "acm"'] },
  { name: "a certificate of another region", changes: { region: "eu-west-2", certificate: { kind: "acm", arn: acmCertificate } }, says: [`certificate.arn: "${acmCertificate}" lies in another region than the load balancer; it must be one of eu-west-2`] },
  { name: "a key of another region", changes: { region: "eu-west-2", encryption: { keyArn: kmsKey } }, says: [`encryption.keyArn: "${kmsKey}" lies in another region than the stack; it must be one of eu-west-2`] },
  { name: "fewer masters than the least", changes: { masters: { min: 3, desired: 2 } }, says: ["masters.desired: 2 must lie between masters.min (3) and masters.max (4)"] },
  { name: "a least number of masters above the most", changes: { masters: { min: 5, max: 4 } }, says: ["masters.min: 5 must not be above masters.max (4)"] },
  { name: "one master that nobody has accepted", changes: { masters: { min: 1 } }, says: ["masters.acceptSingleMaster: is not true, but there may be one master only, whose loss ends the service until another one has started: raise masters.min to 2, or set it to true"] },
  { name: "no masters", changes: { masters: { min: 0 } }, says: ["masters.min: 0 must be a whole number from 1 to 400"] },
  { name: "more media nodes than the most", changes: { media: { desired: 9 } }, says: ["media.desired: 9 must lie between media.min (1) and media.max (4)"] },
  { name: "thresholds that cross", changes: { media: { scaleUpCpuPercent: 40, scaleDownCpuPercent: 40 } }, says: ["media.scaleDownCpuPercent: 40 must be below media.scaleUpCpuPercent (40), or nodes come and go all the time"] },
  { name: "a hold longer than AWS's", changes: { media: { drainTimeoutMinutes: 121 } }, says: ["media.drainTimeoutMinutes: 121 must be a whole number from 1 to 120"] },
  { name: "an Arm type", changes: { masters: { instanceType: "c7g.xlarge" } }, says: ['masters.instanceType: "c7g.xlarge" is an Arm type, and the vendor\'s images are for x86; write it like "c5.xlarge"'] },
  { name: "something that is no type", changes: { media: { instanceType: "large" } }, says: ['media.instanceType: "large" is not an instance type of aws; write it like "c5.xlarge"'] },
  { name: "a single zone", changes: { network: { zones: ["eu-west-1a"] } }, says: ["network.zones: a list of 1 is given; it must be a list of 2 to 4 zones"] },
  { name: "a single subnet for masters", changes: { network: { adopt: { ...awsAdopt, masterSubnetIds: [subnet(1)] } } }, says: ["network.adopt.masterSubnetIds: a list of 1 is given; it must be a list of 2 to 4 subnet ids"] },
  { name: "a network that is both new and adopted", changes: { network: { cidr: "10.1.0.0/16", adopt: awsAdopt } }, says: ["network.cidr: is for a new network, but network.adopt names an existing one; remove one of them"] },
  { name: "Elasticsearch without its addresses", changes: { elasticsearch: { user: "me" } }, given: { elasticsearchPassword: "password1" }, says: ["elasticsearch.url: is missing; give it, or set elasticsearch.enabled to false", "elasticsearch.kibanaUrl: is missing; give it, or set elasticsearch.enabled to false"] },
  { name: "Elasticsearch without its password", changes: { elasticsearch: elastic }, says: [`elasticsearchPassword: is missing; openvidu:elasticsearch needs it: run "pulumi config set --secret -s acme elasticsearchPassword"`] },
  { name: "an address of Elasticsearch without a port", changes: { elasticsearch: { ...elastic, url: "https://elastic.example.com" } }, given: { elasticsearchPassword: "password1" }, says: ['elasticsearch.url: "https://elastic.example.com" must be an address with its port such as "https://elastic.example.com:443"'] },
  { name: "Elasticsearch off with its addresses", changes: { elasticsearch: { enabled: false, ...elastic } }, says: ["elasticsearch.url: has no use while elasticsearch.enabled is false; remove one of them", "elasticsearch.kibanaUrl: has no use while elasticsearch.enabled is false; remove one of them"] },
  { name: "a password without Elasticsearch", changes: {}, given: { elasticsearchPassword: "password1" }, says: ["elasticsearchPassword: has no use without openvidu:elasticsearch; remove one of them"] },
  { name: "a user with a blank", changes: { elasticsearch: { ...elastic, user: "a b" } }, given: { elasticsearchPassword: "password1" }, says: ['elasticsearch.user: "a b" must be a user name of letters, digits and . _ @ + -'] },
  { name: "a licence that the image would cut", changes: {}, given: { license: "licence=1" }, says: ["license: the value holds an equals sign: the image drops what follows it; choose another"] },
  { name: "a password that the image would break", changes: { elasticsearch: elastic }, given: { elasticsearchPassword: "pass|word" }, says: ["elasticsearchPassword: the value holds a pipe: the image ends a value there; choose another"] },
  { name: "a password with a line break", changes: { elasticsearch: elastic }, given: { elasticsearchPassword: "pass\nword" }, says: ["elasticsearchPassword: the value holds a blank, a line break or a control character: the settings file would break there; choose another"] },
  { name: "an OpenVidu secret with an ampersand", changes: {}, given: { openviduSecret: "a&b" }, says: ["openviduSecret: the value must be made of letters, digits, _ and - only", "openviduSecret: the value holds an ampersand: the image puts the old value in its place; choose another"] },
  { name: "a secret that Redis does not take", changes: { sessionStore: { transitEncryption: true } }, given: { openviduSecret: "under_score_0123456789" }, says: ["openviduSecret: is the password of the Redis service too while openvidu:sessionStore.transitEncryption is true; it must have 16 to 128 letters, digits and hyphens, without an underscore"] },
  { name: "a secret of OpenVidu 3", changes: {}, given: { meetApiKey: "abc" }, says: ['meetApiKey: belongs to edition "ha", but this stack has "enterprise-v2"; remove it'] },
  { name: "no licence", changes: {}, given: { license: undefined }, says: ['license: is missing; run "pulumi config set --secret -s acme license"'] },
  { name: "no images", changes: { images: undefined }, says: ["images: is missing; it must be a group of settings: masterId, mediaId, copyFrom"] },
  { name: "an image that is none", changes: { images: { masterId: "latest", mediaId: ami(1) } }, says: ['images.masterId: "latest" must be an AMI id such as "ami-0123456789abcdef0"'] },
  { name: "one Redis node", changes: { sessionStore: { nodes: 1 } }, says: ["sessionStore.nodes: 1 must be a whole number from 2 to 6"] },
  { name: "two key pairs", changes: { access: { keyName: "ours", sshPublicKey: `ssh-ed25519 ${"A".repeat(68)}` } }, says: ["access.keyName: says the same as access.sshPublicKey; remove one of them"] },
  { name: "readers of a bucket that is not touched", changes: { storage: { bucket: "theirs" }, access: { credentialReaders: ["arn:aws:iam::123456789012:role/ops"] } }, says: ["access.credentialReaders: would be written into the policy of storage.bucket, which is not touched; remove one of them"] },
  { name: "operators of the cluster's own network", changes: { access: { operatorCidrs: ["10.0.0.0/24"] } }, says: ['access.operatorCidrs[0]: "10.0.0.0/24" overlaps the cluster\'s own network 10.0.0.0/16; give the ranges that operators come from'] },
  { name: "a key of High Availability", changes: { rtcEngine: "pion" }, says: ['rtcEngine: belongs to edition "ha", but this stack has "enterprise-v2"; remove it'] },
  { name: "a label of the program's", changes: { tags: { "managed-by": "me" } }, says: ["tags.managed-by: is set by the program itself; remove it"] },
];

interface Acceptance {
  readonly name: string;
  readonly changes: Changes;
  readonly given?: Given;
  readonly look: (settings: EnterpriseV2Settings) => unknown;
  readonly is: unknown;
}

/* prettier-ignore */
const acceptances: readonly Acceptance[] = [
  { name: "two masters over all zones, as nothing else is said", changes: {}, look: ({ masters: { min, desired, max }, network }) => [min, desired, max, network.zones], is: [2, 2, 4, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]] },
  { name: "the vendor's sizes", changes: {}, look: ({ masters, media }) => [masters.instanceType, masters.diskGiB, media.instanceType, media.diskGiB], is: ["c5.xlarge", 100, "c5.xlarge", 50] },
  { name: "the vendor's media group", changes: {}, look: ({ media: { min, desired, max, scaleUpCpuPercent, scaleDownCpuPercent } }) => [min, desired, max, scaleUpCpuPercent, scaleDownCpuPercent], is: [1, 1, 4, 70, 30] },
  { name: "no Elasticsearch, and then no user of it", changes: {}, look: ({ elasticsearch }) => elasticsearch, is: undefined },
  { name: "Elasticsearch switched off", changes: { elasticsearch: { enabled: false } }, look: ({ elasticsearch }) => elasticsearch, is: undefined },
  { name: "Elasticsearch with the vendor's user", changes: { elasticsearch: elastic }, given: { elasticsearchPassword: "password1" }, look: ({ elasticsearch }) => elasticsearch, is: { ...elastic, user: "elasticadmin" } },
  { name: "one master that is accepted", changes: { masters: { min: 1, desired: 1, acceptSingleMaster: true } }, look: ({ masters: { min, desired } }) => [min, desired], is: [1, 1] },
  { name: "a most that pulls the least down", changes: { media: { max: 1 } }, look: ({ media: { min, desired, max } }) => [min, desired, max], is: [1, 1, 1] },
  { name: "a least that pushes the most up", changes: { masters: { min: 6 } }, look: ({ masters: { min, desired, max } }) => [min, desired, max], is: [6, 6, 6] },
  { name: "TURN on media nodes", changes: { coturnInMediaNodes: true }, look: ({ coturnInMediaNodes }) => coturnInMediaNodes, is: true },
  { name: "images that are copied", changes: { images: { masterId: ami(0), mediaId: ami(1), copyFrom: "eu-west-1" } }, look: ({ masters, media }) => [masters.image, media.image], is: [{ id: ami(0), copyFrom: "eu-west-1" }, { id: ami(1), copyFrom: "eu-west-1" }] },
  { name: "an adopted network, whose zones AWS knows", changes: { network: { adopt: awsAdopt } }, look: ({ network }) => [network.zones, network.adopt], is: [[], awsAdopt] },
  { name: "an adopted bucket", changes: { storage: { bucket: "theirs", autoRestart: false } }, look: ({ storage }) => storage, is: { bucket: "theirs", autoRestart: false, keepDeletedDays: 30 } },
  { name: "TLS to Redis with a secret that it takes", changes: { sessionStore: { transitEncryption: true } }, given: { openviduSecret: "0123456789-abcdef" }, look: ({ sessionStore }) => sessionStore.transitEncryption, is: true },
  { name: "an existing key pair", changes: { access: { keyName: "our key" } }, look: ({ access }) => access.keyName, is: "our key" },
  { name: "minutes as seconds", changes: { media: { drainTimeoutMinutes: 120 } }, look: ({ media }) => media.drainTimeoutSeconds, is: 7200 },
];

describe("configs of Enterprise v2 that are refused", () => {
  for (const { name, changes, given, says } of refusals) {
    it(name, () => assert.deepEqual(lines(check(changes, given)), says));
  }

  it("a stack name that would make names in the cloud too long", () => {
    const [line] = lines(check({}, {}, "a".repeat(41)));
    assert.match(line ?? "", /becomes part of names in the cloud; it must be at most 40 letters, digits and hyphens/);
  });

  for (const cloud of ["azure", "onprem"] as const) {
    it(`the edition on ${cloud}`, () => {
      const [line] = lines(checkHa(cloud, { edition: "enterprise-v2" }));
      assert.equal(line, `edition: "enterprise-v2" runs on aws only; on ${cloud} use "ha" or "elastic"`);
    });
  }

  it("its secrets on a stack of OpenVidu 3", () => {
    const secrets = { license: "licence-1", openviduSecret: "abc" };
    const inputs = Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, { value, encrypted: true }]));
    assert.deepEqual(lines(checkHa("aws", {}, inputs)), [
      'openviduSecret: belongs to edition "enterprise-v2", but this stack has "ha"; remove it',
    ]);
  });

  it("secrets in plain text, without repeating them", () => {
    const result = checkConfig(base, { license: { value: "licence-1", encrypted: false } }, stackName);
    const [line = ""] = lines(result);
    assert.match(line, /^license: is given in plain text/);
    assert.ok(!line.includes("licence-1"));
  });
});

describe("configs of Enterprise v2 that are accepted", () => {
  for (const { name, changes, given, look, is } of acceptances) {
    it(name, () => assert.deepEqual(look(settingsOf(changes, given)), is));
  }
});
