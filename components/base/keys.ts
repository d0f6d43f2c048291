/**
 * Identities of Skywire programs: secp256k1 key pairs, written in hex.
 *
 * Source: facts/skywire.md 2.3 (public key 66 hex digits, secret key 64, any pair fits any service).
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

const secretKeyShape = /^[0-9a-f]{64}$/;

/** Why a text is no secret key, or undefined when it is one. Never repeats the text. */
export function secretKeyFault(text: string): string | undefined {
  if (!secretKeyShape.test(text)) {
    return "must be a secret key: 64 lower-case hex digits";
  }
  return secp256k1.utils.isValidSecretKey(hexToBytes(text))
    ? undefined
    : "must be a secret key: its number lies outside the group of secp256k1";
}

/**
 * Public half of a secret key.
 *
 * @throws Error without the key's text when it is malformed.
 */
export function derivePublicKey(secretKey: string): string {
  const fault = secretKeyFault(secretKey);
  if (fault !== undefined) {
    throw new Error(`the secret key ${fault}`);
  }
  return bytesToHex(secp256k1.getPublicKey(hexToBytes(secretKey), true));
}

/** Makes a new secret key from the system's random source. For commands only: no resource may call it. */
export function generateSecretKey(): string {
  return bytesToHex(secp256k1.utils.randomSecretKey());
}
