/**
 * What a cloud has to bring so that every topology can be deployed on it. A cloud is complete or it does not compile.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { CertificateType } from "../openvidu/installer";
import type { Alarms, AlarmsArgs } from "./alarms";
import type { Certificate, CertificateArgs } from "./certificate";
import type { DomainName, DomainNameArgs } from "./domain-name";
import type { EnterpriseV2Roles } from "./enterprise-v2/roles";
import type { Firewall, FirewallArgs } from "./firewall";
import type { LoadBalancer, LoadBalancerArgs } from "./load-balancer";
import type { MasterPool, MasterPoolArgs } from "./master-pool";
import type { Network, NetworkArgs } from "./network";
import type { NodeIdentity, NodeIdentityArgs } from "./node-identity";
import type { ObjectStore, ObjectStoreArgs } from "./object-store";
import type { PublicAddress, PublicAddressArgs } from "./public-address";
import type { ScalingMediaPool, ScalingMediaPoolArgs } from "./scaling-media-pool";
import type { SecretStore, SecretStoreArgs } from "./secret-store";
import type { Tags } from "./tags";

export const cloudNames = ["aws", "azure", "onprem"] as const;
export type CloudName = (typeof cloudNames)[number];

/** The constructor that every implementation of a role has. */
export type Role<A, R> = new (name: string, args: A, opts?: pulumi.ComponentResourceOptions) => R;

/** Where the clouds differ in what they can do; checked before the first resource is registered. */
export interface Capabilities {
  /** The load balancer can end TLS with a certificate of the cloud. */
  readonly tlsAtLoadBalancer: boolean;
  /** All of OpenVidu's data can lie in the cloud's own storage, so that MinIO does not run. */
  readonly externalClusterData: boolean;
  /**
   * Whoever takes a media node away tells it to leave and waits for it: the cloud's group, or the update itself where the
   * machines are given. Elsewhere a controller of ours does.
   */
  readonly groupDrainsNodes: boolean;
  /** The entry's address is known as an IP before anything else, so that a cluster can do without a domain. */
  readonly entryHasIpAddress: boolean;
  /** Ways in which Caddy on the masters may get a certificate; `none` where a customer's load balancer may have it. */
  readonly nodeCertificates: readonly CertificateType[];
}

/** Account-independent settings of a cloud's provider. */
export interface ProviderArgs {
  readonly region: string;
  readonly tags: Tags;
}

export interface Cloud {
  readonly name: CloudName;
  readonly capabilities: Capabilities;
  /** The cloud's explicit provider; made once for a deployment and handed to everything on that cloud. */
  readonly createProvider: (name: string, args: ProviderArgs) => pulumi.ProviderResource;
  readonly Network: Role<NetworkArgs, Network>;
  readonly Firewall: Role<FirewallArgs, Firewall>;
  readonly NodeIdentity: Role<NodeIdentityArgs, NodeIdentity>;
  readonly SecretStore: Role<SecretStoreArgs, SecretStore>;
  readonly ObjectStore: Role<ObjectStoreArgs, ObjectStore>;
  /** Present exactly when `capabilities.tlsAtLoadBalancer` is true. */
  readonly Certificate?: Role<CertificateArgs, Certificate>;
  readonly LoadBalancer: Role<LoadBalancerArgs, LoadBalancer>;
  readonly PublicAddress: Role<PublicAddressArgs, PublicAddress>;
  readonly MasterPool: Role<MasterPoolArgs, MasterPool>;
  readonly ScalingMediaPool: Role<ScalingMediaPoolArgs, ScalingMediaPool>;
  readonly DomainName: Role<DomainNameArgs, DomainName>;
  /** Asks for the domain of a DNS zone, without a dot at its end. Present where the cloud holds zones. */
  readonly zoneNameOf?: (zoneId: string, opts: pulumi.InvokeOptions) => Promise<string>;
  /** Absent where nothing of the cloud watches over machines. */
  readonly Alarms?: Role<AlarmsArgs, Alarms>;
  /** Absent where Enterprise v2 cannot be had: its closed parts are made for AWS. */
  readonly EnterpriseV2?: EnterpriseV2Roles;
}
