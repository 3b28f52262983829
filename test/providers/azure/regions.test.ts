import assert from "node:assert/strict";
import { evaluate, succeeded } from "../../../rehearsal/evaluate";
import type { Graph } from "../../../rehearsal/graph";
import { readStackFile } from "../../../rehearsal/stack-file";
import { inputsOf, ofType, onlyOne } from "../../support/graph-queries";

const type = (name: string): string => `azure-native:${name}`;

/** The graph of the shortest stack with some of its config changed. */
async function graphWith(changes: Record<string, string>): Promise<Graph> {
  const { project, config, secretKeys } = readStackFile("azure-ha", { environment: {} });
  const stack = "azure-variant";
  const graph = await evaluate({ project, stack, config: { ...config, ...changes }, secretKeys, preview: false });
  assert.ok(succeeded(graph), JSON.stringify([graph.log, graph.refusals]));
  return graph;
}

describe("what the region decides on Azure", function () {
  this.timeout(60_000);

  it("without zones: an availability set, zones nowhere, copies in one place (AZ-N6)", async () => {
    const graph = await graphWith({
      "openvidu:region": "westus",
      "openvidu:network": JSON.stringify({ acceptSingleZone: true }),
    });
    const set = onlyOne(graph, type("compute:AvailabilitySet"));
    assert.deepEqual(
      ofType(graph, type("compute:VirtualMachine")).map((machine) => inputsOf(machine).availabilitySet),
      Array.from({ length: 4 }, () => ({ id: set.id })),
    );
    assert.deepEqual(
      graph.resources.filter(({ inputs }) => inputs.zones !== undefined),
      [],
    );
    const skus = ofType(graph, type("storage:StorageAccount")).map((account) => inputsOf(account).sku.name);
    assert.deepEqual(skus, ["Standard_LRS", "Standard_LRS"]);
  });

  it("with zones: no availability set, and with a NAT gateway per zone wanted one that spans them all", async () => {
    const graph = await graphWith({ "openvidu:network": JSON.stringify({ nat: "perZone" }) });
    assert.deepEqual(ofType(graph, type("compute:AvailabilitySet")), []);
    assert.deepEqual(ofType(graph, type("network:NatGateway")), []);
    const generic = ofType(graph, type("resources:Resource")).filter(
      (each) => inputsOf(each).resourceProviderNamespace === "Microsoft.Network",
    );
    assert.deepEqual(
      generic.map((each) => [inputsOf(each).resourceType, inputsOf(each).sku.name]),
      [
        ["publicIPAddresses", "StandardV2"],
        ["natGateways", "StandardV2"],
      ],
    );
    const masters = ofType(graph, type("network:Subnet")).map((subnet) => inputsOf(subnet).natGateway?.id);
    assert.deepEqual(masters, [generic[1]?.id, undefined]);
    assert.equal(generic[0]?.options.protect, true);
  });
});
