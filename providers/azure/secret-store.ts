/**
 * SecretStore on Azure: a key vault with one secret per kind of node.
 * Guarantees: access by roles only, each identity reads exactly its own secret and writes none; networks are refused
 * but for the nodes' subnets and the deployers' ranges (AZ-X5); the vault outlives `pulumi destroy`, and a deleted one
 * can be recovered.
 * Differs from AWS: a value holds 25 KB, and writing it goes past the vault's own firewall, through the resource
 * manager (reference/cloud-facts-azure.md 5.5); deleting would not, so the secrets are left to the vault.
 * The API version that the SDK fixes for vaults ends on 2027-02-27 (5.9).
 */
import * as pulumi from "@pulumi/pulumi";
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import { quietError, type Problem, throwIfAny } from "../../components/errors";
import { type SecretStore, type SecretStoreArgs, secretStoreToken } from "../../components/secret-store";
import type { NodeRole } from "../../openvidu/editions";
import { physicalName, randomSuffix, vaultNames } from "./names";
import { builtInRoles, roleDefinitionId } from "./roles";

export class AzureSecretStore extends pulumi.ComponentResource implements SecretStore {
  public readonly bundleIds: Readonly<Record<NodeRole, pulumi.Output<string>>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>>;
  public readonly consoleUrl: pulumi.Output<string>;

  constructor(name: string, args: SecretStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(secretStoreToken, name, {}, opts);
    throwIfAny(`secret store "${name}"`, validateAzureSecretStore(args));

    const self = { parent: this };
    const client = authorization.getClientConfigOutput(self);
    const vault = createVault(name, client.tenantId, args, self);
    const uri = vault.properties.apply(({ vaultUri }) => vaultUri);

    const bundles = { master: createBundle("master"), media: createBundle("media") } satisfies Record<NodeRole, Bundle>;
    this.bundleIds = { master: bundles.master.id, media: bundles.media.id };
    this.grants = { master: bundles.master.grants, media: bundles.media.grants };
    this.consoleUrl = pulumi.interpolate`https://portal.azure.com/#@/resource${vault.id}/secrets`;
    this.registerOutputs({ bundleIds: this.bundleIds, consoleUrl: this.consoleUrl });

    function createBundle(role: NodeRole): Bundle {
      const secret = createSecret(`${name}-${role}`, role, vault, args, self);
      const reader = new authorization.RoleAssignment(
        `${name}-${role}-reader`,
        {
          // The secret alone: a vault-wide grant would show each kind of node the other's bundle.
          scope: secret.id,
          principalId: args.readers[role],
          // Without it a new identity may not be found yet (cloud-facts-azure.md 6.1).
          principalType: "ServicePrincipal",
          roleDefinitionId: client.subscriptionId.apply((id) => roleDefinitionId(id, builtInRoles.keyVaultSecretsUser)),
        },
        self,
      );
      // Without a version, so that nodes always read the newest.
      const id = pulumi.all([uri, secret.id]).apply(([vaultUri]) => `${vaultUri}secrets/${secretName(role)}`);
      return { id, grants: [secret, reader] };
    }
  }
}

interface Bundle {
  readonly id: pulumi.Output<string>;
  readonly grants: readonly pulumi.Resource[];
}

/** What Azure cannot do with these arguments. */
export function validateAzureSecretStore({ recoveryDays }: SecretStoreArgs): Problem[] {
  return Number.isInteger(recoveryDays) && recoveryDays >= 7 && recoveryDays <= 90
    ? []
    : [{ path: "secretRecoveryDays", reason: "must be 7 to 90 on Azure" }];
}

function createVault(
  name: string,
  tenantId: pulumi.Output<string>,
  args: SecretStoreArgs,
  self: pulumi.CustomResourceOptions,
): keyvault.Vault {
  const suffix = randomSuffix(`${name}-suffix`, self);
  const subnetIds = pulumi.all([...args.readerSubnetIds]).apply((ids) => [...new Set(ids)]);
  return new keyvault.Vault(
    `${name}-vault`,
    {
      resourceGroupName: args.scope,
      location: args.region,
      tags: args.tags,
      vaultName: suffix.apply((letters) => physicalName(`kv-${pulumi.getStack()}`, letters, vaultNames)),
      properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: args.recoveryDays,
        enablePurgeProtection: true,
        publicNetworkAccess: "Enabled",
        networkAcls: {
          defaultAction: "Deny",
          bypass: "None",
          ipRules: args.deployerCidrs.map((value) => ({ value })),
          virtualNetworkRules: subnetIds.apply((ids) => ids.map((id) => ({ id }))),
        },
      },
    },
    {
      ...self,
      protect: args.deletionProtection,
      retainOnDelete: true,
      // Can be set at creation only (cloud-facts-azure.md 5.1): as a replacement a change is refused in the preview.
      replaceOnChanges: ["properties.softDeleteRetentionInDays"],
    },
  );
}

/**
 * The provider writes it through the management API and asks the vault itself only after a conflict, so a deployer
 * needs neither a role in the vault nor a way through its network rules.
 */
function createSecret(
  name: string,
  role: NodeRole,
  vault: keyvault.Vault,
  args: SecretStoreArgs,
  self: pulumi.CustomResourceOptions,
): keyvault.Secret {
  return new keyvault.Secret(
    name,
    {
      resourceGroupName: args.scope,
      vaultName: vault.name,
      secretName: secretName(role),
      properties: {
        contentType: "application/json",
        value: pulumi.secret(pulumi.output(args.bundles[role]).apply((bundle) => serialise(role, bundle))),
      },
      tags: args.tags,
    },
    // Pulumi must not forget it while its vault stays: Azure would not let an update make it again.
    { ...self, protect: args.deletionProtection, retainOnDelete: true },
  );
}

/** Never changed: a deleted name stays taken until it is purged (reference/cloud-facts-azure.md 5.6). */
function secretName(role: NodeRole): string {
  return `bundle-${role}`;
}

/** Largest value of a secret (reference/cloud-facts-azure.md 5.7), read as decimal to be on the safe side. */
export const largestSecretBytes = 25_000;

/** A bundle as nodes read it. @throws a quiet error when the vault would refuse it */
export function serialise(role: NodeRole, bundle: Readonly<Record<string, string>>): string {
  const text = JSON.stringify(bundle);
  const bytes = Buffer.byteLength(text);
  if (bytes > largestSecretBytes) {
    throw quietError(
      `the settings of ${role} nodes take ${bytes} bytes; a secret holds ${largestSecretBytes}. ` +
        "Give certificate.chain without certificates that browsers do not need",
    );
  }
  return text;
}
