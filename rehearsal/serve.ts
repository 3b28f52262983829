/**
 * Puts simulated providers on the wire, so that a real Pulumi meets the same clouds as the small engine: one gRPC server
 * per package, in Pulumi's provider protocol. Pulumi attaches to it with PULUMI_DEBUG_PROVIDERS.
 * Source: proto/pulumi/provider.proto and sdk/go/common/resource/plugin/provider_plugin.go of Pulumi 3.248.
 */
import { readFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { topOf } from "./differences";
import type { DifferenceKind } from "./engine/plan";
import type { Properties } from "./model";
import {
  type Compared,
  LostAnswer,
  type Made,
  PartialFailure,
  type ProviderInstance,
  type SimulatedProvider,
} from "./provider";
import { configuration } from "./providers";
import { channelOptions } from "./transforms";
import { fromPlain, propertiesFromWire, propertiesToWire, toPlain, type ValueMap } from "./values";

/** A provider that Pulumi can attach to. */
export interface ServedProvider {
  readonly packageName: string;
  readonly port: number;
  stop(): void;
}

/** Providers that Pulumi can attach to. */
export interface ServedProviders {
  /** Value of PULUMI_DEBUG_PROVIDERS that makes Pulumi use them. */
  readonly attachments: string;
  stop(): void;
}

/** Serves each provider on a free port of this machine. */
export async function serveProviders(providers: readonly SimulatedProvider[]): Promise<ServedProviders> {
  const served: ServedProvider[] = [];
  const stop = (): void => served.forEach((provider) => provider.stop());
  try {
    for (const provider of providers) served.push(await serveProvider(provider));
  } catch (error) {
    stop();
    throw error;
  }
  return { attachments: served.map(({ packageName, port }) => `${packageName}:${port}`).join(","), stop };
}

/** Serves one provider on a free port of this machine. */
export async function serveProvider(provider: SimulatedProvider): Promise<ServedProvider> {
  const server = new grpc.Server(channelOptions);
  const instances = new Instances(provider);
  server.addService(ResourceProviderService, {
    ...introductions(provider.packageName),
    ...configurations(instances),
    ...comparisons(instances),
    ...changes(instances),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { packageName: provider.packageName, port, stop: () => server.forceShutdown() };
}

/** Pulumi opens a connection for each provider of a program; what comes over one of them is meant for that provider. */
class Instances {
  private readonly byConnection = new Map<string, ProviderInstance>();

  constructor(private readonly provider: SimulatedProvider) {}

  configure(connection: string, configuration: Properties): void {
    this.byConnection.set(connection, this.provider.open(configuration));
  }

  at(connection: string): ProviderInstance {
    const instance = this.byConnection.get(connection);
    if (!instance) throw new NotConfigured(`the ${this.provider.packageName} provider has not been configured`);
    return instance;
  }
}

class NotConfigured extends Error {}

// Methods that are left out (Call, Construct, Parameterize, …) answer UNIMPLEMENTED, which Pulumi accepts.

function introductions(packageName: string): grpc.UntypedServiceImplementation {
  const version = sdkVersion(packageName);
  return {
    handshake: answer(() =>
      new proto.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(true)
        .setSupportsAutonamingConfiguration(true),
    ),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: answer(() => new proto.GetSchemaResponse().setSchema(JSON.stringify({ name: packageName, version }))),
  };
}

function configurations(instances: Instances): grpc.UntypedServiceImplementation {
  return {
    checkConfig: answer((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    // Says neither yes nor no, and Pulumi compares the configuration itself.
    diffConfig: answer(() => new proto.DiffResponse()),
    configure: answer((request: proto.ConfigureRequest, connection) => {
      instances.configure(connection, configuration(read(request.getArgs())));
      return new proto.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    invoke: answer(async (request: proto.InvokeRequest, connection) => {
      const args = toPlain(read(request.getArgs())) as Properties;
      const outcome = await instances.at(connection).invoke({ token: request.getTok(), args });
      return "failure" in outcome
        ? new proto.InvokeResponse().setFailuresList([new proto.CheckFailure().setReason(outcome.failure)])
        : new proto.InvokeResponse().setReturn(written(fromPlain(outcome.result) as ValueMap));
    }),
  };
}

function comparisons(instances: Instances): grpc.UntypedServiceImplementation {
  return {
    check: answer(async (request: proto.CheckRequest, connection) => {
      // A new resource has no old inputs, which arrives as a resource without any.
      const olds = read(request.getOlds());
      const { inputs, failures } = await instances.at(connection).check({
        urn: request.getUrn(),
        ...(Object.keys(olds).length > 0 ? { olds } : {}),
        news: read(request.getNews()),
      });
      return new proto.CheckResponse()
        .setInputs(written(inputs))
        .setFailuresList(failures.map((reason) => new proto.CheckFailure().setReason(reason)));
    }),
    diff: answer(async (request: proto.DiffRequest, connection) =>
      compared(
        await instances.at(connection).diff({
          urn: request.getUrn(),
          id: request.getId(),
          oldInputs: read(request.getOldInputs()),
          oldOutputs: read(request.getOlds()),
          news: read(request.getNews()),
        }),
      ),
    ),
    read: answer(async (request: proto.ReadRequest, connection) => {
      const [inputs, outputs] = [request.getInputs(), request.getProperties()];
      const found = await instances.at(connection).read({
        urn: request.getUrn(),
        id: request.getId(),
        ...(inputs ? { inputs: read(inputs) } : {}),
        ...(outputs ? { outputs: read(outputs) } : {}),
      });
      if (!found) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(request.getId())
        .setInputs(written(found.inputs))
        .setProperties(written(found.outputs));
    }),
  };
}

function changes(instances: Instances): grpc.UntypedServiceImplementation {
  return {
    create: answer(async (request: proto.CreateRequest, connection) => {
      const { id, outputs } = await instances.at(connection).create({
        urn: request.getUrn(),
        inputs: read(request.getProperties()),
        preview: request.getPreview(),
      });
      return new proto.CreateResponse().setId(id).setProperties(written(outputs));
    }),
    update: answer(async (request: proto.UpdateRequest, connection) => {
      const { outputs } = await instances.at(connection).update({
        urn: request.getUrn(),
        id: request.getId(),
        oldInputs: read(request.getOldInputs()),
        oldOutputs: read(request.getOlds()),
        news: read(request.getNews()),
        preview: request.getPreview(),
      });
      return new proto.UpdateResponse().setProperties(written(outputs));
    }),
    delete: answer(async (request: proto.DeleteRequest, connection) => {
      await instances.at(connection).delete({
        urn: request.getUrn(),
        id: request.getId(),
        outputs: read(request.getProperties()),
      });
      return new Empty();
    }),
  };
}

/** Turns a handler into a gRPC method; what it throws becomes an error in the form in which Pulumi reads it. */
function answer<Q, A>(handle: (request: Q, connection: string) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request, call.getPeer()))
      .then((response) => callback(null, response))
      .catch((error: unknown) => callback(wireError(error)));
  };
}

function wireError(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  if (error instanceof PartialFailure) return partialFailure(details, error.made, error.reasons);
  if (error instanceof LostAnswer) return { code: grpc.status.UNAVAILABLE, details };
  if (error instanceof NotConfigured) return { code: grpc.status.FAILED_PRECONDITION, details };
  return { code: grpc.status.UNKNOWN, details };
}

/** The resource is there and not well: its state travels in the error. */
function partialFailure(details: string, made: Made, reasons: readonly string[]): Partial<grpc.StatusObject> {
  const failure = new proto.ErrorResourceInitFailed()
    .setId(made.id)
    .setProperties(written(made.outputs))
    .setReasonsList([...reasons]);
  const packed = new Any();
  packed.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const code = grpc.status.UNKNOWN;
  const status = new Status().setCode(code).setMessage(details).setDetailsList([packed]);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code, details, metadata };
}

const wireKinds: Readonly<Record<DifferenceKind, proto.PropertyDiff.Kind>> = {
  add: proto.PropertyDiff.Kind.ADD,
  "add-replace": proto.PropertyDiff.Kind.ADD_REPLACE,
  delete: proto.PropertyDiff.Kind.DELETE,
  "delete-replace": proto.PropertyDiff.Kind.DELETE_REPLACE,
  update: proto.PropertyDiff.Kind.UPDATE,
  "update-replace": proto.PropertyDiff.Kind.UPDATE_REPLACE,
};

function compared({ differences, replaces, deleteBeforeReplace }: Compared): proto.DiffResponse {
  const paths = Object.entries(differences);
  const properties = new Set([...paths.map(([path]) => topOf(path)), ...replaces]);
  const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(properties.size > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList([...properties])
    .setReplacesList([...replaces])
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const [path, kind] of paths) {
    response.getDetaileddiffMap().set(path, new proto.PropertyDiff().setKind(wireKinds[kind]).setInputdiff(true));
  }
  return response;
}

function read(struct: Struct | undefined): ValueMap {
  return propertiesFromWire(struct?.toJavaScript());
}

function written(properties: ValueMap): Struct {
  return Struct.fromJavaScript(propertiesToWire(properties));
}

/** Version of the SDK that the program uses; Pulumi warns of a provider that is older. Empty where there is no SDK. */
function sdkVersion(packageName: string): string {
  try {
    const file = require.resolve(`@pulumi/${packageName}/package.json`);
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "";
  }
}
