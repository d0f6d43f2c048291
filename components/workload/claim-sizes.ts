import { PersistentVolumeClaimPatch } from "@pulumi/kubernetes/core/v1/persistentVolumeClaimPatch.js";
import type * as pulumi from "@pulumi/pulumi";

import type { Metadata } from "./metadata.ts";
import type { WorkloadArgs } from "./types.ts";

/**
 * Where a StatefulSet says how large the disks are that it makes, and of which class. The API server lets nobody change
 * it there: the provider would replace the StatefulSet, all pods at once, which enlarges no disk and moves none, and
 * takes them along where they go with it (pulumi/pulumi-kubernetes, provider/pkg/provider/diff.go;
 * kubernetes/enhancements#661).
 */
export const templateTerms = ["resources", "storageClassName"].map(
  (term) => `spec.volumeClaimTemplates[*].spec.${term}`,
);

/** A disk that a StatefulSet has made for one of its pods. */
interface PodClaim {
  /** Name that the controller gives it: volume, StatefulSet, number of the pod. */
  readonly name: string;
  readonly size: string;
  /** Undefined: whichever it got. */
  readonly storageClass: string | undefined;
}

/** Whether the sizes of the disks that a StatefulSet's pods have of their own are set on the disks themselves. */
export const setsSizes = ({ claims = [], ...args }: WorkloadArgs): boolean =>
  claims.some(({ perPod }) => perPod === true) &&
  // Disks are there when the pods are: of what is not awaited, or not counted here, nobody knows when.
  args.await !== false &&
  args.autoscale === undefined;

/** Disks that a Workload's pods have of their own. Pure. */
const podClaims = (name: string, args: WorkloadArgs): readonly PodClaim[] =>
  setsSizes(args)
    ? (args.claims ?? [])
        .filter(({ perPod }) => perPod === true)
        .flatMap(({ name: volume, size, storageClass }) =>
          Array.from({ length: args.replicas ?? 1 }, (_, pod) => ({
            name: `${volume}-${name}-${pod}`,
            size,
            storageClass,
          })),
        )
    : [];

/**
 * Sets the sizes of the disks that a StatefulSet has made: a larger one grows where its class can do so, and the API
 * server refuses it where it cannot. The disks stay the StatefulSet's: what goes from the program here changes
 * nothing of them.
 *
 * Their class is said, too: no disk ever gets another one, and the API server refuses it in the preview (kubernetes,
 * ValidatePersistentVolumeClaimUpdate). Without that a changed word would do nothing, and say nothing.
 */
export const setClaimSizes = (
  name: string,
  args: WorkloadArgs,
  { namespace }: Pick<Metadata, "namespace">,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] =>
  podClaims(name, args).map(
    ({ name: claim, size, storageClass }) =>
      new PersistentVolumeClaimPatch(
        claim,
        {
          metadata: {
            name: claim,
            namespace,
            annotations: {
              // The size was the StatefulSet's to set, and another one of it is a conflict.
              "pulumi.com/patchForce": "true",
              // Of a class that waits for a pod the provider wants a claim that waits, too, and for five minutes: this
              // one has its pod, and its disk (pulumi/pulumi-kubernetes, provider/pkg/await/awaiters.go).
              "pulumi.com/skipAwait": "true",
            },
          },
          spec: {
            resources: { requests: { storage: size } },
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          },
        },
        { ...opts, retainOnDelete: true },
      ),
  );
