/** The judges' programs, as tools/fleet.mjs found or built them. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import * as z from "zod";

const Folders = z.record(z.string(), z.string());

/**
 * Folder of a tool.
 *
 * @throws Error where it is not there: a judge that is missing must not let everything pass.
 */
export function toolFolder(name: string): string {
  const setting = process.env["FLEET_TOOL_DIRS"];
  const folder = setting === undefined ? undefined : Folders.parse(JSON.parse(setting))[name];
  if (folder === undefined || !existsSync(folder)) {
    throw new Error(`${name} is not there: run the judges by make test, which sets it up`);
  }
  return folder;
}

/** Path of a tool's program. */
export const toolPath = (name: string): string => join(toolFolder(name), name);

/**
 * PATH of an engine: its own programs, Node, and what every machine has. Nothing of whoever runs the tests.
 *
 * @param first Folders that are looked in before.
 */
export const enginePath = (...first: readonly string[]): string =>
  [...first, toolFolder("pulumi"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);

/** What a program left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  /** Text on its standard input. */
  readonly input?: string | undefined;
  readonly cwd?: string;
  /** Its whole environment. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end. */
export function run(
  program: string,
  words: readonly string[],
  { input = "", ...options }: RunOptions = {},
): Promise<Finished> {
  return new Promise((settle, fail) => {
    const child = spawn(program, words, { ...options, stdio: ["pipe", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    // Decoded by the stream: a letter of several bytes may come in two parts.
    child.stdout.setEncoding("utf8").on("data", (part: string) => (stdout += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (stderr += part));
    child.on("error", fail);
    child.on("close", (code) => {
      settle({ code, stdout, stderr });
    });
    // A program that refuses its arguments closes its input: its message says more than EPIPE.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
