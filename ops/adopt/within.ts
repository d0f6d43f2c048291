/** Whether what exists has all that is asked of it. Pure. */
import { isDeepStrictEqual } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

/** How things of one API are compared. */
export interface Comparison {
  /** Whether two values are the same that are neither maps nor lists. */
  readonly isSame: (wanted: unknown, live: unknown) => boolean;
  /** Fields of which more than is asked is another thing. */
  readonly whole?: readonly string[];
}

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Whether a thing has everything that is asked of it, more or not. Lists are compared whole. */
export function isWithin(wanted: unknown, live: unknown, how: Comparison): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) &&
      wanted.length === live.length &&
      wanted.every((item, index) => isWithin(item, live[index], how))
    );
  }
  if (!isMap(wanted)) {
    return how.isSame(wanted, live);
  }
  const has: Fields = isMap(live) ? live : {};
  return Object.entries(wanted).every(([key, value]) =>
    how.whole?.includes(key) === true
      ? isDeepStrictEqual(value, has[key])
      : isWithin(value, has[key], how),
  );
}
