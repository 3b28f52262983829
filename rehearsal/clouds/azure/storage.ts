/**
 * Simulated storage accounts with containers and settings, and managed disks.
 */
import { isDeepStrictEqual } from "node:util";
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { given, number, problems, record, records, repeated, text, texts, uuid } from "../values";
import { armModel, byArmId, locationOf, refusal, type Unchangeable, usersOf } from "./arm";

export const accountType = "azure-native:storage:StorageAccount";
export const diskType = "azure-native:compute:Disk";

const endpoints = (name: string): Properties =>
  Object.fromEntries(
    ["blob", "file", "queue", "table", "dfs"].map((kind) => [kind, `https://${name}.${kind}.core.windows.net/`]),
  );

const skus = [
  "Standard_LRS",
  "Standard_GRS",
  "Standard_RAGRS",
  "Standard_ZRS",
  "Standard_GZRS",
  "Standard_RAGZRS",
  "Premium_LRS",
  "Premium_ZRS",
];
const unzoned = new Set(["westus", "northcentralus", "westcentralus", "canadaeast", "ukwest"]);

function accountProblems(inputs: Properties, world: World): string[] {
  const name = text(inputs.accountName);
  const sku = text(record(inputs.sku).name);
  const location = locationOf(inputs, world);
  const taken = world.ofType(accountType).some((other) => other.outputs.name === name);
  const subnets = records(record(inputs.networkRuleSet).virtualNetworkRules).map((rule) =>
    text(rule.virtualNetworkResourceId),
  );
  const uncovered = subnets.filter((id) => {
    const subnet = byArmId(world, id);
    return (
      subnet &&
      !records(subnet.inputs.serviceEndpoints).some((endpoint) =>
        text(endpoint.service).startsWith("Microsoft.Storage"),
      )
    );
  });
  return problems(
    taken && refusal("StorageAccountAlreadyTaken", `The storage account named ${name} is already taken.`),
    !skus.includes(sku) &&
      refusal("InvalidValuesForRequestParameters", `Values for request parameters are invalid: sku.name.`),
    !["StorageV2", "Storage", "BlobStorage", "BlockBlobStorage", "FileStorage"].includes(text(inputs.kind)) &&
      refusal("InvalidValuesForRequestParameters", "Values for request parameters are invalid: kind."),
    sku.endsWith("ZRS") &&
      unzoned.has(location) &&
      refusal(
        "RedundancyConfigurationNotAvailableInRegion",
        `Redundancy configuration ${sku} is not available in region ${location}.`,
      ),
    uncovered.map((id) =>
      refusal(
        "NetworkAclsValidationFailure",
        `Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets ${id.split("/").at(-1)} of virtual network ${id.split("/").at(-3)} do not have ServiceEndpoints for Microsoft.Storage resources configured.`,
      ),
    ),
  );
}

/** The SDK's declarations say so of accounts and containers; nobody shows the message. */
const setAtCreation: readonly Unchangeable[] = [{ path: "immutableStorageWithVersioning", mayBeLeftOut: true }];

/** What kind of storage an account has and in how many zones its copies lie: between these groups Azure converts by a procedure of its own. */
function copiesOf(sku: string): string {
  return `${sku.split("_")[0]!} ${/ZRS$/.test(sku) ? "in three zones" : "in one zone"}`;
}

/**
 * Source: the message in github.com/hashicorp/terraform-provider-azurerm issue 110; cloud-facts-azure 7.1;
 * learn.microsoft.com/azure/storage/common/redundancy-migration and storage-account-upgrade (kinds).
 */
function accountChanges(olds: Properties, news: Properties): string[] {
  const [before, after] = [olds, news].map((inputs) => text(record(inputs.sku).name)) as [string, string];
  const upgraded = ["Storage", "BlobStorage"].includes(text(olds.kind)) && news.kind === "StorageV2";
  return problems(
    copiesOf(before) !== copiesOf(after) &&
      refusal("StorageAccountTypeConversionNotAllowed", `Storage account type cannot be changed to ${after}.`),
    olds.kind !== news.kind &&
      !upgraded &&
      refusal("InvalidValuesForRequestParameters", "Values for request parameters are invalid: kind."),
  );
}

