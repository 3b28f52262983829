/**
 * What all simulated Azure services share: the subscription, resource ids, locations, references and the form of
 * errors.
 */
import { isDeepStrictEqual } from "node:util";
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { isMissing } from "../existing";
import { at, everyText, given, list, problems, record, records, text, texts } from "../values";

/** The tenant in which every rehearsal takes place. */
export const tenantId = "00000000-0000-0000-0000-000000000002";

/** The provider's subscription, else the one that the config's ids name, else a made-up one. */
export function subscriptionOf(world: World): string {
  return text(world.provider.subscriptionId) || world.existing?.subscription || "00000000-0000-0000-0000-000000000001";
}
export const groupType = "azure-native:resources:ResourceGroup";

export function groupId(world: World, resourceGroup: string): string {
  return `/subscriptions/${subscriptionOf(world)}/resourceGroups/${resourceGroup}`;
}

/** `armId(world, "rg", "Microsoft.Network/virtualNetworks", "vnet")`, with further type and name pairs for children. */
export function armId(
  world: World,
  resourceGroup: string,
  type: string,
  name: string,
  ...rest: readonly string[]
): string {
  return [`${groupId(world, resourceGroup)}/providers/${type}/${name}`, ...rest].join("/");
}

export interface ArmId {
  readonly subscription: string;
  readonly resourceGroup: string;
  /** `Microsoft.Network/virtualNetworks/subnets` */
  readonly type: string;
  readonly names: readonly string[];
}

export function parseArmId(id: string): ArmId | undefined {
  const match = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i.exec(id);
  if (!match) return undefined;
  const [subscription, resourceGroup, namespace, path] = match.slice(1) as [string, string, string, string];
  const segments = path.split("/");
  if (segments.length % 2 !== 0 || segments.includes("")) return undefined;
  const types = segments.filter((_, index) => index % 2 === 0);
  return {
    subscription,
    resourceGroup,
    type: [namespace, ...types].join("/"),
    names: segments.filter((_, index) => index % 2 === 1),
  };
}

