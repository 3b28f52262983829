import assert from "node:assert/strict";
import path from "node:path";
import { evaluate, type Evaluation, succeeded } from "../../rehearsal/evaluate";
import { UnsupportedTypesError } from "../../rehearsal/provider";
import { type Graph, type RecordedResource, unknownValue } from "../../rehearsal/graph";
import { fakeClouds } from "./fake-cloud";

const programDir = path.join(__dirname, "../fixtures/programs");

const graphs = new Map<string, Promise<Graph>>();

function runAnew(program: string, more: Partial<Evaluation> = {}): Promise<Graph> {
  const common = { programDir, entry: `${program}.ts`, project: "programs", stack: "dev", clouds: fakeClouds };
  return evaluate({ config: {}, secretKeys: [], ...common, ...more });
}

/** Evaluates a program once for all tests that ask the same of it. */
function run(program: string, more: Partial<Evaluation> = {}): Promise<Graph> {
  const key = JSON.stringify([program, more]);
  const graph = graphs.get(key) ?? runAnew(program, more);
  graphs.set(key, graph);
  return graph;
}

function named(graph: Graph, name: string): RecordedResource {
  const found = graph.resources.find((resource) => resource.name === name);
  assert.ok(found, `no resource ${name}: ${graph.resources.map(({ urn }) => urn).join(", ")}`);
  return found;
}

const urn = (types: string, name: string): string => `urn:pulumi:dev::programs::${types}::${name}`;
const thing = "fake:index:Thing";
const box = "kit:index:Box";

describe("rehearsal: running a program", () => {
  it("runs the entry that Pulumi.yaml names", async () => {
    const graph = await runAnew("", { entry: undefined });
    assert.equal(graph.exitCode, 0);
    assert.deepEqual(graph.outputs, { id: named(graph, "only").id });
  });

  it("gives equal graphs for equal evaluations", async () => {
    const [one, other] = [await run("options"), await runAnew("options")];
    assert.deepEqual(one, other);
  });

  it("records resources in the order in which the program constructs them", async () => {
    const graph = await run("options");
    const expected = ["programs-dev", "explicit", "box", "direct", "inner", "deep", "last", "with"];
    assert.deepEqual(
      graph.resources.map(({ name }) => name),
      expected,
    );
  });

  it("reports a failing program with its message, once, and keeps what was registered before", async () => {
    const graph = await run("failing");
    assert.equal(graph.exitCode, 32);
    assert.equal(succeeded(graph), false);
    assert.equal(graph.log.length, 1);
    assert.match(graph.log[0]!.message, /this program is broken/);
    assert.equal(graph.log[0]!.severity, "error");
  });

  it("passes on what a program says before it leaves with its own exit code", async () => {
    const graph = await run("reported");
    assert.equal(graph.exitCode, 32);
    assert.deepEqual(graph.log, [
      { severity: "error", message: "the config is wrong" },
      { severity: "info", message: "printed by the program" },
    ]);
  });

  it("says of a program whose error escapes in an update what happened, without a stack", async () => {
    const { log } = await run("escaping");
    assert.equal(
      log.some(({ message }) => message.includes("no size is good enough")),
      true,
    );
    assert.equal(
      log.some(({ message }) => /^ +at /m.test(message)),
      false,
    );
  });

  it("stops a program that does not end", async () => {
    await assert.rejects(run("default", { timeoutSeconds: 0.05 }), /did not end within 0.05 seconds/);
  });
});

describe("rehearsal: identity", () => {
  it("builds URNs from the types of the parents, without the stack's", async () => {
    const graph = await run("identity");
    assert.deepEqual(
      graph.resources.filter(({ type }) => type === thing || type === box).map((resource) => resource.urn),
      [
        urn(box, "outer"),
        urn(`${box}$${thing}`, "same"),
        urn(`${box}$${box}`, "inner"),
        urn(`${box}$${box}$${thing}`, "same"),
        urn(thing, "above::all"),
        urn(`${thing}$${thing}`, "below"),
      ],
    );
  });

  it("resolves aliases to the URNs that they stand for", async () => {
    const graph = await run("identity");
    assert.deepEqual(named(graph, "below").options.aliases, [
      urn(`${thing}$${thing}`, "old-below"),
      urn(thing, "below"),
    ]);
  });

  it("refuses a second resource with the same URN in the engine's words and ends the run", async () => {
    const graph = await run("duplicate");
    const child = urn(`${box}$${thing}`, "child");
    assert.deepEqual(graph.refusals, [
      { urn: child, message: `Duplicate resource URN '${child}'; try giving it a unique name` },
    ]);
    assert.equal(succeeded(graph), false);
  });

  it("draws physical names from the URN, the same in preview and up", async () => {
    const [up, preview] = [await run("default"), await run("default", { preview: true })];
    const label = named(up, "only").inputs["label"];
    assert.match(String(label), /^only-[0-9a-f]{7}$/);
    assert.equal(named(preview, "only").inputs["label"], label);
  });
});

