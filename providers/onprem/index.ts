/**
 * Machines that the customer has, as a cloud that every topology can be deployed on.
 */
import { Provider } from "@pulumi/command/provider";
import type { Cloud } from "../../components/cloud";
import { OnpremDomainName } from "./domain-name";
import { OnpremFirewall } from "./firewall";
import { OnpremLoadBalancer } from "./load-balancer";
import { OnpremMasterPool } from "./master-pool";
import { OnpremNetwork } from "./network";
import { OnpremNodeIdentity } from "./node-identity";
import { OnpremObjectStore } from "./object-store";
import { OnpremPublicAddress } from "./public-address";
import { OnpremScalingMediaPool } from "./scaling-media-pool";
import { OnpremSecretStore } from "./secret-store";

export const onprem: Cloud = {
  name: "onprem",
  capabilities: {
    tlsAtLoadBalancer: false,
    externalClusterData: false,
    groupDrainsNodes: true,
    entryHasIpAddress: false,
    nodeCertificates: ["none", "letsencrypt", "selfsigned", "owncert"],
  },
  // How machines are reached is a matter of each machine; the provider itself has nothing to configure.
  createProvider: (name) => new Provider(name),
  Network: OnpremNetwork,
  Firewall: OnpremFirewall,
  NodeIdentity: OnpremNodeIdentity,
  SecretStore: OnpremSecretStore,
  ObjectStore: OnpremObjectStore,
  LoadBalancer: OnpremLoadBalancer,
  PublicAddress: OnpremPublicAddress,
  MasterPool: OnpremMasterPool,
  ScalingMediaPool: OnpremScalingMediaPool,
  DomainName: OnpremDomainName,
};
