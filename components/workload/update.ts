/** How pods are exchanged: Kubernetes' arithmetic, and what of it contradicts itself. Pure. */
import type { WorkloadFault } from "./fault.ts";
import type { Share, Update } from "./workload.schema.ts";

function scaled(share: Share, replicas: number, round: (pods: number) => number): number {
  return typeof share === "number" ? share : round((Number.parseInt(share, 10) * replicas) / 100);
}

/** Pods that a share of `replicas` allows above them: a percentage rounds up. */
export const surgeOf = (share: Share, replicas: number): number =>
  scaled(share, replicas, Math.ceil);

/** Pods that a share of `replicas` allows to be missing: a percentage rounds down. */
export const unavailableOf = (share: Share, replicas: number): number =>
  Math.min(scaled(share, replicas, Math.floor), replicas);

/** Pods that a rolling update may have too many and too few at any moment. */
export interface Budget {
  readonly surge: number;
  readonly unavailable: number;
}

/** What a Deployment does where its update says nothing: a successor first, none missing. */
export const deploymentUpdate = { maxSurge: 1, maxUnavailable: 0 } as const;

/**
 * What the Deployment controller makes of an update.
 *
 * Shares that both round to nothing would never move: the controller then lets one pod be missing.
 */
export function deploymentBudget(
  update: Partial<Pick<Update, "strategy" | "maxSurge" | "maxUnavailable">>,
  replicas: number,
): Budget {
  if (update.strategy === "Recreate") {
    return { surge: 0, unavailable: replicas };
  }
  const surge = surgeOf(update.maxSurge ?? deploymentUpdate.maxSurge, replicas);
  const unavailable = unavailableOf(
    update.maxUnavailable ?? deploymentUpdate.maxUnavailable,
    replicas,
  );
  return {
    surge,
    unavailable: surge === 0 && unavailable === 0 ? Math.min(1, replicas) : unavailable,
  };
}

/** Whether a share is nothing of any number of pods, which is what the API server looks at. */
export const isNothing = (share: Share): boolean => share === 0 || share === "0%";

/** What no controller could do: told by the file alone, whatever workload it is of. */
export function updateFaults(update: Partial<Update>): WorkloadFault[] {
  const { minReadySeconds = 0, progressDeadlineSeconds = 600 } = update;
  const faults: WorkloadFault[] = [];
  if (minReadySeconds >= progressDeadlineSeconds) {
    faults.push({
      path: ["minReadySeconds"],
      message: `must be below progressDeadlineSeconds (${progressDeadlineSeconds}): every update would fail before its first pod counts`,
    });
  }
  const { strategy, maxSurge, maxUnavailable = 0 } = update;
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
