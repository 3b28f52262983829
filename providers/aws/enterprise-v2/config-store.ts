/**
 * ConfigStore on AWS: one bucket for settings and recordings, created or adopted.
 * Guarantees for what it creates: no public access, TLS only, encrypted by KMS, versioned, and kept on destroy; where
 * readers are named, nobody but them and the masters reads the settings.
 */
import * as pulumi from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import {
  type ConfigStore,
  type ConfigStoreArgs,
  configStoreToken,
} from "../../../components/enterprise-v2/config-store";
import { quietError, throwIfAny } from "../../../components/errors";
import { settingsObject } from "../../../openvidu/enterprise-v2";
import { adoptBucket, type BucketHandle, createBucket } from "../bucket";
import { matchesArn, policyDocument, readersOnly, settingsWriter, type Statement } from "../policies";
import { consoleUrl } from "../regions";
import { callerOf, keyProblems, partitionOf } from "../support";

export class AwsConfigStore extends pulumi.ComponentResource implements ConfigStore {
  public readonly bucketName: pulumi.Output<string>;
  public readonly consoleUrl: pulumi.Output<string>;
  public readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: ConfigStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(configStoreToken, name, {}, opts);
    throwIfAny(`config store "${name}"`, keyProblems(args.kmsKeyId, args.region, "encryption.keyId"));

    const self = { parent: this };
    const { partition, dnsSuffix } = partitionOf(this);
    const bucket = args.adoptBucket
      ? adoptBucket("storage.bucket", args.adoptBucket, args.region, this)
      : createBucket(
          name,
          { ...args, plainEncryption: "aws:kms", ...(args.readerArns.length > 0 && { moreRules: limitReaders }) },
          this,
        );

    this.bucketName = bucket.bucketName;
    this.consoleUrl = pulumi
      .all([partition, bucket.bucketName])
      .apply(([where, id]) =>
        consoleUrl(where, args.region, `s3/object/${id}?region=${args.region}&prefix=${settingsObject}`),
      );
    this.grants = [allowWriting(bucket)];
    this.registerOutputs({ bucketName: this.bucketName, consoleUrl: this.consoleUrl });

    /** Whoever deploys has to be among the readers, as with every other secret of the project. */
    function limitReaders(bucketArn: string): pulumi.Output<Statement[]> {
      const caller = callerOf(self.parent);
      const deployer = iam.getSessionContextOutput({ arn: caller.arn }, self).issuerArn;
      return pulumi
        .all([partition, caller.accountId, args.writer, deployer])
        .apply(([where, account, writer, whoDeploys]) => {
          const own = `arn:${where}:iam::${account}`;
          const readers = [`${own}:role/${writer}`, `${own}:root`, ...args.readerArns];
          if (!readers.some((pattern) => matchesArn(pattern, whoDeploys))) {
            throw quietError(
              `access.credentialReaders: ${whoDeploys} deploys this stack and has to be among them; add it, or a pattern that covers it`,
            );
          }
          return readersOnly(readers, { Action: "s3:GetObject*", Resource: `${bucketArn}/${settingsObject}` });
        });
    }

    function allowWriting({ arn }: BucketHandle): iam.RolePolicy {
      const policy = pulumi
        .all([dnsSuffix, arn])
        .apply(([suffix, bucketArn]) => policyDocument(settingsWriter(bucketArn, { ...args, dnsSuffix: suffix })));
      return new iam.RolePolicy(name, { role: args.writer, policy }, self);
    }
  }
}
