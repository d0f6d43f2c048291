/** What changes in the containers of a pod. */
import { say, sayBoth } from "../say.ts";
import { isSensitive } from "../secrets/sensitive.ts";
import { isSecret, type JsonObject, listAt, lookUp, objectAt, textAt } from "../values.ts";
import { percent, readQuantity } from "./quantities.ts";

/** One line a change. Containers are named where there are several. */
export function containerWords(
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const isAlone = before.size <= 1 && after.size <= 1;
  if (isAlone && names.length === 2) {
    // The only container under another name is the same one to a reader.
    const [left, right] = [[...before.values()][0] ?? {}, [...after.values()][0] ?? {}];
    return [`container ${names.join(" -> ")}`, ...oneContainer(left, right)];
  }
  return names.flatMap((name) => {
    const [left, right] = [before.get(name), after.get(name)];
    if (left === undefined || right === undefined) {
      const image = say((left ?? right)?.["image"]);
      return [`container ${name} ${left === undefined ? "added" : "removed"} (${image})`];
    }
    const words = oneContainer(left, right);
    return isAlone ? words : words.map((word) => `${name}: ${word}`);
  });
}

function oneContainer(before: JsonObject, after: JsonObject): readonly string[] {
  return [
    ...imageWords(before["image"], after["image"]),
    ...resourceWords(before, after),
    ...environmentWords(before, after),
  ];
}

/** An image taken apart: `registry/name`, tag and digest. */
function readImage(image: string): readonly [string, string | undefined, string | undefined] {
  const [named = "", digest] = image.split("@");
  const colon = named.lastIndexOf(":");
  // A colon before a slash is the registry's port.
  return colon > named.lastIndexOf("/")
    ? [named.slice(0, colon), named.slice(colon + 1), digest]
    : [named, undefined, digest];
}

/** `image shop/web: v1.3.2 -> v1.3.3 (digest pinned)`. */
export function imageWords(before: unknown, after: unknown): readonly string[] {
  if (before === after) {
    return [];
  }
  if (typeof before !== "string" || typeof after !== "string" || isMarked(before, after)) {
    return [`image ${sayBoth(before, after).join(" -> ")}`];
  }
  const [oldName, oldTag, oldDigest] = readImage(before);
  const [newName, newTag, newDigest] = readImage(after);
  const pinned =
    newDigest !== undefined
      ? " (digest pinned)"
      : oldDigest !== undefined
        ? " (digest no longer pinned)"
        : "";
  if (oldName !== newName) {
    return [`image ${oldName}:${oldTag ?? "latest"} -> ${newName}:${newTag ?? "latest"}${pinned}`];
  }
  if (oldTag !== newTag) {
    return [`image ${newName}: ${oldTag ?? "latest"} -> ${newTag ?? "latest"}${pinned}`];
  }
  const short = (digest: string | undefined): string => digest?.slice(0, 19) ?? "none";
  const tag = newTag === undefined ? "" : `:${newTag}`;
  return [`image ${newName}${tag}: same tag, digest ${short(oldDigest)} -> ${short(newDigest)}`];
}

function isMarked(...values: readonly unknown[]): boolean {
  return values.some((value) => say(value).startsWith("["));
}

/** `memory limit 512Mi -> 1Gi (+100%)`. */
export function resourceWords(before: JsonObject, after: JsonObject): readonly string[] {
  return (["requests", "limits"] as const).flatMap((side) => {
    const [left, right] = [objectAt(before, "resources", side), objectAt(after, "resources", side)];
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return names.flatMap((name) => {
      const [old, now] = [left[name], right[name]];
      if (say(old) === say(now)) {
        return [];
      }
      const [was, is] = [readQuantity(old), readQuantity(now)];
      const change = was === undefined || is === undefined ? "" : percent(was, is);
      const word = side === "requests" ? "request" : "limit";
      return [
        `${name} ${word} ${sayBoth(old, now).join(" -> ")}${change === "" ? "" : ` (${change})`}`,
      ];
    });
  });
}

function environmentWords(before: JsonObject, after: JsonObject): readonly string[] {
  const [left, right] = [variablesOf(before), variablesOf(after)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => {
    const [old, now] = [left.get(name), right.get(name)];
    if (old === undefined) {
      return [`env ${name} added (${now?.text ?? ""})`];
    }
    if (now === undefined) {
      return [`env ${name} removed`];
    }
    if (old.isSecret || now.isSecret) {
      // What is secret on one side was no less so on the other.
      return old.raw === now.raw ? [] : [`env ${name} [secret] changed`];
    }
    return old.text === now.text ? [] : [`env ${name} ${old.text} -> ${now.text}`];
  });
}

interface Variable {
  readonly text: string;
  /** To compare, never to show. */
  readonly raw: unknown;
  readonly isSecret: boolean;
}

function variablesOf(container: JsonObject): ReadonlyMap<string, Variable> {
  return new Map(
    listAt(container, "env").map((variable) => {
      const name = textAt(variable, "name") ?? "";
      const value = lookUp(variable, ["value"]);
      const from = objectAt(variable, "valueFrom");
      const isHidden =
        isSecret(value) || (typeof value === "string" && isSensitive("", [name], undefined));
      const text =
        Object.keys(from).length > 0 ? sourceOf(from) : isHidden ? "[secret]" : say(value);
      return [
        name,
        { text, raw: isSecret(value) ? "[secret]" : (value ?? text), isSecret: isHidden },
      ];
    }),
  );
}

/** `key password of Secret login`. */
function sourceOf(from: JsonObject): string {
  for (const [field, kind] of [
    ["secretKeyRef", "Secret"],
    ["configMapKeyRef", "ConfigMap"],
  ] as const) {
    const source = objectAt(from, field);
    if (Object.keys(source).length > 0) {
      return `key ${say(source["key"])} of ${kind} ${say(source["name"])}`;
    }
  }
  return say(from);
}
