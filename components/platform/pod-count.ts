import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota.js";
import type * as pulumi from "@pulumi/pulumi";

/** Type of what counts pods. */
export const podCountType = "kubernetes:core/v1:ResourceQuota";

/** As many pods as a cluster of Kubernetes takes at most, as the API server writes it: none is ever refused. */
const anyNumber = "150k";

/** What is true of a {@link makePodCount} as soon as the namespace has no pod, in the provider's words. */
export const noPodLeft = "jsonpath={.status.used.pods}=0";

/**
 * Counts the pods of a namespace, so that the last one can be waited for: those included that were told to end
 * and have not yet. A controller counts these out at once, and calls itself done while they write down what
 * they hold. The only object whose status has their number is a quota: it counts a pod until it ends, or its
 * time to end is over, and none that has run to its end, such as a Job's (kubernetes.io, resource quotas).
 *
 * It must be there before it is waited for: a pod that ends while its quota is made is noticed only when that
 * is looked at again, which Kubernetes does every five minutes.
 */
export const makePodCount = (
  name: string,
  {
    namespace,
    labels,
  }: {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
  },
  opts: pulumi.CustomResourceOptions,
): ResourceQuota =>
  new ResourceQuota(
    name,
    { metadata: { name: "pods", namespace, labels }, spec: { hard: { pods: anyNumber } } },
    opts,
  );
