/**
 * LoadBalancer on-premises: nothing (the name leads to all masters), or a load balancer that the customer runs.
 * Guarantees: for a load balancer that ends TLS, complete configurations of nginx and of HAProxy, with everything that the
 * release wants: the name told apart by SNI, health checks, long idle times, RTMP, TURN with its own name. In every mode
 * the lines of a zone file.
 * Differs from the clouds: nothing is created, so that health checks are the customer's load balancer's. A DNS name keeps
 * leading to a master that is down until somebody takes its record away.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EntryAddress } from "../../components/domain-name";
import { type LoadBalancer, type LoadBalancerArgs, loadBalancerToken } from "../../components/load-balancer";
import type { OnPremises } from "../../components/on-premises";
import type { NodeRole } from "../../openvidu/editions";
import { haproxyConfig, nginxConfig } from "./balancer-configs";
import { machinesOf } from "./ssh";

export class OnpremLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  public readonly address: EntryAddress;
  public readonly backendIds: Readonly<Record<NodeRole, readonly pulumi.Output<string>[]>> = { master: [], media: [] };
  public readonly handover: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(loadBalancerToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const entry = entryOf(onPremises);

    this.address = {
      ipAddress: pulumi.output(entry.ipAddresses[0] ?? ""),
      hostName: pulumi.output(entry.hostName),
      aliasZoneId: pulumi.output(""),
      ipAddresses: pulumi.output([...entry.ipAddresses]),
    };
    this.handover = pulumi.output(textsOf(onPremises, args));
    this.registerOutputs({ address: this.address, backendIds: this.backendIds, handover: this.handover });
  }
}

/** Where clients find the cluster. */
export function entryOf({ entry, hosts, balancerAddress }: OnPremises): {
  readonly ipAddresses: readonly string[];
  readonly hostName: string;
} {
  if (entry === "dns") {
    const masters = hosts.filter(({ role }) => role === "master");
    return { ipAddresses: masters.map(({ publicAddress, address }) => publicAddress ?? address), hostName: "" };
  }
  return isAddress(balancerAddress)
    ? { ipAddresses: [balancerAddress], hostName: "" }
    : { ipAddresses: [], hostName: balancerAddress };
}

export const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text);

function textsOf(onPremises: OnPremises, { listeners }: LoadBalancerArgs): Record<string, string> {
  const zone = { "dns.zone": zoneFile(onPremises) };
  if (onPremises.entry !== "external") return zone;
  return {
    ...zone,
    "load-balancer/nginx.conf": nginxConfig(onPremises, listeners),
    "load-balancer/haproxy.cfg": haproxyConfig(onPremises, listeners),
  };
}

/** Lines for a zone file. Short-lived, so that a name can be led elsewhere in minutes. */
export function zoneFile(onPremises: OnPremises): string {
  const { ipAddresses, hostName } = entryOf(onPremises);
  const values = ipAddresses.length > 0 ? ipAddresses.map((ip) => `A ${ip}`) : [`CNAME ${hostName}.`];
  const names = [onPremises.domain, ...(onPremises.turnDomain === undefined ? [] : [onPremises.turnDomain])];
  return names.flatMap((name) => values.map((value) => `${name}. 60 IN ${value}\n`)).join("");
}
