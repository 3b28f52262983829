/**
 * A cluster of Enterprise v2 as the program sees it: config with every default filled in, checked, and free of secrets.
 * `stacks/schema-enterprise-v2.ts` describes what a person writes; `stacks/resolve-enterprise-v2.ts` turns it into this.
 */
import type { EnterpriseV2Version, MediaServer } from "../../openvidu/enterprise-v2";
import type { DnsSettings, NetworkSettings } from "../cluster-settings";
import type { Tags } from "../tags";

/** One of the vendor's images. */
export interface VendorImage {
  /** AMI id. */
  readonly id: string;
  /** Region from which a copy is made, which then belongs to the stack. @default the image is in the stack's own region */
  readonly copyFrom?: string;
}

interface GroupSettings {
  readonly instanceType: string;
  readonly image: VendorImage;
  readonly diskGiB: number;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

export interface EnterpriseV2MediaSettings extends GroupSettings {
  readonly scaleUpCpuPercent: number;
  readonly scaleDownCpuPercent: number;
  /** How long a node that is ended from outside, and not by the masters, is held back. */
  readonly drainTimeoutSeconds: number;
}

export interface SessionStoreSettings {
  readonly nodeType: string;
  /** Copies of the data, each in a zone of its own as long as there are enough. */
  readonly nodes: number;
  /** TLS and a password. Whether the masters speak them is not known (reference B.5). */
  readonly transitEncryption: boolean;
  readonly snapshotDays: number;
}

export interface EnterpriseV2Settings {
  readonly cloud: "aws";
  readonly edition: "enterprise-v2";
  readonly version: EnterpriseV2Version;
  readonly region: string;
  readonly domain: string;
  readonly certificate: { readonly kind: "acm"; readonly arn?: string };
  readonly dns: DnsSettings;
  readonly clusterId: string;
  readonly mediaServer: MediaServer;
  readonly recording: boolean;
  readonly coturnInMediaNodes: boolean;
  readonly webrtcOverTcp: boolean;
  /** Absent where nothing is sent to Elasticsearch. Its password is a secret. */
  readonly elasticsearch?: { readonly url: string; readonly kibanaUrl: string; readonly user: string };
  readonly masters: GroupSettings;
  readonly media: EnterpriseV2MediaSettings;
  readonly sessionStore: SessionStoreSettings;
  readonly network: NetworkSettings;
  readonly storage: {
    /** An existing bucket. */
    readonly bucket?: string;
    /** Whether masters restart when the settings object in the bucket changes. */
    readonly autoRestart: boolean;
    readonly keepDeletedDays: number;
  };
  readonly access: {
    readonly operatorCidrs: readonly string[];
    readonly egressCidrs: readonly string[];
    readonly operatorShell: boolean;
    readonly credentialReaders: readonly string[];
    /** An existing key pair; not together with a public key, of which the program makes one. */
    readonly keyName?: string;
    readonly sshPublicKey?: string;
  };
  readonly encryption: { readonly keyId?: string };
  /** Who is told by mail when messages to the masters get stuck. */
  readonly alarms: { readonly emails: readonly string[] };
  readonly deletionProtection: boolean;
  readonly tags: Tags;
}
