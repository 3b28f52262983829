/**
 * What the keys of a config have to do with one another and with what a cloud offers. Each rule names the keys that it
 * reads; it is left out when one of them has the wrong shape. Pure.
 */
import { cidrProblem, cidrsOverlap, isInsideOnly } from "../components/cidr";
import type { Problem } from "../components/errors";
import { certificateTypes, installerFlags } from "../openvidu/installer";
import { type ClusterEdition, clusterEditions } from "../openvidu/editions";
import { isAtLeast } from "../openvidu/versions";
import type { CloudFacts } from "../providers/facts";
import { acmProblems, chainProblems, mainCertificate } from "./certificates";
import { formatPath, type Path } from "./paths";
import { defaults, type MachineCloud } from "./profiles";
import { type CheckedConfig, type CheckedOnpremConfig, type CloudConfig, splitFlags } from "./resolve";
import { onPremisesRules } from "./rules-onprem";
import { turnRules } from "./rules-turn";
import type { ClusterSettings } from "./settings";

export interface RuleContext<C extends CheckedConfig = CheckedConfig> {
  readonly config: C;
  /** The config with its defaults; may be wrong wherever `broken` says so. */
  readonly settings: ClusterSettings;
  readonly facts: CloudFacts;
  readonly stackName: string;
  /** Places of the config whose values have the wrong shape. */
  readonly broken: readonly Path[];
}

export interface Rule<C extends CheckedConfig> {
  /** Config keys that the rule reads, such as `media.min`. */
  readonly reads: readonly string[];
  /** Editions with the rule. @default all */
  readonly editions?: readonly ClusterEdition[];
  readonly check: (context: RuleContext<C>) => Problem[];
}

/** Whether a broken place lies at, above or below a config key. */
export function touches(broken: readonly Path[], key: string): boolean {
  const parts = key.split(".");
  return broken.some((path) => parts.every((part, i) => i >= path.length || path[i] === part));
}

/** Every problem that only shows when keys are looked at together. */
export function crossFieldProblems(context: RuleContext): Problem[] {
  return isOnPremises(context) ? judge(ownMachines, context) : judge(rules, context as RuleContext<CloudConfig>);
}

function isOnPremises(context: RuleContext): context is RuleContext<CheckedOnpremConfig> {
  return context.config.cloud === "onprem";
}

function judge<C extends CheckedConfig>(list: readonly Rule<C>[], context: RuleContext<C>): Problem[] {
  return list
    .filter(({ editions }) => editions?.includes(context.settings.edition) ?? true)
    .filter(({ reads }) => !reads.some((key) => touches(context.broken, key)))
    .flatMap(({ check }) => check(context));
}

const problem = (path: string, reason: string): Problem => ({ path, reason });
const quoted = (value: string) => JSON.stringify(value);

// --- name and region -------------------------------------------------------------------------------------------------

/**
 * Longest stack name. The shortest limits of names made from it: DNS label 63 and computer name 64 (Azure), IAM role 64
 * (AWS), each with about 22 characters of the program's own.
 */
export const longestStackName = 40;

function checkStackName({ stackName }: RuleContext): Problem[] {
  const ok = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(stackName) && stackName.length <= longestStackName;
  const what = `at most ${longestStackName} letters, digits and hyphens, beginning with a letter and not ending in a hyphen`;
  return ok
    ? []
    : [problem("", `the stack's name ${quoted(stackName)} becomes part of names in the cloud; it must be ${what}`)];
}

function checkRegion({ config, facts }: RuleContext<CloudConfig>): Problem[] {
  const region = config.region ?? "";
  if (facts.isKnownRegion(region) || (config.cloud === "aws" && config.network?.zones)) return [];
  const reason = `${quoted(region)} is not a region of ${config.cloud} that this program knows`;
  return [
    problem(
      "region",
      config.cloud === "aws" ? `${reason}; if it is new, name its zones in openvidu:network.zones` : reason,
    ),
  ];
}

// --- domain, certificate, DNS ----------------------------------------------------------------------------------------

/** The schemas that require a domain say themselves that it is missing. */
function checkDomain({ config, settings: { edition, certificate, dns } }: RuleContext): Problem[] {
  if ((config.cloud !== "azure" && edition === "ha") || config.domain !== undefined) return [];
  const problems: Problem[] = [];
  if (certificate.kind === "owncert")
    problems.push(problem("domain", 'is missing; certificate kind "owncert" needs it'));
  if (dns.kind !== "none")
    problems.push(problem("domain", `is missing; without it there is no record to make in ${dns.kind}`));
  return problems;
}

