/**
 * Reads the state that Pulumi's own engine keeps, as `pulumi stack export --show-secrets` gives it.
 * Source: sdk/go/common/apitype/core.go (ResourceV3) and pkg/resource/stack/deployment.go of Pulumi 3.248.
 */
import type { Deployment } from "@pulumi/pulumi/automation";

/** A resource of Pulumi's state, as far as the small engine says the same of its own. */
export interface ExportedResource {
  readonly urn: string;
  readonly custom: boolean;
  readonly external: boolean;
  readonly parent: string;
  readonly provider: string;
  readonly id: string;
  /** In the form of a recorded graph: secrets are `{ secret: value }`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deletedWith: string;
  readonly delete: boolean;
  readonly pendingReplacement: boolean;
  readonly initErrors: readonly string[];
}

type Raw = Partial<ExportedResource> & { readonly urn: string };

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function exportedResources({ deployment }: Deployment): ExportedResource[] {
  const { resources = [] } = deployment as { resources?: readonly Raw[] };
  return resources.map((raw) => ({
    urn: raw.urn,
    custom: raw.custom ?? false,
    external: raw.external ?? false,
    parent: raw.parent ?? "",
    provider: raw.provider ?? "",
    id: raw.id ?? "",
    inputs: recorded(raw.inputs ?? {}) as ExportedResource["inputs"],
    outputs: recorded(raw.outputs ?? {}) as ExportedResource["outputs"],
    dependencies: raw.dependencies ?? [],
    propertyDependencies: raw.propertyDependencies ?? {},
    protect: raw.protect ?? false,
    retainOnDelete: raw.retainOnDelete ?? false,
    ignoreChanges: raw.ignoreChanges ?? [],
    deletedWith: raw.deletedWith ?? "",
    delete: raw.delete ?? false,
    pendingReplacement: raw.pendingReplacement ?? false,
    initErrors: raw.initErrors ?? [],
  }));
}

function recorded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recorded);
  if (typeof value !== "object" || value === null) return value;
  const { [signatureKey]: signature, plaintext } = value as Record<string, unknown>;
  if (signature === secretSignature) return { secret: recorded(JSON.parse(plaintext as string)) };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, recorded(part)]));
}
