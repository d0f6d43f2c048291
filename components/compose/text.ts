/** Texts of a compose file: what the shell would fill in, how a command is cut into words. */
import * as z from "zod";

/** A `$` that compose would replace by a variable of the shell. `$$` stands for a dollar sign. */
const fromShell = /(?<!\$)(\$\$)*\$(?=[A-Za-z_{])/;

const shellRule =
  "must not take anything from the shell ($NAME): write the value, and $$ for a dollar sign";

/** A text with nothing to fill in: a stack file says all, whatever the shell holds. */
export const Text = z
  .string("must be a quoted text")
  .refine((text) => !fromShell.test(text), shellRule);

/** A text with `$$` turned into the dollar sign it stands for. */
export const literal = (text: string): string => text.replaceAll("$$", "$");

const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;

const emptyRule =
  "must have a word: the image's own cannot be taken away, leave this out to keep it";

/** A command: its words, or one text that is cut into words as a shell would, without one. */
export const Command = z.union(
  [
    Text.refine((text) => text.trim() !== "", emptyRule).refine(
      (text) => text.replaceAll(word, "").trim() === "",
      "must close its quotes, and end in no backslash",
    ),
    z.array(Text).min(1, emptyRule),
  ],
  { error: "must be a command: a text, or a list of its words" },
);
/** {@inheritDoc Command} */
export type Command = z.infer<typeof Command>;

/** Words of a command. Quotes and backslashes mean what they mean to a shell. */
export function wordsOf(command: Command): string[] {
  if (typeof command !== "string") {
    return command.map(literal);
  }
  return (command.match(word) ?? []).map((found) =>
    literal(
      found.replace(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, (_, single, double, escaped) =>
        typeof single === "string"
          ? single
          : typeof double === "string"
            ? double.replace(/\\(["\\$`])/g, "$1")
            : String(escaped),
      ),
    ),
  );
}

/** Named texts: a map, or a list of `KEY=value`. */
export type Pairs = readonly string[] | Readonly<Record<string, string | number>>;

const isList = (pairs: Pairs): pairs is readonly string[] => Array.isArray(pairs);

/** What a list of `KEY=value` or a map holds. */
export function pairsOf(pairs: Pairs): Record<string, string> {
  const entries: (readonly [string, string | number])[] = isList(pairs)
    ? pairs.map((pair) => {
        const [key = "", ...rest] = pair.split("=");
        return [key, rest.join("=")];
      })
    : Object.entries(pairs);
  return Object.fromEntries(entries.map(([key, value]) => [key, literal(`${value}`)]));
}
