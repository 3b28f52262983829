/**
 * NodeIdentity on-premises: machines have none. What a node may read is put on it, and nothing else is.
 */
import * as pulumi from "@pulumi/pulumi";
import { type NodeIdentity, type NodeIdentityArgs, nodeIdentityToken } from "../../components/node-identity";

export class OnpremNodeIdentity extends pulumi.ComponentResource implements NodeIdentity {
  public readonly principal = pulumi.output("");
  public readonly attachment = pulumi.output("");
  public readonly clientId = pulumi.output("");
  public readonly grants: readonly pulumi.Resource[] = [];

  constructor(name: string, _args: NodeIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(nodeIdentityToken, name, {}, opts);
    this.registerOutputs({ principal: this.principal, attachment: this.attachment, clientId: this.clientId });
  }
}
