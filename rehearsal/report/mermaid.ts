/**
 * A topology as a Mermaid flowchart, for pages that render such text themselves.
 */
import { doorLabel, entryLabel, listenerLabels, mediaLabel, titleOf, zoneLabel } from "./labels";
import type { Topology } from "./topology";

/** The diagram, ending in a newline. */
export function renderMermaid(topology: Topology): string {
  const { title } = titleOf(topology);
  const mediaZones = topology.zones.filter(({ hasMedia }) => hasMedia);
  const to = (target: "master" | "media"): string => listenerLabels(topology, "entry", target).join("<br/>");
  const turn = listenerLabels(topology, "turn", "media").join("<br/>");
  const lines = [
    "---",
    `title: ${title} (${topology.stack})`,
    "---",
    "flowchart TB",
    `  clients(["Clients"])`,
    `  entry["${topology.entryTitle}<br/>${escape(entryLabel(topology))}"]`,
    ...(turn === "" ? [] : [`  turn["TURN load balancer"]`]),
    ...topology.zones.flatMap((zone, index) => zoneLines(topology, index)),
    `  subgraph stores["Stores"]`,
    ...topology.stores.map(
      ({ service, name }, index) => `    store${index}[("${escape(service)}<br/>${escape(name)}")]`,
    ),
    "  end",
    `  clients --> entry`,
    ...topology.zones.flatMap(({ masters }, index) =>
      masters.length > 0 ? [`  entry -- "${escape(to("master"))}" --> masters${index}`] : [],
    ),
    ...(to("media") === ""
      ? []
      : mediaZones.map((zone) => `  entry -- "${escape(to("media"))}" --> media${topology.zones.indexOf(zone)}`)),
    ...(turn === ""
      ? []
      : [
          `  clients --> turn`,
          ...mediaZones.map((zone) => `  turn -- "${escape(turn)}" --> media${topology.zones.indexOf(zone)}`),
        ]),
    ...mediaZones.map(
      (zone) =>
        `  clients -- "${topology.mediaDoors.map(doorLabel).join("<br/>")}" --> media${topology.zones.indexOf(zone)}`,
    ),
    ...topology.zones.flatMap(({ masters }, index) => (masters.length > 0 ? [`  masters${index} --> stores`] : [])),
  ];
  return `${lines.join("\n")}\n`;
}

function zoneLines(topology: Topology, index: number): string[] {
  const zone = topology.zones[index];
  if (!zone) return [];
  const masters = zone.masters.map(({ name, address }) => `${name}${address === "" ? "" : ` ${address}`}`);
  const inside = [
    ...(masters.length > 0 ? [`    masters${index}["${masters.map(escape).join("<br/>")}"]`] : []),
    ...(zone.hasMedia ? [`    media${index}["Media nodes<br/>${mediaLabel(topology)}"]`] : []),
    ...(masters.length > 0 && zone.hasMedia ? [`    masters${index} <--> media${index}`] : []),
  ];
  return [`  subgraph zone${index}["${escape(zoneLabel(zone.name, topology))}"]`, ...inside, "  end"];
}

/** Text inside Mermaid's quotes. */
function escape(text: string): string {
  return text.replaceAll('"', "#quot;");
}
