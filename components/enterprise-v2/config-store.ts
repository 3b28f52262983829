/**
 * Role ConfigStore: the bucket in which the masters keep the cluster's settings (`.env`, which they write themselves when
 * the first of them starts) and its recordings; created or adopted.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { PlacementArgs } from "../placement";

export const configStoreToken = "openvidu:index:ConfigStore";

export interface ConfigStoreArgs extends PlacementArgs {
  /** Required. NodeIdentity.principal of the masters. */
  readonly writer: pulumi.Input<string>;
  /** Optional. Name of an existing bucket in the cluster's region, of which nothing is changed. @default a new one */
  readonly adoptBucket?: string;
  /** Optional. ARN of a customer-managed KMS key. @default the key that AWS manages for S3 */
  readonly kmsKeyId?: string;
  readonly keepDeletedDays: number;
  /** Required. Who besides the masters may read the settings, by ARN; none leaves it to the account's own policies. */
  readonly readerArns: readonly string[];
}

export interface ConfigStore extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  /** Where a person finds the settings, the OpenVidu secret among them. */
  readonly consoleUrl: pulumi.Output<string>;
  /** What has to exist before a master boots, and must not go before it. */
  readonly grants: readonly pulumi.Resource[];
}
