/**
 * Role ServerGroup: the masters of Enterprise v2, any number of equals behind the load balancer. One that is not well is
 * replaced.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../errors";
import type { Architecture } from "../machine-image";
import type { PlacementArgs } from "../placement";
import type { VendorImage } from "./settings";

export const serverGroupToken = "openvidu:index:ServerGroup";

/** What masters and media nodes have in common as groups of machines. */
export interface GroupArgs extends PlacementArgs {
  /** Required. Physical name; fixed, because the masters know both groups by name. */
  readonly groupName: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Required. FirewallTier.rulesId. */
  readonly rulesId: pulumi.Input<string>;
  /** Required. NodeIdentity.principal and .attachment. */
  readonly identity: { readonly principal: pulumi.Input<string>; readonly attachment: pulumi.Input<string> };
  readonly instanceType: string;
  readonly image: VendorImage;
  readonly diskGiB: number;
  /** Optional. KMS key ARN. @default the cloud's own key */
  readonly diskKeyId?: string;
  /** Optional. Existing key pair. */
  readonly keyName?: string;
  /** Optional. Public SSH key of operators. */
  readonly sshPublicKey?: string;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  /** Required. What must exist before a machine boots, and outlive the group. */
  readonly bootAfter: readonly pulumi.Resource[];
}

export interface ServerGroupArgs extends GroupArgs {
  /** Required. ApplicationLoadBalancer.backendId. */
  readonly backendId: pulumi.Input<string>;
  /** Required. Name of the media group, which the masters take nodes out of. */
  readonly mediaGroupName: string;
  /** Required. Whether masters have public addresses, because clients reach their TURN server directly. */
  readonly publicAddress: boolean;
  /** Required. Settings for the vendor's image; always secret. */
  readonly userData: pulumi.Output<string>;
}

export interface ServerGroup extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  /** The group itself, for whoever has to be gone before it. */
  readonly members: readonly pulumi.Resource[];
}

/** What is wrong with the sizes of a group; `path` is the config path of its machines. */
export function sizeProblems(
  path: string,
  { min, desired, max }: Pick<GroupArgs, "min" | "desired" | "max">,
): Problem[] {
  const problems: Problem[] = [];
  if (min > max) problems.push({ path: `${path}.min`, reason: `${min} must not be above ${path}.max (${max})` });
  if (min <= max && (desired < min || desired > max)) {
    const reason = `${desired} must lie between ${path}.min (${min}) and ${path}.max (${max})`;
    problems.push({ path: `${path}.desired`, reason });
  }
  return problems;
}

/** What is wrong with the processor of a group's machines; `path` is the config path of its machines. */
export function processorProblems(path: string, instanceType: string, architecture: Architecture): Problem[] {
  if (architecture === "amd64") return [];
  const reason = `"${instanceType}" is an Arm type, and the vendor's images are for x86; write it like "c5.xlarge"`;
  return [{ path: `${path}.instanceType`, reason }];
}
