/**
 * Identities of Skywire programs: secp256k1 key pairs, written in hex.
 *
 * Source: facts/skywire.md 2.3 (public key 66 hex digits, secret key 64, any pair fits any service).
 */
import { createECDH, type ECDH } from "node:crypto";

const curve = "secp256k1";
const secretKeyShape = /^[0-9a-f]{64}$/;

/** The key as OpenSSL takes it, or undefined when its number lies outside the group. */
function openKey(secretKey: string): ECDH | undefined {
  const pair = createECDH(curve);
  try {
    pair.setPrivateKey(secretKey, "hex");
    return pair;
  } catch {
    // What OpenSSL says is dropped: nothing that has seen the key's text may be printed.
    return undefined;
  }
}

/** Why a text is no secret key, or undefined when it is one. Never repeats the text. */
export function secretKeyFault(text: string): string | undefined {
  if (!secretKeyShape.test(text)) {
    return "must be a secret key: 64 lower-case hex digits";
  }
  return openKey(text) === undefined
    ? "must be a secret key: its number lies outside the group of secp256k1"
    : undefined;
}

/**
 * Public half of a secret key.
 *
 * @throws Error without the key's text when it is malformed.
 */
export function derivePublicKey(secretKey: string): string {
  const pair = secretKeyShape.test(secretKey) ? openKey(secretKey) : undefined;
  if (pair === undefined) {
    throw new Error(`the secret key ${secretKeyFault(secretKey) ?? ""}`);
  }
  return pair.getPublicKey("hex", "compressed");
}

/** Makes a new secret key from the system's random source. For commands only: no resource may call it. */
export function generateSecretKey(): string {
  const pair = createECDH(curve);
  pair.generateKeys();
  // A number that happens to be small is told without its leading zeros.
  return pair.getPrivateKey("hex").padStart(64, "0");
}
