/**
 * ScalingMediaPool on-premises: the media nodes of the customer's list. A node more is a line more; a line less drains its
 * node before the machine leaves.
 * Guarantees: a line concerns its own machine alone; a node that goes refuses new work, waits for its sessions until the
 * configured deadline, and only then stops; nodes are installed once the masters are ready, and leave before them.
 * Differs from the clouds: nothing scales by itself, `min`, `max` and `initial` are the length of the list; changed
 * programs and settings reach running nodes in place.
 */
import * as pulumi from "@pulumi/pulumi";
import { renderBoot } from "../../components/node-boot";
import type { Host } from "../../components/on-premises";
import {
  type ScalingMediaPool,
  type ScalingMediaPoolArgs,
  scalingMediaPoolToken,
} from "../../components/scaling-media-pool";
import { mediaFlags, withFlags } from "./flags";
import { machinesOf, workOn } from "./ssh";
import { afterAll } from "./support";

/** What a drain may take beyond its deadline: stopping OpenVidu, and a connection that has to be made again. */
const drainMarginSeconds = 1800;

export class OnpremScalingMediaPool extends pulumi.ComponentResource implements ScalingMediaPool {
  public readonly groupName: pulumi.Output<string>;

  constructor(name: string, args: ScalingMediaPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(scalingMediaPoolToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const groupName = `${pulumi.getProject()}-${pulumi.getStack()}-media`;
    for (const host of onPremises.hosts.filter(({ role }) => role === "media")) {
      install(host, this);
    }
    this.groupName = pulumi.output(groupName);
    this.registerOutputs({ groupName: this.groupName });

    function install(host: Host, parent: pulumi.Resource): void {
      const input = renderBoot(withFlags(args.boot, mediaFlags(host, onPremises)), {
        GROUP_NAME: groupName,
        PRIVATE_ADDRESS: host.privateAddress,
        BOOT_TIMEOUT_SECONDS: String(args.bootTimeoutSeconds),
        DRAIN_TIMEOUT_SECONDS: String(args.drainTimeoutSeconds),
      });
      const settings = { HOST: host.name, ROLE: "media" };
      const waitSeconds = args.bootTimeoutSeconds + 300;
      workOn(
        `${name}-${host.name}`,
        host,
        onPremises,
        {
          place: { script: "install-node", settings: { ...settings, WAIT_SECONDS: String(waitSeconds) }, input },
          remove: { script: "release-media", settings },
        },
        {
          parent,
          dependsOn: afterAll(args.firewall.rulesId, args.bootAfter),
          customTimeouts: {
            create: `${waitSeconds + 600}s`,
            update: `${waitSeconds + 600}s`,
            delete: `${args.drainTimeoutSeconds + drainMarginSeconds}s`,
          },
        },
      );
    }
  }
}
