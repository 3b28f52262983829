/**
 * Simulated network security groups and application security groups.
 */
import type { LiveResource, Properties, ResourceModel } from "../../model";
import { range } from "../ipv4";
import { everyText, given, list, number, problems, records, text, texts, uuid } from "../values";
import { armModel, holders, refusal } from "./arm";
import { interfaceType, networkName, subnetType } from "./network";

const scaleSetType = "azure-native:compute:VirtualMachineScaleSet";
const groupType = "azure-native:network:NetworkSecurityGroup";

const directions = ["Inbound", "Outbound"] as const;

/** Two rules of one direction with one priority. Source: the message in hashicorp/terraform-provider-azurerm issue 11137. */
function priorityClashes(rules: readonly Properties[]): string[] {
  return directions.flatMap((direction) => {
    const inDirection = rules.filter((rule) => rule.direction === direction);
    return inDirection.flatMap((rule, index) => {
      const earlier = inDirection.slice(0, index).find((other) => number(other.priority) === number(rule.priority));
      const says = `Security rule ${text(earlier?.name)} conflicts with rule ${text(rule.name)}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`;
      return earlier ? [refusal("SecurityRuleConflict", says)] : [];
    });
  });
}

const prefixFields = [
  "sourceAddressPrefix",
  "sourceAddressPrefixes",
  "destinationAddressPrefix",
  "destinationAddressPrefixes",
] as const;
const portFields = ["sourcePortRange", "sourcePortRanges", "destinationPortRange", "destinationPortRanges"] as const;

/** An address, a range, a service tag or everything. */
function prefixIsValid(prefix: string): boolean {
  if (/^\d/.test(prefix)) return (range(prefix) ?? range(`${prefix}/32`)) !== undefined;
  return prefix === "*" || /^[A-Z][A-Za-z]*(\.[A-Za-z0-9]+)?$/.test(prefix);
}

function portsAreValid(ports: string): boolean {
  if (ports === "*") return true;
  const match = /^(\d+)(?:-(\d+))?$/.exec(ports);
  if (!match) return false;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return from <= to && to <= 65535;
}

function sideProblems(rule: Properties, id: string, side: "source" | "destination"): string[] {
  const groups = list(rule[`${side}ApplicationSecurityGroups`]);
  const prefixes = [...texts([rule[`${side}AddressPrefix`]]), ...texts(rule[`${side}AddressPrefixes`])];
  const ports = [...texts([rule[`${side}PortRange`]]), ...texts(rule[`${side}PortRanges`])];
  const noun = side === "source" ? "Source" : "Destination";
  return problems(
    groups.length === 0 &&
      prefixes.length === 0 &&
      refusal(
        "SecurityRuleParameterNotSpecified",
        `Required security rule parameters are missing for security rule with Id: ${id}. Security rule must specify ${noun}AddressPrefixes, ${noun}AddressPrefix, or ${noun}ApplicationSecurityGroups.`,
      ),
    groups.length > 0 &&
      prefixes.length > 0 &&
      refusal(
        "SecurityRuleInvalidAddressPrefix",
        `Security rule ${id} cannot specify both ${noun} address prefixes and application security groups.`,
      ),
    ports.length === 0 &&
      refusal(
        "SecurityRuleParameterNotSpecified",
        `Required security rule parameters are missing for security rule with Id: ${id}. Security rule must specify ${noun}PortRanges or ${noun}PortRange.`,
      ),
  );
}

