/**
 * Text for GitHub's Markdown that stays text: no character of it makes a heading, a link, an image, HTML,
 * a mention, a reference to an issue or a commit, an emoji, a formula or the end of what it stands in.
 *
 * All of these expect one visible line (visible.ts) and know of no other way in.
 */
import { remembered } from "../remember.ts";
import { htmlText } from "./html-escape.ts";

/**
 * Words that a forge makes something of wherever they stand outside code, escaped or not: mentions and
 * mail addresses, `#1`, `GH-1`, addresses, hashes of commits, `:emoji:`, formulas, commands at a line's
 * start.
 */
const taken = /[@#$]|:\/\/|www\.|[a-z]-\d|[0-9a-f]{7}|:.*:|^\W*\//i;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  // A backslash before a pipe is read by tables in two ways.
  "|": "&#124;",
};

/** What would make a list, a heading's underline or a rule of the line that it begins. */
const opening = /^(?:-+|\++|=+|\d{1,9}(?=[.)]$))/;

function word(text: string): string {
  const escaped = text.replaceAll(
    /[&<>|\\`*_[\]~]/g,
    (character) => escapes[character] ?? `\\${character}`,
  );
  return escaped.replace(opening, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** A sentence: a word that the forge would take for something of its own stands as code. */
export const markdownWords = remembered((text) =>
  text
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part) => (taken.test(part) ? markdownCode(part) : word(part)))
    .join(" "),
);

/** Longest run of backticks. */
const backticks = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);

/**
 * Content as code within a line. A pipe would end a table's cell even there, and how to escape it depends
 * on what stands before it: it is shown broken.
 */
export function markdownCode(text: string): string {
  const content = text.replaceAll("|", "¦");
  const quote = "`".repeat(backticks(content) + 1);
  const pad = /^[` ]|[` ]$/.test(content) ? " " : "";
  return `${quote}${pad}${content}${pad}${quote}`;
}

/** Content as a block of code, coloured as a difference where its lines begin with a sign. */
export function markdownFence(lines: readonly string[]): string {
  const longest = lines.reduce((most, line) => Math.max(most, backticks(line)), 2);
  const quote = "`".repeat(longest + 1);
  return [`${quote}diff`, ...lines, quote].join("\n");
}

/** A sentence within HTML that stands in Markdown, where no code but HTML's own keeps the forge off. */
export const summaryWords = (text: string): string =>
  text
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part) => (taken.test(part) ? summaryCode(part) : htmlText(part)))
    .join(" ");

/** Content as code within HTML that stands in Markdown. */
export const summaryCode = (text: string): string => `<code>${htmlText(text)}</code>`;
