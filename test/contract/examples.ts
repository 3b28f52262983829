/**
 * The deployments that the contract is checked on: every example stack, as a preview and as an update. Each is
 * evaluated once for all tests.
 */
import type { CloudName } from "../../components/cloud";
import { type ClusterEdition, type Edition, masterCounts } from "../../openvidu/editions";
import { type FlowContext } from "../../openvidu/flows";
import { aws } from "../../providers/aws";
import { azure } from "../../providers/azure";
import { onprem } from "../../providers/onprem";
import { cloudsFor } from "../../rehearsal/clouds/index";
import { evaluate, type Evaluation } from "../../rehearsal/evaluate";
import type { Graph } from "../../rehearsal/graph";
import type { ExistingThings } from "../../rehearsal/model";
import { readStackFile } from "../../rehearsal/stack-file";
import { checkConfig } from "../../stacks/check";
import { splitConfig } from "../../stacks/load";
import type { ClusterSettings, Settings } from "../../stacks/settings";
import { exampleGraph } from "../support/graphs";
import { keyOf } from "../support/key-of";

/** A stack of any edition. */
export interface AnyExample {
  readonly stack: string;
  readonly cloud: CloudName;
  readonly edition: Edition;
  /** Whether the network is the cluster's own. */
  readonly ownNetwork: boolean;
}

/** A stack of OpenVidu 3. */
export interface Example extends AnyExample {
  readonly edition: ClusterEdition;
}

/* prettier-ignore */
export const examples: readonly Example[] = [
  { stack: "aws-ha", cloud: "aws", edition: "ha", ownNetwork: true },
  { stack: "aws-ha-letsencrypt", cloud: "aws", edition: "ha", ownNetwork: true },
  { stack: "aws-ha-turn", cloud: "aws", edition: "ha", ownNetwork: true },
  { stack: "aws-ha-production", cloud: "aws", edition: "ha", ownNetwork: false },
  { stack: "azure-ha", cloud: "azure", edition: "ha", ownNetwork: true },
  { stack: "azure-ha-production", cloud: "azure", edition: "ha", ownNetwork: false },
  { stack: "aws-elastic", cloud: "aws", edition: "elastic", ownNetwork: true },
  { stack: "azure-elastic", cloud: "azure", edition: "elastic", ownNetwork: true },
  { stack: "onprem-ha-dns", cloud: "onprem", edition: "ha", ownNetwork: false },
  { stack: "onprem-ha-nlb", cloud: "onprem", edition: "ha", ownNetwork: false },
  { stack: "onprem-elastic", cloud: "onprem", edition: "elastic", ownNetwork: false },
];

/** Enterprise v2, for which most of the contract of OpenVidu 3 means nothing. */
const enterpriseV2Example: AnyExample = {
  stack: "aws-enterprise-v2",
  cloud: "aws",
  edition: "enterprise-v2",
  ownNetwork: true,
};

/** Every stack of every edition; what holds whatever is deployed. */
export const allExamples: readonly AnyExample[] = [...examples, enterpriseV2Example];

export const modes = ["up", "preview"] as const;
export type Mode = (typeof modes)[number];

/**
 * Works through evaluations two at a time, as many as there are cores to count on, while tests run. A failure is not
 * lost: the test that asks for the evaluation gets it.
 */
export function inAdvance(evaluations: readonly (() => Promise<unknown>)[]): void {
  const waiting = [...evaluations];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next().catch(() => undefined);
  };
  void work();
  void work();
}

before(function () {
  const files = new Set(
    this.test?.parent?.suites.map(({ file }) => file).filter((file) => file?.startsWith(__dirname)),
  );
  // A run of the whole contract needs every graph.
  if (files.size > 5)
    inAdvance(
      modes.flatMap((mode) =>
        examples.map(
          ({ stack }) =>
            () =>
              graphOf(stack, mode),
        ),
      ),
    );
});

/** The graph of an example stack, evaluated once; refused or failed evaluations are an error. */
export function graphOf(stack: string, mode: Mode = "up"): Promise<Graph> {
  return exampleGraph(stack, { preview: mode === "preview" });
}

/** Config keys without their namespace; `undefined` takes a key away. Values other than text become JSON. */
export type ConfigChanges = Readonly<Record<string, unknown>>;

export interface Variant {
  readonly config?: ConfigChanges;
  /** Secret config values by key. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Keys that lose their mark as secrets. */
  readonly plain?: readonly string[];
  readonly preview?: boolean;
  /** Another stack name. @default the example's own */
  readonly as?: string;
  /** What the last update of a stack left, by its full name. */
  readonly stackOutputs?: Evaluation["stackOutputs"];
  /** What runs the program. @default a process of its own for each evaluation */
  readonly launcher?: Evaluation["launcher"];
  /** Properties of things that the stack adopts, by id or name (rehearsal/clouds/existing.ts). */
  readonly existing?: ExistingThings["overrides"];
}

