/**
 * The Pulumi program: config → deploy → outputs. It creates nothing itself.
 */
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentOutputs } from "./stacks/deploy";
import { ConfigError } from "./stacks/errors";
import { loadSettings } from "./stacks/load";

// The SDK takes a stack for every resource: a third of the run time, and half a minute to print one. A defect is found
// with OPENVIDU_STACK_FRAMES=50.
Error.stackTraceLimit = Number(process.env.OPENVIDU_STACK_FRAMES ?? 1);

/** Exit code by which Pulumi knows that the program has said itself why it failed. */
const failedAndReported = 32;

async function main(): Promise<DeploymentOutputs> {
  try {
    const config = loadSettings();
    // A refused config need not wait until the SDKs of the clouds are loaded.
    const { deploy } = await import("./stacks/deploy");
    return await deploy(config);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // Pulumi would take half a minute to print a stack that helps nobody.
    await pulumi.log.error(error.message);
    process.exit(failedAndReported);
  }
}

/** Whether a person can mend it in the stack's config. */
function isRefusal(error: unknown): error is Error {
  return error instanceof ConfigError || pulumi.InputPropertiesError.isInstance(error);
}

export = main;
