/**
 * The declared shape of a cloud's resources and functions, as `generate.ts` reads it off the installed
 * SDK and as `schemas/<cloud>.json` keeps it.
 */
import { readFileSync } from "node:fs";

/** The clouds that have a stand-in. */
export const clouds = ["linode", "cloudflare", "gcp", "docker"] as const;

/** One of the clouds that have a stand-in. */
export type Cloud = (typeof clouds)[number];

/** Whether a word names a cloud that has a stand-in. */
export function isCloud(word: string): word is Cloud {
  return clouds.some((cloud) => cloud === word);
}

/**
 * The type of one input: a scalar word, or a list, a map from strings, a named object of
 * `CloudSchema.objects`, a closed set of literals, or a choice.
 */
export type TypeOf =
  | "string"
  | "number"
  | "boolean"
  | "asset"
  | "any"
  | { readonly list: TypeOf }
  | { readonly map: TypeOf }
  | { readonly object: string }
  | { readonly enum: readonly (string | number)[] }
  | { readonly oneOf: readonly TypeOf[] };

/** The inputs of a resource, a function, a provider or a nested object. */
export interface ObjectSchema {
  /** Properties without which the SDK's own types refuse the object. */
  readonly required: readonly string[];
  /** Every property there is: any other key is refused. */
  readonly properties: Readonly<Record<string, TypeOf>>;
}

/** What an output is: enough to give an empty value of the right kind to one that no rule names. */
export type OutputKind = "string" | "number" | "boolean" | "list" | "map" | "any";

/** A resource type. */
export interface ResourceSchema extends ObjectSchema {
  /** Inputs that the SDK wraps as secrets. */
  readonly secretInputs: readonly string[];
  /** Outputs that the SDK tells the engine to keep secret. */
  readonly secretOutputs: readonly string[];
  /** Every output the resource class declares as always there, with its kind. */
  readonly outputs: Readonly<Record<string, OutputKind>>;
}

/** A function (an invoke). */
export interface FunctionSchema extends ObjectSchema {
  /** Every field its result declares as always there, with its kind. */
  readonly outputs: Readonly<Record<string, OutputKind>>;
}

/** All that a stand-in knows of its cloud's declarations. */
export interface CloudSchema {
  /** The npm package read. */
  readonly package: string;
  /** Its version: what the plugin says its own version is. */
  readonly version: string;
  /** The provider's own arguments. */
  readonly provider: ObjectSchema;
  /** Resource types by token, as `linode:index/domain:Domain`. */
  readonly resources: Readonly<Record<string, ResourceSchema>>;
  /** Functions by token, as `linode:index/getDomain:getDomain`. */
  readonly functions: Readonly<Record<string, FunctionSchema>>;
  /** Nested objects by name, as `container.ClusterNodeConfig`. */
  readonly objects: Readonly<Record<string, ObjectSchema>>;
}

/** Reads the committed schema of a cloud. */
export function loadSchema(cloud: Cloud): CloudSchema {
  const file = new URL(`./schemas/${cloud}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as CloudSchema;
}
