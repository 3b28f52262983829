/**
 * Simulated Azure load balancers.
 */
import type { LiveResource, Properties, ResourceModel, World } from "../../model";
import { everyText, given, number, problems, record, records, text, texts, uuid } from "../values";
import { armModel, byArmId, notFound, refId, refusal, skuChange } from "./arm";
import { networkName } from "./network";

/** Which list of the balancer an id inside a rule has to lead into. */
const parts = [
  ["frontendIPConfiguration", "frontendIPConfigurations"],
  ["backendAddressPool", "backendAddressPools"],
  ["probe", "probes"],
] as const;

/** Source: cloud-facts-azure 3.4; the message in pulumi/pulumi-azure-native issue 3601. */
function partProblems(rule: Properties, inputs: Properties, id: string): string[] {
  const ruleId = `${id}/loadBalancingRules/${text(rule.name)}`;
  return parts.flatMap(([property, segment]) => {
    const wanted = refId(rule[property]);
    const own = records(inputs[segment]).map((part) => `${id}/${segment}/${text(part.name)}`.toLowerCase());
    return wanted !== "" && !own.includes(wanted.toLowerCase()) ? [notFound(wanted, ruleId)] : [];
  });
}

function ruleProblems(rule: Properties, inputs: Properties, id: string): string[] {
  const name = text(rule.name);
  const idle = number(rule.idleTimeoutInMinutes);
  const [front, back] = [number(rule.frontendPort), number(rule.backendPort)];
  return problems(
    !given(refId(rule.frontendIPConfiguration)) &&
      refusal("InvalidRequestFormat", `Cannot parse the request. Rule ${name} has no frontendIPConfiguration.`),
    partProblems(rule, inputs, id),
    !["Tcp", "Udp", "All"].includes(text(rule.protocol)) &&
      refusal(
        "InvalidRequestFormat",
        `Cannot parse the request. Rule ${name} has invalid protocol '${text(rule.protocol)}'.`,
      ),
    (front === undefined || front < 0 || front > 65534) &&
      refusal(
        "LoadBalancingRuleInvalidPort",
        `Frontend port ${front ?? ""} of rule ${name} is not in the range 0 to 65534.`,
      ),
    (back === undefined || back < 0 || back > 65535) &&
      refusal(
        "LoadBalancingRuleInvalidPort",
        `Backend port ${back ?? ""} of rule ${name} is not in the range 0 to 65535.`,
      ),
    idle !== undefined &&
      (idle < 4 || idle > 100) &&
      refusal(
        "LoadBalancingRuleIdleTimeoutOutOfRange",
        `Idle timeout ${idle} of rule ${name} is not in the range of 4 to 100 minutes.`,
      ),
    rule.enableTcpReset === true &&
      rule.protocol === "Udp" &&
      refusal("EnableTcpResetNotSupportedForUdp", `TCP reset cannot be enabled on rule ${name} with protocol Udp.`),
  );
}

/** Source: cloud-facts-azure 3.5; bicep type loadBalancers. */
function probeProblems(probe: Properties): string[] {
  const name = text(probe.name);
  const http = ["Http", "Https"].includes(text(probe.protocol));
  const port = number(probe.port);
  const interval = number(probe.intervalInSeconds);
  return problems(
    !["Http", "Https", "Tcp"].includes(text(probe.protocol)) &&
      refusal(
        "InvalidRequestFormat",
        `Cannot parse the request. Probe ${name} has invalid protocol '${text(probe.protocol)}'.`,
      ),
    http &&
      !given(probe.requestPath) &&
      refusal(
        "ProbeRequestPathMissing",
        `Request path is required for probe ${name} with protocol ${text(probe.protocol)}.`,
      ),
    !http &&
      given(probe.requestPath) &&
      refusal(
        "ProbeRequestPathNotAllowed",
        `Request path is not allowed for probe ${name} with protocol ${text(probe.protocol)}.`,
      ),
    (port === undefined || port < 1 || port > 65535) &&
      refusal("ProbeInvalidPort", `Port ${port ?? ""} of probe ${name} is not in the range 1 to 65535.`),
    interval !== undefined &&
      interval < 5 &&
      refusal("ProbeInvalidInterval", `Interval ${interval} of probe ${name} is less than 5 seconds.`),
  );
}

/** Same front end, protocol and port: only one rule can have them. */
function frontendClashes(inputs: Properties): string[] {
  const rules = records(inputs.loadBalancingRules);
  return rules.flatMap((rule, index) => {
    const key = (one: Properties): string =>
      [refId(one.frontendIPConfiguration).toLowerCase(), text(one.protocol), text(one.frontendPort)].join("|");
    const earlier = rules.slice(0, index).find((other) => key(other) === key(rule));
    const says = `Load balancing rules ${text(earlier?.name)} and ${text(rule.name)} with the same frontend IP configuration, protocol and frontend port are not allowed.`;
    return earlier ? [refusal("RulesUseSameFrontendPortProtocolAndIPConfig", says)] : [];
  });
}

