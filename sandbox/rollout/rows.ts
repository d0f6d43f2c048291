/** A cluster's rollouts as rows: pure, from the objects of one moment. */
import type { Node, Pod, Snapshot } from "./objects.ts";
import { placementMends } from "./placement.ts";
import { type PodProgress, progressOf, selects, unreadySince } from "./pods.ts";
import { ownerOf, type Workload, workloadsOf, type WorkloadKind } from "./workloads.ts";

/** Pods of one revision, by how they fare. */
export interface RevisionPods {
  /** Its number; empty while the controller has not made it. */
  readonly revision: string;
  /** The one that is wanted. */
  readonly current: boolean;
  readonly ready: number;
  readonly starting: number;
  readonly failing: number;
  readonly unplaceable: number;
  /** Being taken away. */
  readonly ending: number;
}

/** How far a workload is. */
export type RowState =
  | { readonly kind: "settled"; readonly note: string }
  | { readonly kind: "rolling"; readonly waitsFor: string }
  | { readonly kind: "stalled"; readonly reason: string }
  | {
      readonly kind: "unplaceable";
      /** The scheduler's. */
      readonly reason: string;
      readonly pods: readonly string[];
      readonly mends: readonly string[];
    };

/** One workload. */
export interface Row {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: string;
  /** The wanted revision first, then those that still have pods. */
  readonly revisions: readonly RevisionPods[];
  readonly desired: number;
  readonly available: number;
  /** The fewest available, and the most pods, that the update strategy allows. */
  readonly least: number;
  readonly most: number;
  readonly budget?: { readonly needed: number; readonly spare: number } | undefined;
  readonly state: RowState;
  /**
   * About when its rollout began: when its first pod was made. Where no other revision is left, this
   * may be no rollout but a pod that was lost, and the latest one counts.
   */
  readonly begun?: number | undefined;
}

/**
 * The rows of a cluster, those of one namespace together.
 *
 * @param now Milliseconds since 1970: some states are only believed when they last.
 */
export function rowsOf(snapshot: Snapshot, now: number): readonly Row[] {
  const podsOf = Map.groupBy(snapshot.pods, ownerOf);
  return workloadsOf(snapshot)
    .map((workload) => {
      const pods = [...workload.owners].flatMap((uid) => podsOf.get(uid) ?? []);
      return rowOf(workload, pods, snapshot, now);
    })
    .toSorted(
      (one, other) => compare(one.namespace, other.namespace) || compare(one.name, other.name),
    );
}

function rowOf(
  workload: Workload,
  pods: readonly Pod[],
  { budgets, nodes }: Snapshot,
  now: number,
): Row {
  const { kind, namespace, name, uid, desired, available, least, most } = workload;
  const seen = pods.map((pod) => ({ pod, ...progressOf(pod, now), hash: hashOf(pod, workload) }));
  const current = seen.filter(({ hash }) => hash === workload.revision);
  const budget = budgets.find(
    ({ metadata, spec }) =>
      metadata.namespace === namespace && pods.some((pod) => selects(spec.selector, pod)),
  );
  return {
    ...{ kind, namespace, name, uid, desired, available, least, most },
    revision: workload.revisions.get(workload.revision) ?? "",
    revisions: [
      revisionOf(workload, workload.revision, current),
      ...[...Map.groupBy(seen, ({ hash }) => hash)]
        .filter(([hash]) => hash !== workload.revision)
        .map(([hash, some]) => revisionOf(workload, hash, some)),
    ],
    budget:
      budget === undefined
        ? undefined
        : { needed: budget.status.desiredHealthy, spare: budget.status.disruptionsAllowed },
    state: stateOf(workload, seen, nodes, now),
    begun: current
      .flatMap(({ pod }) => pod.metadata.creationTimestamp ?? [])
      .sort((one, other) => one - other)
      .at(current.length < seen.length ? 0 : -1),
  };
}

interface Seen {
  readonly pod: Pod;
  readonly hash: string;
  readonly progress: PodProgress;
  readonly reason: string;
}

