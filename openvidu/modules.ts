/**
 * What a customer can switch on and off in OpenVidu, and under which names the installer knows it.
 * Source: reference/onprem-v2-reference.md A.3, A.4.
 */

/** Optional service modules, by the name that `--enabled-modules` uses. */
export const moduleNames = ["observability", "v2compatibility", "openviduMeet"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Media engines. Pion is OpenVidu's default. */
export const rtcEngines = ["pion", "mediasoup"] as const;
export type RtcEngine = (typeof rtcEngines)[number];

/** Ways in and out of the cluster that open ports of their own, without being an installer module. */
export const featureNames = ["rtmp", "whip", "webrtcOverTcp", "customApp"] as const;
export type FeatureName = (typeof featureNames)[number];

/** What each feature is, for documentation and config descriptions. */
export const featureDescriptions: Readonly<Record<FeatureName, string>> = {
  rtmp: "RTMPS ingest on port 1935",
  whip: "WebRTC ingest by WHIP",
  webrtcOverTcp: "WebRTC media over TCP for clients whose networks refuse UDP",
  customApp: "An application of the customer's own, served at / from port 6080 of the masters (3.6.1 and later)",
};

/** The value of `--enabled-modules` and of ENABLED_MODULES, in OpenVidu's own order. */
export function enabledModules(modules: ReadonlySet<ModuleName>): string {
  return moduleNames.filter((name) => modules.has(name)).join(",");
}
