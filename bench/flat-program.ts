/**
 * Writes the flat program that a stack's graph could also come from: the same resources, registered one after another
 * with plain values and without components. What it costs is the floor that Pulumi's SDK sets.
 */
import { type Graph, isSecret, type RecordedResource } from "../rehearsal/graph";

/** JavaScript source (CommonJS) of the flat program of `graph`. */
export function flatProgram(graph: Graph): string {
  const resources = graph.resources.filter(({ custom }) => custom);
  const providers = resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
  const others = resources.filter((resource) => !providers.includes(resource));
  const modules = [...new Set(resources.map(({ type }) => classOf(type).module))];
  return [
    '"use strict";',
    'const pulumi = require("@pulumi/pulumi");',
    ...modules.map((module, i) => `const m${i} = require(${JSON.stringify(module)});`),
    "const providers = {};",
    ...providers.map((provider) => `providers[${JSON.stringify(provider.urn)}] = ${construct(provider, modules)};`),
    ...others.map((resource) => `${construct(resource, modules)};`),
    "",
  ].join("\n");
}

interface SdkClass {
  readonly module: string;
  readonly name: string;
}

/** The SDK's class for a type token, for example `aws:ec2/vpc:Vpc` or `azure-native:network:Subnet`. */
function classOf(type: string): SdkClass {
  const [pkg, module, name] = type.split(":") as [string, string, string];
  if (pkg === "pulumi" && module === "providers") return { module: `@pulumi/${name}`, name: "Provider" };
  if (pkg === "pulumi") return { module: "@pulumi/pulumi", name };
  const folder = module.split("/")[0]!;
  return { module: folder === "index" ? `@pulumi/${pkg}` : `@pulumi/${pkg}/${folder}`, name };
}

function construct(resource: RecordedResource, modules: readonly string[]): string {
  const { module, name } = classOf(resource.type);
  const { options } = resource;
  const given = {
    ...(options.protect && { protect: true }),
    ...(options.retainOnDelete && { retainOnDelete: true }),
    ...(options.deleteBeforeReplace && { deleteBeforeReplace: true }),
    ...(options.ignoreChanges.length > 0 && { ignoreChanges: options.ignoreChanges }),
    ...(Object.keys(options.customTimeouts).length > 0 && { customTimeouts: options.customTimeouts }),
  };
  const providerUrn = resource.provider?.split("::").slice(0, 4).join("::");
  const provider = providerUrn ? `, provider: providers[${JSON.stringify(providerUrn)}]` : "";
  const rest = JSON.stringify(given).slice(1, -1);
  return (
    `new m${modules.indexOf(module)}.${name}(${JSON.stringify(resource.name)}, ${literal(resource.inputs)}, ` +
    `{ ${rest}${rest ? "" : "ignoreChanges: []"}${provider} })`
  );
}

/** A recorded value as JavaScript; secrets are marked again. */
function literal(value: unknown): string {
  if (isSecret(value)) return `pulumi.secret(${literal(value.secret)})`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`)
      .join(", ")} }`;
  }
  return JSON.stringify(value);
}
