/**
 * Checks a whole stack config and reports every problem at once. Pure: used by the program, by tests, by the rehearsal
 * and by whoever embeds the program.
 */
import { z } from "zod";
import { cloudNames, type CloudName } from "../components/cloud";
import type { Problem } from "../components/errors";
import { factsOf } from "../providers/facts";
import { formatPath, shown, valueAt, without, type Path } from "./paths";
import { type CheckedConfig, resolve } from "./resolve";
import { type CheckedEnterpriseV2Config, resolveEnterpriseV2 } from "./resolve-enterprise-v2";
import { crossFieldProblems } from "./rules";
import { enterpriseV2Problems } from "./rules-enterprise-v2";
import { belongsElsewhere, cloudField, editionField, type Kind, schemaOf } from "./schemas";
import { type SecretInputs, secretProblems } from "./secrets";
import { enterpriseV2SecretProblems } from "./secrets-enterprise-v2";
import { secretKeysOf, type Settings } from "./settings";

export type { SecretInputs } from "./secrets";

/** A config that can be deployed, or everything that is wrong with it. */
export type CheckResult =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: readonly Problem[] };

/**
 * Checks the plain keys of a config (parsed, without the `openvidu:` prefix) and its secret keys.
 * @param hidden plain keys that are stored as secrets; their values are never shown
 */
export function checkConfig(
  raw: Readonly<Record<string, unknown>>,
  secrets: SecretInputs,
  stackName: string,
  hidden: ReadonlySet<string> = new Set(),
): CheckResult {
  const cloud = cloudField.safeParse(raw["cloud"]);
  if (!cloud.success) return { problems: withoutCloud(raw, hidden) };

  const shape = shapeProblems(raw, cloud.data, hidden);
  const config = wellShapedPart(raw, kindOf(raw, cloud.data));
  const { settings, together, ofSecrets } = judge(config, { secrets, stackName, broken: shape.broken });
  const problems = distinct([
    ...shape.problems,
    ...together.map((problem) => withoutValues(problem, raw, hidden)),
    ...ofSecrets,
  ]);
  return problems.length > 0 ? { problems } : { settings };
}

/** A config of any edition that the schemas know. */
type AnyConfig = CheckedConfig | CheckedEnterpriseV2Config;

interface Around {
  readonly secrets: SecretInputs;
  readonly stackName: string;
  readonly broken: readonly Path[];
}

interface Judgement {
  readonly settings: Settings;
  /** What shows only when keys are looked at together. */
  readonly together: readonly Problem[];
  readonly ofSecrets: readonly Problem[];
}

function judge(config: AnyConfig, around: Around): Judgement {
  const facts = factsOf(config.cloud);
  if (config.edition === "enterprise-v2") {
    const settings = resolveEnterpriseV2(config, facts);
    const context = { ...around, config, settings, facts };
    return { settings, together: enterpriseV2Problems(context), ofSecrets: enterpriseV2SecretProblems(context) };
  }
  const settings = resolve(config, facts);
  const context = { ...around, config, settings, facts };
  return { settings, together: crossFieldProblems(context), ofSecrets: secretProblems(context) };
}

/** Without a cloud only what would be wrong on every cloud can be said. */
function withoutCloud(raw: Readonly<Record<string, unknown>>, hidden: ReadonlySet<string>): Problem[] {
  const message = cloudField.safeParse(raw["cloud"]).error?.issues[0]?.message ?? "";
  const [first, ...others] = cloudNames.map((cloud) => shapeProblems({ ...raw, cloud }, cloud, hidden).problems);
  const everywhere = (first ?? []).filter((problem) =>
    others.every((list) => list.some((other) => other.path === problem.path && isSame(problem, other))),
  );
  return distinct([{ path: "cloud", reason: withValue(message, raw["cloud"], hidden.has("cloud")) }, ...everywhere]);
}

/** Which editions there are differs from cloud to cloud; that a word is none of them does not. */
function isSame(one: Problem, other: Problem): boolean {
  return one.path === "edition" || one.reason === other.reason;
}

interface ShapeProblems {
  readonly problems: readonly Problem[];
  /** Places whose values cannot be used. */
  readonly broken: readonly Path[];
}

function shapeProblems(
  raw: Readonly<Record<string, unknown>>,
  cloud: CloudName,
  hidden: ReadonlySet<string>,
): ShapeProblems {
  const kind = kindOf(raw, cloud);
  const wrong = editionField(cloud).safeParse(raw["edition"]).error?.issues[0]?.message;
  const ofEdition =
    wrong === undefined ? [] : [{ path: "edition", reason: withValue(wrong, raw["edition"], hidden.has("edition")) }];
  const issues = schemaOf(kind).safeParse({ ...raw, edition: kind.edition }).error?.issues ?? [];
  return {
    problems: distinct([...ofEdition, ...issues.flatMap((issue) => describe(issue, raw, kind, hidden))]),
    broken: issues.filter(({ code }) => code !== "unrecognized_keys").map(brokenPlace),
  };
}

/** A config without an edition that the cloud has is read as one of High Availability, the most common. */
function kindOf(raw: Readonly<Record<string, unknown>>, cloud: CloudName): Kind {
  return { cloud, edition: editionField(cloud).safeParse(raw["edition"]).data ?? "ha" };
}

