import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { LockedError, passphraseDecrypter } from "../../rehearsal/passphrase";
import { isPlaceholder, placeholders } from "../../rehearsal/placeholders";
import { splitArguments } from "../../rehearsal/project-file";
import { availableStacks, readStackFile, StackFileError, withEdits, withoutSecrets } from "../../rehearsal/stack-file";
import { isRehearsalPlaceholder } from "../../stacks/secrets";

/** Encrypted by the Pulumi CLI 3.248 with the passphrase "rehearsal". */
const encrypted = path.join(__dirname, "../fixtures/encrypted");
const passphrase = { PULUMI_CONFIG_PASSPHRASE: "rehearsal" };

/** Runs `use` on a project whose only stack has this text. */
function withStack<T>(text: string, use: (programDir: string) => T, project = "name: made\nruntime: nodejs\n"): T {
  const folder = mkdtempSync(path.join(tmpdir(), "stack-file-"));
  try {
    mkdirSync(path.join(folder, "stacks"));
    writeFileSync(path.join(folder, "Pulumi.yaml"), `${project}stackConfigDir: stacks\n`);
    writeFileSync(path.join(folder, "stacks/Pulumi.dev.yaml"), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const readMade = (text: string, project?: string) =>
  withStack(text, (programDir) => readStackFile("dev", { programDir, environment: {} }), project);

describe("rehearsal: stack files", () => {
  it("opens values that the Pulumi CLI encrypted, also inside structured ones", () => {
    const {
      project,
      file,
      config,
      secretKeys,
      placeholders: standIns,
    } = readStackFile("locked", {
      programDir: encrypted,
      environment: passphrase,
    });
    assert.deepEqual([project, file], ["encrypted", "stacks/Pulumi.locked.yaml"]);
    assert.deepEqual(config, {
      "encrypted:cloud": "aws",
      "encrypted:license": "LICENCE-äöü-42",
      "encrypted:media": '{"max":8,"tags":["one"]}',
      "encrypted:certificate": '{"inner":"deep secret","kind":"letsencrypt"}',
      "encrypted:flag": "true",
    });
    assert.deepEqual(secretKeys, ["encrypted:certificate", "encrypted:license"]);
    assert.deepEqual(standIns, []);
  });

  it("refuses a wrong passphrase", () => {
    const { encryptionsalt } = parse(readFileSync(path.join(encrypted, "stacks/Pulumi.locked.yaml"), "utf8")) as {
      encryptionsalt: string;
    };
    assert.throws(() => passphraseDecrypter("wrong", encryptionsalt), new LockedError("the passphrase is wrong"));
    assert.throws(() => passphraseDecrypter("rehearsal", "v2:x"), /not in Pulumi's form/);
  });

  it("refuses a value that was tampered with", () => {
    const raw = parse(readFileSync(path.join(encrypted, "stacks/Pulumi.locked.yaml"), "utf8")) as Record<string, any>;
    const sealed = raw["config"]["encrypted:license"].secure as string;
    const open = passphraseDecrypter("rehearsal", raw["encryptionsalt"] as string);
    assert.equal(open(sealed), "LICENCE-äöü-42");
    assert.throws(() => open(sealed.replace("s8fD", "s8fE")), LockedError);
    assert.throws(() => open("v1:short:text"), /not in Pulumi's form/);
  });

  it("puts stand-ins where secrets stay closed or a required one is missing, and says why", () => {
    const closed = readMade(
      "config:\n  made:license:\n    secure: v1:a:b\n  made:meetApiKey:\n    secure: v1:c:d\nencryptionsalt: v1:a:v1:b:c\n",
    );
    assert.deepEqual(closed.placeholders, [
      { key: "made:license", reason: "PULUMI_CONFIG_PASSPHRASE is not set" },
      { key: "made:meetApiKey", reason: "PULUMI_CONFIG_PASSPHRASE is not set" },
    ]);
    assert.deepEqual(closed.secretKeys, ["made:license", "made:meetApiKey"]);
    assert.ok(isPlaceholder(closed.config["made:license"]!));
    const missing = readMade("config: {}\n");
    assert.deepEqual(missing.placeholders, [{ key: "made:license", reason: "it is not set" }]);
  });

  it("asks for a private key only where the certificate is the customer's own", () => {
    const keys = (kind: string): string[] =>
      readMade(`config:\n  made:certificate:\n    kind: ${kind}\n`).placeholders.map(({ key }) => key);
    assert.deepEqual(keys("letsencrypt"), ["made:license"]);
    assert.deepEqual(keys("owncert"), ["made:license", "made:certificatePrivateKey"]);
    const turn = (kind: string, chain: string): string[] => {
      const topics = `certificate:\n    kind: ${kind}\n  made:turn:\n    domain: turn.example.com\n${chain}`;
      return readMade(`config:\n  made:${topics}`).placeholders.map(({ key }) => key);
    };
    assert.deepEqual(turn("owncert", ""), ["made:license", "made:certificatePrivateKey"]);
    assert.deepEqual(turn("owncert", "    chain: AAAA\n"), [
      ...["made:license", "made:certificatePrivateKey", "made:turnCertificatePrivateKey"],
    ]);
    assert.deepEqual(turn("letsencrypt", "    chain: AAAA\n"), ["made:license"]);
  });

  it("leaves a secret alone that is there", () => {
    const { config, secretKeys, placeholders: standIns } = readMade("config:\n  made:license: in the open\n");
    assert.equal(config["made:license"], "in the open");
    assert.deepEqual([secretKeys, standIns], [[], []]);
  });

  it("refuses other values that stay closed, because nothing could stand in for them", () => {
    const text = "config:\n  made:media:\n    max:\n      secure: v1:a:b\nsecretsprovider: awskms://alias/x\n";
    assert.throws(
      () => readMade(text),
      new StackFileError(
        "stacks/Pulumi.dev.yaml: made:media cannot be read: it is encrypted by awskms://alias/x, which a rehearsal does not ask",
      ),
    );
  });

  it("puts the stack's config on top of the project's", () => {
    const project =
      "name: made\nruntime: nodejs\nconfig:\n  pulumi:disable-default-providers:\n    value: [aws]\n  size:\n    type: integer\n    default: 3\n";
    assert.deepEqual(readMade("config:\n  made:size: 4\n  made:license: x\n", project).config, {
      "pulumi:disable-default-providers": '["aws"]',
      "made:size": "4",
      "made:license": "x",
    });
  });

  it("turns scalars into text and structured values into JSON with sorted members, as Pulumi does", () => {
    const { config } = readMade(
      "config:\n  made:config:old: 1.5\n  made:shape: { b: 1, a: [true, x] }\n  made:empty:\n  made:license: x\n",
    );
    assert.deepEqual(config, {
      "made:old": "1.5",
      "made:shape": '{"a":[true,"x"],"b":1}',
      "made:empty": "",
      "made:license": "x",
    });
  });

  it("names the stacks that there are when one does not exist", () => {
    assert.deepEqual(availableStacks(encrypted), ["locked"]);
    assert.throws(
      () => readStackFile("nowhere", { programDir: encrypted }),
      new StackFileError(
        'there is no stack "nowhere" (stacks/Pulumi.nowhere.yaml does not exist); the stacks are locked',
      ),
    );
  });

  it("explains keys and files that are malformed", () => {
    assert.throws(() => readMade("config:\n  cloud: aws\n"), /could not parse cloud as a configuration key/);
    assert.throws(() => readMade("config: [\n"), /stacks\/Pulumi\.dev\.yaml is not valid YAML/);
  });
});

describe("rehearsal: edits of a config", () => {
  const stack = {
    project: "made",
    stack: "dev",
    file: "f",
    config: { "made:cloud": "aws", "made:media": '{"max":4}' },
    secretKeys: [],
    placeholders: [],
  };

  it("set, change and take away values, structured ones too", () => {
    const { config } = withEdits(stack, [
      "cloud=azure",
      "media.max=8",
      "media.type=x.y",
      "access.cidrs=[1]",
      "media.min=",
    ]);
    assert.deepEqual(config, {
      "made:cloud": "azure",
      "made:media": '{"max":8,"type":"x.y"}',
      "made:access": '{"cidrs":[1]}',
    });
    assert.deepEqual(withEdits(stack, ["cloud="]).config, { "made:media": '{"max":4}' });
    assert.equal(stack.config["made:cloud"], "aws");
  });

  it("are refused when they make no sense", () => {
    assert.throws(
      () => withEdits(stack, ["media"]),
      new StackFileError("--config media is not in the form <key>=<value>"),
    );
    assert.throws(() => withEdits(stack, ["cloud.x=1"]), /the value of the config there has no parts/);
  });
});

describe("rehearsal: stand-ins for secrets", () => {
  it("follow from the secret where they are kept, without telling it", () => {
    const config = { "made:license": "real-one", "made:certificatePrivateKey": "cmVhbA==", "made:cloud": "aws" };
    const stack = { project: "made", stack: "dev", file: "f", config, secretKeys: [], placeholders: [] };
    const [one, again, other] = ["real-one", "real-one", "real-two"].map(
      (license) => withoutSecrets({ ...stack, config: { ...config, "made:license": license } }).config,
    );
    assert.deepEqual(one, again);
    assert.notEqual(one!["made:license"], other!["made:license"]);
    assert.equal(one!["made:cloud"], "aws");
    assert.doesNotMatch(JSON.stringify(one), /real|cmVhbA/);
    for (const key of ["made:license", "made:certificatePrivateKey"])
      assert.ok(isRehearsalPlaceholder(one![key]!), key);
  });

  it("are the same every time and say what they are", () => {
    for (const [key, make] of Object.entries(placeholders)) {
      assert.equal(make(), make());
      assert.ok(isRehearsalPlaceholder(make()), key);
    }
    assert.equal(isPlaceholder("a real licence"), false);
  });

  it("include a private key that a certificate can belong to", () => {
    const pem = Buffer.from(placeholders.certificatePrivateKey(), "base64").toString();
    assert.equal(createPrivateKey(pem).asymmetricKeyType, "ec");
    const { config } = readStackFile("azure-ha-production", { environment: {} });
    const { chain } = JSON.parse(config["openvidu:certificate"]!) as { chain: string };
    assert.ok(new X509Certificate(Buffer.from(chain, "base64")).checkPrivateKey(createPrivateKey(pem)));
  });
});

describe("rehearsal: node arguments of Pulumi.yaml", () => {
  it("are split as a shell splits them", () => {
    assert.deepEqual(splitArguments(`--import tsx  --title="two words" 'a b'`), [
      "--import",
      "tsx",
      "--title=two words",
      "a b",
    ]);
    assert.deepEqual(splitArguments(""), []);
  });
});
