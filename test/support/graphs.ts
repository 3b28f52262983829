/**
 * Graphs of the example stacks, evaluated once for all tests of a process.
 */
import assert from "node:assert/strict";
import { evaluate, succeeded } from "../../rehearsal/evaluate";
import type { Graph } from "../../rehearsal/graph";
import { readStackFile } from "../../rehearsal/stack-file";

const graphs = new Map<string, Promise<Graph>>();

/**
 * The graph of a stack in stacks/, with stand-ins for its secrets. Fails when the program fails or a simulated cloud
 * refuses something, so that a test never looks at half a deployment.
 */
export function exampleGraph(stack: string, { preview = false }: { preview?: boolean } = {}): Promise<Graph> {
  const key = `${stack} ${preview}`;
  let graph = graphs.get(key);
  if (!graph) {
    graph = evaluateExample(stack, preview);
    graphs.set(key, graph);
  }
  return graph;
}

async function evaluateExample(stack: string, preview: boolean): Promise<Graph> {
  // Tests see the same stand-ins whether or not the machine happens to know a passphrase.
  const { project, config, secretKeys } = readStackFile(stack, { environment: {} });
  const graph = await evaluate({ project, stack, config, secretKeys, preview });
  const errors = graph.log.filter(({ severity }) => severity === "error").map(({ message }) => message);
  assert.ok(
    succeeded(graph),
    [`stack ${stack} fails`, ...errors, ...graph.refusals.map(({ urn, message }) => `${urn}: ${message}`)].join("\n"),
  );
  return graph;
}
