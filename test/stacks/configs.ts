/**
 * Valid configs to start from, and ways to change them.
 */
import type { CloudName } from "../../components/cloud";
import { placeholders } from "../../rehearsal/placeholders";
import { checkConfig, type CheckResult, type SecretInputs } from "../../stacks/check";
import type { ClusterSettings, SecretKey } from "../../stacks/settings";

export const stackName = "acme";

const bases: Readonly<Record<CloudName, Readonly<Record<string, unknown>>>> = {
  aws: { cloud: "aws", edition: "ha", region: "eu-west-1", domain: "video.example.com" },
  azure: { cloud: "azure", edition: "ha", region: "westeurope", domain: "video.example.com" },
  onprem: { cloud: "onprem", edition: "ha", domain: "video.example.com", hosts: hosts() },
};

/** Host keys of machines that do not exist, told apart by a number. */
export function hostKey(number: number): string {
  return `ssh-ed25519 ${Buffer.from(`not a real key, number ${String(number).padStart(28, "0")}`).toString("base64")}`;
}

/** Four masters and media nodes of a customer. */
export function hosts(media = 2): Record<string, unknown>[] {
  return Array.from({ length: 4 + media }, (_, i) => ({
    role: i < 4 ? "master" : "media",
    address: `198.51.100.${11 + i}`,
    privateAddress: `10.5.0.${11 + i}`,
    hostKey: hostKey(i),
  }));
}

/** A form of a private SSH key that opens nothing. */
export const sshKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90aGluZw==\n-----END OPENSSH PRIVATE KEY-----\n";

const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers";
export const virtualNetwork = `${subscription}/Microsoft.Network/virtualNetworks/main`;
export const dnsZone = `${subscription}/Microsoft.Network/dnszones/example.com`;
export const publicAddress = `${subscription}/Microsoft.Network/publicIPAddresses/entry`;
export const diskEncryptionSet = `${subscription}/Microsoft.Compute/diskEncryptionSets/disks`;
export const galleryImage = `${subscription}/Microsoft.Compute/galleries/ours/images/node/versions/1.2.3`;
export const kmsKey = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
export const acmCertificate = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

/** The private key of the certificates of examples and tests: the rehearsal's stand-in, without the mark that says so. */
export const certificateKey = Buffer.from(
  Buffer.from(placeholders.certificatePrivateKey(), "base64").toString().replace(/^.*\n/, ""),
).toString("base64");

/** A certificate of turn.example.com, in base64, made with that key. */
export const turnChain =
  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxekNDQVZDZ0F3SUJBZ0lVWG1FaTRNZlNyeEdKL3pobEVzU25URlNuNTlzd0NnWUlL" +
  "b1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWRIVnliaTVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpFeU1qSTRNRFphR0E4eQpNVEky" +
  "TVRBeU9ESXlNamd3Tmxvd0d6RVpNQmNHQTFVRUF3d1FkSFZ5Ymk1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5" +
  "QXdFSEEwSUFCRU93YlpYbUJ1WWZVMFVYamMvNUdvbFhEeS80Wit4WG5QQ3YKOHhjQlJlY2tZa2hRMGtGa1EwYzY1d3JsMmZQbnpoQkxVdGVa" +
  "VElYQjM5ZlV1OUcxeGVDamNEQnVNQjBHQTFVZApEZ1FXQkJTYW43ZnZCOTNyWlY1VWNYS0hmRFM4N29iUWV6QWZCZ05WSFNNRUdEQVdnQlNh" +
  "bjdmdkI5M3JaVjVVCmNYS0hmRFM4N29iUWV6QVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSFIxY200dVpYaGgKYlhC" +
  "c1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNRQXdSZ0loQU5YZXRmeUZ2aWtrWEZ0TGFhS29PWlRFM2NUUgptbjZhaVFOQW9RUVJnMzZ0QWlF" +
  "QXFUUGJ2NTBIU0k5VEpwZ3lBa0dRMzdTMjZ4SGRsTzVnemN4Q2Q3Uy93ZVk9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";

