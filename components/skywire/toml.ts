/** Writes TOML, as far as the whitelist's programs read it. Pure. */

/** A value of a key. */
export type TomlValue = string | number | boolean | readonly string[];

/** A table with its keys, and tables in it. */
export interface TomlTable {
  readonly [key: string]: TomlValue | TomlTable;
}

const isTable = (value: TomlValue | TomlTable): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value);

/** A string of JSON is one of TOML's basic strings, but for the delete character, which TOML escapes. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

function written(value: TomlValue): string {
  return typeof value === "string"
    ? quoted(value)
    : typeof value === "object"
      ? `[${value.map(quoted).join(", ")}]`
      : `${value}`;
}

/** A document: keys before tables, as TOML wants them. */
export function toml(table: TomlTable, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const keys = entries.flatMap(([key, value]) =>
    isTable(value) ? [] : [`${key} = ${written(value)}\n`],
  );
  const tables = entries.flatMap(([key, value]) =>
    isTable(value) ? [toml(value, [...path, key])] : [],
  );
  const head = path.length === 0 || keys.length === 0 ? "" : `\n[${path.join(".")}]\n`;
  return `${head}${keys.join("")}${tables.join("")}`;
}
