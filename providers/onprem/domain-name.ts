/**
 * DomainName on-premises: there is no zone to keep records in. The stack hands the records over, or another cloud has the
 * zone; no config leads here.
 */
import * as pulumi from "@pulumi/pulumi";
import { type DomainName, type DomainNameArgs, domainNameToken } from "../../components/domain-name";
import { throwIfAny } from "../../components/errors";

export class OnpremDomainName extends pulumi.ComponentResource implements DomainName {
  public readonly fqdn: pulumi.Output<string>;

  constructor(name: string, args: DomainNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super(domainNameToken, name, {}, opts);
    throwIfAny(`domain name "${name}"`, [{ path: "dns.kind", reason: "no zone can be kept on-premises" }]);
    this.fqdn = pulumi.output(args.domain);
    this.registerOutputs({ fqdn: this.fqdn });
  }
}
