import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { placeholders } from "../../rehearsal/placeholders";
import type { Summary } from "../../rehearsal/report/summary";

const root = path.join(__dirname, "../..");

function start(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [path.join(root, "scripts/start.mjs"), ...args], {
    cwd: root,
    encoding: "utf8",
    env,
  });
}

describe("rehearsal: command line", function () {
  this.timeout(600_000);

  it("rehearses a stack, gives JSON alone on stdout, and draws it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "diagram-"));
    try {
      const { status, stdout, stderr } = start("azure-ha", "--json", "--diagram", folder);
      assert.equal(status, 0, stderr);
      const { schemaVersion, stacks } = JSON.parse(stdout) as { schemaVersion: number; stacks: Summary[] };
      assert.equal(schemaVersion, 1);
      assert.deepEqual(
        stacks.map(({ stack, ok, heading }) => [stack, ok, heading.cloud]),
        [["azure-ha", true, "azure"]],
      );
      assert.ok(stacks[0]!.reach.length > 10);
      assert.match(readFileSync(path.join(folder, "azure-ha.svg"), "utf8"), /^<svg .*<\/svg>\n$/s);
      assert.match(readFileSync(path.join(folder, "azure-ha.mmd"), "utf8"), /^flowchart TB$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names the stacks that there are when asked for another, and leaves with 1", () => {
    const { status, stdout, stderr } = start("nowhere");
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /^there is no stack "nowhere" .*; the stacks are aws-elastic, .*aws-ha, .*azure-ha/);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  it("keeps an update, tells what an edit would change and why, denies what loses something, and ends it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "kept-"));
    const kept = (...args: string[]): { status: number | null; summary: Summary } => {
      const { status, stdout, stderr } = start("aws-ha", "--json", "--keep", folder, ...args);
      assert.ok(stdout, stderr);
      return { status, summary: (JSON.parse(stdout) as { stacks: [Summary] }).stacks[0] };
    };
    const namesOf = ({ summary }: { summary: Summary }): string[] =>
      summary.changes!.explanation.groups.flatMap(({ resources }) =>
        resources.map(({ name, change, because }) => `${change} ${name} because of ${because?.join() ?? "nothing"}`),
      );
    try {
      assert.deepEqual(
        [kept("--up")].map(({ status, summary }) => [status, summary.kept]),
        [[0, true]],
      );
      assert.ok(!readFileSync(path.join(folder, "aws-ha/state.json"), "utf8").includes(placeholders.license()));
      const edit = kept("--config", "media.max=8");
      assert.deepEqual(namesOf(edit), ["update openvidu-media because of media.max"]);
      assert.deepEqual(
        edit.summary.changes!.edited.map(({ path: key, kind, after }) => [key, kind, after]),
        [["media.max", "added", 8]],
      );
      const denied = kept(
        ...["--config", "deletionProtection=false", "--config", "region=eu-central-1", "--deny-replace", "--up"],
      );
      assert.deepEqual([denied.status, denied.summary.changes!.denied], [1, true]);
      assert.deepEqual(namesOf(kept()), [], "neither a look nor a denied update is kept");
      const end = kept("--destroy");
      assert.equal(end.status, 1, "protected resources are not deleted");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const editions: readonly { title: string; stack: string; edits: readonly string[]; says: readonly RegExp[] }[] = [
    {
      title: "of Elastic, that nobody serves on in place of the only master",
      stack: "aws-elastic",
      edits: ["masters.generations=[2]"],
      says: [/^the cluster is away until its only master has booted$/],
    },
    {
      title: "of Enterprise v2, that masters are renewed and media nodes stay",
      stack: "aws-enterprise-v2",
      edits: ["masters.instanceType=c5.2xlarge", "media.instanceType=c5.2xlarge", "media.scaleUpCpuPercent=80"],
      says: [/^masters are renewed one after the other/],
    },
  ];
  for (const { title, stack, edits, says } of editions) {
    it(`tells ${title}`, () => {
      const folder = mkdtempSync(path.join(tmpdir(), "kept-"));
      try {
        assert.equal(start(stack, "--keep", folder, "--up").status, 0);
        const configs = edits.flatMap((edit) => ["--config", edit]);
        const { stdout, stderr } = start(stack, "--keep", folder, "--json", ...configs);
        assert.ok(stdout, stderr);
        const { stacks } = JSON.parse(stdout) as { stacks: [Summary] };
        const { interruptions } = stacks[0].changes!.explanation;
        assert.equal(interruptions.length, says.length, interruptions.map(({ what }) => what).join());
        for (const [i, text] of says.entries()) assert.match(interruptions[i]!.what, text);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("wants an update before a comparison or an end", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "kept-"));
    for (const option of ["--deny-replace", "--destroy"]) {
      const { status, stderr } = start("aws-ha", "--keep", folder, option);
      assert.equal(status, 1);
      assert.match(stderr, /nothing was kept of aws-ha: --up comes first/);
    }
    rmSync(folder, { recursive: true });
  });

  it("explains itself, and mistakes in its options", () => {
    assert.match(start("--help").stdout, /^Usage: npm start/);
    const { status, stderr } = start("--jsno");
    assert.equal(status, 1);
    assert.match(stderr, /--jsno/);
    assert.match(stderr, /Usage: npm start/);
  });
});
