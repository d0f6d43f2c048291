/** How an update looks while it runs, and what is said when it failed. */
import { join } from "node:path";

import { interruptedCode } from "../../release/run.ts";
import type { Finished, UpdateResult, UpdateView } from "../engine.ts";
import { isNoise, resourceLabel } from "../events.ts";
import { type Problem, spentJobs } from "../progress.ts";
import { type Command, makeLine, shortPath, stopped } from "./command.ts";

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

/** Asked of the policy pack before anything is done with it (pulumi/pulumi, pkg/resource/deploy/step_generator.go). */
const unbegun = /failed to (run remediation|get analyzer info): .*context canceled/s;

/** Errors that tell something. What is said of the whole stack repeats what is said of resources. */
export function tellingErrors(
  { outcome: { errors } }: UpdateResult,
  stuck: readonly string[],
): readonly Problem[] {
  const ofResources = errors.filter(({ resource }) => resource !== "");
  if (stuck.length > 0) {
    // Ended for their sake: that the engine was cut short is no news, nor what it had not begun with. What it waited for
    // ends with the same words of Go's, and stays.
    return ofResources
      .filter(({ message }) => !unbegun.test(message))
      .map((error) =>
        error.message.includes("operation was cancelled") ? { ...error, message: "" } : error,
      );
  }
  return ofResources.length === 0 ? errors : ofResources;
}

/** Stacks of this program that one is told to read, and that were never brought up beside it. */
export function stacksNotUp(problems: readonly Problem[]): readonly string[] {
  const named = problems.flatMap(({ message }) => [
    ...message.matchAll(/unknown stack "organization\/fleet\/([a-z0-9-]+)"/g),
  ]);
  return [...new Set(named.map(([, stack = ""]) => stack))];
}

/**
 * Says what went wrong, resource by resource, and how to look into it.
 *
 * @param stuck What the update waited for in vain, in lines.
 */
export function sayFailure(
  command: Command,
  what: string,
  result: UpdateResult,
  stuck: readonly string[] = [],
): void {
  const { options, place, say } = command;
  const shown = tellingErrors(result, stuck);
  say("");
  say(`${what} failed:`);
  for (const problem of shown) {
    sayProblem(problem, say);
  }
  stuck.forEach(say);
  for (const stack of stacksNotUp(shown)) {
    say(`  to mend: bring up first what is read from another stack: make up STACK=${stack}`);
  }
  for (const urn of spentJobs(result.outcome)) {
    // The shell that runs CMD would take what follows a dollar for a variable.
    const quoted = `"${urn.replaceAll("$", "\\$")}"`;
    say(`  ${resourceLabel(urn)} stays as it is. When what it failed of is mended, run it anew:`);
    say(`      ${makeLine("exec", options)} CMD='pulumi state taint --yes ${quoted}'`);
    say(`      ${makeLine("up", options)}`);
  }
  if (shown.length === 0 && stuck.length === 0) {
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

/** Says that the engine has not begun: it was stopped, which is no failure, or could not. Returns the exit code. */
export function sayNoStack(
  { options, say }: Pick<Command, "options" | "say">,
  what: "up" | "preview",
  { code, interrupted, stderr }: Finished,
): number {
  if (interrupted) {
    say(stopped(what, options));
    return interruptedCode;
  }
  say(`the engine made no stack:\n${stderr}`);
  return code;
}

/** Warnings of the program, e.g. of config that is taken but does nothing; a resource's own together. */
export function sayWarnings({ say }: Command, { outcome }: UpdateResult): void {
  for (const [resource, warnings] of Map.groupBy(outcome.warnings, (one) => one.resource)) {
    const texts = warnings.map(({ message }) => `warning: ${message}`);
    sayProblem({ resource, message: texts.join("\n") }, say);
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
