/** `keys` from the command line: which vault, which request. */
import type { Target } from "../command.ts";
import type { StackFile } from "../stack-file.ts";
import { keys, type KeysResult } from "./command.ts";
import { readImport } from "./import.ts";
import { liveVault } from "./live.ts";
import { livePulumi } from "./pulumi.ts";
import { sandboxVault } from "./sandbox.ts";

/** Options of the command line. */
export interface KeysOptions {
  /** `NEW`: names of entries to make, with commas between them. */
  readonly new?: string;
  /** `IMPORT`: a file, or `-` for standard input. */
  readonly import?: string;
}

/** Runs `keys` on a stack's own vault. */
export function runKeysCommand(
  root: string,
  file: StackFile,
  target: Target,
  options: KeysOptions,
): Promise<KeysResult> {
  const vault =
    target === "live"
      ? liveVault(file, livePulumi({ root, environment: process.env }))
      : sandboxVault(root, file.stack);
  return keys({
    file,
    target,
    vault,
    ...(options.new === undefined ? {} : { make: options.new.split(",") }),
    ...(options.import === undefined ? {} : { imported: readImport(options.import) }),
  });
}
