/** Files that several plugin processes write: whole or not at all, and one process at a time. */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { lockText, makeLock, removeDead } from "../lock-link.ts";
import { findProcess } from "../processes.ts";

/** From when on somebody looks whether a lock's holder lives, in milliseconds: the work takes some of them. */
const heldAtMost = 1_000;

/** How long a process waits for its turn at a file before it gives up, in milliseconds: a holder may be stopped for long. */
const patience = 300_000;

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
  while (!makeLock(lock, self)) {
    removeAbandoned(lock);
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process: is one stuck?`);
    await sleep(5 + Math.random() * 15);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** This process, by its number and when it started: a number alone is given out again. */
const self = `${process.pid} ${findProcess(process.pid)?.started ?? ""}`;

/**
 * Takes away a lock that outlived its process, where that was killed, or the machine was. One that lives and was stopped
 * keeps it, however long: it would go on writing.
 */
function removeAbandoned(lock: string): void {
  const held = lockText(lock);
  if (ageOf(lock) >= heldAtMost && (held === undefined || !isThere(held))) {
    removeDead(lock, held);
  }
}

const ageOf = (lock: string): number =>
  Date.now() - (lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

function isThere(holder: string): boolean {
  const [pid = "", ...started] = holder.split(" ");
  return findProcess(Number(pid))?.started === started.join(" ");
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
