/** What all pods of the web services have in common. Pure. */
import type * as pulumi from "@pulumi/pulumi";

import { flowsOf } from "../base/flows.ts";
import type { Awaitable } from "../base/ready.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import type { Placement } from "../workload/workload.schema.ts";
import { spacemeshSystem } from "./surroundings.ts";
import type { Surroundings } from "../workload/surroundings.ts";

/** What each of the web services stands in. */
export type WebSurroundings = Omit<Surroundings, "data">;

/** What stands behind a public host. */
export interface WebBackend extends Awaitable {
  readonly component: pulumi.ComponentResource;
  readonly namespace: pulumi.Input<string>;
  readonly serviceName: string;
  readonly servicePort: number;
}

/** User of programs whose images name none: they write nothing outside their volumes. */
export const webUser = 65_532;

/** What one Workload says of itself. */
export interface WebPods {
  /** Name of the chart that its objects were of before: logs are found by it. */
  readonly release: "spacemesh-api" | "spacemesh-explorer" | "spacemesh-dash";
  readonly replicas: number;
  readonly placement: Placement;
  /** Minutes that a pod may take until it is ready. */
  readonly readyMinutes: number;
}

/** The part of a Workload's arguments that they share. */
export function webPods(
  name: string,
  { release, replicas, placement, readyMinutes }: WebPods,
  around: WebSurroundings,
) {
  return {
    kind: "Deployment",
    system: spacemeshSystem,
    namespace: around.namespace,
    replicas,
    // A pod goes once its successor serves.
    update: {
      strategy: "RollingUpdate",
      maxSurge: 1,
      maxUnavailable: 0,
      progressDeadlineSeconds: readyMinutes * 60,
    },
    // They come one after another, each with all its time; then the controller has a word.
    readyTimeout: `${replicas * readyMinutes + 1}m`,
    placement,
    podLabels: { "app.kubernetes.io/instance": release },
    flows: flowsOf(around.flows, name, around.namespaceName),
    networkPolicy: around.networkPolicy,
  } as const satisfies Partial<WorkloadArgs>;
}
