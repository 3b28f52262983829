/**
 * How masters are spread over zones, and what losing one zone then costs where there are four.
 * Source: reference/onprem-v2-reference.md C.2.
 */
import { haMasterCount } from "./editions";

/** What the loss of the most loaded zone does to the cluster. */
export type ZoneVerdict = "unaffected" | "degraded" | "alwaysDegraded" | "outage";

export interface ZoneReport {
  readonly verdict: ZoneVerdict;
  /** One sentence for a person; absent where nothing has to be said. */
  readonly warning?: string;
}

/** The zone of each master slot, in slot order: zones are dealt out in turn. `zones` must not be empty. */
export function spreadMasters(zones: readonly string[], count = haMasterCount): string[] {
  return Array.from({ length: count }, (_, slot) => zones[slot % zones.length]!);
}

/**
 * What a placement means. Losing more than two masters stops the service; losing two stops recordings. A zone may be
 * listed more than once, as by several adopted subnets in it.
 */
export function judgeZones(zones: readonly string[]): ZoneReport {
  const spread = spreadMasters(zones);
  const fullest = Math.max(...zones.map((zone) => spread.filter((other) => other === zone).length));
  const fullestZone = zones.find((zone) => spread.filter((other) => other === zone).length === fullest);
  if (fullest > haMasterCount / 2) {
    const which = fullest === haMasterCount ? "all" : String(fullest);
    return { verdict: "outage", warning: `${which} masters share zone ${fullestZone}: its loss ends the service` };
  }
  if (fullest === 1) return { verdict: "unaffected" };
  if (new Set(spread).size === 2) {
    return {
      verdict: "alwaysDegraded",
      warning: "two zones hold two masters each: losing either stops recordings and may stop writes to MongoDB",
    };
  }
  return {
    verdict: "degraded",
    warning: `two masters share zone ${fullestZone}: losing it stops recordings until they are back`,
  };
}