function checkAcm({ settings }: RuleContext<CloudConfig>): Problem[] {
  const { certificate, domain } = settings;
  if (certificate.kind !== "acm" || domain === undefined) return [];
  return acmProblems(mainCertificate, domain, certificate.arn, settings);
}

function checkDnsZone({ settings: { dns, domain } }: RuleContext): Problem[] {
  if (dns.kind !== "azure-dns" || domain === undefined) return [];
  const zone = dns.zoneId.slice(dns.zoneId.lastIndexOf("/") + 1);
  if (domain === zone || domain.endsWith(`.${zone}`)) return [];
  return [problem("dns.zoneId", `is the zone ${quoted(zone)}, to which the domain ${quoted(domain)} does not belong`)];
}

function checkOwnCertificate({ settings: { certificate, domain } }: RuleContext): Problem[] {
  return certificate.kind === "owncert" ? chainProblems(mainCertificate, certificate.chain, domain) : [];
}

// --- machines --------------------------------------------------------------------------------------------------------

const instanceTypeExamples = { aws: "c6a.xlarge", azure: "Standard_D4s_v5" } as const;

function checkMachines(topic: "masters" | "media"): (context: RuleContext<CloudConfig>) => Problem[] {
  return ({ config, settings, facts }) => {
    const { instanceType, image } = settings[topic];
    if (!facts.isInstanceType(instanceType)) {
      const example = instanceTypeExamples[config.cloud];
      return [
        problem(
          `${topic}.instanceType`,
          `${quoted(instanceType)} is not an instance type of ${config.cloud}; write it like ${quoted(example)}`,
        ),
      ];
    }
    if (!facts.isGpu(instanceType)) return [];
    const [disk, diskKey] =
      topic === "masters" ? [settings.masters.rootDiskGiB, "rootDiskGiB"] : [settings.media.diskGiB, "diskGiB"];
    const problems: Problem[] = [];
    if (disk < defaults.gpuDiskGiB) {
      problems.push(
        problem(
          `${topic}.${diskKey}`,
          `${disk} is too small for the image of a GPU type such as ${instanceType}; it must be at least ${defaults.gpuDiskGiB}`,
        ),
      );
    }
    if (config.cloud === "aws" && image.id === undefined) {
      const key = topic === "masters" ? "images.masterId" : "images.mediaId";
      problems.push(
        problem(key, `is missing; ${instanceType} has a GPU, and AWS publishes no dated GPU images: name an AMI`),
      );
    }
    return problems;
  };
}

function checkImageVersion({ config, settings }: RuleContext<CloudConfig>): Problem[] {
  const version = config.images?.version;
  if (version === undefined || config.cloud !== "azure") return [];
  const { release } = settings.media.image;
  return version.startsWith(`${release}.`)
    ? []
    : [
        problem(
          "images.version",
          `${quoted(version)} is not of release ${release}; change it or openvidu:images.release`,
        ),
      ];
}

function checkMediaCounts({ config, settings: { media } }: RuleContext<CloudConfig>): Problem[] {
  if (media.min === 0 && media.max > 0 && !config.media?.acceptEmpty) {
    const reason =
      "0 needs media.max 0 as well, which closes the cluster, or media.acceptEmpty: a group without nodes has no load to scale out by";
    return [problem("media.min", reason)];
  }
  if (media.min > media.max) {
    return [problem("media.min", `${media.min} is above media.max, which is ${media.max}; lower min or raise max`)];
  }
  if (media.initial < media.min || media.initial > media.max) {
    return [
      problem(
        "media.initial",
        `${media.initial} must lie between media.min (${media.min}) and media.max (${media.max})`,
      ),
    ];
  }
  return [];
}

