// Python packages as a way to files that have no other: one wheel, fetched by pip or from the index, SHA-256 as pinned.

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { platformName } from "./cache.mjs";
import { Unavailable, fetchFile, fetchText, isReachable, verifySha256 } from "./download.mjs";
import { InstallError } from "./log.mjs";
import { run } from "./process.mjs";
import { readZip } from "./zip.mjs";

/** @typedef {import("./manifest.mjs").PythonProgram} PythonProgram */
/** @typedef {{ package: string, packageVersion: string, file: string, sha256: string }} Wheel */

const index = "https://pypi.org/simple/";

/**
 * @param {Wheel} source
 * @param {string} prefix only entries whose name starts so
 * @returns {Promise<Map<string, Buffer>>} name → contents
 * @throws {Unavailable} where neither pip nor the index gives the package
 * @throws {InstallError} where the file is not the pinned one
 */
export async function readWheel(source, prefix) {
  const temporary = mkdtempSync(join(tmpdir(), "fleet-"));
  try {
    const wheel = join(temporary, source.file);
    // pip may think another file of the package fits better.
    if (!(await pipDownload(source, temporary)) || !existsSync(wheel)) {
      await indexDownload(source, wheel);
    }
    verifySha256(wheel, source.sha256, source.file);
    return readZip(readFileSync(wheel), (name) => name.startsWith(prefix));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Puts the program of a wheel into a folder.
 * @param {PythonProgram} source
 * @param {string} binary
 * @param {string} folder
 * @returns {Promise<void>}
 * @throws {Unavailable} where the wheel is another platform's, or cannot be had
 * @throws {InstallError} where it does not hold the program
 */
export async function unpackProgram(source, binary, folder) {
  if (source.platform !== platformName()) {
    throw new Unavailable(`${source.file} holds no binary for ${platformName()}`);
  }
  const bytes = (await readWheel(source, source.program)).get(source.program);
  if (bytes === undefined) throw new InstallError(`${source.file} holds no ${source.program}`);
  writeFileSync(join(folder, binary), bytes);
  chmodSync(join(folder, binary), 0o755);
}

/**
 * @param {Wheel} source
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
 * @param {Wheel} source
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
