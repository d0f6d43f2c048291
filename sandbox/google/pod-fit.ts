/** What pods ask of nodes, as far as the pools of GKE go by it. */
import * as z from "zod";

import { parseQuantity } from "../../components/base/quantity.ts";
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import type { Api, KubeObject } from "../api.ts";

/** A pod, as the API server tells it. */
export const Pod = z.object({
  spec: z.object({
    nodeName: z.string().optional(),
    nodeSelector: z.record(z.string(), z.string()).default({}),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional(),
          operator: z.string().default("Equal"),
          value: z.string().default(""),
          effect: z.string().optional(),
        }),
      )
      .default([]),
    containers: z.array(
      z.object({
        resources: z
          .object({ requests: z.record(z.string(), z.string()).default({}) })
          .default({ requests: {} }),
      }),
    ),
  }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), reason: z.string().optional() })).default([]),
  }),
});
/** {@inheritDoc Pod} */
export type Pod = z.infer<typeof Pod>;

/** Whether the scheduler found no node for a pod. */
export function hasNoRoom({ status }: KubeObject): boolean {
  return Pod.shape.status
    .parse(status)
    .conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable");
}

/** Whether an empty node would take a pod. */
export function takes(node: NodeShape, pod: Pod): boolean {
  const { nodeSelector, tolerations } = pod.spec;
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value) &&
    node.taints
      .filter(({ effect }) => effect !== "PreferNoSchedule")
      .every((taint) =>
        tolerations.some(
          ({ key, operator, value, effect }) =>
            (key === undefined || key === taint.key) &&
            (operator === "Exists" || value === taint.value) &&
            (effect === undefined || effect === taint.effect),
        ),
      ) &&
    sharesOf(node, [pod]) <= 1
  );
}

/** How many empty nodes pods fill. */
export function sharesOf({ allocatable, scratch }: NodeShape, pods: readonly Pod[]): number {
  const asked = (resource: "cpu" | "memory" | "ephemeral-storage"): number =>
    pods
      .flatMap(({ spec }) => spec.containers)
      .reduce((sum, { resources }) => {
        const quantity = resources.requests[resource];
        return sum + (quantity === undefined ? 0 : parseQuantity(quantity));
      }, 0);
  return Math.max(
    asked("cpu") / parseQuantity(allocatable.cpu),
    asked("memory") / parseQuantity(allocatable.memory),
    pods.length / allocatable.pods,
    scratch === undefined ? 0 : asked("ephemeral-storage") / parseQuantity(scratch),
  );
}

/** Nodes with a pod that a DaemonSet did not bring. */
export async function busyNodes(api: Api): Promise<ReadonlySet<string>> {
  const Owned = z.array(z.object({ kind: z.string() })).default([]);
  const pods = await api.list("/api/v1/pods?fieldSelector=status.phase!%3DSucceeded");
  return new Set(
    pods.flatMap(({ metadata, spec }) => {
      const owners = Owned.parse((metadata as { ownerReferences?: unknown }).ownerReferences);
      const node = spec?.["nodeName"];
      return typeof node === "string" && owners.every(({ kind }) => kind !== "DaemonSet")
        ? [node]
        : [];
    }),
  );
}
