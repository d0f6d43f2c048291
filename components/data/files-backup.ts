import * as pulumi from "@pulumi/pulumi";

import { type JobArgs, makeCronJob } from "../workload/cron-job.ts";
import { backupResources, type ScheduledBackup } from "./backup.schema.ts";
import { backupName, restoreName } from "./flows.ts";
import { folderBackupScript, folderRestoreScript } from "./folder-scripts.ts";
import { claimOf } from "../workload/storage.ts";
import type { StoreSurroundings } from "./surroundings.ts";

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

const disk = "data";
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
    this.backupName = backupName(owner);
    this.restoreName = restoreName(owner);
    const parent = { parent: this };
    const shared = { [files]: args.claim };
    const backup = podArgs(this.backupName, args, filesBackupScript, { KEEP: `${keep}` });
    const made = makeCronJob(
      this.backupName,
      backup,
      { schedule, backoffLimit: 2 },
      shared,
      parent,
    );
    const backups = made.claims[disk];
    if (backups === undefined) {
      throw new Error(`${this.backupName}: the disk of the backups was not made`);
    }
    const restore = podArgs(this.restoreName, args, filesRestoreScript, { BACKUP: "latest" });
    const disks = { ...shared, [disk]: backups };
    makeCronJob(this.restoreName, restore, { backoffLimit: 0 }, disks, parent);
    this.registerOutputs({ backupName: this.backupName, restoreName: this.restoreName });
  }
}

/** The pod of one script, in a Workload's words. It calls nobody: its disks come from the node. */
function podArgs(
  name: string,
  { surroundings, plan, image, user }: FilesBackupArgs,
  script: string,
  env: Readonly<Record<string, string>>,
): JobArgs {
  return {
    kind: "Job",
    system: surroundings.system,
    namespace: surroundings.namespace,
    security: { user },
    flows: { callers: [], calls: [] },
    networkPolicy: surroundings.networkPolicy,
    pullPolicy: surroundings.pullPolicy,
    data: surroundings.data,
    ...(surroundings.pullSecrets === undefined ? {} : { pullSecrets: surroundings.pullSecrets }),
    files: [{ name: "scripts", files: { "run.sh": script }, executable: true }],
    // The size of what is borrowed is not asked for again.
    claims: [
      claimOf(disk, plan.storage),
      { name: files, size: "1Gi", accessMode: "ReadWriteMany" },
    ],
    scratch: [{ name: "work" }],
    container: {
      name,
      image,
      command: ["sh", "/etc/fleet/scripts/run.sh"],
      env: { BACKUPS: "/backups", WORK: "/work", FILES: "/files", ...env },
      resources: backupResources.files,
      mounts: [
        { volume: "scripts", path: "/etc/fleet/scripts" },
        { volume: disk, path: "/backups" },
        { volume: files, path: "/files", readOnly: "KEEP" in env },
        { volume: "work", path: "/work" },
      ],
    },
  };
}
