/**
 * MasterPool on AWS: slots, each with a network interface, a data volume and an instance.
 * Guarantees: a slot's address and data outlive its instance, and no config edit replaces them; image, type and boot
 * script of an instance change only when its generation is raised, and then that one instance is rebuilt.
 */
import * as pulumi from "@pulumi/pulumi";
import * as ebs from "@pulumi/aws/ebs";
import * as ec2 from "@pulumi/aws/ec2";
import * as lb from "@pulumi/aws/lb";
import { type Problem, throwIfAny } from "../../components/errors";
import {
  type MasterPool,
  type MasterPoolArgs,
  masterPoolToken,
  validateMasterPool,
} from "../../components/master-pool";
import { renderBoot } from "../../components/node-boot";
import { imageProblems } from "./images";
import { keyPair, largestDiskGiB, metadataOptions } from "./machine";
import { imageId, keyProblems, named, partitionOf } from "./support";

/** Name under which EC2 attaches the data volume; the node finds it by its volume id instead (cloud-facts-aws 5). */
const dataDeviceName = "/dev/sdf";

/** What an instance keeps from the update that made it, until its generation is raised. */
const frozen = ["ami", "instanceType", "keyName", "rootBlockDevice", "userDataBase64"];

interface Master {
  readonly networkInterface: ec2.NetworkInterface;
  readonly volume: ebs.Volume;
}

export class AwsMasterPool extends pulumi.ComponentResource implements MasterPool {
  public readonly privateIps: readonly pulumi.Output<string>[];
  public readonly machineIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: MasterPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super(masterPoolToken, name, {}, opts);
    throwIfAny(`master pool "${name}"`, validateAwsMasterPool(args));

    const self = { parent: this };
    const image = imageId(args.image, this);
    const keyName = keyPair(name, args.sshPublicKey, args.tags, this);
    const { dnsSuffix } = partitionOf(this);
    const masters = args.slots.map((_, index) => createLasting(index));
    this.privateIps = masters.map(({ networkInterface }) => networkInterface.privateIp);
    const masterIps = pulumi.all([...this.privateIps]).apply((ips) => ips.join(","));
    const links = args.publicAddressIds.map((allocationId, index) => linkAddress(allocationId, index));
    const instances = masters.map((master, index) => createInstance(master, index));
    this.machineIds = instances.map(({ id }) => id);
    this.registerOutputs({ privateIps: this.privateIps, machineIds: this.machineIds });

    function partOf(index: number): string {
      return `${name}-${index + 1}`;
    }

    /** What outlives the instance. Where a slot was first put, there it stays: adding a zone moves no data. */
    function createLasting(index: number): Master {
      const part = partOf(index);
      const { subnetId, zone } = args.slots[index]!;
      const networkInterface = new ec2.NetworkInterface(
        part,
        { subnetId, securityGroups: [args.firewall.rulesId], description: part, tags: named(args.tags, part) },
        { ...self, protect: args.deletionProtection, ignoreChanges: ["subnetId"] },
      );
      const volume = new ebs.Volume(
        `${part}-data`,
        {
          availabilityZone: zone,
          type: "gp3",
          size: args.dataDiskGiB,
          encrypted: true,
          kmsKeyId: args.diskKeyId,
          tags: named(args.tags, `${part}-data`),
        },
        {
          ...self,
          protect: args.deletionProtection,
          retainOnDelete: true,
          ignoreChanges: ["availabilityZone", "encrypted", "kmsKeyId"],
        },
      );
      return { networkInterface, volume };
    }

    /** On the interface, so that it stays when the instance goes. */
    function linkAddress(allocationId: pulumi.Input<string>, index: number): ec2.EipAssociation {
      const networkInterfaceId = masters[index]!.networkInterface.id;
      return new ec2.EipAssociation(partOf(index), { allocationId, networkInterfaceId }, self);
    }

    function createInstance({ networkInterface, volume }: Master, index: number): ec2.Instance {
      const part = partOf(index);
      const boot = renderBoot(args.boot, {
        SLOT: String(index + 1),
        MASTER_IPS: masterIps,
        DATA_DISK: volume.id,
        DNS_SUFFIX: dnsSuffix,
      });
      const instance = new ec2.Instance(
        part,
        {
          ami: image,
          instanceType: args.instanceType,
          keyName,
          primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
          iamInstanceProfile: profileName(args.identity.attachment),
          metadataOptions,
          monitoring: true,
          maintenanceOptions: { autoRecovery: "default" },
          // Protected against slips in the console; `forceDestroy` lets this program itself rebuild a master. It takes
          // effect only if it was there in an update before (cloud-facts-aws 5), so it is there from the first one on.
          disableApiTermination: true,
          forceDestroy: true,
          rootBlockDevice: {
            volumeType: "gp3",
            volumeSize: args.rootDiskGiB,
            encrypted: true,
            kmsKeyId: args.diskKeyId,
            deleteOnTermination: true,
            tags: named(args.tags, `${part}-root`),
          },
          userDataBase64: boot,
          tags: named(args.tags, part),
        },
        {
          ...self,
          // Without its address an instance in a public subnet has no way out.
          dependsOn: [...args.bootAfter, ...links],
          ignoreChanges: frozen,
          replacementTrigger: args.generations[index],
          // Interface and volume can serve one instance at a time.
          deleteBeforeReplace: true,
        },
      );
      attach(part, instance, volume);
      return instance;
    }

    function attach(part: string, instance: ec2.Instance, volume: ebs.Volume): void {
      new ec2.VolumeAttachment(
        `${part}-data`,
        {
          instanceId: instance.id,
          volumeId: volume.id,
          deviceName: dataDeviceName,
          // The end of the instance detaches it. Detaching first would want the instance stopped, and would fail for ever
          // where the instance is gone already because making its successor failed.
          skipDestroy: true,
        },
        { ...self, deleteBeforeReplace: true },
      );
      args.backendIds.forEach((targetGroupArn, index) => {
        new lb.TargetGroupAttachment(`${part}-${index + 1}`, { targetGroupArn, targetId: instance.id }, self);
      });
    }
  }
}

/** An instance takes its profile by name, a launch template by ARN; the name is the ARN's last part. */
function profileName(arn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(arn).apply((text) => text.split("/").at(-1) ?? text);
}

/** What is wrong with the arguments on AWS. */
export function validateAwsMasterPool(args: MasterPoolArgs): Problem[] {
  const problems = [
    ...validateMasterPool(args),
    ...imageProblems(args.image, args.instanceType, "masters"),
    ...keyProblems(args.diskKeyId, args.region, "encryption.keyId"),
  ];
  for (const path of ["rootDiskGiB", "dataDiskGiB"] as const) {
    if (args[path] > largestDiskGiB) {
      problems.push({ path: `masters.${path}`, reason: `EBS has at most ${largestDiskGiB} GiB` });
    }
  }
  return problems;
}
