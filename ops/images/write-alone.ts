/**
 * Writing into what a file leaves to a default. Once a map is there, it is that map that counts and no
 * longer the default of the whole: what the two say differently has to be written, too.
 */
import { isDeepStrictEqual } from "node:util";

import { SecretReference } from "../../components/base/secrets.ts";
import { CommandError } from "../command.ts";
import { parseSections } from "../sections.ts";
import { isMap, parseStackFile, type StackFile } from "../stack-file.ts";
import { valueAt, withValues, type Written } from "./write.ts";

/**
 * The text of a stack file with values written into it, meaning what it meant in all else.
 *
 * @throws CommandError where the file cannot be changed so.
 */
export async function withValuesAlone(
  file: StackFile,
  values: readonly Written[],
): Promise<string> {
  const meant = plain(parseSections(file));
  const added = new Map(
    values
      .map(({ path }) => path.slice(0, -1))
      .filter((map) => valueAt(file.config, map) === undefined)
      .map((map) => [map.join("."), map] as const),
  );
  const besides = [...added.values()].flatMap((map) => {
    const whole = valueAt(meant, inSections(map));
    return Object.entries(isMap(whole) ? whole : {})
      .map(([key, value]) => ({ path: [...map, key], value }))
      .filter(({ path }) => !values.some((one) => isDeepStrictEqual(one.path, path)));
  });
  // First what has no default of its own, then what differs from it all the same.
  const required = besides.filter(({ value }) => typeof value === "string");
  const first = parseStackFile(file.stack, await withValues(file, [...required, ...values]));
  const means = plain(parseSections(first));
  const differing = besides.filter(
    ({ path, value }) => !isDeepStrictEqual(valueAt(means, inSections(path)), value),
  );
  const text = await withValues(file, [...required, ...differing, ...values]);
  requireSame(file, meant, plain(parseSections(parseStackFile(file.stack, text))), values);
  return text;
}

function requireSame(
  { name }: StackFile,
  before: unknown,
  after: unknown,
  values: readonly Written[],
): void {
  const changed = differences(before, after, []);
  const asked = values.map(({ path }) => inSections(path).join("."));
  const others = changed.filter(
    (path) => !asked.some((one) => path === one || one.startsWith(`${path}.`)),
  );
  if (others.length > 0) {
    throw new CommandError(
      `${name} would mean something else at ${others.join(", ")}: pin the images by hand`,
    );
  }
}

/** Paths at which two values differ. */
function differences(left: unknown, right: unknown, path: readonly string[]): string[] {
  if (isDeepStrictEqual(left, right)) {
    return [];
  }
  if (!isContainer(left) || !isContainer(right)) {
    return [path.join(".")];
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) =>
    differences(valueAt(left, [key]), valueAt(right, [key]), [...path, key]),
  );
}

const isContainer = (value: unknown): value is object =>
  typeof value === "object" && value !== null;

/** Path of the file → path of the parsed sections. */
const inSections = (path: readonly (string | number)[]): (string | number)[] =>
  path.map((step, depth) => (depth === 0 ? String(step).replace(/^fleet:/, "") : step));

/** A parsed config as a file would say it: references by their names. */
function plain(value: unknown): unknown {
  if (value instanceof SecretReference) {
    return value.name;
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (!isContainer(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
