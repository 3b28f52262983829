/**
 * Configs that are refused, each with every message that an operator gets to read.
 */
import assert from "node:assert/strict";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { CloudName } from "../../components/cloud";
import { placeholders } from "../../rehearsal/placeholders";
import { checkConfig } from "../../stacks/check";
import type { SecretKey } from "../../stacks/settings";
import {
  acmCertificate,
  awsAdopt,
  azureAdopt,
  check,
  config,
  dnsZone,
  galleryImage,
  kmsKey,
  lines,
  publicAddress,
  secrets,
  subnet,
  virtualNetwork,
} from "./configs";

const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
const decode = (text: string): string => Buffer.from(text, "base64").toString("latin1");

/** The certificate of an example stack; it is made for video.example.com with the rehearsal's stand-in for a key. */
const example = path.resolve(__dirname, "../../stacks/Pulumi.azure-ha-production.yaml");
const { config: exampleConfig } = parse(readFileSync(example, "utf8")) as {
  config: { "openvidu:certificate": { chain: string } };
};
const { chain } = exampleConfig["openvidu:certificate"];
const key = placeholders.certificatePrivateKey();

const otherPair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const otherKey = base64(otherPair.privateKey.export({ type: "pkcs8", format: "pem" }) as string);
const encryptedKey = base64(
  createPrivateKey(decode(key)).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "x",
  }) as string,
);

interface Refusal {
  readonly name: string;
  readonly cloud: CloudName;
  /** Changes to a valid config, by dotted path. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Changes to its secrets. */
  readonly given?: Partial<Record<SecretKey, string | undefined>>;
  /** Every message, in order. */
  readonly says: readonly string[];
}

