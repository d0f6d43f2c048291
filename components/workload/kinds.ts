/** Which words belong to which kind of Workload. Pure. */
import type { WorkloadFault } from "./fault.ts";
import type { Container, WorkloadArgs } from "./types.ts";

/** As much of a Workload as a stack's file tells. */
export interface WorkloadShape extends Pick<
  WorkloadArgs,
  | "kind"
  | "replicas"
  | "autoscale"
  | "update"
  | "placement"
  | "disruption"
  | "claims"
  | "hostNetwork"
  | "job"
  | "await"
> {
  readonly container?: Pick<Container, "ports">;
  readonly sidecars?: readonly Pick<Container, "ports">[];
}

type Kind = WorkloadArgs["kind"];

/** A word that some kinds have no field for: there it would act on nothing, and nobody would know. */
interface KindWord {
  readonly path: readonly string[];
  readonly kinds: readonly Kind[];
  /** Whether the word is said. */
  readonly said: (shape: WorkloadShape) => boolean;
  /** What the other kinds do instead. */
  readonly instead: string;
}

const scaled: readonly Kind[] = ["Deployment", "StatefulSet"];

const kindWords: readonly KindWord[] = [
  {
    path: ["replicas"],
    kinds: scaled,
    said: ({ replicas }) => replicas !== undefined,
    instead: "a DaemonSet has a pod on each node, a Job says job.completions",
  },
  {
    path: ["autoscale"],
    kinds: scaled,
    said: ({ autoscale }) => autoscale !== undefined,
    instead: "only pods that are counted can be scaled",
  },
  {
    path: ["disruption"],
    kinds: scaled,
    said: ({ disruption }) => disruption !== undefined,
    instead: "a drained node takes its DaemonSet's pods along, and a Job tries again",
  },
  {
    path: ["job"],
    kinds: ["Job"],
    said: ({ job }) => job !== undefined,
    instead: "what stays up does not complete",
  },
  {
    path: ["update"],
    kinds: ["Deployment", "StatefulSet", "DaemonSet"],
    said: ({ update }) => update !== undefined,
    instead: "a changed Job is a new Job",
  },
  {
    path: ["update", "strategy"],
    kinds: ["Deployment"],
    said: ({ update }) => update?.strategy === "Recreate",
    instead: "a StatefulSet stops each pod before its successor, a DaemonSet with maxSurge 0, too",
  },
  {
    path: ["update", "maxSurge"],
    kinds: ["Deployment", "DaemonSet"],
    said: ({ update }) => update?.maxSurge !== undefined,
    instead: "a StatefulSet never has a pod too many",
  },
  {
    path: ["update", "maxUnavailable"],
    kinds: ["Deployment", "DaemonSet"],
    said: ({ update }) => update?.maxUnavailable !== undefined,
    instead: "a StatefulSet exchanges one pod at a time",
  },
  {
    path: ["update", "revisionHistoryLimit"],
    kinds: ["Deployment", "DaemonSet"],
    said: ({ update }) => update?.revisionHistoryLimit !== undefined,
    instead: "the provider would replace the StatefulSet, all pods at once",
  },
  {
    path: ["update", "partition"],
    kinds: ["StatefulSet"],
    said: ({ update }) => update?.partition !== undefined,
    instead: "only a StatefulSet's pods have numbers",
  },
  {
    path: ["update", "podManagementPolicy"],
    kinds: ["StatefulSet"],
    said: ({ update }) => update?.podManagementPolicy !== undefined,
    instead: "only a StatefulSet's pods have an order",
  },
  {
    path: ["placement", "spread"],
    kinds: ["Deployment", "StatefulSet", "Job"],
    said: ({ placement: { spread } = {} }) => typeof spread === "object" || spread === "required",
    instead: "a DaemonSet has one pod on each node",
  },
];

/** Words said of a kind that has no field for them. */
export const kindFaults = (shape: WorkloadShape): WorkloadFault[] =>
  kindWords
    .filter(({ kinds, said }) => said(shape) && !kinds.includes(shape.kind))
    .map(({ path, instead }) => ({
      path,
      message: `means nothing to a ${shape.kind}: ${instead}`,
    }));
