/**
 * ScalingMediaPool on Azure: a scale set with Flexible orchestration, and an autoscaler that only adds nodes.
 * Guarantees: nothing that Azure does by itself removes or rewrites a node with sessions: upgrades are Manual, repairs,
 * rebalancing and scale-in rules are absent, overprovisioning does not exist in this mode. New nodes get the newest
 * template, old ones keep theirs until they are drained and deleted by name.
 * Differs from AWS: scale-in and rolling are the task of a controller on the masters, not of the group. It finds its
 * orders in a label of the scale set, and may delete machines of this one set.
 * Capacity: every edit of a scale set is a full PUT with a capacity in it. `ignoreChanges` sends what the state holds,
 * so the state has to be refreshed before an update that touches this resource (`refresh: always` in Pulumi.yaml); it folds
 * the live capacity into the inputs and `ignoreChanges` keeps that (reference/cloud-facts-azure.md 1.16).
 * Sources: reference/cloud-facts-azure.md 1, 8.1 and 10.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as compute from "@pulumi/azure-native/compute";
import * as monitor from "@pulumi/azure-native/monitor";
import { type Problem, throwIfAny } from "../../components/errors";
import { renderBoot } from "../../components/node-boot";
import {
  cooldownSeconds,
  type ScalingMediaPool,
  type ScalingMediaPoolArgs,
  scalingMediaPoolToken,
  validateScalingMediaPool,
} from "../../components/scaling-media-pool";
import { healthPaths } from "../../openvidu/entry";
import { ports } from "../../openvidu/ports";
import { allowController } from "./controller-rights";
import { imageReference } from "./images";
import { bootDiagnostics, linuxConfiguration, securityProfile, systemDisk, validateMachine } from "./machine";
import { supportsAcceleratedNetworking } from "./instance-types";
import { physicalName, randomSuffix, scaleSetNames } from "./names";

export class AzureScalingMediaPool extends pulumi.ComponentResource implements ScalingMediaPool {
  public readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: ScalingMediaPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(scalingMediaPoolToken, name, {}, opts);
    throwIfAny(`media pool "${name}"`, [
      ...validateScalingMediaPool(args),
      ...validateMachine(args, "media"),
      ...validateAzureMediaPool(args),
    ]);

    const self = { parent: this };
    const suffix = randomSuffix(`${name}-suffix`, self);
    const vmScaleSetName = suffix.apply((letters) => physicalName(name, letters, scaleSetNames));
    warnAboutRolls(args, this);
    const scaleSet = createScaleSet(name, vmScaleSetName, args, self);
    const autoscaler = createAutoscaler(name, scaleSet.id, args, self);
    const { scope, controller: principalId } = args;
    allowController(name, { scope, principalId, scaleSet, autoscaler, suffix }, self);

    this.groupName = scaleSet.name;
    this.registerOutputs({ groupName: this.groupName });
  }
}

/** What Azure cannot do with these arguments. */
export function validateAzureMediaPool({ subnetIds }: ScalingMediaPoolArgs): Problem[] {
  return subnetIds.length === 1
    ? []
    : [{ path: "network.adopt.mediaSubnetIds", reason: "a scale set lies in one subnet; give exactly one" }];
}

/** A node of a new template comes before an old one goes, and the group never leaves its limits. */
function warnAboutRolls({ min, max }: ScalingMediaPoolArgs, pool: pulumi.Resource): void {
  if (min !== max || max === 0) return;
  const warning = `media.min and media.max are both ${max}: there is no room for a new node beside the old ones, so that a changed template never reaches them; raise media.max`;
  void pulumi.log.warn(warning, pool);
}

function createScaleSet(
  name: string,
  vmScaleSetName: pulumi.Output<string>,
  args: ScalingMediaPoolArgs,
  self: pulumi.CustomResourceOptions,
): compute.VirtualMachineScaleSet {
  const nodeSettings = {
    GROUP_NAME: vmScaleSetName,
    BOOT_TIMEOUT_SECONDS: String(args.bootTimeoutSeconds),
    DRAIN_TIMEOUT_SECONDS: String(args.drainTimeoutSeconds),
    IDENTITY_CLIENT_ID: args.identity.clientId,
  };
  const template = fingerprint(args, nodeSettings);
  return new compute.VirtualMachineScaleSet(
    name,
    {
      resourceGroupName: args.scope,
      location: args.region,
      tags: { ...args.tags, [orderTag]: template.apply((print) => orderOf(args, print)) },
      vmScaleSetName,
      orchestrationMode: "Flexible",
      sku: { name: args.instanceType, tier: "Standard", capacity: args.initial },
      zones: args.zones.length > 0 ? [...args.zones] : undefined,
      // One means "spread as widely as possible"; with zones nothing else is allowed.
      platformFaultDomainCount: 1,
      singlePlacementGroup: false,
      upgradePolicy: { mode: "Manual" },
      // Damage control only: nodes are deleted by name.
      scaleInPolicy: { rules: ["OldestVM"] },
      identity: { type: "UserAssigned", userAssignedIdentities: [args.identity.attachment] },
      virtualMachineProfile: {
        diagnosticsProfile: bootDiagnostics,
        securityProfile: securityProfile(args),
        storageProfile: { imageReference: imageReference(args.image), osDisk: systemDisk(args, args.diskGiB) },
        osProfile: {
          computerNamePrefix: "media-",
          adminUsername: args.adminUsername,
          linuxConfiguration: linuxConfiguration(name, args, self),
          customData: renderBoot(args.boot, { ...nodeSettings, TEMPLATE: template }),
        },
        networkProfile: networkProfile(args),
        extensionProfile: { extensions: [healthExtension()] },
        // The longest notice that Azure gives (1.8); a drained node approves its own deletion earlier.
        scheduledEventsProfile: { terminateNotificationProfile: { enable: true, notBeforeTimeout: "PT15M" } },
      },
    },
    {
      ...self,
      ignoreChanges: ["sku.capacity"],
      dependsOn: [...args.bootAfter],
      // Deleting waits for the notice that every node gets (10.10).
      customTimeouts: { create: "60m", update: "60m", delete: "90m" },
    },
  );
}

