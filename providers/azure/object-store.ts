/**
 * ObjectStore on Azure: storage account A for OpenVidu's recordings, created or adopted, and account B, without keys,
 * for what the cluster's own scripts keep: the container `coordination` (locks, backups) for masters alone,
 * `requests`, in which the controller asks media nodes to drain and they only read, and `heartbeats`, in which they say how
 * they are.
 * Guarantees: TLS 1.2, no public blobs, old versions recoverable for a while, everything outlives `pulumi destroy`.
 * Differs from AWS: OpenVidu's Azure mode knows account keys only, so account A needs them and `settings` holds one
 * (reference/cloud-facts-azure.md 7.2); MinIO on the masters keeps the cluster data. Whoever has the key reaches
 * account A from anywhere: media nodes and customers' programs do. Account B is reached by identity alone, and machines
 * wait for their rights on its containers.
 */
import * as pulumi from "@pulumi/pulumi";
import * as authorization from "@pulumi/azure-native/authorization";
import * as storage from "@pulumi/azure-native/storage";
import { type Problem, throwIfAny } from "../../components/errors";
import { type ObjectStore, type ObjectStoreArgs, objectStoreToken } from "../../components/object-store";
import type { NodeRole } from "../../openvidu/editions";
import { physicalName, randomSuffix, storageAccountNames } from "./names";
import { hasZoneRedundantStorage } from "./regions";
import { type BuiltInRole, builtInRoles, roleDefinitionId } from "./roles";

export class AzureObjectStore extends pulumi.ComponentResource implements ObjectStore {
  public readonly appDataName: pulumi.Output<string>;
  public readonly clusterDataName: pulumi.Output<string>;
  public readonly settings: pulumi.Output<Record<string, string>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  public readonly coordinationUrl: pulumi.Output<string>;
  public readonly requestsUrl: pulumi.Output<string>;
  public readonly heartbeatsUrl: pulumi.Output<string>;

  constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(objectStoreToken, name, {}, opts);
    throwIfAny(`object store "${name}"`, validateAzureObjectStore(args));

    const kept = { parent: this, protect: args.deletionProtection, retainOnDelete: true };
    const recordings = args.adoptAccount === undefined ? createRecordings() : adoptRecordings(args.adoptAccount);
    const own = createOwn();

    this.appDataName = recordings.container;
    this.clusterDataName = pulumi.output("");
    this.settings = settingsOf(recordings);
    // Nodes reach the recordings with the account's key, which is part of their bundle.
    this.grants = own.grants;
    this.coordinationUrl = own.coordinationUrl;
    this.requestsUrl = own.requestsUrl;
    this.heartbeatsUrl = own.heartbeatsUrl;
    this.registerOutputs({
      appDataName: this.appDataName,
      clusterDataName: this.clusterDataName,
      settings: this.settings,
      coordinationUrl: this.coordinationUrl,
      requestsUrl: this.requestsUrl,
      heartbeatsUrl: this.heartbeatsUrl,
    });

    function createRecordings(): Recordings {
      const account = createAccount(`${name}-data`, "data", args, { allowSharedKeyAccess: true }, kept);
      const protection = protectBlobs(`${name}-data`, account.name, args, { versions: true }, kept);
      const container = createContainer(`${name}-data`, account.name, args.appDataContainer, args, protection, kept);
      expireOldVersions(`${name}-data`, account.name, args, protection, kept);
      return { account: account.name, container: container.name };
    }

    function adoptRecordings(accountName: string): Recordings {
      const where = { accountName, containerName: args.appDataContainer, resourceGroupName: args.scope };
      // Looked up, so that a container that does not exist fails here and not on the nodes.
      const { name: container } = storage.getBlobContainerOutput(where, { parent: kept.parent });
      return { account: pulumi.output(accountName), container };
    }

    function settingsOf({ account, container }: Recordings): pulumi.Output<Record<string, string>> {
      const where = { accountName: account, resourceGroupName: args.scope };
      // The second key stays free for rotation. The SDK does not mark keys as secret (cloud-facts-azure.md 7.4).
      const { keys } = storage.listStorageAccountKeysOutput(where, { parent: kept.parent });
      const firstKey = pulumi.secret(keys.apply((all) => all[0]!.value));
      return pulumi.secret(
        pulumi.all({ AZURE_ACCOUNT_NAME: account, AZURE_ACCOUNT_KEY: firstKey, AZURE_CONTAINER_NAME: container }),
      );
    }

    function createOwn(): Own {
      const keyless = { allowSharedKeyAccess: false, defaultToOAuthAuthentication: true };
      const account = createAccount(`${name}-own`, "own", args, keyless, kept);
      const protection = protectBlobs(`${name}-own`, account.name, args, { versions: false }, kept);
      const create = (logicalName: string, container: string): storage.BlobContainer =>
        createContainer(logicalName, account.name, container, args, protection, kept);
      const coordination = create(`${name}-own`, "coordination");
      const requests = create(`${name}-requests`, "requests");
      const heartbeats = create(`${name}-heartbeats`, "heartbeats");
      const urlOf = (container: storage.BlobContainer): pulumi.Output<string> =>
        pulumi.interpolate`${account.primaryEndpoints.blob}${container.name}/`;
      const { blobDataContributor, blobDataReader } = builtInRoles;
      return {
        coordinationUrl: urlOf(coordination),
        requestsUrl: urlOf(requests),
        heartbeatsUrl: urlOf(heartbeats),
        grants: {
          master: [
            // Backups hold the masters' credentials, so this container is theirs alone.
            allow("master", "coordination", coordination, blobDataContributor),
            allow("master", "requests", requests, blobDataContributor),
            allow("master", "heartbeats", heartbeats, blobDataContributor),
          ],
          media: [
            allow("media", "requests", requests, blobDataReader),
            allow("media", "heartbeats", heartbeats, blobDataContributor),
          ],
        },
      };
    }

