/**
 * LoadBalancer on Azure: a Standard load balancer behind one static public address that spans the region's zones.
 * Guarantees: every rule has an HTTP probe of its own, so that a master whose Caddy is unwell loses RTMP too (AZ-N8);
 * WebSockets may be silent for half an hour; machines do not leave through it.
 * Differs from AWS: it passes TLS through and never changes clients' addresses, so `preserveClientAddress` has nothing
 * to decide; it has one threshold for both verdicts of a probe.
 * Sources: reference/cloud-facts-azure.md 3.1 to 3.5 and 3.11 to 3.13.
 */
import * as pulumi from "@pulumi/pulumi";
import * as authorization from "@pulumi/azure-native/authorization";
import * as network from "@pulumi/azure-native/network";
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
import { loadBalancerNames, physicalName, randomSuffix } from "./names";
import { addressProblems, publicAddress } from "./public-address";
import { resourceId } from "./resource-ids";

const frontendName = "entry";
const poolName = "masters";
/** Longest silence that a rule can allow; signalling of quiet rooms needs it (AZ-N8). */
const idleMinutes = 30;

export class AzureLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  public readonly address: EntryAddress;
  public readonly backendIds: Readonly<Record<NodeRole, readonly pulumi.Output<string>[]>>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(loadBalancerToken, name, {}, opts);
    throwIfAny(`load balancer "${name}"`, [...validateLoadBalancer(args), ...validateAzureLoadBalancer(args)]);

    const self = { parent: this };
    const suffix = randomSuffix(`${name}-suffix`, self);
    const address = publicAddress(name, suffix, args, self);
    const balancer = createBalancer(name, suffix, address.id, args, self);

    this.address = { ipAddress: address.ipAddress, hostName: address.hostName, aliasZoneId: pulumi.output("") };
    this.backendIds = { master: [pulumi.interpolate`${balancer.id}/backendAddressPools/${poolName}`], media: [] };
    this.registerOutputs({ address: this.address, backendIds: this.backendIds });
  }
}

/** What Azure cannot do with these arguments. */
export function validateAzureLoadBalancer({ listeners, adoptAddressId }: LoadBalancerArgs): Problem[] {
  const problems: Problem[] = [];
  if (listeners.some(({ endsTls }) => endsTls)) {
    problems.push({
      path: "certificate.kind",
      reason: "Azure's load balancer cannot end TLS; Caddy on the masters does",
    });
  }
  if (listeners.some(({ targetRole }) => targetRole !== "master")) {
    problems.push({ path: "certificate.kind", reason: "on Azure all balanced traffic goes to the masters" });
  }
  return [...problems, ...addressProblems(adoptAddressId)];
}

function createBalancer(
  name: string,
  suffix: pulumi.Output<string>,
  addressId: pulumi.Output<string>,
  args: LoadBalancerArgs,
  self: pulumi.CustomResourceOptions,
): network.LoadBalancer {
  const { scope: resourceGroupName, region: location, tags, listeners } = args;
  const loadBalancerName = suffix.apply((letters) => physicalName(name, letters, loadBalancerNames));
  const { subscriptionId } = authorization.getClientConfigOutput({ parent: self.parent });
  // Rules name the other parts of their own load balancer by full ids, before it exists (cloud-facts-azure.md 3.4).
  const id = pulumi
    .all([subscriptionId, resourceGroupName, loadBalancerName])
    .apply(([subscription, resourceGroup, itsName]) =>
      resourceId({
        subscriptionId: subscription,
        resourceGroup,
        type: "Microsoft.Network/loadBalancers",
        name: itsName,
      }),
    );
  return new network.LoadBalancer(
    name,
    {
      resourceGroupName,
      location,
      tags,
      loadBalancerName,
      sku: { name: "Standard", tier: "Regional" },
      frontendIPConfigurations: [{ name: frontendName, publicIPAddress: { id: addressId } }],
      backendAddressPools: [{ name: poolName }],
      probes: listeners.map(probeOf),
      loadBalancingRules: listeners.map((listener) => ruleOf(listener, id)),
      outboundRules: [],
    },
    { ...self, customTimeouts: { create: "20m", update: "20m", delete: "20m" } },
  );
}

function probeOf({ name, healthCheck }: Listener) {
  return {
    name,
    protocol: "Http",
    port: healthCheck.port,
    requestPath: healthCheck.path,
    intervalInSeconds: healthCheck.intervalSeconds,
    probeThreshold: healthCheck.unhealthyThreshold,
  };
}

function ruleOf({ name, port, targetPort }: Listener, balancerId: pulumi.Output<string>) {
  return {
    name,
    protocol: "Tcp",
    frontendPort: port,
    backendPort: targetPort,
    frontendIPConfiguration: { id: pulumi.interpolate`${balancerId}/frontendIPConfigurations/${frontendName}` },
    backendAddressPool: { id: pulumi.interpolate`${balancerId}/backendAddressPools/${poolName}` },
    probe: { id: pulumi.interpolate`${balancerId}/probes/${name}` },
    idleTimeoutInMinutes: idleMinutes,
    enableTcpReset: true,
    disableOutboundSnat: true,
  };
}
