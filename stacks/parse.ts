/**
 * Parses one section tree with a zod schema and reports every fault, not only those of the first
 * pass: zod leaves cross-field rules out as soon as one field has the wrong type, and tries them on
 * faulty values otherwise. So whatever is faulty gets a stand-in, and the rules are tried on that.
 */
import * as z from "zod";

import { secretNameRule } from "../components/base/secrets.ts";
import { type Fault, quote, writePath } from "./faults.ts";
import { schemasAt, substitutes } from "./substitute.ts";
import { knownKeys, nearest } from "./suggest.ts";

/** What parsing a stack file gives: a value, or faults. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      /** The value with stand-ins for what is faulty, for rules that can still be tried. */
      readonly rest: Value | undefined;
      /** Whether a path of the stack file holds a stand-in, about which nothing may be said. */
      readonly isStandIn: (path: string) => boolean;
    };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
type Locate = (path: Path) => Path;

/** Passes after which the search for more faults ends; each replaces at least one value. */
const maximumPasses = 30;

/**
 * Parses and gathers faults.
 *
 * @param locate Turns a path of the schema into the path of the stack file.
 */
export function parseAll<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  locate: Locate,
): Parsed<z.output<Schema>> {
  const { clean, paths } = withoutPrototypes(input);
  const first = schema.safeParse(clean);
  if (first.success && paths.length === 0) {
    return { ok: true, value: first.data };
  }
  const small = settle(schema, clean, (values) => values[0]);
  const large =
    small.replaced.length === 0 ? small : settle(schema, clean, (values) => values.at(-1));
  const ruled = new Set((large.settled ? large : small).rules.map(issueKey));
  const issues = [
    ...small.faulty,
    ...small.rules.filter((issue) => ruled.has(issueKey(issue)) && !small.isReplaced(issue)),
  ];
  const faults = [
    ...paths.map((path) => ({
      path: writePath(locate(path)),
      expected: "is no key that Fleet knows",
    })),
    ...issues.flatMap((issue) => faultsOf(issue, schema, clean, locate)),
  ];
  const standIns = small.replaced.map((path) => writePath(locate(path)));
  return {
    ok: false,
    faults: unique(faults),
    rest: small.settled ? (small.value as z.output<Schema>) : undefined,
    isStandIn: (path) =>
      standIns.some(
        (one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`),
      ),
  };
}

/** A config in which every field parses. */
interface Settled {
  /** Issues of single values, in the order they were found. */
  readonly faulty: readonly Issue[];
  /** Issues of rules across fields. */
  readonly rules: readonly Issue[];
  /** Where stand-ins are. */
  readonly replaced: readonly Path[];
  readonly value: unknown;
  /** Whether every field parses in the end. */
  readonly settled: boolean;
  /** Whether an issue is about a stand-in. */
  readonly isReplaced: (issue: Issue) => boolean;
}

/** Replaces faulty values until only rules across fields complain. */
function settle(
  schema: z.ZodType,
  input: unknown,
  pick: (values: readonly unknown[]) => unknown,
): Settled {
  const draft: unknown = structuredClone(input);
  const replaced: Path[] = [];
  const removedFrom: Path[] = [];
  const faulty: Issue[] = [];
  const isReplaced = ({ path }: Issue): boolean =>
    replaced.some((one) => startsWith(path, one)) ||
    removedFrom.some((one) => one.length === path.length && startsWith(path, one));
  for (let pass = 0; pass < maximumPasses; pass += 1) {
    const issues = schema.safeParse(draft).error?.issues ?? [];
    const open = issues.filter((issue) => isFaulty(schema, draft, issue));
    if (open.length === 0) {
      const value = valueOf(schema, draft);
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
          return { faulty, rules: [], replaced, value: undefined, settled: false, isReplaced };
        }
        const values = substitutes(schemasAt(schema, draft, path), valueAt(draft, path));
        set(draft, path, structuredClone(pick(values)));
        replaced.push(path);
      }
    }
  }
  return { faulty, rules: [], replaced, value: undefined, settled: false, isReplaced };
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
 * What to replace for an issue. A wrong kind makes the whole object unreadable; where a stand-in
 * did not do, what is round it goes next.
 */
function placeOf(issue: Issue, replaced: readonly Path[]): Path {
  const wrongKind = issue.code === "invalid_union" && issue.errors.length === 0;
  let path: Path = wrongKind && issue.path.length > 1 ? issue.path.slice(0, -1) : issue.path;
  while (path.length > 1 && replaced.some((one) => samePath(one, path))) {
    path = path.slice(0, -1);
  }
  return path;
}

const startsWith = (path: Path, start: Path): boolean =>
  start.every((step, index) => path[index] === step);

const samePath = (one: Path, other: Path): boolean =>
  one.length === other.length && startsWith(one, other);

const issueKey = (issue: Issue): string => `${JSON.stringify(issue.path)} ${issue.message}`;

/** The same thing about the same place is told once. */
function unique(faults: readonly Fault[]): Fault[] {
  return [
    ...new Map(faults.map((fault) => [`${fault.path} ${fault.expected}`, fault] as const)).values(),
  ];
}

/** `__proto__` as a key: zod passes over it in records, and no file means it. */
function withoutPrototypes(input: unknown): { clean: unknown; paths: readonly Path[] } {
  const clean: unknown = structuredClone(input);
  const paths: Path[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (typeof value !== "object" || value === null) {
      return;
    }
    if (Object.hasOwn(value, "__proto__")) {
      paths.push([...path, "__proto__"]);
      Reflect.deleteProperty(value, "__proto__");
    }
    for (const [key, item] of Object.entries(value)) {
      walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(clean, []);
  return { clean, paths };
}

/** One issue as faults: an issue of unknown keys is one for each key. */
function faultsOf(issue: Issue, schema: z.ZodType, input: unknown, locate: Locate): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        path: writePath(locate([...issue.path, key])),
        expected: `is no key that Fleet knows${meant === undefined ? `: one of ${known.join(", ")}` : ""}`,
        ...(meant === undefined ? {} : { mend: `is ${meant} meant?` }),
      };
    });
  }
  const path = writePath(locate(issue.path));
  if (issue.code === "invalid_key") {
    return [{ path, expected: issue.issues.map(({ message }) => message).join("; ") }];
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return [{ path, expected: unionMessage(issue) + found(valueAt(input, issue.path)) }];
  }
  const value = valueAt(input, issue.path);
  if (value === undefined && issue.code !== "custom") {
    return [{ path, expected: `is missing: ${issue.message}` }];
  }
  // Somebody may have put the secret where its name belongs.
  return [
    { path, expected: issue.message + (issue.message === secretNameRule ? "" : found(value)) },
  ];
}

function unionMessage(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (issue.message !== "Invalid input") {
    return issue.message;
  }
  const options = new Set(issue.errors.flat().map(({ message }) => message));
  return [...options].join(", or ");
}

/** What stands there, when that helps and gives nothing away. */
function found(value: unknown): string {
  if (typeof value === "string") {
    const text = quote(value);
    return text === undefined ? "" : ` (it is ${text})`;
  }
  return typeof value === "number" || typeof value === "boolean" ? ` (it is ${String(value)})` : "";
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    input,
  );
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
