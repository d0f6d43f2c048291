/** How many pods an update may have too many and too few at a moment, as Kubernetes counts. Pure. */
import { usualDeadlineSeconds } from "./defaults.ts";
import type { WorkloadFault } from "./fault.ts";
import { isNothing, roundedDown, roundedUp, type Share } from "./share.ts";
import type { Update } from "./workload.schema.ts";

/** Pods above `replicas` that a share allows: a percentage rounds up. */
export const surgeOf = roundedUp;

/**
 * Pods below `replicas` that a share allows: a percentage rounds down, and no more can be missing
 * than there are. Where the surge is none as well, see {@link deploymentBudget}.
 */
export const unavailableOf = (share: Share, replicas: number): number =>
  Math.min(roundedDown(share, replicas), replicas);

/** What a rolling update may do. */
export type Exchange = Pick<Update, "maxSurge" | "maxUnavailable">;

/** The same with nothing left open. */
export interface Shares {
  readonly maxSurge: Share;
  readonly maxUnavailable: Share;
}

/** Of a Deployment: a successor is ready before its predecessor goes, unless the update says else. */
export const deploymentShares = ({ maxSurge = 1, maxUnavailable = 0 }: Exchange): Shares => ({
  maxSurge,
  maxUnavailable,
});

/**
 * Of a DaemonSet: the old pod leaves its node before the new one starts. Two at once would share the
 * node's files and sockets, which is what most DaemonSets are there for.
 */
export function daemonSetShares({ maxSurge = 0, maxUnavailable }: Exchange): Shares {
  return { maxSurge, maxUnavailable: maxUnavailable ?? (isNothing(maxSurge) ? 1 : 0) };
}

/** Pods that an update may have too many and too few at any moment. */
export interface Budget {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * What the Deployment controller makes of an update.
 *
 * Shares that both round to nothing would never move: it then lets one pod be missing.
 */
export function deploymentBudget(
  update: Exchange & { readonly strategy?: Update["strategy"] },
  replicas: number,
): Budget {
  if (update.strategy === "Recreate") {
    return { surge: 0, unavailable: replicas };
  }
  const { maxSurge, maxUnavailable } = deploymentShares(update);
  const surge = surgeOf(maxSurge, replicas);
  const unavailable = unavailableOf(maxUnavailable, replicas);
  const stuck = surge === 0 && unavailable === 0;
  return { surge, unavailable: stuck ? Math.min(1, replicas) : unavailable };
}

/** What contradicts itself in an update, whatever it is of. */
export function updateFaults(update: Partial<Update>): WorkloadFault[] {
  const { minReadySeconds = 0, progressDeadlineSeconds = usualDeadlineSeconds } = update;
  const { strategy, maxSurge, maxUnavailable = 0 } = update;
  const faults: WorkloadFault[] = [];
  if (minReadySeconds >= progressDeadlineSeconds) {
    faults.push({
      path: ["minReadySeconds"],
      message: `must be below progressDeadlineSeconds (${progressDeadlineSeconds}): every update would fail before its first pod counts`,
    });
  }
  if (
    strategy !== "Recreate" &&
    maxSurge !== undefined &&
    isNothing(maxSurge) &&
    isNothing(maxUnavailable)
  ) {
    faults.push({
      path: ["maxUnavailable"],
      message: "must be at least 1 where maxSurge is 0: no pod could ever be exchanged",
    });
  }
  return faults;
}
