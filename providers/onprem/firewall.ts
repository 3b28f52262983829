/**
 * Firewall on-premises: the rules of every machine, as a table for a person, for nftables and for ufw; applied if asked.
 * Guarantees: exactly the rows of the flow table, to addresses and not to roles; rules that would lock the deployer out
 * are refused on the machine before anything changes; a node more changes the rules of those that talk to it, in place and
 * without interrupting anybody.
 * Differs from the clouds: there is nothing between machines of one network but their own rules, and what a machine opens
 * itself is not narrowed.
 */
import * as pulumi from "@pulumi/pulumi";
import { type Firewall, type FirewallArgs, type FirewallTier, firewallToken } from "../../components/firewall";
import type { Host, OnPremises } from "../../components/on-premises";
import type { NodeRole } from "../../openvidu/editions";
import { asNftables, asText, asUfw, type HostRule, rulesOf } from "./firewall-rules";
import { machinesOf, resourceName, workOn } from "./ssh";
import { afterChecks } from "./support";

export class OnpremFirewall extends pulumi.ComponentResource implements Firewall {
  public readonly masters: FirewallTier;
  public readonly media: FirewallTier;
  public readonly loadBalancerRulesId = pulumi.output("");
  public readonly handover: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super(firewallToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const rules = new Map(onPremises.hosts.map((host) => [host, rulesOf(host, args.flows, onPremises, args)]));
    const tierOf = (role: NodeRole): FirewallTier => {
      const applied =
        onPremises.firewall === "print"
          ? []
          : [...rules]
              .filter(([host]) => host.role === role)
              .map(([host, own]) => apply(name, host, own, onPremises, args, this));
      // A node starts behind its rules; the value says nothing.
      return { rulesId: pulumi.all(applied.map(({ urn }) => urn)).apply(() => ""), memberOfId: pulumi.output("") };
    };

    this.masters = tierOf("master");
    this.media = tierOf("media");
    this.handover = pulumi.output(textsOf(rules));
    this.registerOutputs({
      masters: this.masters,
      media: this.media,
      loadBalancerRulesId: this.loadBalancerRulesId,
      handover: this.handover,
    });
  }
}

function apply(
  name: string,
  host: Host,
  rules: readonly HostRule[],
  onPremises: OnPremises,
  { scope, operatorCidrs }: FirewallArgs,
  parent: pulumi.Resource,
): pulumi.Resource {
  const settings = { HOST: host.name, KIND: onPremises.firewall, OPERATORS: operatorCidrs.join(" ") };
  const input = onPremises.firewall === "ufw" ? asUfw(rules) : asNftables(rules);
  return workOn(
    resourceName(name, host, onPremises),
    host,
    onPremises,
    { place: { script: "apply-firewall", settings, input }, remove: { script: "remove-firewall", settings } },
    { parent, dependsOn: afterChecks(scope) },
  );
}

/** Machines of one role differ in their neighbours, so each has files of its own. */
function textsOf(rules: ReadonlyMap<Host, readonly HostRule[]>): Record<string, string> {
  return Object.fromEntries(
    [...rules].flatMap(([host, own]) => [
      [`firewall/${host.name}.txt`, asText(host, own)],
      [`firewall/${host.name}.nft`, asNftables(own)],
      [`firewall/${host.name}.ufw`, asUfw(own)],
    ]),
  );
}
