/** Values of properties as the engine's events carry them, with its marks of what may not or cannot be told. */
import type { Path, Segment } from "./paths.ts";

/** Key by which the engine marks that an object stands for something else (sdk/go resource/sig). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignatures: Readonly<Record<string, string>> = {
  c44067f5952c0a294b673a41bacd8c17: "asset",
  "0def7320c3a5731c473e5ecbe6d01bc7": "archive",
};

/** What stands where a value is known only by the update: one text a type (sdk/go plugin/rpc.go). */
const unknownMarks: ReadonlySet<string> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Characters of each of these marks: other texts need not be looked up. */
const markLength = 36;

/** An object as JSON has it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether it has keys: no list, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the engine marks it as a secret. */
export function isSecret(value: unknown): value is JsonObject {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as JsonObject)[signature] === secretSignature
  );
}

/** Whether it is known only by the update. */
export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value.length === markLength && unknownMarks.has(value);
}

/** A secret's own value where the log was written with secrets shown, else undefined. */
export function plaintextOf(secret: JsonObject): unknown {
  const { plaintext } = secret;
  if (typeof plaintext !== "string") {
    return undefined;
  }
  try {
    return JSON.parse(plaintext);
  } catch {
    return plaintext;
  }
}

/** A file that the engine tells by its hash, as a text; else undefined. */
export function assetText(value: JsonObject): string | undefined {
  const kind = assetSignatures[String(value[signature])];
  return kind === undefined ? undefined : `${kind} ${String(value["hash"]).slice(0, 12)}`;
}

/** What lies at the end of a path. A secret or an unknown on the way stands for all that is in it. */
export function lookUp(root: unknown, path: Path): unknown {
  let value = root;
  // Asked tens of thousands of times before any of it is compiled: then a loop by element costs far more.
  for (let at = 0; at < path.length; at += 1) {
    if (typeof value !== "object" || value === null) {
      return isUnknown(value) ? value : undefined;
    }
    const segment = path[at] ?? "";
    if (Array.isArray(value)) {
      value = typeof segment === "number" ? value[segment] : undefined;
    } else if (isSecret(value)) {
      return value;
    } else {
      value = Object.hasOwn(value, segment) ? (value as JsonObject)[segment] : undefined;
    }
  }
  return value;
}

/** The object there; an empty one where there is none. */
export function objectAt(root: unknown, ...path: Path): JsonObject {
  const value = lookUp(root, path);
  return isObject(value) && !isSecret(value) ? value : {};
}

/** The list there; an empty one where there is none. */
export function listAt(root: unknown, ...path: Path): readonly unknown[] {
  const value = lookUp(root, path);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The text there, if it is one and known. */
export function textAt(root: unknown, ...path: Path): string | undefined {
  const value = lookUp(root, path);
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The number there, if it is one. */
export function numberAt(root: unknown, ...path: Path): number | undefined {
  const value = lookUp(root, path);
  return typeof value === "number" ? value : undefined;
}

/** Whether both are the same, whatever the order of keys. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) {
    return true;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, at) => isEqual(value, right[at]));
  }
  if (!isObject(left) || !isObject(right)) {
    return false;
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key], right[key]))
  );
}

/**
 * A value that was just read, with all that is alike in another taken from there: it is held once, and
 * found alike at one look. Writes into the value, not into the other.
 */
export function shared(value: unknown, other: unknown): unknown {
  if (typeof value !== "object" || value === null || typeof other !== "object" || other === null) {
    return value === other ? other : value;
  }
  const keys = Object.keys(value);
  let isAlike =
    Array.isArray(value) === Array.isArray(other) && keys.length === Object.keys(other).length;
  const own = value as Record<string, unknown>;
  const known = other as JsonObject;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? "";
    const entry = own[key];
    // What every object inherits is nothing that JSON has.
    const twin = known[key];
    const kept = typeof entry === "object" ? shared(entry, twin) : entry;
    // To write the key of prototypes would not make an entry.
    if (kept === twin && key !== "__proto__") {
      own[key] = twin;
    } else {
      isAlike = false;
    }
  }
  return isAlike ? other : value;
}

/** JSON with sorted keys: alike for alike values. */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return value === undefined ? "null" : JSON.stringify(value);
  }
  let text = "";
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      text += `${at === 0 ? "" : ","}${canonical(value[at])}`;
    }
    return `[${text}]`;
  }
  const keys = Object.keys(value).sort();
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? "";
    const comma = at === 0 ? "" : ",";
    text += `${comma}${JSON.stringify(key)}:${canonical((value as JsonObject)[key])}`;
  }
  return `{${text}}`;
}

/** Whether it is nested deeper than so many levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  if (levels === 0) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some((each) => isDeeperThan(each, levels - 1));
  }
  // A list of the values would be made for each of the many objects of an event.
  for (const key in value) {
    const each = (value as JsonObject)[key];
    // Most are texts, and cost no call.
    if (typeof each === "object" && isDeeperThan(each, levels - 1)) {
      return true;
    }
  }
  return false;
}

/**
 * Visits every value that is neither a list nor an object; a secret is one, whatever it stands for.
 *
 * @param visit Gets a path that changes after it returns: it keeps a copy, if anything.
 */
export function visitLeaves(value: unknown, visit: (leaf: unknown, path: Path) => void): void {
  const path: Segment[] = [];
  const walk = (each: unknown): void => {
    if (typeof each !== "object" || each === null || isSecret(each)) {
      visit(each, path);
      return;
    }
    if (Array.isArray(each)) {
      for (let at = 0; at < each.length; at += 1) {
        path.push(at);
        walk(each[at]);
        path.pop();
      }
      return;
    }
    const keys = Object.keys(each);
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] ?? "";
      path.push(key);
      walk((each as JsonObject)[key]);
      path.pop();
    }
  };
  walk(value);
}
