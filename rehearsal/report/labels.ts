/**
 * Words that the text of both kinds of diagram is made of.
 */
import { editionTitle } from "../../openvidu/editions";
import type { ReachRow } from "../reach";
import type { Listener, Topology } from "./topology";

/** `443 TLS → 443`; TLS is said where the load balancer ends it */
function listenerLabel({ port, targetPort, endsTls }: Listener): string {
  return `${port}${endsTls ? " TLS" : ""} → ${targetPort}`;
}

/** The listeners of one load balancer that lead to one kind of node, as labels. */
export function listenerLabels(
  { listeners }: Topology,
  balancer: Listener["balancer"],
  target: Listener["target"],
): string[] {
  return listeners.filter((each) => each.balancer === balancer && each.target === target).map(listenerLabel);
}

/** `udp 50000-60000` */
export function doorLabel({ protocol, ports: { first, last } }: ReachRow): string {
  return `${protocol} ${first === last ? first : `${first}-${last}`}`;
}

/** `1 to 5 in all zones` */
export function mediaLabel({ media: { min, max }, zones }: Topology): string {
  const count = min === max ? String(max) : `${min} to ${max}`;
  return zones.length > 1 ? `${count} in all zones` : count;
}

/** Where clients go: the domain, or the address where there is none. */
export function entryLabel({ heading, entryAddress }: Topology): string {
  return heading.domain ?? (entryAddress === "" ? "address known after deployment" : entryAddress);
}

/** Zones as a reader knows them. */
export function zoneLabel(name: string, { heading }: Topology): string {
  return name === "" ? (heading.region ?? "region") : name;
}

/** `OpenVidu on AWS, eu-west-1` */
export function titleOf({ heading: { cloud, edition, region, version }, stack }: Topology): {
  title: string;
  subtitle: string;
} {
  const clouds: Readonly<Record<string, string>> = {
    aws: "AWS",
    azure: "Azure",
    onprem: "machines of one's own",
  };
  const where = [cloud === undefined ? "" : (clouds[cloud] ?? cloud), region ?? ""].filter((each) => each !== "");
  const title = `OpenVidu ${editionTitle(edition ?? "ha")}${where.length > 0 ? ` on ${where.join(", ")}` : ""}`;
  return {
    title,
    subtitle: [`stack ${stack}`, version === undefined ? "" : `version ${version}`]
      .filter((each) => each !== "")
      .join(", "),
  };
}
