/** What a rollout did, computed over every recorded moment. */
import type { Moment, RecordedPod } from "./rollout-recorder.ts";

/** How far a rollout went in both directions. */
export interface Course {
  /** Pods that counted as available, at the worst moment. */
  readonly fewestAvailable: number;
  /** Pods that had been started, and not been told to stop, at the fullest moment. */
  readonly mostPods: number;
}

/** Pods of a workload. */
export const podsOf = (pods: readonly RecordedPod[], workload: string): readonly RecordedPod[] =>
  pods.filter((pod) => pod.workload === workload);

/** Whether a pod counts as available: Kubernetes' own definition. A pod that is to stop does not. */
export const isAvailable = (pod: RecordedPod, at: number, minReadySeconds: number): boolean =>
  !pod.leaving && pod.readySince !== undefined && pod.readySince + minReadySeconds * 1_000 <= at;

/**
 * The extremes of a rollout.
 *
 * A surplus pod counts from its start: controllers create one in the same breath in which they delete
 * another, and in which order the API server hears of it is chance.
 */
export function courseOf(
  moments: readonly Moment[],
  workload: string,
  minReadySeconds: number,
): Course {
  const counted = moments.map(({ at, pods }) => {
    const own = podsOf(pods, workload);
    return {
      available: own.filter((pod) => isAvailable(pod, at, minReadySeconds)).length,
      started: own.filter(({ phase, leaving }) => phase === "Running" && !leaving).length,
    };
  });
  return {
    fewestAvailable: Math.min(...counted.map(({ available }) => available)),
    mostPods: Math.max(...counted.map(({ started }) => started)),
  };
}
/** Moments at which pods of two versions were there at once, those that were stopping included. */
export const overlapsOf = (moments: readonly Moment[], workload: string): readonly Moment[] =>
  moments.filter(
    ({ pods }) => new Set(podsOf(pods, workload).map(({ version }) => version)).size > 1,
  );

/** When each pod of a workload first met a condition, in order. */
export function firstTimes(
  moments: readonly Moment[],
  workload: string,
  met: (pod: RecordedPod) => boolean,
): readonly { readonly pod: RecordedPod; readonly at: number }[] {
  const first = new Map<string, { pod: RecordedPod; at: number }>();
  for (const { at, pods } of moments) {
    for (const pod of podsOf(pods, workload).filter(met)) {
      if (!first.has(pod.uid)) {
        first.set(pod.uid, { pod, at });
      }
    }
  }
  return [...first.values()];
}
