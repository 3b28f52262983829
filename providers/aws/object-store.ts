/**
 * ObjectStore on AWS: a private bucket for recordings and, where asked for, one for observability data, created or adopted.
 * Guarantees for what it creates: no public access, TLS only, encrypted, versioned, and kept with all of its settings on
 * destroy. Adopted buckets are not touched. Nodes have access by their role; there is no key.
 */
import * as pulumi from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import type { input as inputs } from "@pulumi/aws/types";
import { type Problem, quietError, throwIfAny } from "../../components/errors";
import { type ObjectStore, type ObjectStoreArgs, objectStoreToken } from "../../components/object-store";
import type { NodeRole } from "../../openvidu/editions";
import { standardTags } from "../../components/tags";
import { bucketWriter, policyDocument, tlsOnly } from "./policies";
import { keyProblems, named, partitionOf } from "./support";

/** Days after which the parts of a broken upload are removed. */
const brokenUploadDays = 7;

/** Below it lie the cluster's own objects, apart from what Loki and Mimir keep in the same bucket. */
const ownPrefix = "openvidu-node/";

/** Names of buckets: 63 characters, of which auto-naming takes 8. */
const longestLogicalName = 55;

interface BucketHandle {
  readonly bucketName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

export class AwsObjectStore extends pulumi.ComponentResource implements ObjectStore {
  public readonly appDataName: pulumi.Output<string>;
  public readonly clusterDataName: pulumi.Output<string>;
  public readonly settings: pulumi.Output<Record<string, string>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  public readonly coordinationUrl: pulumi.Output<string>;
  public readonly requestsUrl = pulumi.output("");
  public readonly heartbeatsUrl = pulumi.output("");

  constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(objectStoreToken, name, {}, opts);
    throwIfAny(`object store "${name}"`, validateAwsObjectStore(name, args));

    const self = { parent: this };
    const { dnsSuffix } = partitionOf(this);
    const { appData: adoptedAppData, clusterData: adoptedClusterData } = args.adoptBuckets ?? {};
    const appData = adoptedAppData ? adopt("appData", adoptedAppData) : create(`${name}-app-data`, args, this);
    const clusterData = args.keepsClusterData ? createClusterData() : undefined;
    // The cluster's own objects: not among recordings that others may read, where there is another bucket.
    const own = clusterData ?? appData;
    const masterGrant = allowWriting("master", clusterData ? [appData, clusterData] : [appData]);
    const mediaGrant = allowWriting("media", [appData]);

    this.appDataName = appData.bucketName;
    this.clusterDataName = clusterData?.bucketName ?? pulumi.output("");
    this.settings = pulumi
      .all([dnsSuffix, appData.bucketName, this.clusterDataName])
      .apply(([suffix, appDataBucket, clusterDataBucket]): Record<string, string> => ({
        EXTERNAL_S3_ENDPOINT: `https://s3.${args.region}.${suffix}`,
        EXTERNAL_S3_REGION: args.region,
        EXTERNAL_S3_PATH_STYLE_ACCESS: "false",
        EXTERNAL_S3_BUCKET_APP_DATA: appDataBucket,
        ...(clusterDataBucket && { EXTERNAL_S3_BUCKET_CLUSTER_DATA: clusterDataBucket }),
      }));
    const programs = args.programs ? [upload(args.programs)] : [];
    this.grants = { master: [masterGrant, ...programs], media: [mediaGrant] };
    this.coordinationUrl = pulumi.interpolate`https://${own.bucketName}.s3.${args.region}.${dnsSuffix}/${ownPrefix}`;
    this.registerOutputs({
      appDataName: this.appDataName,
      clusterDataName: this.clusterDataName,
      settings: this.settings,
      coordinationUrl: this.coordinationUrl,
      requestsUrl: this.requestsUrl,
      heartbeatsUrl: this.heartbeatsUrl,
    });

    // Named by content: a machine that was made from older user data still finds what that user data names.
    function upload({ name: object, base64 }: NonNullable<ObjectStoreArgs["programs"]>): s3.BucketObjectv2 {
      return new s3.BucketObjectv2(
        `${name}-programs`,
        {
          bucket: own.bucketName,
          key: `${ownPrefix}${object}`,
          contentBase64: base64,
          contentType: "application/gzip",
          // Objects take ten labels, so they get the cluster's own and none of the operator's.
          tags: standardTags(args.tags),
          overrideProvider: { defaultTags: { tags: {} } },
        },
        { ...self, retainOnDelete: true },
      );
    }

    function createClusterData(): BucketHandle {
      return adoptedClusterData
        ? adopt("clusterData", adoptedClusterData)
        : create(`${name}-cluster-data`, args, self.parent);
    }

    function adopt(key: string, bucket: string): BucketHandle {
      const found = s3.getBucketOutput({ bucket }, self).apply((facts) => {
        if (facts.bucketRegion === args.region) return facts;
        throw quietError(
          `storage.adoptBuckets.${key}: bucket ${bucket} lies in ${facts.bucketRegion}, not in ${args.region}`,
        );
      });
      return { bucketName: found.apply(() => bucket), arn: found.apply(({ arn }) => arn) };
    }

    function allowWriting(role: NodeRole, buckets: readonly BucketHandle[]): iam.RolePolicy {
      const policy = pulumi
        .all([dnsSuffix, pulumi.all(buckets.map(({ arn }) => arn))])
        .apply(([suffix, arns]) => policyDocument(bucketWriter(arns, { ...args, dnsSuffix: suffix })));
      return new iam.RolePolicy(`${name}-${role}`, { role: args.writers[role], policy }, self);
    }
  }
}

/** What is wrong with the arguments on AWS. */
export function validateAwsObjectStore(name: string, args: ObjectStoreArgs): Problem[] {
  const problems = keyProblems(args.kmsKeyId, args.region, "encryption.keyId");
  const longest = `${name}-cluster-data`;
  if (longest.length > longestLogicalName || !/^[a-z0-9-]+$/.test(name)) {
    const reason = `bucket names are made of it: at most ${longestLogicalName - "-cluster-data".length} lower-case characters`;
    problems.push({ path: "name", reason });
  }
  return problems;
}

/** A bucket with everything that keeps it private. All of it is kept on destroy: a kept bucket stays as safe as it was. */
function create(name: string, args: ObjectStoreArgs, parent: pulumi.Resource): BucketHandle {
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
  // Both calls change who may reach the bucket; at the same time they can answer each other with a conflict.
  new s3.BucketPolicy(
    name,
    { ...on, policy: bucket.arn.apply((arn) => policyDocument(tlsOnly(arn))) },
    { ...kept, dependsOn: [accessBlock] },
  );
  const versioning = new s3.BucketVersioning(name, { ...on, versioningConfiguration: { status: "Enabled" } }, kept);
  const encryption = args.kmsKeyId
    ? { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.kmsKeyId }
    : { sseAlgorithm: "AES256" };
  new s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      ...on,
      rules: [{ applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: args.kmsKeyId !== undefined }],
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
