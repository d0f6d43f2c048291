/** Imported secrets: a JSON map of name → value, from a file or standard input. */
import { closeSync, openSync, readSync } from "node:fs";

import { isPlaceholder, placeholderFault } from "../../components/base/placeholders.ts";
import { secretFault, SecretName } from "../../components/base/secrets.ts";
import { CommandError } from "../command.ts";
import { looksRandom } from "../../policy/secret-shapes.ts";
import type { KeyRow, SecretValues } from "./rows.ts";

/** What an import brings. */
export interface Imported {
  /** Entries to add. */
  readonly added: Readonly<Record<string, string>>;
  /** Entries that are there already and stay as they are. */
  readonly kept: readonly { readonly name: string; readonly differs: boolean }[];
}

/**
 * Reads the file, or standard input for `-`.
 *
 * @throws CommandError that names the file, not its content.
 */
export function readImport(source: string): unknown {
  const text = readSource("IMPORT", source);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's message quotes what it could not read.
    throw new CommandError(`IMPORT: ${source} must be JSON: {"<name>": "<value>", …}`);
  }
}

/**
 * The text of a file, or of standard input for `-`.
 *
 * @param variable What names it: a fault says so.
 */
export function readSource(variable: string, source: string): string {
  try {
    return source === "-" ? readAll(0) : readFile(source);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = Object.hasOwn(unreadable, code) ? `: ${unreadable[code] ?? ""}` : "";
    throw new CommandError(`${variable}: ${source} cannot be read${why}`);
  }
}

/** More than any secrets have. A path of another kind, /dev/zero say, has no end, and takes the machine's memory with it. */
const mostBytes = 4 * 1024 * 1024;

/** What the system calls it → what it means to a person. */
const unreadable: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOTDIR: "it is not there",
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  EFBIG: "it has more than 4 MiB, which no file of secrets has",
};

function readFile(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    return readAll(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All that a file, or a pipe, has. */
function readAll(descriptor: number): string {
  const room = Buffer.alloc(mostBytes + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < room.length; length += read) {
    read = readSync(descriptor, room, length, room.length - length, null);
  }
  if (length > mostBytes) {
    throw Object.assign(new Error("too much"), { code: "EFBIG" });
  }
  return room.toString("utf8", 0, length);
}

/**
 * Checks an import as a whole: one malformed entry, and nothing is taken.
 *
 * @param isProduction Whether placeholders are malformed.
 * @throws CommandError with the names of all entries at fault, never with a value.
 */
export function checkImport(
  content: unknown,
  rows: readonly KeyRow[],
  present: SecretValues,
  isProduction = false,
): Imported {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new CommandError('IMPORT must be a JSON map: {"<name>": "<value>", …}');
  }
  const faults: string[] = [];
  const added: [string, string][] = [];
  const kept: { name: string; differs: boolean }[] = [];
  for (const [index, [name, value]] of Object.entries(content).entries()) {
    const fault = importFault(name, value, rows, isProduction);
    if (fault !== undefined || typeof value !== "string") {
      faults.push(`  ${nameOf(name, index)} ${fault ?? "must be one text"}`);
    } else if (Object.hasOwn(present, name)) {
      kept.push({ name, differs: present[name] !== value });
    } else {
      added.push([name, value]);
    }
  }
  if (faults.length > 0) {
    throw new CommandError(["nothing was imported; entries at fault:", ...faults].join("\n"));
  }
  return { added: Object.fromEntries(added), kept };
}

/** A map turned round has values for names: what does not look like a name is not repeated. */
function nameOf(name: string, index: number): string {
  return SecretName.safeParse(name).success && !looksRandom(name) ? name : `entry ${index + 1}`;
}

function importFault(
  name: string,
  value: unknown,
  rows: readonly KeyRow[],
  isProduction: boolean,
): string | undefined {
  const needs = rows.filter((row) => row.name === name);
  if (needs.length === 0) {
    return `is no secret this stack refers to: it has ${rows.map((row) => row.name).join(", ")}`;
  }
  if (typeof value !== "string") {
    return "must be one text, not a structure or a bare number";
  }
  return needs
    .map(
      ({ kind, hosts }) =>
        secretFault(kind, value, hosts) ??
        (isProduction && isPlaceholder(kind, value) ? placeholderFault : undefined),
    )
    .find((fault) => fault !== undefined);
}
