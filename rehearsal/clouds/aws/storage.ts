/**
 * Simulated S3 buckets with their settings, and EBS volumes.
 */
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { isMissing } from "../existing";
import { given, hexDigits, number, problems, record, records, text } from "../values";
import { arn, common, ec2Id, kmsProblem, ownById, partitionOf, refusal, regionOf, tagged, zonesOf } from "./account";
import { creationTime, policyProblem } from "./identity";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
const bucketType = "aws:s3/bucket:Bucket";
export const volumeType = "aws:ebs/volume:Volume";
const objectType = "aws:s3/bucketObjectv2:BucketObjectv2";
const versioningType = "aws:s3/bucketVersioning:BucketVersioning";

/** Source: S3 user guide, "Bucket naming rules". */
export const bucketName =
  /^(?!xn--)(?!sthree-)(?!.*-s3alias$)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/;

/** What is in a bucket, as far as the stack put it there, and the bucket's settings. */
function partsOf({ id }: LiveResource, world: World): readonly LiveResource[] {
  return world.resources.filter(({ type, inputs }) => type.startsWith("aws:s3/bucket") && inputs.bucket === id);
}

function bucketUse(resource: LiveResource, world: World): string[] {
  const filled = partsOf(resource, world).some(({ type }) => type === objectType);
  if (resource.inputs.forceDestroy === true || !filled) return [];
  const versioned = world
    .ofType(versioningType)
    .some(({ inputs }) => inputs.bucket === resource.id && versioningStatus(inputs) !== "Disabled");
  const says = "The bucket you tried to delete is not empty";
  const every = ". You must delete all versions in the bucket.";
  return [refusal("S3", "DeleteBucket", "BucketNotEmpty", versioned ? says + every : says)];
}

const bucket: ResourceModel = {
  required: [],
  source: `${tf}/s3/bucket.go; S3 user guide, "Bucket naming rules"; S3 API error responses; cloud-facts-aws 9`,
  naming: { input: "bucket", auto: "suffix7", minLength: 3, maxLength: 63, pattern: bucketName },
  defaults: { forceDestroy: false },
  forcesReplacement: ["bucket", "bucketPrefix", "objectLockEnabled", "bucketNamespace", "region"],
  recomputed: tagged,
  checkDelete: bucketUse,
  takesAlong: partsOf,
  check(inputs, world) {
    const name = text(inputs.bucket);
    const twin = world.ofType(bucketType).some((other) => name !== "" && other.inputs.bucket === name);
    const says = "Your previous request to create the named bucket succeeded and you already own it.";
    return problems(twin && refusal("S3", "CreateBucket", "BucketAlreadyOwnedByYou", says));
  },
  create(inputs, world) {
    const name = text(inputs.bucket);
    const region = regionOf(inputs, world);
    const { partition, dnsSuffix } = partitionOf(region);
    return {
      id: name,
      outputs: {
        ...common(inputs, world),
        bucket: name,
        arn: `arn:${partition}:s3:::${name}`,
        bucketDomainName: `${name}.s3.${dnsSuffix}`,
        bucketRegionalDomainName: `${name}.s3.${region}.${dnsSuffix}`,
        bucketRegion: region,
      },
    };
  },
};

/** Buckets can be adopted, so a name that the stack did not create counts as existing unless it cannot be one. */
function bucketProblem(operation: string, inputs: Properties, world: World): string | undefined {
  const name = text(inputs.bucket);
  const exists = ownById(world, bucketType, name) !== undefined || (bucketName.test(name) && !isMissing(world, name));
  return exists ? undefined : refusal("S3", operation, "NoSuchBucket", "The specified bucket does not exist");
}

interface BucketSetting {
  readonly required: readonly string[];
  readonly operation: string;
  /** Whether the setting has the (deprecated) input for the bucket's owner. */
  readonly namesOwner?: boolean;
  readonly check?: (inputs: Properties, world: World) => string[];
  readonly checkUpdate?: ResourceModel["checkUpdate"];
}

function bucketSetting(file: string, setting: BucketSetting): ResourceModel {
  const { required, operation, namesOwner, check, checkUpdate } = setting;
  return {
    required,
    source: `${tf}/s3/${file}; S3 ${operation} API reference`,
    forcesReplacement: ["bucket", "region", ...(namesOwner ? ["expectedBucketOwner"] : [])],
    check: (inputs, world) => problems(bucketProblem(operation, inputs, world), check?.(inputs, world)),
    ...(checkUpdate && { checkUpdate }),
    create: (inputs, world) => ({ id: text(inputs.bucket), outputs: { region: regionOf(inputs, world) } }),
  };
}

const versioningStatus = (inputs: Properties): string => text(record(inputs.versioningConfiguration).status);

