import assert from "node:assert/strict";
import fc from "fast-check";
import { cidrsOverlap, subnetOf } from "../../../components/cidr";
import { entryListeners } from "../../../openvidu/entry";
import { validateAzureLoadBalancer } from "../../../providers/azure/load-balancer";
import { diskKind, type MachineArgs, securityProfile, validateMachine } from "../../../providers/azure/machine";
import { layOut, masterAddress, validateAzureNetwork } from "../../../providers/azure/network";
import { validateAzureObjectStore } from "../../../providers/azure/object-store";
import { validateAzureMediaPool } from "../../../providers/azure/scaling-media-pool";
import { largestSecretBytes, serialise, validateAzureSecretStore } from "../../../providers/azure/secret-store";
import { plainContext } from "../../support/contexts";

const machine: MachineArgs = {
  instanceType: "Standard_D4s_v5",
  image: { release: "24.04", architecture: "amd64", version: "24.04.202609040" },
  encryptionAtHost: false,
  adminUsername: "openvidu",
};

/** The arguments that a check looks at; the others play no part in it. */
function only<T>(args: Partial<T>): T {
  return args as T;
}

type NetworkArgs = Parameters<typeof validateAzureNetwork>[0];
type LoadBalancerArgs = Parameters<typeof validateAzureLoadBalancer>[0];
type ObjectStoreArgs = Parameters<typeof validateAzureObjectStore>[0];
type SecretStoreArgs = Parameters<typeof validateAzureSecretStore>[0];
type MediaPoolArgs = Parameters<typeof validateAzureMediaPool>[0];

describe("a network on Azure", () => {
  it("has subnets inside its range that never overlap, for every size of range", () => {
    fc.assert(
      fc.property(fc.integer({ min: 16, max: 22 }), fc.nat(255), (prefix, second) => {
        const cidr = `10.${second}.0.0/${prefix}`;
        const { media, masters } = layOut(cidr);
        assert.ok(!cidrsOverlap(media, masters));
        for (const part of [media, masters]) assert.ok(cidrsOverlap(part, cidr));
        assert.equal(media, subnetOf(cidr, prefix + 1, 0));
      }),
    );
  });

  it("gives masters the first addresses that Azure leaves free", () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((slot) => masterAddress("10.0.128.0/18", slot)),
      ["10.0.128.4", "10.0.128.5", "10.0.128.6", "10.0.128.7"],
    );
  });

  it("refuses zones that the region lacks", () => {
    const args = { region: "westeurope", zones: ["1", "4"], nat: "single" } as const;
    assert.deepEqual(validateAzureNetwork(only<NetworkArgs>(args)), [
      { path: "network.zones", reason: "westeurope has the zones 1, 2, 3 only" },
    ]);
    assert.deepEqual(validateAzureNetwork(only<NetworkArgs>({ ...args, region: "westus" })), [
      { path: "network.zones", reason: "westus has no zones" },
    ]);
  });

  it("refuses the promise of a way out per zone where no gateway keeps it", () => {
    const args = { region: "qatarcentral", zones: ["1", "2", "3"], masterExposure: "private", nat: "perZone" } as const;
    assert.deepEqual(validateAzureNetwork(only<NetworkArgs>(args)), [
      {
        path: "network.nat",
        reason: 'qatarcentral has no NAT gateway that survives the loss of a zone; choose "single"',
      },
    ]);
    assert.deepEqual(validateAzureNetwork(only<NetworkArgs>({ ...args, nat: "single" })), []);
    assert.deepEqual(validateAzureNetwork(only<NetworkArgs>({ ...args, region: "westus", zones: [] })), []);
  });

  it("takes one media subnet when adopted", () => {
    const adopt = { networkId: "n", masterSubnetIds: ["a"], mediaSubnetIds: ["b", "c"], loadBalancerSubnetIds: [] };
    const args = { region: "westeurope", zones: [], nat: "single", adopt } as const;
    assert.equal(validateAzureNetwork(only<NetworkArgs>(args))[0]?.path, "network.adopt.mediaSubnetIds");
    assert.equal(validateAzureMediaPool(only<MediaPoolArgs>({ subnetIds: ["b", "c"] })).length, 1);
    assert.equal(validateAzureMediaPool(only<MediaPoolArgs>({ subnetIds: ["b"] })).length, 0);
  });
});

