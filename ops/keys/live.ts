/** Secrets of a live stack: encrypted in its file by the official CLI. */
import { join } from "node:path";

import * as z from "zod";

import { Git } from "../../release/git.ts";
import { type Lockable, withLock } from "../../sandbox/lock.ts";
import { CommandError } from "../command.ts";
import { readStackFile, secretEntries, type StackFile, stackFileName } from "../stack-file.ts";
import type { RunPulumi } from "./pulumi.ts";
import type { SecretValues } from "./rows.ts";
import type { Vault } from "./vault.ts";

const ShownConfig = z.looseObject({
  "fleet:secrets": z.looseObject({ value: z.string() }).optional(),
});

/**
 * Secrets of a live stack, decrypted. One without entries needs no engine, no log-in and no passphrase to be listed.
 *
 * @param file As it is now.
 */
export async function liveSecrets(file: StackFile, pulumi: RunPulumi): Promise<SecretValues> {
  const { stack } = file;
  return Object.keys(secretEntries(file)).length === 0
    ? {}
    : shownSecrets(await pulumi(["config", "--show-secrets", "--json", "--stack", stack]), stack);
}

/**
 * The vault of a live stack. Its file is read anew each time: another command may have written into it.
 *
 * @param root Folder of the clone.
 */
export function liveVault(root: string, stack: string, pulumi: RunPulumi): Vault {
  return {
    place: `fleet:secrets of ${stackFileName(stack)}, encrypted`,
    read: () => liveSecrets(readStackFile(root, stack), pulumi),
    alone: async (work) => withLock(await lockOf(root, stack), "keys", work),
    add: async (values) => {
      for (const [name, value] of Object.entries(values)) {
        // The engine would write over it, and whoever wrote it may have told others its public half by now.
        if (Object.hasOwn(secretEntries(readStackFile(root, stack)), name)) {
          throw new CommandError(
            `${name} has come into ${stackFileName(stack)} meanwhile and was not touched: make keys again`,
          );
        }
        const path = `fleet:secrets.${name}`;
        await pulumi(["config", "set", "--secret", "--path", path, "--stack", stack], value);
      }
    },
  };
}

/** Beside the commits, where nothing is ever committed; where there are none, beside the stack's file. */
async function lockOf(root: string, stack: string): Promise<Lockable> {
  const beside = join(root, `.${stackFileName(stack)}`);
  const path = await new Git(root, process.env).privatePath(`${stack}-keys`).catch(() => beside);
  return { lock: `${path}.lock`, stack, what: `the secrets of ${stack}, in this clone` };
}

function shownSecrets(text: string, stack: string): SecretValues {
  try {
    const shown = ShownConfig.parse(JSON.parse(text));
    const entry = shown["fleet:secrets"];
    return entry === undefined
      ? {}
      : z.record(z.string(), z.unknown()).parse(JSON.parse(entry.value));
  } catch {
    // The parser's message would quote the text, which holds every value.
    throw new CommandError(
      `pulumi config --show-secrets --json --stack ${stack} printed nothing this version can read`,
    );
  }
}
