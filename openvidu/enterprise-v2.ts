/**
 * What OpenVidu Enterprise v2 is on AWS, as data: releases, entry, tags and events by which its closed replication manager
 * follows the groups of machines.
 * Sources: reference/onprem-v2-reference.md B and its appendix, `openvidu-server/deployments/enterprise/aws` on branch v2
 * of github.com/OpenVidu/openvidu (form of the messages, order of the settings in user data).
 */
import { formatPorts, ports } from "./ports";

/** Supported releases. A later one comes with a stack of its own (reference B.8). */
export const enterpriseV2Versions = ["2.32.1"] as const;
export type EnterpriseV2Version = (typeof enterpriseV2Versions)[number];

export const mediaServers = ["mediasoup", "kurento"] as const;
export type MediaServer = (typeof mediaServers)[number];

/** How the load balancer asks whether a master is well: from 2.32.1 on it answers that somebody has to log in. */
export const masterHealth = {
  path: "/",
  status: "401-403",
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 3,
  unhealthyThreshold: 4,
} as const;

/** What the load balancer does with a path, in this order; everything else goes to the masters too. */
export const entryRules = [
  { name: "root", path: "/", action: "refuse" },
  { name: "inspector", path: "/inspector", action: "addSlash" },
  { name: "openvidu", path: "/openvidu*", action: "forward" },
] as const;
export type EntryRule = (typeof entryRules)[number];

/** Labels by which the masters know what an instance is. */
export const memberTags = {
  master: { "ov-cluster-member": "server" },
  media: { "ov-cluster-member": "kms", "ov-medianode-status": "running" },
} as const;

/** Messages of one group are handed out in order; the masters expect this one. */
export const messageGroup = "sqs-notification";

/** What the masters are told of a media node that comes or goes: parts of the event by name, and their places in it. */
export const lifecycleMessage = {
  transitions: ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"],
  paths: {
    source: "$.source",
    transition: "$.detail.LifecycleTransition",
    group: "$.detail.AutoScalingGroupName",
    instance: "$.detail.EC2InstanceId",
  },
  template:
    '{"source": <source>, "detail": {"LifecycleTransition": <transition>, "AutoScalingGroupName": <group>, ' +
    '"EC2InstanceId": <instance>}, "role": "MediaNode"}',
} as const;

/** What the masters are told every minute, so that one of them compares the group with the cluster. */
export const scheduleMessage = {
  schedule: "rate(1 minute)",
  paths: { time: "$.time" },
  template: '{"source": "custom.autoscaling_schedule", "detail": {"time": <time>}}',
} as const;

/** The object that holds the cluster's settings once the first master has started, and where recordings go. */
export const settingsObject = ".env";
export const recordingsPrefix = "recordings/";

/** Addresses of a deployment, by name. */
export function addressesOf(domain: string): Record<string, string> {
  return {
    openvidu: `https://${domain}/`,
    api: `https://${domain}/openvidu/api`,
    inspector: `https://${domain}/inspector/`,
  };
}

/** The Redis version of the official template; later ones have not been tried with the product. */
export const redis = {
  engine: "redis",
  version: "6.2",
  nodeType: "cache.t3.medium",
  port: formatPorts(ports.redisService),
} as const;

/** What the image cannot take in a value, and why. */
const corrupting: readonly { readonly pattern: RegExp; readonly what: string; readonly why: string }[] = [
  { pattern: /\|/, what: "a pipe", why: "the image ends a value there" },
  { pattern: /=/, what: "an equals sign", why: "the image drops what follows it" },
  { pattern: /&/, what: "an ampersand", why: "the image puts the old value in its place" },
  { pattern: /\\/, what: "a backslash", why: "the image swallows it" },
  {
    pattern: /\s|\p{Cc}/u,
    what: "a blank, a line break or a control character",
    why: "the settings file would break there",
  },
  { pattern: /["'`]/, what: "a quotation mark", why: "Docker Compose reads the settings file and would take it away" },
  {
    pattern: /[$#]/,
    what: "a dollar or number sign",
    why: "Docker Compose reads the settings file and would replace or cut there",
  },
  { pattern: /\P{ASCII}/u, what: "a letter that is not ASCII", why: "the image's tools work on bytes" },
];

/** Why a value would not arrive at the master as it is, without the value; nothing if it would. */
export function corruption(value: string): string | undefined {
  const found = corrupting.find(({ pattern }) => pattern.test(value));
  return found && `holds ${found.what}: ${found.why}`;
}
