/**
 * Role ObjectStore: private, encrypted, versioned storage for recordings and cluster data that outlives the stack;
 * created or adopted.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../openvidu/editions";
import type { PlacementArgs } from "./placement";

export const objectStoreToken = "openvidu:index:ObjectStore";

export interface ObjectStoreArgs extends PlacementArgs {
  /** Required. Principals (NodeIdentity.principal) that read and write, by role. */
  readonly writers: Readonly<Record<NodeRole, pulumi.Input<string>>>;
  /** Optional. AWS: names of existing buckets. @default buckets of the cluster's own */
  readonly adoptBuckets?: { readonly appData?: string; readonly clusterData?: string };
  /** Optional. Azure: an existing storage account in `scope`'s resource group. @default an account of the cluster's own */
  readonly adoptAccount?: string;
  /** Required. Azure: the blob container for recordings. */
  readonly appDataContainer: string;
  /** Required. Azure: whether the region can store three copies in three zones. */
  readonly zoneRedundant: boolean;
  /** Required. Whether observability data lies in the store too; else the masters keep it. */
  readonly keepsClusterData: boolean;
  /** Optional. AWS: ARN of a customer-managed KMS key. @default the service's own key */
  readonly kmsKeyId?: string;
  /** Optional. AWS: programs that machines fetch from the store because user data has no room for them. @default none */
  readonly programs?: { readonly name: string; readonly base64: string };
  /** Required. Days after which a replaced or deleted object is gone for good. */
  readonly keepDeletedDays: number;
}

export interface ObjectStore extends pulumi.ComponentResource {
  /** Bucket (AWS) or container (Azure) of recordings. */
  readonly appDataName: pulumi.Output<string>;
  /** Bucket of observability data; empty where MinIO keeps it. */
  readonly clusterDataName: pulumi.Output<string>;
  /** Lines for the cluster's settings (`EXTERNAL_S3_*`, `AZURE_*`). Secret where they hold a key. */
  readonly settings: pulumi.Output<Record<string, string>>;
  /** What has to exist before a node of the role boots, and must not go before it. */
  readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  /** URL under which the masters keep locks, marks, backups and programs; ends with a slash. */
  readonly coordinationUrl: pulumi.Output<string>;
  /** Azure: URL under which the controller asks media nodes to drain; ends with a slash. Empty on AWS. */
  readonly requestsUrl: pulumi.Output<string>;
  /** Azure: URL under which media nodes say how they are; ends with a slash. Empty on AWS. */
  readonly heartbeatsUrl: pulumi.Output<string>;
}
