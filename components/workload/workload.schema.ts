/** What a stack file may say about any workload, in Kubernetes' own words. */
import * as z from "zod";

import { parseQuantity } from "../base/quantity.ts";
import { Bytes, Cpu, LabelKey, LabelValue, Replicas, Seconds, Slot } from "../base/scalars.ts";
import { usualDeadlineSeconds } from "./defaults.ts";
import { isNothing, roundedUp } from "./share.ts";
import { updateFaults } from "./update.ts";

const Amounts = z.strictObject({ cpu: Cpu.optional(), memory: Bytes.optional() });

/**
 * Requests and limits of a container.
 *
 * No CPU limit unless asked for: throttling hurts latency, and requests already share the node. A
 * memory limit always: without one a leak takes its neighbours along.
 */
export const Resources = z
  .strictObject({
    requests: z.strictObject({ cpu: Cpu, memory: Bytes }),
    limits: Amounts,
  })
  .superRefine(({ requests, limits }, context) => {
    for (const resource of ["cpu", "memory"] as const) {
      const limit = limits[resource];
      if (limit !== undefined && parseQuantity(requests[resource]) > parseQuantity(limit)) {
        context.addIssue({
          code: "custom",
          path: ["requests", resource],
          message: `must not be above the limit of ${limit}: lower the request or raise limits.${resource}`,
        });
      }
    }
  });
/** {@inheritDoc Resources} */
export type Resources = z.infer<typeof Resources>;

const shareShape = "must be a number of pods or a percentage, e.g. 1 or 25%";
const Share = z.union(
  [z.int(shareShape).min(0, shareShape), z.string().regex(/^(100|[1-9]?\d)%$/, shareShape)],
  shareShape,
);

/** How long a pod must prove itself, and how long the controller waits for it. */
const pace = {
  /** How long a pod must be ready before it counts and the next one is exchanged. */
  minReadySeconds: Seconds.default(0),
  /** After how long without progress an update counts as failed. The old pods go on serving. */
  progressDeadlineSeconds: Seconds.default(usualDeadlineSeconds),
};

/** The words of {@link Update}, for schemas that take some of them. */
const updateWords = {
  /**
   * `Recreate` stops the old pods before the new ones start: for whatever may never run twice (one
   * key, one process; facts/skywire.md 2.5) or holds a disk. Of a Deployment only: a StatefulSet
   * stops each pod before its successor anyway.
   */
  strategy: z.enum(["RollingUpdate", "Recreate"]).default("RollingUpdate"),
  /**
   * Pods above `replicas` while rolling; a percentage rounds up. Default: 1 of a Deployment, none of
   * a DaemonSet, whose old and new pod would share a node. A StatefulSet has none.
   */
  maxSurge: Share.optional(),
  /**
   * Pods below `replicas` while rolling; a percentage rounds down. Default: none of a Deployment, 1
   * of a DaemonSet. A StatefulSet exchanges one pod at a time: more needs a feature gate that
   * managed clusters leave off, and without it the API server drops the field in silence.
   */
  maxUnavailable: Share.optional(),
  ...pace,
  /**
   * Old revisions kept to go back to by hand (`kubectl rollout undo`). Default: a DaemonSet's 3, a
   * Deployment's none: with any, a run that comes back to pods of before may end well before they are
   * ready. Not of a StatefulSet: the provider would replace it, all pods at once, when it changes.
   */
  revisionHistoryLimit: z.int().min(0, "must not be negative").max(100).optional(),
  /**
   * Of a StatefulSet: pods below this number keep the old revision, a canary by hand. It cannot be
   * awaited: the provider waits until all pods are of one revision.
   */
  partition: z.int().min(0, "must not be negative").optional(),
  /**
   * Of a StatefulSet: `Parallel`, the default, starts and stops its pods without waiting for one
   * another when it is made or scaled. With `OrderedReady` a pod that never gets ready bars the way
   * to every later update, a rollback, too, until it is deleted by hand. Cannot change: another value
   * replaces the StatefulSet, all pods at once.
   */
  podManagementPolicy: z.enum(["OrderedReady", "Parallel"]).optional(),
};

const refused = (
  update: Parameters<typeof updateFaults>[0],
  { addIssue }: Pick<z.RefinementCtx, "addIssue">,
): void => {
  for (const { path, message } of updateFaults(update)) {
    addIssue({ code: "custom", path: [...path], message });
  }
};

/** How pods are exchanged when their template changes. */
export const Update = z.strictObject(updateWords).superRefine(refused);
/** {@inheritDoc Update} */
export type Update = z.infer<typeof Update>;

/** The part of {@link Update} for programs that decide themselves how old and new may overlap. */
export const Pace = z.strictObject(pace).superRefine(refused);
/** {@inheritDoc Pace} */
export type Pace = z.infer<typeof Pace>;

