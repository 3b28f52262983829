/**
 * A resource provider over a simulated cloud: what Pulumi's provider protocol asks for (sdk/proto/provider.proto),
 * answered from the tables in rehearsal/clouds/. The small engine calls it directly; a real Pulumi CLI reaches it over
 * gRPC (serve.ts). Both therefore meet the same cloud.
 */
import type { Account } from "./account";
import type { DifferenceKind } from "./engine/plan";
import type { CloudModel, Properties } from "./model";
import type { ValueMap } from "./values";

/** What a provider's Check answers. */
export interface Checked {
  readonly inputs: ValueMap;
  readonly failures: readonly string[];
}

/** What a provider's Diff answers: kinds of change by path; a kind that ends in `-replace` asks for a replacement. */
export interface Compared {
  readonly differences: Readonly<Record<string, DifferenceKind>>;
  /** Top-level inputs for which the resource is replaced. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** A resource that exists. The id is empty in a preview. */
export interface Made {
  readonly id: string;
  readonly outputs: ValueMap;
}

/** The cloud says no; nothing has changed. The message is what the real provider would print. */
export class CloudRefusal extends Error {}

/** The thing exists, but not as it should (gRPC detail ErrorResourceInitFailed): state is kept and the next run retries. */
export class PartialFailure extends Error {
  constructor(
    readonly made: Made,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("; "));
  }
}

/** One configured provider during one operation. */
export interface ProviderInstance {
  check(request: { readonly urn: string; readonly olds?: ValueMap; readonly news: ValueMap }): Promise<Checked>;
  diff(request: {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: ValueMap;
    readonly oldOutputs: ValueMap;
    readonly news: ValueMap;
  }): Promise<Compared>;
  /** @throws CloudRefusal, PartialFailure */
  create(request: { readonly urn: string; readonly inputs: ValueMap; readonly preview: boolean }): Promise<Made>;
  /** @throws CloudRefusal, PartialFailure */
  update(request: {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: ValueMap;
    readonly oldOutputs: ValueMap;
    readonly news: ValueMap;
    readonly preview: boolean;
  }): Promise<Made>;
  /** Nothing when there is no such thing. Without inputs (import, `.get()`) they are derived from what exists. */
  read(request: {
    readonly urn: string;
    readonly id: string;
    readonly inputs?: ValueMap;
    readonly outputs?: ValueMap;
  }): Promise<{ readonly inputs: ValueMap; readonly outputs: ValueMap } | undefined>;
  /** Deletes; what is not there is deleted already. @throws CloudRefusal */
  delete(request: { readonly urn: string; readonly id: string; readonly outputs: ValueMap }): Promise<void>;
  invoke(request: {
    readonly token: string;
    readonly args: Properties;
  }): Promise<{ readonly result: Properties } | { readonly failure: string }>;
}

/** A provider of one package for one simulated account. */
export interface SimulatedProvider {
  readonly packageName: string;
  /**
   * The provider with this configuration (region, subscription, …), ready for one operation.
   * @param preview whether the operation only looks; where a caller cannot know (gRPC), the first preview call says so
   */
  open(configuration: Properties): ProviderInstance;
}

export declare function simulatedProvider(packageName: string, cloud: CloudModel, account: Account): SimulatedProvider;
