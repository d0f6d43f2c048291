/** Each kind of workload in the same words: how many pods there should be, of which revision, and may be. */
import { roundedDown, roundedUp, type Share } from "../../components/workload/share.ts";
import {
  condition,
  type ControllerRevision,
  type DaemonSet,
  type Deployment,
  type Job,
  type Snapshot,
  type StatefulSet,
} from "./objects.ts";

/** Kinds that are followed. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "Job";

/** A workload as its controller reports it. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Objects that its pods name as their controller: itself, or its ReplicaSets. */
  readonly owners: ReadonlySet<string>;
  /** Label that tells the revision of a pod. */
  readonly revisionLabel: string;
  /** Value of that label for the revision that is wanted. */
  readonly revision: string;
  /** Number of each revision, as `kubectl rollout history` shows it, by that value. */
  readonly revisions: ReadonlyMap<string, string>;
  /** Whether the controller has seen the latest change. */
  readonly observed: boolean;
  /** Pods that should be there when all is done. */
  readonly desired: number;
  /** How many of them in the wanted revision: fewer where a partition keeps the rest. */
  readonly wanted: number;
  readonly total: number;
  readonly updated: number;
  /** Ready for at least `minReadySeconds`; for a Job, done. */
  readonly available: number;
  /** The fewest available, and the most pods, that the update strategy allows on the way. */
  readonly least: number;
  readonly most: number;
  readonly minReadySeconds: number;
  /** After how long without progress the rollout counts as stalled. */
  readonly deadlineSeconds: number;
  /** What the controller itself calls a failure. */
  readonly failure?: string | undefined;
  readonly paused: boolean;
}

/** Kubernetes' own for a Deployment; the other kinds have no such field. */
const defaultDeadlineSeconds = 600;

/** Every workload of a cluster. Jobs of CronJobs are no rollout: they come and go by the clock. */
export function workloadsOf(snapshot: Snapshot): readonly Workload[] {
  // Looked up, not searched: a watch does this at each change, of a thousand workloads as well.
  const sets = Map.groupBy(snapshot.replicaSets, ownerOf);
  const revisions = Map.groupBy(snapshot.controllerRevisions, ownerOf);
  return [
    ...snapshot.deployments.map((object) =>
      ofDeployment(object, sets.get(object.metadata.uid) ?? []),
    ),
    ...snapshot.statefulSets.map((object) =>
      ofStatefulSet(object, revisions.get(object.metadata.uid) ?? []),
    ),
    ...snapshot.daemonSets.map((object) =>
      ofDaemonSet(object, revisions.get(object.metadata.uid) ?? []),
    ),
    ...snapshot.jobs
      .filter(({ metadata }) => metadata.ownerReferences.length === 0)
      .map((object) => ofJob(object)),
  ];
}

function ofDeployment(object: Deployment, own: Snapshot["replicaSets"]): Workload {
  const { spec, status } = object;
  const numberOf = (set: (typeof own)[number]): number =>
    Number(set.metadata.annotations["deployment.kubernetes.io/revision"] ?? 0);
  // A rollback gives the old ReplicaSet a new number: the highest one is what is wanted.
  const current = own.toSorted((one, other) => numberOf(other) - numberOf(one)).at(0);
  const progress = condition(object, "Progressing");
  const refused = condition(object, "ReplicaFailure");
  const desired = spec.replicas;
  return {
    ...common("Deployment", object),
    owners: new Set(own.map((set) => set.metadata.uid)),
    revisionLabel: "pod-template-hash",
    revision: current?.metadata.labels["pod-template-hash"] ?? "",
    revisions: new Map(
      own.map((set) => [set.metadata.labels["pod-template-hash"] ?? "", `${numberOf(set)}`]),
    ),
    desired,
    wanted: desired,
    total: status.replicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    ...bounds(spec.strategy.type, spec.strategy.rollingUpdate, desired),
    minReadySeconds: spec.minReadySeconds,
    deadlineSeconds: spec.progressDeadlineSeconds,
    failure:
      progress?.reason === "ProgressDeadlineExceeded"
        ? `no progress for ${spec.progressDeadlineSeconds} s`
        : refused?.status === "True"
          ? `${refused.reason}: ${refused.message}`
          : undefined,
    paused: spec.paused,
  };
}