describe("rehearsal: values", () => {
  const config = { "programs:password": "from config", "programs:shape": '{"a":[1,true]}' };
  const secretKeys = ["programs:password"];

  it("keeps secrets wrapped where they are, and nowhere else", async () => {
    const graph = await run("values", { config, secretKeys });
    const { inputs, outputs } = named(graph, "second");
    assert.deepEqual(inputs["nested"], {
      list: [`serial of ${String(named(graph, "first").inputs["label"])}`, { secret: "hidden" }, null],
      password: { secret: "from config" },
    });
    assert.deepEqual(inputs["token"], { secret: "given out" });
    assert.deepEqual(outputs["nested"], inputs["nested"]);
    assert.deepEqual(outputs["token"], { secret: "given out" });
    assert.deepEqual(graph.outputs["token"], { secret: "given out" });
    assert.equal(inputs["size"], 1);
  });

  it("hands structured config over as the program reads it", async () => {
    const graph = await run("values", { config, secretKeys });
    assert.deepEqual(named(graph, "second").inputs["whole"], { a: [1, true] });
  });

  it("fills in defaults", async () => {
    const graph = await run("values", { config, secretKeys });
    assert.equal(named(graph, "first").inputs["colour"], "grey");
  });

  it("leaves ids and computed outputs unknown in a preview, so that apply does not run on them", async () => {
    const graph = await run("values", { config, secretKeys, preview: true });
    assert.deepEqual(graph.outputs, {
      serial: unknownValue,
      token: unknownValue,
      label: named(graph, "second").inputs["label"],
    });
    assert.equal(named(graph, "first").id, unknownValue);
    assert.equal((named(graph, "second").inputs["nested"] as { list: unknown[] }).list[0], unknownValue);
    assert.equal(
      graph.log.some(({ message }) => message.startsWith("id is")),
      false,
    );
  });

  it("runs apply on ids when it is not a preview, and names the resource of a message", async () => {
    const graph = await run("values", { config, secretKeys });
    assert.deepEqual(graph.log, [
      { severity: "info", message: "about the second", urn: urn(thing, "second") },
      { severity: "warning", message: `id is ${named(graph, "first").id}` },
    ]);
  });

  it("records which resource each property comes from", async () => {
    const graph = await run("values", { config, secretKeys });
    const { dependencies, propertyDependencies } = named(graph, "second");
    const first = [urn(thing, "first")];
    assert.deepEqual(dependencies, first);
    assert.deepEqual(propertyDependencies, { nested: first, size: first, token: first, whole: [] });
  });
});

