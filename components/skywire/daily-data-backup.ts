import * as pulumi from "@pulumi/pulumi";

import { type BackupOperation, backupVolume, makeBackupJobs } from "../data/backup-jobs.ts";
import { backupResources, type ScheduledBackup } from "../data/backup.schema.ts";
import type { JobArgs } from "../workload/cron-job.ts";
import type { Surroundings } from "../workload/surroundings.ts";
import { dailyDataBackupScript, dailyDataRestoreScript } from "./daily-data-scripts.ts";
import { dailyDataClaim } from "./discovery-service.ts";
import { programUser } from "./program.ts";

/** Inputs of a {@link DailyDataBackup}. */
export interface DailyDataBackupArgs extends Surroundings {
  readonly plan: Omit<ScheduledBackup, "kind">;
  /** An image with a shell, coreutils, flock, tar and gzip. */
  readonly image: string;
  /** Workload that has the disk mounted. */
  readonly owner: string;
}

const scripts = { backup: dailyDataBackupScript, restore: dailyDataRestoreScript } as const;

/** The pod of an operation, in a Workload's words. Pure. */
function dailyDataPod(
  { kind, name, env, claims, givenClaims }: BackupOperation,
  args: DailyDataBackupArgs,
): JobArgs {
  return {
    kind: "Job",
    system: "skywire",
    namespace: args.namespace,
    // The files belong to the program's user.
    security: { user: programUser },
    flows: { callers: [], calls: [] },
    files: [{ name: "scripts", files: { "run.sh": scripts[kind] }, executable: true }],
    claims,
    givenClaims: [
      ...givenClaims,
      { name: dailyDataClaim, claim: `${args.owner}-${dailyDataClaim}` },
    ],
    scratch: [{ name: "work" }],
    data: args.data,
    networkPolicy: args.networkPolicy,
    container: {
      name,
      image: args.image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: { BACKUPS: "/backups", WORK: "/work", DAILY_DATA: "/daily-data", ...env },
      resources: backupResources.files,
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: backupVolume, path: "/backups" },
        { volume: dailyDataClaim, path: "/daily-data", readOnly: kind === "backup" },
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
    const pod = (operation: BackupOperation) => dailyDataPod(operation, args);
    const made = makeBackupJobs(this, args.owner, args.plan, pod, args.owner);
    ({ backupName: this.backupName, restoreName: this.restoreName } = made);
    this.registerOutputs({ backupName: this.backupName, restoreName: this.restoreName });
  }
}
