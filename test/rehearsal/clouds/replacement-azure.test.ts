/**
 * Holds what the Azure tables say of change against the SDK: paths that exist, a replacement for everything that an id
 * is made of, a reason for every other one, and no property that the SDK's declarations call fixed is changed quietly.
 * Of random and tls: every input replaces.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clouds } from "../../../rehearsal/clouds/index";
import type { Properties, ResourceModel } from "../../../rehearsal/model";
import { Stage } from "./stage";

const handMap = "forceNewMap in provider/pkg/gen/replacement.go of pulumi/pulumi-azure-native";
const tracked =
  "x-ms-mutability of TrackedResource.location in specification/common-types/resource-management/v3/types.json of Azure/azure-rest-api-specs";

/** Why a resource is replaced for an input that is no part of its id. */
const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "azure-native:resources:ResourceGroup": { location: handMap },
  "azure-native:resources:Resource": {
    parentResourcePath: "path parameter of Resources_CreateOrUpdate; the program leaves it empty",
  },
  "azure-native:network:VirtualNetwork": { location: handMap },
  "azure-native:network:PublicIPAddress": {
    location: handMap,
    publicIPAddressVersion: handMap,
    publicIPPrefix: handMap,
    sku: handMap,
  },
  "azure-native:authorization:RoleAssignment": { principalId: handMap },
  "azure-native:authorization:RoleDefinition": {
    scope: "path parameter of RoleDefinitions_CreateOrUpdate; Azure answers with an id below the subscription",
  },
  "azure-native:storage:StorageAccount": { location: handMap, isHnsEnabled: handMap },
  "azure-native:managedidentity:UserAssignedIdentity": { location: tracked },
  "azure-native:compute:Disk": { location: tracked },
  "azure-native:compute:VirtualMachine": { location: tracked },
  "azure-native:compute:VirtualMachineScaleSet": { location: tracked },
  "azure-native:compute:AvailabilitySet": { location: tracked },
  "azure-native:monitor:ActionGroup": { location: tracked },
  "azure-native:monitor:AutoscaleSetting": {
    location: "x-ms-mutability in Microsoft.Insights/preview/2021-05-01-preview/autoscale_API.json",
  },
};

/** Inputs that the SDK's declarations call fixed, and that are so in part only. */
const fixedInPart: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "azure-native:storage:StorageAccount": {
    accessTier: "for premium block blobs only",
    largeFileSharesState: "can be switched on",
  },
  "azure-native:compute:VirtualMachine": { osProfile: "some of its settings, which are looked at one by one" },
};

const folderOf = (packageName: string): string => dirname(require.resolve(`@pulumi/${packageName}/package.json`));

/** `azure-native:network:Subnet` and `random:index/randomId:RandomId` name the file that registers them, without its end. */
function fileOf(token: string): string {
  const [packageName, module, member] = token.split(":") as [string, string, string];
  const folder = join(folderOf(packageName), module.startsWith("index") ? "" : module);
  const found = readdirSync(folder).find((entry) => entry.toLowerCase() === `${member.toLowerCase()}.js`);
  assert.ok(found, `${token}: nothing in ${folder}`);
  return join(folder, found.slice(0, -".js".length));
}

const declared = new Map<string, string>();
function read(file: string): string {
  if (!declared.has(file)) declared.set(file, readFileSync(file, "utf8"));
  return declared.get(file)!;
}

interface Property {
  readonly doc: string;
  readonly type: string;
}

/** The properties of an interface's body in a declaration file. */
function propertiesOf(body: string): ReadonlyMap<string, Property> {
  const found = [
    ...body.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?^\s+(\w+)\??: ([^;]*(?:\{[^}]*\}[^;]*)?);/gm),
  ];
  return new Map(
    found.map(([, doc = "", name, type]) => [name!, { doc: doc.replace(/\s*\n\s*\* ?/g, " ").trim(), type: type! }]),
  );
}

/** Arguments of a resource's constructor. */
function argumentsOf(token: string): ReadonlyMap<string, Property> {
  const source = read(`${fileOf(token)}.d.ts`);
  return propertiesOf(source.slice(source.indexOf("Args {")));
}

/** Arguments of a type that `types/input.d.ts` declares, by the way a resource names it (`inputs.network.SubnetArgs`). */
function nestedArguments(packageName: string, type: string): ReadonlyMap<string, Property> {
  const [, module, name] = /inputs\.(\w+)\.(\w+)/.exec(type) ?? [];
  if (!module) return new Map();
  const source = read(join(folderOf(packageName), "types/input.d.ts"));
  const namespace = source.slice(source.indexOf(`export declare namespace ${module} {`));
  const start = namespace.indexOf(`interface ${name!} {`);
  return propertiesOf(namespace.slice(start, namespace.indexOf("\n    }\n", start)));
}

/** Whether a path of a table (`sku.tier`, `disks[].name`) leads to an argument of the SDK. */
function leadsToArgument(token: string, path: string): boolean {
  const [first, ...rest] = path.replaceAll("[]", "").split(".") as [string, ...string[]];
  let property = argumentsOf(token).get(first);
  for (const step of rest) property = property && nestedArguments(token.split(":")[0]!, property.type).get(step);
  return property !== undefined;
}

