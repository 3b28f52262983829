/**
 * SecretStore on AWS: one Secrets Manager secret per kind of node.
 * Guarantees: each role can read exactly its own secret; where readers are named, nobody else in the account can read
 * it either; nodes write nothing; a deleted secret can be recovered for some days.
 */
import * as pulumi from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import { type Problem, quietError, throwIfAny } from "../../components/errors";
import { type SecretStore, type SecretStoreArgs, secretStoreToken } from "../../components/secret-store";
import type { NodeRole } from "../../openvidu/editions";
import { matchesArn, policyDocument, readersOnly, secretReader } from "./policies";
import { consoleUrl } from "./regions";
import { callerOf, keyProblems, named, partitionOf } from "./support";

/** Limits of Secrets Manager. Source: reference/cloud-facts-aws.md 6. */
const sizeLimitBytes = 65536;
const recoveryDays = { least: 7, most: 30 };

export class AwsSecretStore extends pulumi.ComponentResource implements SecretStore {
  public readonly bundleIds: Readonly<Record<NodeRole, pulumi.Output<string>>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  public readonly consoleUrl: pulumi.Output<string>;

  constructor(name: string, args: SecretStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(secretStoreToken, name, {}, opts);
    throwIfAny(`secret store "${name}"`, validateAwsSecretStore(args));

    const self = { parent: this };
    const { partition, dnsSuffix } = partitionOf(this);
    const stored = { master: store("master"), media: store("media") } satisfies Record<NodeRole, unknown>;

    this.bundleIds = { master: stored.master.id, media: stored.media.id };
    this.grants = { master: stored.master.grants, media: stored.media.grants };
    this.consoleUrl = pulumi
      .all([partition, stored.master.secretName])
      .apply(([where, secretName]) =>
        consoleUrl(
          where,
          args.region,
          `secretsmanager/secret?name=${encodeURIComponent(secretName)}&region=${args.region}`,
        ),
      );
    this.registerOutputs({ bundleIds: this.bundleIds, consoleUrl: this.consoleUrl });

    function store(role: NodeRole): Stored {
      const part = `${name}-${role}`;
      const secret = new secretsmanager.Secret(
        part,
        {
          description: `What OpenVidu ${role} nodes read at boot`,
          kmsKeyId: args.kmsKeyId,
          recoveryWindowInDays: args.recoveryDays,
          tags: named(args.tags, part),
        },
        { ...self, protect: args.deletionProtection },
      );
      const policy = args.readerArns.length > 0 ? [limitReaders(part, role, secret)] : [];
      const version = new secretsmanager.SecretVersion(
        part,
        { secretId: secret.id, secretString: pulumi.secret(bundleText(role)) },
        // The provider reads back what it writes: whoever deploys has to be among the readers first.
        { ...self, dependsOn: policy },
      );
      const grant = allowReading(part, role, secret);
      return { id: secret.arn, secretName: secret.name, grants: [version, grant] };
    }

    function bundleText(role: NodeRole): pulumi.Output<string> {
      return pulumi.output(args.bundles[role]).apply((bundle) => {
        const text = JSON.stringify(bundle);
        const bytes = Buffer.byteLength(text);
        if (bytes <= sizeLimitBytes) return text;
        throw quietError(`the ${role} nodes' secret has ${bytes} bytes; Secrets Manager takes ${sizeLimitBytes}`);
      });
    }

    function limitReaders(part: string, role: NodeRole, secret: secretsmanager.Secret): secretsmanager.SecretPolicy {
      const caller = callerOf(self.parent);
      // A session's ARN leaves out the path of its role; the policy compares with the role's own ARN.
      const deployer = iam.getSessionContextOutput({ arn: caller.arn }, self).issuerArn;
      const policy = pulumi
        .all([partition, caller.accountId, args.readers[role], deployer])
        .apply(([where, account, reader, whoDeploys]) => {
          const own = `arn:${where}:iam::${account}`;
          const readers = [`${own}:role/${reader}`, `${own}:root`, ...args.readerArns];
          if (readers.some((pattern) => matchesArn(pattern, whoDeploys))) return policyDocument(readersOnly(readers));
          throw quietError(
            `access.credentialReaders: ${whoDeploys} deploys this stack and has to be among them; add it, or a pattern that covers it`,
          );
        });
      return new secretsmanager.SecretPolicy(part, { secretArn: secret.arn, policy, blockPublicPolicy: true }, self);
    }

    function allowReading(part: string, role: NodeRole, secret: secretsmanager.Secret): iam.RolePolicy {
      const policy = pulumi
        .all([secret.arn, dnsSuffix])
        .apply(([arn, suffix]) => policyDocument(secretReader(arn, { ...args, dnsSuffix: suffix })));
      return new iam.RolePolicy(part, { role: args.readers[role], policy }, self);
    }
  }
}

interface Stored {
  readonly id: pulumi.Output<string>;
  readonly secretName: pulumi.Output<string>;
  readonly grants: readonly pulumi.Resource[];
}

/** What is wrong with the arguments on AWS. */
export function validateAwsSecretStore(args: SecretStoreArgs): Problem[] {
  const problems = keyProblems(args.kmsKeyId, args.region, "encryption.keyId");
  if (args.recoveryDays < recoveryDays.least || args.recoveryDays > recoveryDays.most) {
    const reason = `must lie between ${recoveryDays.least} and ${recoveryDays.most}`;
    problems.push({ path: "secretRecoveryDays", reason });
  }
  return problems;
}
