/**
 * Settings that a cluster keeps for as long as it stands, or that only grow: the cloud would refuse the edit half-way, or
 * carry it out by making something anew that holds data, an address or running machines. The stack's own outputs remember
 * them.
 */
import type { CloudName } from "../components/cloud";
import type { Problem } from "../components/errors";
import { upgradePath } from "../openvidu/upgrades";
import { enterpriseV2Fixed } from "./fixed-settings-enterprise-v2";
import type { ClusterSettings, Settings } from "./settings";

/** Name of the stack output that the next update reads. */
export const fixedOutput = "fixedSettings";

export interface FixedSetting<S extends Settings = ClusterSettings> {
  /** Where it is in the config. */
  readonly path: string;
  /** Clouds on which it is fixed. @default all */
  readonly clouds?: readonly CloudName[];
  readonly value: (settings: S) => unknown;
  /** Why, and what to do instead, as a clause. */
  readonly why: string;
  /** Whether the new value may follow the old one. @default none may */
  readonly allows?: (before: unknown, now: unknown) => boolean;
}

const newStack = "deploy a new stack beside this one and move with a backup (docs/operations.md)";

/** Clouds on which machines, disks and networks are the deployment's own. */
const rented: readonly CloudName[] = ["aws", "azure"];

/* prettier-ignore */
const table: readonly FixedSetting[] = [
  { path: "cloud", value: ({ cloud }) => cloud, why: `machines and data cannot move; ${newStack}` },
  { path: "edition", value: ({ edition }) => edition, why: `the databases differ; ${newStack}` },
  { path: "region", clouds: rented, value: ({ region }) => region, why: `machines, addresses and data cannot move; ${newStack}` },
  { path: "resourceGroup", clouds: ["azure"], value: ({ resourceGroup }) => resourceGroup, why: `Azure makes everything anew in another group; ${newStack}` },
  { path: "network.cidr", clouds: rented, value: ({ network }) => (network.adopt ? undefined : network.cidr), why: `the masters keep their addresses; ${newStack}` },
  { path: "network.zones", clouds: rented, value: ({ network }) => network.zones, why: "masters and the entry stay in their zones; name the earlier ones in network.zones" },
  // Azure cannot take the one address from under its gateway while masters go out through it.
  { path: "network.nat", clouds: ["azure"], value: ({ network }) => (network.adopt ? undefined : network.nat), why: "the gateway's address is bound to it; keep it" },
  { path: "network.adopt", clouds: rented, value: ({ network }) => network.adopt, why: `the masters keep their addresses; ${newStack}` },
  { path: "storage.appDataBucket", clouds: ["aws"], value: ({ storage }) => storage.adoptBuckets?.appData, why: "recordings would stay behind in the other bucket; copy them and deploy a new stack" },
  { path: "storage.clusterDataBucket", clouds: ["aws"], value: ({ storage }) => storage.adoptBuckets?.clusterData, why: "the cluster's data would stay behind in the other bucket; copy it and deploy a new stack" },
  { path: "storage.account", clouds: ["azure"], value: ({ storage }) => storage.adoptAccount, why: "recordings would stay behind in the other account; copy them and deploy a new stack" },
  { path: "storage.appDataContainer", clouds: ["azure"], value: ({ storage }) => storage.appDataContainer, why: "recordings would stay behind in the other container; keep it" },
  { path: "storage.zoneRedundant", clouds: ["azure"], value: ({ storage }) => storage.zoneRedundant, why: "Azure changes it by a migration of its own; ask for that and then set it here" },
  { path: "entry.address", clouds: ["aws"], value: ({ entry }) => entry.adoptAddressId, why: `clients know the address; ${newStack}` },
  { path: "entry.addressId", clouds: ["azure"], value: ({ entry }) => entry.adoptAddressId, why: `clients know the address; ${newStack}` },
  { path: "encryption", clouds: rented, value: ({ encryption }) => encryption.keyId, why: `disks keep the key that they were made with; ${newStack}` },
  { path: "secretRecoveryDays", clouds: ["azure"], value: ({ secretRecoveryDays }) => secretRecoveryDays, why: "Azure fixes it when the vault is made; keep it" },
  { path: "access.adminUsername", clouds: ["azure"], value: ({ access }) => access.adminUsername, why: "Azure fixes the name when a machine is made; keep it" },
  { path: "images.release", clouds: ["azure"], value: ({ media }) => media.image.release, why: "Azure keeps a scale set on the image family that it was made with; name the earlier one in images.release" },
  { path: "masters.dataDiskGiB", clouds: rented, value: ({ masters }) => masters.dataDiskGiB, why: "a disk with data on it only grows", allows: (before, now) => Number(now) >= Number(before) },
  { path: "version", value: ({ version }) => version, why: "no release can be installed over a later one; restore a backup instead (docs/operations.md)", allows: isUpgrade },
];

function isUpgrade(before: unknown, now: unknown): boolean {
  return "hops" in upgradePath(String(before), String(now));
}

/** What the next update compares with: values as JSON by path, `null` where nothing is set. */
export function fixedSettings(settings: Settings): Readonly<Record<string, string>> {
  return settings.edition === "enterprise-v2" ? valuesIn(enterpriseV2Fixed, settings) : valuesIn(table, settings);
}

function valuesIn<S extends Settings>(rows: readonly FixedSetting<S>[], settings: S): Record<string, string> {
  const here = rows.filter(({ clouds }) => clouds === undefined || clouds.includes(settings.cloud));
  return Object.fromEntries(here.map(({ path, value }) => [path, JSON.stringify(value(settings) ?? null)]));
}

/**
 * Fixed settings that are not as the last update had them. None while `deletionProtection` is off, by which an operator
 * asks for things to be made anew.
 * @param before the output of the last update; anything else means that there was none
 */
export function fixedProblems(before: unknown, settings: Settings): Problem[] {
  if (typeof before !== "object" || before === null || !settings.deletionProtection) return [];
  const was = before as Readonly<Record<string, unknown>>;
  const now = fixedSettings(settings);
  // A release that fixes more than the last one has nothing to compare with yet.
  const rows: readonly Omit<FixedSetting, "value">[] = settings.edition === "enterprise-v2" ? enterpriseV2Fixed : table;
  const changed = rows.filter(
    ({ path, allows }) =>
      path in was && path in now && was[path] !== now[path] && !allows?.(parsed(was[path]), parsed(now[path])),
  );
  // On another cloud every other setting means something else.
  const named = changed.some(({ path }) => path === "cloud") ? changed.slice(0, 1) : changed;
  return named.map(({ path, why }) => ({
    path,
    reason: `${said(was[path])} since the cluster was made, ${said(now[path])} now; it has to stay while the cluster stands, because ${why}`,
  }));
}

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    return undefined;
  }
}

function said(value: unknown): string {
  return typeof value === "string" && value !== "null" ? value : "not set";
}
