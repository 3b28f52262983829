/**
 * Makes the reference pages in docs/ whose source is data: flows, installer, versions and secrets.
 * `--check` writes nothing and fails when a page is stale.
 */
import path from "node:path";
import { clusterEditions, type Edition, editionTitles, nodeRoles } from "../openvidu/editions";
import { entryListeners, type Listener, turnListeners } from "../openvidu/entry";
import {
  allFlows,
  type EntryMode,
  type Flow,
  type FlowCondition,
  type FlowContext,
  type TlsMode,
} from "../openvidu/flows";
import {
  certificateTypes,
  type FlagValue,
  type InstallerContext,
  installerFlags,
  installerOf,
} from "../openvidu/installer";
import { featureDescriptions, featureNames, moduleNames } from "../openvidu/modules";
import { formatPorts } from "../openvidu/ports";
import { configFiles, fixedAccounts, generatedSecrets, settingsByRole } from "../openvidu/secrets";
import { serviceUrl, servicesFor } from "../openvidu/services";
import { defaultVersion, versionNames, versions } from "../openvidu/versions";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

const tlsNames: Readonly<Record<TlsMode, string>> = {
  loadBalancer: "TLS ends at the load balancer",
  node: "TLS ends on the masters",
};

const entryNames: Readonly<Record<EntryMode, string>> = {
  balanced: "load balancer of the program, or one that passes TLS through",
  external: "load balancer of the customer's own that ends TLS",
  dns: "clients reach the masters themselves (DNS round robin, Elastic)",
};

const page = (title: string, source: string, ...parts: string[]): string =>
  [`# ${title}`, `_Generated from ${source} by \`npm run docs\`. Do not edit._`, ...parts].join("\n\n") + "\n";

const code = (text: string): string => `\`${text}\``;

/** A Markdown table; a bar inside a cell would end the cell. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The editions of a flow, but for all of OpenVidu 3: those go without saying, because these pages are about them. */
function editionText(held: readonly Edition[]): string | undefined {
  const isCommon = held.length === clusterEditions.length && clusterEditions.every((edition) => held.includes(edition));
  return isCommon ? undefined : held.map((edition) => editionTitles[edition]).join(" or ");
}

/** When a flow applies, in words. */
function conditionText(when: FlowCondition): string {
  const texts = [
    when.edition && editionText(when.edition),
    when.mediaServer && `media server ${code(when.mediaServer)}`,
    when.turnOn && `TURN on ${when.turnOn === "master" ? "masters" : "media nodes"}`,
    when.module && `module ${code(when.module)}`,
    when.feature && `feature ${code(when.feature)}`,
    when.rtcEngine && `engine ${code(when.rtcEngine)}`,
    when.tls && tlsNames[when.tls],
    when.minio && "MinIO on the masters",
    when.entry && when.entry.map((entry) => entryNames[entry]).join(" or "),
    when.turnDomain && "TURN has a domain of its own",
    when.since && `${when.since} and later`,
    when.before && `before ${when.before}`,
  ].filter((text) => typeof text === "string");
  return texts.join("; ") || "always";
}

function portText({ protocol, ports: range }: Flow): string {
  return protocol === "all" ? "any" : `${formatPorts(range)}/${protocol}`;
}

/** A default deployment with everything switched on. */
function fullContext(tls: TlsMode): FlowContext {
  return {
    edition: "ha",
    version: defaultVersion,
    modules: new Set(moduleNames),
    features: new Set(featureNames),
    rtcEngine: "pion",
    tls,
    minio: true,
  };
}

function listenerTable(title: string, listeners: readonly Listener[]): string {
  const rows = listeners.map(({ name, port, endsTls, targetRole, targetPort, healthCheck }) => [
    name,
    String(port),
    endsTls ? "yes" : "no",
    `${targetRole} ${targetPort}`,
    `HTTP ${healthCheck.port}${healthCheck.path}, ${healthCheck.status} expected`,
    `every ${healthCheck.intervalSeconds} s; ${healthCheck.healthyThreshold} good or ${healthCheck.unhealthyThreshold} bad decide`,
  ]);
  return `### ${title}\n\n${table(["Listener", "Port", "Ends TLS", "Leads to", "Health check", "Timing"], rows)}`;
}

