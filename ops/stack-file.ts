/**
 * Stack files without the engine: read as it would read them, up to the decryption of secrets.
 *
 * Commands hand what they find to the program's own loader, so that there is one truth about what
 * a stack file may say.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { LineCounter, parseDocument } from "yaml";

import { nearest } from "../components/base/nearest.ts";
import { asRawConfig, type RawConfig } from "../stacks/raw.ts";
import { yamlFault } from "../stacks/yaml-fault.ts";
import { CommandError } from "./command.ts";

/** One stack file. */
export interface StackFile {
  /** Name of the stack. */
  readonly stack: string;
  /** Name of the file, e.g. `Pulumi.test.yaml`. */
  readonly name: string;
  readonly text: string;
  /** Top-level keys: `config` and the engine's encryption settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** `config`: full key → value, secrets still encrypted. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Name of a stack's file. */
export const stackFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

/** Names of all stack files of a clone, sorted. */
export function stackFileNames(root: string): readonly string[] {
  return readdirSync(root)
    .filter((name) => /^Pulumi\..+\.ya?ml$/.test(name))
    .sort();
}

/** The stack whose file has a name. */
export const stackNamed = (file: string): string => file.replace(/^Pulumi\.(.*)\.ya?ml$/, "$1");

/**
 * Reads a stack's file.
 *
 * @param mend What to do where there is none, and none that has nearly this name.
 * @throws CommandError when there is none, or it is no YAML map. Never repeats its content.
 */
export function readStackFile(
  root: string,
  stack: string,
  mend = `make new-stack NAME=${stack} FROM=<stack> starts one`,
): StackFile {
  const name = stackFileName(stack);
  let text: string;
  try {
    text = readFileSync(join(root, name), "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
      throw new CommandError(
        `${name} cannot be read (${error instanceof Error ? error.message : ""})`,
      );
    }
    const names = stackFileNames(root);
    const known = names.join(", ");
    const meant = nearest(stack, names.map(stackNamed));
    throw new CommandError(
      meant === undefined
        ? `there is no ${name}${known === "" ? "" : `; there are: ${known}`}. ${mend}`
        : `there is no ${name}: is ${meant} meant? There are: ${known}`,
    );
  }
  return parseStackFile(stack, text);
}

/**
 * Parses the text of a stack file.
 *
 * @throws CommandError when it is no YAML map. Never repeats the text: it may hold secrets.
 */
export function parseStackFile(stack: string, text: string): StackFile {
  const name = stackFileName(stack);
  const settings = yamlMap(name, text);
  const config = settings["config"] ?? {};
  if (!isMap(config)) {
    throw new CommandError(`${name}: config must be a map: fleet:<section> → value`);
  }
  return { stack, name, text, settings, config };
}

function yamlMap(name: string, text: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  // The engine's parser merges `<<` and refuses a key that stands twice; so does this one.
  const document = parseDocument(text, {
    merge: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new CommandError(`${name}:${line}:${col}: is no valid YAML (${yamlFault(error.code)})`);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    throw new CommandError(`${name}: its YAML anchors cannot be resolved`);
  }
  if (value === null || value === undefined) {
    return {};
  }
  if (!isMap(value)) {
    throw new CommandError(`${name}: must be a YAML map with the key config`);
  }
  return value;
}

/** Whether a value is a map of YAML. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of an encrypted value, `{secure: …}`, or undefined for anything else. */
export function secureText(value: unknown): string | undefined {
  return isMap(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string"
    ? value["secure"]
    : undefined;
}

/** Entries of `fleet:secrets` as they stand in the file, encrypted or not. */
export function secretEntries({ config }: StackFile): Readonly<Record<string, unknown>> {
  const secrets = config["fleet:secrets"];
  return isMap(secrets) ? secrets : {};
}

/**
 * Config as the engine would hand it to the program.
 *
 * @param secrets What `fleet:secrets` decrypts to; left out of the config when undefined.
 */
export function rawConfig(
  file: StackFile,
  secrets: Readonly<Record<string, unknown>> | undefined,
): RawConfig {
  const entries = Object.entries(file.config).filter(([key]) => key !== "fleet:secrets");
  if (secrets !== undefined) {
    entries.push(["fleet:secrets", secrets]);
  }
  return asRawConfig(Object.fromEntries(entries));
}
