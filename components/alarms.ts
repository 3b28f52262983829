/**
 * Role Alarms: when the machine of a master fails, the cloud brings it back where it can, and somebody is told. Only clouds
 * that watch over machines have it. Whether OpenVidu answers on a machine that is well is watched by nothing.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { PlacementArgs } from "./placement";

export const alarmsToken = "openvidu:index:Alarms";

export interface AlarmsArgs extends PlacementArgs {
  /** Required. Who is told by mail; none leaves the alarms to act and to show in the console. */
  readonly emails: readonly string[];
  /** Required. MasterPool.machineIds. */
  readonly machineIds: readonly pulumi.Input<string>[];
}

export interface Alarms extends pulumi.ComponentResource {
  /** What other alarms may notify as well: a topic's ARN on AWS, an action group's id on Azure. Empty without mails. */
  readonly channelId: pulumi.Output<string>;
}
