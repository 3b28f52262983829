/**
 * Renders what a machine runs at its first boot: plain data in, cloud-init user data out. Pure, and knows no Pulumi.
 * The programs are the script files beside this one, read once when the module is loaded; nodes/README.md describes them.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "fflate";
import type { Edition, NodeRole } from "../openvidu/editions";
import { healthPaths } from "../openvidu/entry";
import { type InstallerFlag, installerOf } from "../openvidu/installer";
import { ports } from "../openvidu/ports";
import { configFiles, fixedOnceInstalled, onPremisesKeys, settingsByRole } from "../openvidu/secrets";
import { upgradeTable } from "../openvidu/upgrades";
import { type OpenViduVersion, versions } from "../openvidu/versions";
import { checkSettings, type NodeCloud } from "./settings";
import { shrinkPython, shrinkShell, shrinkUnit } from "./shrink";

/** Everything that decides a node's user data. Holds names and addresses, never a secret. */
export interface NodeSpec {
  readonly cloud: NodeCloud;
  readonly edition: Extract<Edition, "ha" | "elastic">;
  readonly role: NodeRole;
  readonly version: OpenViduVersion;
  /** Installer flags with the sources of their values (openvidu/installer.ts). */
  readonly installerFlags: readonly InstallerFlag[];
  /** Lines of the node's settings file; keys are listed in nodes/README.md. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface UserData {
  /** Base64 of the gzip-compressed cloud-init document; what both clouds take. */
  readonly base64: string;
  /** Size after compression and before base64: what AWS limits to 16 KiB. */
  readonly bytes: number;
}

/**
 * What the clouds accept, counted before base64 (reference/cloud-facts-aws.md 10, cloud-facts-azure.md 2.10). On-premises
 * it travels over SSH, where nothing but good sense limits it.
 */
export const userDataLimits: Readonly<Record<NodeCloud, number>> = { aws: 16384, azure: 65535, onprem: 262144 };

/**
 * Programs that come from the cluster's own store instead of user data: those of day 2, where user data is too small for
 * them. The object is named by its content, and user data names its digest.
 */
export interface CarriedPrograms {
  readonly name: string;
  readonly base64: string;
  readonly sha256: string;
}

/** Clouds whose masters have no room for the programs of day 2 in their user data. */
const smallUserData: readonly NodeCloud[] = ["aws"];

/** How long a master may take to its first readiness; media nodes are told theirs. */
const masterBootTimeoutSeconds = 2700;

const library = "/usr/local/lib/openvidu-node";
const units = "/etc/systemd/system";

interface NodeFile {
  readonly path: string;
  readonly source: string;
  readonly mode: "0600" | "0644" | "0755";
  readonly role?: NodeRole;
  /** @default every cloud */
  readonly clouds?: readonly NodeCloud[];
  /** Needed by no step of a master's boot before `programs`. */
  readonly later?: true;
  /** For a unit: switched on when it arrives. */
  readonly enable?: true;
}

const job = (name: string, role?: NodeRole): NodeFile => ({
  path: `${library}/${name}.sh`,
  source: `jobs/${name}.sh`,
  mode: "0755",
  role,
});
const part = (name: string, role?: NodeRole): NodeFile => ({
  path: `${library}/${name}`,
  source: `lib/${name}`,
  mode: "0644",
  role,
});
const adapter = (cloud: NodeSpec["cloud"], kind: "sh" | "py"): NodeFile => ({
  path: `${library}/cloud.${kind}`,
  source: `clouds/${cloud}.${kind}`,
  mode: "0644",
  clouds: [cloud],
});
const unit = (source: string, path = source, role?: NodeRole): NodeFile => ({
  path: `${units}/${path}`,
  source: `units/${source}`,
  mode: "0644",
  role,
});

/** A command for people, which runs the job of the same name. */
const command = (name: string): NodeFile => ({
  path: `/usr/local/bin/openvidu-${name}`,
  source: "jobs/command.sh",
  mode: "0755",
  role: "master",
  later: true,
});

