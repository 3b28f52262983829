/**
 * What must not be replaced or deleted unless somebody asked for exactly that, by resource type. `--deny-replace` and
 * the explanation of a plan read this table; a test holds it against what the program protects and keeps.
 */
import type { Plan, Step } from "../engine/plan";
import { textAt } from "../json";

/** What would be lost. `settings` accompany something valuable and are worth nothing without it. */
export type Worth = "data" | "address" | "secret" | "key" | "network" | "name" | "settings";

export interface Valuable {
  readonly worth: Worth;
  /** What is lost with it, or why it is kept although it is not denied. */
  readonly reason: string;
}

const row = (worth: Worth, reason: string): Valuable => ({ worth, reason });

const addressReason = "others have it in DNS records and on their lists, and a new one is a different one";
const bucketSettings = row("settings", "a bucket that is kept keeps its settings");

/** By type. Types of this table that the program does not make today are what it may adopt or come to make. */
const table: Readonly<Record<string, Valuable>> = {
  // Data.
  "aws:ebs/volume:Volume": row("data", "a master's databases and recordings are on it"),
  "aws:s3/bucket:Bucket": row("data", "recordings and the cluster's data are in it"),
  "aws:elasticache/replicationGroup:ReplicationGroup": row(
    "data",
    "the masters share their sessions in it, and know its address",
  ),
  "azure-native:compute:Disk": row("data", "a master's databases and recordings are on it"),
  "azure-native:storage:StorageAccount": row("data", "recordings and the cluster's data are in it"),
  "azure-native:storage:BlobContainer": row("data", "recordings and the cluster's data are in it"),
  "azure-native:resources:ResourceGroup": row("data", "Azure deletes everything in it together with it"),
  // Secrets and keys.
  "aws:secretsmanager/secret:Secret": row("secret", "nodes read their credentials from it, and its name stays taken"),
  "azure-native:keyvault:Vault": row("secret", "nodes read their credentials from it, and its name stays taken"),
  "azure-native:keyvault:Secret": row("secret", "nodes read their credentials from it"),
  "random:index/randomPassword:RandomPassword": row(
    "secret",
    "databases hold the password as well and would refuse another one",
  ),
  "aws:kms/key:Key": row("key", "what is encrypted with it can never be read again"),
  "azure-native:keyvault:Key": row("key", "what is encrypted with it can never be read again"),
  "azure-native:compute:DiskEncryptionSet": row("key", "disks that are encrypted with it cannot be attached any more"),
  // Addresses and names.
  "aws:ec2/networkInterface:NetworkInterface": row(
    "address",
    "it holds the address by which the masters know each other",
  ),
  "azure-native:network:NetworkInterface": row("address", "it holds the address by which the masters know each other"),
  "aws:ec2/eip:Eip": row("address", addressReason),
  "azure-native:network:PublicIPAddress": row("address", addressReason),
  "aws:lb/loadBalancer:LoadBalancer": row("address", "the domain leads to its name, and a new one has another name"),
  "aws:route53/zone:Zone": row("name", "a new zone has other name servers, which the registrar does not know"),
  "azure-native:dns:Zone": row("name", "a new zone has other name servers, which the registrar does not know"),
  // Networks.
  "aws:ec2/vpc:Vpc": row("network", "everything else stands in it"),
  "aws:ec2/subnet:Subnet": row("network", "machines stand in it and cannot move"),
  "azure-native:network:VirtualNetwork": row("network", "everything else stands in it"),
  "azure-native:network:Subnet": row("network", "machines stand in it and cannot move"),
  // What is kept because something else is.
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSettings,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketSettings,
  "aws:s3/bucketPolicy:BucketPolicy": bucketSettings,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSettings,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketSettings,
  "aws:s3/bucketVersioning:BucketVersioning": bucketSettings,
  "aws:s3/bucketObjectv2:BucketObjectv2": row("settings", "machines that run still look for the programs in it"),
  "aws:autoscaling/lifecycleHook:LifecycleHook": row(
    "settings",
    "it goes with its group; before it, sessions would be cut",
  ),
  // Only masters' commands are protected. A media node's goes with the node, which drains first.
  "command:remote:Command": row("settings", "OpenVidu and its data are on the machine"),
  "azure-native:storage:BlobServiceProperties": row("settings", "an account that is kept keeps its settings"),
  "azure-native:storage:ManagementPolicy": row("settings", "an account that is kept keeps its settings"),
};

/** Kinds that are made through Azure's generic resource, by the name that its API has for them. */
const generic: Readonly<Record<string, string>> = {
  publicIPAddresses: "azure-native:network:PublicIPAddress",
  virtualNetworks: "azure-native:network:VirtualNetwork",
};

/** What the table says about a resource; nothing where it may come and go. */
export function valuableOf(type: string, inputs: Readonly<Record<string, unknown>> = {}): Valuable | undefined {
  const known = type === "azure-native:resources:Resource" ? generic[textAt(inputs, "resourceType")] : type;
  return known === undefined ? undefined : table[known];
}

/** Whether a resource must not be replaced or deleted without being asked for. */
export function isDenied(type: string, inputs?: Readonly<Record<string, unknown>>): boolean {
  const found = valuableOf(type, inputs);
  return found !== undefined && found.worth !== "settings";
}

/** Types that must not be replaced or deleted without being asked for. */
export const deniedTypes: readonly string[] = Object.keys(table).filter((type) => isDenied(type));

/** Names of the operations that replace, the one that stands for all of them first. */
const replacing: readonly Step["operation"][] = ["replace", "create-replacement", "delete-replaced"];

/**
 * Steps that would replace or delete something valuable, one for each resource. A replacement is denied also where the
 * old one is kept, for the cluster would go on with an empty one. A resource that Pulumi forgets and the cloud keeps is
 * not deleted.
 */
export function deniedSteps(plan: Plan): Step[] {
  const candidates = plan.steps.filter(
    (step) => isDenied(step.type, step.oldInputs ?? step.newInputs) && takesAway(step),
  );
  const byUrn = new Map<string, Step>();
  for (const step of candidates) {
    const known = byUrn.get(step.urn);
    if (!known || rank(step) < rank(known)) byUrn.set(step.urn, step);
  }
  return [...byUrn.values()];
}

function takesAway({ operation, retainOnDelete }: Step): boolean {
  return replacing.includes(operation) || (operation === "delete" && !retainOnDelete);
}

/** Of the steps of a replacement, the one called so tells most. */
function rank({ operation }: Step): number {
  const place = replacing.indexOf(operation);
  return place === -1 ? replacing.length : place;
}
