/**
 * What the keys of an Enterprise v2 config have to do with one another. Rules that hold for every cluster on a cloud stand
 * in `rules.ts`. Pure.
 */
import { validateMediaGroup } from "../components/enterprise-v2/media-group";
import { processorProblems, sizeProblems } from "../components/enterprise-v2/server-group";
import type { Problem } from "../components/errors";
import { corruption } from "../openvidu/enterprise-v2";
import type { CloudFacts } from "../providers/facts";
import type { Path } from "./paths";
import { type CloudConfig, resolve } from "./resolve";
import type { CheckedEnterpriseV2Config } from "./resolve-enterprise-v2";
import { crossFieldProblems, touches } from "./rules";
import type { EnterpriseV2Settings } from "./settings";

export interface EnterpriseV2RuleContext {
  readonly config: CheckedEnterpriseV2Config;
  /** The config with its defaults; may be wrong wherever `broken` says so. */
  readonly settings: EnterpriseV2Settings;
  readonly facts: CloudFacts;
  readonly stackName: string;
  /** Places of the config whose values have the wrong shape. */
  readonly broken: readonly Path[];
}

type Context = EnterpriseV2RuleContext;

interface Rule {
  /** Config keys that the rule reads, such as `media.min`. */
  readonly reads: readonly string[];
  readonly check: (context: Context) => Problem[];
}

/** Every problem that only shows when keys are looked at together. */
export function enterpriseV2Problems(context: Context): Problem[] {
  const own = rules
    .filter(({ reads }) => !reads.some((key) => touches(context.broken, key)))
    .flatMap(({ check }) => check(context));
  return [...sharedProblems(context), ...own];
}

/** Keys that mean the same as in High Availability are judged by its rules. */
function sharedProblems({ config, facts, stackName, broken }: Context): Problem[] {
  const { region, domain, certificate, dns, network, encryption, tags, media } = config;
  const { operatorCidrs, egressCidrs } = config.access ?? {};
  const shared: CloudConfig = {
    ...{ cloud: "aws", edition: "ha", region, domain, certificate, dns, network, encryption, tags },
    access: { operatorCidrs, egressCidrs },
    media: { max: media?.max },
  };
  return crossFieldProblems({ config: shared, settings: resolve(shared, facts), facts, stackName, broken });
}

const problem = (path: string, reason: string): Problem => ({ path, reason });
const quoted = (value: string) => JSON.stringify(value);

function checkMasterCounts({ config, settings: { masters } }: Context): Problem[] {
  const problems = sizeProblems("masters", masters);
  if (problems.length > 0 || masters.min > 1 || config.masters?.acceptSingleMaster) return problems;
  const reason =
    "is not true, but there may be one master only, whose loss ends the service until another one has started: raise masters.min to 2, or set it to true";
  return [problem("masters.acceptSingleMaster", reason)];
}

function checkMediaCounts({ settings: { media } }: Context): Problem[] {
  return validateMediaGroup(media);
}

function checkMachines(topic: "masters" | "media") {
  return ({ settings, facts }: Context): Problem[] => {
    const { instanceType } = settings[topic];
    if (!facts.isInstanceType(instanceType)) {
      const reason = `${quoted(instanceType)} is not an instance type of aws; write it like "c5.xlarge"`;
      return [problem(`${topic}.instanceType`, reason)];
    }
    return processorProblems(topic, instanceType, facts.architectureOf(instanceType));
  };
}

/** On, with both addresses; or off, with nothing (reference B.1, Rules). */
function checkElasticsearch({ config: { elasticsearch } }: Context): Problem[] {
  if (elasticsearch === undefined) return [];
  const keys = ["url", "kibanaUrl", "user"] as const;
  if (elasticsearch.enabled === false) {
    return keys
      .filter((key) => elasticsearch[key] !== undefined)
      .map((key) =>
        problem(`elasticsearch.${key}`, "has no use while elasticsearch.enabled is false; remove one of them"),
      );
  }
  return (["url", "kibanaUrl"] as const)
    .filter((key) => elasticsearch[key] === undefined)
    .map((key) => problem(`elasticsearch.${key}`, "is missing; give it, or set elasticsearch.enabled to false"));
}

/** What a master would not get as it is written: the vendor's image takes its user data apart (V2-4). */
function checkUserData({ settings: { clusterId, domain, elasticsearch } }: Context): Problem[] {
  const values: Readonly<Record<string, string | undefined>> = {
    domain,
    clusterId,
    "elasticsearch.url": elasticsearch?.url,
    "elasticsearch.kibanaUrl": elasticsearch?.kibanaUrl,
    "elasticsearch.user": elasticsearch?.user,
  };
  return Object.entries(values).flatMap(([path, value = ""]) => {
    const reason = corruption(value);
    return reason === undefined ? [] : [problem(path, `${quoted(value)} ${reason}`)];
  });
}

function checkKeys({ config: { access } }: Context): Problem[] {
  return access?.keyName !== undefined && access.sshPublicKey !== undefined
    ? [problem("access.keyName", "says the same as access.sshPublicKey; remove one of them")]
    : [];
}

function checkReaders({ config: { access, storage } }: Context): Problem[] {
  return storage?.bucket !== undefined && (access?.credentialReaders ?? []).length > 0
    ? [
        problem(
          "access.credentialReaders",
          "would be written into the policy of storage.bucket, which is not touched; remove one of them",
        ),
      ]
    : [];
}

/* prettier-ignore */
const rules: readonly Rule[] = [
  { reads: ["masters.min", "masters.desired", "masters.max", "masters.acceptSingleMaster"], check: checkMasterCounts },
  { reads: ["media.min", "media.desired", "media.max", "media.scaleUpCpuPercent", "media.scaleDownCpuPercent"], check: checkMediaCounts },
  { reads: ["masters.instanceType"], check: checkMachines("masters") },
  { reads: ["media.instanceType"], check: checkMachines("media") },
  { reads: ["elasticsearch"], check: checkElasticsearch },
  { reads: ["domain", "clusterId", "elasticsearch"], check: checkUserData },
  { reads: ["access.keyName", "access.sshPublicKey"], check: checkKeys },
  { reads: ["access.credentialReaders", "storage.bucket"], check: checkReaders },
];
