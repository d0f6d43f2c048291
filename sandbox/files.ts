/** Reading and writing the sandbox's own files. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { naming } from "./fault.ts";

/** Readable by the owner alone: tokens, passphrases, secrets. */
export const privateMode = 0o600;

/** Writes a file whole or not at all: a killed command leaves the old one. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  try {
    naming(path, () => {
      writeFileSync(draft, text, { mode });
    });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** A file's text, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** A file's text; made with `make`, for the owner alone, where there is none. */
export function readOrMake(path: string, make: () => string): string {
  const present = readIfThere(path)?.trim();
  if (present !== undefined && present !== "") {
    return present;
  }
  const made = make();
  writeWhole(path, `${made}\n`, privateMode);
  return made;
}
