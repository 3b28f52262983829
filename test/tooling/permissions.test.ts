/**
 * The permissions page covers every resource type that the providers use, and its policy is a valid IAM document.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { awsServices, azureNeeds, enterpriseV2Services } from "../../scripts/deployer-permissions";
import { managedPolicyLimit, permissionFiles } from "../../scripts/generate-permissions";

const root = path.resolve(__dirname, "../..");

/** `module.Class` of everything that is constructed from submodules of `sdk` in a provider's folder. */
function constructedTypes(folder: string, sdk: string): string[] {
  const types = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => typesIn(readFileSync(path.join(root, folder, file), "utf8"), sdk));
  return [...new Set(types)].sort();
}

function typesIn(source: string, sdk: string): string[] {
  const namespaces = [...source.matchAll(new RegExp(`import \\* as (\\w+) from "${sdk}/([\\w/]+)"`, "g"))];
  const named = [...source.matchAll(new RegExp(`import \\{([^}]+)\\} from "${sdk}/([\\w/]+)"`, "g"))];
  return [
    ...namespaces.flatMap(([, alias, module]) =>
      [...source.matchAll(new RegExp(`new ${alias}\\.(\\w+)\\(`, "g"))].map(([, name]) => `${module}.${name}`),
    ),
    ...named.flatMap(([, names, module]) =>
      (names ?? "")
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && new RegExp(`new ${name}\\(`).test(source))
        .map((name) => `${module}.${name}`),
    ),
  ];
}

describe("permissions of the deployer", () => {
  it("are found in a source whichever way it imports", () => {
    const source = [
      'import * as ec2 from "@pulumi/aws/ec2";',
      'import { Bucket, type BucketArgs } from "@pulumi/aws/s3";',
      "new ec2.Vpc(name); new Bucket(name); new Other(name);",
    ].join("\n");
    assert.deepEqual(typesIn(source, "@pulumi/aws"), ["ec2.Vpc", "s3.Bucket"]);
  });

  it("name every resource type that is used on AWS, and no other", () => {
    const listed = [...awsServices, ...enterpriseV2Services]
      .flatMap(({ write }) => Object.keys(write))
      .filter((type) => !type.startsWith("("));
    assert.deepEqual(
      listed.sort(),
      constructedTypes("providers/aws", "@pulumi/aws").filter((type) => !/Provider$/.test(type)),
    );
  });

  it("name every resource type that is used on Azure, and no other", () => {
    const listed = azureNeeds.flatMap(({ types }) => types);
    const used = constructedTypes("providers/azure", "@pulumi/azure-native").filter((type) => !/Provider$/.test(type));
    assert.deepEqual(listed.sort(), used);
  });

  it("are listed without a list that has nothing in it", () => {
    const text = permissionFiles()["docs/permissions.md"] ?? "";
    const withReads = [...awsServices, ...enterpriseV2Services].filter(({ read }) => read.length > 0);
    assert.equal(text.match(/Reads: `/g)?.length, withReads.length);
    assert.equal(text.match(/Reads:/g)?.length, withReads.length);
    assert.doesNotMatch(text, /\n\n\n/);
  });

  for (const [file, services] of [
    ["docs/deployer-policy-aws.json", awsServices],
    ["docs/deployer-policy-aws-enterprise-v2.json", enterpriseV2Services],
  ] as const)
    it(`are a policy that IAM takes: ${file}`, () => {
      const text = permissionFiles()[file] ?? "";
      const policy = JSON.parse(text) as { Statement: { Sid: string; Action: string[] }[] };
      const size = JSON.stringify(policy).length;
      assert.ok(size <= managedPolicyLimit, `${size} characters`);
      assert.equal(policy.Statement.length, services.length);
      for (const { Sid, Action } of policy.Statement) {
        assert.match(Sid, /^[A-Za-z0-9]+$/);
        assert.ok(Action.length > 0 && Action.every((action) => /^[a-z0-9]+:[A-Za-z]+\*?$/.test(action)), Sid);
        assert.ok(!Action.some((action) => action.endsWith(":*")), `${Sid} allows a whole service`);
      }
    });
});
