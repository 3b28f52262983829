/**
 * Azure resource ids, taken apart and put together. Pure.
 */

export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** For example `Microsoft.Network/publicIPAddresses`. */
  readonly type: string;
  readonly name: string;
}

const topLevelId = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i;

/** The parts of a top-level resource's id, if it is one and has this type; Azure's ids ignore case. */
export function parseResourceId(id: string, type: string): ResourceId | undefined {
  const match = topLevelId.exec(id);
  if (!match) return undefined;
  const [subscriptionId, resourceGroup, itsType, name] = match.slice(1) as [string, string, string, string];
  if (itsType.toLowerCase() !== type.toLowerCase()) return undefined;
  return { subscriptionId, resourceGroup, type, name };
}

/** The id of a resource group. */
export function resourceGroupId(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

/** The id of a top-level resource. */
export function resourceId({ subscriptionId, resourceGroup, type, name }: ResourceId): string {
  return `${resourceGroupId(subscriptionId, resourceGroup)}/providers/${type}/${name}`;
}
