import assert from "node:assert/strict";
import { defaultImageVersions, imageReference } from "../../../providers/azure/images";
import {
  architectureOf,
  instanceTypes,
  isGpu,
  isInstanceType,
  supportsAcceleratedNetworking,
  supportsPremiumStorage,
  supportsTrustedLaunch,
} from "../../../providers/azure/instance-types";
import {
  hasZoneRedundantNat,
  hasZoneRedundantStorage,
  isRegion,
  regionNames,
  zonesOf,
} from "../../../providers/azure/regions";
import { profiles } from "../../../stacks/profiles";

describe("regions of Azure", () => {
  it("know their zones", () => {
    assert.deepEqual(zonesOf("westeurope"), ["1", "2", "3"]);
    assert.deepEqual(zonesOf("westus"), []);
    assert.deepEqual(zonesOf("nowhere"), []);
  });

  it("are named once, in short form", () => {
    assert.equal(new Set(regionNames).size, regionNames.length);
    assert.ok(regionNames.every((name) => /^[a-z]+[0-9]?$/.test(name)));
    assert.ok(isRegion("germanywestcentral"));
    assert.ok(!isRegion("West Europe"));
  });

  it("have zone-redundant storage exactly where they have zones", () => {
    assert.ok(hasZoneRedundantStorage("northeurope"));
    assert.ok(!hasZoneRedundantStorage("ukwest"));
  });

  it("have a NAT gateway across zones where there are zones and the SKU", () => {
    assert.ok(hasZoneRedundantNat("westeurope"));
    assert.ok(!hasZoneRedundantNat("qatarcentral"));
    assert.ok(!hasZoneRedundantNat("westus"));
  });
});

describe("virtual machine sizes", () => {
  it("refuse the size that the official templates start from (AZ-D1)", () => {
    assert.ok(!isInstanceType("Standard_B4s"));
  });

  for (const size of ["Standard_B4ms", "Standard_B4s_v2", "Standard_D4s_v5", "Standard_F8s_v2", "Standard_D4ps_v6"]) {
    it(`know ${size}`, () => assert.ok(isInstanceType(size)));
  }

  for (const size of [
    "standard_d4s_v5",
    "D4s_v5",
    "Standard_D5s_v5",
    "Standard_D4s_v9",
    "Standard_A4_v2",
    "",
    "toString",
  ]) {
    it(`refuse ${JSON.stringify(size)}`, () => assert.ok(!isInstanceType(size)));
  }

  it("include every size that a profile chooses", () => {
    for (const { masterInstanceType, mediaInstanceType } of Object.values(profiles)) {
      assert.ok(isInstanceType(masterInstanceType.azure), masterInstanceType.azure);
      assert.ok(isInstanceType(mediaInstanceType.azure), mediaInstanceType.azure);
    }
  });

  it("name Arm as the official templates recognise it, and no other way", () => {
    const official = ["ps_v", "pls_v", "pds_v", "plds_v", "pts_v"];
    for (const size of instanceTypes) {
      const arm = official.some((letters) => size.toLowerCase().includes(letters));
      assert.equal(architectureOf(size), arm ? "arm64" : "amd64", size);
    }
  });

  it("recognise GPUs by their family", () => {
    assert.ok(isGpu("Standard_NC4as_T4_v3"));
    assert.ok(!isGpu("Standard_D4s_v5"));
  });

  it("know where Trusted Launch is missing: Arm before the sixth version", () => {
    assert.ok(supportsTrustedLaunch("Standard_D4ps_v6"));
    assert.ok(!supportsTrustedLaunch("Standard_D4ps_v5"));
    assert.ok(!supportsTrustedLaunch("Standard_B4ps_v2"));
    const without = instanceTypes.filter((size) => !supportsTrustedLaunch(size));
    assert.ok(without.every((size) => architectureOf(size) === "arm64"));
  });

  it("know which take Premium SSDs and which have accelerated networking", () => {
    assert.ok(supportsPremiumStorage("Standard_D4ds_v5"));
    assert.ok(!supportsPremiumStorage("Standard_D4d_v5"));
    assert.ok(supportsAcceleratedNetworking("Standard_D4ps_v6"));
    assert.ok(!supportsAcceleratedNetworking("Standard_B4ms"));
    assert.ok(!supportsAcceleratedNetworking("Standard_D4s_v3"));
  });

  it("answer nothing about a size they do not know", () => {
    assert.throws(() => architectureOf("Standard_B4s"), /"Standard_B4s" is not a known virtual machine size/);
  });
});

describe("images on Azure", () => {
  it("are Canonical's, of one exact version and the size's architecture", () => {
    assert.deepEqual(imageReference({ release: "24.04", architecture: "arm64", version: "24.04.202609040" }), {
      publisher: "Canonical",
      offer: "ubuntu-24_04-lts",
      sku: "server-arm64",
      version: "24.04.202609040",
    });
    assert.equal(imageReference({ release: "22.04", architecture: "amd64", version: "1" }).sku, "22_04-lts-gen2");
  });

  it("give way to an id", () => {
    assert.deepEqual(imageReference({ release: "24.04", architecture: "amd64", id: "/x", version: "1" }), { id: "/x" });
  });

  it("are never the newest of the day", () => {
    assert.throws(() => imageReference({ release: "24.04", architecture: "amd64" }), /needs a version or an id/);
    for (const [release, versions] of Object.entries(defaultImageVersions)) {
      for (const version of Object.values(versions)) {
        assert.match(version, new RegExp(`^${release.replace(".", "\\.")}\\.20\\d{6}\\d$`));
      }
    }
  });
});
