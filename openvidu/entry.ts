/**
 * The public entry of a cluster as a load balancer has to implement it: listeners and the health checks behind them.
 * Everything is derived from the flow table; only what a flow does not say (paths, timings) is added here.
 * Sources: reference/aws-reference.md 5.2 and 5.3, reference/azure-reference.md 5.1.
 */
import { type Flow, type FlowContext, flowsFor } from "./flows";
import type { NodeRole } from "./editions";

export interface HealthCheck {
  readonly port: number;
  readonly path: string;
  /** The only HTTP status that counts as healthy. */
  readonly status: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Consecutive results that change the verdict. */
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface Listener {
  /** Stable id; part of resource names, so it never changes. */
  readonly name: "http" | "https" | "rtmps";
  readonly port: number;
  /** Whether the load balancer itself ends TLS on this listener. */
  readonly endsTls: boolean;
  readonly targetRole: NodeRole;
  readonly targetPort: number;
  readonly healthCheck: HealthCheck;
}

/** Path of the health endpoint by node role: Caddy on masters, LiveKit and the ingress service on media nodes. */
export const healthPaths: Readonly<Record<NodeRole, string>> = { master: "/health/caddy", media: "/" };

const timings = { status: 200, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 4 };

/** The balanced flows that carry each listener's traffic; at most one of them applies in any deployment. */
const balancedBy: Readonly<Record<Listener["name"], readonly string[]>> = {
  http: ["balanced-http"],
  https: ["balanced-https", "balanced-web", "balanced-api", "external-api"],
  rtmps: ["balanced-rtmp-master", "balanced-rtmp-media", "external-rtmp"],
};

/**
 * The listeners of a deployment's load balancer, in the order http, https, rtmps. A balancer that the customer runs answers
 * plain HTTP itself, and without any balancer there are none.
 */
export function entryListeners(context: FlowContext): Listener[] {
  const flows = flowsFor(context);
  return (Object.keys(balancedBy) as Listener["name"][]).flatMap((name) => {
    const entry = flows.find((flow) => flow.id === `entry-${name}`);
    const balanced = flows.find((flow) => balancedBy[name].includes(flow.id));
    return entry && balanced ? [listener(name, entry, balanced, flows, context)] : [];
  });
}

function listener(
  name: Listener["name"],
  entry: Flow,
  balanced: Flow,
  flows: readonly Flow[],
  context: FlowContext,
): Listener {
  const targetRole = balanced.to as NodeRole;
  const health = flows.find((flow) => flow.kind === "healthCheck" && flow.to === targetRole);
  if (!health) throw new Error(`no health-check flow leads to ${targetRole}`);
  return {
    name,
    port: entry.ports.first,
    endsTls: context.tls === "loadBalancer" && name !== "http",
    targetRole,
    targetPort: balanced.ports.first,
    healthCheck: { port: health.ports.first, path: healthPaths[targetRole], ...timings },
  };
}