describe("a load balancer on Azure", () => {
  it("passes TLS through to masters", () => {
    const listeners = entryListeners(plainContext({ tls: "node" }));
    assert.deepEqual(validateAzureLoadBalancer(only<LoadBalancerArgs>({ listeners })), []);
  });

  it("refuses to end TLS and to balance to media nodes", () => {
    const listeners = entryListeners(plainContext({ tls: "loadBalancer" }));
    const reasons = validateAzureLoadBalancer(only<LoadBalancerArgs>({ listeners })).map(({ reason }) => reason);
    assert.deepEqual(reasons, [
      "Azure's load balancer cannot end TLS; Caddy on the masters does",
      "on Azure all balanced traffic goes to the masters",
    ]);
  });

  it("refuses an address that is none", () => {
    const problems = validateAzureLoadBalancer(only<LoadBalancerArgs>({ listeners: [], adoptAddressId: "20.1.2.3" }));
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["entry.addressId"],
    );
  });
});

describe("a secret store on Azure", () => {
  it("recovers for 7 to 90 days", () => {
    const valid = [6, 7, 90, 91].map((days) => validateAzureSecretStore(only<SecretStoreArgs>({ recoveryDays: days })));
    assert.deepEqual(
      valid.map(({ length }) => length),
      [1, 0, 0, 1],
    );
  });

  it("stores a bundle as JSON as long as a secret holds it, and says so without a stack otherwise", () => {
    const overhead = JSON.stringify({ KEY: "" }).length;
    const fitting = { KEY: "x".repeat(largestSecretBytes - overhead) };
    assert.equal(serialise("master", fitting), JSON.stringify(fitting));
    assert.throws(
      () => serialise("master", { KEY: `${fitting.KEY}x` }),
      (error: Error) => /take 25001 bytes; a secret holds 25000/.test(error.message) && error.stack === error.message,
    );
  });

  it("counts bytes, not characters", () => {
    assert.throws(() => serialise("media", { KEY: "ü".repeat(largestSecretBytes / 2) }), /media nodes take/);
  });
});

describe("an object store on Azure", () => {
  it("has three copies in three zones only where there are zones, and keeps deleted blobs for 1 to 365 days", () => {
    const problems = (region: string, zoneRedundant: boolean, keepDeletedDays: number): string[] =>
      validateAzureObjectStore(only<ObjectStoreArgs>({ region, zoneRedundant, keepDeletedDays })).map(
        ({ path }) => path,
      );
    assert.deepEqual(problems("westeurope", true, 1), []);
    assert.deepEqual(problems("westus", true, 366), ["storage.zoneRedundant", "storage.keepDeletedDays"]);
    assert.deepEqual(problems("westus", false, 0), ["storage.keepDeletedDays"]);
  });
});

describe("a machine on Azure", () => {
  it("refuses unknown sizes, and images of the other architecture", () => {
    assert.deepEqual(validateMachine(machine, "masters"), []);
    assert.deepEqual(validateMachine({ ...machine, instanceType: "Standard_B4s" }, "masters"), [
      { path: "masters.instanceType", reason: '"Standard_B4s" is not a size of virtual machine on Azure' },
    ]);
    assert.deepEqual(validateMachine({ ...machine, instanceType: "Standard_D4ps_v6" }, "media"), [
      { path: "media.instanceType", reason: '"Standard_D4ps_v6" cannot run an image for amd64' },
    ]);
    const image = { release: "24.04", architecture: "amd64" } as const;
    assert.deepEqual(validateMachine({ ...machine, image }, "media")[0]?.path, "images");
  });

  it("starts with Trusted Launch where it can, without secure boot beside a GPU (AZ-X8)", () => {
    const uefi = (secureBootEnabled: boolean) => ({
      securityType: "TrustedLaunch",
      uefiSettings: { secureBootEnabled, vTpmEnabled: true },
      encryptionAtHost: undefined,
    });
    assert.deepEqual(securityProfile(machine), uefi(true));
    assert.deepEqual(securityProfile({ ...machine, instanceType: "Standard_NC4as_T4_v3" }), uefi(false));
    assert.deepEqual(securityProfile({ ...machine, instanceType: "Standard_D4ps_v5", encryptionAtHost: true }), {
      encryptionAtHost: true,
    });
  });

  it("gets the disks that its size takes", () => {
    assert.equal(diskKind("Standard_D4s_v5"), "Premium_LRS");
    assert.equal(diskKind("Standard_D4_v5"), "StandardSSD_LRS");
  });
});
