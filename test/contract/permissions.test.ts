/**
 * Machines may do what their scripts and services do, on the resources of their own cluster, and nothing else. The
 * table of uses is permission-uses.ts.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Graph } from "../../rehearsal/graph";
import { inputsOf, ofType, unwrap } from "../support/graph-queries";
import { forEachGraph } from "./examples";
import { awsUses, azureUses, diskGrantOperations, refusedRoles, type Use } from "./permission-uses";

interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Named extends Statement {
  /** The resource that carries the policy. */
  readonly holder: string;
}

const root = path.join(__dirname, "..", "..");
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

/** Every statement of every policy in a graph, wherever a resource carries one. */
function statements(graph: Graph): Named[] {
  return graph.resources.flatMap((resource) => {
    const { policy, assumeRolePolicy, inlinePolicies } = inputsOf(resource) as Record<string, unknown>;
    assert.equal(inlinePolicies, undefined, `${resource.name} hides a policy inside the role`);
    return [policy, assumeRolePolicy]
      .filter((text): text is string => typeof text === "string" && text.startsWith("{"))
      .flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement)
      .map((statement) => ({ ...statement, holder: resource.name }));
  });
}

const allowed = (graph: Graph): Named[] => statements(graph).filter(({ Effect }) => Effect === "Allow");

forEachGraph(
  "permissions",
  (graph) => {
    it("every allowed action has a use in the table", async () => {
      const known = new Set(awsUses.map(({ right }) => right));
      const given = allowed(await graph()).flatMap(({ Action, holder }) =>
        list(Action).map((action) => ({ action, holder })),
      );
      assert.ok(given.length >= 15, `${given.length} allowed actions`);
      assert.deepEqual(
        given.filter(({ action }) => !known.has(action)),
        [],
      );
    });

    it("no action and no resource is a wildcard, but for the part of a name that AWS makes up", async () => {
      for (const { Action, Resource, holder } of allowed(await graph())) {
        for (const action of list(Action)) assert.doesNotMatch(action, /[*?]/, holder);
        for (const arn of list(Resource)) {
          const rest = arn
            .replace(/^(arn:[^:]*:s3:::[a-z0-9.-]+)\/\*$/, "$1")
            .replace(":autoScalingGroup:*:", ":autoScalingGroup:");
          assert.match(rest, /^arn:[a-z-]+:[a-z0-9-]+:[^*?]+$/, `${holder}: ${arn}`);
        }
      }
    });

    it("wildcards otherwise only deny", async () => {
      const wide = statements(await graph()).filter(({ Action, Resource }) =>
        [...list(Action), ...list(Resource)].some((text) => text === "*" || text.endsWith(":*")),
      );
      assert.deepEqual(
        wide.filter(({ Effect }) => Effect !== "Deny").map(({ holder }) => holder),
        [],
      );
    });

    it("only machines may take on the nodes' roles", async () => {
      for (const role of ofType(await graph(), "aws:iam/role:Role")) {
        const { Statement } = JSON.parse(inputsOf(role).assumeRolePolicy as string) as {
          Statement: Record<string, unknown>[];
        };
        assert.deepEqual(
          Statement.map(({ Principal }) => Principal),
          [{ Service: "ec2.amazonaws.com" }],
          role.name,
        );
      }
    });

    it("customers' keys are used through their service only", async () => {
      for (const { Action, Condition, holder } of allowed(await graph())) {
        if (!list(Action).some((action) => action.startsWith("kms:"))) continue;
        assert.match(
          String(Condition?.StringEquals?.["kms:ViaService"]),
          /^(secretsmanager|s3)\.[a-z0-9-]+\.amazonaws\.com$/,
          holder,
        );
      }
    });

    it("the only managed policy is Session Manager's", async () => {
      const arns = ofType(await graph(), "aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(
        (each) => inputsOf(each).policyArn as string,
      );
      assert.equal(arns.length, 2);
      for (const arn of arns) assert.equal(arn, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    });

    it("grants on the disks' key go to the Auto Scaling service role alone", async () => {
      for (const each of ofType(await graph(), "aws:kms/grant:Grant")) {
        const { granteePrincipal, operations } = inputsOf(each) as { granteePrincipal: string; operations: string[] };
        assert.match(
          granteePrincipal,
          /:role\/aws-service-role\/autoscaling\.amazonaws\.com\/AWSServiceRoleForAutoScaling$/,
        );
        assert.deepEqual([...operations].sort(), diskGrantOperations);
      }
    });

    it("media nodes read one bundle and write one bucket; only they may end lifecycle actions; nobody writes a secret", async () => {
      const recorded = await graph();
      const roleOf = (kind: string): string =>
        unwrap(
          ofType(recorded, "aws:iam/role:Role").find(({ name }) => name.includes(`-${kind}-`))?.outputs.name,
        ) as string;
      const of = (kind: string): Statement[] =>
        ofType(recorded, "aws:iam/rolePolicy:RolePolicy")
          .map(inputsOf)
          .filter(({ role }) => role === roleOf(kind))
          .flatMap(({ policy }) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement);
      const resources = (kind: string, action: string): string[] =>
        of(kind)
          .filter(({ Action }) => list(Action).includes(action))
          .flatMap(({ Resource }) => [...list(Resource)]);
      for (const kind of ["master", "media"]) {
        assert.equal(resources(kind, "secretsmanager:GetSecretValue").length, 1, kind);
        assert.ok(
          of(kind).every(({ Action }) =>
            list(Action).every((action) => !/secretsmanager:(?!GetSecretValue)/.test(action)),
          ),
        );
      }
      assert.notDeepEqual(
        resources("master", "secretsmanager:GetSecretValue"),
        resources("media", "secretsmanager:GetSecretValue"),
      );
      assert.equal(resources("media", "s3:PutObject").length, 1);
      assert.equal(resources("master", "s3:PutObject").length, 2);
      assert.deepEqual(resources("master", "autoscaling:CompleteLifecycleAction"), []);
      assert.equal(resources("media", "autoscaling:CompleteLifecycleAction").length, 1);
    });
  },
  { cloud: "aws", modes: ["up"] },
);

forEachGraph(
  "role assignments",
  (graph) => {
    it("every one has a use in the table, and none is Owner or Contributor", async () => {
      const known = new Set(azureUses.map(({ right }) => right));
      const assignments = ofType(await graph(), "azure-native:authorization:RoleAssignment").map(inputsOf);
      assert.ok(assignments.length >= 2);
      for (const { roleDefinitionId } of assignments) {
        const guid = (roleDefinitionId as string).split("/").at(-1) ?? "";
        assert.match(
          roleDefinitionId as string,
          /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f-]{36}$/,
        );
        assert.ok(!refusedRoles.includes(guid));
        assert.ok(known.has(guid), guid);
      }
    });

    it("are made at single resources, never at a group or subscription", async () => {
      for (const { scope } of ofType(await graph(), "azure-native:authorization:RoleAssignment").map(inputsOf)) {
        assert.match(scope as string, /\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+(\/[^/]+\/[^/]+)*$/);
      }
    });

    it("no role is defined here, and no policy lets identities into the vault another way", async () => {
      const recorded = await graph();
      assert.deepEqual(
        ofType(recorded, "azure-native:authorization:RoleDefinition").map(({ name }) => name),
        [],
      );
      const [vault] = ofType(recorded, "azure-native:keyvault:Vault").map(inputsOf);
      assert.deepEqual(vault?.properties.accessPolicies ?? [], []);
    });
  },
  { cloud: "azure", modes: ["up"] },
);