/** Every file that some node gets, with the place it has there. */
const files: readonly NodeFile[] = [
  ...["common.sh", "web.py", "bundle.py", "apply.py"].map((name) => part(name)),
  { ...part("installer.py"), later: true },
  part("store.py", "master"),
  { ...part("lock.py", "master"), later: true },
  adapter("aws", "sh"),
  adapter("aws", "py"),
  adapter("azure", "sh"),
  adapter("azure", "py"),
  adapter("onprem", "sh"),
  adapter("onprem", "py"),
  ...["boot", "boot-steps", "docker", "apply", "refresh"].map((name) => job(name)),
  ...["install", "wait-ready"].map((name) => ({ ...job(name), later: true as const })),
  { ...job("apply-running", "master"), later: true },
  { ...job("join", "master"), later: true },
  { ...job("data-disk", "master"), clouds: ["aws", "azure"] },
  job("drain", "media"),
  { ...job("drain-now", "media"), path: "/usr/local/bin/openvidu-drain", clouds: ["onprem"] },
  { ...job("heartbeat", "media"), clouds: ["azure"] },
  { ...part("heartbeat.py", "media"), clouds: ["azure"] },
  { ...job("controller", "master"), clouds: ["azure"], later: true },
  { ...part("controller.py", "master"), clouds: ["azure"], later: true },
  { ...part("fleet.py", "master"), clouds: ["azure"], later: true },
  ...["masters.sh", "backup.py", "upgrade.py", "hops.json"].map((name) => ({
    ...part(name, "master"),
    later: true as const,
  })),
  ...["backup", "restore", "upgrade"].map((name) => ({ ...job(name, "master"), later: true as const })),
  ...["backup", "restore", "upgrade"].map(command),
  { path: "/usr/local/bin/openvidu-status", source: "jobs/status.sh", mode: "0755" },
  { path: "/usr/local/bin/openvidu-apply", source: "jobs/apply-now.sh", mode: "0755", later: true },
  { ...unit("openvidu-refresh.timer"), later: true, enable: true },
  { ...unit("openvidu-apply.service"), later: true },
  { ...unit("openvidu-boot.service"), enable: true },
  unit("openvidu-refresh.service"),
  unit("master-boot.conf", "openvidu-boot.service.d/retry.conf", "master"),
  unit("openvidu-master.conf", "openvidu.service.d/openvidu-node.conf", "master"),
  // Docker starts containers again by itself after a crash: not before their data is there.
  unit("openvidu-master.conf", "docker.service.d/openvidu-node.conf", "master"),
  unit("openvidu-media.conf", "openvidu.service.d/openvidu-node.conf", "media"),
  { ...unit("openvidu-drain.service", undefined, "media"), enable: true },
  { ...unit("openvidu-heartbeat.service", undefined, "media"), clouds: ["azure"] },
  { ...unit("openvidu-heartbeat.timer", undefined, "media"), clouds: ["azure"], enable: true },
  { ...unit("openvidu-controller.service", undefined, "master"), clouds: ["azure"], later: true },
  { ...unit("openvidu-controller.timer", undefined, "master"), clouds: ["azure"], later: true, enable: true },
  { ...unit("openvidu-hold.conf", "openvidu.service.d/openvidu-hold.conf", "master"), later: true },
  ...["backup", "upgrade"].flatMap((name): NodeFile[] => [
    { ...unit(`openvidu-${name}.service`, undefined, "master"), later: true },
    { ...unit(`openvidu-${name}.timer`, undefined, "master"), later: true, enable: true },
  ]),
];

const shrinkers: Readonly<Record<string, (text: string) => string>> = {
  sh: shrinkShell,
  py: shrinkPython,
};

const contents = new Map(files.map(({ source }) => [source, read(source)]));

/** Files that are data of the project, in the form that the programs read. */
function generated(source: string): string | undefined {
  return source === "lib/hops.json" ? `${JSON.stringify(upgradeTable(), undefined, 1)}\n` : undefined;
}

function read(source: string): string {
  const data = generated(source);
  if (data !== undefined) return data;
  const shrink = shrinkers[source.slice(source.lastIndexOf(".") + 1)] ?? shrinkUnit;
  return shrink(readFileSync(join(__dirname, source), "utf8"));
}

