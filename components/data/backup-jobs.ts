/** The two CronJobs of every backup: one that makes it by the clock, and the pattern of Jobs that restore it. */
import * as pulumi from "@pulumi/pulumi";

import { type JobArgs, makeCronJob } from "../workload/cron-job.ts";
import { claimOf } from "../workload/storage.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import type { ScheduledBackup } from "./backup.schema.ts";
import { backupName, restoreName } from "./flows.ts";

/** Volume of the disk that holds the backups; its claim is called `<owner>-backup-data`. */
export const backupVolume = "data";

/** One of the two, as its pod has to know it. */
export interface BackupOperation extends Required<Pick<WorkloadArgs, "claims" | "givenClaims">> {
  readonly kind: "backup" | "restore";
  /** Of the CronJob. */
  readonly name: string;
  /** What its script is told beside where things are: KEEP of a backup, BACKUP of a restore. */
  readonly env: Readonly<Record<string, string>>;
}

/** What became of the two. */
export interface BackupJobs {
  /** Name of the CronJob that makes backups. */
  readonly backupName: string;
  /** Name of the CronJob that Jobs are made from to restore. */
  readonly restoreName: string;
  /** Name of the claim of the backups' disk. */
  readonly claimName: pulumi.Output<string>;
}

/**
 * Makes both, and the disk of the backups, as children of the component that they belong to.
 *
 * @param owner Name of what is backed up: the CronJobs are called `<owner>-backup` and `<owner>-restore`.
 * @param pod The pod of one of them, with the volume {@link backupVolume}.
 * @param beside Workload whose disk both mount, where a second pod can do so on the same node only.
 * @throws Error when the owner's name makes a CronJob's longer than Kubernetes allows.
 */
export function makeBackupJobs(
  parent: pulumi.ComponentResource,
  owner: string,
  { schedule, keep, storage }: Omit<ScheduledBackup, "kind">,
  pod: (operation: BackupOperation) => JobArgs,
  beside?: string,
): BackupJobs {
  const backup: BackupOperation = {
    kind: "backup",
    name: cronJobName(backupName(owner)),
    env: { KEEP: `${keep}` },
    claims: [claimOf(backupVolume, storage)],
    givenClaims: [],
  };
  // What is written meanwhile may fail a backup: another try finds it whole.
  const run = { schedule, backoffLimit: 2, beside };
  const claim = makeCronJob(backup.name, pod(backup), run, { parent })[backupVolume];
  if (claim === undefined) {
    throw new Error(`${backup.name}: the disk of the backups was not made`);
  }
  const restore: BackupOperation = {
    kind: "restore",
    name: cronJobName(restoreName(owner)),
    env: { BACKUP: "latest" },
    claims: [],
    givenClaims: [{ name: backupVolume, claim }],
  };
  // An operator looks at a restore that failed: another try on half a state is his to make.
  makeCronJob(restore.name, pod(restore), { backoffLimit: 0, beside }, { parent });
  return {
    backupName: backup.name,
    restoreName: restore.name,
    claimName: pulumi.output(claim),
  };
}

/** A Job adds eleven characters to the name of its CronJob, and is a label of its pods. */
function cronJobName(name: string): string {
  if (name.length > 52) {
    throw new Error(
      `CronJob ${name}: must have at most 52 characters, so shorten the store's name`,
    );
  }
  return name;
}
