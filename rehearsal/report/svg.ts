/**
 * A topology as a picture: clients at the top, the entry, one column per zone with its masters and media nodes,
 * and the stores below. The same topology always gives the same bytes.
 */
import { doorLabel, entryLabel, listenerLabels, mediaLabel, titleOf, zoneLabel } from "./labels";
import type { Store, Topology, Zone } from "./topology";

/** Measures in pixels. */
const margin = 32;
const gap = 20;
const zoneWidth = 244;
const masterHeight = 54;
const mediaHeight = 70;
const storeHeight = 58;
const barHeight = 74;
const clientsHeight = 44;
const arrowLength = 46;
/** Room at the right for what clients send to media nodes directly. */
const laneWidth = 200;
const narrowest = 560;

const colours = {
  background: "#ffffff",
  text: "#1c2733",
  quiet: "#5b6b7b",
  line: "#7d8fa1",
  zone: "#f5f7fa",
  zoneLine: "#c9d3de",
  clients: "#e8eef5",
  entry: "#dceafb",
  entryLine: "#3f7fc4",
  master: "#e3f3e6",
  masterLine: "#4a9b5c",
  media: "#fdeedb",
  mediaLine: "#d48a2c",
  objects: "#ece6f8",
  objectsLine: "#7a5fb5",
  secrets: "#fbe4e6",
  secretsLine: "#c25562",
  state: "#e0f4f4",
  stateLine: "#2f8f94",
} as const;

const fonts = `font-family="system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"`;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything goes. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly clients: Box;
  readonly entry: Box;
  readonly zones: readonly Box[];
  readonly masterTop: number;
  readonly mediaTop: number;
  readonly stores: readonly Box[];
  readonly lane: number;
}

/** The picture as an SVG document. */
export function renderSvg(topology: Topology): string {
  const layout = arrange(topology);
  const { title, subtitle } = titleOf(topology);
  const parts = [
    rectangle({ x: 0, y: 0, width: layout.width, height: layout.height }, colours.background, "none", 0),
    text({ x: margin, y: margin + 10 }, title, { size: 20, bold: true }),
    text({ x: margin, y: margin + 32 }, subtitle, { size: 13, colour: colours.quiet }),
    ...drawEntry(topology, layout),
    ...topology.zones.flatMap((zone, index) => drawZone(topology, zone, layout.zones[index]!, layout)),
    ...drawDirectLane(topology, layout),
    ...topology.stores.flatMap((store, index) => drawStore(store, layout.stores[index]!)),
    ...drawStoreArrow(layout),
  ];
  const size = `width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escape(title)}" ${fonts}>`,
    `  <defs>`,
    `    <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">`,
    `      <path d="M 0 1 L 9 5 L 0 9 z" fill="${colours.line}"/>`,
    `    </marker>`,
    `  </defs>`,
    ...parts.map((part) => `  ${part}`),
    `</svg>`,
    "",
  ].join("\n");
}

function arrange(topology: Topology): Layout {
  const columns = Math.max(1, topology.zones.length);
  const deepest = Math.max(1, ...topology.zones.map(({ masters }) => masters.length));
  const inner = Math.max(narrowest, columns * zoneWidth + (columns - 1) * gap);
  const columnWidth = (inner - (columns - 1) * gap) / columns;
  const clients = { x: margin + inner / 2 - 110, y: margin + 56, width: 220, height: clientsHeight };
  const entry = { x: margin, y: bottom(clients) + arrowLength, width: inner, height: barHeight };
  const zoneTop = bottom(entry) + arrowLength;
  const masterTop = zoneTop + 36;
  const mediaTop = masterTop + deepest * (masterHeight + 10) + 34;
  const zoneHeight = mediaTop + mediaHeight + 14 - zoneTop;
  const zones = topology.zones.map((_, index) => ({
    x: margin + index * (columnWidth + gap),
    y: zoneTop,
    width: columnWidth,
    height: zoneHeight,
  }));
  const storeTop = zoneTop + zoneHeight + arrowLength;
  const stores = arrangeStores(topology.stores.length, inner, storeTop);
  const last = stores.at(-1) ?? { x: 0, y: zoneTop + zoneHeight, width: 0, height: 0 };
  const lane = margin + inner + 36;
  const width = margin + inner + (topology.mediaDoors.length > 0 ? laneWidth : margin);
  return { width, height: bottom(last) + margin, clients, entry, zones, masterTop, mediaTop, stores, lane };
}

