/**
 * Names and hashed passwords of people who log in at a controller: lines `name:hash`.
 *
 * Sources: nginx (ngx_http_auth_basic_module: crypt, apr1), Traefik (basicAuth: bcrypt, MD5, SHA-1); taken
 * here is what both read and what takes long to guess.
 */
import { createHash, randomBytes } from "node:crypto";

const hashShape =
  /^(\$2[aby]\$\d{2}\$[./A-Za-z0-9]{53}|\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22})$/;
const nameShape = /^[A-Za-z0-9._@-]{1,64}$/;

/** What an entry must be. */
const rule =
  "must be lines name:hash as htpasswd -nB writes them (bcrypt, or apr1), one for each person";

/** Why a text is no such list, or undefined. Never repeats the text. */
export function htpasswdFault(text: string): string | undefined {
  const lines = text.trimEnd().split("\n");
  const names = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon < 0 || !nameShape.test(name) || !hashShape.test(line.slice(colon + 1))) {
      return `${rule}: line ${index + 1} is none`;
    }
    if (names.has(name)) {
      return `${rule}: line ${index + 1} names a person a second time`;
    }
    names.add(name);
  }
  return undefined;
}

/** A list of one person whose password nobody knows, for stacks whose secrets may be generated. */
export const makeHtpasswd = (): string =>
  `sandbox:${apr1(randomBytes(18).toString("base64url"), randomBytes(4).toString("hex"))}`;

const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Bytes of the digest that each four letters of the hash are made of, and the one left over. */
const groups = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;

const md5 = (parts: readonly (string | Uint8Array)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("md5")).digest();

/** Apache's variant of MD5-crypt: a thousand rounds, salted. */
export function apr1(password: string, salt: string): string {
  const word = Buffer.from(password, "utf8");
  const inner = md5([word, salt, word]);
  const parts: (string | Uint8Array)[] = [word, "$apr1$", salt];
  for (let left = word.length; left > 0; left -= 16) {
    parts.push(inner.subarray(0, Math.min(16, left)));
  }
  for (let bits = word.length; bits > 0; bits >>= 1) {
    parts.push((bits & 1) === 1 ? Buffer.from([0]) : word.subarray(0, 1));
  }
  let digest = md5(parts);
  for (let round = 0; round < 1_000; round++) {
    const odd = round % 2 === 1;
    digest = md5([
      odd ? word : digest,
      round % 3 === 0 ? "" : salt,
      round % 7 === 0 ? "" : word,
      odd ? digest : word,
    ]);
  }
  const letters = (value: number, count: number): string =>
    Array.from({ length: count }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join("");
  const byte = (index: number): number => digest[index] ?? 0;
  const hash = groups
    .map(([high, middle, low]) => letters((byte(high) << 16) | (byte(middle) << 8) | byte(low), 4))
    .join("");
  return `$apr1$${salt}$${hash}${letters(byte(11), 2)}`;
}
