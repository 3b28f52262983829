/**
 * PublicAddress on-premises: the address of the only master, as the customer gave it.
 * Guarantees: nothing is created; the lines of a zone file are handed over.
 * Differs from the clouds: that the address stays is the customer's matter.
 */
import * as pulumi from "@pulumi/pulumi";
import type { EntryAddress } from "../../components/domain-name";
import type { OnPremises } from "../../components/on-premises";
import { type PublicAddress, type PublicAddressArgs, publicAddressToken } from "../../components/public-address";
import { entryOf, zoneFile } from "./load-balancer";
import { machinesOf } from "./ssh";

export class OnpremPublicAddress extends pulumi.ComponentResource implements PublicAddress {
  public readonly address: EntryAddress;
  public readonly attachmentId = pulumi.output("");
  public readonly handover: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: PublicAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super(publicAddressToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const none = pulumi.output("");

    this.address = {
      ipAddress: pulumi.output(entryOf(onPremises).ipAddresses[0] ?? ""),
      hostName: none,
      aliasZoneId: none,
    };
    this.handover = pulumi.output(textsOf(onPremises));
    this.registerOutputs({ address: this.address, attachmentId: this.attachmentId, handover: this.handover });
  }
}

function textsOf(onPremises: OnPremises): Record<string, string> {
  return onPremises.domain === "" ? {} : { "dns.zone": zoneFile(onPremises) };
}
