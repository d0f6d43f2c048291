/** The line as a text: cut, without colours, without what is no text. Pure. */
import {
  binaryShare,
  colours,
  cutTail,
  longestBinary,
  longestLine,
  noText,
  wordCharacters,
} from "../../logs/event.ts";
import { masks } from "../../logs/masks.ts";
import type { LogFamilies } from "../../logs/families.ts";
import { anyOf, expression, literals, replacementOf } from "./words.ts";

/** Takes `text` out of the event, and cuts it before the word that the cut goes through. */
export const cut = `\
text = string(.text) ?? ""
del(.text)
# Bytes are counted sooner than characters, and are never fewer.
characters = 0
if length(text) > ${longestLine} { characters = strlen(text) }
if characters > ${longestLine} {
  kept = truncate(text, limit: ${longestLine})
  text = truncate(kept, limit: ${longestLine - cutTail})
  text = text + replace(slice!(kept, start: length(text)), ${expression(`${wordCharacters}+$`)}, "")
}
`;

/** Takes colours away, and puts U+FFFD for each other character that is none of a text. */
export const clean = `\
text = replace(text, ${expression(colours)}, "")
text = replace(text, ${expression(noText)}, "\\u{fffd}")
`;

/** Hints of the masks as expressions, each list under a name of its own. */
const hintLists = [...new Set(masks.map(({ hints }) => hints.join("|")))].filter(
  (hints) => hints !== "",
);

const hintName = (hints: readonly string[]): string => `hint${hintLists.indexOf(hints.join("|"))}`;

const hintTests = hintLists
  .map((hints, index) => `hint${index} = match(lower, ${anyOf(hints.split("|"))})`)
  .join("\n");

/** Puts asterisks for whatever looks like a secret. */
export function mask(families: LogFamilies): string {
  const keepers = Object.entries(families).flatMap(([name, { hexKeys }]) =>
    hexKeys === "keep" ? [name] : [],
  );
  const steps = masks.map(({ pattern, replacement, hints, hexKeys }) => {
    const conditions = [
      ...(hints.length === 0 ? [] : [hintName(hints)]),
      ...(hexKeys === true && keepers.length > 0
        ? [`!includes(${literals(keepers)}, .family)`]
        : []),
    ];
    const step = `text = replace(text, ${expression(pattern, { anyCase: true })}, ${replacementOf(replacement)})`;
    return conditions.length === 0 ? step : `if ${conditions.join(" && ")} { ${step} }`;
  });
  return `lower = downcase(text)\n${hintTests}\n${steps.join("\n")}\n`;
}

/** Stores the line as the text it is, or the beginning of it. */
export const asText = `\
if characters > ${longestLine} {
  .line = "long"
  .length = to_string(characters)
} else {
  .line = "text"
  odd = strlen(text) - strlen(replace(text, ${expression(noText)}, ""))
  if odd * ${binaryShare} > strlen(text) {
    .line = "binary"
    text = truncate(text, limit: ${longestBinary})
  }
}
.message = text
`;
