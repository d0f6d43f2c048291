// Programs of our own around a Rust library, built with cargo from the crates that their Cargo.lock pins, each with its
// SHA-256. There is no other way to them, so that whoever runs the tests needs Rust.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/** @typedef {import("./manifest.mjs").CargoSource} CargoSource */

const modules = fileURLToPath(new URL("../modules/", import.meta.url));

/**
 * The version's name in the cache: it changes with the program, whose number is its library's.
 * @param {CargoSource} source
 * @returns {string} such as `0.34.0-0123456789ab`
 */
export function cargoVersionOf({ version, module }) {
  const folder = join(modules, module);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(rs|toml|lock)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return `${version}-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * Builds binaries into a folder.
 * @param {CargoSource} source
 * @param {readonly string[]} binaries
 * @param {string} folder
 * @param {string} scratch where the intermediate results of a build lie, some 500 MB, until it has ended
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no Rust new enough
 * @throws {InstallError} where the build fails
 */
export async function buildCrate(source, binaries, folder, scratch) {
  const moduleFolder = join(modules, source.module);
  await requireRust(source, moduleFolder);
  mkdirSync(scratch, { recursive: true });
  const target = mkdtempSync(join(scratch, `${source.module}-`));
  try {
    await withProgress(`building ${binaries.join(", ")} from its crates`, () =>
      buildIn(target, source, moduleFolder),
    );
    for (const binary of binaries) {
      copyFileSync(join(target, "release", binary), join(folder, binary));
    }
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

/**
 * @param {string} target
 * @param {CargoSource} source
 * @param {string} moduleFolder
 */
async function buildIn(target, { module }, moduleFolder) {
  const result = await run(
    "cargo",
    ["build", "--release", "--locked", "--quiet", "--target-dir", target],
    { cwd: moduleFolder },
  );
  if (result.code === 0) return;
  const tail = result.stderr.trim().split("\n").slice(-15).join("\n");
  throw new InstallError(`building from tools/modules/${module} failed:\n${tail}`);
}

/**
 * @param {CargoSource} source
 * @param {string} moduleFolder
 */
async function requireRust({ rust }, moduleFolder) {
  // Asked inside the module, where a toolchain that is chosen by the folder answers.
  const [compiler, builder] = await Promise.all(
    ["rustc", "cargo"].map((program) => run(program, ["--version"], { cwd: moduleFolder })),
  );
  const version = /^rustc (\S+)/.exec(compiler?.stdout ?? "")?.[1] ?? "";
  if (builder?.code === 0 && isAtLeast(version, rust)) return;
  const found = version === "" ? "there is none on PATH" : `found ${version}`;
  const lacks = builder?.code === 0 ? "" : ", and there is no cargo";
  throw new Unavailable(
    `a build needs Rust ${rust} or newer with its cargo (${found}${lacks}; see https://rustup.rs/)`,
  );
}
