// The last resort: a build from the Go modules pinned under tools/modules, whose go.sum says what their sources are.

import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/** @typedef {import("./manifest.mjs").GoBuild} GoBuild */

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
  const result = await run("go", ["mod", "download", "-json", embed.module], {
    cwd: moduleFolder,
    env: goEnvironment(),
  });
  if (result.code !== 0) {
    throw new InstallError(
      `the Go module ${embed.module} cannot be had: ${result.stdout}${result.stderr.trim()}`,
    );
  }
  /** @type {{ Dir: string }} */
  const { Dir: source } = JSON.parse(result.stdout);
  for (const file of embed.files) {
    const target = join(moduleFolder, file);
    // The module cache is read-only and so would be the copy: remove an earlier one first.
    rmSync(target, { force: true });
    copyFileSync(join(source, embed.folder, file), target);
  }
}

/** @returns {NodeJS.ProcessEnv} */
function goEnvironment() {
  // A go.work above the clone would replace the pinned modules.
  return { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
}
