/**
 * The editions of OpenVidu and the shape that each gives to a cluster.
 * Source: reference/onprem-v2-reference.md A.1, C.2, reference/aws-reference.md "The two topologies".
 */

export const editions = ["ha", "elastic", "enterprise-v2"] as const;
export type Edition = (typeof editions)[number];

/** Editions of OpenVidu 3, which share their node programs, their flags and most of their flows. */
export type ClusterEdition = Extract<Edition, "ha" | "elastic">;
export const clusterEditions = ["ha", "elastic"] as const satisfies readonly ClusterEdition[];

/** What an edition is called in messages and pages. */
export const editionTitles: Readonly<Record<Edition, string>> = {
  ha: "High Availability",
  elastic: "Elastic",
  "enterprise-v2": "Enterprise v2",
};

/** High Availability has exactly this many masters; the quorum rules of its services are made for it. */
export const haMasterCount = 4;

/** How many masters a cluster has. */
export const masterCounts: Readonly<Record<ClusterEdition, number>> = { ha: haMasterCount, elastic: 1 };

/** The two kinds of machines in a cluster. */
export const nodeRoles = ["master", "media"] as const;
export type NodeRole = (typeof nodeRoles)[number];

/** The title of an edition, or the word itself where it is none. */
export function editionTitle(word: string): string {
  return editions.find((edition) => edition === word) ? editionTitles[word as Edition] : word;
}
