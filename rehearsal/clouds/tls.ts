/**
 * The tls provider. Keys have the outward form of real ones and open nothing.
 */
import type { CloudModel, Properties, ResourceModel, World } from "../model";
import { hexDigits, number, text } from "./values";

const source =
  "github.com/hashicorp/terraform-provider-tls, resource private_key: every argument has the plan modifier RequiresReplace";
const base64Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** One field of an SSH public key: four bytes of length, then the bytes. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const drawn = (world: World, seed: string, size: number): Buffer =>
  Buffer.from(world.random(seed, 2 * size, hexDigits), "hex");

function openssh(inputs: Properties, world: World, urn: string): string {
  if (inputs.algorithm === "RSA") {
    const modulus = Buffer.concat([
      Buffer.from([0, 0xc5]),
      drawn(world, urn, (number(inputs.rsaBits) ?? 2048) / 8 - 1),
    ]);
    const key = Buffer.concat([field(Buffer.from("ssh-rsa")), field(Buffer.from([1, 0, 1])), field(modulus)]);
    return `ssh-rsa ${key.toString("base64")}\n`;
  }
  const key = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(drawn(world, urn, 32))]);
  return `ssh-ed25519 ${key.toString("base64")}\n`;
}

function pem(kind: string, body: string): string {
  return `-----BEGIN ${kind}-----\n${body.match(/.{1,64}/g)!.join("\n")}\n-----END ${kind}-----\n`;
}

const privateKey: ResourceModel = {
  required: ["algorithm"],
  source,
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  forcesReplacement: ["algorithm", "rsaBits", "ecdsaCurve"],
  check: (inputs) =>
    ["RSA", "ECDSA", "ED25519"].includes(text(inputs.algorithm))
      ? []
      : [`Attribute algorithm value must be one of: ["RSA" "ECDSA" "ED25519"], got: "${text(inputs.algorithm)}"`],
  create(inputs, world, { urn }) {
    const body = world.random(`${urn}#private`, 384, base64Characters);
    const outputs = {
      privateKeyPem: pem("PRIVATE KEY", body),
      privateKeyPemPkcs8: pem("PRIVATE KEY", body),
      privateKeyOpenssh: pem("OPENSSH PRIVATE KEY", body),
      publicKeyOpenssh: openssh(inputs, world, urn),
      publicKeyPem: pem("PUBLIC KEY", world.random(`${urn}#public`, 60, base64Characters)),
      publicKeyFingerprintMd5: world.random(`${urn}#md5`, 32, hexDigits).match(/../g)!.join(":"),
      publicKeyFingerprintSha256: `SHA256:${world.random(`${urn}#sha256`, 43, base64Characters)}`,
    };
    return { id: world.random(`${urn}#id`, 40, hexDigits), outputs };
  },
};

export const tls: CloudModel = {
  replacement: "givenName",
  keptInPreview: "all",
  stateOnly: true,
  resources: { "tls:index/privateKey:PrivateKey": privateKey },
  invokes: {},
};
