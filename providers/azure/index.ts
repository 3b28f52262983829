/**
 * Azure as a cloud that every topology can be deployed on.
 */
import { Provider } from "@pulumi/azure-native/provider";
import type { Cloud } from "../../components/cloud";
import { AzureAlarms } from "./alarms";
import { AzureDomainName, azureZoneName } from "./domain-name";
import { AzureFirewall } from "./firewall";
import { AzureLoadBalancer } from "./load-balancer";
import { AzureMasterPool } from "./master-pool";
import { AzureNetwork } from "./network";
import { AzureNodeIdentity } from "./node-identity";
import { AzureObjectStore } from "./object-store";
import { AzurePublicAddress } from "./public-address";
import { AzureScalingMediaPool } from "./scaling-media-pool";
import { AzureSecretStore } from "./secret-store";

export const azure: Cloud = {
  name: "azure",
  capabilities: {
    tlsAtLoadBalancer: false,
    externalClusterData: false,
    groupDrainsNodes: false,
    entryHasIpAddress: true,
    nodeCertificates: ["letsencrypt", "selfsigned", "owncert"],
  },
  // Subscription and credentials come from the environment (ARM_*, or the Azure CLI's log-in). The provider has no
  // labels of its own: each resource carries them.
  createProvider: (name, { region }) => new Provider(name, { location: region }),
  Network: AzureNetwork,
  Firewall: AzureFirewall,
  NodeIdentity: AzureNodeIdentity,
  SecretStore: AzureSecretStore,
  ObjectStore: AzureObjectStore,
  LoadBalancer: AzureLoadBalancer,
  PublicAddress: AzurePublicAddress,
  MasterPool: AzureMasterPool,
  ScalingMediaPool: AzureScalingMediaPool,
  DomainName: AzureDomainName,
  zoneNameOf: azureZoneName,
  Alarms: AzureAlarms,
};
