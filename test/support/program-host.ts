/**
 * A process that runs the Pulumi program again and again: it loads program and SDKs once, which is most of what a run
 * costs. Each run has a state of its own, as inline programs of the Automation API have, and ends as in Pulumi's own
 * `cmd/run`: when nothing is left to do. Started by warm-programs.ts.
 */
import * as pulumi from "@pulumi/pulumi";
import * as log from "@pulumi/pulumi/log";
import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import * as runtimeSettings from "@pulumi/pulumi/runtime/settings";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack";
import * as runtimeState from "@pulumi/pulumi/runtime/state";
import type { AsyncLocalStorage } from "node:async_hooks";
import type { ProgramRun } from "../../rehearsal/program";

/** What a run is told. */
export type HostedRun = Pick<ProgramRun, "project" | "stack" | "config" | "secretKeys" | "preview" | "address">;

// What the SDK's declarations keep to itself (3.248).
const { getStore, withLocalStorage } = runtimeState as unknown as {
  getStore: () => unknown;
  withLocalStorage: (work: () => Promise<void>) => Promise<void>;
};
const settings = runtimeSettings as typeof runtimeSettings & { signalAndWaitForShutdown(): Promise<void> };
const storage = (globalThis as unknown as { asyncLocalStorage: AsyncLocalStorage<unknown> }).asyncLocalStorage;
const failedAndReported = 32;

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to name a member that Node does not declare
  namespace NodeJS {
    interface Process {
      reallyExit(code?: number): never;
    }
  }
}

interface Running {
  readonly store: unknown;
  exitCode: number;
  /** Whether the engine has been told that the program is done. */
  signalled: boolean;
}

let running: Running | undefined;

function within(work: () => Promise<unknown> | void): void {
  if (running) void storage.run(running.store, work);
}

process.on("message", (run: HostedRun) => {
  // The process is at its end, and the run with it, when nothing but the channel to its master keeps it alive.
  process.channel!.unref();
  void withLocalStorage(async () => {
    running = { store: getStore(), exitCode: 0, signalled: false };
    settings.resetOptions(run.project, run.stack, 16, run.address, run.address, run.preview, "organization");
    setAllConfig({ ...run.config }, [...run.secretKeys]);
    const program = (await import("../../index")) as unknown as { default: () => Promise<object> };
    await runInPulumiStack(program.default);
  });
});

process.on("beforeExit", () => {
  if (!running) return;
  const { exitCode, signalled } = running;
  if (exitCode === 0 && !signalled) {
    running.signalled = true;
    within(() => settings.signalAndWaitForShutdown());
    return;
  }
  within(() => settings.disconnectSync());
  running = undefined;
  process.channel!.ref();
  process.send!({ exitCode });
});

/** Stands for the end of the process, when the program asks for one. */
class Exit extends Error {}

process.exit = (code) => {
  if (!running) process.reallyExit(Number(code ?? 0));
  running.exitCode = Number(code ?? 0);
  throw new Exit();
};

function failed(error: unknown): void {
  if (error instanceof Exit) return;
  if (!running) throw error;
  running.exitCode = failedAndReported;
  const { message, stack } = error as Error;
  const quiet = pulumi.RunError.isInstance(error) || (pulumi.ResourceError.isInstance(error) && error.hideStack);
  within(() => log.error(quiet ? message : `the program failed with an unhandled exception:\n${stack ?? message}`));
}

process.on("uncaughtException", failed);
process.on("unhandledRejection", failed);
process.on("disconnect", () => process.reallyExit());
