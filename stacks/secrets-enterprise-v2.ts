/**
 * Checks of the secret config keys of Enterprise v2, which reach the masters in user data and must survive the way.
 */
import type { Problem } from "../components/errors";
import { corruption } from "../openvidu/enterprise-v2";
import { touches } from "./rules";
import type { EnterpriseV2RuleContext } from "./rules-enterprise-v2";
import { formProblems, isRehearsalPlaceholder, type SecretInputs, setCommand } from "./secrets";
import { secretKeys, secretKeysOf, type SecretKey } from "./settings";

interface SecretContext extends EnterpriseV2RuleContext {
  readonly secrets: SecretInputs;
}

/** Everything that is wrong with the secret keys of a config. No message holds a value. */
export function enterpriseV2SecretProblems(context: SecretContext): Problem[] {
  return [...secretKeys.flatMap((key) => given(key, context)), ...missing(context), ...asPassword(context)];
}

function given(key: SecretKey, context: SecretContext): Problem[] {
  const input = context.secrets[key];
  if (input === undefined || isRehearsalPlaceholder(input.value)) return [];
  const reason = secretKeysOf(context.settings).includes(key) ? corruption(input.value) : undefined;
  return [
    ...formProblems(key, input, context),
    ...(reason === undefined ? [] : [{ path: key, reason: `the value ${reason}; choose another` }]),
  ];
}

function missing({ secrets, settings, stackName, broken }: SecretContext): Problem[] {
  const problems: Problem[] = [];
  if (secrets.license === undefined) {
    problems.push({ path: "license", reason: `is missing; run "${setCommand("license", stackName)}"` });
  }
  if (touches(broken, "elasticsearch")) return problems;
  const wanted = settings.elasticsearch !== undefined;
  if (wanted !== (secrets.elasticsearchPassword !== undefined)) {
    const reason = wanted
      ? `is missing; openvidu:elasticsearch needs it: run "${setCommand("elasticsearchPassword", stackName)}"`
      : "has no use without openvidu:elasticsearch; remove one of them";
    problems.push({ path: "elasticsearchPassword", reason });
  }
  return problems;
}

/** Where the Redis service asks for a password, it is the OpenVidu secret. Source: reference/cloud-facts-aws.md 11. */
function asPassword({ secrets: { openviduSecret }, settings }: SecretContext): Problem[] {
  const value = openviduSecret?.value;
  if (value === undefined || isRehearsalPlaceholder(value) || !settings.sessionStore.transitEncryption) return [];
  if (/^[A-Za-z0-9-]{16,128}$/.test(value)) return [];
  const reason =
    "is the password of the Redis service too while openvidu:sessionStore.transitEncryption is true; it must have 16 to 128 letters, digits and hyphens, without an underscore";
  return [{ path: "openviduSecret", reason }];
}