/**
 * The user data of one node. The same spec always yields the same bytes.
 * Throws if a setting is unknown, missing or unsafe, or if the result is larger than the cloud takes.
 */
export function renderUserData(spec: NodeSpec): UserData {
  const settings = { ...derivedSettings(spec), ...spec.settings };
  const problems = [...checkSettings(settings, spec.cloud, spec.role), ...checkFlags(spec.installerFlags)];
  if (problems.length > 0) {
    throw new Error(`user data of a ${spec.role} node on ${spec.cloud}: ${problems.join("; ")}`);
  }
  const text = `#cloud-config\n${JSON.stringify(document(spec, settings), undefined, 1)}\n`;
  const zipped = zip(text);
  const limit = userDataLimits[spec.cloud];
  if (zipped.length > limit) {
    throw new Error(`user data of a ${spec.role} node is ${zipped.length} bytes; ${spec.cloud} takes ${limit}`);
  }
  return { base64: zipped.toString("base64"), bytes: zipped.length };
}

function filesFor({ cloud, role }: Pick<NodeSpec, "cloud" | "role">): NodeFile[] {
  return files.filter((file) => (file.role ?? role) === role && (file.clouds?.includes(cloud) ?? true));
}

function isCarried({ later }: NodeFile, { cloud, role }: Pick<NodeSpec, "cloud" | "role">): boolean {
  return later === true && role === "master" && smallUserData.includes(cloud);
}

function unitsOf(list: readonly NodeFile[]): string[] {
  return list.filter(({ enable }) => enable).map(({ path }) => basename(path));
}

const packedPrograms = new Map<string, CarriedPrograms | undefined>();

/** What a node fetches after its first boot has begun; nothing where user data holds everything. Packed once for a kind. */
export function carriedPrograms(node: Pick<NodeSpec, "cloud" | "role">): CarriedPrograms | undefined {
  const kind = `${node.cloud} ${node.role}`;
  if (!packedPrograms.has(kind)) packedPrograms.set(kind, packPrograms(node));
  return packedPrograms.get(kind);
}

function packPrograms(node: Pick<NodeSpec, "cloud" | "role">): CarriedPrograms | undefined {
  const carried = filesFor(node).filter((file) => isCarried(file, node));
  if (carried.length === 0) return undefined;
  const packed = {
    files: carried.map(({ path, source, mode }) => ({ path, mode, content: contents.get(source)! })),
    units: unitsOf(carried),
  };
  const zipped = zip(`${JSON.stringify(packed, undefined, 1)}\n`);
  const sha256 = createHash("sha256").update(zipped).digest("hex");
  return { name: `programs-${sha256.slice(0, 16)}.json.gz`, base64: zipped.toString("base64"), sha256 };
}

/** Not Node's own zlib: its output differs between processors and releases, and other bytes would roll the media nodes. */
function zip(text: string): Buffer {
  return Buffer.from(gzipSync(Buffer.from(text), { level: 9, mtime: 0 }));
}

/** The cloud-init document: put the files in place, then let systemd do the work, so that cloud-init itself can end. */
function document(spec: NodeSpec, settings: Readonly<Record<string, string>>): object {
  const here = filesFor(spec).filter((file) => !isCarried(file, spec));
  const programs = here.map(({ path, source, mode }) => writeFile(path, mode, contents.get(source)!));
  const services = unitsOf(here);
  return {
    write_files: [
      writeFile("/etc/openvidu-node/node.env", "0600", settingsFile(settings)),
      writeFile("/etc/openvidu-node/tables.json", "0600", `${JSON.stringify(tables(spec), undefined, 1)}\n`),
      ...programs,
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "openvidu-refresh.service", ...services],
      ["systemctl", "start", "--no-block", ...services],
    ],
  };
}

function writeFile(path: string, permissions: string, content: string): object {
  return { path, owner: "root:root", permissions, content };
}

