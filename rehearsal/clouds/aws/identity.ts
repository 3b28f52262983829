/**
 * Simulated IAM and Secrets Manager.
 */
import type { Json, LiveResource, Properties, ResourceModel, World } from "../../model";
import { isDeclared, isMissing } from "../existing";
import { given, hexDigits, number, problems, record, text, texts, upperAlphanumerics, uuid } from "../values";
import {
  accountId,
  arn,
  common,
  kmsProblem,
  parseArn,
  partitionOf,
  parts,
  refusal,
  regionOf,
  tagged,
  tagsAll,
} from "./account";

const tf = "github.com/hashicorp/terraform-provider-aws internal/service";
export const roleType = "aws:iam/role:Role";
export const profileType = "aws:iam/instanceProfile:InstanceProfile";
const secretType = "aws:secretsmanager/secret:Secret";
const inlineType = "aws:iam/rolePolicy:RolePolicy";
const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";
const secretPolicyType = "aws:secretsmanager/secretPolicy:SecretPolicy";

/** Start of time in every rehearsal, so that two runs do not differ. */
export const creationTime = "2026-01-01T00:00:00Z";

function iamArn(world: World, inputs: Properties, resource: string): string {
  return `arn:${partitionOf(regionOf(inputs, world)).partition}:iam::${accountId}:${resource}`;
}

/** What is wrong with a policy document, in the words of the provider (not JSON) or of the API (no statements). */
export function policyProblem(
  service: string,
  operation: string,
  property: string,
  document: Json,
): string | undefined {
  let parsed: Properties;
  try {
    parsed = record(JSON.parse(text(document)));
  } catch {
    return `"${property}" contains an invalid JSON policy: not a JSON object`;
  }
  const statements = [parsed.Statement].flat().filter((statement) => Object.keys(record(statement)).length > 0);
  const complete = statements.every((statement) => {
    const { Effect, Action, NotAction } = record(statement);
    return (Effect === "Allow" || Effect === "Deny") && (given(Action) || given(NotAction));
  });
  if (statements.length > 0 && complete) return undefined;
  const code = service === "S3" ? "MalformedPolicy" : "MalformedPolicyDocument";
  return refusal(service, operation, code, "Syntax errors in policy.");
}

/** Whether the stack made the role that a name or an ARN refers to, or a test declared it. In a preview roles have no id. */
function roleExists(role: Json, world: World): boolean {
  const name = text(role).split("/").at(-1)!;
  return (
    world.ofType(roleType).some((made) => made.inputs.name === name || made.outputs.arn === role) ||
    isDeclared(world, name)
  );
}

function roleProblem(operation: string, inputs: Properties, world: World): string | undefined {
  const says = `The role with name ${text(inputs.role)} cannot be found.`;
  return given(inputs.role) && !roleExists(inputs.role, world)
    ? refusal("IAM", operation, "NoSuchEntity", says)
    : undefined;
}

/** Names are unique in an account whatever their case. Source: IAM CreateRole and CreateInstanceProfile. */
function sameName(type: string, operation: string, noun: string, inputs: Properties, world: World): string | undefined {
  const name = text(inputs.name);
  const twin = world
    .ofType(type)
    .some((other) => name !== "" && text(other.outputs.name).toLowerCase() === name.toLowerCase());
  const says = `${noun} with name ${name} already exists.`;
  return twin ? refusal("IAM", operation, "EntityAlreadyExists", says) : undefined;
}

/** What keeps a role. The provider takes it out of instance profiles itself, and policies only when told to. */
function roleUse({ id, inputs }: LiveResource, world: World): string[] {
  if (inputs.forceDetachPolicies === true) return [];
  const has = (type: string): boolean => world.ofType(type).some((other) => other.inputs.role === id);
  const refuse = (says: string): string => refusal("IAM", "DeleteRole", "DeleteConflict", says);
  return problems(
    has(attachmentType) && refuse("Cannot delete entity, must detach all policies first."),
    !has(attachmentType) && has(inlineType) && refuse("Cannot delete entity, must delete policies first."),
  );
}

