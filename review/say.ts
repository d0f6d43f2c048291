/** A value inside a sentence: short, and never a secret. */
import { masked } from "./secrets/mask.ts";
import { canonical, isUnknown } from "./values.ts";

/** Characters of a value inside a sentence. */
const longest = 80;

/**
 * A value as a word: `none` where it is absent, what is marked by its mark.
 *
 * @param twin The other side of a change: what is secret there is not told here.
 */
export function say(value: unknown, twin?: unknown): string {
  if (value === undefined || value === null) {
    return "none";
  }
  // Most are texts on both sides, which hold no mark inside.
  const isPlain = typeof value === "string" && typeof twin !== "object" && !isUnknown(value);
  const open = isPlain ? value : masked(value, twin);
  const text = typeof open === "string" ? open : canonical(open);
  if (text === "") {
    return '""';
  }
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`;
}

/** Both sides of a change, as words. */
export function sayBoth(before: unknown, after: unknown): readonly [string, string] {
  return [say(before, after), say(after, before)];
}

/** Words of a list that are named in a sentence. */
const named = 5;

/** A list inside a sentence: no more of it than a sentence takes. */
export const several = (words: readonly string[]): string =>
  words.length <= named
    ? words.join(", ")
    : `${words.slice(0, named).join(", ")} and ${words.length - named} more`;

/** The first lines of a list, and how many there are beside. */
export const upTo = (
  most: number,
  lines: readonly string[],
  further = "further ones",
): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `${lines.length - most} ${further}`];
