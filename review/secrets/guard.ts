/** What guards secrets while a report is made. */
import type { Scrubber } from "./scrub.ts";
import type { Sealer } from "./seal.ts";

/** Compares secrets without keeping them, and takes them out of texts. */
export interface Guard {
  readonly sealer: Sealer;
  readonly scrubber: Scrubber;
}
