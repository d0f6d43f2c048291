/**
 * Values to stand in for faulty ones, taken from the schema itself.
 *
 * A rule across fields can only be tried on a config whose fields all parse. What takes a faulty
 * field's place must parse and nothing more: there is a smallest and a largest one of it, and what
 * a rule says with both does not come from the stand-in.
 */
import type * as z from "zod";

import { type Path, valueAt } from "./path.ts";
import { definition, stepInto } from "./suggest.ts";

type Schema = z.core.$ZodType;

/** Texts of every kind the scalars know, the smallest of a kind first. */
const texts: readonly string[] = [
  ...[
    "a",
    "1m",
    "2d",
    "1",
    "256",
    "1Mi",
    "1Ti",
    "a.example",
    "b.example",
    "192.0.2.1",
    "192.0.2.2",
  ],
  ...["192.0.2.0/24", "http://a.example", "a:1", "a/a:1", "a.example/a", "a.example:1", "/a"],
  // Regions of clouds, labels, addresses of mails.
  ...["ssh://a.example", "aa-a", "aaa", "a@a.example"],
  ...["0 0 * * *", "0".repeat(32), `sha256:${"0".repeat(64)}`, `02${"0".repeat(64)}`, "z"],
];

const numbers: readonly number[] = [0, 1, 2, 10, 100, 300, 1_000, 30_000, 32_767, 65_535];

/** How deep objects are made up; schemas here do not recurse. */
const maximumDepth = 16;

/** Whether a schema takes a value. */
export function accepts(schema: Schema, value: unknown): boolean {
  const result = schema._zod.run({ value, issues: [] }, { async: false });
  return !(result instanceof Promise) && result.issues.length === 0;
}

/** Schemas never change, and making examples of a whole section takes a while. */
const known = new WeakMap<Schema, readonly unknown[]>();

/** Values that a schema takes, the smallest first. Empty where none is known. Not to be changed. */
export function examples(schema: Schema, depth = 0): readonly unknown[] {
  const before = known.get(schema);
  if (before !== undefined || depth > maximumDepth) {
    return before ?? [];
  }
  const found = proposals(schema, depth).filter((value) => accepts(schema, value));
  known.set(schema, found);
  return found;
}

function proposals(schema: Schema, depth: number): readonly unknown[] {
  const { type, innerType, in: input, element, options, values, entries } = definition(schema);
  const inner = innerType ?? input;
  if (inner !== undefined) {
    return examples(inner, depth + 1);
  }
  switch (type) {
    case "string":
      return texts;
    case "number":
    case "int":
      return numbers;
    case "boolean":
      return [false, true];
    case "literal":
      return values ?? [];
    case "enum":
      return Object.values(entries ?? {});
    case "union":
      return (options ?? []).flatMap((option) => examples(option, depth + 1));
    case "array":
      return element === undefined ? [] : [[], ...examples(element, depth + 1).map((one) => [one])];
    case "object":
      return objects(schema, depth);
    case "record":
      return records(schema, depth);
    default:
      return [];
  }
}

type Pick = (values: readonly unknown[]) => unknown;

const extremes: readonly Pick[] = [(values) => values[0], (values) => values.at(-1)];

/** Objects of what must be there, as such and with one more field: some rules ask for either. */
function objects(schema: Schema, depth: number): unknown[] {
  const fields = Object.entries(definition(schema).shape ?? {}).map(([name, field]) => ({
    name,
    values: examples(field, depth + 1),
    optional: accepts(field, undefined),
  }));
  const required = fields.filter(({ optional }) => !optional);
  return extremes.flatMap((pick) => {
    const base = Object.fromEntries(required.map(({ name, values }) => [name, pick(values)]));
    const more = fields.filter(({ optional }) => optional);
    return [base, ...more.map(({ name, values }) => ({ ...base, [name]: pick(values) }))];
  });
}

/** Records of one entry, and the empty one. The largest value has another key than the smallest. */
function records(schema: Schema, depth: number): unknown[] {
  const { keyType, valueType } = definition(schema);
  const keys = keyType === undefined ? [] : examples(keyType, depth + 1);
  const values = valueType === undefined ? [] : examples(valueType, depth + 1);
  const entries = [...values.map((value) => [keys[0], value]), [keys.at(-1), values.at(-1)]];
  return [
    {},
    ...entries.flatMap(([key, value]) => (typeof key === "string" ? [{ [key]: value }] : [])),
  ];
}

/** The schemas a place may have, once the kinds along the way have chosen their branches. */
export function schemasAt(schema: Schema, input: unknown, path: Path): readonly Schema[] {
  return walk(schema, input, path).here;
}

/** The schemas a place has, once its own kind has chosen, too. */
export function schemasOf(schema: Schema, input: unknown, path: Path): readonly Schema[] {
  const { here, value } = walk(schema, input, path);
  return chosen(here, value);
}

function walk(
  schema: Schema,
  input: unknown,
  path: Path,
): { readonly here: readonly Schema[]; readonly value: unknown } {
  let here: readonly Schema[] = [schema];
  let value = input;
  for (const step of path) {
    here = stepInto(chosen(here, value), step);
    value = valueAt(value, [step]);
  }
  return { here, value };
}

/** Branches of a union whose literals are those of the value. */
function chosen(schemas: readonly Schema[], value: unknown): readonly Schema[] {
  return schemas.flatMap((schema): readonly Schema[] => {
    const { innerType, in: input, options } = definition(schema);
    const inner = innerType ?? input;
    if (inner !== undefined) {
      return chosen([inner], value);
    }
    return options === undefined ? [schema] : chosen(matching(options, value), value);
  });
}

function matching(options: readonly Schema[], value: unknown): readonly Schema[] {
  const fitting = options.filter((option) => hasLiteralsOf(option, value));
  return fitting.length === 0 ? options : fitting;
}

/**
 * Whether the literals of an object, or of one branch of a union of them, are those of the value. Of
 * one that is transformed, what stands in the file counts.
 */
function hasLiteralsOf(schema: Schema, value: unknown): boolean {
  const { innerType, in: input, options, shape = {} } = definition(schema);
  const inner = innerType ?? input;
  if (inner !== undefined) {
    return hasLiteralsOf(inner, value);
  }
  if (options !== undefined) {
    return options.some((option) => hasLiteralsOf(option, value));
  }
  return Object.entries(shape).every(
    ([name, field]) =>
      definition(field).type !== "literal" ||
      (typeof value === "object" &&
        value !== null &&
        accepts(field, (value as Record<string, unknown>)[name])),
  );
}

/**
 * What may take the place of a faulty value: the value without one of its fields where that alone
 * mends it, else made-up ones.
 */
export function substitutes(schemas: readonly Schema[], value: unknown): readonly unknown[] {
  const reduced =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value)
          .map((key) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)))
          .filter((one) => schemas.some((schema) => accepts(schema, one)))
      : [];
  return reduced.length > 0 ? reduced : schemas.flatMap((schema) => examples(schema));
}
