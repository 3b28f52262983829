/**
 * How a machine of the customer's own is worked on: scripts of remote/ that travel over SSH by standard input, together with
 * what they are given, so that neither command lines nor the provider's errors hold more than "bash -s".
 * Guarantees: a machine is talked to only if it has the pinned host key; values are quoted for the shell; the whole
 * program has arrived before its first line runs. Changed inputs run the program again, on the machine that the
 * connection now names; nothing here is ever replaced, so a machine that is gone is not needed to go on.
 * Source: github.com/pulumi/pulumi-command at v1.2.1, provider/pkg/provider/remote (commandController.go,
 * commandOutputs.go, connection.go).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Command } from "@pulumi/command/remote/command";
import type { Host, OnPremises } from "../../components/on-premises";

/** What is to be done on a machine at one occasion. */
export interface Job {
  /** Script of remote/, without its ending. */
  readonly script: string;
  /** Variables that the script reads. */
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
  /** Standard input of the script; lines without the word that ends it. */
  readonly input?: pulumi.Input<string>;
}

export interface Work {
  /** When the resource is made and whenever its inputs change; the script finds out which in ACTION. */
  readonly place: Job;
  /** When the resource goes. Without it nothing happens on the machine. */
  readonly remove?: Job;
  /** Whether what travels is secret. */
  readonly secret?: true;
}

/** A piece of work on one machine. */
export function workOn(
  name: string,
  host: Host,
  onPremises: OnPremises,
  { place, remove, secret }: Work,
  opts: pulumi.CustomResourceOptions,
): Command {
  const parts = [partOf("place", place), ...(remove ? [partOf("remove", remove)] : [])];
  const program = pulumi.all(parts).apply((known) => programText(known));
  return new Command(
    name,
    {
      connection: connectionTo(host, onPremises),
      create: asRoot("create"),
      update: asRoot("update"),
      ...(remove && { delete: asRoot("delete") }),
      stdin: secret ? pulumi.secret(program) : program,
      // Servers refuse variables that they do not know, and no script wants them.
      addPreviousOutputInEnv: false,
      ...(secret && { logging: "none" as const }),
    },
    opts,
  );
}

function connectionTo({ address, port, user, hostKey }: Host, { sshPrivateKey }: OnPremises) {
  return {
    host: address,
    port,
    user,
    hostKey,
    ...(sshPrivateKey !== undefined && { privateKey: sshPrivateKey }),
    perDialTimeout: 15,
    dialErrorLimit: 10,
  };
}

/** The command line: the same for every job, so that it has nothing to hide. */
export function asRoot(action: "create" | "update" | "delete"): string {
  const run = `bash -s ${action}`;
  return `if [ "$(id -u)" = 0 ]; then exec ${run}; fi; exec sudo -n env SSH_CONNECTION="$SSH_CONNECTION" ${run}`;
}

/** Ends the input of a script; in base64, JSON and rules it cannot be a line. */
const end = "END_OF_INPUT_OF_OPENVIDU";

interface Part {
  readonly occasion: string;
  readonly script: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly input?: string;
}

function partOf(occasion: string, { script, settings, input }: Job): pulumi.Output<Part> {
  return pulumi
    .all([pulumi.output(settings), pulumi.output(input)])
    .apply(([values, text]) => ({ occasion, script, settings: values, ...(text !== undefined && { input: text }) }));
}

/** One shell program for all occasions; the braces make the shell read all of it before it begins. */
export function programText(parts: readonly Part[]): string {
  const functions = parts.map(
    ({ occasion, script, settings }) => `${occasion}() (\n${assignments(settings)}${scriptText(script)})\n`,
  );
  const cases = parts.map(({ occasion, input }) => {
    const pattern = occasion === "remove" ? "delete" : "create | update";
    const text = input === undefined ? "" : `${input.replace(/\n$/, "")}\n`;
    return `${pattern}) ${occasion} <<'${end}' ;;\n${text}${end}\n`;
  });
  return `{\nACTION="$1"\n${functions.join("")}case "$ACTION" in\n${cases.join("")}esac\nexit\n}\n`;
}

function assignments(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}

const texts = new Map<string, string>();

function scriptText(script: string): string {
  const known = texts.get(script);
  if (known !== undefined) return known;
  const text = readFileSync(join(__dirname, "remote", `${script}.sh`), "utf8").replace(/^#!.*\n/, "");
  texts.set(script, text);
  return text;
}

/** The machines of a cluster; a role that is asked to work without them is a defect of the caller. */
export function machinesOf(onPremises: OnPremises | undefined): OnPremises {
  if (!onPremises) throw new Error("on-premises roles need the customer's machines");
  return onPremises;
}

/** The name of a role's resource for one machine: masters have their number, media nodes their name. */
export function resourceName(name: string, host: Host, { hosts }: OnPremises): string {
  const masters = hosts.filter(({ role }) => role === "master");
  return host.role === "master" ? `${name}-master-${masters.indexOf(host) + 1}` : `${name}-${host.name}`;
}
