/**
 * The shape of a deployment, read from its resources in terms that are the same on every cloud: what the diagrams draw.
 */
import { loadBalancerToken } from "../../components/load-balancer";
import { masterPoolToken } from "../../components/master-pool";
import { scalingMediaPoolToken } from "../../components/scaling-media-pool";
import { type Graph, isSecret, type RecordedResource } from "../graph";
import { reachFromGraph, type ReachRow } from "../reach";
import { qualifiedType } from "../urn";
import type { Heading } from "./summary";

export interface Listener {
  readonly port: number;
  readonly targetPort: number;
  readonly target: "master" | "media";
  readonly endsTls: boolean;
}

export interface Master {
  readonly name: string;
  readonly address: string;
}

export interface Zone {
  /** Name of the zone; empty in a region without zones. */
  readonly name: string;
  readonly masters: readonly Master[];
  readonly hasMedia: boolean;
}

export interface Store {
  readonly kind: "objects" | "secrets";
  /** What the cloud calls such a thing. */
  readonly service: string;
  readonly name: string;
}

export interface Topology {
  readonly stack: string;
  readonly heading: Heading;
  readonly entryAddress: string;
  readonly listeners: readonly Listener[];
  readonly zones: readonly Zone[];
  readonly media: { readonly name: string; readonly min: number; readonly max: number };
  /** What clients may send to media nodes directly. */
  readonly mediaDoors: readonly ReachRow[];
  readonly stores: readonly Store[];
}

type Json = Record<string, any>;

/** A resource with inputs and outputs in one, secrets unwrapped. */
interface Plain {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly types: readonly string[];
  readonly json: Json;
}

/** Reads the shape of a deployment. In a preview what depends on ids is missing. */
export function topologyFromGraph(graph: Graph, heading: Heading): Topology {
  const resources = graph.resources.filter(({ custom }) => custom).map(plain);
  const masters = mastersOf(resources);
  const media = mediaOf(resources);
  const names = [...new Set([...masters.map(({ zone }) => zone), ...media.zones])].sort();
  const stores = storesOf(resources);
  return {
    stack: graph.stack,
    heading,
    entryAddress: textOf(graph.outputs["entryAddress"]),
    listeners: listenersOf(resources).sort((a, b) => a.port - b.port),
    zones: names.map((name) => ({
      name,
      masters: masters.filter(({ zone }) => zone === name).map(({ name: master, address }) => ({ name: master, address })),
      hasMedia: media.zones.includes(name),
    })),
    media,
    mediaDoors: reachFromGraph(graph).filter(({ from, to }) => from === "internet" && to === "media"),
    stores: [...stores, ...adoptedStores(graph, stores)],
  };
}

