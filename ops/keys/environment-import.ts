/** An environment file taken in: each of its keys is an entry of `fleet:secrets`. No text holds a value. */
import { isHalfOf } from "../../components/base/cipher-keys.ts";
import { nearest } from "../../components/base/nearest.ts";
import { secretFault } from "../../components/base/secrets.ts";
import {
  derivedFrom,
  derivedKey,
  entryOfKey,
  environmentPorts,
  unusedKeys,
} from "../../components/pushtech/environment-file.ts";
import { looksRandom } from "../../policy/secret-shapes.ts";
import { CommandError } from "../command.ts";
import {
  type EnvironmentLine,
  type EnvironmentText,
  readEnvironmentText,
} from "./environment-text.ts";
import type { KeyRow, SecretValues } from "./rows.ts";

/** What a file brings. */
export interface EnvironmentImport {
  /** Entry → value. */
  readonly entries: Readonly<Record<string, string>>;
  /** What of the file is not kept, and why. */
  readonly notes: readonly string[];
}

/** The section whose references are the keys of the file. */
const section = "fleet:environmentFile.";

/** Rows by the key of the environment file that they are. */
function rowsByKey(rows: readonly KeyRow[]): ReadonlyMap<string, KeyRow> {
  return new Map(
    rows.flatMap((row) =>
      row.paths
        .filter((path) => path.startsWith(section))
        .map((path) => [path.slice(section.length), row] as const),
    ),
  );
}

/**
 * Takes a file in.
 *
 * @param present Entries that there are: a key whose entry is there may be missing.
 * @param isMade Whether the command makes an entry that is missing.
 * @throws CommandError with all faults of the file at once; nothing is taken then.
 */
export function readEnvironmentImport(
  text: string,
  rows: readonly KeyRow[],
  present: SecretValues,
  isMade: (row: KeyRow) => boolean,
): EnvironmentImport {
  const wanted = rowsByKey(rows);
  if (wanted.size === 0) {
    throw new CommandError(
      "ENV_FILE: this stack has no environment file; IMPORT takes its secrets",
    );
  }
  const read = readEnvironmentText(text);
  const values = new Map(read.entries.map(({ key, value }) => [key, value]));
  const missing = [...wanted].flatMap(([key, row]) =>
    values.has(key) || Object.hasOwn(present, row.name) || isMade(row) ? [] : [key],
  );
  const faults = [
    ...read.faults,
    ...read.entries.flatMap((line) => lineFault(line, wanted) ?? []),
    ...halfFault(values),
    ...(missing.length === 0 || isUnread(read) ? [] : [`it lacks ${missing.join(", ")}`]),
  ];
  if (faults.length > 0) {
    throw new CommandError(
      [
        "ENV_FILE: nothing was imported; the file's faults:",
        ...faults.map((one) => `  ${one}`),
      ].join("\n"),
    );
  }
  return {
    entries: Object.fromEntries(
      [...values]
        .filter(([key]) => wanted.has(key))
        .map(([key, value]) => [entryOfKey(key), value]),
    ),
    notes: read.entries.flatMap((line) => note(line) ?? []),
  };
}

/** A file of another kind lacks everything: to say so helps nobody. */
const isUnread = ({ entries }: EnvironmentText): boolean => entries.length === 0;

const isPort = (key: string): key is keyof typeof environmentPorts =>
  Object.hasOwn(environmentPorts, key);

function lineFault(
  { key, value, line }: EnvironmentLine,
  wanted: ReadonlyMap<string, KeyRow>,
): string | undefined {
  const row = wanted.get(key);
  if (row !== undefined) {
    const fault = value === "" ? "is empty" : secretFault(row.kind, value, row.hosts);
    return fault === undefined ? undefined : `line ${line} (${key}) ${fault}`;
  }
  if (key === derivedKey || isPort(key) || unusedKeys.includes(key)) {
    return undefined;
  }
  const meant = nearest(key, [...wanted.keys(), derivedKey, ...Object.keys(environmentPorts)]);
  const name = looksRandom(key) ? "" : ` ${key}`;
  return `line ${line} has a key that nothing reads${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** The public key of the file is looked at and not kept. */
function halfFault(values: ReadonlyMap<string, string>): string[] {
  const [half, secret] = [values.get(derivedKey), values.get(derivedFrom)];
  return half === undefined ||
    secret === undefined ||
    secretFault("rsa-key", secret) !== undefined ||
    isHalfOf(half, secret)
    ? []
    : [`${derivedKey} is not the public half of ${derivedFrom}`];
}

function note({ key, value }: EnvironmentLine): string | undefined {
  if (key === derivedKey) {
    return `${key} was not kept: it is derived from ${derivedFrom}`;
  }
  if (isPort(key)) {
    const port = environmentPorts[key];
    return value === String(port)
      ? undefined
      : `${key} is ${port} here, whatever the file says: nothing outside the cluster dials it`;
  }
  return unusedKeys.includes(key) ? `${key} was not kept: nothing reads it` : undefined;
}
