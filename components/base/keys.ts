/**
 * Identities of Skywire programs: secp256k1 key pairs, written in hex.
 *
 * Source: facts/skywire.md 2.3 (public key 66 hex digits, secret key 64, any pair fits any service).
 */
import { createECDH } from "node:crypto";

const curve = "secp256k1";
const secretKeyShape = /^[0-9a-f]{64}$/;

/** How many points the group has (SEC 2, 2.4.1): secret keys are the numbers below it, but for 0. */
const groupOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/** Why a text is no secret key, or undefined when it is one. Never repeats the text. */
export function secretKeyFault(text: string): string | undefined {
  if (!secretKeyShape.test(text)) {
    return "must be a secret key: 64 lower-case hex digits";
  }
  // Of one length, digits compare as their numbers do.
  return /^0+$/.test(text) || text >= groupOrder
    ? "must be a secret key: its number lies outside the group of secp256k1"
    : undefined;
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
  const pair = createECDH(curve);
  pair.setPrivateKey(secretKey, "hex");
  return pair.getPublicKey("hex", "compressed");
}

/** Makes a new secret key from the system's random source. For commands only: no resource may call it. */
export function generateSecretKey(): string {
  const pair = createECDH(curve);
  pair.generateKeys();
  // A number that happens to be small is told without its leading zeros.
  return pair.getPrivateKey("hex").padStart(64, "0");
}
