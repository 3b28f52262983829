/**
 * The IAM and resource policies of the nodes, as pure functions: every allowed action is used by a script in nodes/ or
 * by a service on the machine, and every resource is named.
 * Sources: reference/aws-reference.md 3, reference/cloud-facts-aws.md 3, 7 and 9.
 */

import { clusterLabel } from "../../components/tags";
import { recordingsPrefix, settingsObject } from "../../openvidu/enterprise-v2";

/** One statement of a policy document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: string | Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document in the form that AWS takes. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Who may take on a node's role: machines. `dnsSuffix` is the partition's. */
export function machineTrust(dnsSuffix: string): Statement[] {
  return [{ Effect: "Allow", Principal: { Service: `ec2.${dnsSuffix}` }, Action: "sts:AssumeRole" }];
}

/** A customer-managed key that may be used through one service only. */
interface KeyUse {
  /** ARN of the key, or nothing where the service's own key is used, which needs no grant. */
  readonly kmsKeyId?: string;
  readonly region: string;
  readonly dnsSuffix: string;
}

function keyStatements(
  { kmsKeyId, region, dnsSuffix }: KeyUse,
  service: string,
  actions: readonly string[],
): Statement[] {
  if (kmsKeyId === undefined) return [];
  const condition = { StringEquals: { "kms:ViaService": `${service}.${region}.${dnsSuffix}` } };
  return [{ Effect: "Allow", Action: actions, Resource: kmsKeyId, Condition: condition }];
}

/** A node asks which version of its bundle there is, and reads it. */
export function secretReader(secretArn: string, key: KeyUse): Statement[] {
  return [
    {
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      Resource: secretArn,
    },
    ...keyStatements(key, "secretsmanager", ["kms:Decrypt"]),
  ];
}

/**
 * Nobody but these principals reads a secret (or what else is named), whatever else the account's policies allow. It denies reading alone:
 * whoever may manage the secret's policy still may, so that nobody can lock themselves out of it.
 */
export function readersOnly(
  readerArns: readonly string[],
  what: Pick<Statement, "Action" | "Resource"> = { Action: "secretsmanager:GetSecretValue", Resource: "*" },
): Statement[] {
  return [
    {
      Sid: "OnlyNodesAndDeployersRead",
      Effect: "Deny",
      Principal: "*",
      ...what,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": [...readerArns].sort() } },
    },
  ];
}

/** Whether an ARN is covered by a pattern in which `*` stands for any text, as IAM compares them. */
export function matchesArn(pattern: string, arn: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(arn);
}

/** A node reads and writes the objects of these buckets. */
export function bucketWriter(bucketArns: readonly string[], key: KeyUse): Statement[] {
  return [
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: bucketArns },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: bucketArns.map((arn) => `${arn}/*`),
    },
    ...keyStatements(key, "s3", ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** A node that may use a bucket's objects may not use those below a prefix, whatever else allows it. */
export function offLimits(bucketArn: string, prefix: string): Statement {
  return { Sid: "NotTheClustersOwn", Effect: "Deny", Action: "s3:*", Resource: `${bucketArn}/${prefix}*` };
}

/** Nobody reaches a bucket without TLS. */
export function tlsOnly(bucketArn: string): Statement[] {
  return [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}

/** Where an Auto Scaling group is. */
interface GroupPlace {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly groupName: string;
}

/**
 * A media node completes its own lifecycle hooks and keeps them open, and reports itself as broken. No condition key limits these calls to the
 * caller's own instance (cloud-facts-aws 3): a node could complete the hook of another one of the same group.
 */
export function lifecycleWorker({ partition, region, accountId, groupName }: GroupPlace): Statement[] {
  return [
    {
      Effect: "Allow",
      Action: [
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:RecordLifecycleActionHeartbeat",
        "autoscaling:SetInstanceHealth",
      ],
      // The wildcard stands for the group's UUID, which only exists with the group; the name is exact.
      Resource: `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`,
    },
  ];
}

/** The masters of Enterprise v2 keep their settings, and apart from them their recordings, in a bucket (reference B.4, B.6). */
export function settingsWriter(bucketArn: string, key: KeyUse): Statement[] {
  return [
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: bucketArn },
    {
      Sid: "Settings",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${bucketArn}/${settingsObject}`,
    },
    {
      Sid: "Recordings",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: `${bucketArn}/${recordingsPrefix}*`,
    },
    ...keyStatements(key, "s3", ["kms:Decrypt", "kms:GenerateDataKey"]),
  ];
}

/** The masters of Enterprise v2 take messages out of their queue. */
export function queueReader(queueArn: string): Statement[] {
  return [
    {
      Effect: "Allow",
      Action: [
        "sqs:GetQueueUrl",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
      ],
      Resource: queueArn,
    },
  ];
}

/** Whom a queue takes messages from: these rules of EventBridge, and over TLS only. */
export function queueSenders(queueArn: string, ruleArns: readonly string[]): Statement[] {
  return [
    {
      Sid: "Events",
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": ruleArns } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}

/** Whose machines the masters of Enterprise v2 manage. */
interface ManagedGroups extends Omit<GroupPlace, "groupName"> {
  readonly masterGroupName: string;
  readonly mediaGroupName: string;
  /** Value of the label that says whose the machines are. */
  readonly cluster: string;
}

/**
 * The masters of Enterprise v2 look at machines and groups, label the cluster's own machines, protect and release them, and
 * say that one is not well. Only reading has no narrower scope than the account. Source: reference B.3 (master role).
 * `LetGo` is not among the vendor's rights, and 2.32 makes no use of it: it is there for a person on a master, or a later
 * release, that ends the hold of a node which is empty.
 */
export function groupManager(groups: ManagedGroups): Statement[] {
  const { partition, region, accountId, masterGroupName, mediaGroupName, cluster } = groups;
  const groupArn = (name: string): string =>
    `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`;
  return [
    {
      Sid: "Look",
      Effect: "Allow",
      Action: ["ec2:Describe*", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeAutoScalingGroups"],
      Resource: "*",
    },
    {
      Sid: "Label",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: `arn:${partition}:ec2:${region}:${accountId}:instance/*`,
      Condition: { StringEquals: { [`aws:ResourceTag/${clusterLabel}`]: cluster } },
    },
    {
      Sid: "Release",
      Effect: "Allow",
      Action: ["autoscaling:SetInstanceHealth", "autoscaling:SetInstanceProtection"],
      Resource: [groupArn(masterGroupName), groupArn(mediaGroupName)],
    },
    {
      Sid: "LetGo",
      Effect: "Allow",
      Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      Resource: groupArn(mediaGroupName),
    },
  ];
}
