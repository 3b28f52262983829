/**
 * How a stack config is refused: one message for all problems, each on a line of its own, and no stack trace.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../components/errors";

/** Name of the file that a stack's config lies in, as an operator sees it. */
function stackFile(stackName: string): string {
  return `stacks/Pulumi.${stackName}.yaml`;
}

/** One line for each problem: file, config key (unless it is the stack's name), what is wrong and what to do. */
export function formatProblems(stackName: string, problems: readonly Problem[]): string {
  const place = (path: string): string => (path === "" ? "" : `openvidu:${path}: `);
  return problems.map(({ path, reason }) => `${stackFile(stackName)}: ${place(path)}${reason}`).join("\n");
}

/** A stack config that cannot be deployed. `message` is complete; nothing else has to be printed. */
export class ConfigError extends pulumi.RunError {
  public readonly stackName: string;
  public readonly problems: readonly Problem[];

  constructor(stackName: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${stackFile(stackName)} has ${count}; nothing was changed.\n${formatProblems(stackName, problems)}`);
    this.name = "ConfigError";
    this.stackName = stackName;
    this.problems = problems;
    // A reader of the stack would find nothing that the message does not say.
    this.stack = this.message;
  }
}