function checkRoll({ settings: { media }, facts }: RuleContext<CloudConfig>): Problem[] {
  const { bootTimeoutSeconds, drainTimeoutSeconds } = media;
  const limit = facts.rollLimit(media.max, bootTimeoutSeconds, drainTimeoutSeconds);
  if (!limit || limit.seconds < limit.longestSeconds) return [];
  const days = (seconds: number): number => Math.ceil(seconds / 86_400);
  const most = Math.ceil((limit.longestSeconds / limit.batches - bootTimeoutSeconds) / 60) - 1;
  const reason =
    `${drainTimeoutSeconds / 60} is too long for ${media.max} nodes: a roll in ${limit.batches} batches may take ` +
    `${days(limit.seconds)} days, and the cloud ends it after ${days(limit.longestSeconds)}; it must be at most ${most}`;
  return [problem("media.drainTimeoutMinutes", reason)];
}

// --- network ---------------------------------------------------------------------------------------------------------

function checkNetworkForm({ config }: RuleContext<CloudConfig>): Problem[] {
  const network = config.network ?? {};
  const problems: Problem[] = [];
  if (network.zones && network.zoneCount !== undefined) {
    problems.push(problem("network.zoneCount", "says the same as network.zones; remove one of them"));
  }
  if (!network.adopt) return problems;
  const ruledOut =
    config.cloud === "aws" ? (["cidr", "nat", "zones", "zoneCount"] as const) : (["cidr", "nat"] as const);
  for (const key of ruledOut) {
    if (network[key] === undefined) continue;
    problems.push(
      problem(`network.${key}`, "is for a new network, but network.adopt names an existing one; remove one of them"),
    );
  }
  return problems;
}

/** Addresses that are meant for private networks (RFC 1918, RFC 6598). */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"] as const;
/** Docker's own bridge on every machine. */
const dockerRange = "172.17.0.0/16";

function checkCidr({ settings: { network } }: RuleContext<CloudConfig>): Problem[] {
  if (network.adopt) return [];
  const path = "network.cidr";
  const reason = cidrProblem(network.cidr, { shortestPrefix: 16, longestPrefix: 22 });
  if (reason) return [problem(path, reason)];
  if (!privateRanges.some((range) => cidrsOverlap(range, network.cidr))) {
    return [problem(path, `${quoted(network.cidr)} is no private range; take one inside ${privateRanges.join(", ")}`)];
  }
  if (cidrsOverlap(dockerRange, network.cidr)) {
    return [problem(path, `${quoted(network.cidr)} overlaps ${dockerRange}, which Docker uses on every machine`)];
  }
  return [];
}

/** A roll adds nodes before it takes the old ones away. */
function checkMediaRoom({ settings, facts }: RuleContext<CloudConfig>): Problem[] {
  const { network, media } = settings;
  if (network.adopt || cidrProblem(network.cidr, { shortestPrefix: 16, longestPrefix: 22 })) return [];
  const needed = media.max + facts.rollSurge(media.max);
  const room = facts.mediaAddresses(Number(network.cidr.split("/")[1]), Math.max(network.zones.length, 1));
  if (needed <= room) return [];
  return [
    problem(
      "network.cidr",
      `${quoted(network.cidr)} has room for ${room} media nodes, but there may be ${needed} of them; take a wider range or lower media.max`,
    ),
  ];
}

function checkNat({ config, settings, facts }: RuleContext<CloudConfig>): Problem[] {
  const region = config.region ?? "";
  if (settings.network.adopt || settings.network.nat === "single" || facts.hasNatPerZone(region)) return [];
  const reason = `${config.cloud} has no way out of ${region} that survives the loss of a zone; set it to "single"`;
  return [
    problem(
      "network.nat",
      config.network?.nat === undefined
        ? `is "perZone" by the profile, but ${reason}`
        : `"perZone" is not possible: ${reason}`,
    ),
  ];
}