function flowsPage(): string {
  const rows = allFlows.map((flow) => [
    code(flow.id),
    flow.from,
    flow.to,
    portText(flow),
    conditionText(flow.when),
    flow.purpose,
  ]);
  return page(
    "Who may talk to whom",
    "`openvidu/flows.ts`",
    "Every firewall rule on every cloud is one of these rows, and nothing else is let through. `operator` stands for the\n" +
      "address ranges in `openvidu:access.operatorCidrs`; without any, its rows yield no rule. `internet` on the way out is\n" +
      "narrowed by `openvidu:access.egressCidrs`. Rows that name no edition are of every edition of OpenVidu 3.",
    table(["Row", "From", "To", "Port", "When", "Purpose"], rows),
    "Features that open ports:",
    table(
      ["Feature", "What it is"],
      featureNames.map((name) => [code(name), featureDescriptions[name]]),
    ),
    `## The load balancer's listeners in ${defaultVersion}`,
    "With every module and feature switched on.",
    ...(["loadBalancer", "node"] as const).map((tls) => listenerTable(tlsNames[tls], entryListeners(fullContext(tls)))),
    "With `openvidu:turn.domain`, which only releases up to 3.5 have a use for, a second load balancer stands beside the\n" +
      "first where TLS ends at the load balancer. Elsewhere both domains share the entry.",
    listenerTable(
      "TURN's own load balancer",
      turnListeners({ ...fullContext("loadBalancer"), version: "3.5.0", turnDomain: true }),
    ),
  );
}

function valueText(value: FlagValue): string {
  switch (value.kind) {
    case "switch":
      return "(no value)";
    case "constant":
      return code(value.value);
    case "bundle":
      return `bundle key ${code(value.key)}`;
    case "node":
      return value.fact === "masterIps"
        ? "the masters' private addresses, in slot order"
        : "the node's private address";
    default: {
      const exhaustive: never = value;
      throw new Error(`unknown flag value ${JSON.stringify(exhaustive)}`);
    }
  }
}

/** Every flag that some deployment uses on one kind of node, with the deployments that use it. */
function flagTable(role: InstallerContext["role"]): string {
  const contexts = (["aws", "azure"] as const).flatMap((cloud) =>
    certificateTypes.map((certificate): InstallerContext => {
      const tls = certificate === "none" ? "loadBalancer" : "node";
      return { cloud, edition: "ha", role, tls, certificate, additionalFlags: [] };
    }),
  );
  const users = new Map<string, { cells: string[]; contexts: InstallerContext[] }>();
  for (const context of contexts) {
    for (const { flag, value } of installerFlags(context)) {
      const cells = [code(flag), valueText(value)];
      const entry = users.get(cells.join()) ?? { cells, contexts: [] };
      users.set(cells.join(), { cells, contexts: [...entry.contexts, context] });
    }
  }
  const rows = [...users.values()].map(({ cells, contexts: used }) => [...cells, usedWhen(used, contexts)]);
  return table(["Flag", "Value", "When"], rows);
}

/** Describes a subset of contexts by the one property that sets it apart. */
function usedWhen(used: readonly InstallerContext[], all: readonly InstallerContext[]): string {
  const names = (key: "cloud" | "tls" | "certificate"): string[] => [...new Set(used.map((context) => context[key]))];
  for (const key of ["cloud", "tls", "certificate"] as const) {
    const selected = all.filter((context) => names(key).includes(context[key]));
    if (used.length === all.length) return "always";
    if (selected.length === used.length) {
      return key === "tls" ? tlsNames[names(key)[0] as TlsMode] : `${key} ${names(key).map(code).join(", ")}`;
    }
  }
  throw new Error(`no single property tells when ${used.length} of ${all.length} deployments use a flag`);
}

