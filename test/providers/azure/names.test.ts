import assert from "node:assert/strict";
import fc from "fast-check";
import { relativeRecordName, validateAzureDomainName } from "../../../providers/azure/domain-name";
import {
  dnsLabels,
  loadBalancerNames,
  type NameOptions,
  physicalName,
  scaleSetNames,
  storageAccountNames,
  vaultNames,
} from "../../../providers/azure/names";
import { parseResourceId, resourceId } from "../../../providers/azure/resource-ids";
import { builtInRoles, roleDefinitionId } from "../../../providers/azure/roles";

/** Anything at all, and the long names that have to be cut. */
const anyWords = fc.oneof(
  fc.string({ maxLength: 120, unit: "grapheme" }),
  fc.stringMatching(/^([a-z]{1,3}[ _-]){20,30}$/),
);
const suffixes = fc.stringMatching(/^[a-z0-9]{8}$/);

/** What Azure says of each kind of name (reference/cloud-facts-azure.md 3.13, 5.1, 7.1). */
const rules: readonly (readonly [string, NameOptions, RegExp])[] = [
  ["vault", vaultNames, /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/],
  ["storage account", storageAccountNames, /^[a-z0-9]{3,24}$/],
  ["load balancer", loadBalancerNames, /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,78}[a-zA-Z0-9_]$/],
  ["scale set", scaleSetNames, /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9_]$/],
  ["DNS label", dnsLabels, /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/],
];

describe("explicit names on Azure", () => {
  for (const [kind, options, pattern] of rules) {
    it(`fit a ${kind}, whatever the words, and keep the whole suffix`, () => {
      fc.assert(
        fc.property(anyWords, suffixes, (words, suffix) => {
          const name = physicalName(words, suffix, options);
          assert.match(name, pattern);
          assert.ok(name.endsWith(suffix));
        }),
      );
    });
  }

  it("stay readable", () => {
    assert.equal(physicalName("kv-acme-prod", "abcd1234", vaultNames), "kv-acme-prod-abcd1234");
    assert.equal(physicalName("data-acme-prod", "abcd1234", storageAccountNames), "dataacmeprodabcd1234");
    assert.equal(physicalName("42 Größe", "abcd1234", vaultNames), "gr-e-abcd1234");
  });
});

describe("resource ids", () => {
  const type = "Microsoft.Network/publicIPAddresses";
  const parts = { subscriptionId: "s", resourceGroup: "g", type, name: "n" };

  it("are taken apart and put together again", () => {
    assert.deepEqual(parseResourceId(resourceId(parts), type), parts);
  });

  it("ignore case, as Azure does", () => {
    const shouted = "/SUBSCRIPTIONS/s/RESOURCEGROUPS/g/PROVIDERS/MICROSOFT.NETWORK/PUBLICIPADDRESSES/n";
    assert.deepEqual(parseResourceId(shouted, type), parts);
  });

  for (const wrong of [
    "",
    "n",
    resourceId({ ...parts, type: "Microsoft.Network/loadBalancers" }),
    `${resourceId(parts)}/more/parts`,
  ]) {
    it(`are not ${JSON.stringify(wrong)}`, () => assert.equal(parseResourceId(wrong, type), undefined));
  }

  it("name roles in full", () => {
    assert.equal(
      roleDefinitionId("s", builtInRoles.keyVaultSecretsUser),
      "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    );
  });
});

describe("records in an Azure DNS zone", () => {
  const zoneId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/dnszones/example.com";
  const target = {} as Parameters<typeof validateAzureDomainName>[0]["target"];

  for (const [domain, zone, name] of [
    ["video.example.com", "example.com", "video"],
    ["a.b.example.com", "example.com", "a.b"],
    ["example.com", "example.com", "@"],
    ["Video.Example.com", "example.COM", "video"],
    ["badexample.com", "example.com", undefined],
    ["example.com", "video.example.com", undefined],
  ] as const) {
    it(`call ${domain} ${name} in ${zone}`, () => assert.equal(relativeRecordName(domain, zone), name));
  }

  it("refuse a name outside the zone, and what is no zone", () => {
    assert.deepEqual(validateAzureDomainName({ domain: "video.example.com", zoneId, target }), []);
    assert.deepEqual(validateAzureDomainName({ domain: "video.example.org", zoneId, target }), [
      { path: "domain", reason: "video.example.org does not lie in the zone example.com" },
    ]);
    const privateZone = zoneId.replace("dnszones", "privateDnsZones");
    assert.deepEqual(validateAzureDomainName({ domain: "video.example.com", zoneId: privateZone, target }), [
      { path: "dns.zoneId", reason: "must be the resource id of a public DNS zone" },
    ]);
  });
});
