// A lock between processes that survives kill -9: who died holding it holds it no longer.
//
// Each contender first announces itself with a file of its own, then looks whether another living one is there, and if
// so steps back and tries again. No file is ever taken over, so two cannot both believe that they took one over.

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ownerAlive, ownerName } from "./owner.mjs";

/**
 * Runs `work` while no other process runs work under the same folder.
 * @template T
 * @param {string} folder made when absent; holds nothing but the contenders' files
 * @param {(hold: (pid: number) => void) => Promise<T>} work may name a child by its number: where this process is
 *   killed, the lock stays held until that child has ended too
 * @param {() => void} [onWait] called once, when the lock is found held
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, onWait) {
  mkdirSync(folder, { recursive: true });
  const own = ownerName();
  let waited = false;
  for (;;) {
    writeFileSync(join(folder, own), "");
    if (!othersAlive(folder, own)) break;
    rmSync(join(folder, own), { force: true });
    if (!waited) onWait?.();
    waited = true;
    await sleep(100 + Math.random() * 300);
  }
  const files = [own];
  const hold = (/** @type {number} */ pid) => {
    const name = ownerName(pid);
    writeFileSync(join(folder, name), "");
    files.push(name);
  };
  try {
    return await work(hold);
  } finally {
    for (const name of files) rmSync(join(folder, name), { force: true });
  }
}

/**
 * @param {string} folder
 * @param {string} own
 * @returns {boolean}
 */
function othersAlive(folder, own) {
  let alive = false;
  for (const name of readdirSync(folder)) {
    if (name === own) continue;
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (ownerAlive(name, Date.now() - stats.mtimeMs)) alive = true;
    else rmSync(join(folder, name), { force: true });
  }
  return alive;
}