const role: ResourceModel = {
  required: ["assumeRolePolicy"],
  source: `${tf}/iam/role.go; IAM CreateRole (64 characters of [\\w+=,.@-]), DeleteRole API references; cloud-facts-aws 7`,
  naming: { input: "name", auto: "suffix7", maxLength: 64, pattern: /^[\w+=,.@-]*$/ },
  defaults: { maxSessionDuration: 3600, path: "/", forceDetachPolicies: false },
  forcesReplacement: ["name", "namePrefix", "path"],
  recomputed: tagged,
  checkDelete: roleUse,
  takesAlong: parts({ [attachmentType]: "role", [inlineType]: "role" }),
  check: (inputs, world) =>
    problems(
      sameName(roleType, "CreateRole", "Role", inputs, world),
      policyProblem("IAM", "CreateRole", "assume_role_policy", inputs.assumeRolePolicy),
      text(inputs.assumeRolePolicy).replace(/\s/g, "").length > 2048 &&
        refusal("IAM", "CreateRole", "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
    ),
  create(inputs, world, { urn }) {
    const name = text(inputs.name);
    const outputs = {
      name,
      arn: iamArn(world, inputs, `role${text(inputs.path) || "/"}${name}`),
      uniqueId: `AROA${world.random(urn, 17, upperAlphanumerics)}`,
      createDate: creationTime,
    };
    return { id: name, outputs: { tagsAll: tagsAll(inputs, world), ...outputs } };
  },
};

const rolePolicy: ResourceModel = {
  required: ["policy", "role"],
  source: `${tf}/iam/role_policy.go; IAM quotas (10,240 characters of inline policies a role)`,
  naming: { input: "name", auto: "suffix7", maxLength: 128, pattern: /^[\w+=,.@-]*$/ },
  forcesReplacement: ["name", "namePrefix", "role"],
  check(inputs, world) {
    const sizeOf = (policy: Json): number => text(policy).replace(/\s/g, "").length;
    const beside = world.ofType(inlineType).filter((other) => other.inputs.role === inputs.role);
    const total = beside.reduce((sum, other) => sum + sizeOf(other.inputs.policy), sizeOf(inputs.policy));
    const says = `Maximum policy size of 10240 bytes exceeded for role ${text(inputs.role)}`;
    return problems(
      roleProblem("PutRolePolicy", inputs, world),
      policyProblem("IAM", "PutRolePolicy", "policy", inputs.policy),
      total > 10240 && refusal("IAM", "PutRolePolicy", "LimitExceeded", says),
    );
  },
  create: (inputs) => ({ id: `${text(inputs.role)}:${text(inputs.name)}`, outputs: { name: inputs.name } }),
};

const rolePolicyAttachment: ResourceModel = {
  required: ["policyArn", "role"],
  source: `${tf}/iam/role_policy_attachment.go`,
  forcesReplacement: ["policyArn", "role"],
  check(inputs, world) {
    const policy = text(inputs.policyArn);
    const parts = parseArn(policy);
    const own = parts?.account === accountId;
    const exists = own
      ? world.ofType("aws:iam/policy:Policy").some((made) => made.outputs.arn === policy) || isDeclared(world, policy)
      : parts?.service === "iam" && parts.resource.startsWith("policy/") && !isMissing(world, policy);
    const samePartition = !parts || parts.partition === partitionOf(regionOf(inputs, world)).partition;
    return problems(
      roleProblem("AttachRolePolicy", inputs, world),
      (!exists || !samePartition) &&
        refusal("IAM", "AttachRolePolicy", "NoSuchEntity", `Policy ${policy} does not exist or is not attachable.`),
    );
  },
  create: (inputs) => ({ id: `${text(inputs.role)}/${text(inputs.policyArn)}`, outputs: {} }),
};

const policy: ResourceModel = {
  required: ["policy"],
  source: `${tf}/iam/policy.go; IAM quotas (6,144 characters a managed policy)`,
  naming: { input: "name", auto: "suffix7", maxLength: 128, pattern: /^[\w+=,.@-]*$/ },
  defaults: { path: "/" },
  forcesReplacement: ["name", "namePrefix", "path", "description"],
  recomputed: tagged,
  inUse: {
    by: [attachmentType],
    says: () => refusal("IAM", "DeletePolicy", "DeleteConflict", "Cannot delete a policy attached to entities."),
  },
  check: (inputs) =>
    problems(
      policyProblem("IAM", "CreatePolicy", "policy", inputs.policy),
      text(inputs.policy).replace(/\s/g, "").length > 6144 &&
        refusal("IAM", "CreatePolicy", "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
    ),
  create(inputs, world, { urn }) {
    const own = iamArn(world, inputs, `policy${text(inputs.path) || "/"}${text(inputs.name)}`);
    const outputs = { arn: own, policyId: `ANPA${world.random(urn, 17, upperAlphanumerics)}`, attachmentCount: 0 };
    return { id: own, outputs: { tagsAll: tagsAll(inputs, world), ...outputs } };
  },
};

const instanceProfile: ResourceModel = {
  required: [],
  source: `${tf}/iam/instance_profile.go; IAM CreateInstanceProfile API reference (128 characters)`,
  naming: { input: "name", auto: "suffix7", maxLength: 128, pattern: /^[\w+=,.@-]*$/ },
  defaults: { path: "/" },
  forcesReplacement: ["name", "namePrefix", "path"],
  recomputed: tagged,
  check: (inputs, world) =>
    problems(
      sameName(profileType, "CreateInstanceProfile", "Instance Profile", inputs, world),
      roleProblem("AddRoleToInstanceProfile", inputs, world),
    ),
  create(inputs, world, { urn }) {
    const name = text(inputs.name);
    const outputs = {
      arn: iamArn(world, inputs, `instance-profile${text(inputs.path) || "/"}${name}`),
      uniqueId: `AIPA${world.random(urn, 17, upperAlphanumerics)}`,
      createDate: creationTime,
    };
    return { id: name, outputs: { tagsAll: tagsAll(inputs, world), ...outputs } };
  },
};

const secret: ResourceModel = {
  required: [],
  source: `${tf}/secretsmanager/secret.go; Secrets Manager CreateSecret API reference; cloud-facts-aws 6`,
  naming: { input: "name", auto: "suffix7", maxLength: 512, pattern: /^[A-Za-z0-9/_+=.@-]+$/ },
  defaults: { recoveryWindowInDays: 30, forceOverwriteReplicaSecret: false },
  forcesReplacement: ["name", "namePrefix", "type", "region"],
  recomputed: tagged,
  takesAlong: parts({ [versionType]: "secretId", [secretPolicyType]: "secretArn" }),
  check(inputs, world) {
    const name = text(inputs.name);
    const days = number(inputs.recoveryWindowInDays);
    const twin = world.ofType(secretType).some((other) => name !== "" && other.inputs.name === name);
    const kms = kmsProblem(inputs.kmsKeyId, regionOf(inputs, world));
    return problems(
      days !== undefined &&
        days !== 0 &&
        (days < 7 || days > 30) &&
        `expected recovery_window_in_days to be in the range (7 - 30), got ${days}`,
      twin &&
        refusal(
          "Secrets Manager",
          "CreateSecret",
          "ResourceExistsException",
          `The operation failed because the secret ${name} already exists.`,
        ),
      kms && refusal("Secrets Manager", "CreateSecret", "InvalidParameterException", kms),
    );
  },
  create(inputs, world, { urn }) {
    const suffix = world.random(urn, 6, `${upperAlphanumerics}abcdefghijklmnopqrstuvwxyz`);
    const own = arn("secretsmanager", regionOf(inputs, world), `secret:${text(inputs.name)}-${suffix}`);
    return { id: own, outputs: { ...common(inputs, world), arn: own } };
  },
};

/** A secret that the stack made, or one of another owner by its full ARN in the right region. */
function secretProblem(operation: string, value: Json, inputs: Properties, world: World): string | undefined {
  const id = text(value);
  const parts = parseArn(id);
  const foreign =
    parts?.service === "secretsmanager" && parts.region === regionOf(inputs, world) && !isMissing(world, id);
  const made = world.ofType(secretType).some((other) => other.id === id || other.inputs.name === id);
  if (made || foreign || isDeclared(world, id)) return undefined;
  const says = "Secrets Manager can't find the specified secret.";
  return refusal("Secrets Manager", operation, "ResourceNotFoundException", says);
}

const secretVersion: ResourceModel = {
  required: ["secretId"],
  source: `${tf}/secretsmanager/secret_version.go; Secrets Manager PutSecretValue API reference (65,536 bytes)`,
  secretOutputs: ["secretBinary", "secretString", "secretStringWo"],
  forcesReplacement: ["secretId", "secretString", "secretBinary", "secretStringWoVersion", "region"],
  // Write-only: the version number beside it says that it changed.
  notCompared: ["secretStringWo"],
  check(inputs, world) {
    const forms = ["secretString", "secretBinary", "secretStringWo"].filter((form) => given(inputs[form]));
    const value = text(inputs[forms[0] ?? "secretString"]);
    const length = forms[0] === "secretBinary" ? Buffer.from(value, "base64").length : Buffer.byteLength(value);
    return problems(
      secretProblem("PutSecretValue", inputs.secretId, inputs, world),
      forms.length > 1 &&
        `"secret_binary,secret_string,secret_string_wo": only one of these may be specified, but ${forms.join(", ")} were`,
      given(inputs.secretStringWo) !== given(inputs.secretStringWoVersion) &&
        '"secret_string_wo": all of `secret_string_wo,secret_string_wo_version` must be specified',
      length > 65536 &&
        refusal(
          "Secrets Manager",
          "PutSecretValue",
          "ValidationException",
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
        ),
    );
  },
  create(inputs, world, { urn }) {
    const versionId = uuid(world, urn);
    const secretId = text(inputs.secretId);
    return {
      id: `${secretId}|${versionId}`,
      outputs: {
        region: regionOf(inputs, world),
        arn: secretId,
        secretArn: secretId,
        versionId,
        versionStages: ["AWSCURRENT"],
        hasSecretStringWo: given(inputs.secretStringWo),
      },
    };
  },
};

const secretPolicy: ResourceModel = {
  required: ["policy", "secretArn"],
  source: `${tf}/secretsmanager/secret_policy.go; Secrets Manager PutResourcePolicy API reference (20,480 characters)`,
  forcesReplacement: ["secretArn", "region"],
  check: (inputs, world) =>
    problems(
      secretProblem("PutResourcePolicy", inputs.secretArn, inputs, world),
      policyProblem("Secrets Manager", "PutResourcePolicy", "policy", inputs.policy),
    ),
  create: (inputs, world) => ({ id: text(inputs.secretArn), outputs: { region: regionOf(inputs, world) } }),
};

const grantOperations = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
  "Sign",
  "Verify",
  "GetPublicKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateMac",
  "VerifyMac",
  "DeriveSharedSecret",
];

const grant: ResourceModel = {
  required: ["granteePrincipal", "keyId", "operations"],
  source: `${tf}/kms/grant.go; KMS CreateGrant API reference`,
  secretOutputs: ["grantToken"],
  forcesReplacement: [
    "constraints",
    "granteePrincipal",
    "grantCreationTokens",
    "keyId",
    "name",
    "operations",
    "retireOnDelete",
    "retiringPrincipal",
    "region",
  ],
  check(inputs, world) {
    const key = text(inputs.keyId);
    const kms = kmsProblem(key, regionOf(inputs, world));
    const principal = parseArn(text(inputs.granteePrincipal));
    return problems(
      (kms || isMissing(world, key)) &&
        refusal("KMS", "CreateGrant", "NotFoundException", kms ?? `Key '${key}' does not exist`),
      (!principal ||
        principal.service !== "iam" ||
        principal.partition !== partitionOf(regionOf(inputs, world)).partition) &&
        refusal(
          "KMS",
          "CreateGrant",
          "InvalidArnException",
          `ARN does not refer to a valid principal: ${text(inputs.granteePrincipal)}`,
        ),
      texts(inputs.operations)
        .filter((operation) => !grantOperations.includes(operation))
        .map(
          (operation) =>
            `expected operations to be one of [${grantOperations.map((one) => `"${one}"`).join(" ")}], got ${operation}`,
        ),
    );
  },
  create(inputs, world, { urn }) {
    const grantId = world.random(urn, 64, hexDigits);
    const outputs = {
      region: regionOf(inputs, world),
      grantId,
      grantToken: world.random(`${urn}#token`, 120, upperAlphanumerics),
    };
    return { id: `${text(inputs.keyId)}:${grantId}`, outputs };
  },
};

/** Roles, policies, profiles, secrets. */
export const identity: Readonly<Record<string, ResourceModel>> = {
  [roleType]: role,
  [inlineType]: rolePolicy,
  [attachmentType]: rolePolicyAttachment,
  "aws:iam/policy:Policy": policy,
  [profileType]: instanceProfile,
  [secretType]: secret,
  [versionType]: secretVersion,
  [secretPolicyType]: secretPolicy,
  "aws:kms/grant:Grant": grant,
};
