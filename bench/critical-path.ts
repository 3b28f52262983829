/**
 * How long it takes until a new cluster can be used: the longest path through the resources that the program really
 * registers, and through the official deployments' flow, with the same durations for the same work. Each duration is a
 * range: with `midpoint` every step takes its middle, with other chances each step of each machine takes its own time.
 */
import { boots, durations, type Range, seconds } from "../rehearsal/durations";
import type { Graph, RecordedResource } from "../rehearsal/graph";

/** A number in [0, 1): where in its range a step lies. */
export type Chance = () => number;

export const midpoint: Chance = () => 0.5;

/** One piece of work and what it waits for. */
export interface Step {
  readonly name: string;
  /** One after the other. */
  readonly takes: readonly Range[];
  readonly after: readonly string[];
}

export interface ReadyTime {
  readonly seconds: number;
  /** The steps that decide it, first to last. */
  readonly path: readonly string[];
}

const masters = [1, 2, 3, 4];
const each = (what: string): string[] => masters.map((slot) => `master ${slot}: ${what}`);

const awsHa: readonly Step[] = [
  { name: "roles, profile, secret, buckets", takes: [seconds.officialIdentity], after: [] },
  { name: "master 1: machine", takes: [seconds.instance], after: ["roles, profile, secret, buckets"] },
  { name: "master 1: first phase", takes: [seconds.officialFirstMaster], after: ["master 1: machine"] },
  { name: "master 2", takes: [seconds.officialNextMaster], after: ["master 1: first phase"] },
  { name: "master 3", takes: [seconds.officialNextMaster], after: ["master 2"] },
  { name: "master 4", takes: [seconds.officialNextMaster], after: ["master 3"] },
  { name: "load balancer", takes: [seconds.loadBalancer], after: ["master 4"] },
  ...each("install").map((name) => ({ name, takes: [seconds.masterInstall], after: ["master 4"] })),
  { name: "masters: healthy", takes: [seconds.healthCheck], after: [...each("install"), "load balancer"] },
  { name: "media group", takes: [seconds.officialMediaGroup], after: ["master 4"] },
  { name: "media: boot", takes: [seconds.mediaBoot], after: ["media group"] },
];

const azureHa: readonly Step[] = [
  { name: "network and interfaces", takes: [seconds.azureNetwork], after: [] },
  { name: "masters 1 to 4, chained", takes: masters.map(() => seconds.instance), after: ["network and interfaces"] },
  { name: "vault", takes: [seconds.azureVault], after: ["masters 1 to 4, chained"] },
  { name: "secret writes", takes: [seconds.azureSecretWrites], after: ["vault"] },
  { name: "read-back", takes: [seconds.azureReadBack], after: ["secret writes"] },
  ...each("install").map((name) => ({ name, takes: [seconds.azureInstall, seconds.azureStart], after: ["read-back"] })),
  { name: "masters: healthy", takes: [seconds.healthCheck], after: each("install") },
  // The secret that lets media nodes begin is written by master 4 when it has started.
  { name: "media: install", takes: [seconds.azureInstall], after: ["master 4: install"] },
  { name: "media: start", takes: [seconds.azureStart], after: ["media: install"] },
];

/** Media nodes that boot before the master has written all secrets are replaced once more; that is left out here. */
const awsElastic: readonly Step[] = [
  { name: "roles, profile, secret, bucket", takes: [seconds.officialIdentity], after: [] },
  { name: "master: machine", takes: [seconds.instance], after: ["roles, profile, secret, bucket"] },
  { name: "master: packages and secret writes", takes: [seconds.officialFirstMaster], after: ["master: machine"] },
  { name: "master: install", takes: [seconds.masterInstall], after: ["master: packages and secret writes"] },
  { name: "master: ready", takes: [seconds.officialElasticGate], after: ["master: install"] },
  { name: "media group", takes: [seconds.officialMediaGroup], after: ["master: machine"] },
  { name: "media: boot", takes: [seconds.mediaBoot], after: ["media group"] },
];

const azureElastic: readonly Step[] = [
  { name: "network and interface", takes: [seconds.azureNetwork], after: [] },
  { name: "master and scale set", takes: [seconds.instance], after: ["network and interface"] },
  { name: "vault", takes: [seconds.azureVault], after: ["master and scale set"] },
  { name: "secret writes", takes: [seconds.azureSecretWrites], after: ["vault"] },
  { name: "master: install", takes: [seconds.azureInstall, seconds.azureStart], after: ["secret writes"] },
  { name: "media: install", takes: [seconds.azureInstall, seconds.azureStart], after: ["secret writes"] },
];

/** The official deployments whose flow is known, by cloud and edition. */
const official = { "aws ha": awsHa, "azure ha": azureHa, "aws elastic": awsElastic, "azure elastic": azureElastic };
export type OfficialSystem = keyof typeof official;

export function isOfficialSystem(text: string): text is OfficialSystem {
  return Object.hasOwn(official, text);
}

/** Time to ready of the official deployment. */
export function officialReady(system: OfficialSystem, chance: Chance): ReadyTime {
  return longest(official[system], chance);
}

/** The steps of a recorded graph: its resources, and what its machines then do on their own. */
export function graphSteps(graph: Graph): readonly Step[] {
  const custom = graph.resources.filter(
    (resource) => resource.custom && !resource.type.startsWith("pulumi:providers:"),
  );
  const known = new Set(custom.map(({ urn }) => urn));
  const resources = custom.map((resource) => ({
    name: resource.urn,
    takes: [durations[resource.type] ?? seconds.other],
    after: waitsFor(resource).filter((urn) => known.has(urn)),
  }));
  const nodes = custom
    .filter(({ type }) => boots[type] !== undefined)
    .map(({ urn, type }) => ({ name: `${urn}: boot`, takes: boots[type]!, after: [urn] }));
  return [...resources, ...nodes];
}

/** Time to ready of a recorded graph. */
export function graphReady(steps: readonly Step[], chance: Chance): ReadyTime {
  const { seconds: total, path } = longest(steps, chance);
  return { seconds: total, path: path.map((name) => name.split("::").slice(3).join("::")) };
}

/** The longest boot of a single node from the start of its machine. */
export function longestNode(graph: Graph): number {
  const machines = graph.resources.filter(({ type }) => boots[type] !== undefined);
  return Math.max(...machines.map(({ type }) => timeOf([durations[type]!, ...boots[type]!], midpoint)));
}

function waitsFor(resource: RecordedResource): string[] {
  return [...new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()])];
}

/** The longest path; every step starts as soon as all that it waits for has ended. */
function longest(steps: readonly Step[], chance: Chance): ReadyTime {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const done = new Map<string, ReadyTime>();
  const finish = (name: string): ReadyTime => {
    const known = done.get(name);
    if (known) return known;
    const step = byName.get(name);
    if (!step) throw new Error(`no step ${name}`);
    const before = step.after.map(finish).reduce(later, { seconds: 0, path: [] });
    const result = { seconds: before.seconds + timeOf(step.takes, chance), path: [...before.path, name] };
    done.set(name, result);
    return result;
  };
  return steps.map(({ name }) => finish(name)).reduce(later, { seconds: 0, path: [] });
}

function later(one: ReadyTime, other: ReadyTime): ReadyTime {
  return one.seconds >= other.seconds ? one : other;
}

function timeOf(ranges: readonly Range[], chance: Chance): number {
  return ranges.reduce((sum, [shortest, most]) => sum + shortest + chance() * (most - shortest), 0);
}
