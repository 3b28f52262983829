/**
 * The shape of a deployment, read from its resources in terms that are the same on every cloud: what the diagrams draw.
 */
import { turnBalancerSuffix } from "../../components/load-balancer";
import { publicAddressToken } from "../../components/public-address";
import { tierWithin } from "../../components/tiers";
import type { Tier } from "../../openvidu/flows";
import type { Graph, RecordedResource } from "../graph";
import { at, type Json, listAt, textAt, unwrapSecrets } from "../json";
import { reachFromGraph, type ReachRow } from "../reach";
import { machinesOnPremises } from "../reach-onprem";
import { nameOf, qualifiedType } from "../urn";
import type { Heading } from "./summary";

export interface Listener {
  /** Which load balancer listens: that of the cluster's domain, or TURN's own. */
  readonly balancer: "entry" | "turn";
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
  readonly kind: "objects" | "secrets" | "state";
  /** What the cloud calls such a thing. */
  readonly service: string;
  readonly name: string;
}

export interface Topology {
  readonly stack: string;
  readonly heading: Heading;
  readonly entryAddress: string;
  /** What clients reach first. */
  readonly entryTitle: string;
  readonly listeners: readonly Listener[];
  readonly zones: readonly Zone[];
  readonly media: { readonly name: string; readonly min: number; readonly max: number };
  /** What clients may send to media nodes directly. */
  readonly mediaDoors: readonly ReachRow[];
  readonly stores: readonly Store[];
}

/** A resource with inputs and outputs in one, secrets unwrapped. */
interface Plain {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly types: readonly string[];
  /** Logical name of the component that the resource belongs to. */
  readonly component: string;
  readonly json: Json;
}

/** Reads the shape of a deployment. In a preview what depends on ids is missing. */
export function topologyFromGraph(graph: Graph, heading: Heading): Topology {
  const resources = graph.resources.filter(({ custom }) => custom).map(plain);
  const own = machinesOnPremises(graph);
  const masters = [...mastersOf(resources), ...ownMasters(own)];
  const media = own.length > 0 ? ownMedia(own) : mediaOf(resources);
  const names = [...new Set([...masters.map(({ zone }) => zone), ...media.zones])].sort();
  const stores = storesOf(resources);
  return {
    stack: graph.stack,
    heading,
    entryAddress: textAt(graph.outputs, "entryAddress"),
    entryTitle: isDirect(graph) ? "Public address of the master" : "Load balancer",
    listeners: [...listenersOf(resources), ...directListeners(graph)].sort((a, b) => a.port - b.port),
    zones: names.map((name) => ({
      name,
      masters: masters
        .filter(({ zone }) => zone === name)
        .map(({ name: master, address }) => ({ name: master, address })),
      hasMedia: media.zones.includes(name),
    })),
    media,
    mediaDoors: reachFromGraph(graph).filter(({ from, to }) => from === "internet" && to === "media"),
    stores: [...adoptedStores(graph, stores), ...stores].sort((a, b) =>
      a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0,
    ),
  };
}

const ofType = (resources: readonly Plain[], type: string): Plain[] => resources.filter((each) => each.type === type);
const within = (resources: readonly Plain[], tier: Tier): Plain[] =>
  resources.filter(({ types }) => tierWithin(types) === tier);