const storageAccount = armModel({
  arm: "Microsoft.Storage/storageAccounts",
  apiVersion: "2024-01-01",
  nameInput: "accountName",
  required: ["kind", "resourceGroupName", "sku"],
  source: "cloud-facts-azure 7.1 to 7.7, 10.4; bicep type Microsoft.Storage/storageAccounts",
  pattern: /^[a-z0-9]+$/,
  minLength: 3,
  maxLength: 24,
  forcesReplacement: ["location", "isHnsEnabled"],
  unchangeable: setAtCreation,
  checkUpdate: accountChanges,
  check: accountProblems,
  outputs: (inputs, world, { name }) => ({
    primaryEndpoints: endpoints(name),
    primaryLocation: locationOf(inputs, world),
    statusOfPrimary: "available",
    creationTime: "2026-01-01T00:00:00Z",
  }),
});

const blobContainer = armModel({
  arm: "Microsoft.Storage/storageAccounts/blobServices/containers",
  apiVersion: "2024-01-01",
  nameInput: "containerName",
  parents: ["accountName", "=default"],
  required: ["accountName", "resourceGroupName"],
  source:
    "cloud-facts-azure 7.1, 7.5; learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata",
  auto: "copy",
  pattern: /^(?!.*--)[a-z0-9][a-z0-9-]*[a-z0-9]$/,
  minLength: 3,
  maxLength: 63,
  located: false,
  unchangeable: setAtCreation,
  check(inputs, world) {
    const account = world.ofType(accountType).find((made) => made.outputs.name === inputs.accountName);
    const isPublic = ["Blob", "Container"].includes(text(inputs.publicAccess));
    return problems(
      account &&
        isPublic &&
        account.inputs.allowBlobPublicAccess !== true &&
        refusal("PublicAccessNotPermitted", "Public access is not permitted on this storage account."),
    );
  },
});

/** Days of soft delete that the API takes. Source: cloud-facts-azure 7.6. */
function retentionProblems(inputs: Properties): string[] {
  return ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"].flatMap((field) => {
    const policy = record(inputs[field]);
    const days = number(policy.days);
    const wrong = policy.enabled === true && (days === undefined || days < 1 || days > 365);
    return wrong
      ? [refusal("InvalidValuesForRequestParameters", `Values for request parameters are invalid: ${field}.days.`)]
      : [];
  });
}

/** The account's one set of blob settings, which comes with the account: it is always there to be written. */
const blobServiceProperties = armModel({
  arm: "Microsoft.Storage/storageAccounts/blobServices",
  apiVersion: "2024-01-01",
  nameInput: "blobServicesName",
  parents: ["accountName"],
  required: ["accountName", "resourceGroupName"],
  source: "cloud-facts-azure 7.5, 7.6",
  auto: "none",
  located: false,
  defaults: { blobServicesName: "default" },
  check: retentionProblems,
});

const managementPolicy = armModel({
  arm: "Microsoft.Storage/storageAccounts/managementPolicies",
  apiVersion: "2024-01-01",
  nameInput: "managementPolicyName",
  parents: ["accountName"],
  required: ["accountName", "policy", "resourceGroupName"],
  source: "cloud-facts-azure 7.5; bicep type Microsoft.Storage/storageAccounts/managementPolicies",
  auto: "none",
  located: false,
  defaults: { managementPolicyName: "default" },
  check(inputs) {
    const rules = records(record(inputs.policy).rules);
    const invalid = rules.filter(
      (rule) => !given(record(rule.definition).actions) || rule.type !== "Lifecycle" || !given(rule.name),
    );
    return problems(
      rules.length === 0 &&
        refusal("InvalidValuesForRequestParameters", "Values for request parameters are invalid: policy.rules."),
      invalid.map((rule) =>
        refusal(
          "InvalidValuesForRequestParameters",
          `Values for request parameters are invalid: policy.rules[*].${text(rule.name)}.`,
        ),
      ),
      repeated(rules.map((rule) => text(rule.name))).map((name) =>
        refusal("InvalidValuesForRequestParameters", `Rule name ${name} is used more than once.`),
      ),
    );
  },
});

const diskSkus = [
  "Standard_LRS",
  "Premium_LRS",
  "StandardSSD_LRS",
  "UltraSSD_LRS",
  "Premium_ZRS",
  "StandardSSD_ZRS",
  "PremiumV2_LRS",
];

const machineType = "azure-native:compute:VirtualMachine";

/** Up to here a disk can grow while a running machine has it. Source: learn.microsoft.com/azure/virtual-machines/expand-disks. */
const largestOnlineGiB = 4095;

