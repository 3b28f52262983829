/**
 * How four masters are spread over zones, and what losing one zone then costs.
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
export function spreadMasters(zones: readonly string[]): string[] {
  return Array.from({ length: haMasterCount }, (_, slot) => zones[slot % zones.length]!);
}

/** What a placement over this many zones means. Masters beyond two losses stop the service; two stop recordings. */
export function judgeZones(zones: readonly string[]): ZoneReport {
  const spread = spreadMasters(zones);
  const fullest = Math.max(...zones.map((zone) => spread.filter((other) => other === zone).length));
  if (fullest >= haMasterCount) {
    return { verdict: "outage", warning: `all masters share zone ${zones[0]}: its loss ends the service` };
  }
  if (fullest === 1) return { verdict: "unaffected" };
  if (zones.length === 2) {
    return {
      verdict: "alwaysDegraded",
      warning: "two zones hold two masters each: losing either stops recordings and may stop writes to MongoDB",
    };
  }
  const doubled = zones.find((zone) => spread.filter((other) => other === zone).length > 1);
  return {
    verdict: "degraded",
    warning: `two masters share zone ${doubled}: losing it stops recordings until they are back`,
  };
}
