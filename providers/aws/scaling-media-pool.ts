/**
 * ScalingMediaPool on AWS: an Auto Scaling group with a launch template.
 * Guarantees: a node serves only once its own boot has said so, and ends only once it has said that its sessions are
 * over or the deadline has passed, also on scale-in, roll and destroy; the autoscaler alone decides how many there are.
 */
import * as pulumi from "@pulumi/pulumi";
import * as autoscaling from "@pulumi/aws/autoscaling";
import * as iam from "@pulumi/aws/iam";
import { type Problem, throwIfAny } from "../../components/errors";
import { renderBoot } from "../../components/node-boot";
import {
  type ScalingMediaPool,
  type ScalingMediaPoolArgs,
  scalingMediaPoolToken,
  validateScalingMediaPool,
} from "../../components/scaling-media-pool";
import {
  allowDiskKey,
  groupProblems,
  groupRules,
  groupTags,
  groupTemplate,
  heartbeat,
  hookNames,
  keepHooks,
  lifecycleHooks,
  minutes,
  rollingRefresh,
} from "./group";
import { imageProblems } from "./images";
import { keyPair } from "./machine";
import { lifecycleWorker, policyDocument } from "./policies";
import { longestRollSeconds, rollPercent, rollSeconds } from "./rolls";
import { callerOf, imageId, keyProblems, named, partitionOf } from "./support";

/** A node that drains extends its hook by this much with every heartbeat. */
const drainHeartbeatSeconds = 3600;

/** A node counts towards the group's CPU once it serves; its boot is over by then. */
const warmupSeconds = 60;

/** Time for what comes before and after a boot or a drain: launching, deregistration, termination. */
const bootMarginSeconds = 300;
const drainMarginSeconds = 900;

export class AwsScalingMediaPool extends pulumi.ComponentResource implements ScalingMediaPool {
  public readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: ScalingMediaPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(scalingMediaPoolToken, name, {}, opts);
    // Chosen here, so that the nodes' role can name the group before it exists.
    const groupName = groupNameOf(name);
    throwIfAny(`media pool "${name}"`, validateAwsScalingMediaPool(args, groupName));

    const self = { parent: this };
    const { partition, dnsSuffix } = partitionOf(this);
    const { accountId } = callerOf(this);
    const hooks = hooksFor(args.bootTimeoutSeconds);
    const grants = [allowLifecycle(), ...allowDiskKey(name, args.diskKeyId, this)];
    const template = createTemplate();
    const group = createGroup();
    keepHooks(name, hooks, group, this);
    createPolicy();

    this.groupName = group.name;
    this.registerOutputs({ groupName: this.groupName });

    function allowLifecycle(): iam.RolePolicy {
      const policy = pulumi
        .all([partition, accountId])
        .apply(([where, account]) =>
          policyDocument(lifecycleWorker({ partition: where, region: args.region, accountId: account, groupName })),
        );
      return new iam.RolePolicy(`${name}-lifecycle`, { role: args.identity.principal, policy }, self);
    }

    function createTemplate() {
      const boot = renderBoot(args.boot, {
        GROUP_NAME: groupName,
        BOOT_TIMEOUT_SECONDS: String(args.bootTimeoutSeconds),
        DRAIN_TIMEOUT_SECONDS: String(args.drainTimeoutSeconds),
        LAUNCH_HOOK: hookNames.launch,
        TERMINATE_HOOK: hookNames.terminate,
        DNS_SUFFIX: dnsSuffix,
      });
      const { instanceType, diskGiB, diskKeyId, tags } = args;
      return groupTemplate(
        name,
        {
          ...{ instanceType, diskGiB, diskKeyId, tags },
          imageId: imageId(args.image, self.parent),
          keyName: keyPair(name, args.sshPublicKey, tags, self.parent),
          profileArn: args.identity.attachment,
          rulesId: args.firewall.rulesId,
          publicAddress: true,
          userData: boot,
        },
        self.parent,
      );
    }

