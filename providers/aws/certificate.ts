/**
 * Certificate on AWS: a public ACM certificate, validated by DNS.
 * Guarantees: nobody is handed the certificate before it is valid. With a hosted zone the proof is placed in it;
 * without one `up` waits for the operator, who finds the record in the log and among the stack's outputs.
 */
import * as pulumi from "@pulumi/pulumi";
import * as acm from "@pulumi/aws/acm";
import * as route53 from "@pulumi/aws/route53";
import { type Certificate, type CertificateArgs, certificateToken } from "../../components/certificate";
import type { DnsRecord } from "../../components/domain-name";
import { type Problem, throwIfAny } from "../../components/errors";
import { named } from "./support";

/** ACM takes a longer name only as a further one. Source: reference/cloud-facts-aws.md 8. */
const longestDomain = 64;

/** How long to wait for a valid certificate: where the record is made here, and where a person has to make it. */
const validationTimeouts = { automatic: "20m", manual: "60m" };

const proofTtlSeconds = 300;

export class AwsCertificate extends pulumi.ComponentResource implements Certificate {
  public readonly certificateId: pulumi.Output<string>;
  public readonly manualRecords: pulumi.Output<DnsRecord[]>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super(certificateToken, name, {}, opts);
    throwIfAny(`certificate "${name}"`, validateAwsCertificate(args));

    const self = { parent: this };
    const certificate = new acm.Certificate(
      name,
      { domainName: args.domain, validationMethod: "DNS", tags: named(args.tags, name) },
      self,
    );
    // One name has one proof.
    const proof = certificate.domainValidationOptions.apply(([option]): DnsRecord => ({
      name: withoutRootDot(option?.resourceRecordName ?? ""),
      type: "CNAME",
      value: withoutRootDot(option?.resourceRecordValue ?? ""),
    }));
    const fqdn = args.zoneId === undefined ? askOperator() : placeProof(args.zoneId);
    const validation = new acm.CertificateValidation(
      name,
      { certificateArn: certificate.arn, validationRecordFqdns: [fqdn] },
      { ...self, customTimeouts: { create: validationTimeouts[args.zoneId === undefined ? "manual" : "automatic"] } },
    );

    this.certificateId = validation.certificateArn;
    this.manualRecords = args.zoneId === undefined ? proof.apply((record) => [record]) : pulumi.output([]);
    this.registerOutputs({ certificateId: this.certificateId, manualRecords: this.manualRecords });

    function placeProof(zoneId: string): pulumi.Output<string> {
      const record = new route53.Record(
        `${name}-proof`,
        {
          zoneId,
          name: proof.name,
          type: "CNAME",
          records: [proof.value],
          ttl: proofTtlSeconds,
          // ACM asks for the same record for every certificate of a name; an earlier one may have left it behind.
          allowOverwrite: true,
        },
        self,
      );
      return record.fqdn;
    }

    function askOperator(): pulumi.Output<string> {
      return proof.apply(async (record) => {
        const message = `the update waits until this DNS record exists; make it now, if it does not: ${record.name} ${record.type} ${record.value}`;
        if (!pulumi.runtime.isDryRun()) await pulumi.log.info(message, certificate);
        return record.name;
      });
    }
  }
}

function withoutRootDot(name: string): string {
  return name.replace(/\.$/, "");
}

/** What is wrong with the arguments on AWS. */
export function validateAwsCertificate({ domain }: CertificateArgs): Problem[] {
  if (domain.length <= longestDomain) return [];
  return [
    { path: "domain", reason: `ACM takes at most ${longestDomain} characters, "${domain}" has ${domain.length}` },
  ];
}
