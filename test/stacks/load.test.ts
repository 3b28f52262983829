/**
 * From Pulumi's config to settings and secrets, or to one error that an operator can read.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { placeholders } from "../../rehearsal/placeholders";
import { ConfigError, formatProblems } from "../../stacks/errors";
import { loadSettings, splitConfig } from "../../stacks/load";
import { clusterSettings } from "./configs";

const shortest = {
  "openvidu:cloud": "aws",
  "openvidu:edition": "ha",
  "openvidu:region": "eu-west-1",
  "openvidu:domain": "video.example.com",
  "openvidu:license": "licence-1",
};

async function useConfig(values: Record<string, string>, secretKeys: string[] = ["openvidu:license"]): Promise<void> {
  const nothing = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(nothing, "openvidu", "acme");
  pulumi.runtime.setAllConfig(values, secretKeys);
}

function refusal(): ConfigError {
  try {
    loadSettings();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
  return assert.fail("the config was accepted");
}

describe("loading a stack's config", () => {
  it("reads text, structured values and secrets", async () => {
    await useConfig({
      ...shortest,
      "openvidu:media": '{"max":8}',
      "openvidu:secretRecoveryDays": "14",
      "openvidu:deletionProtection": "false",
      "openvidu:installFlags": "--debug,--verbose",
      "aws:region": "us-east-1",
      "pulumi:disable-default-providers": '["aws"]',
    });
    const { settings: loaded, secrets } = loadSettings();
    const settings = clusterSettings({ settings: loaded });
    assert.deepEqual(
      [settings.media.max, settings.secretRecoveryDays, settings.deletionProtection, settings.installFlags],
      [8, 14, false, ["--debug", "--verbose"]],
    );
    assert.deepEqual(Object.keys(secrets), ["license"]);
    assert.equal(await pulumi.isSecret(secrets.license), true);
  });

  it("takes line breaks out of a wrapped private key", async () => {
    const example = readFileSync(path.resolve(__dirname, "../../stacks/Pulumi.azure-ha-production.yaml"), "utf8");
    const { config } = parse(example) as { config: Record<string, unknown> };
    const key = placeholders.certificatePrivateKey();
    const values = {
      ...shortest,
      "openvidu:cloud": "azure",
      "openvidu:region": "westeurope",
      "openvidu:certificate": JSON.stringify(config["openvidu:certificate"]),
      "openvidu:certificatePrivateKey": key.replace(/.{76}/g, "$&\n"),
    };
    assert.notEqual(values["openvidu:certificatePrivateKey"], key);
    await useConfig(values, ["openvidu:license", "openvidu:certificatePrivateKey"]);
    const { certificatePrivateKey } = loadSettings().secrets;
    assert.equal(await new Promise((resolve) => certificatePrivateKey?.apply(resolve)), key);
  });

  it("keeps text that only looks like JSON", () => {
    const { raw } = splitConfig({ "openvidu:domain": "12", "openvidu:version": "3.8" }, () => false);
    assert.deepEqual(raw, { domain: "12", version: "3.8" });
  });

  it("keeps text that should have been JSON, so that it is refused by its own name", () => {
    const { raw } = splitConfig({ "openvidu:media": "{max: 8" }, () => false);
    assert.deepEqual(raw, { media: "{max: 8" });
  });

  it("knows which plain keys are stored encrypted", () => {
    const { hidden } = splitConfig({ "openvidu:domain": "x", "openvidu:region": "y" }, (key) => key.endsWith("domain"));
    assert.deepEqual([...hidden], ["domain"]);
  });

  it("throws one error with a line for each problem", async () => {
    const { "openvidu:license": _, ...rest } = shortest;
    await useConfig({ ...rest, "openvidu:media": '{"min":5,"max":3}', "openvidu:colour": "red" }, []);
    const error = refusal();
    assert.equal(
      error.message,
      [
        "stacks/Pulumi.acme.yaml has 3 problems; nothing was changed.",
        "stacks/Pulumi.acme.yaml: openvidu:colour: is not a known key; known here: cloud, edition, version, profile, " +
          "dns, modules, features, rtcEngine, installFlags, deletionProtection, tags, alarms, region, domain, certificate, " +
          "turn, masters, media, network, storage, access, entry, encryption, images, secretRecoveryDays, license, " +
          "meetAdminPassword, meetApiKey, certificatePrivateKey, turnCertificatePrivateKey",
        "stacks/Pulumi.acme.yaml: openvidu:media.min: 5 is above media.max, which is 3; lower min or raise max",
        'stacks/Pulumi.acme.yaml: openvidu:license: is missing; run "pulumi config set --secret -s acme license"',
      ].join("\n"),
    );
  });

  it("throws an error that Pulumi prints without a stack", async () => {
    await useConfig({});
    const error = refusal();
    assert.equal(pulumi.RunError.isInstance(error), true);
    assert.equal(error.stack, error.message);
    assert.equal(error.problems.length > 1, true);
  });

  it("recognises a secret that is not stored as one", async () => {
    await useConfig(shortest, []);
    assert.deepEqual(
      refusal().problems.map(({ path }) => path),
      ["license"],
    );
    assert.doesNotMatch(refusal().message, /licence-1/);
  });

  it("names only the file where the stack's name is the problem", () => {
    assert.equal(formatProblems("a_b", [{ path: "", reason: "is odd" }]), "stacks/Pulumi.a_b.yaml: is odd");
  });
});
