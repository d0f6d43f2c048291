/** What a stack file may say about any workload, in Kubernetes' own words. */
import * as z from "zod";

import { parseQuantity } from "../base/quantity.ts";
import { Bytes, Cpu, LabelKey, LabelValue, Replicas, Seconds, Slot } from "../base/scalars.ts";

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

const Share = z.union([z.int().min(0), z.string().regex(/^(100|[1-9]?\d)%$/)], {
  message: "must be a number of pods or a percentage, e.g. 1 or 25%",
});

/** How pods are exchanged when their template changes. */
export const Update = z.strictObject({
  /**
   * `Recreate` stops the old pod before the new one starts: for whatever may never run twice (one
   * key, one process; facts/skywire.md 2.5) or holds a host port.
   */
  strategy: z.enum(["RollingUpdate", "Recreate"]).default("RollingUpdate"),
  /** Pods above `replicas` while rolling. */
  maxSurge: Share.default(1),
  /** Pods below `replicas` while rolling. */
  maxUnavailable: Share.default(0),
  /** How long a pod must be ready before the next one is exchanged. */
  minReadySeconds: Seconds.default(0),
  /** After how long without progress the update counts as failed. */
  progressDeadlineSeconds: Seconds.default(600),
});
/** {@inheritDoc Update} */
export type Update = z.infer<typeof Update>;

/** A taint the pods put up with. */
export const Toleration = z.strictObject({
  key: LabelKey,
  value: LabelValue.optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

/** Where pods may run. */
export const Placement = z.strictObject({
  /** Labels a node must carry. */
  nodeSelector: z.record(LabelKey, LabelValue).default({}),
  /** The one node of this slot. */
  slot: Slot.optional(),
  /** Keep replicas on different nodes: `required` leaves a pod pending rather than share one. */
  spread: z.enum(["preferred", "required", "none"]).default("preferred"),
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
    cpuPercent: z.int().min(10).max(100).default(70),
  })
  .refine(({ min, max }) => min <= max, { path: ["max"], message: "must not be below min" });
/** {@inheritDoc Autoscale} */
export type Autoscale = z.infer<typeof Autoscale>;

/** Why a budget of so many replicas would block every eviction, or undefined. */
export function budgetFault(replicas: number, budget: Disruption): string | undefined {
  const { minAvailable, maxUnavailable } = budget;
  if (typeof minAvailable === "number" && minAvailable >= replicas) {
    return `must be below replicas (${replicas}): a node could never be drained`;
  }
  if (minAvailable === "100%" || maxUnavailable === 0 || maxUnavailable === "0%") {
    return "must allow at least one eviction: a node could never be drained";
  }
  return undefined;
}
