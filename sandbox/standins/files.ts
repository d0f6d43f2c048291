/** Files that several plugin processes write: whole or not at all, and one process at a time. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * From when on a lock's holder is believed no more, in milliseconds: the work takes some of them, and a number that was
 * given out again would be waited for in vain.
 */
const heldAtMost = 10_000;

/** How long a process waits for its turn at a file before it gives up, in milliseconds. */
const patience = 30_000;

/** Reads a JSON file, or gives the fallback where there is none. */
export function readJson<Content>(file: string, fallback: Content): Content {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return fallback;
    throw error;
  }
  try {
    return JSON.parse(text) as Content;
  } catch {
    throw new Error(`${file} is no JSON: mend it, or delete it to begin with an empty cloud`);
  }
}

/** Writes a JSON file whole or not at all, readable by its owner only. */
export function writeJson(file: string, content: unknown): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/**
 * Runs a piece of work while no other process does the same with this file. The work itself must not wait
 * for anything, so that a lock is held for milliseconds.
 */
export async function withLock<Result>(file: string, work: () => Result): Promise<Result> {
  const lock = `${file}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  const deadline = Date.now() + patience;
  while (!take(lock)) {
    if (isAbandoned(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process: is one stuck?`);
    await sleep(5 + Math.random() * 15);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    const handle = openSync(lock, "wx", 0o600);
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * A lock outlives its process where that was killed, or the machine was: its number then names no process any more, or
 * one that knows nothing of it.
 */
function isAbandoned(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    const age = Date.now() - statSync(lock).mtimeMs;
    if (!Number.isInteger(holder) || holder <= 0 || age > heldAtMost) return age > 1_000;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return isCode(error, "ESRCH");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