function installerPage(): string {
  return page(
    "What the OpenVidu installer is told",
    "`openvidu/installer.ts`",
    "A node downloads the vendor's bootstrap for its release, checks its SHA-256 and runs it with these flags. Values that\n" +
      "come from the bundle are read by the node from the secret store at boot; none is part of its user data.",
    ...nodeRoles.flatMap((role) => [`## Flags on ${role === "master" ? "masters" : "media nodes"}`, flagTable(role)]),
    "Flags in `openvidu:installFlags` are added on masters, before the certificate's.",
    "With `openvidu:turn.domain` masters also get `--turn-domain-name` (bundle key `LIVEKIT_TURN_DOMAIN_NAME`), and with\n" +
      "certificate kind `owncert` the second certificate as `--turn-owncert-public-key` and `--turn-owncert-private-key`\n" +
      "(bundle keys `TURN_OWNCERT_PUBLIC_KEY`, `TURN_OWNCERT_PRIVATE_KEY`).",
    "On machines of the customer's own there is no `--environment`. With DNS round robin neither `--external-load-balancer`\n" +
      "nor `--internal-tls-termination` is given. `openvidu:utc` becomes `--forceUTCTimezone`, and a media node's `publicAddress` becomes its `--public-ip` and\n" +
      "`--force-media-node-public-ip` on masters.",
  );
}

function versionsPage(): string {
  const facts = versionNames.map((version) => {
    const { docker, dockerCompose, turn, meetPath } = versions[version];
    const turnText =
      turn === "mainDomain" ? "on the main domain" : "only under a second domain, `openvidu:turn.domain`";
    return [
      version === defaultVersion ? `**${version}** (default)` : version,
      docker,
      dockerCompose,
      turnText,
      code(meetPath),
    ];
  });
  const scripts = versionNames.flatMap((version) =>
    nodeRoles.map((role) => {
      const { url, sha256 } = installerOf(version, "ha", role);
      return [version, role, `<${url}>`, code(sha256)];
    }),
  );
  return page(
    "OpenVidu releases",
    "`openvidu/versions.ts`",
    "The releases that `openvidu:version` may name.",
    table(["Release", "Docker Engine", "Docker Compose", "TURN over TLS", "OpenVidu Meet"], facts),
    "## Bootstrap scripts",
    "Fetched from the release's tag. A node refuses a script with any other hash.",
    table(["Release", "Node", "Address", "SHA-256"], scripts),
  );
}

function secretsPage(): string {
  const generated = generatedSecrets.map((secret) => {
    const prefix = "prefix" in secret ? `${code(secret.prefix)} and ` : "";
    return [code(secret.key), `${prefix}${secret.length} letters and digits`, secret.readers.join(", ")];
  });
  const written = nodeRoles.flatMap((role) =>
    Object.entries(settingsByRole[role]).map(([key, file]) => [role, code(key), code(configFiles[file])]),
  );
  const services = servicesFor({ ...fullContext("node"), version: defaultVersion }).map((service) => [
    service.title,
    code(serviceUrl(service, "openvidu.example.com")),
    service.credentials.map(code).join(", ") || "none",
  ]);
  return page(
    "Credentials and where they go",
    "`openvidu/secrets.ts` and `openvidu/services.ts`",
    "Nodes read their bundle from the cloud's secret store with their own identity; on machines of the customer's own the\n" +
      "deployer puts it there over SSH. Masters and media nodes have a bundle each and cannot read the other's.",
    "## Generated by the program",
    "Made once per stack, before any machine exists. `openvidu:meetAdminPassword`, if set, takes the place of\n" +
      "`MEET_INITIAL_ADMIN_PASSWORD`.",
    table(["Bundle key", "Format", "Read by"], generated),
    "## Fixed account names",
    table(
      ["Bundle key", "Value"],
      Object.entries(fixedAccounts).map(([key, value]) => [code(key), code(value)]),
    ),
    "## Services and their credentials",
    `Release ${defaultVersion} with every module and feature switched on and MinIO on the masters.`,
    table(["Service", "Address", "Bundle keys of the credentials"], services),
    "## Config files on a node",
    "Below `/opt/openvidu/config`. A key that is missing from the bundle leaves its line alone.",
    table(["Node", "Key", "File"], written),
  );
}

/** Every page, by its path in the project. */
export function docsPages(): GeneratedFiles {
  return {
    "docs/flows.md": flowsPage(),
    "docs/installer.md": installerPage(),
    "docs/secrets.md": secretsPage(),
    "docs/versions.md": versionsPage(),
  };
}

if (require.main === module) {
  process.exitCode = writeOrCheck(docsPages(), path.resolve(__dirname, ".."), process.argv.slice(2));
}
