/**
 * What holds for every config, sensible or not.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { zoneRanges } from "../../providers/aws/network";
import { layOut } from "../../providers/azure/network";
import { factsOf } from "../../providers/facts";
import { checkConfig } from "../../stacks/check";
import { formatProblems } from "../../stacks/errors";
import { splitConfig } from "../../stacks/load";
import { kinds, schemaOf } from "../../stacks/schemas";
import { secretKeys } from "../../stacks/settings";
import { check, clusterSettings, config, lines, secrets } from "./configs";

const cloud = fc.constantFrom("aws" as const, "azure" as const, "onprem" as const);
const machineCloud = fc.constantFrom("aws" as const, "azure" as const);
const topics = [...new Set(kinds.flatMap((kind) => Object.keys(schemaOf(kind).shape)))];

/** Anything that can stand in a stack file, with keys that mean something more often than chance would have it. */
const words = fc.constantFrom(
  "kind",
  "acm",
  "owncert",
  "none",
  "adopt",
  "zones",
  "min",
  "max",
  "release",
  "chain",
  "__proto__",
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string(),
      words,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.oneof(words, fc.string()), tie("value"), { maxKeys: 5 }),
  ),
})).value;

const anyConfig = fc.dictionary(fc.oneof(fc.constantFrom(...topics), fc.string()), json, { maxKeys: 8 });

function assertReadable(problems: readonly { path: string; reason: string }[]): void {
  assert.ok(problems.length > 0);
  const text = formatProblems("acme", problems);
  assert.equal(text.split("\n").length, problems.length);
  for (const { reason } of problems) {
    assert.match(reason, /^\S.*[^.\s]$/u);
    const ownWords = reason.replace(/"(?:[^"\\]|\\.)*"/g, '""');
    assert.doesNotMatch(ownWords, /undefined|NaN|\[object|Invalid input|^at /);
  }
}

describe("any config", () => {
  it("is answered with settings or with readable problems, whatever stands in one topic", () => {
    fc.assert(
      fc.property(cloud, fc.constantFrom(...topics), json, (name, topic, value) => {
        const result = check(name, { [topic]: value });
        if (result.problems) assertReadable(result.problems);
        else assert.ok(result.settings);
      }),
      { numRuns: 1500 },
    );
  });

  it("is answered with settings or with readable problems, whatever stands in all topics", () => {
    fc.assert(
      fc.property(anyConfig, fc.boolean(), (values, withCloud) => {
        const raw = withCloud ? { ...config("aws"), ...values } : values;
        const { problems } = checkConfig(raw, secrets(), "acme");
        if (problems) assertReadable(problems);
      }),
      { numRuns: 1500 },
    );
  });

  it("is answered in the same way as text from Pulumi", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...topics, ...secretKeys), fc.string(), { maxKeys: 8 }), (values) => {
        const prefixed = Object.fromEntries(Object.entries(values).map(([key, value]) => [`openvidu:${key}`, value]));
        const { raw, secrets: given, hidden } = splitConfig(prefixed, () => true);
        const { problems } = checkConfig(raw, given, "acme", hidden);
        assertReadable(problems ?? []);
      }),
      { numRuns: 500 },
    );
  });

  it("never finds a secret value in a message", () => {
    const value = fc.string({ minLength: 12, maxLength: 40 }).map((text) => `${text}§secret§`);
    fc.assert(
      fc.property(fc.constantFrom(...secretKeys), value, fc.boolean(), (key, text, encrypted) => {
        const { problems } = checkConfig(config("azure"), { ...secrets(), [key]: { value: text, encrypted } }, "acme");
        assert.doesNotMatch(formatProblems("acme", problems ?? []), /§secret§/);
      }),
    );
  });
});

/** Valid changes that can be combined at will. */
const validChanges = fc.record(
  {
    profile: fc.constantFrom("affordable", "production"),
    version: fc.constantFrom("3.5.0", "3.6.0", "3.6.1", "3.7.0", "3.8.0"),
    rtcEngine: fc.constantFrom("pion", "mediasoup"),
    "media.min": fc.integer({ min: 1, max: 5 }),
    "media.max": fc.integer({ min: 5, max: 50 }),
    "media.targetCpuPercent": fc.integer({ min: 10, max: 90 }),
    "media.drainTimeoutMinutes": fc.integer({ min: 1, max: 2700 }),
    "masters.dataDiskGiB": fc.integer({ min: 50, max: 4000 }),
    "network.zoneCount": fc.integer({ min: 2, max: 3 }),
    "network.nat": fc.constantFrom("single", "perZone"),
    "network.cidr": fc.integer({ min: 16, max: 20 }).map((prefix) => `10.128.0.0/${prefix}`),
    "modules.observability": fc.boolean(),
    "features.rtmp": fc.boolean(),
    secretRecoveryDays: fc.integer({ min: 7, max: 30 }),
  },
  { requiredKeys: [] },
);

describe("valid configs", () => {
  it("are accepted in every combination, and always resolve to the same settings", () => {
    fc.assert(
      fc.property(machineCloud, validChanges, (name, changes) => {
        const first = check(name, changes);
        assert.deepEqual(lines(first), []);
        assert.deepEqual(check(name, structuredClone(changes)), first);
      }),
      { numRuns: 300 },
    );
  });

  it("resolve to bounds that hold", () => {
    fc.assert(
      fc.property(machineCloud, validChanges, (name, changes) => {
        const settings = clusterSettings(check(name, changes));
        const { min, initial, max } = settings.media;
        assert.ok(min <= initial && initial <= max);
        assert.ok(settings.network.zones.length >= 2 && settings.network.zones.length <= 4);
      }),
    );
  });

  it("keep what is given", () => {
    fc.assert(
      fc.property(
        machineCloud,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (name, one, other) => {
          const [min, max] = [Math.min(one, other), Math.max(one, other)];
          const { settings } = check(name, { media: { min, max } });
          assert.deepEqual([settings?.media.min, settings?.media.max], [min, max]);
        },
      ),
    );
  });
});

describe("room for media nodes", () => {
  const size = (cidr: string): number => 2 ** (32 - Number(cidr.split("/")[1]));

  for (const prefix of [16, 19, 22]) {
    const cidr = `10.0.0.0/${prefix}`;

    it(`is what the subnets of a /${prefix} on AWS leave`, () => {
      const { publicCidr } = zoneRanges(cidr, 0);
      assert.equal(factsOf("aws").mediaAddresses(prefix, 3), 3 * (size(publicCidr) - 5 - 9));
    });

    it(`is what the subnet of a /${prefix} on Azure leaves`, () => {
      assert.equal(factsOf("azure").mediaAddresses(prefix, 3), size(layOut(cidr).media) - 5);
    });
  }
});