function ofStatefulSet(object: StatefulSet, own: readonly ControllerRevision[]): Workload {
  const { spec, status } = object;
  const desired = spec.replicas;
  const { type, rollingUpdate } = spec.updateStrategy;
  return {
    ...common("StatefulSet", object),
    revisionLabel: "controller-revision-hash",
    revision: status.updateRevision,
    revisions: new Map(own.map((one) => [one.metadata.name, `${one.revision}`])),
    desired,
    wanted: type === "OnDelete" ? 0 : Math.max(0, desired - rollingUpdate.partition),
    total: status.replicas,
    updated: status.updatedReplicas,
    available: status.availableReplicas,
    ...bounds(type, { maxSurge: 0, maxUnavailable: rollingUpdate.maxUnavailable }, desired),
    minReadySeconds: spec.minReadySeconds,
  };
}

function ofDaemonSet(object: DaemonSet, own: readonly ControllerRevision[]): Workload {
  const { spec, status } = object;
  const desired = status.desiredNumberScheduled;
  const { type, rollingUpdate } = spec.updateStrategy;
  const newest = own.toSorted((one, other) => other.revision - one.revision).at(0);
  // A DaemonSet's shares are both rounded up; a Deployment's bearable loss is rounded down.
  const surge = roundedUp(rollingUpdate.maxSurge, desired);
  const loss = surge > 0 ? 0 : roundedUp(rollingUpdate.maxUnavailable, desired);
  const rolls = type !== "OnDelete";
  return {
    ...common("DaemonSet", object),
    revisionLabel: "controller-revision-hash",
    revision: newest === undefined ? "" : hashOf(newest),
    revisions: new Map(own.map((one) => [hashOf(one), `${one.revision}`])),
    desired,
    wanted: rolls ? desired : 0,
    total: Math.max(status.currentNumberScheduled, status.updatedNumberScheduled),
    updated: status.updatedNumberScheduled,
    available: status.numberAvailable,
    least: rolls ? Math.max(0, desired - loss) : 0,
    most: desired + surge,
    minReadySeconds: spec.minReadySeconds,
  };
}

function ofJob(object: Job): Workload {
  const { spec, status } = object;
  const failed = condition(object, "Failed");
  // Without completions one success of any pod ends it.
  const desired = spec.completions ?? 1;
  const done = condition(object, "Complete")?.status === "True" ? desired : status.succeeded;
  return {
    ...common("Job", object),
    revisionLabel: "batch.kubernetes.io/controller-uid",
    revision: object.metadata.uid,
    revisions: new Map([[object.metadata.uid, "1"]]),
    observed: true,
    desired,
    wanted: 0,
    total: desired,
    updated: desired,
    available: done,
    least: 0,
    most: spec.parallelism,
    failure: failed?.status === "True" ? `${failed.reason}: ${failed.message}` : undefined,
    paused: spec.suspend,
  };
}

/** What all kinds say in the same way. */
function common(
  kind: WorkloadKind,
  { metadata, status }: { metadata: Deployment["metadata"]; status: object },
): Pick<
  Workload,
  | "kind"
  | "namespace"
  | "name"
  | "uid"
  | "owners"
  | "observed"
  | "deadlineSeconds"
  | "minReadySeconds"
  | "paused"
> {
  const { namespace, name, uid, generation } = metadata;
  const seen = "observedGeneration" in status ? Number(status.observedGeneration) : 0;
  return {
    ...{ kind, namespace, name, uid, owners: new Set([uid]), observed: seen >= generation },
    ...{ deadlineSeconds: defaultDeadlineSeconds, minReadySeconds: 0, paused: false },
  };
}

/** The bounds of a Deployment's or StatefulSet's update. */
function bounds(
  type: string,
  { maxSurge, maxUnavailable }: { readonly maxSurge: Share; readonly maxUnavailable: Share },
  desired: number,
): { readonly least: number; readonly most: number } {
  if (type !== "RollingUpdate") {
    return { least: 0, most: desired };
  }
  const surge = roundedUp(maxSurge, desired);
  const loss = roundedDown(maxUnavailable, desired);
  // Where both round to nothing the controller gives one pod up: it could not move otherwise.
  return {
    least: Math.max(0, desired - (surge === 0 && loss === 0 ? 1 : loss)),
    most: desired + surge,
  };
}

/** Uid of the object that controls another one; empty where none does. */
export function ownerOf({ metadata }: { readonly metadata: Deployment["metadata"] }): string {
  return metadata.ownerReferences.find(({ controller }) => controller)?.uid ?? "";
}

/** A DaemonSet labels pods with the hash alone, a StatefulSet with the revision's whole name. */
function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels["controller-revision-hash"] ?? metadata.name;
}
