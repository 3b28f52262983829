/**
 * LoadBalancer on AWS: a public Network Load Balancer.
 * Guarantees: every zone's entry reaches every healthy node; the media group, which may be empty, never takes a zone out
 * of DNS; long connections end only when their node does.
 * Differs from Azure: it can end TLS with an ACM certificate; its stable address is a host name.
 */
import * as pulumi from "@pulumi/pulumi";
import * as lb from "@pulumi/aws/lb";
import type { EntryAddress } from "../../components/domain-name";
import { type Problem, throwIfAny } from "../../components/errors";
import {
  type LoadBalancer,
  type LoadBalancerArgs,
  loadBalancerToken,
  validateLoadBalancer,
} from "../../components/load-balancer";
import type { NodeRole } from "../../openvidu/editions";
import type { Listener } from "../../openvidu/entry";
import { named } from "./support";

/** TLS 1.3 and 1.2 with restricted ciphers and post-quantum key exchange. Source: reference/cloud-facts-aws.md 4. */
export const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/**
 * Idle time after which a TCP connection is dropped. TLS listeners have this value fixed, and newer machines drop idle
 * connections after the same time on their side, so a longer one here alone would only hide dead connections.
 * WebSocket clients ping far more often. Source: reference/cloud-facts-aws.md 4.
 */
const idleTimeoutSeconds = 350;

/** A node's drain only begins when it has been taken out of the load balancer (cloud-facts-aws 2). */
const deregistrationDelaySeconds = 60;

/** Names are at most 32 characters, of which auto-naming takes 8; a longer one is an error, not cut (cloud-facts-aws 12). */
const longestLogicalName = 24;

export class AwsLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  public readonly address: EntryAddress;
  public readonly backendIds: Readonly<Record<NodeRole, readonly pulumi.Output<string>[]>>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(loadBalancerToken, name, {}, opts);
    throwIfAny(`load balancer "${name}"`, validateAwsLoadBalancer(name, args));

    const self = { parent: this };
    const balancer = createBalancer();
    const groups = args.listeners.map((listener) => createTargetGroup(listener));
    args.listeners.forEach((listener, index) => createListener(listener, groups[index]!));

    this.address = { ipAddress: pulumi.output(""), hostName: balancer.dnsName, aliasZoneId: balancer.zoneId };
    this.backendIds = { master: groupsOf("master"), media: groupsOf("media") };
    this.registerOutputs({ address: this.address, backendIds: this.backendIds });

    function groupsOf(role: NodeRole): pulumi.Output<string>[] {
      return groups.filter((_, index) => args.listeners[index]!.targetRole === role).map(({ arn }) => arn);
    }

    function createBalancer(): lb.LoadBalancer {
      return new lb.LoadBalancer(
        name,
        {
          loadBalancerType: "network",
          internal: false,
          ipAddressType: "ipv4",
          subnets: [...args.subnetIds],
          // A balancer made without a group can never get one.
          securityGroups: [args.rulesId],
          enableCrossZoneLoadBalancing: true,
          tags: named(args.tags, name),
        },
        { ...self, protect: args.deletionProtection },
      );
    }

    function createTargetGroup({ name: id, targetRole, targetPort, healthCheck }: Listener): lb.TargetGroup {
      const part = `${name}-${id}`;
      return new lb.TargetGroup(
        part,
        {
          vpcId: args.networkId,
          targetType: "instance",
          protocol: "TCP",
          port: targetPort,
          healthCheck: {
            enabled: true,
            protocol: "HTTP",
            port: String(healthCheck.port),
            path: healthCheck.path,
            matcher: String(healthCheck.status),
            interval: healthCheck.intervalSeconds,
            timeout: healthCheck.timeoutSeconds,
            healthyThreshold: healthCheck.healthyThreshold,
            unhealthyThreshold: healthCheck.unhealthyThreshold,
          },
          deregistrationDelay: deregistrationDelaySeconds,
          connectionTermination: false,
          ...behaviours[targetRole],
          preserveClientIp: String(targetRole === "media" || args.preserveClientAddress),
          tags: named(args.tags, part),
        },
        self,
      );
    }

    function createListener({ name: id, port, endsTls }: Listener, group: lb.TargetGroup): lb.Listener {
      const part = `${name}-${id}`;
      const transport = endsTls
        ? { protocol: "TLS", sslPolicy: tlsPolicy, certificateArn: args.certificateId, alpnPolicy: "None" }
        : { protocol: "TCP", tcpIdleTimeoutSeconds: idleTimeoutSeconds };
      return new lb.Listener(
        part,
        {
          loadBalancerArn: balancer.arn,
          port,
          ...transport,
          defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
          tags: named(args.tags, part),
        },
        self,
      );
    }
  }
}

type Behaviour = Pick<lb.TargetGroupArgs, "targetGroupHealth" | "targetHealthStates">;

/**
 * What a target group's health means for the rest. A master that fails its check is dead, so its connections are cut
 * and clients reconnect elsewhere. A media node may fail it while it drains, and goes on serving its streams; a group
 * of them may be empty, which must not say anything about a zone (cloud-facts-aws 4, AWS-W-4).
 */
const behaviours: Readonly<Record<NodeRole, Behaviour>> = {
  master: {
    targetGroupHealth: health("1"),
    targetHealthStates: [{ enableUnhealthyConnectionTermination: true }],
  },
  media: {
    targetGroupHealth: health("off"),
    targetHealthStates: [{ enableUnhealthyConnectionTermination: false, unhealthyDrainingInterval: 0 }],
  },
};

function health(leastForDns: "1" | "off"): lb.TargetGroupArgs["targetGroupHealth"] {
  return {
    dnsFailover: { minimumHealthyTargetsCount: leastForDns, minimumHealthyTargetsPercentage: "off" },
    unhealthyStateRouting: { minimumHealthyTargetsCount: 1, minimumHealthyTargetsPercentage: "off" },
  };
}

/** What is wrong with the arguments on AWS. */
export function validateAwsLoadBalancer(name: string, args: LoadBalancerArgs): Problem[] {
  const problems = validateLoadBalancer(args);
  if (args.subnetIds.length === 0) {
    problems.push({ path: "subnetIds", reason: "give at least one public subnet" });
  }
  const tooLong = [name, ...args.listeners.map((listener) => `${name}-${listener.name}`)].filter(
    (part) => part.length > longestLogicalName,
  );
  if (tooLong.length > 0) {
    const reason = `${tooLong.join(", ")}: at most ${longestLogicalName} characters, because AWS's names are made of it`;
    problems.push({ path: "name", reason });
  }
  return problems;
}
