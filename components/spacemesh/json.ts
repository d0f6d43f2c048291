/** JSON trees, as node configs are. Pure. */
import * as z from "zod";

/** What stands in a node's config. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** {@inheritDoc Json} */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A tree in a stack file: its keys are the node's to know. */
export const JsonTree = z
  .record(z.string(), z.json(), { message: "must be a map of the node's own keys" })
  .transform((tree) => tree as JsonObject);

/** Whether a value is a map. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A tree with another laid over it: maps are merged, all else is replaced. */
export function overlay(base: JsonObject, over: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(base), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.map((key): [string, Json] => {
      const below = base[key];
      const above = over[key];
      if (above === undefined) {
        return [key, below ?? null];
      }
      return [key, isObject(below) && isObject(above) ? overlay(below, above) : above];
    }),
  );
}

/** Value at a path, or undefined. */
export function valueAt(tree: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    tree,
  );
}

/** A tree of one value at a path. */
export function treeOf(path: readonly string[], value: Json): JsonObject {
  const [key = "", ...rest] = path;
  return { [key]: rest.length === 0 ? value : treeOf(rest, value) };
}
