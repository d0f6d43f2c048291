/** What every command gets. */
import { cloneFolder, type SandboxPlace } from "../place.ts";
import type { Environment } from "../tools.ts";

/** Options of the command line, by name. */
export interface Options {
  /** Name of the stack. */
  readonly stack: string;
  /** Another file than the stack's own, for tests of changed config. */
  readonly file?: string | undefined;
  /** `exec`: what to run. */
  readonly cmd?: string | undefined;
  /** `recycle`: name of a node. */
  readonly node?: string | undefined;
  /** `down`: without asking the engine. */
  readonly fast: boolean;
  /** `up`: compare with the cluster first. */
  readonly refresh: boolean;
  /** `up`: seconds to wait for nothing but what cannot be placed; 0 for ever. */
  readonly patience?: string | undefined;
  /** `up`: stack in whose sandbox's cluster this one is to stand. */
  readonly beside?: string | undefined;
  /** `up`: workloads and how their pods behave, e.g. `storage-db:slow-20s`. */
  readonly behave?: string | undefined;
  /** `watch`: goes on when everything has settled. */
  readonly follow?: string | undefined;
  /** Every resource on a line of its own. */
  readonly verbose: boolean;
}

/** A command at work. */
export interface Command {
  readonly place: SandboxPlace;
  readonly options: Options;
  /** The shell's environment. */
  readonly outer: Environment;
  /** Tells the user something, on a line of its own. */
  readonly say: (line: string) => void;
}

/** How a user calls a target for this stack. */
export function makeLine(target: string, { stack }: Pick<Options, "stack">): string {
  return stack === "test" ? `make ${target}` : `make ${target} STACK=${stack}`;
}

/** What is said of a command that was stopped. */
export const stopped = (target: string, options: Pick<Options, "stack">): string =>
  `${target}: stopped; ${makeLine(target, options)} goes on from there`;

/** A path as short as it can be said from the clone. */
export function shortPath(path: string): string {
  return path.startsWith(`${cloneFolder}/`) ? path.slice(cloneFolder.length + 1) : path;
}
