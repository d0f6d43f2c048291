// The last resort: a build from the Go modules pinned under tools/modules, whose go.sum says what their sources are.

import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/** @typedef {import("./manifest.mjs").Changes} Changes */
/** @typedef {import("./manifest.mjs").GoBuild} GoBuild */
/** @typedef {import("./manifest.mjs").GoFiles} GoFiles */
/** @typedef {import("./manifest.mjs").GoSource} GoSource */

const modules = fileURLToPath(new URL("../modules/", import.meta.url));

/**
 * A source's version as the cache keeps it: what is built of other sources is another tool.
 * @param {GoSource} source
 * @returns {string}
 */
export function goVersionOf(source) {
  const changes = source.builds.flatMap((item) => item.changes ?? []);
  if (changes.length === 0) return source.version;
  const digest = createHash("sha256").update(JSON.stringify(changes)).digest("hex");
  return `${source.version}-${digest.slice(0, 12)}`;
}

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
  // What nobody keeps is beside what is built: it goes with it where the build breaks off.
  const scratch = join(folder, ".sources");
  const modfile =
    item.changes === undefined ? [] : await changedSources(item.changes, moduleFolder, scratch);
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
      ...modfile,
      item.package,
    ],
    { cwd: moduleFolder, env: goEnvironment() },
  );
  rmSync(scratch, { recursive: true, force: true });
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
 * Puts a module's sources into a folder, with what is changed about them, and beside them a go.mod that takes them.
 * Go lets no overlay reach into the module cache.
 * @param {Changes} changes
 * @param {string} moduleFolder whose go.sum says what the sources are before they are changed
 * @param {string} scratch
 * @returns {Promise<string[]>} the words by which a build finds them
 */
async function changedSources(changes, moduleFolder, scratch) {
  const source = await downloadModule(changes.module, moduleFolder);
  const copy = join(scratch, "module");
  copyWritable(source, copy);
  const path = join(copy, changes.file);
  writeFileSync(path, changedText(readFileSync(path, "utf8"), changes));
  const modfile = join(scratch, "go.mod");
  copyFileSync(join(moduleFolder, "go.mod"), modfile);
  copyFileSync(join(moduleFolder, "go.sum"), join(scratch, "go.sum"));
  appendFileSync(modfile, `\nreplace ${changes.module} => ${JSON.stringify(copy)}\n`);
  return [`-modfile=${modfile}`];
}

/**
 * @param {string} text of the file that is changed
 * @param {Changes} changes
 * @returns {string}
 * @throws {InstallError} where a text is not there, or more than once: another version of the module, which nobody has
 *   read, would be built as it is
 */
export function changedText(text, { module, file, replace }) {
  return Object.entries(replace).reduce((before, [from, to]) => {
    const parts = before.split(from);
    if (parts.length === 2) return parts.join(to);
    throw new InstallError(
      `${module} has «${from}» ${parts.length - 1} times in ${file}, and not once: see what its version does, and what tools.json is to change about it`,
    );
  }, text);
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
      copyWritable(join(from, path), target);
    } catch (error) {
      throw new InstallError(`${source.package} holds no ${path}: ${String(error)}`);
    }
  }
}

/**
 * The module cache is read-only; what is copied out of it can be changed, and taken away again.
 * @param {string} from
 * @param {string} target
 */
function copyWritable(from, target) {
  cpSync(from, target, { recursive: true });
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
  chmodSync(target, 0o755);
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
