/**
 * Every parameter of the official Elastic templates has a config key that says the same.
 * Sources: reference/aws-reference.md 1.1 and 1.2, reference/azure-reference.md 1.1.
 */
import assert from "node:assert/strict";
import { configSchema, type JsonSchema } from "../../stacks/json-schema";
import type { Kind } from "../../stacks/schemas";
import { secretKeysOf } from "../../stacks/settings";

/** Config keys by parameter; a sentence where the program needs none. */
type Parameters = Readonly<Record<string, readonly string[] | string>>;

/* prettier-ignore */
const aws: Parameters = {
  DomainName: ["domain"],
  OpenViduLicense: ["license"],
  RTCEngine: ["rtcEngine"],
  MasterNodeInstanceType: ["masters.instanceType"],
  MediaNodeInstanceType: ["media.instanceType"],
  InitialMeetAdminPassword: ["meetAdminPassword"],
  InitialMeetApiKey: ["meetApiKey"],
  KeyName: ["access.sshPublicKey"],
  OperatingSystem: ["images.release"],
  InitialNumberOfMediaNodes: ["media.initial"],
  MinNumberOfMediaNodes: ["media.min"],
  MaxNumberOfMediaNodes: ["media.max"],
  ScaleTargetCPU: ["media.targetCpuPercent"],
  S3AppDataBucketName: ["storage.appDataBucket"],
  AdditionalInstallFlags: ["installFlags"],
  OpenViduVPC: ["network.adopt.networkId"],
  OpenViduMediaNodeSubnets: ["network.adopt.mediaSubnetIds"],
  CertificateType: ["certificate.kind"],
  PublicElasticIP: ["entry.address"],
  OwnPublicCertificate: ["certificate.chain"],
  OwnPrivateCertificate: ["certificatePrivateKey"],
  OpenViduMasterNodeSubnet: ["network.adopt.masterSubnetIds"],
};

/* prettier-ignore */
const azure: Parameters = {
  stackName: "the name of the Pulumi stack, of which names are made",
  certificateType: ["certificate.kind"],
  domainName: ["domain"],
  ownPublicCertificate: ["certificate.chain"],
  ownPrivateCertificate: ["certificatePrivateKey"],
  publicIpAddressObject: ["entry.addressId"],
  openviduLicense: ["license"],
  rtcEngine: ["rtcEngine"],
  initialMeetAdminPassword: ["meetAdminPassword"],
  initialMeetApiKey: ["meetApiKey"],
  masterNodeInstanceType: ["masters.instanceType"],
  mediaNodeInstanceType: ["media.instanceType"],
  adminUsername: ["access.adminUsername"],
  adminSshKey: ["access.sshPublicKey"],
  initialNumberOfMediaNodes: ["media.initial"],
  minNumberOfMediaNodes: ["media.min"],
  maxNumberOfMediaNodes: ["media.max"],
  scaleTargetCPU: ["media.targetCpuPercent"],
  additionalInstallFlags: ["installFlags"],
  datetime: "the first value of a label that only the official scale-in needs",
  automationAccountName: "the controller on the master scales in, without an Automation account",
  storageAccountName: ["storage.account", "resourceGroup"],
  containerName: ["storage.appDataContainer"],
};

/** Whether a dotted key is one of a schema, whichever of several forms a group may have. */
function has({ properties = {}, oneOf = [] }: JsonSchema, [first, ...rest]: readonly string[]): boolean {
  if (first === undefined) return true;
  const forms = [properties, ...oneOf.map((form) => form.properties ?? {})];
  return forms.some((form) => form[first] !== undefined && has(form[first], rest));
}

const templates: readonly { kind: Kind; parameters: Parameters; count: number }[] = [
  { kind: { cloud: "aws", edition: "elastic" }, parameters: aws, count: 22 },
  // Of the 25 rows two are High Availability's alone.
  { kind: { cloud: "azure", edition: "elastic" }, parameters: azure, count: 23 },
];

for (const { kind, parameters, count } of templates) {
  describe(`parameters of the official ${kind.edition} template on ${kind.cloud}`, () => {
    it("are all in the table", () => assert.equal(Object.keys(parameters).length, count));

    for (const [parameter, keys] of Object.entries(parameters)) {
      if (typeof keys === "string") continue;
      it(`${parameter} is openvidu:${keys.join(", openvidu:")}`, () => {
        const known = (key: string): boolean =>
          has(configSchema(kind), key.split(".")) || secretKeysOf(kind).some((secret) => secret === key);
        assert.deepEqual(
          keys.filter((key) => !known(key)),
          [],
        );
      });
    }

    it("would show a key that is not there", () => {
      assert.equal(has(configSchema(kind), ["media", "maximum"]), false);
      assert.equal(has(configSchema(kind), ["nat"]), false);
    });
  });
}
