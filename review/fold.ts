/**
 * Folds what is told many times: the same property that changes alike on many resources, many new
 * resources of one type, and the same change in several stacks.
 */
import { createHash } from "node:crypto";

import { namesIn, starred } from "./drawn.ts";
import { keyAcrossStacks, referTo } from "./identity.ts";
import type { Group, Item, PropertyChange, Value } from "./model.ts";
import { parsePath } from "./paths.ts";
import { compareRisk } from "./risk/judge.ts";
import { upTo } from "./say.ts";
import { canonical } from "./values.ts";

/** Resources from which on a change is told once for all of them. */
const many = 3;

/** Folds the items of all stacks: marks them, and gives the groups, worst first. */
export function fold(stacks: readonly (readonly Item[])[]): Group[] {
  const items = stacks.flat();
  const groups = [...foldProperties(items), ...foldNew(items)];
  foldStacks(stacks);
  return groups.sort(
    (left, right) =>
      compareRisk(left.risk, right.risk) || right.members.length - left.members.length,
  );
}

/** A property whose value is told on both sides, so that equal ones are equal. */
function isTold({ before, after }: PropertyChange): boolean {
  return isWhole(before) && isWhole(after);
}

const isWhole = (value: Value): boolean =>
  value.is === "absent" || (value.is === "text" && value.of === undefined);

function foldProperties(items: readonly Item[]): Group[] {
  const members = new Map<string, { change: PropertyChange; items: Item[] }>();
  for (const item of items) {
    // What forces a replacement is a resource's own affair.
    for (const change of item.changes.filter((each) => !each.replaces && isTold(each))) {
      const key = JSON.stringify([change.path, change.before, change.after]);
      const known = members.get(key);
      if (known === undefined) {
        members.set(key, { change, items: [item] });
      } else {
        known.items.push(item);
      }
    }
  }
  /** Item → all that each of its groups says of it. */
  const told = new Map<Item, ReadonlySet<string>[]>();
  const groups = [...members.values()].flatMap(({ change, items: alike }) => {
    // What it costs is told by a resource in which nothing else changes.
    const alone = alike.find((item) => item.changes.length === 1 && isPlain(item));
    if (alike.length < many || alone === undefined) {
      return [];
    }
    const group = propertyGroup(change, alike, alone);
    const said = new Set(wordsOf(group));
    for (const item of alike) {
      item.groups.push(group.id);
      const known = told.get(item);
      if (known === undefined) {
        told.set(item, [said]);
      } else {
        known.push(said);
      }
    }
    return [group];
  });
  for (const [item, own] of told) {
    item.folded = own.length === item.changes.length && isPlain(item) && isToldBy(own, item);
  }
  return groups;
}

/** Whether groups say all that is said of it: who reads a ConfigMap that changes, say, is its own affair. */
const isToldBy = (groups: readonly ReadonlySet<string>[], item: Item): boolean =>
  wordsOf(item).every((word) => groups.some((said) => said.has(word)));

const wordsOf = ({ findings, words }: Pick<Item, "findings" | "words">): readonly string[] => [
  ...words,
  ...findings.map(({ rule, why }) => `${rule}: ${why}`),
];

/** Whether its properties are all there is to tell of it. */
function isPlain(item: Item): boolean {
  return (
    item.operation === "update" &&
    item.changesOmitted === 0 &&
    item.texts.length === 0 &&
    item.unknowns.length === 0 &&
    item.failure === undefined &&
    compareRisk(item.risk, "rollout") >= 0 &&
    item.secrets.every(({ change }) => change === "unchanged")
  );
}

function propertyGroup(change: PropertyChange, items: readonly Item[], alone: Item): Group {
  return {
    id: groupId("property", change),
    title: `${nameOf(change.path)} on ${items.length} objects`,
    risk: alone.risk,
    findings: alone.findings,
    operation: "update",
    changes: [change],
    words: alone.words,
    ...membersOf(items),
  };
}

/** `label app.kubernetes.io/version` for a label, else the path. */
function nameOf(path: string): string {
  const [first, second, third] = parsePath(path);
  const word = { labels: "label", annotations: "annotation" }[String(second)];
  return first === "metadata" && word !== undefined && third !== undefined
    ? `${word} ${third}`
    : path;
}

/** New resources of one type of which there is nothing to say but that they are new. */
function foldNew(items: readonly Item[]): Group[] {
  const made = items.filter(
    ({ operation, risk, failure }) =>
      (operation === "create" || operation === "read" || operation === "import") &&
      failure === undefined &&
      compareRisk(risk, "rollout") >= 0,
  );
  const byKind = Map.groupBy(made, ({ operation, resource, findings }) =>
    canonical([operation, resource.type, findings]),
  );
  return [...byKind.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined || alike.length < many) {
      return [];
    }
    const { operation, resource, findings, risk } = first;
    const group: Group = {
      id: groupId(operation, resource.type, findings),
      title: `${alike.length} x ${resource.kind} ${deeds[operation] ?? operation}`,
      risk,
      findings,
      operation,
      changes: [],
      words: [...upTo(many, [...new Set(alike.flatMap(({ words }) => words))])],
      ...membersOf(alike),
    };
    for (const item of alike) {
      item.groups.push(group.id);
      item.folded = item.unknowns.length === 0;
    }
    return [group];
  });
}

const deeds: Readonly<Record<string, string>> = {
  create: "made",
  read: "read",
  import: "taken over",
};

/** The same resource that changes alike in several stacks is told in the first of them. */
function foldStacks(stacks: readonly (readonly Item[])[]): void {
  if (stacks.length < 2) {
    return;
  }
  const open = Map.groupBy(
    stacks.flat().filter(({ folded }) => !folded),
    keyOf,
  );
  // A resource that changes in one stack only is like no other: all it says need not be put together.
  const several = [...open.values()].filter((items) => items.length > 1).flat();
  const names = namesIn(stacks.flat().map(({ resource }) => resource.urn));
  const alike = Map.groupBy(several, (item) => `${keyOf(item)} ${signature(item, names)}`);
  for (const [first, ...others] of alike.values()) {
    if (first === undefined || others.length === 0) {
      continue;
    }
    first.alsoIn = others.map(({ resource }) => resource.stack);
    for (const item of others) {
      item.folded = true;
      item.toldBy = { stack: first.resource.stack, id: first.id };
    }
  }
}

/** The same resource in every stack. */
export function keyOf({ resource }: Item): string {
  return keyAcrossStacks(resource.urn);
}

/** All that a report says of a change, but for who it is. */
export const signature = (item: Item, names: ReadonlySet<string>): string =>
  starred(canonical(allOf(item)), names);

function allOf(item: Item): unknown {
  const { operation, words, changes, texts, secrets, replacement, findings, unknowns } = item;
  return [
    ...[operation, words, changes, texts, secrets, replacement ?? null, findings],
    unknowns.map(({ path }) => path),
    item.failure ?? null,
    item.content ?? null,
  ];
}

function membersOf(items: readonly Item[]): Pick<Group, "stacks" | "members"> {
  return {
    stacks: [...new Set(items.map(({ resource }) => resource.stack))],
    members: items.map(({ resource }) => referTo(resource)),
  };
}

function groupId(...parts: readonly unknown[]): string {
  return createHash("sha256").update(canonical(parts)).digest("hex").slice(0, 12);
}
