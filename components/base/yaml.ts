/** YAML of the files that pods read. By the library that the engine's SDK loads anyway: another would cost each run. */
import { dump, load } from "js-yaml";

/**
 * A value as YAML: lines are never broken, and what an older reader would take for something else than text
 * (`yes`, `on`) stands in quotes.
 *
 * @param value What JSON can say; a member that is undefined is left out.
 * @param terms `quoted`: every text stands in double quotes, for what puts other text into it by itself.
 */
export function yamlText(value: unknown, { quoted = false } = {}): string {
  return dump(value, {
    lineWidth: -1,
    noRefs: true,
    skipInvalid: true,
    ...(quoted ? { forceQuotes: true, quotingType: '"' } : {}),
  });
}

/**
 * The value of a YAML text of one document; an empty one's is undefined.
 *
 * @throws YAMLException that quotes the text: do not show it where that may hold secrets.
 */
export const yamlValue = (text: string): unknown => load(text);
