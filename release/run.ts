/**
 * An update that keeps releases: where it fails, the last good one is put back, on the cluster and in
 * the state, and the run fails all the same.
 *
 * Every step is noted before it begins. A run that is killed at any moment leaves a note from which the
 * next one goes on; a rollback that fails is not rolled back itself.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Release, ReleaseInput } from "../stacks/release.schema.ts";
import { GitError, type Snapshot } from "./git.ts";
import type { Entry } from "./journal.ts";
import { ensurePackages } from "./packages.ts";
import type { StackState } from "./state.ts";
import { type Attempt, Interrupted, type Source, type Target } from "./target.ts";
import { isSame, whyPause } from "./verdict.ts";

/** What a shell gives for a command that Ctrl-C ended. */
export const interruptedCode = 130;

/** Lines of the failure that the summary repeats. */
const shownProblems = 6;

type RollingBack = Extract<Entry, { phase: "rolling back" }>;
type Updating = Extract<Entry, { phase: "updating" }>;

/** Brings a stack up that rolls back. Returns the exit code. */
export async function updateOrRollBack(target: Target): Promise<number> {
  try {
    return await bringUp(target);
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      throw error;
    }
    target.say(`up: stopped; ${target.again} goes on from there`);
    return interruptedCode;
  }
}

async function bringUp(target: Target): Promise<number> {
  const snapshot = await snapshotOf(target);
  if (snapshot === undefined) {
    const here = { folder: target.clone, config: target.config, goingBack: false };
    const { code, interrupted } = await target.update({ ...here, release: undefined });
    if (code === 0) {
      // It runs, and whatever an earlier run had begun is past: the next one must not take it up again.
      target.journal.clear();
    }
    return interrupted ? interruptedCode : code;
  }
  const tried = {
    commit: snapshot.commit,
    config: readFileSync(target.config, "utf8"),
    digests: {},
  };
  const left = target.journal.read();
  return left?.phase === "rolling back"
    ? finishRollback(target, tried, left)
    : tryUpdate(target, tried, left);
}

/** Puts the last good release back, as a run that was stopped had begun to; then comes what is here. */
async function finishRollback(
  target: Target,
  tried: ReleaseInput,
  left: RollingBack,
): Promise<number> {
  const { git, journal, say } = target;
  const since = broughtUpSince(await target.state(), left);
  if (since !== undefined) {
    say(
      `the last run here was stopped while it put the last good release back; ${await git.describe(since.commit)} was brought up since, and stays`,
    );
    journal.clear();
    return tryUpdate(target, tried, undefined);
  }
  say("the last run was stopped while it put the last good release back: that comes first");
  const end = await rollBack(target, left);
  // What was mended since comes in any case: a release that cannot be put back must not bar the way.
  if (end === "stopped" || isSame(tried, left.tried)) {
    return exitCodes[end];
  }
  say(`now what is here: ${await git.describe(tried.commit)}`);
  return tryUpdate(target, tried, end === "failed" ? left : undefined);
}

