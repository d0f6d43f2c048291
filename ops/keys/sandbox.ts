/** Throw-away secrets of a sandbox: one file of its folder, which git ignores. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { CommandError } from "../command.ts";
import type { Vault } from "./vault.ts";

const Entries = z.record(z.string(), z.string());

/** The vault of a stack's sandbox. Its entries live as long as the sandbox does. */
export function sandboxVault(root: string, stack: string): Vault {
  const folder = join(root, ".sandbox", stack);
  const path = join(folder, "secrets.json");
  const read = (): Record<string, string> => {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return {};
    }
    try {
      return Entries.parse(JSON.parse(text));
    } catch {
      throw new CommandError(`${path} is no map of secrets: make down STACK=${stack} removes it`);
    }
  };
  return {
    place: path,
    read: () => Promise.resolve(read()),
    add: (values) => {
      if (Object.keys(values).length > 0) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        // Written whole and renamed: an interruption leaves the old file, not half a one.
        const unfinished = `${path}.${process.pid}`;
        const all = { ...values, ...read() };
        writeFileSync(unfinished, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
        renameSync(unfinished, path);
      }
      return Promise.resolve();
    },
  };
}
