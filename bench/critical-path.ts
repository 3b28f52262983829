/**
 * How long it takes until a new cluster can be used: the longest path through the resources that the program really
 * registers, and through the official deployments' flow, with the same durations for the same work.
 */
import type { Graph, RecordedResource } from "../rehearsal/graph";

/** Midpoints, in seconds, of the ranges in reference/aws-reference.md 11 and reference/azure-reference.md 10.2. */
const seconds = {
  /** AWS: roles and an instance profile, as CloudFormation waits for it. */
  officialIdentity: 150,
  instance: 45,
  /** AWS: packages, tools and 27 secret writes of master 1, before it signals. */
  officialFirstMaster: 195,
  /** AWS: one further master until it signals, its instance included. */
  officialNextMaster: 150,
  loadBalancer: 150,
  /** AWS: profile, launch template and group of the media nodes. */
  officialMediaGroup: 150,
  /** AWS: Docker, images, start and gate of a master. */
  masterInstall: 360,
  mediaBoot: 300,
  healthCheck: 30,
  azureNetwork: 60,
  azureVault: 40,
  azureSecretWrites: 90,
  azureReadBack: 30,
  /** Azure: Docker, installer and image pulls of one node. */
  azureInstall: 180,
  azureStart: 30,
  /** Our own boot before the installer: network, disk, Docker's packages. An estimate. */
  ourPreparation: 30,
  /** What EC2 needs to see a new instance profile (cloud-facts-aws 7: seconds). */
  ourIdentity: 15,
  /** A NAT gateway until it forwards. An estimate; the official templates want the network to be there already. */
  natGateway: 105,
  /** Any other resource. An estimate. */
  other: 4,
} as const;

/** One piece of work and what it waits for. */
interface Step {
  readonly name: string;
  readonly takes: number;
  readonly after: readonly string[];
}

export interface ReadyTime {
  readonly seconds: number;
  /** The steps that decide it, first to last. */
  readonly path: readonly string[];
}

const officialAws: readonly Step[] = [
  { name: "roles, profile, secret, buckets", takes: seconds.officialIdentity, after: [] },
  { name: "master 1: machine", takes: seconds.instance, after: ["roles, profile, secret, buckets"] },
  { name: "master 1: first phase", takes: seconds.officialFirstMaster, after: ["master 1: machine"] },
  { name: "master 2", takes: seconds.officialNextMaster, after: ["master 1: first phase"] },
  { name: "master 3", takes: seconds.officialNextMaster, after: ["master 2"] },
  { name: "master 4", takes: seconds.officialNextMaster, after: ["master 3"] },
  { name: "load balancer", takes: seconds.loadBalancer, after: ["master 4"] },
  { name: "masters: install", takes: seconds.masterInstall, after: ["master 4"] },
  { name: "masters: healthy", takes: seconds.healthCheck, after: ["masters: install", "load balancer"] },
  { name: "media group", takes: seconds.officialMediaGroup, after: ["master 4"] },
  { name: "media: boot", takes: seconds.mediaBoot, after: ["media group"] },
];

const officialAzure: readonly Step[] = [
  { name: "network and interfaces", takes: seconds.azureNetwork, after: [] },
  { name: "masters 1 to 4, chained", takes: 4 * seconds.instance, after: ["network and interfaces"] },
  { name: "vault", takes: seconds.azureVault, after: ["masters 1 to 4, chained"] },
  { name: "secret writes", takes: seconds.azureSecretWrites, after: ["vault"] },
  { name: "read-back", takes: seconds.azureReadBack, after: ["secret writes"] },
  { name: "masters: install", takes: seconds.azureInstall, after: ["read-back"] },
  { name: "masters: start", takes: seconds.azureStart, after: ["masters: install"] },
  { name: "masters: healthy", takes: seconds.healthCheck, after: ["masters: start"] },
  { name: "media: install", takes: seconds.azureInstall, after: ["masters: start"] },
  { name: "media: start", takes: seconds.azureStart, after: ["media: install"] },
];

/** Time to ready of the official deployment. */
export function officialReady(cloud: "aws" | "azure"): ReadyTime {
  return longest(cloud === "aws" ? officialAws : officialAzure);
}

/** What a type of resource takes, and what its machines then do on their own. */
const durations: Readonly<Record<string, number>> = {
  "aws:ec2/natGateway:NatGateway": seconds.natGateway,
  "aws:iam/instanceProfile:InstanceProfile": seconds.ourIdentity,
  "aws:lb/loadBalancer:LoadBalancer": seconds.loadBalancer,
  "aws:ec2/instance:Instance": seconds.instance,
  "aws:autoscaling/group:Group": seconds.instance,
  "azure-native:compute:VirtualMachine": seconds.instance,
  "azure-native:compute:VirtualMachineScaleSet": seconds.instance,
  "azure-native:keyvault:Vault": seconds.azureVault,
};

const boots: Readonly<Record<string, number>> = {
  "aws:ec2/instance:Instance": seconds.ourPreparation + seconds.masterInstall + seconds.healthCheck,
  "aws:autoscaling/group:Group": seconds.ourPreparation + seconds.mediaBoot,
  "azure-native:compute:VirtualMachine":
    seconds.ourPreparation + seconds.azureInstall + seconds.azureStart + seconds.healthCheck,
  "azure-native:compute:VirtualMachineScaleSet": seconds.ourPreparation + seconds.azureInstall + seconds.azureStart,
};

/** Time to ready of a recorded graph. */
export function graphReady(graph: Graph): ReadyTime {
  const custom = graph.resources.filter(
    (resource) => resource.custom && !resource.type.startsWith("pulumi:providers:"),
  );
  const known = new Set(custom.map(({ urn }) => urn));
  const resources = custom.map((resource) => ({
    name: resource.urn,
    takes: durations[resource.type] ?? seconds.other,
    after: waitsFor(resource).filter((urn) => known.has(urn)),
  }));
  const nodes = custom
    .filter(({ type }) => boots[type] !== undefined)
    .map(({ urn, type }) => ({ name: `${urn}: boot`, takes: boots[type]!, after: [urn] }));
  const { seconds: total, path } = longest([...resources, ...nodes]);
  return { seconds: total, path: path.map((name) => name.split("::").slice(3).join("::")) };
}

/** The longest boot of a single node from the start of its machine. */
export function longestNode(graph: Graph): number {
  return Math.max(...graph.resources.map(({ type }) => (boots[type] ?? 0) + (boots[type] ? durations[type]! : 0)));
}

function waitsFor(resource: RecordedResource): string[] {
  return [...new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()])];
}

/** The longest path; every step starts as soon as all that it waits for has ended. */
function longest(steps: readonly Step[]): ReadyTime {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const done = new Map<string, ReadyTime>();
  const finish = (name: string): ReadyTime => {
    const known = done.get(name);
    if (known) return known;
    const step = byName.get(name);
    if (!step) throw new Error(`no step ${name}`);
    const before = step.after.map(finish).reduce(later, { seconds: 0, path: [] });
    const result = { seconds: before.seconds + step.takes, path: [...before.path, name] };
    done.set(name, result);
    return result;
  };
  return steps.map(({ name }) => finish(name)).reduce(later, { seconds: 0, path: [] });
}

function later(one: ReadyTime, other: ReadyTime): ReadyTime {
  return one.seconds >= other.seconds ? one : other;
}
