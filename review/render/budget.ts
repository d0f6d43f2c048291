/**
 * Keeping a text within so many bytes by leaving out what matters least.
 *
 * The text is a tree of parts in the order in which they are read. Parts are taken by importance, each in
 * its short form where it has one; one that does not fit in what the more important ones left is left
 * out. What room remains then makes the short ones whole, by importance again. So nothing is left out for
 * the sake of something less important, and one long text takes no room from all the others.
 */
import { bytesOf } from "./visible.ts";

/** A piece of text that is kept whole, in its short form, or not at all. */
export interface Part {
  readonly open: string;
  /** What stands in the place of `open` when the whole does not fit; says itself that it is not whole. */
  readonly short?: string;
  /** Parts within this one: they are left out with it. */
  readonly within?: readonly Part[];
  /** Says how many of the parts within were left out; stands after those that were not. */
  readonly left?: (count: number) => string;
  /** What ends it, after what is within. */
  readonly close?: string;
  /** Greater is kept longer. What is within counts for no more than what it is in. */
  readonly importance: number;
  /** What it is called where it is left out, of one and of several; absent where its parts are told. */
  readonly what?: readonly [one: string, more: string];
}

/** Importance of what is always kept. */
export const frame = Number.POSITIVE_INFINITY;

/** How many parts were left out, by what they are called, and how many shortened. */
export interface Losses {
  readonly out: readonly { readonly count: number; readonly name: string }[];
  readonly shortened: number;
}

/** A part as it is weighed. */
interface Weighed {
  readonly part: Part;
  /** Its place in reading order. */
  readonly index: number;
  readonly weight: number;
  readonly above: Weighed | undefined;
  readonly within: readonly Weighed[];
  fate: "whole" | "short" | "out";
}

/**
 * Writes the parts in no more bytes than there is room for.
 *
 * @param notice - What to say of losses, put where `place` stands among the parts: before the part of
 *   that index. It is not asked where there are none.
 * @throws RangeError when what must be kept is larger than the budget: then no report can be written.
 */
export function fit(
  parts: readonly Part[],
  budget: number,
  notice: { readonly before: number; readonly text: (losses: Losses) => string },
): string {
  const flat: Weighed[] = [];
  const roots = parts.map((part) => weigh(part, undefined, flat));
  const isWhole =
    budget === Number.POSITIVE_INFINITY ||
    flat.reduce((sum, { part }) => sum + bytesOf(part.open) + bytesOf(part.close ?? ""), 0) <=
      budget;
  if (!isWhole) {
    // Every count at its highest is the longest that the notice can be.
    const longest = lossesOf(
      flat,
      () => true,
      ({ part }) => part.short !== undefined,
    );
    choose(flat, budget - bytesOf(notice.text(longest)));
  }
  const out: string[] = [];
  roots.forEach((root, index) => {
    if (!isWhole && index === notice.before) {
      out.push(notice.text(lossesOf(flat, isLost, ({ fate }) => fate === "short")));
    }
    write(root, out);
  });
  return out.join("");
}

function weigh(part: Part, above: Weighed | undefined, flat: Weighed[]): Weighed {
  const within: Weighed[] = [];
  const weighed: Weighed = {
    part,
    index: flat.length,
    weight: Math.min(part.importance, above?.weight ?? frame),
    above,
    within,
    fate: "whole",
  };
  flat.push(weighed);
  part.within?.forEach((one) => {
    within.push(weigh(one, weighed, flat));
  });
  return weighed;
}

/** Gives each part its fate. */
function choose(flat: readonly Weighed[], budget: number): void {
  const order = [...flat].sort((a, b) => b.weight - a.weight || a.index - b.index);
  let left = budget;
  for (const one of order) {
    const { open, short, close = "", importance, left: said } = one.part;
    const bytes = bytesOf((short ?? open) + close + (said?.(one.within.length) ?? ""));
    if (one.above?.fate === "out" || (bytes > left && importance !== frame)) {
      one.fate = "out";
    } else {
      one.fate = short === undefined ? "whole" : "short";
      left -= bytes;
    }
  }
  if (left < 0) {
    throw new RangeError(`a report of ${budget} bytes has no room for what it must say`);
  }
  for (const one of order.filter(({ fate }) => fate === "short")) {
    const { open, short = "" } = one.part;
    const more = bytesOf(open) - bytesOf(short);
    if (more <= left) {
      one.fate = "whole";
      left -= more;
    }
  }
}

/** Whether a part is told as left out: it is, and nothing round it that has a name is. */
function isLost(one: Weighed): boolean {
  if (one.fate !== "out") {
    return false;
  }
  for (let above = one.above; above !== undefined; above = above.above) {
    if (above.fate === "out" && above.part.what !== undefined) {
      return false;
    }
  }
  return true;
}

function lossesOf(
  flat: readonly Weighed[],
  isOut: (one: Weighed) => boolean,
  isShort: (one: Weighed) => boolean,
): Losses {
  const counts = new Map<string, { count: number; name: string }>();
  for (const one of flat) {
    const { what } = one.part;
    if (what !== undefined && isOut(one)) {
      const count = (counts.get(what[0])?.count ?? 0) + 1;
      counts.set(what[0], { count, name: count === 1 ? what[0] : what[1] });
    }
  }
  return { out: [...counts.values()], shortened: flat.filter(isShort).length };
}

function write({ part, fate, within }: Weighed, out: string[]): void {
  if (fate === "out") {
    return;
  }
  out.push(fate === "short" ? (part.short ?? part.open) : part.open);
  within.forEach((one) => {
    write(one, out);
  });
  const left = within.filter((one) => one.fate === "out").length;
  out.push(left === 0 ? "" : (part.left?.(left) ?? ""), part.close ?? "");
}
