// Finds or makes the tools a command needs, in one order: PATH, the cache, the official binary, a build.

import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { build, copyFolders, goVersionOf } from "./build.mjs";
import { holdsAll, publish, toolFolder } from "./cache.mjs";
import { buildCrate, cargoVersionOf } from "./cargo.mjs";
import { debianRelease, unpackPackages } from "./debian.mjs";
import { Unavailable, download, isReachable } from "./download.mjs";
import { withLock } from "./lock.mjs";
import { InstallError, duration, say } from "./log.mjs";
import { compileAgainstJars, mavenVersionOf } from "./maven.mjs";
import { unpackArchive } from "./maven-archive.mjs";
import { candidateFolders, findOnPath, linkFolder, probeVersion } from "./path-tools.mjs";
import { installPackages, pythonVersionOf } from "./python.mjs";
import { unpackSchemas } from "./schemas.mjs";
import { unpackProgram } from "./wheel.mjs";

/**
 * @typedef {import("./manifest.mjs").Tool} Tool
 * @typedef {import("./manifest.mjs").Source} Source
 * @typedef {{ root: string, searchPath: string, excluded: string[], minimumGo: string }} Place where to look and to
 *   keep: the cache folder, the value of PATH, folders of PATH to leave out
 * @typedef {{ folders: Record<string, string>, searchPath: string[] }} Installed folder of each tool and of each
 *   binary by name, and the folders to put on PATH
 */

/** How each kind of source is announced. */
const words = {
  download: "official binary, SHA-256 as its publisher says",
  go: "built from its Go module",
  "go-files": "unpacked from its Go module",
  "python-package": "unpacked from its Python package, SHA-256 as pinned",
  "python-program": "binary out of a Python package, SHA-256 as pinned",
  debian: "unpacked from Debian's packages",
  pypi: "installed from Python's packages, SHA-256 as pinned",
  cargo: "built from its crates, SHA-256 as pinned",
  maven: "compiled against its jars, SHA-256 as pinned",
  "maven-archive": "unpacked from its archive in Maven's repository, SHA-256 as pinned",
};

/**
 * @param {Record<string, Tool>} tools
 * @param {Place} place
 * @returns {Promise<Installed>}
 * @throws {InstallError} where a tool can be had in no way
 */
export async function ensureTools(tools, place) {
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @type {[string, Tool][]} */
  const missing = [];
  for (const [name, tool] of Object.entries(tools)) {
    const { folder, refused } = await locate(name, tool, place);
    if (folder !== undefined) {
      found.set(name, folder);
      continue;
    }
    for (const reason of refused) say(reason);
    missing.push([name, tool]);
  }
  if (missing.length > 0) await installAll(missing, place, found);
  return describe(tools, found);
}

/**
 * Where a tool is already: on PATH in a good version, or in the cache from any of its sources.
 * @param {string} name
 * @param {Tool} tool
 * @param {Place} place
 * @returns {Promise<{ folder: string | undefined, refused: string[] }>}
 */
export async function locate(name, tool, place) {
  const folders = candidateFolders(
    place.searchPath,
    (tool.folders ?? []).map(expandHome),
    place.excluded,
  );
  const memory = join(place.root, "tools", "versions-on-path.json");
  const { accepted, refused } = await findOnPath(tool, folders, memory);
  if (accepted !== undefined) {
    const programs = Object.fromEntries(
      tool.binaries.map((name) => [name, join(accepted.folder, name)]),
    );
    return { folder: await linkFolder(place.root, programs), refused };
  }
  return { folder: cached(name, tool, place), refused };
}

/**
 * @param {string} name
 * @param {Tool} tool
 * @param {Place} place
 * @returns {string | undefined}
 */
function cached(name, tool, place) {
  return tool.sources
    .map((source) => toolFolder(place.root, name, versionOf(source)))
    .find((folder) => holdsAll(folder, contents(tool)));
}

/**
 * @param {[string, Tool][]} missing
 * @param {Place} place
 * @param {Map<string, string>} found
 */
async function installAll(missing, place, found) {
  const start = Date.now();
  say(`tools to install: ${missing.map(([name]) => name).join(", ")}`);
  say(`they will be kept in ${join(place.root, "tools")}, for all clones`);
  await askHosts(missing);
  for (const [name, tool] of missing) found.set(name, await installTool(name, tool, place));
  say(`tools ready after ${duration(Date.now() - start)}`);
}

/**
 * Asks all publishers at once whether there is a way, so that the answer "no" costs one wait and not one each.
 * @param {[string, Tool][]} missing
 */
async function askHosts(missing) {
  const urls = missing
    .flatMap(([, tool]) => tool.sources)
    .flatMap((source) => (source.kind === "download" ? [source.url, source.checksum.url] : []));
  const origins = [...new Set(urls.map((url) => new URL(url).origin))];
  const start = Date.now();
  const answers = await Promise.all(origins.map((origin) => isReachable(origin)));
  const silent = origins.filter((_, position) => answers[position] === false);
  if (silent.length > 0) {
    say(
      `no way to ${silent.map((origin) => new URL(origin).host).join(", ")} from here (${duration(Date.now() - start)})`,
    );
  }
}

/**
 * @param {string} name
 * @param {Tool} tool
 * @param {Place} place
 * @returns {Promise<string>} its folder
 */
export async function installTool(name, tool, place) {
  return withLock(
    join(place.root, "tools", ".locks", name),
    async () => {
      const already = cached(name, tool, place);
      if (already !== undefined) return already;
      return installFrom(name, tool, place);
    },
    () => {
      say(`${name}: another process is installing it; waiting`);
    },
  );
}

