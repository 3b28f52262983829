import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { version } from "@pulumi/random/package.json";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { CloudRefusal, LostAnswer, PartialFailure, type ProviderInstance } from "../../rehearsal/provider";
import { serveProvider, serveProviders } from "../../rehearsal/serve";
import { Secret, unknown } from "../../rehearsal/values";

const urn = "urn:pulumi:dev::shop::fake:index:Thing::one";
const signature = "4dabf18193072939515e22adb298388d";
const secret = (value: JavaScriptValue): JavaScriptValue => ({
  [signature]: "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const wireUnknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const struct = (properties: Record<string, JavaScriptValue>): Struct => Struct.fromJavaScript(properties);

/** Requests that reached the provider, by method. */
type Requests = { [M in keyof ProviderInstance]?: Parameters<ProviderInstance[M]>[0] };
interface Conversation {
  readonly client: ResourceProviderClient;
  readonly requests: Requests;
  /** Configurations that the provider was opened with. */
  readonly opened: unknown[];
  /** A second connection to the same server. */
  readonly connect: () => ResourceProviderClient;
}

/** A provider that answers what the test says, and that a client talks to. */
async function converse(
  answers: Partial<ProviderInstance>,
  talk: (conversation: Conversation) => Promise<void>,
  packageName = "fake",
): Promise<void> {
  const requests: Requests = {};
  const opened: unknown[] = [];
  const instance = new Proxy({} as ProviderInstance, {
    get: (_target, method: keyof ProviderInstance) => (request: never) => {
      requests[method] = request;
      return (answers[method] as (request: never) => unknown)(request);
    },
  });
  const open = (configuration: unknown): ProviderInstance => {
    opened.push(configuration);
    return instance;
  };
  const served = await serveProvider({ packageName, open });
  const clients: ResourceProviderClient[] = [];
  const connect = (): ResourceProviderClient => {
    clients.push(clientOf(served));
    return clients.at(-1)!;
  };
  try {
    const client = connect();
    await talk({ client, requests, opened, connect });
  } finally {
    clients.forEach((client) => client.close());
    served.stop();
  }
}

/** Every client has a connection of its own, as every provider of the engine has. */
function clientOf({ port }: { port: number }): ResourceProviderClient {
  const options = { "grpc.use_local_subchannel_pool": 1 };
  return new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
}

/** Request and answer of each method. */
interface Methods {
  handshake: [proto.ProviderHandshakeRequest, proto.ProviderHandshakeResponse];
  attach: [PluginAttach, Empty];
  cancel: [Empty, Empty];
  getPluginInfo: [Empty, PluginInfo];
  getSchema: [proto.GetSchemaRequest, proto.GetSchemaResponse];
  checkConfig: [proto.CheckRequest, proto.CheckResponse];
  diffConfig: [proto.DiffRequest, proto.DiffResponse];
  configure: [proto.ConfigureRequest, proto.ConfigureResponse];
  check: [proto.CheckRequest, proto.CheckResponse];
  diff: [proto.DiffRequest, proto.DiffResponse];
  create: [proto.CreateRequest, proto.CreateResponse];
  read: [proto.ReadRequest, proto.ReadResponse];
  update: [proto.UpdateRequest, proto.UpdateResponse];
  delete: [proto.DeleteRequest, Empty];
  invoke: [proto.InvokeRequest, proto.InvokeResponse];
  construct: [proto.ConstructRequest, proto.ConstructResponse];
}

function call<M extends keyof Methods>(
  client: ResourceProviderClient,
  method: M,
  request: Methods[M][0],
): Promise<Methods[M][1]> {
  return new Promise((resolve, reject) => {
    client[method as "check"](request as proto.CheckRequest, (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

/** A conversation with a provider that has its configuration. */
function configured(
  answers: Partial<ProviderInstance>,
  talk: (conversation: Conversation) => Promise<void>,
): Promise<void> {
  return converse(answers, async (conversation) => {
    await call(conversation.client, "configure", new proto.ConfigureRequest());
    await talk(conversation);
  });
}

const failureOf = (promise: Promise<unknown>): Promise<grpc.ServiceError> =>
  promise.then(
    () => assert.fail("the call should have failed"),
    (error: grpc.ServiceError) => error,
  );

describe("rehearsal: served providers, before the first resource", () => {
  it("promise to keep secrets, references, output values and auto-naming", () =>
    converse({}, async ({ client }) => {
      const response = await call(client, "handshake", new proto.ProviderHandshakeRequest());
      assert.deepEqual(response.toObject(), {
        acceptSecrets: true,
        acceptResources: true,
        acceptOutputs: true,
        supportsAutonamingConfiguration: true,
      });
    }));

  it("let themselves be attached and cancelled", () =>
    converse({}, async ({ client }) => {
      await call(client, "attach", new PluginAttach().setAddress("127.0.0.1:1"));
      await call(client, "cancel", new Empty());
    }));

  it("say the version of the SDK that the program uses, in their schema too", () =>
    converse(
      {},
      async ({ client }) => {
        assert.equal((await call(client, "getPluginInfo", new Empty())).getVersion(), version);
        const schema = await call(client, "getSchema", new proto.GetSchemaRequest());
        assert.deepEqual(JSON.parse(schema.getSchema()), { name: "random", version });
      },
      "random",
    ));

  it("have no version where there is no SDK", () =>
    converse({}, async ({ client }) => {
      assert.equal((await call(client, "getPluginInfo", new Empty())).getVersion(), "");
    }));

  it("take a configuration as it is and leave its comparison to Pulumi", () =>
    converse({}, async ({ client }) => {
      const news = { region: "north", tags: '{"owner":"me"}' };
      const checked = await call(client, "checkConfig", new proto.CheckRequest().setNews(struct(news)));
      assert.deepEqual(checked.getInputs()?.toJavaScript(), news);
      const compared = await call(client, "diffConfig", new proto.DiffRequest());
      assert.equal(compared.getChanges(), proto.DiffResponse.DiffChanges.DIFF_UNKNOWN);
      assert.deepEqual(compared.getReplacesList(), []);
    }));

  it("read structured configuration from its JSON, and secrets without their mark", () =>
    converse({}, async ({ client, opened }) => {
      const args = { region: secret("north"), tags: '{"owner":"me"}', odd: "[not JSON" };
      const response = await call(client, "configure", new proto.ConfigureRequest().setArgs(struct(args)));
      assert.deepEqual(opened, [{ region: "north", tags: { owner: "me" }, odd: "[not JSON" }]);
      assert.deepEqual(response.toObject(), {
        acceptsecrets: true,
        supportspreview: true,
        acceptresources: true,
        acceptoutputs: true,
        supportsAutonamingConfiguration: true,
      });
    }));

  it("keep apart what comes over different connections", async () => {
    const open = (configuration: unknown): ProviderInstance =>
      ({ invoke: () => Promise.resolve({ result: { configuration } }) }) as unknown as ProviderInstance;
    const served = await serveProvider({ packageName: "fake", open });
    const [one, other] = [clientOf(served), clientOf(served)];
    try {
      for (const [client, region] of [[one, "north"] as const, [other, "south"] as const]) {
        await call(client, "configure", new proto.ConfigureRequest().setArgs(struct({ region })));
      }
      const response = await call(one, "invoke", new proto.InvokeRequest().setTok("fake:index:any"));
      assert.deepEqual(response.getReturn()?.toJavaScript(), { configuration: { region: "north" } });
    } finally {
      [one, other].forEach((client) => client.close());
      served.stop();
    }
  });

  it("refuse work on a connection over which no configuration came", () =>
    configured({}, async ({ connect }) => {
      const client = connect();
      const error = await failureOf(call(client, "check", new proto.CheckRequest().setUrn(urn)));
      assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
      assert.match(error.details, /the fake provider has not been configured/);
    }));

  it("do not know components and methods", () =>
    converse({}, async ({ client }) => {
      const error = await failureOf(call(client, "construct", new proto.ConstructRequest()));
      assert.equal(error.code, grpc.status.UNIMPLEMENTED);
    }));

  it("are named for PULUMI_DEBUG_PROVIDERS, each with a port of its own", async () => {
    const open = (): ProviderInstance => ({}) as ProviderInstance;
    const served = await serveProviders([
      { packageName: "one", open },
      { packageName: "azure-native", open },
    ]);
    served.stop();
    const [, first, second] = /^one:(\d+),azure-native:(\d+)$/.exec(served.attachments) ?? [];
    assert.ok(first && second && first !== second, served.attachments);
  });
});

describe("rehearsal: served providers, checking and comparing", () => {
  const same = { differences: {}, replaces: [], deleteBeforeReplace: false };

  it("check a new resource without old inputs, with secrets and unknowns as such", () =>
    configured(
      { check: ({ news }) => Promise.resolve({ inputs: { ...news, colour: "grey" }, failures: [] }) },
      async ({ client, requests }) => {
        const news = { password: secret("hidden"), size: wireUnknown, list: [secret({ deep: 1 })] };
        const response = await call(
          client,
          "check",
          new proto.CheckRequest().setUrn(urn).setOlds(struct({})).setNews(struct(news)),
        );
        assert.deepEqual(requests.check, {
          urn,
          news: { password: new Secret("hidden"), size: unknown, list: [new Secret({ deep: 1 })] },
        });
        assert.deepEqual(response.getInputs()?.toJavaScript(), { ...news, colour: "grey" });
        assert.deepEqual(response.getFailuresList(), []);
      },
    ));

  it("check an existing resource with its old inputs", () =>
    configured(
      { check: ({ news }) => Promise.resolve({ inputs: news, failures: [] }) },
      async ({ client, requests }) => {
        const request = new proto.CheckRequest()
          .setUrn(urn)
          .setOlds(struct({ size: 1 }))
          .setNews(struct({ size: 2 }));
        await call(client, "check", request);
        assert.deepEqual(requests.check?.olds, { size: 1 });
      },
    ));

  it("hand on all that a check finds wrong", () =>
    configured(
      { check: () => Promise.resolve({ inputs: {}, failures: ["missing required property 'size'", "too large"] }) },
      async ({ client }) => {
        const response = await call(client, "check", new proto.CheckRequest().setUrn(urn));
        assert.deepEqual(
          response.getFailuresList().map((failure) => failure.getReason()),
          ["missing required property 'size'", "too large"],
        );
      },
    ));

  it("find nothing to do where nothing differs", () =>
    configured({ diff: () => Promise.resolve(same) }, async ({ client, requests }) => {
      const request = new proto.DiffRequest()
        .setUrn(urn)
        .setId("id-1")
        .setOldInputs(struct({ size: 1 }))
        .setOlds(struct({ size: 1, serial: secret("s") }))
        .setNews(struct({ size: wireUnknown }));
      const response = await call(client, "diff", request);
      assert.deepEqual(requests.diff, {
        urn,
        id: "id-1",
        oldInputs: { size: 1 },
        oldOutputs: { size: 1, serial: new Secret("s") },
        news: { size: unknown },
      });
      assert.equal(response.getChanges(), proto.DiffResponse.DiffChanges.DIFF_NONE);
      assert.equal(response.getDeletebeforereplace(), false);
    }));

  it("give every kind of difference by its path, what replaces, and in which order", () =>
    configured(
      {
        diff: () =>
          Promise.resolve({
            differences: {
              "tags.Name": "add",
              "tags.Owner": "delete",
              "disks[0].size": "update",
              zone: "add-replace",
              image: "delete-replace",
              name: "update-replace",
            },
            replaces: ["zone", "image", "name"],
            deleteBeforeReplace: true,
          }),
      },
      async ({ client }) => {
        const response = await call(client, "diff", new proto.DiffRequest().setUrn(urn).setId("id-1"));
        assert.equal(response.getChanges(), proto.DiffResponse.DiffChanges.DIFF_SOME);
        assert.deepEqual(response.getDiffsList(), ["tags", "disks", "zone", "image", "name"]);
        assert.deepEqual(response.getReplacesList(), ["zone", "image", "name"]);
        assert.equal(response.getDeletebeforereplace(), true);
        assert.equal(response.getHasdetaileddiff(), true);
        const { Kind } = proto.PropertyDiff;
        const kinds = response.toObject().detaileddiffMap;
        assert.deepEqual(
          kinds.map(([path, difference]) => [path, difference.kind, difference.inputdiff]),
          [
            ["disks[0].size", Kind.UPDATE, true],
            ["image", Kind.DELETE_REPLACE, true],
            ["name", Kind.UPDATE_REPLACE, true],
            ["tags.Name", Kind.ADD, true],
            ["tags.Owner", Kind.DELETE, true],
            ["zone", Kind.ADD_REPLACE, true],
          ],
        );
      },
    ));

  it("say by an empty id that a resource is gone", () =>
    configured({ read: () => Promise.resolve(undefined) }, async ({ client }) => {
      const response = await call(client, "read", new proto.ReadRequest().setUrn(urn).setId("id-1"));
      assert.equal(response.getId(), "");
    }));

  it("read inputs and outputs of a resource that exists", () =>
    configured(
      { read: () => Promise.resolve({ inputs: { size: 1 }, outputs: { size: 1, token: new Secret("t") } }) },
      async ({ client, requests }) => {
        const request = new proto.ReadRequest()
          .setUrn(urn)
          .setId("id-1")
          .setInputs(struct({ size: 2 }))
          .setProperties(struct({ size: 2, token: secret("t") }));
        const response = await call(client, "read", request);
        assert.deepEqual(requests.read, {
          urn,
          id: "id-1",
          inputs: { size: 2 },
          outputs: { size: 2, token: new Secret("t") },
        });
        assert.equal(response.getId(), "id-1");
        assert.deepEqual(response.getInputs()?.toJavaScript(), { size: 1 });
        assert.deepEqual(response.getProperties()?.toJavaScript(), { size: 1, token: secret("t") });
      },
    ));

  it("let the provider derive the inputs of a resource that Pulumi does not know yet", () =>
    configured({ read: () => Promise.resolve(undefined) }, async ({ client, requests }) => {
      await call(client, "read", new proto.ReadRequest().setUrn(urn).setId("id-1"));
      assert.deepEqual(requests.read, { urn, id: "id-1" });
    }));
});

describe("rehearsal: served providers, changing things", () => {
  it("preview a creation with what is not known yet, and without an id", () =>
    configured(
      { create: ({ inputs }) => Promise.resolve({ id: "", outputs: { ...inputs, serial: unknown } }) },
      async ({ client, requests }) => {
        const request = new proto.CreateRequest()
          .setUrn(urn)
          .setPreview(true)
          .setProperties(struct({ size: wireUnknown }));
        const response = await call(client, "create", request);
        assert.deepEqual(requests.create, { urn, inputs: { size: unknown }, preview: true });
        assert.equal(response.getId(), "");
        assert.deepEqual(response.getProperties()?.toJavaScript(), { size: wireUnknown, serial: wireUnknown });
      },
    ));

  it("create, and keep secret what is secret", () =>
    configured(
      { create: () => Promise.resolve({ id: "id-1", outputs: { token: new Secret("t"), list: [new Secret(1)] } }) },
      async ({ client, requests }) => {
        const request = new proto.CreateRequest().setUrn(urn).setProperties(struct({ password: secret("p") }));
        const response = await call(client, "create", request);
        assert.deepEqual(requests.create, { urn, inputs: { password: new Secret("p") }, preview: false });
        assert.equal(response.getId(), "id-1");
        assert.deepEqual(response.getProperties()?.toJavaScript(), { token: secret("t"), list: [secret(1)] });
      },
    ));

  it("update from what was and what shall be", () =>
    configured(
      { update: () => Promise.resolve({ id: "id-1", outputs: { size: 2, serial: unknown } }) },
      async ({ client, requests }) => {
        const request = new proto.UpdateRequest()
          .setUrn(urn)
          .setId("id-1")
          .setOldInputs(struct({ size: 1 }))
          .setOlds(struct({ size: 1, serial: "s" }))
          .setNews(struct({ size: 2 }))
          .setPreview(true);
        const response = await call(client, "update", request);
        assert.deepEqual(requests.update, {
          urn,
          id: "id-1",
          oldInputs: { size: 1 },
          oldOutputs: { size: 1, serial: "s" },
          news: { size: 2 },
          preview: true,
        });
        assert.deepEqual(response.getProperties()?.toJavaScript(), { size: 2, serial: wireUnknown });
      },
    ));

  it("delete", () =>
    configured({ delete: () => Promise.resolve() }, async ({ client, requests }) => {
      const request = new proto.DeleteRequest()
        .setUrn(urn)
        .setId("id-1")
        .setProperties(struct({ size: 1 }));
      await call(client, "delete", request);
      assert.deepEqual(requests.delete, { urn, id: "id-1", outputs: { size: 1 } });
    }));

  it("hand on a refusal in the cloud's words", () =>
    configured(
      { delete: () => Promise.reject(new CloudRefusal("DependencyViolation: in use")) },
      async ({ client }) => {
        const error = await failureOf(call(client, "delete", new proto.DeleteRequest().setUrn(urn).setId("id-1")));
        assert.equal(error.code, grpc.status.UNKNOWN);
        assert.equal(error.details, "DependencyViolation: in use");
      },
    ));

  it("report a thing that came into being and is not well together with its state", () =>
    configured(
      {
        create: () =>
          Promise.reject(
            new PartialFailure({ id: "id-1", outputs: { size: 1, token: new Secret("t") } }, ["not ready", "no disk"]),
          ),
      },
      async ({ client }) => {
        const error = await failureOf(call(client, "create", new proto.CreateRequest().setUrn(urn)));
        assert.equal(error.code, grpc.status.UNKNOWN);
        const [packed] = error.metadata.get("grpc-status-details-bin");
        const status = Status.deserializeBinary(packed as Buffer);
        assert.equal(status.getCode(), grpc.status.UNKNOWN);
        const detail = status
          .getDetailsList()[0]!
          .unpack(
            (bytes) => proto.ErrorResourceInitFailed.deserializeBinary(bytes),
            "pulumirpc.ErrorResourceInitFailed",
          );
        assert.equal(detail?.getId(), "id-1");
        assert.deepEqual(detail?.getReasonsList(), ["not ready", "no disk"]);
        assert.deepEqual(detail?.getProperties()?.toJavaScript(), { size: 1, token: secret("t") });
      },
    ));

  it("are unreachable when an answer is lost", () =>
    configured({ create: () => Promise.reject(new LostAnswer("the connection broke")) }, async ({ client }) => {
      const error = await failureOf(call(client, "create", new proto.CreateRequest().setUrn(urn)));
      assert.equal(error.code, grpc.status.UNAVAILABLE);
    }));

  it("answer a function with its result, or with why it has none", () =>
    configured(
      {
        invoke: ({ args }) =>
          Promise.resolve(args["name"] === "known" ? { result: { text: "t" } } : { failure: "nothing is known of it" }),
      },
      async ({ client, requests }) => {
        const ask = (name: JavaScriptValue): Promise<proto.InvokeResponse> =>
          call(client, "invoke", new proto.InvokeRequest().setTok("fake:index:f").setArgs(struct({ name })));
        assert.deepEqual((await ask(secret("known"))).getReturn()?.toJavaScript(), { text: "t" });
        assert.deepEqual(requests.invoke, { token: "fake:index:f", args: { name: "known" } });
        const failures = (await ask("other")).getFailuresList();
        assert.deepEqual(
          failures.map((failure) => failure.getReason()),
          ["nothing is known of it"],
        );
      },
    ));
});
