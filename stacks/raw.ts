/** Config as the engine hands it to a program, and back. */

/** Full key → text: objects, lists, numbers and booleans as JSON. */
export type RawConfig = Readonly<Record<string, string>>;

/** Values of a stack file as the engine would hand them over. */
export function asRawConfig(values: Readonly<Record<string, unknown>>): RawConfig {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
}

function asText(value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * The value behind a text: objects, lists and booleans come as JSON, everything else is text.
 *
 * @throws SyntaxError for broken JSON. Its message quotes the text, which may hold secrets.
 */
export function readRawValue(text: string): unknown {
  return /^\s*[[{]/.test(text) || text === "true" || text === "false"
    ? (JSON.parse(text) as unknown)
    : text;
}

/** Sections that the loader reads itself and no system's schema has. */
export const loaderSections: readonly string[] = ["secrets", "sandbox"];

/** The sections of a stack file that its system's schema is about, by their own names. */
export function systemSections(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const prefix = "fleet:";
  return Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]): [string, unknown] => [key.slice(prefix.length), value])
      .filter(([name]) => !loaderSections.includes(name)),
  );
}