function outputsOf(token: string): ReadonlySet<string> {
  const source = read(`${fileOf(token)}.js`);
  return new Set([...source.matchAll(/resourceInputs\["([^"]+)"\]/g)].map((match) => match[1]!));
}

/** Something for every required input and for the name. */
function exampleInputs(model: ResourceModel): Properties {
  const required = Object.fromEntries(model.required.map((input) => [input, `example-${input}`]));
  return { ...required, [model.naming?.input ?? "unnamed"]: "example" };
}

function create(token: string, model: ResourceModel, inputs: Properties): ReturnType<ResourceModel["create"]> {
  return model.create(inputs, new Stage({ location: "westeurope" }).world, { urn: `urn:${token}`, name: "example" });
}

/** Inputs whose change changes the id. */
function pathParameters(token: string, model: ResourceModel): string[] {
  const inputs = exampleInputs(model);
  const { id } = create(token, model, inputs);
  return [...argumentsOf(token).keys()].filter(
    (name) => create(token, model, { ...inputs, [name]: "another" }).id !== id,
  );
}

const azure = Object.entries(clouds["azure-native"]!.resources);
const replacing = (model: ResourceModel): readonly string[] => model.forcesReplacement ?? [];

describe("what Azure's provider replaces, against the SDK", () => {
  for (const [token, model] of azure) {
    it(`${token} is replaced for what its id is made of, and for what has a reason`, () => {
      const parameters = pathParameters(token, model);
      assert.deepEqual([...replacing(model)].sort(), [...parameters, ...Object.keys(reasons[token] ?? {})].sort());
    });

    it(`${token} names inputs and outputs that exist`, () => {
      const paths = [...replacing(model), ...(model.notCompared ?? [])];
      assert.deepEqual(
        paths.filter((path) => !leadsToArgument(token, path)),
        [],
        "inputs",
      );
      assert.deepEqual(
        (model.recomputed ?? []).filter((name) => !outputsOf(token).has(name)),
        [],
        "outputs",
      );
    });

    it(`${token} stays where it is`, () => {
      const location = argumentsOf(token).get("location");
      if (!location) return;
      const at = (place: string): Properties => ({ ...exampleInputs(model), location: place });
      const world = new Stage({ location: "westeurope" }).world;
      const refused = model.checkUpdate?.(at("westeurope"), at("northeurope"), world) ?? [];
      const isReplaced = replacing(model).includes("location");
      assert.ok(isReplaced || refused.some((says) => says.includes("InvalidResourceLocation")), refused.join("\n"));
      if (location.doc === "The geo-location where the resource lives") assert.ok(isReplaced, tracked);
    });

    it(`${token} changes nothing that the SDK calls fixed`, () => {
      const fixed =
        /can ?not be (?:changed|updated)|can't be changed|only be set (?:at|to true at)|immutable|only be (?:added|set) .*creation|will be created\. By default/i;
      const named = [...argumentsOf(token)].filter(
        ([name, { doc }]) => fixed.test(doc) && !fixedInPart[token]?.[name] && !replacing(model).includes(name),
      );
      for (const [name] of named) {
        const [olds, news] = ["one", "two"].map((value) => ({ ...exampleInputs(model), [name]: { id: value } })) as [
          Properties,
          Properties,
        ];
        const world = new Stage({ location: "westeurope" }).world;
        assert.notDeepEqual(model.checkUpdate?.(olds, news, world) ?? [], [], name);
      }
    });

    it(`${token} keeps its id in an update and computes what follows from its inputs`, () => {
      const inputs = exampleInputs(model);
      const before = create(token, model, inputs);
      const changed = new Set<string>();
      for (const name of argumentsOf(token).keys()) {
        if (replacing(model).includes(name)) continue;
        for (const value of ["another", 7, { name: "another" }, [{ name: "another" }]]) {
          const after = create(token, model, { ...inputs, [name]: value });
          assert.equal(after.id, before.id, name);
          const keys = new Set([...Object.keys(before.outputs), ...Object.keys(after.outputs)]);
          for (const key of keys)
            if (key !== name && JSON.stringify(before.outputs[key]) !== JSON.stringify(after.outputs[key]))
              changed.add(key);
        }
      }
      assert.deepEqual([...changed].sort(), [...(model.recomputed ?? [])].sort());
    });
  }

  it("every reason is about a table", () => {
    const known = azure.map(([token]) => token);
    assert.deepEqual(
      [...Object.keys(reasons), ...Object.keys(fixedInPart)].filter((token) => !known.includes(token)),
      [],
    );
  });
});

describe("what random and tls replace, against the SDKs", () => {
  for (const packageName of ["random", "tls"]) {
    for (const [token, model] of Object.entries(clouds[packageName]!.resources)) {
      it(`${token} is replaced whatever changes`, () => {
        const always = [...replacing(model), ...(model.replaces?.({}, {}) ?? [])];
        assert.deepEqual(always.sort(), [...argumentsOf(token).keys()].sort());
      });
    }
  }

  it("a password stays when empty special characters are left out", () => {
    const password = clouds.random!.resources["random:index/randomPassword:RandomPassword"]!;
    assert.deepEqual(password.replaces!({ overrideSpecial: "" }, {}), []);
    assert.deepEqual(password.replaces!({}, { overrideSpecial: "" }), ["overrideSpecial"]);
  });
});