/** A certificate of video.example.com and turn.example.com, in base64, whose private key nobody has. */
export const foreignChain =
  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJ3VENDQVdlZ0F3SUJBZ0lVUFo3VEMyeE5oangzL0dCTHN5UHFnYndYVlFNd0NnWUlLb1pJ" +
  "emowRUF3SXcKSERFYU1CZ0dBMVVFQXd3UmRtbGtaVzh1WlhoaGJYQnNaUzVqYjIwd0lCY05Nall4TVRJeU1ESXlNVE14V2hnUApNakV5TmpFd01q" +
  "a3dNakl4TXpGYU1Cd3hHakFZQmdOVkJBTU1FWFpwWkdWdkxtVjRZVzF3YkdVdVkyOXRNRmt3CkV3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RR" +
  "Z0FFcHNFQXdaS24vOFpBSWIxYzBvallXODVYYUV2NzUrL2YKUnUwS1REcDFOTjk4Y0hpNklmVnZXRktuRmhMd09lZXRQYnNzNnZjNm1XdWE4NUQx" +
  "SWpkdFhLT0JoRENCZ1RBZApCZ05WSFE0RUZnUVV3NjlCL281ajkyUDZWbUc3cUNVZE9SZzhWc013SHdZRFZSMGpCQmd3Rm9BVXc2OUIvbzVqCjky" +
  "UDZWbUc3cUNVZE9SZzhWc013RHdZRFZSMFRBUUgvQkFVd0F3RUIvekF1QmdOVkhSRUVKekFsZ2hGMmFXUmwKYnk1bGVHRnRjR3hsTG1OdmJZSVFk" +
  "SFZ5Ymk1bGVHRnRjR3hsTG1OdmJUQUtCZ2dxaGtqT1BRUURBZ05JQURCRgpBaUFIV3hrLzR3dDFHdzhOWmVmbHl3OTVJNnJEYmttUGhiNTNaNmsx" +
  "S3EyN3FnSWhBTjlTMHlwRWpnMXlBZ3BsClFSeWRuMG5lK2JwT0ZWd1FhRzJmT0x3UWk4YzIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";

/** Ids of an adopted network on AWS; the last digit tells subnets apart. */
export const subnet = (digit: number): string => `subnet-0123456789abcde${digit}0`;
export const awsAdopt = {
  networkId: "vpc-0123456789abcdef0",
  masterSubnetIds: [subnet(1), subnet(2)],
  mediaSubnetIds: [subnet(3)],
  loadBalancerSubnetIds: [subnet(4), subnet(5)],
};
export const azureAdopt = {
  networkId: virtualNetwork,
  masterSubnetIds: [`${virtualNetwork}/subnets/masters`],
  mediaSubnetIds: [`${virtualNetwork}/subnets/media`],
};

/** A config with keys changed by dotted path; `undefined` takes a key away. */
export function config(cloud: CloudName, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const result: Record<string, unknown> = structuredClone(bases[cloud]);
  for (const [path, value] of Object.entries(changes)) {
    const [topic, ...rest] = path.split(".") as [string, ...string[]];
    result[topic] = put(result[topic], rest, value);
    if (result[topic] === undefined) delete result[topic];
  }
  return result;
}

function put(target: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const group = (target ?? {}) as Record<string, unknown>;
  return { ...group, [first]: put(group[first], rest, value) };
}

/** Encrypted secrets; `undefined` takes one away. The licence is there unless taken away. */
export function secrets(values: Readonly<Partial<Record<SecretKey, string | undefined>>> = {}): SecretInputs {
  const all = Object.entries({ license: "licence-1", ...values });
  return Object.fromEntries(
    all.flatMap(([key, value]) => (value === undefined ? [] : [[key, { value, encrypted: true }]])),
  );
}

/** The settings that a check led to, of an edition of OpenVidu 3. */
export function clusterSettings({ settings }: CheckResult): ClusterSettings {
  if (!settings || settings.edition === "enterprise-v2") throw new Error("no settings of OpenVidu 3");
  return settings;
}

/** The problems of a check as lines `path: reason`, in order. */
export function lines({ problems = [] }: CheckResult): string[] {
  return problems.map(({ path, reason }) => `${path}: ${reason}`);
}

/** Checks a changed base config of the stack "acme" with a licence. */
export function check(
  cloud: CloudName,
  changes: Readonly<Record<string, unknown>> = {},
  given = secrets(cloud === "onprem" ? { sshPrivateKey: sshKey } : {}),
): CheckResult {
  return checkConfig(config(cloud, changes), given, stackName);
}
