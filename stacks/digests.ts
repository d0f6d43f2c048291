/** Digests of images whose tags move, settled when the program runs. */
import * as pulumi from "@pulumi/pulumi";

/**
 * The digests of one run. A release that is put back names those it ran with, and none of them is
 * looked up again: its tags may stand for the very image that failed.
 */
export class Digests {
  readonly #pinned: Readonly<Record<string, string>>;
  readonly #found = new Map<string, pulumi.Output<string>>();

  constructor(pinned: Readonly<Record<string, string>> = {}) {
    this.#pinned = pinned;
  }

  /**
   * The digest to run an image with.
   *
   * @param reference The image with its tag.
   * @param lookUp Asks the registry; not called where the digest is settled.
   */
  resolve(reference: string, lookUp: () => pulumi.Output<string>): pulumi.Output<string> {
    const known = this.#found.get(reference);
    if (known !== undefined) {
      return known;
    }
    const pinned = this.#pinned[reference];
    const digest = pinned === undefined ? lookUp() : pulumi.output(pinned);
    this.#found.set(reference, digest);
    return digest;
  }

  /** Image → digest, of all that were asked for. */
  get found(): pulumi.Output<Readonly<Record<string, string>>> {
    return pulumi.output(Object.fromEntries(this.#found));
  }
}
