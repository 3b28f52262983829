/**
 * What masters and media nodes have in common as EC2 machines.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ec2 from "@pulumi/aws/ec2";
import type { input as inputs } from "@pulumi/aws/types";
import type { Tags } from "../../components/tags";
import { rootDeviceName } from "./images";
import { named } from "./support";

/**
 * Access to the instance's identity: by token only, and from the host's own network alone. OpenVidu's containers share
 * that network; what runs in any other has no business with the node's role. Source: reference/cloud-facts-aws.md 3.
 */
export const metadataOptions = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  httpPutResponseHopLimit: 1,
  instanceMetadataTags: "disabled",
};

/** Largest gp3 volume. Source: reference/cloud-facts-aws.md 11. */
export const largestDiskGiB = 65536;

/** A key pair for operators' SSH, where they gave a key. */
export function keyPair(
  name: string,
  publicKey: string | undefined,
  tags: Tags,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  if (publicKey === undefined) return undefined;
  return new ec2.KeyPair(name, { publicKey, tags: named(tags, name) }, { parent }).keyName;
}

/** The root disk of a launch template's machines, at the device under which Ubuntu's images have it. */
export function encryptedRootDisk(gib: number, keyId: string | undefined): inputs.ec2.LaunchTemplateBlockDeviceMapping {
  return {
    deviceName: rootDeviceName,
    ebs: { volumeType: "gp3", volumeSize: gib, encrypted: "true", kmsKeyId: keyId, deleteOnTermination: "true" },
  };
}
