import assert from "node:assert/strict";
import { allFlows, type Flow, flowsFor } from "../../../openvidu/flows";
import { networkSecurityRules, type NetworkSecurityRule } from "../../../providers/azure/firewall";
import { plainContext } from "../../support/contexts";

const open = { operator: [], egress: ["0.0.0.0/0"] };
const narrow = { operator: ["198.51.100.0/24"], egress: ["203.0.113.0/24"] };
const passthrough = flowsFor(plainContext({ tls: "node", minio: true }));

/** The rules of both groups for every row of the table at once, and for a plain deployment. */
const groups: (readonly NetworkSecurityRule[])[] = [allFlows, passthrough].flatMap((flows) =>
  [open, narrow].flatMap((ranges) => Object.values(networkSecurityRules(flows, ranges))),
);

function named(rules: readonly NetworkSecurityRule[], name: string): NetworkSecurityRule {
  const found = rules.find((rule) => rule.name === name);
  assert.ok(found, `there is a rule ${name}`);
  return found;
}

describe("network security rules on Azure", () => {
  it("have priorities that Azure takes, each once per direction", () => {
    for (const rules of groups) {
      for (const direction of ["Inbound", "Outbound"]) {
        const priorities = rules.filter((rule) => rule.direction === direction).map(({ priority }) => priority);
        assert.equal(new Set(priorities).size, priorities.length);
        assert.ok(priorities.every((priority) => priority >= 100 && priority <= 4096));
      }
    }
  });

  it("have names and descriptions that Azure takes, each name once", () => {
    for (const rules of groups) {
      assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
      for (const { name, description } of rules) {
        assert.match(name, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,78}[A-Za-z0-9_]$/);
        assert.ok(description.length > 0 && description.length <= 140, description);
      }
    }
  });

  it("deny the rest after every allowance (AZ-N4)", () => {
    for (const rules of groups) {
      const inbound = rules.filter(({ direction }) => direction === "Inbound");
      const last = inbound.reduce((one, other) => (one.priority > other.priority ? one : other));
      assert.deepEqual(
        { access: last.access, source: last.source, destination: last.destination, ports: last.ports },
        { access: "Deny", source: { kind: "any" }, destination: { kind: "any" }, ports: "*" },
      );
      assert.equal(inbound.filter(({ access }) => access === "Deny").length, 1);
    }
  });

  it("open what is balanced to clients at the back end's port, and probes to the platform alone (AZ-N2)", () => {
    const { master } = networkSecurityRules(passthrough, open);
    const rtmp = named(master, "in-balanced-rtmp-master");
    assert.deepEqual([rtmp.source, rtmp.ports], [{ kind: "tag", tag: "Internet" }, "1945"]);
    const probe = named(master, "in-health-master");
    assert.deepEqual([probe.source, probe.ports], [{ kind: "tag", tag: "AzureLoadBalancer" }, "7880"]);
  });

  it("open media as one real range, over UDP only unless TCP is on (AZ-N1)", () => {
    const { media } = networkSecurityRules(passthrough, open);
    const range = media.filter(({ ports }) => ports === "50000-60000");
    assert.deepEqual(
      range.map(({ protocol, source }) => [protocol, source]),
      [["Udp", { kind: "tag", tag: "Internet" }]],
    );
  });

  it("let operators in from their ranges, and nobody without ranges (AZ-N5)", () => {
    const rule = named(networkSecurityRules(passthrough, narrow).media, "in-ssh-media");
    assert.deepEqual(rule.source, { kind: "ranges", cidrs: ["198.51.100.0/24"] });
    assert.ok(!networkSecurityRules(passthrough, open).media.some(({ ports }) => ports === "22"));
  });

  it("leave the way out to the platform's rules when it is open", () => {
    const { master, media } = networkSecurityRules(passthrough, open);
    assert.deepEqual(
      [...master, ...media].filter(({ direction }) => direction === "Outbound"),
      [],
    );
  });

  it("list what may leave when the way out is narrowed, with what a boot needs", () => {
    const { media } = networkSecurityRules(passthrough, narrow);
    const outbound = media.filter(({ direction }) => direction === "Outbound");
    assert.deepEqual(named(outbound, "out-outbound-media").destination, { kind: "ranges", cidrs: ["203.0.113.0/24"] });
    assert.deepEqual(named(outbound, "out-redis-media").destination, { kind: "tier", tier: "master" });
    assert.equal(named(outbound, "out-platform-AzureKeyVault").ports, "443");
    assert.equal(named(outbound, "out-deny-rest").priority, 4096);
    assert.ok(outbound.filter(({ access }) => access === "Allow").every(({ priority }) => priority < 4096));
  });

  it("let masters alone reach the resource manager when the way out is narrowed", () => {
    const tags = (role: "master" | "media") =>
      networkSecurityRules(passthrough, narrow)[role].flatMap(({ direction, destination }) =>
        direction === "Outbound" && destination.kind === "tag" ? [destination.tag] : [],
      );
    assert.deepEqual(tags("master"), ["AzureKeyVault", "Storage", "AzureResourceManager"]);
    assert.deepEqual(tags("media"), ["AzureKeyVault", "Storage"]);
  });

  it("reach nothing outside when no range is given", () => {
    const { master } = networkSecurityRules(passthrough, { operator: [], egress: [] });
    assert.ok(!master.some(({ name }) => name === "out-outbound-master"));
    assert.ok(master.some(({ name }) => name === "out-deny-rest"));
  });

  it("keep a flow's priority whichever other flows apply", () => {
    const all = networkSecurityRules(allFlows, open).master;
    for (const rule of networkSecurityRules(passthrough, open).master) {
      assert.equal(named(all, rule.name).priority, rule.priority, rule.name);
    }
  });

  it("keep the priorities of earlier rows when rows are added", () => {
    const { master } = networkSecurityRules(allFlows, narrow);
    const priorities = { "in-direct-http": 130, "in-redis-media": 390, "in-mongo-media": 400 };
    const later = { "in-custom-app-master": 600, "in-ssh-master": 610, "in-redis-media-single": 650 };
    for (const [name, priority] of Object.entries({ ...priorities, ...later })) {
      assert.equal(master.find((rule) => rule.name === name)?.priority, priority, name);
    }
  });

  it("refuse a flow that is not in the table", () => {
    const stray: Flow = { ...allFlows.find(({ to }) => to === "master")!, id: "stray" };
    assert.throws(() => networkSecurityRules([stray], open), /"stray" is not a row of the flow table/);
  });
});
