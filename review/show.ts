/** Values as a report may show them. */
import type { RawDifference } from "./differences.ts";
import type { PropertyChange, Value } from "./model.ts";
import type { Path } from "./paths.ts";
import type { Guard } from "./secrets/guard.ts";
import { masked } from "./secrets/mask.ts";
import { canonical, isUnknown } from "./values.ts";

/** Characters of a value that are shown; more than anybody reads in a line. */
export const shownWhole = 500;

/** A difference as a report may show it. */
export function propertyChange(
  difference: RawDifference,
  type: string,
  guard: Guard,
): PropertyChange {
  const { path, text: name, before, after, replaces } = difference;
  const show = (value: unknown, twin: unknown): Value => {
    if (value === undefined || value === null) {
      return { is: "absent" };
    }
    if (difference.isSecret) {
      return { is: "secret" };
    }
    if (isUnknown(value)) {
      return { is: "unknown" };
    }
    return valueOf(textOf(value, twin, type, path), guard);
  };
  return {
    path: name,
    before: show(before, after),
    after: show(after, before),
    replaces,
  };
}

function valueOf(whole: string, { scrubber }: Guard): Value {
  // A cut could leave half a secret that nothing knows any more: so it comes last.
  const text = scrubber.scrub(whole);
  return text.length <= shownWhole
    ? { is: "text", text }
    : { is: "text", text: text.slice(0, shownWhole).toWellFormed(), of: text.length };
}

/**
 * A value as a text. What is marked inside it, or at the same place of its other side, is masked: a
 * property that becomes secret was no less one before.
 */
export function textOf(value: unknown, twin: unknown, type: string, path: Path): string {
  return typeof value === "string" ? value : canonical(masked(value, twin, type, path));
}
