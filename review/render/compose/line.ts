/** Lines of the page from texts of the report. */
import type { Line, Piece } from "../document.ts";
import { lineOf } from "../visible.ts";

/** Bytes that a text may have on the page; JSON has the rest. */
export const limits = { name: 240, sentence: 700, value: 360 } as const;

/** Content of at most so many bytes; where there is none, the word for it. */
export const textOf = (text: string, limit: number): string =>
  text.trim() === "" ? "(empty)" : lineOf(text, limit);

/** A sentence on one line; what was a line of its own follows after a space. */
export const sentence = (text: string): string =>
  textOf(text.trim().replaceAll(/\s*\n\s*/g, " "), limits.sentence);

/** A sentence, ours or the report's. */
export const words = (text: string): Piece => ({ is: "words", text: sentence(text) });

/** What is stressed in a line. */
export const strong = (text: string): Piece => ({ is: "strong", text: textOf(text, limits.name) });

/** What stands so in a resource: a name, a path. */
export const code = (text: string): Piece => ({ is: "code", text: textOf(text, limits.name) });

/** A change in words: `replicas 2 -> 3`, with an arrow. */
export const arrows = (text: string): string => text.replaceAll(" -> ", " → ");

/** {@inheritDoc arrows} */
export const change = (text: string): Piece => words(arrows(text));

/** `Deployment voting/vote`: the kind in words, the name as it stands. */
export function labelled(label: string): Line {
  const space = label.indexOf(" ");
  return space < 1 ? [code(label)] : [words(label.slice(0, space)), code(label.slice(space + 1))];
}

/** `1 change`, `3 changes`. */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;

/** An id that is safe in a link, whoever wrote the report. */
export const anchor = (id: string): string => id.replaceAll(/[^\w-]/g, "-").slice(0, 40);
