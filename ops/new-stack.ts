/** `new-stack`: starts a stack file from another one's text. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { isMap as isYamlMap, isScalar, type Pair, parseDocument } from "yaml";

import { naming } from "../sandbox/fault.ts";
import { allStacks, CommandError } from "./command.ts";
import { parseStackFile, readStackFile, type StackFile, stackFileName } from "./stack-file.ts";

/** Settings by which the engine encrypts one stack's secrets; a copy could not decrypt its own. */
const encryptionSettings = ["encryptionsalt", "encryptedkey", "secretsprovider"];

/** Sections that belong to one stack only. */
const perStackSections = ["fleet:secrets", "fleet:sandbox"];

/**
 * Text of a stack file without its secrets and encryption settings, comments and order kept.
 *
 * @param text Text of a stack file that parses.
 */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text, { prettyErrors: false });
  const top = isYamlMap(document.contents) ? document.contents.items : [];
  const config = top.find((pair) => nameOf(pair) === "config")?.value;
  const sections = isYamlMap(config) ? config.items : [];
  const cuts = [
    ...top.filter((pair) => encryptionSettings.includes(nameOf(pair))),
    ...sections.filter((pair) => perStackSections.includes(nameOf(pair))),
  ].map((pair) => lineRange(text, pair));
  return cuts
    .sort(([a], [b]) => b - a)
    .reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

/** From the start of the key's line to the end of the value's last one. */
function lineRange(text: string, pair: Pair): readonly [number, number] {
  const start = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
  const value = pair.value as { readonly range?: readonly number[] | null } | null;
  // The value itself ends at range[1]; the comments that follow it belong to the next key.
  const end = Math.max(value?.range?.[1] ?? start, start);
  const lineEnd = text.indexOf("\n", Math.max(end - 1, start));
  return [text.lastIndexOf("\n", start) + 1, lineEnd < 0 ? text.length : lineEnd + 1];
}

/** The text to write, once it is sure that cutting lines took out just what it should. */
function stripped(source: StackFile): string {
  const text = withoutSecrets(source.text);
  const expected = Object.fromEntries(
    Object.entries(source.config).filter(([key]) => !perStackSections.includes(key)),
  );
  const { config, settings } = parseStackFile(source.stack, text);
  const left = encryptionSettings.filter((key) => Object.hasOwn(settings, key));
  if (!isDeepStrictEqual(config, expected) || left.length > 0) {
    throw new CommandError(
      `${source.name}: fleet:secrets and the encryption settings must stand on lines of their own`,
    );
  }
  return text;
}

/** Writes a file that is not there yet; of one that found no room nothing is left to be in the way. */
function writeNew(path: string, text: string): void {
  try {
    // "wx": should another process have been faster, its file stays.
    writeFileSync(path, text, { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      rmSync(path, { force: true });
    }
    throw error;
  }
}

/**
 * Writes the new stack's file.
 *
 * @returns What the engineer does next.
 * @throws CommandError when the stack exists, in whatever case of letters, or could be named by no command.
 */
export function newStack(root: string, name: string, from: string): string {
  if (name === allStacks) {
    throw new CommandError(`NAME must not be ${allStacks}: STACK=${allStacks} means every stack`);
  }
  const target = stackFileName(name);
  const taken = readdirSync(root).find((file) => file.toLowerCase() === target.toLowerCase());
  if (taken !== undefined || existsSync(join(root, target))) {
    throw new CommandError(`${target} exists already`);
  }
  const source = readStackFile(root, from, "FROM names one that is there");
  const path = join(root, target);
  naming(path, () => {
    writeNew(path, stripped(source));
  });
  return [
    `${target} has the settings of ${from}, without its secrets. Next, change in it:`,
    "  - the first comment, and what it says of the stack",
    "  - fleet:cluster.context and the pools: a context belongs to one stack",
    "  - hosts, addresses of slots and DNS zones: two stacks may not answer to one name (make lint-stacks tells)",
    "  - image tags and replicas, as the environment needs them",
    `and in .github/stacks.json a row, without which no pipeline runs: "${name}": { "branch": "develop", "update": "by-hand", "drift": "never" }`,
    `then: make doctor STACK=${name} TARGET=sandbox, make up STACK=${name}, and for live use docs/live.md.`,
  ].join("\n");
}
