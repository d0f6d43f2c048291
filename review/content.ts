/** What a new resource is made of, as a hash: its report lists no properties, and two may differ in them. */
import { hash } from "node:crypto";

import { starred } from "./drawn.ts";
import type { Operation } from "./model.ts";
import type { Change } from "./operations.ts";
import { masked } from "./secrets/mask.ts";
import type { Scrubber } from "./secrets/scrub.ts";
import { canonical } from "./values.ts";

/** What is told by no more than that it is there from now on. */
const newcomers: ReadonlySet<Operation> = new Set(["create", "import"]);

/**
 * Sixteen hex digits, alike for what is alike but for its secrets and for the names that the engine made;
 * undefined for what is not new.
 *
 * @param names See {@link namesIn}.
 */
export function contentOf(
  { after, operation, type }: Change,
  names: ReadonlySet<string>,
  scrubber: Scrubber,
): string | undefined {
  if (after === undefined || !newcomers.has(operation)) {
    return undefined;
  }
  // Who knows all of it but a short secret could try out the rest: what is known to be one is taken out first.
  const text = scrubber.scrub(canonical(masked(after.inputs, undefined, type)));
  return hash("sha256", starred(text, names), "hex").slice(0, 16);
}
