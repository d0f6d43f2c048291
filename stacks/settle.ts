/**
 * Finds a config in which every field parses, so that rules across fields can be tried on it: each
 * faulty value gets a stand-in.
 */
import * as z from "zod";

import { type Path, samePath, startsWith, valueAt } from "./path.ts";
import { schemasAt, substitutes } from "./substitute.ts";

/** What zod complains about. */
export type Issue = z.core.$ZodIssue;

/** Passes after which the search ends; each replaces at least one value. */
const maximumPasses = 30;

/** The value of what cannot be parsed. */
const nothing = (): undefined => undefined;

/** A config in which every field parses. */
export interface Settled {
  /** Issues of single values, in the order they were found. */
  readonly faulty: readonly Issue[];
  /** Issues of rules across fields. */
  readonly rules: readonly Issue[];
  /** Where stand-ins are. */
  readonly replaced: readonly Path[];
  /** What it parses to. Asked for by few: it is one more pass over all. */
  readonly value: () => unknown;
  /** Whether every field parses in the end. */
  readonly settled: boolean;
  /** Whether an issue is about a stand-in. */
  readonly isReplaced: (issue: Issue) => boolean;
}

/**
 * Replaces faulty values until only rules across fields complain.
 *
 * @param pick Chooses among the stand-ins, which run from small to large.
 * @param known What the schema says of the input as it stands, where somebody has asked already.
 */
export function settle(
  schema: z.ZodType,
  input: unknown,
  pick: (values: readonly unknown[]) => unknown,
  known?: readonly Issue[],
): Settled {
  const draft: unknown = structuredClone(input);
  const replaced: Path[] = [];
  const removedFrom: Path[] = [];
  const faulty: Issue[] = [];
  const isReplaced = ({ path }: Issue): boolean =>
    replaced.some((one) => startsWith(path, one)) ||
    removedFrom.some((one) => one.length === path.length && startsWith(path, one));
  for (let pass = 0; pass < maximumPasses; pass += 1) {
    const told = pass === 0 ? known : undefined;
    const issues = told ?? schema.safeParse(draft).error?.issues ?? [];
    const open = issues.filter((issue) => isFaulty(schema, draft, issue));
    if (open.length === 0) {
      const value = (): unknown => valueOf(schema, draft);
      return { faulty, rules: issues, replaced, value, settled: true, isReplaced };
    }
    const replacedBefore = [...replaced];
    for (const issue of open) {
      // One place, one fault: a malformed host lies in no zone either.
      if (!isReplaced(issue)) {
        faulty.push(issue);
      }
      if (issue.code === "unrecognized_keys") {
        issue.keys.forEach((key) => {
          remove(draft, [...issue.path, key]);
        });
      } else if (issue.code === "invalid_key") {
        remove(draft, issue.path);
        removedFrom.push(issue.path.slice(0, -1));
      } else {
        const path = placeOf(issue, replacedBefore);
        if (path.length === 0) {
          return { faulty, rules: [], replaced, value: nothing, settled: false, isReplaced };
        }
        const values = substitutes(schemasAt(schema, draft, path), valueAt(draft, path));
        set(draft, path, structuredClone(pick(values)));
        replaced.push(path);
      }
    }
  }
  return { faulty, rules: [], replaced, value: nothing, settled: false, isReplaced };
}

/** The parsed value even where rules across fields complain: safeParse keeps it back then. */
function valueOf(schema: z.ZodType, input: unknown): unknown {
  const result = schema._zod.run({ value: structuredClone(input), issues: [] }, { async: false });
  return result instanceof Promise ? undefined : result.value;
}

/** Whether an issue is about a value by itself, and not about how values go together. */
function isFaulty(schema: z.ZodType, draft: unknown, issue: Issue): boolean {
  if (issue.code !== "custom") {
    return true;
  }
  const value = valueAt(draft, issue.path);
  const own = issue.path.length === 0 ? [] : schemasAt(schema, draft, issue.path);
  return own.some((one) =>
    z
      .safeParse(one, value)
      .error?.issues.some(({ path, message }) => path.length === 0 && message === issue.message),
  );
}

/**
 * What to replace for an issue. A wrong kind makes the whole object unreadable, be it the whole
 * config: nothing can be said of a system's sections while nobody knows which system it is. Where a
 * stand-in did not do, what is round it goes next.
 */
function placeOf(issue: Issue, replaced: readonly Path[]): Path {
  const wrongKind = issue.code === "invalid_union" && issue.errors.length === 0;
  let path: Path = wrongKind ? issue.path.slice(0, -1) : issue.path;
  while (path.length > 1 && replaced.some((one) => samePath(one, path))) {
    path = path.slice(0, -1);
  }
  return path;
}

/**
 * The input without the items of lists in which faults were found: nothing stands in for those, and
 * nothing is said about the place of an item that has a value made up for it.
 */
export function withoutItems(input: unknown, faulty: readonly Path[]): unknown {
  const draft: unknown = structuredClone(input);
  const items = faulty.flatMap((path) => {
    const index = path.findIndex((step) => typeof step === "number");
    return index < 0 ? [] : [path.slice(0, index + 1)];
  });
  const indices = [...new Map(items.map((path) => [JSON.stringify(path), path] as const)).values()];
  // From behind, so that what is taken out moves no other item that goes.
  for (const path of indices.sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)))) {
    const list = valueAt(draft, path.slice(0, -1));
    if (Array.isArray(list)) {
      list.splice(Number(path.at(-1)), 1);
    }
  }
  return draft;
}

function remove(input: unknown, path: Path): void {
  const owner = valueAt(input, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof owner === "object" && owner !== null && last !== undefined) {
    Reflect.deleteProperty(owner, last);
  }
}

/** Puts a value in place; undefined takes what is there out, so that a default comes in. */
function set(input: unknown, path: Path, value: unknown): void {
  const owner = valueAt(input, path.slice(0, -1));
  const last = path.at(-1);
  if (value === undefined) {
    remove(input, path);
  } else if (typeof owner === "object" && owner !== null && last !== undefined) {
    Reflect.set(owner, last, value);
  }
}
