/**
 * Role MasterPool: exactly as many masters as the edition has, spread over zones. Address, identity and data disk of a
 * slot outlive its machine, and each machine can be replaced alone.
 */
import type * as pulumi from "@pulumi/pulumi";
import { masterCounts } from "../openvidu/editions";
import type { Problem } from "./errors";
import type { FirewallTier } from "./firewall";
import type { Slot } from "./network";
import type { MachineImage } from "./machine-image";
import type { NodeBoot } from "./node-boot";
import type { PlacementArgs } from "./placement";

export const masterPoolToken = "openvidu:index:MasterPool";

export interface MasterPoolArgs extends PlacementArgs {
  /** Required. Network.masterSlots. */
  readonly slots: readonly Slot[];
  readonly firewall: FirewallTier;
  /** Required. LoadBalancer.backendIds.master, in listener order. */
  readonly backendIds: readonly pulumi.Input<string>[];
  /** Required. PublicAddress.attachmentId of each slot; empty where masters have no public addresses. */
  readonly publicAddressIds: readonly pulumi.Input<string>[];
  /** Required. NodeIdentity.attachment and .clientId. */
  readonly identity: { readonly attachment: pulumi.Input<string>; readonly clientId: pulumi.Input<string> };
  readonly instanceType: string;
  readonly image: MachineImage;
  readonly rootDiskGiB: number;
  readonly dataDiskGiB: number;
  /** Optional. KMS key ARN (AWS) or disk encryption set id (Azure). @default the cloud's own key */
  readonly diskKeyId?: string;
  /** Required. Azure: encryption at host, which the subscription must have registered. */
  readonly encryptionAtHost: boolean;
  /** Optional. Public SSH key of operators. @default none on AWS; on Azure a key whose private half nobody keeps */
  readonly sshPublicKey?: string;
  readonly adminUsername: string;
  /**
   * Required. One number for each slot. Image, size and boot script of a machine are those of the update that made
   * it; raising its number rebuilds that one machine on the same address and data disk.
   */
  readonly generations: readonly number[];
  readonly boot: NodeBoot;
  /** Required. Grants and routes that must exist before a machine boots, and outlive it. */
  readonly bootAfter: readonly pulumi.Resource[];
}

export interface MasterPool extends pulumi.ComponentResource {
  /** In slot order; known before any machine exists. */
  readonly privateIps: readonly pulumi.Output<string>[];
  /** Ids of the machines, in slot order. */
  readonly machineIds: readonly pulumi.Output<string>[];
}

/** What is wrong with the arguments, whichever cloud they are for. */
export function validateMasterPool(args: MasterPoolArgs): Problem[] {
  const problems: Problem[] = [];
  const counts = Object.values(masterCounts);
  if (!counts.includes(args.slots.length)) {
    problems.push({ path: "slots", reason: `no edition has ${args.slots.length} masters, but ${counts.join(" or ")}` });
  }
  if (args.generations.length !== args.slots.length) {
    problems.push({ path: "masters.generations", reason: "give one number for each master" });
  }
  if (args.publicAddressIds.length > 0 && args.publicAddressIds.length !== args.slots.length) {
    problems.push({ path: "publicAddressIds", reason: "give one address for each master, or none" });
  }
  return problems;
}
