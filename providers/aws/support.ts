/**
 * Small helpers that every role on AWS shares.
 */
import * as pulumi from "@pulumi/pulumi";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getParameterOutput } from "@pulumi/aws/ssm";
import type { MachineImage } from "../../components/machine-image";
import type { Problem } from "../../components/errors";
import { clusterLabel, type Tags } from "../../components/tags";
import { imageParameter } from "./images";

/** The partition and account that a role's provider works in. */
export interface Account {
  readonly partition: pulumi.Output<string>;
  /** Domain of the partition's service endpoints, for example `amazonaws.com`. */
  readonly dnsSuffix: pulumi.Output<string>;
}

/** The partition of the provider that `parent` uses. */
export function partitionOf(parent: pulumi.Resource): Account {
  const { partition, dnsSuffix } = getPartitionOutput({}, { parent });
  return { partition, dnsSuffix };
}

/** Id of the account that the provider of `parent` works in, and ARN of whoever deploys. */
export function callerOf(parent: pulumi.Resource): { accountId: pulumi.Output<string>; arn: pulumi.Output<string> } {
  const { accountId, arn } = getCallerIdentityOutput({}, { parent });
  return { accountId, arn };
}

/** A resource's labels with the name that AWS's console shows, unambiguous among the clusters of an account. */
export function named(tags: Tags, name: string): Record<string, string> {
  const cluster = tags[clusterLabel];
  return { ...tags, Name: cluster ? `${cluster}/${name}` : name };
}

/**
 * `value`, but with these resources among its dependencies: whoever uses it is made after them and deleted before them.
 * The URN is known in previews too, so the value stays as known as it was.
 */
export function after<T>(
  value: pulumi.Input<T>,
  resources: readonly pulumi.Resource[],
): pulumi.Output<pulumi.Unwrap<T>> {
  return pulumi.all([value, ...resources.map(({ urn }) => urn)]).apply(([first]) => first as pulumi.Unwrap<T>);
}

/** Id of a pinned image in the region of the provider that `parent` uses. */
export function imageId(image: MachineImage, parent: pulumi.Resource): pulumi.Output<string> {
  if (image.id !== undefined) return pulumi.output(image.id);
  const name = imageParameter({ ...image, version: image.version ?? "" });
  // `value` is always secret, and would make the image of every machine secret (cloud-facts-aws 1).
  return getParameterOutput({ name }, { parent }).insecureValue;
}

/** What is wrong with a customer-managed key for use in a region. An absent key is fine. */
export function keyProblems(key: string | undefined, region: string, path: string): Problem[] {
  if (key === undefined) return [];
  const match = /^arn:[a-z-]+:kms:([a-z0-9-]+):[0-9]{12}:key\/[A-Za-z0-9-]+$/.exec(key);
  if (!match) return [{ path, reason: `"${key}" is not the ARN of a KMS key` }];
  return match[1] === region ? [] : [{ path, reason: `the key lies in ${match[1]}, but the cluster in ${region}` }];
}
