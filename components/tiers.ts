/**
 * Which tier of the flow table stands behind which role, for whoever reads a deployment back.
 */
import { sessionStore, type Tier } from "../openvidu/flows";
import { applicationLoadBalancerToken } from "./enterprise-v2/application-load-balancer";
import { mediaGroupToken } from "./enterprise-v2/media-group";
import { serverGroupToken } from "./enterprise-v2/server-group";
import { sessionStoreToken } from "./enterprise-v2/session-store";
import { loadBalancerToken, turnBalancerSuffix } from "./load-balancer";
import { masterPoolToken } from "./master-pool";
import { scalingMediaPoolToken } from "./scaling-media-pool";

const tierOfRole: Readonly<Record<string, Tier>> = {
  [loadBalancerToken]: "loadBalancer",
  [applicationLoadBalancerToken]: "loadBalancer",
  [masterPoolToken]: "master",
  [serverGroupToken]: "master",
  [scalingMediaPoolToken]: "media",
  [mediaGroupToken]: "media",
  [sessionStoreToken]: sessionStore,
};

/**
 * The tier that a resource belongs to, by the types of the components that it is in, and the name of the innermost one:
 * TURN's own load balancer is of the same type as the entry.
 */
export function tierWithin(types: readonly string[], component = ""): Tier | undefined {
  const tier = types.flatMap((type) => tierOfRole[type] ?? []).at(0);
  return tier === "loadBalancer" && component.endsWith(turnBalancerSuffix) ? "turnLoadBalancer" : tier;
}
