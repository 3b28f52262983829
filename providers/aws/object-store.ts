/**
 * ObjectStore on AWS: a private bucket for recordings and, where asked for, one for observability data, created or adopted.
 * Guarantees for what it creates: no public access, TLS only, encrypted, versioned, and kept with all of its settings on
 * destroy. Adopted buckets are not touched. Nodes have access by their role; there is no key. The cluster's own objects are
 * the masters' alone: backups hold every credential, and masters run the programs as root.
 */
import * as pulumi from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import { type Problem, throwIfAny } from "../../components/errors";
import { type ObjectStore, type ObjectStoreArgs, objectStoreToken } from "../../components/object-store";
import type { NodeRole } from "../../openvidu/editions";
import { standardTags } from "../../components/tags";
import { adoptBucket, type BucketHandle, createBucket, longestBucketName } from "./bucket";
import { bucketWriter, offLimits, policyDocument } from "./policies";
import { keyProblems, partitionOf } from "./support";

/** Below it lie the cluster's own objects, apart from what OpenVidu keeps in the same bucket. */
const ownPrefix = "openvidu-node/";

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
    const appData = bucketOf("appData", adoptedAppData, `${name}-app-data`);
    const clusterData = args.keepsClusterData
      ? bucketOf("clusterData", adoptedClusterData, `${name}-cluster-data`)
      : undefined;
    // The cluster's own objects: not among recordings that others may read, where there is another bucket.
    const own = clusterData ?? appData;
    const amongRecordings = own === appData || (adoptedAppData !== undefined && adoptedAppData === adoptedClusterData);
    const masterGrant = allowWriting("master", clusterData ? [appData, clusterData] : [appData]);
    const mediaGrant = allowWriting("media", [appData], amongRecordings ? [own] : []);

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

    function bucketOf(key: "appData" | "clusterData", adopted: string | undefined, part: string): BucketHandle {
      const path = `storage.adoptBuckets.${key}`;
      return adopted ? adoptBucket(path, adopted, args.region, self.parent) : createBucket(part, args, self.parent);
    }

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

    /** `withheld` are buckets of which the role may not touch the cluster's own objects. */
    function allowWriting(
      role: NodeRole,
      buckets: readonly BucketHandle[],
      withheld: readonly BucketHandle[] = [],
    ): iam.RolePolicy {
      const arnsOf = (which: readonly BucketHandle[]) => pulumi.all(which.map(({ arn }) => arn));
      const policy = pulumi
        .all([dnsSuffix, arnsOf(buckets), arnsOf(withheld)])
        .apply(([suffix, arns, withheldArns]) =>
          policyDocument([
            ...bucketWriter(arns, { ...args, dnsSuffix: suffix }),
            ...withheldArns.map((arn) => offLimits(arn, ownPrefix)),
          ]),
        );
      return new iam.RolePolicy(`${name}-${role}`, { role: args.writers[role], policy }, self);
    }
  }
}

/** What is wrong with the arguments on AWS. */
export function validateAwsObjectStore(name: string, args: ObjectStoreArgs): Problem[] {
  const problems = keyProblems(args.kmsKeyId, args.region, "encryption.keyId");
  const longest = `${name}-cluster-data`;
  if (longest.length > longestBucketName || !/^[a-z0-9-]+$/.test(name)) {
    const reason = `bucket names are made of it: at most ${longestBucketName - "-cluster-data".length} lower-case characters`;
    problems.push({ path: "name", reason });
  }
  return problems;
}