/** Under this label the controller on the masters finds the group and what it has to keep it to. */
export const orderTag = "openvidu-media";

/**
 * What the controller is told: the group's limits, CPU in percent, times in seconds, and the newest template. Compact,
 * for a label holds 256 characters.
 */
export function orderOf(args: ScalingMediaPoolArgs, template: string): string {
  return JSON.stringify({
    min: args.min,
    max: args.max,
    cpu: args.targetCpuPercent,
    drains: args.drainsAtOnce,
    cooldown: cooldownSeconds,
    drain: args.drainTimeoutSeconds,
    boot: args.bootTimeoutSeconds,
    template,
  });
}

/**
 * What tells nodes of different templates apart: Azure keeps no version of a template, and old nodes stay as they are
 * (reference/cloud-facts-azure.md 1.17). Labels are no part of it; they reach old nodes as well.
 */
export function fingerprint(
  args: ScalingMediaPoolArgs,
  nodeSettings: Record<string, pulumi.Input<string>>,
): pulumi.Output<string> {
  const { instanceType, image, diskGiB, diskKeyId, encryptionAtHost, subnetIds, firewall } = args;
  const machine = { instanceType, image, diskGiB, diskKeyId, encryptionAtHost };
  return pulumi
    .all([
      renderBoot(args.boot, { ...nodeSettings, TEMPLATE: "its own" }),
      JSON.stringify(machine),
      subnetIds[0]!,
      firewall.rulesId,
    ])
    .apply((parts) => createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16));
}

/** Each node has a public address of its own, for media and as its way out (reference/cloud-facts-azure.md 1.5, 1.18). */
function networkProfile({ subnetIds, firewall, backendIds, instanceType }: ScalingMediaPoolArgs) {
  return {
    networkApiVersion: "2022-11-01",
    networkInterfaceConfigurations: [
      {
        name: "primary",
        primary: true,
        deleteOption: "Delete",
        // Media is packets; off is Azure's default wherever the portal is not used.
        enableAcceleratedNetworking: supportsAcceleratedNetworking(instanceType),
        networkSecurityGroup: { id: firewall.rulesId },
        ipConfigurations: [
          {
            name: "primary",
            primary: true,
            subnet: { id: subnetIds[0]! },
            applicationSecurityGroups: [{ id: firewall.memberOfId }],
            loadBalancerBackendAddressPools: backendIds.map((id) => ({ id })),
            publicIPAddressConfiguration: {
              name: "public",
              sku: { name: "Standard", tier: "Regional" },
              publicIPAddressVersion: "IPv4",
              deleteOption: "Delete",
            },
          },
        ],
      },
    ],
  };
}

/** Tells Azure whether LiveKit answers. Shown and alarmed on; nothing acts on it (reference/cloud-facts-azure.md 8.1). */
function healthExtension() {
  return {
    name: "health",
    publisher: "Microsoft.ManagedServices",
    type: "ApplicationHealthLinux",
    typeHandlerVersion: "1.0",
    autoUpgradeMinorVersion: true,
    settings: { protocol: "http", port: ports.livekitApi.first, requestPath: healthPaths.media },
  };
}

/**
 * Grows the group, never shrinks it. `default` is the smallest number, because Azure raises the count to it whenever it
 * has no measurements (1.11). The pause between two nodes is longer than a node's boot, so that a new node's share of the
 * load shows before the next is added (AZ-S8).
 */
function createAutoscaler(
  name: string,
  scaleSetId: pulumi.Output<string>,
  args: ScalingMediaPoolArgs,
  self: pulumi.CustomResourceOptions,
): monitor.AutoscaleSetting {
  return new monitor.AutoscaleSetting(
    `${name}-autoscaler`,
    {
      resourceGroupName: args.scope,
      location: args.region,
      tags: args.tags,
      // The SDK's default is false (1.10).
      enabled: true,
      targetResourceUri: scaleSetId,
      profiles: [
        {
          name: "media-nodes",
          capacity: { minimum: String(args.min), maximum: String(args.max), default: String(args.min) },
          rules: [
            {
              metricTrigger: {
                metricName: "Percentage CPU",
                metricResourceUri: scaleSetId,
                operator: "GreaterThan",
                statistic: "Average",
                threshold: args.targetCpuPercent,
                timeAggregation: "Average",
                timeGrain: "PT1M",
                timeWindow: "PT5M",
              },
              scaleAction: {
                direction: "Increase",
                type: "ChangeCount",
                value: "1",
                cooldown: `PT${cooldownSeconds / 60}M`,
              },
            },
          ],
        },
      ],
    },
    // After that the controller keeps the profile in step with what the scale set's label asks for: a maximum below the
    // number of machines would have Azure delete nodes of its own choice at once (1.11).
    { ...self, ignoreChanges: ["profiles"] },
  );
}
