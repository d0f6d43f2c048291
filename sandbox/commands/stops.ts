/** What is said when a command is stopped: without a word nobody would know what to do about what is half there. */
import { interruptedCode } from "../../release/run.ts";
import type { Command } from "./command.ts";

/** Ctrl-C, a request to end, a terminal that is closed. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does what may be broken off at any time, and says so where it is.
 *
 * @param told What is said then.
 * @param isOthers Whether somebody else takes the signal up, and says what came of it: while an engine runs, it is the engine's.
 */
export async function tellingOfStops<Result>(
  { say }: Pick<Command, "say">,
  told: string,
  work: () => Promise<Result>,
  isOthers: (signal: (typeof signals)[number]) => boolean = () => false,
): Promise<Result> {
  const stops = signals.map((signal) => {
    const stop = (): void => {
      if (!isOthers(signal)) {
        say(told);
        process.exit(interruptedCode);
      }
    };
    process.on(signal, stop);
    return [signal, stop] as const;
  });
  try {
    return await work();
  } finally {
    stops.forEach(([signal, stop]) => process.off(signal, stop));
  }
}

/** The whole of a command: a signal is its own between the parts that take it up themselves. */
export function tellingOfAnyStop<Result>(
  command: Pick<Command, "say">,
  told: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return tellingOfStops(command, told, work, (signal) => process.listenerCount(signal) > 1);
}
