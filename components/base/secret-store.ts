/**
 * Values of secrets. Each is an `Output` marked secret from here on: no plain string satisfies
 * {@link KeyPair} or a secret file of a Workload.
 */
import * as pulumi from "@pulumi/pulumi";

import { type CertificateBundle, readCertificates } from "./certificates.ts";
import { rsaPublicHalf } from "./cipher-keys.ts";
import { deriveSeed, publicKeyOfSeed } from "./ed25519.ts";
import { derivePublicKey } from "./keys.ts";
import { peerKeyOf, readPeerKey } from "./peer-key.ts";
import type { SecretReference } from "./secrets.ts";
import { readTlsPair } from "./tls-certificate.ts";

/** Both halves of an identity: the public one readable in previews, the other one never. */
export interface KeyPair {
  /** 66 hex digits. */
  readonly publicKey: string;
  /** 64 hex digits, marked secret. */
  readonly secretKey: pulumi.Output<string>;
}

/** {@inheritDoc CertificateBundle} */
export type Certificates = Omit<CertificateBundle, "key"> & {
  /** Its key, PKCS#8, marked secret. */
  readonly key: pulumi.Output<string>;
};

/** A peer's identity: its name readable in previews, its key never. */
export interface PeerIdentity {
  /** Peer id, e.g. `12D3KooW…`. */
  readonly peerId: string;
  /** The peer's key file, marked secret. */
  readonly keyFile: pulumi.Output<string>;
}

/** Both halves of an Ed25519 key. */
export interface Ed25519Pair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Its seed, 64 hex digits, marked secret. */
  readonly seed: pulumi.Output<string>;
}

/** Certificate and key of public hosts. */
export interface TlsSecret {
  /** PEM: the certificate first, then those between it and its authority. */
  readonly certificate: string;
  /** PEM, marked secret. */
  readonly key: pulumi.Output<string>;
}

/** The values behind the references of one stack. Kept out of component arguments. */
export class SecretStore {
  readonly #values: ReadonlyMap<string, string>;

  /** @param values Entries of `fleet:secrets`, already checked by the loader. */
  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Both halves of an identity; the public one is derived here. */
  keyPair(reference: SecretReference<"key-pair">): KeyPair {
    const secretKey = this.#plain(reference);
    return { publicKey: derivePublicKey(secretKey), secretKey: pulumi.secret(secretKey) };
  }

  /** An entry's value, marked secret. */
  value(reference: SecretReference): pulumi.Output<string> {
    return pulumi.secret(this.#plain(reference));
  }

  /** The parts of an entry of certificates; the key among them is marked secret. */
  certificates(reference: SecretReference<"certificates">): Certificates {
    const { key, ...open } = readCertificates(this.#plain(reference));
    return { ...open, key: pulumi.secret(key) };
  }

  /** A key of one of the many that are derived from an entry. The same label gives the same key. */
  derivedPair(reference: SecretReference<"seed">, label: string): Ed25519Pair {
    const seed = deriveSeed(this.#plain(reference), label);
    return { publicKey: publicKeyOfSeed(seed), seed: pulumi.secret(seed.toString("hex")) };
  }

  /** Identity of a peer, derived from an entry. The same label gives the same identity. */
  derivedPeer(reference: SecretReference<"seed">, label: string): PeerIdentity {
    return peerOf(deriveSeed(this.#plain(reference), label));
  }

  /** Identity of a peer that was imported. */
  importedPeer(reference: SecretReference<"p2p-key">): PeerIdentity {
    return peerOf(readPeerKey(this.#plain(reference)));
  }

  /** Certificate and key of public hosts; the key is marked secret. */
  tlsPair(reference: SecretReference<"tls-pair">): TlsSecret {
    const { certificate, key } = readTlsPair(this.#plain(reference));
    return { certificate, key: pulumi.secret(key) };
  }

  /** Public half of an RSA key: base64 of its PEM (`BEGIN PUBLIC KEY`). */
  rsaPublicKey(reference: SecretReference<"rsa-key">): string {
    return rsaPublicHalf(this.#plain(reference));
  }

  #plain(reference: SecretReference): string {
    const value = this.#values.get(reference.name);
    if (value === undefined) {
      throw new Error(
        `fleet:secrets has no entry ${reference.name}: run make keys to see what a stack lacks`,
      );
    }
    return value;
  }
}

function peerOf(seed: Uint8Array): PeerIdentity {
  const { peerId, file } = peerKeyOf(seed);
  return { peerId, keyFile: pulumi.secret(file) };
}
