/**
 * Names of resources as the engine builds them. Source: sdk/go/common/resource/urn/urn.go of Pulumi 3.248.
 */

/** Type of the resource that stands for the stack itself. */
export const stackType = "pulumi:pulumi:Stack";

/** Type of a resource that holds the outputs of a stack; Pulumi itself reads them. */
export const stackReferenceType = "pulumi:pulumi:StackReference";

const providerPrefix = "pulumi:providers:";

/** Where a URN belongs. */
export interface Place {
  readonly project: string;
  readonly stack: string;
}

/**
 * A resource's URN. It holds the types of the parents but not their names, and never the stack's own type.
 */
export function createUrn({ project, stack }: Place, parent: string, type: string, name: string): string {
  const above = parent === "" ? "" : qualifiedType(parent);
  const types = above === "" || above === stackType ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}

/** The types of a resource and its parents, outermost first and joined by `$`. */
export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

/** A resource's own type. */
export function typeOf(urn: string): string {
  return qualifiedType(urn).split("$").at(-1) ?? "";
}

/** A resource's logical name. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Package of a resource type or function token (`aws` of `aws:ec2/vpc:Vpc`). */
export function packageOf(token: string): string {
  return token.split(":")[0] ?? "";
}

/** The package that a provider resource configures, or nothing when the type is not a provider's. */
export function providedPackage(type: string): string | undefined {
  return type.startsWith(providerPrefix) ? type.slice(providerPrefix.length) : undefined;
}

/** Type of the provider resource of a package. */
export function providerType(packageName: string): string {
  return `${providerPrefix}${packageName}`;
}

/** The provider's URN in a reference `<urn>::<id>`. */
export function urnOfReference(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}