const ofType = (resources: readonly Plain[], type: string): Plain[] => resources.filter((each) => each.type === type);
const within = (resources: readonly Plain[], token: string): Plain[] => resources.filter(({ types }) => types.includes(token));
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function mastersOf(resources: readonly Plain[]): (Master & { zone: string })[] {
  const own = within(resources, masterPoolToken);
  const onAws = ofType(own, "aws:ec2/instance:Instance").map(({ name, json }) => {
    const subnet = resources.find(({ id }) => id === json["subnetId"]);
    const zone = textOf(json["availabilityZone"]) || textOf(subnet?.json["availabilityZone"]);
    return { name, address: textOf(json["privateIp"]), zone };
  });
  const onAzure = ofType(own, "azure-native:compute:VirtualMachine").map(({ name, json }) => {
    const nicId: unknown = json["networkProfile"]?.networkInterfaces?.[0]?.id;
    const nic = own.find(({ id }) => id === nicId);
    return {
      name,
      address: textOf(nic?.json["ipConfigurations"]?.[0]?.privateIPAddress),
      zone: azureZone(json["zones"]?.[0]),
    };
  });
  return [...onAws, ...onAzure].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function azureZone(zone: unknown): string {
  return typeof zone === "string" ? `zone ${zone}` : "";
}

function mediaOf(resources: readonly Plain[]): Topology["media"] & { zones: string[] } {
  const own = within(resources, scalingMediaPoolToken);
  const [group] = ofType(own, "aws:autoscaling/group:Group");
  if (group) {
    const subnets = (group.json["vpcZoneIdentifiers"] ?? []) as string[];
    const zones = subnets.map((id) => textOf(resources.find((each) => each.id === id)?.json["availabilityZone"]));
    const given = (group.json["availabilityZones"] ?? []) as string[];
    const known = [...new Set([...zones, ...given])].filter((zone) => zone !== "");
    return { name: group.name, min: Number(group.json["minSize"]), max: Number(group.json["maxSize"]), zones: known };
  }
  const [scaleSet] = ofType(own, "azure-native:compute:VirtualMachineScaleSet");
  const [autoscale] = ofType(own, "azure-native:monitor:AutoscaleSetting");
  const capacity = (autoscale?.json["profiles"]?.[0]?.capacity ?? {}) as { minimum?: string; maximum?: string };
  const zones = ((scaleSet?.json["zones"] ?? []) as string[]).map(azureZone);
  return {
    name: scaleSet?.name ?? "",
    min: Number(capacity.minimum ?? 0),
    max: Number(capacity.maximum ?? 0),
    zones: scaleSet && zones.length === 0 ? [""] : zones,
  };
}

function listenersOf(resources: readonly Plain[]): Listener[] {
  const own = within(resources, loadBalancerToken);
  const groups = ofType(own, "aws:lb/targetGroup:TargetGroup");
  const onAws = ofType(own, "aws:lb/listener:Listener").map(({ json }): Listener => {
    const arn: unknown = json["defaultActions"]?.[0]?.targetGroupArn;
    const group = groups.find(({ json: each }) => each["arn"] === arn);
    const joinsMedia = within(resources, scalingMediaPoolToken).some(({ json: each }) =>
      ((each["targetGroupArns"] ?? []) as unknown[]).includes(arn),
    );
    return {
      port: Number(json["port"]),
      targetPort: Number(group?.json["port"]),
      target: joinsMedia ? "media" : "master",
      endsTls: json["protocol"] === "TLS",
    };
  });
  const onAzure = ofType(own, "azure-native:network:LoadBalancer")
    .flatMap(({ json }) => (json["loadBalancingRules"] ?? []) as Json[])
    .map((rule): Listener => ({
      port: Number(rule["frontendPort"]),
      targetPort: Number(rule["backendPort"]),
      target: "master",
      endsTls: false,
    }));
  return [...onAws, ...onAzure];
}

/** Types that keep data, with what the cloud calls them and the property that names the instance. */
const storeTypes: readonly { type: string; kind: Store["kind"]; service: string; key: string }[] = [
  { type: "aws:s3/bucket:Bucket", kind: "objects", service: "S3 bucket", key: "bucket" },
  { type: "aws:secretsmanager/secret:Secret", kind: "secrets", service: "Secrets Manager", key: "name" },
  { type: "azure-native:storage:StorageAccount", kind: "objects", service: "Storage account", key: "accountName" },
  { type: "azure-native:keyvault:Vault", kind: "secrets", service: "Key Vault", key: "vaultName" },
];

function storesOf(resources: readonly Plain[]): Store[] {
  return storeTypes.flatMap(({ type, kind, service, key }) =>
    ofType(resources, type).map(({ name, json }) => ({ kind, service, name: textOf(json[key]) || name })),
  );
}

/** Storage that the program uses and does not make is known from the stack's outputs alone. */
function adoptedStores({ outputs }: Graph, stores: readonly Store[]): Store[] {
  if (stores.some(({ kind }) => kind === "objects")) return [];
  const named = Object.values((outputs["storage"] ?? {}) as Record<string, unknown>).map(textOf);
  return named.filter((name) => name !== "").map((name) => ({ kind: "objects", service: "existing storage", name }));
}

function plain({ type, name, id, urn, inputs, outputs }: RecordedResource): Plain {
  return { type, name, id, types: qualifiedType(urn).split("$"), json: unwrap({ ...inputs, ...outputs }) as Json };
}

function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.secret);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unwrap(part)]));
}
