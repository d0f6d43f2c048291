import type * as k8s from "@pulumi/kubernetes";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import type * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { Metadata } from "./metadata.ts";
import { secretEnvKey } from "./container.ts";
import { containersOf, type PodSources } from "./pod.ts";
import type { Claim, WorkloadArgs } from "./types.ts";

/** Makes the objects that volumes and variables come from, and tells their names. */
export function podSources(
  name: string,
  args: WorkloadArgs,
  { namespace, labels }: Metadata,
  opts: pulumi.CustomResourceOptions,
): PodSources {
  // No name: the engine's own changes with the content, which rolls the pods.
  const metadata = { namespace, labels };
  const files = (args.files ?? []).map((set) => {
    const map = new ConfigMap(`${name}-${set.name}`, { metadata, data: set.files }, opts);
    return [set.name, map.metadata.name] as const;
  });
  const secretFiles = (args.secretFiles ?? []).map((set) => {
    const stringData = set.files;
    const secret = new Secret(`${name}-${set.name}`, { metadata, stringData }, opts);
    return [set.name, secret.metadata.name] as const;
  });
  const variables = containersOf(args).flatMap((container) =>
    Object.entries(container.secretEnv ?? {}).map(
      ([variable, value]) => [secretEnvKey(container.name, variable), value] as const,
    ),
  );
  const stringData = Object.fromEntries(variables);
  return {
    files: Object.fromEntries(files),
    secretFiles: Object.fromEntries(secretFiles),
    secretEnv:
      variables.length === 0
        ? undefined
        : new Secret(`${name}-env`, { metadata, stringData }, opts).metadata.name,
    claims: makeClaims(name, args, { namespace, labels }, opts),
  };
}

function makeClaims(
  name: string,
  args: WorkloadArgs,
  { namespace, labels }: Omit<Metadata, "name">,
  opts: pulumi.CustomResourceOptions,
): Record<string, pulumi.Output<string>> {
  const claims = (args.claims ?? [])
    .filter(({ perPod }) => perPod !== true)
    .map((claim) => {
      const claimName = claim.claimName ?? `${name}-${claim.name}`;
      // A class that waits for a consumer leaves the claim Pending until the pod exists: awaiting it
      // here would be a deadlock, or a race with quick consumers.
      const annotations = { "pulumi.com/skipAwait": "true" };
      const made = new PersistentVolumeClaim(
        claimName,
        {
          metadata: { name: claimName, namespace, labels, annotations },
          spec: claimSpec(claim),
        },
        { ...opts, ...keptAs(claim.data ?? args.data) },
      );
      return [claim.name, made.metadata.name] as const;
    });
  return Object.fromEntries(claims);
}

/** What a claim asks of the cluster. */
export function claimSpec({
  size,
  storageClass,
  accessMode = "ReadWriteOnce",
}: Claim): k8s.types.input.core.v1.PersistentVolumeClaimSpec {
  return {
    accessModes: [accessMode],
    resources: { requests: { storage: size } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}
