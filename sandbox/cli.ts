/**
 * The sandbox's commands: `node sandbox/cli.ts <command> --stack NAME`. They act on the sandbox of a
 * stack and on nothing else; live stacks are plain `pulumi`'s.
 */
import { parseArgs } from "node:util";

import type { Command, Options } from "./commands/command.ts";
import { down } from "./commands/down.ts";
import { exec, shell } from "./commands/run.ts";
import { status } from "./commands/status.ts";
import { diskFault, fault, SandboxError } from "./fault.ts";
import { sandboxPlace } from "./place.ts";

/** Those that read the stack file load the program's schema, and so the SDK: only when they run. */
const commands: Readonly<Record<string, (command: Command) => Promise<number>>> = {
  up: async (command) => (await import("./commands/up.ts")).up(command),
  preview: async (command) => (await import("./commands/preview.ts")).preview(command),
  down,
  exec,
  shell,
  status,
  watch: async (command) => (await import("./commands/watch.ts")).watch(command),
  recycle: async (command) => (await import("./commands/recycle.ts")).recycle(command),
};

async function main(words: readonly string[]): Promise<number> {
  const [name = "", ...rest] = words;
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined) {
    throw fault(
      `no command ${JSON.stringify(name)} of the sandbox`,
      `it is one of ${Object.keys(commands).join(", ")}`,
    );
  }
  const options = readOptions(rest);
  return run({
    options,
    place: sandboxPlace(options.stack, { root: process.env["FLEET_SANDBOX_ROOT"] }),
    outer: process.env,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}

function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      stack: { type: "string", default: "test" },
      file: { type: "string" },
      cmd: { type: "string" },
      node: { type: "string" },
      patience: { type: "string" },
      follow: { type: "string" },
      behave: { type: "string" },
      beside: { type: "string" },
      fast: { type: "boolean", default: false },
      refresh: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  return values;
}

// `make up | head` closes the pipe: the stack comes up all the same, only nobody reads on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const text =
      diskFault(error)?.message ??
      (error instanceof SandboxError || (error instanceof TypeError && "code" in error)
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error));
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  },
);
