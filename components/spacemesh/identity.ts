/**
 * Identities of a network's members: who they are to their peers, and whom their rewards go to.
 *
 * All of them follow from the network's secret and the member's number, so that every address is
 * known before a pod starts and a thousand miners need one entry of the stack file. Labels are kept
 * for ever: another one is another network to everybody.
 */
import { blake3 } from "@noble/hashes/blake3.js";
import { sha256 } from "@noble/hashes/sha2.js";

import type { Ed25519Pair, PeerIdentity, SecretStore } from "../base/secret-store.ts";
import type { SecretReference } from "../base/secrets.ts";
import { bech32 } from "./bech32.ts";
import type { AccountScheme } from "./node-profiles.ts";

const peerLabel = (number: number): string => `fleet spacemesh p2p ${number}`;
const coinbaseLabel = (number: number): string => `fleet spacemesh coinbase ${number}`;

/** Account that a member's rewards go to. */
export interface Coinbase {
  /** As the node's flag takes it, and as the network shows it. */
  readonly address: string;
  /** Key that spends from it; undefined where the address was imported. */
  readonly key: Ed25519Pair | undefined;
}

/** Values of the config in place of derived ones. */
export interface ImportedIdentity {
  readonly identity?: SecretReference<"p2p-key"> | undefined;
  readonly coinbase?: string | undefined;
}

/** Who a member is. */
export interface MemberIdentity {
  readonly peer: PeerIdentity;
  readonly coinbase: Coinbase;
}

/** What identities follow from, beside the number. */
export interface IdentitySource {
  readonly secrets: SecretStore;
  /** The network's secret. */
  readonly secret: SecretReference<"seed">;
  /** How this version of the node writes accounts. */
  readonly accounts: AccountScheme;
  /** Number → what was imported for it. */
  readonly imported: Readonly<Record<string, ImportedIdentity>>;
}

/** Identity of a member. Well under a millisecond. */
export function memberIdentity(number: number, source: IdentitySource): MemberIdentity {
  const imported = source.imported[`${number}`];
  return {
    peer:
      imported?.identity === undefined
        ? source.secrets.derivedPeer(source.secret, peerLabel(number))
        : source.secrets.importedPeer(imported.identity),
    coinbase: coinbaseOf(number, source, imported?.coinbase),
  };
}

function coinbaseOf(
  number: number,
  source: IdentitySource,
  imported: string | undefined,
): Coinbase {
  if (imported !== undefined) {
    return { address: imported, key: undefined };
  }
  const key = source.secrets.derivedPair(source.secret, coinbaseLabel(number));
  return { address: accountAddress(key.publicKey, source.accounts), key };
}

/** Bytes of an account, and how many of them are always zero in front of it. */
const accountBytes = 20;
const reservedBytes = 4;

/** Template of a wallet of one key: an address whose last byte is 1. */
const walletTemplate = Uint8Array.from({ length: reservedBytes + accountBytes }, (_, index) =>
  index === reservedBytes + accountBytes - 1 ? 1 : 0,
);

/**
 * Account that an Ed25519 key spends from.
 *
 * Until v0.2.17 it is the end of the public key. From v0.2.18 on it is the hash of the wallet's
 * template and the key, with the network's prefix (facts/spacemesh.md 3.5 and the node's genvm).
 */
export function accountAddress(publicKey: Uint8Array, scheme: AccountScheme): string {
  if (scheme.kind === "hex") {
    return `0x${Buffer.from(publicKey).subarray(-accountBytes).toString("hex")}`;
  }
  const hash = scheme.hash === "sha256" ? sha256 : blake3;
  const principal = hash(Buffer.concat([walletTemplate, publicKey])).slice(-accountBytes);
  return bech32(scheme.prefix, Buffer.concat([Buffer.alloc(reservedBytes), principal]));
}
