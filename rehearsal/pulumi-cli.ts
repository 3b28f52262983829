/**
 * The real Pulumi CLI as the engine of a rehearsal: the same program, against the same simulated clouds, with its own
 * state. Needs no network and no login, and leaves nothing behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { CommandError, type EngineEvent, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import type { Account } from "./account";
import { cloudsFor } from "./clouds/index";
import type { Plan } from "./engine/plan";
import type { Evaluation } from "./evaluate";
import { planOf } from "./pulumi-events";
import { type ExportedResource, exportedResources } from "./pulumi-state";
import { productDir, readProjectFile } from "./project-file";
import { simulatedProvider } from "./provider";
import { serveProviders } from "./serve";

/** Where the CLI is, or why it cannot be used, as a clause. */
export type FoundCli =
  { readonly root: string | undefined; readonly missing?: undefined } | { readonly missing: string };

/**
 * Looks for the CLI: the executable that PULUMI_CLI names, else the one on PATH.
 * @returns its installation folder, undefined when it is found through PATH
 */
export function findPulumiCli(environment: NodeJS.ProcessEnv = process.env): FoundCli {
  const named = environment.PULUMI_CLI;
  if (named) {
    if (!existsSync(named)) return { missing: `PULUMI_CLI names ${named}, which does not exist` };
    // Pulumi's own library looks for it in this place only.
    const root = dirname(dirname(named));
    if (join(root, "bin/pulumi") === named.replace(/\.exe$/, "")) return { root };
    return { missing: `PULUMI_CLI names ${named}; the executable has to be called pulumi, in a folder called bin` };
  }
  const folders = (environment.PATH ?? "").split(delimiter);
  const names = ["pulumi", "pulumi.exe"];
  const isThere = folders.some((folder) => folder !== "" && names.some((name) => existsSync(join(folder, name))));
  return isThere ? { root: undefined } : { missing: "it is not on PATH and PULUMI_CLI does not name it" };
}

/** One operation of the CLI. */
export interface CliOperation {
  readonly evaluation: Evaluation;
  readonly account: Account;
  /** Only looks at what would be done. @default false */
  readonly preview?: boolean;
  /** For an update: reads what exists before it is compared. @default false */
  readonly refresh?: boolean;
  /** For an update: whether the others go on after one has failed. @default true */
  readonly continueOnError?: boolean;
}

/** How a CLI ended, and what it said. */
export interface CliEnd {
  /** Nothing when it was killed. */
  readonly code: number | null;
  readonly said: string;
}

/** A stack that the CLI keeps in a temporary folder. */
export class CliStack {
  private constructor(
    private readonly folder: string,
    private readonly programDir: string,
    private readonly stack: Stack,
    private readonly executable: string,
  ) {}

