/**
 * Which config key is the reason for a change: compares the config of the last update with today's, and, where several
 * keys differ, asks what each of them alone would do.
 */
import { isDeepStrictEqual } from "node:util";
import type { Plan, Step } from "../engine/plan";

/** Config by full key; structured values as JSON, secret ones as tokens that say nothing but whether they are equal. */
export type Config = Readonly<Record<string, string>>;

export interface ConfigChange {
  /** Full key, `openvidu:media`. */
  readonly key: string;
  /** As docs/config.md writes it: `media.max`; with its namespace where that is not the project's. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Values before and after, parsed; absent for secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What is needed to read a config. */
export interface ConfigFacts {
  readonly project: string;
  /** Full keys of values that are secret before or after. */
  readonly secretKeys: readonly string[];
}

/** The keys that differ; of structured values the innermost ones. Lists are compared as a whole. */
export function configChanges(before: Config, after: Config, facts: ConfigFacts): ConfigChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => {
    const top = key.startsWith(`${facts.project}:`) ? key.slice(facts.project.length + 1) : key;
    if (facts.secretKeys.includes(key)) {
      const kind = kindOf(before[key], after[key]);
      return kind === undefined ? [] : [{ key, path: top, kind }];
    }
    return differences(key, top, parsed(before[key]), parsed(after[key]));
  });
}

function differences(key: string, path: string, before: unknown, after: unknown): ConfigChange[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(key, `${path}.${name}`, before[name], after[name]));
  }
  const kind = kindOf(before, after);
  if (kind === undefined) return [];
  // A structured value that comes or goes is described by what is in it.
  const [whole, only] = before === undefined ? [after, "after"] : [before, "before"];
  if (kind !== "changed" && isObject(whole) && Object.keys(whole).length > 0) {
    return Object.entries(whole).flatMap(([name, value]) =>
      only === "after"
        ? differences(key, `${path}.${name}`, undefined, value)
        : differences(key, `${path}.${name}`, value, undefined),
    );
  }
  return [
    {
      key,
      path,
      kind,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

function kindOf(before: unknown, after: unknown): ConfigChange["kind"] | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changed";
}

/** A structured value, or the text as it stands: `1` and `true` are text in a config as well. */
function parsed(text: string | undefined): unknown {
  if (text === undefined || !/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A config with one of its changes made. */
export function withChange(
  before: Config,
  after: Config,
  { key, path }: ConfigChange,
  { project }: ConfigFacts,
): Config {
  const top = key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
  const inner = path
    .slice(top.length)
    .split(".")
    .filter((part) => part !== "");
  const value = inner.length === 0 ? after[key] : changedText(before[key], after[key], inner);
  const others = Object.fromEntries(Object.entries(before).filter(([name]) => name !== key));
  return value === undefined ? others : { ...others, [key]: value };
}

/** A structured value with one inner one as it is afterwards. Nothing when nothing is left of it. */
function changedText(
  before: string | undefined,
  after: string | undefined,
  path: readonly string[],
): string | undefined {
  const result = replaceAt(parsed(before), parsed(after), path);
  return result === undefined ? undefined : JSON.stringify(result);
}

function replaceAt(before: unknown, after: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return after;
  const old = isObject(before) ? before : {};
  const value = replaceAt(old[name], isObject(after) ? after[name] : undefined, rest);
  const others = Object.entries(old).filter(([each]) => each !== name);
  const members = value === undefined ? others : [...others, [name, value] as const];
  // Pulumi writes the members of an object in alphabetical order.
  return members.length === 0 ? undefined : Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Why a resource changes. */
export interface Reason {
  /** Paths of the config changes that cause it; all of them when only several together do. */
  readonly keys: readonly string[];
  /** Whether it would change with the old config as well: a newer program, or a cloud that has changed meanwhile. */
  readonly elsewhere: boolean;
}

export interface AttributionRequest extends ConfigFacts {
  /** Config of the last update and of today. */
  readonly before: Config;
  readonly after: Config;
  /** What today's config does. */
  readonly plan: Plan;
}

/** Plans an update with another config. It may fail for one that makes no sense. */
export type PlanFor = (config: Config) => Promise<Plan>;

/**
 * Finds the reason for each changed resource, by URN. Asks `planFor` for the old config first, then for the old config
 * with one change at a time, never at once.
 */
export async function attribute(
  changes: readonly ConfigChange[],
  planFor: PlanFor,
  request: AttributionRequest,
): Promise<ReadonlyMap<string, Reason>> {
  const whole = effectsOf(request.plan);
  const without = changes.length === 0 ? whole : await tryPlan(planFor, request.before);
  const single = new Map<string, Effects>();
  // One change and nothing else is what the plan at hand shows already.
  for (const change of changes.length > 1 ? changes : []) {
    single.set(change.path, await tryPlan(planFor, withChange(request.before, request.after, change, request)));
  }
  return new Map([...whole].map(([urn, effects]) => [urn, reasonOf(urn, effects, changes, without, single)]));
}

/** What happens to each resource: operations, and the inputs that change with their new values. */
type Effects = ReadonlyMap<string, Effect>;
type Effect = ReadonlyMap<string, string>;

const nothing: Effect = new Map();

function reasonOf(
  urn: string,
  effects: Effect,
  changes: readonly ConfigChange[],
  without: Effects,
  single: ReadonlyMap<string, Effects>,
): Reason {
  const anyway = without.get(urn) ?? nothing;
  const ours = [...effects].filter(([what, value]) => anyway.get(what) !== value).map(([what]) => what);
  const elsewhere = [...effects.keys()].some((what) => anyway.has(what));
  if (ours.length === 0) return { keys: [], elsewhere };
  /** Whether a change by itself has this effect, and not only the one that is there without it. */
  const causes = ({ path }: ConfigChange, what: string): boolean => {
    const value = single.get(path)?.get(urn)?.get(what);
    return value !== undefined && value !== anyway.get(what);
  };
  const explained = ours.every((what) => changes.some((change) => causes(change, what)));
  const causing = explained ? changes.filter((change) => ours.some((what) => causes(change, what))) : changes;
  return { keys: causing.map(({ path }) => path), elsewhere };
}

async function tryPlan(planFor: PlanFor, config: Config): Promise<Effects> {
  try {
    return effectsOf(await planFor(config));
  } catch {
    return new Map();
  }
}

function effectsOf({ steps }: Plan): Effects {
  const effects = new Map<string, Map<string, string>>();
  for (const step of steps.filter(({ operation }) => changing.has(operation))) {
    const known = effects.get(step.urn) ?? new Map<string, string>();
    known.set(step.operation, "");
    for (const { path, kind, new: value } of step.differences)
      known.set(`${kind} ${path}`, JSON.stringify(value) ?? "");
    effects.set(step.urn, known);
  }
  return effects;
}

/** Operations that do something. */
const changing: ReadonlySet<Step["operation"]> = new Set<Step["operation"]>([
  "create",
  "update",
  "replace",
  "create-replacement",
  "delete-replaced",
  "delete",
]);
