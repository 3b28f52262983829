/**
 * How a simulated cloud describes one resource type: what the real provider and the real API demand of it, and what
 * they answer. Tables of these live in rehearsal/clouds/.
 */

export type Json = unknown;
export type Properties = Readonly<Record<string, Json>>;

/** A resource as the simulated cloud knows it once it exists. Secrets are unwrapped here. */
export interface LiveResource {
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What an evaluation is told about things that the stack adopts; made by `existingThings` in clouds/existing.ts. */
export interface ExistingThings {
  /** Place of an adopted id in its config list, in the order of the config. */
  readonly turns: Readonly<Record<string, number>>;
  /** Domain that the config names; a DNS zone that it names holds this domain. */
  readonly domain?: string;
  /** Azure subscription that the config's resource ids name. */
  readonly subscription?: string;
  /** Properties that replace made-up ones, by id or name; `{ missing: true }` says that there is no such thing. */
  readonly overrides: Readonly<Record<string, Properties>>;
}

/** What else exists, for checks that look at several resources. */
export interface World {
  readonly project: string;
  readonly stack: string;
  /** Whether this is a preview, in which a thing that is only planned is missing from `resources`. */
  readonly preview?: boolean;
  /**
   * Everything that exists so far, in order of creation. In a preview this is what is to be created: ids, outputs and
   * derived inputs are the string `<unknown>`.
   */
  readonly resources: readonly LiveResource[];
  /** What was deleted and can still be recovered. @default nothing */
  readonly recoverable?: readonly LiveResource[];
  byId(type: string, id: string): LiveResource | undefined;
  ofType(type: string): readonly LiveResource[];
  /** Configuration of the explicit provider that manages the resource at hand (region, location, …). */
  readonly provider: Properties;
  /** What is known of things that the stack did not create; one object for a whole evaluation. See clouds/existing.ts. */
  readonly existing?: ExistingThings;
  /** `length` stable pseudo-random characters of `alphabet` for this seed; the same in every evaluation. */
  random(seed: string, length: number, alphabet: string): string;
}

export interface ResourceModel {
  /** Names of inputs without which the provider refuses. */
  readonly required: readonly string[];
  /** Public source of what this row says. */
  readonly source: string;
  /** Input that holds the physical name, how it is auto-named, and what the cloud allows. */
  readonly naming?: {
    readonly input: string;
    readonly auto: "suffix7" | "suffix8" | "copy" | "none";
    readonly pattern?: RegExp;
    readonly maxLength?: number;
    readonly minLength?: number;
  };
  /** Inputs that the provider fills in when they are missing. */
  readonly defaults?: Properties;
  /** Outputs that are secret. */
  readonly secretOutputs?: readonly string[];
  /**
   * Inputs whose change makes the provider replace the resource, as paths: `subnetId`, `sku.tier`, `disks[].name`. A
   * path covers everything below it. `region` also stands for the region of the provider.
   */
  readonly forcesReplacement?: readonly string[];
  /** Inputs that such a change concerns only sometimes, by a look at the values: paths as above. */
  replaces?(olds: Properties, news: Properties): readonly string[];
  /** Whether a replacement deletes the old resource first, where it is not as `CloudModel.replacement` says. */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs that the provider does not compare (write-only ones, for example), by name. */
  readonly notCompared?: readonly string[];
  /** Outputs beyond the inputs that an update computes anew; all others stay as they were made. */
  readonly recomputed?: readonly string[];
  /** What the API refuses to change in place, in its wording. Called with known inputs, on `up` only. */
  checkUpdate?(olds: Properties, news: Properties, world: World): string[];
  /**
   * Resources that keep this one from being deleted: those of these types whose inputs hold its id, ARN or name. Says
   * what the API answers then.
   */
  readonly inUse?: {
    readonly by: readonly string[];
    says(resource: LiveResource, users: readonly LiveResource[]): string;
  };
  /** Other refusals of a deletion, in the API's wording (a bucket that is not empty, protection that is switched on). */
  checkDelete?(resource: LiveResource, world: World): string[];
  /** What vanishes with the resource, by id, although the program manages it on its own (all in a resource group). */
  takesAlong?(resource: LiveResource, world: World): readonly LiveResource[];
  /**
   * Refusals that need more than a look at one input, in the wording of the real provider or API. Called when all
   * inputs are known.
   */
  check?(inputs: Properties, world: World): string[];
  /** The same for what is refused of a new resource alone. */
  checkNew?(inputs: Properties, world: World): string[];
  /** What the account has too few of for one more, in the API's wording; asked when it is made. See clouds/quotas.ts. */
  checkQuota?(inputs: Properties, world: World): string[];
  /** Whether a deleted one can be recovered for some days, during which its name stays taken. */
  isRecoverable?(resource: LiveResource): boolean;
  /** Id and the outputs beyond the inputs. Called with inputs after naming and defaults; in an update with what was. */
  create(
    inputs: Properties,
    world: World,
    resource: { urn: string; name: string; before?: Pick<LiveResource, "inputs" | "outputs"> },
  ): { id: string; outputs: Properties };
}

/** A function that a provider offers to programs (`aws:ec2/getSubnet:getSubnet`). */
export interface InvokeModel {
  readonly source: string;
  call(args: Properties, world: World): { result: Properties } | { failure: string };
}

export interface CloudModel {
  /**
   * When a replacement deletes the old resource first, unless the program says otherwise. `givenName`: when the program
   * gives the physical name (bridged providers). `alwaysButAutoNamed`: unless the provider made up the name
   * (azure-native). Source: engine-notes 6.
   */
  readonly replacement: "givenName" | "alwaysButAutoNamed";
  /**
   * Outputs beyond the inputs that a preview of an update still knows: all but `recomputed` ones, or these alone.
   * Source: pulumi-terraform-bridge Update; pulumi-azure-native provider.go, Update.
   */
  readonly keptInPreview: "all" | readonly string[];
  /** True where nothing exists outside of Pulumi's state (random, tls), so that a refresh finds what the state says. */
  readonly stateOnly?: true;
  readonly resources: Readonly<Record<string, ResourceModel>>;
  readonly invokes: Readonly<Record<string, InvokeModel>>;
}
