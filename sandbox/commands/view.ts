/** How an update looks while it runs, and what is said when it failed. */
import { join } from "node:path";

import type { UpdateResult, UpdateView } from "../engine.ts";
import { isNoise } from "../events.ts";
import type { Problem } from "../progress.ts";
import { type Command, makeLine, shortPath } from "./command.ts";

/** Seconds between two lines of progress where output is no terminal. */
const quietSeconds = 10;

/**
 * Progress in few lines: a failure at once; on a terminal one line that changes, elsewhere a line now
 * and then; with `--verbose` each resource.
 */
export function progressView({ options, say }: Command): UpdateView & { readonly end: () => void } {
  const terminal = process.stderr.isTTY && !options.verbose;
  let told = Date.now();
  const clear = (): void => {
    if (terminal) {
      process.stderr.write("\r\u001b[K");
    }
  };
  return {
    onStep: (line) => {
      if (options.verbose || line.startsWith("  !")) {
        clear();
        say(line);
      }
    },
    onStatus: (line) => {
      if (terminal) {
        process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
      } else if (Date.now() - told > quietSeconds * 1_000) {
        told = Date.now();
        say(line);
      }
    },
    end: clear,
  };
}

/** Says what went wrong, resource by resource, and how to look into it. */
export function sayFailure(command: Command, what: string, result: UpdateResult): void {
  const { options, place, say } = command;
  const { errors } = result.outcome;
  const ofResources = errors.filter(({ resource }) => resource !== "");
  // Where resources failed, what is said of the stack only repeats that they did.
  const shown = ofResources.length === 0 ? errors : ofResources;
  say("");
  say(`${what} failed:`);
  for (const problem of shown) {
    sayProblem(problem, say);
  }
  if (shown.length === 0) {
    const text = `${result.stdout}\n${result.stderr}`;
    const lines = text.split("\n").filter((line) => line.trim() !== "" && !isNoise(line));
    for (const line of lines.slice(-30)) {
      say(`  ${line}`);
    }
  }
  say("");
  say(`  everything the engine said: ${shortPath(join(place.logs, "engine.log"))}`);
  say(
    `  to look: ${makeLine("exec", options)} CMD='kubectl get events -A --sort-by=.lastTimestamp'`,
  );
  say(`           ${makeLine("shell", options)}`);
}

/** Warnings of the program, e.g. of config that is taken but does nothing. */
export function sayWarnings({ say }: Command, { outcome }: UpdateResult): void {
  for (const problem of outcome.warnings) {
    sayProblem({ ...problem, message: `warning: ${problem.message}` }, say);
  }
}

function sayProblem({ resource, message }: Problem, say: (line: string) => void): void {
  const lines = message.split("\n").map((line) => line.trimEnd());
  if (resource !== "") {
    say(`  ${resource}`);
  }
  for (const line of lines.filter((text) => text !== "")) {
    say(resource === "" ? `  ${line}` : `    ${line}`);
  }
}
