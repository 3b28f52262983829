/**
 * What every right that machines get is for: the table that a reviewer of the policies reads, and that the permission
 * test holds them to. A right that nobody here uses is a defect, and so is a call that no right covers.
 */

export interface Use {
  /** IAM action on AWS; on Azure the GUID of a built-in role, or an action of a role of our own. */
  readonly right: string;
  readonly usedBy: "node script" | "openvidu" | "service";
  /** What it is used for. */
  readonly why: string;
  /** Node scripts: the file with the call, and the text of the call in it. */
  readonly file?: string;
  readonly call?: RegExp;
}

/** Recordings and observability data: OpenVidu's own S3 client, with the machine's role. */
const objects = "OpenVidu's S3 client reads and writes recordings, Loki and Mimir blocks";

/** Locks, marks, backups and programs of the cluster, below a prefix of their own. */
const ownObjects = (what: string): Pick<Use, "usedBy" | "why" | "file"> => ({
  usedBy: "node script",
  why: `masters ${what} the cluster's own objects`,
  file: "nodes/lib/store.py",
});

/* prettier-ignore */
export const awsUses: readonly Use[] = [
  { right: "secretsmanager:DescribeSecret", usedBy: "node script", why: "a node asks each minute whether its bundle has a new version", file: "nodes/clouds/aws.py", call: /ask_store\("DescribeSecret"\)/ },
  { right: "secretsmanager:GetSecretValue", usedBy: "node script", why: "a node fetches its bundle at boot and refresh", file: "nodes/clouds/aws.py", call: /ask_store\("GetSecretValue"\)/ },
  { right: "autoscaling:CompleteLifecycleAction", usedBy: "node script", why: "a media node ends its launch and its drain", file: "nodes/clouds/aws.py", call: /"CompleteLifecycleAction"/ },
  { right: "autoscaling:RecordLifecycleActionHeartbeat", usedBy: "node script", why: "a media node keeps its drain alive", file: "nodes/clouds/aws.py", call: /"RecordLifecycleActionHeartbeat"/ },
  { right: "autoscaling:SetInstanceHealth", usedBy: "node script", why: "a media node that failed after its launch has itself replaced", file: "nodes/clouds/aws.py", call: /"SetInstanceHealth"/ },
  { right: "s3:GetObject", ...ownObjects("read"), call: /store_request\("GET"/ },
  { right: "s3:PutObject", ...ownObjects("write"), call: /store_request\("PUT"/ },
  { right: "s3:DeleteObject", ...ownObjects("remove"), call: /store_request\("DELETE"/ },
  { right: "s3:ListBucket", usedBy: "node script", file: "nodes/lib/store.py", why: "S3 says that an object is missing only to those who may list", call: /status == 404/ },
  { right: "s3:GetObject", usedBy: "openvidu", why: objects },
  { right: "s3:PutObject", usedBy: "openvidu", why: objects },
  { right: "s3:DeleteObject", usedBy: "openvidu", why: "deleted recordings, expired observability blocks" },
  { right: "s3:AbortMultipartUpload", usedBy: "openvidu", why: "an egress that ends early gives its upload up" },
  { right: "s3:ListBucket", usedBy: "openvidu", why: "Loki and Mimir list their blocks, the dashboard the recordings" },
  { right: "s3:GetBucketLocation", usedBy: "openvidu", why: "S3 clients ask for a bucket's region before they sign" },
  { right: "kms:Decrypt", usedBy: "service", why: "Secrets Manager and S3 read what a customer's key encrypts, on the node's behalf" },
  { right: "kms:GenerateDataKey", usedBy: "service", why: "S3 writes with a customer's key, on the node's behalf" },
  { right: "sts:AssumeRole", usedBy: "service", why: "EC2 hands the role to the machine" },
  { right: "policy/AmazonSSMManagedInstanceCore", usedBy: "service", why: "Session Manager's agent, the operators' shell; AWS keeps the list of actions" },
];

/** Operations that a KMS grant gives to the Auto Scaling service role, so that it can attach encrypted disks. */
export const diskGrantOperations: readonly string[] = [
  "CreateGrant",
  "Decrypt",
  "DescribeKey",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
];

/** The controller on the masters and its calls of the resource manager. */
const controller = (why: string): Pick<Use, "usedBy" | "why" | "file"> => ({
  usedBy: "node script",
  why: `the controller ${why}`,
  file: "nodes/lib/fleet.py",
});

/** Storage Blob Data Contributor. */
const contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/* prettier-ignore */
export const azureUses: readonly Use[] = [
  { right: "4633458b-17de-408a-b874-0445c86b69e6", usedBy: "node script", why: "Key Vault Secrets User: a node fetches its bundle at boot and refresh", file: "nodes/clouds/azure.py", call: /api-version=7\.4/ },
  { right: contributor, usedBy: "node script", why: "masters keep the cluster's own objects", file: "nodes/lib/store.py", call: /store_request\("PUT"/ },
  { right: contributor, usedBy: "node script", why: "media nodes say how they are", file: "nodes/lib/heartbeat.py", call: /store_request\("PUT", .*HEARTBEATS_URL/ },
  { right: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", usedBy: "node script", why: "Storage Blob Data Reader: a media node looks whether it has to drain", file: "nodes/clouds/azure.py", call: /store_request\("GET", "controller", container=/ },
  { right: contributor, usedBy: "node script", why: "the controller keeps its state, asks nodes to drain, and removes what deleted machines have said", file: "nodes/lib/fleet.py", call: /store_request\("PUT", BLOB \+ query, .*REQUESTS_URL/ },
  { right: "Microsoft.Compute/virtualMachineScaleSets/read", ...controller("finds the group and its orders"), call: /manager\.in_group\("Microsoft\.Compute\/virtualMachineScaleSets"/ },
  { right: "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read", ...controller("lists the group's machines"), call: /manager\.list\(scale_set \+ "\/virtualMachines"/g },
  { right: "Microsoft.Compute/virtualMachines/instanceView/read", ...controller("sees whether a machine runs"), call: /virtualMachines\/%s\/instanceView" % name\s+view = manager\.ask\("GET", path/ },
  { right: "Microsoft.Insights/autoscaleSettings/read", ...controller("finds the group's limits"), call: /manager\.in_group\("Microsoft\.Insights\/autoscalesettings"/ },
  { right: "Microsoft.Compute/virtualMachineScaleSets/delete/action", ...controller("ends a drained machine"), call: /manager\.ask\("POST", scale_set \+ "\/delete"/ },
  { right: "Microsoft.Insights/autoscaleSettings/write", ...controller("keeps autoscale's limits and threshold in step"), call: /manager\.ask\("PUT", setting\["id"\]/ },
];

/** Owner, Contributor, User Access Administrator, RBAC Administrator, and the Contributors of single services. */
export const refusedRoles: readonly string[] = [
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
];
