/**
 * What a machine is told at its first boot, in the terms of the cluster. The pools add what only their cloud knows
 * (volume ids, hook names) and have it rendered.
 */
import * as pulumi from "@pulumi/pulumi";
import { type NodeSpec, renderUserData } from "../nodes/render";

/** Facts of a node that do not depend on the machine it runs on. */
export interface NodeBoot {
  readonly spec: Omit<NodeSpec, "settings">;
  /** Names and addresses; never a secret. Values may be known only after other resources exist. */
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
}

/** User data as the clouds want it: base64 of a compressed document. */
export function renderBoot(boot: NodeBoot, cloudSettings: Record<string, pulumi.Input<string>>): pulumi.Output<string> {
  return pulumi
    .all({ ...boot.settings, ...cloudSettings })
    .apply((settings) => renderUserData({ ...boot.spec, settings }).base64);
}