/**
 * Source: the messages in github.com/MicrosoftDocs/azure-docs pull request 57951 (smaller) and
 * github.com/kubernetes/kubernetes issue 96706 (larger while attached); for kind and encryption, whose messages nobody
 * shows, learn.microsoft.com/azure/virtual-machines/disks-convert-types and disks-enable-customer-managed-keys-portal:
 * both ask for a machine that is switched off.
 */
function diskChanges(olds: Properties, news: Properties, world: World, id: string): string[] {
  const [holder] = usersOf(id, [machineType], world);
  const [before, after] = [olds, news].map((inputs) => number(inputs.diskSizeGB) ?? 0) as [number, number];
  const whileAttached = (what: string, advice = ""): string =>
    refusal(
      "OperationNotAllowed",
      `Cannot ${what} disk ${text(news.diskName)} while it is attached to running VM ${holder?.id}.${advice}`,
    );
  const changed = (property: string): boolean => !isDeepStrictEqual(olds[property], news[property]);
  return problems(
    after < before &&
      refusal(
        "OperationNotAllowed",
        `The disk/snapshot resource with id ${id} cannot be resized down. Reducing disk/snapshot size is not supported in Azure to prevent data loss. If you do need to reduce the size of the disk, please create new snapshot/disks with the appropriate size. More information is available at https://aka.ms/AzureDisksFAQ`,
      ),
    holder !== undefined &&
      before <= largestOnlineGiB &&
      after > largestOnlineGiB &&
      whileAttached(
        "resize",
        " Resizing a disk of an Azure Virtual Machine requires the virtual machine to be deallocated. Please stop your VM and retry the operation.",
      ),
    holder !== undefined && changed("sku") && whileAttached("change the SKU of"),
    holder !== undefined && changed("encryption") && whileAttached("change the encryption of"),
  );
}

const disk = armModel({
  arm: "Microsoft.Compute/disks",
  apiVersion: "2024-03-02",
  nameInput: "diskName",
  required: ["creationData", "resourceGroupName"],
  source: "cloud-facts-azure 2.2, 2.4; ARM naming rules (80 characters)",
  pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
  maxLength: 80,
  forcesReplacement: ["location"],
  recomputed: ["diskSizeBytes"],
  unchangeable: [{ path: "zones" }, { path: "creationData" }, { path: "extendedLocation" }],
  checkUpdate: diskChanges,
  // Source: the message in github.com/ansible/ansible pull request 54644.
  inUse: {
    by: [machineType],
    says: ({ outputs }, users: readonly LiveResource[]) =>
      refusal(
        "OperationNotAllowed",
        `Disk ${text(outputs.name)} is attached to VM ${users.map(({ id }) => id).join(", ")}.`,
      ),
  },
  check(inputs) {
    const option = text(record(inputs.creationData).createOption);
    const size = number(inputs.diskSizeGB);
    const sku = text(record(inputs.sku).name) || "Standard_LRS";
    return problems(
      option === "Empty" &&
        size === undefined &&
        refusal("InvalidParameter", "Required parameter 'disk.diskSizeGB' is missing (null)."),
      size !== undefined &&
        (size < 1 || size > 65536) &&
        refusal(
          "InvalidParameter",
          `The value '${size}' of parameter disk.diskSizeGB is out of range. Value '${size}' must be between '1' and '65536' inclusive.`,
        ),
      texts(inputs.zones).length > 1 && refusal("BadRequest", "A disk can be in one availability zone only."),
      !diskSkus.includes(sku) &&
        refusal(
          "InvalidParameter",
          `The value '${sku}' of parameter 'sku.name' is not valid. Allowed values are ${diskSkus.join(", ")}.`,
        ),
      sku.endsWith("ZRS") &&
        texts(inputs.zones).length > 0 &&
        refusal("BadRequest", "Availability zone cannot be specified for a ZRS disk."),
    );
  },
  outputs: (inputs, world, { urn }) => ({
    diskState: "Unattached",
    uniqueId: uuid(world, urn),
    diskSizeBytes: (number(inputs.diskSizeGB) ?? 0) * 2 ** 30,
  }),
});

/** Accounts, containers, settings, disks. */
export const storage: Readonly<Record<string, ResourceModel>> = {
  [accountType]: storageAccount,
  "azure-native:storage:BlobContainer": blobContainer,
  "azure-native:storage:BlobServiceProperties": blobServiceProperties,
  "azure-native:storage:ManagementPolicy": managementPolicy,
  [diskType]: disk,
};
