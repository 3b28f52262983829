/**
 * The vendor's images on AWS. They exist in one region and may be withdrawn there; a copy belongs to the stack, and goes
 * with it.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import type { GroupArgs } from "../../../components/enterprise-v2/server-group";
import type { Problem } from "../../../components/errors";
import { imageProblems } from "../images";
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

/** What is wrong with a group's image and type; `path` is the config path of its machines. */
export function vendorImageProblems(path: string, { image, instanceType }: GroupArgs): Problem[] {
  const id = imageProblems({ release: "24.04", architecture: "amd64", id: image.id }, instanceType, path);
  if (architectureOf(instanceType) === "amd64") return id;
  return [
    ...id,
    { path: `${path}.instanceType`, reason: `${instanceType} is an Arm type, and the vendor's images are for x86` },
  ];
}
