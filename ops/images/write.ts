/** Writes values into a stack file, and nothing else: comments, order and all other values stay. */
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { isMap as isYamlMap, isScalar, parseDocument } from "yaml";

import { CommandError } from "../command.ts";
import { isMap, parseStackFile, type StackFile } from "../stack-file.ts";
import { laidOut } from "./layout.ts";

/** One value to write. */
export interface Written {
  /** Below `config`. */
  readonly path: readonly (string | number)[];
  /** A text, or a map or list as YAML has it. */
  readonly value: unknown;
}

/**
 * The text of a stack file with values written into it, laid out as it was.
 *
 * @throws CommandError where more than those values would change: where an anchor is shared, say.
 */
export async function withValues(file: StackFile, values: readonly Written[]): Promise<string> {
  const document = parseDocument(file.text, { merge: true, prettyErrors: false });
  for (const { path, value } of values) {
    const node: unknown = document.createNode(value);
    // The engine's parser takes a time without quotes for more than a text.
    if (isScalar(node) && typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value)) {
      node.type = "QUOTE_DOUBLE";
    }
    document.setIn(["config", ...path], node);
    // A map on one line would grow beyond every screen.
    path.forEach((_, depth) => {
      const map: unknown = document.getIn(["config", ...path.slice(0, depth)], true);
      if (isYamlMap(map)) {
        map.flow = false;
      }
    });
  }
  const text = await laidOut(file.name, file.text, document);
  const expected = values.reduce<unknown>(
    (config, { path, value }) => changed(config, path, value),
    file.config,
  );
  const { config, settings } = parseStackFile(file.stack, text);
  const [before, after] = [file.settings, settings].map((all) => ({ ...all, config: undefined }));
  if (!isDeepStrictEqual(config, expected) || !isDeepStrictEqual(before, after)) {
    throw new CommandError(
      `${file.name} cannot be changed by this command without touching more: write by hand ${values
        .map(({ path, value }) => `${path.join(".")}: ${JSON.stringify(value)}`)
        .join(", ")}`,
    );
  }
  return text;
}

/** What stands at a place of a config, or undefined. */
export function valueAt(config: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      isMap(value) || Array.isArray(value)
        ? (value as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    config,
  );
}

/** A copy with one value changed; maps that are missing on the way are made. */
function changed(whole: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    return value;
  }
  if (Array.isArray(whole)) {
    return whole.map((item: unknown, index) => (index === key ? changed(item, rest, value) : item));
  }
  const map = isMap(whole) ? whole : {};
  return { ...map, [key]: changed(map[key], rest, value) };
}

/**
 * Writes a stack file anew: whole or not at all, and only over the text that was read: an editor may have
 * saved meanwhile.
 *
 * @throws CommandError where the file is another one now.
 */
export function writeStackFile(root: string, { name, text: read }: StackFile, text: string): void {
  // Where it is a link, the file that it leads to is written.
  const path = realpathSync(join(root, name));
  if (readFileSync(path, "utf8") !== read) {
    throw new CommandError(`${name} was changed meanwhile, and was not touched: run it again`);
  }
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: statSync(path).mode });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
