/** The commit that a change is compared with, and its files. */
import { join } from "node:path";

import { Git, GitError } from "../../release/git.ts";
import { ensurePackages } from "../../release/packages.ts";
import { CommandError } from "../command.ts";
import type { Base } from "./offline.ts";

/** A base, and how it is told. */
export interface BaseOfChange extends Base {
  /** `1a2b3c4 Its first line`. */
  readonly line: string;
}

/**
 * Finds a base and checks it out: where this branch left the commit that the name stands for, so that
 * what others have done there since is no change of this one.
 *
 * @param name A branch, a tag or a hash.
 * @throws CommandError where there is no such commit, or no repository.
 */
export async function checkOutBase(git: Git, name: string, run: BaseRun): Promise<BaseOfChange> {
  const commit = await findBase(git, name);
  const folder = join(run.scratch, "base");
  try {
    await git.checkOut(commit, folder);
    await ensurePackages(run.clone, folder, run.environment);
  } catch (error) {
    throw new CommandError(
      `BASE=${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return { commit, folder, line: await git.describe(commit) };
}

/** What a check-out needs. */
export interface BaseRun {
  readonly clone: string;
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

async function findBase(git: Git, name: string): Promise<string> {
  let found = await git.resolve(name);
  if (found === undefined) {
    // A pipeline's clone has the newest commit only.
    await git.fetch(name);
    found = await git.resolve(name);
  }
  const refusal = found === undefined ? await git.refusal() : undefined;
  if (refusal !== undefined) {
    throw new CommandError(`there is no commit to compare with: ${refusal}`);
  }
  if (found === undefined) {
    throw new CommandError(
      `BASE must be a commit of this repository: a branch, a tag or a hash (it is ${JSON.stringify(name)}); ` +
        "a clone of one commit needs: git fetch origin <branch>",
    );
  }
  return (await git.mergeBase(found)) ?? found;
}

/** The commit of the work tree, and whether it has changes that no commit has; neither where git has no say. */
export async function commitOf(
  git: Git,
  stack: string,
): Promise<{ readonly commit?: string; readonly dirty?: boolean }> {
  try {
    const { commit, changed } = await git.snapshot(stack);
    return { commit: changed ? ((await git.resolve("HEAD")) ?? commit) : commit, dirty: changed };
  } catch (error) {
    if (error instanceof GitError) {
      return {};
    }
    throw error;
  }
}
