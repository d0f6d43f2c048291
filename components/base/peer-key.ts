/**
 * Identities of libp2p peers as go-spacemesh keeps them: a JSON file with the key and its peer id.
 *
 * The encodings are libp2p's: the key is a protobuf message (type Ed25519, 64 bytes of seed and
 * public key), the peer id the base58 of an identity multihash round the public key's message
 * (facts/spacemesh.md 3.4).
 */
import { publicKeyOfSeed, seedBytes } from "./ed25519.ts";

/** Protobuf before the 64 bytes of a private key: type 1 (Ed25519), data of 64 bytes. */
const privateKeyPrefix = Buffer.from("08011240", "hex");

/** Identity multihash of 36 bytes, then protobuf: type 1 (Ed25519), data of 32 bytes. */
const peerIdPrefix = Buffer.from("002408011220", "hex");

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Base58 with Bitcoin's alphabet: leading zero bytes are ones. */
export function base58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let index = 0; index < digits.length; index += 1) {
      carry += (digits[index] ?? 0) * 256;
      digits[index] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    while (carry > 0) {
      digits.push(carry % 58);
      carry = Math.floor(carry / 58);
    }
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const ones = "1".repeat(zeros < 0 ? bytes.length : zeros);
  return ones + digits.reverse().reduce((text, digit) => text + (alphabet[digit] ?? ""), "");
}

/** Peer id of an Ed25519 public key: `12D3KooW…`. */
export function peerIdOf(publicKey: Uint8Array): string {
  return base58(Buffer.concat([peerIdPrefix, publicKey]));
}

/** A peer, by its key. */
export interface PeerKey {
  readonly peerId: string;
  /** The file by which a node is this peer: its `p2p.key`. */
  readonly file: string;
}

/** The peer of a seed. */
export function peerKeyOf(seed: Uint8Array): PeerKey {
  const publicKey = publicKeyOfSeed(seed);
  const peerId = peerIdOf(publicKey);
  const key = Buffer.concat([privateKeyPrefix, seed, publicKey]).toString("base64");
  return { peerId, file: JSON.stringify({ Key: key, ID: peerId }) };
}

/** What is said of a malformed file. Its text is not repeated. */
const fileRule =
  "must be the p2p.key of a node: JSON with Key, a base64 Ed25519 key of libp2p, and ID, its peer id";

/** What a file says, or why it is none. */
type Reading = { readonly seed: Buffer } | { readonly fault: string };

function read(text: string): Reading {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { fault: fileRule };
  }
  const { Key: key, ID: id } = (file ?? {}) as { readonly Key?: unknown; readonly ID?: unknown };
  const bytes = typeof key === "string" ? Buffer.from(key, "base64") : Buffer.alloc(0);
  const { length } = privateKeyPrefix;
  if (
    bytes.length !== length + 2 * seedBytes ||
    !bytes.subarray(0, length).equals(privateKeyPrefix)
  ) {
    return { fault: fileRule };
  }
  const seed = bytes.subarray(length, length + seedBytes);
  const publicKey = publicKeyOfSeed(seed);
  if (!bytes.subarray(length + seedBytes).equals(publicKey)) {
    return { fault: "must be the p2p.key of a node: the public half in its Key is not the seed's" };
  }
  return id === undefined || id === peerIdOf(publicKey)
    ? { seed }
    : {
        fault: `must be the p2p.key of a node: its Key is the peer ${peerIdOf(publicKey)}, its ID is not`,
      };
}

/** Why a text is no peer's key file, or undefined when it is one. Never repeats the text. */
export function peerKeyFault(text: string): string | undefined {
  const reading = read(text);
  return "fault" in reading ? reading.fault : undefined;
}

/**
 * Seed of a peer's key file.
 *
 * @throws Error without the file's text when it is malformed.
 */
export function readPeerKey(text: string): Buffer {
  const reading = read(text);
  if ("fault" in reading) {
    throw new Error(`the peer's key ${reading.fault}`);
  }
  return reading.seed;
}
