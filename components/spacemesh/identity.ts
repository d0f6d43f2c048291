/**
 * Identities of a network's members: who they are to their peers, and whom their rewards go to.
 *
 * All of them follow from the network's secret and the member's number, so that every address is
 * known before a pod starts and a thousand miners need one entry of the stack file. Labels are kept
 * for ever: another one is another network to everybody.
 */
import type { Ed25519Pair, PeerIdentity, SecretStore } from "../base/secret-store.ts";
import type { SecretReference } from "../base/secrets.ts";
import { accountAddress } from "./accounts.ts";
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
