// Server programs out of Debian's packages, unpacked into the cache with the libraries this machine lacks.
// apt's lists and archives are our own folders, so that nothing here needs root or changes the system.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";

import { Unavailable } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";

/** @typedef {import("./manifest.mjs").DebianSource} DebianSource */

/**
 * The machine's release, such as `debian-12`: the packages fit no other.
 * @returns {string}
 */
export function debianRelease() {
  if (!existsSync("/etc/os-release")) return "debian";
  const text = readFileSync("/etc/os-release", "utf8");
  const value = (/** @type {string} */ key) =>
    new RegExp(`^${key}="?([\\w.]+)"?$`, "m").exec(text)?.[1] ?? "unknown";
  return `${value("ID")}-${value("VERSION_ID")}`;
}

/**
 * Fills a folder with `root/` (the packages' files) and one small program a binary, which starts the real one with
 * the libraries of `root/`.
 * @param {DebianSource} source
 * @param {readonly string[]} binaries
 * @param {string} folder
 * @param {string} work a folder for apt's lists
 * @returns {Promise<void>}
 * @throws {Unavailable} where this is no Debian-like system or its packages cannot be fetched
 */
export async function unpackPackages(source, binaries, folder, work) {
  const archives = join(folder, ".archives");
  mkdirSync(archives, { recursive: true });
  await withProgress(`fetching Debian's ${source.package}`, () =>
    fetchPackages([source.package], source.own, archives, work),
  );
  const root = join(folder, "root");
  await unpackAll(archives, root);
  for (const binary of binaries) writeStarter(folder, root, binary);
}

/**
 * Adds libraries of Debian to programs that are not Debian's: those that are not installed here, with what they need.
 * @param {readonly string[]} libraries names of packages
 * @param {string} root
 * @param {string} work a folder for apt's lists
 * @returns {Promise<void>}
 * @throws {Unavailable} where one is missing and cannot be fetched
 */
export async function addLibraries(libraries, root, work) {
  const installed = installedPackages(await dpkgStatus());
  const missing = libraries.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  const archives = join(root, ".archives");
  mkdirSync(archives, { recursive: true });
  await fetchPackages(missing, "^$", archives, work);
  await unpackAll(archives, root);
}

/**
 * Unpacks a folder of packages and takes it away.
 * @param {string} archives
 * @param {string} root
 */
async function unpackAll(archives, root) {
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    const result = await run("dpkg", ["-x", join(archives, name), root]);
    if (result.code !== 0)
      throw new InstallError(`dpkg cannot unpack ${name}: ${result.stderr.trim()}`);
  }
  rmSync(archives, { recursive: true });
}

/**
 * Fetches the packages and the libraries they need that are not installed here. The dependencies are worked out here
 * and not by `apt-get install`, which refuses on a system whose own packages are in disorder.
 * @param {readonly string[]} packages
 * @param {string} own a pattern for the names of the program's own packages
 * @param {string} archives
 * @param {string} work
 */
async function fetchPackages(packages, own, archives, work) {
  for (const part of ["lists/partial", "cache"]) mkdirSync(join(work, part), { recursive: true });
  const settings = [
    `Dir::State::Lists=${join(work, "lists")}`,
    `Dir::Cache=${join(work, "cache")}`,
    "Debug::NoLocking=true",
    "APT::Sandbox::User=root",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=10",
    "Acquire::https::Timeout=10",
  ].flatMap((setting) => ["-o", setting]);
  const update = await run("apt-get", [...settings, "-q", "update"]);
  if (update.code === 127) throw new Unavailable("there is no apt-get here");
  // One source of several that does not answer makes update fail; what counts is whether the packages are to be had.
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
  const depends = await run("apt-cache", [
    ...settings,
    ...["depends", "--recurse", ...only.map((word) => `--no-${word}`)],
    ...packages,
  ]);
  const names = neededPackages(depends.stdout, await dpkgStatus(), own);
  const result = await run("apt-get", [...settings, "-q", "download", ...names], { cwd: archives });
  if (result.code === 0 && names.length > 0) return;
  throw new Unavailable(`apt-get cannot fetch ${packages.join(", ")}: ${lastLine(result.stderr)}`);
}

/** @returns {Promise<string>} lines of `<name> <status>`; nothing where there is no dpkg */
const dpkgStatus = async () =>
  (await run("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n"])).stdout;

/**
 * @param {string} status lines of `<name> <status>`
 * @returns {Set<string>}
 */
const installedPackages = (status) =>
  new Set(
    status
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([, word]) => word === "installed")
      .map(([name = ""]) => name),
  );

/**
 * Out of the whole closure: the packages of the program itself, and the libraries not installed. Never the C library:
 * it must be the one of the running system's loader.
 * @param {string} closure what `apt-cache depends --recurse` prints: package names at the start of a line
 * @param {string} installed lines of `<name> <status>`
 * @param {string} own a pattern for the names of the program's own packages
 * @returns {string[]}
 */
export function neededPackages(closure, installed, own) {
  const present = installedPackages(installed);
  const names = closure.split("\n").filter((line) => /^[a-z0-9][a-z0-9.+-]*$/.test(line));
  const wanted = (/** @type {string} */ name) =>
    new RegExp(own).test(name) ||
    // Pages' scripts are called libraries, too; no program is linked with them.
    (/^lib(?!js-)/.test(name) && name !== "libc6" && !present.has(name));
  return [...new Set(names)].filter(wanted);
}

/**
 * @param {string} folder
 * @param {string} root
 * @param {string} binary
 * @throws {InstallError} where `root` does not hold it
 */
export function writeStarter(folder, root, binary) {
  const program = findProgram(root, binary);
  if (program === undefined) throw new InstallError(`the packages hold no program '${binary}'`);
  const libraries = libraryFolders(root).map((path) => `$here/${relative(folder, path)}`);
  const text = [
    "#!/bin/sh",
    'here=$(dirname "$(readlink -f "$0")")',
    `LD_LIBRARY_PATH="${libraries.join(":")}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    "export LD_LIBRARY_PATH",
    `exec "$here/${relative(folder, program)}" "$@"`,
    "",
  ].join("\n");
  writeFileSync(join(folder, binary), text);
  chmodSync(join(folder, binary), 0o755);
}

/**
 * @param {string} root
 * @param {string} binary
 * @returns {string | undefined} PostgreSQL's own folder first: its namesake in /usr/bin is a Perl script
 */
function findProgram(root, binary) {
  const postgres = join(root, "usr/lib/postgresql");
  const versions = existsSync(postgres) ? readdirSync(postgres) : [];
  const places = [
    ...versions.map((version) => join(postgres, version, "bin")),
    join(root, "usr/bin"),
    join(root, "usr/sbin"),
  ];
  return places.map((place) => join(place, binary)).find((path) => existsSync(path));
}

/**
 * @param {string} root
 * @returns {string[]} the folders that hold shared libraries, two levels deep at most
 */
function libraryFolders(root) {
  return ["usr/lib", "lib"]
    .map((name) => join(root, name))
    .filter((base) => existsSync(base))
    .flatMap((base) => [
      base,
      ...readdirSync(base, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(base, entry.name)),
    ])
    .filter((folder) => readdirSync(folder).some((name) => /\.so(\.|$)/.test(name)));
}

/**
 * @param {string} text
 * @returns {string}
 */
function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}
