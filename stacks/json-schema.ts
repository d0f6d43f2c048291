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
  const systems = kindsOf(StackConfig);
  const names = [...new Set(systems.map(({ kind }) => kind["system"] ?? ""))];
  return {
    // The draft that every editor's YAML server knows.
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of Fleet",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { "fleet:system": { enum: names } },
        required: ["fleet:system", "pulumi:disable-default-providers"],
        allOf: systems.map(({ kind, schema }) => ({ if: isOf(kind), then: configOf(schema) })),
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

/** The words by which a stack file says what it is: its system and, where there is one, its target. */
type Kind = Readonly<Record<string, string>>;

/** Every kind of stack file there is. */
function kindsOf(
  schema: z.core.$ZodType,
): readonly { readonly kind: Kind; readonly schema: z.ZodType }[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap(kindsOf);
  }
  if (!(schema instanceof z.ZodObject)) {
    throw new Error("a stack's config must be an object");
  }
  const kind = Object.entries(schema.shape).flatMap(([name, field]) =>
    field instanceof z.ZodLiteral ? [[name, String(field.value)] as const] : [],
  );
  return [{ kind: Object.fromEntries(kind), schema }];
}

function isOf(kind: Kind): JsonSchema {
  const entries = Object.entries(kind).map(([name, value]) => [key(name), value] as const);
  return {
    properties: Object.fromEntries(entries.map(([name, value]) => [name, { const: value }])),
    required: entries.map(([name]) => name),
  };
}

const key = (section: string): string => `fleet:${section}`;

/** Config of one system: its sections, and what every stack file has beside them. */
function configOf(schema: z.ZodType): JsonSchema {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    reused: "inline",
  });
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
