import * as pulumi from "@pulumi/pulumi";

import { backupResources } from "../data/backup.schema.ts";
import { type JobArgs, makeCronJob } from "../workload/cron-job.ts";
import { dailyDataBackupScript, dailyDataRestoreScript } from "./daily-data-scripts.ts";
import { dailyDataClaim } from "./discovery-service.ts";
import { programUser } from "./program.ts";
import type { Surroundings } from "../workload/surroundings.ts";

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

/** Volume of the backups; their claim is called `<owner>-backup-data`, as every store's is. */
const backupClaim = "data";

const diskFolder = "/daily-data";
const backupFolder = "/backups";

/** Name of the CronJob of an operation. */
const dailyDataJobName = (owner: string, operation: Operation): string => `${owner}-${operation}`;

/** The pod of an operation, in a Workload's words. Pure. */
function dailyDataPod(args: DailyDataBackupArgs, operation: Operation): JobArgs {
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
    networkPolicy: args.networkPolicy,
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
      resources: backupResources.files,
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: backupClaim, path: backupFolder },
        { volume: dailyDataClaim, path: diskFolder, readOnly: operation === "backup" },
        { volume: "work", path: "/work" },
      ],
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
    const parent = { parent: this };
    const beside = args.owner;
    const daily = { [dailyDataClaim]: `${args.owner}-${dailyDataClaim}` };
    // A file that was written meanwhile fails a backup: the next try finds it whole.
    const run = { schedule, backoffLimit: 2, beside };
    const made = makeCronJob(this.backupName, dailyDataPod(args, "backup"), run, daily, parent);
    const backups = made.claims[backupClaim];
    if (backups === undefined) {
      throw new Error(`${name}: the disk of the backups was not made`);
    }
    const disks = { ...daily, [backupClaim]: backups };
    const byHand = { backoffLimit: 0, beside };
    makeCronJob(this.restoreName, dailyDataPod(args, "restore"), byHand, disks, parent);
    this.registerOutputs({ backupName: this.backupName, restoreName: this.restoreName });
  }
}
