/**
 * Flags of OpenVidu's installer that only a machine of the customer's own needs.
 * Source: reference/onprem-v2-reference.md A.3 and A.8.
 */
import type { NodeBoot } from "../../components/node-boot";
import type { Host, OnPremises } from "../../components/on-premises";
import type { InstallerFlag } from "../../openvidu/installer";

/** What a node is told at its first boot, with more flags. */
export function withFlags(boot: NodeBoot, flags: readonly InstallerFlag[]): NodeBoot {
  return { ...boot, spec: { ...boot.spec, installerFlags: [...boot.spec.installerFlags, ...flags] } };
}

/** Media nodes announce the address that they are given; the masters have to be told that some do. */
export function forcePublicIp({ hosts }: OnPremises): InstallerFlag[] {
  return hosts.some(({ role, publicAddress }) => role === "media" && publicAddress !== undefined)
    ? [{ flag: "--force-media-node-public-ip", value: { kind: "switch" } }]
    : [];
}

export function mediaFlags({ publicAddress }: Host, { utc }: OnPremises): InstallerFlag[] {
  return [
    ...(publicAddress === undefined
      ? []
      : [{ flag: "--public-ip", value: { kind: "constant", value: publicAddress } } as const]),
    ...(utc ? [{ flag: "--forceUTCTimezone", value: { kind: "switch" } } as const] : []),
  ];
}
