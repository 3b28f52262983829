import assert from "node:assert/strict";
import { flowsFor } from "../../../openvidu/flows";
import { entryListeners } from "../../../openvidu/entry";
import { versionNames } from "../../../openvidu/versions";
import { countRules, ruleQuota, type SecurityGroupRule, securityGroupRules } from "../../../providers/aws/firewall";
import { allContexts, plainContext } from "../../support/contexts";

const open = { operatorCidrs: [], egressCidrs: ["0.0.0.0/0"] };
const narrow = { operatorCidrs: ["192.0.2.0/24", "198.51.100.7/32"], egressCidrs: ["203.0.113.0/24", "10.0.0.0/8"] };
const awsContext = plainContext({ tls: "loadBalancer", minio: false });

/** The rule as one would say it: "ingress master tcp 7000-7001 media". */
function brief({ direction, tier, protocol, fromPort, toPort, peer }: SecurityGroupRule): string {
  const ports = fromPort === undefined ? "" : ` ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
  return `${direction} ${tier} ${protocol}${ports} ${"tier" in peer ? peer.tier : peer.cidr}`;
}

function* everyRuleSet(): Generator<SecurityGroupRule[]> {
  for (const version of versionNames) {
    for (const context of allContexts(version)) {
      for (const cidrs of [open, narrow]) yield securityGroupRules(flowsFor(context), cidrs);
    }
  }
}

describe("security group rules on AWS", () => {
  it("let the load balancer out to exactly its targets and their health checks", () => {
    const out = securityGroupRules(flowsFor(awsContext), open).filter((rule) => rule.tier === "loadBalancer");
    assert.deepEqual(
      out
        .filter(({ direction }) => direction === "egress")
        .map(brief)
        .sort(),
      [
        "egress loadBalancer tcp 1945 media",
        "egress loadBalancer tcp 443 master",
        "egress loadBalancer tcp 7880 master",
        "egress loadBalancer tcp 80 master",
        "egress loadBalancer tcp 9092 media",
      ],
    );
  });

  it("let the load balancer reach the target and the health port of every listener, in every deployment", () => {
    for (const version of versionNames) {
      for (const context of allContexts(version)) {
        const rules = securityGroupRules(flowsFor(context), open).map(brief);
        for (const { targetRole, targetPort, healthCheck } of entryListeners(context)) {
          for (const port of [targetPort, healthCheck.port]) {
            assert.ok(rules.includes(`egress loadBalancer tcp ${port} ${targetRole}`), `${port} ${targetRole}`);
            assert.ok(rules.includes(`ingress ${targetRole} tcp ${port} loadBalancer`), `${port} ${targetRole}`);
          }
        }
      }
    }
  });

  it("let nodes out by one open rule where the way out is open, and write their ways down where it is not", () => {
    const masterOut = (cidrs: typeof open | typeof narrow): string[] =>
      securityGroupRules(flowsFor(awsContext), cidrs)
        .filter(({ direction, tier }) => direction === "egress" && tier === "master")
        .map(brief);
    assert.deepEqual(masterOut(open), ["egress master all 0.0.0.0/0"]);
    const written = masterOut(narrow);
    assert.ok(written.includes("egress master tcp 7000-7001 master"));
    assert.ok(written.includes("egress master tcp 5349 media"));
    assert.deepEqual(
      written.filter((rule) => rule.includes("/")),
      ["egress master all 203.0.113.0/24", "egress master all 10.0.0.0/8"],
    );
  });

  it("take a way out for one protocol for no reason to leave the others unwritten", () => {
    const flows = flowsFor(awsContext).map((flow) =>
      flow.to === "internet" ? { ...flow, protocol: "tcp" as const } : flow,
    );
    const rules = securityGroupRules(flows, open).map(brief);
    assert.ok(rules.includes("egress master tcp 7000-7001 master"));
  });

  it("open SSH to each operator range, and to nobody where there is none (AWS-S-6)", () => {
    const ssh = (cidrs: typeof open | typeof narrow): string[] =>
      securityGroupRules(flowsFor(awsContext), cidrs)
        .map(brief)
        .filter((rule) => rule.includes(" tcp 22 "));
    assert.deepEqual(ssh(open), []);
    assert.deepEqual(ssh(narrow), [
      "ingress master tcp 22 192.0.2.0/24",
      "ingress master tcp 22 198.51.100.7/32",
      "ingress media tcp 22 192.0.2.0/24",
      "ingress media tcp 22 198.51.100.7/32",
    ]);
  });

  it("never come twice, since AWS refuses a second one, and have one name each", () => {
    for (const rules of everyRuleSet()) {
      assert.equal(new Set(rules.map(brief)).size, rules.length);
      assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    }
  });

  it("are named after what they allow, so that a further range renames nothing", () => {
    const names = (operatorCidrs: string[]): string[] =>
      securityGroupRules(flowsFor(awsContext), { ...open, operatorCidrs }).map(({ id }) => id);
    const before = names(["192.0.2.0/24"]);
    const after = names(["198.51.100.0/24", "192.0.2.0/24"]);
    assert.deepEqual(
      before.filter((id) => !after.includes(id)),
      [],
    );
    assert.deepEqual(
      after.filter((id) => !before.includes(id)),
      ["master-ingress-tcp-22-198-51-100-0-24", "media-ingress-tcp-22-198-51-100-0-24"],
    );
  });

  it("keep their names from one deployment to any other, since AWS refuses a second rule while the first is there", () => {
    const names = new Map<string, string>();
    for (const rules of everyRuleSet()) {
      for (const rule of rules) {
        const name = names.get(brief(rule)) ?? rule.id;
        assert.equal(rule.id, name);
        names.set(brief(rule), name);
      }
    }
  });

  it("merge flows that come to the same rule up to 3.5, and keep both purposes", () => {
    const rules = securityGroupRules(flowsFor(plainContext({ version: "3.5.0", tls: "loadBalancer" })), open);
    const api = rules.filter((rule) => brief(rule) === "ingress master tcp 7880 loadBalancer");
    assert.deepEqual(
      api.map(({ id, description }) => [id, description]),
      [
        [
          "master-ingress-tcp-7880-load-balancer",
          "decrypted HTTPS from the load balancer to Caddy; health check of Caddy",
        ],
      ],
    );
  });

  it("stay within the quota and AWS's alphabet for descriptions in every deployment with two ranges", () => {
    for (const rules of everyRuleSet()) {
      for (const [group, count] of Object.entries(countRules(rules)))
        assert.ok(count <= ruleQuota, `${group} ${count}`);
      for (const { description } of rules) {
        assert.match(description, /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
      }
    }
  });

  it("count rules by group and direction", () => {
    const rules = securityGroupRules(flowsFor(awsContext), open);
    assert.deepEqual(countRules(rules)["loadBalancer ingress"], 3);
    assert.deepEqual(countRules(rules)["media egress"], 1);
  });
});
