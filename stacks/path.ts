/** Places in a config. */

/** Steps from the top of a config to a place in it. */
export type Path = readonly PropertyKey[];

/** Whether a place is another one or below it. */
export const startsWith = (path: Path, start: Path): boolean =>
  start.every((step, index) => path[index] === step);

/** Whether two places are one. */
export const samePath = (one: Path, other: Path): boolean =>
  one.length === other.length && startsWith(one, other);

/** The value at a place, own keys only. */
export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    input,
  );
}