    function allow(role: NodeRole, what: string, container: storage.BlobContainer, right: BuiltInRole) {
      const { subscriptionId } = authorization.getClientConfigOutput({ parent: kept.parent });
      return new authorization.RoleAssignment(
        `${name}-${role}-${what}`,
        {
          scope: container.id,
          principalId: args.writers[role],
          principalType: "ServicePrincipal",
          roleDefinitionId: subscriptionId.apply((id) => roleDefinitionId(id, right)),
        },
        { parent: kept.parent },
      );
    }
  }
}

/** What account B gives to the rest of the cluster. */
type Own = Pick<ObjectStore, "coordinationUrl" | "requestsUrl" | "heartbeatsUrl" | "grants">;

interface Recordings {
  readonly account: pulumi.Output<string>;
  readonly container: pulumi.Output<string>;
}

/** What Azure cannot do with these arguments. */
export function validateAzureObjectStore({ region, zoneRedundant, keepDeletedDays }: ObjectStoreArgs): Problem[] {
  const problems: Problem[] = [];
  if (zoneRedundant && !hasZoneRedundantStorage(region)) {
    problems.push({ path: "storage.zoneRedundant", reason: `${region} has no zones; set it to false` });
  }
  if (!Number.isInteger(keepDeletedDays) || keepDeletedDays < 1 || keepDeletedDays > 365) {
    problems.push({ path: "storage.keepDeletedDays", reason: "must be 1 to 365 on Azure" });
  }
  return problems;
}

function createAccount(
  name: string,
  purpose: string,
  args: ObjectStoreArgs,
  access: Pick<storage.StorageAccountArgs, "allowSharedKeyAccess" | "defaultToOAuthAuthentication">,
  kept: pulumi.CustomResourceOptions,
): storage.StorageAccount {
  const suffix = randomSuffix(`${name}-suffix`, { parent: kept.parent });
  return new storage.StorageAccount(
    `${name}-account`,
    {
      resourceGroupName: args.scope,
      location: args.region,
      tags: args.tags,
      accountName: suffix.apply((letters) =>
        physicalName(`${purpose}-${pulumi.getStack()}`, letters, storageAccountNames),
      ),
      kind: "StorageV2",
      sku: { name: args.zoneRedundant ? "Standard_ZRS" : "Standard_LRS" },
      accessTier: "Hot",
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      ...access,
    },
    // Azure converts between copies in one zone and in three by a procedure of its own (cloud-facts-azure.md 7.1). As a
    // replacement an edit is refused in the preview.
    { ...kept, replaceOnChanges: ["sku"] },
  );
}

/** Deleted blobs and containers stay recoverable. A singleton whose deletion would switch this off, hence kept too. */
function protectBlobs(
  name: string,
  accountName: pulumi.Output<string>,
  args: ObjectStoreArgs,
  { versions }: { versions: boolean },
  kept: pulumi.CustomResourceOptions,
): storage.BlobServiceProperties {
  const recoverable = { enabled: true, days: args.keepDeletedDays };
  return new storage.BlobServiceProperties(
    `${name}-protection`,
    {
      resourceGroupName: args.scope,
      accountName,
      blobServicesName: "default",
      isVersioningEnabled: versions,
      deleteRetentionPolicy: recoverable,
      containerDeleteRetentionPolicy: recoverable,
    },
    kept,
  );
}

function createContainer(
  name: string,
  accountName: pulumi.Output<string>,
  containerName: string,
  args: ObjectStoreArgs,
  protection: pulumi.Resource,
  kept: pulumi.CustomResourceOptions,
): storage.BlobContainer {
  return new storage.BlobContainer(
    `${name}-container`,
    { resourceGroupName: args.scope, accountName, containerName, publicAccess: "None" },
    { ...kept, dependsOn: [protection] },
  );
}

/** Replaced blobs live on as versions; without this they would do so for ever. */
function expireOldVersions(
  name: string,
  accountName: pulumi.Output<string>,
  args: ObjectStoreArgs,
  protection: pulumi.Resource,
  kept: pulumi.CustomResourceOptions,
): void {
  new storage.ManagementPolicy(
    `${name}-expiry`,
    {
      resourceGroupName: args.scope,
      accountName,
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "expire-old-versions",
            type: "Lifecycle",
            enabled: true,
            definition: {
              filters: { blobTypes: ["blockBlob"] },
              actions: { version: { delete: { daysAfterCreationGreaterThan: args.keepDeletedDays } } },
            },
          },
        ],
      },
    },
    { ...kept, dependsOn: [protection] },
  );
}