    function createGroup(): autoscaling.Group {
      return new autoscaling.Group(
        name,
        {
          name: groupName,
          minSize: args.min,
          maxSize: args.max,
          desiredCapacity: args.initial,
          vpcZoneIdentifiers: [...args.subnetIds],
          launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
          // A hook that is made after the group would come too late for its first nodes; see keepHooks for edits.
          initialLifecycleHooks: [hooks.launch, hooks.terminate],
          targetGroupArns: [...args.backendIds],
          ...healthRules,
          ...rollRules,
          ...groupRules(),
          capacityRebalance: false,
          protectFromScaleIn: false,
          waitForCapacityTimeout: minutes(args.bootTimeoutSeconds + 2 * bootMarginSeconds),
          tags: groupTags(named(args.tags, name)),
        },
        {
          ...self,
          // A destroy drains the nodes, which need their rights and their way out for that.
          dependsOn: [...grants, ...args.bootAfter],
          ignoreChanges: ["desiredCapacity", "initialLifecycleHooks"],
          customTimeouts: { delete: minutes(args.drainTimeoutSeconds + drainMarginSeconds) },
        },
      );
    }

    function createPolicy(): autoscaling.Policy {
      return new autoscaling.Policy(
        `${name}-cpu`,
        {
          autoscalingGroupName: group.name,
          policyType: "TargetTrackingScaling",
          targetTrackingConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
            targetValue: args.targetCpuPercent,
            // Scaling in is safe: the node that is chosen drains first.
            disableScaleIn: false,
          },
        },
        self,
      );
    }
  }
}

/**
 * A launch waits for the node to report that it is ready, a termination for it to report that it is drained. The launch
 * hook outlasts the node's own deadline, so that a failed boot is reported by the node, with its reason.
 */
function hooksFor(bootTimeoutSeconds: number) {
  return lifecycleHooks({
    launch: {
      heartbeatTimeout: Math.min(bootTimeoutSeconds + bootMarginSeconds, heartbeat.most),
      defaultResult: "ABANDON",
    },
    terminate: { heartbeatTimeout: drainHeartbeatSeconds, defaultResult: "CONTINUE" },
  });
}

/** Health of a node after its boot; during it the launch hook decides. */
const healthRules = {
  healthCheckType: "EC2",
  healthCheckGracePeriod: warmupSeconds,
  defaultInstanceWarmup: warmupSeconds,
};

/** How a changed template reaches the nodes, and how unhealthy ones are replaced: launch first, then drain. */
const rollRules = {
  instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 100 + rollPercent },
  instanceRefresh: rollingRefresh(100 + rollPercent, warmupSeconds),
};

function groupNameOf(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}

/** What is wrong with the arguments on AWS. */
export function validateAwsScalingMediaPool(args: ScalingMediaPoolArgs, groupName: string): Problem[] {
  const problems = [
    ...validateScalingMediaPool(args),
    ...imageProblems(args.image, args.instanceType, "media"),
    ...keyProblems(args.diskKeyId, args.region, "encryption.keyId"),
  ];
  const { bootTimeoutSeconds, drainTimeoutSeconds } = args;
  if (bootTimeoutSeconds < heartbeat.least || bootTimeoutSeconds > heartbeat.most) {
    const reason = `must lie between ${heartbeat.least} and ${heartbeat.most} seconds`;
    problems.push({ path: "media.bootTimeoutSeconds", reason });
  }
  if (rollSeconds(args.max, bootTimeoutSeconds, drainTimeoutSeconds) >= longestRollSeconds) {
    const reason = `rolling ${args.max} nodes to a new template could take longer than the 14 days that AWS gives it; lower it`;
    problems.push({ path: "media.drainTimeoutSeconds", reason });
  }
  if (args.subnetIds.length === 0) {
    problems.push({ path: "subnetIds", reason: "give at least one subnet" });
  }
  return [...problems, ...groupProblems("media", groupName, args.diskGiB)];
}