function stateOf(
  workload: Workload,
  seen: readonly Seen[],
  nodes: readonly Node[],
  now: number,
): RowState {
  if (isSettled(workload)) {
    const kept = workload.total - workload.updated;
    return { kind: "settled", note: kept > 0 ? `${kept} kept on the old revision` : "" };
  }
  const unplaceable = seen.filter(({ progress }) => progress === "unplaceable");
  const [first] = unplaceable;
  if (first !== undefined) {
    return {
      kind: "unplaceable",
      reason: first.reason,
      pods: unplaceable.map(({ pod }) => pod.metadata.name),
      mends: placementMends(first.reason, first.pod, nodes),
    };
  }
  const failing = seen.find(({ progress }) => progress === "failing");
  const stalled = stallOf(workload, seen, now);
  if (stalled !== undefined) {
    const because = failing === undefined ? "" : `; a pod is failing: ${failing.reason}`;
    return { kind: "stalled", reason: `${stalled}${because}` };
  }
  return { kind: "rolling", waitsFor: waitsFor(workload, seen, failing) };
}

/** Whether a workload is as it should be. */
export function isSettled({ observed, failure, ...workload }: Workload): boolean {
  const { total, updated, wanted, desired, available } = workload;
  // Pods that are left over from before a scaling down, or that a partition keeps, are told apart
  // by their number: all there are, no more.
  return (
    observed &&
    failure === undefined &&
    updated >= wanted &&
    total === desired &&
    available >= desired
  );
}

function stallOf(workload: Workload, seen: readonly Seen[], now: number): string | undefined {
  if (workload.failure !== undefined) {
    return workload.failure;
  }
  if (workload.paused) {
    return "paused";
  }
  // No controller says so of the other kinds, nor of a Deployment whose rollout was over once.
  const limit = workload.deadlineSeconds * 1_000;
  const waiting = seen.filter(({ progress }) => progress === "starting" || progress === "failing");
  const overdue =
    workload.kind === "Job"
      ? []
      : waiting.filter(({ pod }) => now - unreadySince(pod, now) > limit);
  return overdue.length === 0
    ? undefined
    : `${plural(overdue.length, "pod")} not ready for ${workload.deadlineSeconds} s`;
}

function waitsFor(workload: Workload, seen: readonly Seen[], failing: Seen | undefined): string {
  const { kind, observed, desired, available, total, updated, wanted, minReadySeconds } = workload;
  const count = (progress: PodProgress): number =>
    seen.filter((one) => one.progress === progress).length;
  if (kind === "Job") {
    return failing === undefined
      ? `${available} of ${desired} done`
      : `a pod is failing: ${failing.reason}`;
  }
  if (!observed) {
    return "the controller to see the change";
  }
  const ready = count("ready");
  const words = [
    ...(failing === undefined
      ? []
      : [`${plural(count("failing"), "pod")} failing: ${failing.reason}`]),
    ...(count("starting") === 0 ? [] : [`${plural(count("starting"), "pod")} to become ready`]),
    ...(ready > available && minReadySeconds > 0
      ? [`${plural(ready - available, "pod")} to be ready for ${minReadySeconds} s`]
      : []),
  ];
  if (words.length > 0) {
    return words.join(", ");
  }
  if (updated < wanted) {
    return `${plural(wanted - updated, "pod")} to be made anew`;
  }
  return total > desired
    ? `${plural(total - desired, "pod")} to be taken away`
    : `${plural(Math.max(1, desired - available), "pod")} to become available`;
}

function revisionOf(
  { revisions, revision }: Workload,
  hash: string,
  seen: readonly Seen[],
): RevisionPods {
  const count = (progress: PodProgress): number =>
    seen.filter((one) => one.progress === progress).length;
  return {
    revision: revisions.get(hash) ?? "",
    current: hash === revision,
    ready: count("ready"),
    starting: count("starting"),
    failing: count("failing"),
    unplaceable: count("unplaceable"),
    ending: count("ending"),
  };
}

function hashOf({ metadata }: Pod, { revisionLabel }: Workload): string {
  return metadata.labels[revisionLabel] ?? "";
}

function plural(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
