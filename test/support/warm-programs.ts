/**
 * Runs the Pulumi program in processes that stay (program-host.ts), as many as runs go on at the same time, for tests
 * that need a hundred runs of it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Readable } from "node:stream";
import type { ProgramEnd, ProgramRun } from "../../rehearsal/program";
import type { HostedRun } from "./program-host";

const idle: ChildProcess[] = [];

/** A launcher for `Evaluation`. Ends with this process. */
export async function runWarm(run: ProgramRun): Promise<ProgramEnd> {
  const host = idle.pop() ?? start(run);
  const output = [host.stdout!, host.stderr!].map(collect);
  hold(host, true);
  const exitCode = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => host.kill("SIGKILL"), run.timeoutSeconds * 1000);
    const end = (code: number, stays: boolean): void => {
      clearTimeout(timer);
      host.removeAllListeners();
      hold(host, false);
      if (stays) idle.push(host);
      resolve(code);
    };
    host.once("message", ({ exitCode: code }: { exitCode: number }) => end(code, true));
    host.once("exit", (code) => end(code ?? 1, false));
    host.once("error", reject);
    const { project, stack, config, secretKeys, preview, address } = run;
    const message: HostedRun = { project, stack, config, secretKeys, preview, address };
    host.send(message);
  });
  const [stdout, stderr] = output.map((read) => read()) as [string, string];
  return { exitCode, stdout, stderr };
}

function start({ nodeArgs, programDir }: ProgramRun): ChildProcess {
  const host = path.join(__dirname, "program-host.ts");
  return spawn(process.execPath, [...nodeArgs, host], { cwd: programDir, stdio: ["ignore", "pipe", "pipe", "ipc"] });
}

/** Whether a host keeps this process alive: only while it runs the program. */
function hold(host: ChildProcess, on: boolean): void {
  const what = on ? "ref" : "unref";
  host[what]();
  host.channel?.[what]();
  for (const stream of [host.stdout, host.stderr])
    (stream as unknown as { [key in typeof what]?: () => void })[what]?.();
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  const add = (chunk: Buffer): number => chunks.push(chunk);
  stream.on("data", add);
  return () => {
    stream.off("data", add);
    return Buffer.concat(chunks).toString("utf8");
  };
}
