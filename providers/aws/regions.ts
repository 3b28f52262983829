/**
 * What differs between AWS's regions and partitions, as data: zones, consoles.
 * Sources: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html,
 * https://docs.aws.amazon.com/general/latest/gr/rande.html. In the oldest regions (us-east-1, us-west-1, us-west-2,
 * ap-northeast-1, sa-east-1) the letters that an account sees differ; config may name its own.
 */

/** Letters of the zones that a new account sees. */
/* prettier-ignore */
const zoneLetters: ReadonlyMap<string, string> = new Map(Object.entries({
  "af-south-1": "abc",
  "ap-east-1": "abc", "ap-east-2": "abc",
  "ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ap-northeast-3": "abc",
  "ap-south-1": "abc", "ap-south-2": "abc",
  "ap-southeast-1": "abc", "ap-southeast-2": "abc", "ap-southeast-3": "abc", "ap-southeast-4": "abc",
  "ap-southeast-5": "abc", "ap-southeast-6": "abc", "ap-southeast-7": "abc",
  "ca-central-1": "abd", "ca-west-1": "abc",
  "cn-north-1": "abd", "cn-northwest-1": "abc",
  "eu-central-1": "abc", "eu-central-2": "abc", "eu-north-1": "abc", "eu-south-1": "abc", "eu-south-2": "abc",
  "eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc",
  "il-central-1": "abc", "me-central-1": "abc", "me-south-1": "abc", "mx-central-1": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdef", "us-east-2": "abc", "us-west-1": "ac", "us-west-2": "abcd",
  "us-gov-east-1": "abc", "us-gov-west-1": "abc",
}));

/** Names of the regions whose zones are known here. */
export const regionNames: readonly string[] = [...zoneLetters.keys()];

/** Zones of a region, for example `eu-west-1a`; empty for a region that is not known here. */
export function zonesOf(region: string): readonly string[] {
  return [...(zoneLetters.get(region) ?? "")].map((letter) => `${region}${letter}`);
}

/** Host names of the web consoles by partition. */
const consoleDomains: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** Address of a service's page in the web console of a partition, with `path` behind the region's host name. */
export function consoleUrl(partition: string, region: string, path: string): string {
  return `https://${region}.${consoleDomains[partition] ?? consoleDomains.aws}/${path}`;
}