function mastersOf(resources: readonly Plain[]): (Master & { zone: string })[] {
  const own = within(resources, "master");
  const onAws = ofType(own, "aws:ec2/instance:Instance").map(({ name, json }) => ({
    name,
    address: textAt(json, "privateIp"),
    zone: textAt(json, "availabilityZone") || zoneOfSubnet(textAt(json, "subnetId"), resources),
  }));
  const onAzure = ofType(own, "azure-native:compute:VirtualMachine").map(({ name, json }) => {
    const nicId = textAt(json, "networkProfile", "networkInterfaces", 0, "id");
    const nic = own.find(({ id }) => id === nicId);
    const address = textAt(nic?.json, "ipConfigurations", 0, "privateIPAddress");
    return { name, address, zone: azureZone(textAt(json, "zones", 0)) };
  });
  return [...onAws, ...groupedMasters(own, resources), ...onAzure].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Masters that are a group stand for themselves in each of its zones. */
function groupedMasters(own: readonly Plain[], resources: readonly Plain[]): (Master & { zone: string })[] {
  return ofType(own, "aws:autoscaling/group:Group").flatMap((group) =>
    zonesOfGroup(group, resources).map((zone) => {
      const { minSize, maxSize } = group.json;
      return { name: group.name, address: `${Number(minSize)} to ${Number(maxSize)} over all zones`, zone };
    }),
  );
}

function zonesOfGroup({ json }: Plain, resources: readonly Plain[]): string[] {
  const subnets = listAt<string>(json, "vpcZoneIdentifiers").map((id) => zoneOfSubnet(id, resources));
  return [...new Set([...subnets, ...listAt<string>(json, "availabilityZones")].filter((zone) => zone !== ""))];
}

type OwnMachine = ReturnType<typeof machinesOnPremises>[number];

function ownMasters(own: readonly OwnMachine[]): (Master & { zone: string })[] {
  return own.filter(({ tier }) => tier === "master").map(({ name, address }) => ({ name, address, zone: "" }));
}

function ownMedia(own: readonly OwnMachine[]): Topology["media"] & { zones: string[] } {
  const count = own.filter(({ tier }) => tier === "media").length;
  return { name: "media nodes", min: count, max: count, zones: [""] };
}

const isDirect = (graph: Graph): boolean => graph.resources.some(({ type }) => type === publicAddressToken);

/** Without a load balancer of the cloud the entry's ports show in what the masters let in from outside. */
function directListeners(graph: Graph): Listener[] {
  const hasNone = isDirect(graph) || machinesOnPremises(graph).length > 0;
  const outside = reachFromGraph(graph).filter(
    ({ from, to, purpose }) => to === "master" && from !== "media" && from !== "master" && isEntry(purpose),
  );
  const ports = [...new Set(hasNone ? outside.map((row) => row.ports.first) : [])];
  return ports.map((port) => ({ balancer: "entry", port, targetPort: port, target: "master", endsTls: false }));
}

/** Ids of flows of the entry; operators and health checks come from outside too. */
const isEntry = (flow: string): boolean => /^(direct|external|balanced)-/.test(flow);

function zoneOfSubnet(subnetId: string, resources: readonly Plain[]): string {
  return textAt(resources.find(({ id }) => id === subnetId)?.json, "availabilityZone");
}

function azureZone(zone: string): string {
  return zone === "" ? "" : `zone ${zone}`;
}

function mediaOf(resources: readonly Plain[]): Topology["media"] & { zones: string[] } {
  const own = within(resources, "media");
  const [group] = ofType(own, "aws:autoscaling/group:Group");
  if (group) {
    const { minSize, maxSize } = group.json;
    return { name: group.name, min: Number(minSize), max: Number(maxSize), zones: zonesOfGroup(group, resources) };
  }
  const [scaleSet] = ofType(own, "azure-native:compute:VirtualMachineScaleSet");
  const [autoscale] = ofType(own, "azure-native:monitor:AutoscaleSetting");
  const limit = (key: string): number => Number(at(autoscale?.json, "profiles", 0, "capacity", key) ?? 0);
  const zones = listAt<string>(scaleSet?.json, "zones").map(azureZone);
  return {
    name: scaleSet?.name ?? "",
    min: limit("minimum"),
    max: limit("maximum"),
    zones: scaleSet && zones.length === 0 ? [""] : zones,
  };
}

function listenersOf(resources: readonly Plain[]): Listener[] {
  const own = within(resources, "loadBalancer");
  const groups = ofType(own, "aws:lb/targetGroup:TargetGroup");
  const media = within(resources, "media");
  // A listener without a target leads elsewhere by itself.
  const passing = ofType(own, "aws:lb/listener:Listener").filter(
    ({ json }) => textAt(json, "defaultActions", 0, "targetGroupArn") !== "",
  );
  const onAws = passing.map(({ json, component }): Listener => {
    const arn = textAt(json, "defaultActions", 0, "targetGroupArn");
    const group = groups.find((each) => textAt(each.json, "arn") === arn);
    const joinsMedia = media.some((each) => listAt<string>(each.json, "targetGroupArns").includes(arn));
    return {
      balancer: component.endsWith(turnBalancerSuffix) ? "turn" : "entry",
      port: Number(json["port"]),
      targetPort: Number(group?.json["port"]),
      target: joinsMedia ? "media" : "master",
      endsTls: json["protocol"] === "TLS" || json["protocol"] === "HTTPS",
    };
  });
  const onAzure = ofType(own, "azure-native:network:LoadBalancer")
    .flatMap(({ json }) => listAt(json, "loadBalancingRules"))
    .map((rule): Listener => ({
      balancer: "entry",
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
  {
    type: "aws:elasticache/replicationGroup:ReplicationGroup",
    kind: "state",
    service: "ElastiCache for Redis",
    key: "replicationGroupId",
  },
  { type: "aws:sqs/queue:Queue", kind: "state", service: "SQS queue", key: "name" },
  { type: "azure-native:storage:StorageAccount", kind: "objects", service: "Storage account", key: "accountName" },
  { type: "azure-native:keyvault:Vault", kind: "secrets", service: "Key Vault", key: "vaultName" },
];

function storesOf(resources: readonly Plain[]): Store[] {
  return storeTypes.flatMap(({ type, kind, service, key }) =>
    ofType(resources, type).map(({ name, json }) => ({ kind, service, name: textAt(json, key) || name })),
  );
}

/** Storage that the program uses and does not make is known from the stack's outputs alone. */
function adoptedStores({ outputs }: Graph, stores: readonly Store[]): Store[] {
  if (stores.some(({ kind }) => kind === "objects")) return [];
  const named = Object.values((outputs["storage"] ?? {}) as Json).map((name) => textAt(name));
  return named.filter((name) => name !== "").map((name) => ({ kind: "objects", service: "Existing storage", name }));
}

function plain({ type, name, id, urn, parent = "", inputs, outputs }: RecordedResource): Plain {
  return {
    type,
    name,
    id,
    types: qualifiedType(urn).split("$"),
    component: nameOf(parent),
    json: unwrapSecrets({ ...inputs, ...outputs }) as Json,
  };
}
