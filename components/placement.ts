/**
 * What every role is told about where it stands.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { OnPremises } from "./on-premises";
import type { Tags } from "./tags";

export interface PlacementArgs {
  /** Required. Region of the cloud, for example `eu-west-1` or `westeurope`. */
  readonly region: string;
  /**
   * Required. The cloud's container for resources, as given out by the Network role: the resource group's name on
   * Azure, empty on AWS.
   */
  readonly scope: pulumi.Input<string>;
  /** Required. Labels for every taggable resource. */
  readonly tags: Tags;
  /**
   * Required. Whether resources that hold data or an address refuse to be deleted or replaced (`protect`). Data is
   * kept on destroy (`retainOnDelete`) in either case.
   */
  readonly deletionProtection: boolean;
  /** Conditional. The customer's own machines; required where the cluster runs on such. */
  readonly onPremises?: OnPremises;
}
