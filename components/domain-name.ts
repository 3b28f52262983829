/**
 * Role DomainName: the cluster's name in a DNS zone, pointing at its load balancer. Which cloud holds the zone is
 * independent of the cloud that runs the machines.
 */
import type * as pulumi from "@pulumi/pulumi";

export const domainNameToken = "openvidu:index:DomainName";

/** A DNS record as a person writes it into a zone. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A" | "CNAME";
  readonly value: string;
}

export interface DomainNameArgs {
  /** Required. Fully qualified name. */
  readonly domain: string;
  /** Required. Hosted zone id on AWS, resource id of the DNS zone on Azure. */
  readonly zoneId: string;
  /** Required. What the name leads to. */
  readonly target: EntryAddress;
}

/** A load balancer's address in every form that a DNS record may want. */
export interface EntryAddress {
  /** IPv4 address, or an empty string where only a host name is stable (AWS). */
  readonly ipAddress: pulumi.Output<string>;
  /** Host name, or an empty string where there is none. */
  readonly hostName: pulumi.Output<string>;
  /** AWS: the load balancer's own hosted zone, for alias records. Empty elsewhere. */
  readonly aliasZoneId: pulumi.Output<string>;
  /** Where the name leads to several machines: the addresses of all, `ipAddress` being the first. */
  readonly ipAddresses?: pulumi.Output<string[]>;
}

/** Whether a name's record belongs into the zone of `apex`. */
export function liesInZone(domain: string, apex: string): boolean {
  const [name, zone] = [domain.toLowerCase(), apex.toLowerCase()];
  return name === zone || name.endsWith(`.${zone}`);
}

export interface DomainName extends pulumi.ComponentResource {
  /** The name, known once its record exists. */
  readonly fqdn: pulumi.Output<string>;
}
