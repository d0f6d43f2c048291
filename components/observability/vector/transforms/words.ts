/** Words of Vector's language, VRL. Pure. */

/** A text as VRL writes it. JSON's escapes are VRL's too, but for those of characters by number. */
export const literal = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\u([0-9a-f]{4})/g, "\\u{$1}");

/** A list of texts. */
export const literals = (texts: readonly string[]): string => `[${texts.map(literal).join(", ")}]`;

/**
 * An expression, without regard to case where so said. VRL has no escape for its own quote within one;
 * a word's edge is that of ASCII, as it is to Filebeat, and far quicker found.
 */
export const expression = (pattern: string, { anyCase = false } = {}): string =>
  `r'${anyCase ? "(?i)" : ""}${pattern.replaceAll("'", "\\x27").replaceAll("\\b", "(?-u:\\b)")}'`;

/** What a match becomes: `$1` is the first group. */
export const replacementOf = (text: string): string => literal(text.replaceAll(/\$(\d)/g, "${$1}"));

/** An expression that finds any of some texts, far sooner than looking for each. */
export const anyOf = (texts: readonly string[]): string =>
  expression(texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"));