/** Without a commit to come back to, there is no rollback; the update itself is not refused. */
async function snapshotOf({ git, name, stack, say }: Target): Promise<Snapshot | undefined> {
  try {
    const snapshot = await git.snapshot(stack);
    await git.keep(`${name}/tried`, snapshot.commit);
    return snapshot;
  } catch (error) {
    if (error instanceof GitError) {
      say(`warning: a failed update will only pause, no release can be kept: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

async function tryUpdate(
  target: Target,
  tried: ReleaseInput,
  interrupted: Entry | undefined,
): Promise<number> {
  const { git, journal, say } = target;
  const good = lastGood(await target.state(), interrupted);
  await fetchIfMissing(target, good);
  const former = triedIn(interrupted).filter((each) => !isSame(each, tried));
  const entry = begun([...former, tried], good);
  journal.write(entry);
  const attempt = await target.update({
    folder: target.clone,
    config: target.config,
    release: tried,
    goingBack: false,
  });
  if (attempt.interrupted) {
    say(`up: stopped; ${target.again} goes on from there`);
    return interruptedCode;
  }
  if (attempt.code === 0) {
    journal.clear();
    await keepGood(target, tried.commit);
    return 0;
  }
  const touched = attempt.touched || interrupted !== undefined;
  const unready = attempt.unready ?? false;
  const state = await target.state();
  const since = broughtUpSince(state, entry);
  const pause =
    whyPause({ tried, good, since, touched, unready, state }) ??
    (good !== undefined && !(await git.has(good.commit))
      ? `the commit of the last good release, ${good.commit.slice(0, 12)}, is not in this clone`
      : undefined);
  if (pause !== undefined || good === undefined) {
    // Only an engine that got as far as the pods can have seen them ready.
    endWithout(target, begun(attempt.touched && !unready ? former : entry.tried, good), state);
    await sayPaused(target, tried, state, pause ?? "");
    return attempt.code;
  }
  const reason = attempt.problems;
  return exitCodes[await rollBack(target, { phase: "rolling back", tried, former, good, reason })];
}

/** The note of an update that begins. */
function begun(tried: readonly ReleaseInput[], good: Release | undefined): Updating {
  return { phase: "updating", tried, ...(good === undefined ? {} : { good }) };
}

/**
 * The release that somebody has brought up since a note was made: from another clone, which has a journal of its own.
 * To put ours back over it would undo what is good, and what it did to the data would stay.
 */
function broughtUpSince({ release }: StackState, left: Entry): Release | undefined {
  const own: readonly (ReleaseInput | undefined)[] = [...triedIn(left), left.good];
  return release === undefined || own.some((each) => isSame(release, each)) ? undefined : release;
}

/**
 * The release to go back to. The state knows it, but for two cases: an update that was killed may have
 * taken its state with it; and the engine can take for ready what is not, and write it into the state as
 * the last good one, before a run that is stopped has looked for itself.
 */
function lastGood({ release }: StackState, left: Entry | undefined): Release | undefined {
  const isDoubtful = release === undefined || triedIn(left).some((tried) => isSame(tried, release));
  return isDoubtful ? left?.good : release;
}

/** What earlier runs began and nobody has seen ready. */
function triedIn(left: Entry | undefined): readonly ReleaseInput[] {
  return left?.phase === "rolling back" ? [...left.former, left.tried] : (left?.tried ?? []);
}

/** Ends what was neither seen ready nor put back: while the state calls it good, the journal knows better. */
function endWithout({ journal }: Target, entry: Entry, { release }: StackState): void {
  const tried = triedIn(entry);
  if (tried.some((each) => isSame(each, release))) {
    journal.write(begun(tried, entry.good));
  } else {
    journal.clear();
  }
}

/** Git may be busy or out of space: what runs, runs all the same. */
async function keepGood({ git, name, say }: Target, commit: string): Promise<void> {
  await git.keep(`${name}/good`, commit).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    say(`warning: git may collect what runs now, ${commit.slice(0, 12)}, as garbage: ${why}`);
  });
}

/** A pipeline's clone has one commit: the other is asked for before anything is changed. */
async function fetchIfMissing({ git, say }: Target, good: Release | undefined): Promise<void> {
  if (good === undefined || (await git.has(good.commit))) {
    return;
  }
  await git.fetch(good.commit);
  if (!(await git.has(good.commit))) {
    say(
      `warning: a failed update will only pause: the commit of the last good release, ${good.commit}, is not in this clone and cannot be fetched`,
    );
  }
}

/** An attempt that no engine was started for. It is at an end: the same would stop the next run, too. */
const notBegun: Attempt = {
  code: 1,
  interrupted: false,
  touched: true,
  changes: "nothing",
  problems: [],
};

/** The files of a release, with its packages and its config. */
async function sourceOf(target: Target, good: Release): Promise<Omit<Source, "goingBack">> {
  const { clone, checkout: folder, environment, git, stack } = target;
  await git.checkOut(good.commit, folder);
  await ensurePackages(clone, folder, environment);
  const config = join(folder, `Pulumi.${stack}.yaml`);
  writeFileSync(config, good.config, { mode: 0o600 });
  const { commit, digests } = good;
  return { folder, config, release: { commit, config: good.config, digests } };
}

/** Never 0: the update has failed, whatever became of its rollback. */
const exitCodes = { done: 1, failed: 1, stopped: interruptedCode } as const;

/** Puts the last good release back: its commit, its config, its digests. Says how that ended. */
async function rollBack(target: Target, entry: RollingBack): Promise<keyof typeof exitCodes> {
  const { git, journal, say, checkout } = target;
  const { good, tried } = entry;
  journal.write(entry);
  say("");
  say(`rolling back to ${await git.describe(good.commit)}`);
  const source = await sourceOf(target, good).catch((error: unknown) => {
    say(`its files cannot be had: ${error instanceof Error ? error.message : String(error)}`);
  });
  const attempt =
    source === undefined ? notBegun : await target.update({ ...source, goingBack: true });
  if (attempt.interrupted) {
    say(`up: stopped while rolling back; ${target.again} finishes that first`);
    return "stopped";
  }
  rmSync(checkout, { recursive: true, force: true });
  if (attempt.code === 0) {
    journal.clear();
    // Not kept before: a run that put the state aside may have had another one for good.
    await keepGood(target, good.commit);
    await sayRolledBack(target, entry, attempt);
  } else {
    if (attempt.touched) {
      endWithout(target, entry, await target.state());
    }
    say("");
    say(
      attempt.touched
        ? "the rollback failed, too, and no second one is tried: the stack is left where it stopped"
        : `the rollback could not begin, and nothing was put back: ${target.again} begins with it`,
    );
    await sayRows(
      target,
      tried,
      entry.reason,
      "what the rollback had reached; see what the engine said",
    );
  }
  return attempt.code === 0 ? "done" : "failed";
}

async function sayRolledBack(
  target: Target,
  { tried, good, reason }: RollingBack,
  { changes }: Attempt,
): Promise<void> {
  target.say("");
  target.say(`the update failed and was rolled back: ${changes}`);
  const now = `${await target.git.describe(good.commit)}, with its config and digests`;
  await sayRows(target, tried, reason, now);
}

async function sayPaused(
  target: Target,
  tried: ReleaseInput,
  { release }: StackState,
  why: string,
): Promise<void> {
  target.say("");
  target.say(`the update failed and was not rolled back: ${why}`);
  const last =
    release === undefined ? "" : `; last good: ${await target.git.describe(release.commit)}`;
  await sayRows(
    target,
    tried,
    [],
    `what it had reached; old pods serve where new ones are not ready${last}`,
  );
}

async function sayRows(
  { again, git, say }: Target,
  tried: ReleaseInput,
  reason: readonly string[],
  now: string,
): Promise<void> {
  say(`  tried     ${await git.describe(tried.commit)}`);
  const [first, ...more] = reason.slice(0, shownProblems);
  if (first !== undefined) {
    say(`  failed    ${first}`);
    for (const line of more) {
      say(`            ${line}`);
    }
  }
  say(`  runs now  ${now}`);
  say(`  next      mend what failed, then ${again}`);
}
