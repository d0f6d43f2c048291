import type * as k8s from "@pulumi/kubernetes";
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { Job } from "@pulumi/kubernetes/batch/v1/job.js";
import type * as pulumi from "@pulumi/pulumi";

import { migrationAnnotation } from "../base/annotations.ts";
import { workloadLabel } from "../base/labels.ts";
import { usualDeadlineSeconds } from "./defaults.ts";
import type { Metadata } from "./metadata.ts";
import { podTemplate, type PodSources } from "./pod.ts";
import { claimSpec } from "./sources.ts";
import type { WorkloadArgs } from "./types.ts";
import { daemonSetShares, deploymentShares } from "./update.ts";

type DeploymentSpec = k8s.types.input.apps.v1.DeploymentSpec;
type StatefulSetSpec = k8s.types.input.apps.v1.StatefulSetSpec;
type DaemonSetSpec = k8s.types.input.apps.v1.DaemonSetSpec;
type JobSpec = k8s.types.input.batch.v1.JobSpec;

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
  const annotations = controllerAnnotations(args);
  // A Job's template cannot change: without a fixed name the next one is made beside it.
  const unnamed = {
    namespace: metadata.namespace,
    labels: { ...metadata.labels, ...args.labels },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const named = { ...unnamed, name: metadata.name };
  switch (args.kind) {
    case "Deployment": {
      const spec = { ...replicasOf(args), selector, template, ...deploymentFields(args) };
      return new Deployment(name, { metadata: named, spec }, opts);
    }
    case "StatefulSet": {
      const spec = { ...replicasOf(args), selector, template, ...statefulSetFields(name, args) };
      return new StatefulSet(name, { metadata: named, spec }, opts);
    }
    case "DaemonSet": {
      const spec = { selector, template, ...daemonSetFields(args) };
      return new DaemonSet(name, { metadata: named, spec }, opts);
    }
    case "Job": {
      const spec = { template, ...jobFields(args) };
      return new Job(name, { metadata: unnamed, spec }, opts);
    }
  }
}

/** What the provider waits for in place of what it would by itself. A Deployment without pods must not have it. */
export const waitForAnnotation = "pulumi.com/waitFor";

/** True of a status that speaks of the update, which the provider looks at beside, and of one pod. */
const exchanged = [
  "jsonpath={.status.updatedReplicas}=1",
  "jsonpath={.status.availableReplicas}=1",
];

/** What tools and operators read off the controller; the pods know nothing of it. */
function controllerAnnotations(args: WorkloadArgs): Record<string, string> {
  const { probes } = args.container;
  return {
    // What kubectl or an autoscaler has set is theirs to the API server: the next update of it would
    // fail as a conflict, a rollback, too. A Job cannot change.
    ...(args.kind === "Job" ? {} : { "pulumi.com/patchForce": "true" }),
    ...(args.await === false ? { "pulumi.com/skipAwait": "true" } : {}),
    ...(args.awaitExchange === true ? { [waitForAnnotation]: JSON.stringify(exchanged) } : {}),
    ...(probes !== undefined && "none" in probes ? { "fleet/no-probes": probes.none } : {}),
    ...(args.job?.migration === true ? { [migrationAnnotation]: "true" } : {}),
  };
}

/** No number where an autoscaler has one: each update would set it back. */
const replicasOf = (args: WorkloadArgs): { readonly replicas?: number } =>
  args.autoscale === undefined ? { replicas: args.replicas ?? 1 } : {};

/** How a Deployment exchanges its pods. Pure. */
function deploymentFields({ update = {} }: WorkloadArgs): Partial<DeploymentSpec> {
  return {
    minReadySeconds: update.minReadySeconds ?? 0,
    progressDeadlineSeconds: update.progressDeadlineSeconds ?? usualDeadlineSeconds,
    // An update to pods that were tried before takes up their old ReplicaSet again, if one is kept. While
    // it still asks for no pods, the provider finds none missing and calls the update done: a broken
    // release would pass for good. Going back is an update of its own and needs no old revision.
    revisionHistoryLimit: update.revisionHistoryLimit ?? 0,
    strategy:
      update.strategy === "Recreate"
        ? { type: "Recreate" }
        : { type: "RollingUpdate", rollingUpdate: deploymentShares(update) },
  };
}

/** How a StatefulSet names, exchanges and furnishes its pods. Pure. */
function statefulSetFields(
  name: string,
  args: WorkloadArgs,
): Omit<StatefulSetSpec, "selector" | "template"> {
  const { partition, minReadySeconds = 0 } = args.update ?? {};
  return {
    serviceName: headlessService(name, args),
    minReadySeconds,
    // In Kubernetes' own order the controller first waits for a broken pod, for ever: neither what mends
    // it nor a rollback would reach it (kubernetes/kubernetes#67250). An update goes one by one in both.
    podManagementPolicy: args.update?.podManagementPolicy ?? "Parallel",
    ...(partition === undefined
      ? {}
      : { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } } }),
    ...claimTemplates(args),
  };
}

/** How a DaemonSet exchanges its pods. Pure. */
function daemonSetFields({ update = {} }: WorkloadArgs): Partial<DaemonSetSpec> {
  return {
    minReadySeconds: update.minReadySeconds ?? 0,
    revisionHistoryLimit: update.revisionHistoryLimit ?? 3,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: daemonSetShares(update) },
  };
}

/** How often a Job's pod runs. Pure. */
function jobFields({ job = {} }: WorkloadArgs): Omit<JobSpec, "template"> {
  const { completions, parallelism, activeDeadlineSeconds, ttlSecondsAfterFinished } = job;
  return {
    ...(completions === undefined ? {} : { completions }),
    ...(parallelism === undefined ? {} : { parallelism }),
    backoffLimit: job.backoffLimit ?? 6,
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
    ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }),
  };
}

function headlessService(name: string, args: WorkloadArgs): string {
  const headless = args.services?.find(({ type }) => type === "Headless");
  return (headless ?? args.services?.[0])?.name ?? name;
}

function claimTemplates(args: WorkloadArgs): Partial<StatefulSetSpec> {
  const perPod = (args.claims ?? []).filter((claim) => claim.perPod === true);
  if (perPod.length === 0) {
    return {};
  }
  // The words are the StatefulSet's: one disk that must stay keeps its neighbours.
  const goes = perPod.every((claim) => (claim.data ?? args.data) === "delete");
  const whenDeleted = goes ? "Delete" : "Retain";
  return {
    volumeClaimTemplates: perPod.map((claim) => ({
      metadata: { name: claim.name },
      spec: claimSpec(claim),
    })),
    // Scaling down keeps the disk: the pod of that number comes back to it.
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
  };
}
