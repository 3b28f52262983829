/**
 * What an Enterprise v2 cluster keeps for as long as it stands. Once its first master has started, the settings object in
 * the bucket decides what masters do, and no later user data changes it (reference/onprem-v2-reference.md B.6, B.8).
 */
import type { FixedSetting } from "./fixed-settings";
import type { EnterpriseV2Settings } from "./settings";

const page = "docs/enterprise-v2.md";
const inBucket = `masters read it from .env in the bucket since the first of them started; change it there and keep it here (${page})`;
const beside = `deploy a new stack beside this one and move to it (${page})`;

/* prettier-ignore */
export const enterpriseV2Fixed: readonly FixedSetting<EnterpriseV2Settings>[] = [
  { path: "cloud", value: ({ cloud }) => cloud, why: `machines and data cannot move; ${beside}` },
  { path: "edition", value: ({ edition }) => edition, why: `OpenVidu 3 is another product; ${beside}` },
  { path: "region", value: ({ region }) => region, why: `machines, addresses and data cannot move; ${beside}` },
  { path: "version", value: ({ version }) => version, why: `a release is installed on a copy of the bucket; ${beside}` },
  { path: "domain", value: ({ domain }) => domain, why: inBucket },
  { path: "clusterId", value: ({ clusterId }) => clusterId, why: inBucket },
  { path: "mediaServer", value: ({ mediaServer }) => mediaServer, why: `ports and settings go with it; ${beside}` },
  { path: "recording", value: ({ recording }) => recording, why: inBucket },
  { path: "coturnInMediaNodes", value: ({ coturnInMediaNodes }) => coturnInMediaNodes, why: `ports, subnets and settings go with it; ${beside}` },
  { path: "elasticsearch", value: ({ elasticsearch }) => elasticsearch, why: inBucket },
  { path: "network.cidr", value: ({ network }) => (network.adopt ? undefined : network.cidr), why: `AWS makes everything anew in another range; ${beside}` },
  { path: "network.zones", value: ({ network }) => network.zones, why: "the Redis service and the entry stay in their zones; name the earlier ones in network.zones" },
  { path: "network.adopt", value: ({ network }) => network.adopt, why: `the Redis service and the entry stay in their subnets; ${beside}` },
  { path: "sessionStore.transitEncryption", value: ({ sessionStore }) => sessionStore.transitEncryption, why: `AWS makes the Redis service anew for it; ${beside}` },
  { path: "storage.bucket", value: ({ storage }) => storage.bucket, why: `settings and recordings would stay behind in the other bucket; ${beside}` },
  { path: "storage.autoRestart", value: ({ storage }) => storage.autoRestart, why: inBucket },
  { path: "encryption", value: ({ encryption }) => encryption.keyId, why: `what is stored keeps the key that it was made with; ${beside}` },
];
