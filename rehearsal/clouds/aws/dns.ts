/**
 * Simulated certificates (ACM) and DNS records (Route 53).
 */
import type { Properties, ResourceModel, World } from "../../model";
import { isMissing } from "../existing";
import { given, hexDigits, number, problems, records, text, texts, uuid } from "../values";
import { accountId, arn, common, ownById, parseArn, refusal, regionOf, tagged } from "./account";
import { creationTime } from "./identity";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
export const certificateType = "aws:acm/certificate:Certificate";
const recordType = "aws:route53/record:Record";
const lower = "abcdefghijklmnopqrstuvwxyz0123456789";

/** The proof of ownership that ACM asks for; a wildcard shares the record of its domain. */
function validationOption(domain: string, world: World): Properties {
  const base = domain.replace(/^\*\./, "");
  return {
    domainName: domain,
    resourceRecordName: `_${world.random(`acm name ${base}`, 32, hexDigits)}.${base}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${world.random(`acm value ${base}`, 32, hexDigits)}.${world.random(`acm zone ${base}`, 10, lower)}.acm-validations.aws.`,
  };
}

const certificate: ResourceModel = {
  required: [],
  source: `${tf}/acm/certificate.go; ACM RequestCertificate API reference (first name up to 64 characters); cloud-facts-aws 8`,
  secretOutputs: ["privateKey", "privateKeyWo"],
  forcesReplacement: [
    "domainName",
    "subjectAlternativeNames",
    "validationMethod",
    "validationOptions",
    "keyAlgorithm",
    "certificateAuthorityArn",
    "region",
  ],
  // Write-only: the version number beside it says that it changed.
  notCompared: ["privateKeyWo"],
  recomputed: tagged,
  inUse: {
    by: ["aws:lb/listener:Listener"],
    says: ({ id }) => {
      const says = `Certificate ${id} in account ${accountId} is in use.`;
      return refusal("ACM", "DeleteCertificate", "ResourceInUseException", says);
    },
  },
  check(inputs) {
    const domain = text(inputs.domainName);
    const imported = given(inputs.privateKey) || given(inputs.certificateBody);
    const valid = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;
    const refuse = (code: string, says: string): string => refusal("ACM", "RequestCertificate", code, says);
    if (imported) return [];
    return problems(
      !domain && '"domain_name": one of `domain_name,private_key,private_key_wo` must be specified',
      domain.length > 64 &&
        refuse("InvalidDomainValidationOptionsException", "The first domain name can be no longer than 64 characters."),
      [domain, ...texts(inputs.subjectAlternativeNames)]
        .filter((name) => name !== "" && !valid.test(name))
        .map(() =>
          refuse(
            "ValidationException",
            "1 validation error detected: Value at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern",
          ),
        ),
      given(inputs.validationMethod) &&
        !["DNS", "EMAIL", "HTTP"].includes(text(inputs.validationMethod)) &&
        `expected validation_method to be one of ["DNS" "EMAIL" "HTTP"], got ${text(inputs.validationMethod)}`,
    );
  },
  create(inputs, world, { urn }) {
    const own = arn("acm", regionOf(inputs, world), `certificate/${uuid(world, urn)}`);
    const names = [...new Set([text(inputs.domainName), ...texts(inputs.subjectAlternativeNames)])].filter(Boolean);
    return {
      id: own,
      outputs: {
        ...common(inputs, world),
        arn: own,
        domainValidationOptions: names.map((name) => validationOption(name, world)),
        subjectAlternativeNames: names,
        status: "PENDING_VALIDATION",
        type: "AMAZON_ISSUED",
      },
    };
  },
};

const certificateValidation: ResourceModel = {
  required: ["certificateArn"],
  source: `${tf}/acm/certificate_validation.go`,
  forcesReplacement: ["certificateArn", "validationRecordFqdns", "region"],
  check(inputs, world) {
    const id = text(inputs.certificateArn);
    const made = ownById(world, certificateType, id);
    const parts = parseArn(id);
    const foreign = parts?.service === "acm" && parts.region === regionOf(inputs, world) && !isMissing(world, id);
    if (!made) {
      return foreign
        ? []
        : [refusal("ACM", "DescribeCertificate", "ResourceNotFoundException", `Could not find certificate ${id}.`)];
    }
    const bare = (name: string): string => name.replace(/\.$/, "");
    const proofs = new Set(texts(inputs.validationRecordFqdns).map(bare));
    const missing = records(made.outputs.domainValidationOptions)
      .map((option) => text(option.resourceRecordName))
      .filter((name) => proofs.size > 0 && !proofs.has(bare(name)));
    return missing.map((name) => `missing ${text(made.inputs.domainName)} DNS validation record: ${name}`);
  },
  create: (inputs, world, { urn }) => ({ id: issuedAt(world, urn), outputs: { region: regionOf(inputs, world) } }),
};

/** When a certificate was issued, which is the id of its proof: no two certificates of a stack at the same time. */
function issuedAt(world: World, urn: string): string {
  const seconds = Number.parseInt(uuid(world, urn).slice(0, 8), 16) % 86_400;
  return new Date(Date.parse(creationTime) + seconds * 1000).toISOString().replace(".000", "");
}

const dnsRecord: ResourceModel = {
  required: ["name", "type", "zoneId"],
  source: `${tf}/route53/record.go; Route 53 ChangeResourceRecordSets API reference`,
  // Another type or set is a deletion and a creation in one change batch, without a replacement.
  forcesReplacement: ["zoneId", "name"],
  check(inputs, world) {
    const [zone, name, type] = [text(inputs.zoneId), text(inputs.name).replace(/\.$/, ""), text(inputs.type)];
    const refuse = (code: string, says: string): string => refusal("Route 53", "ChangeResourceRecordSets", code, says);
    const alias = given(inputs.aliases) && records(inputs.aliases).length > 0;
    const plain = given(inputs.records);
    const twin = world
      .ofType(recordType)
      .some(
        (other) =>
          text(other.inputs.zoneId) === zone &&
          text(other.inputs.name).replace(/\.$/, "") === name &&
          other.inputs.type === type,
      );
    return problems(
      (!/^Z[A-Z0-9]{1,31}$/.test(zone.replace(/^\/hostedzone\//, "")) || isMissing(world, zone)) &&
        refuse("NoSuchHostedZone", `No hosted zone found with ID: ${zone}`),
      alias && plain && '"alias": conflicts with records',
      alias && given(inputs.ttl) && '"alias": conflicts with ttl',
      !alias && !plain && '"records": one of `alias,records` must be specified',
      plain && number(inputs.ttl) === undefined && '"ttl": all of `records,ttl` must be specified',
      twin &&
        inputs.allowOverwrite !== true &&
        refuse(
          "InvalidChangeBatch",
          `[Tried to create resource record set [name='${name}.', type='${type}'] but it already exists]`,
        ),
      type === "A" &&
        plain &&
        texts(inputs.records)
          .filter((value) => !/^\d{1,3}(\.\d{1,3}){3}$/.test(value))
          .map((value) =>
            refuse(
              "InvalidChangeBatch",
              `[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '${value}'']`,
            ),
          ),
    );
  },
  create(inputs) {
    const name = text(inputs.name).replace(/\.$/, "");
    return { id: `${text(inputs.zoneId)}_${name}_${text(inputs.type)}`, outputs: { fqdn: name } };
  },
};

/** Certificates and records. */
export const dns: Readonly<Record<string, ResourceModel>> = {
  [certificateType]: certificate,
  "aws:acm/certificateValidation:CertificateValidation": certificateValidation,
  [recordType]: dnsRecord,
};
