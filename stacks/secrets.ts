/**
 * Checks of the secret config keys. No message ever holds a value. Pure.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Problem } from "../components/errors";
import { type CertificateKeys, mainCertificate, namedByConfig, turnCertificate } from "./certificates";
import { pemBlocks } from "./pem";
import { touches, type RuleContext } from "./rules";
import { belongsElsewhere, type Kind } from "./schemas";
import { secretKeys, secretKeysOf, type SecretKey, type Settings } from "./settings";

/** One secret key of a config as it was read. */
export interface SecretInput {
  readonly value: string;
  /** Whether the stack file holds it encrypted. */
  readonly encrypted: boolean;
}

export type SecretInputs = Readonly<Partial<Record<SecretKey, SecretInput>>>;

/** How every stand-in for a secret begins, as it is or once its base64 is undone. It is no secret. */
export const placeholderMark = "rehearsal-placeholder";

/** Whether a value stands for a secret that a rehearsal does not have. Such a value may stand in plain text. */
export function isRehearsalPlaceholder(value: string): boolean {
  return (
    value.startsWith(placeholderMark) || Buffer.from(value, "base64").toString("latin1").startsWith(placeholderMark)
  );
}

interface SecretContext extends Omit<RuleContext, "facts"> {
  readonly secrets: SecretInputs;
}

/** Signs that pass unchanged through the installer's command line and every settings file. */
const safe = /^[A-Za-z0-9._=+/:@%,-]+$/;
const meetText = /^[A-Za-z0-9_-]+$/;

