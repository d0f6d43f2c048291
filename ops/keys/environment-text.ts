/**
 * Environment files: `KEY=value` a line, as dotenv and shells read them. No fault holds a value.
 *
 * Where the two read a line differently, it is refused: the programs of old were started by both. To dotenv a `#` ends a
 * value wherever it stands, to a shell only after a space. Source: bkeepers/dotenv lib/dotenv/parser.rb (`LINE`), by which
 * gorenje/backend lib/helpers.rb read the file.
 */

/** A line that sets something. */
export interface EnvironmentLine {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** A file that was read, and what is wrong with the rest of it. */
export interface EnvironmentText {
  readonly entries: readonly EnvironmentLine[];
  /** Each with its line, in the file's order. */
  readonly faults: readonly string[];
}

/** Characters of the longest file: config as a whole has to be shorter. */
const longest = 256 * 1024;

const keyShape = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,80})\s*=\s*(.*)$/s;

/** Reads a file with lines that end either way, quotes, comments, and `export` before keys. */
export function readEnvironmentText(text: string): EnvironmentText {
  if (text.length > longest || text.includes("\0") || text.includes("\uFFFD")) {
    return { entries: [], faults: ["it is no text in UTF-8 of lines KEY=value"] };
  }
  const entries = new Map<string, EnvironmentLine>();
  const faults: string[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const read = readLine(raw.trim());
    if (typeof read === "string") {
      faults.push(`line ${line} ${read}`);
    } else if (read !== undefined) {
      const [key, value] = read;
      const first = entries.get(key);
      if (first !== undefined) {
        faults.push(`line ${line} sets ${key} again, which line ${first.line} has set`);
      }
      entries.set(key, first ?? { key, value, line });
    }
  }
  return { entries: [...entries.values()], faults };
}

/** Key and value; undefined where a line sets nothing; what is wrong where it is a text. */
function readLine(line: string): readonly [string, string] | string | undefined {
  if (line === "" || line.startsWith("#")) {
    return undefined;
  }
  const [, key, rest] = keyShape.exec(line) ?? [];
  if (key === undefined || rest === undefined) {
    // It may be the second half of a value: nothing of it is repeated.
    return "must be KEY=value";
  }
  const value = readValue(rest);
  return value.ok ? [key, value.text] : `(${key}) ${value.fault}`;
}

type Value =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: string };

const wrong = (fault: string): Value => ({ ok: false, fault });

function readValue(rest: string): Value {
  const quoted = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")(?:\s+#.*)?$/s.exec(rest);
  if (quoted !== null) {
    const [, single, double = ""] = quoted;
    return single === undefined ? readDouble(double) : { ok: true, text: single };
  }
  if (/^['"]/.test(rest)) {
    return wrong("has a quote without its end on that line");
  }
  const bare = rest.replace(/(?:^|\s+)#.*$/s, "");
  if (/['"\\]/.test(bare)) {
    return wrong("has a quote or backslash within: put the whole value in single quotes");
  }
  if (/\s/.test(bare)) {
    return wrong("has a space within: put the whole value in single quotes");
  }
  if (bare.includes("#")) {
    return wrong("has a # within: put the whole value in single quotes");
  }
  return refuseReference(bare) ?? { ok: true, text: bare };
}

function readDouble(text: string): Value {
  if (/\\[^"\\$`]/s.test(text)) {
    return wrong("has a backslash that is read in different ways: put the value in single quotes");
  }
  const dollarsOut = text.replaceAll(/\\[$`]/g, "");
  return refuseReference(dollarsOut) ?? { ok: true, text: text.replaceAll(/\\(["\\$`])/g, "$1") };
}

/** What a shell would put something else in for. */
const refuseReference = (text: string): Value | undefined =>
  /[$`]/.test(text)
    ? wrong(
        "has $ or ` in it, for which a shell puts something else: put the value in single quotes",
      )
    : undefined;
