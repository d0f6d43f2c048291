/** Which stack a pipeline does what with: the table `.github/stacks.json`. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { stacksOf } from "../../sandbox/place.ts";
import { CommandError, instead } from "../command.ts";

const Row = z.strictObject({
  /** Branch that the stack is what it says: pull requests to it are previewed live, where there are secrets. */
  branch: z.string().regex(/^[\w][\w./-]*$/),
  /**
   * When it is brought to that: `push`, with what is pushed; `reviewed`, with what is pushed, held against
   * the report of the merged pull request; `by-hand`, when somebody runs the workflow.
   */
  update: z.enum(["push", "reviewed", "by-hand"]),
  /** Whether somebody looks every night for what was changed without the program. */
  drift: z.enum(["nightly", "never"]),
});

/** The table. */
export const Stacks = z.record(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/), Row);
/** {@inheritDoc Stacks} */
export type Stacks = z.infer<typeof Stacks>;

/** Path of the table in a clone. */
export const tablePath = join(".github", "stacks.json");

/** What a job of a pipeline does with a stack. */
export interface Task {
  readonly stack: string;
  readonly branch: string;
  /** Whether it may be looked at live. */
  readonly live: boolean;
  /** Whether an update is held against the report of the merged pull request. */
  readonly reviewed: boolean;
  /** Whether drift is an alarm: it is not where people may change things by hand. */
  readonly alarm: boolean;
}

/** What a pipeline asks the table for. */
export const occasions = ["review", "push", "drift", "hand"] as const;
/** {@inheritDoc occasions} */
export type Occasion = (typeof occasions)[number];

/** Reads FOR. @throws CommandError */
export function readOccasion(value: string | undefined): Occasion {
  const found = occasions.find((one) => one === value);
  if (found === undefined) {
    throw new CommandError(`FOR must be one of ${occasions.join(", ")}${instead(value)}`);
  }
  return found;
}

/**
 * Reads the table.
 *
 * @throws CommandError where it is none, or names other stacks than there are: a stack that is forgotten
 * here is one that nobody reviews.
 */
export function readStacks(root: string): Stacks {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(root, tablePath), "utf8"));
  } catch {
    throw new CommandError(`${tablePath} must be JSON: stack → branch, update, drift`);
  }
  const parsed = Stacks.safeParse(json);
  if (!parsed.success) {
    throw new CommandError(`${tablePath}: ${z.prettifyError(parsed.error)}`);
  }
  const there = stacksOf(root);
  const missing = there.filter((stack) => parsed.data[stack] === undefined);
  const unknown = Object.keys(parsed.data).filter((stack) => !there.includes(stack));
  if (missing.length + unknown.length > 0) {
    throw new CommandError(
      [
        ...missing.map((stack) => `${tablePath} has no row for ${stack}`),
        ...unknown.map((stack) => `${tablePath}: there is no Pulumi.${stack}.yaml`),
      ].join("\n"),
    );
  }
  return parsed.data;
}

/**
 * What is to be done on an occasion.
 *
 * @param branch Of a pull request, the one it goes to; else the one that was pushed, or is worked on.
 * @param only By hand: the one stack.
 */
export function tasksFor(
  stacks: Stacks,
  asked: {
    readonly occasion: Occasion;
    readonly branch: string;
    readonly only?: string | undefined;
    /** Whether a stack's file says that it is a test environment. */
    readonly isTest: (stack: string) => boolean;
  },
): readonly Task[] {
  const { branch, isTest, occasion, only } = asked;
  if (branch === "" && occasion !== "drift") {
    throw new CommandError(
      `BRANCH is missing: ${occasion === "review" ? "the one that the pull request goes to" : "the one that is pushed or worked on"}`,
    );
  }
  if (occasion === "hand" && only === undefined) {
    throw new CommandError("STACK is missing: the one that somebody has asked for");
  }
  const rows = Object.entries(stacks).map(([stack, row]) => ({ stack, ...row }));
  const chosen = {
    review: () => rows,
    push: () => rows.filter((row) => row.branch === branch && row.update !== "by-hand"),
    drift: () => rows.filter((row) => row.drift === "nightly"),
    hand: () => {
      const found = rows.filter((row) => row.stack === only);
      const [row] = found;
      if (row === undefined || row.branch !== branch) {
        throw new CommandError(
          `${String(only)} is brought to its state from ${row?.branch ?? "no branch: there is no such stack"}, not from ${branch}`,
        );
      }
      return found;
    },
  }[occasion]();
  return chosen.map((row) => ({
    stack: row.stack,
    branch: row.branch,
    live: occasion !== "review" || row.branch === branch,
    reviewed: occasion === "push" && row.update === "reviewed",
    alarm: !isTest(row.stack),
  }));
}

/** Tells a later step or job of a workflow: a line in the file that GitHub names, and on the terminal. */
export function giveOutput(
  values: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  if (lines.some((line) => line.trimEnd().includes("\n"))) {
    throw new CommandError("an output of a step is one line");
  }
  const file = environment["GITHUB_OUTPUT"] ?? "";
  if (file !== "") {
    appendFileSync(file, lines.join(""));
  }
  process.stdout.write(lines.join(""));
}