/** A wrong `kind` makes its whole group unusable. */
function brokenPlace(issue: z.core.$ZodIssue): Path {
  return issue.code === "invalid_union" && issue.discriminator !== undefined ? issue.path.slice(0, -1) : issue.path;
}

function describe(
  issue: z.core.$ZodIssue,
  raw: Readonly<Record<string, unknown>>,
  kind: Kind,
  hidden: ReadonlySet<string>,
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      reason: unknownKey(key, issue.path, raw, kind),
    }));
  }
  if (issue.code === "invalid_union") {
    // Neither form of a union fits: say what is wrong with the items of the form that was meant.
    const inside = issue.errors.flat().filter((inner) => inner.path.length > 0);
    if (inside.length > 0) {
      return inside.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }, raw, kind, hidden));
    }
  }
  const secret = hidden.has(String(issue.path[0])) || neverShown.has(formatPath(issue.path));
  return [{ path: formatPath(issue.path), reason: withValue(issue.message, valueAt(raw, issue.path), secret) }];
}

/** The same problem, but silent about values that are stored encrypted. */
function withoutValues(problem: Problem, raw: Readonly<Record<string, unknown>>, hidden: ReadonlySet<string>): Problem {
  const topic = problem.path.split(/[.[]/, 1)[0] ?? "";
  const shows = [...hidden].flatMap((key) => textsIn(raw[key])).some((text) => problem.reason.includes(text));
  if (!hidden.has(topic) && !shows) return problem;
  return { ...problem, reason: "does not fit; why is not said, because a value is stored encrypted that need not be" };
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Places where somebody may have put a private key by mistake. */
const neverShown = new Set(["certificate.chain", "turn.chain", "access.sshPublicKey"]);

function withValue(message: string, value: unknown, secret: boolean): string {
  if (value === undefined) return `is missing; it ${message}`;
  if (secret) return `the value ${message}`;
  if (typeof value === "object" && value !== null) return `${shown(value)} is given; it ${message}`;
  return `${shown(value)} ${message}`;
}

function unknownKey(key: string, path: Path, raw: unknown, kind: Kind): string {
  const elsewhere = belongsElsewhere(kind, (other) => keysAt(schemaOf(other), path, raw).includes(key));
  if (elsewhere !== undefined) return elsewhere;
  const known = [...keysAt(schemaOf(kind), path, raw), ...(path.length === 0 ? secretKeysOf(kind) : [])];
  const near = known.find((candidate) => isTypo(key, candidate));
  return near ? `is not a known key; did you mean ${near}` : `is not a known key; known here: ${known.join(", ")}`;
}

/** The keys that a schema knows at a place of the config; none where the schema has no such place. */
function keysAt(schema: z.core.$ZodType, path: Path, raw: unknown): string[] {
  const plain = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (plain instanceof z.ZodDiscriminatedUnion) {
    const kind = valueAt(raw, ["kind"]);
    const option = plain.options.find((candidate) => candidate instanceof z.ZodObject && accepts(candidate, kind));
    return option ? keysAt(option, path, raw) : [];
  }
  const [first, ...rest] = path;
  if (plain instanceof z.ZodArray) {
    return first === undefined ? [] : keysAt(plain.element, rest, valueAt(raw, [first]));
  }
  if (!(plain instanceof z.ZodObject)) return [];
  if (first === undefined) return Object.keys(plain.shape);
  const next = Object.hasOwn(plain.shape, first) ? (plain.shape[String(first)] as z.core.$ZodType) : undefined;
  return next ? keysAt(next, rest, valueAt(raw, [first])) : [];
}

function accepts(option: z.ZodObject, kind: unknown): boolean {
  const literal: unknown = option.shape["kind"];
  return literal instanceof z.ZodLiteral && literal.safeParse(kind).success;
}

/** Whether one word is the other in another case, or with one letter (two in a long word) changed, added or left out. */
function isTypo(word: string, candidate: string): boolean {
  if (word.toLowerCase() === candidate.toLowerCase()) return true;
  const most = candidate.length < 6 ? 1 : 2;
  if (Math.abs(word.length - candidate.length) > most || candidate.length < 4) return false;
  let row = Array.from({ length: candidate.length + 1 }, (_, i) => i);
  for (let i = 1; i <= word.length; i++) {
    const next = [i];
    for (let j = 1; j <= candidate.length; j++) {
      const replaced = row[j - 1]! + (word[i - 1] === candidate[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[candidate.length]! <= most;
}

/** The config without whatever has the wrong shape, so that the rest can still be checked. */
function wellShapedPart(raw: Readonly<Record<string, unknown>>, kind: Kind): AnyConfig {
  const lenient = schemaOf(kind).partial();
  let rest: unknown = { ...raw, edition: kind.edition };
  for (;;) {
    const result = lenient.safeParse(rest);
    if (result.success) return { ...result.data, ...kind } as AnyConfig;
    const before = rest;
    for (const issue of result.error.issues) {
      for (const place of badPlaces(issue, before)) rest = without(rest, place);
    }
  }
}

function badPlaces(issue: z.core.$ZodIssue, raw: unknown): Path[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...issue.path, key]);
  // What is missing cannot be taken away; its group goes.
  const place = brokenPlace(issue);
  return [valueAt(raw, place) === undefined ? place.slice(0, -1) : place];
}

function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, reason }) => {
    const id = `${path}\n${reason}`;
    return !seen.has(id) && seen.add(id);
  });
}
