/**
 * Role EventQueue: how the masters learn that media nodes come and go, and when it is time to look at the group.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { PlacementArgs } from "../placement";

export const eventQueueToken = "openvidu:index:EventQueue";

export interface EventQueueArgs extends PlacementArgs {
  /** Required. Name of the queue, ending in `.fifo`; fixed, because the masters' user data names it. */
  readonly queueName: string;
  /** Required. Name of the media group whose events are passed on. */
  readonly mediaGroupName: string;
  /** Required. NodeIdentity.principal of the masters. */
  readonly reader: pulumi.Input<string>;
  /** Optional. Alarms.channelId, which is told when messages wait or could not be worked on. @default the alarms only show */
  readonly alarmChannel?: pulumi.Input<string>;
}

export interface EventQueue extends pulumi.ComponentResource {
  readonly queueName: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;
  /** What has to exist before a master boots. */
  readonly grants: readonly pulumi.Resource[];
  /** What has to exist before the first media node comes, or its event is lost. */
  readonly senders: readonly pulumi.Resource[];
}
