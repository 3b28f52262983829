/**
 * Stand-ins for secrets that a rehearsal does not have. They are well-formed, so that the program accepts them, and say
 * what they are, so that nobody takes them for real.
 */
import { createECDH, createHash, createPrivateKey } from "node:crypto";
import { placeholderMark } from "../stacks/secrets";
import { base64Keys, type SecretKey } from "../stacks/settings";

/** A stand-in for each secret key of the config. */
export const placeholders: Readonly<Record<SecretKey, () => string>> = {
  license: () => `${placeholderMark}-licence`,
  meetAdminPassword: () => `${placeholderMark}-password`,
  meetApiKey: () => `${placeholderMark}-api-key`,
  certificatePrivateKey: markedPrivateKey,
  turnCertificatePrivateKey: markedPrivateKey,
  sshPrivateKey: () => `${placeholderMark}-ssh-key`,
  s3SecretKey: () => `${placeholderMark}-s3-key`,
  mongoUri: () => `${placeholderMark}-mongo`,
  openviduSecret: () => `${placeholderMark}-openvidu-secret`,
  elasticsearchPassword: () => `${placeholderMark}-elasticsearch`,
};

/**
 * What stands for a secret in files that a rehearsal keeps: another one for every value, from which nobody learns the
 * value.
 */
export function keptStandIn(key: SecretKey, value: string): string {
  const digest = createHash("sha256").update(`${placeholderMark} ${key} ${value}`).digest("hex").slice(0, 16);
  const text = `${placeholderMark}-${digest}`;
  return base64Keys.has(key) ? Buffer.from(text).toString("base64") : text;
}

/** Whether a value is one of the stand-ins. */
export function isPlaceholder(value: string): boolean {
  return Object.values(placeholders).some((make) => make() === value);
}

/** Below the mark, which readers of PEM pass over, a private key that everybody can compute. */
function markedPrivateKey(): string {
  return Buffer.from(`${placeholderMark}\n${privateKeyPem()}`).toString("base64");
}

/** The same every time. */
function privateKeyPem(): string {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(createHash("sha256").update(placeholderMark).digest());
  const point = curve.getPublicKey();
  const part = (from: number, to?: number): string => point.subarray(from, to).toString("base64url");
  const key = createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", d: curve.getPrivateKey().toString("base64url"), x: part(1, 33), y: part(33) },
  });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
