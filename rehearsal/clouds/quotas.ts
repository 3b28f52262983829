/**
 * Counts that an account, a region or a zone may not exceed. The cloud looks at them when it makes a thing, so neither a
 * preview nor a check of inputs knows of them. The simulated account holds one stack and has been granted no more than
 * a new one; vCPUs are left out, since every account that runs this program has asked for more of them.
 */
import type { CloudModel, Properties, World } from "../model";

export interface Quota {
  /** Resource type that is counted. */
  readonly type: string;
  /** How many there may be in one place. */
  readonly most: number;
  /** Public source of the number and of the message. */
  readonly source: string;
  /** What has the quota: a region, a zone, a subscription. Asked of what exists and of what is to be made. */
  readonly place: (resource: Properties, world: World) => string;
  /** What the API answers when there are as many already. */
  readonly says: (place: string, world: World) => string;
}

/** Resource models that refuse what would be one too many. */
export function withQuotas(resources: CloudModel["resources"], quotas: readonly Quota[]): CloudModel["resources"] {
  const limited = quotas.map(({ type, most, place, says }) => {
    const checkQuota = (inputs: Properties, world: World): string[] => {
      const here = place(inputs, world);
      const made = world.ofType(type).filter((live) => place({ ...live.inputs, ...live.outputs }, world) === here);
      return made.length < most ? [] : [says(here, world)];
    };
    return [type, { ...resources[type]!, checkQuota }] as const;
  });
  return { ...resources, ...Object.fromEntries(limited) };
}
