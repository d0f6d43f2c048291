/** Secrets of a live stack: encrypted in its file by the official CLI. */
import * as z from "zod";

import { CommandError } from "../command.ts";
import { secretEntries, type StackFile, stackFileName } from "../stack-file.ts";
import type { RunPulumi } from "./pulumi.ts";
import type { SecretValues } from "./rows.ts";
import type { Vault } from "./vault.ts";

const ShownConfig = z.looseObject({
  "fleet:secrets": z.looseObject({ value: z.string() }).optional(),
});

/** The vault of a live stack. */
export function liveVault(file: StackFile, pulumi: RunPulumi): Vault {
  const { stack } = file;
  return {
    place: `fleet:secrets of ${stackFileName(stack)}, encrypted`,
    // A stack without entries needs no engine, no log-in and no passphrase to be listed.
    read: async () =>
      Object.keys(secretEntries(file)).length === 0
        ? {}
        : shownSecrets(
            await pulumi(["config", "--show-secrets", "--json", "--stack", stack]),
            stack,
          ),
    add: async (values) => {
      for (const [name, value] of Object.entries(values)) {
        const path = `fleet:secrets.${name}`;
        await pulumi(["config", "set", "--secret", "--path", path, "--stack", stack], value);
      }
    },
  };
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
