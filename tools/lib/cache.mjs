// The user's cache folder, shared by all clones. A tool's folder appears there whole, by one rename, or not at all.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

import { InstallError } from "./log.mjs";
import { ownerAlive, ownerName } from "./owner.mjs";

const unfinished = ".unfinished-";

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string} `FLEET_CACHE_DIR`, else `fleet` below `XDG_CACHE_HOME`, else `~/.cache/fleet`
 * @throws {InstallError} where `FLEET_CACHE_DIR` is a relative path, which would mean another folder in each command
 */
export function cacheRoot(environment) {
  const own = environment["FLEET_CACHE_DIR"] ?? "";
  if (own !== "") {
    if (isAbsolute(own)) return own;
    throw new InstallError(`FLEET_CACHE_DIR is '${own}': expected an absolute path.`);
  }
  const shared = environment["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(shared) ? shared : join(homedir(), ".cache"), "fleet");
}

/** @returns {string} such as `linux-x64`, in Node's words */
export function platformName() {
  return `${process.platform}-${process.arch}`;
}

/**
 * @param {string} root
 * @param {string} tool
 * @param {string} version
 * @returns {string}
 */
export function toolFolder(root, tool, version) {
  return join(root, "tools", tool, `${version}-${platformName()}`);
}

/**
 * @param {string} folder
 * @param {readonly string[]} files
 * @returns {boolean} whether every file is there
 */
export function holdsAll(folder, files) {
  return files.every((file) => existsSync(join(folder, file)));
}

/**
 * Fills a folder beside `target` and renames it to `target` when `fill` has finished: killed at any time, nothing
 * half-made bears the final name. Leavings of dead processes are removed.
 * @param {string} target
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<void>}
 */
export async function publish(target, fill) {
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  removeLeavings(parent);
  const temporary = join(parent, `${unfinished}${ownerName()}`);
  mkdirSync(temporary);
  try {
    await fill(temporary);
    putInPlace(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * A folder without all its files (someone emptied it by hand) must not stay in the way of the rename; nor one that another
 * process has put there meanwhile. What is in the way goes aside in one step: nobody finds it half removed.
 * @param {string} temporary
 * @param {string} target
 */
function putInPlace(temporary, target) {
  const aside = join(dirname(target), `${unfinished}${ownerName()}`);
  for (let left = 100; ; left -= 1) {
    try {
      renameSync(temporary, target);
      return;
    } catch (error) {
      if (left === 0 || !isInTheWay(error)) throw error;
    }
    try {
      renameSync(target, aside);
    } catch {
      // Somebody else was faster: the next try tells.
    }
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * @param {unknown} error
 * @returns {boolean} whether it is of a rename to a folder that is not empty, or to a file
 */
function isInTheWay(error) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR";
}

/**
 * Removes unfinished folders whose makers are dead.
 * @param {string} parent
 */
export function removeLeavings(parent) {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(unfinished)) continue;
    const stats = statSync(join(parent, name), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (ownerAlive(name.slice(unfinished.length), Date.now() - stats.mtimeMs)) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/**
 * Replaces a small file at once: a reader sees the old or the new text, never a part.
 * @param {string} path
 * @param {string} text
 */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${ownerName()}`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
