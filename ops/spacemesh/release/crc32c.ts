/**
 * CRC-32C (Castagnoli), by which Cloud Storage tells what an object holds: it has one for every object, and
 * an MD5 only for those that were written in one piece. Source: cloud.google.com/storage/docs/data-validation;
 * RFC 3720, B.4.
 */
import { createReadStream } from "node:fs";

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  }
  return value;
});

/** Goes on with a checksum over further bytes; 0 begins one. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (const byte of bytes) {
    value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return ~value >>> 0;
}

/** As Cloud Storage writes it: four bytes, the highest first, in base64. */
export function crc32cText(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}

/** The checksum of a file, as Cloud Storage writes it. */
export async function crc32cOfFile(path: string): Promise<string> {
  let value = 0;
  for await (const chunk of createReadStream(path)) {
    value = crc32c(chunk as Buffer, value);
  }
  return crc32cText(value);
}