/** What follows from the data of the release. */
function derivedSettings(spec: NodeSpec): Record<string, string> {
  const facts = versions[spec.version];
  const installer = installerOf(spec.version, spec.edition, spec.role);
  const local = `http://127.0.0.1:${ports.livekitApi.first}`;
  const programs = carriedPrograms(spec);
  const endsTlsHere =
    spec.edition === "elastic" ||
    spec.installerFlags.some(({ flag }) => ["--internal-tls-termination", "--certificate-type"].includes(flag));
  const byRole: Record<string, string> =
    spec.role === "master"
      ? {
          HEALTH_URL: `${local}${healthPaths.master}`,
          APP_HEALTH_URL: `${local}/dashboard/`,
          TLS_MODE: endsTlsHere ? "node" : "loadBalancer",
          BOOT_TIMEOUT_SECONDS: String(masterBootTimeoutSeconds),
          ...(programs && { PROGRAMS: programs.name, PROGRAMS_SHA256: programs.sha256 }),
        }
      : {
          HEALTH_URL: `${local}${healthPaths.media}`,
          ...(spec.cloud === "azure" && { METRICS_URL: `http://127.0.0.1:${ports.livekitMetrics.first}/metrics` }),
        };
  return {
    CLOUD: spec.cloud,
    EDITION: spec.edition,
    ROLE: spec.role,
    OPENVIDU_VERSION: spec.version,
    DOCKER_VERSION: facts.docker,
    DOCKER_COMPOSE_VERSION: facts.dockerCompose,
    INSTALLER_URL: installer.url,
    INSTALLER_SHA256: installer.sha256,
    ...byRole,
  };
}

/** Assignments that a shell reads back literally, whatever the values hold. */
function settingsFile(settings: Readonly<Record<string, string>>): string {
  return Object.keys(settings)
    .sort()
    .map((key) => `${key}='${settings[key]!.replaceAll("'", "'\\''")}'\n`)
    .join("");
}

/** Bundle keys that a master of each cloud can do without: those of other clouds, and what the customer may leave out. */
const dispensable: Readonly<Record<NodeSpec["cloud"], RegExp>> = {
  aws: /^AZURE_/,
  azure: /^EXTERNAL_S3_/,
  onprem: /^(AZURE_|EXTERNAL_|MONGO_ENABLED$)/,
};

/** Keys of TURN's own domain: a cluster that gave it up still takes its bundle on machines that were installed with it. */
const ofTurnDomain = /^(LIVEKIT_TURN_|TURN_OWNCERT_)/;

/** What the programs need to know about flags and config files, as data. */
function tables(spec: NodeSpec): object {
  const settings = Object.fromEntries(
    Object.entries(settingsByRole[spec.role]).filter(
      ([key]) => spec.cloud === "onprem" || !onPremisesKeys.includes(key),
    ),
  );
  const clusterDataIsOptional = spec.edition === "elastic";
  const fromFlags = spec.installerFlags.flatMap(({ value }) => (value.kind === "bundle" ? [value.key] : []));
  const required = [...fromFlags, ...Object.keys(settings), "OPENVIDU_VERSION"]
    .filter((key) => !dispensable[spec.cloud].test(key) && !ofTurnDomain.test(key))
    .filter((key) => !(clusterDataIsOptional && key === "EXTERNAL_S3_BUCKET_CLUSTER_DATA"));
  return {
    flags: spec.installerFlags.map(({ flag, value }) => ({ flag, ...value })),
    settings: Object.fromEntries(Object.entries(settings).map(([key, file]) => [key, configFiles[file]])),
    optionalFiles: [configFiles.meet],
    required: [...new Set(required)].sort(),
    fixed: fixedOnceInstalled.filter((key) => key in settings),
    mayBeEmpty: ["ENABLED_MODULES", "MEET_INITIAL_API_KEY"],
    skipEmpty: ["MEET_INITIAL_API_KEY"],
  };
}

/** The vendor's bootstrap expands its arguments unquoted, so a blank or a pattern in a flag would change it. */
function checkFlags(flags: readonly InstallerFlag[]): string[] {
  return flags
    .map(({ flag, value }) => flag + (value.kind === "constant" ? value.value : ""))
    .filter((text) => /[\s*?[\]\p{Cc}]/u.test(text))
    .map((text) => `installer flag ${JSON.stringify(text)} has a character that the installer cannot take`);
}
