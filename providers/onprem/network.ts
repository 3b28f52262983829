/**
 * Network on-premises: the customer's machines as they are.
 * Guarantees: every machine is looked at before anything is changed on any of them, and whatever is wrong with one is
 * said at once, each by its own check; whoever changes something waits for all checks, by `scope`. A check runs again
 * when a machine is replaced. It never changes anything.
 * Differs from the clouds: nothing is created, and addresses are the customer's.
 */
import * as pulumi from "@pulumi/pulumi";
import { type Network, type NetworkArgs, networkToken, type Slot } from "../../components/network";
import type { Host, OnPremises } from "../../components/on-premises";
import { haMasterCount } from "../../openvidu/editions";
import { judgeZones } from "../../openvidu/placement";
import { checkSettings } from "./requirements";
import { machinesOf, resourceName, workOn } from "./ssh";

export class OnpremNetwork extends pulumi.ComponentResource implements Network {
  public readonly scope: pulumi.Output<string>;
  public readonly networkId: pulumi.Output<string>;
  public readonly masterSlots: readonly Slot[];
  public readonly mediaSubnetIds: readonly pulumi.Output<string>[] = [];
  public readonly loadBalancerSubnetIds: readonly pulumi.Output<string>[] = [];
  public readonly masterSubnetIds: readonly pulumi.Output<string>[] = [];
  public readonly masterEgress: readonly pulumi.Resource[];
  public readonly mediaEgress: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(networkToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const checks = onPremises.hosts.map((host) => check(name, host, onPremises, this));
    const masters = onPremises.hosts.filter(({ role }) => role === "master");
    if (args.masterCount === haMasterCount) warnAboutPlaces(masters, this);

    // The value says nothing; who uses it waits for the checks.
    this.scope = pulumi.all(checks.map(({ urn }) => urn)).apply(() => "");
    this.networkId = pulumi.output("");
    this.masterSlots = masters.map(({ privateAddress, failureDomain }) => ({
      subnetId: pulumi.output(""),
      zone: pulumi.output(failureDomain),
      address: pulumi.output(privateAddress),
    }));
    this.masterEgress = checks;
    this.mediaEgress = checks;
    this.registerOutputs({
      scope: this.scope,
      networkId: this.networkId,
      mediaSubnetIds: this.mediaSubnetIds,
      loadBalancerSubnetIds: this.loadBalancerSubnetIds,
    });
  }
}

function check(name: string, host: Host, onPremises: OnPremises, parent: pulumi.Resource): pulumi.Resource {
  const settings = checkSettings(host, `${pulumi.getProject()}-${pulumi.getStack()}`);
  return workOn(
    resourceName(name, host, onPremises),
    host,
    onPremises,
    { place: { script: "check-host", settings } },
    { parent, customTimeouts: { create: "10m", update: "10m" } },
  );
}

/** Racks and rooms fail as zones do. */
function warnAboutPlaces(masters: readonly Host[], resource: pulumi.Resource): void {
  const places = masters.map(({ failureDomain }) => failureDomain);
  if (places.includes("")) return;
  const { warning } = judgeZones(places);
  if (warning) void pulumi.log.warn(warning.replaceAll("zone", "failure domain"), resource);
}
