// Tools that the user already has: found on PATH, asked for their version, accepted or refused with the reason.

import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { delimiter, isAbsolute, join, sep } from "node:path";

import { publish, writeWhole } from "./cache.mjs";
import { lateCode, run } from "./process.mjs";
import { inRange } from "./versions.mjs";

/**
 * @typedef {import("./manifest.mjs").Tool} Tool
 * @typedef {import("./manifest.mjs").Probe} Probe
 * @typedef {{ folder: string, version: string }} Accepted
 * @typedef {{ accepted: Accepted | undefined, refused: string[] }} PathResult
 */

/** A tool that does not answer its version within this time is not used. */
const probeMilliseconds = 10_000;

/**
 * The folders to look in: PATH, then the tool's own places, without those under `excluded` (the cache itself and
 * node_modules, whose contents are no choice of the user's).
 * @param {string} searchPath the value of PATH
 * @param {readonly string[]} places absolute, the last folder names may be `*`
 * @param {readonly string[]} excluded
 * @returns {string[]}
 */
export function candidateFolders(searchPath, places, excluded) {
  const all = [
    ...searchPath.split(delimiter).filter((folder) => isAbsolute(folder)),
    ...places.flatMap(expandPlace),
  ];
  const outside = (/** @type {string} */ folder) =>
    !excluded.some((root) => folder === root || folder.startsWith(root + sep));
  // /bin is often a link to /usr/bin: one question is enough.
  /** @type {Map<string, string>} */
  const byRealPath = new Map();
  for (const folder of all) {
    if (!existsSync(folder) || !outside(folder)) continue;
    const real = realpathSync(folder);
    if (!byRealPath.has(real)) byRealPath.set(real, folder);
  }
  return [...byRealPath.values()];
}

/**
 * Looks for a folder that holds all of a tool's binaries in a version of the accepted range. Answers of earlier runs
 * are remembered by path, size and time of change, so that the usual run asks no program anything.
 * @param {Tool} tool
 * @param {string[]} folders
 * @param {string} memoryFile
 * @returns {Promise<PathResult>}
 */
export async function findOnPath(tool, folders, memoryFile) {
  /** @type {string[]} */
  const refused = [];
  const probe = tool.probe;
  if (probe === undefined) return { accepted: undefined, refused };
  for (const folder of folders) {
    if (!tool.binaries.every((binary) => isProgram(join(folder, binary)))) continue;
    const program = join(folder, /** @type {string} */ (tool.binaries[0]));
    const version = await rememberedVersion(program, probe, memoryFile);
    if (version !== undefined && inRange(version, probe)) {
      return { accepted: { folder, version }, refused };
    }
    const found = version ?? "does not say its version";
    refused.push(
      `${program} (${found}) refused: wanted ${probe.atLeast} or newer, below ${probe.below}`,
    );
  }
  return { accepted: undefined, refused };
}

/**
 * A folder with nothing but links to the given programs: a user's folder such as /usr/bin cannot be put in front of
 * PATH without bringing all its other programs in front as well.
 * @param {string} root the cache
 * @param {Record<string, string>} programs name → path
 * @returns {Promise<string>}
 */
export async function linkFolder(root, programs) {
  const entries = Object.entries(programs);
  const key = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 16);
  const folder = join(root, "links", key);
  if (entries.every(([name]) => existsSync(join(folder, name)))) return folder;
  await publish(folder, (temporary) => {
    for (const [name, path] of entries) symlinkSync(path, join(temporary, name));
    return Promise.resolve();
  });
  return folder;
}

/**
 * @param {string} program
 * @param {Probe} probe
 * @returns {Promise<string | undefined>} undefined where it fails, hangs, or prints no version
 */
export async function probeVersion(program, probe) {
  const { version } = await askVersion(program, probe);
  return version;
}

/**
 * @param {string} program
 * @param {Probe} probe
 * @returns {Promise<{ version: string | undefined, isLate: boolean }>} `isLate`: it was ended before it had answered
 */
async function askVersion(program, probe) {
  const { code, stderr, stdout } = await run(program, probe.arguments, {
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMilliseconds: probe.seconds === undefined ? probeMilliseconds : probe.seconds * 1000,
  });
  const version =
    code === 0 ? new RegExp(probe.pattern, "m").exec(stdout + stderr)?.[1] : undefined;
  return { version, isLate: code === lateCode };
}

/**
 * @param {string} program
 * @param {Probe} probe
 * @param {string} memoryFile
 * @returns {Promise<string | undefined>}
 */
async function rememberedVersion(program, probe, memoryFile) {
  const real = realpathSync(program);
  const stats = statSync(real);
  const key = `${real}|${stats.size}|${stats.mtimeMs}|${probe.arguments.join(" ")}|${probe.pattern}`;
  const memory = readMemory(memoryFile);
  const known = memory[key];
  if (known !== undefined) return known === "" ? undefined : known;
  const { version, isLate } = await askVersion(program, probe);
  // On a machine that is busy just now a good program is late, too: for that it is not refused for good.
  if (isLate) return undefined;
  try {
    writeWhole(memoryFile, JSON.stringify({ ...memory, [key]: version ?? "" }, null, 1));
  } catch {
    // A cache that can only be read, filled by somebody else, has the tools all the same: the next run asks again.
  }
  return version;
}

/**
 * @param {string} memoryFile
 * @returns {Record<string, string>}
 */
function readMemory(memoryFile) {
  try {
    return /** @type {Record<string, string>} */ (JSON.parse(readFileSync(memoryFile, "utf8")));
  } catch {
    return {};
  }
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} place
 * @returns {string[]} the folders that exist, the highest name first
 */
function expandPlace(place) {
  const star = place.indexOf("*");
  if (star < 0) return [place];
  const base = place.slice(0, star);
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .sort((left, right) => right.localeCompare(left, "en", { numeric: true }))
    .map((name) => base + name + place.slice(star + 1))
    .filter((folder) => existsSync(folder));
}
