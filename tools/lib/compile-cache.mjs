// Node's cache of compiled programs, kept from growing for ever: Node writes an entry for each path that it ever loads
// a file from, and takes none out. Checkouts in temporary folders leave hundreds of them each.

import { readdir, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const day = 24 * 60 * 60 * 1000;

/** Such as `v24.21.0-x64-964aae3f-1000`: one for each Node, machine and user. */
const folderOfNode = /^v\d+\.\d+\.\d+.*-/;

/** Its time is that of the last look at how long entries have been idle. */
const stamp = ".looked-at";

/** As many at a time as there are threads for files. */
const together = 4;

/**
 * @typedef {object} Bounds
 * @property {number} most entries above which the longest idle ones go; a clone has some 2,000, of 7 KB each
 * @property {number} left how many of them stay then: fewer, so that the next look is not the next run
 * @property {number} idleDays after which an entry goes in any case. A file system that notes no reading counts from
 *   the entry's making, and then everything is compiled anew once in that time
 */

/** @type {Bounds} */
export const usualBounds = { most: 30_000, left: 20_000, idleDays: 14 };

/**
 * Takes out of the cache what nobody has used for long, and what is too much. An entry that is gone is compiled and
 * written anew, so nobody is harmed who has the cache in use: other commands, other clones, and others who do this.
 *
 * Meant for who waits for something else. Most times it lists the folders and no more; once a day, or where there are
 * too many entries, it looks at each.
 * @param {string} folder `NODE_COMPILE_CACHE`; need not be there
 * @param {AbortSignal} signal when to stop: the next call goes on
 * @param {Bounds} [bounds]
 * @returns {Promise<void>}
 * @throws where a folder cannot be read, or an entry cannot be removed
 */
export async function boundCompileCache(folder, signal, bounds = usualBounds) {
  const paths = await entriesIn(folder);
  const now = Date.now();
  const isMany = paths.length > bounds.most;
  if (paths.length === 0 || !(isMany || now - (await lastUse(join(folder, stamp))) > day)) return;
  /** @type {{ path: string, used: number }[]} */
  const entries = [];
  await forEach(paths, signal, async (path) => {
    entries.push({ path, used: await lastUse(path) });
  });
  if (signal.aborted) return;
  entries.sort((one, other) => other.used - one.used);
  const idle = now - bounds.idleDays * day;
  const kept = isMany ? bounds.left : bounds.most;
  const gone = entries.filter(({ used }, index) => index >= kept || used < idle);
  // The longest idle first: where this is stopped, the others are worth more.
  await forEach(gone.reverse(), signal, ({ path }) => rm(path, { force: true }));
  if (signal.aborted) return;
  await removeEmptied(folder);
  await touch(join(folder, stamp));
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} paths of all entries
 */
async function entriesIn(folder) {
  const folders = await foldersIn(folder);
  const all = await Promise.all(
    folders.map(async (name) => (await listed(name)).map((entry) => join(name, entry.name))),
  );
  return all.flat();
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>} paths of the folders that Node made in it
 */
async function foldersIn(folder) {
  return (await listed(folder))
    .filter((entry) => entry.isDirectory() && folderOfNode.test(entry.name))
    .map(({ name }) => join(folder, name));
}

/**
 * @param {string} folder
 * @returns {Promise<import("node:fs").Dirent[]>} nothing where the folder is gone
 */
async function listed(folder) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    return ignoring(error, ["ENOENT"], []);
  }
}

/**
 * @param {string} path
 * @returns {Promise<number>} when it was read or written last; 0 where it is gone
 */
async function lastUse(path) {
  try {
    const { atimeMs, mtimeMs } = await stat(path);
    return Math.max(atimeMs, mtimeMs);
  } catch (error) {
    return ignoring(error, ["ENOENT"], 0);
  }
}

/** @param {string} folder */
async function removeEmptied(folder) {
  for (const name of await foldersIn(folder)) {
    try {
      await rmdir(name);
    } catch (error) {
      ignoring(error, ["ENOENT", "ENOTEMPTY", "EEXIST"], undefined);
    }
  }
}

/** @param {string} path */
async function touch(path) {
  await writeFile(path, "");
  // An empty file that is written anew keeps its time on some file systems.
  await utimes(path, new Date(), new Date());
}

/**
 * @template Value
 * @param {unknown} error
 * @param {readonly string[]} codes
 * @param {Value} value
 * @returns {Value}
 */
function ignoring(error, codes, value) {
  if (error instanceof Error && "code" in error && codes.includes(String(error.code))) return value;
  throw error;
}

/**
 * Some at a time, until all are done or the signal comes.
 * @template Item
 * @param {readonly Item[]} items
 * @param {AbortSignal} signal
 * @param {(item: Item) => Promise<void>} work
 */
async function forEach(items, signal, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length && !signal.aborted) {
      const item = items[next];
      next += 1;
      if (item !== undefined) await work(item);
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
}