/* prettier-ignore */
const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  "cloud, edition, version, profile": [
    { name: "no cloud", cloud: "aws", changes: { cloud: undefined },
      says: ["cloud: is missing; it must be \"aws\", \"azure\" or \"onprem\""] },
    { name: "unknown cloud", cloud: "aws", changes: { cloud: "gcp" },
      says: ["cloud: \"gcp\" must be \"aws\", \"azure\" or \"onprem\""] },
    { name: "cloud of the wrong type", cloud: "aws", changes: { cloud: 7 },
      says: ["cloud: 7 must be \"aws\", \"azure\" or \"onprem\""] },
    { name: "unknown cloud, and what is wrong on every cloud", cloud: "aws", changes: { cloud: "Aws", edition: "pro", region: undefined, "media.max": "8" },
      says: [
        "cloud: \"Aws\" must be \"aws\", \"azure\" or \"onprem\"",
        "edition: \"pro\" must be \"ha\" or \"elastic\"",
      ] },
    { name: "no edition", cloud: "aws", changes: { edition: undefined },
      says: ["edition: is missing; it must be \"ha\" or \"elastic\""] },
    { name: "edition enterprise-v2", cloud: "azure", changes: { edition: "enterprise-v2" },
      says: ["edition: \"enterprise-v2\" is not available yet; on azure use \"ha\" or \"elastic\""] },
    { name: "unknown edition", cloud: "azure", changes: { edition: "community" },
      says: ["edition: \"community\" must be \"ha\" or \"elastic\""] },
    { name: "version latest", cloud: "aws", changes: { version: "latest" },
      says: ["version: \"latest\" is refused, because a stack names its release; use \"3.8.0\""] },
    { name: "unsupported version", cloud: "azure", changes: { version: "3.4.1" },
      says: ["version: \"3.4.1\" must be \"3.5.0\", \"3.6.0\", \"3.6.1\", \"3.7.0\" or \"3.8.0\""] },
    { name: "version without patch level", cloud: "aws", changes: { version: "3.8" },
      says: ["version: \"3.8\" must be \"3.5.0\", \"3.6.0\", \"3.6.1\", \"3.7.0\" or \"3.8.0\""] },
    { name: "unknown profile", cloud: "aws", changes: { profile: "cheap" },
      says: ["profile: \"cheap\" must be \"affordable\" or \"production\""] },
  ],
  "region and stack": [
    { name: "no region", cloud: "aws", changes: { region: undefined },
      says: ["region: is missing; it must be an AWS region such as \"eu-west-1\""] },
    { name: "display name of an Azure region", cloud: "azure", changes: { region: "West Europe" },
      says: ["region: \"West Europe\" must be an Azure region in its short form, such as \"westeurope\""] },
    { name: "Azure region on AWS", cloud: "aws", changes: { region: "westeurope" },
      says: ["region: \"westeurope\" must be an AWS region such as \"eu-west-1\""] },
    { name: "AWS region on Azure", cloud: "azure", changes: { region: "eu-west-1" },
      says: ["region: \"eu-west-1\" must be an Azure region in its short form, such as \"westeurope\""] },
    { name: "unknown AWS region", cloud: "aws", changes: { region: "eu-west-9" },
      says: ["region: \"eu-west-9\" is not a region of aws that this program knows; if it is new, name its zones in openvidu:network.zones"] },
    { name: "unknown Azure region", cloud: "azure", changes: { region: "westeurope9" },
      says: ["region: \"westeurope9\" is not a region of azure that this program knows"] },
    { name: "region of the wrong type", cloud: "azure", changes: { region: ["westeurope"] },
      says: ["region: a list of 1 is given; it must be an Azure region in its short form, such as \"westeurope\""] },
  ],
  "domain": [
    { name: "no domain on AWS", cloud: "aws", changes: { domain: undefined },
      says: ["domain: is missing; it must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "domain of one label", cloud: "aws", changes: { domain: "localhost" },
      says: ["domain: \"localhost\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "domain in upper case", cloud: "aws", changes: { domain: "Video.Example.com" },
      says: ["domain: \"Video.Example.com\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "domain with a scheme", cloud: "azure", changes: { domain: "https://video.example.com" },
      says: ["domain: \"https://video.example.com\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "address as domain", cloud: "azure", changes: { domain: "video.example.com." },
      says: ["domain: \"video.example.com.\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "wildcard domain", cloud: "azure", changes: { domain: "*.example.com" },
      says: ["domain: \"*.example.com\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "domain with an underscore", cloud: "aws", changes: { domain: "my_video.example.com" },
      says: ["domain: \"my_video.example.com\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "empty domain", cloud: "azure", changes: { domain: "" },
      says: ["domain: \"\" must be a full domain name in lower case, such as \"video.example.com\""] },
    { name: "domain too long for a new ACM certificate", cloud: "aws", changes: { domain: "a-rather-long-name-of-a-video-conference-service.department.example.com" },
      says: ["domain: has 71 characters; a certificate of ACM takes at most 64, unless openvidu:certificate.arn names one"] },
    { name: "own certificate without a domain", cloud: "azure", changes: { domain: undefined, certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: key },
      says: ["domain: is missing; certificate kind \"owncert\" needs it"] },
    { name: "DNS without a domain", cloud: "azure", changes: { domain: undefined, dns: { kind: "azure-dns", zoneId: dnsZone } },
      says: ["domain: is missing; without it there is no record to make in azure-dns"] },
  ],
  "certificate and DNS": [
    { name: "ACM on Azure", cloud: "azure", changes: { certificate: { kind: "acm" } },
      says: ["certificate.kind: \"acm\" ends TLS at the load balancer, which azure cannot do; use \"letsencrypt\", \"owncert\" or \"selfsigned\""] },
    { name: "unknown kind on Azure", cloud: "azure", changes: { certificate: { kind: "zerossl" } },
      says: ["certificate.kind: \"zerossl\" must be \"letsencrypt\", \"selfsigned\" or \"owncert\""] },
    { name: "DNS as text", cloud: "azure", changes: { dns: "route53" },
      says: ["dns: \"route53\" must be a group of settings whose kind is \"none\", \"route53\" or \"azure-dns\""] },
    { name: "single zone refused in so many words", cloud: "aws", changes: { "network.zoneCount": 1, "network.acceptSingleZone": false },
      says: ["network.acceptSingleZone: is not true, but all masters would stand in zone eu-west-1a, so that one failure can end the service: use more zones, or set it to true"] },
    { name: "unknown kind on AWS", cloud: "aws", changes: { certificate: { kind: "zerossl" } },
      says: ["certificate.kind: \"zerossl\" must be \"acm\", \"letsencrypt\", \"selfsigned\" or \"owncert\""] },
    { name: "no kind", cloud: "aws", changes: { certificate: {} },
      says: ["certificate.kind: is missing; it must be \"acm\", \"letsencrypt\", \"selfsigned\" or \"owncert\""] },
    { name: "certificate as text", cloud: "aws", changes: { certificate: "acm" },
      says: ["certificate: \"acm\" must be a group of settings whose kind is \"acm\", \"letsencrypt\", \"selfsigned\" or \"owncert\""] },
    { name: "ARN that is none", cloud: "aws", changes: { "certificate.kind": "acm", "certificate.arn": "0a1b2c3d" },
      says: ["certificate.arn: \"0a1b2c3d\" must be the ARN of an ACM certificate such as \"arn:aws:acm:eu-west-1:123456789012:certificate/<id>\""] },
    { name: "ARN of another service", cloud: "aws", changes: { "certificate.kind": "acm", "certificate.arn": kmsKey },
      says: ["certificate.arn: \"arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\" must be the ARN of an ACM certificate such as \"arn:aws:acm:eu-west-1:123456789012:certificate/<id>\""] },
    { name: "ARN of another region", cloud: "aws", changes: { region: "eu-central-1", certificate: { kind: "acm", arn: acmCertificate } },
      says: ["certificate.arn: \"arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\" lies in another region than the load balancer; it must be one of eu-central-1"] },
    { name: "ARN with Let's Encrypt", cloud: "aws", changes: { certificate: { kind: "letsencrypt", arn: acmCertificate } },
      says: ["certificate.arn: is not a known key; known here: kind"] },
    { name: "new ACM certificate with Azure DNS", cloud: "aws", changes: { dns: { kind: "azure-dns", zoneId: dnsZone } },
      says: ["certificate.arn: is missing; a new certificate of ACM is proven in Route 53 or by hand, so with dns kind \"azure-dns\" name an existing one"] },
    { name: "own certificate without chain", cloud: "azure", changes: { certificate: { kind: "owncert" } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: is missing; it must be a PEM certificate chain in base64, leaf first"] },
    { name: "own certificate without key", cloud: "azure", changes: { certificate: { kind: "owncert", chain } },
      says: ["certificatePrivateKey: is missing; certificate kind \"owncert\" needs it: run \"pulumi config set --secret -s acme certificatePrivateKey\""] },
    { name: "chain that is not base64", cloud: "azure", changes: { certificate: { kind: "owncert", chain: "-----BEGIN CERTIFICATE-----" } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: the value must be a PEM certificate chain in base64, leaf first"] },
    { name: "chain that is not PEM", cloud: "azure", changes: { certificate: { kind: "owncert", chain: base64("hello") } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: the value must be base64 of a PEM text that begins with \"-----BEGIN CERTIFICATE-----\""] },
    { name: "chain with a broken certificate", cloud: "azure", changes: { certificate: { kind: "owncert", chain: base64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: holds something that is not an X.509 certificate"] },
    { name: "chain that holds the key", cloud: "azure", changes: { certificate: { kind: "owncert", chain: base64(decode(chain) + decode(key)) } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: holds a private key; give the key as the secret openvidu:certificatePrivateKey, and replace it, for it was in plain text"] },
    { name: "chain for another domain", cloud: "azure", changes: { domain: "meet.example.com", certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: its first certificate is not made for the domain \"meet.example.com\""] },
    { name: "chain too long for a vault", cloud: "azure", changes: { certificate: { kind: "owncert", chain: chain + base64("\n".repeat(18_000)) } }, given: { certificatePrivateKey: key },
      says: ["certificate.chain: is too long: chain and private key have 26160 characters, and 20000 fit into a secret of azure"] },
    { name: "DNS of an unknown kind", cloud: "aws", changes: { dns: { kind: "cloudflare", zoneId: "x" } },
      says: ["dns.kind: \"cloudflare\" must be \"none\", \"route53\" or \"azure-dns\""] },
    { name: "Route 53 without a zone", cloud: "aws", changes: { dns: { kind: "route53" } },
      says: ["dns.zoneId: is missing; it must be a hosted zone id such as \"Z0123456789ABCDEFGHIJ\""] },
    { name: "Route 53 with the zone's name", cloud: "aws", changes: { dns: { kind: "route53", zoneId: "example.com" } },
      says: ["dns.zoneId: \"example.com\" must be a hosted zone id such as \"Z0123456789ABCDEFGHIJ\""] },
    { name: "Azure DNS with a hosted zone id", cloud: "azure", changes: { dns: { kind: "azure-dns", zoneId: "Z0123456789ABCDEFGHIJ" } },
      says: ["dns.zoneId: \"Z0123456789ABCDEFGHIJ\" must be a resource id like /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Network/dnszones/<zone>"] },
    { name: "zone of another domain", cloud: "azure", changes: { domain: "video.example.org", dns: { kind: "azure-dns", zoneId: dnsZone } },
      says: ["dns.zoneId: is the zone \"example.com\", to which the domain \"video.example.org\" does not belong"] },
    { name: "zone without DNS", cloud: "aws", changes: { dns: { kind: "none", zoneId: "Z0123456789ABCDEFGHIJ" } },
      says: ["dns.zoneId: is not a known key; known here: kind"] },
  ],
  "masters": [
    { name: "unknown instance type on AWS", cloud: "aws", changes: { "masters.instanceType": "c6a.gigantic" },
      says: ["masters.instanceType: \"c6a.gigantic\" is not an instance type of aws; write it like \"c6a.xlarge\""] },
    { name: "Azure size on AWS", cloud: "aws", changes: { "masters.instanceType": "Standard_D4s_v5" },
      says: ["masters.instanceType: \"Standard_D4s_v5\" is not an instance type of aws; write it like \"c6a.xlarge\""] },
    { name: "AWS type on Azure", cloud: "azure", changes: { "masters.instanceType": "c6a.xlarge" },
      says: ["masters.instanceType: \"c6a.xlarge\" is not an instance type of azure; write it like \"Standard_D4s_v5\""] },
    { name: "the size of the official templates, which does not exist", cloud: "azure", changes: { "masters.instanceType": "Standard_B4s" },
      says: ["masters.instanceType: \"Standard_B4s\" is not an instance type of azure; write it like \"Standard_D4s_v5\""] },
    { name: "instance type of the wrong type", cloud: "aws", changes: { "masters.instanceType": 4 },
      says: ["masters.instanceType: 4 must be an instance type"] },
    { name: "system disk too small", cloud: "aws", changes: { "masters.rootDiskGiB": 20 },
      says: ["masters.rootDiskGiB: 20 must be a whole number from 50 to 65536"] },
    { name: "system disk too large", cloud: "azure", changes: { "masters.rootDiskGiB": 5000 },
      says: ["masters.rootDiskGiB: 5000 must be a whole number from 50 to 4095"] },
    { name: "data disk too small", cloud: "azure", changes: { "masters.dataDiskGiB": 10 },
      says: ["masters.dataDiskGiB: 10 must be a whole number from 50 to 32767"] },
    { name: "data disk too large", cloud: "aws", changes: { "masters.dataDiskGiB": 100000 },
      says: ["masters.dataDiskGiB: 100000 must be a whole number from 50 to 65536"] },
    { name: "disk size as text", cloud: "aws", changes: { "masters.dataDiskGiB": "100" },
      says: ["masters.dataDiskGiB: \"100\" must be a whole number from 50 to 65536"] },
    { name: "disk size with a fraction", cloud: "aws", changes: { "masters.dataDiskGiB": 100.5 },
      says: ["masters.dataDiskGiB: 100.5 must be a whole number from 50 to 65536"] },
    { name: "three generations", cloud: "aws", changes: { "masters.generations": [1, 1, 1] },
      says: ["masters.generations: a list of 3 is given; it must be a list of 4 numbers, one for each master"] },
    { name: "generation zero", cloud: "azure", changes: { "masters.generations": [1, 0, 1, 1] },
      says: ["masters.generations[1]: 0 must be a whole number from 1 to 1000000"] },
    { name: "generation as text", cloud: "azure", changes: { "masters.generations": [1, 1, "2", 1] },
      says: ["masters.generations[2]: \"2\" must be a whole number from 1 to 1000000"] },
    { name: "number of masters", cloud: "aws", changes: { "masters.count": 3 },
      says: ["masters.count: is not a known key; known here: instanceType, rootDiskGiB, dataDiskGiB, generations"] },
    { name: "GPU masters without image", cloud: "aws", changes: { "masters.instanceType": "g5.xlarge" },
      says: ["images.masterId: is missing; g5.xlarge has a GPU, and AWS publishes no dated GPU images: name an AMI"] },
  ],
  "media": [
    { name: "a group that could never grow", cloud: "aws", changes: { "media.min": 0 },
      says: ["media.min: 0 needs media.max 0 as well, which closes the cluster, or media.acceptEmpty: a group without nodes has no load to scale out by"] },
    { name: "min above max", cloud: "aws", changes: { "media.min": 5, "media.max": 3 },
      says: ["media.min: 5 is above media.max, which is 3; lower min or raise max"] },
    { name: "initial below min", cloud: "azure", changes: { "media.min": 2, "media.initial": 1 },
      says: ["media.initial: 1 must lie between media.min (2) and media.max (5)"] },
    { name: "initial above max", cloud: "aws", changes: { "media.max": 4, "media.initial": 9 },
      says: ["media.initial: 9 must lie between media.min (1) and media.max (4)"] },
    { name: "initial above the profile's max", cloud: "aws", changes: { "media.initial": 6 },
      says: ["media.initial: 6 must lie between media.min (1) and media.max (5)"] },
    { name: "negative min", cloud: "aws", changes: { "media.min": -1 },
      says: ["media.min: -1 must be a whole number from 0 to 400"] },
    { name: "min with a fraction", cloud: "azure", changes: { "media.min": 1.5 },
      says: ["media.min: 1.5 must be a whole number from 0 to 1000"] },
    { name: "min as text", cloud: "azure", changes: { "media.min": "two" },
      says: ["media.min: \"two\" must be a whole number from 0 to 1000"] },
    { name: "too many for AWS", cloud: "aws", changes: { "media.max": 401 },
      says: ["media.max: 401 must be a whole number from 0 to 400"] },
    { name: "too many for Azure", cloud: "azure", changes: { "media.max": 1001 },
      says: ["media.max: 1001 must be a whole number from 0 to 1000"] },
    { name: "null", cloud: "aws", changes: { "media.max": null },
      says: ["media.max: null must be a whole number from 0 to 400"] },
    { name: "target out of range", cloud: "aws", changes: { "media.targetCpuPercent": 95 },
      says: ["media.targetCpuPercent: 95 must be a whole number from 10 to 90"] },
    { name: "target as a fraction", cloud: "azure", changes: { "media.targetCpuPercent": 0.5 },
      says: ["media.targetCpuPercent: 0.5 must be a whole number from 10 to 90"] },
    { name: "boot timeout too short", cloud: "aws", changes: { "media.bootTimeoutMinutes": 1 },
      says: ["media.bootTimeoutMinutes: 1 must be a whole number from 5 to 120"] },
    { name: "drain of more than 47 hours", cloud: "azure", changes: { "media.drainTimeoutMinutes": 2821 },
      says: ["media.drainTimeoutMinutes: 2821 must be a whole number from 1 to 2820"] },
    { name: "roll of more than 14 days", cloud: "aws", changes: { "media.max": 7, "media.drainTimeoutMinutes": 2820, "media.bootTimeoutMinutes": 120 },
      says: ["media.drainTimeoutMinutes: 2820 is too long for 7 nodes: a roll in 7 batches may take 15 days, and the cloud ends it after 14; it must be at most 2759"] },
    { name: "disk too small for a GPU image", cloud: "aws", changes: { "media.instanceType": "g5.xlarge", "media.diskGiB": 60, "images.mediaId": "ami-0123456789abcdef0" },
      says: ["media.diskGiB: 60 is too small for the image of a GPU type such as g5.xlarge; it must be at least 100"] },
    { name: "GPU without image", cloud: "aws", changes: { "media.instanceType": "g4dn.xlarge" },
      says: ["images.mediaId: is missing; g4dn.xlarge has a GPU, and AWS publishes no dated GPU images: name an AMI"] },
    { name: "disk too small for a GPU image on Azure", cloud: "azure", changes: { "media.instanceType": "Standard_NC4as_T4_v3", "media.diskGiB": 64 },
      says: ["media.diskGiB: 64 is too small for the image of a GPU type such as Standard_NC4as_T4_v3; it must be at least 100"] },
    { name: "media as a list", cloud: "aws", changes: { media: [1, 5] },
      says: ["media: a list of 2 is given; it must be a group of settings: instanceType, diskGiB, min, max, acceptEmpty, initial, targetCpuPercent, bootTimeoutMinutes, drainTimeoutMinutes"] },
    { name: "media as text", cloud: "azure", changes: { media: "min=1" },
      says: ["media: \"min=1\" must be a group of settings: instanceType, diskGiB, min, max, acceptEmpty, initial, targetCpuPercent, bootTimeoutMinutes, drainTimeoutMinutes, drainsAtOnce"] },
    { name: "no drain at all", cloud: "azure", changes: { "media.drainsAtOnce": 0 },
      says: ["media.drainsAtOnce: 0 must be a whole number from 1 to 10"] },
    { name: "too many drains at once", cloud: "azure", changes: { "media.drainsAtOnce": 11 },
      says: ["media.drainsAtOnce: 11 must be a whole number from 1 to 10"] },
    { name: "drains at once where the group decides", cloud: "aws", changes: { "media.drainsAtOnce": 2 },
      says: ["media.drainsAtOnce: belongs to azure, but this stack is on aws; remove it"] },
    { name: "misspelt key", cloud: "aws", changes: { "media.maximum": 4, "media.mni": 1 },
      says: [
        "media.maximum: is not a known key; known here: instanceType, diskGiB, min, max, acceptEmpty, initial, targetCpuPercent, bootTimeoutMinutes, drainTimeoutMinutes",
        "media.mni: is not a known key; known here: instanceType, diskGiB, min, max, acceptEmpty, initial, targetCpuPercent, bootTimeoutMinutes, drainTimeoutMinutes",
      ] },
  ],
  "network": [
    { name: "address without prefix", cloud: "aws", changes: { "network.cidr": "10.0.0.0" },
      says: ["network.cidr: \"10.0.0.0\" must be an IPv4 range such as \"203.0.113.0/24\""] },
    { name: "octet above 255", cloud: "aws", changes: { "network.cidr": "10.0.300.0/16" },
      says: ["network.cidr: \"10.0.300.0/16\" is not an IPv4 range; write it like 10.0.0.0/16"] },
    { name: "host bits", cloud: "azure", changes: { "network.cidr": "10.0.1.0/16" },
      says: ["network.cidr: \"10.0.1.0/16\" has host bits set; did you mean 10.0.0.0/16"] },
    { name: "network too small", cloud: "aws", changes: { "network.cidr": "10.0.0.0/24" },
      says: ["network.cidr: \"10.0.0.0/24\" must have a prefix between /16 and /22"] },
    { name: "network too large", cloud: "azure", changes: { "network.cidr": "10.0.0.0/8" },
      says: ["network.cidr: \"10.0.0.0/8\" must have a prefix between /16 and /22"] },
    { name: "public range", cloud: "aws", changes: { "network.cidr": "8.8.0.0/16" },
      says: ["network.cidr: \"8.8.0.0/16\" is no private range; take one inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"] },
    { name: "Docker's range", cloud: "azure", changes: { "network.cidr": "172.17.0.0/16" },
      says: ["network.cidr: \"172.17.0.0/16\" overlaps 172.17.0.0/16, which Docker uses on every machine"] },
    { name: "IPv6", cloud: "aws", changes: { "network.cidr": "fd00::/16" },
      says: ["network.cidr: \"fd00::/16\" must be an IPv4 range such as \"203.0.113.0/24\""] },
    { name: "too small for so many nodes on AWS", cloud: "aws", changes: { "network.cidr": "10.0.0.0/22", "media.max": 400, "media.drainTimeoutMinutes": 60 },
      says: ["network.cidr: \"10.0.0.0/22\" has room for 342 media nodes, but there may be 500 of them; take a wider range or lower media.max"] },
    { name: "too small for so many nodes on Azure", cloud: "azure", changes: { "network.cidr": "10.0.0.0/22", "media.max": 508 },
      says: ["network.cidr: \"10.0.0.0/22\" has room for 507 media nodes, but there may be 508 of them; take a wider range or lower media.max"] },
    { name: "fewer zones than wanted on AWS", cloud: "aws", changes: { "network.zoneCount": 4 },
      says: ["network.zoneCount: 4 is more than the region has; it has eu-west-1a, eu-west-1b, eu-west-1c"] },
    { name: "fewer zones than wanted on Azure", cloud: "azure", changes: { "network.zoneCount": 4 },
      says: ["network.zoneCount: 4 is more than the region has; it has 1, 2, 3"] },
    { name: "zones where there are none", cloud: "azure", changes: { region: "westus", "network.zoneCount": 3, "network.acceptSingleZone": true },
      says: ["network.zoneCount: 3 is more than the region has; westus has no zones"] },
    { name: "no zones wanted", cloud: "aws", changes: { "network.zoneCount": 0 },
      says: ["network.zoneCount: 0 must be a whole number from 1 to 4"] },
    { name: "count and names of zones", cloud: "aws", changes: { "network.zoneCount": 2, "network.zones": ["eu-west-1a", "eu-west-1b"] },
      says: ["network.zoneCount: says the same as network.zones; remove one of them"] },
    { name: "zone of another region", cloud: "aws", changes: { "network.zones": ["eu-west-1a", "eu-west-2b"] },
      says: ["network.zones[1]: \"eu-west-2b\" is not a zone of eu-west-1; write it like \"eu-west-1a\""] },
    { name: "zone listed twice", cloud: "aws", changes: { "network.zones": ["eu-west-1a", "eu-west-1a"] },
      says: ["network.zones[1]: \"eu-west-1a\" is listed twice"] },
    { name: "five zones", cloud: "aws", changes: { region: "us-east-1", "network.zones": ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e"] },
      says: ["network.zones: a list of 5 is given; it must be a list of 1 to 4 zones"] },
    { name: "zone numbers without quotes", cloud: "azure", changes: { "network.zones": [1, 2] },
      says: [
        "network.zones[0]: 1 must be a zone in quotes: \"1\", \"2\" or \"3\"",
        "network.zones[1]: 2 must be a zone in quotes: \"1\", \"2\" or \"3\"",
      ] },
    { name: "zone that Azure does not have", cloud: "azure", changes: { "network.zones": ["1", "4"] },
      says: ["network.zones[1]: \"4\" must be a zone in quotes: \"1\", \"2\" or \"3\""] },
    { name: "zone in a region without zones", cloud: "azure", changes: { region: "westus", "network.zones": ["1", "2"] },
      says: [
        "network.zones[0]: \"1\" is not a zone of westus; westus has no zones",
        "network.zones[1]: \"2\" is not a zone of westus; westus has no zones",
      ] },
    { name: "one zone for all masters", cloud: "aws", changes: { "network.zoneCount": 1 },
      says: ["network.acceptSingleZone: is not true, but all masters would stand in zone eu-west-1a, so that one failure can end the service: use more zones, or set it to true"] },
    { name: "one named zone for all masters", cloud: "azure", changes: { "network.zones": ["2"] },
      says: ["network.acceptSingleZone: is not true, but all masters would stand in zone 2, so that one failure can end the service: use more zones, or set it to true"] },
    { name: "region without zones", cloud: "azure", changes: { region: "westus" },
      says: ["network.acceptSingleZone: is not true, but westus has no zones, so that one failure can end the service: use more zones, or set it to true"] },
    { name: "NAT of an unknown kind", cloud: "aws", changes: { "network.nat": "perSubnet" },
      says: ["network.nat: \"perSubnet\" must be \"single\" or \"perZone\""] },
    { name: "NAT per zone where it is not to be had", cloud: "azure", changes: { region: "qatarcentral", "network.nat": "perZone" },
      says: ["network.nat: \"perZone\" is not possible: azure has no way out of qatarcentral that survives the loss of a zone; set it to \"single\""] },
    { name: "the profile's NAT where it is not to be had", cloud: "azure", changes: { region: "qatarcentral", profile: "production" },
      says: ["network.nat: is \"perZone\" by the profile, but azure has no way out of qatarcentral that survives the loss of a zone; set it to \"single\""] },
    { name: "adoption together with a new network", cloud: "aws", changes: { network: { adopt: awsAdopt, cidr: "10.1.0.0/16", nat: "single", zoneCount: 2 } },
      says: [
        "network.cidr: is for a new network, but network.adopt names an existing one; remove one of them",
        "network.nat: is for a new network, but network.adopt names an existing one; remove one of them",
        "network.zoneCount: is for a new network, but network.adopt names an existing one; remove one of them",
      ] },
    { name: "adoption together with a new network on Azure", cloud: "azure", changes: { network: { adopt: azureAdopt, cidr: "10.1.0.0/16" } },
      says: ["network.cidr: is for a new network, but network.adopt names an existing one; remove one of them"] },
    { name: "adoption with too little", cloud: "aws", changes: { "network.adopt": { networkId: "vpc-0123456789abcdef0" } },
      says: [
        "network.adopt.masterSubnetIds: is missing; it must be a list of 1 to 4 subnet ids",
        "network.adopt.mediaSubnetIds: is missing; it must be a list of 1 to 16 subnet ids",
        "network.adopt.loadBalancerSubnetIds: is missing; it must be a list of 1 to 6 subnet ids",
      ] },
    { name: "five master subnets", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, masterSubnetIds: [subnet(1), subnet(2), subnet(3), subnet(4), subnet(5)] } },
      says: ["network.adopt.masterSubnetIds: a list of 5 is given; it must be a list of 1 to 4 subnet ids"] },
    { name: "VPC id of the wrong shape", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, networkId: "main" } },
      says: ["network.adopt.networkId: \"main\" must be a VPC id such as \"vpc-0123456789abcdef0\""] },
    { name: "subnet id of the wrong shape", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, mediaSubnetIds: ["subnet-1"] } },
      says: ["network.adopt.mediaSubnetIds[0]: \"subnet-1\" must be a subnet id such as \"subnet-0123456789abcdef0\""] },
    { name: "subnet listed twice", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, masterSubnetIds: [subnet(1), subnet(1)] } },
      says: ["network.adopt.masterSubnetIds[1]: \"subnet-0123456789abcde10\" is listed twice"] },
    { name: "adopted subnets of one zone", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, masterSubnetIds: [subnet(1)], loadBalancerSubnetIds: [subnet(4)] } },
      says: [
        "network.adopt.masterSubnetIds: one subnet stands in one zone, whose loss ends the service: give two or more, or set network.acceptSingleZone to true",
        "network.adopt.loadBalancerSubnetIds: one subnet stands in one zone, whose loss ends the service: give two or more, or set network.acceptSingleZone to true",
      ] },
    { name: "subnet of another network", cloud: "azure", changes: { "network.adopt": { ...azureAdopt, masterSubnetIds: [`${virtualNetwork}2/subnets/masters`] } },
      says: ["network.adopt.masterSubnetIds[0]: \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/main2/subnets/masters\" is not a subnet of network.adopt.networkId"] },
    { name: "two media subnets on Azure", cloud: "azure", changes: { "network.adopt": { ...azureAdopt, mediaSubnetIds: [...azureAdopt.mediaSubnetIds, ...azureAdopt.masterSubnetIds] } },
      says: ["network.adopt.mediaSubnetIds: a list of 2 is given; it must be a list of 1 subnet id"] },
    { name: "load balancer subnets on Azure", cloud: "azure", changes: { "network.adopt": { ...azureAdopt, loadBalancerSubnetIds: [] } },
      says: ["network.adopt.loadBalancerSubnetIds: belongs to aws, but this stack is on azure; remove it"] },
  ],
  "access": [
    { name: "everybody as operator", cloud: "aws", changes: { "access.operatorCidrs": ["0.0.0.0/0"] },
      says: ["access.operatorCidrs[0]: \"0.0.0.0/0\" must have a prefix between /8 and /32"] },
    { name: "operator address without prefix", cloud: "aws", changes: { "access.operatorCidrs": ["203.0.113.5"] },
      says: ["access.operatorCidrs[0]: \"203.0.113.5\" must be an IPv4 range such as \"203.0.113.0/24\""] },
    { name: "operator range with host bits", cloud: "azure", changes: { "access.operatorCidrs": ["203.0.113.5/24"] },
      says: ["access.operatorCidrs[0]: \"203.0.113.5/24\" has host bits set; did you mean 203.0.113.0/24"] },
    { name: "overlapping operator ranges", cloud: "azure", changes: { "access.operatorCidrs": ["203.0.113.0/24", "198.51.100.0/24", "203.0.113.128/25"] },
      says: ["access.operatorCidrs[2]: \"203.0.113.128/25\" overlaps \"203.0.113.0/24\" of the same list; keep the wider one"] },
    { name: "operators inside the cluster", cloud: "aws", changes: { "access.operatorCidrs": ["10.0.4.0/24"] },
      says: ["access.operatorCidrs[0]: \"10.0.4.0/24\" overlaps the cluster's own network 10.0.0.0/16; give the ranges that operators come from"] },
    { name: "operator range as text", cloud: "aws", changes: { "access.operatorCidrs": "203.0.113.0/24" },
      says: ["access.operatorCidrs: \"203.0.113.0/24\" must be a list of at most 20 IPv4 ranges"] },
    { name: "no way out at all", cloud: "aws", changes: { "access.egressCidrs": [] },
      says: ["access.egressCidrs: a list of 0 is given; it must be a list of 1 to 20 IPv4 ranges"] },
    { name: "ways out that overlap", cloud: "azure", changes: { "access.egressCidrs": ["0.0.0.0/0", "203.0.113.0/24"] },
      says: ["access.egressCidrs[1]: \"203.0.113.0/24\" overlaps \"0.0.0.0/0\" of the same list; keep the wider one"] },
    { name: "deployers from a private range", cloud: "azure", changes: { "access.deployerCidrs": ["192.168.1.0/24"] },
      says: ["access.deployerCidrs[0]: \"192.168.1.0/24\" is a private range; a vault sees deployers only by their public addresses"] },
    { name: "everybody as deployer", cloud: "azure", changes: { "access.deployerCidrs": ["0.0.0.0/0"] },
      says: ["access.deployerCidrs[0]: \"0.0.0.0/0\" must have a prefix between /8 and /32"] },
    { name: "deployer ranges on AWS", cloud: "aws", changes: { "access.deployerCidrs": ["203.0.113.0/24"] },
      says: ["access.deployerCidrs: belongs to azure, but this stack is on aws; remove it"] },
    { name: "Session Manager on Azure", cloud: "azure", changes: { "access.operatorShell": true },
      says: ["access.operatorShell: belongs to aws, but this stack is on azure; remove it"] },
    { name: "reader that is no role", cloud: "aws", changes: { "access.credentialReaders": ["arn:aws:iam::123456789012:root"] },
      says: ["access.credentialReaders[0]: \"arn:aws:iam::123456789012:root\" must be the ARN of an IAM role or user such as \"arn:aws:iam::123456789012:role/deployer\"; \"*\" stands for any text"] },
    { name: "readers on Azure", cloud: "azure", changes: { "access.credentialReaders": ["arn:aws:iam::123456789012:role/ops"] },
      says: ["access.credentialReaders: belongs to aws, but this stack is on azure; remove it"] },
    { name: "user name on AWS", cloud: "aws", changes: { "access.adminUsername": "ovadmin" },
      says: ["access.adminUsername: belongs to azure, but this stack is on aws; remove it"] },
    { name: "user name that Azure reserves", cloud: "azure", changes: { "access.adminUsername": "Admin" },
      says: ["access.adminUsername: \"Admin\" is a name that Azure or Ubuntu keeps for itself; take another"] },
    { name: "user name of a group of Ubuntu", cloud: "azure", changes: { "access.adminUsername": "video" },
      says: ["access.adminUsername: \"video\" is a name that Azure or Ubuntu keeps for itself; take another"] },
    { name: "user name with a blank", cloud: "azure", changes: { "access.adminUsername": "video ops" },
      says: ["access.adminUsername: \"video ops\" must be a user name: 2 to 32 letters, digits and hyphens, beginning with a letter"] },
    { name: "private key as SSH key", cloud: "azure", changes: { "access.sshPublicKey": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl" },
      says: ["access.sshPublicKey: the value must be one line of an OpenSSH public key, beginning with \"ssh-ed25519\" or \"ssh-rsa\""] },
    { name: "name of a key pair as SSH key", cloud: "aws", changes: { "access.sshPublicKey": "my-key-pair" },
      says: ["access.sshPublicKey: the value must be one line of an OpenSSH public key, beginning with \"ssh-ed25519\" or \"ssh-rsa\""] },
    { name: "switch as text", cloud: "aws", changes: { "access.operatorShell": "yes" },
      says: ["access.operatorShell: \"yes\" must be true or false"] },
  ],
  "OpenVidu": [
    { name: "unknown module", cloud: "aws", changes: { "modules.grafana": true },
      says: ["modules.grafana: is not a known key; known here: observability, v2compatibility, openviduMeet"] },
    { name: "modules as a list", cloud: "aws", changes: { modules: ["observability"] },
      says: ["modules: a list of 1 is given; it must be a group of settings: observability, v2compatibility, openviduMeet"] },
    { name: "module switched by a number", cloud: "azure", changes: { "modules.observability": 1 },
      says: ["modules.observability: 1 must be true or false"] },
    { name: "unknown feature", cloud: "azure", changes: { "features.srt": true },
      says: ["features.srt: is not a known key; known here: rtmp, whip, webrtcOverTcp, customApp"] },
    { name: "custom application before 3.6.1", cloud: "aws", changes: { version: "3.6.0", "features.customApp": true },
      says: ["features.customApp: needs OpenVidu 3.6.1 or later, and this is 3.6.0; set it to false or raise openvidu:version"] },
    { name: "unknown engine", cloud: "aws", changes: { rtcEngine: "janus" },
      says: ["rtcEngine: \"janus\" must be \"pion\" or \"mediasoup\""] },
    { name: "flag without dashes", cloud: "aws", changes: { installFlags: ["domain=x"] },
      says: ["installFlags[0]: \"domain=x\" must be an installer flag such as \"--name=value\", of letters, digits and = _ . -"] },
    { name: "flag of the program", cloud: "aws", changes: { installFlags: ["--domain-name=other.example.com"] },
      says: ["installFlags[0]: \"--domain-name\" is set by the program itself; use openvidu:domain"] },
    { name: "flag of the program in a text", cloud: "azure", changes: { installFlags: "--debug, --rtc-engine=pion" },
      says: ["installFlags: \"--rtc-engine\" is set by the program itself; use openvidu:rtcEngine"] },
    { name: "flag of the other TLS mode", cloud: "aws", changes: { installFlags: ["--certificate-type=letsencrypt"] },
      says: ["installFlags[0]: \"--certificate-type\" is set by the program itself; use openvidu:certificate.kind"] },
    { name: "flag given twice", cloud: "azure", changes: { installFlags: ["--force-version=1", "--force-version=2"] },
      says: ["installFlags[1]: \"--force-version\" is given twice"] },
    { name: "flag with a blank", cloud: "aws", changes: { installFlags: ["--note=two words"] },
      says: ["installFlags[0]: \"--note=two words\" must be an installer flag such as \"--name=value\", of letters, digits and = _ . -"] },
    { name: "flag with a quote, in a text", cloud: "azure", changes: { installFlags: "--note='x'" },
      says: ["installFlags: \"--note='x'\" must be an installer flag such as \"--name=value\", of letters, digits and = _ . -"] },
    { name: "flag with a wildcard", cloud: "azure", changes: { installFlags: ["--path=*"] },
      says: ["installFlags[0]: \"--path=*\" must be an installer flag such as \"--name=value\", of letters, digits and = _ . -"] },
    { name: "flags as a number", cloud: "aws", changes: { installFlags: 5 },
      says: ["installFlags: 5 must be a list of installer flags, or one text with commas between them"] },
  ],
  "storage, entry, encryption, images, labels": [
    { name: "bucket in upper case", cloud: "aws", changes: { "storage.appDataBucket": "MyBucket" },
      says: ["storage.appDataBucket: \"MyBucket\" must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens"] },
    { name: "bucket named like an address", cloud: "aws", changes: { "storage.clusterDataBucket": "192.168.0.1" },
      says: ["storage.clusterDataBucket: \"192.168.0.1\" must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens"] },
    { name: "storage account on AWS", cloud: "aws", changes: { "storage.account": "recordings" },
      says: ["storage.account: belongs to azure, but this stack is on aws; remove it"] },
    { name: "bucket on Azure", cloud: "azure", changes: { "storage.appDataBucket": "recordings" },
      says: ["storage.appDataBucket: belongs to aws, but this stack is on azure; remove it"] },
    { name: "storage account with a hyphen", cloud: "azure", changes: { resourceGroup: "ours", "storage.account": "my-account" },
      says: ["storage.account: \"my-account\" must be the name of a storage account: 3 to 24 lower-case letters and digits"] },
    { name: "storage account without its group", cloud: "azure", changes: { "storage.account": "recordings" },
      says: ["storage.account: \"recordings\" lies in a resource group; name it in openvidu:resourceGroup"] },
    { name: "container with two hyphens", cloud: "azure", changes: { "storage.appDataContainer": "app--data" },
      says: ["storage.appDataContainer: \"app--data\" must be the name of a container: 3 to 63 lower-case letters, digits and single hyphens"] },
    { name: "the portal form's container name", cloud: "azure", changes: { "storage.containerName": "openvidu" },
      says: ["storage.containerName: is not a known key; known here: keepDeletedDays, account, appDataContainer, zoneRedundant"] },
    { name: "three copies where there are no zones", cloud: "azure", changes: { region: "westus", "network.acceptSingleZone": true, "storage.zoneRedundant": true },
      says: ["storage.zoneRedundant: must be false; westus has no zones"] },
    { name: "nothing kept", cloud: "aws", changes: { "storage.keepDeletedDays": 0 },
      says: ["storage.keepDeletedDays: 0 must be a whole number from 1 to 365"] },
    { name: "recovery window too long for AWS", cloud: "aws", changes: { secretRecoveryDays: 90 },
      says: ["secretRecoveryDays: 90 must be a whole number from 7 to 30"] },
    { name: "recovery window too short", cloud: "azure", changes: { secretRecoveryDays: 1 },
      says: ["secretRecoveryDays: 1 must be a whole number from 7 to 90"] },
    { name: "resource group on AWS", cloud: "aws", changes: { resourceGroup: "ours" },
      says: ["resourceGroup: belongs to azure, but this stack is on aws; remove it"] },
    { name: "resource group that ends in a dot", cloud: "azure", changes: { resourceGroup: "ours." },
      says: ["resourceGroup: \"ours.\" must be the name of a resource group"] },
    { name: "address by value", cloud: "azure", changes: { "entry.addressId": "20.1.2.3" },
      says: ["entry.addressId: \"20.1.2.3\" must be a resource id like /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Network/publicIPAddresses/<address>"] },
    { name: "address on AWS", cloud: "aws", changes: { "entry.addressId": publicAddress },
      says: ["entry.addressId: belongs to azure, but this stack is on aws; remove it"] },
    { name: "client addresses on Azure", cloud: "azure", changes: { "entry.preserveClientAddress": true },
      says: ["entry.preserveClientAddress: belongs to aws, but this stack is on azure; remove it"] },
    { name: "key by alias", cloud: "aws", changes: { "encryption.keyArn": "arn:aws:kms:eu-west-1:123456789012:alias/main" },
      says: ["encryption.keyArn: \"arn:aws:kms:eu-west-1:123456789012:alias/main\" must be the ARN of a KMS key such as \"arn:aws:kms:eu-west-1:123456789012:key/<id>\"; an alias is not enough"] },
    { name: "key of another region", cloud: "aws", changes: { region: "us-east-1", "encryption.keyArn": kmsKey },
      says: ["encryption.keyArn: \"arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\" lies in another region than the stack; it must be one of us-east-1"] },
    { name: "key of AWS on Azure", cloud: "azure", changes: { "encryption.keyArn": kmsKey },
      says: ["encryption.keyArn: belongs to aws, but this stack is on azure; remove it"] },
    { name: "disk encryption set of the wrong type", cloud: "azure", changes: { "encryption.diskEncryptionSetId": virtualNetwork },
      says: ["encryption.diskEncryptionSetId: \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers…\" must be a resource id like /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Compute/diskEncryptionSets/<name>"] },
    { name: "host encryption on AWS", cloud: "aws", changes: { "encryption.encryptionAtHost": true },
      says: ["encryption.encryptionAtHost: belongs to azure, but this stack is on aws; remove it"] },
    { name: "release without quotes", cloud: "aws", changes: { "images.release": 24.04 },
      says: ["images.release: 24.04 must be \"22.04\" or \"24.04\""] },
    { name: "unknown release", cloud: "azure", changes: { "images.release": "20.04" },
      says: ["images.release: \"20.04\" must be \"22.04\" or \"24.04\""] },
    { name: "latest image", cloud: "aws", changes: { "images.version": "current" },
      says: ["images.version: \"current\" must be a serial of Canonical such as \"20260615\"; \"latest\" is never used"] },
    { name: "latest image on Azure", cloud: "azure", changes: { "images.version": "latest" },
      says: ["images.version: \"latest\" must be an image version such as \"24.04.202606150\"; \"latest\" is never used"] },
    { name: "image version of another release", cloud: "azure", changes: { "images.version": "22.04.202608060" },
      says: ["images.version: \"22.04.202608060\" is not of release 24.04; change it or openvidu:images.release"] },
    { name: "AMI of the wrong shape", cloud: "aws", changes: { "images.mediaId": "ubuntu-24.04" },
      says: ["images.mediaId: \"ubuntu-24.04\" must be an AMI id such as \"ami-0123456789abcdef0\""] },
    { name: "gallery image without version", cloud: "azure", changes: { "images.mediaId": galleryImage.replace("1.2.3", "latest") },
      says: ["images.mediaId: \"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers…\" must be a resource id like /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Compute/galleries/<gallery>/images/<image>/versions/1.0.0"] },
    { name: "AMI on Azure", cloud: "azure", changes: { "images.masterId": "ami-0123456789abcdef0" },
      says: ["images.masterId: \"ami-0123456789abcdef0\" must be a resource id like /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Compute/galleries/<gallery>/images/<image>/versions/1.0.0"] },
    { name: "reserved label on AWS", cloud: "aws", changes: { tags: { "aws:team": "video" } },
      says: ["tags[\"aws:team\"]: begins with a word that aws keeps for itself"] },
    { name: "reserved label on Azure", cloud: "azure", changes: { tags: { "Microsoft-team": "video" } },
      says: ["tags.Microsoft-team: begins with a word that azure keeps for itself"] },
    { name: "label of the scale set", cloud: "azure", changes: { tags: { "openvidu-media": "{}" } },
      says: ["tags.openvidu-media: is set by the program itself; remove it"] },
    { name: "label of the program", cloud: "aws", changes: { tags: { "managed-by": "us", Name: "x" } },
      says: [
        "tags.managed-by: is set by the program itself; remove it",
        "tags.Name: is set by the program itself; remove it",
      ] },
    { name: "labels that differ in case", cloud: "azure", changes: { tags: { team: "video", Team: "audio" } },
      says: ["tags.Team: is given twice; names differ only in case"] },
    { name: "label with a forbidden sign", cloud: "azure", changes: { tags: { "cost/centre": "7" } },
      says: ["tags[\"cost/centre\"]: must have a name of 1 to 128 characters without < > % & \\ ? /"] },
    { name: "label with a forbidden value", cloud: "aws", changes: { tags: { team: "a,b" } },
      says: ["tags.team: must be at most 256 letters, digits, blanks and + - = . _ : / @"] },
    { name: "label that is a number", cloud: "aws", changes: { tags: { "cost-centre": 7 } },
      says: ["tags.cost-centre: 7 must be text"] },
    { name: "too many labels", cloud: "azure", changes: { tags: Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`t${i}`, "x"])) },
      says: ["tags: has 41 entries; at most 40 are possible"] },
    { name: "labels as a list", cloud: "aws", changes: { tags: ["video"] },
      says: ["tags: a list of 1 is given; it must be a group of names and texts"] },
  ],
  "secrets": [
    { name: "no licence", cloud: "aws", changes: {}, given: { license: undefined },
      says: ["license: is missing; run \"pulumi config set --secret -s acme license\""] },
    { name: "licence with a blank", cloud: "aws", changes: {}, given: { license: "my licence" },
      says: ["license: the value must be a licence key of letters, digits and . _ = + / : @ % , -"] },
    { name: "blank licence", cloud: "azure", changes: {}, given: { license: "" },
      says: ["license: the value must be a licence key of letters, digits and . _ = + / : @ % , -"] },
    { name: "Meet password with a special sign", cloud: "aws", changes: {}, given: { meetAdminPassword: "pa$$word" },
      says: ["meetAdminPassword: the value must be made of letters, digits, _ and - only"] },
    { name: "Meet API key with a blank", cloud: "azure", changes: {}, given: { meetApiKey: "an api key" },
      says: ["meetApiKey: the value must be made of letters, digits, _ and - only"] },
    { name: "Meet password without Meet", cloud: "aws", changes: { "modules.openviduMeet": false }, given: { meetAdminPassword: "abc", meetApiKey: "def" },
      says: [
        "meetAdminPassword: has no use while openvidu:modules.openviduMeet is false; remove one of them",
        "meetApiKey: has no use while openvidu:modules.openviduMeet is false; remove one of them",
      ] },
    { name: "private key without own certificate", cloud: "aws", changes: {}, given: { certificatePrivateKey: key },
      says: ["certificatePrivateKey: has no use with certificate kind \"acm\"; remove it or use \"owncert\""] },
    { name: "private key that is not base64", cloud: "azure", changes: { certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: "-----BEGIN PRIVATE KEY-----" },
      says: ["certificatePrivateKey: the value must be a PEM private key in base64"] },
    { name: "private key that is not PEM", cloud: "azure", changes: { certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: base64("hello") },
      says: ["certificatePrivateKey: the value must be a PEM private key in base64, without a passphrase"] },
    { name: "private key of another certificate", cloud: "azure", changes: { certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: otherKey },
      says: ["certificatePrivateKey: does not belong to the first certificate of openvidu:certificate.chain"] },
    { name: "private key with a passphrase", cloud: "azure", changes: { certificate: { kind: "owncert", chain } }, given: { certificatePrivateKey: encryptedKey },
      says: ["certificatePrivateKey: the value must be a PEM private key in base64, without a passphrase"] },
  ],
  "unknown keys, and several problems at once": [
    { name: "unknown key", cloud: "aws", changes: { autoscaling: {} },
      says: ["autoscaling: is not a known key; known here: cloud, edition, version, profile, dns, modules, features, rtcEngine, installFlags, deletionProtection, tags, alarms, region, domain, certificate, masters, media, network, storage, access, entry, encryption, images, secretRecoveryDays, license, meetAdminPassword, meetApiKey, certificatePrivateKey"] },
    { name: "misspelt key", cloud: "azure", changes: { domian: "video.example.com" },
      says: ["domian: is not a known key; did you mean domain"] },
    { name: "British licence", cloud: "aws", changes: { licence: "x" }, given: { license: undefined },
      says: [
        "licence: is not a known key; did you mean license",
        "license: is missing; run \"pulumi config set --secret -s acme license\"",
      ] },
    { name: "key in another case", cloud: "aws", changes: { rtcengine: "pion" },
      says: ["rtcengine: is not a known key; did you mean rtcEngine"] },
    { name: "private key inside the certificate", cloud: "azure", changes: { certificate: { kind: "owncert", chain, privateKey: "abc" } },
      says: [
        "certificate.privateKey: is not a known key; known here: kind, chain",
        "certificatePrivateKey: is missing; certificate kind \"owncert\" needs it: run \"pulumi config set --secret -s acme certificatePrivateKey\"",
      ] },
    { name: "unknown key below a group", cloud: "aws", changes: { "network.adopt": { ...awsAdopt, dnsSubnetIds: [] } },
      says: ["network.adopt.dnsSubnetIds: is not a known key; known here: networkId, masterSubnetIds, mediaSubnetIds, loadBalancerSubnetIds"] },
    { name: "two problems of one group", cloud: "aws", changes: { "media.min": "one", "media.max": 9999 },
      says: [
        "media.min: \"one\" must be a whole number from 0 to 400",
        "media.max: 9999 must be a whole number from 0 to 400",
      ] },
    { name: "wrong shape and wrong combination", cloud: "azure", changes: { "masters.rootDiskGiB": 1, "media.min": 4, "media.max": 2 },
      says: [
        "masters.rootDiskGiB: 1 must be a whole number from 50 to 4095",
        "media.min: 4 is above media.max, which is 2; lower min or raise max",
      ] },
    { name: "nothing but the cloud", cloud: "aws", changes: { edition: undefined, region: undefined, domain: undefined }, given: { license: undefined },
      says: [
        "edition: is missing; it must be \"ha\" or \"elastic\"",
        "region: is missing; it must be an AWS region such as \"eu-west-1\"",
        "domain: is missing; it must be a full domain name in lower case, such as \"video.example.com\"",
        "license: is missing; run \"pulumi config set --secret -s acme license\"",
      ] },
    { name: "one in every corner", cloud: "azure", changes: { version: "3.6.0", "features.customApp": true, "network.zoneCount": 4, "access.operatorCidrs": ["0.0.0.0/0"], tags: { azure: "x" }, "storage.bucket": "x" }, given: { license: undefined },
      says: [
        "storage.bucket: is not a known key; known here: keepDeletedDays, account, appDataContainer, zoneRedundant",
        "network.zoneCount: 4 is more than the region has; it has 1, 2, 3",
        "access.operatorCidrs[0]: \"0.0.0.0/0\" must have a prefix between /8 and /32",
        "features.customApp: needs OpenVidu 3.6.1 or later, and this is 3.6.0; set it to false or raise openvidu:version",
        "tags.azure: begins with a word that azure keeps for itself",
        "license: is missing; run \"pulumi config set --secret -s acme license\"",
      ] },
  ],
};

describe("configs that are refused", () => {
  for (const [topic, rows] of Object.entries(refusals)) {
    describe(topic, () => {
      for (const { name, cloud, changes, given, says } of rows) {
        it(`${cloud}: ${name}`, () => {
          assert.deepEqual(lines(check(cloud, changes, secrets(given))), says);
        });
      }
    });
  }

  describe("secrets in plain text", () => {
    const plain = (value: string) => ({ license: { value, encrypted: false } });

    it("are refused without being repeated", () => {
      const result = checkConfig(config("aws"), plain("hunter2"), "acme");
      assert.deepEqual(lines(result), [
        'license: is given in plain text; take it out of the file, replace it where it came from, and run "pulumi config set --secret -s acme license"',
      ]);
    });

    it("are allowed when they only stand for a secret", () => {
      assert.deepEqual(lines(checkConfig(config("aws"), plain(placeholders.license()), "acme")), []);
    });

    it("are allowed in place of a private key, whatever the chain", () => {
      const standIn = base64("rehearsal-placeholder\n");
      const given = { ...secrets(), certificatePrivateKey: { value: standIn, encrypted: false } };
      assert.deepEqual(
        lines(checkConfig(config("azure", { certificate: { kind: "owncert", chain } }), given, "acme")),
        [],
      );
    });

    it("are both in plain text and wrong", () => {
      const given = { license: { value: "a b", encrypted: true }, meetApiKey: { value: "p q", encrypted: false } };
      assert.deepEqual(lines(checkConfig(config("azure"), given, "acme")), [
        "license: the value must be a licence key of letters, digits and . _ = + / : @ % , -",
        'meetApiKey: is given in plain text; take it out of the file, replace it where it came from, and run "pulumi config set --secret -s acme meetApiKey"',
        "meetApiKey: the value must be made of letters, digits, _ and - only",
      ]);
    });
  });

  it("does not repeat the value of a plain key that is stored encrypted", () => {
    const result = checkConfig(config("aws", { domain: "s3cret" }), secrets(), "acme", new Set(["domain"]));
    assert.deepEqual(lines(result), [
      'domain: the value must be a full domain name in lower case, such as "video.example.com"',
    ]);
  });

  it("does not repeat such a value where keys are looked at together", () => {
    const changes = { "access.operatorCidrs": ["0.0.0.0/0"] };
    const result = checkConfig(config("aws", changes), secrets(), "acme", new Set(["access"]));
    assert.deepEqual(lines(result), [
      "access.operatorCidrs[0]: does not fit; why is not said, because a value is stored encrypted that need not be",
    ]);
  });

  it("does not repeat such a value in the message about another key", () => {
    const dns = { kind: "azure-dns", zoneId: dnsZone };
    const result = checkConfig(config("azure", { domain: "secret.test", dns }), secrets(), "acme", new Set(["domain"]));
    assert.deepEqual(lines(result), [
      "dns.zoneId: does not fit; why is not said, because a value is stored encrypted that need not be",
    ]);
  });

  it("cuts long values short and keeps a message on one line", () => {
    const result = check("aws", { rtcEngine: `line one\n${"x".repeat(200)}` });
    assert.deepEqual(lines(result), [`rtcEngine: "line one\\n${"x".repeat(71)}…" must be "pion" or "mediasoup"`]);
  });

  for (const name of ["has_underscore", "1st", "ends-", "dotted.name", "x".repeat(41)]) {
    it(`refuses the stack name ${name}`, () => {
      const reason =
        "becomes part of names in the cloud; it must be at most 40 letters, digits and hyphens, beginning with a letter " +
        "and not ending in a hyphen";
      const { problems } = checkConfig(config("azure"), secrets(), name);
      assert.deepEqual(problems, [{ path: "", reason: `the stack's name "${name}" ${reason}` }]);
    });
  }
});
