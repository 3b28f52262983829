/**
 * DomainName in Route 53: one record in a public hosted zone.
 * An AWS load balancer gets an alias, an address of any other cloud an A record, a host name a CNAME.
 */
import * as pulumi from "@pulumi/pulumi";
import * as route53 from "@pulumi/aws/route53";
import { type DomainName, type DomainNameArgs, domainNameToken, liesInZone } from "../../components/domain-name";
import { quietError } from "../../components/errors";
import { after } from "./support";

const ttlSeconds = 60;

/** Where a name leads, as plain values. */
export interface Target {
  readonly ipAddress: string;
  readonly hostName: string;
  readonly aliasZoneId: string;
  readonly ipAddresses?: readonly string[];
}

/** The part of a Route 53 record that depends on where it leads. */
export interface RecordContent {
  readonly type: "A" | "CNAME";
  readonly aliases?: readonly {
    readonly name: string;
    readonly zoneId: string;
    readonly evaluateTargetHealth: boolean;
  }[];
  readonly records?: readonly string[];
  readonly ttl?: number;
}

export class AwsDomainName extends pulumi.ComponentResource implements DomainName {
  public readonly fqdn: pulumi.Output<string>;

  constructor(name: string, args: DomainNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super(domainNameToken, name, {}, opts);
    const self = { parent: this };
    const { domain } = args;
    const zoneId = route53.getZoneOutput({ zoneId: args.zoneId }, self).apply((zone) => {
      const problem = zoneProblem(domain, zone.name, zone.privateZone ?? false);
      if (problem) throw quietError(`dns.zoneId: zone ${args.zoneId} ${problem}`);
      return args.zoneId;
    });
    const content = pulumi.output(args.target).apply(recordContent);

    const record = new route53.Record(
      name,
      {
        zoneId,
        name: domain,
        type: content.type,
        aliases: content.apply(({ aliases }) => (aliases ? [...aliases] : undefined)),
        records: content.apply(({ records }) => (records ? [...records] : undefined)),
        ttl: content.apply(({ ttl }) => ttl),
      },
      self,
    );
    this.fqdn = after(pulumi.output(domain), [record]);
    this.registerOutputs({ fqdn: this.fqdn });
  }
}

/** Domain of a hosted zone. */
export async function awsZoneName(zoneId: string, opts: pulumi.InvokeOptions): Promise<string> {
  return withoutRootDot((await route53.getZone({ zoneId }, opts)).name);
}

function withoutRootDot(name: string): string {
  return name.replace(/\.$/, "");
}

/** Why a zone cannot hold a domain's record, or nothing. */
export function zoneProblem(domain: string, zoneName: string, isPrivate: boolean): string | undefined {
  const apex = withoutRootDot(zoneName);
  if (isPrivate) return "is private; clients on the Internet need a public one";
  if (liesInZone(domain, apex)) return undefined;
  return `is for ${apex}, which ${domain} does not belong to`;
}

/** The record that leads to a target. */
export function recordContent({ ipAddress, hostName, aliasZoneId, ipAddresses = [ipAddress] }: Target): RecordContent {
  if (aliasZoneId !== "") {
    // There is nothing to fail over to, so the target's health must not take the only answer away.
    return { type: "A", aliases: [{ name: hostName, zoneId: aliasZoneId, evaluateTargetHealth: false }] };
  }
  return ipAddress !== ""
    ? { type: "A", records: ipAddresses, ttl: ttlSeconds }
    : { type: "CNAME", records: [hostName], ttl: ttlSeconds };
}
