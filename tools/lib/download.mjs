// Official binaries: fetched from the publisher, checked against the publisher's own SHA-256, never used unchecked.

import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

import { platformName } from "./cache.mjs";
import { InstallError } from "./log.mjs";
import { fillPattern } from "./manifest.mjs";
import { run } from "./process.mjs";

/**
 * @typedef {import("./manifest.mjs").DownloadSource} DownloadSource
 * @typedef {import("./manifest.mjs").Checksum} Checksum
 */

/** A host that has not answered by then is left alone for the rest of the run. */
const answerMilliseconds = 2_500;
/** A transfer that brings nothing for so long is given up. */
const stallMilliseconds = 30_000;

/** Thrown where a source has no way to the file; the next source is tried. */
export class Unavailable extends Error {}

/** Hosts asked in this run. @type {Map<string, Promise<boolean>>} */
const hosts = new Map();

/**
 * Whether a host answers at all, asked once a run.
 * @param {string} url
 * @returns {Promise<boolean>}
 */
export function isReachable(url) {
  const host = new URL(url).origin;
  let answer = hosts.get(host);
  if (answer === undefined) {
    answer = fetch(host, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(answerMilliseconds),
    })
      .then(() => true)
      .catch(() => false);
    hosts.set(host, answer);
  }
  return answer;
}

/**
 * Fetches a tool's binaries into a folder.
 * @param {DownloadSource} source
 * @param {string[]} binaries
 * @param {string} folder
 * @returns {Promise<void>}
 * @throws {Unavailable} where there is no way to the files
 * @throws {InstallError} where a file is not what its publisher says
 */
export async function download(source, binaries, folder) {
  const platform = platformName();
  if (!source.platforms.includes(platform)) {
    throw new Unavailable(`its publisher has no binary for ${platform}`);
  }
  const fill = (/** @type {string} */ pattern, /** @type {string} */ binary) =>
    fillPattern(pattern, { version: source.version, binary, platform });
  if (source.unpack !== undefined) {
    const url = fill(source.url, "");
    const archive = join(folder, ".archive");
    await fetchChecked(url, { ...source.checksum, url: fill(source.checksum.url, "") }, archive);
    await unpack(archive, fill(source.unpack, ""), folder);
    rmSync(archive);
  } else {
    for (const binary of binaries) {
      const url = fill(source.url, binary);
      const checksum = { ...source.checksum, url: fill(source.checksum.url, binary) };
      await fetchChecked(url, checksum, join(folder, binary));
    }
  }
  for (const binary of binaries) chmodSync(join(folder, binary), 0o755);
}

/**
 * @param {string} url
 * @param {Checksum} checksum
 * @param {string} target
 * @returns {Promise<void>}
 */
async function fetchChecked(url, checksum, target) {
  if (!(await isReachable(url)) || !(await isReachable(checksum.url))) {
    throw new Unavailable(`no way to ${new URL(url).host} from here`);
  }
  const file = /** @type {string} */ (new URL(url).pathname.split("/").at(-1));
  const expected = readChecksum(await fetchText(checksum.url), checksum.kind, file);
  if (expected === undefined) throw new Unavailable(`${checksum.url} gives no SHA-256 for ${file}`);
  await fetchFile(url, target);
  verifySha256(target, expected, url);
}

/**
 * Finds a file's SHA-256 in what its publisher says.
 * @param {string} text
 * @param {Checksum["kind"]} kind
 * @param {string} file
 * @returns {string | undefined} 64 lower-case hexadecimal digits
 */
export function readChecksum(text, kind, file) {
  if (kind === "beside") return asSha256(text.trim().split(/\s+/)[0]);
  if (kind === "list") {
    for (const line of text.split("\n")) {
      const [sum, name] = line.trim().split(/\s+/);
      if (name?.replace(/^\*/, "") === file) return asSha256(sum);
    }
    return undefined;
  }
  try {
    /** @type {{ assets?: { name?: string, digest?: string }[] }} */
    const release = JSON.parse(text);
    const digest = release.assets?.find((asset) => asset.name === file)?.digest;
    return asSha256(digest?.replace(/^sha256:/, ""));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} path
 * @param {string} expected
 * @param {string} origin named in the message
 * @throws {InstallError} where the file differs; the file is removed
 */
export function verifySha256(path, expected, origin) {
  const actual = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (actual === expected) return;
  rmSync(path, { force: true });
  throw new InstallError(
    `${origin}: the SHA-256 is ${actual}, expected ${expected}. Refused: the file is damaged or not the publisher's.`,
  );
}

/**
 * @param {string} url
 * @returns {Promise<string>}
 */
export async function fetchText(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2 * answerMilliseconds) });
    if (response.ok) return await response.text();
    throw new Unavailable(`${url} answers ${response.status}`);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    hosts.set(new URL(url).origin, Promise.resolve(false));
    throw new Unavailable(`${url} does not answer`);
  }
}

/**
 * @param {string} url
 * @param {string} target
 * @returns {Promise<void>}
 */
export async function fetchFile(url, target) {
  const abort = new AbortController();
  let timer = setTimeout(() => {
    abort.abort();
  }, 2 * answerMilliseconds);
  const file = await open(target, "w");
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) {
      throw new Unavailable(`${url} answers ${response.status}`);
    }
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        abort.abort();
      }, stallMilliseconds);
      await file.writeFile(chunk);
    }
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    // A disk that is full is no fault of the publisher's: no other source would help.
    if (isOfFiles(error)) throw Object.assign(error, { path: target });
    hosts.set(new URL(url).origin, Promise.resolve(false));
    throw new Unavailable(`${url}: the transfer broke off (${reason(error)})`);
  } finally {
    clearTimeout(timer);
    // Closed before anyone runs the file: the kernel refuses to run one that is open for writing.
    await file.close();
  }
}

/**
 * @param {unknown} error
 * @returns {error is NodeJS.ErrnoException}
 */
function isOfFiles(error) {
  return error instanceof Error && "syscall" in error && error.syscall === "write";
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function reason(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Copies the files of one folder of a tar archive.
 * @param {string} archive
 * @param {string} inner
 * @param {string} folder
 * @returns {Promise<void>}
 */
async function unpack(archive, inner, folder) {
  const whole = join(folder, ".unpacked");
  mkdirSync(whole);
  const result = await run("tar", ["-xzf", archive, "-C", whole]);
  if (result.code !== 0)
    throw new InstallError(`tar cannot unpack ${archive}: ${result.stderr.trim()}`);
  const from = join(whole, inner);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (statSync(path).isDirectory()) cpSync(path, join(folder, name), { recursive: true });
    else copyFileSync(path, join(folder, name));
  }
  rmSync(whole, { recursive: true });
}

/**
 * @param {string | undefined} text
 * @returns {string | undefined}
 */
function asSha256(text) {
  const lower = text?.toLowerCase();
  return lower !== undefined && /^[0-9a-f]{64}$/.test(lower) ? lower : undefined;
}