/** A new evaluation of an example stack with some of its config changed. It may end in a refusal. */
export async function evaluateVariant(stack: string, variant: Variant = {}): Promise<Graph> {
  const file = readStackFile(stack, { environment: {} });
  const config: Record<string, string> = { ...file.config };
  const secretKeys = new Set(file.secretKeys);
  for (const [key, value] of Object.entries(variant.config ?? {})) {
    if (value === undefined) delete config[`openvidu:${key}`];
    else config[`openvidu:${key}`] = typeof value === "string" ? value : JSON.stringify(value);
  }
  for (const [key, value] of Object.entries(variant.secrets ?? {})) {
    config[`openvidu:${key}`] = value;
    secretKeys.add(`openvidu:${key}`);
  }
  for (const key of variant.plain ?? []) secretKeys.delete(`openvidu:${key}`);
  const { as = stack, preview = false, stackOutputs, launcher, existing } = variant;
  return evaluate({
    ...{ project: file.project, stack: as, config, secretKeys: [...secretKeys], preview, stackOutputs, launcher },
    ...(existing && { clouds: cloudsFor(config, existing) }),
  });
}

const variants = new Map<string, Promise<Graph>>();

/** The same, evaluated once for all tests that ask for it; who runs the program makes no difference. */
export function variantOf(stack: string, variant: Variant): Promise<Graph> {
  const key = `${stack} ${keyOf(variant)}`;
  const graph = variants.get(key) ?? evaluateVariant(stack, variant);
  variants.set(key, graph);
  return graph;
}

/** Everything that says why an evaluation did not go well. */
export function saidBy({ log, refusals }: Graph): string {
  const errors = log.filter(({ severity }) => severity === "error");
  return [...errors, ...refusals].map(({ message }) => message).join("\n");
}

/** The settings that the program reads from an example's config, of an edition of OpenVidu 3. */
export function settingsOf(stack: string): ClusterSettings {
  const settings = anySettingsOf(stack);
  if (settings.edition === "enterprise-v2") throw new Error(`${stack} is no stack of OpenVidu 3`);
  return settings;
}

/** The same of any edition. */
function anySettingsOf(stack: string): Settings {
  const { config, secretKeys } = readStackFile(stack, { environment: {} });
  const { raw, secrets } = splitConfig(config, (key) => secretKeys.includes(key));
  const { settings, problems } = checkConfig(raw, secrets, stack);
  if (!settings) throw new Error(`${stack}: ${problems.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}`);
  return settings;
}

/** What decides the flows of an example stack. */
export function flowContextOf(stack: string): FlowContext {
  const { cloud, edition, version, modules, features, rtcEngine, certificate, turn, onPremises } = settingsOf(stack);
  return {
    edition,
    version,
    modules,
    features,
    rtcEngine,
    tls: ["acm", "external"].includes(certificate.kind) ? "loadBalancer" : "node",
    minio: !{ aws, azure, onprem }[cloud].capabilities.externalClusterData && onPremises?.s3 === undefined,
    turnDomain: turn !== undefined,
    ...(onPremises && { entry: onPremises.entry }),
    ...(edition === "elastic" && { entry: "dns" }),
  };
}

/** How many masters an example has. */
export function mastersIn({ edition }: Pick<Example, "edition">): number {
  return masterCounts[edition];
}

/** Clouds on which the program makes the machines. */
export type MachineCloud = Exclude<CloudName, "onprem">;

/** An example on a cloud. */
export interface CloudExample extends Example {
  readonly cloud: MachineCloud;
}

/** Runs `define` once for each example on a cloud; what is so only where machines are made. */
export function forEachCloudGraph(
  what: string,
  define: (graph: () => Promise<Graph>, example: CloudExample, mode: Mode) => void,
  choose: { readonly edition?: ClusterEdition; readonly modes?: readonly Mode[] } = {},
): void {
  for (const cloud of ["aws", "azure"] as const) {
    forEachGraph(what, (graph, example, mode) => define(graph, { ...example, cloud }, mode), { ...choose, cloud });
  }
}

/** Runs `define` once for each example and mode, inside a suite of its own. */
export function forEachGraph(
  what: string,
  define: (graph: () => Promise<Graph>, example: Example, mode: Mode) => void,
  choose: {
    readonly cloud?: CloudName;
    readonly edition?: ClusterEdition;
    readonly modes?: readonly Mode[];
  } = {},
): void {
  const wanted = examples
    .filter(({ cloud }) => choose.cloud === undefined || choose.cloud === cloud)
    .filter(({ edition }) => choose.edition === undefined || choose.edition === edition);
  for (const example of wanted) {
    for (const mode of choose.modes ?? modes) {
      describe(`${what}: ${example.stack} (${mode})`, () => define(() => graphOf(example.stack, mode), example, mode));
    }
  }
}
