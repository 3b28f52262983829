/**
 * A simulated cloud without a program: tests put resources on it one by one and see what it refuses.
 */
import assert from "node:assert/strict";
import { it } from "mocha";
import type { ExistingThings, LiveResource, Properties, ResourceModel, World } from "../../../rehearsal/model";
import { check, createWorld } from "../../../rehearsal/simulate";
import { fromPlain, toPlain, type ValueMap } from "../../../rehearsal/values";
import { clouds } from "../../../rehearsal/clouds/index";

export class Stage {
  readonly resources: LiveResource[] = [];

  constructor(
    readonly provider: Properties,
    readonly existing: ExistingThings = { turns: {}, overrides: {} },
  ) {}

  get world(): World {
    const { resources, provider, existing } = this;
    return { ...createWorld({ project: "demo", stack: "dev", resources, provider }), existing };
  }

  model(type: string): ResourceModel {
    const found = clouds[type.split(":")[0]!]?.resources[type];
    if (!found) throw new Error(`no model of ${type}`);
    return found;
  }

  /** What the provider makes of inputs, and what is wrong with them or with how many there are. */
  private checked(type: string, name: string, inputs: Properties): { inputs: Properties; failures: readonly string[] } {
    const wanted = { urn: `urn:${type}::${name}`, type, name, inputs: fromPlain(inputs) as ValueMap };
    const { inputs: completed, failures } = check(this.model(type), wanted, this.world);
    const plain = toPlain(completed) as Properties;
    const beyond = failures.length === 0 ? (this.model(type).checkQuota?.(plain, this.world) ?? []) : [];
    return { inputs: plain, failures: [...failures, ...beyond] };
  }

  refusals(type: string, inputs: Properties): readonly string[] {
    return this.checked(type, "candidate", inputs).failures;
  }

  /** Puts a resource on the stage; one that would be refused is a mistake in the test. */
  add(type: string, name: string, inputs: Properties): LiveResource {
    const { inputs: completed, failures } = this.checked(type, name, inputs);
    assert.deepEqual(failures, [], `${type} ${name}`);
    const urn = `urn:${type}::${name}`;
    const made = this.model(type).create(completed, this.world, { urn, name });
    const live = { urn, type, name, id: made.id, inputs: completed, outputs: { ...completed, ...made.outputs } };
    this.resources.push(live);
    return live;
  }
}

/** A rule, an example that passes it, and what to change about the example so that it does not. */
export interface Rule {
  readonly title: string;
  readonly type: string;
  readonly stage: () => Stage;
  readonly accepted: (stage: Stage) => Properties;
  readonly change: Properties | ((stage: Stage, accepted: Properties) => Properties);
  /** Part of the one refusal that the change leads to. */
  readonly says: string | ((stage: Stage) => string);
}

/** One test per rule: the example is accepted, the changed example is refused for exactly this reason. */
export function testRules(rules: readonly Rule[]): void {
  for (const { title, type, stage: build, accepted, change, says } of rules) {
    it(`${title} (${type.split(":").at(-1)})`, () => {
      const stage = build();
      const inputs = accepted(stage);
      assert.deepEqual(stage.refusals(type, inputs), []);
      const changed = { ...inputs, ...(typeof change === "function" ? change(stage, inputs) : change) };
      const refusals = stage.refusals(type, changed);
      const wanted = typeof says === "function" ? says(stage) : says;
      assert.equal(refusals.length, 1, refusals.join("\n") || "nothing was refused");
      assert.ok(refusals[0]!.includes(wanted), `${refusals[0]}\ndoes not say\n${wanted}`);
    });
  }
}

/** A function that builds the thing once and hands out the same one afterwards. */
export function idOf(stage: Stage, name: string): string {
  const found = stage.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`nothing on the stage is called ${name}`);
  return found.id;
}

export function outputOf(stage: Stage, name: string, key: string): string {
  return String(stage.resources.find((resource) => resource.name === name)!.outputs[key]);
}
