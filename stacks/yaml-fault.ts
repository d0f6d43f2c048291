/** What is wrong with a stack file that is no YAML, in words of ours: the parser's own messages quote the text, which may hold secrets. */
const words: Readonly<Record<string, string>> = {
  BAD_ALIAS: "a * names no anchor",
  BAD_INDENT: "a line is indented unlike the others, or a bracket is not closed before it",
  BLOCK_AS_IMPLICIT_KEY: "what stands after a colon has a second one, or lines of its own below it",
  DUPLICATE_KEY: "a key stands twice in one map",
  MISSING_CHAR: "a bracket, a quote or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a colon is missing, or a quote is not closed",
  MULTIPLE_DOCS: "a line --- begins a second document",
  TAB_AS_INDENT: "a tab stands where only spaces may",
};

/** A parser's code in words; a rare one as itself. */
export const yamlFault = (code: string): string =>
  words[code] ?? code.toLowerCase().replaceAll("_", " ");