function checkZones({ config, settings, facts }: RuleContext<CloudConfig>): Problem[] {
  if (config.cloud === "aws" && config.network?.adopt) return [];
  const { region = "", network } = config;
  const named = network?.zones;
  const problems: Problem[] = [];
  for (const [i, zone] of (named ?? []).entries()) {
    const path = `network.zones[${i}]`;
    if (named!.indexOf(zone) !== i) problems.push(problem(path, `${quoted(zone)} is listed twice`));
    else if (config.cloud === "aws" && !(zone.startsWith(region) && zone.length === region.length + 1)) {
      problems.push(problem(path, `${quoted(zone)} is not a zone of ${region}; write it like ${quoted(`${region}a`)}`));
    } else if (config.cloud === "azure" && !facts.zonesOf(region).includes(zone)) {
      problems.push(problem(path, `${quoted(zone)} is not a zone of ${region}${zonesText(facts, region)}`));
    }
  }
  const available = facts.zonesOf(region).length;
  if (
    !named &&
    network?.zoneCount !== undefined &&
    facts.isKnownRegion(region) &&
    network.zoneCount > Math.max(available, 1)
  ) {
    problems.push(
      problem("network.zoneCount", `${network.zoneCount} is more than the region has${zonesText(facts, region)}`),
    );
  }
  // The only master of Elastic stands in one zone in any case.
  if (settings.edition === "elastic") return problems;
  if (problems.length > 0 || settings.network.zones.length > 1 || network?.acceptSingleZone) return problems;
  if (!named && !facts.isKnownRegion(region)) return problems;
  return [problem("network.acceptSingleZone", `is not true, but ${singleZone(settings.network.zones[0], region)}`)];
}

function zonesText(facts: CloudFacts, region: string): string {
  const zones = facts.zonesOf(region);
  return zones.length === 0 ? `; ${region} has no zones` : `; it has ${zones.join(", ")}`;
}

function singleZone(zone: string | undefined, region: string): string {
  const where = zone === undefined ? `${region} has no zones` : `all masters would stand in zone ${zone}`;
  return `${where}, so that one failure can end the service: use more zones, or set it to true`;
}

function checkAdopted({ config, settings }: RuleContext<CloudConfig>): Problem[] {
  const adopt = settings.network.adopt;
  if (!adopt) return [];
  const problems: Problem[] = [];
  for (const key of ["masterSubnetIds", "mediaSubnetIds", "loadBalancerSubnetIds"] as const) {
    for (const [i, id] of adopt[key].entries()) {
      const path = `network.adopt.${key}[${i}]`;
      if (adopt[key].indexOf(id) !== i) problems.push(problem(path, `${quoted(id)} is listed twice`));
      else if (config.cloud === "azure" && !id.toLowerCase().startsWith(`${adopt.networkId.toLowerCase()}/`)) {
        problems.push(problem(path, `${quoted(id)} is not a subnet of network.adopt.networkId`));
      }
    }
  }
  if (config.cloud !== "aws" || settings.edition === "elastic" || config.network?.acceptSingleZone) return problems;
  for (const key of ["masterSubnetIds", "loadBalancerSubnetIds"] as const) {
    if (adopt[key].length > 1) continue;
    problems.push(
      problem(
        `network.adopt.${key}`,
        "one subnet stands in one zone, whose loss ends the service: give two or more, or set network.acceptSingleZone to true",
      ),
    );
  }
  return problems;
}

/** The existing public address of Elastic's master on AWS. */
function checkEntryAddress({ config }: RuleContext<CloudConfig>): Problem[] {
  const address = config.cloud === "aws" ? config.entry?.address : undefined;
  if (address === undefined) return [];
  const path = "entry.address";
  if (cidrProblem(`${address}/32`, { shortestPrefix: 32, longestPrefix: 32 }))
    return [problem(path, `${quoted(address)} is not an IPv4 address`)];
  return isInsideOnly(address)
    ? [problem(path, `${quoted(address)} leads nowhere from outside; give the Elastic IP itself`)]
    : [];
}

function checkAlarms({ settings: { alarms } }: RuleContext<CloudConfig>): Problem[] {
  const lower = alarms.emails.map((email) => email.toLowerCase());
  return alarms.emails.flatMap((email, i) =>
    lower.indexOf(email.toLowerCase()) === i
      ? []
      : [problem(`alarms.emails[${i}]`, `${quoted(email)} is listed twice`)],
  );
}

// --- access ----------------------------------------------------------------------------------------------------------

interface RangeRule {
  readonly key: "operatorCidrs" | "egressCidrs" | "deployerCidrs";
  readonly shortestPrefix: number;
  /** What is wrong with a range of otherwise good form. */
  readonly refuse?: (cidr: string, settings: ClusterSettings) => string | undefined;
}

