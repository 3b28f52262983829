/**
 * Configs that are accepted, and what the program makes of them.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { CloudName } from "../../components/cloud";
import { placeholders } from "../../rehearsal/placeholders";
import { checkConfig } from "../../stacks/check";
import { splitConfig } from "../../stacks/load";
import type { ClusterSettings, SecretKey } from "../../stacks/settings";
import {
  acmCertificate,
  awsAdopt,
  azureAdopt,
  certificateKey,
  check,
  clusterSettings,
  diskEncryptionSet,
  dnsZone,
  galleryImage,
  kmsKey,
  lines,
  publicAddress,
  secrets,
  sshKey,
  subnet,
  turnChain,
} from "./configs";

function settingsOf(cloud: CloudName, changes: Readonly<Record<string, unknown>> = {}): ClusterSettings {
  const result = check(cloud, changes);
  assert.deepEqual(lines(result), []);
  return clusterSettings(result);
}

interface Acceptance {
  readonly name: string;
  readonly cloud: CloudName;
  readonly changes: Readonly<Record<string, unknown>>;
  /** The part of the settings that is looked at, and its value. */
  readonly look: (settings: ClusterSettings) => unknown;
  readonly is: unknown;
}

const arm = { release: "24.04", architecture: "arm64" };

/* prettier-ignore */
const acceptances: readonly Acceptance[] = [
  // Elastic.
  { name: "Elastic without a domain", cloud: "aws", changes: { edition: "elastic", domain: undefined }, look: (s) => [s.edition, s.domain, s.certificate], is: ["elastic", undefined, { kind: "letsencrypt" }] },
  { name: "Elastic without a domain in an older release", cloud: "azure", changes: { edition: "elastic", domain: undefined, version: "3.7.0" }, look: (s) => [s.domain, s.version], is: [undefined, "3.7.0"] },
  { name: "Elastic without a domain, self-signed", cloud: "aws", changes: { edition: "elastic", domain: undefined, certificate: { kind: "selfsigned" } }, look: (s) => s.certificate, is: { kind: "selfsigned" } },
  { name: "Elastic has one master", cloud: "azure", changes: { edition: "elastic" }, look: (s) => s.masters.generations, is: [1] },
  { name: "Elastic's master rebuilt", cloud: "aws", changes: { edition: "elastic", "masters.generations": [2] }, look: (s) => s.masters.generations, is: [2] },
  { name: "existing Elastic IP", cloud: "aws", changes: { edition: "elastic", "entry.address": "203.0.113.7" }, look: (s) => s.entry, is: { preserveClientAddress: false, adoptAddressId: "203.0.113.7" } },
  { name: "existing address with Elastic", cloud: "azure", changes: { edition: "elastic", "entry.addressId": publicAddress }, look: (s) => s.entry.adoptAddressId, is: publicAddress },
  { name: "Elastic with the record in Route 53", cloud: "aws", changes: { edition: "elastic", dns: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" } }, look: (s) => s.dns.kind, is: "route53" },
  { name: "Elastic in a single zone", cloud: "aws", changes: { edition: "elastic", "network.zones": ["eu-west-1b"] }, look: (s) => s.network.zones, is: ["eu-west-1b"] },
  { name: "Elastic in a region without zones", cloud: "azure", changes: { edition: "elastic", region: "northcentralus" }, look: (s) => s.network.zones, is: [] },
  { name: "Elastic in an existing network", cloud: "aws", changes: { edition: "elastic", "network.adopt": { networkId: awsAdopt.networkId, masterSubnetIds: [subnet(1)], mediaSubnetIds: [subnet(1), subnet(3)] } }, look: (s) => s.network.adopt?.masterSubnetIds, is: [subnet(1)] },
  { name: "Elastic in an existing network", cloud: "azure", changes: { edition: "elastic", "network.adopt": azureAdopt }, look: (s) => s.network.adopt?.mediaSubnetIds, is: azureAdopt.mediaSubnetIds },
  { name: "Elastic with an existing bucket", cloud: "aws", changes: { edition: "elastic", "storage.appDataBucket": "ours.example" }, look: (s) => s.storage.adoptBuckets, is: { appData: "ours.example" } },
  { name: "an empty group that a person makes grow", cloud: "aws", changes: { edition: "elastic", media: { min: 0, max: 5, initial: 0, acceptEmpty: true } }, look: (s) => [s.media.min, s.media.initial, s.media.max], is: [0, 0, 5] },
  { name: "an empty group of High Availability that a person makes grow", cloud: "azure", changes: { media: { min: 0, max: 3, acceptEmpty: true } }, look: (s) => [s.media.min, s.media.max], is: [0, 3] },
  { name: "who is told", cloud: "aws", changes: { edition: "elastic", "alarms.emails": ["operators@example.com"] }, look: (s) => s.alarms, is: { emails: ["operators@example.com"] } },
  { name: "who is told with High Availability", cloud: "azure", changes: { alarms: { emails: ["operators@example.com", "night@example.com"] } }, look: (s) => s.alarms.emails.length, is: 2 },
  { name: "nobody is told", cloud: "azure", changes: { alarms: {} }, look: (s) => s.alarms, is: { emails: [] } },

  // Topics as a whole.
  { name: "existing ACM certificate", cloud: "aws", changes: { certificate: { kind: "acm", arn: acmCertificate } }, look: (s) => s.certificate, is: { kind: "acm", arn: acmCertificate } },
  { name: "existing ACM certificate with Azure DNS", cloud: "aws", changes: { "certificate.kind": "acm", "certificate.arn": acmCertificate, dns: { kind: "azure-dns", zoneId: dnsZone } }, look: (s) => s.dns, is: { kind: "azure-dns", zoneId: dnsZone } },
  { name: "long domain with an existing certificate", cloud: "aws", changes: { certificate: { kind: "acm", arn: acmCertificate }, domain: "a-rather-long-name-of-a-video-conference-service.department.example.com" }, look: (s) => s.domain?.length, is: 71 },
  { name: "Route 53 on Azure's machines", cloud: "azure", changes: { dns: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" } }, look: (s) => s.dns, is: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" } },
  { name: "apex of the zone", cloud: "azure", changes: { domain: "example.com", dns: { kind: "azure-dns", zoneId: dnsZone } }, look: (s) => s.domain, is: "example.com" },
  { name: "Let's Encrypt on AWS", cloud: "aws", changes: { certificate: { kind: "letsencrypt" } }, look: (s) => s.certificate, is: { kind: "letsencrypt" } },
  { name: "no domain on Azure", cloud: "azure", changes: { domain: undefined }, look: (s) => [s.domain, s.certificate], is: [undefined, { kind: "letsencrypt" }] },
  { name: "no domain and a self-signed certificate in an old release", cloud: "azure", changes: { domain: undefined, version: "3.5.0", certificate: { kind: "selfsigned" } }, look: (s) => s.version, is: "3.5.0" },

  // A domain of TURN's own.
  { name: "a TURN domain with a certificate of its own making", cloud: "aws", changes: { version: "3.5.0", turn: { domain: "turn.example.com" } }, look: (s) => s.turn, is: { domain: "turn.example.com" } },
  { name: "a TURN domain with an existing certificate, also a long one", cloud: "aws", changes: { version: "3.5.0", turn: { domain: "a-rather-long-name-of-a-video-conference-service.department.example.com", certificateArn: acmCertificate } }, look: (s) => s.turn?.certificateArn, is: acmCertificate },
  { name: "a TURN domain outside the zone", cloud: "aws", changes: { version: "3.5.0", dns: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" }, turn: { domain: "turn.example.org" } }, look: (s) => s.turn, is: { domain: "turn.example.org" } },
  { name: "a TURN domain where Caddy ends TLS", cloud: "aws", changes: { version: "3.5.0", certificate: { kind: "letsencrypt" }, turn: { domain: "turn.example.com" } }, look: (s) => s.turn, is: { domain: "turn.example.com" } },
  { name: "a TURN domain", cloud: "azure", changes: { version: "3.5.0", turn: { domain: "turn.example.com" } }, look: (s) => [s.turn, s.installFlags], is: [{ domain: "turn.example.com" }, []] },
  { name: "no TURN over TLS up to 3.5 unless asked for", cloud: "azure", changes: { version: "3.5.0" }, look: (s) => s.turn, is: undefined },

  // Machines.
  { name: "Graviton media nodes", cloud: "aws", changes: { "media.instanceType": "c7g.large" }, look: (s) => s.media.image, is: { ...arm, version: "20261004" } },
  { name: "the masters' image is their own", cloud: "aws", changes: { "media.instanceType": "c7g.large" }, look: (s) => s.masters.image.architecture, is: "amd64" },
  { name: "Arm masters on Azure", cloud: "azure", changes: { "masters.instanceType": "Standard_D4ps_v6" }, look: (s) => s.masters.image, is: { ...arm, version: "24.04.202609040" } },
  { name: "Ubuntu 22.04", cloud: "aws", changes: { "images.release": "22.04" }, look: (s) => s.masters.image, is: { release: "22.04", architecture: "amd64", version: "20261001" } },
  { name: "another serial", cloud: "aws", changes: { "images.version": "20260101.1" }, look: (s) => s.media.image.version, is: "20260101.1" },
  { name: "another image version on Azure", cloud: "azure", changes: { "images.release": "22.04", "images.version": "22.04.202601010" }, look: (s) => s.media.image.version, is: "22.04.202601010" },
  { name: "AMI of media nodes only", cloud: "aws", changes: { "images.mediaId": "ami-0123456789abcdef0" }, look: (s) => [s.media.image, s.masters.image.id], is: [{ release: "24.04", architecture: "amd64", id: "ami-0123456789abcdef0" }, undefined] },
  { name: "gallery image of masters only", cloud: "azure", changes: { "images.masterId": galleryImage }, look: (s) => [s.masters.image.id, s.media.image.id], is: [galleryImage, undefined] },
  { name: "GPU media nodes get a larger disk", cloud: "aws", changes: { "media.instanceType": "g5.xlarge", "images.mediaId": "ami-0123456789abcdef0" }, look: (s) => [s.media.diskGiB, s.masters.rootDiskGiB], is: [100, 50] },
  { name: "GPU media nodes with an even larger disk", cloud: "azure", changes: { "media.instanceType": "Standard_NC4as_T4_v3", "media.diskGiB": 256 }, look: (s) => s.media.diskGiB, is: 256 },
  { name: "generations", cloud: "aws", changes: { "masters.generations": [1, 2, 3, 4] }, look: (s) => s.masters.generations, is: [1, 2, 3, 4] },
  { name: "disks", cloud: "azure", changes: { masters: { rootDiskGiB: 70, dataDiskGiB: 512 } }, look: (s) => [s.masters.rootDiskGiB, s.masters.dataDiskGiB], is: [70, 512] },

  // Numbers of media nodes make room for each other.
  { name: "min above the profile's max", cloud: "aws", changes: { "media.min": 8 }, look: (s) => [s.media.min, s.media.initial, s.media.max], is: [8, 8, 8] },
  { name: "max below the profile's min", cloud: "aws", changes: { profile: "production", "media.max": 1 }, look: (s) => [s.media.min, s.media.initial, s.media.max], is: [1, 1, 1] },
  { name: "no media nodes at all", cloud: "azure", changes: { "media.min": 0, "media.max": 0 }, look: (s) => [s.media.min, s.media.initial, s.media.max], is: [0, 0, 0] },
  { name: "initial between min and max", cloud: "azure", changes: { media: { min: 2, max: 20, initial: 7 } }, look: (s) => [s.media.min, s.media.initial, s.media.max], is: [2, 7, 20] },
  { name: "drains one after the other", cloud: "azure", changes: {}, look: (s) => s.media.drainsAtOnce, is: 1 },
  { name: "several drains at once", cloud: "azure", changes: { "media.drainsAtOnce": 10 }, look: (s) => s.media.drainsAtOnce, is: 10 },
  { name: "minutes become seconds", cloud: "aws", changes: { media: { bootTimeoutMinutes: 30, drainTimeoutMinutes: 2820, max: 4 } }, look: (s) => [s.media.bootTimeoutSeconds, s.media.drainTimeoutSeconds], is: [1800, 169200] },
  { name: "longest drain of the group whose roll takes longest", cloud: "aws", changes: { "media.max": 7, "media.bootTimeoutMinutes": 120, "media.drainTimeoutMinutes": 2759 }, look: (s) => s.media.max, is: 7 },
  { name: "no limit of a roll on Azure", cloud: "azure", changes: { "media.max": 7, "media.bootTimeoutMinutes": 120, "media.drainTimeoutMinutes": 2820 }, look: (s) => s.media.drainTimeoutSeconds, is: 169200 },
  { name: "as many as a small network takes on Azure", cloud: "azure", changes: { "network.cidr": "10.0.0.0/22", "media.max": 507 }, look: (s) => s.media.max, is: 507 },
  { name: "largest group on AWS", cloud: "aws", changes: { "media.max": 400 }, look: (s) => s.media.max, is: 400 },

  // Network.
  { name: "four zones where the region has them", cloud: "aws", changes: { region: "us-west-2" }, look: (s) => s.network.zones, is: ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"] },
  { name: "two zones", cloud: "azure", changes: { "network.zoneCount": 2 }, look: (s) => s.network.zones, is: ["1", "2"] },
  { name: "named zones", cloud: "aws", changes: { "network.zones": ["eu-west-1c", "eu-west-1a"] }, look: (s) => s.network.zones, is: ["eu-west-1c", "eu-west-1a"] },
  { name: "new region with named zones", cloud: "aws", changes: { region: "eu-west-9", "network.zones": ["eu-west-9a", "eu-west-9b"] }, look: (s) => s.region, is: "eu-west-9" },
  { name: "one zone, accepted", cloud: "aws", changes: { "network.zoneCount": 1, "network.acceptSingleZone": true }, look: (s) => s.network.zones, is: ["eu-west-1a"] },
  { name: "region without zones, accepted", cloud: "azure", changes: { region: "westus", "network.acceptSingleZone": true }, look: (s) => [s.network.zones, s.storage.zoneRedundant], is: [[], false] },
  { name: "range of one's own", cloud: "azure", changes: { "network.cidr": "100.64.0.0/20" }, look: (s) => s.network.cidr, is: "100.64.0.0/20" },
  { name: "adopted network on AWS", cloud: "aws", changes: { "network.adopt": awsAdopt }, look: (s) => [s.network.adopt, s.network.zones], is: [awsAdopt, []] },
  { name: "adopted subnets of one zone, accepted", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, masterSubnetIds: [subnet(1)] }, "network.acceptSingleZone": true }, look: (s) => s.network.adopt?.masterSubnetIds, is: [subnet(1)] },
  { name: "adopted network on Azure, with zones", cloud: "azure", changes: { network: { adopt: azureAdopt, zones: ["1", "3"] } }, look: (s) => [s.network.adopt, s.network.zones], is: [{ ...azureAdopt, loadBalancerSubnetIds: [] }, ["1", "3"]] },
  { name: "adopted network whose address space overlaps nothing that is known", cloud: "aws", changes: { "network.adopt": awsAdopt, "access.operatorCidrs": ["10.0.4.0/24"] }, look: (s) => s.access.operatorCidrs, is: ["10.0.4.0/24"] },

  // Access.
  { name: "operators", cloud: "aws", changes: { "access.operatorCidrs": ["203.0.113.0/24", "198.51.100.7/32"], "access.operatorShell": false }, look: (s) => [s.access.operatorCidrs, s.access.operatorShell], is: [["203.0.113.0/24", "198.51.100.7/32"], false] },
  { name: "deployers", cloud: "azure", changes: { "access.deployerCidrs": ["203.0.113.0/24"], "access.adminUsername": "ovadmin" }, look: (s) => [s.access.deployerCidrs, s.access.adminUsername], is: [["203.0.113.0/24"], "ovadmin"] },
  { name: "narrow way out", cloud: "azure", changes: { "access.egressCidrs": ["20.0.0.0/8"] }, look: (s) => s.access.egressCidrs, is: ["20.0.0.0/8"] },
  { name: "RSA key", cloud: "aws", changes: { "access.sshPublicKey": `ssh-rsa ${"AAAA".repeat(90)}== me@here` }, look: (s) => s.access.sshPublicKey?.startsWith("ssh-rsa AAAA"), is: true },

  // Everything else.
  { name: "flags as a text", cloud: "aws", changes: { installFlags: "--debug, --force-version=1.2.3," }, look: (s) => s.installFlags, is: ["--debug", "--force-version=1.2.3"] },
  { name: "flags as a list", cloud: "azure", changes: { installFlags: ["--debug"] }, look: (s) => s.installFlags, is: ["--debug"] },
  { name: "modules off", cloud: "aws", changes: { modules: { observability: false, openviduMeet: false } }, look: (s) => [...s.modules], is: ["v2compatibility"] },
  { name: "features", cloud: "azure", changes: { features: { rtmp: false, customApp: true } }, look: (s) => [...s.features], is: ["whip", "webrtcOverTcp", "customApp"] },
  { name: "mediasoup", cloud: "aws", changes: { rtcEngine: "mediasoup" }, look: (s) => s.rtcEngine, is: "mediasoup" },
  { name: "one bucket adopted", cloud: "aws", changes: { "storage.appDataBucket": "ours.example" }, look: (s) => s.storage.adoptBuckets, is: { appData: "ours.example" } },
  { name: "both buckets adopted", cloud: "aws", changes: { "storage.appDataBucket": "ours", "storage.clusterDataBucket": "ours-too" }, look: (s) => s.storage.adoptBuckets, is: { appData: "ours", clusterData: "ours-too" } },
  { name: "account and container adopted", cloud: "azure", changes: { resourceGroup: "video-(test)", storage: { account: "recordings", appDataContainer: "calls", zoneRedundant: false } }, look: (s) => [s.resourceGroup, s.storage.adoptAccount, s.storage.appDataContainer, s.storage.zoneRedundant], is: ["video-(test)", "recordings", "calls", false] },
  { name: "address adopted", cloud: "azure", changes: { "entry.addressId": publicAddress }, look: (s) => s.entry, is: { preserveClientAddress: true, adoptAddressId: publicAddress } },
  { name: "client addresses", cloud: "aws", changes: { "entry.preserveClientAddress": true }, look: (s) => s.entry, is: { preserveClientAddress: true } },
  { name: "KMS key", cloud: "aws", changes: { "encryption.keyArn": kmsKey }, look: (s) => s.encryption, is: { keyId: kmsKey, encryptionAtHost: false } },
  { name: "disk encryption set", cloud: "azure", changes: { encryption: { diskEncryptionSetId: diskEncryptionSet, encryptionAtHost: true } }, look: (s) => s.encryption, is: { keyId: diskEncryptionSet, encryptionAtHost: true } },
  { name: "days", cloud: "azure", changes: { secretRecoveryDays: 90, "storage.keepDeletedDays": 365 }, look: (s) => [s.secretRecoveryDays, s.storage.keepDeletedDays], is: [90, 365] },
  { name: "no protection", cloud: "aws", changes: { deletionProtection: false }, look: (s) => s.deletionProtection, is: false },
  { name: "labels", cloud: "aws", changes: { tags: { "cost centre": "7/a", team: "" } }, look: (s) => s.tags, is: { "cost centre": "7/a", team: "" } },
];

describe("configs that are accepted", () => {
  it("gives the shortest stack on AWS every default", () => {
    assert.deepEqual(settingsOf("aws"), {
      cloud: "aws",
      edition: "ha",
      version: "3.8.0",
      region: "eu-west-1",
      domain: "video.example.com",
      certificate: { kind: "acm" },
      dns: { kind: "none" },
      masters: {
        instanceType: "c6a.xlarge",
        image: { release: "24.04", architecture: "amd64", version: "20261004" },
        rootDiskGiB: 50,
        dataDiskGiB: 100,
        generations: [1, 1, 1, 1],
      },
      media: {
        instanceType: "c6a.xlarge",
        image: { release: "24.04", architecture: "amd64", version: "20261004" },
        diskGiB: 50,
        min: 1,
        max: 5,
        initial: 1,
        targetCpuPercent: 50,
        drainsAtOnce: 1,
        bootTimeoutSeconds: 3000,
        drainTimeoutSeconds: 43200,
      },
      network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], nat: "single" },
      storage: { appDataContainer: "openvidu-appdata", zoneRedundant: true, keepDeletedDays: 7 },
      access: {
        operatorCidrs: [],
        egressCidrs: ["0.0.0.0/0"],
        deployerCidrs: [],
        operatorShell: true,
        credentialReaders: [],
        adminUsername: "ubuntu",
      },
      entry: { preserveClientAddress: false },
      encryption: { encryptionAtHost: false },
      secretRecoveryDays: 7,
      deletionProtection: true,
      modules: new Set(["observability", "v2compatibility", "openviduMeet"]),
      features: new Set(["rtmp", "whip", "webrtcOverTcp"]),
      rtcEngine: "pion",
      alarms: { emails: [] },
      installFlags: [],
      tags: {},
    });
  });

  it("gives the shortest stack on Azure what is different there", () => {
    const { certificate, masters, media, network, access, entry, storage } = settingsOf("azure");
    assert.deepEqual(certificate, { kind: "letsencrypt" });
    assert.equal(masters.instanceType, "Standard_D4s_v5");
    assert.deepEqual(media.image, { release: "24.04", architecture: "amd64", version: "24.04.202609040" });
    assert.deepEqual(network.zones, ["1", "2", "3"]);
    assert.equal(access.adminUsername, "openvidu");
    assert.deepEqual(entry, { preserveClientAddress: true });
    assert.equal(storage.zoneRedundant, true);
  });

  it("takes sizes, NAT and retention from the profile", () => {
    const { masters, media, network, storage, secretRecoveryDays } = settingsOf("aws", { profile: "production" });
    assert.deepEqual(
      [masters.instanceType, masters.rootDiskGiB, masters.dataDiskGiB, media.instanceType, media.diskGiB],
      ["m6a.xlarge", 100, 200, "c6a.2xlarge", 100],
    );
    assert.deepEqual(
      [media.min, media.max, network.nat, storage.keepDeletedDays, secretRecoveryDays],
      [2, 10, "perZone", 30, 30],
    );
  });

  it("prefers what is given to the profile", () => {
    const changes = {
      profile: "production",
      "network.nat": "single",
      "media.instanceType": "c7g.large",
      secretRecoveryDays: 7,
    };
    const { media, network, secretRecoveryDays } = settingsOf("aws", changes);
    assert.deepEqual([media.instanceType, network.nat, secretRecoveryDays], ["c7g.large", "single", 7]);
  });

  for (const { name, cloud, changes, look, is } of acceptances) {
    it(`${cloud}: ${name}`, () => {
      assert.deepEqual(look(settingsOf(cloud, changes)), is);
    });
  }

  it("takes line breaks out of a wrapped chain", () => {
    const { config: example } = readExample("azure-ha-production");
    const { chain } = example["openvidu:certificate"] as { chain: string };
    const wrapped = chain.replace(/.{76}/g, "$&\n");
    assert.notEqual(wrapped, chain);
    const given = secrets({ certificatePrivateKey: certificateKey });
    const { settings } = check("azure", { certificate: { kind: "owncert", chain: wrapped } }, given);
    assert.deepEqual(settings?.certificate, { kind: "owncert", chain });
  });
});

const stacksDir = path.resolve(__dirname, "../../stacks");

function readExample(stack: string): { config: Record<string, unknown> } {
  return parse(readFileSync(path.join(stacksDir, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
}

/** Values as Pulumi hands them to a program. */
function asPulumi(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

describe("own certificates of both domains", () => {
  for (const cloud of ["aws", "azure", "onprem"] as const) {
    it(`${cloud}: are accepted up to 3.5, and the second one's line breaks mean nothing`, () => {
      const { chain } = readExample("azure-ha-production").config["openvidu:certificate"] as { chain: string };
      const changes = {
        version: "3.5.0",
        certificate: { kind: "owncert", chain },
        turn: { domain: "turn.example.com", chain: turnChain.replace(/.{76}/g, "$&\n") },
      };
      const given = secrets({
        certificatePrivateKey: certificateKey,
        turnCertificatePrivateKey: certificateKey,
        ...(cloud === "onprem" && { sshPrivateKey: sshKey }),
      });
      const result = check(cloud, changes, given);
      assert.deepEqual(lines(result), []);
      assert.deepEqual(clusterSettings(result).turn, { domain: "turn.example.com", chain: turnChain });
    });
  }
});

describe("example stacks", () => {
  const names = [
    ...["aws-elastic", "aws-enterprise-v2", "aws-ha", "aws-ha-letsencrypt", "aws-ha-production", "aws-ha-turn"],
    ...["azure-elastic", "azure-ha", "azure-ha-production"],
    ...["onprem-elastic", "onprem-ha-dns", "onprem-ha-nlb"],
  ];
  const more: Readonly<Record<string, readonly SecretKey[]>> = {
    "aws-enterprise-v2": ["elasticsearchPassword"],
    "azure-ha-production": ["certificatePrivateKey"],
    "onprem-elastic": ["sshPrivateKey"],
    "onprem-ha-dns": ["sshPrivateKey"],
    "onprem-ha-nlb": ["sshPrivateKey", "s3SecretKey"],
  };

  it("are these", () => {
    const files = readdirSync(stacksDir).filter((file) => file.endsWith(".yaml"));
    assert.deepEqual(files.sort(), names.map((name) => `Pulumi.${name}.yaml`).sort());
  });

  for (const name of names) {
    it(`${name} is accepted once its secrets are set`, () => {
      const { config: values } = readExample(name);
      const needed: readonly SecretKey[] = ["license", ...(more[name] ?? [])];
      const given = Object.fromEntries(needed.map((key) => [`openvidu:${key}`, placeholders[key]()]));
      const { raw, secrets: read, hidden } = splitConfig(asPulumi({ ...values, ...given }), (key) => key in given);
      assert.deepEqual(lines(checkConfig(raw, read, name, hidden)), []);
    });

    it(`${name} holds no secret and names the schema for editors`, () => {
      const text = readFileSync(path.join(stacksDir, `Pulumi.${name}.yaml`), "utf8");
      assert.equal(text.split("\n")[0], "# yaml-language-server: $schema=./config.schema.json");
      const keys = Object.keys(readExample(name).config);
      assert.deepEqual(
        keys.filter((key) => /license|password|apiKey|privateKey/i.test(key)),
        [],
      );
    });
  }

  for (const name of ["aws-ha", "azure-ha"]) {
    it(`${name} has four keys besides the licence`, () => {
      const keys = Object.keys(readExample(name).config);
      assert.deepEqual(keys, ["openvidu:cloud", "openvidu:edition", "openvidu:region", "openvidu:domain"]);
    });
  }
});
