/**
 * What the keys of a config have to do with one another where the customer has the machines. Pure.
 * Sources: reference/onprem-v2-reference.md A.1 to A.8.
 */
import { cidrProblem, isInsideOnly } from "../components/cidr";
import type { Problem } from "../components/errors";
import { type ClusterEdition, editionTitles, masterCounts } from "../openvidu/editions";
import { type CheckedOnpremConfig, splitFlags } from "./resolve";
import type { Rule, RuleContext } from "./rules";

type Context = RuleContext<CheckedOnpremConfig>;

const problem = (path: string, reason: string): Problem => ({ path, reason });
const quoted = (value: string): string => JSON.stringify(value);

const looksLikeAddress = (text: string): boolean => /^[\d.]+$/.test(text);
const addressProblem = (text: string): boolean =>
  cidrProblem(`${text}/32`, { shortestPrefix: 32, longestPrefix: 32 }) !== undefined;

// --- machines --------------------------------------------------------------------------------------------------------

function checkMasters({ config: { hosts = [] }, settings: { edition } }: Context): Problem[] {
  const count = hosts.filter(({ role }) => role === "master").length;
  const wanted = masterCounts[edition];
  return count === wanted || hosts.length === 0
    ? []
    : [problem("hosts", `has ${count} masters; ${editionTitles[edition]} has exactly ${wanted}`)];
}

function checkAddresses({ config: { hosts = [] } }: Context): Problem[] {
  return hosts.flatMap(({ address, privateAddress, publicAddress }, i) => {
    const problems: Problem[] = [];
    if (looksLikeAddress(address) && addressProblem(address))
      problems.push(problem(`hosts[${i}].address`, `${quoted(address)} is not an IPv4 address`));
    for (const [key, value] of Object.entries({ privateAddress, publicAddress })) {
      if (value !== undefined && addressProblem(value))
        problems.push(problem(`hosts[${i}].${key}`, `${quoted(value)} is not an IPv4 address`));
    }
    if (privateAddress === undefined && !looksLikeAddress(address)) {
      problems.push(
        problem(`hosts[${i}].privateAddress`, `is missing; the name ${quoted(address)} may lead elsewhere one day`),
      );
    }
    return problems;
  });
}

