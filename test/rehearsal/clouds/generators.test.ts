/**
 * The simulated random and tls providers, and the explicit providers.
 */
import assert from "node:assert/strict";
import type { Properties } from "../../../rehearsal/model";
import { type Rule, Stage, testRules } from "./stage";

const password = "random:index/randomPassword:RandomPassword";
const bytes = "random:index/randomBytes:RandomBytes";
const key = "tls:index/privateKey:PrivateKey";
const stage = (): Stage => new Stage({});

const rules: Omit<Rule, "stage">[] = [
  {
    title: "a password has a character",
    type: password,
    accepted: () => ({ length: 1 }),
    change: { length: 0 },
    says: "Attribute length value must be at least 1, got: 0",
  },
  {
    title: "a password is as long as its parts",
    type: password,
    accepted: () => ({ length: 4, minUpper: 2, minLower: 2 }),
    change: { length: 3 },
    says: "must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 3",
  },
  {
    title: "random bytes are at least one",
    type: bytes,
    accepted: () => ({ length: 1 }),
    change: { length: 0 },
    says: "Attribute length value must be at least 1, got: 0",
  },
  {
    title: "a key's algorithm is known",
    type: key,
    accepted: () => ({ algorithm: "ED25519" }),
    change: { algorithm: "DSA" },
    says: 'got: "DSA"',
  },
  {
    title: "an AWS provider has a region",
    type: "pulumi:providers:aws",
    accepted: () => ({ region: "us-gov-west-1" }),
    change: { region: "Ireland" },
    says: "invalid AWS Region: Ireland",
  },
];

describe("simulated random and tls", () => {
  testRules(rules.map((rule) => ({ ...rule, stage })));

  const drawn = (inputs: Properties, name = "p"): string => String(stage().add(password, name, inputs).outputs.result);

  it("a password has the wanted length and characters", () => {
    assert.match(drawn({ length: 44, special: false }), /^[A-Za-z0-9]{44}$/);
    assert.match(drawn({ length: 12, upper: false, lower: false, special: false }), /^\d{12}$/);
    assert.match(drawn({ length: 8, upper: false, lower: false, numeric: false, overrideSpecial: "_" }), /^_{8}$/);
    const mixed = drawn({ length: 8, minUpper: 2, minLower: 2, minNumeric: 2, minSpecial: 2 });
    for (const kind of [/[A-Z]/g, /[a-z]/g, /\d/g, /[^A-Za-z\d]/g]) assert.equal(mixed.match(kind)?.length, 2, mixed);
  });

  it("a password is the same in every rehearsal and another for another resource", () => {
    assert.equal(drawn({ length: 20 }), drawn({ length: 20 }));
    assert.notEqual(drawn({ length: 20 }), drawn({ length: 20 }, "q"));
  });

  it("random bytes are the same in both notations", () => {
    const { hex, base64 } = stage().add(bytes, "b", { length: 32 }).outputs;
    assert.equal(Buffer.from(String(hex), "hex").length, 32);
    assert.equal(Buffer.from(String(hex), "hex").toString("base64"), base64);
  });

  it("a public key is of the form that clouds accept", () => {
    for (const algorithm of ["ED25519", "RSA"]) {
      const publicKey = String(stage().add(key, "k", { algorithm }).outputs.publicKeyOpenssh);
      const refusals = new Stage({ region: "eu-west-1" }).refusals("aws:ec2/keyPair:KeyPair", { publicKey });
      assert.deepEqual(refusals, []);
      const [kind, body] = publicKey.split(" ");
      assert.equal(
        Buffer.from(body!, "base64")
          .subarray(4, 4 + kind!.length)
          .toString(),
        kind,
      );
    }
  });
});
