/** Flow contexts for tests: one plain deployment, and every combination of modules, features, engines and TLS modes. */
import type { FlowContext, TlsMode } from "../../openvidu/flows";
import { featureNames, moduleNames, rtcEngines } from "../../openvidu/modules";
import { type OpenViduVersion, versions } from "../../openvidu/versions";

/** High Availability 3.8.0 with everything on but the custom application. */
export function plainContext(changes: Partial<FlowContext> = {}): FlowContext {
  return {
    edition: "ha",
    version: "3.8.0",
    modules: new Set(moduleNames),
    features: new Set(["rtmp", "whip", "webrtcOverTcp"] as const),
    rtcEngine: "pion",
    tls: "node",
    minio: true,
    ...changes,
  };
}

/** Every subset of `names`. */
export function subsets<T>(names: readonly T[]): Set<T>[] {
  return Array.from({ length: 2 ** names.length }, (_, bits) => new Set(names.filter((_name, i) => bits & (1 << i))));
}

/** Every deployment of one version that the flow table tells apart. */
export function* allContexts(version: OpenViduVersion): Generator<FlowContext> {
  const modes: TlsMode[] = ["loadBalancer", "node"];
  for (const modules of subsets(moduleNames)) {
    for (const features of subsets(featureNames)) {
      for (const rtcEngine of rtcEngines) {
        for (const tls of modes) {
          for (const minio of [true, false]) {
            const context = plainContext({ version, modules, features, rtcEngine, tls, minio });
            yield context;
            if (versions[version].turn === "separateDomain") yield { ...context, turnDomain: true };
          }
        }
      }
    }
  }
}