const rules: Readonly<Record<SecretKey, { readonly pattern: RegExp; readonly what: string }>> = {
  license: { pattern: safe, what: "a licence key of letters, digits and . _ = + / : @ % , -" },
  meetAdminPassword: { pattern: meetText, what: "made of letters, digits, _ and - only" },
  meetApiKey: { pattern: meetText, what: "made of letters, digits, _ and - only" },
  certificatePrivateKey: { pattern: /^[A-Za-z0-9+/=\s]+$/, what: "a PEM private key in base64" },
  turnCertificatePrivateKey: { pattern: /^[A-Za-z0-9+/=\s]+$/, what: "a PEM private key in base64" },
  sshPrivateKey: {
    pattern:
      /^-----BEGIN (?:OPENSSH |RSA |EC )?PRIVATE KEY-----\s[A-Za-z0-9+/=\s]+-----END (?:OPENSSH |RSA |EC )?PRIVATE KEY-----\s*$/,
    what: "a private SSH key without a passphrase, from the line with BEGIN to the line with END",
  },
  s3SecretKey: { pattern: safe, what: "a secret key of letters, digits and . _ = + / : @ % , -" },
  openviduSecret: { pattern: meetText, what: "made of letters, digits, _ and - only" },
  elasticsearchPassword: { pattern: /^.{6,}$/s, what: "of at least 6 characters" },
  mongoUri: {
    pattern: /^mongodb(?:\+srv)?:\/\/[A-Za-z0-9._~:/?#[\]@!$&()*+,;=%-]+$/,
    what: 'an address that begins with "mongodb://" or "mongodb+srv://" and has no blanks or quotes',
  },
};

/** Everything that is wrong with the secret keys of a config. */
export function secretProblems(context: SecretContext): Problem[] {
  return [
    ...secretKeys.flatMap((key) => given(key, context)),
    ...missing(context),
    ...missingOfTurn(context),
    ...keysOfCertificates(context),
  ];
}

export const setCommand = (key: SecretKey, stackName: string) => `pulumi config set --secret -s ${stackName} ${key}`;

/** What holds for a secret of any stack: encrypted, in the right form, and of use to the stack. */
export function formProblems(
  key: SecretKey,
  { value, encrypted }: SecretInput,
  { settings, stackName }: { readonly settings: Settings; readonly stackName: string },
): Problem[] {
  const problems: Problem[] = [];
  if (!encrypted) {
    problems.push({
      path: key,
      reason: `is given in plain text; take it out of the file, replace it where it came from, and run "${setCommand(key, stackName)}"`,
    });
  }
  if (!rules[key].pattern.test(value)) {
    problems.push({ path: key, reason: `the value must be ${rules[key].what}` });
  }
  const has = (kind: Kind): boolean => secretKeysOf(kind).includes(key);
  const elsewhere = has(settings) ? undefined : belongsElsewhere(settings, has);
  if (elsewhere !== undefined) problems.push({ path: key, reason: elsewhere });
  return problems;
}

function given(key: SecretKey, context: SecretContext): Problem[] {
  const { secrets, settings, broken } = context;
  const input = secrets[key];
  if (input === undefined || isRehearsalPlaceholder(input.value)) return [];
  const problems = formProblems(key, input, context);
  const forMeet = key === "meetAdminPassword" || key === "meetApiKey";
  if (forMeet && !settings.modules.has("openviduMeet") && !touches(broken, "modules")) {
    problems.push({ path: key, reason: "has no use while openvidu:modules.openviduMeet is false; remove one of them" });
  }
  return problems;
}

function missing({ config, secrets, settings, stackName, broken }: SecretContext): Problem[] {
  const problems: Problem[] = [];
  if (secrets.license === undefined) {
    problems.push({ path: "license", reason: `is missing; run "${setCommand("license", stackName)}"` });
  }
  problems.push(...missingOnPremises({ config, secrets, settings, stackName, broken }));
  if (touches(broken, "certificate")) return problems;
  const own = settings.certificate.kind === "owncert";
  if (own && secrets.certificatePrivateKey === undefined) {
    const reason = `is missing; certificate kind "owncert" needs it: run "${setCommand("certificatePrivateKey", stackName)}"`;
    problems.push({ path: "certificatePrivateKey", reason });
  }
  if (!own && secrets.certificatePrivateKey !== undefined) {
    const instead = settings.certificate.kind === "external" ? "" : ' or use "owncert"';
    const reason = `has no use with ${namedByConfig(settings.certificate)}; remove it${instead}`;
    problems.push({ path: "certificatePrivateKey", reason });
  }
  return problems;
}

function missingOnPremises({ config, secrets, settings, stackName, broken }: SecretContext): Problem[] {
  if (config.cloud !== "onprem") return [];
  const problems: Problem[] = [];
  const agent = config.ssh?.agent ?? false;
  if (!touches(broken, "ssh") && agent === (secrets.sshPrivateKey !== undefined)) {
    const reason = agent
      ? "has no use while openvidu:ssh.agent is true; remove one of them"
      : `is missing; run "${setCommand("sshPrivateKey", stackName)} < <file>", or set openvidu:ssh.agent to true`;
    problems.push({ path: "sshPrivateKey", reason });
  }
  const s3 = settings.onPremises?.s3 !== undefined;
  if (!touches(broken, "storage") && s3 !== (secrets.s3SecretKey !== undefined)) {
    const reason = s3
      ? `is missing; openvidu:storage.s3 needs it: run "${setCommand("s3SecretKey", stackName)}"`
      : "has no use without openvidu:storage.s3; remove one of them";
    problems.push({ path: "s3SecretKey", reason });
  }
  return problems;
}

/** TURN's own private key stands and falls with its own chain. */
function missingOfTurn({ secrets, settings, stackName, broken }: SecretContext): Problem[] {
  const path = turnCertificate.privateKey;
  const wanted = settings.certificate.kind === "owncert" && settings.turn?.chain !== undefined;
  if (touches(broken, "turn") || touches(broken, "certificate") || wanted === (secrets[path] !== undefined)) return [];
  const reason = wanted
    ? `is missing; openvidu:${turnCertificate.chain} needs it: run "${setCommand(path, stackName)}"`
    : `has no use without openvidu:${turnCertificate.chain} and certificate kind "owncert"; remove it`;
  return [{ path, reason }];
}

/** What Key Vault and Secrets Manager leave for certificates in a bundle (25 KB and 64 KB with everything else). */
const mostCertificateText = { aws: 56_000, azure: 20_000, onprem: 200_000 } as const;

function keysOfCertificates({ secrets, settings, broken }: SecretContext): Problem[] {
  const { certificate, cloud, turn } = settings;
  if (certificate.kind !== "owncert" || touches(broken, "certificate")) return [];
  const given = [
    { keys: mainCertificate, chain: certificate.chain },
    { keys: turnCertificate, chain: touches(broken, "turn") ? undefined : turn?.chain },
  ].flatMap(({ keys, chain }) => {
    const key = secrets[keys.privateKey]?.value;
    return chain !== undefined && key !== undefined ? [{ keys, chain, key }] : [];
  });
  const length = given.reduce((sum, { chain, key }) => sum + chain.length + key.length, 0);
  if (length > mostCertificateText[cloud]) {
    const what = given.length > 1 ? "both chains and private keys" : "chain and private key";
    const reason = `is too long: ${what} have ${length} characters, and ${mostCertificateText[cloud]} fit into a secret of ${cloud}`;
    return [{ path: mainCertificate.chain, reason }];
  }
  return given.flatMap(({ keys, chain, key }) => keyProblems(keys, chain, key));
}

/** What is wrong with a private key for its chain; an unknown key, as in a rehearsal, is taken as it is. */
function keyProblems({ chain: chainKey, privateKey: path }: CertificateKeys, chain: string, value: string): Problem[] {
  if (isRehearsalPlaceholder(value) || !rules[path].pattern.test(value)) return [];
  const leaf = parsed(() => new X509Certificate(pemBlocks(chain, "CERTIFICATE")[0] ?? ""));
  const key = parsed(() => createPrivateKey(Buffer.from(value, "base64").toString("latin1")));
  if (key && (!leaf || leaf.checkPrivateKey(key))) return [];
  const reason = key
    ? `does not belong to the first certificate of openvidu:${chainKey}`
    : "the value must be a PEM private key in base64, without a passphrase";
  return [{ path, reason }];
}

/** What `parse` makes of a text; nothing if it cannot read it. A bad certificate is reported by its own rule. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
