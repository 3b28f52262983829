/**
 * Simulated Azure DNS records and monitoring settings.
 */
import type { Properties, ResourceModel, World } from "../../model";
import { given, number, problems, record, records, text } from "../values";
import { armModel, armExists, groupId, refusal } from "./arm";

const recordSetType = "azure-native:dns:RecordSet";

function recordId(inputs: Properties, world: World): string {
  const { zoneName, recordType, relativeRecordSetName } = inputs;
  const zone = `${groupId(world, text(inputs.resourceGroupName))}/providers/Microsoft.Network/dnsZones/${text(zoneName)}`;
  return `${zone}/${text(recordType)}/${text(relativeRecordSetName)}`;
}

/** Which list holds the values of a record type. */
const values: Readonly<Record<string, string>> = {
  A: "aRecords",
  AAAA: "aaaaRecords",
  CNAME: "cnameRecord",
  TXT: "txtRecords",
};

function valueProblems(inputs: Properties): string[] {
  const type = text(inputs.recordType);
  const alias = given(record(inputs.targetResource).id);
  const field = values[type];
  const filled = field !== undefined && given(inputs[field]);
  const invalid = records(inputs.aRecords)
    .map((one) => text(one.ipv4Address))
    .filter((ip) => !/^\d{1,3}(\.\d{1,3}){3}$/.test(ip));
  return problems(
    !field && refusal("BadRequest", `The record type '${type}' is not supported.`),
    alias && filled && refusal("BadRequest", "A record set with a target resource cannot have records of its own."),
    field !== undefined &&
      !alias &&
      !filled &&
      refusal("BadRequest", `The record set of type '${type}' must have at least one record.`),
    number(inputs.ttl) === undefined &&
      !alias &&
      refusal("BadRequest", "The time-to-live of the record set is required."),
    invalid.map((ip) => refusal("BadRequest", `The value '${ip}' is not a valid IPv4 address.`)),
    type === "CNAME" &&
      text(inputs.relativeRecordSetName) === "@" &&
      refusal("BadRequest", "A CNAME record set cannot be created at the zone apex."),
  );
}

const recordSet: ResourceModel = (() => {
  const base = armModel({
    arm: "Microsoft.Network/dnsZones",
    apiVersion: "2023-07-01-preview",
    nameInput: "zoneName",
    required: [],
    source: "",
    located: false,
  });
  return {
    required: ["recordType", "resourceGroupName", "zoneName"],
    source: "cloud-facts-azure 9.1 to 9.3; learn.microsoft.com/azure/dns/dns-alias",
    naming: { input: "relativeRecordSetName", auto: "copy", maxLength: 255 },
    forcesReplacement: ["relativeRecordSetName", "recordType", "resourceGroupName", "zoneName"],
    check(inputs: Properties, world: World) {
      const zone = recordId(inputs, world).split("/").slice(0, -2).join("/");
      const target = text(record(inputs.targetResource).id);
      const twin = world
        .ofType(recordSetType)
        .some((other) => other.id.toLowerCase() === recordId(inputs, world).toLowerCase());
      return problems(
        !armExists(zone, world) &&
          refusal(
            "ParentResourceNotFound",
            `Can not perform requested operation on nested resource. Parent resource '${text(inputs.zoneName)}' not found.`,
          ),
        twin && `cannot create already existing resource '${recordId(inputs, world)}'`,
        target !== "" && !armExists(target, world) && refusal("NotFound", `The resource '${target}' was not found.`),
        valueProblems(inputs),
      );
    },
    create(inputs, world, resource) {
      const name = text(inputs.relativeRecordSetName);
      const fqdn = `${name === "@" ? "" : `${name}.`}${text(inputs.zoneName)}.`;
      const { outputs } = base.create(inputs, world, resource);
      return {
        id: recordId(inputs, world),
        outputs: { ...outputs, name, type: `Microsoft.Network/dnsZones/${text(inputs.recordType)}`, fqdn },
      };
    },
  };
})();

/** Records. */
export const dns: Readonly<Record<string, ResourceModel>> = { [recordSetType]: recordSet };
