/** Takes known secrets out of everything that a report says. */
import type { Scrubber } from "./scrub.ts";

/** Scrubs every text in it, in place: a report of ten thousand steps is not held twice. Keys stay. */
export function scrubAll(value: object, scrubber: Scrubber): void {
  if (scrubber.isIdle) {
    return;
  }
  const slots = value as Record<string, unknown>;
  for (const key of Object.keys(slots)) {
    const each = slots[key];
    if (typeof each === "object" && each !== null) {
      scrubAll(each, scrubber);
    } else if (typeof each === "string") {
      const clean = scrubber.scrub(each);
      if (clean !== each) {
        slots[key] = clean;
      }
    }
  }
}
