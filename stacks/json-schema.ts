/**
 * The stack file as JSON Schema: for completion and checks in editors, and as the source of the config reference. Made
 * from the zod schemas; what keys have to do with one another is not part of it.
 */
import { z } from "zod";
import { cloudNames } from "../components/cloud";
import { editions } from "../openvidu/editions";
import { secretDescriptions } from "./schema";
import { type Kind, kinds, schemaOf } from "./schemas";
import { secretKeysOf } from "./settings";

/** A part of a JSON Schema, as far as this project reads it. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** Schema of the plain keys of one cloud and edition, without the namespace. */
export function configSchema(kind: Kind): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(schemaOf(kind), { target: "draft-7" });
  return schema as JsonSchema;
}

/** Schema of a whole file `stacks/Pulumi.<stack>.yaml`. */
export function stackFileSchema(): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of OpenVidu",
    type: "object",
    required: ["config"],
    additionalProperties: false,
    properties: {
      config: {
        type: "object",
        required: ["openvidu:cloud", "openvidu:edition"],
        properties: { "openvidu:cloud": { enum: cloudNames }, "openvidu:edition": { enum: editions } },
        // One branch per cloud and edition, chosen by these keys, so that an editor offers their keys only.
        allOf: kinds.map((kind) => ({
          if: {
            required: ["openvidu:cloud", "openvidu:edition"],
            properties: { "openvidu:cloud": { const: kind.cloud }, "openvidu:edition": { const: kind.edition } },
          },
          then: namespaced(kind, configSchema(kind)),
        })),
      },
      encryptionsalt: { type: "string", description: "Written by Pulumi." },
      encryptedkey: { type: "string", description: "Written by Pulumi." },
      secretsprovider: { type: "string", description: "What encrypts the secrets of this file." },
      environment: { description: "Environments of Pulumi ESC to import." },
    },
  };
}

function namespaced(kind: Kind, schema: JsonSchema): JsonSchema {
  const plain = Object.entries(schema.properties ?? {}).map(([key, value]) => [`openvidu:${key}`, value]);
  const secrets = secretKeysOf(kind).map((key) => [`openvidu:${key}`, secret(secretDescriptions[key])]);
  return {
    ...schema,
    properties: Object.fromEntries([...plain, ...secrets]) as Record<string, JsonSchema>,
    // Keys of Pulumi itself and of its providers.
    patternProperties: { "^(?!openvidu:)[^:]+:": {} },
    required: schema.required?.map((key) => `openvidu:${key}`),
  };
}

function secret(description: string): JsonSchema {
  return {
    description: `${description} Set it with: pulumi config set --secret <key>`,
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
    additionalProperties: false,
  };
}
