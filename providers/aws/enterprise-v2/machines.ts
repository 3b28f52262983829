/**
 * What masters and media nodes of Enterprise v2 have in common as EC2 machines.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import type { GroupArgs } from "../../../components/enterprise-v2/server-group";
import type { Problem } from "../../../components/errors";
import { encryptedRootDisk, keyPair, largestDiskGiB, metadataOptions } from "../machine";
import { keyProblems, named } from "../support";
import { vendorImage, vendorImageProblems } from "./images";

const longestGroupName = 255;

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
  const tags = named(args.tags, name);
  return new ec2.LaunchTemplate(
    name,
    {
      // Only for machines that somebody launches by hand: the group names its version.
      updateDefaultVersion: true,
      imageId: vendorImage(name, args, parent),
      instanceType: args.instanceType,
      keyName: args.keyName ?? keyPair(name, args.sshPublicKey, args.tags, parent),
      iamInstanceProfile: { arn: args.identity.attachment },
      metadataOptions,
      // Alarms look at single minutes.
      monitoring: { enabled: true },
      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: String(publicAddress),
          deleteOnTermination: "true",
          securityGroups: [args.rulesId],
        },
      ],
      blockDeviceMappings: [encryptedRootDisk(args.diskGiB, args.diskKeyId)],
      ...(userData && { userData }),
      // The group labels the machines; their volumes and interfaces it does not.
      tagSpecifications: ["volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      tags,
    },
    { parent },
  );
}

/** What is wrong with a group's machines on AWS; `path` is their config path. */
export function groupProblems(path: "masters" | "media", args: GroupArgs): Problem[] {
  const problems = [
    ...vendorImageProblems(path, args),
    ...keyProblems(args.diskKeyId, args.region, "encryption.keyId"),
  ];
  if (args.diskGiB > largestDiskGiB) {
    problems.push({ path: `${path}.diskGiB`, reason: `EBS has at most ${largestDiskGiB} GiB` });
  }
  if (args.groupName.length > longestGroupName) {
    const reason = `makes the group's name "${args.groupName}" longer than ${longestGroupName} characters`;
    problems.push({ path: "stack", reason });
  }
  return problems;
}
