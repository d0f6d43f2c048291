// Server programs out of Debian's packages, unpacked into the cache with the libraries this machine lacks.
// apt's lists and archives are our own folders, so that nothing here needs root or changes the system.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
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
  mkdirSync(join(archives, "partial"), { recursive: true });
  await withProgress(`fetching the packages ${source.packages.join(", ")}`, () =>
    fetchPackages(source.packages, archives, work),
  );
  const root = join(folder, "root");
  mkdirSync(root);
  for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
    const result = await run("dpkg", ["-x", join(archives, name), root]);
    if (result.code !== 0)
      throw new InstallError(`dpkg cannot unpack ${name}: ${result.stderr.trim()}`);
  }
  await run("rm", ["-rf", archives]);
  for (const binary of binaries) writeStarter(folder, root, binary);
}

/**
 * @param {readonly string[]} packages
 * @param {string} archives
 * @param {string} work
 */
async function fetchPackages(packages, archives, work) {
  for (const part of ["lists/partial", "cache"]) mkdirSync(join(work, part), { recursive: true });
  const settings = [
    `Dir::State::Lists=${join(work, "lists")}`,
    `Dir::Cache=${join(work, "cache")}`,
    `Dir::Cache::Archives=${archives}`,
    "Debug::NoLocking=true",
    "APT::Sandbox::User=root",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=10",
    "Acquire::https::Timeout=10",
  ].flatMap((setting) => ["-o", setting]);
  const update = await run("apt-get", [...settings, "-q", "update"]);
  if (update.code === 127) throw new Unavailable("there is no apt-get here");
  // One source of several that does not answer makes update fail; what counts is whether the packages are to be had.
  const result = await run("apt-get", [
    ...settings,
    ...["-q", "-y", "--no-install-recommends", "--download-only", "install"],
    ...packages,
  ]);
  if (result.code === 0) return;
  throw new Unavailable(`apt-get cannot fetch ${packages.join(", ")}: ${lastLine(result.stderr)}`);
}

/**
 * @param {string} folder
 * @param {string} root
 * @param {string} binary
 */
function writeStarter(folder, root, binary) {
  const program = findProgram(root, binary);
  if (program === undefined)
    throw new InstallError(`the Debian packages hold no program '${binary}'`);
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