/** What no two machines may share, and how it is called. */
function checkDifferent({ settings }: Context): Problem[] {
  const hosts = settings.onPremises?.hosts ?? [];
  const given = hosts.map((host) => ({
    name: host.name,
    address: `${host.address}:${host.port}`,
    privateAddress: host.privateAddress,
    hostKey: host.hostKey,
  }));
  const says = {
    name: "two machines have the name",
    address: "two machines are reached at",
    privateAddress: "two machines have the private address",
    hostKey: "two machines have the same host key, as copies of one disk do; make new ones with `ssh-keygen -A`:",
  } as const;
  return (Object.keys(says) as (keyof typeof says)[]).flatMap((key) => {
    const values = given.map((each) => each[key]);
    const twice = [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
    return twice.map((value) => problem("hosts", `${says[key]} ${quoted(value.slice(0, 60))}`));
  });
}

/** Why clients need the masters' own addresses. */
const directEntries: Readonly<Record<ClusterEdition, string>> = {
  ha: "DNS round robin leads clients to the masters' own addresses",
  elastic: "clients come to the master itself",
};

function checkPublicAddresses({ config: { hosts = [], entry }, settings: { edition } }: Context): Problem[] {
  if (entry !== undefined && entry.kind !== "dns") return [];
  return hosts.flatMap(({ role, address, publicAddress }, i) =>
    role === "master" && publicAddress === undefined && !looksLikeAddress(address)
      ? [problem(`hosts[${i}].publicAddress`, `is missing; ${directEntries[edition]}`)]
      : [],
  );
}

/**
 * Without a domain the cluster is called by its address, for which a certificate authority has to reach it. A self-signed
 * certificate needs none.
 */
function checkNameOfAddress({ config: { hosts = [], domain }, settings: { certificate } }: Context): Problem[] {
  if (domain !== undefined || certificate.kind === "selfsigned") return [];
  return hosts.flatMap(({ role, address, publicAddress = address }, i) => {
    if (role !== "master" || !looksLikeAddress(publicAddress) || addressProblem(publicAddress)) return [];
    if (!isInsideOnly(publicAddress)) return [];
    const reason =
      `is missing; without openvidu:domain the cluster is called by the master's public address, and ${quoted(publicAddress)} ` +
      "leads nowhere from outside";
    return [problem(`hosts[${i}].publicAddress`, reason)];
  });
}

/** Resources of masters bear their number. */
function checkNames({ settings }: Context): Problem[] {
  const media = (settings.onPremises?.hosts ?? []).filter(({ role }) => role === "media");
  return media
    .filter(({ name }) => /^master-\d$/.test(name))
    .map(({ name }) =>
      problem("hosts", `${quoted(name)} is the name of a media node; it must not be that of a master`),
    );
}

// --- entry, certificate ----------------------------------------------------------------------------------------------

function checkEntry({ config: { entry, certificate } }: Context): Problem[] {
  if (entry === undefined || entry.kind === "dns") return [];
  const problems: Problem[] = [];
  if (looksLikeAddress(entry.address) && addressProblem(entry.address))
    problems.push(problem("entry.address", `${quoted(entry.address)} is not an IPv4 address`));
  for (const [i, cidr] of entry.sourceCidrs.entries()) {
    const reason = cidrProblem(cidr, { shortestPrefix: 8, longestPrefix: 32 });
    if (reason) problems.push(problem(`entry.sourceCidrs[${i}]`, reason));
  }
  if (entry.kind === "loadBalancer" && certificate !== undefined) {
    problems.push(
      problem(
        "certificate",
        'has no use with entry kind "loadBalancer": that load balancer has the certificate; remove it',
      ),
    );
  }
  return problems;
}

// --- everything else -------------------------------------------------------------------------------------------------

function checkFirewall({ config: { firewall, access } }: Context): Problem[] {
  const applied = firewall !== undefined && firewall.apply !== "print";
  return applied && (access?.operatorCidrs ?? []).length === 0
    ? [
        problem(
          "access.operatorCidrs",
          "is missing; firewalls that are applied would lock the deployer out: give his ranges",
        ),
      ]
    : [];
}

/** Of High Availability: with one master, observability data has no bucket. */
function checkBuckets({ config: { storage }, settings: { modules } }: Context): Problem[] {
  const { s3 } = storage ?? {};
  if (!s3) return [];
  if (s3.clusterDataBucket === undefined && modules.has("observability"))
    return [problem("storage.s3.clusterDataBucket", "is missing; the module observability keeps its data there")];
  return s3.clusterDataBucket === s3.appDataBucket
    ? [problem("storage.s3.clusterDataBucket", "must be another bucket than appDataBucket")]
    : [];
}

/** Flags that settings of this cloud stand for. */
const keysOfFlags: Readonly<Record<string, string>> = {
  "--forceUTCTimezone": "utc",
  "--public-ip": "hosts[].publicAddress",
  "--force-media-node-public-ip": "hosts[].publicAddress",
};

function checkFlags({ config }: Context): Problem[] {
  return splitFlags(config.installFlags ?? []).flatMap((flag, i) => {
    const name = flag.split("=", 1)[0] ?? "";
    if (!Object.hasOwn(keysOfFlags, name)) return [];
    const path = typeof config.installFlags === "string" ? "installFlags" : `installFlags[${i}]`;
    return [problem(path, `${quoted(flag)} is set by the program itself; use openvidu:${keysOfFlags[name]}`)];
  });
}

/* prettier-ignore */
export const onPremisesRules: readonly Rule<CheckedOnpremConfig>[] = [
  { reads: ["hosts"], check: checkMasters },
  { reads: ["hosts"], check: checkAddresses },
  { reads: ["hosts"], check: checkDifferent },
  { reads: ["hosts"], check: checkNames },
  { reads: ["hosts", "entry"], check: checkPublicAddresses },
  { reads: ["hosts", "domain", "certificate"], editions: ["elastic"], check: checkNameOfAddress },
  { reads: ["entry", "certificate"], check: checkEntry },
  { reads: ["firewall", "access"], check: checkFirewall },
  { reads: ["storage", "modules"], editions: ["ha"], check: checkBuckets },
  { reads: ["installFlags"], check: checkFlags },
];
