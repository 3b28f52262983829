/**
 * Quotas of a new Azure subscription that a stack counts towards. Rules of a security group are in security.ts.
 */
import type { Quota } from "../quotas";
import { locationOf, refusal, subscriptionOf } from "./arm";
import { assignmentType } from "./identity";
import { addressType } from "./network";
import { accountType } from "./storage";

const addresses = 20;
const accounts = 250;

export const quotas: readonly Quota[] = [
  {
    type: addressType,
    most: addresses,
    // An enterprise agreement begins with 1,000 (github.com/MicrosoftDocs/azure-docs issue 67429), a trial with 3.
    source: "github.com/openshift/openshift-azure issue 2252; github.com/evgenyb/aks-workshops issue 22 (Standard SKU)",
    place: locationOf,
    says: () =>
      refusal(
        "PublicIPCountLimitReached",
        `Cannot create more than ${addresses} public IP addresses for this subscription in this region.`,
      ),
  },
  {
    type: accountType,
    most: accounts,
    source:
      "learn.microsoft.com/azure/storage/common/scalability-targets-standard-account; the message in " +
      "github.com/Azure/azure-sdk-for-cpp issue 3959",
    place: locationOf,
    says: (location, world) =>
      refusal(
        "MaxStorageAccountsCountPerSubscriptionExceeded",
        `Subscription ${subscriptionOf(world)} already contains ${accounts} storage accounts with Standard Dns endpoints in location ${location} and the maximum allowed is ${accounts}.`,
      ),
  },
  {
    type: assignmentType,
    most: 4000,
    source: "learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits",
    place: (_assignment, world) => subscriptionOf(world),
    says: () => refusal("RoleAssignmentLimitExceeded", "No more role assignments can be created."),
  },
];