/** Stores in rows of at most four. */
function arrangeStores(count: number, inner: number, top: number): Box[] {
  const perRow = Math.min(4, Math.max(1, count));
  const width = (inner - (perRow - 1) * gap) / perRow;
  return Array.from({ length: count }, (_, index) => ({
    x: margin + (index % perRow) * (width + gap),
    y: top + Math.floor(index / perRow) * (storeHeight + 12),
    width,
    height: storeHeight,
  }));
}

function drawEntry(topology: Topology, { clients, entry }: Layout): string[] {
  const middle = clients.x + clients.width / 2;
  const ports = [
    { leads: "to masters", labels: listenerLabels(topology, "entry", "master") },
    { leads: "to media nodes", labels: listenerLabels(topology, "entry", "media") },
    { leads: "TURN's own, to media nodes", labels: listenerLabels(topology, "turn", "media") },
  ].flatMap(({ leads, labels }) => (labels.length > 0 ? [`${leads}: ${labels.join(", ")}`] : []));
  return [
    rectangle(clients, colours.clients, colours.line, clientsHeight / 2),
    text({ x: middle, y: clients.y + 28 }, "Clients", { size: 15, bold: true, anchor: "middle" }),
    arrow({ x: middle, y: bottom(clients) }, { x: middle, y: entry.y }),
    rectangle(entry, colours.entry, colours.entryLine),
    text({ x: middle, y: entry.y + 25 }, topology.entryTitle, { size: 15, bold: true, anchor: "middle" }),
    text({ x: middle, y: entry.y + 44 }, entryLabel(topology), { size: 13, anchor: "middle" }),
    text({ x: middle, y: entry.y + 62 }, ports.join("; "), { size: 12, anchor: "middle", colour: colours.quiet }),
  ];
}

function drawZone(topology: Topology, zone: Zone, box: Box, layout: Layout): string[] {
  const middle = box.x + box.width / 2;
  const mastersEnd = layout.masterTop + zone.masters.length * (masterHeight + 10) - 10;
  const media = { x: box.x + 14, y: layout.mediaTop, width: box.width - 28, height: mediaHeight };
  const masters = zone.masters.flatMap(({ name, address }, index) => {
    const card = { ...media, y: layout.masterTop + index * (masterHeight + 10), height: masterHeight };
    return [
      rectangle(card, colours.master, colours.masterLine),
      text({ x: middle, y: card.y + 23 }, fit(name, card.width, 14), { size: 14, bold: true, anchor: "middle" }),
      text({ x: middle, y: card.y + 42 }, address, { size: 12, anchor: "middle", colour: colours.quiet }),
    ];
  });
  return [
    rectangle(box, colours.zone, colours.zoneLine, 12, "6 4"),
    text({ x: box.x + 14, y: box.y + 24 }, zoneLabel(zone.name, topology), {
      size: 13,
      bold: true,
      colour: colours.quiet,
    }),
    ...masters,
    ...(zone.masters.length > 0
      ? [arrow({ x: middle, y: bottom(layout.entry) }, { x: middle, y: layout.masterTop })]
      : []),
    ...(zone.hasMedia ? drawMedia(topology, media, middle) : []),
    ...(zone.hasMedia && zone.masters.length > 0
      ? [arrow({ x: middle, y: mastersEnd }, { x: middle, y: layout.mediaTop }, "both")]
      : []),
  ];
}

