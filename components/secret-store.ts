/**
 * Role SecretStore: the bundles of credentials and settings exist before a machine boots, and each kind of node can
 * read only its own.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../openvidu/editions";
import type { PlacementArgs } from "./placement";

export const secretStoreToken = "openvidu:index:SecretStore";

export interface SecretStoreArgs extends PlacementArgs {
  /** Required. Content of each role's bundle: flat keys and values, stored as one JSON object. */
  readonly bundles: Readonly<Record<NodeRole, pulumi.Input<Record<string, string>>>>;
  /** Required. Principals (NodeIdentity.principal) that may read, by role. */
  readonly readers: Readonly<Record<NodeRole, pulumi.Input<string>>>;
  /** Optional. AWS: ARN of a customer-managed KMS key. @default the account's own key of the service */
  readonly kmsKeyId?: string;
  /** Required. Days during which a deleted store can be recovered: 7 to 30 on AWS, 7 to 90 on Azure. */
  readonly recoveryDays: number;
  /**
   * Required. AWS: ARNs, with `*` where need be, of the people and programs that may read besides the nodes and the
   * account's root user. The deployer has to be among them. None leaves it to the account's own policies.
   */
  readonly readerArns: readonly string[];
  /** Required. Azure: subnets from which the vault may be read. */
  readonly readerSubnetIds: readonly pulumi.Input<string>[];
  /** Required. Azure: address ranges of deployers; none leaves the vault's data plane to the nodes alone. */
  readonly deployerCidrs: readonly string[];
}

export interface SecretStore extends pulumi.ComponentResource {
  /** What a node asks for: the secret's ARN on AWS, its versionless https URL on Azure. */
  readonly bundleIds: Readonly<Record<NodeRole, pulumi.Output<string>>>;
  /** What has to exist before a node of the role boots, and must not go before it. */
  readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  /** Where a person reads the credentials: a console address. Never a value. */
  readonly consoleUrl: pulumi.Output<string>;
}