describe("uses of permissions", () => {
  const uses: readonly Use[] = [...awsUses, ...azureUses];

  it("are each in the table once", () => {
    const rights = uses.map(({ right }) => right);
    assert.equal(new Set(rights).size, rights.length);
  });

  for (const { right, file, call } of uses.filter(({ usedBy }) => usedBy === "node script")) {
    it(`${right}: the script that is named makes the call`, () => {
      assert.match(readFileSync(path.join(root, file ?? ""), "utf8"), call!);
    });
  }

  it("cover every call of the AWS API that a script makes", () => {
    const source = readFileSync(path.join(root, "nodes/clouds/aws.py"), "utf8");
    const calls = [
      ...[...source.matchAll(/"secretsmanager\.([A-Za-z]+)"/g)].map(([, name]) => `secretsmanager:${name}`),
      ...[...source.matchAll(/(?:autoscaling|lifecycle)\("([A-Z][A-Za-z]+)"/g)].map(
        ([, name]) => `autoscaling:${name}`,
      ),
    ];
    assert.ok(calls.length >= 4);
    const known = awsUses.map(({ right }) => right);
    assert.deepEqual(
      calls.filter((each) => !known.includes(each)),
      [],
    );
  });

  it("no script brings a cloud's command line along", () => {
    const scripts = readdirSync(path.join(root, "nodes"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.(sh|py)$/.test(name),
    );
    assert.ok(scripts.length > 10);
    for (const script of scripts) {
      assert.doesNotMatch(readFileSync(path.join(root, "nodes", script), "utf8"), /^\s*(aws|az) [a-z]/m, script);
    }
  });
});
