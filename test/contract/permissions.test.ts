/**
 * Machines may do what their scripts and services do, on the resources of their own cluster, and nothing else. The
 * table of uses is permission-uses.ts.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { matchesArn } from "../../providers/aws/policies";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { allDependencies, inputsOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { type ConfigChanges, evaluateVariant, forEachGraph } from "./examples";
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

type Kind = "master" | "media";

/** The inline policies of a kind of machines on AWS. */
function policyOf(graph: Graph, kind: Kind): Statement[] {
  const role = ofType(graph, "aws:iam/role:Role").find(({ name }) => name.includes(`-${kind}-`))?.outputs.name;
  return ofType(graph, "aws:iam/rolePolicy:RolePolicy")
    .map(inputsOf)
    .filter((policy) => policy.role === unwrap(role))
    .flatMap(({ policy }) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement);
}

/** Whether a kind of machines may do something, as IAM decides: what one statement denies no other one allows. */
function may(graph: Graph, kind: Kind, action: string, arn: string): boolean {
  const about = policyOf(graph, kind).filter(
    ({ Action, Resource }) =>
      list(Action).some((pattern) => matchesArn(pattern, action)) &&
      list(Resource).some((pattern) => matchesArn(pattern, arn)),
  );
  return about.some(({ Effect }) => Effect === "Allow") && about.every(({ Effect }) => Effect === "Allow");
}

/** Where on AWS the cluster keeps its own objects, and where its recordings. */
function bucketsOf(graph: Graph): { own: string; recordings: string } {
  const { coordinationUrl, appDataName } = onlyOne(graph, "openvidu:index:ObjectStore").outputs;
  const [, bucket, folder] = /^https:\/\/(.+)\.s3\.[^/]+\/(.+)\/$/.exec(String(unwrap(coordinationUrl))) ?? [];
  assert.ok(bucket && folder);
  return { own: `arn:aws:s3:::${bucket}/${folder}`, recordings: `arn:aws:s3:::${String(unwrap(appDataName))}` };
}

/** Backups hold every credential, and masters run the programs as root. */
function assertOwnObjectsAreTheMasters(graph: Graph): void {
  const { own, recordings } = bucketsOf(graph);
  for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]) {
    for (const object of ["backups/x", "programs-x.json.gz", "locks/x", "x"]) {
      assert.ok(!may(graph, "media", action, `${own}/${object}`), `media nodes: ${action} ${object}`);
      assert.ok(may(graph, "master", action, `${own}/${object}`), `masters: ${action} ${object}`);
    }
    for (const kind of ["master", "media"] as const) assert.ok(may(graph, kind, action, `${recordings}/recordings/x`));
  }
}

forEachGraph(
  "permissions",
  (graph, { edition }) => {
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
      const of = (kind: Kind): Statement[] => policyOf(recorded, kind);
      const resources = (kind: Kind, action: string): string[] =>
        of(kind)
          .filter(({ Action }) => list(Action).includes(action))
          .flatMap(({ Resource }) => [...list(Resource)]);
      for (const kind of ["master", "media"] as const) {
        assert.equal(resources(kind, "secretsmanager:GetSecretValue").length, 1, kind);
        assert.ok(
          of(kind).every(({ Action }) =>
            list(Action).every((action) => !/secretsmanager:(?!GetSecretValue|DescribeSecret)/.test(action)),
          ),
        );
      }
      assert.notDeepEqual(
        resources("master", "secretsmanager:GetSecretValue"),
        resources("media", "secretsmanager:GetSecretValue"),
      );
      assert.equal(resources("media", "s3:PutObject").length, 1);
      // Elastic keeps the cluster's own data on the master.
      assert.equal(resources("master", "s3:PutObject").length, { ha: 2, elastic: 1 }[edition]);
      assert.deepEqual(resources("master", "autoscaling:CompleteLifecycleAction"), []);
      assert.equal(resources("media", "autoscaling:CompleteLifecycleAction").length, 1);
    });

    it("the cluster's own objects are the masters' alone, also where they lie among the recordings", async () => {
      assertOwnObjectsAreTheMasters(await graph());
    });
  },
  { cloud: "aws", modes: ["up"] },
);

describe("the cluster's own objects in buckets of the customer's", () => {
  const variants: readonly [title: string, stack: string, storage: ConfigChanges][] = [
    ["the only one, of Elastic", "aws-elastic", { appDataBucket: "ours.example" }],
    ["one for everything", "aws-ha", { appDataBucket: "ours", clusterDataBucket: "ours" }],
    ["one for each purpose", "aws-ha", { appDataBucket: "ours", clusterDataBucket: "ours-too" }],
  ];
  for (const [title, stack, storage] of variants) {
    it(`are the masters' alone: ${title}`, async () => {
      assertOwnObjectsAreTheMasters(await evaluateVariant(stack, { config: { storage } }));
    });
  }

  it("need no rule where media nodes have no right to their bucket", async () => {
    const graph = await evaluateVariant("aws-ha", { config: { storage: variants[2]![2] } });
    assert.ok(policyOf(graph, "media").every(({ Effect }) => Effect === "Allow"));
  });
});

