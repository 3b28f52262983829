/**
 * ServerGroup on AWS: an Auto Scaling group behind the load balancer.
 * Guarantees: a master that does not answer is replaced; a changed template reaches the masters one after the other, new
 * ones first; how many there are is what config says.
 */
import * as pulumi from "@pulumi/pulumi";
import * as autoscaling from "@pulumi/aws/autoscaling";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import {
  type ServerGroup,
  type ServerGroupArgs,
  serverGroupToken,
  sizeProblems,
} from "../../../components/enterprise-v2/server-group";
import { throwIfAny } from "../../../components/errors";
import { clusterOf } from "../../../components/tags";
import { memberTags } from "../../../openvidu/enterprise-v2";
import { allowDiskKey, groupRules, groupTags, minutes, rollingRefresh } from "../group";
import { groupManager, policyDocument } from "../policies";
import { callerOf, named, partitionOf } from "../support";
import { createTemplate, machineProblems } from "./machines";

/** How long a new master may take until the load balancer's verdict counts. Source: reference B.3. */
const graceSeconds = 180;

const capacityTimeoutSeconds = 900;

export class AwsServerGroup extends pulumi.ComponentResource implements ServerGroup {
  public readonly groupName: pulumi.Output<string>;
  public readonly members: readonly pulumi.Resource[];

  constructor(name: string, args: ServerGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super(serverGroupToken, name, {}, opts);
    throwIfAny(`server group "${name}"`, [...sizeProblems("masters", args), ...machineProblems("masters", args)]);

    const self = { parent: this };
    const cluster = clusterOf(args.tags);
    const grants = [allowManaging(), ...allowDiskKey(name, args.diskKeyId, this)];
    const template = createTemplate(name, args, {
      parent: this,
      publicAddress: args.publicAddress,
      userData: args.userData.apply((text) => Buffer.from(text).toString("base64")),
    });
    const group = createGroup(template);

    this.groupName = group.name;
    this.members = [group];
    this.registerOutputs({ groupName: this.groupName });

    function allowManaging(): iam.RolePolicy {
      const { partition } = partitionOf(self.parent);
      const { accountId } = callerOf(self.parent);
      const { region, groupName: masterGroupName, mediaGroupName } = args;
      const policy = pulumi
        .all([partition, accountId])
        .apply(([where, account]) =>
          policyDocument(
            groupManager({ partition: where, region, accountId: account, masterGroupName, mediaGroupName, cluster }),
          ),
        );
      return new iam.RolePolicy(`${name}-groups`, { role: args.identity.principal, policy }, self);
    }

    function createGroup({ id, latestVersion }: ec2.LaunchTemplate): autoscaling.Group {
      return new autoscaling.Group(
        name,
        {
          name: args.groupName,
          minSize: args.min,
          desiredCapacity: args.desired,
          maxSize: args.max,
          vpcZoneIdentifiers: [...args.subnetIds],
          launchTemplate: { id, version: latestVersion.apply(String) },
          targetGroupArns: [args.backendId],
          healthCheckType: "ELB",
          healthCheckGracePeriod: graceSeconds,
          defaultInstanceWarmup: graceSeconds,
          // Neither more nor fewer masters than there should be: one at a time, the new one first (cloud-facts-aws.md 2).
          instanceRefresh: rollingRefresh(100, graceSeconds),
          ...groupRules(),
          protectFromScaleIn: false,
          waitForCapacityTimeout: minutes(capacityTimeoutSeconds),
          tags: groupTags({ ...named(args.tags, name), ...memberTags.master }),
        },
        { ...self, dependsOn: [...grants, ...args.bootAfter] },
      );
    }
  }
}
