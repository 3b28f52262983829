/**
 * What an operator does after Pulumi was killed while a thing was being made (docs/operations.md), with the real CLI.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import path from "node:path";
import { Account } from "../../rehearsal/account";
import type { Evaluation } from "../../rehearsal/evaluate";
import type { CloudModel } from "../../rehearsal/model";
import { CliStack, findPulumiCli } from "../../rehearsal/pulumi-cli";
import { nameOf } from "../../rehearsal/urn";
import { needs } from "../counterparts";
import { pulumiMissing, pulumiName } from "./engines";
import { fakeClouds } from "./fake-cloud";

/** A stack whose Pulumi is killed by the cloud, after that has made `base` and before it says so. */
class Interrupted {
  readonly account = new Account();
  private killed: ChildProcess | undefined;

  private constructor(
    readonly cli: CliStack,
    private readonly evaluation: Evaluation,
  ) {}

  static async create(): Promise<Interrupted> {
    const found = findPulumiCli();
    if (found.missing !== undefined) throw new Error(found.missing);
    const resources = [
      { name: "group", type: "group" },
      { name: "base", inputs: { size: 1 }, parent: "group" },
      { name: "user", inputs: { size: 2, near: { from: "base", output: "label" } } },
    ];
    const evaluation: Evaluation = {
      ...{ programDir: path.join(__dirname, "../fixtures/programs"), entry: "described.ts" },
      ...{ project: "programs", stack: "dev", secretKeys: [] },
      config: { "programs:resources": JSON.stringify(resources) },
    };
    const cli = await CliStack.create(found, evaluation);
    const stack: Interrupted = new Interrupted(cli, { ...evaluation, clouds: deadly(() => stack.kill()) });
    const { code } = await stack.run("up", "--skip-preview", "--yes");
    assert.equal(code, null, "Pulumi was not killed");
    return stack;
  }

  run(...args: string[]): ReturnType<CliStack["command"]> {
    const { evaluation, account } = this;
    return this.cli.command(args, { evaluation, account }, (child) => {
      this.killed ??= child;
    });
  }

  /** Runs a command that has to go well. */
  async succeed(...args: string[]): Promise<void> {
    const { code, said } = await this.run(...args);
    assert.equal(code, 0, said);
  }

  get things(): string[] {
    return this.account.resources.map(({ urn }) => nameOf(urn));
  }

  async known(): Promise<Record<string, string>> {
    const resources = await this.cli.resources();
    return Object.fromEntries(resources.map(({ urn, id }) => [nameOf(urn), id]));
  }

  /** The whole group: the CLI, its language host and the program. */
  private kill(): void {
    if (this.killed?.exitCode === null && !this.killed.killed) process.kill(-this.killed.pid!, "SIGKILL");
  }
}

/** Clouds that do something when they have made `base` for the first time. */
function deadly(whenMade: () => void): Readonly<Record<string, CloudModel>> {
  const { fake } = fakeClouds as { readonly fake: CloudModel };
  const thing = fake.resources["fake:index:Thing"]!;
  let isFirst = true;
  const create: typeof thing.create = (inputs, world, resource) => {
    const made = thing.create(inputs, world, resource);
    if (isFirst && resource.name === "base") {
      isFirst = false;
      whenMade();
    }
    return made;
  };
  return { fake: { ...fake, resources: { ...fake.resources, "fake:index:Thing": { ...thing, create } } } };
}

describe("rehearsal: a Pulumi that was killed while it made something", function () {
  this.timeout(600_000);
  needs(this, pulumiName, pulumiMissing());
  const base = "urn:pulumi:dev::programs::kit:index:Group$fake:index:Thing::base";
  const up = ["up", "--skip-preview", "--yes"] as const;
  const clear = ["refresh", "--skip-preview", "--yes", "--clear-pending-creates"] as const;
  let stack: Interrupted;
  beforeEach(async () => {
    stack = await Interrupted.create();
  });
  afterEach(() => stack.cli.remove());

  it("leaves a lock and a note of what it was at", async () => {
    assert.deepEqual([stack.things, await stack.cli.pending()], [["base"], [{ type: "creating", urn: base }]]);
    const { code, said } = await stack.run(...up);
    assert.equal(code, 1, said);
    assert.match(said, /the stack is currently locked/);
    await stack.succeed("cancel", "--yes");
  });

  it("goes on after the thing was deleted by hand and the note cleared", async () => {
    await stack.succeed("cancel", "--yes");
    stack.account.lose(base);
    await stack.succeed(...clear);
    await stack.succeed(...up);
    assert.deepEqual([stack.things, await stack.cli.pending()], [["base", "user"], []]);
  });

  it("goes on after the thing was imported and the note cleared", async () => {
    const [made] = stack.account.resources;
    await stack.succeed("cancel", "--yes");
    const urnOf = async (name: string): Promise<string> =>
      `${name}=${(await stack.cli.resources()).find(({ urn }) => nameOf(urn) === name)!.urn}`;
    await stack.succeed(
      ...["import", "fake:index:Thing", "base", made!.id],
      ...["--parent", await urnOf("group"), "--provider", await urnOf("cloud")],
      ...["--generate-code=false", "--protect=false", "--skip-preview", "--yes"],
    );
    await stack.succeed(...clear);
    await stack.succeed(...up);
    assert.deepEqual([stack.things, await stack.cli.pending()], [["base", "user"], []]);
    assert.equal((await stack.known())["base"], made!.id);
  });

  it("forgets the thing where --import-pending-creates is given, so that nobody should give it", async () => {
    const [made] = stack.account.resources;
    await stack.succeed("cancel", "--yes");
    const pair = ["--import-pending-creates", base, "--import-pending-creates", made!.id];
    await stack.succeed("refresh", "--skip-preview", "--yes", ...pair);
    assert.deepEqual([(await stack.known())["base"], await stack.cli.pending()], [undefined, []]);
  });
});
