/**
 * What exists in the simulated clouds, apart from what Pulumi believes. Survives between operations in one file, written
 * atomically; can drift behind Pulumi's back and fail on purpose.
 */
import type { LiveResource, Properties } from "./model";

export type Call = "create" | "update" | "read" | "delete";

/** A failure on purpose. */
export interface Fault {
  /** Calls that it meets; all of them when absent. */
  readonly call?: Call;
  /** Resources that it meets, by a part of their URN; all of them when absent. */
  readonly urn?: string;
  /** It meets the nth such call (from 1), once. @default 1 */
  readonly nth?: number;
  /** It meets the first such call for every resource, instead of one call alone. */
  readonly everyResource?: boolean;
  /**
   * `refuse`: an error, nothing has changed. `afterwards`: the call does its work and then reports a partial failure.
   * `loseAnswer`: the call does its work and the answer is lost. `throttle`: as `refuse`, in the cloud's words for too
   * many requests. `slow`: works after `milliseconds`.
   */
  readonly kind: "refuse" | "afterwards" | "loseAnswer" | "throttle" | "slow";
  readonly milliseconds?: number;
}

/** A call that changed something or tried to. */
export interface JournalEntry {
  readonly call: Call;
  readonly urn: string;
  readonly id: string;
  readonly outcome: "done" | "refused" | "failed afterwards" | "answer lost";
}

export declare class Account {
  /** An account in memory, or in a file that is read now if it exists and written after every change. */
  constructor(file?: string);
  readonly journal: readonly JournalEntry[];
  /** Everything that exists, in order of creation. */
  readonly resources: readonly LiveResource[];
  faults: readonly Fault[];
  /** Something changes behind Pulumi's back, inputs and outputs alike (an autoscaler, a person in the console). */
  drift(urn: string, changes: Properties): void;
  /** Something vanishes behind Pulumi's back. */
  lose(urn: string): void;
}