function ruleProblems(rule: Properties, id: string): string[] {
  const priority = number(rule.priority);
  const protocol = text(rule.protocol);
  const badPrefixes = prefixFields
    .flatMap((field) => (Array.isArray(rule[field]) ? texts(rule[field]) : texts([rule[field]])))
    .filter((prefix) => !prefixIsValid(prefix));
  const badPorts = portFields
    .flatMap((field) => (Array.isArray(rule[field]) ? texts(rule[field]) : texts([rule[field]])))
    .filter((ports) => !portsAreValid(ports));
  return problems(
    (priority === undefined || priority < 100 || priority > 4096) &&
      refusal(
        "SecurityRuleInvalidPriority",
        `Security rule has invalid Priority. Value provided: ${priority ?? ""} Allowed range 100-4096.`,
      ),
    !["Inbound", "Outbound"].includes(text(rule.direction)) &&
      refusal(
        "InvalidRequestFormat",
        `Cannot parse the request. Security rule ${id} has invalid Direction '${text(rule.direction)}'.`,
      ),
    !["Allow", "Deny"].includes(text(rule.access)) &&
      refusal(
        "InvalidRequestFormat",
        `Cannot parse the request. Security rule ${id} has invalid Access '${text(rule.access)}'.`,
      ),
    !["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"].includes(protocol) &&
      refusal("SecurityRuleInvalidProtocol", `Security rule has invalid Protocol. Value provided: ${protocol}`),
    sideProblems(rule, id, "source"),
    sideProblems(rule, id, "destination"),
    badPrefixes.map((prefix) =>
      refusal(
        "SecurityRuleInvalidAddressPrefix",
        `Security rule has invalid Address prefix. Value provided: ${prefix}`,
      ),
    ),
    badPorts.map((ports) =>
      refusal(
        "SecurityRuleInvalidPortRange",
        `Security rule has invalid Port range. Value provided: ${ports}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`,
      ),
    ),
    text(rule.description).length > 140 &&
      refusal(
        "InvalidRequestFormat",
        `Cannot parse the request. Description of security rule ${id} is longer than 140 characters.`,
      ),
    !networkName.test(text(rule.name)) &&
      refusal(
        "InvalidResourceName",
        `Resource name ${text(rule.name)} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
      ),
  );
}

function duplicateNames(rules: readonly Properties[]): string[] {
  const names = rules.map((rule) => text(rule.name).toLowerCase());
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return twice.map((name) =>
    refusal("InvalidRequestFormat", `Cannot parse the request. Security rule name ${name} is used more than once.`),
  );
}

/**
 * A group that interfaces belong to or rules name.
 * Source: the message in github.com/Azure/azure-cli issue 12591, which shows no code; for rules
 * github.com/hashicorp/terraform-provider-azurerm issue 8989.
 */
function membersRemain({ id, outputs }: LiveResource, users: readonly LiveResource[]): string {
  const rules = users.flatMap((user) =>
    records(user.inputs.securityRules)
      .filter((rule) => everyText(rule).some(({ value }) => value.toLowerCase() === id.toLowerCase()))
      .map((rule) => text(rule.name)),
  );
  const members = holders(
    id,
    users.filter((user) => user.type !== groupType),
  );
  const by = [
    ...(members.length > 0
      ? [`IpConfiguration(s) ${members.map((member) => member.split("/").at(-1)!).join(", ")}`]
      : []),
    ...(rules.length > 0 ? [`SecurityRule(s) ${rules.join(", ")}`] : []),
  ];
  const says = `Application Security Group ${text(outputs.name)} cannot be deleted because it is referenced by ${by.join(" and ")}.`;
  return refusal("ApplicationSecurityGroupInUse", says);
}

/** Security groups. */
export const security: Readonly<Record<string, ResourceModel>> = {
  [groupType]: armModel({
    arm: "Microsoft.Network/networkSecurityGroups",
    apiVersion: "2024-05-01",
    nameInput: "networkSecurityGroupName",
    required: ["resourceGroupName"],
    source:
      "cloud-facts-azure 4.1 to 4.7; ARM error SecurityRuleConflict in hashicorp/terraform-provider-azurerm issue 11137",
    pattern: networkName,
    maxLength: 80,
    // Source: the message in github.com/pulumi/pulumi-azure-native issue 3051.
    inUse: {
      by: [subnetType, interfaceType, scaleSetType],
      says: ({ id }, users) =>
        refusal(
          "InUseNetworkSecurityGroupCannotBeDeleted",
          `Network security group ${id} cannot be deleted because it is in use by the following resources: ${users.map((user) => user.id).join(", ")}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
        ),
    },
    check(inputs, _world, id) {
      const rules = records(inputs.securityRules);
      return problems(
        priorityClashes(rules),
        duplicateNames(rules),
        // Source: github.com/Azure/azure-rest-api-specs issue 3003.
        rules.length > 1000 &&
          refusal("SecurityRuleCountLimitReached", "A security group cannot have more than 1000 security rules."),
        rules.flatMap((rule) => ruleProblems(rule, `${id}/securityRules/${text(rule.name)}`)),
      );
    },
    outputs: (inputs, world, { urn, id }) => ({
      resourceGuid: uuid(world, urn),
      securityRules: records(inputs.securityRules).map((rule) => ({
        ...rule,
        id: `${id}/securityRules/${text(rule.name)}`,
      })),
      ...(given(inputs.securityRules) ? {} : { securityRules: [] }),
    }),
  }),
  "azure-native:network:ApplicationSecurityGroup": armModel({
    arm: "Microsoft.Network/applicationSecurityGroups",
    apiVersion: "2024-05-01",
    nameInput: "applicationSecurityGroupName",
    required: ["resourceGroupName"],
    source: "cloud-facts-azure 4.2; ARM naming rules",
    pattern: networkName,
    maxLength: 80,
    inUse: { by: [interfaceType, scaleSetType, groupType], says: membersRemain },
    outputs: (_inputs, world, { urn }) => ({ resourceGuid: uuid(world, urn) }),
  }),
};
