/**
 * Reads the config of the stack at hand: every key below `openvidu:`, checked as a whole before anything else happens.
 */
import * as pulumi from "@pulumi/pulumi";
import { checkConfig, type SecretInputs } from "./check";
import { ConfigError } from "./errors";
import { textKeys } from "./schema";
import { base64Keys, secretKeys, type SecretKey, type Settings } from "./settings";

/** The namespace of all config keys. */
export const namespace = "openvidu";

/** Secret values of a stack, each marked as secret; the licence is always there. */
export type Secrets = { readonly license: pulumi.Output<string> } & {
  readonly [K in Exclude<SecretKey, "license">]?: pulumi.Output<string>;
};

export interface LoadedConfig {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/** A stack's config, split into what may be shown and what may not. */
export interface SplitConfig {
  /** Plain keys with parsed values. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly secrets: SecretInputs;
  /** Plain keys that the stack file holds encrypted all the same. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * The settings and secrets of the current stack.
 * @throws ConfigError that names every problem
 */
export function loadSettings(): LoadedConfig {
  const stackName = pulumi.getStack();
  const { raw, secrets, hidden } = splitConfig(pulumi.runtime.allConfig(), isConfigSecret);
  const result = checkConfig(raw, secrets, stackName, hidden);
  if (result.problems) throw new ConfigError(stackName, result.problems);
  return { settings: result.settings, secrets: wrapSecrets(secrets) };
}

/** The SDK has this function without declaring it; its own `Config` class warns about secrets by means of it. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** Sorts the keys of the program's namespace and parses structured values. */
export function splitConfig(config: Readonly<Record<string, string>>, isSecret: (key: string) => boolean): SplitConfig {
  const prefix = `${namespace}:`;
  const entries = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  const plain = entries.map(([key, value]) => [key.slice(prefix.length), value] as const);
  const isSecretKey = (key: string): key is SecretKey => (secretKeys as readonly string[]).includes(key);
  const secrets: Partial<Record<SecretKey, { value: string; encrypted: boolean }>> = {};
  for (const [key, value] of plain) {
    if (isSecretKey(key)) secrets[key] = { value, encrypted: isSecret(prefix + key) };
  }
  const visible = plain.filter(([key]) => !isSecretKey(key));
  return {
    raw: Object.fromEntries(visible.map(([key, value]) => [key, parseValue(key, value)])),
    secrets,
    hidden: new Set(visible.map(([key]) => key).filter((key) => isSecret(prefix + key))),
  };
}

/** Pulumi hands every value over as text; what is not plain text is JSON. Text that is no JSON stays as it is. */
function parseValue(key: string, text: string): unknown {
  if (textKeys.has(key)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wrapSecrets(secrets: SecretInputs): Secrets {
  const wrapped = secretKeys.flatMap((key) => {
    const input = secrets[key];
    if (input === undefined) return [];
    // Line breaks of a wrapped base64 text would end the line of the settings file it is written to.
    const value = base64Keys.has(key) ? input.value.replace(/\s/g, "") : input.value;
    return [[key, pulumi.secret(value)] as const];
  });
  return Object.fromEntries(wrapped) as unknown as Secrets;
}
