/**
 * What the engine knows while a program runs: the resources so far, in the form in which the next ones need them.
 */
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type { StateResource } from "./engine/state";
import type { LogMessage, Refusal } from "./graph";
import type { ValueMap } from "./values";

/** A resource that has been registered or read. */
export interface Registered extends Omit<StateResource, "outputs" | "delete" | "pendingReplacement" | "initErrors"> {
  outputs: ValueMap;
  /** What children inherit, as far as it was given at all. */
  readonly inherited: { readonly protect?: boolean; readonly retainOnDelete?: boolean; readonly deletedWith: string };
  /** Provider references by package that a component hands to its children. */
  readonly providers: Readonly<Record<string, string>>;
  readonly transforms: readonly Callback[];
}

/** An order that the program gave to Pulumi, as the SDK announces it in its debug log. */
export interface Announcement {
  readonly type: string;
  readonly name: string;
}

/** Everything that one run of a program leaves behind. */
export class Registry {
  readonly resources = new Map<string, Registered>();
  readonly refusals: Refusal[] = [];
  /** Resources that were refused, or not tried because they need one that was. */
  readonly failed = new Set<string>();
  readonly skipped: string[] = [];
  readonly log: LogMessage[] = [];
  readonly announcements: Announcement[] = [];
  /** Types and functions that no table in rehearsal/clouds/ describes. */
  readonly unsupported = new Set<string>();
  /** Set when the engine has given up; everything that comes later is turned away. */
  stopped = false;
  /** Why it has. */
  failure: Error | undefined;

  /** The resource and everything above it, innermost first. */
  lineage(urn: string): Registered[] {
    const resource = this.resources.get(urn);
    return resource ? [resource, ...this.lineage(resource.parent)] : [];
  }

  /** The provider that the nearest component above hands down for a package. */
  providerFrom(parent: string, packageName: string): string {
    return this.resources.get(parent)?.providers[packageName] ?? "";
  }
}

/** A request that the engine refuses in a way that the program gets to see, and may catch. */
export class RequestError extends Error {}

/** What the engine cannot go on from, in its own words. Ends the run. */
export class EngineError extends Error {
  constructor(
    readonly urn: string,
    message: string,
  ) {
    super(message);
  }
}
