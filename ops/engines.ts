/**
 * Engines that a command asks something: a preview, a state, an entry of a config. A signal that reaches the command alone, as
 * a pipeline's that is cancelled does, is handed on to them, and the command ends when they have: one that was left alone would
 * go on with the operator's log-in, and write into a folder that is gone.
 */
import type { ChildProcess } from "node:child_process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Those that have not ended. */
const atWork = new Set<ChildProcess>();
let stopping = false;

/** Whether one is at work: then a signal ends the command as soon as it has ended, and not before. */
export const enginesAtWork = (): boolean => atWork.size > 0;

/** Whether the command only waits for its engines to end: none is begun any more, and no end of one is a failure. */
export const isStopping = (): boolean => stopping;

/**
 * How an engine is started. In a terminal Ctrl-C reaches it from the terminal itself, and twice means "at once": it is not
 * handed on. Where there is none, it has a group of its own and gets every signal from here.
 */
export const engineGroup = (): { readonly detached: boolean } => ({
  detached: !process.stdin.isTTY,
});

/** Hands a signal on as the one that lets an engine end what is under way. */
export function handOn(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!process.stdin.isTTY || signal !== "SIGINT") {
    child.kill("SIGINT");
  }
}

function stop(signal: NodeJS.Signals): void {
  stopping = true;
  atWork.forEach((child) => {
    handOn(child, signal);
  });
}

/** From now on, a signal ends this engine, and the command when the last one of them has ended. */
export function endWith(child: ChildProcess): void {
  if (atWork.size === 0) {
    signals.forEach((signal) => process.on(signal, stop));
  }
  atWork.add(child);
  child.once("close", () => {
    atWork.delete(child);
    if (atWork.size === 0) {
      signals.forEach((signal) => process.off(signal, stop));
      if (stopping) {
        process.exit(130);
      }
    }
  });
}
