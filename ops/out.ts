/** `OUT`: the folder that a command writes into, there and fit for it before any work is done. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { CommandError } from "./command.ts";

/** Where a report is put, and looked for, where nobody says OUT or FROM. */
export const reportFolder = ".review";

/**
 * The folder's path. It is made where it is not there: a preview takes a minute, a live one many, and what it found would be lost
 * with a path that cannot be written.
 *
 * @throws CommandError that names the path and what is in the way.
 */
export function outFolder(root: string, out: string): string {
  const folder = resolve(root, out);
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) {
      throw error;
    }
    throw notWritable(folder, `nothing can be written there (${String(error.code)})`);
  }
  return folder;
}

/** One after the other: Node's own way to make all at once never ends where the system takes none at all, as in /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    mkdirSync(folder);
  } else if (!statSync(folder).isDirectory()) {
    throw notWritable(folder, "that is a file, not a folder");
  }
}

const notWritable = (path: string, what: string): CommandError =>
  new CommandError(`OUT: ${path}: ${what}\n  to mend: name a folder that can be written`);
