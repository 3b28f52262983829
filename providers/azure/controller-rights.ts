/**
 * What the controller on the masters may do to the media group: see the group and its machines, end a machine by name,
 * and set the limits of its autoscaler. Two roles of our own, because no built-in one is as narrow (AZ-X4).
 * Masters do not wait for these rights: the controller asks again each minute. Azure may refuse to assign a role that is
 * only minutes old, so the roles are made at the start of a deployment and assigned after the scale set. A role goes
 * after its assignments, which name it, because Azure refuses to delete a role in use.
 * Sources: reference/cloud-facts-azure.md 6.1, 6.2, 6.5 to 6.7. Names of roles are unique in a tenant.
 */
import * as pulumi from "@pulumi/pulumi";
import * as authorization from "@pulumi/azure-native/authorization";
import { resourceGroupId } from "./resource-ids";
import { controllerActions, roleDefinitionId } from "./roles";

export interface ControllerRightsArgs {
  /** Required. Name of the resource group. */
  readonly scope: pulumi.Input<string>;
  /** Required. Principal id of the masters' identity. */
  readonly principalId: pulumi.Input<string>;
  readonly scaleSet: pulumi.CustomResource;
  readonly autoscaler: pulumi.CustomResource;
  /** Required. Random characters that make the roles' names unique. */
  readonly suffix: pulumi.Output<string>;
}

export function allowController(name: string, args: ControllerRightsArgs, self: pulumi.CustomResourceOptions): void {
  const { subscriptionId } = authorization.getClientConfigOutput({ parent: self.parent });
  const groupId = pulumi
    .all([subscriptionId, args.scope])
    .apply(([subscription, group]) => resourceGroupId(subscription, group));

  const reader = defineRole("controller-read", "sees the media group", controllerActions.read);
  const changer = defineRole("controller", "ends media nodes and sets their limits", controllerActions.change);
  assign("controller-read", reader, groupId);
  assign("controller", changer, args.scaleSet.id);
  assign("controller-limits", changer, args.autoscaler.id);

  function defineRole(part: string, what: string, actions: readonly string[]): authorization.RoleDefinition {
    return new authorization.RoleDefinition(
      `${name}-${part}`,
      {
        // The group and not the subscription, so that a deployer needs rights on the group alone. The GUID that is the
        // role's id is drawn by the provider.
        scope: groupId,
        assignableScopes: [groupId],
        roleName: pulumi.interpolate`${pulumi.getProject()}-${pulumi.getStack()} ${part} ${args.suffix}`,
        roleType: "CustomRole",
        description: `OpenVidu's controller on the masters ${what}`,
        permissions: [{ actions: [...actions] }],
      },
      self,
    );
  }

  function assign(part: string, role: authorization.RoleDefinition, scope: pulumi.Output<string>): void {
    new authorization.RoleAssignment(
      `${name}-${part}`,
      {
        scope,
        principalId: args.principalId,
        principalType: "ServicePrincipal",
        roleDefinitionId: pulumi.all([subscriptionId, role.name]).apply(([id, guid]) => roleDefinitionId(id, guid)),
      },
      { ...self, dependsOn: [args.scaleSet] },
    );
  }
}