/** Two rules may not send to the same pool, port and protocol unless they float. Source: public error reports. */
function backendClashes(inputs: Properties, id: string): string[] {
  const rules = records(inputs.loadBalancingRules).filter((rule) => rule.enableFloatingIP !== true);
  return rules.flatMap((rule, index) => {
    const key = (one: Properties): string =>
      [refId(one.backendAddressPool).toLowerCase(), text(one.protocol), text(one.backendPort)].join("|");
    const earlier = rules.slice(0, index).find((other) => key(other) === key(rule));
    const says = `Load balancing rules ${id}/loadBalancingRules/${text(earlier?.name)} and ${id}/loadBalancingRules/${text(rule.name)} with floating IP disabled use the same protocol ${text(rule.protocol)} and backend port ${text(rule.backendPort)}, and must not be used with the same backend address pool ${refId(rule.backendAddressPool)}.`;
    return earlier ? [refusal("RulesUseSameBackendPortProtocolAndPool", says)] : [];
  });
}

/** Source: cloud-facts-azure 3.2: the SKUs of a balancer and of its addresses go together. */
function skuProblems(inputs: Properties, world: World, id: string): string[] {
  const own = text(record(inputs.sku).name) || "Basic";
  const retired =
    own === "Basic"
      ? [refusal("BasicSkuLoadBalancerRetired", "Basic SKU load balancers can no longer be created.")]
      : [];
  const mixed = records(inputs.frontendIPConfigurations).flatMap((frontend) => {
    const address = byArmId(world, refId(frontend.publicIPAddress));
    const sku = text(record(address?.inputs.sku).name);
    const says = `${own} sku load balancer ${id} cannot reference ${sku} sku publicIP ${refId(frontend.publicIPAddress)}.`;
    return address && sku !== own ? [refusal("DifferentSkuLoadBalancersAndPublicIPAddressNotAllowed", says)] : [];
  });
  return [...retired, ...mixed];
}

/** Source: the message in github.com/kubernetes-sigs/cluster-api-provider-azure issue 3163. */
function poolsInUse({ id, inputs }: LiveResource, users: readonly LiveResource[]): string {
  const parts = ["backendAddressPools", "probes"].flatMap((segment) =>
    records(inputs[segment]).map((part) => ({ name: text(part.name), id: `${id}/${segment}/${text(part.name)}` })),
  );
  const named = new Set(users.flatMap((user) => everyText(user.inputs)).map(({ value }) => value.toLowerCase()));
  const used = parts.filter((part) => named.has(part.id.toLowerCase())).map(({ name }) => name);
  const says = `Cannot delete load balancer ${id} since its child resources ${used.join(", ")} are in use by virtual machine scale set ${users.map((user) => user.id).join(", ")}.`;
  return refusal("LoadBalancerInUseByVirtualMachineScaleSet", says);
}

/** Load balancers. */
export const balancing: Readonly<Record<string, ResourceModel>> = {
  "azure-native:network:LoadBalancer": armModel({
    arm: "Microsoft.Network/loadBalancers",
    apiVersion: "2024-05-01",
    nameInput: "loadBalancerName",
    required: ["resourceGroupName"],
    ownReferences: ["loadBalancingRules", "outboundRules"],
    source: "cloud-facts-azure 3.1 to 3.5; pulumi/pulumi-azure-native issue 3601",
    pattern: networkName,
    maxLength: 80,
    inUse: { by: ["azure-native:compute:VirtualMachineScaleSet"], says: poolsInUse },
    checkUpdate: (olds, news, _world, id) => problems(skuChange(olds, news, id)),
    check: (inputs, world, id) =>
      problems(
        skuProblems(inputs, world, id),
        records(inputs.frontendIPConfigurations).length === 0 &&
          given(inputs.loadBalancingRules) &&
          refusal(
            "InvalidRequestFormat",
            "Cannot parse the request. The load balancer has rules but no frontend IP configuration.",
          ),
        records(inputs.loadBalancingRules).flatMap((rule) => ruleProblems(rule, inputs, id)),
        records(inputs.outboundRules).flatMap((rule) => partProblems(rule, inputs, id)),
        records(inputs.probes).flatMap(probeProblems),
        frontendClashes(inputs),
        backendClashes(inputs, id),
        texts(inputs.zones).length > 0 &&
          refusal("InvalidRequestFormat", "Cannot parse the request. Zones belong to the frontend IP configuration."),
      ),
    outputs: (inputs, world, { urn, id }) => ({
      resourceGuid: uuid(world, urn),
      ...Object.fromEntries(
        ["frontendIPConfigurations", "backendAddressPools", "probes", "loadBalancingRules"].map((segment) => [
          segment,
          records(inputs[segment]).map((part) => ({ ...part, id: `${id}/${segment}/${text(part.name)}` })),
        ]),
      ),
    }),
  }),
};
