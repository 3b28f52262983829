/**
 * Refuses an update that this stack's last one does not allow. The program itself has no memory; what the last update
 * was given stands in the stack's own outputs.
 */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./errors";
import { fixedOutput, fixedProblems, fixedSettings } from "./fixed-settings";
import { generationProblems, generationsOutput, onlyMasterWarning } from "./one-at-a-time";
import type { Settings } from "./settings";

/** Outputs that the next update reads, as given in the config. */
export interface Remembered {
  /** Absent where masters are a group, which rebuilds its members by itself. */
  readonly [generationsOutput]?: readonly number[];
  readonly [fixedOutput]: Readonly<Record<string, unknown>>;
}

export function remembered(settings: Settings): Remembered {
  const generations = generationsOf(settings);
  return { ...(generations && { [generationsOutput]: generations }), [fixedOutput]: fixedSettings(settings) };
}

function generationsOf(settings: Settings): readonly number[] | undefined {
  return settings.edition === "enterprise-v2" ? undefined : settings.masters.generations;
}

/**
 * Compares with what the last update of this stack was given. Without one, or in a program that exports other outputs,
 * everything is allowed.
 * @throws ConfigError when more than one master would be rebuilt, or a setting changes that has to stay
 */
export async function checkAgainstLastUpdate(settings: Settings): Promise<void> {
  const stack = pulumi.getStack();
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const last = new pulumi.StackReference("last-update", { name });
  const outputOf = async (output: string): Promise<unknown> => (await last.getOutputDetails(output)).value;
  const generations = generationsOf(settings) ?? [];
  const ownMachines = settings.cloud === "onprem";
  const before = await outputOf(generationsOutput);
  const problems = [
    ...fixedProblems(await outputOf(fixedOutput), settings),
    ...generationProblems(before, generations, ownMachines),
  ];
  if (problems.length > 0) throw new ConfigError(stack, problems);
  const warning = ownMachines ? onlyMasterWarning(before, generations) : undefined;
  if (warning) await pulumi.log.warn(warning);
}