function encryptionProblems(inputs: Properties, world: World): string[] {
  return records(inputs.rules).flatMap((rule) => {
    const settings = record(rule.applyServerSideEncryptionByDefault);
    const algorithm = text(settings.sseAlgorithm);
    const kms = kmsProblem(settings.kmsMasterKeyId, regionOf(inputs, world));
    return problems(
      Object.keys(settings).length > 0 &&
        !["AES256", "aws:kms", "aws:kms:dsse"].includes(algorithm) &&
        `expected rule.0.apply_server_side_encryption_by_default.0.sse_algorithm to be one of ["AES256" "aws:kms" "aws:kms:dsse"], got ${algorithm}`,
      given(settings.kmsMasterKeyId) &&
        algorithm === "AES256" &&
        refusal(
          "S3",
          "PutBucketEncryption",
          "InvalidArgument",
          "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        ),
      kms && refusal("S3", "PutBucketEncryption", "KMS.NotFoundException", kms),
    );
  });
}

function lifecycleProblems(inputs: Properties): string[] {
  const rules = records(inputs.rules);
  const ids = rules.map((rule) => text(rule.id));
  return problems(
    new Set(ids).size !== ids.length &&
      refusal(
        "S3",
        "PutBucketLifecycleConfiguration",
        "InvalidArgument",
        "Rule ID must be unique. Found same ID for more than one rule",
      ),
    rules.flatMap((rule) => {
      const { status } = rule;
      const actions = [
        "expiration",
        "noncurrentVersionExpiration",
        "abortIncompleteMultipartUpload",
        "transitions",
        "noncurrentVersionTransitions",
      ];
      return problems(
        status !== "Enabled" &&
          status !== "Disabled" &&
          `Attribute rule[0].status value must be one of: ["Enabled" "Disabled"], got: "${text(status)}"`,
        !actions.some((action) => given(rule[action])) &&
          refusal(
            "S3",
            "PutBucketLifecycleConfiguration",
            "InvalidRequest",
            "At least one action needs to be specified in a rule",
          ),
      );
    }),
  );
}

const volume: ResourceModel = {
  required: ["availabilityZone"],
  source: `${tf}/ec2/ebs_volume.go; EC2 CreateVolume, ModifyVolume, DeleteVolume API references; cloud-facts-aws 11`,
  defaults: { type: "gp2", finalSnapshot: false },
  forcesReplacement: [
    "availabilityZone",
    "encrypted",
    "kmsKeyId",
    "snapshotId",
    "outpostArn",
    "multiAttachEnabled",
    "region",
  ],
  recomputed: ["iops", "throughput", ...tagged],
  inUse: {
    by: ["aws:ec2/volumeAttachment:VolumeAttachment"],
    says: ({ id }, [user]) => {
      const says = `Volume ${id} is currently attached to ${text(user?.inputs.instanceId)}`;
      return refusal("EC2", "DeleteVolume", "VolumeInUse", says);
    },
  },
  checkUpdate: (olds, news) => problems(shrinking(olds.size, news.size)),
  check(inputs, world) {
    const region = regionOf(inputs, world);
    const zone = text(inputs.availabilityZone);
    const [size, iops, throughput] = [number(inputs.size), number(inputs.iops), number(inputs.throughput)];
    const type = text(inputs.type) || "gp2";
    const kms = kmsProblem(inputs.kmsKeyId, region);
    const refuse = (code: string, says: string): string => refusal("EC2", "CreateVolume", code, says);
    return problems(
      !zonesOf(region).includes(zone) && refuse("InvalidZone.NotFound", `The zone '${zone}' does not exist.`),
      size === undefined && !given(inputs.snapshotId) && '"size": one of `size,snapshot_id` must be specified',
      volumeLimits({ type, size, iops, throughput }).map((says) => refuse("InvalidParameterValue", says)),
      given(inputs.kmsKeyId) &&
        inputs.encrypted !== true &&
        '"kms_key_id": all of `encrypted,kms_key_id` must be specified',
      kms && refuse("InvalidParameterValue", kms),
    );
  },
  create(inputs, world, { urn }) {
    const id = ec2Id("vol", world, urn);
    const region = regionOf(inputs, world);
    const gp3 =
      inputs.type === "gp3" ? { iops: number(inputs.iops) ?? 3000, throughput: number(inputs.throughput) ?? 125 } : {};
    return {
      id,
      outputs: { ...gp3, ...common(inputs, world), arn: arn("ec2", region, `volume/${id}`), createTime: creationTime },
    };
  },
};

/** Volumes only grow. Source: EC2 ModifyVolume API reference. */
export function shrinking(old: Json, now: Json): string | undefined {
  const [before, after] = [number(old), number(now)];
  if (before === undefined || after === undefined || after >= before) return undefined;
  const says = "New size cannot be smaller than existing size";
  return refusal("EC2", "ModifyVolume", "InvalidParameterValue", says);
}

export interface VolumeShape {
  readonly type: string;
  readonly size?: number | undefined;
  readonly iops?: number | undefined;
  readonly throughput?: number | undefined;
}

/** Sizes in GiB, IOPS and MiB/s that the volume types allow. Source: EC2 CreateVolume; cloud-facts-aws 11. */
export function volumeLimits({ type, size, iops, throughput }: VolumeShape): string[] {
  const most = type === "gp3" ? 65536 : 16384;
  const gp3 = type === "gp3";
  const within = (value: number | undefined, low: number, high: number): boolean =>
    value === undefined || (value >= low && value <= high);
  return problems(
    !within(size, 1, most) &&
      `Volume of ${size}GiB is ${size! > most ? "too large" : "too small"} for volume type ${type}; ${size! > most ? `maximum is ${most}` : "minimum is 1"}GiB.`,
    gp3 &&
      !within(iops, 3000, 80000) &&
      `Volume iops of ${iops} is ${iops! > 80000 ? "too high; maximum is 80000" : "too low; minimum is 3000"}.`,
    gp3 &&
      !within(throughput, 125, 2000) &&
      `Throughput (MiBps) of ${throughput} is ${throughput! > 2000 ? "too high; maximum is 2000" : "too low; minimum is 125"}.`,
    gp3 &&
      size !== undefined &&
      iops !== undefined &&
      iops > Math.max(3000, size * 500) &&
      "Iops to volume size ratio is too high; maximum is 500",
    type === "gp2" && iops !== undefined && "The parameter iops is not supported for gp2 volumes.",
    !gp3 && throughput !== undefined && `The parameter throughput is not supported for ${type} volumes.`,
  );
}

/** S3 and EBS. */
export const storage: Readonly<Record<string, ResourceModel>> = {
  [bucketType]: bucket,
  [versioningType]: bucketSetting("bucket_versioning.go", {
    required: ["bucket", "versioningConfiguration"],
    operation: "PutBucketVersioning",
    namesOwner: true,
    check(inputs) {
      const status = versioningStatus(inputs);
      return ["Enabled", "Suspended", "Disabled"].includes(status)
        ? []
        : [`expected versioning_configuration.0.status to be one of ["Enabled" "Suspended" "Disabled"], got ${status}`];
    },
    checkUpdate(olds, news) {
      const [old, now] = [versioningStatus(olds), versioningStatus(news)];
      return old !== "Disabled" && now === "Disabled"
        ? [`versioning_configuration.status cannot be updated from '${old}' to '${now}'`]
        : [];
    },
  }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSetting(
    "bucket_server_side_encryption_configuration.go",
    { required: ["bucket", "rules"], operation: "PutBucketEncryption", namesOwner: true, check: encryptionProblems },
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSetting(
    "bucket_lifecycle_configuration.go",
    {
      required: ["bucket"],
      operation: "PutBucketLifecycleConfiguration",
      namesOwner: true,
      check: lifecycleProblems,
    },
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSetting("bucket_public_access_block.go", {
    required: ["bucket"],
    operation: "PutPublicAccessBlock",
  }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSetting("bucket_ownership_controls.go", {
    required: ["bucket", "rule"],
    operation: "PutBucketOwnershipControls",
  }),
  "aws:s3/bucketPolicy:BucketPolicy": bucketSetting("bucket_policy.go", {
    required: ["bucket", "policy"],
    operation: "PutBucketPolicy",
    check: (inputs) => problems(policyProblem("S3", "PutBucketPolicy", "policy", inputs.policy)),
  }),
  [objectType]: {
    required: ["bucket"],
    source: `${tf}/s3/object.go; S3 PutObject API reference`,
    forcesReplacement: ["bucket", "key", "region"],
    recomputed: ["etag", "versionId", ...tagged],
    check: (inputs, world) =>
      problems(
        bucketProblem("PutObject", inputs, world),
        Buffer.byteLength(text(inputs.key)) > 1024 &&
          refusal("S3", "PutObject", "KeyTooLongError", "Your key is too long"),
      ),
    create(inputs, world) {
      const id = `${text(inputs.bucket)}/${text(inputs.key)}`;
      const content = text(inputs.content) || text(inputs.contentBase64) || text(inputs.sourceHash);
      const versionId = world.random(`${id} ${content}`, 32, `${hexDigits}_ghijkl`);
      return {
        id,
        outputs: { ...common(inputs, world), etag: world.random(content, 32, hexDigits), versionId },
      };
    },
  },
  [volumeType]: volume,
};