/**
 * @param {string} name
 * @param {Tool} tool
 * @param {Place} place
 * @returns {Promise<string>}
 */
async function installFrom(name, tool, place) {
  /** @type {string[]} */
  const reasons = [];
  for (const source of tool.sources) {
    const start = Date.now();
    const target = toolFolder(place.root, name, versionOf(source));
    try {
      await publish(target, async (folder) => {
        await fill(tool, source, folder, place);
        await verify(name, tool, source, folder);
        const receipt = {
          tool: name,
          version: versionOf(source),
          source,
          milliseconds: Date.now() - start,
        };
        writeFileSync(join(folder, "receipt.json"), JSON.stringify(receipt, null, 2));
      });
      say(`${name} ${versionOf(source)}: ${words[source.kind]} in ${duration(Date.now() - start)}`);
      return target;
    } catch (error) {
      if (!(error instanceof Unavailable) && !(error instanceof InstallError)) throw error;
      // A download that is not what its publisher says is worth a line even where a build makes up for it.
      if (error instanceof InstallError) say(error.message);
      reasons.push(error.message);
    }
  }
  throw new InstallError(
    [`${name} can be had in no way:`, ...reasons, hint(name, tool)].join("\n  - "),
  );
}

/**
 * @param {Tool} tool
 * @param {Source} source
 * @param {string} folder
 * @param {Place} place
 * @returns {Promise<void>}
 */
function fill(tool, source, folder, place) {
  switch (source.kind) {
    case "download":
      return download(source, tool.binaries, folder);
    case "go":
      return build(source.builds, folder, place.minimumGo);
    case "go-files":
      return copyFolders(source, folder, place.minimumGo);
    case "python-package":
      return unpackSchemas(source, folder);
    case "python-program":
      return unpackProgram(source, onlyBinary(tool), folder);
    case "debian":
      return unpackPackages(source, tool.binaries, folder, join(place.root, "debian"));
    case "pypi":
      return installPackages(source, tool.binaries, folder);
    case "cargo":
      return buildCrate(source, tool.binaries, folder, join(place.root, "cargo"));
    case "maven":
      return compileAgainstJars(source, folder, join(place.root, "maven"));
    case "maven-archive": {
      const [scratch, debian] = [join(place.root, "maven"), join(place.root, "debian")];
      return unpackArchive(source, tool.binaries, folder, scratch, debian);
    }
  }
}

/**
 * @param {Tool} tool
 * @returns {string}
 * @throws {InstallError} where it has several: a wheel's program is one file
 */
function onlyBinary({ binaries: [first, ...others] }) {
  if (first !== undefined && others.length === 0) return first;
  throw new InstallError(`a Python package brings one program, not ${others.length + 1}`);
}

/**
 * @param {string} name
 * @param {Tool} tool
 * @param {Source} source
 * @param {string} folder
 */
async function verify(name, tool, source, folder) {
  const absent = contents(tool).filter((file) => !holdsAll(folder, [file]));
  if (absent.length > 0)
    throw new InstallError(`${name}: ${absent.join(", ")} did not come with it`);
  if (tool.probe === undefined) return;
  // All that take libraries from Debian are asked: each may lack one of its own. Of the others, a set comes from one
  // publisher.
  const each = source.kind === "debian" || source.kind === "maven-archive";
  const binaries = each ? tool.binaries : tool.binaries.slice(0, 1);
  for (const binary of binaries) {
    const version = await probeVersion(join(folder, binary), tool.probe);
    const good = source.kind === "debian" ? version !== undefined : version === source.version;
    if (good) continue;
    throw new InstallError(
      `${binary} says it is ${version ?? "no version"}, expected ${source.version}`,
    );
  }
}

/**
 * @param {Record<string, Tool>} tools
 * @param {Map<string, string>} found
 * @returns {Installed}
 */
function describe(tools, found) {
  /** @type {Record<string, string>} */
  const folders = {};
  /** @type {Set<string>} */
  const searchPath = new Set();
  for (const [name, folder] of found) {
    folders[name] = folder;
    const binaries = tools[name]?.binaries ?? [];
    for (const binary of binaries) folders[binary] = folder;
    if (binaries.length > 0) searchPath.add(folder);
  }
  return { folders, searchPath: [...searchPath] };
}

/**
 * @param {string} name
 * @param {Tool} tool
 * @returns {string}
 */
function hint(name, tool) {
  const range =
    tool.probe === undefined ? "" : ` (${tool.probe.atLeast} or newer, below ${tool.probe.below})`;
  return `to mend: put ${tool.binaries.join(", ") || name}${range} on PATH, or give this machine a way to one of the above`;
}

/**
 * @param {Tool} tool
 * @returns {string[]}
 */
function contents(tool) {
  return [...tool.binaries, ...(tool.files ?? [])];
}

/**
 * @param {Source} source
 * @returns {string}
 */
function versionOf(source) {
  if (source.kind === "go") return goVersionOf(source);
  if (source.kind === "pypi") return pythonVersionOf(source);
  if (source.kind === "cargo") return cargoVersionOf(source);
  if (source.kind === "maven") return mavenVersionOf(source);
  return source.kind === "debian" ? debianRelease() : source.version;
}

/**
 * @param {string} folder
 * @returns {string}
 */
function expandHome(folder) {
  return folder.replace(/^~(?=\/)/, homedir());
}
