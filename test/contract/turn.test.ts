/**
 * A domain of TURN's own up to 3.5: the records that it needs, and what Caddy on the masters is told where it ends TLS of
 * both domains. What AWS gets beyond that is tested in aws.test.ts.
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { placeholders } from "../../rehearsal/placeholders";
import { inputsOf, ofType, unwrap } from "../support/graph-queries";
import { turnChain } from "../stacks/configs";
import { type ConfigChanges, evaluateVariant } from "./examples";

/** The names and values that a person has to put into DNS, after an update of a variant of an example. */
async function recordsByHand(stack: string, config: ConfigChanges): Promise<{ name: string; value: string }[]> {
  const { exitCode, refusals, outputs } = await evaluateVariant(stack, { config });
  assert.deepEqual([exitCode, refusals], [0, []]);
  return outputs["dnsRecords"] as { name: string; value: string }[];
}

describe("records of a domain of TURN's own", () => {
  const turn = { version: "3.5.0", turn: { domain: "turn.example.com" } };

  it("are a person's to make without a zone: both proofs, and each name to its own load balancer", async () => {
    const records = await recordsByHand("aws-ha", turn);
    assert.deepEqual(
      records
        .map(({ name, value }) => `${name} ${value}`.replace(/[-_][0-9a-f]{7,}/g, ""))
        .map((line) => line.replace(/ \.\w+\.acm/, " acm")),
      [
        ".video.example.com acm-validations.aws",
        ".turn.example.com acm-validations.aws",
        "video.example.com openvidu-entry.elb.eu-west-1.amazonaws.com",
        "turn.example.com openvidu-turn.elb.eu-west-1.amazonaws.com",
      ],
    );
  });

  it("are a person's to make where the zone is for another domain", async () => {
    const elsewhere = { turn: { domain: "turn.example.org" } };
    const names = (await recordsByHand("aws-ha-turn", elsewhere)).map(({ name }) => name);
    assert.deepEqual(
      names.map((name) => name.replace(/^_[0-9a-f]+/, "_x")),
      ["_x.turn.example.org", "turn.example.org"],
    );
  });

  it("lead both names to the one entry where Caddy ends TLS, on AWS as on Azure", async () => {
    for (const stack of ["aws-ha-letsencrypt", "azure-ha"]) {
      const records = await recordsByHand(stack, turn);
      assert.deepEqual(
        records.map(({ name }) => name),
        ["video.example.com", "turn.example.com"],
      );
      assert.equal(records[0]?.value, records[1]?.value);
    }
  });

  it("are made in the zone of Azure DNS where the name lies in it", async () => {
    const zone =
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dns/providers/Microsoft.Network/dnszones";
    const dns = { kind: "azure-dns", zoneId: `${zone}/example.com` };
    assert.deepEqual(await recordsByHand("azure-ha", { ...turn, dns }), []);
    const elsewhere = { ...turn, turn: { domain: "turn.example.org" }, dns };
    assert.deepEqual(
      (await recordsByHand("azure-ha", elsewhere)).map(({ name }) => name),
      ["turn.example.org"],
    );
  });
});

describe("a domain of TURN's own where Caddy ends TLS", () => {
  const turn = { domain: "turn.example.com" };

  it("is told to all masters on Azure, with a second certificate of the customer's own", async () => {
    const key = placeholders.turnCertificatePrivateKey();
    const graph = await evaluateVariant("azure-ha-production", {
      // The custom application came after 3.5.
      config: { version: "3.5.0", features: undefined, turn: { ...turn, chain: turnChain } },
      secrets: { turnCertificatePrivateKey: key },
    });
    assert.deepEqual([graph.exitCode, graph.refusals], [0, []]);
    const masters = ofType(graph, "azure-native:compute:VirtualMachine").map(inputsOf);
    assert.equal(masters.length, 4);
    for (const { osProfile } of masters) {
      const text = gunzipSync(Buffer.from((osProfile as { customData: string }).customData, "base64")).toString();
      for (const flag of ["--turn-domain-name", "--turn-owncert-public-key", "--turn-owncert-private-key"])
        assert.ok(text.includes(flag), flag);
      assert.ok(!text.includes(turnChain) && !text.includes(key), "a certificate is no part of user data");
    }
    const bundles = ofType(graph, "azure-native:keyvault:Secret").map(
      (each) => JSON.parse((unwrap(each.inputs["properties"]) as { value: string }).value) as Record<string, string>,
    );
    const [master] = bundles.filter(({ DOMAIN_NAME }) => DOMAIN_NAME !== undefined);
    const { LIVEKIT_TURN_DOMAIN_NAME, TURN_OWNCERT_PUBLIC_KEY, TURN_OWNCERT_PRIVATE_KEY } = master ?? {};
    assert.deepEqual(
      [LIVEKIT_TURN_DOMAIN_NAME, TURN_OWNCERT_PUBLIC_KEY, TURN_OWNCERT_PRIVATE_KEY],
      [turn.domain, turnChain, key],
    );
  });

  it("adds nothing to the entry of Azure, and opens the way from masters to media nodes", async () => {
    const without = await evaluateVariant("azure-ha", { config: { version: "3.5.0" } });
    const graph = await evaluateVariant("azure-ha", { config: { version: "3.5.0", turn } });
    const shape = ({ resources }: typeof graph): string[] => resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(shape(graph), shape(without));
    const entry = (of: typeof graph): unknown => ofType(of, "azure-native:network:LoadBalancer").map(inputsOf);
    assert.deepEqual(entry(graph), entry(without));
    const rules = (of: typeof graph): string[] =>
      ofType(of, "azure-native:network:NetworkSecurityGroup")
        .flatMap((each) => inputsOf(each).securityRules as { name: string }[])
        .map(({ name }) => name);
    assert.deepEqual(
      rules(graph).filter((name) => !rules(without).includes(name)),
      ["in-turn-tls-media-old"],
    );
  });
});
