/**
 * The vendor's images on AWS. They exist in one region and may be withdrawn there; a copy belongs to the stack, and goes
 * with it.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import { type GroupArgs, processorProblems } from "../../../components/enterprise-v2/server-group";
import type { Problem } from "../../../components/errors";
import { amiIdProblems } from "../images";
import { architectureOf } from "../instance-types";
import { named } from "../support";

/** Id of a group's image in the cluster's own region. */
export function vendorImage(
  name: string,
  { image, diskKeyId, tags }: Pick<GroupArgs, "image" | "diskKeyId" | "tags">,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  if (image.copyFrom === undefined) return pulumi.output(image.id);
  const part = `${name}-image`;
  const copy = new ec2.AmiCopy(
    part,
    {
      description: `Copy of ${image.id} from ${image.copyFrom}`,
      sourceAmiId: image.id,
      sourceAmiRegion: image.copyFrom,
      encrypted: true,
      kmsKeyId: diskKeyId,
      tags: named(tags, part),
    },
    { parent },
  );
  return copy.id;
}

/** Config keys of the groups' images. */
const imageKeys = { masters: "images.masterId", media: "images.mediaId" } as const;

/** What is wrong with a group's image and type; `path` is the config path of its machines. */
export function vendorImageProblems(
  path: keyof typeof imageKeys,
  { image, instanceType }: Pick<GroupArgs, "image" | "instanceType">,
): Problem[] {
  return [
    ...amiIdProblems(image.id, imageKeys[path]),
    ...processorProblems(path, instanceType, architectureOf(instanceType)),
  ];
}
