import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota.js";
import type * as pulumi from "@pulumi/pulumi";

import { waitForAnnotation } from "../workload/controller.ts";

/** As many pods as a cluster of Kubernetes takes at most: nothing is ever refused by it. */
const anyNumber = "150000";

/**
 * Waits until a namespace has no pod any more, those included that were told to end and have not yet: a
 * controller counts them out at once, and calls itself done while they write down what they hold. The only
 * object whose status has their number is a quota, which counts a pod until it ends, or its time to end is over;
 * one that has run to its end, such as a Job's, is not counted (kubernetes.io, resource quotas).
 *
 * Of no use where each node has a pod of the namespace: these end with their nodes.
 *
 * @param after What has told the pods to end.
 */
export const makeLastPod = (
  { namespace, system }: { readonly namespace: string; readonly system: string },
  after: readonly pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): ResourceQuota =>
  new ResourceQuota(
    `${namespace}-last-pod`,
    {
      metadata: {
        name: "last-pod",
        namespace,
        labels: { "app.kubernetes.io/part-of": system },
        annotations: { [waitForAnnotation]: "jsonpath={.status.used.pods}=0" },
      },
      spec: { hard: { pods: anyNumber } },
    },
    { ...opts, dependsOn: [...after] },
  );
