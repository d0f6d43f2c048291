/** Which properties of a resource differ, with both sides as a report may show them. */
import type { PropertyChange, SecretChange } from "./model.ts";
import type { Change } from "./operations.ts";
import { formatPath, parsePath, type Path } from "./paths.ts";
import type { PropertyDiff, State } from "./preview.ts";
import { secretChanges, secretPaths } from "./secrets/changes.ts";
import type { Guard } from "./secrets/guard.ts";
import { isSensitive } from "./secrets/sensitive.ts";
import { propertyChange, shownWhole } from "./show.ts";
import { isEqual, isObject, isSecret, isUnknown, lookUp } from "./values.ts";

/** Changes of one resource that are listed. */
const listed = 200;

/** A text property that differs, as it stands; it never leaves this folder undiffed. */
export interface TextPair {
  readonly path: Path;
  readonly before: string;
  readonly after: string;
}

/** Everything that differs in one resource. */
export interface Differences {
  /** Path → both raw sides: for rules, not to be shown. */
  readonly raw: readonly RawDifference[];
  readonly changes: readonly PropertyChange[];
  readonly changesOmitted: number;
  readonly texts: readonly TextPair[];
  readonly secrets: readonly SecretChange[];
}

/** One property that differs. What is secret is so on both sides. */
export interface RawDifference {
  readonly path: Path;
  /** The path as the engine writes it. */
  readonly text: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly replaces: boolean;
  readonly isSecret: boolean;
}

const unchanged: PropertyDiff = { kind: "update", replaces: false };

/** What differs between both states of a change. Nothing for what is made or goes whole. */
export function differencesOf(change: Change, guard: Guard): Differences {
  const { before, after } = change;
  if (before === undefined || after === undefined || change.operation === "delete") {
    const state = after ?? before;
    const word = after === undefined || change.operation === "delete" ? "removed" : "added";
    const secrets = secretPaths(change.type, state?.inputs ?? {}).map((path) => ({
      path: formatPath(path),
      change: word,
    })) satisfies SecretChange[];
    return { raw: [], changes: [], changesOmitted: 0, texts: [], secrets };
  }
  const raw = rawDifferences(change, before, after);
  const open = raw.filter((difference) => !difference.isSecret);
  const texts = open.flatMap(textPair);
  const changes = raw
    .slice(0, listed)
    .map((difference) => propertyChange(difference, change.type, guard));
  return {
    raw,
    changes,
    changesOmitted: raw.length - changes.length,
    texts,
    secrets: secretChanges(change, raw, guard),
  };
}

function rawDifferences(change: Change, before: State, after: State): readonly RawDifference[] {
  const found = new Map<string, RawDifference>();
  for (const [text, diff] of pathsOf(change, before, after)) {
    const whole = parsePath(text);
    for (const each of expand(whole, valueAt(before, whole), valueAt(after, whole))) {
      const { path, before: left, after: right } = each;
      const isMarked = isMarkedSecret(change, before, after, each);
      const name = formatPath(path);
      const { replaces } = diff;
      found.set(name, {
        path,
        text: name,
        before: left,
        after: right,
        replaces,
        isSecret: isMarked,
      });
    }
  }
  const order = (left: RawDifference, right: RawDifference): number =>
    Number(right.replaces) - Number(left.replaces);
  return [...found.values()].sort(order);
}

/** The paths the engine names; where it names none, those of an own comparison. */
function pathsOf(
  change: Change,
  before: State,
  after: State,
): Iterable<readonly [string, PropertyDiff]> {
  const { detail, diffs, keys } = change;
  if (detail !== undefined && detail.size > 0) {
    return detail;
  }
  const replaces = new Set(keys);
  const [left, right] = [before.inputs, after.inputs];
  const roots = diffs ?? [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return roots.flatMap((root) =>
    ownPaths([root], left[root], right[root]).map((path) => {
      const text = formatPath(path);
      return [text, { ...unchanged, replaces: replaces.has(root) || replaces.has(text) }] as const;
    }),
  );
}

function ownPaths(path: Path, before: unknown, after: unknown): readonly Path[] {
  if (isEqual(before, after) && !isSecret(before)) {
    return [];
  }
  if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => ownPaths([...path, key], before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const [left, right] = [before as readonly unknown[], after as readonly unknown[]];
    return left.flatMap((value, at) => ownPaths([...path, at], value, right[at]));
  }
  // Two blinded secrets look alike; that the provider names their property is all there is to go by.
  return [path];
}

/** Inputs are what the program says; what only the world tells stands in the outputs. */
function valueAt(state: State, path: Path): unknown {
  const value = lookUp(state.inputs, path);
  return value === undefined ? lookUp(state.outputs, path) : value;
}

/** An object that comes or goes whole is told entry by entry where it holds files. */
function expand(
  path: Path,
  before: unknown,
  after: unknown,
): readonly Pick<RawDifference, "path" | "before" | "after">[] {
  const whole = before === undefined ? after : before;
  const other = before === undefined ? before : after;
  const holdsFiles =
    other === undefined &&
    isObject(whole) &&
    !isSecret(whole) &&
    Object.values(whole).some((value) => typeof value === "string" && value.includes("\n"));
  if (!holdsFiles) {
    return [{ path, before, after }];
  }
  return Object.keys(whole).map((key) => ({
    path: [...path, key],
    before: isObject(before) ? before[key] : undefined,
    after: isObject(after) ? after[key] : undefined,
  }));
}

function isMarkedSecret(
  { type }: Change,
  before: State,
  after: State,
  { path, before: left, after: right }: Pick<RawDifference, "path" | "before" | "after">,
): boolean {
  return (
    isSecret(left) ||
    isSecret(right) ||
    isSensitive(type, path, after.inputs) ||
    isSensitive(type, path, before.inputs)
  );
}

/** Texts that are better told by their lines. */
function textPair({ path, before, after }: RawDifference): readonly TextPair[] {
  if (
    typeof before !== "string" ||
    typeof after !== "string" ||
    isUnknown(before) ||
    isUnknown(after)
  ) {
    return [];
  }
  // A single line that is shown whole says no more by itself: an image with its digest, say.
  const isLong = [before, after].some((text) => text.includes("\n") || text.length > shownWhole);
  const isData = /^\s*[[{]/.test(before) && /^\s*[[{]/.test(after);
  return isLong || isData ? [{ path, before, after }] : [];
}
