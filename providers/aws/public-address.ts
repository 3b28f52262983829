/**
 * PublicAddress on AWS: an Elastic IP, the cluster's own or an existing one.
 * Guarantees: the address is allocated before any machine, stays when machines go, and is never released by an edit;
 * an existing one that leads to something else is not taken away from there.
 * Differs from Azure: it has no DNS label; a cluster without a domain is reached by the address itself.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import type { EntryAddress } from "../../components/domain-name";
import { quietError } from "../../components/errors";
import { type PublicAddress, type PublicAddressArgs, publicAddressToken } from "../../components/public-address";
import { clusterLabel, type Tags } from "../../components/tags";
import { named } from "./support";

export class AwsPublicAddress extends pulumi.ComponentResource implements PublicAddress {
  public readonly address: EntryAddress;
  public readonly attachmentId: pulumi.Output<string>;

  constructor(name: string, args: PublicAddressArgs, opts?: pulumi.ComponentResourceOptions) {
    super(publicAddressToken, name, {}, opts);

    const { ipAddress, allocationId } =
      args.adoptAddressId === undefined
        ? createAddress(name, args, this)
        : adoptAddress(args.adoptAddressId, args.tags, this);
    const none = pulumi.output("");

    this.address = { ipAddress, hostName: none, aliasZoneId: none };
    this.attachmentId = allocationId;
    this.registerOutputs({ address: this.address, attachmentId: this.attachmentId });
  }
}

interface Address {
  readonly ipAddress: pulumi.Output<string>;
  readonly allocationId: pulumi.Output<string>;
}

function createAddress(name: string, args: PublicAddressArgs, parent: pulumi.Resource): Address {
  const address = new ec2.Eip(
    name,
    { domain: "vpc", tags: named(args.tags, name) },
    { parent, protect: args.deletionProtection },
  );
  return { ipAddress: address.publicIp, allocationId: address.allocationId };
}

/**
 * An Elastic IP is found by the address itself, as a person knows it. One that leads elsewhere is refused: EC2 would take it
 * away from there without a word.
 */
function adoptAddress(publicIp: string, tags: Tags, parent: pulumi.Resource): Address {
  const found = ec2.getElasticIpOutput({ publicIp }, { parent }).apply(async ({ id, networkInterfaceId }) => {
    if (!networkInterfaceId) return id;
    const holder = await ec2.getNetworkInterface({ id: networkInterfaceId }, { parent });
    if (holder.tags[clusterLabel] === tags[clusterLabel]) return id;
    throw quietError(
      `entry.address: ${publicIp} is in use by the network interface ${networkInterfaceId}; take it off there, or name an address that nothing uses`,
    );
  });
  return { ipAddress: found.apply(() => publicIp), allocationId: found };
}