const rangeRules: readonly RangeRule[] = [
  {
    key: "operatorCidrs",
    shortestPrefix: 8,
    refuse: (cidr, { network }) =>
      !network.adopt &&
      cidrProblem(network.cidr, { shortestPrefix: 16, longestPrefix: 22 }) === undefined &&
      cidrsOverlap(cidr, network.cidr)
        ? `overlaps the cluster's own network ${network.cidr}; give the ranges that operators come from`
        : undefined,
  },
  { key: "egressCidrs", shortestPrefix: 0 },
  {
    key: "deployerCidrs",
    shortestPrefix: 8,
    refuse: (cidr) =>
      privateRanges.some((range) => cidrsOverlap(range, cidr))
        ? "is a private range; a vault sees deployers only by their public addresses"
        : undefined,
  },
];

function checkRanges({ settings }: RuleContext): Problem[] {
  return rangeRules.flatMap(({ key, shortestPrefix, refuse }) => {
    const ranges = settings.access[key];
    const limits = { shortestPrefix, longestPrefix: 32 };
    return ranges.flatMap((cidr, i) => {
      const path = `access.${key}[${i}]`;
      const reason = cidrProblem(cidr, limits);
      if (reason) return [problem(path, reason)];
      const earlier = ranges
        .slice(0, i)
        .find((other) => cidrProblem(other, limits) === undefined && cidrsOverlap(cidr, other));
      if (earlier !== undefined)
        return [problem(path, `${quoted(cidr)} overlaps ${quoted(earlier)} of the same list; keep the wider one`)];
      const refused = refuse?.(cidr, settings);
      return refused ? [problem(path, `${quoted(cidr)} ${refused}`)] : [];
    });
  });
}

/**
 * User names that cannot be had: those that Azure refuses (reference/azure-reference.md 1.2), and those of users and
 * groups that Ubuntu's images bring.
 */
/* prettier-ignore */
const takenUserNames: ReadonlySet<string> = new Set([
  "administrator", "admin", "user", "user1", "user2", "user3", "user4", "user5", "test", "test1", "test2", "test3",
  "admin1", "admin2", "1", "123", "a", "actuser", "adm", "aspnet", "backup", "console", "david", "guest", "john",
  "owner", "root", "server", "sql", "support", "support_388945a0", "sys",
  "audio", "bin", "cdrom", "crontab", "daemon", "dialout", "dip", "disk", "docker", "fax", "floppy", "games", "input",
  "irc", "kmem", "kvm", "landscape", "list", "lp", "lxd", "mail", "man", "messagebus", "netdev", "news", "nobody",
  "nogroup", "operator", "plugdev", "polkitd", "pollinate", "proxy", "render", "sasl", "sgx", "shadow", "src", "sshd",
  "staff", "sudo", "sync", "syslog", "systemd-network", "systemd-resolve", "tape", "tcpdump", "tss", "tty", "users",
  "utmp", "uucp", "uuidd", "video", "voice", "www-data",
]);

function checkAdminUser({ settings: { access } }: RuleContext<CloudConfig>): Problem[] {
  return takenUserNames.has(access.adminUsername.toLowerCase())
    ? [
        problem(
          "access.adminUsername",
          `${quoted(access.adminUsername)} is a name that Azure or Ubuntu keeps for itself; take another`,
        ),
      ]
    : [];
}

// --- OpenVidu --------------------------------------------------------------------------------------------------------

function checkFeatures({ settings: { features, version } }: RuleContext): Problem[] {
  return features.has("customApp") && !isAtLeast(version, "3.6.1")
    ? [
        problem(
          "features.customApp",
          `needs OpenVidu 3.6.1 or later, and this is ${version}; set it to false or raise openvidu:version`,
        ),
      ]
    : [];
}

/** Flags of every deployment that the program can make, so that an operator's flag never stands beside one of them. */
const ownFlags: ReadonlySet<string> = new Set(
  (["aws", "azure"] as const).flatMap((cloud) =>
    certificateTypes.flatMap((certificate) =>
      (["master", "media"] as const).flatMap((role) =>
        clusterEditions.flatMap((edition) =>
          installerFlags({ cloud, edition, role, tls: "node", certificate, turnDomain: true, additionalFlags: [] }).map(
            ({ flag }) => flag,
          ),
        ),
      ),
    ),
  ),
);

