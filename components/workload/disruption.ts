import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type * as pulumi from "@pulumi/pulumi";

import { workloadLabel } from "../base/labels.ts";
import type { Metadata } from "./metadata.ts";
import type { WorkloadArgs } from "./types.ts";

/** Makes the budget of evictions: how many pods a drained node may take at once. */
export function makeBudget(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  if (args.kind !== "Deployment" && args.kind !== "StatefulSet") {
    return;
  }
  const { minAvailable, maxUnavailable } = args.disruption ?? { maxUnavailable: 1 };
  new PodDisruptionBudget(
    `${name}-budget`,
    {
      metadata,
      spec: {
        selector: { matchLabels: { [workloadLabel]: name } },
        ...(minAvailable === undefined ? {} : { minAvailable }),
        ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
        // A pod that is broken anyway must not keep a node from being drained.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
}

/** Makes the autoscaler, where the Workload has one: a Deployment or a StatefulSet (kindFaults). */
export function makeAutoscaler(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  opts: pulumi.CustomResourceOptions,
): void {
  const { autoscale, kind } = args;
  if (autoscale === undefined) {
    return;
  }
  const target = { type: "Utilization", averageUtilization: autoscale.cpuPercent };
  new HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind, name },
        minReplicas: autoscale.min,
        maxReplicas: autoscale.max,
        metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      },
    },
    opts,
  );
}
