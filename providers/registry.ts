/**
 * Every cloud that can be chosen in a stack's config. A new CloudName does not compile until its Cloud is complete.
 * A cloud is loaded, with its SDK, only where a stack has a use for it.
 */
import type { Cloud, CloudName } from "../components/cloud";

export const clouds: Readonly<Record<CloudName, () => Promise<Cloud>>> = {
  aws: async () => (await import("./aws")).aws,
  azure: async () => (await import("./azure")).azure,
  onprem: async () => (await import("./onprem")).onprem,
};