/** Config keys that an operator means who gives one of the program's flags. */
const keysOfFlags: Readonly<Partial<Record<string, string>>> = {
  "--openvidu-pro-license": "license",
  "--domain-name": "domain",
  "--enabled-modules": "modules",
  "--rtc-engine": "rtcEngine",
  "--certificate-type": "certificate.kind",
  "--owncert-public-key": "certificate.chain",
  "--owncert-private-key": "certificatePrivateKey",
  "--meet-initial-admin-password": "meetAdminPassword",
  "--meet-initial-api-key": "meetApiKey",
  "--turn-domain-name": "turn.domain",
  "--turn-owncert-public-key": "turn.chain",
  "--turn-owncert-private-key": "turnCertificatePrivateKey",
};

/** A flag of 3.3 to 3.5 that wants another listener and other firewall rules than a cluster of these releases has. */
const turnWithMainDomain = "--experimental-turn-tls-with-main-domain";

const nameOfFlag = (flag: string) => flag.split("=", 1)[0]!;

function checkInstallFlags({ config }: RuleContext): Problem[] {
  const flags = splitFlags(config.installFlags ?? []);
  return flags.flatMap((flag, i) => {
    const path = formatPath(typeof config.installFlags === "string" ? ["installFlags"] : ["installFlags", i]);
    const name = nameOfFlag(flag);
    if (!/^--[A-Za-z][A-Za-z0-9=_.-]*$/.test(flag)) {
      return [
        problem(
          path,
          `${quoted(flag)} must be an installer flag such as "--name=value", of letters, digits and = _ . -`,
        ),
      ];
    }
    const instead = keysOfFlags[name];
    if (ownFlags.has(name)) {
      return [
        problem(
          path,
          `${quoted(name)} is set by the program itself; ${instead ? `use openvidu:${instead}` : "remove it"}`,
        ),
      ];
    }
    if (name === turnWithMainDomain) {
      const reason = "is not supported; use openvidu:turn.domain, or 3.6.0 or later, which needs no flag";
      return [problem(path, `${quoted(name)} ${reason}`)];
    }
    if (flags.findIndex((other) => nameOfFlag(other) === name) !== i)
      return [problem(path, `${quoted(name)} is given twice`)];
    return [];
  });
}

// --- storage, keys, labels -------------------------------------------------------------------------------------------

function checkStorage({ config, facts }: RuleContext<CloudConfig>): Problem[] {
  if (config.cloud !== "azure") return [];
  const problems: Problem[] = [];
  if (config.storage?.account !== undefined && config.resourceGroup === undefined) {
    problems.push(
      problem(
        "storage.account",
        `${quoted(config.storage.account)} lies in a resource group; name it in openvidu:resourceGroup`,
      ),
    );
  }
  const region = config.region ?? "";
  if (config.storage?.zoneRedundant && facts.isKnownRegion(region) && facts.zonesOf(region).length === 0) {
    problems.push(problem("storage.zoneRedundant", `must be false; ${region} has no zones`));
  }
  return problems;
}

function checkKey({ config }: RuleContext<CloudConfig>): Problem[] {
  if (config.cloud !== "aws" || config.encryption?.keyArn === undefined) return [];
  return config.encryption.keyArn.split(":")[3] === config.region
    ? []
    : [
        problem(
          "encryption.keyArn",
          `${quoted(config.encryption.keyArn)} lies in another region than the stack; it must be one of ${config.region}`,
        ),
      ];
}

/** 50 labels per resource on both clouds, less those of the program, the cloud and the console's Name. */
const mostTags = 40;
/** Labels that the program sets itself (components/tags.ts, and on Azure's scale set). */
const ownTags: ReadonlySet<string> = new Set(["openvidu-cluster", "openvidu-media", "managed-by", "name"]);

interface TagRule {
  readonly key: RegExp;
  readonly keyWhat: string;
  readonly value: RegExp;
  readonly valueWhat: string;
  readonly reserved: RegExp;
}

/**
 * AWS: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html. Azure:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources (128: storage accounts).
 */
const tagRules: Readonly<Record<MachineCloud, TagRule>> = {
  aws: {
    key: /^[\p{L}\p{N} +=._:/@-]{1,128}$/u,
    keyWhat: "a name of 1 to 128 letters, digits, blanks and + - = . _ : / @",
    value: /^[\p{L}\p{N} +=._:/@-]{0,256}$/u,
    valueWhat: "at most 256 letters, digits, blanks and + - = . _ : / @",
    reserved: /^aws:/i,
  },
  azure: {
    key: /^[^<>%&\\?/\p{Cc}]{1,128}$/u,
    keyWhat: "a name of 1 to 128 characters without < > % & \\ ? /",
    value: /^[^\p{Cc}]{0,256}$/u,
    valueWhat: "at most 256 characters",
    reserved: /^(?:microsoft|azure|windows)/i,
  },
};

