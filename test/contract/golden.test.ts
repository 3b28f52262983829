/**
 * Frozen names. A URN that changes means a replaced resource in somebody's stack, so a difference here is either a
 * defect or a breaking change. `UPDATE_GOLDEN=1 npm test` writes the files anew, and says so.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Graph } from "../../rehearsal/graph";
import { allExamples, graphOf } from "./examples";

const folder = path.join(__dirname, "..", "golden");

/** Compares with a golden file, or writes it when asked to. */
function compareWithGolden(file: string, lines: readonly string[]): void {
  const target = path.join(folder, file);
  const text = `${lines.join("\n")}\n`;
  if (process.env.UPDATE_GOLDEN === "1") {
    const changed = !existsSync(target) || readFileSync(target, "utf8") !== text;
    writeFileSync(target, text);
    console.log(`        ${changed ? "WRITTEN" : "unchanged"}: test/golden/${file}`);
    return;
  }
  assert.deepEqual(lines, readFileSync(target, "utf8").trimEnd().split("\n"), `differs from test/golden/${file}`);
}

/** The components as an indented tree, in registration order. */
function componentTree(graph: Graph): string[] {
  const components = graph.resources.filter(({ custom, type }) => !custom && type !== "pulumi:pulumi:Stack");
  const below = (parent: string, depth: number): string[] =>
    components
      .filter((each) => each.parent === parent)
      .flatMap((each) => [`${"  ".repeat(depth)}${each.type} ${each.name}`, ...below(each.urn, depth + 1)]);
  const [stack] = graph.resources.filter(({ type }) => type === "pulumi:pulumi:Stack");
  return below(stack!.urn, 0);
}

describe("golden component tree", () => {
  it("is the same on AWS, on Azure and on machines of the customer's own, where the masters end TLS", async () => {
    const stacks = ["aws-ha-letsencrypt", "azure-ha", "onprem-ha-dns"];
    const [aws, azure, onprem] = (await Promise.all(stacks.map((stack) => graphOf(stack)))) as [Graph, Graph, Graph];
    assert.deepEqual(componentTree(aws), componentTree(azure));
    assert.deepEqual(componentTree(aws), componentTree(onprem));
  });

  it("has one cluster with ten roles directly below it", async () => {
    const [first, ...rest] = componentTree(await graphOf("azure-ha"));
    assert.equal(first, "openvidu:index:HighAvailability openvidu");
    assert.equal(rest.filter((line) => /^ {2}\S/.test(line)).length, rest.length, "a role has components of its own");
    assert.equal(rest.length, 10);
  });

  it("of Elastic is the same on AWS and Azure, and on machines of the customer's own but for the cloud's alarms", async () => {
    const stacks = ["aws-elastic", "azure-elastic", "onprem-elastic"];
    const [aws, azure, onprem] = (await Promise.all(stacks.map((stack) => graphOf(stack)))) as [Graph, Graph, Graph];
    assert.deepEqual(componentTree(aws), componentTree(azure));
    const alarms = "  openvidu:index:Alarms openvidu-alarms";
    assert.ok(componentTree(aws).includes(alarms));
    assert.deepEqual(
      componentTree(aws).filter((line) => line !== alarms),
      componentTree(onprem),
    );
  });

  it("is the recorded one", async () => {
    compareWithGolden("component-tree.txt", componentTree(await graphOf("azure-ha")));
    compareWithGolden("component-tree-elastic.txt", componentTree(await graphOf("azure-elastic")));
  });

  it("of Enterprise v2 is the recorded one", async () => {
    compareWithGolden("component-tree-enterprise-v2.txt", componentTree(await graphOf("aws-enterprise-v2")));
  });
});

describe("golden URNs", () => {
  for (const { stack } of allExamples) {
    it(`of ${stack} are the recorded ones`, async () => {
      const { resources } = await graphOf(stack);
      compareWithGolden(`${stack}.urns.txt`, resources.map(({ urn }) => urn).sort());
    });
  }
});
