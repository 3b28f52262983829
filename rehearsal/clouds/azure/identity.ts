/**
 * Simulated managed identities, role assignments, role definitions and Key Vault.
 */
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { isMissing, override } from "../existing";
import { given, number, problems, record, records, text, texts, uuid } from "../values";
import {
  armExists,
  armModel,
  byArmId,
  isWithin,
  ownsGroup,
  parseArmId,
  refusal,
  subscriptionOf,
  tenantId,
} from "./arm";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const definitionType = "azure-native:authorization:RoleDefinition";
const vaultType = "azure-native:keyvault:Vault";
export const assignmentType = "azure-native:authorization:RoleAssignment";
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const userAssignedIdentity = armModel({
  arm: "Microsoft.ManagedIdentity/userAssignedIdentities",
  showsState: false,
  apiVersion: "2023-01-31",
  nameInput: "resourceName",
  required: ["resourceGroupName"],
  source: "ARM naming rules (3 to 128 characters); cloud-facts-azure 6",
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  minLength: 3,
  maxLength: 128,
  forcesReplacement: ["location"],
  outputs: (_inputs, world, { urn }) => ({
    principalId: uuid(world, `${urn}#principal`),
    clientId: uuid(world, `${urn}#client`),
    tenantId,
  }),
});

/** Whether a role can be assigned at a scope: the subscription, a group, or a resource that exists. */
function scopeExists(scope: string, world: World): boolean {
  const group = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?$/i.exec(scope);
  if (group) return group[2] === undefined || ownsGroup(world, group[2]) || !isMissing(world, group[2]);
  // A secret or container is a scope of its own below its vault or account.
  return armExists(scope, world);
}

