/**
 * MasterPool on-premises: machines of the customer's, made masters over SSH at the same time.
 * Guarantees: no master waits for another's installation; an update ends when each is ready and fails with the name of
 * the one that is not; a machine that was replaced is known by its host key and alone installed anew, with the same
 * credentials and the same addresses of masters; an only master then begins without data. Data stays where it is when a
 * master is let go.
 * Differs from the clouds: programs and settings of the nodes follow the stack at every update, because nothing is
 * rebuilt for that, and OpenVidu is not restarted for it; `generations` has no machine to rebuild.
 */
import * as pulumi from "@pulumi/pulumi";
import { type Problem, throwIfAny } from "../../components/errors";
import type { Host } from "../../components/on-premises";
import {
  type MasterPool,
  type MasterPoolArgs,
  masterPoolToken,
  validateMasterPool,
} from "../../components/master-pool";
import { renderBoot } from "../../components/node-boot";
import { machinesOf, workOn } from "./ssh";
import { forcePublicIp, withFlags } from "./flags";
import { afterAll } from "./support";

/** A boot may be tried three times, 2700 s each (nodes/render.ts, units/master-boot.conf). */
const readySeconds = 9000;

export class OnpremMasterPool extends pulumi.ComponentResource implements MasterPool {
  public readonly privateIps: readonly pulumi.Output<string>[];
  public readonly machineIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: MasterPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(masterPoolToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const hosts = onPremises.hosts.filter(({ role }) => role === "master");
    throwIfAny(`master pool "${name}"`, [...validateMasterPool(args), ...validateHosts(hosts, args)]);

    const masterIps = hosts.map(({ privateAddress }) => privateAddress).join(",");
    const machines = hosts.map((host, index) => install(host, index + 1, this));

    // Whoever uses an address waits until its master is ready; what the address is, is known before.
    this.privateIps = hosts.map(({ privateAddress }, index) => machines[index]!.urn.apply(() => privateAddress));
    this.machineIds = hosts.map(({ name: hostName }) => pulumi.output(hostName));
    this.registerOutputs({ privateIps: this.privateIps, machineIds: this.machineIds });

    function install(host: Host, slot: number, parent: pulumi.Resource): pulumi.Resource {
      const input = renderBoot(withFlags(args.boot, forcePublicIp(onPremises)), {
        SLOT: String(slot),
        MASTER_IPS: masterIps,
        PRIVATE_ADDRESS: host.privateAddress,
      });
      const settings = { HOST: host.name, ROLE: "master" };
      return workOn(
        `${name}-${slot}`,
        host,
        onPremises,
        {
          place: { script: "install-node", settings: { ...settings, WAIT_SECONDS: String(readySeconds) }, input },
          remove: { script: "release-master", settings },
        },
        {
          parent,
          protect: args.deletionProtection,
          dependsOn: afterAll(args.firewall.rulesId, args.bootAfter),
          customTimeouts: { create: `${readySeconds + 600}s`, update: `${readySeconds + 600}s`, delete: "20m" },
        },
      );
    }
  }
}

function validateHosts(hosts: readonly Host[], { slots }: MasterPoolArgs): Problem[] {
  return hosts.length === slots.length ? [] : [{ path: "hosts", reason: `give ${slots.length} masters` }];
}
