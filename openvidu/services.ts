/**
 * The addresses at which people and programs find the services of a cluster.
 * Source: reference/onprem-v2-reference.md A.12, reference/aws-reference.md 7.4.
 */
import type { FeatureName, ModuleName } from "./modules";
import { formatPorts, ports } from "./ports";
import { isAtLeast, type OpenViduVersion, versions } from "./versions";

export interface Service {
  /** Stable name; key of the stack's `urls` output. */
  readonly name: string;
  readonly title: string;
  readonly scheme: "https" | "wss" | "rtmps";
  /** Path below the domain, beginning with `/`. */
  readonly path: string;
  readonly module?: ModuleName;
  readonly feature?: FeatureName;
  /** Needs MinIO on the masters. */
  readonly minio?: true;
  /** Bundle key under which the address is published for people who read the credentials. */
  readonly bundleKey?: string;
  /** Bundle keys of the credentials that open it. */
  readonly credentials: readonly string[];
}

const livekit = ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"] as const;

const services: readonly Service[] = [
  {
    name: "openvidu",
    title: "OpenVidu and LiveKit API",
    scheme: "https",
    path: "/",
    bundleKey: "OPENVIDU_URL",
    credentials: livekit,
  },
  {
    name: "livekit",
    title: "LiveKit SDK (WebSocket)",
    scheme: "wss",
    path: "/",
    bundleKey: "LIVEKIT_URL",
    credentials: livekit,
  },
  {
    name: "meet",
    title: "OpenVidu Meet",
    scheme: "https",
    path: "",
    module: "openviduMeet",
    credentials: ["MEET_INITIAL_ADMIN_USER", "MEET_INITIAL_ADMIN_PASSWORD"],
  },
  {
    name: "dashboard",
    title: "OpenVidu Dashboard",
    scheme: "https",
    path: "/dashboard/",
    bundleKey: "DASHBOARD_URL",
    credentials: ["DASHBOARD_ADMIN_USERNAME", "DASHBOARD_ADMIN_PASSWORD"],
  },
  {
    name: "grafana",
    title: "Grafana",
    scheme: "https",
    path: "/grafana/",
    module: "observability",
    bundleKey: "GRAFANA_URL",
    credentials: ["GRAFANA_ADMIN_USERNAME", "GRAFANA_ADMIN_PASSWORD"],
  },
  {
    name: "minio",
    title: "MinIO console",
    scheme: "https",
    path: "/minio-console/",
    minio: true,
    bundleKey: "MINIO_URL",
    credentials: ["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"],
  },
  { name: "whip", title: "WHIP ingest", scheme: "https", path: "/whip", feature: "whip", credentials: [] },
  { name: "rtmps", title: "RTMPS ingest", scheme: "rtmps", path: "/rtmp", feature: "rtmp", credentials: [] },
];

export interface ServiceContext {
  readonly version: OpenViduVersion;
  readonly modules: ReadonlySet<ModuleName>;
  readonly features: ReadonlySet<FeatureName>;
  readonly minio: boolean;
}

/** The services of a deployment, with Meet's path as its release has it. */
export function servicesFor(context: ServiceContext): Service[] {
  return services
    .filter((service) => service.module === undefined || context.modules.has(service.module))
    .filter((service) => service.feature === undefined || context.features.has(service.feature))
    .filter((service) => !service.minio || context.minio)
    .map((service) => (service.name === "meet" ? { ...service, path: versions[context.version].meetPath } : service));
}

/**
 * The name of a cluster without a domain: its address, or up to 3.7 a public name that leads there, because certificates
 * for bare addresses came with 3.8.0 (reference/aws-reference.md 7.2).
 */
export function nameOfAddress(version: OpenViduVersion, ipAddress: string): string {
  return isAtLeast(version, "3.8.0") ? ipAddress : `openvidu-${ipAddress.replaceAll(".", "-")}.sslip.io`;
}

/** A service's full address below `domain`, which may also be a bare IPv4 address. */
export function serviceUrl(service: Service, domain: string): string {
  const port = service.scheme === "rtmps" ? `:${formatPorts(ports.rtmps)}` : "";
  return `${service.scheme}://${domain}${port}${service.path}`;
}
