/** What differs between the inputs a resource was made with and those it shall have. */
import { assetHash, canonical, isAsset, isBag, isList, isSecret, isUnknown } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** One input that differs. */
export interface Change {
  /** Where, as `pools[0].type`. */
  readonly path: string;
  /** What became of it. */
  readonly kind: "add" | "delete" | "update";
  /** Whether the new value is known only to the update. */
  readonly unknown: boolean;
}

/**
 * A property path in which `*` stands for any one key or index, as `metadatas.*.userData`. A pattern
 * covers everything below it.
 */
export type PathPattern = string;

/** The inputs that differ. `sets` names lists whose order the cloud does not keep. */
export function changes(
  olds: Properties,
  news: Properties,
  sets: readonly PathPattern[] = [],
): Change[] {
  return bagChanges(olds, news, "", sets);
}

/** Whether a change touches what a pattern names. */
export function touches(change: Change, pattern: PathPattern): boolean {
  const at = segments(change.path);
  const wanted = pattern.split(".");
  const common = Math.min(at.length, wanted.length);
  for (let index = 0; index < common; index += 1) {
    if (wanted[index] !== "*" && wanted[index] !== at[index]) return false;
  }
  return at.length >= wanted.length || change.unknown;
}

/** The keys and indices of a path: `pools[0].type` is pools, 0, type. */
export function segments(path: string): string[] {
  return path.split(/[.[\]]/).filter((segment) => segment !== "");
}

function bagChanges(
  olds: Properties,
  news: Properties,
  path: string,
  sets: readonly PathPattern[],
): Change[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys]
    .filter((key) => !key.startsWith("__"))
    .sort()
    .flatMap((key) =>
      valueChanges(olds[key], news[key], path === "" ? key : `${path}.${key}`, sets),
    );
}

function valueChanges(
  oldMarked: Value | undefined,
  newMarked: Value | undefined,
  path: string,
  sets: readonly PathPattern[],
): Change[] {
  const before = unmarked(oldMarked);
  const after = unmarked(newMarked);
  if (before === undefined && after === undefined) return [];
  if (isUnknown(after))
    return [{ path, kind: before === undefined ? "add" : "update", unknown: true }];
  if (isList(before) || isList(after)) {
    return listChanges(before ?? [], after ?? [], path, sets);
  }
  const bags = [before, after].every(
    (value) => value === undefined || (isBag(value) && !isAsset(value)),
  );
  if (bags) {
    const inner = bagChanges(isBag(before) ? before : {}, isBag(after) ? after : {}, path, sets);
    return inner.length > 0 || (before !== undefined && after !== undefined)
      ? inner
      : [{ path, kind: before === undefined ? "add" : "delete", unknown: false }];
  }
  if (before === undefined) return [{ path, kind: "add", unknown: false }];
  if (after === undefined) return [{ path, kind: "delete", unknown: false }];
  return same(before, after) ? [] : [{ path, kind: "update", unknown: false }];
}

function listChanges(
  before: Value,
  after: Value,
  path: string,
  sets: readonly PathPattern[],
): Change[] {
  if (!isList(before) || !isList(after)) return [{ path, kind: "update", unknown: false }];
  const probe: Change = { path, kind: "update", unknown: false };
  const unordered = sets.some(
    (set) => set.split(".").length === segments(path).length && touches(probe, set),
  );
  const [olds, news] = unordered ? [inOrder(before), inOrder(after)] : [before, after];
  return Array.from({ length: Math.max(olds.length, news.length) }, (_, index) =>
    valueChanges(olds[index], news[index], `${path}[${index}]`, sets),
  ).flat();
}

function inOrder(list: readonly Value[]): Value[] {
  return [...list].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function unmarked(value: Value | undefined): Value | undefined {
  if (value === null) return undefined;
  return isSecret(value) ? unmarked(value["value"]) : value;
}

/** Assets are compared by the hash the engine computed, as files move and temporary paths change. */
function same(before: Value, after: Value): boolean {
  const hash = assetHash(before);
  return hash === undefined ? canonical(before) === canonical(after) : hash === assetHash(after);
}
