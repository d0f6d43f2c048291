/** Takes known secrets out of everything that a report says. */
import type { Scrubber } from "./scrub.ts";

/** The same value with every text in it scrubbed; keys are the model's own words and stay. */
export function scrubAll<T>(value: T, scrubber: Scrubber): T {
  return scrubber.isIdle ? value : (walk(value, scrubber) as T);
}

function walk(value: unknown, scrubber: Scrubber): unknown {
  if (typeof value === "string") {
    return scrubber.scrub(value);
  }
  if (Array.isArray(value)) {
    return value.map((each) => walk(each, scrubber));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    copy[key] = walk(each, scrubber);
  }
  return copy;
}
