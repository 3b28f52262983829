/**
 * The public entry of a cluster as a load balancer has to implement it: listeners and the health checks behind them.
 * Everything is derived from the flow table; only what a flow does not say (paths, timings) is added here.
 * Sources: reference/aws-reference.md 5.2 to 5.4, reference/azure-reference.md 5.1.
 */
import { type Endpoint, type Flow, type FlowContext, flowsFor } from "./flows";
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
  readonly name: "http" | "https" | "rtmps" | "turns";
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

interface Way {
  readonly name: Listener["name"];
  /** The flow from the Internet that the listener takes. */
  readonly entry: string;
  /** The flows that carry its traffic on; at most one of them applies in any deployment. */
  readonly balanced: readonly string[];
}

/* prettier-ignore */
const ways: Readonly<Record<Extract<Endpoint, "loadBalancer" | "turnLoadBalancer">, readonly Way[]>> = {
  loadBalancer: [
    { name: "http", entry: "entry-http", balanced: ["balanced-http"] },
    { name: "https", entry: "entry-https", balanced: ["balanced-https", "balanced-web", "balanced-api", "external-api"] },
    { name: "rtmps", entry: "entry-rtmps", balanced: ["balanced-rtmp-master", "balanced-rtmp-media", "external-rtmp"] },
  ],
  turnLoadBalancer: [{ name: "turns", entry: "entry-turns", balanced: ["balanced-turn"] }],
};

/**
 * The listeners of a deployment's load balancer, in the order http, https, rtmps. A balancer that the customer runs answers
 * plain HTTP itself, and without any balancer there are none.
 */
export function entryListeners(context: FlowContext): Listener[] {
  return listenersOf("loadBalancer", context);
}

/** The listeners of TURN's own load balancer; none where no such balancer stands. */
export function turnListeners(context: FlowContext): Listener[] {
  return listenersOf("turnLoadBalancer", context);
}

function listenersOf(balancer: keyof typeof ways, context: FlowContext): Listener[] {
  const flows = flowsFor(context);
  return ways[balancer].flatMap((way) => {
    const entry = flows.find(({ id }) => id === way.entry);
    const balanced = flows.find(({ id }) => way.balanced.includes(id));
    return entry && balanced ? [listener(way.name, entry, balanced, flows, context)] : [];
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
  const health = flows.find(
    ({ kind, from, to }) => kind === "healthCheck" && from === balanced.from && to === targetRole,
  );
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
