/**
 * Runs the transforms that a program registered: the engine calls back into the program, once per transform and
 * resource or function call. Source: pkg/resource/deploy/source_eval.go of Pulumi 3.248 (wrapTransformCallback,
 * upgradeOutputValues).
 */
import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { RequestError } from "./registry";
import { addDependencies, type WireProperties } from "./values";

/** A resource on its way through the transforms. */
export interface TransformSubject {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly properties: WireProperties;
  readonly options: proto.TransformResourceOptions;
}

/** Largest message that the rehearsal sends or takes; gRPC's own default of 4 MiB is too small for a big resource. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": 512 * 1024 * 1024,
  "grpc.max_send_message_length": 512 * 1024 * 1024,
};

/** Connections to the programs that hold the transforms. */
export class TransformRunner {
  private readonly clients = new Map<string, CallbacksClient>();

  /** Passes a resource through transforms, in the given order. */
  async transformResource(subject: TransformSubject, transforms: readonly Callback[]): Promise<TransformSubject> {
    let current = subject;
    for (const transform of transforms) {
      const request = new proto.TransformRequest()
        .setType(current.type)
        .setName(current.name)
        .setCustom(current.custom)
        .setParent(current.parent)
        .setProperties(Struct.fromJavaScript(current.properties))
        .setOptions(current.options);
      const answer = proto.TransformResponse.deserializeBinary(await this.call(transform, request.serializeBinary()));
      current = {
        ...current,
        properties: answer.getProperties()?.toJavaScript() ?? current.properties,
        options: answer.getOptions() ?? current.options,
      };
    }
    return current;
  }

  /** Passes a function call through transforms, in the given order. */
  async transformInvoke(
    token: string,
    args: WireProperties,
    options: proto.TransformInvokeOptions,
    transforms: readonly Callback[],
  ): Promise<{ args: WireProperties; options: proto.TransformInvokeOptions }> {
    let current = { args, options };
    for (const transform of transforms) {
      const request = new proto.TransformInvokeRequest()
        .setToken(token)
        .setArgs(Struct.fromJavaScript(current.args))
        .setOptions(current.options);
      const bytes = await this.call(transform, request.serializeBinary());
      const answer = proto.TransformInvokeResponse.deserializeBinary(bytes);
      current = {
        args: answer.getArgs()?.toJavaScript() ?? current.args,
        options: answer.getOptions() ?? current.options,
      };
    }
    return current;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private call(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
    const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
    return new Promise((resolve, reject) => {
      this.clientOf(callback.getTarget()).invoke(message, (error, answer) => {
        if (error) reject(new RequestError(`invoke transform: ${error.details}`));
        else resolve(answer.getResponse_asU8());
      });
    });
  }

  private clientOf(target: string): CallbacksClient {
    let client = this.clients.get(target);
    if (!client) {
      client = new CallbacksClient(target, grpc.credentials.createInsecure(), channelOptions);
      this.clients.set(target, client);
    }
    return client;
  }
}

/** The properties of a request, each carrying what it depends on, so that a transform cannot lose it. */
export function withDependencies(
  properties: WireProperties,
  dependencies: Readonly<Record<string, readonly string[]>>,
): WireProperties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, addDependencies(value, dependencies[key] ?? [])]),
  );
}
