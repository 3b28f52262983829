/**
 * NodeIdentity on Azure: one user-assigned managed identity per kind of node. Scale sets with Flexible orchestration
 * take no other kind (reference/cloud-facts-azure.md 1.3), and it exists before the machines, so that grants do too.
 * Guarantees: no rights of its own; the stores grant what the nodes' scripts use.
 * Differs from AWS: `operatorShell` needs no right here. Azure's Run Command works with the operator's own rights and
 * cannot be withheld by the machine.
 */
import * as pulumi from "@pulumi/pulumi";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import { type NodeIdentity, type NodeIdentityArgs, nodeIdentityToken } from "../../components/node-identity";

export class AzureNodeIdentity extends pulumi.ComponentResource implements NodeIdentity {
  public readonly principal: pulumi.Output<string>;
  public readonly attachment: pulumi.Output<string>;
  public readonly clientId: pulumi.Output<string>;
  public readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: NodeIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(nodeIdentityToken, name, {}, opts);

    const { scope: resourceGroupName, region: location, tags } = args;
    const identity = new managedidentity.UserAssignedIdentity(
      name,
      { resourceGroupName, location, tags },
      { parent: this },
    );

    this.principal = identity.principalId;
    this.attachment = identity.id;
    this.clientId = identity.clientId;
    this.grants = [identity];
    this.registerOutputs({ principal: this.principal, attachment: this.attachment, clientId: this.clientId });
  }
}
