/**
 * Reads a stack's config as `pulumi up` would: Pulumi.<stack>.yaml on top of Pulumi.yaml, structured values as JSON,
 * encrypted values opened where the passphrase is at hand.
 * Source: sdk/go/common/resource/config and sdk/go/common/workspace/config.go of Pulumi 3.248.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { secretKeys, type SecretKey } from "../stacks/settings";
import { type Decrypter, LockedError, passphraseDecrypter } from "./passphrase";
import { keptStandIn, placeholders } from "./placeholders";
import { productDir, type ProjectFile, readProjectFile } from "./project-file";

/** A secret for which the rehearsal uses a stand-in. */
export interface Placeholder {
  /** Full config key. */
  readonly key: string;
  /** Why, as a clause. */
  readonly reason: string;
}

/** A stack's config, ready for an evaluation. */
export interface StackConfig {
  readonly project: string;
  readonly stack: string;
  /** The stack file, relative to the project. */
  readonly file: string;
  /** Config by full key. */
  readonly config: Readonly<Record<string, string>>;
  /** Full keys of secret values. */
  readonly secretKeys: readonly string[];
  readonly placeholders: readonly Placeholder[];
}

/** A stack file that cannot be used, in a sentence for the person who wrote it. */
export class StackFileError extends Error {}

interface RawStackFile {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly encryptionsalt?: string;
  readonly secretsprovider?: string;
}

/** An encrypted value; `opened` is absent when it stays closed. */
interface ReadValue {
  readonly text: string | undefined;
  readonly secret: boolean;
  readonly locked?: string;
}

