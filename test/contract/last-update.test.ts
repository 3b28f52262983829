/** What an update may not change, whatever the config says: the program reads what the last update was given. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Graph } from "../../rehearsal/graph";
import { changedSlots, generationsOutput } from "../../stacks/one-at-a-time";
import { fixedOutput } from "../../stacks/fixed-settings";
import { type ConfigChanges, evaluateVariant } from "./examples";

function after(before: readonly number[], now: readonly number[]): Promise<Graph> {
  return evaluateVariant("azure-ha", {
    config: { masters: { generations: now } },
    stackOutputs: { "organization/openvidu/azure-ha": { [generationsOutput]: before } },
  });
}

describe("one master at a time", () => {
  const changes: readonly (readonly [string, unknown, readonly number[], readonly number[]])[] = [
    ["the first update", undefined, [1, 1, 1, 1], []],
    ["nothing", [1, 2, 1, 1], [1, 2, 1, 1], []],
    ["one number", [1, 1, 1, 1], [1, 1, 2, 1], [3]],
    ["a lowered number, which rebuilds too", [1, 2, 1, 1], [1, 1, 2, 1], [2, 3]],
    ["the output of another program", "four", [2, 2, 1, 1], []],
  ];
  for (const [title, before, now, slots] of changes) {
    it(`counts ${title}`, () => assert.deepEqual(changedSlots(before, now), slots));
  }

  it("refuses an update that would rebuild two, before anything is made", async () => {
    const graph = await after([1, 1, 1, 1], [2, 1, 2, 1]);
    assert.equal(graph.exitCode, 32);
    const said = graph.log.filter(({ severity }) => severity === "error").map(({ message }) => message);
    assert.equal(said.length, 1);
    assert.match(
      said[0]!,
      /openvidu:masters\.generations: \[1,1,1,1\] before, \[2,1,2,1\] now: masters 1 and 3 would be rebuilt/,
    );
    assert.deepEqual(
      graph.resources.filter(({ type }) => !type.startsWith("pulumi:")).map(({ urn }) => urn),
      [],
    );
  });

  it("lets one be rebuilt, and hands the numbers on to the next update", async () => {
    const graph = await after([1, 1, 1, 1], [1, 1, 2, 1]);
    assert.equal(graph.exitCode, 0);
    const stack = graph.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    assert.deepEqual(stack?.outputs[generationsOutput], [1, 1, 2, 1]);
  });
});

describe("settings that stay", function () {
  this.timeout(240_000);

  it("of Enterprise v2 are named on its page", async () => {
    const page = readFileSync(path.join(__dirname, "../../docs/enterprise-v2.md"), "utf8");
    const { outputs } = await evaluateVariant("aws-enterprise-v2", {});
    for (const key of Object.keys(outputs[fixedOutput] as object)) assert.ok(page.includes(`\`${key}\``), key);
  });

  it("are named in the operator's table of edits", async () => {
    const page = readFileSync(path.join(__dirname, "../../docs/operations.md"), "utf8");
    for (const stack of ["aws-ha", "azure-ha"]) {
      const { outputs: own } = await evaluateVariant(stack, {});
      for (const key of Object.keys(own[fixedOutput] as object)) assert.ok(page.includes(`\`${key}\``), key);
    }
  });

  const outputs = "organization/openvidu/azure-ha";
  const after = async (was: Readonly<Record<string, unknown>>, config: ConfigChanges): Promise<readonly string[]> => {
    const graph = await evaluateVariant("azure-ha", { config, stackOutputs: { [outputs]: { [fixedOutput]: was } } });
    assert.equal(
      graph.exitCode === 0,
      graph.resources.some(({ type }) => type.startsWith("azure-native:")),
    );
    return graph.log.filter(({ severity }) => severity === "error").map(({ message }) => message);
  };
  const was = { cloud: '"azure"', region: '"westeurope"', "network.cidr": '"10.9.0.0/16"', resourceGroup: '"ours"' };

  it("are refused all at once when they are edited, before anything is made", async () => {
    const [said, ...more] = await after(was, { region: "northeurope" });
    assert.deepEqual(more, []);
    assert.match(said!, /has 3 problems; nothing was changed/);
    assert.match(said!, /openvidu:region: "westeurope" since the cluster was made, "northeurope" now; it has to stay/);
    assert.match(said!, /openvidu:network\.cidr: "10\.9\.0\.0\/16" since/);
    assert.match(said!, /openvidu:resourceGroup: "ours" since the cluster was made, not set now/);
  });

  it("may grow where that is all they may", async () => {
    const grown = { version: '"3.7.0"', "masters.dataDiskGiB": "10" };
    assert.deepEqual(await after(grown, {}), []);
    const [said] = await after({ version: '"3.8.0"', "masters.dataDiskGiB": "5000" }, { version: "3.7.0" });
    assert.match(said!, /openvidu:version: "3\.8\.0" since the cluster was made, "3\.7\.0" now/);
    assert.match(said!, /openvidu:masters\.dataDiskGiB: 5000 since the cluster was made, \d+ now/);
  });

  it("may change once protection is switched off", async () => {
    assert.deepEqual(await after(was, { deletionProtection: false }), []);
  });

  it("are handed on to the next update, and say nothing of another cloud's", async () => {
    const { outputs: own } = await evaluateVariant("azure-ha", {});
    const fixed = own[fixedOutput] as Record<string, string>;
    assert.equal(fixed["access.adminUsername"], '"openvidu"');
    assert.deepEqual(await after({ ...fixed, "of a later release": "1" }, {}), []);
    assert.deepEqual((await after({ ...fixed, cloud: '"aws"', region: '"eu-west-1"' }, {})).length, 1);
    assert.match((await after({ ...fixed, cloud: '"aws"', region: '"eu-west-1"' }, {}))[0]!, /has 1 problem/);
  });
});
