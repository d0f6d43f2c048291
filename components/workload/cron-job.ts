import type * as k8s from "@pulumi/kubernetes";
import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
import type * as pulumi from "@pulumi/pulumi";

import { hostnameLabel, workloadLabel, workloadLabels } from "../base/labels.ts";
import { serviceAccount } from "./account.ts";
import type { Metadata } from "./metadata.ts";
import { makeNetworkPolicy } from "./network-policy.ts";
import { type PodSources, type PodTemplate, podTemplate } from "./pod.ts";
import { refuseImpossible } from "./refuse.ts";
import { podSources } from "./sources.ts";
import type { WorkloadArgs } from "./types.ts";

/** A Workload whose pods end. */
export type JobArgs = WorkloadArgs & { readonly kind: "Job" };

/** When a pod runs, again and again. */
export interface CronRun {
  /**
   * Five-field cron expression, in UTC. Without one the CronJob is suspended: a pattern of Jobs that
   * an operator starts (`kubectl create job … --from=cronjob/…`).
   */
  readonly schedule?: string;
  /** Tries after the first of each run. */
  readonly backoffLimit: number;
  /** Workload whose disk it mounts: a second pod can do so on the same node only. */
  readonly beside?: string | undefined;
}

/** A day that no year has: the schedule of what only an operator starts. */
const never = "0 0 31 2 *";

const besideOwner = (owner: string): k8s.types.input.core.v1.Affinity => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: { matchLabels: { [workloadLabel]: owner } },
        topologyKey: hostnameLabel,
      },
    ],
  },
});

/** Spec of a CronJob whose runs never overlap. Pure. */
function cronJobSpec(
  { schedule, backoffLimit, beside }: CronRun,
  { metadata, spec }: PodTemplate,
): k8s.types.input.batch.v1.CronJobSpec {
  return {
    schedule: schedule ?? never,
    timeZone: "Etc/UTC",
    suspend: schedule === undefined,
    concurrencyPolicy: "Forbid",
    // A run missed while the control plane was away is made up for within the hour.
    startingDeadlineSeconds: 3_600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit,
        // A run that hangs would hold up all later ones without a word.
        activeDeadlineSeconds: 6 * 3_600,
        ttlSecondsAfterFinished: 7 * 24 * 3_600,
        template: {
          metadata,
          spec: beside === undefined ? spec : { ...spec, affinity: besideOwner(beside) },
        },
      },
    },
  };
}

/**
 * Makes a CronJob with account, network policy, files and disks, as children of the component that
 * they belong to.
 *
 * @returns Volume → claim of the disks that were made with it, for others to mount.
 */
export function makeCronJob(
  name: string,
  args: JobArgs,
  run: CronRun,
  opts: { readonly parent: pulumi.ComponentResource },
): PodSources["claims"] {
  refuseImpossible(name, args);
  const labels = workloadLabels(name, args.system);
  const metadata: Metadata = { name, namespace: args.namespace, labels };
  const account = serviceAccount(name, args, metadata, opts);
  const sources = podSources(name, args, metadata, opts);
  makeNetworkPolicy("workload", args, metadata, opts);
  new CronJob(
    name,
    { metadata, spec: cronJobSpec(run, podTemplate(name, args, sources)) },
    { ...opts, dependsOn: account },
  );
  return sources.claims;
}