/** Names of the stacks that have a file. */
export function availableStacks(programDir = productDir): string[] {
  const folder = join(programDir, readProjectFile(programDir).stackDir);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/**
 * Reads the config of a stack. A required secret that is missing, and any secret that stays closed, is replaced by a
 * stand-in and named in `placeholders`.
 * @param environment where the passphrase is looked up (PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE)
 * @throws StackFileError when there is no such stack, or its file cannot be read
 */
export function readStackFile(
  stack: string,
  { programDir = productDir, environment = process.env }: { programDir?: string; environment?: NodeJS.ProcessEnv } = {},
): StackConfig {
  const project = readProjectFile(programDir);
  const path = join(programDir, project.stackDir, `Pulumi.${stack}.yaml`);
  const file = relative(programDir, path);
  const raw = readYaml(path, file, stack, programDir);
  const open = lazyDecrypter(raw, environment);

  const values = new Map(Object.entries(project.config).map(([key, value]) => [key, readValue(value, open)]));
  for (const [key, value] of Object.entries(raw.config ?? {})) values.set(parseKey(key, file), readValue(value, open));

  const replaced = replaceMissing(values, project, file);
  const config = Object.fromEntries([...values].map(([key, { text }]) => [key, text ?? ""]));
  const secrets = [...values].filter(([, { secret }]) => secret).map(([key]) => key);
  return { project: project.name, stack, file, config, secretKeys: secrets.sort(), placeholders: replaced };
}

function readYaml(path: string, file: string, stack: string, programDir: string): RawStackFile {
  if (!existsSync(path)) {
    const names = availableStacks(programDir);
    const known = names.length > 0 ? `the stacks are ${names.join(", ")}` : "there are no stacks yet";
    throw new StackFileError(`there is no stack "${stack}" (${file} does not exist); ${known}`);
  }
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as RawStackFile;
  } catch (error) {
    throw new StackFileError(`${file} is not valid YAML: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** A key in its short form, whichever form it has. */
function parseKey(key: string, file: string): string {
  const parts = key.split(":");
  if (parts.length === 2) return key;
  if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
  throw new StackFileError(`${file}: could not parse ${key} as a configuration key; write it as <namespace>:<name>`);
}

/**
 * The config with stand-ins in place of all secrets, each following from its secret: what a rehearsal may keep in a file
 * and still notice that a secret was changed.
 */
export function withoutSecrets(stack: StackConfig): StackConfig {
  const config = { ...stack.config };
  for (const secretKey of secretKeys) {
    const key = `${stack.project}:${secretKey}`;
    if (config[key] !== undefined) config[key] = keptStandIn(secretKey, config[key]);
  }
  return { ...stack, config };
}

/**
 * The config with edits such as `media.max=8`; nothing after the sign takes the value away.
 * @throws StackFileError when an edit is not in that form, or goes below a value that has no parts
 */
export function withEdits(stack: StackConfig, edits: readonly string[]): StackConfig {
  const config: Record<string, string> = { ...stack.config };
  for (const edit of edits) {
    const [, path, text] = /^([A-Za-z][\w.]*)=(.*)$/s.exec(edit) ?? [];
    if (path === undefined) throw new StackFileError(`--config ${edit} is not in the form <key>=<value>`);
    const [top, ...inner] = path.split(".");
    const key = `${stack.project}:${top!}`;
    const before = config[key];
    const after = inner.length === 0 ? text! : edited(before, inner, text!, edit);
    if (after === "") delete config[key];
    else config[key] = after;
  }
  return { ...stack, config };
}

function edited(before: string | undefined, path: readonly string[], text: string, edit: string): string {
  if (before !== undefined && !before.startsWith("{")) {
    throw new StackFileError(`--config ${edit}: the value of the config there has no parts`);
  }
  const whole = JSON.parse(before ?? "{}") as Record<string, unknown>;
  const last = path.slice(0, -1).reduce((part, name) => (part[name] ??= {}) as Record<string, unknown>, whole);
  if (text === "") delete last[path.at(-1)!];
  else last[path.at(-1)!] = structured(text);
  return JSON.stringify(whole);
}

/** A number, truth value, list or object as such, everything else as text; as `pulumi config set --path` reads it. */
function structured(text: string): unknown {
  if (!/^(true|false|-?\d+|[[{].*)$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The key is derived, which takes a moment, only when a value needs it. */
function lazyDecrypter(raw: RawStackFile, environment: NodeJS.ProcessEnv): Decrypter {
  let outcome: Decrypter | LockedError | undefined;
  return (ciphertext) => {
    outcome ??= attempt(() => openFile(raw, environment));
    if (outcome instanceof LockedError) throw outcome;
    return outcome(ciphertext);
  };
}

function attempt(open: () => Decrypter): Decrypter | LockedError {
  try {
    return open();
  } catch (error) {
    if (error instanceof LockedError) return error;
    throw error;
  }
}

function openFile({ encryptionsalt, secretsprovider }: RawStackFile, environment: NodeJS.ProcessEnv): Decrypter {
  if (secretsprovider && secretsprovider !== "passphrase") {
    throw new LockedError(`it is encrypted by ${secretsprovider}, which a rehearsal does not ask`);
  }
  if (!encryptionsalt) throw new LockedError("the stack file has no encryptionsalt");
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile } = environment;
  if (passphrase !== undefined) return passphraseDecrypter(passphrase, encryptionsalt);
  if (passphraseFile && existsSync(passphraseFile)) {
    return passphraseDecrypter(readFileSync(passphraseFile, "utf8").trim(), encryptionsalt);
  }
  throw new LockedError("PULUMI_CONFIG_PASSPHRASE is not set");
}

function readValue(raw: unknown, open: Decrypter): ReadValue {
  let secret = false;
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value);
    const [only] = members;
    if (members.length === 1 && only?.[0] === "secure" && typeof only[1] === "string") {
      secret = true;
      return open(only[1]);
    }
    // Pulumi writes the members of an object in alphabetical order.
    return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, resolve(part)]));
  };
  try {
    const value = resolve(raw);
    return { text: typeof value === "string" ? value : value === null ? "" : JSON.stringify(value), secret };
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    return { text: undefined, secret: true, locked: error.message };
  }
}

/** Puts stand-ins where secrets are missing or closed. */
function replaceMissing(values: Map<string, ReadValue>, { name }: ProjectFile, file: string): Placeholder[] {
  const replaced: Placeholder[] = [];
  for (const secretKey of secretKeys) {
    const key = `${name}:${secretKey}`;
    const value = values.get(key);
    const reason = value
      ? value.locked
      : isRequired(secretKey, (topic) => values.get(`${name}:${topic}`)?.text)
        ? "it is not set"
        : undefined;
    if (reason === undefined) continue;
    values.set(key, { text: placeholders[secretKey](), secret: true });
    replaced.push({ key, reason });
  }
  for (const [key, { locked }] of values) {
    if (locked !== undefined) throw new StackFileError(`${file}: ${key} cannot be read: ${locked}`);
  }
  return replaced;
}

/** @param topic gives the text of another key of the config */
function isRequired(key: SecretKey, topic: (key: string) => string | undefined): boolean {
  const onPremises = topic("cloud") === "onprem";
  const ownCertificate = /"kind":"owncert"/.test(topic("certificate") ?? "");
  switch (key) {
    case "license":
      return true;
    case "certificatePrivateKey":
      return ownCertificate;
    case "turnCertificatePrivateKey":
      return ownCertificate && /"chain":/.test(topic("turn") ?? "");
    case "sshPrivateKey":
      return onPremises && !/"agent":true/.test(topic("ssh") ?? "");
    case "s3SecretKey":
      return onPremises && /"s3":/.test(topic("storage") ?? "");
    case "elasticsearchPassword":
      return topic("elasticsearch") !== undefined && !/"enabled":false/.test(topic("elasticsearch") ?? "");
    case "openviduSecret":
    case "meetAdminPassword":
    case "meetApiKey":
    case "mongoUri":
      return false;
    default: {
      const exhaustive: never = key;
      throw new Error(`unknown secret ${String(exhaustive)}`);
    }
  }
}
