/**
 * Accounts of a network: whom rewards go to, as each version of the node writes it. Pure.
 *
 * Source: facts/spacemesh.md 3.5; go-spacemesh's addresses and wallet template at v0.2.18 and v1.0.0.
 */
import { blake3 } from "@noble/hashes/blake3.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { bech32, readBech32 } from "./bech32.ts";
import type { AccountScheme } from "./node-profiles.ts";

/** Bytes of an account, and how many of them are always zero in front of it. */
const accountBytes = 20;
const reservedBytes = 4;
const addressBytes = reservedBytes + accountBytes;

/** Words of five bits that an address has. */
const addressWords = Math.ceil((addressBytes * 8) / 5);

/** Template of a wallet of one key: an address whose last byte is 1. */
const walletTemplate = Uint8Array.from({ length: addressBytes }, (_, index) =>
  index === addressBytes - 1 ? 1 : 0,
);

/**
 * Account that an Ed25519 key spends from.
 *
 * Until v0.2.17 it is the end of the public key. From v0.2.18 on it is the hash of the wallet's
 * template and the key, under the network's prefix.
 */
export function accountAddress(publicKey: Uint8Array, scheme: AccountScheme): string {
  if (scheme.kind === "hex") {
    return `0x${Buffer.from(publicKey).subarray(-accountBytes).toString("hex")}`;
  }
  const hash = scheme.hash === "sha256" ? sha256 : blake3;
  const principal = hash(Buffer.concat([walletTemplate, publicKey])).slice(-accountBytes);
  return bech32(scheme.prefix, Buffer.concat([Buffer.alloc(reservedBytes), principal]));
}

/** Why a text is no account of a network, or undefined when it is one. */
export function accountFault(address: string, scheme: AccountScheme): string | undefined {
  if (scheme.kind === "hex") {
    return /^0x[0-9a-f]{40}$/i.test(address)
      ? undefined
      : "must be an account of 0x and 40 hex digits: the node's version writes them so";
  }
  const read = readBech32(address);
  return read?.prefix === scheme.prefix &&
    read.words.length === addressWords &&
    // The reserved bytes are 32 bits: six words, and two bits of the seventh.
    read.words.slice(0, 6).every((word) => word === 0) &&
    (read.words[6] ?? 31) < 8
    ? undefined
    : `must be an account of this network: ${scheme.prefix}1… with a checksum that is right`;
}
