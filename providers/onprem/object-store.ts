/**
 * ObjectStore on-premises: MinIO on the masters, or S3 storage that the customer has. Nothing is created either way.
 * Differs from the clouds: `keepDeletedDays` is the customer's to set in his storage; MinIO keeps no deleted objects. An
 * only master without the customer's storage keeps the cluster's own objects, backups among them, as files on its disk.
 */
import * as pulumi from "@pulumi/pulumi";
import type { NodeRole } from "../../openvidu/editions";
import { type ObjectStore, type ObjectStoreArgs, objectStoreToken } from "../../components/object-store";
import type { OnPremises } from "../../components/on-premises";
import { ports } from "../../openvidu/ports";
import { machinesOf } from "./ssh";

/** Where the cluster's own objects lie: a bucket of their own in MinIO, a folder in the customer's bucket. */
const folder = "openvidu-node";

/** The same on an only master, apart from OpenVidu's own directory (nodes/clouds/onprem.py). */
export const localFolder = "/var/lib/openvidu-node/store";

export class OnpremObjectStore extends pulumi.ComponentResource implements ObjectStore {
  public readonly appDataName: pulumi.Output<string>;
  public readonly clusterDataName: pulumi.Output<string>;
  public readonly settings: pulumi.Output<Record<string, string>>;
  public readonly grants: Readonly<Record<NodeRole, readonly pulumi.Resource[]>> = { master: [], media: [] };
  public readonly coordinationUrl: pulumi.Output<string>;
  public readonly requestsUrl = pulumi.output("");
  public readonly heartbeatsUrl = pulumi.output("");

  constructor(name: string, args: ObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(objectStoreToken, name, {}, opts);
    const onPremises = machinesOf(args.onPremises);
    const { s3 } = onPremises;
    if (onlyMaster(onPremises) && !s3) warnAboutBackups(this);

    this.appDataName = pulumi.output(s3?.appDataBucket ?? args.appDataContainer);
    this.clusterDataName = pulumi.output(s3?.clusterDataBucket ?? "");
    this.settings = pulumi.secret(settingsOf(onPremises));
    this.coordinationUrl = pulumi.output(coordinationUrl(onPremises));
    this.registerOutputs({
      appDataName: this.appDataName,
      clusterDataName: this.clusterDataName,
      settings: this.settings,
      coordinationUrl: this.coordinationUrl,
      requestsUrl: this.requestsUrl,
      heartbeatsUrl: this.heartbeatsUrl,
    });
  }
}

/** Lines of OpenVidu's settings (reference/onprem-v2-reference.md A.11). */
function settingsOf({ s3, s3SecretKey = "", mongoUri }: OnPremises): pulumi.Output<Record<string, string>> {
  const storage: Record<string, pulumi.Input<string>> = s3
    ? {
        EXTERNAL_S3_ENDPOINT: s3.endpoint,
        EXTERNAL_S3_REGION: s3.region,
        EXTERNAL_S3_PATH_STYLE_ACCESS: String(s3.pathStyle),
        EXTERNAL_S3_ACCESS_KEY: s3.accessKeyId,
        EXTERNAL_S3_SECRET_KEY: s3SecretKey,
        EXTERNAL_S3_BUCKET_APP_DATA: s3.appDataBucket,
        ...(s3.clusterDataBucket !== "" && { EXTERNAL_S3_BUCKET_CLUSTER_DATA: s3.clusterDataBucket }),
      }
    : {};
  const database: Record<string, pulumi.Input<string>> = mongoUri === undefined
    ? {}
    : { MONGO_ENABLED: "true", EXTERNAL_MONGO_URI: mongoUri };
  return pulumi.all({ ...storage, ...database });
}

function onlyMaster({ hosts }: OnPremises): boolean {
  return hosts.filter(({ role }) => role === "master").length === 1;
}

function warnAboutBackups(resource: pulumi.Resource): void {
  const advice = "copy them to another place, or keep them in storage of your own (openvidu:storage.s3)";
  void pulumi.log.warn(`backups lie on the only master itself, below ${localFolder}: ${advice}`, resource);
}

/** The host `masters` stands for MinIO on whichever master answers. */
function coordinationUrl(onPremises: OnPremises): string {
  const { s3 } = onPremises;
  if (!s3) {
    return onlyMaster(onPremises) ? `file://${localFolder}/` : `http://masters:${ports.minioApi.first}/${folder}/`;
  }
  const { protocol, host } = new URL(s3.endpoint);
  return s3.pathStyle
    ? `${protocol}//${host}/${s3.appDataBucket}/${folder}/`
    : `${protocol}//${s3.appDataBucket}.${host}/${folder}/`;
}