function drawMedia(topology: Topology, box: Box, middle: number): string[] {
  const back = { ...box, x: box.x + 5, y: box.y + 5 };
  return [
    rectangle(back, colours.media, colours.mediaLine),
    rectangle(box, colours.media, colours.mediaLine),
    text({ x: middle, y: box.y + 29 }, "Media nodes", { size: 14, bold: true, anchor: "middle" }),
    text({ x: middle, y: box.y + 49 }, mediaLabel(topology), { size: 12, anchor: "middle", colour: colours.quiet }),
  ];
}

/** Media does not pass the entry: a line of its own, with the ports that are open. */
function drawDirectLane(topology: Topology, layout: Layout): string[] {
  const { clients, lane, mediaTop, zones } = layout;
  const lastMedia = topology.zones.map(({ hasMedia }) => hasMedia).lastIndexOf(true);
  const target = zones[lastMedia];
  if (!target || topology.mediaDoors.length === 0) return [];
  const from = { x: clients.x + clients.width, y: clients.y + clients.height / 2 };
  const y = mediaTop + mediaHeight / 2;
  const path = `M ${from.x} ${from.y} H ${lane} V ${y} H ${target.x + target.width - 9}`;
  const labels = ["directly, for media:", ...topology.mediaDoors.map(doorLabel)];
  const top = layout.entry.y + 16;
  return [
    `<path d="${path}" fill="none" stroke="${colours.line}" stroke-width="1.6" marker-end="url(#arrow)"/>`,
    ...labels.map((label, index) =>
      text({ x: lane + 10, y: top + index * 18 }, label, { size: 12, colour: colours.quiet }),
    ),
  ];
}

function drawStore({ kind, service, name }: Store, box: Box): string[] {
  const middle = box.x + box.width / 2;
  return [
    rectangle(box, colours[kind], colours[`${kind}Line`]),
    text({ x: middle, y: box.y + 25 }, service, { size: 14, bold: true, anchor: "middle" }),
    text({ x: middle, y: box.y + 44 }, fit(name, box.width, 12), { size: 12, anchor: "middle", colour: colours.quiet }),
  ];
}

/** Every node reads its secrets and writes its data: one arrow for all. */
function drawStoreArrow({ zones, stores, clients }: Layout): string[] {
  const [zone] = zones;
  const [store] = stores;
  if (!zone || !store) return [];
  const x = clients.x + clients.width / 2;
  return [
    arrow({ x, y: bottom(zone) }, { x, y: store.y }),
    text({ x: x + 10, y: bottom(zone) + arrowLength / 2 + 4 }, "secrets and data", {
      size: 12,
      colour: colours.quiet,
    }),
  ];
}

// Primitives.

function bottom({ y, height }: Box): number {
  return y + height;
}

function rectangle({ x, y, width, height }: Box, fill: string, stroke: string, radius = 8, dash = ""): string {
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}" fill="${fill}" stroke="${stroke}"${dashes}/>`;
}

function text(
  at: Point,
  content: string,
  {
    size,
    bold = false,
    anchor = "start",
    colour = colours.text,
  }: { size: number; bold?: boolean; anchor?: string; colour?: string },
): string {
  const weight = bold ? ' font-weight="600"' : "";
  return `<text x="${round(at.x)}" y="${round(at.y)}" font-size="${size}"${weight} text-anchor="${anchor}" fill="${colour}">${escape(content)}</text>`;
}

function arrow(from: Point, to: Point, heads: "end" | "both" = "end"): string {
  const start = heads === "both" ? ` marker-start="url(#arrow)"` : "";
  const line = `x1="${round(from.x)}" y1="${round(from.y + 2)}" x2="${round(to.x)}" y2="${round(to.y - 2)}"`;
  return `<line ${line} stroke="${colours.line}" stroke-width="1.6"${start} marker-end="url(#arrow)"/>`;
}

/** Shortens what would not fit, keeping both ends, where names differ. A character takes about 0.58 of its size. */
function fit(content: string, width: number, size: number): string {
  const room = Math.floor((width - 16) / (size * 0.58));
  if (content.length <= room) return content;
  const half = Math.floor((room - 1) / 2);
  return `${content.slice(0, half)}…${content.slice(-half)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