/** An ARM refusal as azure-native prints it. Source: public issues of pulumi/pulumi-azure-native, for example 3601. */
export function refusal(code: string, message: string): string {
  return `Code="${code}" Message="${message}"`;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether an id is another one or names something below it, whatever the case. */
export function isWithin(id: string, outer: string): boolean {
  return `${id}/`.toLowerCase().startsWith(`${outer}/`.toLowerCase());
}

/** A resource of the stack by its id, whatever its case. */
export function byArmId(world: World, id: string): World["resources"][number] | undefined {
  return id === "" ? undefined : world.resources.find((resource) => same(resource.id, id));
}

/** Whether the stack itself made the resource group of this name. */
export function ownsGroup(world: World, name: string): boolean {
  return world.ofType(groupType).some((group) => same(text(group.outputs.name), name));
}

/** Ids that come into being inside another resource: inline subnets, parts of a load balancer, security rules. */
function innerIds(resource: World["resources"][number]): readonly string[] {
  const inner: Readonly<Record<string, string>> = {
    subnets: "subnets",
    frontendIPConfigurations: "frontendIPConfigurations",
    backendAddressPools: "backendAddressPools",
    probes: "probes",
    loadBalancingRules: "loadBalancingRules",
    outboundRules: "outboundRules",
    securityRules: "securityRules",
    ipConfigurations: "ipConfigurations",
  };
  return Object.entries(inner).flatMap(([property, segment]) =>
    records(resource.inputs[property]).map((part) => `${resource.id}/${segment}/${text(part.name)}`),
  );
}

/**
 * Whether an ARM id names something. In a resource group of the stack only what the stack made exists; elsewhere every
 * well-formed id does, unless a test took it away.
 */
export function armExists(id: string, world: World): boolean {
  if (byArmId(world, id) || world.resources.some((resource) => innerIds(resource).some((inner) => same(inner, id))))
    return true;
  const parts = parseArmId(id);
  if (!parts || isMissing(world, id)) return false;
  return !(same(parts.subscription, subscriptionOf(world)) && ownsGroup(world, parts.resourceGroup));
}

/** Texts that look like the id of a resource in some group; scopes and role definitions are looked at elsewhere. */
const referencePattern = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\//i;

/**
 * Refusals for references that lead nowhere, wherever in the inputs they are.
 * @param selfId id of the resource at hand; references to its own parts are its own business
 */
export function missingRefs(inputs: Properties, world: World, selfId: string): string[] {
  return everyText(inputs)
    .filter(({ value }) => referencePattern.test(value) && !isWithin(value, selfId))
    .filter(({ value }) => !armExists(value, world))
    .map(({ value }) => notFound(value, selfId));
}

/** Source: the message in github.com/pulumi/pulumi-azure-native issue 3601 and in Azure/bicep-types-az issue 1403. */
export function notFound(id: string, by: string): string {
  const says = `Resource ${id} referenced by resource ${by} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
  return refusal("InvalidResourceReference", says);
}

/** Location of a resource: its own, the provider's, its group's. Source: cloud-facts-azure 10.5. */
export function locationOf(inputs: Properties, world: World): string {
  const group = world
    .ofType(groupType)
    .find((candidate) => same(text(candidate.outputs.name), text(inputs.resourceGroupName)));
  const location =
    text(inputs.location) || text(world.provider.location) || text(group?.outputs.location) || "westeurope";
  return location.toLowerCase().replace(/ /g, "");
}

/** Regions without availability zones. Source: learn.microsoft.com/azure/reliability/regions-list. */
const withoutZones = new Set([
  "westus",
  "northcentralus",
  "westcentralus",
  "canadaeast",
  "ukwest",
  "francesouth",
  "germanynorth",
  "norwaywest",
  "switzerlandwest",
  "uaecentral",
  "southindia",
  "westindia",
  "australiacentral",
  "australiacentral2",
  "australiasoutheast",
  "southafricawest",
  "brazilsoutheast",
]);

/** Zones that this region does not have, as the API words it. */
export function zoneProblem(inputs: Properties, world: World, type: string, name: string): string | undefined {
  const location = locationOf(inputs, world);
  const available = withoutZones.has(location) ? [] : ["1", "2", "3"];
  const wrong = list(inputs.zones)
    .map(text)
    .filter((zone) => !available.includes(zone));
  if (wrong.length === 0) return undefined;
  const says = `The zone(s) '${wrong.join(",")}' for resource '${type}/${name}' is not supported. The supported zones for location '${location}' are '${available.join(",")}'`;
  return refusal("InvalidAvailabilityZone", says);
}

/** An input that a request may repeat and cannot change. */
export interface Unchangeable {
  readonly path: string;
  /** What the refusal calls it. @default the path */
  readonly named?: string;
  /** Whether a request that leaves it out leaves it alone; otherwise leaving it out is a change like any other. */
  readonly mayBeLeftOut?: boolean;
}

export interface ArmRow {
  /** Azure type, for ids: `Microsoft.Network/virtualNetworks`. */
  readonly arm: string;
  /** API version that the SDK pins; stored as an output. */
  readonly apiVersion: string;
  /** Input with the resource's own name, or the name itself where the cloud fixes it. */
  readonly nameInput: string;
  readonly fixedName?: string;
  /** Inputs with the names of parents, outermost first; a name that the cloud fixes is written `=name`. */
  readonly parents?: readonly string[];
  readonly required: readonly string[];
  readonly source: string;
  readonly auto?: "suffix8" | "copy" | "none";
  readonly pattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly defaults?: Properties;
  readonly secretOutputs?: readonly string[];
  /** Beside names, parents and resource group: what azure-native replaces for. */
  readonly forcesReplacement?: readonly string[];
  /** Outputs that an update computes anew although they are no inputs. */
  readonly recomputed?: readonly string[];
  /** What azure-native sends as an update and Azure refuses with PropertyChangeNotAllowed. */
  readonly unchangeable?: readonly Unchangeable[];
  /** Other changes that the API refuses. */
  readonly checkUpdate?: (olds: Properties, news: Properties, world: World, id: string) => string[];
  readonly isRecoverable?: ResourceModel["isRecoverable"];
  readonly inUse?: ResourceModel["inUse"];
  readonly checkDelete?: ResourceModel["checkDelete"];
  /** What goes with the resource beside what lies below it. */
  readonly takesAlong?: ResourceModel["takesAlong"];
  /** False for child resources, which have no place of their own. */
  readonly located?: boolean;
  /** Whether the SDK shows the provisioning state at the top. @default the same as `located` */
  readonly showsState?: boolean;
  /** Inputs in which `check` looks after references itself. */
  readonly ownReferences?: readonly string[];
  /** Rules beyond references, group and uniqueness. */
  readonly check?: (inputs: Properties, world: World, id: string) => string[];
  readonly outputs?: (inputs: Properties, world: World, self: { id: string; name: string; urn: string }) => Properties;
}

/** Id that the inputs of a row lead to. */
export function idOf(row: ArmRow, inputs: Properties, world: World): string {
  const own = row.fixedName ?? text(inputs[row.nameInput]);
  const [namespace, ...types] = row.arm.split("/");
  const names = [
    ...(row.parents ?? []).map((parent) => (parent.startsWith("=") ? parent.slice(1) : text(inputs[parent]))),
    own,
  ];
  const path = types.map((type, index) => `${type}/${names[index] ?? ""}`).join("/");
  return `${groupId(world, text(inputs.resourceGroupName))}/providers/${namespace}/${path}`;
}

function parentProblem(row: ArmRow, id: string, world: World): string | undefined {
  if (!row.parents?.length) return undefined;
  const fixed = row.parents.filter((parent) => parent.startsWith("=")).length;
  const parent = id
    .split("/")
    .slice(0, -2 - 2 * fixed)
    .join("/");
  if (armExists(parent, world)) return undefined;
  const parts = parseArmId(parent);
  const says = `Can not perform requested operation on nested resource. Parent resource '${parts?.names.join("/") ?? ""}' not found.`;
  return refusal("ParentResourceNotFound", says);
}

/** Source: azure-native's check on create, cloud-facts-azure 10.6. */
function takenProblem(id: string, world: World): string | undefined {
  return byArmId(world, id) ? `cannot create already existing resource '${id}'` : undefined;
}

function groupProblem(inputs: Properties, world: World): string | undefined {
  const name = text(inputs.resourceGroupName);
  const exists = given(name) && !isMissing(world, name);
  return exists ? undefined : refusal("ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/**
 * A resource stays in its region. azure-native sends the change for types whose specification does not mark the
 * location as create-only. Source: github.com/pulumi/pulumi-azure-native issue 3053.
 */
function movedProblem(olds: Properties, news: Properties, world: World, id: string): string | undefined {
  const [before, after] = [locationOf(olds, world), locationOf(news, world)];
  const says = `The resource '${id.split("/").at(-1)!}' already exists in location '${before}' in resource group '${text(news.resourceGroupName)}'. A resource with the same name cannot be created in location '${after}'. Please select a new resource name.`;
  return before === after ? undefined : refusal("InvalidResourceLocation", says);
}

/** Source: cloud-facts-azure 10.1; the messages in github.com/Azure/azure-sdk-for-java issues 1912 and 1976. */
function unchangeableProblem(
  { path, named, mayBeLeftOut }: Unchangeable,
  olds: Properties,
  news: Properties,
): string[] {
  const [before, after] = [olds, news].map((inputs) => at(inputs, ...path.split(".")));
  const changed = given(after) ? !isDeepStrictEqual(before, after) : given(before) && mayBeLeftOut !== true;
  return changed ? [propertyChange(named ?? path)] : [];
}

export function propertyChange(property: string): string {
  return refusal("PropertyChangeNotAllowed", `Changing property '${property}' is not allowed.`);
}

/**
 * Zones of a network resource stay as they were made.
 * Source: the messages in github.com/Azure/azure-cli issue 16653 and github.com/Azure/AzOps issue 701.
 */
export function zoneChange(olds: Properties, news: Properties, id: string): string | undefined {
  const [before, after] = [olds, news].map((inputs) => texts(inputs.zones).join(", ") || "NoZone");
  const says = `Resource ${id} has an existing availability zone constraint ${before} and the request has availability zone constraint ${after}, which do not match. Zones cannot be added/updated/removed once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.`;
  return before === after ? undefined : refusal("ResourceAvailabilityZonesCannotBeModified", says);
}

/** The SKU of a network resource stays, too. Source: the message in github.com/Azure/azure-cli issue 27806. */
export function skuChange(olds: Properties, news: Properties, id: string): string | undefined {
  const [before, after] = [olds, news].map((inputs) => text(record(inputs.sku).name) || "Basic");
  const says = `Sku property is set at creation time and cannot be changed from ${before} to ${after} on resource update for resource ${id}.`;
  return before === after ? undefined : refusal("SkuCannotBeChangedOnUpdate", says);
}

/** Whether a resource's inputs name this id or something below it. */
function refersTo(value: unknown, id: string): boolean {
  return everyText(value).some((entry) => isWithin(entry.value, id));
}

/** Resources of these types that refer to an id. */
export function usersOf(id: string, types: readonly string[], world: World): readonly LiveResource[] {
  return world.resources.filter((other) => types.includes(other.type) && refersTo(other.inputs, id));
}

/** What holds a thing, as ARM names it: the part of a resource that refers to it, else the resource itself. */
export function holders(id: string, users: readonly LiveResource[]): readonly string[] {
  return users.flatMap((user) => {
    const parts = ["ipConfigurations", "frontendIPConfigurations"].flatMap((segment) =>
      records(user.inputs[segment])
        .filter((part) => refersTo(part, id))
        .map((part) => `${user.id}/${segment}/${text(part.name)}`),
    );
    return parts.length > 0 ? parts : [user.id];
  });
}

/** Child resources, and role assignments on a resource, go with it. Source: cloud-facts-azure 5.2; ARM resource ids. */
export function below(resource: LiveResource, world: World): readonly LiveResource[] {
  return world.resources.filter((other) => other.id !== resource.id && isWithin(other.id, resource.id));
}

/** A model from a row: what is the same for every ARM resource is added here. */
export function armModel(row: ArmRow): ResourceModel {
  const located = row.located ?? true;
  const showsState = row.showsState ?? located;
  return {
    required: row.required,
    source: row.source,
    ...(row.fixedName === undefined && {
      naming: {
        input: row.nameInput,
        auto: row.auto ?? "suffix8",
        ...(row.pattern && { pattern: row.pattern }),
        ...(row.minLength && { minLength: row.minLength }),
        ...(row.maxLength && { maxLength: row.maxLength }),
      },
    }),
    ...(row.defaults && { defaults: row.defaults }),
    ...(row.secretOutputs && { secretOutputs: row.secretOutputs }),
    forcesReplacement: [
      row.nameInput,
      "resourceGroupName",
      ...(row.parents ?? []).filter((parent) => !parent.startsWith("=")),
      ...(row.forcesReplacement ?? []),
    ],
    ...(row.recomputed && { recomputed: row.recomputed }),
    ...(row.isRecoverable && { isRecoverable: row.isRecoverable }),
    ...(row.inUse && { inUse: row.inUse }),
    ...(row.checkDelete && { checkDelete: row.checkDelete }),
    takesAlong: (resource, world) => [...below(resource, world), ...(row.takesAlong?.(resource, world) ?? [])],
    checkUpdate(olds, news, world) {
      const id = idOf(row, news, world);
      return problems(
        located && movedProblem(olds, news, world, id),
        (row.unchangeable ?? []).flatMap((property) => unchangeableProblem(property, olds, news)),
        row.checkUpdate?.(olds, news, world, id),
      );
    },
    check(inputs, world) {
      const id = idOf(row, inputs, world);
      return problems(
        groupProblem(inputs, world),
        parentProblem(row, id, world),
        takenProblem(id, world),
        missingRefs(without(inputs, row.ownReferences ?? []), world, id),
        located && zoneProblem(inputs, world, row.arm, id.split("/").at(-1)!),
        row.check?.(inputs, world, id),
      );
    },
    create(inputs, world, { urn }) {
      const id = idOf(row, inputs, world);
      const name = id.split("/").at(-1)!;
      return {
        id,
        outputs: {
          name,
          type: row.arm,
          azureApiVersion: row.apiVersion,
          ...(located && { location: locationOf(inputs, world) }),
          ...(showsState && { provisioningState: "Succeeded" }),
          ...row.outputs?.(inputs, world, { id, name, urn }),
        },
      };
    },
  };
}

function without(inputs: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));
}

/** The id inside `{ id: … }`. */
export function refId(value: unknown): string {
  return text(record(value).id);
}