describe("rehearsal: options", () => {
  it("expands dependsOn of a component to the resources in it", async () => {
    const graph = await run("options");
    assert.deepEqual(
      named(graph, "last").dependencies,
      [urn(`${box}$${thing}`, "direct"), urn(`${box}$${box}$${thing}`, "deep")].sort(),
    );
  });

  it("hands protect, retainOnDelete and the provider down to children", async () => {
    const graph = await run("options");
    const provider = named(graph, "explicit");
    const { options, provider: used } = named(graph, "direct");
    assert.deepEqual([options.protect, options.retainOnDelete], [true, true]);
    assert.equal(used, `${provider.urn}::${provider.id}`);
    assert.equal(named(graph, "deep").options.protect, false);
    assert.equal(named(graph, "deep").provider, used);
  });

  it("leaves a provider's id unknown in a preview", async () => {
    const graph = await run("options", { preview: true });
    assert.equal(named(graph, "deep").provider, `${named(graph, "explicit").urn}::${unknownValue}`);
  });

  it("shows the provider's configuration to the simulated cloud", async () => {
    const graph = await run("options");
    assert.equal(named(graph, "deep").outputs["region"], "north");
  });

  it("records every option", async () => {
    const graph = await run("options");
    assert.deepEqual(named(graph, "last").options, {
      protect: false,
      retainOnDelete: false,
      deleteBeforeReplace: true,
      ignoreChanges: ["size"],
      replaceOnChanges: ["label"],
      replacementTrigger: 7,
      additionalSecretOutputs: ["serial"],
      aliases: [],
      customTimeouts: { create: "5m", delete: "1h" },
    });
    assert.equal(named(graph, "with").options.deletedWith, named(graph, "last").urn);
  });

  it("marks additional secret outputs", async () => {
    const { outputs } = named(await run("options"), "last");
    assert.deepEqual(Object.keys(outputs["serial"] as object), ["secret"]);
  });

  it("runs transforms: the resource's own first, then its parent's, then the stack's", async () => {
    const graph = await run("transforms");
    const { inputs, options, dependencies } = named(graph, "child");
    assert.equal(inputs["trail"], "own parent stack ");
    assert.equal(options.protect, true);
    assert.deepEqual(inputs["password"], { secret: "hidden" });
    assert.deepEqual(dependencies, [urn(thing, "source")]);
    assert.equal(named(graph, "source").inputs["trail"], "stack ");
  });

  it("hands down what a transform has set on the component", async () => {
    const graph = await run("transforms");
    assert.equal(named(graph, "guarded").options.protect, true);
    assert.equal(named(graph, "inheriting").options.protect, true);
  });

  it("keeps property dependencies through a transform that changes nothing", async () => {
    const { propertyDependencies } = named(await run("watching"), "child");
    assert.deepEqual(propertyDependencies, { size: [urn(thing, "source")], fixed: [] });
  });
});

describe("rehearsal: providers and functions", () => {
  it("makes the default provider when it is needed", async () => {
    const graph = await run("default", { config: { "fake:region": "south" } });
    const provider = named(graph, "default");
    assert.deepEqual([provider.type, provider.inputs], ["pulumi:providers:fake", { region: "south" }]);
    assert.equal(named(graph, "only").provider, `${provider.urn}::${provider.id}`);
    assert.equal(named(graph, "only").outputs["region"], "south");
  });

  it("refuses the default provider when it is disabled", async () => {
    const graph = await run("default", { config: { "pulumi:disable-default-providers": '["fake"]' } });
    assert.deepEqual(
      graph.refusals.map(({ message }) => message),
      [`Default provider for 'fake' disabled. '${urn(thing, "only")}' must use an explicit provider.`],
    );
  });

  it("answers functions of a provider, and fails them as the SDK does", async () => {
    const { outputs } = await run("functions");
    assert.equal(outputs["region"], "north");
    assert.match(String(outputs["refusal"]), /nothing is known of weather/);
  });

  it("marks a resource that is only read", async () => {
    const graph = await run("functions");
    const { external, id } = named(graph, "existing");
    assert.deepEqual([external, id, graph.outputs["read"]], [true, "id-of-old", 5]);
  });

  it("names every type that it does not know", async () => {
    await assert.rejects(run("strange"), (error: Error) => {
      assert.ok(error instanceof UnsupportedTypesError);
      assert.deepEqual(error.tokens, ["fake:index:Unheard", "nobody:index:Knows"]);
      return true;
    });
  });
});

describe("rehearsal: refusals", () => {
  it("collects all refusals of a run in the provider's words", async () => {
    const graph = await run("refused");
    assert.deepEqual(
      graph.refusals.map(({ urn: where, message }) => [where.split("::").at(-1), message]),
      [
        ["incomplete", "missing required property 'size'"],
        ["misnamed", "'label' does not match expression '^[a-z][a-z0-9:-]*$': No Such Label"],
        ["refused", "size 1000 is too large"],
      ],
    );
    assert.equal(succeeded(graph), false);
  });

  it("checks a resource against the others, in a preview by what is known of them", async () => {
    for (const preview of [false, true]) {
      const { refusals } = await run("neighbours", { preview });
      assert.deepEqual(
        refusals.map(({ message }) => message),
        ["there is no nobody"],
        `preview: ${preview}`,
      );
    }
  });

  it("does not try what needs a refused resource, and makes the rest", async () => {
    const graph = await run("refused");
    assert.deepEqual(graph.skipped, [urn(thing, "dependent"), urn(`${box}$${thing}`, "inside"), urn(box, "box")]);
    assert.deepEqual(
      graph.resources.filter(({ type }) => type === thing).map(({ name }) => name),
      ["fine"],
    );
  });
});
