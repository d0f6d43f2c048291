import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { workloadLabel } from "../base/labels.ts";
import type { Metadata } from "./metadata.ts";
import { podTemplate, type PodSources } from "./pod.ts";
import { claimSpec } from "./sources.ts";
import type { WorkloadArgs } from "./types.ts";

/** Makes the object that keeps the pods running. */
export function makeController(
  name: string,
  args: WorkloadArgs,
  metadata: Metadata,
  sources: PodSources,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const template = podTemplate(name, args, sources);
  const selector = { matchLabels: { [workloadLabel]: name } };
  const replicas = args.autoscale === undefined ? { replicas: args.replicas ?? 1 } : {};
  const { minReadySeconds = 0 } = args.update ?? {};
  switch (args.kind) {
    case "Deployment":
      return new k8s.apps.v1.Deployment(
        name,
        { metadata, spec: { ...replicas, selector, template, ...deploymentUpdate(args) } },
        opts,
      );
    case "StatefulSet":
      return new k8s.apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            ...replicas,
            serviceName: headlessService(name, args),
            selector,
            template,
            minReadySeconds,
            ...claimTemplates(args),
          },
        },
        opts,
      );
    case "DaemonSet":
      return new k8s.apps.v1.DaemonSet(
        name,
        { metadata, spec: { selector, template, minReadySeconds } },
        opts,
      );
    case "Job": {
      // A Job's template cannot change: without a fixed name the next one is made beside it.
      const { namespace, labels } = metadata;
      return new k8s.batch.v1.Job(
        name,
        {
          metadata: { namespace, labels },
          spec: { template, backoffLimit: args.job?.backoffLimit ?? 6 },
        },
        opts,
      );
    }
  }
}

function deploymentUpdate(args: WorkloadArgs): Partial<k8s.types.input.apps.v1.DeploymentSpec> {
  const update = args.update ?? {};
  return {
    minReadySeconds: update.minReadySeconds ?? 0,
    progressDeadlineSeconds: update.progressDeadlineSeconds ?? 600,
    revisionHistoryLimit: 3,
    strategy:
      update.strategy === "Recreate"
        ? { type: "Recreate" }
        : {
            type: "RollingUpdate",
            rollingUpdate: {
              maxSurge: update.maxSurge ?? 1,
              maxUnavailable: update.maxUnavailable ?? 0,
            },
          },
  };
}

function headlessService(name: string, args: WorkloadArgs): string {
  const headless = args.services?.find(({ type }) => type === "Headless");
  return headless === undefined ? name : (headless.name ?? name);
}

function claimTemplates(args: WorkloadArgs): Partial<k8s.types.input.apps.v1.StatefulSetSpec> {
  const perPod = (args.claims ?? []).filter((claim) => claim.perPod === true);
  if (perPod.length === 0) {
    return {};
  }
  const whenDeleted = args.data === "delete" ? "Delete" : "Retain";
  return {
    volumeClaimTemplates: perPod.map((claim) => ({
      metadata: { name: claim.name },
      spec: claimSpec(claim),
    })),
    // Scaling down keeps the disk: the pod of that number comes back to it.
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
  };
}
