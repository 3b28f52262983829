/**
 * Role NodeIdentity: who the machines of one kind are in the eyes of the cloud. It starts with no rights but those of
 * the operators' shell; stores and pools grant what their own scripts use.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../openvidu/editions";
import type { PlacementArgs } from "./placement";

export const nodeIdentityToken = "openvidu:index:NodeIdentity";

export interface NodeIdentityArgs extends PlacementArgs {
  readonly role: NodeRole;
  /** Required. Whether operators may open a shell through the cloud (AWS Session Manager). */
  readonly operatorShell: boolean;
}

export interface NodeIdentity extends pulumi.ComponentResource {
  /** Whom grants name: the IAM role's name on AWS, the managed identity's principal id on Azure. */
  readonly principal: pulumi.Output<string>;
  /** What a machine is given: the instance profile's ARN on AWS, the managed identity's resource id on Azure. */
  readonly attachment: pulumi.Output<string>;
  /** Azure: the client id with which a node asks for tokens. Empty on AWS. */
  readonly clientId: pulumi.Output<string>;
  /** What has to exist before a machine boots with this identity. */
  readonly grants: readonly pulumi.Resource[];
}
