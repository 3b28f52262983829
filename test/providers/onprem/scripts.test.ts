/**
 * What travels to the customer's own machines as a program: one that the shell has read whole before it begins, in which
 * values stay values.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { programText } from "../../../providers/onprem/ssh";
import { canRun } from "../../nodes/machine";

const folder = join(__dirname, "../../../providers/onprem/remote");

describe("the scripts for the customer's own machines", () => {
  it("pass shellcheck", function () {
    this.timeout(60000);
    if (!canRun("shellcheck")) {
      console.warn("      skipped: no shellcheck here");
      return this.skip();
    }
    const { stdout, status } = spawnSync("bash", ["-c", "shellcheck -e SC1091 *.sh"], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  const run = (action: string, program: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("bash", ["-s", action], {
      input: program,
      encoding: "utf8",
      env: { ...process.env, OPENVIDU_NODE_ROOT: "/nowhere" },
    });
  const odd = `it's "odd" $HOME \`id\` \\ * ; exit 7`;

  it("get their settings literally, whatever they hold", () => {
    const program = programText([
      { occasion: "place", script: "release-master", settings: { HOST: odd } },
      { occasion: "remove", script: "release-master", settings: { HOST: "other" } },
    ]).replaceAll(/for unit in[^]*?done\n/g, "");
    assert.equal(run("create", program).stdout, `${odd}: stopped; its data is kept below /opt/openvidu\n`);
    assert.equal(run("delete", program).stdout, "other: stopped; its data is kept below /opt/openvidu\n");
    assert.equal(run("nothing", program).stdout, "");
  });

  it("run not at all when only a part of them has arrived", () => {
    const program = programText([
      { occasion: "place", script: "release-master", settings: { HOST: "a" }, input: "text" },
    ]);
    for (const length of [program.length - 2, program.length - 30, program.length >> 1]) {
      const { stdout, status } = run("create", program.slice(0, length));
      assert.equal(stdout, "");
      assert.notEqual(status, 0);
    }
  });
});
