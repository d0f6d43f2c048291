/** Values without what may not be told. */
import type { Path } from "../paths.ts";
import { assetText, isObject, isSecret, isUnknown } from "../values.ts";
import { mask } from "./scrub.ts";
import { isSensitive } from "./sensitive.ts";

/**
 * A value with its secrets and unknowns masked: what is marked, what is marked at the same place of its
 * other side — a property that becomes secret was no less one before — and what is called so.
 *
 * @param twin The other side of a change.
 * @param path Where it stands in its resource; empty where only marks are to count.
 */
export function masked(value: unknown, twin: unknown, type = "", path: Path = []): unknown {
  if (isSecret(value) || isSecret(twin)) {
    return mask;
  }
  if (isUnknown(value)) {
    return "[unknown]";
  }
  if (Array.isArray(value)) {
    const others = Array.isArray(twin) ? (twin as readonly unknown[]) : [];
    // Entries of lists move: one with a name is compared with its namesake.
    const names = new Map(
      others.map((other) => [isObject(other) ? other["name"] : undefined, other]),
    );
    return value.map((each, at) => {
      const namesake = isObject(each) ? names.get(each["name"] ?? at) : undefined;
      return masked(each, namesake ?? others[at], type, [...path, at]);
    });
  }
  if (!isObject(value)) {
    return isSensitive(type, path, undefined) && typeof value === "string" ? mask : value;
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
      return [key, isNamedSecret ? mask : masked(each, other, type, [...path, key])];
    }),
  );
}
