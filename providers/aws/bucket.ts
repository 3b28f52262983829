/**
 * A private bucket, created or adopted, as every store of the project needs it. What is created has no public access,
 * takes TLS only, is encrypted and versioned, and stays on destroy; what is adopted is not touched.
 */
import * as pulumi from "@pulumi/pulumi";
import * as s3 from "@pulumi/aws/s3";
import type { input as inputs } from "@pulumi/aws/types";
import { quietError } from "../../components/errors";
import type { PlacementArgs } from "../../components/placement";
import { policyDocument, type Statement, tlsOnly } from "./policies";
import { named } from "./support";

/** Days after which the parts of a broken upload are removed. */
const brokenUploadDays = 7;

/** Longest logical name of a bucket: 63 characters, of which auto-naming takes 8. */
export const longestBucketName = 55;

export interface BucketHandle {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

export interface BucketArgs extends PlacementArgs {
  /** Optional. ARN of a customer-managed KMS key. @default the service's own key */
  readonly kmsKeyId?: string;
  /** Required. Days after which a replaced or deleted object is gone for good. */
  readonly keepDeletedDays: number;
  /** Optional. Encryption without a key of one's own. @default AES256 */
  readonly plainEncryption?: "AES256" | "aws:kms";
  /** Optional. What the bucket's policy says beside that it wants TLS. @default nothing */
  readonly moreRules?: (bucketArn: string) => pulumi.Output<Statement[]>;
}

/** A bucket of somebody else's; `path` is the config path that names it. */
export function adoptBucket(path: string, bucket: string, region: string, parent: pulumi.Resource): BucketHandle {
  const found = s3.getBucketOutput({ bucket }, { parent }).apply((facts) => {
    if (facts.bucketRegion === region) return facts;
    throw quietError(`${path}: bucket ${bucket} lies in ${facts.bucketRegion}, not in ${region}`);
  });
  return { bucketName: found.apply(() => bucket), arn: found.apply(({ arn }) => arn) };
}

/** A bucket with everything that keeps it private. All of it is kept on destroy: a kept bucket stays as safe as it was. */
export function createBucket(name: string, args: BucketArgs, parent: pulumi.Resource): BucketHandle {
  const kept = { parent, retainOnDelete: true };
  const bucket = new s3.Bucket(
    name,
    { forceDestroy: false, tags: named(args.tags, name) },
    { ...kept, protect: args.deletionProtection },
  );
  const on = { bucket: bucket.bucket };
  new s3.BucketOwnershipControls(name, { ...on, rule: { objectOwnership: "BucketOwnerEnforced" } }, kept);
  const accessBlock = new s3.BucketPublicAccessBlock(
    name,
    { ...on, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    kept,
  );
  const policy = bucket.arn.apply((arn) =>
    (args.moreRules?.(arn) ?? pulumi.output<Statement[]>([])).apply((more) =>
      policyDocument([...tlsOnly(arn), ...more]),
    ),
  );
  // Both calls change who may reach the bucket; at the same time they can answer each other with a conflict.
  new s3.BucketPolicy(name, { ...on, policy }, { ...kept, dependsOn: [accessBlock] });
  const versioning = new s3.BucketVersioning(name, { ...on, versioningConfiguration: { status: "Enabled" } }, kept);
  const encryption = args.kmsKeyId
    ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.kmsKeyId }
    : { sseAlgorithm: args.plainEncryption ?? "AES256" };
  new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...on,
      rules: [
        { applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: encryption.sseAlgorithm === "aws:kms" },
      ],
    },
    kept,
  );
  new s3.BucketLifecycleConfiguration(
    name,
    { ...on, rules: [lifecycleRule(args.keepDeletedDays)] },
    { ...kept, dependsOn: [versioning] },
  );
  return { bucketName: bucket.bucket, arn: bucket.arn };
}

/** Removes what no listing shows any more: replaced and deleted versions, bare delete markers, parts of broken uploads. */
function lifecycleRule(keepDeletedDays: number): inputs.s3.BucketLifecycleConfigurationRule {
  return {
    id: "remove-what-nobody-sees",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: keepDeletedDays },
    expiration: { expiredObjectDeleteMarker: true },
    abortIncompleteMultipartUpload: { daysAfterInitiation: brokenUploadDays },
  };
}
