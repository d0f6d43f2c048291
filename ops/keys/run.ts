/** `keys` from the command line: which vault, which request. */
import { CommandError, type Target } from "../command.ts";
import type { StackFile } from "../stack-file.ts";
import { keys, type KeysResult } from "./command.ts";
import { readImport, readSource } from "./import.ts";
import { liveVault } from "./live.ts";
import { livePulumi } from "./pulumi.ts";
import { sandboxVault } from "./sandbox.ts";

/** Options of the command line. */
export interface KeysOptions {
  /** `NEW`: names of entries to make, with commas between them. */
  readonly new?: string;
  /** `IMPORT`: a file, or `-` for standard input. */
  readonly import?: string;
  /** `ENV_FILE`: an environment file, or `-`. */
  readonly "environment-file"?: string;
  /** `DOCKER_LOGIN`: Docker's config file, or `-`. */
  readonly "docker-login"?: string;
}

/** Runs `keys` on a stack's own vault. */
export async function runKeysCommand(
  root: string,
  file: StackFile,
  target: Target,
  options: KeysOptions,
): Promise<KeysResult> {
  const { import: map, "environment-file": environment, "docker-login": docker } = options;
  if ([map, environment, docker].filter((source) => source === "-").length > 1) {
    throw new CommandError("standard input is one file: only one of them may be -");
  }
  const vault =
    target === "live"
      ? liveVault(root, file.stack, livePulumi({ root, environment: process.env }))
      : sandboxVault(root, file.stack);
  return keys({
    file,
    target,
    vault,
    ...(options.new === undefined ? {} : { make: options.new.split(",") }),
    ...(map === undefined ? {} : { imported: readImport(map) }),
    ...(environment === undefined ? {} : { environment: readSource("ENV_FILE", environment) }),
    ...(docker === undefined ? {} : { docker: readSource("DOCKER_LOGIN", docker) }),
  });
}
