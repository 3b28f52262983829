/**
 * SessionStore on AWS: an ElastiCache replication group with a copy of the data in another zone.
 * Guarantees: the loss of a node or zone is survived without an operator; encrypted at rest; reached by the masters alone,
 * and from private addresses; encrypted in transit, with a password, only where config asks for it (V2-1).
 */
import * as pulumi from "@pulumi/pulumi";
import * as elasticache from "@pulumi/aws/elasticache";
import {
  type SessionStore,
  type SessionStoreArgs,
  sessionStoreToken,
} from "../../../components/enterprise-v2/session-store";
import { type Problem, throwIfAny } from "../../../components/errors";
import { redis } from "../../../openvidu/enterprise-v2";
import { ports } from "../../../openvidu/ports";
import { keyProblems, named } from "../support";

/** Copies that a group without shards may have, the one that takes writes included. Source: cloud-facts-aws 11, CreateReplicationGroup. */
const nodeCount = { least: 2, most: 6 };

export class AwsSessionStore extends pulumi.ComponentResource implements SessionStore {
  public readonly address: pulumi.Output<string>;
  public readonly port: pulumi.Output<string>;

  constructor(name: string, args: SessionStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(sessionStoreToken, name, {}, opts);
    throwIfAny(`session store "${name}"`, validateAwsSessionStore(args));

    const self = { parent: this };
    const subnets = new elasticache.SubnetGroup(
      name,
      { description: "OpenVidu session store", subnetIds: [...args.subnetIds], tags: named(args.tags, name) },
      self,
    );
    const group = new elasticache.ReplicationGroup(
      name,
      {
        description: "OpenVidu session store",
        engine: redis.engine,
        engineVersion: redis.version,
        nodeType: args.nodeType,
        numCacheClusters: args.nodes,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        port: ports.redisService.first,
        subnetGroupName: subnets.name,
        securityGroupIds: [args.rulesId],
        atRestEncryptionEnabled: true,
        kmsKeyId: args.kmsKeyId,
        transitEncryptionEnabled: args.transitEncryption,
        ...(args.transitEncryption && { authToken: pulumi.secret(args.password), authTokenUpdateStrategy: "ROTATE" }),
        snapshotRetentionLimit: args.snapshotDays,
        // Minor versions come with an operator's update, not in a maintenance window of AWS's choice.
        autoMinorVersionUpgrade: false,
        applyImmediately: true,
        tags: named(args.tags, name),
      },
      // The masters know its address from their first boot on.
      { ...self, protect: args.deletionProtection },
    );

    this.address = group.primaryEndpointAddress;
    this.port = pulumi.output(redis.port);
    this.registerOutputs({ address: this.address, port: this.port });
  }
}

/** What is wrong with the arguments on AWS. */
export function validateAwsSessionStore(args: SessionStoreArgs): Problem[] {
  const problems = keyProblems(args.kmsKeyId, args.region, "encryption.keyId");
  if (args.nodes < nodeCount.least || args.nodes > nodeCount.most) {
    const reason = `must lie between ${nodeCount.least} and ${nodeCount.most}`;
    problems.push({ path: "sessionStore.nodes", reason });
  }
  return problems;
}
