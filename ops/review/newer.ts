/**
 * Whether a stack was brought to a newer commit already. An approval that comes after a day, and an old run that is
 * started again, would take back what has been applied since, and the report that they are held against would not tell:
 * it speaks of the same resources.
 */
import * as z from "zod";

import type { Git } from "../../release/git.ts";
import { CommandError } from "../command.ts";
import type { RunPulumi } from "../keys/pulumi.ts";

/** The engine's history, newest first. It notes the commit of each run: pkg/backend/updates.go, `git.head`. */
const History = z.array(
  z.looseObject({
    kind: z.string(),
    environment: z.record(z.string(), z.string()).nullish(),
  }),
);

/** The commit that was applied last, or was begun; undefined where there was none, or the engine does not know it. */
export function appliedCommit(history: unknown): string | undefined {
  const updates = History.parse(history).filter(({ kind }) => kind === "update");
  return updates.find(({ environment }) => environment?.["git.head"] !== undefined)?.environment?.[
    "git.head"
  ];
}

/** What is looked at. */
export interface NewerOf {
  readonly stack: string;
  readonly git: Git;
  readonly pulumi: RunPulumi;
  /** Branch that the stack is brought to its state from, where it is known: what is not on it is not newer. */
  readonly branch: string | undefined;
}

/**
 * Refuses to take a stack back.
 *
 * @returns a line where it cannot be told.
 * @throws CommandError where what is checked out is older than what was applied.
 */
export async function refuseOlder({
  branch,
  git,
  pulumi,
  stack,
}: NewerOf): Promise<string | undefined> {
  const words = ["stack", "history", "--json", "--page-size", "20", "--stack", stack];
  const applied = appliedCommit(JSON.parse(await pulumi(words)));
  const head = await git.resolve("HEAD");
  if (applied === undefined || head === undefined || applied === head) {
    return undefined;
  }
  if (!(await git.has(applied))) {
    await git.fetch(applied);
  }
  if (!(await git.has(applied))) {
    return `the commit that was applied last, ${applied}, is not in this clone: whether this one is older cannot be told`;
  }
  // Of a branch that was set back, or of somebody's own one, what was applied is not where this one has gone on to.
  const tip = branch === undefined ? undefined : await git.resolve(`origin/${branch}`);
  const hasGoneOn = tip === undefined || (await git.isBelow(applied, tip));
  if (hasGoneOn && (await git.isBelow(head, applied))) {
    throw new CommandError(
      [
        `${stack} was brought to a newer commit already, ${await git.describe(applied)}: this one, ${await git.describe(head)}, would take back what has come since. Nothing was changed`,
        "run the pipeline for the newest commit; to go back, revert in git, or run make live-up in a terminal",
      ].join("\n"),
    );
  }
  return undefined;
}
