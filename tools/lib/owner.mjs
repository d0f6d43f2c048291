// Names that say which process made a file, so that anyone can tell whether its maker still lives.

import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";

import { isAlive, processStart } from "./process.mjs";

/** A cache on a shared disk may hold files of other machines: what cannot be asked is believed this long. */
const foreignMilliseconds = 60 * 60 * 1000;

/** @returns {string} */
function machine() {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}

/**
 * @param {number} [pid] this process unless given
 * @returns {string} `<machine>-<pid>-<start>-<random>`, unique to this call
 */
export function ownerName(pid = process.pid) {
  return `${machine()}-${pid}-${processStart(pid)}-${randomBytes(4).toString("hex")}`;
}

/**
 * @param {string} name as `ownerName` made it
 * @param {number} ageMilliseconds since the file was last changed
 * @returns {boolean} false where the maker is dead or the name is not ours
 */
export function ownerAlive(name, ageMilliseconds) {
  const match = /^([0-9a-f]{8})-(\d+)-(\w+)-[0-9a-f]{8}$/.exec(name);
  if (match === null) return false;
  const [, where, pid, start] = match;
  if (where !== machine()) return ageMilliseconds < foreignMilliseconds;
  return isAlive(Number(pid), start ?? "0");
}
