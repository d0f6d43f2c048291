/** Day-two commands: reads the words of one, runs it, and tells what is wrong with either. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { diskFault, SandboxError } from "../sandbox/fault.ts";
import { CommandError } from "./command.ts";
import { commands, options } from "./commands.ts";

const root = resolve(import.meta.dirname, "..");

/** The exit code: 0 when all is well. */
async function main(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
  });
  const [name = "", ...further] = positionals;
  if (further.length > 0) {
    throw new CommandError(`${name} takes options only, not ${further.join(" ")}`);
  }
  const command = commands.get(name);
  if (command === undefined) {
    throw new CommandError(`commands: ${[...commands.keys()].join(", ")}`);
  }
  return command(values, root);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected =
      error instanceof CommandError ||
      error instanceof SandboxError ||
      // What parseArgs says of an unknown option.
      (error instanceof TypeError && "code" in error);
    console.error(diskFault(error)?.message ?? (expected ? error.message : error));
    process.exitCode = 1;
  },
);
