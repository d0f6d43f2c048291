import * as pulumi from "@pulumi/pulumi";

import type { JobArgs } from "../workload/cron-job.ts";
import { type BackupOperation, backupVolume, makeBackupJobs } from "./backup-jobs.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { folderBackupScript, folderRestoreScript } from "./folder-scripts.ts";
import { type StoreSurroundings, storeSurrounded } from "./surroundings.ts";

const sharedFiles = { variable: "FILES", archive: "files", files: "the files" } as const;

/** Script that packs the shared folder into one archive and reads it back. */
export const filesBackupScript: string = folderBackupScript(sharedFiles);

/** Script that puts the files of a backup back. Files that are younger than it stay. */
export const filesRestoreScript: string = folderRestoreScript(sharedFiles);

/** What {@link FilesBackup} is given. */
export interface FilesBackupArgs {
  readonly surroundings: StoreSurroundings;
  readonly plan: ScheduledBackup;
  /** An image with a shell, coreutils, flock, tar and gzip. */
  readonly image: string;
  /** User that the files belong to. */
  readonly user: number;
  /** Claim of the files, which many pods may mount. */
  readonly claim: pulumi.Input<string>;
}

const scripts = { backup: filesBackupScript, restore: filesRestoreScript } as const;

/** Volume of the files. */
const files = "files";

/**
 * Backups of files that many pods share: a CronJob that makes them, a disk of their own that holds them, and a
 * suspended CronJob as the pattern of Jobs that restore, as of every store.
 */
export class FilesBackup extends pulumi.ComponentResource {
  /** Name of the CronJob that makes backups. */
  readonly backupName: string;
  /** Name of the CronJob that Jobs are made from to restore. */
  readonly restoreName: string;

  /** @param owner Name of what is backed up: the CronJobs are called `<owner>-backup` and `<owner>-restore`. */
  constructor(owner: string, args: FilesBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    const { schedule, keep } = args.plan;
    super("fleet:data:FilesBackup", `${owner}-backups`, { schedule, keep }, opts);
    const made = makeBackupJobs(this, owner, args.plan, (operation) => podArgs(operation, args));
    ({ backupName: this.backupName, restoreName: this.restoreName } = made);
    this.registerOutputs({ backupName: this.backupName, restoreName: this.restoreName });
  }
}

/** The pod of one script, in a Workload's words. It calls nobody: its disks come from the node. */
function podArgs(
  { kind, name, env, claims, givenClaims }: BackupOperation,
  { surroundings, image, user, claim }: FilesBackupArgs,
): JobArgs {
  return {
    kind: "Job",
    ...storeSurrounded(name, surroundings),
    security: { user },
    flows: { callers: [], calls: [] },
    data: surroundings.data,
    files: [{ name: "scripts", files: { "run.sh": scripts[kind] }, executable: true }],
    claims,
    givenClaims: [...givenClaims, { name: files, claim }],
    scratch: [{ name: "work" }],
    container: {
      name,
      image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: { BACKUPS: "/backups", WORK: "/work", FILES: "/files", ...env },
      resources: backupResources.files,
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: backupVolume, path: "/backups" },
        { volume: files, path: "/files", readOnly: kind === "backup" },
        { volume: "work", path: "/work" },
      ],
    },
  };
}
