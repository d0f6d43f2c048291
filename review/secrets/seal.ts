/** Compares secrets without keeping them. */
import { createHmac, randomBytes } from "node:crypto";

import { canonical } from "../values.ts";

/** Seals values under a key that lives as long as one report, so that no seal can be looked up. */
export class Sealer {
  readonly #key: Buffer;

  /** @param key Default: drawn anew. */
  constructor(key: Buffer = randomBytes(32)) {
    this.#key = key;
  }

  /** HMAC-SHA256 of the canonical value, hex. */
  seal(value: unknown): string {
    return createHmac("sha256", this.#key).update(canonical(value)).digest("hex");
  }
}
