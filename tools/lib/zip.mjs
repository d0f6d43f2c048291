// Reads a zip archive (a Python wheel is one): enough of the format for archives below 4 GiB, with no dependency.

import { inflateRawSync } from "node:zlib";

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/**
 * @param {Buffer} archive
 * @param {(name: string) => boolean} wanted which entries are read
 * @returns {Map<string, Buffer>} name → contents
 * @throws {Error} where the bytes are no zip archive, or use a compression other than none and deflate
 */
export function readZip(archive, wanted) {
  /** @type {Map<string, Buffer>} */
  const entries = new Map();
  const end = findEnd(archive);
  let offset = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(offset) !== entrySignature) throw new Error("damaged zip archive");
    const nameLength = archive.readUInt16LE(offset + 28);
    const name = archive.toString("utf8", offset + 46, offset + 46 + nameLength);
    if (!name.endsWith("/") && wanted(name)) entries.set(name, readEntry(archive, offset));
    offset +=
      46 + nameLength + archive.readUInt16LE(offset + 30) + archive.readUInt16LE(offset + 32);
  }
  return entries;
}

/**
 * @param {Buffer} archive
 * @returns {number} where the end record starts: it is last, before a comment of at most 65,535 bytes
 */
function findEnd(archive) {
  const lowest = Math.max(0, archive.length - 22 - 65_535);
  for (let offset = archive.length - 22; offset >= lowest; offset -= 1) {
    if (archive.readUInt32LE(offset) === endSignature) return offset;
  }
  throw new Error("not a zip archive");
}

/**
 * @param {Buffer} archive
 * @param {number} offset of the entry in the directory
 * @returns {Buffer}
 */
function readEntry(archive, offset) {
  const method = archive.readUInt16LE(offset + 10);
  const size = archive.readUInt32LE(offset + 20);
  const local = archive.readUInt32LE(offset + 42);
  // The local header's own lengths count: its extra field may differ from the directory's.
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const bytes = archive.subarray(start, start + size);
  if (method === 0) return bytes;
  if (method === 8) return inflateRawSync(bytes);
  throw new Error(`zip compression ${method} is not known here`);
}