function definitionProblem(id: string, world: World): string | undefined {
  const match =
    /^(?:\/subscriptions\/([^/]+))?(?:\/resourceGroups\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([^/]+)$/i.exec(
      id,
    );
  if (!match || !guid.test(match[2]!))
    return refusal("InvalidRoleDefinitionId", `The role definition ID '${id}' is not valid.`);
  const mine = world.ofType(definitionType).some((made) => made.id.split("/").at(-1) === match[2]);
  const says = `The specified role definition with ID '${match[2]!.replace(/-/g, "")}' does not exist.`;
  return mine || !isMissing(world, match[2]!) ? undefined : refusal("RoleDefinitionDoesNotExist", says);
}

/** A role of the stack's own can be assigned at its assignable scopes and below them, and nowhere else. */
function assignableProblem(id: string, scope: string, world: World): string | undefined {
  const own = world.ofType(definitionType).find((made) => made.id.split("/").at(-1) === id.split("/").at(-1));
  const within = (assignable: string): boolean => `${scope}/`.toLowerCase().startsWith(`${assignable}/`.toLowerCase());
  if (!own || texts(own.inputs.assignableScopes).some(within)) return undefined;
  return refusal(
    "RoleAssignmentScopeNotAssignableToRoleDefinition",
    `The assignment scope '${scope}' is not assignable for specified role definition '${own.id.split("/").at(-1)!}'.`,
  );
}

const roleAssignment: ResourceModel = {
  required: ["principalId", "roleDefinitionId", "scope"],
  source: "cloud-facts-azure 6.1, 6.2, 6.6; learn.microsoft.com/azure/role-based-access-control/troubleshooting",
  // The provider draws a UUID when no name is given, which `create` does.
  naming: { input: "roleAssignmentName", auto: "none", pattern: guid },
  defaults: { principalType: "User" },
  forcesReplacement: ["roleAssignmentName", "principalId", "scope"],
  // Its name is a UUID of the provider's making (cloud-facts-azure 10.3, 10.4).
  deleteBeforeReplace: false,
  // Source: cloud-facts-azure 6.2; the message in github.com/Azure-Samples/graphrag-accelerator issue 168.
  checkUpdate: (olds, news) =>
    ["roleDefinitionId", "principalType"].some((key) => text(olds[key]).toLowerCase() !== text(news[key]).toLowerCase())
      ? [
          refusal(
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
          ),
        ]
      : [],
  check(inputs, world) {
    const [scope, principal, definition] = [
      text(inputs.scope),
      text(inputs.principalId),
      text(inputs.roleDefinitionId),
    ];
    const made = world.ofType(identityType).some((identity) => identity.outputs.principalId === principal);
    const twin = world
      .ofType(assignmentType)
      .some((other) =>
        ["scope", "principalId", "roleDefinitionId"].every(
          (key) => text(other.inputs[key]).toLowerCase() === text(inputs[key]).toLowerCase(),
        ),
      );
    const parts = parseArmId(scope);
    return problems(
      !scopeExists(scope, world) &&
        refusal(
          "ResourceNotFound",
          `The Resource '${parts ? `${parts.type}/${parts.names.join("/")}` : scope}' under resource group '${parts?.resourceGroup ?? ""}' was not found.`,
        ),
      !guid.test(principal) &&
        refusal("InvalidPrincipalId", `A valid principal ID must be provided for role assignment.`),
      definitionProblem(definition, world),
      assignableProblem(definition, scope, world),
      made &&
        inputs.principalType !== "ServicePrincipal" &&
        refusal(
          "UnmatchedPrincipalType",
          `The PrincipalId '${principal.replace(/-/g, "")}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '${text(inputs.principalType) || "User"}'.`,
        ),
      twin && refusal("RoleAssignmentExists", "The role assignment already exists."),
    );
  },
  create(inputs, world, { urn }) {
    const name = text(inputs.roleAssignmentName) || uuid(world, urn);
    const outputs = { name, type: "Microsoft.Authorization/roleAssignments", azureApiVersion: "2022-04-01" };
    return { id: `${text(inputs.scope)}/providers/Microsoft.Authorization/roleAssignments/${name}`, outputs };
  },
};

const roleDefinition: ResourceModel = {
  required: ["scope"],
  source:
    "cloud-facts-azure 6.5, 6.7; learn.microsoft.com/azure/role-based-access-control/custom-roles (name up to 512 characters, no wildcard in scopes, one at least, none the root)",
  naming: { input: "roleDefinitionId", auto: "none", pattern: guid },
  forcesReplacement: ["roleDefinitionId", "scope"],
  // As with assignments: the name is a UUID of the provider's making.
  deleteBeforeReplace: false,
  // Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting; cloud-facts-azure 6.5.
  checkDelete: (resource, world) =>
    world
      .ofType(assignmentType)
      .some((other) => text(other.inputs.roleDefinitionId).split("/").at(-1) === resource.outputs.name)
      ? [refusal("RoleDefinitionHasAssignments", "There are existing role assignments referencing role.")]
      : [],
  check(inputs, world) {
    const name = text(inputs.roleName);
    const actions = records(inputs.permissions).flatMap((permission) => [
      ...texts(permission.actions),
      ...texts(permission.dataActions),
    ]);
    const scopes = texts(inputs.assignableScopes);
    const twin = world.ofType(definitionType).some((other) => name !== "" && other.inputs.roleName === name);
    return problems(
      !scopeExists(text(inputs.scope), world) &&
        refusal(
          "ResourceGroupNotFound",
          `Resource group '${text(inputs.scope).split("/").at(-1)!}' could not be found.`,
        ),
      !name && refusal("RoleDefinitionNameRequired", "Role definition name is required."),
      name.length > 512 &&
        refusal("RoleDefinitionNameTooLong", "The role definition name can have at most 512 characters."),
      twin &&
        refusal(
          "RoleDefinitionWithSameNameExists",
          `A custom role with the same name already exists in this directory. Use a different name. Name: ${name}`,
        ),
      scopes
        .filter((scope) => scope.includes("*") || !scopeExists(scope, world))
        .map((scope) => refusal("InvalidAssignableScope", `The assignable scope '${scope}' is not valid.`)),
      scopes.length === 0 &&
        refusal("MissingAssignableScopes", "The role definition must have at least one assignable scope."),
      actions
        .filter((action) => !/^(\*|Microsoft\.[A-Za-z]+\/[A-Za-z0-9/*]+)$/.test(action))
        .map((action) =>
          refusal(
            "InvalidActionOrNotAction",
            `'${action}' does not match any of the actions supported by the providers.`,
          ),
        ),
    );
  },
  create(inputs, world, { urn }) {
    const name = text(inputs.roleDefinitionId) || uuid(world, urn);
    const outputs = { name, type: "Microsoft.Authorization/roleDefinitions", azureApiVersion: "2022-05-01-preview" };
    return {
      id: `/subscriptions/${subscriptionOf(world)}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
      outputs,
    };
  },
};

/**
 * Source: cloud-facts-azure 5.1; the first message in internal/services/keyvault/key_vault_resource.go of
 * hashicorp/terraform-provider-azurerm, the second in github.com/MicrosoftDocs/azure-docs, articles on soft delete.
 */
function vaultChanges(olds: Properties, news: Properties): string[] {
  const [before, after] = [record(olds.properties), record(news.properties)];
  const days = number(before.softDeleteRetentionInDays) ?? 90;
  return problems(
    (number(after.softDeleteRetentionInDays) ?? days) !== days &&
      refusal("BadRequest", `The property "softDeleteRetentionInDays" has been set already and it can't be modified.`),
    after.enableSoftDelete === false &&
      refusal(
        "BadRequest",
        `The property "enableSoftDelete" can be set to false only for creating new vault. Enabling the 'soft delete' functionality is an irreversible action.`,
      ),
  );
}

/**
 * A vault that was deleted lately keeps its name, until its recovery days are over or somebody recovers it; with purge
 * protection there is no other way. Source: cloud-facts-azure 5.1; learn.microsoft.com/azure/key-vault/general/
 * soft-delete-overview; the message in github.com/alan-turing-institute/data-safe-haven issue 2523.
 */
function deletedVault(name: string, world: World): string | undefined {
  const isDeleted = (world.recoverable ?? []).some(
    ({ type, outputs }) => type === vaultType && text(outputs.name).toLowerCase() === name.toLowerCase(),
  );
  const says =
    "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.";
  return isDeleted || override(world, name).softDeleted === true ? refusal("ConflictError", says) : undefined;
}

function vaultProblems(inputs: Properties, world: World, id: string): string[] {
  const properties = record(inputs.properties);
  const days = number(properties.softDeleteRetentionInDays);
  const acls = record(properties.networkAcls);
  const name = id.split("/").at(-1)!;
  const elsewhere = world
    .ofType(vaultType)
    .some((other) => text(other.outputs.name).toLowerCase() === name.toLowerCase());
  return problems(
    elsewhere &&
      refusal(
        "VaultAlreadyExists",
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
      ),
    properties.createMode !== "recover" && deletedVault(name, world),
    !guid.test(text(properties.tenantId)) && refusal("BadRequest", "The parameter tenantId has an invalid value."),
    !["standard", "premium"].includes(text(record(properties.sku).name)) &&
      refusal("BadRequest", "The parameter sku has an invalid value."),
    days !== undefined &&
      (days < 7 || days > 90) &&
      refusal(
        "BadRequest",
        "The property 'softDeleteRetentionInDays' has an invalid value. Allowed values are between 7 and 90.",
      ),
    properties.enablePurgeProtection === false &&
      refusal(
        "BadRequest",
        'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
      ),
    properties.enableRbacAuthorization !== true &&
      !Array.isArray(properties.accessPolicies) &&
      refusal("BadRequest", "The parameter accessPolicies is not specified."),
    records(acls.virtualNetworkRules).flatMap((rule) => endpointProblem(text(rule.id), world)),
    records(acls.ipRules)
      .filter((rule) => !/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(text(rule.value)))
      .map((rule) => refusal("BadRequest", `The value '${text(rule.value)}' of the IP rule is invalid.`)),
  );
}

/** A vault's subnet rule needs the service end point on that subnet. Source: cloud-facts-azure 5.10. */
function endpointProblem(subnetId: string, world: World): string[] {
  const subnet = byArmId(world, subnetId);
  const services = records(subnet?.inputs.serviceEndpoints).map((endpoint) => text(endpoint.service));
  const says = `Subnets ${subnetId.split("/").at(-1)} of virtual network ${subnetId.split("/").at(-3)} do not have ServiceEndpoints for Microsoft.KeyVault resources configured. Add Microsoft.KeyVault to subnet's ServiceEndpoints collection before trying to ACL Microsoft.KeyVault resources to these subnets.`;
  const covered = services.some((service) => ["Microsoft.KeyVault", "Microsoft.KeyVault.Global"].includes(service));
  return subnet && !covered ? [refusal("VirtualNetworkNotValid", says)] : [];
}

const vault = armModel({
  arm: "Microsoft.KeyVault/vaults",
  showsState: false,
  apiVersion: "2024-11-01",
  nameInput: "vaultName",
  required: ["properties", "resourceGroupName"],
  source: "cloud-facts-azure 5.1 to 5.10; bicep type Microsoft.KeyVault/vaults",
  pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]*[a-zA-Z0-9]$/,
  minLength: 3,
  maxLength: 24,
  isRecoverable: () => true,
  check: vaultProblems,
  checkUpdate: vaultChanges,
  outputs: (inputs, _world, { name }) => ({
    properties: {
      ...record(inputs.properties),
      vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
      provisioningState: "Succeeded",
    },
  }),
});

/**
 * The provider deletes a secret through the vault's own address, which the vault's firewall guards. Without any address
 * rule that is nobody's. Source: cloud-facts-azure 5.5; the message in learn.microsoft.com/azure/key-vault/general/
 * rest-error-codes, "Client address is not authorized".
 */
function firewallProblem({ id }: LiveResource, world: World): string[] {
  const holder = world.ofType(vaultType).find((made) => isWithin(id, made.id));
  const acls = record(record(holder?.inputs.properties).networkAcls);
  const closed = acls.defaultAction === "Deny" && records(acls.ipRules).length === 0;
  const says = "Client address is not authorized and caller is not a trusted service.";
  return closed ? [refusal("Forbidden", says)] : [];
}

const secret = armModel({
  arm: "Microsoft.KeyVault/vaults/secrets",
  apiVersion: "2024-11-01",
  nameInput: "secretName",
  parents: ["vaultName"],
  required: ["properties", "resourceGroupName", "vaultName"],
  source: "cloud-facts-azure 5.5, 5.7; bicep type Microsoft.KeyVault/vaults/secrets",
  auto: "copy",
  pattern: /^[a-zA-Z0-9-]+$/,
  minLength: 1,
  maxLength: 127,
  located: false,
  checkDelete: firewallProblem,
  check(inputs) {
    const properties = record(inputs.properties);
    const bytes = Buffer.byteLength(text(properties.value));
    return problems(
      bytes > 25600 && refusal("BadParameter", "The value of the secret is too long. The maximum size is 25k bytes."),
      text(properties.contentType).length > 255 &&
        refusal("BadParameter", "The content type of the secret is too long. The maximum is 255 characters."),
    );
  },
  outputs(inputs, world, { name, urn }) {
    const secretUri = `https://${text(inputs.vaultName).toLowerCase()}.vault.azure.net/secrets/${name}`;
    const { value: _value, ...shown } = record(inputs.properties);
    // Each write makes a version (cloud-facts-azure 5.7).
    const version = uuid(world, `${urn}#${JSON.stringify(inputs.properties)}`).replace(/-/g, "");
    const secretUriWithVersion = `${secretUri}/${version}`;
    return { location: text(world.provider.location), properties: { ...shown, secretUri, secretUriWithVersion } };
  },
});

/** Whether a list of identity ids suits a machine. Source: cloud-facts-azure 1.3. */
export function attachedIdentities(inputs: Properties): readonly string[] {
  const attached = record(inputs.identity).userAssignedIdentities;
  return Array.isArray(attached) ? texts(attached) : given(attached) ? Object.keys(record(attached)) : [];
}

/** Whether a text is the id of a managed identity. */
export function isIdentityId(id: string): boolean {
  return parseArmId(id)?.type.toLowerCase() === "microsoft.managedidentity/userassignedidentities";
}

/** Identities, roles and the vault. */
export const identity: Readonly<Record<string, ResourceModel>> = {
  [identityType]: userAssignedIdentity,
  [assignmentType]: roleAssignment,
  [definitionType]: roleDefinition,
  [vaultType]: vault,
  "azure-native:keyvault:Secret": secret,
};
