/**
 * The flags of OpenVidu's installer and where each value comes from. A node fills them in from its own facts and its
 * bundle; no value of a secret is ever part of this data.
 * Sources: reference/aws-reference.md 7.5, reference/azure-reference.md 7.5, reference/onprem-v2-reference.md A.8.
 */
import type { Edition, NodeRole } from "./editions";
import type { EntryMode, TlsMode } from "./flows";
import type { OpenViduVersion } from "./versions";
import { versions, type Installer } from "./versions";

/** How Caddy on the masters gets its certificate. `none`: the load balancer ends TLS. */
export const certificateTypes = ["none", "letsencrypt", "selfsigned", "owncert"] as const;
export type CertificateType = (typeof certificateTypes)[number];

/** Where a flag's value comes from: written here, read from the bundle, or known by the node itself. */
export type FlagValue =
  | { readonly kind: "switch" }
  | { readonly kind: "constant"; readonly value: string }
  | { readonly kind: "bundle"; readonly key: string }
  | { readonly kind: "node"; readonly fact: "masterIps" | "privateIp" };

export interface InstallerFlag {
  readonly flag: string;
  readonly value: FlagValue;
}

export interface InstallerContext {
  readonly cloud: "aws" | "azure" | "onprem";
  readonly edition: Extract<Edition, "ha" | "elastic">;
  readonly role: NodeRole;
  readonly tls: TlsMode;
  readonly certificate: CertificateType;
  /** @default balanced */
  readonly entry?: EntryMode;
  /** Whether TURN over TLS has a domain of its own. @default false */
  readonly turnDomain?: boolean;
  /** The operator's extra flags, each beginning with `--`; for masters only, as in the official deployments. */
  readonly additionalFlags: readonly string[];
}

const on = (flag: string): InstallerFlag => ({ flag, value: { kind: "switch" } });
const fixed = (flag: string, value: string): InstallerFlag => ({ flag, value: { kind: "constant", value } });
const fromBundle = (flag: string, key: string): InstallerFlag => ({ flag, value: { kind: "bundle", key } });
const fromNode = (flag: string, fact: "masterIps" | "privateIp"): InstallerFlag => ({
  flag,
  value: { kind: "node", fact },
});

/** Flags of a master whose values are settings and credentials of the cluster. */
const masterFlags: readonly InstallerFlag[] = [
  fromBundle("--openvidu-pro-license", "OPENVIDU_PRO_LICENSE"),
  fromBundle("--domain-name", "DOMAIN_NAME"),
  fromBundle("--enabled-modules", "ENABLED_MODULES"),
  fromBundle("--rtc-engine", "OPENVIDU_RTC_ENGINE"),
  fromBundle("--redis-password", "REDIS_PASSWORD"),
  fromBundle("--mongo-admin-user", "MONGO_ADMIN_USERNAME"),
  fromBundle("--mongo-admin-password", "MONGO_ADMIN_PASSWORD"),
  fromBundle("--mongo-replica-set-key", "MONGO_REPLICA_SET_KEY"),
  fromBundle("--minio-access-key", "MINIO_ACCESS_KEY"),
  fromBundle("--minio-secret-key", "MINIO_SECRET_KEY"),
  fromBundle("--dashboard-admin-user", "DASHBOARD_ADMIN_USERNAME"),
  fromBundle("--dashboard-admin-password", "DASHBOARD_ADMIN_PASSWORD"),
  fromBundle("--grafana-admin-user", "GRAFANA_ADMIN_USERNAME"),
  fromBundle("--grafana-admin-password", "GRAFANA_ADMIN_PASSWORD"),
  fromBundle("--meet-initial-admin-password", "MEET_INITIAL_ADMIN_PASSWORD"),
  fromBundle("--meet-initial-api-key", "MEET_INITIAL_API_KEY"),
  fromBundle("--livekit-api-key", "LIVEKIT_API_KEY"),
  fromBundle("--livekit-api-secret", "LIVEKIT_API_SECRET"),
];

/** The second certificate, where Caddy gets both from the customer. */
const turnCertificateFlags: readonly InstallerFlag[] = [
  fromBundle("--turn-owncert-public-key", "TURN_OWNCERT_PUBLIC_KEY"),
  fromBundle("--turn-owncert-private-key", "TURN_OWNCERT_PRIVATE_KEY"),
];

const environments: Readonly<Record<InstallerContext["cloud"], readonly InstallerFlag[]>> = {
  aws: [fixed("--environment", "aws")],
  azure: [fixed("--environment", "azure")],
  onprem: [],
};

/** The complete flag list of one kind of node, in the order in which the installer gets it. */
export function installerFlags(context: InstallerContext): InstallerFlag[] {
  const common = [
    on("--no-tty"),
    on("--install"),
    ...environments[context.cloud],
    fixed("--deployment-type", context.edition),
    fixed("--node-role", `${context.role}-node`),
  ];
  const cluster = fromNode(
    context.edition === "ha" ? "--master-node-private-ip-list" : "--master-node-private-ip",
    "masterIps",
  );
  if (context.role === "media") {
    return [
      ...common,
      cluster,
      fromNode("--private-ip", "privateIp"),
      fromBundle("--redis-password", "REDIS_PASSWORD"),
    ];
  }
  return [
    ...common,
    ...(context.edition === "ha" ? [...balancerFlags(context), cluster] : [fromNode("--private-ip", "privateIp")]),
    ...(context.edition === "ha" && isPassedThrough(context) ? [on("--internal-tls-termination")] : []),
    ...masterFlags,
    ...context.additionalFlags.map(on),
    ...(context.turnDomain ? [fromBundle("--turn-domain-name", "LIVEKIT_TURN_DOMAIN_NAME")] : []),
    ...certificateFlags(context),
  ];
}

/** Where the name leads to the masters themselves, the installer is told of no load balancer at all. */
function balancerFlags({ entry }: InstallerContext): InstallerFlag[] {
  return entry === "dns" ? [] : [on("--external-load-balancer")];
}

function isPassedThrough({ entry, tls }: InstallerContext): boolean {
  return tls === "node" && entry !== "dns";
}

function certificateFlags({ certificate, turnDomain }: InstallerContext): InstallerFlag[] {
  switch (certificate) {
    case "none":
      return [];
    case "letsencrypt":
    case "selfsigned":
      return [fixed("--certificate-type", certificate)];
    case "owncert":
      return [
        fixed("--certificate-type", certificate),
        fromBundle("--owncert-public-key", "OWNCERT_PUBLIC_KEY"),
        fromBundle("--owncert-private-key", "OWNCERT_PRIVATE_KEY"),
        ...(turnDomain ? turnCertificateFlags : []),
      ];
    default: {
      const exhaustive: never = certificate;
      throw new Error(`unknown certificate type ${String(exhaustive)}`);
    }
  }
}

/** Where a node gets the vendor's bootstrap for its release, and the SHA-256 that it must have. */
export function installerOf(
  version: OpenViduVersion,
  edition: Extract<Edition, "ha" | "elastic">,
  role: NodeRole,
): { readonly url: string; readonly sha256: string } {
  const installer: Installer = versions[version].installers[edition][role];
  return { url: vendorFile(version, installer.path), sha256: installer.sha256 };
}

/** A file of the vendor's repository as it stands at the tag of a release. */
export function vendorFile(version: OpenViduVersion, path: string): string {
  return `https://raw.githubusercontent.com/OpenVidu/openvidu/${versions[version].tag}/${path}`;
}
