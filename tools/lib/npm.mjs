// The npm packages of the clone, and a Node new enough to run its TypeScript.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

import { platformName, writeWhole } from "./cache.mjs";
import { withLock } from "./lock.mjs";
import { InstallError, duration, say, withProgress } from "./log.mjs";
import { run } from "./process.mjs";
import { isAtLeast } from "./versions.mjs";

/**
 * @typedef {import("./manifest.mjs").Requirements} Requirements
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }}
 *   LockEntry
 * @typedef {{ packages?: Record<string, LockEntry> }} LockFile
 */

/**
 * Makes node_modules what package-lock.json says; does nothing where the stamp says that it is so.
 * @param {string} clone
 * @param {string} root the cache, for the lock against a second run in the same clone
 * @param {Requirements} requires
 * @returns {Promise<void>}
 */
export async function ensurePackages(clone, root, requires) {
  if (isStamped(clone)) return;
  const key = createHash("sha256").update(realpathSync(clone)).digest("hex").slice(0, 16);
  await withLock(
    join(root, "npm-locks", key),
    async (hold) => {
      if (isStamped(clone)) return;
      if (!matchesLock(clone)) await install(clone, requires, hold);
      writeWhole(stampPath(clone), stampText(clone));
    },
    () => {
      say("another process is installing the npm packages; waiting");
    },
  );
}

/**
 * The Node that runs TypeScript: the one that runs this file where it is new enough, else the one that came as an npm
 * package.
 * @param {string} clone
 * @param {Requirements} requires
 * @returns {string} the program's path
 */
export function programNode(clone, requires) {
  if (isAtLeast(process.versions.node, requires.programNode)) return process.execPath;
  const program = join(clone, "node_modules", ".bin", "node");
  if (existsSync(program)) {
    const about = join(dirname(realpathSync(program)), "..", "package.json");
    /** @type {{ version?: string }} */
    const { version } = JSON.parse(readFileSync(about, "utf8"));
    if (version !== undefined && isAtLeast(version, requires.programNode)) return program;
  }
  throw new InstallError(
    `Node ${requires.programNode} or newer is needed: this is ${process.versions.node}, and no npm package carries ` +
      `one for ${platformName()}. Install it from https://nodejs.org and run the command again.`,
  );
}

/**
 * Whether an installed tree is what the lock file says, so that packages a user installed with npm are left alone.
 * npm writes the tree's own lock file last: without it an installation was broken off.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile} present node_modules/.package-lock.json
 * @param {{ os: string, cpu: string, libc: string }} platform
 * @returns {boolean}
 */
export function treeMatches(wanted, present, platform) {
  const want = wanted.packages ?? {};
  const have = present.packages ?? {};
  for (const [path, entry] of Object.entries(have)) {
    const locked = want[path];
    if (locked === undefined || locked.version !== entry.version) return false;
    if (
      locked.integrity !== undefined &&
      entry.integrity !== undefined &&
      locked.integrity !== entry.integrity
    ) {
      return false;
    }
  }
  return Object.entries(want).every(
    ([path, entry]) => path === "" || have[path] !== undefined || mayBeAbsent(entry, platform),
  );
}

/**
 * @param {LockEntry} entry
 * @param {{ os: string, cpu: string, libc: string }} platform
 * @returns {boolean}
 */
function mayBeAbsent(entry, platform) {
  if (entry.optional !== true) return false;
  const fits = (/** @type {string[] | undefined} */ allowed, /** @type {string} */ own) =>
    allowed === undefined || allowed.includes(own);
  const bound = entry.os !== undefined || entry.cpu !== undefined || entry.libc !== undefined;
  return !(
    bound &&
    fits(entry.os, platform.os) &&
    fits(entry.cpu, platform.cpu) &&
    fits(entry.libc, platform.libc)
  );
}

/**
 * @param {string} clone
 * @param {Requirements} requires
 * @param {(pid: number) => void} hold keeps the lock while npm runs: two of them in one folder undo each other
 */
async function install(clone, requires, hold) {
  const answer = await run("npm", ["--version"], { cwd: clone });
  const version = answer.stdout.trim();
  if (answer.code !== 0 || !isAtLeast(version, requires.npm)) {
    const found = answer.code === 0 ? `found ${version}` : "there is none on PATH";
    throw new InstallError(
      `npm ${requires.npm} or newer is needed (${found}); it comes with Node, https://nodejs.org.`,
    );
  }
  const start = Date.now();
  say("installing the npm packages of package-lock.json");
  const result = await withProgress("npm ci", () =>
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: clone,
      onStart: hold,
    }),
  );
  if (result.code !== 0) throw new InstallError(`npm ci failed:\n${result.stderr.trim()}`);
  say(`npm packages installed in ${duration(Date.now() - start)}`);
}

/**
 * @param {string} clone
 * @returns {boolean}
 */
function matchesLock(clone) {
  const present = join(clone, "node_modules", ".package-lock.json");
  if (!existsSync(present)) return false;
  const header = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  ).header;
  const platform = {
    os: process.platform,
    cpu: process.arch,
    libc: header?.glibcVersionRuntime === undefined ? "musl" : "glibc",
  };
  /** @type {LockFile} */
  const wanted = JSON.parse(readFileSync(join(clone, "package-lock.json"), "utf8"));
  /** @type {LockFile} */
  const tree = JSON.parse(readFileSync(present, "utf8"));
  const folders = Object.keys(tree.packages ?? {});
  return (
    treeMatches(wanted, tree, platform) &&
    folders.every((path) => existsSync(join(clone, path, "package.json")))
  );
}

/**
 * @param {string} clone
 * @returns {boolean}
 */
function isStamped(clone) {
  try {
    return readFileSync(stampPath(clone), "utf8") === stampText(clone);
  } catch {
    return false;
  }
}

/**
 * @param {string} clone
 * @returns {string}
 */
function stampPath(clone) {
  return join(clone, "node_modules", ".fleet-installed");
}

/**
 * @param {string} clone
 * @returns {string}
 */
function stampText(clone) {
  const lock = createHash("sha256")
    .update(readFileSync(join(clone, "package-lock.json")))
    .digest("hex");
  return `${lock} ${platformName()}\n`;
}
