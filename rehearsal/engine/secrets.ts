/**
 * What the engine marks as secret in a resource's outputs, whatever its provider says. Source:
 * pkg/resource/deploy/step_executor.go of Pulumi 3.248, continueExecuteStep.
 */
import { markSecret } from "../simulate";
import { Secret, type ValueMap } from "../values";
import type { StateResource } from "./state";

/** The outputs with those marked that the program names, and those whose input is secret as a whole. */
export function withSecrets(
  outputs: ValueMap,
  { inputs, options }: Pick<StateResource, "inputs" | "options">,
): ValueMap {
  const leaked = Object.keys(outputs).filter((key) => inputs[key] instanceof Secret);
  return markSecret(outputs, [...options.additionalSecretOutputs, ...leaked]);
}
