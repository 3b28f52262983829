/**
 * The editions of OpenVidu and the shape that each gives to a cluster.
 * Source: reference/onprem-v2-reference.md A.1, C.2, reference/aws-reference.md "The two topologies".
 */

export const editions = ["ha", "elastic", "enterprise-v2"] as const;
export type Edition = (typeof editions)[number];

/** High Availability has exactly this many masters; the quorum rules of its services are made for it. */
export const haMasterCount = 4;

/** The two kinds of machines in a cluster. */
export const nodeRoles = ["master", "media"] as const;
export type NodeRole = (typeof nodeRoles)[number];
