/**
 * Makes docs/permissions.md, and the IAM policy document of a deployer on AWS, from deployer-permissions.ts.
 * `--check` writes nothing and fails when a file is stale.
 */
import path from "node:path";
import {
  type AwsService,
  awsServices,
  azureAuthorization,
  azureNeeds,
  enterpriseV2Services,
} from "./deployer-permissions";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

/** IAM's limit for one managed policy, white space not counted (IAM quotas, "Managed policy size"). */
export const managedPolicyLimit = 6144;

const actionsOf = ({ prefix, read, write }: AwsService): string[] =>
  [...new Set([...read, ...Object.values(write).flat()])].sort().map((action) => `${prefix}:${action}`);

/** The policy that a deployer on AWS gets for these services. */
function deployerPolicy(services: readonly AwsService[]): string {
  const Statement = services.map((service) => ({
    Sid: service.title.replaceAll(/[^A-Za-z0-9]/g, ""),
    Effect: "Allow",
    Action: actionsOf(service),
    Resource: "*",
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement }, undefined, 2) + "\n";
}

function awsSection(service: AwsService): string {
  const rows = Object.entries(service.write).map(([type, actions]) => {
    const names = actions.map((action) => `\`${action}\``).join(", ");
    return `| ${type.startsWith("(") ? type.slice(1, -1) : `\`${type}\``} | ${names || "(reads only)"} |`;
  });
  const table = rows.length > 0 ? ["", "| For | Actions |", "| --- | --- |", ...rows] : [];
  const reads = service.read.length > 0 && `Reads: ${service.read.map((action) => `\`${action}\``).join(", ")}.`;
  const text = [reads, service.note].filter(Boolean).join(" ");
  return [`### ${service.title} (\`${service.prefix}:\`)`, ...(text ? ["", text] : []), ...table].join("\n");
}

function page(): string {
  const azureRows = azureNeeds.map(
    ({ provider, types }) => `| \`${provider}\` | ${types.map((type) => `\`${type}\``).join(", ")} |`,
  );
  const authorizationRows = Object.entries(azureAuthorization).map(
    ([type, actions]) => `| \`${type}\` | ${actions.map((action) => `\`${action}\``).join(", ")} |`,
  );
  return (
    [
      "# What the deployer must be allowed to do",
      "_Generated from `scripts/deployer-permissions.ts` by `npm run docs`. Do not edit._",
      "These are the rights of whoever runs `pulumi up`, not those of the machines. The lists were made from the services'\n" +
        "references, by resource type; they have not been tried on an account with nothing else. If an action is missing, the\n" +
        "cloud's error names it.",
      "## AWS",
      "As a policy document for the deployer's role: [deployer-policy-aws.json](deployer-policy-aws.json). Whoever may make\nroles and pass them on can get any right in the account; treat the deployer accordingly.",
      ...awsServices.map(awsSection),
      "Enterprise v2 needs these besides, as a second document:\n" +
        "[deployer-policy-aws-enterprise-v2.json](deployer-policy-aws-enterprise-v2.json).",
      ...enterpriseV2Services.map(awsSection),
      "## Azure",
      "On the resource group named in `openvidu:resourceGroup`, or on the subscription where the program makes the group itself:",
      "| Role | For |\n| --- | --- |\n" +
        "| Contributor | every resource but roles and their assignments |\n" +
        "| User Access Administrator | the two roles of the controller on the masters, and the role assignments of the machines' identities |",
      "Owner includes both. Contributor alone is not enough: it may neither define nor assign roles. Role Based Access Control\n" +
        "Administrator may assign them, but not define them. Whoever gives the deployer a role of its own adds to Contributor:",
      ["| For | Actions |", "| --- | --- |", ...authorizationRows].join("\n"),
      "With `dns.kind: azure-dns` and a zone in\n" +
        "another resource group of the subscription, DNS Zone Contributor on that zone.",
      "What is adopted from other resource groups is joined or read, never changed. Network Contributor on the subnets and on the\n" +
        "public address, and Reader on the disk encryption set, are enough for `network.adopt`, `entry.addressId` and\n" +
        "`encryption.diskEncryptionSetId`.",
      "The vault's content is written through Azure's management plane, which Contributor covers. Reading a secret as a person\n" +
        "goes to the vault itself and needs Key Vault Secrets User there, deleting one Key Vault Secrets Officer, both from an\n" +
        "address in `openvidu:access.deployerCidrs`.",
      "These resource providers must be registered in the subscription (`az provider register --namespace <name>`):",
      ["| Resource provider | For |", "| --- | --- |", ...azureRows].join("\n"),
      "With `encryption.encryptionAtHost: true` also the feature\n" +
        "(`az feature register --namespace Microsoft.Compute --name EncryptionAtHost`).",
    ].join("\n\n") + "\n"
  );
}

/** Every file, by its path in the project. */
export function permissionFiles(): GeneratedFiles {
  return {
    "docs/permissions.md": page(),
    "docs/deployer-policy-aws.json": deployerPolicy(awsServices),
    "docs/deployer-policy-aws-enterprise-v2.json": deployerPolicy(enterpriseV2Services),
  };
}

if (require.main === module) {
  process.exitCode = writeOrCheck(permissionFiles(), path.resolve(__dirname, ".."), process.argv.slice(2));
}
