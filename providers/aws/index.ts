/**
 * AWS as a cloud: its roles, what it can do, and its provider.
 */
import { Provider } from "@pulumi/aws/provider";
import type { Cloud } from "../../components/cloud";
import { AwsAlarms } from "./alarms";
import { AwsCertificate } from "./certificate";
import { AwsDomainName, awsZoneName } from "./domain-name";
import { enterpriseV2 } from "./enterprise-v2";
import { AwsFirewall } from "./firewall";
import { AwsLoadBalancer } from "./load-balancer";
import { AwsMasterPool } from "./master-pool";
import { AwsNetwork } from "./network";
import { AwsNodeIdentity } from "./node-identity";
import { AwsObjectStore } from "./object-store";
import { AwsPublicAddress } from "./public-address";
import { AwsScalingMediaPool } from "./scaling-media-pool";
import { AwsSecretStore } from "./secret-store";

export const aws: Cloud = {
  name: "aws",
  capabilities: {
    tlsAtLoadBalancer: true,
    externalClusterData: true,
    groupDrainsNodes: true,
    entryHasIpAddress: false,
    nodeCertificates: ["letsencrypt", "selfsigned", "owncert"],
  },
  // Adaptive retries slow down when AWS throttles, as it does when many stacks are updated at once.
  createProvider: (name, { region, tags }) =>
    new Provider(name, { region, defaultTags: { tags }, retryMode: "adaptive" }),
  Network: AwsNetwork,
  Firewall: AwsFirewall,
  NodeIdentity: AwsNodeIdentity,
  SecretStore: AwsSecretStore,
  ObjectStore: AwsObjectStore,
  Certificate: AwsCertificate,
  LoadBalancer: AwsLoadBalancer,
  PublicAddress: AwsPublicAddress,
  MasterPool: AwsMasterPool,
  ScalingMediaPool: AwsScalingMediaPool,
  DomainName: AwsDomainName,
  zoneNameOf: awsZoneName,
  EnterpriseV2: enterpriseV2,
  Alarms: AwsAlarms,
};
