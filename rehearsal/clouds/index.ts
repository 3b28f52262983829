/**
 * The simulated clouds, by the package whose resources they hold.
 */
import type { CloudModel, ExistingThings, Json } from "../model";
import { aws } from "./aws/index";
import { azure } from "./azure/index";
import { command } from "./command";
import { existingThings, withExisting } from "./existing";
import { providers } from "./providers";
import { random } from "./random";
import { tls } from "./tls";

/** Clouds that know nothing of what a stack adopts beyond its ids. */
export const clouds: Readonly<Record<string, CloudModel>> = {
  aws,
  "azure-native": azure,
  command,
  random,
  tls,
  pulumi: providers,
};

/**
 * The clouds as a stack with this config meets them: what the config adopts exists there. See existing.ts.
 * @param overrides properties of adopted things by id or name, in place of made-up ones
 */
export function cloudsFor(config: Json, overrides: ExistingThings["overrides"] = {}): typeof clouds {
  const existing = existingThings(config, overrides);
  return Object.fromEntries(Object.entries(clouds).map(([name, cloud]) => [name, withExisting(cloud, existing)]));
}
