/**
 * Values of secrets. Each is an `Output` marked secret from here on: no plain string satisfies
 * {@link KeyPair} or a secret file of a Workload.
 */
import * as pulumi from "@pulumi/pulumi";

import { type CertificateBundle, readCertificates } from "./certificates.ts";
import { derivePublicKey } from "./keys.ts";
import type { SecretReference } from "./secrets.ts";

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
