import assert from "node:assert/strict";
import {
  bucketWriter,
  lifecycleWorker,
  machineTrust,
  policyDocument,
  matchesArn,
  offLimits,
  readersOnly,
  secretReader,
  type Statement,
  tlsOnly,
} from "../../../providers/aws/policies";

const key = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d";
const plain = { region: "eu-west-1", dnsSuffix: "amazonaws.com" };
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;
const actions = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => [...list(Action)]).sort();

describe("policies of the nodes", () => {
  it("let a node read exactly its own secret", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openvidu-secrets-media-1a2b3c4-AbCdEf";
    assert.deepEqual(secretReader(secret, plain), [
      {
        Effect: "Allow",
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        Resource: secret,
      },
    ]);
  });

  it("let a node use a customer's key through the one service that needs it, in every partition", () => {
    const [, grant] = secretReader("arn:secret", {
      region: "cn-north-1",
      dnsSuffix: "amazonaws.com.cn",
      kmsKeyId: key,
    });
    assert.deepEqual(grant, {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: key,
      Condition: { StringEquals: { "kms:ViaService": "secretsmanager.cn-north-1.amazonaws.com.cn" } },
    });
    const onBuckets = bucketWriter(["arn:b"], { ...plain, kmsKeyId: key }).at(-1);
    assert.deepEqual(onBuckets?.Condition, { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } });
    assert.deepEqual(onBuckets.Action, ["kms:Decrypt", "kms:GenerateDataKey"]);
  });

  it("let a node use the objects of its buckets, and nothing of the bucket but its list and place", () => {
    assert.deepEqual(bucketWriter(["arn:aws:s3:::one", "arn:aws:s3:::two"], plain), [
      {
        Effect: "Allow",
        Action: ["s3:ListBucket", "s3:GetBucketLocation"],
        Resource: ["arn:aws:s3:::one", "arn:aws:s3:::two"],
      },
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
        Resource: ["arn:aws:s3:::one/*", "arn:aws:s3:::two/*"],
      },
    ]);
  });

  it("keep a node away from what lies below a prefix, and from nothing else", () => {
    const { Effect, Action, Resource } = offLimits("arn:aws:s3:::one", "own/");
    assert.deepEqual([Effect, Action, Resource], ["Deny", "s3:*", "arn:aws:s3:::one/own/*"]);
  });

  it("let a media node speak about its own group's hooks and health only", () => {
    const place = {
      partition: "aws-cn",
      region: "cn-north-1",
      accountId: "123456789012",
      groupName: "openvidu-dev-media",
    };
    const statements = lifecycleWorker(place);
    assert.deepEqual(actions(statements), [
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "autoscaling:SetInstanceHealth",
    ]);
    assert.equal(
      statements[0]?.Resource,
      "arn:aws-cn:autoscaling:cn-north-1:123456789012:autoScalingGroup:*:autoScalingGroupName/openvidu-dev-media",
    );
  });

  it("never allow a wildcard action or all resources (AWS-S-9)", () => {
    const place = { partition: "aws", region: "eu-west-1", accountId: "1", groupName: "g" };
    const allowed = [
      ...secretReader("arn:s", { ...plain, kmsKeyId: key }),
      ...bucketWriter(["arn:b"], { ...plain, kmsKeyId: key }),
      ...lifecycleWorker(place),
    ];
    for (const statement of allowed) {
      for (const action of list(statement.Action)) assert.doesNotMatch(action, /\*/);
      for (const resource of list(statement.Resource)) assert.notEqual(resource, "*");
    }
  });

  it("are taken on by machines of the partition", () => {
    assert.deepEqual(machineTrust("amazonaws.com.cn"), [
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com.cn" }, Action: "sts:AssumeRole" },
    ]);
  });
});

describe("policies of the stores", () => {
  it("know a deployer among the readers as IAM does: `*` is any text, everything else stands for itself", () => {
    const deployer = "arn:aws:iam::123456789012:role/team.video/deploy";
    assert.ok(matchesArn(deployer, deployer));
    assert.ok(matchesArn("arn:aws:iam::123456789012:role/team.*", deployer));
    assert.ok(matchesArn("arn:aws:iam::*:role/*/deploy", deployer));
    assert.ok(!matchesArn("arn:aws:iam::123456789012:role/team-video/deploy", deployer));
    assert.ok(!matchesArn("arn:aws:iam::123456789012:role/teamXvideo/*", deployer));
    assert.ok(!matchesArn("arn:aws:iam::123456789012:role/team.video", deployer));
    assert.ok(!matchesArn(deployer, deployer.replace(".", "X")), "a dot is no wildcard");
  });

  it("deny reading a secret to everybody else, and deny nothing else, so that nobody is locked out (AWS-S-15)", () => {
    const [statement, ...more] = readersOnly(["arn:b", "arn:a"]);
    assert.deepEqual(more, []);
    assert.equal(statement?.Effect, "Deny");
    assert.equal(statement.Principal, "*");
    assert.equal(statement.Action, "secretsmanager:GetSecretValue");
    assert.deepEqual(statement.Condition, { ArnNotEquals: { "aws:PrincipalArn": ["arn:a", "arn:b"] } });
  });

  it("refuse a bucket's use without TLS, objects and bucket alike (AWS-S-11)", () => {
    const [statement] = tlsOnly("arn:aws:s3:::one");
    assert.equal(statement?.Effect, "Deny");
    assert.deepEqual(statement.Resource, ["arn:aws:s3:::one", "arn:aws:s3:::one/*"]);
    assert.deepEqual(statement.Condition, { Bool: { "aws:SecureTransport": "false" } });
  });

  it("are documents of the current policy language", () => {
    assert.deepEqual(JSON.parse(policyDocument(tlsOnly("arn:b"))), {
      Version: "2012-10-17",
      Statement: tlsOnly("arn:b"),
    });
  });
});
