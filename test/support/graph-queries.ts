/**
 * Questions that tests ask of a recorded graph. Nothing here knows what the answer should be.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Graph, isSecret, type RecordedResource } from "../../rehearsal/graph";

/** A leaf of a recorded value, where it is, and whether a secret wraps it. */
export interface Leaf {
  readonly path: string;
  readonly value: unknown;
  readonly secret: boolean;
}

/** The resources of one type, in registration order. */
export function ofType(graph: Graph, type: string): RecordedResource[] {
  return graph.resources.filter((resource) => resource.type === type);
}

/** The only resource of a type. */
export function onlyOne(graph: Graph, type: string): RecordedResource {
  const found = ofType(graph, type);
  if (found.length !== 1) throw new Error(`${graph.stack} has ${found.length} resources of type ${type}, not one`);
  return found[0]!;
}

export function byUrn(graph: Graph, urn: string): RecordedResource {
  const found = graph.resources.find((resource) => resource.urn === urn);
  if (!found) throw new Error(`${graph.stack} has no ${urn}`);
  return found;
}

/** The value without any wrapping of secrets. */
export function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.secret);
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unwrap(each)]));
}

/** A resource's inputs without wrapping, for assertions that do not care about secrecy. */
export function inputsOf(resource: RecordedResource): Record<string, any> {
  return unwrap(resource.inputs) as Record<string, any>;
}

/** Every leaf of a recorded value, keys of objects included as leaves of their own (path ends in `~key`). */
export function* leavesOf(value: unknown, at = "", secret = false): Generator<Leaf> {
  if (isSecret(value)) {
    yield* leavesOf(value.secret, at, true);
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* leavesOf(each, `${at}[${index}]`, secret);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      const below = at === "" ? key : `${at}.${key}`;
      yield { path: `${below}~key`, value: key, secret };
      yield* leavesOf(each, below, secret);
    }
  } else {
    yield { path: at, value, secret };
  }
}

/** What a resource waits for directly: named dependencies, those of its inputs, and its provider. */
export function directDependencies(resource: RecordedResource): Set<string> {
  return new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()]);
}

/** Everything that has to exist before a resource, through any number of steps. */
export function allDependencies(graph: Graph, resource: RecordedResource): Set<string> {
  const byName = new Map(graph.resources.map((each) => [each.urn, each]));
  const seen = new Set<string>();
  const waiting = [...directDependencies(resource)];
  for (let urn = waiting.pop(); urn !== undefined; urn = waiting.pop()) {
    if (seen.has(urn)) continue;
    seen.add(urn);
    const next = byName.get(urn);
    if (!next) throw new Error(`${resource.urn} depends on ${urn}, which was never registered`);
    waiting.push(...directDependencies(next));
  }
  return seen;
}

/** A resource's parents, nearest first. */
export function ancestorsOf(graph: Graph, resource: RecordedResource): RecordedResource[] {
  const found: RecordedResource[] = [];
  for (let urn = resource.parent; urn !== undefined && urn !== ""; urn = found.at(-1)!.parent) {
    found.push(byUrn(graph, urn));
  }
  return found;
}

/** The nearest component above a resource that has this token. */
export function isBelow(graph: Graph, resource: RecordedResource, token: string): boolean {
  return ancestorsOf(graph, resource).some((each) => each.type === token);
}

/** The SDK's source of a resource type, where it says which inputs the type has. */
export function sdkSource(type: string): string {
  const [packageName = "", module = "", name = ""] = type.split(":");
  const [folder = "", file = name.charAt(0).toLowerCase() + name.slice(1)] = module.split("/");
  return readFileSync(require.resolve(path.posix.join("@pulumi", packageName, folder, `${file}.js`)), "utf8");
}

/** Whether a type of a cloud has an input `tags`, by its SDK. */
export function isTaggable(type: string): boolean {
  return /resourceInputs\["tags"\] = args\?\.tags;/.test(sdkSource(type));
}

/**
 * The resources that hold a bundle of credentials: a secret's version on AWS, a vault's secret on Azure, its way to a node
 * on-premises.
 */
export function bundlesOf(graph: Graph): RecordedResource[] {
  return [
    ...ofType(graph, "aws:secretsmanager/secretVersion:SecretVersion"),
    ...ofType(graph, "azure-native:keyvault:Secret"),
    ...ofType(graph, "command:remote:Command").filter((each) => isBelow(graph, each, "openvidu:index:SecretStore")),
  ];
}

/** What a bundle holds. */
export function bundleContent(bundle: RecordedResource): Record<string, string> {
  const { secretString, properties, stdin } = inputsOf(bundle);
  const delivered = typeof stdin === "string" ? /^\{".*\}$/m.exec(stdin)?.[0] : undefined;
  return JSON.parse((secretString ?? delivered ?? properties.value) as string) as Record<string, string>;
}
