/**
 * Built-in Azure roles that the program grants. Never Contributor or Owner (AZ-X4).
 * Source: reference/cloud-facts-azure.md 5.4 and 6.4.
 */

export const builtInRoles = {
  /** Reads secret values. Used by the fetching of the bundle at boot and at every refresh, on all nodes. */
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
} as const;
export type BuiltInRole = (typeof builtInRoles)[keyof typeof builtInRoles];

/** The full id that an assignment has to name (reference/cloud-facts-azure.md 6.6). */
export function roleDefinitionId(subscriptionId: string, role: BuiltInRole): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}