interface Role {
  /** Actions of a role of our own; the GUID of a built-in one. */
  readonly rights: readonly string[];
  readonly scope: string;
  readonly principalId: string;
}

const definitionId =
  /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/roleDefinitions\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

interface RoleDefinition {
  readonly scope: string;
  readonly assignableScopes: readonly string[];
  readonly roleName: string;
  readonly roleType: string;
  readonly permissions: readonly Readonly<Record<string, readonly string[]>>[];
}

const definitionsOf = (graph: Graph) => ofType(graph, "azure-native:authorization:RoleDefinition");
const ownRole = (resource: RecordedResource): RoleDefinition => inputsOf(resource) as unknown as RoleDefinition;
const actionsOf = ({ permissions }: RoleDefinition): readonly string[] =>
  permissions.flatMap(({ actions }) => list(actions));

/** Every right that some identity gets somewhere. */
function assignedRoles(graph: Graph): Role[] {
  const own = new Map(definitionsOf(graph).map((each) => [unwrap(each.outputs.name), actionsOf(ownRole(each))]));
  return ofType(graph, "azure-native:authorization:RoleAssignment")
    .map(inputsOf)
    .map(({ roleDefinitionId, scope, principalId }) => {
      const [, guid] = definitionId.exec(roleDefinitionId as string) ?? assert.fail(roleDefinitionId as string);
      return { rights: own.get(guid) ?? [guid!], scope: scope as string, principalId: principalId as string };
    });
}

const singleResource = /\/resourceGroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+(\/[^/]+\/[^/]+)*$/;

forEachGraph(
  "role assignments",
  (graph) => {
    it("every one has a use in the table, and none is Owner or Contributor", async () => {
      const known = new Set(azureUses.map(({ right }) => right));
      const roles = assignedRoles(await graph());
      assert.ok(roles.length >= 9, `${roles.length} assignments`);
      for (const right of roles.flatMap(({ rights }) => rights)) {
        assert.ok(!refusedRoles.includes(right), right);
        assert.ok(known.has(right), right);
      }
    });

    it("give every right of the table to somebody", async () => {
      const given = new Set(assignedRoles(await graph()).flatMap(({ rights }) => rights));
      assert.deepEqual(
        azureUses.map(({ right }) => right).filter((right) => !given.has(right)),
        [],
      );
    });

    it("are made at single resources; on the group only what merely reads", async () => {
      for (const { scope, rights } of assignedRoles(await graph())) {
        if (singleResource.test(scope)) continue;
        assert.match(scope, /\/resourceGroups\/[^/]+$/, "never a subscription");
        for (const right of rights) assert.match(right, /^Microsoft\.[A-Za-z]+\/[A-Za-z/]+\/read$/);
      }
    });

    it("let masters end machines of the one group, and nobody else", async () => {
      const recorded = await graph();
      const rolesWith = (right: string) => assignedRoles(recorded).filter(({ rights }) => rights.includes(right));
      const master = ofType(recorded, "azure-native:managedidentity:UserAssignedIdentity").find(({ name }) =>
        name.includes("-master-"),
      );
      const ends = rolesWith("Microsoft.Compute/virtualMachineScaleSets/delete/action");
      const group = onlyOne(recorded, "azure-native:compute:VirtualMachineScaleSet");
      const limits = onlyOne(recorded, "azure-native:monitor:AutoscaleSetting");
      assert.deepEqual(new Set(ends.map(({ scope }) => scope)), new Set([group.id, limits.id]));
      for (const right of azureUses.map((use) => use.right).filter((each) => each.startsWith("Microsoft."))) {
        const holders = new Set(rolesWith(right).map(({ principalId }) => principalId));
        assert.deepEqual([...holders], [unwrap(master?.outputs.principalId)], right);
      }
    });

    it("let media nodes write heartbeats, and read what concerns all", async () => {
      const recorded = await graph();
      const identities = ofType(recorded, "azure-native:managedidentity:UserAssignedIdentity");
      const [reads, writes] = ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"];
      const rightsOf = (kind: string) => {
        const identity = identities.find(({ name }) => name.includes(`-${kind}-`));
        return assignedRoles(recorded)
          .filter(({ principalId }) => principalId === unwrap(identity?.outputs.principalId))
          .filter(({ scope }) => scope.includes("/containers/"))
          .map(({ scope, rights }) => [scope.split("/").at(-1), ...rights]);
      };
      assert.deepEqual(rightsOf("media").sort(), [
        ["heartbeats", writes],
        ["requests", reads],
      ]);
      assert.deepEqual(rightsOf("master").sort(), [
        ["coordination", writes],
        ["heartbeats", writes],
        ["requests", writes],
      ]);
      const ofOpenVidu = ofType(recorded, "azure-native:storage:StorageAccount").filter(
        (each) => inputsOf(each).allowSharedKeyAccess === true,
      );
      for (const { id } of ofOpenVidu) {
        assert.ok(
          assignedRoles(recorded).every(({ scope }) => !scope.startsWith(id)),
          "the recordings' account is reached by its key",
        );
      }
    });

    it("roles of our own list single actions, are for the cluster's group alone, and have names of their own", async () => {
      const roles = definitionsOf(await graph());
      assert.equal(roles.length, 2);
      for (const each of roles) {
        const { scope, assignableScopes, roleName, roleType, permissions } = ownRole(each);
        assert.equal(inputsOf(each).roleDefinitionId ?? "drawn by the provider", "drawn by the provider");
        assert.match(scope, /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/);
        assert.deepEqual(assignableScopes, [scope]);
        assert.equal(roleType, "CustomRole");
        assert.ok(roleName.length <= 512 && /[a-z0-9]{8}$/.test(roleName), roleName);
        assert.deepEqual(
          permissions.map((permission) => Object.keys(permission)),
          [["actions"]],
        );
        for (const action of actionsOf(ownRole(each))) {
          assert.match(action, /^Microsoft\.[A-Za-z]+(\/[A-Za-z]+)+$/, "no wildcard");
        }
      }
      assert.equal(new Set(roles.map((each) => ownRole(each).roleName)).size, roles.length);
    });

    it("are made late for roles of our own, which Azure may not know yet, and no machine waits for them", async () => {
      const recorded = await graph();
      const roles = definitionsOf(recorded);
      const group = onlyOne(recorded, "azure-native:compute:VirtualMachineScaleSet");
      const late = ofType(recorded, "azure-native:authorization:RoleAssignment").filter(({ dependencies }) =>
        roles.some(({ urn }) => dependencies.includes(urn)),
      );
      assert.equal(late.length, 3);
      for (const { dependencies, name } of late) assert.ok(dependencies.includes(group.urn), name);
      const machines = [group, ...ofType(recorded, "azure-native:compute:VirtualMachine")];
      for (const machine of machines) {
        const needed = allDependencies(recorded, machine);
        assert.deepEqual(
          [...roles, ...late].filter(({ urn }) => needed.has(urn)).map(({ name }) => name),
          [],
          machine.name,
        );
      }
    });

    it("no policy lets identities into the vault another way", async () => {
      const [vault] = ofType(await graph(), "azure-native:keyvault:Vault").map(inputsOf);
      assert.deepEqual(vault?.properties.accessPolicies ?? [], []);
    });
  },
  { cloud: "azure", modes: ["up"] },
);

