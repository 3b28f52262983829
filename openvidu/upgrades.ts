/**
 * How a running cluster gets from one release to another: the vendor's order of releases, and for each step the script
 * that makes it. A machine walks the steps one by one (nodes/lib/upgrade.py), each of them with a start and a look at the
 * cluster's health at its end, so that the stop at 3.5.0 on which the vendor insists happens by itself.
 * Sources: reference/onprem-v2-reference.md A.11.2; the scripts at the release tags, from which the SHA-256 were measured.
 */
import { vendorFile } from "./installer";
import { type OpenViduVersion, versionNames, versions } from "./versions";

/** The vendor's releases in the order in which they can be upgraded; no step may be left out. */
export const releaseChain: readonly string[] = [
  ...["3.0.0", "3.1.0", "3.2.0", "3.3.0", "3.4.0", "3.4.1"],
  ...versionNames,
];

/** One step: the script of release `to`, run on every node while the whole cluster is stopped. */
export interface UpgradeHop {
  readonly from: string;
  readonly to: OpenViduVersion;
  readonly url: string;
  readonly sha256: string;
  /** Docker Engine and Compose that the script wants to find; with older ones it stops or asks a person. */
  readonly docker: string;
  readonly dockerCompose: string;
}

const scriptPath = "openvidu-deployment/update.sh";

const checksums: Readonly<Record<OpenViduVersion, string>> = {
  "3.5.0": "d1b79c192401b29d6ec8c3f554d33ab1d8de2a86c39c43645c0fd4ef7ebbd6a1",
  "3.6.0": "f20086f6ddb47d545b27fe0b9cbcaadbd2df50db02a38d5f64729d4ca25d29ac",
  "3.6.1": "3e18ae645bdc54a338084d33a5d84ef08b85ba111065e91d3cb0fdc5797bdaaf",
  "3.7.0": "bfe78892782bc1c136ccc07764f2f0efc1570196c0ab308128303ac9e918298d",
  "3.8.0": "7d3821960bd9477c3d011ea29ff2e580e5c6dd7ea253a228eb85408af7b7a38f",
};

/** Every step that this project can make, oldest first; each begins where the one before ends. */
export const upgradeHops: readonly UpgradeHop[] = versionNames.map((to) => ({
  from: releaseChain[releaseChain.indexOf(to) - 1]!,
  to,
  url: vendorFile(to, scriptPath),
  sha256: checksums[to],
  docker: versions[to].docker,
  dockerCompose: versions[to].dockerCompose,
}));

/** The steps from one release to another, or why there are none and what to do instead. */
export type UpgradePath =
  | { readonly hops: readonly UpgradeHop[] }
  | { readonly refusal: "same" | "unknown" | "downgrade" | "tooOld"; readonly message: string };

/** How to get from release `from` to release `to`. */
export function upgradePath(from: string, to: string): UpgradePath {
  const [start, end] = [from, to].map((version) => releaseChain.indexOf(version)) as [number, number];
  const first = upgradeHops.findIndex((hop) => hop.from === from);
  if (from === to) return { refusal: "same", message: `${from} is what is installed` };
  if (start < 0 || end < 0) {
    const stranger = start < 0 ? from : to;
    return { refusal: "unknown", message: `no upgrade is known that begins or ends at ${stranger}` };
  }
  if (end < start) {
    return { refusal: "downgrade", message: `${to} is older than ${from}; only a backup of that time leads back` };
  }
  if (first < 0 || !(to in versions)) {
    const path = releaseChain.slice(start, end + 1).join(", ");
    const message = `too old for this program; go by hand, each with the vendor's script, through ${path}, and start the whole cluster at 3.5.0 before going on`;
    return { refusal: "tooOld", message };
  }
  return { hops: upgradeHops.slice(first, upgradeHops.findIndex((hop) => hop.to === to) + 1) };
}

/** The steps as the machines read them. */
export function upgradeTable(): object {
  return { chain: releaseChain, hops: upgradeHops };
}
