/**
 * Quotas of a new AWS account that a stack counts towards. Rules of a security group are in security.ts.
 */
import { text } from "../values";
import type { Quota } from "../quotas";
import { refusal, regionOf } from "./account";
import { eipType, natType, subnetFacts, vpcType } from "./network";

const vpcQuotas = "docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";

export const quotas: readonly Quota[] = [
  {
    type: eipType,
    most: 5,
    source: `${vpcQuotas} (L-0263D0A3); the message in github.com/okd-project/okd issue 80`,
    place: regionOf,
    says: () =>
      refusal("EC2", "AllocateAddress", "AddressLimitExceeded", "The maximum number of addresses has been reached."),
  },
  {
    type: vpcType,
    most: 5,
    source: `${vpcQuotas} (L-F678F1CE); the message in github.com/terraform-aws-modules/terraform-aws-vpc issue 429`,
    place: regionOf,
    says: () => refusal("EC2", "CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
  },
  {
    type: natType,
    most: 5,
    source: `${vpcQuotas} (L-FE5A380F, a zone); the message in the install log tests of github.com/openshift/hive`,
    place: (gateway, world) => subnetFacts(text(gateway.subnetId), regionOf(gateway, world), world).zone,
    says: () =>
      refusal(
        "EC2",
        "CreateNatGateway",
        "NatGatewayLimitExceeded",
        "The maximum number of NAT Gateways has been reached.",
      ),
  },
];