describe("uses of permissions", () => {
  const uses: readonly Use[] = [...awsUses, ...azureUses];
  const folder = path.join(root, "nodes");
  const sourceOf = (script: string): string => readFileSync(path.join(folder, script), "utf8");
  const scripts = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(sh|py)$/.test(name));

  it("are each in the table once for each file", () => {
    const rights = uses.map(({ right, usedBy, file }) => `${right} ${file ?? usedBy}`);
    assert.equal(new Set(rights).size, rights.length);
  });

  for (const { right, file, call } of uses.filter(({ usedBy }) => usedBy === "node script")) {
    it(`${right}: ${file} makes the call`, () => {
      assert.match(readFileSync(path.join(root, file ?? ""), "utf8"), call!);
    });
  }

  it("cover every call of the AWS API that a script makes", () => {
    const source = readFileSync(path.join(root, "nodes/clouds/aws.py"), "utf8");
    const calls = [
      ...[...source.matchAll(/ask_store\("([A-Z][A-Za-z]+)"/g)].map(([, name]) => `secretsmanager:${name}`),
      ...[...source.matchAll(/(?:autoscaling|lifecycle)\("([A-Z][A-Za-z]+)"/g)].map(
        ([, name]) => `autoscaling:${name}`,
      ),
    ];
    assert.ok(calls.length >= 5);
    assert.equal(source.match(/"secretsmanager\./g)?.length, 1, "calls go by way of ask_store");
    const known = awsUses.map(({ right }) => right);
    assert.deepEqual(
      calls.filter((each) => !known.includes(each)),
      [],
    );
  });

  it("cover every call of Azure's resource manager that a script makes", () => {
    const makesCalls = scripts().filter((script) => /management\.azure\.com/.test(sourceOf(script)));
    assert.deepEqual(makesCalls, ["lib/fleet.py"]);
    const rest = azureUses.reduce((source, { call }) => source.replace(call!, ""), sourceOf("lib/fleet.py"));
    assert.doesNotMatch(rest, /manager\.(ask|list|in_group)\(/);
  });

  it("no script brings a cloud's command line along", () => {
    assert.ok(scripts().length > 10);
    for (const script of scripts()) assert.doesNotMatch(sourceOf(script), /^\s*(aws|az) [a-z]/m, script);
  });
});
