/**
 * Simulated ElastiCache: subnet groups and replication groups of Redis.
 */
import type { Properties, ResourceModel, World } from "../../model";
import { given, hexDigits, number, problems, text, texts } from "../values";
import { arn, common, kmsProblem, missingRefs, refusal, regionOf, tagged } from "./account";
import { subnetFacts } from "./network";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service/elasticache";
const service = "ElastiCache";
const subnetGroupType = "aws:elasticache/subnetGroup:SubnetGroup";
const replicationGroupType = "aws:elasticache/replicationGroup:ReplicationGroup";

const subnetGroup: ResourceModel = {
  required: ["subnetIds"],
  source: `${tf}/subnet_group.go; ElastiCache CreateCacheSubnetGroup API reference`,
  naming: { input: "name", auto: "suffix7", maxLength: 255, pattern: /^[A-Za-z0-9-]+$/ },
  defaults: { description: "Managed by Pulumi" },
  forcesReplacement: ["name", "region"],
  recomputed: tagged,
  inUse: {
    by: [replicationGroupType],
    says: ({ id }) => {
      const says = `Cache subnet group ${id} is currently in use by a cache cluster.`;
      return refusal(service, "DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", says);
    },
  },
  check: (inputs, world) => missingRefs("DescribeSubnets", inputs, world, { subnetIds: "subnet" }),
  create(inputs, world) {
    const name = text(inputs.name).toLowerCase();
    const region = regionOf(inputs, world);
    const vpcId = texts(inputs.subnetIds).map((id) => subnetFacts(id, region, world).vpcId)[0];
    const outputs = { name: inputs.name, arn: arn("elasticache", region, `subnetgroup:${name}`), vpcId };
    return { id: name, outputs: { ...common(inputs, world), ...outputs } };
  },
};

/** Zones that a replication group's subnets lie in; nothing where they are not the stack's own. */
function zonesOfGroup(inputs: Properties, world: World): ReadonlySet<string> | undefined {
  const name = text(inputs.subnetGroupName);
  const made = world.ofType(subnetGroupType).find((other) => name !== "" && other.inputs.name === name);
  const region = regionOf(inputs, world);
  return made && new Set(texts(made.inputs.subnetIds).map((id) => subnetFacts(id, region, world).zone));
}

function availabilityProblems(inputs: Properties, world: World): string[] {
  const refuse = (code: string, says: string): string => refusal(service, "CreateReplicationGroup", code, says);
  const nodes = number(inputs.numCacheClusters) ?? 1;
  const failover = inputs.automaticFailoverEnabled === true;
  const zones = zonesOfGroup(inputs, world);
  return problems(
    failover && nodes < 2 && '"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true',
    inputs.multiAzEnabled === true &&
      !failover &&
      "automatic_failover_enabled must be true if multi_az_enabled is true",
    nodes > 6 && refuse("InvalidParameterValue", "The number of cache clusters must not exceed 6."),
    inputs.multiAzEnabled === true &&
      zones !== undefined &&
      zones.size < 2 &&
      refuse("InvalidParameterCombination", "Multi-AZ needs subnets in at least two Availability Zones."),
  );
}

function secrecyProblems(inputs: Properties): string[] {
  const token = text(inputs.authToken) || text(inputs.authTokenWo);
  return problems(
    token !== "" &&
      inputs.transitEncryptionEnabled !== true &&
      refusal(
        service,
        "CreateReplicationGroup",
        "InvalidParameterValue",
        "The AUTH token is only supported when encryption-in-transit is enabled.",
      ),
    token !== "" &&
      !/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token) &&
      '"auth_token": must be 16 to 128 characters, of which only !, &, #, $, ^, <, > and - are neither letters nor digits',
  );
}

/**
 * Below 7.0.5 encryption in transit is decided at creation, and neither engine nor version goes back.
 * Source: CustomizeDiff in replication_group.go; cloud-facts-aws 11.
 */
function sometimesReplaces(olds: Properties, news: Properties): readonly string[] {
  const encrypted = (inputs: Properties): boolean => inputs.transitEncryptionEnabled === true;
  const [before, after] = [versionOf(olds), versionOf(news)];
  return problems(
    encrypted(olds) !== encrypted(news) && before < 7 && "transitEncryptionEnabled",
    after < before && "engineVersion",
    text(olds.engine) === "valkey" && text(news.engine) === "redis" && "engine",
  );
}

function versionOf(inputs: Properties): number {
  return Number.parseFloat(text(inputs.engineVersion));
}

const replicationGroup: ResourceModel = {
  required: ["description"],
  source: `${tf}/replication_group.go; ElastiCache CreateReplicationGroup API reference (40 characters); cloud-facts-aws 11`,
  naming: {
    input: "replicationGroupId",
    auto: "suffix7",
    maxLength: 40,
    pattern: /^[A-Za-z](?!.*--)[A-Za-z0-9-]*[A-Za-z0-9]$/,
  },
  secretOutputs: ["authToken", "authTokenWo"],
  defaults: { engine: "redis" },
  forcesReplacement: [
    "replicationGroupId",
    "atRestEncryptionEnabled",
    "dataTieringEnabled",
    "globalReplicationGroupId",
    "kmsKeyId",
    "networkType",
    "port",
    "securityGroupNames",
    "snapshotArns",
    "snapshotName",
    "subnetGroupName",
    "region",
  ],
  replaces: sometimesReplaces,
  notCompared: ["authTokenWo"],
  recomputed: ["memberClusters", "engineVersionActual", ...tagged],
  check: (inputs, world) =>
    problems(
      missingRefs("CreateReplicationGroup", inputs, world, { securityGroupIds: "sg" }),
      availabilityProblems(inputs, world),
      secrecyProblems(inputs),
      given(inputs.nodeType) &&
        !/^cache\.[a-z][a-z0-9]*\.[a-z0-9]+$/.test(text(inputs.nodeType)) &&
        refusal(
          service,
          "CreateReplicationGroup",
          "InvalidParameterValue",
          `Invalid cache node type: ${text(inputs.nodeType)}`,
        ),
      given(inputs.engineVersion) &&
        !/^([1-5]\.\d+\.\d+|6\.(\d|x)|[7-9]\.\d)$/.test(text(inputs.engineVersion)) &&
        `"engine_version": ${text(inputs.engineVersion)} is no version that ElastiCache has`,
      kmsProblem(inputs.kmsKeyId, regionOf(inputs, world)),
    ),
  create(inputs, world, { urn, before }) {
    const id = text(inputs.replicationGroupId).toLowerCase();
    const region = regionOf(inputs, world);
    // The part of the host name that no other group has stays for as long as the group.
    const mark = text(before?.outputs.primaryEndpointAddress).split(".")[2] || world.random(urn, 6, hexDigits);
    const endpoint = (kind: string): string => `${kind}.${id}.${mark}.${region}.cache.amazonaws.com`;
    const outputs = {
      replicationGroupId: id,
      arn: arn("elasticache", region, `replicationgroup:${id}`),
      clusterEnabled: false,
      engineVersionActual: inputs.engineVersion,
      memberClusters: Array.from({ length: number(inputs.numCacheClusters) ?? 1 }, (_, i) => `${id}-00${i + 1}`),
      primaryEndpointAddress: endpoint("master"),
      readerEndpointAddress: endpoint("replica"),
    };
    return { id, outputs: { ...common(inputs, world), ...outputs } };
  },
};

/** Redis. */
export const cache: Readonly<Record<string, ResourceModel>> = {
  [subnetGroupType]: subnetGroup,
  [replicationGroupType]: replicationGroup,
};
