/**
 * The labels that every taggable resource of a cluster carries.
 */
export type Tags = Readonly<Record<string, string>>;

export interface TagSource {
  readonly project: string;
  readonly stack: string;
  readonly custom: Tags;
}

/** The standard labels alone, for things that take few labels. */
export function standardTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => standardKeys.includes(key)));
}

/** Says whose a resource is: project and stack of its cluster. */
export const clusterLabel = "openvidu-cluster";

/** Value of the label that says whose a resource is. Throws where it is missing: rights that go by it would fit nothing. */
export function clusterOf(tags: Tags): string {
  const cluster = tags[clusterLabel];
  if (cluster === undefined || cluster === "")
    throw new Error(`the labels do not say whose they are: no ${clusterLabel}`);
  return cluster;
}

const standardKeys = [clusterLabel, "managed-by"];

/** The standard labels of a cluster with the operator's own added; the standard ones win. */
export function clusterTags({ project, stack, custom }: TagSource): Tags {
  return { ...custom, [clusterLabel]: `${project}-${stack}`, "managed-by": "pulumi" };
}
