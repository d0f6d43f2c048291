/**
 * Parses one section tree with a zod schema and reports every fault, not only those of the first
 * pass: zod leaves cross-field rules out as soon as one field has the wrong type, and tries them on
 * faulty values otherwise. So whatever is faulty gets a stand-in, and the rules are tried on that.
 */
import * as z from "zod";

import { nearest } from "../components/base/nearest.ts";
import { secretNameRule } from "../components/base/secrets.ts";
import { type Fault, quote, writePath } from "./faults.ts";
import { type Path, startsWith, valueAt } from "./path.ts";
import { type Issue, settle, type Settled, withoutItems } from "./settle.ts";
import { schemasOf } from "./substitute.ts";
import { knownKeys } from "./suggest.ts";

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

type Locate = (path: Path) => Path;

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
  const known = first.error?.issues ?? [];
  const small = settle(schema, clean, (values) => values[0], known);
  const issues = [...small.faulty, ...brokenRules(schema, clean, small, known)];
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
    rest: small.settled ? (small.value() as z.output<Schema>) : undefined,
    isStandIn: (path) =>
      standIns.some(
        (one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`),
      ),
  };
}

/**
 * Rules that are broken whatever stands in for faulty values. A fault that follows from a stand-in
 * would send people to a place where nothing is wrong.
 */
function brokenRules(
  schema: z.ZodType,
  input: unknown,
  small: Settled,
  known: readonly Issue[],
): readonly Issue[] {
  if (small.replaced.length === 0) {
    return small.rules;
  }
  const others = [
    settle(schema, input, (values) => values.at(-1), known),
    settle(schema, withoutItems(input, small.replaced), (values) => values[0]),
  ].filter(({ settled }) => settled);
  return small.rules.filter(
    (issue) =>
      !small.isReplaced(issue) &&
      !small.replaced.some((path) => startsWith(path, issue.path)) &&
      others.every(({ rules }) => rules.some((rule) => issueKey(rule) === issueKey(issue))),
  );
}

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
    const here = schemasOf(schema, input, issue.path);
    const known = [...new Set(here.flatMap((one) => knownKeys(one, [])))];
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
    const secret = issue.errors.flat().some(({ message }) => message === secretNameRule);
    return [
      { path, expected: unionMessage(issue) + (secret ? "" : found(valueAt(input, issue.path))) },
    ];
  }
  const value = valueAt(input, issue.path);
  if (value === undefined && issue.code !== "custom") {
    return [{ path, expected: `is missing: ${messageOf(issue)}` }];
  }
  // Somebody may have put the secret where its name belongs.
  const told = { path, expected: messageOf(issue) + (isQuiet(issue) ? "" : found(value)) };
  const meant = typeof value === "string" ? nearest(value, wordsFor(issue)) : undefined;
  return [meant === undefined ? told : { ...told, mend: `is ${meant} meant?` }];
}

/** Words that may stand in the place of the one that does, where they are few and known. */
function wordsFor(issue: Issue): readonly string[] {
  if (issue.code === "invalid_value") {
    return issue.values.map(String);
  }
  return issue.code === "invalid_union" && "options" in issue
    ? (issue.options ?? []).map(String)
    : [];
}

/** Whether what stands there is better not repeated: it may be a secret. */
const isQuiet = (issue: Issue): boolean =>
  issue.message === secretNameRule ||
  (issue.code === "custom" && issue.params?.["isQuiet"] === true);

/** YAML's words for what zod calls otherwise. */
const kinds: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a map",
  record: "a map",
  string: "a text",
};

/** What a schema says itself, or which kind of value it is for. */
const messageOf = (issue: Issue): string =>
  issue.code === "invalid_type" && issue.message.startsWith("Invalid input: expected")
    ? `must be ${kinds[issue.expected] ?? issue.expected}`
    : issue.message;

function unionMessage(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (issue.message !== "Invalid input") {
    return issue.message;
  }
  const options = new Set(issue.errors.flat().map(messageOf));
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
