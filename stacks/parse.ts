/**
 * Parses one section tree with a zod schema and reports every fault, not only those of the first
 * pass: zod leaves cross-field rules out as soon as one field is wrong. So whatever is faulty is
 * taken out and the rest parsed again, until nothing new comes up.
 */
import * as z from "zod";

import { type Fault, writePath } from "./faults.ts";
import { knownKeys, nearest } from "./suggest.ts";

/** What parsing a stack file gives: a value, or faults. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      /** What is left without its faults, where that parses: for rules that can still be tried. */
      readonly rest: Value | undefined;
    };

type Issue = z.core.$ZodIssue;

/** Passes after which the search for more faults ends; each takes out at least one fault. */
const maximumPasses = 20;

/**
 * Parses and gathers faults.
 *
 * @param locate Turns a path of the schema into the path of the stack file.
 */
export function parseAll<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  locate: (path: readonly PropertyKey[]) => readonly PropertyKey[],
): Parsed<z.output<Schema>> {
  const first = schema.safeParse(input);
  if (first.success) {
    return { ok: true, value: first.data };
  }
  const faults = new Map<string, Fault>();
  let rest: unknown = structuredClone(input);
  let issues: readonly Issue[] = first.error.issues;
  for (let pass = 0; pass < maximumPasses; pass += 1) {
    const before = faults.size;
    for (const fault of issues.flatMap((issue) => faultsOf(issue, schema, input, locate))) {
      // The same place is told once: what was taken out is missing in the next pass.
      if (!faults.has(fault.path)) {
        faults.set(fault.path, fault);
      }
    }
    if (pass > 0 && faults.size === before) {
      break;
    }
    for (const issue of issues) {
      rest = without(rest, issue);
    }
    const next = schema.safeParse(rest);
    if (next.success) {
      return { ok: false, faults: [...faults.values()], rest: next.data };
    }
    issues = next.error.issues;
  }
  return { ok: false, faults: [...faults.values()], rest: undefined };
}

/** One issue as faults: an issue of unknown keys is one for each key. */
function faultsOf(
  issue: Issue,
  schema: z.ZodType,
  input: unknown,
  locate: (path: readonly PropertyKey[]) => readonly PropertyKey[],
): Fault[] {
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
  const missing = value === undefined && issue.code !== "custom";
  return [
    { path, expected: missing ? `is missing: ${issue.message}` : issue.message + found(value) },
  ];
}

function unionMessage(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (issue.message !== "Invalid input") {
    return issue.message;
  }
  const options = new Set(issue.errors.flat().map(({ message }) => message));
  return [...options].join(", or ");
}

/** What stands there, when it is short enough to help. Secrets never pass here: they are references. */
function found(value: unknown): string {
  if (typeof value === "string") {
    return value.length <= 60 ? ` (it is ${JSON.stringify(value)})` : "";
  }
  return typeof value === "number" || typeof value === "boolean" ? ` (it is ${String(value)})` : "";
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    input,
  );
}

/** The input without what an issue is about. */
function without(input: unknown, issue: Issue): unknown {
  const paths =
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  for (const path of paths) {
    const owner = valueAt(input, path.slice(0, -1));
    const last = path.at(-1);
    if (typeof owner === "object" && owner !== null && last !== undefined) {
      Reflect.deleteProperty(owner, last);
    }
  }
  return input;
}
