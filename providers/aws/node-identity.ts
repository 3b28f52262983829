/**
 * NodeIdentity on AWS: an IAM role for machines, with its instance profile.
 * Guarantees: no rights but those of Session Manager, and these only if wanted; the names are AWS's to choose, because
 * they are unique per account and not per region.
 */
import * as pulumi from "@pulumi/pulumi";
import * as iam from "@pulumi/aws/iam";
import { type NodeIdentity, type NodeIdentityArgs, nodeIdentityToken } from "../../components/node-identity";
import { machineTrust, policyDocument } from "./policies";
import { named, partitionOf } from "./support";

export class AwsNodeIdentity extends pulumi.ComponentResource implements NodeIdentity {
  public readonly principal: pulumi.Output<string>;
  public readonly attachment: pulumi.Output<string>;
  public readonly clientId: pulumi.Output<string>;
  public readonly grants: readonly pulumi.Resource[];

  constructor(name: string, args: NodeIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(nodeIdentityToken, name, {}, opts);
    const self = { parent: this };
    const { partition, dnsSuffix } = partitionOf(this);

    const role = new iam.Role(
      name,
      {
        description: `OpenVidu ${args.role} nodes`,
        assumeRolePolicy: dnsSuffix.apply((suffix) => policyDocument(machineTrust(suffix))),
        tags: named(args.tags, name),
      },
      self,
    );
    const shell = args.operatorShell ? [allowShell()] : [];
    const profile = new iam.InstanceProfile(name, { role: role.name, tags: named(args.tags, name) }, self);

    this.principal = role.name;
    this.attachment = profile.arn;
    this.clientId = pulumi.output("");
    this.grants = [profile, ...shell];
    this.registerOutputs({ principal: this.principal, attachment: this.attachment, clientId: this.clientId });

    /** What the SSM agent of Ubuntu's images needs for Session Manager; AWS keeps the list of actions. */
    function allowShell(): iam.RolePolicyAttachment {
      return new iam.RolePolicyAttachment(
        `${name}-shell`,
        {
          role: role.name,
          policyArn: pulumi.interpolate`arn:${partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
        },
        self,
      );
    }
  }
}
