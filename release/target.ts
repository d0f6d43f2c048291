/** What the sandbox's `make up` and `make live-up` give to the one room that keeps releases. */
import type { ReleaseInput } from "../stacks/release.schema.ts";
import type { Git } from "./git.ts";
import type { Journal } from "./journal.ts";
import type { StackState } from "./state.ts";

/** What the engine is run on. */
export interface Source {
  /** Folder of the program. */
  readonly folder: string;
  /** Path of its config file. */
  readonly config: string;
  /** What the program is told of its release; undefined where none is kept. */
  readonly release: ReleaseInput | undefined;
  /** The last good release is put back: nobody is asked. */
  readonly goingBack: boolean;
}

/** How a run of the engine ended. */
export interface Attempt {
  readonly code: number;
  readonly interrupted: boolean;
  /** Whether it began to change anything. */
  readonly touched: boolean;
  /** What it did, in words. */
  readonly changes: string;
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
  /** The engine took for ready what is not, and its state says so: see sandbox/rollout/late.ts. */
  readonly unready?: boolean;
}

/** Ctrl-C, or a request to end, came while the state was being read. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** A stack on one of the two targets. */
export interface Target {
  readonly stack: string;
  /** Folder of the clone. */
  readonly clone: string;
  /** Name under which its commits are kept: `<stack>/<target>`. */
  readonly name: string;
  /** What the user types to run it again. */
  readonly again: string;
  /** Path of the config file that the engine reads. */
  readonly config: string;
  /** Folder for the files of an earlier commit. */
  readonly checkout: string;
  /** The user's environment, for git and npm. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly git: Git;
  readonly journal: Journal;
  /** Runs `up` and says how it goes, its failure included. */
  readonly update: (source: Source) => Promise<Attempt>;
  /**
   * Reads the state.
   *
   * @throws Interrupted or another Error: what runs is then unknown, and nothing is decided on it.
   */
  readonly state: () => Promise<StackState>;
  readonly say: (line: string) => void;
}
