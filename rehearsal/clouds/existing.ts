/**
 * Things that the stack did not create: adopted networks, buckets, resource groups, zones, certificates, images.
 *
 * Convention. An id that is well formed exists, and its properties are made up so that a sensible adoption works:
 * - A subnet's zone follows from its place in the config: the subnets of one list take the region's zones in turn.
 *   A subnet that the config does not name takes its turn from the last hexadecimal digit of its id.
 * - An adopted subnet lies in the VPC that was asked for, else in the first VPC that the config names.
 * - A public IPv4 address that the stack did not allocate is an Elastic IP of the account, and nothing uses it.
 * - A DNS zone that the config names holds the config's domain. The account's Azure subscription is the one that the
 *   config's resource ids name.
 * - An adopted VPC is 172.31.0.0/16; each adopted subnet is a /24 of it.
 * - Names that only the stack's own resources bear (IAM roles, instance profiles, Auto Scaling groups) do not exist
 *   unless the stack made them. Names that can be adopted (buckets, resource groups, key pairs) do.
 * - In a resource group that the stack created nothing exists but what the stack created in it.
 *
 * Overrides say otherwise, by id or name: `{ missing: true }` takes a thing away, any other property replaces the
 * made-up one. `{ "subnet-…": { availabilityZone: "eu-west-1a" } }` makes two subnets share a zone.
 */
import type {
  CloudModel,
  ExistingThings,
  InvokeModel,
  Json,
  LiveResource,
  Properties,
  ResourceModel,
  World,
} from "../model";
import { everyText, hashBelow } from "./values";

const idPattern = /^(?:vpc|subnet)-[0-9a-f]{8}(?:[0-9a-f]{9})?$/;

/**
 * What a stack's config lets one know about the things that it adopts.
 * @param config config values by key; structured ones may be JSON text
 * @param overrides properties by id or name
 */
export function existingThings(config: Json, overrides: ExistingThings["overrides"] = {}): ExistingThings {
  const turns: Record<string, number> = {};
  let domain: string | undefined;
  let subscription: string | undefined;
  for (const { path, value } of everyText(parsed(config))) {
    const index = /\[(\d+)\]$/.exec(path)?.[1];
    if (idPattern.test(value)) turns[value] ??= Number(index ?? 0);
    if (/(^|[.:])domain$/.test(path)) domain ??= value;
    subscription ??= /^\/subscriptions\/([0-9a-f-]{36})\//i.exec(value)?.[1];
  }
  return { turns, overrides, ...(domain && { domain }), ...(subscription && { subscription }) };
}

/** A cloud that knows these things, whatever world it is asked in. */
export function withExisting(cloud: CloudModel, existing: ExistingThings): CloudModel {
  const know = (world: World): World => ({ ...world, existing });
  const resources = Object.entries(cloud.resources).map(([type, model]): [string, ResourceModel] => [
    type,
    {
      ...model,
      ...(model.check && { check: (inputs: Properties, world: World) => model.check!(inputs, know(world)) }),
      ...(model.checkQuota && {
        checkQuota: (inputs: Properties, world: World) => model.checkQuota!(inputs, know(world)),
      }),
      create: (inputs, world, resource) => model.create(inputs, know(world), resource),
      ...(model.checkUpdate && {
        checkUpdate: (olds: Properties, news: Properties, world: World) => model.checkUpdate!(olds, news, know(world)),
      }),
      ...(model.checkDelete && {
        checkDelete: (live: LiveResource, world: World) => model.checkDelete!(live, know(world)),
      }),
      ...(model.takesAlong && {
        takesAlong: (live: LiveResource, world: World) => model.takesAlong!(live, know(world)),
      }),
    },
  ]);
  const invokes = Object.entries(cloud.invokes).map(([token, model]): [string, InvokeModel] => [
    token,
    { ...model, call: (args, world) => model.call(args, know(world)) },
  ]);
  return { ...cloud, resources: Object.fromEntries(resources), invokes: Object.fromEntries(invokes) };
}

/** Config values with JSON text replaced by what it holds. */
function parsed(config: Json): Json {
  if (typeof config === "object" && config !== null && !Array.isArray(config)) {
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, parsed(value)]));
  }
  if (typeof config !== "string" || !/^\s*[[{]/.test(config)) return config;
  try {
    return JSON.parse(config) as Json;
  } catch {
    return config;
  }
}

/** What tests say about a thing that the stack did not create. */
export function override(world: World, id: string): Properties {
  return world.existing?.overrides[id] ?? {};
}

/** Whether tests said that there is no such thing. */
export function isMissing(world: World, id: string): boolean {
  return override(world, id).missing === true;
}

/** Whether tests named this thing and did not take it away. */
export function isDeclared(world: World, id: string): boolean {
  return world.existing?.overrides[id] !== undefined && !isMissing(world, id);
}

/** Which turn an adopted subnet has when zones are dealt out. */
export function turnOf(world: World, id: string): number {
  return world.existing?.turns[id] ?? Number.parseInt(id.slice(-1), 16);
}

/** The first VPC that the config names. */
export function adoptedVpc(world: World): string | undefined {
  return Object.keys(world.existing?.turns ?? {}).find((id) => id.startsWith("vpc-"));
}

/** The made-up range of an adopted VPC. */
export const adoptedVpcCidr = "172.31.0.0/16";

/** The made-up range of an adopted subnet. */
export function adoptedSubnetCidr(id: string): string {
  return `172.31.${hashBelow(id, 256)}.0/24`;
}
