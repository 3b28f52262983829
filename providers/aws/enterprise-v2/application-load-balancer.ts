/**
 * ApplicationLoadBalancer on AWS.
 * Guarantees: HTTP leads to HTTPS; the root of the domain says nothing; every other path reaches a master that is well;
 * clients may use TLS 1.2 and 1.3 alone.
 * Source: reference/onprem-v2-reference.md B.3.
 */
import * as pulumi from "@pulumi/pulumi";
import * as lb from "@pulumi/aws/lb";
import type { input as inputs } from "@pulumi/aws/types";
import type { EntryAddress } from "../../../components/domain-name";
import {
  type ApplicationLoadBalancer,
  type ApplicationLoadBalancerArgs,
  applicationLoadBalancerToken,
} from "../../../components/enterprise-v2/application-load-balancer";
import { type EntryRule, entryRules, masterHealth } from "../../../openvidu/enterprise-v2";
import { ports } from "../../../openvidu/ports";
import { tlsPolicy } from "../load-balancer";
import { named } from "../support";

/** Leads to the same host, path and query. */
const toHttps = { protocol: "HTTPS", port: String(ports.https.first), statusCode: "HTTP_301" };

export class AwsApplicationLoadBalancer extends pulumi.ComponentResource implements ApplicationLoadBalancer {
  public readonly address: EntryAddress;
  public readonly backendId: pulumi.Output<string>;

  constructor(name: string, args: ApplicationLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(applicationLoadBalancerToken, name, {}, opts);
    const self = { parent: this };
    const balancer = new lb.LoadBalancer(
      name,
      {
        loadBalancerType: "application",
        internal: false,
        ipAddressType: "ipv4",
        subnets: [...args.subnetIds],
        securityGroups: [args.rulesId],
        tags: named(args.tags, name),
      },
      { ...self, protect: args.deletionProtection },
    );
    const group = createTargetGroup();
    createListener("http", {
      port: ports.http.first,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: toHttps }],
    });
    const listener = createListener("https", {
      port: ports.https.first,
      protocol: "HTTPS",
      sslPolicy: tlsPolicy,
      certificateArn: args.certificateId,
      defaultActions: [forward()],
    });
    entryRules.forEach((rule, index) => createRule(rule, index + 1));

    this.address = { ipAddress: pulumi.output(""), hostName: balancer.dnsName, aliasZoneId: balancer.zoneId };
    this.backendId = group.arn;
    this.registerOutputs({ address: this.address, backendId: this.backendId });

    function createTargetGroup(): lb.TargetGroup {
      const part = `${name}-masters`;
      return new lb.TargetGroup(
        part,
        {
          vpcId: args.networkId,
          targetType: "instance",
          protocol: "HTTP",
          port: ports.replicationManager.first,
          healthCheck: {
            enabled: true,
            protocol: "HTTP",
            port: String(ports.replicationManager.first),
            path: masterHealth.path,
            matcher: masterHealth.status,
            interval: masterHealth.intervalSeconds,
            timeout: masterHealth.timeoutSeconds,
            healthyThreshold: masterHealth.healthyThreshold,
            unhealthyThreshold: masterHealth.unhealthyThreshold,
          },
          tags: named(args.tags, part),
        },
        self,
      );
    }

    function createListener(
      id: string,
      how: Pick<lb.ListenerArgs, "port" | "protocol" | "sslPolicy" | "certificateArn" | "defaultActions">,
    ): lb.Listener {
      const part = `${name}-${id}`;
      return new lb.Listener(part, { loadBalancerArn: balancer.arn, ...how, tags: named(args.tags, part) }, self);
    }

    function forward(): inputs.lb.ListenerDefaultAction {
      return { type: "forward", targetGroupArn: group.arn };
    }

    function createRule({ name: id, path, action }: EntryRule, priority: number): void {
      const part = `${name}-${id}`;
      const actions: Record<EntryRule["action"], inputs.lb.ListenerRuleAction> = {
        refuse: { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "401" } },
        addSlash: { type: "redirect", redirect: { ...toHttps, path: `${path}/` } },
        forward: { type: "forward", targetGroupArn: group.arn },
      };
      new lb.ListenerRule(
        part,
        {
          listenerArn: listener.arn,
          priority,
          conditions: [{ pathPattern: { values: [path] } }],
          actions: [actions[action]],
          tags: named(args.tags, part),
        },
        self,
      );
    }
  }
}
