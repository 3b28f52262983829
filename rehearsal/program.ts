/**
 * Starts a Pulumi program as the language host of Pulumi 3.248 does (sdk/nodejs/cmd/pulumi-language-nodejs, Run).
 */
import { spawn } from "node:child_process";
import { locateEntry } from "./project-file";

export interface ProgramRun {
  readonly programDir: string;
  readonly entry: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  readonly preview: boolean;
  readonly nodeArgs: readonly string[];
  /** Address of the engine. */
  readonly address: string;
  /** Time after which a program that does not end is stopped. */
  readonly timeoutSeconds: number;
}

export interface ProgramEnd {
  readonly exitCode: number;
  /** What the program itself printed. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program until it ends. */
export function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const { dir, file } = locateEntry(run.programDir, run.entry);
  const args = [
    ...withTypeScript(run.nodeArgs, run.entry),
    require.resolve("@pulumi/pulumi/cmd/run"),
    ...["--monitor", run.address, "--engine", run.address, "--organization", "organization"],
    ...["--project", run.project, "--root-directory", run.programDir, "--stack", run.stack, "--pwd", dir],
    ...(run.preview ? ["--dry-run"] : []),
    ...["--parallel", "16", file],
  ];
  const child = spawn(process.execPath, args, { cwd: dir, env: environment(run), stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the program of stack ${run.stack} did not end within ${run.timeoutSeconds} seconds`));
    }, run.timeoutSeconds * 1000);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ exitCode: code ?? 1, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** Programs are TypeScript; one whose arguments do not say how to load it is loaded by tsx. */
function withTypeScript(nodeArgs: readonly string[], entry: string): string[] {
  return nodeArgs.some((arg) => /^(sucrase|tsx)\//.test(arg)) || /\.c?js$/.test(entry)
    ? [...nodeArgs]
    : ["--require", require.resolve("tsx/cjs"), ...nodeArgs];
}

/** The caller's environment without anything that belongs to another run of Pulumi. */
function environment({ config, secretKeys }: ProgramRun): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([key]) => !/^PULUMI_(NODEJS_|CONFIG$|CONFIG_SECRET_KEYS$)/.test(key));
  // The language host hands keys over in their old form, `project:config:key`; secret keys keep the short one.
  const entries = Object.entries(config).map(([key, value]) => [key.replace(":", ":config:"), value]);
  return {
    ...Object.fromEntries(own),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(entries)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
