/**
 * What a master of Enterprise v2 is told: the user data of the vendor's image. It is no script but a list that the image
 * takes apart by itself. Pure, and knows no Pulumi.
 * Source: reference/onprem-v2-reference.md B.4; order and form as in the vendor's template.
 */
import { corruption, type MediaServer } from "../openvidu/enterprise-v2";

/** Settings of a master, in the words of the cluster. */
export interface EnterpriseV2Boot {
  readonly domain: string;
  readonly mediaServer: MediaServer;
  readonly license: string;
  readonly openviduSecret: string;
  readonly clusterId: string;
  /** Absent where nothing is sent to Elasticsearch. */
  readonly elasticsearch?: {
    readonly url: string;
    readonly kibanaUrl: string;
    readonly user: string;
    readonly password: string;
  };
  readonly redis: { readonly address: string; readonly port: string };
  readonly queueName: string;
  /** How the masters call the deployment; in the vendor's template the id of its CloudFormation stack. */
  readonly deploymentId: string;
  readonly bucketName: string;
  readonly mediaGroupName: string;
  readonly masterGroupName: string;
  readonly recording: boolean;
  readonly coturnInMediaNodes: boolean;
  readonly configAutoRestart: boolean;
}

/** The settings by the names that the image knows, in the order of the vendor's template. */
export function bootSettings(boot: EnterpriseV2Boot): Readonly<Record<string, string>> {
  const { elasticsearch, redis } = boot;
  return {
    DOMAIN_OR_PUBLIC_IP: boot.domain,
    OPENVIDU_ENTERPRISE_MEDIA_SERVER: boot.mediaServer,
    OPENVIDU_PRO_LICENSE: boot.license,
    OPENVIDU_SECRET: boot.openviduSecret,
    OPENVIDU_PRO_CLUSTER_ID: boot.clusterId,
    OPENVIDU_PRO_ELASTICSEARCH_HOST: elasticsearch?.url ?? "",
    OPENVIDU_PRO_KIBANA_HOST: elasticsearch?.kibanaUrl ?? "",
    ELASTICSEARCH_USERNAME: elasticsearch?.user ?? "",
    ELASTICSEARCH_PASSWORD: elasticsearch?.password ?? "",
    RM_REDIS_IP: redis.address,
    RM_REDIS_PORT: redis.port,
    RM_SQS_QUEUE: boot.queueName,
    RM_CLOUDFORMATION_ARN: boot.deploymentId,
    OPENVIDU_PRO_CONFIG_S3_BUCKET: boot.bucketName,
    RM_MEDIA_NODES_AUTOSCALING_GROUP_NAME: boot.mediaGroupName,
    RM_MASTER_NODES_AUTOSCALING_GROUP_NAME: boot.masterGroupName,
    OPENVIDU_RECORDING: String(boot.recording),
    OPENVIDU_PRO_COTURN_IN_MEDIA_NODES: String(boot.coturnInMediaNodes),
    OPENVIDU_ENTERPRISE_S3_CONFIG_AUTORESTART: String(boot.configAutoRestart),
    OPENVIDU_PRO_ELASTICSEARCH: String(elasticsearch !== undefined),
  };
}

/** The user data. Only values that `corruption` has nothing to say about arrive as they are. */
export function renderMasterUserData(boot: EnterpriseV2Boot): string {
  const settings = Object.entries(bootSettings(boot));
  const broken = settings.flatMap(([key, value]) => {
    const reason = corruption(value);
    return reason === undefined ? [] : [`${key} ${reason}`];
  });
  if (broken.length > 0) throw new Error(`user data of the masters: ${broken.join("; ")}`);
  return `${settings.map(([key, value]) => `${key}=${value}`).join(" | \\\n")}\n`;
}
