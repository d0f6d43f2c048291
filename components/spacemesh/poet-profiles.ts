/**
 * Versions of the PoET that differ in what they are told. Named by the first release that each fits.
 *
 * Source: facts/spacemesh.md 2.4; flags of poet at ef8f28a (`v0.1`: rounds follow one another),
 * 3a8da50 and v0.2.0 (`v0.2`: rounds follow the network's epochs), v0.9.7 (`v0.9`: nodes fetch the
 * proofs, and no gateway is told).
 */

/** Name of a profile. */
export type PoetVersion = "v0.1" | "v0.2" | "v0.9";

/** What a version of the PoET is told. */
export interface PoetProfile {
  readonly version: PoetVersion;
  /** Its rounds: of a fixed length each, or by the network's genesis and epochs. */
  readonly rounds: "duration" | "epochs";
  /** It hands its proofs to nodes, and waits for nobody when it is told them at start. */
  readonly broadcasts: boolean;
}

/** Version → its profile. */
export const poetProfiles: Readonly<Record<PoetVersion, PoetProfile>> = {
  "v0.1": { version: "v0.1", rounds: "duration", broadcasts: true },
  "v0.2": { version: "v0.2", rounds: "epochs", broadcasts: true },
  "v0.9": { version: "v0.9", rounds: "epochs", broadcasts: false },
};
