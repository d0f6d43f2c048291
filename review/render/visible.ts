/**
 * Content as anybody may look at it: one line, nothing in it that a reader cannot see or that moves what
 * stands round it. Every form puts content through this before it escapes it in its own way.
 */

/**
 * What is not shown as itself: control and format characters (bidirectional ones among them), halves of
 * surrogate pairs, private and unassigned code points, line ends, what is ignorable by default. The two
 * selectors of an emoji's style are let through.
 */
const hidden = /(?![\ufe0e\ufe0f])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A mark that would join the text before the content, and those that would grow out of their line. */
const strayMarks = /^\p{M}|(?<=\p{M}{4})\p{M}/gu;

const plain = /^[\x20-\x7e]*$/;

const named: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥" };

const shown = (character: string): string =>
  named[character] ??
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

/** One line of text: what cannot be seen stands as `⟨U+202E⟩`, a line's end as `⏎`, a tab as `⇥`. */
export function visible(text: string): string {
  return plain.test(text)
    ? text
    : text.replaceAll("\r\n", "\n").replaceAll(hidden, shown).replaceAll(strayMarks, shown);
}

/** Bytes of a text as it is sent. */
export const bytesOf = (text: string): number => Buffer.byteLength(text, "utf8");

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The text's beginning where it is longer than so many bytes, with how much is left out. It is cut between
 * two characters as people see them. A cut comes before any escaping, so that no escape is cut.
 *
 * @param limit - Bytes of the beginning; what says that it was cut comes on top.
 */
export function clip(text: string, limit: number): string {
  // A character of a string is three bytes at most.
  if (text.length * 3 <= limit || bytesOf(text) <= limit) {
    return text;
  }
  let bytes = 0;
  let end = 0;
  // No more characters than bytes: the rest need not be looked at.
  for (const { segment, index } of graphemes.segment(text.slice(0, limit + 1))) {
    bytes += bytesOf(segment);
    if (bytes > limit) {
      break;
    }
    end = index + segment.length;
  }
  return `${text.slice(0, end)}… (${bytesOf(text.slice(end))} bytes more)`;
}

/** Content of a line: first made visible, then clipped. */
export const lineOf = (text: string, limit: number): string =>
  // What is far beyond the limit is not worth being looked through: it is cut before, between two characters.
  clip(visible(text), limit);
