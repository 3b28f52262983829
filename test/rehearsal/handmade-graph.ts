/**
 * Graphs made by hand, for code that reads graphs.
 */
import type { Graph, RecordedOptions, RecordedResource } from "../../rehearsal/graph";

/** Options of a resource for which the program gives none. */
export const noOptions: RecordedOptions = {
  protect: false,
  retainOnDelete: false,
  deleteBeforeReplace: false,
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  customTimeouts: {},
};

export const stackUrn = "urn:pulumi:dev::made::pulumi:pulumi:Stack::made-dev";

/** Components by role, as they appear in the URNs of what belongs to them. */
export const tokens = {
  loadBalancer: "openvidu:index:LoadBalancer",
  master: "openvidu:index:MasterPool",
  media: "openvidu:index:ScalingMediaPool",
  serverGroup: "openvidu:index:ServerGroup",
  mediaGroup: "openvidu:index:MediaGroup",
} as const;

export function component(type: string, name: string, parent = stackUrn): RecordedResource {
  const urn = `urn:pulumi:dev::made::${type}::${name}`;
  return { ...bare(urn, type, name), custom: false, parent };
}

/** A resource of a cloud; `role` puts it into the component of that role. Its id is its name. */
export function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  {
    role,
    parent = stackUrn,
    outputs = {},
  }: { role?: keyof typeof tokens; parent?: string; outputs?: Record<string, unknown> } = {},
): RecordedResource {
  const types = role === undefined ? type : `${tokens[role]}$${type}`;
  const made = bare(`urn:pulumi:dev::made::${types}::${name}`, type, name);
  return { ...made, custom: true, id: name, parent, inputs, outputs: { ...inputs, ...outputs } };
}

export function graphOf(resources: readonly RecordedResource[], changes: Partial<Graph> = {}): Graph {
  const stack = { ...bare(stackUrn, "pulumi:pulumi:Stack", "made-dev"), custom: false };
  return {
    project: "made",
    stack: "dev",
    preview: false,
    resources: [stack, ...resources],
    outputs: {},
    log: [],
    refusals: [],
    exitCode: 0,
    ...changes,
  };
}

function bare(urn: string, type: string, name: string): RecordedResource {
  return {
    urn,
    type,
    name,
    custom: true,
    id: "",
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    options: noOptions,
  };
}
