/**
 * JSON schema of the stack files, for editors: completion, descriptions of what may stand where, and
 * a red line under what the loader would refuse. It is made from the loader's own schemas; rules
 * across fields are the loader's alone.
 */
import * as z from "zod";

import { StackConfig } from "./stack.schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** An encrypted value, as the engine writes it. */
const secureValue: JsonSchema = {
  type: "object",
  description: "Written by pulumi config set --secret; a plain text has no place in this file.",
  properties: { secure: { type: "string", minLength: 1 } },
  required: ["secure"],
  additionalProperties: false,
};

const engineText = (description: string): JsonSchema => ({ type: "string", description });

/** Schema of every stack file. */
export function stackFileSchema(): JsonSchema {
  const systems = StackConfig.options.map((schema) => ({
    name: schema.shape.system.value,
    schema,
  }));
  return {
    // The draft that every editor's YAML server knows.
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of Fleet",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { "fleet:system": { enum: systems.map(({ name }) => name) } },
        required: ["fleet:system", "pulumi:disable-default-providers"],
        allOf: systems.map(({ name, schema }) => ({
          if: { properties: { "fleet:system": { const: name } }, required: ["fleet:system"] },
          then: configOf(schema),
        })),
      },
      encryptionsalt: engineText("Of the passphrase that encrypts fleet:secrets."),
      encryptedkey: engineText(
        "Data key that encrypts fleet:secrets, encrypted by secretsprovider.",
      ),
      secretsprovider: engineText("Where the key that encrypts fleet:secrets is kept."),
    },
    required: ["config"],
    additionalProperties: false,
  };
}

/** Config of one system: its sections, and what every stack file has beside them. */
function configOf(schema: z.ZodType): JsonSchema {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    reused: "inline",
  });
  const key = (section: string): string => `fleet:${section}`;
  return {
    type: "object",
    properties: {
      "pulumi:disable-default-providers": {
        description: "No resource may fall back on whatever cluster the shell points at.",
        type: "array",
        items: { const: "*" },
        minItems: 1,
        maxItems: 1,
      },
      "fleet:secrets": {
        type: "object",
        description: "Entry → encrypted value. Other sections refer to an entry by its name.",
        propertyNames: { pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" },
        additionalProperties: secureValue,
      },
      ...Object.fromEntries(
        Object.entries(properties).map(([section, part]) => [key(section), part]),
      ),
    },
    patternProperties: { "^pulumi:": {} },
    required: required.map(key),
    additionalProperties: false,
  };
}
