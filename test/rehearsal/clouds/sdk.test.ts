/**
 * Holds the tables against the SDKs: type and function tokens, required inputs, secret outputs, names of inputs and
 * outputs. What the SDK's constructors say is read from their source.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Properties, ResourceModel } from "../../../rehearsal/model";
import { clouds } from "../../../rehearsal/clouds/index";
import { Stage } from "./stage";

interface SdkType {
  readonly required: readonly string[];
  readonly secretOutputs: readonly string[];
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
}

const folderOf = (packageName: string): string => dirname(require.resolve(`@pulumi/${packageName}/package.json`));

/** `aws:ec2/vpc:Vpc` and `azure-native:network:Subnet` name the file that registers them. */
function fileOf(token: string): string {
  const [packageName, module, member] = token.split(":") as [string, string, string];
  const [folder, file] = module.includes("/")
    ? (module.split("/") as [string, string])
    : [module, member.charAt(0).toLowerCase() + member.slice(1)];
  // The SDK keeps initialisms such as `PublicIPAddress` in its file names as they are, and lowers only the first letter.
  const directory = folder === "index" ? folderOf(packageName) : join(folderOf(packageName), folder);
  const wanted = `${file}.js`.toLowerCase();
  const found = readdirSync(directory).find((entry) => entry.toLowerCase() === wanted);
  assert.ok(found, `${token}: no ${wanted} in ${directory}`);
  return join(directory, found);
}

function readType(token: string): SdkType {
  const source = readFileSync(fileOf(token), "utf8");
  assert.equal(/__pulumiType = '([^']+)'/.exec(source)?.[1], token);
  const all = (pattern: RegExp): string[] => [...source.matchAll(pattern)].map((match) => match[1]!);
  const outputs = all(/resourceInputs\["([^"]+)"\] = undefined \/\*out\*\//g);
  const secret = /additionalSecretOutputs: (\[[^\]]*\])/.exec(source)?.[1] ?? "[]";
  const inputs = all(/resourceInputs\["([^"]+)"\] = (?!undefined \/\*out|state\?)/g);
  const state = all(/resourceInputs\["([^"]+)"\] = state\?/g);
  return {
    required: all(/Missing required property '([^']+)'/g),
    secretOutputs: JSON.parse(secret) as string[],
    inputs: new Set(inputs),
    // azure-native lists its outputs in the second branch; aws lists everything it knows in the first.
    outputs: new Set([...outputs, ...inputs, ...state, "id"]),
  };
}

const packages = ["aws", "azure-native", "command", "random", "tls"] as const;
const rows = packages.flatMap((name) => Object.entries(clouds[name]!.resources));

/** Something for every required input and for the name. */
function exampleInputs(model: ResourceModel, name: string): Properties {
  const required = Object.fromEntries(model.required.map((input) => [input, `example-${input}`]));
  return { ...required, length: 16, byteLength: 8, [model.naming?.input ?? "unnamed"]: name };
}

describe("simulated clouds against the SDKs", () => {
  for (const [token, model] of rows) {
    it(token, () => {
      const sdk = readType(token);
      assert.deepEqual([...model.required].sort(), [...sdk.required].sort(), "required inputs");
      assert.deepEqual([...(model.secretOutputs ?? [])].sort(), [...sdk.secretOutputs].sort(), "secret outputs");
      const named = [
        ...(model.naming ? [model.naming.input] : []),
        ...Object.keys(model.defaults ?? {}),
        ...(model.forcesReplacement ?? []).map((path) => path.split(/[.[]/)[0]!),
      ];
      const unknown = named.filter((name) => !sdk.inputs.has(name));
      assert.deepEqual(unknown, [], "inputs that the SDK does not have");
      assert.notEqual(model.source, "", "every row names its source");
    });

    it(`${token} answers with outputs of the SDK`, () => {
      const sdk = readType(token);
      const stage = new Stage({ region: "eu-west-1", location: "westeurope" });
      const inputs = exampleInputs(model, "example");
      const { id, outputs } = model.create(inputs, stage.world, { urn: `urn:${token}::example`, name: "example" });
      assert.notEqual(id, "");
      const unknown = Object.keys(outputs).filter((name) => outputs[name] !== undefined && !sdk.outputs.has(name));
      assert.deepEqual(unknown, []);
    });
  }

  for (const [token, model] of rows.filter(
    ([name]) => name.startsWith("azure-native:") && !name.endsWith(":Resource"),
  )) {
    it(`${token} has the API version of the SDK`, () => {
      const documented = /Uses Azure REST API version (\S+?)\.?\s/.exec(readFileSync(fileOf(token), "utf8"))?.[1];
      const stage = new Stage({ location: "westeurope" });
      const { outputs } = model.create(exampleInputs(model, "example"), stage.world, { urn: "urn", name: "example" });
      assert.equal(outputs.azureApiVersion, documented);
    });
  }

  for (const token of packages.flatMap((name) => Object.keys(clouds[name]!.invokes))) {
    it(token, () => {
      const source = readFileSync(fileOf(token), "utf8");
      const called = [...source.matchAll(/runtime\.invoke(?:Output)?\("([^"]+)"/g)].map((match) => match[1]);
      assert.ok(called.includes(token), `the SDK calls ${called.join(", ")}`);
    });
  }
});

describe("simulated clouds in general", () => {
  it("every resource and function that the providers import is modelled", () => {
    const missing: string[] = [];
    const root = join(__dirname, "../../../providers");
    for (const cloud of ["aws", "azure"]) {
      const files = readdirSync(join(root, cloud), { recursive: true, encoding: "utf8" });
      for (const file of files.filter((name) => name.endsWith(".ts"))) {
        const source = readFileSync(join(root, cloud, file), "utf8");
        const modules = new Map(
          [...source.matchAll(/import \* as (\w+) from "@pulumi\/(aws|azure-native|random|tls)(?:\/(\w+))?"/g)].map(
            ([, alias, packageName, folder]) => [alias!, { packageName: packageName!, folder: folder ?? "index" }],
          ),
        );
        for (const [, alias, member] of source.matchAll(/\bnew (\w+)\.(\w+)\(/g)) {
          const module = modules.get(alias!);
          if (!module || member === "Provider") continue;
          const { packageName, folder } = module;
          const lowered = member!.charAt(0).toLowerCase() + member!.slice(1);
          const token =
            packageName === "azure-native"
              ? `${packageName}:${folder}:${member}`
              : `${packageName}:${folder}/${lowered}:${member}`;
          if (!clouds[packageName]!.resources[token]) missing.push(`${file}: ${token}`);
        }
      }
    }
    assert.deepEqual(missing, []);
  });

  it("two evaluations get the same ids and outputs, and two resources different ones", () => {
    for (const [token, model] of rows) {
      const make = (name: string): unknown =>
        model.create(exampleInputs(model, name), new Stage({ region: "eu-west-1", location: "westeurope" }).world, {
          urn: `urn:${token}::${name}`,
          name,
        });
      assert.deepEqual(make("one"), make("one"), token);
      if (model.naming) assert.notDeepEqual(make("one"), make("two"), token);
    }
  });
});
