/** What a rollout did, computed over every recorded moment. */
import type { Moment, RecordedPod } from "./rollout-recorder.ts";

/** How far a rollout went in both directions. */
export interface Course {
  /** Pods that counted as available, at the worst moment. */
  readonly fewestAvailable: number;
  /** Pods that had been started, and were still wanted, at the fullest moment. */
  readonly mostPods: number;
}

/** Pods of a workload. */
export const podsOf = (pods: readonly RecordedPod[], workload: string): readonly RecordedPod[] =>
  pods.filter((pod) => pod.workload === workload);

/** Whether a pod counts as available: Kubernetes' own definition. A pod that is to stop does not. */
export const isAvailable = (pod: RecordedPod, at: number, minReadySeconds: number): boolean =>
  !pod.leaving && pod.readySince !== undefined && pod.readySince + minReadySeconds * 1_000 <= at;

/** The extremes of a rollout. */
export function courseOf(
  moments: readonly Moment[],
  workload: string,
  minReadySeconds: number,
): Course {
  const counted = moments.map(({ at, pods, wanted }) => {
    const own = podsOf(pods, workload);
    return {
      available: own.filter((pod) => isAvailable(pod, at, minReadySeconds)).length,
      started: startedOf(own, wanted),
    };
  });
  return {
    fewestAvailable: Math.min(...counted.map(({ available }) => available)),
    mostPods: Math.max(...counted.map(({ started }) => started)),
  };
}

/**
 * How many pods had been started and were still wanted.
 *
 * One that is given up counts no more, though the API server may hear of its deletion only after its
 * successor runs: controllers decide on both in one breath, and which is carried out first is chance.
 * A Deployment gives pods up by telling their ReplicaSet a smaller number; a DaemonSet gives a pod up
 * as soon as its successor on the node is ready.
 */
function startedOf(own: readonly RecordedPod[], wanted: ReadonlyMap<string, number>): number {
  const started = own.filter((pod) => {
    return pod.phase === "Running" && !pod.leaving && !isSucceeded(pod, own);
  });
  return [...Map.groupBy(started, ({ owner }) => owner?.uid).values()]
    .map((pods) => {
      const owner = pods[0]?.owner;
      const most = owner?.kind === "ReplicaSet" ? (wanted.get(owner.uid) ?? 0) : Infinity;
      return Math.min(pods.length, most);
    })
    .reduce((sum, count) => sum + count, 0);
}

/** Whether a DaemonSet's pod has a successor on its node that is ready. */
const isSucceeded = (pod: RecordedPod, own: readonly RecordedPod[]): boolean =>
  pod.owner?.kind === "DaemonSet" &&
  own.some(
    (other) =>
      other.node === pod.node &&
      other.version !== pod.version &&
      other.created > pod.created &&
      other.readySince !== undefined,
  );

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
