/**
 * What tells media nodes of different templates apart, and what the controller is told about the group.
 */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ScalingMediaPoolArgs } from "../../../components/scaling-media-pool";
import { installerFlags } from "../../../openvidu/installer";
import { fingerprint, orderOf } from "../../../providers/azure/scaling-media-pool";

const flags = installerFlags({
  cloud: "azure",
  edition: "ha",
  role: "media",
  tls: "node",
  certificate: "letsencrypt",
  additionalFlags: [],
});

const pool: ScalingMediaPoolArgs = {
  region: "westeurope",
  scope: "group",
  tags: { team: "video" },
  deletionProtection: true,
  subnetIds: ["/subnets/media"],
  zones: ["1", "2", "3"],
  firewall: { rulesId: pulumi.output("/rules/media"), memberOfId: pulumi.output("/members/media") },
  backendIds: [],
  identity: { principal: "principal", attachment: "/identities/media", clientId: "client" },
  instanceType: "Standard_D4s_v5",
  image: { release: "24.04", architecture: "amd64", version: "24.04.202609040" },
  diskGiB: 50,
  encryptionAtHost: false,
  adminUsername: "openvidu",
  min: 1,
  max: 5,
  initial: 1,
  targetCpuPercent: 50,
  drainsAtOnce: 1,
  bootTimeoutSeconds: 3000,
  drainTimeoutSeconds: 43200,
  controller: "masters",
  boot: {
    spec: { cloud: "azure", edition: "ha", role: "media", version: "3.8.0", installerFlags: flags },
    settings: {
      CLUSTER: "openvidu-acme",
      REGION: "westeurope",
      BUNDLE_ID: "https://vault.example/secrets/bundle-media",
      REQUESTS_URL: "https://own.example/requests/",
      HEARTBEATS_URL: "https://own.example/heartbeats/",
      MASTER_IPS: "10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7",
    },
  },
  bootAfter: [],
};

const nodeSettings = {
  GROUP_NAME: "media",
  BOOT_TIMEOUT_SECONDS: "3000",
  DRAIN_TIMEOUT_SECONDS: "43200",
  IDENTITY_CLIENT_ID: "client",
};

function printOf(changes: Partial<ScalingMediaPoolArgs> = {}, more: Record<string, string> = {}): Promise<string> {
  const print = fingerprint({ ...pool, ...changes }, { ...nodeSettings, ...more });
  return new Promise((resolve) => void print.apply(resolve));
}

describe("the template of media nodes on Azure", () => {
  it("has a short fingerprint that is the same each time", async () => {
    const print = await printOf();
    assert.match(print, /^[0-9a-f]{16}$/);
    assert.equal(await printOf(), print);
  });

  const kept: Readonly<Record<string, Partial<ScalingMediaPoolArgs>>> = {
    limits: { min: 2, max: 50, initial: 3 },
    "the load to scale by": { targetCpuPercent: 80 },
    "drains at once": { drainsAtOnce: 4 },
    labels: { tags: { team: "audio" } },
    "the controller": { controller: "others" },
  };
  for (const [what, changes] of Object.entries(kept)) {
    it(`is the same with other ${what}`, async () => {
      assert.equal(await printOf(changes), await printOf());
    });
  }

  const { spec, settings } = pool.boot;
  const changed: Readonly<Record<string, Partial<ScalingMediaPoolArgs>>> = {
    image: { image: { ...pool.image, version: "24.04.202610010" } },
    size: { instanceType: "Standard_D8s_v5" },
    disk: { diskGiB: 60 },
    "key of the disk": { diskKeyId: "/diskEncryptionSets/own" },
    subnet: { subnetIds: ["/subnets/other"] },
    "release of OpenVidu": { boot: { spec: { ...spec, version: "3.7.0" }, settings } },
    "boot script": { boot: { spec: { ...spec, installerFlags: flags.slice(1) }, settings } },
    setting: { boot: { spec, settings: { ...settings, MASTER_IPS: "10.0.0.4" } } },
  };
  for (const [what, changes] of Object.entries(changed)) {
    it(`is another one with another ${what}`, async () => {
      assert.notEqual(await printOf(changes), await printOf());
    });
  }

  it("is another one with another time to drain, which a node reads at its boot", async () => {
    assert.notEqual(await printOf({}, { DRAIN_TIMEOUT_SECONDS: "600" }), await printOf());
  });
});

describe("the controller's orders on Azure", () => {
  it("are the group's numbers, in seconds and percent", () => {
    assert.equal(
      orderOf(pool, "0123456789abcdef"),
      '{"min":1,"max":5,"cpu":50,"drains":1,"cooldown":600,"drain":43200,"boot":3000,"template":"0123456789abcdef"}',
    );
  });

  it("fit into a label with the largest numbers that a config can hold", () => {
    const most = { min: 1000, max: 1000, targetCpuPercent: 90, drainsAtOnce: 10 };
    const longest = orderOf(
      { ...pool, ...most, drainTimeoutSeconds: 169_200, bootTimeoutSeconds: 7200 },
      "0123456789abcdef",
    );
    assert.ok(longest.length <= 256, `${longest.length} characters`);
  });
});