  /** A new stack without resources. */
  static async create(
    { root }: { readonly root: string | undefined },
    { project, stack, programDir = productDir }: Pick<Evaluation, "project" | "stack" | "programDir">,
  ): Promise<CliStack> {
    const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    try {
      for (const part of ["home", "state", "project"]) mkdirSync(join(folder, part));
      // The entry of a project has to be below its folder, and nothing is to be written into the product's.
      symlinkSync(programDir, join(folder, "project/program"), "junction");
      writeProject(folder, programDir, { project });
      const workspace = await LocalWorkspace.create({
        workDir: join(folder, "project"),
        pulumiHome: join(folder, "home"),
        pulumiCommand: await PulumiCommand.get(root === undefined ? {} : { root }),
        secretsProvider: "passphrase",
        envVars: environment(folder),
      });
      const executable = root === undefined ? "pulumi" : join(root, "bin/pulumi");
      return new CliStack(folder, programDir, await Stack.create(stack, workspace), executable);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  up({ refresh, preview = false, continueOnError = true, ...operation }: CliOperation): Promise<Plan> {
    const options = refresh ? { refresh } : {};
    return this.run("up", { ...operation, preview }, (stack, onEvent) =>
      preview ? stack.preview({ ...options, onEvent }) : stack.up({ ...options, continueOnError, onEvent }),
    );
  }

  refresh({ preview = false, ...operation }: CliOperation): Promise<Plan> {
    return this.run("refresh", { ...operation, preview }, (stack, onEvent) =>
      preview ? stack.previewRefresh({ onEvent }) : stack.refresh({ onEvent }),
    );
  }

  destroy({ preview = false, ...operation }: CliOperation): Promise<Plan> {
    return this.run("destroy", { ...operation, preview }, (stack, onEvent) =>
      preview ? stack.previewDestroy({ onEvent }) : stack.destroy({ continueOnError: true, onEvent }),
    );
  }

  /**
   * Any command of the CLI, as an operator would type it. Its state is written after each step.
   * @param isStarted gets the process, which leads a process group of its own
   */
  async command(
    args: readonly string[],
    { evaluation, account }: CliOperation,
    isStarted: (child: ChildProcess) => void = () => undefined,
  ): Promise<CliEnd> {
    return this.serving(evaluation, account, (attachments) => {
      const { PULUMI_SKIP_CHECKPOINTS: _, ...settings } = environment(this.folder);
      const child = spawn(this.executable, [...args, "--non-interactive", "--color", "never"], {
        cwd: join(this.folder, "project"),
        env: {
          ...process.env,
          ...settings,
          PULUMI_HOME: join(this.folder, "home"),
          PULUMI_DEBUG_PROVIDERS: attachments,
        },
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      isStarted(child);
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
      return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, said }));
      });
    });
  }

  /** Calls whose outcome Pulumi does not know, as it notes them. */
  async pending(): Promise<readonly { readonly type: string; readonly urn: string }[]> {
    const exported = await this.stack.exportStack();
    const { pending_operations: pending = [] } = exported.deployment as {
      pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
    };
    return pending.map(({ type, resource: { urn } }) => ({ type, urn }));
  }

  /** What Pulumi believes to exist, in the order of its state. */
  async resources(): Promise<readonly ExportedResource[]> {
    return exportedResources(await this.stack.exportStack());
  }

  /** Removes everything, the stack's state included. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(
    kind: Plan["kind"],
    { evaluation, account, preview = false }: CliOperation,
    operate: (stack: Stack, onEvent: (event: EngineEvent) => void) => Promise<unknown>,
  ): Promise<Plan> {
    const { project, stack } = evaluation;
    const events: EngineEvent[] = [];
    return this.serving(evaluation, account, async (attachments) => {
      this.stack.workspace.envVars = { ...environment(this.folder), PULUMI_DEBUG_PROVIDERS: attachments };
      const failure = await attempt(() => operate(this.stack, (event) => void events.push(event)));
      const plan = planOf({ project, stack, kind, preview, failed: failure !== undefined }, events);
      // A failure about which there is nothing to say in a plan is none of the program or the clouds.
      if (failure !== undefined && plan.refusals.length === 0 && plan.log.length === 0) throw failure;
      return plan;
    });
  }

  /** Does something while the clouds can be reached and the project is as the evaluation says. */
  private async serving<T>(
    evaluation: Evaluation,
    account: Account,
    work: (attachments: string) => Promise<T>,
  ): Promise<T> {
    const { project, stack, config } = evaluation;
    const { pulumi: _, ...clouds } = evaluation.clouds ?? cloudsFor(config);
    const providers = Object.entries(clouds).map(([packageName, cloud]) =>
      simulatedProvider(packageName, cloud, account, { project, stack }),
    );
    const served = await serveProviders(providers);
    try {
      writeProject(this.folder, this.programDir, evaluation);
      await this.writeConfig(evaluation);
      return await work(served.attachments);
    } finally {
      served.stop();
    }
  }

  /** Replaces the stack's config; its encryption stays. */
  private async writeConfig({ config, secretKeys, stack: name }: Evaluation): Promise<void> {
    const path = join(this.folder, `project/Pulumi.${name}.yaml`);
    const { config: _, ...kept } = (parse(readFileSync(path, "utf8")) ?? {}) as Readonly<Record<string, unknown>>;
    const [secret, plain] = [true, false].map((wanted) =>
      Object.entries(config).filter(([key]) => secretKeys.includes(key) === wanted),
    ) as [[string, string][], [string, string][]];
    writeFileSync(path, stringify({ ...kept, config: Object.fromEntries(plain) }));
    if (secret.length === 0) return;
    await this.stack.setAllConfig(Object.fromEntries(secret.map(([key, value]) => [key, { value, secret: true }])));
  }
}

/** Settings that keep the CLI quiet, offline and in its folder. */
function environment(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "rehearsal",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    // State is written once; nobody else has it, and it vanishes anyway.
    PULUMI_SKIP_CHECKPOINTS: "true",
  };
}

/** The program's own project file, with its entry reached from here and without what an operation decides itself. */
function writeProject(
  folder: string,
  programDir: string,
  { project, entry }: Pick<Evaluation, "project" | "entry">,
): void {
  const raw = parse(readFileSync(join(programDir, "Pulumi.yaml"), "utf8")) as Readonly<Record<string, unknown>>;
  const { stackConfigDir: _folder, options: _options, ...kept } = raw;
  const file = entry ?? readProjectFile(programDir).entry;
  const main = file === "." ? "program" : `program/${file}`;
  writeFileSync(join(folder, "project/Pulumi.yaml"), stringify({ ...kept, name: project, main }));
}

/** What went wrong, if the CLI itself says so. */
async function attempt(operate: () => Promise<unknown>): Promise<CommandError | undefined> {
  try {
    await operate();
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}
