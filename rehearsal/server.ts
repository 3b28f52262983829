/**
 * The gRPC server that a program takes for Pulumi's engine.
 */
import * as grpc from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { LogMessage } from "./graph";
import type { Monitor } from "./monitor";
import { type Registry, RequestError } from "./registry";
import { channelOptions } from "./transforms";

type Unary<Q, A> = grpc.handleUnaryCall<Q, A>;

/** Starts the server on a free port of this machine. */
export async function startServer(
  monitor: Monitor,
  registry: Registry,
): Promise<{ readonly address: string; readonly stop: () => void }> {
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceMonitorService, monitorHandlers(monitor, registry));
  server.addService(EngineService, engineHandlers(registry));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Methods that are left out answer UNIMPLEMENTED, which the SDK accepts (getDeploymentInfo, call). */
function monitorHandlers(monitor: Monitor, registry: Registry): grpc.UntypedServiceImplementation {
  const answer = <Q, A>(handle: (request: Q) => A | Promise<A>): Unary<Q, A> => guarded(registry, handle);
  const accept = answer<unknown, Empty>(() => new Empty());
  return {
    supportsFeature: answer(() => new proto.SupportsFeatureResponse().setHassupport(true)),
    registerResource: answer((request: proto.RegisterResourceRequest) => monitor.registerResource(request)),
    registerResourceOutputs: answer((request: proto.RegisterResourceOutputsRequest) => {
      monitor.registerResourceOutputs(request);
      return new Empty();
    }),
    readResource: answer((request: proto.ReadResourceRequest) => monitor.readResource(request)),
    invoke: answer(async (request: proto.ResourceInvokeRequest) => {
      const outcome = await monitor.invoke(request);
      if ("failure" in outcome) {
        return new InvokeResponse().setFailuresList([new CheckFailure().setReason(outcome.failure)]);
      }
      return new InvokeResponse().setReturn(Struct.fromJavaScript(outcome.result));
    }),
    registerStackTransform: answer((callback: Callback) => {
      monitor.registerStackTransform(callback);
      return new Empty();
    }),
    registerStackInvokeTransform: answer((callback: Callback) => {
      monitor.registerStackInvokeTransform(callback);
      return new Empty();
    }),
    registerResourceHook: accept,
    registerErrorHook: accept,
    signalAndWaitForShutdown: accept,
  };
}

function engineHandlers(registry: Registry): grpc.UntypedServiceImplementation {
  const answer = <Q, A>(handle: (request: Q) => A): Unary<Q, A> => guarded(registry, handle);
  let root = "";
  return {
    log: answer((request: engine.LogRequest) => {
      takeLog(registry, request);
      return new Empty();
    }),
    setRootResource: answer((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: answer(() => new engine.GetRootResourceResponse().setUrn(root)),
    startDebugging: answer(() => new Empty()),
    requirePulumiVersion: answer(() => new engine.RequirePulumiVersionResponse()),
  };
}

const severities: Readonly<Record<number, LogMessage["severity"]>> = {
  [engine.LogSeverity.DEBUG]: "debug",
  [engine.LogSeverity.INFO]: "info",
  [engine.LogSeverity.WARNING]: "warning",
  [engine.LogSeverity.ERROR]: "error",
};

/** Debug lines are the SDK's own chatter; only the order in which it announces resources is of use. */
function takeLog(registry: Registry, request: engine.LogRequest): void {
  const severity = severities[request.getSeverity()] ?? "info";
  const message = request.getMessage();
  if (severity === "debug") {
    const announced = /^(?:Registering|Reading) resource: t=([^,]+), name=(.*?)(?:, custom=|$)/.exec(message);
    if (announced) registry.announcements.push({ type: announced[1] ?? "", name: announced[2] ?? "" });
    return;
  }
  registry.log.push({ severity, message, ...(request.getUrn() === "" ? {} : { urn: request.getUrn() }) });
}

/**
 * Turns a handler into a gRPC method. What the engine cannot go on from ends the run: the program is turned away with
 * UNAVAILABLE from then on, and ends quietly, as it does under the real engine.
 */
function guarded<Q, A>(registry: Registry, handle: (request: Q) => A | Promise<A>): Unary<Q, A> {
  return (call, callback) => {
    const turnAway = (): void => callback({ code: grpc.status.UNAVAILABLE, details: "resource monitor shut down" });
    if (registry.stopped) return turnAway();
    Promise.resolve()
      .then(() => handle(call.request))
      .then((response) => callback(null, response))
      .catch((error: unknown) => {
        if (error instanceof RequestError) {
          return callback({ code: grpc.status.UNKNOWN, details: error.message });
        }
        if (!registry.stopped) {
          registry.stopped = true;
          registry.failure = error instanceof Error ? error : new Error("the rehearsal failed");
        }
        turnAway();
      });
  };
}
