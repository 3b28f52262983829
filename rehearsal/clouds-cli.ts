/**
 * `npm run clouds [-- <stack>] [--state <file>]`: runs the simulated clouds on their own, for a real Pulumi to deploy to.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Account } from "./account";
import { cloudsFor } from "./clouds/index";
import { JsonFileError } from "./json-file";
import { productDir, readProjectFile } from "./project-file";
import { simulatedProvider } from "./provider";
import { serveProviders } from "./serve";
import { readStackFile, StackFileError } from "./stack-file";

const usage = `Usage: npm run clouds [-- <stack>] [options]

Runs simulated clouds that a real Pulumi deploys to: no account, nothing is created. What the stack adopts exists there.

  --state <file>  where to keep what exists, instead of .rehearsal/clouds[-<stack>].json
  --help          this text
`;

/** A mistake on the command line, in a sentence. */
class UsageError extends Error {}

interface Request {
  readonly stack: string | undefined;
  readonly state: string;
}

async function main(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  if (request === "help") {
    process.stdout.write(usage);
    return;
  }
  const { stack, state } = request;
  const config = stack === undefined ? {} : readStackFile(stack).config;
  const { pulumi: _, ...clouds } = cloudsFor(config);
  const account = new Account(state);
  const place = { project: readProjectFile(productDir).name, stack: stack ?? "" };
  const served = await serveProviders(
    Object.entries(clouds).map(([packageName, cloud]) => simulatedProvider(packageName, cloud, account, place)),
  );
  const end = interrupted();
  process.stdout.write(welcome(served.attachments, account.resources.length, state));
  await end;
  served.stop();
}

function readRequest(args: readonly string[]): Request | "help" {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { state: { type: "string" }, help: { type: "boolean", default: false } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return "help";
  const [stack, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`the clouds of one stack at a time, not of ${positionals.join(", ")}\n\n${usage}`);
  const name = stack === undefined ? "clouds.json" : `clouds-${stack}.json`;
  return { stack, state: values.state ?? join(productDir, ".rehearsal", name) };
}

function welcome(attachments: string, count: number, state: string): string {
  return `Simulated clouds are running. What exists in them (now: ${count}) is kept in ${state}.
In another shell, with a stack of your own on a local backend (pulumi login file://<folder>):

export PULUMI_DEBUG_PROVIDERS=${attachments}

Then pulumi preview, up, refresh and destroy meet these clouds instead of the real ones. Ctrl-C ends them.
`;
}

function interrupted(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const plain = [UsageError, StackFileError, JsonFileError].some((kind) => error instanceof kind);
  process.stderr.write(`${plain ? (error as Error).message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
