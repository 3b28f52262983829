/**
 * Opens config values that Pulumi encrypted with a passphrase. Source: sdk/go/common/resource/config/crypt.go and
 * pkg/secrets/passphrase/manager.go of Pulumi 3.248: AES-256-GCM under a key by PBKDF2 with SHA-256.
 */
import { createDecipheriv, pbkdf2Sync } from "node:crypto";

const iterations = 1_000_000;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Plaintext that Pulumi stores with the salt, by which a wrong passphrase shows. */
const proof = "pulumi";

/** Why a value stays closed, as a clause for a person. */
export class LockedError extends Error {}

/** Opens single values. */
export type Decrypter = (ciphertext: string) => string;

/**
 * A decrypter for the values of one stack file.
 * @param encryptionSalt the file's `encryptionsalt`: `v1:<salt>:v1:<nonce>:<ciphertext>`
 * @throws LockedError when the passphrase is wrong or the salt is not Pulumi's
 */
export function passphraseDecrypter(passphrase: string, encryptionSalt: string): Decrypter {
  const [version, salt, ...check] = encryptionSalt.split(":");
  if (version !== "v1" || !salt || check.length !== 3) throw new LockedError("encryptionsalt is not in Pulumi's form");
  const key = pbkdf2Sync(passphrase, Buffer.from(salt, "base64"), iterations, keyBytes, "sha256");
  const open: Decrypter = (ciphertext) => decrypt(key, ciphertext);
  try {
    if (open(check.join(":")) === proof) return open;
  } catch {
    // A wrong key does not open the proof: the same as a proof that reads differently.
  }
  throw new LockedError("the passphrase is wrong");
}

function decrypt(key: Buffer, value: string): string {
  const [version, nonceText, sealedText] = value.split(":");
  const nonce = Buffer.from(nonceText ?? "", "base64");
  const sealed = Buffer.from(sealedText ?? "", "base64");
  if (version !== "v1" || nonce.length !== nonceBytes || sealed.length < tagBytes) {
    throw new LockedError("the encrypted value is not in Pulumi's form");
  }
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
  } catch {
    throw new LockedError("the encrypted value belongs to another passphrase");
  }
}
