/**
 * Ed25519 key pairs, from seeds that are derived or imported.
 *
 * One secret and a stable label give one key, always: a thousand identities need a thousand labels
 * and not a thousand entries of the stack file.
 */
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";

/** Bytes of a seed, of a public key, of a secret that seeds are derived from. */
export const seedBytes = 32;

/** What PKCS#8 has before the 32 bytes of an Ed25519 seed (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Seed of a key: HKDF-SHA256 of the secret, the label telling whose key it is (RFC 5869).
 *
 * @param secret 64 hex digits.
 * @param label What the key is for, e.g. `p2p 7`; never changed once a key is in use.
 */
export function deriveSeed(secret: string, label: string): Buffer {
  return Buffer.from(
    hkdfSync("sha256", Buffer.from(secret, "hex"), Buffer.alloc(0), label, seedBytes),
  );
}

/** Public half of a seed, 32 bytes. */
export function publicKeyOfSeed(seed: Uint8Array): Buffer {
  const key = createPrivateKey({
    key: Buffer.concat([privatePrefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-seedBytes);
}
