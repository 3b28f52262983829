/**
 * What a domain of TURN's own has to do with the rest of a config, on every cloud. Pure.
 * Sources: reference/aws-reference.md 5.4, reference/azure-reference.md 5.5, reference/onprem-v2-reference.md A.8.
 */
import type { Problem } from "../components/errors";
import { versions } from "../openvidu/versions";
import { acmProblems, chainProblems, namedByConfig, turnCertificate } from "./certificates";
import type { CheckedConfig } from "./resolve";
import type { Rule, RuleContext } from "./rules";

const problem = (path: string, reason: string): Problem => ({ path, reason });

function checkDomain({ settings }: RuleContext): Problem[] {
  const { turn, domain, version, edition, onPremises } = settings;
  if (!turn) return [];
  const path = turnCertificate.domain;
  if (turn.domain === domain) return [problem(path, "must be another name than openvidu:domain")];
  if (versions[version].turn === "separateDomain") {
    const reason = "has no use without openvidu:domain; give both, or remove openvidu:turn";
    return domain === undefined ? [problem(path, reason)] : [];
  }
  if (onPremises?.entry === "external") return [];
  const unless = onPremises && edition === "ha" ? ' unless entry kind is "loadBalancer"' : "";
  const reason =
    `has no use in ${version}: since OpenVidu 3.6.0 TURN over TLS uses the main domain${unless}; ` +
    "remove openvidu:turn, or set openvidu:version to 3.5.0";
  return [problem(path, reason)];
}

function checkCertificate({ settings }: RuleContext): Problem[] {
  const { turn, certificate } = settings;
  if (!turn) return [];
  const { kind } = certificate;
  const problems: Problem[] = [];
  const useless = (path: string): Problem => problem(path, `has no use with ${namedByConfig(certificate)}; remove it`);
  if (kind === "acm") problems.push(...acmProblems(turnCertificate, turn.domain, turn.certificateArn, settings));
  else if (turn.certificateArn !== undefined) problems.push(useless(turnCertificate.arn));
  if (kind !== "owncert") return turn.chain === undefined ? problems : [...problems, useless(turnCertificate.chain)];
  if (turn.chain !== undefined) return [...problems, ...chainProblems(turnCertificate, turn.chain, turn.domain)];
  const missing = 'is missing; with certificate kind "owncert" the TURN domain needs a certificate too';
  return [...problems, problem(turnCertificate.chain, missing)];
}

export const turnRules: readonly Rule<CheckedConfig>[] = [
  { reads: ["turn", "domain", "version", "entry"], check: checkDomain },
  { reads: ["turn", "certificate", "region", "dns"], check: checkCertificate },
];
