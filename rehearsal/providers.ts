/**
 * The simulated providers of one operation, configured as the program configures them.
 */
import type { Account } from "./account";
import type { CloudModel, LiveResource, Properties } from "./model";
import { type ProviderInstance, type SimulatedProvider, simulatedProvider } from "./provider";
import { packageOf, providedPackage, typeOf } from "./urn";
import { toPlain, type ValueMap } from "./values";

export class Providers {
  private readonly byPackage = new Map<string, { provider: SimulatedProvider; planned: LiveResource[] }>();
  private readonly instances = new Map<string, ProviderInstance>();

  constructor(
    private readonly clouds: Readonly<Record<string, CloudModel>>,
    account: Account,
    place: { readonly project: string; readonly stack: string },
  ) {
    for (const [name, cloud] of Object.entries(clouds)) {
      this.byPackage.set(name, { provider: simulatedProvider(name, cloud, account, place), planned: [] });
    }
  }

  /** Whether there is a provider of this package. */
  readonly isKnown = (packageName: string): boolean => this.byPackage.has(packageName);

  /** Whether a provider has a table for this resource type. */
  readonly isModelled = (type: string): boolean => this.clouds[packageOf(type)]?.resources[type] !== undefined;

  /** The provider with this URN and these inputs; the same one for the whole operation. */
  readonly open = (providerUrn: string, inputs: ValueMap): ProviderInstance => {
    const known = this.instances.get(providerUrn);
    if (known) return known;
    const found = this.byPackage.get(providedPackage(typeOf(providerUrn)) ?? "");
    if (!found) throw new Error(`there is no simulated provider for ${providerUrn}`);
    const instance = found.provider.open(configuration(inputs), found.planned);
    this.instances.set(providerUrn, instance);
    return instance;
  };
}

/** A provider's inputs as it reads them: everything that is not a string arrives as JSON. */
export function configuration(inputs: ValueMap): Properties {
  const plain = toPlain(inputs) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, parseStructured(value)]));
}

function parseStructured(value: unknown): unknown {
  if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
