/**
 * How long things take, as data: making a resource, booting a node. The benchmark's critical path and the explanation
 * of a plan are computed from it.
 */

/** Shortest and longest time that a step takes. */
export type Range = readonly [number, number];

/** Ranges, in seconds, of reference/aws-reference.md 11 and reference/azure-reference.md 10.2. */
export const seconds = {
  /** AWS: roles and an instance profile, as CloudFormation waits for it. */
  officialIdentity: [120, 180],
  instance: [30, 60],
  /** AWS: packages, tools and 27 secret writes of master 1, before it signals. */
  officialFirstMaster: [150, 240],
  /** AWS: one further master until it signals, its instance included. */
  officialNextMaster: [120, 180],
  loadBalancer: [120, 180],
  /** AWS: profile, launch template and group of the media nodes. */
  officialMediaGroup: [120, 180],
  /** AWS: Docker, images, start and gate of a master. */
  masterInstall: [240, 480],
  mediaBoot: [240, 360],
  /** AWS: the pause and the poll of Elastic's master before it says that it is ready (reference/aws-reference.md 7.2). */
  officialElasticGate: [20, 25],
  healthCheck: [30, 30],
  azureNetwork: [60, 60],
  azureVault: [20, 60],
  azureSecretWrites: [60, 120],
  azureReadBack: [30, 30],
  /** Azure: Docker, installer and image pulls of one node. */
  azureInstall: [120, 240],
  azureStart: [20, 40],
  /** Our own boot before the installer: network, disk, Docker's packages. An estimate. */
  ourPreparation: [20, 40],
  /** What EC2 needs to see a new instance profile (cloud-facts-aws 7: seconds). */
  ourIdentity: [10, 20],
  /** A NAT gateway until it forwards. An estimate; the official templates want the network to be there already. */
  natGateway: [90, 120],
  /** Any other resource. An estimate. */
  other: [2, 6],
} as const satisfies Record<string, Range>;

/** What a type of resource takes until it exists. */
export const durations: Readonly<Record<string, Range>> = {
  "aws:ec2/natGateway:NatGateway": seconds.natGateway,
  "aws:iam/instanceProfile:InstanceProfile": seconds.ourIdentity,
  "aws:lb/loadBalancer:LoadBalancer": seconds.loadBalancer,
  "aws:ec2/instance:Instance": seconds.instance,
  "aws:autoscaling/group:Group": seconds.instance,
  "azure-native:compute:VirtualMachine": seconds.instance,
  "azure-native:compute:VirtualMachineScaleSet": seconds.instance,
  "azure-native:keyvault:Vault": seconds.azureVault,
};

/** What the machines of a type then do on their own until they serve. */
export const boots: Readonly<Record<string, readonly Range[]>> = {
  "aws:ec2/instance:Instance": [seconds.ourPreparation, seconds.masterInstall, seconds.healthCheck],
  "aws:autoscaling/group:Group": [seconds.ourPreparation, seconds.mediaBoot],
  "azure-native:compute:VirtualMachine": [
    seconds.ourPreparation,
    seconds.azureInstall,
    seconds.azureStart,
    seconds.healthCheck,
  ],
  "azure-native:compute:VirtualMachineScaleSet": [seconds.ourPreparation, seconds.azureInstall, seconds.azureStart],
};

/** From the request for a machine of this type until its node serves. */
export function nodeSeconds(type: string): Range | undefined {
  const parts = boots[type];
  return parts && sumOf([durations[type] ?? seconds.other, ...parts]);
}

/** One after the other. */
export function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce<Range>(([least, most], [shortest, longest]) => [least + shortest, most + longest], [0, 0]);
}
