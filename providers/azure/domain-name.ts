/**
 * DomainName on Azure: a record in a public Azure DNS zone that exists already.
 * Guarantees: an A record where the entry has an address of its own, else a CNAME; the zone itself is not changed.
 * Differs from AWS: no alias record, because the address is static and protected, and may belong to another cloud.
 * The zone may lie in any resource group of the provider's subscription.
 */
import * as pulumi from "@pulumi/pulumi";
import * as authorization from "@pulumi/azure-native/authorization";
import * as dns from "@pulumi/azure-native/dns";
import { type DomainName, type DomainNameArgs, domainNameToken } from "../../components/domain-name";
import { type Problem, quietError, throwIfAny } from "../../components/errors";
import { parseResourceId } from "./resource-ids";

const zoneType = "Microsoft.Network/dnszones";
const ttlSeconds = 300;

export class AzureDomainName extends pulumi.ComponentResource implements DomainName {
  public readonly fqdn: pulumi.Output<string>;

  constructor(name: string, args: DomainNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super(domainNameToken, name, {}, opts);
    throwIfAny(`domain name "${name}"`, validateAzureDomainName(args));

    const zone = parseResourceId(args.zoneId, zoneType)!;
    const { subscriptionId } = authorization.getClientConfigOutput({ parent: this });
    const { ipAddress, hostName, ipAddresses = ipAddress.apply((ip) => (ip ? [ip] : [])) } = args.target;
    const record = new dns.RecordSet(
      name,
      {
        resourceGroupName: zone.resourceGroup,
        zoneName: subscriptionId.apply((id) => requireSubscription(zone.subscriptionId, id, zone.name)),
        relativeRecordSetName: relativeRecordName(args.domain, zone.name),
        recordType: ipAddress.apply((ip) => (ip ? "A" : "CNAME")),
        ttl: ttlSeconds,
        aRecords: ipAddresses.apply((ips) =>
          ips.length > 0 ? ips.map((ipv4Address) => ({ ipv4Address })) : undefined,
        ),
        cnameRecord: pulumi.all([ipAddress, hostName]).apply(([ip, host]) => (ip ? undefined : { cname: host })),
      },
      { parent: this },
    );

    this.fqdn = record.id.apply(() => args.domain);
    this.registerOutputs({ fqdn: this.fqdn });
  }
}

/** Domain of a DNS zone; its resource id says it. */
export function azureZoneName(zoneId: string): Promise<string> {
  return Promise.resolve(parseResourceId(zoneId, zoneType)?.name ?? "");
}

/** What is wrong with the zone or the name. */
export function validateAzureDomainName({ domain, zoneId }: DomainNameArgs): Problem[] {
  const zone = parseResourceId(zoneId, zoneType);
  if (!zone) return [{ path: "dns.zoneId", reason: "must be the resource id of a public DNS zone" }];
  return relativeRecordName(domain, zone.name) === undefined
    ? [{ path: "domain", reason: `${domain} does not lie in the zone ${zone.name}` }]
    : [];
}

/** The record's name inside the zone: `@` for the zone's own name; nothing when the name lies elsewhere. */
export function relativeRecordName(domain: string, zone: string): string | undefined {
  const [name, apex] = [domain.toLowerCase(), zone.toLowerCase()];
  if (name === apex) return "@";
  return name.endsWith(`.${apex}`) ? name.slice(0, -apex.length - 1) : undefined;
}

/** The provider works in one subscription; in another one the record would be made in a zone that is not there. */
function requireSubscription(wanted: string, actual: string, zoneName: string): string {
  if (wanted.toLowerCase() !== actual.toLowerCase()) {
    throw quietError(`dns.zoneId: the zone must lie in the subscription that is deployed to (${actual})`);
  }
  return zoneName;
}
