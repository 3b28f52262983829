/**
 * Azure roles that the program grants: built-in ones where one fits, else of our own, with single actions and no
 * wildcard. Never Contributor or Owner (AZ-X4).
 * Sources: reference/cloud-facts-azure.md 5.4, 6.4 and 6.7;
 * https://learn.microsoft.com/azure/role-based-access-control/permissions/monitor for autoscale settings.
 */

export const builtInRoles = {
  /** Reads secret values. Used by the fetching of the bundle at boot and at every refresh, on all nodes. */
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  /** Reads blobs. Media nodes look for requests to drain. */
  blobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  /** Reads, writes and deletes blobs. Masters keep the cluster's own objects, media nodes say how they are. */
  blobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
} as const;
export type BuiltInRole = (typeof builtInRoles)[keyof typeof builtInRoles];

/**
 * What the controller on the masters may do. It finds group and limits by their labels, and machines come and go under
 * names that Azure gives, so that reading is granted on the resource group; what changes something is granted at the one scale set and the
 * one autoscale setting alone, and each of these actions means something at one of the two only.
 */
export const controllerActions = {
  read: [
    "Microsoft.Compute/virtualMachineScaleSets/read",
    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/instanceView/read",
    "Microsoft.Insights/autoscaleSettings/read",
  ],
  change: ["Microsoft.Compute/virtualMachineScaleSets/delete/action", "Microsoft.Insights/autoscaleSettings/write"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The full id that an assignment has to name, from the role's GUID (reference/cloud-facts-azure.md 6.6). */
export function roleDefinitionId(subscriptionId: string, guid: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
}
