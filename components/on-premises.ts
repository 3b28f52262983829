/**
 * A cluster on machines that the customer has: which they are, how they are reached, and what stands in front of them.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../openvidu/editions";
import type { EntryMode } from "../openvidu/flows";

export interface Host {
  /** Lower-case words joined by hyphens; part of the names of resources. */
  readonly name: string;
  readonly role: NodeRole;
  /** Where SSH reaches it. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The only host key that is accepted, as one line of OpenSSH. Another one means another machine. */
  readonly hostKey: string;
  /** Where the other nodes find it. Never changes. */
  readonly privateAddress: string;
  /** Where clients find it; absent where nobody outside has to. */
  readonly publicAddress?: string;
  /** Rack or room; an empty string where nothing is known about it. */
  readonly failureDomain: string;
}

/** Object storage of the customer's own, in place of MinIO on the masters. */
export interface ExternalS3 {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly accessKeyId: string;
  readonly appDataBucket: string;
  readonly clusterDataBucket: string;
}

export interface OnPremisesSettings {
  /** Masters in slot order, then media nodes. */
  readonly hosts: readonly Host[];
  readonly domain: string;
  readonly entry: EntryMode;
  /** The customer's load balancer: ranges that it connects from, and where clients find it. Empty without one. */
  readonly balancerCidrs: readonly string[];
  readonly balancerAddress: string;
  /** Whether firewall rules are only handed over, or applied on the machines. */
  readonly firewall: "print" | "nftables" | "ufw";
  readonly utc: boolean;
  readonly s3?: ExternalS3;
}

/** The same with what the roles need besides; a missing key leaves it to the SSH agent. */
export interface OnPremises extends OnPremisesSettings {
  /** A second name for TURN over TLS. */
  readonly turnDomain?: string;
  readonly sshPrivateKey?: pulumi.Input<string>;
  readonly s3SecretKey?: pulumi.Input<string>;
  readonly mongoUri?: pulumi.Input<string>;
}
