import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabel, workloadLabels } from "../base/labels.ts";
import { serviceAccount } from "../workload/account.ts";
import type { Metadata } from "../workload/metadata.ts";
import { podTemplate, type PodSources } from "../workload/pod.ts";
import { networkPolicySpec } from "../workload/policy.ts";
import { podSources } from "../workload/sources.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { dailyDataBackupScript, dailyDataRestoreScript } from "./daily-data-scripts.ts";
import { dailyDataClaim } from "./discovery-service.ts";
import { programUser, type Surroundings } from "./program.ts";

/** When the files are backed up, and how much of it is kept. */
export interface DailyDataPlan {
  /** Five-field cron expression, in UTC. */
  readonly schedule: string;
  /** Complete backups that stay. */
  readonly keep: number;
  /** Disk of the backups. */
  readonly storage: { readonly size: string; readonly storageClass?: string | undefined };
}

/** Inputs of a {@link DailyDataBackup}. */
export interface DailyDataBackupArgs extends Surroundings {
  readonly plan: DailyDataPlan;
  /** An image with a shell, coreutils, flock, tar and gzip. */
  readonly image: string;
  /** Workload that has the disk mounted. */
  readonly owner: string;
}

type Operation = "backup" | "restore";

const scripts: Readonly<Record<Operation, string>> = {
  backup: dailyDataBackupScript,
  restore: dailyDataRestoreScript,
};

/** A day that no year has: the schedule of what only an operator starts. */
const never = "0 0 31 2 *";

/** Volume of the backups; their claim is called `<owner>-backup-data`, as every store's is. */
const backupClaim = "data";

const diskFolder = "/daily-data";
const backupFolder = "/backups";

/** Name of the CronJob of an operation. */
export const dailyDataJobName = (owner: string, operation: Operation): string =>
  `${owner}-${operation}`;

/** The pod of an operation, in a Workload's words. Pure. */
export function dailyDataPod(args: DailyDataBackupArgs, operation: Operation): WorkloadArgs {
  const { plan } = args;
  const { size, storageClass } = plan.storage;
  return {
    kind: "Job",
    system: "skywire",
    namespace: args.namespace,
    // The files belong to the program's user.
    security: { user: programUser },
    flows: { callers: [], calls: [] },
    files: [{ name: "scripts", files: { "run.sh": scripts[operation] }, executable: true }],
    claims: [
      { name: backupClaim, size, ...(storageClass === undefined ? {} : { storageClass }) },
      // Not a disk of its own: the owner's.
      { name: dailyDataClaim, size },
    ],
    scratch: [{ name: "work" }],
    data: args.data,
    container: {
      name: dailyDataJobName(args.owner, operation),
      image: args.image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: {
        BACKUPS: backupFolder,
        WORK: "/work",
        DAILY_DATA: diskFolder,
        ...(operation === "backup" ? { KEEP: `${plan.keep}` } : { BACKUP: "latest" }),
      },
      resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: backupClaim, path: backupFolder },
        { volume: dailyDataClaim, path: diskFolder, readOnly: operation === "backup" },
        { volume: "work", path: "/work" },
      ],
    },
  };
}

/** On the node of the disk's owner: only there a second pod can mount it. */
export const besideOwner = (owner: string): k8s.types.input.core.v1.Affinity => ({
  podAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: { matchLabels: { [workloadLabel]: owner } },
        topologyKey: "kubernetes.io/hostname",
      },
    ],
  },
});

/** Spec of an operation's CronJob, whose runs never overlap. */
function cronJobSpec(
  { owner, plan }: DailyDataBackupArgs,
  operation: Operation,
  { metadata, spec }: ReturnType<typeof podTemplate>,
): k8s.types.input.batch.v1.CronJobSpec {
  const podSpec = spec as k8s.types.input.core.v1.PodSpec;
  return {
    schedule: operation === "backup" ? plan.schedule : never,
    timeZone: "Etc/UTC",
    suspend: operation === "restore",
    concurrencyPolicy: "Forbid",
    // A run missed while the control plane was away is made up for within the hour.
    startingDeadlineSeconds: 3_600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        // A file that was written meanwhile fails a backup: the next try finds it whole.
        backoffLimit: operation === "backup" ? 2 : 0,
        // A run that hangs would hold up all later ones without a word.
        activeDeadlineSeconds: 6 * 3_600,
        ttlSecondsAfterFinished: 7 * 24 * 3_600,
        template: {
          ...(metadata === undefined ? {} : { metadata }),
          spec: { ...podSpec, affinity: besideOwner(owner) },
        },
      },
    },
  };
}

/**
 * Backups of the uptime-tracker's daily files: the only copy of its history and the evidence of
 * rewards (facts/skywire.md 4.7, 5). A CronJob makes them, into a disk of their own; a suspended one
 * is the pattern of Jobs that restore:
 *
 *     kubectl -n skywire create job restore-1 --from=cronjob/uptime-tracker-restore
 *
 * Both run beside the uptime-tracker, which goes on running meanwhile.
 */
export class DailyDataBackup extends pulumi.ComponentResource {
  /** Name of the CronJob that makes backups. */
  readonly backupName: string;
  /** Name of the CronJob that Jobs are made from to restore. */
  readonly restoreName: string;

  constructor(name: string, args: DailyDataBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    const { schedule, keep } = args.plan;
    super("fleet:skywire:DailyDataBackup", name, { schedule, keep }, opts);
    this.backupName = dailyDataJobName(args.owner, "backup");
    this.restoreName = dailyDataJobName(args.owner, "restore");
    const backups = this.#cronJob(args, "backup", undefined).claims[backupClaim];
    if (backups === undefined) {
      throw new Error(`${name}: the disk of the backups was not made`);
    }
    this.#cronJob(args, "restore", backups);
    this.registerOutputs({ backupName: this.backupName, restoreName: this.restoreName });
  }

  /** @param disk Claim of the backups, where it is made already. */
  #cronJob(
    args: DailyDataBackupArgs,
    operation: Operation,
    disk: pulumi.Input<string> | undefined,
  ): PodSources {
    const name = dailyDataJobName(args.owner, operation);
    const parent = { parent: this };
    const labels = workloadLabels(name, "skywire");
    const metadata: Metadata = { name, namespace: args.namespace, labels };
    const pod = dailyDataPod(args, operation);
    const account = serviceAccount(name, pod, metadata, parent);
    const own = (pod.claims ?? []).filter(
      (claim) => claim.name === backupClaim && disk === undefined,
    );
    const made = podSources(name, { ...pod, claims: own }, metadata, parent);
    const sources: PodSources = {
      ...made,
      claims: {
        ...made.claims,
        ...(disk === undefined ? {} : { [backupClaim]: disk }),
        [dailyDataClaim]: `${args.owner}-${dailyDataClaim}`,
      },
    };
    if (args.networkPolicy) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-policy`,
        { metadata, spec: networkPolicySpec(name, pod.flows) },
        parent,
      );
    }
    new k8s.batch.v1.CronJob(
      name,
      { metadata, spec: cronJobSpec(args, operation, podTemplate(name, pod, sources)) },
      { parent: this, dependsOn: account },
    );
    return sources;
  }
}
