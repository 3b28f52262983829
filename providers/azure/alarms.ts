/**
 * Alarms on Azure: a metric alert for each master, and an action group that mails where addresses are given.
 * Guarantees: an alert fires when Azure has taken a machine for unavailable for five minutes without a break, longer than
 * most reboots take, and says so again when it is back; without mails it shows in the portal alone.
 * Differs from AWS: no action brings a machine back, because Azure heals hosts by itself and moves their machines.
 * Sources: reference/cloud-facts-azure.md 8.2 to 8.4; learn.microsoft.com/azure/virtual-machines/monitor-vm-reference;
 * learn.microsoft.com/azure/virtual-machines/understand-vm-reboots, "Host server faults".
 */
import * as pulumi from "@pulumi/pulumi";
import * as monitor from "@pulumi/azure-native/monitor";
import { type Alarms, type AlarmsArgs, alarmsToken } from "../../components/alarms";

/** Where alerts and action groups live, whatever region they are about; left out, the provider would fill in the region. */
const everywhere = "global";

/** Begins each text message and the subject of each mail; at most 12 characters. */
const shortName = "openvidu";

export class AzureAlarms extends pulumi.ComponentResource implements Alarms {
  public readonly channelId: pulumi.Output<string>;

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(alarmsToken, name, {}, opts);
    const self = { parent: this };
    const where = { resourceGroupName: args.scope, location: everywhere, tags: args.tags };
    const group = args.emails.length > 0 ? createGroup() : undefined;
    args.machineIds.forEach((machineId, index) => createAlert(machineId, index + 1));

    this.channelId = group ? group.id : pulumi.output("");
    this.registerOutputs({ channelId: this.channelId });

    function createGroup(): monitor.ActionGroup {
      const emailReceivers = args.emails.map((emailAddress) => ({
        // Receivers of a group are told apart by their names.
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      }));
      return new monitor.ActionGroup(
        `${name}-mails`,
        { ...where, enabled: true, groupShortName: shortName, emailReceivers },
        self,
      );
    }

    function createAlert(machineId: pulumi.Input<string>, number: number): void {
      new monitor.MetricAlert(
        `${name}-${number}-machine`,
        {
          ...where,
          description: `OpenVidu master ${number} is not available`,
          enabled: true,
          severity: 1,
          scopes: [machineId],
          evaluationFrequency: "PT1M",
          windowSize: "PT5M",
          autoMitigate: true,
          criteria: {
            odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
            allOf: [available],
          },
          actions: group ? [{ actionGroupId: group.id }] : [],
        },
        self,
      );
    }
  }
}

/**
 * One while Azure finds the machine available, zero while not, once a minute. The largest value of the window is below one
 * only if all of them are zero; the average is after the first.
 */
const available = {
  criterionType: "StaticThresholdCriterion" as const,
  name: "available",
  metricNamespace: "Microsoft.Compute/virtualMachines",
  metricName: "VmAvailabilityMetric",
  timeAggregation: "Maximum",
  operator: "LessThan",
  threshold: 1,
};
