/**
 * A cluster as the program sees it: config with every default filled in, checked, and free of secrets.
 * `stacks/schema.ts` describes what a person writes; `stacks/resolve.ts` turns it into this.
 */
import type { AdoptedNetwork } from "./network";
import type { CloudName } from "./cloud";
import type { MachineImage } from "./machine-image";
import type { OnPremisesSettings } from "./on-premises";
import type { Tags } from "./tags";
import type { FeatureName, ModuleName, RtcEngine } from "../openvidu/modules";
import type { ClusterEdition } from "../openvidu/editions";
import type { OpenViduVersion } from "../openvidu/versions";

/** How the main domain gets its certificate. */
export type CertificateSettings =
  | { readonly kind: "acm"; readonly arn?: string }
  | { readonly kind: "letsencrypt" }
  | { readonly kind: "selfsigned" }
  /** A load balancer of the customer's own has it. */
  | { readonly kind: "external" }
  /** `chain` is the PEM chain in base64, leaf first; its private key is the secret `certificatePrivateKey`. */
  | { readonly kind: "owncert"; readonly chain: string };

/**
 * A second domain, for TURN over TLS: up to 3.5, and in every release behind an external load balancer on-premises. Its
 * certificate is of the main one's kind.
 */
export interface TurnSettings {
  readonly domain: string;
  /** Certificate kind `acm`: an existing certificate. @default a new one */
  readonly certificateArn?: string;
  /** Certificate kind `owncert`: the PEM chain in base64; its private key is the secret `turnCertificatePrivateKey`. */
  readonly chain?: string;
}

/** Where DNS records are made. */
export type DnsSettings =
  | { readonly kind: "none" }
  | { readonly kind: "route53"; readonly zoneId: string }
  | { readonly kind: "azure-dns"; readonly zoneId: string };

export interface MasterSettings {
  readonly instanceType: string;
  readonly image: MachineImage;
  readonly rootDiskGiB: number;
  readonly dataDiskGiB: number;
  /** One for each master. */
  readonly generations: readonly number[];
}

export interface MediaSettings {
  readonly instanceType: string;
  readonly image: MachineImage;
  readonly diskGiB: number;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly targetCpuPercent: number;
  /** Azure: how many nodes may drain at the same time. */
  readonly drainsAtOnce: number;
  readonly bootTimeoutSeconds: number;
  readonly drainTimeoutSeconds: number;
}

export interface NetworkSettings {
  readonly cidr: string;
  readonly zones: readonly string[];
  readonly nat: "single" | "perZone";
  readonly adopt?: AdoptedNetwork;
}

export interface StorageSettings {
  readonly adoptBuckets?: { readonly appData?: string; readonly clusterData?: string };
  readonly adoptAccount?: string;
  readonly appDataContainer: string;
  readonly zoneRedundant: boolean;
  readonly keepDeletedDays: number;
}

export interface AccessSettings {
  readonly operatorCidrs: readonly string[];
  readonly egressCidrs: readonly string[];
  /** Azure: who may reach the vault's data plane besides the nodes. */
  readonly deployerCidrs: readonly string[];
  readonly operatorShell: boolean;
  /** AWS: who besides the nodes may read the credentials, by ARN; none leaves it to the account's own policies. */
  readonly credentialReaders: readonly string[];
  readonly sshPublicKey?: string;
  readonly adminUsername: string;
}

export interface ClusterSettings {
  readonly cloud: CloudName;
  readonly edition: ClusterEdition;
  readonly version: OpenViduVersion;
  readonly region: string;
  /** Azure: an existing resource group. */
  readonly resourceGroup?: string;
  /** Absent only where the entry's IP address takes its place. */
  readonly domain?: string;
  readonly certificate: CertificateSettings;
  readonly turn?: TurnSettings;
  readonly dns: DnsSettings;
  readonly masters: MasterSettings;
  readonly media: MediaSettings;
  readonly network: NetworkSettings;
  readonly storage: StorageSettings;
  readonly access: AccessSettings;
  readonly entry: { readonly preserveClientAddress: boolean; readonly adoptAddressId?: string };
  readonly encryption: {
    /** AWS: KMS key ARN for disks, buckets and secrets. Azure: disk encryption set id. */
    readonly keyId?: string;
    readonly encryptionAtHost: boolean;
  };
  readonly secretRecoveryDays: number;
  /** Whether what holds data or an address refuses deletion and replacement; to be switched off before a destroy. */
  readonly deletionProtection: boolean;
  readonly modules: ReadonlySet<ModuleName>;
  readonly features: ReadonlySet<FeatureName>;
  readonly rtcEngine: RtcEngine;
  /** Who is told when something fails, by mail address. */
  readonly alarms: { readonly emails: readonly string[] };
  /** Extra installer flags for masters, each beginning with `--`. */
  readonly installFlags: readonly string[];
  readonly tags: Tags;
  /** The customer's own machines; absent on a cloud. */
  readonly onPremises?: OnPremisesSettings;
}
