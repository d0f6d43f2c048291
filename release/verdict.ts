/** Whether a failed update is rolled back, and if not, why. Pure. */
import type { Release, ReleaseInput } from "../stacks/release.schema.ts";
import type { StackState } from "./state.ts";

/** A failed update, as far as the verdict depends on it. */
export interface Failure {
  readonly tried: ReleaseInput;
  /** The release that ran before. */
  readonly good: Release | undefined;
  /** What another run has brought up while this one was at it. */
  readonly since: Release | undefined;
  /** Whether this run, or an interrupted one before it, began to change anything. */
  readonly touched: boolean;
  /** The state calls a release good whose pods are not ready. */
  readonly unready: boolean;
  /** What the state holds now. */
  readonly state: StackState;
}

/** Whether two releases are the same source with the same config. */
export function isSame(one: ReleaseInput, other: ReleaseInput | undefined): boolean {
  return one.commit === other?.commit && one.config === other.config;
}

/** Why the update is left where it stopped; undefined where the last good release can be put back. */
export function whyPause(failure: Failure): string | undefined {
  const { tried, good, since, touched, unready, state } = failure;
  if (!touched) {
    return "nothing was changed: what ran before runs on";
  }
  if (since !== undefined) {
    return `another run has brought up ${since.commit.slice(0, 12)} meanwhile`;
  }
  if (good === undefined) {
    return "there is no earlier release to go back to";
  }
  if (isSame(tried, good)) {
    return "what failed is the last good release itself";
  }
  if (!unready && isSame(tried, state.release)) {
    return "all its pods are ready: what failed came after them";
  }
  const crossed = [...state.migrations].filter(([urn, uid]) => good.migrations[urn] !== uid);
  if (crossed.length > 0) {
    const names = crossed.map(([urn]) => urn.slice(urn.lastIndexOf("::") + 2)).join(", ");
    return `its data migration has run (Job ${names}): the last good release may not understand the data`;
  }
  return undefined;
}
