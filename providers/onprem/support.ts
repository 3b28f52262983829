/**
 * What the roles on-premises share: the order of things.
 */
import * as pulumi from "@pulumi/pulumi";

/**
 * For `dependsOn`: whatever the value comes from, above all the checks of all machines behind Network.scope. Dependencies
 * change nothing in a resource that exists, so a machine more or less touches no other.
 */
export function afterChecks(scope: pulumi.Input<string>): pulumi.Output<pulumi.Resource[]> {
  return afterAll(scope, []);
}

/** The same for other values, and for these resources as well. */
export function afterAll(
  value: pulumi.Input<string>,
  resources: readonly pulumi.Resource[],
): pulumi.Output<pulumi.Resource[]> {
  return pulumi.output(value).apply(() => [...resources]);
}
