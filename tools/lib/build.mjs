// The last resort: a build from the Go modules pinned under tools/modules, whose go.sum says what their sources are.

import { chmodSync, copyFileSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/** @typedef {import("./manifest.mjs").GoBuild} GoBuild */
/** @typedef {import("./manifest.mjs").GoFiles} GoFiles */

const modules = fileURLToPath(new URL("../modules/", import.meta.url));

/**
 * Builds binaries into a folder. The flags are the same for all, and must stay so: with others the Go build cache
 * holds nothing that fits and everything is compiled again.
 * @param {readonly GoBuild[]} builds
 * @param {string} folder
 * @param {string} minimumGo
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no Go new enough
 * @throws {InstallError} where a build fails
 */
export async function build(builds, folder, minimumGo) {
  for (const item of builds) {
    const moduleFolder = join(modules, item.module);
    await requireGo(moduleFolder, minimumGo);
    await withProgress(`building ${item.binary} from its Go module`, () =>
      buildOne(item, moduleFolder, folder),
    );
  }
}

/**
 * @param {string} moduleFolder
 * @param {string} minimumGo
 */
async function requireGo(moduleFolder, minimumGo) {
  // Asked inside the module, so that a Go that fetches the toolchain a go.mod names answers for that one.
  const result = await run("go", ["env", "GOVERSION"], { cwd: moduleFolder, env: goEnvironment() });
  const version = result.stdout.trim().replace(/^go/, "").split(/[ -]/)[0] ?? "";
  if (result.code === 0 && isAtLeast(version, minimumGo)) return;
  const found =
    result.code === 127
      ? "there is none on PATH"
      : `found ${version === "" ? result.stderr.trim() : version}`;
  throw new Unavailable(
    `a build needs Go ${minimumGo} or newer (${found}; see https://go.dev/dl/)`,
  );
}

/**
 * @param {GoBuild} item
 * @param {string} moduleFolder
 * @param {string} folder
 */
async function buildOne(item, moduleFolder, folder) {
  if (item.embed !== undefined) await copyEmbedded(item.embed, moduleFolder);
  const linkerFlags = `-s -w ${item.linkerFlags ?? ""}`;
  const output = join(folder, item.binary);
  const result = await run(
    "go",
    [
      "build",
      "-mod=readonly",
      "-buildvcs=false",
      "-p=2",
      "-trimpath",
      "-ldflags",
      linkerFlags,
      "-o",
      output,
      item.package,
    ],
    { cwd: moduleFolder, env: goEnvironment() },
  );
  if (result.code === 0) return;
  const tail = result.stderr.trim().split("\n").slice(-15).join("\n");
  throw new InstallError(
    `building ${item.binary} from tools/modules/${item.module} failed:\n${tail}`,
  );
}

/**
 * @param {import("./manifest.mjs").Embed} embed
 * @param {string} moduleFolder
 */
async function copyEmbedded(embed, moduleFolder) {
  const source = await downloadModule(embed.module, moduleFolder);
  for (const file of embed.files) {
    const target = join(moduleFolder, file);
    // The module cache is read-only and so would be the copy: remove an earlier one first.
    rmSync(target, { force: true });
    copyFileSync(join(source, embed.folder, file), target);
  }
}

/**
 * Puts folders of a Go module into a folder: files that nothing is built of, such as a chart.
 * @param {GoFiles} source
 * @param {string} folder
 * @param {string} minimumGo
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no Go new enough
 * @throws {InstallError} where the module cannot be had, or lacks a folder
 */
export async function copyFolders(source, folder, minimumGo) {
  const moduleFolder = join(modules, source.module);
  await requireGo(moduleFolder, minimumGo);
  const from = await downloadModule(source.package, moduleFolder);
  for (const [path, name] of Object.entries(source.folders)) {
    const target = join(folder, name);
    try {
      cpSync(join(from, path), target, { recursive: true });
    } catch (error) {
      throw new InstallError(`${source.package} holds no ${path}: ${String(error)}`);
    }
    // The module cache is read-only; what is copied can be taken away again.
    for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
    }
    chmodSync(target, 0o755);
  }
}

/**
 * @param {string} name
 * @param {string} moduleFolder whose go.sum says what its sources are
 * @returns {Promise<string>} the folder of its sources, which is read-only
 */
async function downloadModule(name, moduleFolder) {
  const result = await run("go", ["mod", "download", "-json", name], {
    cwd: moduleFolder,
    env: goEnvironment(),
  });
  if (result.code !== 0) {
    throw new InstallError(
      `the Go module ${name} cannot be had: ${result.stdout}${result.stderr.trim()}`,
    );
  }
  /** @type {{ Dir: string }} */
  const { Dir: source } = JSON.parse(result.stdout);
  return source;
}

/** @returns {NodeJS.ProcessEnv} */
function goEnvironment() {
  // A go.work above the clone would replace the pinned modules.
  return { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
}