/** A taint the pods put up with. */
export const Toleration = z
  .strictObject({
    key: LabelKey,
    /** Default: any value. */
    value: LabelValue.optional(),
    /** Default: any effect. */
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
    /** How long a pod stays on a node that gets the taint. Default: for ever. */
    tolerationSeconds: Seconds.optional(),
  })
  .refine(
    ({ effect, tolerationSeconds }) => tolerationSeconds === undefined || effect === "NoExecute",
    {
      path: ["tolerationSeconds"],
      message: "must stand beside effect: NoExecute, the only one that evicts",
    },
  );
/** {@inheritDoc Toleration} */
export type Toleration = z.infer<typeof Toleration>;

/** What a node's label must be. */
export const NodeRequirement = z
  .strictObject({
    key: LabelKey,
    /** `NotIn` and `DoesNotExist` also take nodes without the label. */
    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
    values: z.array(LabelValue).default([]),
  })
  .refine(
    ({ operator, values }) =>
      operator === "In" || operator === "NotIn" ? values.length > 0 : values.length === 0,
    { path: ["values"], message: "must list values for In and NotIn, and none for the others" },
  );
/** {@inheritDoc NodeRequirement} */
export type NodeRequirement = z.infer<typeof NodeRequirement>;

/** How evenly pods lie over the nodes of one label. */
export const SpreadConstraint = z.strictObject({
  topologyKey: LabelKey,
  /** How many more pods one value of the label may have than another. Bounds no count. */
  maxSkew: z.int().min(1, "must be at least 1").default(1),
  /** `DoNotSchedule` leaves a pod pending rather than lie unevenly. */
  whenUnsatisfiable: z.enum(["ScheduleAnyway", "DoNotSchedule"]).default("ScheduleAnyway"),
});
/** {@inheritDoc SpreadConstraint} */
export type SpreadConstraint = z.infer<typeof SpreadConstraint>;

const constraintKey = ({ topologyKey, whenUnsatisfiable }: SpreadConstraint): string =>
  `${topologyKey} ${whenUnsatisfiable}`;

const SpreadConstraints = z
  .array(SpreadConstraint)
  .min(1, "must list a constraint: say none for no spread")
  .refine(
    (list) => new Set(list.map(constraintKey)).size === list.length,
    "must not list a topologyKey twice with the same whenUnsatisfiable",
  );

/** Where pods may run. What a node loses later moves no pod: only a taint with NoExecute does. */
export const Placement = z.strictObject({
  /** Labels a node must carry. */
  nodeSelector: z.record(LabelKey, LabelValue).default({}),
  /** What more a node's labels must be; all of it holds. */
  nodeAffinity: z.array(NodeRequirement).default([]),
  /** The one node of this slot. */
  slot: Slot.optional(),
  /**
   * How evenly the pods lie over nodes and zones. `preferred` is a wish, `required` leaves a pod
   * pending rather than put two more on one node than on another, a list says it in full.
   */
  spread: z
    .union(
      [z.enum(["preferred", "required", "none"]), SpreadConstraints],
      "must be preferred, required, none or a list of constraints",
    )
    .default("preferred"),
  /** `required` never puts two of the pods on one node: the one beyond the last node is pending. */
  podAntiAffinity: z.enum(["none", "required"]).default("none"),
  tolerations: z.array(Toleration).default([]),
});
/** {@inheritDoc Placement} */
export type Placement = z.infer<typeof Placement>;

/** How many pods an eviction (a drained node) may take at once. */
export const Disruption = z
  .strictObject({ minAvailable: Share.optional(), maxUnavailable: Share.optional() })
  .refine(
    (budget) => (budget.minAvailable === undefined) !== (budget.maxUnavailable === undefined),
    "must say either minAvailable or maxUnavailable",
  );
/** {@inheritDoc Disruption} */
export type Disruption = z.infer<typeof Disruption>;

/** Number of pods that follows the load. */
export const Autoscale = z
  .strictObject({
    min: Replicas.min(1, "must be at least 1"),
    max: Replicas.min(1, "must be at least 1"),
    /** Average use of the CPU request to aim at, in per cent. */
    cpuPercent: z
      .int("must be whole per cent of the CPU request, e.g. 70")
      .min(10, "must be from 10 to 100, e.g. 70")
      .max(100, "must be from 10 to 100, e.g. 70")
      .default(70),
  })
  .refine(({ min, max }) => min <= max, { path: ["max"], message: "must not be below min" });
/** {@inheritDoc Autoscale} */
export type Autoscale = z.infer<typeof Autoscale>;

/**
 * Why a budget of so many replicas would block every eviction, or undefined.
 *
 * Budgets round up: 90 % of 3 pods are all three. Without pods nothing is evicted.
 */
export function budgetFault(replicas: number, budget: Disruption): string | undefined {
  const { minAvailable, maxUnavailable } = budget;
  if (replicas === 0) {
    return undefined;
  }
  if (minAvailable === "100%" || (maxUnavailable !== undefined && isNothing(maxUnavailable))) {
    return "must allow at least one eviction: a node could never be drained";
  }
  if (minAvailable !== undefined && roundedUp(minAvailable, replicas) >= replicas) {
    return `must be below replicas (${replicas}): a node could never be drained`;
  }
  return undefined;
}
