/**
 * What masters and media nodes of Enterprise v2 have in common as EC2 machines.
 */
import * as pulumi from "@pulumi/pulumi";
import type * as ec2 from "@pulumi/aws/ec2";
import type { GroupArgs } from "../../../components/enterprise-v2/server-group";
import type { Problem } from "../../../components/errors";
import { groupProblems, groupTemplate } from "../group";
import { keyPair } from "../machine";
import { keyProblems } from "../support";
import { vendorImage, vendorImageProblems } from "./images";

interface Machines {
  readonly parent: pulumi.Resource;
  readonly publicAddress: boolean;
  /** Base64. @default none */
  readonly userData?: pulumi.Output<string>;
}

export function createTemplate(
  name: string,
  args: GroupArgs,
  { parent, publicAddress, userData }: Machines,
): ec2.LaunchTemplate {
  const { instanceType, rulesId, diskGiB, diskKeyId, tags } = args;
  return groupTemplate(
    name,
    {
      ...{ instanceType, rulesId, diskGiB, diskKeyId, tags, publicAddress, userData },
      imageId: vendorImage(name, args, parent),
      keyName: args.keyName ?? keyPair(name, args.sshPublicKey, tags, parent),
      profileArn: args.identity.attachment,
    },
    parent,
  );
}

/** What is wrong with a group's machines on AWS; `path` is their config path. */
export function machineProblems(path: "masters" | "media", args: GroupArgs): Problem[] {
  return [
    ...vendorImageProblems(path, args),
    ...keyProblems(args.diskKeyId, args.region, "encryption.keyId"),
    ...groupProblems(path, args.groupName, args.diskGiB),
  ];
}
