/** Values as a report may show them. */
import type { RawDifference } from "./differences.ts";
import type { PropertyChange, Value } from "./model.ts";
import { formatPath, type Path } from "./paths.ts";
import type { Guard } from "./secrets/guard.ts";
import { isSensitive } from "./secrets/sensitive.ts";
import { assetText, canonical, isObject, isSecret, isUnknown } from "./values.ts";

/** Characters of a value that are shown; more than anybody reads in a line. */
const shown = 500;

/** A difference as a report may show it. */
export function propertyChange(
  difference: RawDifference,
  type: string,
  guard: Guard,
): PropertyChange {
  const { path, before, after, replaces } = difference;
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
    path: formatPath(path),
    before: show(before, after),
    after: show(after, before),
    replaces,
  };
}

function valueOf(whole: string, { scrubber }: Guard): Value {
  // A cut could leave half a secret that nothing knows any more: so it comes last.
  const text = scrubber.scrub(whole);
  return text.length <= shown
    ? { is: "text", text }
    : { is: "text", text: text.slice(0, shown).toWellFormed(), of: text.length };
}

/**
 * A value as a text. What is marked inside it, or at the same place of its other side, is masked: a
 * property that becomes secret was no less one before.
 */
export function textOf(value: unknown, twin: unknown, type: string, path: Path): string {
  return typeof value === "string" ? value : canonical(open(value, twin, type, path));
}

function open(value: unknown, twin: unknown, type: string, path: Path): unknown {
  if (isSecret(value) || isSecret(twin)) {
    return "[secret]";
  }
  if (isUnknown(value)) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    const others = Array.isArray(twin) ? (twin as readonly unknown[]) : [];
    // Lists move: a secret anywhere in the other one is masked at every place of its kind.
    const marked = others.find(isSecret);
    return value.map((each, at) => open(each, others[at] ?? marked, type, [...path, at]));
  }
  if (!isObject(value)) {
    return isSensitive(type, path, undefined) && typeof value === "string" ? "[secret]" : value;
  }
  const asset = assetText(value);
  if (asset !== undefined) {
    return asset;
  }
  const named = typeof value["name"] === "string" && "value" in value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const isNamedSecret =
        named && key === "value" && isSensitive(type, [value["name"] as string], undefined);
      const other = isObject(twin) ? twin[key] : undefined;
      return [key, isNamedSecret ? "[secret]" : open(each, other, type, [...path, key])];
    }),
  );
}