function checkTags({ config }: RuleContext<CloudConfig>): Problem[] {
  const names = Object.keys(config.tags ?? {});
  const rule = tagRules[config.cloud];
  const problems =
    names.length > mostTags ? [problem("tags", `has ${names.length} entries; at most ${mostTags} are possible`)] : [];
  for (const [i, name] of names.entries()) {
    const path = formatPath(["tags", name]);
    if (!rule.key.test(name)) problems.push(problem(path, `must have ${rule.keyWhat}`));
    else if (rule.reserved.test(name))
      problems.push(problem(path, `begins with a word that ${config.cloud} keeps for itself`));
    else if (ownTags.has(name.toLowerCase())) problems.push(problem(path, "is set by the program itself; remove it"));
    else if (names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== i) {
      problems.push(problem(path, "is given twice; names differ only in case"));
    }
    if (!rule.value.test(config.tags?.[name] ?? "")) problems.push(problem(path, `must be ${rule.valueWhat}`));
  }
  return problems;
}

/* prettier-ignore */
const rules: readonly Rule<CloudConfig>[] = [
  { reads: [], check: checkStackName },
  { reads: ["region", "network.zones"], check: checkRegion },
  { reads: ["domain", "certificate", "dns"], check: checkDomain },
  { reads: ["region", "domain", "certificate", "dns"], editions: ["ha"], check: checkAcm },
  { reads: ["domain", "dns"], check: checkDnsZone },
  { reads: ["domain", "certificate"], check: checkOwnCertificate },
  { reads: ["masters.instanceType", "masters.rootDiskGiB", "images.masterId", "profile"], check: checkMachines("masters") },
  { reads: ["media.instanceType", "media.diskGiB", "images.mediaId", "profile"], check: checkMachines("media") },
  { reads: ["images.version", "images.release"], check: checkImageVersion },
  { reads: ["media.min", "media.max", "media.initial", "media.acceptEmpty", "profile"], check: checkMediaCounts },
  { reads: ["media.min", "media.max", "media.bootTimeoutMinutes", "media.drainTimeoutMinutes", "profile"], check: checkRoll },
  { reads: ["network"], check: checkNetworkForm },
  { reads: ["network.cidr", "network.adopt"], check: checkCidr },
  { reads: ["region", "network.zones", "network.zoneCount", "network.acceptSingleZone", "network.adopt"], check: checkZones },
  { reads: ["region", "network.cidr", "network.zones", "network.zoneCount", "network.adopt", "media.min", "media.max", "profile"], check: checkMediaRoom },
  { reads: ["region", "network.nat", "network.adopt", "profile"], editions: ["ha"], check: checkNat },
  { reads: ["network.adopt", "network.acceptSingleZone"], check: checkAdopted },
  { reads: ["entry"], check: checkEntryAddress },
  { reads: ["alarms"], check: checkAlarms },
  { reads: ["access.operatorCidrs", "access.egressCidrs", "access.deployerCidrs", "network.cidr", "network.adopt"], check: checkRanges },
  { reads: ["access.adminUsername"], check: checkAdminUser },
  { reads: ["features.customApp", "version"], check: checkFeatures },
  { reads: ["installFlags"], check: checkInstallFlags },
  { reads: ["region", "resourceGroup", "storage"], check: checkStorage },
  { reads: ["region", "encryption"], check: checkKey },
  { reads: ["tags"], check: checkTags },
  ...turnRules,
];

/** What holds on every cloud, and what holds on the customer's own machines alone. */
/* prettier-ignore */
const ownMachines: readonly Rule<CheckedOnpremConfig>[] = [
  { reads: [], check: checkStackName },
  { reads: ["domain", "certificate", "dns"], check: checkDomain },
  { reads: ["domain", "dns"], check: checkDnsZone },
  { reads: ["domain", "certificate", "entry"], check: checkOwnCertificate },
  { reads: ["access.operatorCidrs"], check: checkRanges },
  { reads: ["features.customApp", "version"], check: checkFeatures },
  { reads: ["installFlags"], check: checkInstallFlags },
  ...onPremisesRules,
  ...turnRules,
];
