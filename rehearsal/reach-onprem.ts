/**
 * Reads the firewall rules of the customer's own machines back, from the text that nftables would load. Addresses become
 * tiers by what the masters and media nodes themselves say that theirs is; whoever is neither counts as an address range.
 * Source: https://wiki.nftables.org/wiki-nftables/index.php/Quick_reference-nftables_in_10_minutes
 */
import { gunzipSync } from "node:zlib";
import { firewallToken } from "../components/firewall";
import { tierWithin } from "../components/tiers";
import type { Graph, RecordedResource } from "./graph";
import { type Json, textAt, unwrapSecrets } from "./json";
import type { ReachRow } from "./reach";
import { qualifiedType } from "./urn";

/** A rule as the text has it; no ranges stand for anybody. */
export interface InputRule {
  readonly from: readonly string[];
  readonly protocol: "tcp" | "udp";
  readonly ports: { readonly first: number; readonly last: number };
  readonly comment: string;
}

const line = /^ip saddr (?:\{ ([^}]*) \}|(\S+)) (tcp|udp) dport (\d+)(?:-(\d+))? accept comment "([^"]*)"$/;

/** The rules of a text for nftables that name a port. */
export function inputRules(text: string): InputRule[] {
  return text
    .split("\n")
    .map((each) => line.exec(each.trim()))
    .filter((match) => match !== null)
    .map(([, list, one, protocol, first, last, comment]) => ({
      from: (list ?? one ?? "").split(", ").filter((cidr) => cidr !== "0.0.0.0/0"),
      protocol: protocol as "tcp" | "udp",
      ports: { first: Number(first), last: Number(last ?? first) },
      comment: comment ?? "",
    }));
}

interface Machine {
  readonly name: string;
  readonly address: string;
  readonly tier: "master" | "media";
}

/** The machines, as the programs that are put on them say. */
export function machinesOnPremises({ resources }: Graph): Machine[] {
  return resources.flatMap((resource) => {
    const tier = tierOf(resource);
    const stdin = textAt(unwrapSecrets(resource.inputs), "stdin");
    const name = /^HOST='([^']*)'$/m.exec(stdin)?.[1];
    if (!tier || name === undefined) return [];
    return [{ name, tier, address: addressIn(stdin) }];
  });
}

/** The user data on its way to a machine holds its settings file. */
function addressIn(stdin: string): string {
  const packed = /^H4sI[A-Za-z0-9+/=]+$/m.exec(stdin)?.[0] ?? "";
  if (packed === "") return "";
  const text = gunzipSync(Buffer.from(packed, "base64")).toString();
  return /PRIVATE_ADDRESS='([^']*)'/.exec(text)?.[1] ?? "";
}

function tierOf({ type, urn }: RecordedResource): Machine["tier"] | undefined {
  if (type !== "command:remote:Command") return undefined;
  const tier = tierWithin(qualifiedType(urn).split("$"));
  return tier === "master" || tier === "media" ? tier : undefined;
}

export function reachOnPremises(graph: Graph): ReachRow[] {
  const machines = machinesOnPremises(graph);
  const texts = graph.resources
    .filter(({ type }) => type === firewallToken)
    .flatMap(({ outputs }) => Object.entries((unwrapSecrets(outputs) as Json).handover ?? {}) as [string, string][])
    .flatMap(([file, text]) => {
      const name = /^firewall\/(.+)\.nft$/.exec(file)?.[1];
      const machine = machines.find((each) => each.name === name);
      return machine ? [{ machine, rules: inputRules(text) }] : [];
    });
  return texts.flatMap(({ machine, rules }) =>
    rules.flatMap((rule) =>
      sources(rule, machines).map((from) => ({
        from,
        to: machine.tier,
        protocol: rule.protocol,
        ports: rule.ports,
        purpose: rule.comment,
      })),
    ),
  );
}

function sources({ from }: InputRule, machines: readonly Machine[]): string[] {
  if (from.length === 0) return ["internet"];
  const parties = from.map((cidr) => machines.find(({ address }) => `${address}/32` === cidr)?.tier ?? cidr);
  return [...new Set(parties)];
}
