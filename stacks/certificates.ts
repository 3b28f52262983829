/**
 * Checks of the certificates that a config names, for the main domain and for TURN's own alike. Pure.
 */
import { X509Certificate } from "node:crypto";
import type { Problem } from "../components/errors";
import { pemBlocks } from "./pem";
import type { ClusterSettings, SecretKey, Settings } from "./settings";

/** A domain with its certificate: where each stands in the config. */
export interface CertificateKeys {
  readonly domain: string;
  readonly arn: string;
  readonly chain: string;
  readonly privateKey: SecretKey;
}

export const mainCertificate: CertificateKeys = {
  domain: "domain",
  arn: "certificate.arn",
  chain: "certificate.chain",
  privateKey: "certificatePrivateKey",
};

export const turnCertificate: CertificateKeys = {
  domain: "turn.domain",
  arn: "turn.certificateArn",
  chain: "turn.chain",
  privateKey: "turnCertificatePrivateKey",
};

/** What in the config decides who has the certificate: its kind, or the load balancer of the customer's own. */
export function namedByConfig({ kind }: ClusterSettings["certificate"]): string {
  return kind === "external" ? 'entry kind "loadBalancer"' : `certificate kind "${kind}"`;
}

const quoted = (value: string): string => JSON.stringify(value);

/** ACM takes a longer name only as a further one. Source: reference/cloud-facts-aws.md 8. */
const longestAcmDomain = 64;

/** What keeps the cloud's load balancer from using a certificate of ACM: one that is named, or a new one for the domain. */
export function acmProblems(
  keys: CertificateKeys,
  domain: string,
  arn: string | undefined,
  { dns, region }: Pick<Settings, "dns" | "region">,
): Problem[] {
  if (arn !== undefined) {
    const reason = `${quoted(arn)} lies in another region than the load balancer; it must be one of ${region}`;
    return arn.split(":")[3] === region ? [] : [{ path: keys.arn, reason }];
  }
  const problems: Problem[] = [];
  if (domain.length > longestAcmDomain) {
    const reason = `has ${domain.length} characters; a certificate of ACM takes at most ${longestAcmDomain}, unless openvidu:${keys.arn} names one`;
    problems.push({ path: keys.domain, reason });
  }
  if (dns.kind === "azure-dns") {
    const reason =
      'is missing; a new certificate of ACM is proven in Route 53 or by hand, so with dns kind "azure-dns" name an existing one';
    problems.push({ path: keys.arn, reason });
  }
  return problems;
}

/** What is wrong with a PEM chain in base64 for a domain; without a domain it may be for any. */
export function chainProblems(keys: CertificateKeys, chain: string, domain: string | undefined): Problem[] {
  const problem = (reason: string): Problem[] => [{ path: keys.chain, reason }];
  const [leaf, ...issuers] = pemBlocks(chain, "CERTIFICATE");
  if (leaf === undefined)
    return problem('the value must be base64 of a PEM text that begins with "-----BEGIN CERTIFICATE-----"');
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(Buffer.from(chain, "base64").toString("latin1"))) {
    const instead = `give the key as the secret openvidu:${keys.privateKey}, and replace it, for it was in plain text`;
    return problem(`holds a private key; ${instead}`);
  }
  try {
    const first = new X509Certificate(leaf);
    issuers.forEach((issuer) => new X509Certificate(issuer));
    if (domain === undefined || first.checkHost(domain) !== undefined) return [];
    return problem(`its first certificate is not made for the domain ${quoted(domain)}`);
  } catch {
    return problem("holds something that is not an X.509 certificate");
  }
}
